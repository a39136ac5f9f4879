import type { EventBody } from "../../gateway/core/events.js";
import type { Clock, Journal, Live, Operations, Role } from "../../gateway/ports.js";
import type { Factors, Invites, SignInPace, Tokens, WebAccounts } from "./needs.js";
import type { Rate } from "./rates.js";
import type { Sessions } from "./sessions.js";
import type { Describe, May } from "./shown.js";

/** Who must have a second factor, and since when without one sensitive acts are refused. */
export interface SecondFactorRule {
  /** These are told to enrol one (`mustEnrol`). */
  readonly roles: readonly Role[];
  /** Days after the account was made; a role that is not named is told and never refused. */
  readonly enforceAfterDays: { readonly [R in Role]?: number | undefined };
}

/** An owner gets a week to find their phone; doors, blocking and looking are never refused for want of a second factor. */
export const defaultSecondFactorRule: SecondFactorRule = {
  roles: ["owner", "manager"],
  enforceAfterDays: { owner: 7 },
};

/** What the routes work with. */
export interface WebParts {
  readonly operations: Operations;
  readonly live: Live;
  readonly journal: Pick<Journal, "readAfter" | "readBefore" | "byId" | "onDurable" | "health">;
  readonly accounts: WebAccounts;
  readonly sessions: Sessions;
  readonly pace: SignInPace;
  readonly factors: Factors;
  readonly tokens: Tokens;
  readonly invites: Invites;
  readonly may: May;
  /** Every permission that there is. */
  readonly permissions: readonly string[];
  readonly describe: Describe;
  readonly clock: Clock;
  readonly version: string;
  /** Served over TLS: cookies are then `Secure` and `__Host-`. */
  readonly tls: boolean;
  /** Names, besides localhost, under which passkeys may be made and used. */
  readonly hosts: readonly string[];
  readonly secondFactor: SecondFactorRule;
  /** Where browsers reach the gateway, for who asks over the control socket. */
  readonly publicUrl: () => string | undefined;
  readonly signIns: Rate;
  readonly bodyBytes: number;
  /** What is worth an entry in the audit trail. */
  note(event: EventBody): void;
}
