import { doorDeadline } from "./deadline.js";
import { contactLost, elapsed, limited, shifted } from "./door.js";
import type { Draft } from "./draft.js";
import { mayStandOpen, modeOf } from "./precedence.js";
import { inSchedule, nextBoundary } from "./schedule.js";
import type { SignalOf } from "./signals.js";
import type { Door } from "./site.js";
import { siteIndex } from "./site-index.js";
import type { DoorState } from "./state.js";

/** After a start, how long a device that was there before may stay away until it counts as lost, in milliseconds. */
export const returnWithinMs = 60_000;

/** Everything that is due at this instant. */
export function ticked(draft: Draft): void {
  for (const door of draft.site.doors.values()) settleDoor(draft, door);
  for (const { id } of draft.site.devices.values()) {
    const own = draft.devices.get(id);
    if (own?.expectedBy === undefined || own.expectedBy > draft.at) continue;
    draft.devices.set(id, { online: false, since: own.since });
    draft.tell({ type: "device.lost", device: id });
  }
  for (const sensor of siteIndex(draft.site).fireInputs) {
    const own = draft.sensors.get(sensor.id);
    if (own?.expectedBy === undefined || own.expectedBy > draft.at) continue;
    const { expectedBy: _, ...rest } = own;
    draft.sensors.set(sensor.id, rest);
    draft.tellSensor(sensor, { type: "safety.fire-input-unknown" });
  }
}

/**
 * Fires what is due at this door, each at its own instant and in that order, so that what follows in the step finds the door as
 * it is now, ticked in time or not.
 */
export function settleDoor(draft: Draft, door: Door): void {
  const now = draft.at;
  let due = doorDeadline(draft.site, door, draft.door(door));
  while (due !== undefined && due <= now) {
    draft.at = due;
    fireDue(draft, door);
    const next = doorDeadline(draft.site, door, draft.door(door));
    if (next !== undefined && next <= due) throw new DeadlineStands(door.id, due);
    due = next;
  }
  draft.at = now;
}

/** A promise was broken: what is due once must not be due again. */
class DeadlineStands extends Error {
  constructor(door: string, due: number) {
    super(`door ${door}: the deadline ${due} was worked and is still due`);
    this.name = "DeadlineStands";
  }
}

function fireDue(draft: Draft, door: Door): void {
  // Modes first: a leaf that may stand open from this instant on is not held open at it.
  endOverride(draft, door);
  judgeSchedule(draft, door, "if due");
  draft.turn(door, limited(door, draft.door(door), draft.at, mayStandOpen(draft.situation(door))));
  draft.turn(door, elapsed(door, draft.door(door), draft.at));
  missRelock(draft, door);
}

function endOverride(draft: Draft, door: Door): void {
  const own = draft.door(door);
  if (own.override?.until === undefined || own.override.until > draft.at) return;
  const { override, ...rest } = own;
  draft.setDoor(door, rest);
  const mode = modeOf(draft.situation(door));
  draft.tellDoor(door, {
    type: "door.override-ended",
    data: { mode, was: override.mode, setBy: override.by },
  });
}

/** Judges the free schedule: at its boundary, or anew when the clock or the site has changed. */
export function judgeSchedule(draft: Draft, door: Door, when: "if due" | "anew"): void {
  const own = draft.door(door);
  const before = own.schedule;
  const schedule = door.freeSchedule === undefined ? undefined : draft.site.schedules.get(door.freeSchedule);
  if (!schedule) {
    if (!before) return;
    const { schedule: _, ...rest } = own;
    draft.setDoor(door, rest);
    return;
  }
  if (when === "if due") {
    const boundary = before && nextBoundary(schedule, before.judgedAt);
    if (before && (boundary === undefined || boundary > draft.at)) return;
  }
  const free = inSchedule(schedule, draft.at);
  if (before?.free === free && before.judgedAt === draft.at) return;
  draft.setDoor(door, { ...own, schedule: { free, judgedAt: draft.at } });
  // Under an override, and at a door that is not on `card`, the schedule changes nothing that one could see.
  if (free === (before?.free ?? false) || own.override || door.mode !== "card") return;
  draft.tellDoor(door, { type: free ? "door.freed" : "door.relocked", data: { schedule: schedule.id } });
}

function missRelock(draft: Draft, door: Door): void {
  const own = draft.door(door);
  if (own.relockBy === undefined || own.relockBy > draft.at) return;
  const { relockBy: _, ...rest } = own;
  draft.setDoor(door, rest);
  const reason = whyNotLocked(own);
  if (reason) draft.tellDoor(door, { type: "door.not-relocked", reason });
}

/** Undefined: nothing speaks against it. A lock that has said nothing since the start cannot be judged. */
function whyNotLocked({ position, reported }: DoorState): string | undefined {
  if (position === "open") return "it stands open";
  if (reported?.locked === false) return "its lock is not locked";
  if (reported?.bolt === "in") return "its bolt is not out";
  return undefined;
}

/** Countdowns move with the clock; wall-clock ends stay where they are and are judged anew. */
export function clockStepped(draft: Draft, signal: SignalOf<"clock-stepped">): void {
  const byMs = Number.isFinite(signal.byMs) ? signal.byMs : 0;
  draft.tell({ type: "system.clock-stepped", data: { seconds: Math.round(byMs / 100) / 10 } });
  for (const door of draft.site.doors.values()) {
    const own = draft.door(door);
    const condition = shifted(own.condition, byMs);
    const relock = own.relockBy === undefined ? {} : { relockBy: own.relockBy + byMs };
    if (condition !== own.condition || own.relockBy !== undefined)
      draft.setDoor(door, { ...own, condition, ...relock });
    settleDoor(draft, door);
    judgeSchedule(draft, door, "anew");
  }
  for (const id of draft.site.devices.keys()) {
    const own = draft.devices.get(id);
    if (own?.expectedBy !== undefined) draft.devices.set(id, { ...own, expectedBy: own.expectedBy + byMs });
  }
  for (const { id } of siteIndex(draft.site).fireInputs) {
    const own = draft.sensors.get(id);
    if (own?.expectedBy !== undefined) draft.sensors.set(id, { ...own, expectedBy: own.expectedBy + byMs });
  }
}

/**
 * The first signal of a process. What fell due while it was down comes first, marked late; then nothing is known of any point
 * until it is heard of. Modes, releases, alarms and whereabouts stand.
 */
export function started(draft: Draft, { downSince, version }: SignalOf<"started">): void {
  draft.late = true;
  ticked(draft);
  for (const door of draft.site.doors.values()) judgeSchedule(draft, door, "anew");
  draft.late = false;
  const downSeconds =
    downSince === undefined ? {} : { downSeconds: Math.max(0, Math.round((draft.at - downSince) / 1000)) };
  draft.tell({ type: "system.started", data: { version, ...downSeconds } });
  for (const door of draft.site.doors.values()) {
    const { reported: _, ...own } = draft.door(door);
    draft.setDoor(door, own);
    draft.turn(door, contactLost(door, own, draft.at));
    draft.restateFor(door.lock.point.device);
  }
  for (const sensor of draft.site.sensors.values()) {
    const own = draft.sensors.get(sensor.id);
    const expectedBy = sensor.type === "fire" ? { expectedBy: draft.at + returnWithinMs } : {};
    if (own || sensor.type === "fire")
      draft.sensors.set(sensor.id, { fault: null, since: draft.at, ...expectedBy });
  }
  for (const id of draft.site.devices.keys()) {
    const own = draft.devices.get(id);
    // One that was lost before is known to be lost; one that has never been here is not missed.
    if (own?.online || own?.expectedBy !== undefined)
      draft.devices.set(id, { online: false, since: draft.at, expectedBy: draft.at + returnWithinMs });
  }
}
