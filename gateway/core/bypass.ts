import { contactLost, contactMoved } from "./door.js";
import { told } from "./door-requests.js";
import type { Draft } from "./draft.js";
import { mayStandOpen, mayStayOpen } from "./precedence.js";
import type { RequestRefusal } from "./reasons.js";
import type { SignalOf } from "./signals.js";
import type { Door } from "./site.js";
import type { DoorState } from "./state.js";

/**
 * A contact is out of service, or back in it. While it is out, nothing that it says is believed: the door is unknown, raises no
 * alarm, holds its interlock, and whoever is let in is taken to have passed. Back in service it is where it was last heard to be.
 */
export function bypassContact(
  draft: Draft,
  signal: SignalOf<"requested">,
  door: Door,
  bypassed: boolean,
): RequestRefusal | undefined {
  if (!door.contact) return "no-contact";
  const { contactBypassed: before, ...own } = draft.door(door);
  if (bypassed && before) return undefined;
  if (!bypassed && !before) return "nothing-overridden";
  draft.tellDoor(door, {
    type: bypassed ? "door.contact-bypassed" : "door.contact-unbypassed",
    ...told(signal),
  });
  if (bypassed) {
    const { position } = own;
    const heard = position === "unknown" ? {} : { heard: position };
    const out = { ...own, contactBypassed: { since: draft.at, by: signal.by.id, ...heard } };
    // An alarm of a contact that nobody believes any more ends with it.
    const quiet = alarms(own) ? { ...out, condition: { is: "unknown" } as const } : out;
    draft.setDoor(door, quiet);
    draft.turn(door, contactLost(door, quiet, draft.at));
    return undefined;
  }
  draft.setDoor(door, own);
  if (before?.heard === undefined) return undefined;
  const situation = draft.situation(door);
  const how = { edge: false, allowed: mayStandOpen(situation), stays: mayStayOpen(situation) };
  draft.turn(door, contactMoved(door, own, draft.at, before.heard, how));
  return undefined;
}

function alarms({ condition }: Omit<DoorState, "contactBypassed">): boolean {
  return condition.is === "forced" || condition.is === "held-open";
}
