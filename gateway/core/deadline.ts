import { conditionDeadline } from "./door.js";
import { nextBoundary } from "./schedule.js";
import type { Door, Instant, Site } from "./site.js";
import type { DoorState, State } from "./state.js";

/** The earliest instant at which something falls due by itself; undefined: nothing waits. */
export function nextDeadline(site: Site, state: State): Instant | undefined {
  let next = Number.POSITIVE_INFINITY;
  for (const [id, own] of state.doors) {
    const door = site.doors.get(id);
    if (door) next = Math.min(next, doorDeadline(site, door, own));
  }
  for (const { expectedBy } of state.devices.values())
    if (expectedBy !== undefined) next = Math.min(next, expectedBy);
  for (const { expectedBy } of state.sensors.values())
    if (expectedBy !== undefined) next = Math.min(next, expectedBy);
  return next === Number.POSITIVE_INFINITY ? undefined : next;
}

function doorDeadline(site: Site, door: Door, own: DoorState): Instant {
  const schedule = door.freeSchedule === undefined ? undefined : site.schedules.get(door.freeSchedule);
  const boundary = own.schedule && schedule && nextBoundary(schedule, own.schedule.judgedAt);
  return Math.min(
    conditionDeadline(own.condition) ?? Number.POSITIVE_INFINITY,
    own.override?.until ?? Number.POSITIVE_INFINITY,
    own.relockBy ?? Number.POSITIVE_INFINITY,
    boundary ?? Number.POSITIVE_INFINITY,
  );
}
