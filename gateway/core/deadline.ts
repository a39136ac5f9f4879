import { conditionDeadline } from "./door.js";
import { nextBoundary } from "./schedule.js";
import type { Door, Instant, Site } from "./site.js";
import type { DoorState, State } from "./state.js";

/** The earliest instant at which something falls due by itself; undefined: nothing waits. */
export function nextDeadline(site: Site, state: State): Instant | undefined {
  let next: Instant | undefined;
  for (const [id, own] of state.doors) {
    const door = site.doors.get(id);
    if (door) next = earlier(next, doorDeadline(site, door, own));
  }
  for (const [id, { expectedBy }] of state.devices)
    if (site.devices.has(id)) next = earlier(next, expectedBy);
  for (const [id, { expectedBy }] of state.sensors)
    if (site.sensors.get(id)?.type === "fire") next = earlier(next, expectedBy);
  return next;
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
