/** What the web needs from the room of the accounts, which it may not import; `gateway/accounts` has it. */
import type { Account, Refusal, Role } from "../../gateway/ports.js";

type Refused = { readonly ok: false; readonly refusal: Refusal };
type Kept = { readonly ok: true; readonly account: Account } | Refused;

/** The account book. */
export interface WebAccounts {
  get(id: string): Account | undefined;
  details(id: string):
    | {
        readonly name?: string;
        readonly createdAt: number;
        readonly signsInWith: "password" | "key" | "none";
      }
    | undefined;
  /** Rejects with an error named `TooManySignIns` when too many are waiting. */
  authenticate(id: string, secret: string): Promise<Account | undefined>;
  /** A single-use secret makes an owner. */
  claimOwner(secret: string, wanted: { id: string; name?: string; password?: string }): Promise<Kept>;
  setPassword(id: string, password: string): Promise<Kept>;
  onChange(listener: (account: Account) => void): () => void;
  /** Nobody can administer yet. */
  readonly ownerless: boolean;
}

/** Slows guessing; see `gateway/accounts/throttle.ts`. */
export interface SignInPace {
  /** `addressMs` over 0: not tried at all. `accountMs`: tried after that pause. */
  wait(address: string, account: string): { readonly addressMs: number; readonly accountMs: number };
  failed(address: string, account: string): void;
  succeeded(address: string, account: string): void;
  /** Over 0: a code of six digits is not tried. */
  codeWait(address: string, account: string): number;
  codeFailed(address: string, account: string): void;
}

export interface RelyingParty {
  readonly id: string;
  readonly origins: readonly string[];
}

interface Challenge {
  readonly challengeId: string;
  readonly options: object;
}

export interface PasskeyFacts {
  readonly id: string;
  readonly name: string;
  readonly createdAt: number;
  readonly usedAt: number | null;
}

type SecondFactorMethod = "totp" | "passkey" | "recovery";

/** Second factors; see `gateway/accounts/factors.ts`. */
export interface Factors {
  of(account: string): {
    readonly totp: boolean;
    readonly passkeys: readonly PasskeyFacts[];
    readonly recoveryCodesLeft: number;
  };
  kind(account: string): "none" | "totp" | "passkey" | "both";
  methods(account: string): readonly SecondFactorMethod[];
  beginTotp(account: string): { readonly secret: string; readonly uri: string };
  confirmTotp(account: string, code: string): Promise<readonly string[] | undefined>;
  removeTotp(account: string): Promise<boolean>;
  newRecoveryCodes(account: string): Promise<readonly string[]>;
  isGuessable(code: string): boolean;
  takeCode(account: string, code: string): Promise<"totp" | "recovery" | undefined>;
  readonly mostPasskeys: number;
  registration(account: string, name: string, at: RelyingParty): Promise<Challenge>;
  register(
    account: string,
    given: { challengeId: string; response: object; name: string },
    at: RelyingParty,
  ): Promise<(PasskeyFacts & { readonly recoveryCodes: readonly string[] }) | undefined>;
  removePasskey(account: string, id: string): Promise<boolean>;
  challenge(account: string | undefined, at: RelyingParty): Promise<Challenge>;
  accountOf(challengeId: string, response: object, at: RelyingParty): Promise<string | undefined>;
  removeAllOf(account: string): Promise<void>;
}

export interface ApiToken {
  readonly id: string;
  readonly account: string;
  readonly name: string;
  readonly scopes: readonly string[] | null;
  readonly createdAt: number;
  readonly expiresAt: number;
  readonly usedAt: number | null;
}

/** Tokens of programs; see `gateway/accounts/tokens.ts`. */
export interface Tokens {
  of(account: string): readonly ApiToken[];
  add(
    account: Account,
    wanted: { name: string; scopes?: readonly string[]; days: number },
  ): Promise<
    { readonly ok: true; readonly id: string; readonly token: string; readonly expiresAt: number } | Refused
  >;
  find(token: string): ApiToken | undefined;
  holds(id: string): boolean;
  remove(account: string, id: string): Promise<boolean>;
  removeAllOf(account: string): Promise<void>;
  onEnd(listener: (id: string) => void): () => void;
}

/** Invite links; see `gateway/accounts/invites.ts`. */
export interface Invites {
  list(): readonly {
    readonly account: string;
    readonly name: string;
    readonly role: Role;
    readonly discreet: boolean;
    readonly by: string;
    readonly createdAt: number;
    readonly expiresAt: number;
  }[];
  add(wanted: {
    account: string;
    name: string;
    role: Role;
    discreet: boolean;
    by: string;
  }): Promise<{ readonly ok: true; readonly secret: string; readonly expiresAt: number } | Refused>;
  remove(account: string): Promise<boolean>;
  accept(secret: string, wanted: { name?: string; password: string }): Promise<Kept>;
}
