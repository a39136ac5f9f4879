import { crossingOf } from "../area-index.js";
import type { Area } from "../site.js";
import { fireStands } from "./building.js";
import { othersIn } from "./not-full.js";
import type { AccessRequest, Rule } from "./rule.js";

/**
 * Nobody is alone where at least so many must be: into such an area people come together until there are enough, and out of it
 * together when too few would stay. Leaving waits only at a door whose exit is controlled; where it is free, nobody could be kept.
 */
export const notAlone: Rule = {
  name: "not-alone",
  judge: (request) => {
    const { site, building, door, side, openToAll } = request;
    if (openToAll) return undefined;
    const { entered, left } = crossingOf(site, door, side);
    const tooFew =
      entered.flatMap((area) => comingIn(request, area) ?? [])[0] ??
      (door.exit === "controlled" ? left.flatMap((area) => goingOut(request, area) ?? [])[0] : undefined);
    return tooFew === undefined || fireStands(site, building)
      ? undefined
      : { reason: "waits-for-company", found: tooFew, wait: true };
  },
};

function comingIn(request: AccessRequest, area: Area): string | undefined {
  const min = area.occupancy?.min ?? 0;
  const together = othersIn(request, area) + request.others.length + 1;
  return min === 0 || together >= min ? undefined : `${area.name}: ${together} of at least ${min}`;
}

function goingOut(request: AccessRequest, area: Area): string | undefined {
  const min = area.occupancy?.min ?? 0;
  if (min === 0) return undefined;
  const left = othersIn(request, area) - request.others.length;
  return left <= 0 || left >= min ? undefined : `${area.name}: ${left} would stay of at least ${min}`;
}
