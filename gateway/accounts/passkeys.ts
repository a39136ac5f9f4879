/** Passkeys (WebAuthn level 3): registered and used with the person verified, so that one is both factors at once. */
import { createHash, randomBytes } from "node:crypto";
import {
  type AuthenticationResponseJSON,
  generateAuthenticationOptions,
  generateRegistrationOptions,
  type RegistrationResponseJSON,
  verifyAuthenticationResponse,
  verifyRegistrationResponse,
} from "@simplewebauthn/server";
import type { Clock } from "../ports.js";
import type { AccountPart, Shelf } from "./parts.js";

/** Where the browser stands: the name that passkeys are bound to, and the origins it may be spoken from. */
export interface RelyingParty {
  readonly id: string;
  readonly origins: readonly string[];
}

export interface Challenge {
  readonly challengeId: string;
  /** For `navigator.credentials`, as JSON. */
  readonly options: object;
}

export interface PasskeyShown {
  readonly id: string;
  readonly name: string;
  readonly createdAt: number;
  readonly usedAt: number | null;
}

export interface PasskeyValue {
  readonly [field: string]: string | number | null | readonly string[];
  readonly name: string;
  /** The credential's id, base64url. */
  readonly credential: string;
  /** COSE key, base64url. */
  readonly publicKey: string;
  /** What the authenticator counts; 0: it does not. */
  readonly counter: number;
  readonly transports: readonly string[];
  /** The name it is bound to. */
  readonly rpId: string;
  readonly usedAt: number | null;
}

interface Pending {
  readonly challenge: string;
  readonly rpId: string;
  readonly purpose: "register" | "sign-in";
  /** Only for this account; undefined: whosever the passkey is. */
  readonly account: string | undefined;
  readonly expiresAt: number;
}

const challengeMs = 5 * 60_000;
/** The oldest goes first. */
const mostChallenges = 10_000;
export const mostPasskeys = 20;

export class Passkeys {
  readonly #shelf: Shelf<PasskeyValue>;
  readonly #clock: Pick<Clock, "now">;
  readonly #pending = new Map<string, Pending>();

  constructor(shelf: Shelf<PasskeyValue>, clock: Pick<Clock, "now">) {
    this.#shelf = shelf;
    this.#clock = clock;
  }

  of(account: string): PasskeyShown[] {
    return this.#shelf.of(account).map(shown);
  }

  async registration(account: string, name: string, at: RelyingParty): Promise<Challenge> {
    const options = await generateRegistrationOptions({
      rpName: "Gatewarden",
      rpID: at.id,
      userName: account,
      userDisplayName: name,
      // The same for an account each time, so that an authenticator replaces rather than collects; and not its name (14.6.1).
      userID: new Uint8Array(createHash("sha256").update(`gatewarden account ${account}`).digest()),
      attestationType: "none",
      excludeCredentials: this.#shelf.of(account).map(({ value }) => ({ id: value.credential })),
      // Discoverable, so that signing in need not tell which accounts there are.
      authenticatorSelection: { residentKey: "required", userVerification: "required" },
      timeout: challengeMs,
    });
    return { challengeId: this.#expect(options.challenge, "register", at, account), options };
  }

  /** undefined: the challenge is over or was used, or the answer to it is not right. */
  async register(
    account: string,
    challengeId: string,
    response: object,
    name: string,
    at: RelyingParty,
  ): Promise<PasskeyShown | undefined> {
    const expected = this.#spend(challengeId, "register", at);
    if (!expected || expected.account !== account) return undefined;
    const verified = await verifyRegistrationResponse({
      response: response as RegistrationResponseJSON,
      expectedChallenge: expected.challenge,
      expectedOrigin: [...at.origins],
      expectedRPID: expected.rpId,
      requireUserVerification: true,
    }).catch(refuted);
    if (!verified?.registrationInfo) return undefined;
    const { credential } = verified.registrationInfo;
    const id = partId(credential.id);
    // A passkey belongs to one account for good.
    if (this.#shelf.get(id)) return undefined;
    const part = await this.#shelf.keep(id, account, {
      name,
      credential: credential.id,
      publicKey: Buffer.from(credential.publicKey).toString("base64url"),
      counter: credential.counter,
      transports: credential.transports ?? [],
      rpId: expected.rpId,
      usedAt: null,
    });
    return shown(part);
  }

  /** Never lists an account's passkeys: that would tell a stranger whether there is such an account. */
  async challenge(account: string | undefined, at: RelyingParty): Promise<Challenge> {
    const options = await generateAuthenticationOptions({
      rpID: at.id,
      userVerification: "required",
      timeout: challengeMs,
    });
    return { challengeId: this.#expect(options.challenge, "sign-in", at, account), options };
  }

  /** Whose passkey answered the challenge; undefined: nobody's, or not rightly. */
  async accountOf(challengeId: string, response: object, at: RelyingParty): Promise<string | undefined> {
    const expected = this.#spend(challengeId, "sign-in", at);
    const { id: credentialId } = response as { id?: unknown };
    if (!expected || typeof credentialId !== "string") return undefined;
    const id = partId(credentialId);
    const part = this.#shelf.get(id);
    if (!part || part.value.rpId !== expected.rpId) return undefined;
    if (expected.account !== undefined && expected.account !== part.account) return undefined;
    const verified = await verifyAuthenticationResponse({
      response: response as AuthenticationResponseJSON,
      expectedChallenge: expected.challenge,
      expectedOrigin: [...at.origins],
      expectedRPID: expected.rpId,
      credential: {
        id: part.value.credential,
        publicKey: new Uint8Array(Buffer.from(part.value.publicKey, "base64url")),
        counter: part.value.counter,
      },
      requireUserVerification: true,
    }).catch(refuted);
    // Read anew: it may have been taken away meanwhile.
    if (!verified?.verified || !this.#shelf.get(id)) return undefined;
    const { newCounter: counter } = verified.authenticationInfo;
    // Behind: whoever has to look at the doors while the disk fails can still sign in.
    this.#shelf.change(id, { ...part.value, counter, usedAt: this.#clock.now() }).catch(() => {});
    return part.account;
  }

  async remove(account: string, id: string): Promise<boolean> {
    if (this.#shelf.get(id)?.account !== account) return false;
    await this.#shelf.drop(id);
    return true;
  }

  removeAllOf(account: string): Promise<void> {
    return this.#shelf.dropAllOf(account);
  }

  #expect(
    challenge: string,
    purpose: Pending["purpose"],
    at: RelyingParty,
    account: string | undefined,
  ): string {
    const challengeId = randomBytes(16).toString("base64url");
    const expiresAt = this.#clock.now() + challengeMs;
    this.#pending.set(challengeId, { challenge, purpose, rpId: at.id, account, expiresAt });
    if (this.#pending.size > mostChallenges) {
      const oldest = this.#pending.keys().next();
      if (!oldest.done) this.#pending.delete(oldest.value);
    }
    return challengeId;
  }

  /** A challenge is answered once, rightly or not. */
  #spend(challengeId: string, purpose: Pending["purpose"], at: RelyingParty): Pending | undefined {
    const pending = this.#pending.get(challengeId);
    this.#pending.delete(challengeId);
    if (!pending || pending.purpose !== purpose || pending.rpId !== at.id) return undefined;
    return this.#clock.now() < pending.expiresAt ? pending : undefined;
  }
}

/** The library throws for whatever is wrong with an answer; all of it is a plain no. */
const refuted = () => undefined;

/** Short, and fit for an address. */
function partId(credential: string): string {
  return createHash("sha256").update(credential, "utf8").digest("hex").slice(0, 32);
}

function shown({ id, createdAt, value }: AccountPart<PasskeyValue>): PasskeyShown {
  return { id, name: value.name, createdAt, usedAt: value.usedAt };
}
