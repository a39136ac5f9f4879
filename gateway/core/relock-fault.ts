import type { RelockFault } from "./reasons.js";
import type { Door } from "./site.js";
import type { DoorState, Lookup } from "./state.js";

/**
 * What speaks against a door's being locked again after a fire or an emergency. Undefined: nothing. A lock that is there and says
 * nothing of itself cannot be judged.
 */
export function lockFault(
  state: Pick<Lookup, "devices">,
  door: Door,
  { position, reported }: DoorState,
): RelockFault | undefined {
  if (position === "open") return "stands-open";
  if (reported?.locked === false) return "lock-not-locked";
  if (reported?.bolt === "in") return "bolt-not-out";
  if (state.devices.get(door.lock.point.device)?.online !== true) return "lock-away";
  return undefined;
}
