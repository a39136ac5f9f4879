import type { Clock } from "../ports.js";
import type { AccountParts, Shelf } from "./parts.js";
import {
  type Challenge,
  mostPasskeys,
  type PasskeyShown,
  Passkeys,
  type PasskeyValue,
  type RelyingParty,
} from "./passkeys.js";
import { claimAsStored, digest, newRecoveryCode } from "./secrets.js";
import { looksLikeTotp, newTotpSecret, type TotpSecret, totpStep } from "./totp.js";

interface TotpValue {
  readonly [field: string]: string | number;
  /** Base 32. Not a digest: the gateway has to make the same codes. Never shown after it is confirmed. */
  readonly secret: string;
  /** The step of the last code that was taken. */
  readonly lastStep: number;
}

interface RecoveryValue {
  readonly [field: string]: readonly string[];
  /** Digests of those not used yet. */
  readonly unused: readonly string[];
}

export interface FactorsShown {
  readonly totp: boolean;
  readonly passkeys: readonly PasskeyShown[];
  readonly recoveryCodesLeft: number;
}

const recoveryCodes = 10;
/** A TOTP secret that was shown and not confirmed. */
const pendingMs = 15 * 60_000;
const mostPending = 1_000;

/** The second factors of all accounts: TOTP, passkeys and, for when both are lost, recovery codes. */
export class SecondFactors {
  readonly #clock: Pick<Clock, "now">;
  readonly #totp: Shelf<TotpValue>;
  readonly #recovery: Shelf<RecoveryValue>;
  readonly #passkeys: Passkeys;
  readonly #pendingTotp = new Map<string, { readonly secret: string; readonly expiresAt: number }>();

  constructor(parts: AccountParts, clock: Pick<Clock, "now">) {
    this.#clock = clock;
    this.#totp = parts.shelf("totp");
    this.#recovery = parts.shelf("recovery");
    this.#passkeys = new Passkeys(parts.shelf<PasskeyValue>("passkey"), clock);
  }

  of(account: string): FactorsShown {
    return {
      totp: this.#totp.get(account) !== undefined,
      passkeys: this.#passkeys.of(account),
      recoveryCodesLeft: this.#recovery.get(account)?.value.unused.length ?? 0,
    };
  }

  kind(account: string): "none" | "totp" | "passkey" | "both" {
    const { totp, passkeys } = this.of(account);
    if (passkeys.length === 0) return totp ? "totp" : "none";
    return totp ? "both" : "passkey";
  }

  /** What can be given besides the password. */
  methods(account: string): ("totp" | "passkey" | "recovery")[] {
    const { totp, passkeys, recoveryCodesLeft } = this.of(account);
    return [
      ...(totp ? (["totp"] as const) : []),
      ...(passkeys.length > 0 ? (["passkey"] as const) : []),
      ...(recoveryCodesLeft > 0 ? (["recovery"] as const) : []),
    ];
  }

  /** A secret for an authenticator app, shown this once; it counts from `confirmTotp` on. One that is in use stays until then. */
  beginTotp(account: string): TotpSecret {
    const made = newTotpSecret(account);
    this.#pendingTotp.delete(account);
    this.#pendingTotp.set(account, { secret: made.secret, expiresAt: this.#clock.now() + pendingMs });
    if (this.#pendingTotp.size > mostPending) {
      const oldest = this.#pendingTotp.keys().next();
      if (!oldest.done) this.#pendingTotp.delete(oldest.value);
    }
    return made;
  }

  /** New recovery codes with it; undefined: nothing was begun, or the code is not right. */
  async confirmTotp(account: string, code: string): Promise<string[] | undefined> {
    const pending = this.#pendingTotp.get(account);
    const now = this.#clock.now();
    if (!pending || now >= pending.expiresAt) return undefined;
    const lastStep = totpStep(pending.secret, code, now, 0);
    if (lastStep === undefined) return undefined;
    this.#pendingTotp.delete(account);
    await this.#totp.keep(account, account, { secret: pending.secret, lastStep });
    return this.newRecoveryCodes(account);
  }

  async removeTotp(account: string): Promise<boolean> {
    if (!this.#totp.get(account)) return false;
    await this.#totp.drop(account);
    await this.#tidy(account);
    return true;
  }

  /** Ten, each good once; earlier ones end. */
  async newRecoveryCodes(account: string): Promise<string[]> {
    const codes = Array.from({ length: recoveryCodes }, newRecoveryCode);
    const unused = codes.map((code) => digest(claimAsStored(code)));
    await this.#recovery.keep(account, account, { unused });
    return codes;
  }

  /** Whether this is a recovery code by its looks; those cannot be guessed, so that no throttle stands before them. */
  isGuessable(code: string): boolean {
    return looksLikeTotp(code);
  }

  /**
   * `totp` or `recovery` if the code is right; it is used up with that. A recovery code is on paper and its use on disk before it
   * counts; the step of a TOTP code is written behind, as it is over in a minute anyway.
   */
  async takeCode(account: string, code: string): Promise<"totp" | "recovery" | undefined> {
    if (!looksLikeTotp(code)) return (await this.#takeRecovery(account, code)) ? "recovery" : undefined;
    const totp = this.#totp.get(account);
    if (!totp) return undefined;
    const { secret, lastStep } = totp.value;
    const step = totpStep(secret, code, this.#clock.now(), lastStep);
    if (step === undefined) return undefined;
    this.#totp.change(account, { secret, lastStep: step }).catch(() => {});
    return "totp";
  }

  async #takeRecovery(account: string, code: string): Promise<boolean> {
    const kept = this.#recovery.get(account);
    const given = digest(claimAsStored(code));
    if (!kept?.value.unused.includes(given)) return false;
    await this.#recovery.change(account, { unused: kept.value.unused.filter((each) => each !== given) });
    return true;
  }

  registration(account: string, name: string, at: RelyingParty): Promise<Challenge> {
    return this.#passkeys.registration(account, name, at);
  }

  get mostPasskeys(): number {
    return mostPasskeys;
  }

  /** With recovery codes if there were none. */
  async register(
    account: string,
    given: { challengeId: string; response: object; name: string },
    at: RelyingParty,
  ): Promise<(PasskeyShown & { recoveryCodes: string[] }) | undefined> {
    const { challengeId, response, name } = given;
    const made = await this.#passkeys.register(account, challengeId, response, name, at);
    if (!made) return undefined;
    const codes = this.#recovery.get(account) ? [] : await this.newRecoveryCodes(account);
    return { ...made, recoveryCodes: codes };
  }

  async removePasskey(account: string, id: string): Promise<boolean> {
    const removed = await this.#passkeys.remove(account, id);
    if (removed) await this.#tidy(account);
    return removed;
  }

  challenge(account: string | undefined, at: RelyingParty): Promise<Challenge> {
    return this.#passkeys.challenge(account, at);
  }

  accountOf(challengeId: string, response: object, at: RelyingParty): Promise<string | undefined> {
    return this.#passkeys.accountOf(challengeId, response, at);
  }

  /** For who has lost all of them, and came in by a claim or an invite. */
  async removeAllOf(account: string): Promise<void> {
    this.#pendingTotp.delete(account);
    await Promise.all([
      this.#totp.dropAllOf(account),
      this.#recovery.dropAllOf(account),
      this.#passkeys.removeAllOf(account),
    ]);
  }

  /** Recovery codes replace a second factor; where there is none any more they would be nothing but a leak. */
  async #tidy(account: string): Promise<void> {
    if (this.kind(account) === "none") await this.#recovery.dropAllOf(account);
  }
}
