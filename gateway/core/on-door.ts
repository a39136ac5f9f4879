import { leafMoved } from "./alarm/door-alarm.js";
import { faulted, foundActive, zoneOfDoor } from "./alarm/react.js";
import { contactLost, contactMoved, type DoorFact, shunted } from "./door.js";
import { standingInTheWay } from "./door-requests.js";
import type { Draft } from "./draft.js";
import { heardInBypass } from "./heard-in-bypass.js";
import { settleDoor } from "./on-clock.js";
import { countExit, countOpening } from "./on-muster.js";
import { mayStandOpen, mayStayOpen, requestRefusal } from "./precedence.js";
import { releaseDoor } from "./release.js";
import type { InputFault, SignalOf } from "./signals.js";
import type { Door } from "./site.js";
import type { DoorState } from "./state.js";

/** Somebody wants out. At a free exit the request table has nothing that could refuse it, and it waits for nothing. */
export function exitRequested(draft: Draft, signal: SignalOf<"exit-requested">): void {
  const door = draft.site.doors.get(signal.door);
  if (!door) return;
  settleDoor(draft, door);
  const request = door.exit === "free" ? "exit-request" : "exit-request-controlled";
  const reason = requestRefusal(request, draft.situation(door), false);
  const ignored = (draft.door(door).exitIgnoredUntil ?? 0) > draft.at;
  if (!ignored)
    draft.tellDoor(door, {
      type: "door.exit-requested",
      side: "inside",
      ...(reason ? { reason, data: standingInTheWay(draft, door, reason) } : {}),
    });
  if (reason) return;
  // Ignored, it is no event and masks no opening; what unlocks for somebody who wants out unlocks all the same.
  if (door.exitRequest?.unlocks !== false)
    releaseDoor(draft, door, { ms: door.unlockMs, exit: true, ignored });
  else if (!ignored) draft.turn(door, shunted(door, draft.door(door), draft.at, "exit", door.unlockMs));
  if (!ignored) countExit(draft, door);
}

export function contactChanged(draft: Draft, signal: SignalOf<"contact-changed">): void {
  const door = draft.site.doors.get(signal.door);
  if (!door?.contact) return;
  settleDoor(draft, door);
  const before = draft.door(door);
  const { fault } = signal;
  if (before.contactBypassed) {
    const heard = fault || signal.position === "unknown" ? undefined : signal.position;
    draft.setDoor(door, heardInBypass(before, heard));
    return;
  }
  if (fault && before.contactFault !== fault)
    draft.tellDoor(door, { type: "door.contact-fault", reason: fault });
  if (!fault && before.contactFault) draft.tellDoor(door, { type: "door.contact-restored" });
  const own = withFault(before, fault);
  // A faulty line says neither open nor closed.
  if (fault || signal.position === "unknown") {
    const zone = zoneOfDoor(draft, door);
    if (zone) faulted(draft, zone, fault, before.contactFault ?? null);
    if (!fault && before.position !== "unknown") draft.tellDoor(door, { type: "door.contact-unknown" });
    draft.turn(door, contactLost(door, own, draft.at));
    return;
  }
  // What is heard first after a silence is a level, whatever the wire calls it: nobody saw it change.
  const edge = signal.edge && before.position !== "unknown";
  const situation = draft.situation(door);
  const heard = { edge, allowed: mayStandOpen(situation), stays: mayStayOpen(situation) };
  const turn = contactMoved(door, own, draft.at, signal.position, heard);
  draft.turn(door, turn);
  countOpening(draft, door, own.condition, turn.facts);
  alarmOfLeaf(draft, door, signal.position, before, { edge, fault }, turn.facts);
}

/** What the partitions of its sides make of it. A forced door has raised its alarm already. */
function alarmOfLeaf(
  draft: Draft,
  door: Door,
  position: "open" | "closed",
  before: DoorState,
  { edge, fault }: { readonly edge: boolean; readonly fault: InputFault },
  facts: readonly DoorFact[],
): void {
  const zone = zoneOfDoor(draft, door);
  if (!zone) return;
  faulted(draft, zone, fault, before.contactFault ?? null);
  if (before.position === position) return;
  if (!edge) {
    if (position === "open") foundActive(draft, zone);
  } else if (position === "closed") leafMoved(draft, door, undefined);
  else if (!facts.some(({ is }) => is === "forced"))
    leafMoved(draft, door, { passed: facts.some(({ is }) => is === "passed") });
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
