/** What the key switch, the vehicle loop and the safety edge of a door told, once it is no longer known. */
import { shunted } from "./door.js";
import type { Draft } from "./draft.js";
import type { DeviceId, Door } from "./site.js";
import { samePoint } from "./site-index.js";
import type { DoorInput } from "./state.js";

export function keyIsIn(draft: Draft, door: Door): boolean {
  const { shunt } = draft.door(door);
  return shunt?.by === "key" && shunt.until === undefined;
}

/** Whoever has turned the key opens the door within the time of a passage. */
export function keyTaken(draft: Draft, door: Door): void {
  const { shunt: _, ...own } = draft.door(door);
  draft.turn(door, shunted(door, own, draft.at, "key", door.unlockMs));
}

/**
 * What these inputs told is no longer known: nobody has a key in, no vehicle is there. Only somebody in the way stays in the
 * way until he is seen to be gone. @param device only of this one; absent: of all
 */
export function forgetInputs(draft: Draft, door: Door, device?: DeviceId): void {
  const gone = (point: Door["loop"]) => point && (device === undefined || point.device === device);
  if (gone(door.keySwitch) && keyIsIn(draft, door)) keyTaken(draft, door);
  const { vehicle, ...own } = draft.door(door);
  if (gone(door.loop) && vehicle !== undefined) draft.setDoor(door, own);
}

/** After a change of the site: what was heard of a terminal that is no longer wired so is forgotten. */
export function forgetRewiredInputs(draft: Draft, door: Door, before: Door): void {
  const { shunt, vehicle, obstructed, inputFaults, ...own } = draft.door(door);
  const same = {
    "key-switch": samePoint(before.keySwitch, door.keySwitch),
    loop: samePoint(before.loop, door.loop),
    "safety-edge": samePoint(before.safetyEdge, door.safetyEdge),
  };
  if (same["key-switch"] && same.loop && same["safety-edge"]) return;
  const faults = Object.fromEntries(
    Object.entries(inputFaults ?? {}).filter(([input]) => same[input as DoorInput]),
  );
  draft.setDoor(door, {
    ...own,
    ...(shunt && (shunt.by !== "key" || same["key-switch"]) ? { shunt } : {}),
    ...(vehicle !== undefined && same.loop ? { vehicle } : {}),
    ...(obstructed && same["safety-edge"] ? { obstructed } : {}),
    ...(Object.keys(faults).length > 0 ? { inputFaults: faults } : {}),
  });
}
