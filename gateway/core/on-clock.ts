import { alarmStarted, settleAlarm, shiftAlarm } from "./alarm/alarm-clock.js";
import { deviceLost } from "./alarm/react.js";
import { missSecuring } from "./bolt.js";
import {
  clockOf,
  clockTrusted,
  implausibleBackMs,
  isImplausible,
  isTrusted,
  noLongerTrusted,
  surelyCome,
} from "./clock-trust.js";
import { doorDeadline } from "./deadline.js";
import { contactLost, elapsed, leafShifted, limited } from "./door.js";
import type { Draft } from "./draft.js";
import type { EventBody } from "./events.js";
import { forgetInputs } from "./forget-inputs.js";
import { heardInBypass } from "./heard-in-bypass.js";
import { settleKeypads, shiftKeypads } from "./keypad.js";
import { powerBack } from "./power-down.js";
import { liveAllowOpen, mayStayOpen, modeOf, scheduleShows } from "./precedence.js";
import { lockFault } from "./relock-fault.js";
import { inSchedule, nextBoundary, windowStart } from "./schedule.js";
import type { SignalOf } from "./signals.js";
import type { Door, Instant } from "./site.js";
import { siteIndex } from "./site-index.js";
import { type HouseState, houseId } from "./state.js";
import { endWaiting, shiftWaiting } from "./together.js";

/** After a start, how long a device that was there before may stay away until it counts as lost, in milliseconds. */
export const returnWithinMs = 60_000;

/** Everything that is due at this instant. */
export function ticked(draft: Draft): void {
  settleAlarm(draft, true);
  for (const door of draft.site.doors.values()) settleDoor(draft, door);
  settleKeypads(draft);
  for (const { id } of draft.site.devices.values()) {
    const own = draft.devices.get(id);
    if (own?.expectedBy === undefined || own.expectedBy > draft.at) continue;
    draft.devices.set(id, { online: false, since: own.since });
    draft.tell({ type: "device.lost", device: id });
    deviceLost(draft, id);
  }
  for (const sensor of siteIndex(draft.site).fireInputs) {
    const own = draft.sensors.get(sensor.id);
    if (own?.expectedBy === undefined || own.expectedBy > draft.at) continue;
    const { expectedBy: _, ...rest } = own;
    draft.sensors.set(sensor.id, rest);
    draft.tellSensor(sensor, { type: "safety.fire-input-unknown" });
  }
  // What doors and devices raised just now may be due to go on already.
  settleAlarm(draft);
}

/**
 * Fires what is due at this door, each at its own instant and in that order, so that what follows in the step finds the door as
 * it is now, ticked in time or not.
 */
export function settleDoor(draft: Draft, door: Door): void {
  const now = draft.at;
  const clock = clockOf(draft);
  let due = doorDeadline(draft.site, door, draft.door(door), clock);
  while (due !== undefined && due <= now) {
    draft.at = due;
    fireDue(draft, door, now);
    const next = doorDeadline(draft.site, door, draft.door(door), clock);
    if (next !== undefined && next <= due) throw new DeadlineStands(door.id, due);
    due = next;
  }
  draft.at = now;
  endWaiting(draft, door);
}

/** A promise was broken: what is due once must not be due again. */
class DeadlineStands extends Error {
  constructor(door: string, due: number) {
    super(`door ${door}: the deadline ${due} was worked and is still due`);
    this.name = "DeadlineStands";
  }
}

/** `now`: how late it is worked. */
function fireDue(draft: Draft, door: Door, now: Instant): void {
  // Modes first: a leaf that may stand open from this instant on is not held open at it.
  endOverride(draft, door);
  endAllowOpen(draft, door);
  judgeSchedule(draft, door, "if due");
  draft.turn(door, limited(door, draft.door(door), draft.at, mayStayOpen(draft.situation(door))));
  draft.turn(door, elapsed(door, draft.door(door), draft.at, now));
  missRelock(draft, door);
  missSecuring(draft, door);
}

function endAllowOpen(draft: Draft, door: Door): void {
  const own = draft.door(door);
  if (!own.allowOpen || liveAllowOpen(draft.situation(door))) return;
  const { allowOpen, ...rest } = own;
  draft.setDoor(door, rest);
  draft.tellDoor(door, { type: "door.allow-open-ended", data: { setBy: allowOpen.by } });
}

function endOverride(draft: Draft, door: Door): void {
  const own = draft.door(door);
  if (own.override?.until === undefined || surelyCome(clockOf(draft), own.override.until) > draft.at) return;
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
  const free = clockTrusted(draft) && inSchedule(schedule, draft.at);
  if (before?.free === free && before.judgedAt === draft.at) return;
  draft.setDoor(door, { ...own, schedule: { free, judgedAt: draft.at } });
  // Under an override, and at a door that takes no credential, the schedule changes nothing that one could see.
  if (free === (before?.free ?? false) || !scheduleShows(draft.situation(door))) return;
  // Where it waits for the first person, it frees nothing by itself, and has nothing to lock if nobody came.
  const came = own.firstInAt !== undefined && own.firstInAt >= windowStart(schedule, draft.at);
  if (door.firstPersonIn && (free || !came)) return;
  draft.tellDoor(door, { type: free ? "door.freed" : "door.relocked", data: { schedule: schedule.id } });
}

function missRelock(draft: Draft, door: Door): void {
  const own = draft.door(door);
  if (own.relockBy === undefined || own.relockBy > draft.at) return;
  const { relockBy: _, ...rest } = own;
  const reason = lockFault(draft, door, own);
  draft.setDoor(door, reason ? { ...rest, notRelocked: true } : rest);
  if (reason) draft.tellDoor(door, { type: "door.not-relocked", reason });
}

/** Countdowns move with the clock; wall-clock ends stay where they are and are judged anew. */
export function clockStepped(draft: Draft, signal: SignalOf<"clock-stepped">): void {
  const byMs = Number.isFinite(signal.byMs) ? signal.byMs : 0;
  draft.tell({ type: "system.clock-stepped", data: { seconds: Math.round(byMs / 100) / 10 } });
  const clock = clockOf(draft);
  shiftCountdowns(draft, byMs);
  if (signal.synchronized) setClock(draft, { trusted: true, since: draft.at, why: "ntp" });
  // Whoever runs the host is believed with every step.
  else if (isTrusted(clock) && clock?.why !== "host" && isImplausible(byMs))
    setClock(draft, noLongerTrusted(clock, draft.at, draft.at - byMs, "step"));
  else if (clock && !clock.trusted) setHouse(draft, { clock: { ...clock, since: clock.since + byMs } });
  judgeAnew(draft);
}

/** Whoever answers for the clock says that it is right, or no longer does. */
export function clockTrustChanged(draft: Draft, { trusted, why }: SignalOf<"clock-trust">): void {
  if (trusted) setClock(draft, { trusted: true, since: draft.at, why });
  else if (clockTrusted(draft)) setClock(draft, noLongerTrusted(clockOf(draft), draft.at, draft.at, "step"));
  judgeAnew(draft);
}

export function setHouse(draft: Draft, change: Partial<HouseState>): void {
  draft.house.set(houseId, { ...draft.house.get(houseId), ...change });
}

type Telling = Pick<EventBody, "by" | "data">;

/** The clock as it is from now on; told where that is a change that anybody should know of. */
export function setClock(draft: Draft, clock: NonNullable<HouseState["clock"]>, told: Telling = {}): void {
  const before = clockOf(draft);
  if (clock.trusted && before?.trusted && before.why === clock.why) return;
  setHouse(draft, { clock });
  const type = clock.trusted ? "system.clock-trusted" : "system.clock-not-trusted";
  // What was trusted before and still is, or is in doubt for the reason that it was in doubt for, is no news.
  if (clock.trusted && isTrusted(before)) return;
  draft.tell({ type, ...(told.by ? {} : { reason: `clock-${clock.why}` }), ...told });
}

/** Wall-clock ends and schedules of every door, by the clock as it is now. */
export function judgeAnew(draft: Draft): void {
  for (const door of draft.site.doors.values()) {
    settleDoor(draft, door);
    judgeSchedule(draft, door, "anew");
    draft.concern(door);
  }
}

/** Every countdown of the site, so that what was left of it is left of it still. */
function shiftCountdowns(draft: Draft, byMs: number): void {
  shiftAlarm(draft, byMs);
  shiftKeypads(draft, byMs);
  for (const door of draft.site.doors.values()) {
    const own = draft.door(door);
    const moved = leafShifted(own, byMs);
    const relock = own.relockBy === undefined ? {} : { relockBy: own.relockBy + byMs };
    if (moved !== own || own.relockBy !== undefined) draft.setDoor(door, { ...moved, ...relock });
    shiftWaiting(draft, door, byMs);
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
export function started(draft: Draft, { downSince, version, clock }: SignalOf<"started">): void {
  if (clock !== undefined) wake(draft, downSince, clock);
  draft.late = true;
  ticked(draft);
  for (const door of draft.site.doors.values()) judgeSchedule(draft, door, "anew");
  draft.late = false;
  const downSeconds =
    downSince === undefined ? {} : { downSeconds: Math.max(0, Math.round((draft.at - downSince) / 1000)) };
  const sensor = powerBack(draft);
  draft.tell({
    type: "system.started",
    ...(sensor === undefined ? {} : { sensor }),
    data: { version, ...downSeconds },
  });
  for (const door of draft.site.doors.values()) {
    const { reported: _, ...own } = heardInBypass(draft.door(door), undefined);
    draft.setDoor(door, own);
    draft.turn(door, contactLost(door, own, draft.at));
    forgetInputs(draft, door);
    draft.restateFor(door.lock.point.device);
  }
  for (const sensor of draft.site.sensors.values()) {
    const own = draft.sensors.get(sensor.id);
    const expectedBy = sensor.type === "fire" ? { expectedBy: draft.at + returnWithinMs } : {};
    if (own || sensor.type === "fire")
      draft.sensors.set(sensor.id, { fault: null, since: draft.at, ...expectedBy });
  }
  alarmStarted(draft);
  for (const id of draft.site.devices.keys()) {
    const own = draft.devices.get(id);
    // One that was lost before is known to be lost; one that has never been here is not missed.
    if (own?.online || own?.expectedBy !== undefined)
      draft.devices.set(id, { online: false, since: draft.at, expectedBy: draft.at + returnWithinMs });
  }
}

/**
 * What the clock is worth at a start. If nobody answers for it, or it is behind the last that was written, the time that passed
 * while down is not known, and countdowns go on with what was left of them.
 */
function wake(
  draft: Draft,
  downSince: Instant | undefined,
  says: NonNullable<SignalOf<"started">["clock"]>,
): void {
  const before = clockOf(draft);
  const behind = downSince !== undefined && draft.at < downSince;
  const backInTime = downSince !== undefined && draft.at < downSince - implausibleBackMs;
  // A host that is behind its own log is not believed; a time service is, since the log may have been ahead.
  const trusted = says === "ntp" || (says === "host" && !backInTime);
  if (downSince !== undefined && (!trusted || behind)) shiftCountdowns(draft, draft.at - downSince);
  if (trusted) setClock(draft, { trusted: true, since: draft.at, why: says });
  else setClock(draft, noLongerTrusted(before, draft.at, downSince, backInTime ? "step" : "start"));
}
