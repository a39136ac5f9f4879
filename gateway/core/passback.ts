/**
 * Anti-passback, by area. It follows the passage: whoever went into an area and was not seen leaving may not come in again, and
 * whoever leaves was seen coming in. Where somebody is for certain or by assumption counts; where it is uncertain (people were
 * let through from both sides at once) a way is noted and never refused. Leaving is refused only by `hard`, and only where
 * leaving takes a card anyway: at a door with a free exit it would be a refusal for show.
 */
import { fireStands } from "./access/building.js";
import type { AccessRequest } from "./access/rule.js";
import { crossingOf, isWithin } from "./area-index.js";
import { hasTrait } from "./people.js";
import type { Area, Instant } from "./site.js";
import { everywhere, type Whereabouts } from "./state.js";
import { beyond, sameBadgeMs } from "./whereabouts.js";

export interface PassbackFound {
  readonly area: Area;
  /** `in`: he is in already. `out`: he was not seen coming in. */
  readonly way: "in" | "out";
  readonly was: Whereabouts;
  /** Refused; otherwise only noted. */
  readonly refuses: boolean;
  /** When it will have been so long that nobody minds. */
  readonly until?: Instant;
}

/** The way through this door that anti-passback objects to; undefined: none. */
export function passbackAt(request: AccessRequest): PassbackFound | undefined {
  const { site, building, door, side, person, at } = request;
  if (!person || request.openToAll) return undefined;
  const { entered, left } = crossingOf(site, door, side);
  if (entered.length + left.length === 0) return undefined;
  const was = building.whereabouts.get(person.id);
  if (!was || isForgiven(building, was) || hasTrait(person, "passback-exempt")) return undefined;
  // The same badge at the same reader of a door that cannot tell a passage: it is the one passage still.
  const again = was.how === "assumed" && was.by === door.id && was.area === beyond(door, side);
  if (again && at - was.since < sameBadgeMs) return undefined;
  if (fireStands(site, building)) return undefined;
  return worst([
    ...entered.flatMap((area) => comingIn(request, area, was) ?? []),
    ...left.flatMap((area) => goingOut(request, area, was) ?? []),
  ]);
}

function comingIn(
  { site, building, at }: AccessRequest,
  area: Area,
  was: Whereabouts,
): PassbackFound | undefined {
  const { passback } = area;
  if (!passback || !isWithin(site, was.area, area.id) || isForgivenIn(building, area, was)) return undefined;
  const certain = was.how !== "uncertain";
  if (passback.kind !== "timed")
    return { area, way: "in", was, refuses: passback.kind === "hard" && certain };
  const until = was.since + passback.forMs;
  return at < until ? { area, way: "in", was, refuses: certain, until } : undefined;
}

function goingOut(
  { site, building, door }: AccessRequest,
  area: Area,
  was: Whereabouts,
): PassbackFound | undefined {
  const { passback } = area;
  if (!passback || passback.kind === "timed") return undefined;
  if (isWithin(site, was.area, area.id) || isForgivenIn(building, area, was)) return undefined;
  const refuses = passback.kind === "hard" && was.how !== "uncertain" && door.exit === "controlled";
  return { area, way: "out", was, refuses };
}

function worst(found: readonly PassbackFound[]): PassbackFound | undefined {
  return found.find(({ refuses }) => refuses) ?? found[0];
}

function isForgiven(building: AccessRequest["building"], was: Whereabouts): boolean {
  const all = building.forgiven.get(everywhere);
  return was.forgiven === true || (all !== undefined && was.since <= all.at);
}

function isForgivenIn(building: AccessRequest["building"], area: Area, was: Whereabouts): boolean {
  const forgiven = building.forgiven.get(area.id);
  return forgiven !== undefined && was.since <= forgiven.at;
}
