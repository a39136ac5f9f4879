import type { Identity } from "./guard.js";
import type { WebParts } from "./parts.js";
import type { Problem } from "./problems.js";

const dayMs = 24 * 3_600_000;

/** Whether this account must have a second factor and has none, and from when on sensitive acts are refused for it. */
export function enrolment(
  account: string,
  parts: Pick<WebParts, "accounts" | "factors" | "secondFactor">,
): { readonly mustEnrol: boolean; readonly enrolBy: number | null } {
  const found = parts.accounts.get(account);
  const { roles, enforceAfterDays } = parts.secondFactor;
  if (!found || !roles.includes(found.role) || parts.factors.kind(account) !== "none") {
    return { mustEnrol: false, enrolBy: null };
  }
  const days = enforceAfterDays[found.role];
  const createdAt = parts.accounts.details(account)?.createdAt ?? 0;
  return { mustEnrol: true, enrolBy: days === undefined ? null : createdAt + days * dayMs };
}

/**
 * Why this may not be done now although it is allowed: who asks did not prove lately who they are, or has no second factor where
 * one is due. `enrolling`: it is how one gets one. Whoever has the control socket has the data folder anyway.
 */
export function notFresh(
  { account, session, token }: Identity,
  parts: WebParts,
  enrolling = false,
): Problem | undefined {
  if (account === undefined) return undefined;
  if (token) {
    const detail = "a token cannot prove who holds it: sign in to do this";
    return { status: 403, code: "fresh-sign-in-needed", detail };
  }
  if (!session || parts.sessions.freshUntil(session) === undefined) {
    const detail = "prove once more who you are: POST /api/v1/session/fresh";
    return { status: 403, code: "fresh-sign-in-needed", detail };
  }
  const { enrolBy } = enrolment(account, parts);
  if (!enrolling && enrolBy !== null && parts.clock.now() >= enrolBy) {
    const detail = "set up a second factor first: an authenticator app or a passkey";
    return { status: 403, code: "second-factor-enrolment-needed", detail };
  }
  return undefined;
}

/** Operations after which somebody else can come in, or that overrule the building: new ones of these kinds are in too. */
const sensitiveKinds = /^(account|client|device|bus|owner|invite|token|emergency-badge)\./;
const harmless = new Set(["account.list", "bus.list", "emergency-badge.list"]);
/** Against what the building would refuse: only with `force`. */
const forcible = new Set(["door.unlock", "group.unlock", "lift.unlock", "fire.reset"]);

export function isSensitive(operation: string, params: unknown): boolean {
  if (forcible.has(operation)) {
    const { force } = (typeof params === "object" && params !== null ? params : {}) as { force?: unknown };
    return force !== undefined && force !== false;
  }
  return sensitiveKinds.test(operation) && !harmless.has(operation);
}
