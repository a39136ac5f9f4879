import { released } from "./door.js";
import type { Draft } from "./draft.js";
import type { EventBody } from "./events.js";
import { settleDoor } from "./on-clock.js";
import { modeOf, requestRefusal } from "./precedence.js";
import type { RequestRefusal } from "./reasons.js";
import { wallTime } from "./schedule.js";
import type { Request, SignalOf } from "./signals.js";
import { type Door, doorModes, type Sensor } from "./site.js";

type Requested = SignalOf<"requested">;
type Ask<Op extends Request["op"]> = Extract<Request, { op: Op }>;

const longestUnlockMs = 600_000;

/** Somebody with the permission asks. What it comes to is an event with `by`; a no of the building is `audit.request-refused`. */
export function requested(draft: Draft, signal: Requested): void {
  const reason = attempt(draft, signal);
  if (reason === undefined) return;
  const { request, by, note } = signal;
  const place = "door" in request ? { door: request.door } : { sensor: request.sensor };
  const data = { operation: request.op, ...(note === undefined ? {} : { note }) };
  draft.tell({ type: "audit.request-refused", ...place, by, reason, data });
}

function attempt(draft: Draft, signal: Requested): RequestRefusal | undefined {
  const { request } = signal;
  if (request.op === "fire.reset") {
    const sensor = draft.site.sensors.get(request.sensor);
    return sensor?.type === "fire" ? resetFire(draft, signal, sensor) : "unknown-sensor";
  }
  const door = draft.site.doors.get(request.door);
  if (!door) return "unknown-door";
  settleDoor(draft, door);
  switch (request.op) {
    case "door.unlock":
      return unlock(draft, signal, door, request);
    case "door.mode":
      return setMode(draft, signal, door, request);
    case "door.emergency-release":
      return emergencyRelease(draft, signal, door);
    case "door.emergency-reset":
      return emergencyReset(draft, signal, door);
    default:
      return "unknown-request";
  }
}

type Data = NonNullable<EventBody["data"]>;

/** Who asked and what they said to it. */
function told({ by, note, force }: Requested, data: Data = {}): Pick<EventBody, "by" | "data"> {
  const all = { ...data, ...(note === undefined ? {} : { note }), ...(force ? { forced: true } : {}) };
  return Object.keys(all).length === 0 ? { by } : { by, data: all };
}

function unlock(
  draft: Draft,
  signal: Requested,
  door: Door,
  { ms = door.unlockMs }: Ask<"door.unlock">,
): RequestRefusal | undefined {
  if (!(ms >= 1 && ms <= longestUnlockMs)) return "bad-duration";
  const refused = requestRefusal("remote", draft.situation(door), signal.force === true);
  if (refused) return refused;
  const own = draft.door(door);
  draft.tellDoor(door, { type: "door.unlocked", ...told(signal, { seconds: Math.round(ms / 100) / 10 }) });
  // A lock that is held open needs no pulse.
  if (!own.held || own.held.failed) draft.order({ type: "release-door", urgent: false, door: door.id, ms });
  draft.turn(door, released(door, own, draft.at, { ms }));
  return undefined;
}

function setMode(
  draft: Draft,
  signal: Requested,
  door: Door,
  { mode, until }: Ask<"door.mode">,
): RequestRefusal | undefined {
  if (mode !== undefined && !doorModes.includes(mode)) return "unknown-request";
  if (until !== undefined && !(until > draft.at)) return "already-over";
  const was = modeOf(draft.situation(door));
  const { override: _, ...rest } = draft.door(door);
  const end = until === undefined ? {} : { until };
  draft.setDoor(door, mode === undefined ? rest : { ...rest, override: { mode, ...end, by: signal.by.id } });
  const data: Data = { mode: modeOf(draft.situation(door)), was };
  if (until === undefined || mode === undefined) {
    draft.tellDoor(door, { type: "door.mode-changed", ...told(signal, data) });
    return undefined;
  }
  const { date, time } = wallTime(draft.site, until);
  const when = { until: `${date} ${time}`, untilAt: new Date(until).toISOString() };
  draft.tellDoor(door, { type: "door.mode-changed", ...told(signal, { ...data, ...when }) });
  return undefined;
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
