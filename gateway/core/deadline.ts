import { conditionDeadline } from "./door.js";
import { nextBoundary } from "./schedule.js";
import type { DeviceId, Door, Instant, SensorId, Site } from "./site.js";
import type { DeviceState, DoorState, SensorState, State } from "./state.js";

/** The earliest instant at which something falls due by itself; undefined: nothing waits. */
export function nextDeadline(site: Site, state: State): Instant | undefined {
  let next: Instant | undefined;
  for (const [id, own] of state.doors) {
    const door = site.doors.get(id);
    if (door) next = earlier(next, doorDeadline(site, door, own));
  }
  for (const [id, own] of state.devices) next = earlier(next, deviceDeadline(site, id, own));
  for (const [id, own] of state.sensors) next = earlier(next, sensorDeadline(site, id, own));
  return next;
}

/** When a device that was there before a restart counts as lost. */
export function deviceDeadline(site: Site, id: DeviceId, own: DeviceState): Instant | undefined {
  return site.devices.has(id) ? own.expectedBy : undefined;
}

/** When a fire input that is not known after a start becomes a trouble. */
export function sensorDeadline(site: Site, id: SensorId, own: SensorState): Instant | undefined {
  return site.sensors.get(id)?.type === "fire" ? own.expectedBy : undefined;
}

/** The earliest of a door's countdowns, its override's end and its free schedule's next boundary. */
export function doorDeadline(site: Site, door: Door, own: DoorState): Instant | undefined {
  const schedule = door.freeSchedule === undefined ? undefined : site.schedules.get(door.freeSchedule);
  const boundary = own.schedule && schedule && nextBoundary(schedule, own.schedule.judgedAt);
  const modes = earlier(boundary, own.override?.until);
  return earlier(earlier(conditionDeadline(own.condition), own.relockBy), modes);
}

function earlier(a: Instant | undefined, b: Instant | undefined): Instant | undefined {
  if (a === undefined || b === undefined) return a ?? b;
  return Math.min(a, b);
}
