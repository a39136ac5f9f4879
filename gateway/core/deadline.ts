import { alarmDeadline } from "./alarm/alarm-clock.js";
import { clockOf, surelyCome } from "./clock-trust.js";
import { leafDeadline } from "./door.js";
import { keypadDeadline } from "./keypad.js";
import { nextBoundary } from "./schedule.js";
import type { DeviceId, Door, DoorId, Instant, SensorId, Site } from "./site.js";
import type { DeviceState, DoorState, HouseState, ReaderState, SensorState, State } from "./state.js";
import { waitingDeadline } from "./together.js";

/** The earliest instant at which something falls due by itself; undefined: nothing waits. */
export function nextDeadline(site: Site, state: State): Instant | undefined {
  let next: Instant | undefined;
  const alarm = (change: Parameters<typeof alarmDeadline>[1]) => alarmDeadline(site, change);
  const clock = clockOf(state);
  for (const [id, own] of state.doors) next = earlier(next, deadlineOfDoor(site, id, own, clock));
  for (const [id, own] of state.devices) next = earlier(next, deadlineOfDevice(site, id, own));
  for (const [id, own] of state.readers) next = earlier(next, deadlineOfReader(site, id, own));
  for (const [id, own] of state.sensors) next = earlier(next, deadlineOfSensor(site, id, own));
  for (const [id, value] of state.partitions) next = earlier(next, alarm({ kind: "partitions", id, value }));
  for (const [id, value] of state.zones) next = earlier(next, alarm({ kind: "zones", id, value }));
  for (const [id, value] of state.incidents) next = earlier(next, alarm({ kind: "incidents", id, value }));
  for (const [id, value] of state.sirens) next = earlier(next, alarm({ kind: "sirens", id, value }));
  for (const [id, value] of state.plans) next = earlier(next, alarm({ kind: "plans", id, value }));
  for (const [id, value] of state.lone) next = earlier(next, alarm({ kind: "lone", id, value }));
  for (const [id, value] of state.walks) next = earlier(next, alarm({ kind: "walks", id, value }));
  return next;
}

// One function a kind of entity. What none of them looks at never falls due by itself: fire, whereabouts, cards, things to do,
// musters, forgiveness, arrivals, and the house, whose clock only says how the doors' wall-clock ends are read.

/** `clock` as the house has it: when that changes, every door's is another. */
export function deadlineOfDoor(
  site: Site,
  id: DoorId,
  own: DoorState,
  clock: HouseState["clock"],
): Instant | undefined {
  const door = site.doors.get(id);
  return door && doorDeadline(site, door, own, clock);
}

export function deadlineOfDevice(site: Site, id: DeviceId, own: DeviceState): Instant | undefined {
  return site.devices.has(id) ? own.expectedBy : undefined;
}

export function deadlineOfReader(_site: Site, _id: string, own: ReaderState): Instant | undefined {
  return earlier(keypadDeadline(own), waitingDeadline(own));
}

/** Only a fire input is waited for. */
export function deadlineOfSensor(site: Site, id: SensorId, own: SensorState): Instant | undefined {
  return site.sensors.get(id)?.type === "fire" ? own.expectedBy : undefined;
}

/** The earliest of a door's countdowns, the ends of its override and of what somebody allowed its leaf, and its free schedule's next boundary. */
export function doorDeadline(
  site: Site,
  door: Door,
  own: DoorState,
  clock?: HouseState["clock"],
): Instant | undefined {
  const schedule = door.freeSchedule === undefined ? undefined : site.schedules.get(door.freeSchedule);
  const boundary = own.schedule && schedule && nextBoundary(schedule, own.schedule.judgedAt);
  const override = own.override?.until;
  const modes = earlier(boundary, override === undefined ? undefined : surelyCome(clock, override));
  const allowed = own.allowOpen && surelyCome(clock, own.allowOpen.until);
  return earlier(earlier(leafDeadline(own), earlier(own.relockBy, allowed)), modes);
}

function earlier(a: Instant | undefined, b: Instant | undefined): Instant | undefined {
  if (a === undefined || b === undefined) return a ?? b;
  return Math.min(a, b);
}
