import { fireStands } from "./access/building.js";
import { alarmRequested, isAlarmRequest } from "./alarm/requests.js";
import { allowOpen } from "./allow-open.js";
import { bypassContact } from "./bypass.js";
import { clockTrusted } from "./clock-trust.js";
import {
  endOverrides,
  setGroupMode,
  setMode,
  standingInTheWay,
  told,
  unlock,
  unlockGroup,
} from "./door-requests.js";
import type { Draft } from "./draft.js";
import { unlockLift } from "./lift.js";
import { endLockdown, startLockdown } from "./lockdown.js";
import { judgeAnew, setClock, settleDoor } from "./on-clock.js";
import { endMuster, markSafe, startMuster, takeBackSafe } from "./on-muster.js";
import type { People } from "./people.js";
import type { RequestRefusal } from "./reasons.js";
import type { SignalOf } from "./signals.js";
import type { Door, Sensor } from "./site.js";
import { everywhere, houseId } from "./state.js";
import { setThreatLevel } from "./threat.js";

type Requested = SignalOf<"requested">;
/** Somebody with the permission asks. What it comes to is an event with `by`; a no of the building is `audit.request-refused`. */
export function requested(draft: Draft, signal: Requested, people: People): void {
  if (isAlarmRequest(signal.request)) {
    alarmRequested(draft, signal, signal.request);
    return;
  }
  const reason = attempt(draft, signal, people);
  if (reason === undefined) return;
  const { request, by, note } = signal;
  const place = {
    ...("door" in request ? { door: request.door } : {}),
    ...("sensor" in request ? { sensor: request.sensor } : {}),
    ...("person" in request && request.person !== undefined ? { person: request.person } : {}),
  };
  const door = "door" in request ? draft.site.doors.get(request.door) : undefined;
  const data = {
    operation: request.op,
    ...("doorGroup" in request && request.doorGroup !== undefined ? { doorGroup: request.doorGroup } : {}),
    ...(door ? standingInTheWay(draft, door, reason) : {}),
    ...(note === undefined ? {} : { note }),
  };
  draft.tell({ type: "audit.request-refused", ...place, by, reason, data });
}

function attempt(draft: Draft, signal: Requested, people: People): RequestRefusal | undefined {
  const { request } = signal;
  switch (request.op) {
    case "fire.reset": {
      const sensor = draft.site.sensors.get(request.sensor);
      return sensor?.type === "fire" ? resetFire(draft, signal, sensor) : "unknown-sensor";
    }
    case "muster.start":
      return startMuster(draft, signal.by, request.areas, told(signal));
    case "muster.safe":
      return personSafe(draft, signal, request, people);
    case "muster.end":
      return endMuster(draft, told(signal));
    case "clock.trust":
      return trustClock(draft, signal);
    case "passback.forgive":
      return forgive(draft, signal, request);
    case "group.unlock":
      return unlockGroup(draft, signal, request);
    case "group.mode":
      return setGroupMode(draft, signal, request);
    case "overrides.end":
      return endOverrides(draft, signal, request.doors);
    case "lockdown.start":
      return startLockdown(draft, request.doorGroup ?? null, signal.by, told(signal));
    case "lockdown.end":
      return endLockdown(draft, request.doorGroup ?? null, told(signal));
    case "threat.set":
      return setThreatLevel(draft, request.level, signal.by, told(signal));
    case "lift.unlock":
      return unlockLift(draft, request, told(signal), signal.force === true);
  }
  if (!("door" in request)) return "unknown-request";
  const door = draft.site.doors.get(request.door);
  if (!door) return "unknown-door";
  settleDoor(draft, door);
  switch (request.op) {
    case "door.unlock":
      return unlock(draft, signal, door, request);
    case "door.mode":
      return setMode(draft, signal, door, request);
    case "door.allow-open":
      return allowOpen(draft, signal, door, request);
    case "door.bypass":
      return bypassContact(draft, signal, door, request.bypassed);
    case "door.emergency-release":
      return emergencyRelease(draft, signal, door);
    case "door.emergency-reset":
      return emergencyReset(draft, signal, door);
    default:
      return "unknown-request";
  }
}

/** Nothing refuses it (request table, "emergency release"), and it is ordered each time it is asked for. */
function emergencyRelease(draft: Draft, signal: Requested, door: Door): undefined {
  const own = draft.door(door);
  draft.tellDoor(door, { type: "safety.emergency-release", ...told(signal) });
  if (!own.emergency) draft.setDoor(door, { ...own, emergency: { since: draft.at, by: signal.by.id } });
  if (own.held?.kind === "emergency")
    draft.orderAgain({ id: own.held.id, urgent: true, type: "emergency-release-door", door: door.id });
}

function emergencyReset(draft: Draft, signal: Requested, door: Door): RequestRefusal | undefined {
  const { emergency, ...rest } = draft.door(door);
  if (!emergency) return "nothing-to-reset";
  draft.tellDoor(door, { type: "safety.emergency-reset", ...told(signal) });
  draft.setDoor(door, rest);
  return undefined;
}

/** Not before the input is quiet; one that cannot be read is not known to be, and needs the right to force. */
function resetFire(draft: Draft, signal: Requested, sensor: Sensor): RequestRefusal | undefined {
  if (draft.fire.get(sensor.id)?.is !== "released") return "nothing-to-reset";
  const input = draft.sensors.get(sensor.id);
  const broken = input?.fault != null && sensor.onFault === "release";
  if (input?.active === true || broken) return "fire-input-active";
  if (input?.active === undefined && signal.force !== true) return "fire-input-unknown";
  draft.fire.set(sensor.id, { is: "quiet" });
  // Nobody was asked for his card on the way out: whichever way he goes next is right.
  if (!fireStands(draft.site, draft)) draft.forgiven.set(everywhere, { at: draft.at, by: signal.by.id });
  const open: string[] = [];
  for (const door of draft.site.doors.values()) {
    if (draft.door(door).position === "open") open.push(door.id);
    draft.concern(door);
  }
  draft.tellSensor(sensor, {
    type: "safety.fire-reset",
    ...told(signal, open.length === 0 ? {} : { open }),
  });
  return undefined;
}

function personSafe(
  draft: Draft,
  signal: Requested,
  { person, safe }: Extract<Requested["request"], { op: "muster.safe" }>,
  people: People,
): RequestRefusal | undefined {
  if (!draft.house.get(houseId)?.muster) return "no-muster";
  if (!people.person(person)) return "unknown-person";
  if (safe === false) takeBackSafe(draft, person, told(signal));
  else markSafe(draft, person, signal.by.id, told(signal));
  return undefined;
}

function trustClock(draft: Draft, signal: Requested): RequestRefusal | undefined {
  if (clockTrusted(draft)) return "clock-is-trusted";
  setClock(draft, { trusted: true, since: draft.at, why: "operator" }, told(signal));
  judgeAnew(draft);
  return undefined;
}

function forgive(
  draft: Draft,
  signal: Requested,
  { person, area }: Extract<Requested["request"], { op: "passback.forgive" }>,
): RequestRefusal | undefined {
  if (area !== undefined && !draft.site.areas.has(area)) return "unknown-area";
  const was = person === undefined ? undefined : draft.whereabouts.get(person);
  if (person !== undefined && !was) return "person-not-seen";
  const named = { ...(person === undefined ? {} : { person }), ...(area === undefined ? {} : { area }) };
  if (person !== undefined && was) draft.whereabouts.set(person, { ...was, forgiven: true });
  else draft.forgiven.set(area ?? everywhere, { at: draft.at, by: signal.by.id });
  draft.tell({ type: "access.passback-forgiven", ...named, ...told(signal) });
  return undefined;
}
