import type { AccessRequest, Rule } from "./rule.js";

/**
 * A card for one or a few times has a use left. One is taken with each grant and given back if the door was not opened; while it
 * waits for that it may be presented again.
 */
export const usesLeft: Rule = {
  name: "uses-left",
  ofResponders: true,
  judge: (request) => {
    const { credential, building } = request;
    if (credential?.maxUses === undefined) return undefined;
    const uses = building.cards.get(credential.id)?.uses ?? 0;
    if (uses < credential.maxUses || grantWaits(request)) return undefined;
    return { reason: "card-used-up", found: `used ${uses} of ${credential.maxUses}` };
  },
  yes: ({ credential, building }) =>
    credential?.maxUses === undefined
      ? "ok"
      : `ok: used ${building.cards.get(credential.id)?.uses ?? 0} of ${credential.maxUses}`,
};

/** This card was let in from this side, and the door has not been opened since. */
export function grantWaits({ building, door, side, credential }: AccessRequest): boolean {
  const condition = building.doors.get(door.id)?.condition;
  const grants = condition && "grants" in condition ? condition.grants : [];
  return grants.some((grant) => grant.credential === credential?.id && grant.side === side);
}
