import { fireAt } from "./fire.js";
import { lockdownOf } from "./lockdown.js";
import type { Door, PartitionId, Sensor, Site } from "./site.js";
import { samePoint } from "./site-index.js";
import { type DoorState, houseId, type State } from "./state.js";

/** Why a revision cannot take effect now, and where in its document. */
export interface SiteFault {
  readonly path: string;
  readonly message: string;
}

/**
 * What is armed, triggered, released by fire or in an emergency, in alarm, locked down or occupied cannot be removed, nor be
 * changed into something that would let go of it. All that stands in the way, each with what to do first.
 */
export function obstacles(before: Site | undefined, after: Site, state: State): SiteFault[] {
  return [
    ...partitionObstacles(after, state),
    ...fireObstacles(before, after, state),
    ...doorObstacles(before, after, state),
    ...armedObstacles(before, after, state),
    ...areaObstacles(before, after, state),
    ...houseObstacles(before, after, state),
  ];
}

function partitionObstacles(after: Site, state: State): SiteFault[] {
  return [...state.partitions].flatMap(([id, own]) =>
    own.is === "disarmed" || after.partitions.has(id)
      ? []
      : [fault("partitions", id, `is ${own.is}: disarm it before it is removed`)],
  );
}

function fireObstacles(before: Site | undefined, after: Site, state: State): SiteFault[] {
  const faults: SiteFault[] = [];
  for (const [id, fire] of state.fire) {
    if (fire.is !== "released") continue;
    const now = after.sensors.get(id);
    if (now?.type !== "fire") {
      faults.push(fault("sensors", id, "has released doors: reset it before it is removed"));
      continue;
    }
    const was = before?.sensors.get(id);
    if (was && !samePoint(was.point, now.point))
      faults.push(fault("sensors", id, "has released doors: reset it before it is rewired"));
  }
  return faults;
}

function doorObstacles(before: Site | undefined, after: Site, state: State): SiteFault[] {
  const faults: SiteFault[] = [];
  for (const [id, own] of state.doors) {
    const was = before?.doors.get(id);
    const now = after.doors.get(id);
    const fire = before && was ? fireAt(before, state, was) : undefined;
    if (!now) {
      const why = whyNotRemoved(own, fire?.unlock === true);
      if (why) faults.push(fault("doors", id, why));
      continue;
    }
    if (fire?.unlock && !fireAt(after, state, now).unlock)
      faults.push(fault("doors", id, "is released by fire: reset that before its fire action is changed"));
    const latched = fire?.unlock === true || own.held?.kind === "emergency";
    if (was && latched && !samePoint(was.lock.point, now.lock.point))
      faults.push(fault("doors", id, "is released: reset that before its lock is rewired"));
  }
  return faults;
}

function whyNotRemoved(
  { emergency, held, condition, override }: DoorState,
  fire: boolean,
): string | undefined {
  if (fire) return "is released by fire: reset that before it is removed";
  if (emergency || held?.kind === "emergency")
    return "is released in an emergency: reset that before it is removed";
  if (condition.is === "forced") return "was forced: close it before it is removed";
  if (condition.is === "held-open") return "is held open: close it before it is removed";
  if (override?.mode === "secured")
    return "is secured by an operator: return it to its usual mode before it is removed";
  return undefined;
}

/** A sensor or a door contact of an armed partition may neither go nor leave the partition. */
function armedObstacles(before: Site | undefined, after: Site, state: State): SiteFault[] {
  if (!before) return [];
  const faults: SiteFault[] = [];
  for (const [partition, own] of state.partitions) {
    if (own.is === "disarmed") continue;
    const message = `belongs to partition "${partition}", which is ${own.is}: disarm it first`;
    for (const sensor of before.sensors.values()) {
      if (watches(sensor, partition) && !sameWatch(sensor, after.sensors.get(sensor.id)))
        faults.push(fault("sensors", sensor.id, message));
    }
    for (const door of before.doors.values()) {
      if (guards(door, partition) && !guards(after.doors.get(door.id), partition))
        faults.push(fault("doors", door.id, message));
    }
  }
  return faults;
}

function watches(sensor: Sensor | undefined, partition: PartitionId): boolean {
  return sensor?.partition === partition;
}

function sameWatch(was: Sensor, now: Sensor | undefined): boolean {
  return now?.partition === was.partition && now?.type === was.type && samePoint(now?.point, was.point);
}

function guards(door: Door | undefined, partition: PartitionId): boolean {
  return door?.partitions.outside === partition || door?.partitions.inside === partition;
}

function areaObstacles(before: Site | undefined, after: Site, state: State): SiteFault[] {
  const inside = new Map<string, number>();
  for (const { area } of state.whereabouts.values()) {
    if (after.areas.has(area) || before?.areas.get(area)?.outside) continue;
    inside.set(area, (inside.get(area) ?? 0) + 1);
  }
  return [...inside].map(([id, people]) =>
    fault("areas", id, `has ${people === 1 ? "1 person" : `${people} people`} in it`),
  );
}

/** What is locked down stays so, door by door, and the threat level in force stays a level. */
function houseObstacles(before: Site | undefined, after: Site, state: State): SiteFault[] {
  const own = state.house.get(houseId);
  const faults: SiteFault[] = [];
  for (const door of before?.doors.values() ?? []) {
    if (!before || !lockdownOf(before, state, door.id) || lockdownOf(after, state, door.id)) continue;
    if (after.doors.has(door.id))
      faults.push(
        fault("doors", door.id, "is locked down: end the lockdown before it leaves the door group"),
      );
  }
  for (const id of before?.doors.keys() ?? []) {
    if (before && !after.doors.has(id) && lockdownOf(before, state, id))
      faults.push(fault("doors", id, "is locked down: end the lockdown before it is removed"));
  }
  const level = own?.threat?.level;
  const known = (site: Site) => site.threatLevels?.some(({ id }) => id === level) === true;
  if (level !== undefined && before && known(before) && !known(after))
    faults.push({
      path: `threatLevels.${level}`,
      message: `threat level "${level}" is in force: set another before it is removed`,
    });
  return faults;
}

function fault(kind: string, id: string, why: string): SiteFault {
  return { path: `${kind}.${id}`, message: `${kind.slice(0, -1)} "${id}" ${why}` };
}
