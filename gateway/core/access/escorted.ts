import { crossingOf } from "../area-index.js";
import { hasTrait } from "../people.js";
import type { AccessRequest, Rule } from "./rule.js";

/** Whoever needs an escort comes in with one: who stands at the reader too, or was let in there a moment ago. */
export const escorted: Rule = {
  name: "escorted",
  judge: (request) =>
    needsEscort(request) && !escortOf(request)
      ? { reason: "waits-for-escort", found: "nobody with him", wait: true }
      : undefined,
  yes: (request) => {
    const escort = needsEscort(request) ? escortOf(request) : undefined;
    return escort ? `ok: with ${escort.id}` : "ok";
  },
};

function needsEscort({ site, door, side, person, openToAll }: AccessRequest): boolean {
  if (openToAll || !hasTrait(person, "needs-escort")) return false;
  const { entered } = crossingOf(site, door, side);
  // What a door says of itself is said of coming in; leaving needs nobody.
  if (side === "outside" && door.escort !== undefined) return door.escort;
  return entered.some((area) => area.escort);
}

function escortOf({ others, escort, person }: AccessRequest) {
  const with_ = escort === undefined ? others : [...others, escort];
  return with_.find((other) => other.id !== person?.id && hasTrait(other, "escort"));
}
