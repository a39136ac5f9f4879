/** The inputs of a door besides its contact and its exit button: the cylinder's key switch, the vehicle loop, the safety edge. */
import { shunted } from "./door.js";
import type { Draft } from "./draft.js";
import { keyIsIn, keyTaken } from "./forget-inputs.js";
import { settleDoor } from "./on-clock.js";
import type { InputFault, SignalOf } from "./signals.js";
import type { Door } from "./site.js";
import type { DoorInput } from "./state.js";

/** A key in the cylinder: the opening that follows is not forced. A line that cannot be read is no key. */
export function keySwitchChanged(draft: Draft, signal: SignalOf<"key-switch-changed">): void {
  const door = draft.site.doors.get(signal.door);
  if (!door?.keySwitch) return;
  settleDoor(draft, door);
  noteFault(draft, door, "key-switch", signal.fault);
  const isIn = keyIsIn(draft, door);
  if (signal.active && !signal.fault) {
    if (isIn) return;
    if (signal.edge) draft.tellDoor(door, { type: "door.key-used" });
    draft.turn(door, shunted(door, draft.door(door), draft.at, "key", undefined));
    return;
  }
  // Taken out without having been seen in: the turn itself was missed.
  const missed = !isIn && signal.edge && !signal.fault;
  if (missed) draft.tellDoor(door, { type: "door.key-used" });
  if (isIn || missed) keyTaken(draft, door);
}

export function loopChanged(draft: Draft, { door: id, active, fault }: SignalOf<"loop-changed">): void {
  const door = draft.site.doors.get(id);
  if (!door?.loop) return;
  noteFault(draft, door, "loop", fault);
  const { vehicle, ...own } = draft.door(door);
  const next = fault ? undefined : active;
  if (vehicle !== next) draft.setDoor(door, next === undefined ? own : { ...own, vehicle: next });
}

/** Something is in the way of the leaf; so it is taken to be while the edge cannot be read. */
export function safetyEdgeChanged(draft: Draft, signal: SignalOf<"safety-edge-changed">): void {
  const door = draft.site.doors.get(signal.door);
  if (!door?.safetyEdge) return;
  settleDoor(draft, door);
  noteFault(draft, door, "safety-edge", signal.fault);
  const { obstructed, ...own } = draft.door(door);
  const now = signal.active || signal.fault !== null;
  if (now === (obstructed ?? false)) return;
  draft.setDoor(door, now ? { ...own, obstructed: true } : own);
  draft.tellDoor(door, { type: now ? "door.obstructed" : "door.clear" });
}

function noteFault(draft: Draft, door: Door, input: DoorInput, fault: InputFault): void {
  const { inputFaults, ...own } = draft.door(door);
  if ((inputFaults?.[input] ?? null) === fault) return;
  const { [input]: _, ...others } = inputFaults ?? {};
  const faults = fault ? { ...others, [input]: fault } : others;
  draft.setDoor(door, Object.keys(faults).length === 0 ? own : { ...own, inputFaults: faults });
  const data = { input };
  draft.tellDoor(
    door,
    fault ? { type: "door.input-fault", reason: fault, data } : { type: "door.input-restored", data },
  );
}
