import type { Identity } from "../guard.js";
import type { WebParts } from "../parts.js";
import { iso } from "../route.js";
import type { OpenSession } from "../schemas/me.js";
import type { SessionRow } from "../sessions.js";

/** The account of who asks: a guard of `account` is in front of every route here. */
export function own({ account }: Identity): string {
  if (account === undefined) throw new Error("a route of one's own account was reached without one");
  return account;
}

/** What was done to an account is in the log with who did it; secrets are not. */
export function tellChange(who: Identity, account: string, action: string, parts: WebParts): void {
  parts.note({ type: "audit.account-changed", by: who.operator.actor, data: { account, action } });
}

/** Names a session without opening it; the digest of its token has more digits than anybody needs. */
export const sessionId = ({ digest }: SessionRow): string => digest.slice(0, 16);

export function shownSessions(account: string, parts: WebParts, current?: SessionRow): OpenSession[] {
  return parts.sessions
    .of(account)
    .sort((a, b) => b.lastSeenAt - a.lastSeenAt)
    .map((each) => ({
      id: sessionId(each),
      current: each.digest === current?.digest,
      createdAt: iso(each.createdAt),
      lastSeenAt: iso(each.lastSeenAt),
      address: each.address,
      agent: each.agent,
    }));
}
