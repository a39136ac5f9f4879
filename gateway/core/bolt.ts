/** The bolt's or bond's own word on whether a closed door is locked in fact. */
import type { Draft } from "./draft.js";
import type { WantedLock } from "./precedence.js";
import type { Door, Instant } from "./site.js";
import type { DoorState } from "./state.js";

/**
 * The door with its watch on the bolt: a countdown while it is closed and should be locked and the bolt says that it does not
 * hold. What the bolt does not say is no trouble of the bolt.
 */
export function boltWatched(door: Door, own: DoorState, wanted: WantedLock["lock"], at: Instant): DoorState {
  const { secureBy, notSecured, ...rest } = own;
  const bolt = own.reported?.bolt ?? null;
  if (!door.bolt || bolt === "out") return secureBy === undefined && !notSecured ? own : rest;
  if (notSecured) return secureBy === undefined ? own : { ...rest, notSecured };
  const closed = door.contact === undefined || own.position === "closed";
  if (!closed || wanted !== "locked" || bolt === null) return secureBy === undefined ? own : rest;
  return secureBy === undefined ? { ...rest, secureBy: at + Math.max(1, door.bolt.securedWithinMs) } : own;
}

/** The time to be secured has run out. */
export function missSecuring(draft: Draft, door: Door): void {
  const own = draft.door(door);
  if (own.secureBy === undefined || own.secureBy > draft.at) return;
  const { secureBy: _, ...rest } = own;
  draft.setDoor(door, { ...rest, notSecured: true });
  draft.tellDoor(door, { type: "door.not-secured" });
}
