import { fireAt } from "./fire.js";
import type { DoorId, Site } from "./site.js";
import { siteIndex } from "./site-index.js";
import type { DoorState, Lookup } from "./state.js";

/** The door that stands in the way, and how. */
export interface InterlockObstacle {
  readonly door: DoorId;
  readonly is: "open" | "released" | "unlocked" | "faulty" | "bypassed" | "unknown";
}

/**
 * What keeps this door from being released: another door of an interlock that it belongs to is not known to be closed and locked.
 * Undefined: nothing, or it belongs to none. A contact that is bypassed, faulty or unknown does not count as closed. While a fire
 * touches this door no interlock holds it: whoever stands in the airlock must get out, and the fire brigade in.
 */
export function interlockedBy(
  site: Site,
  state: Pick<Lookup, "doors" | "fire">,
  door: DoorId,
): InterlockObstacle | undefined {
  const others = siteIndex(site).interlockedWith.get(door);
  const own = others && site.doors.get(door);
  if (!others || !own || fireAt(site, state, own).touches) return undefined;
  for (const other of others) {
    const is = whyNotShut(state.doors.get(other));
    if (is) return { door: other, is };
  }
  return undefined;
}

function whyNotShut(own: DoorState | undefined): InterlockObstacle["is"] | undefined {
  if (own?.contactBypassed) return "bypassed";
  if (own?.contactFault) return "faulty";
  if (own?.position === "open") return "open";
  if (own?.position !== "closed") return "unknown";
  if (own.held) return "unlocked";
  return own.condition.is === "closed" && own.condition.pulseUntil === undefined ? undefined : "released";
}

const spoken: Readonly<Record<InterlockObstacle["is"], string>> = {
  open: "stands open",
  released: "is released",
  unlocked: "is unlocked",
  faulty: "has a contact with a fault",
  bypassed: "has a contact that is bypassed",
  unknown: "is not known to be closed",
};

/** As a person reads it in a trace: `Airlock inside (airlock-in) stands open`. */
export function obstacleText(site: Site, { door, is }: InterlockObstacle): string {
  return `${site.doors.get(door)?.name ?? door} ${spoken[is]}`;
}
