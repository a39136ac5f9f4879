import type { Group, Schedule } from "../site.js";
import type { AccessRequest } from "./rule.js";

/** A group of the person that has this door, and one of the schedules in which it has it. */
export interface Right {
  readonly group: Group;
  readonly schedule: Schedule;
}

/** All rights of the person at this door, at whatever time. Groups and schedules that are not there give none. */
export function rightsAt({ site, door, person }: AccessRequest): readonly Right[] {
  const rights: Right[] = [];
  for (const groupId of person?.groups ?? []) {
    const group = site.groups.get(groupId);
    for (const scheduleId of group?.doors.get(door.id) ?? []) {
      const schedule = site.schedules.get(scheduleId);
      if (group && schedule) rights.push({ group, schedule });
    }
  }
  return rights;
}
