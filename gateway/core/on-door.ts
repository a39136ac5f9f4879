import { contactLost, contactMoved, released } from "./door.js";
import type { Draft } from "./draft.js";
import { settleDoor } from "./on-clock.js";
import { mayStandOpen, requestRefusal } from "./precedence.js";
import type { InputFault, SignalOf } from "./signals.js";
import type { DoorState } from "./state.js";

/** Somebody wants out. At a free exit the request table has nothing that could refuse it, and it waits for nothing. */
export function exitRequested(draft: Draft, signal: SignalOf<"exit-requested">): void {
  const door = draft.site.doors.get(signal.door);
  if (!door) return;
  settleDoor(draft, door);
  const request = door.exit === "free" ? "exit-request" : "exit-request-controlled";
  const reason = requestRefusal(request, draft.situation(door), false);
  draft.tellDoor(door, { type: "door.exit-requested", side: "inside", ...(reason ? { reason } : {}) });
  if (reason) return;
  draft.order({ type: "release-door", urgent: true, door: door.id, ms: door.unlockMs });
  draft.turn(door, released(door, draft.door(door), draft.at, { ms: door.unlockMs, exit: true }));
}

export function contactChanged(draft: Draft, signal: SignalOf<"contact-changed">): void {
  const door = draft.site.doors.get(signal.door);
  if (!door?.contact) return;
  settleDoor(draft, door);
  const before = draft.door(door);
  const { fault } = signal;
  if (fault && before.contactFault !== fault)
    draft.tellDoor(door, { type: "door.contact-fault", reason: fault });
  if (!fault && before.contactFault) draft.tellDoor(door, { type: "door.contact-restored" });
  const own = withFault(before, fault);
  // A faulty line says neither open nor closed.
  if (fault || signal.position === "unknown") {
    if (!fault && before.position !== "unknown") draft.tellDoor(door, { type: "door.contact-unknown" });
    draft.turn(door, contactLost(door, own, draft.at));
    return;
  }
  // What is heard first after a silence is a level, whatever the wire calls it: nobody saw it change.
  const edge = signal.edge && before.position !== "unknown";
  const allowed = mayStandOpen(draft.situation(door));
  draft.turn(door, contactMoved(door, own, draft.at, signal.position, { edge, allowed }));
}

function withFault(own: DoorState, fault: InputFault): DoorState {
  if (fault) return own.contactFault === fault ? own : { ...own, contactFault: fault };
  if (own.contactFault === undefined) return own;
  const { contactFault: _, ...rest } = own;
  return rest;
}

export function lockReported(draft: Draft, { door: id, locked, bolt }: SignalOf<"lock-reported">): void {
  const door = draft.site.doors.get(id);
  if (!door) return;
  const own = draft.door(door);
  const same = own.reported?.locked === locked && own.reported.bolt === bolt;
  if (locked && bolt !== "in" && (own.ended || own.relockBy !== undefined)) {
    // By its own word: what was ended has ended.
    const { ended, relockBy, ...rest } = own;
    draft.setDoor(door, { ...rest, reported: { locked, bolt } });
  } else if (!same) draft.setDoor(door, { ...own, reported: { locked, bolt } });
}
