/** A checked site document, turned into the site as the core reads it. */
import type {
  Area,
  AreaId,
  Door,
  DoorId,
  FireAction,
  Group,
  Instant,
  MusterReader,
  Opening,
  Partition,
  Schedule,
  ScheduleId,
  Sensor,
  SensorId,
  Site,
} from "../core/site.js";
import { areaRulesOf, doorRulesOf, doorsInGroups, rightsByDoor } from "./access.js";
import { alarmOf, armGroupOf, partitionRulesOf, zoneRulesOf } from "./alarm.js";
import {
  alwaysSchedule,
  compileSchedule,
  type HolidayCalendar,
  holidayCalendar,
} from "./compile-schedule.js";
import { always, defaults, passageOf, roleOf, tenantOf } from "./defaults.js";
import type { DoorEntry, GroupEntry, SensorEntry, SiteDocument } from "./document.js";
import { doorsIntoAreas } from "./graph.js";
import { buttonOf, houseOf } from "./house.js";
import { leafOf } from "./leaf.js";
import { dayMs, minuteMs, type OffsetSegment, offsetSegments } from "./local-time.js";
import { pointAt } from "./points.js";
import { deviceOf } from "./wires.js";

/** How far back of `from` schedules are compiled, and how far ahead, in milliseconds. */
export const compiledBackMs = 2 * dayMs;
export const compiledAheadMs = 16 * dayMs;

/**
 * Compiles a document that `checkSite` found sound; `from` is the instant around which schedules are needed. Throws
 * SiteNotSound if a reference does not resolve: the document was not checked.
 */
export function compileSite(document: SiteDocument, revision: number, from: Instant): Site {
  const compiledFrom = from - compiledBackMs;
  const compiledUntil = from + compiledAheadMs;
  const segments = offsetSegments(document.site.timeZone, compiledFrom, compiledUntil);
  const fireInputs = (document.sensors ?? []).filter((sensor) => sensor.type === "fire");
  const doorsInto = doorsIntoAreas(document);
  const doors = document.doors.map((door) => doorOf(door, document, fireInputs));
  return {
    id: document.site.id,
    name: document.site.name,
    revision,
    timeZone: document.site.timeZone,
    compiledFrom,
    compiledUntil,
    offsets: segments.map((segment) => ({ from: segment.from, minutes: segment.offsetMs / minuteMs })),
    tenants: byId(document.tenants),
    areas: byId(document.areas.map((area) => areaOf(area, document))),
    doors: byId(doors),
    openings: byId((document.openings ?? []).map((opening) => openingOf(opening, document))),
    partitions: byId((document.partitions ?? []).map((partition) => partitionOf(partition, document))),
    sensors: byId((document.sensors ?? []).map((sensor) => sensorOf(sensor, document))),
    devices: byId(document.devices.map((device) => deviceOf(device, document))),
    ...(document.musterReaders ? { musterReaders: byId(document.musterReaders.map(musterReaderOf)) } : {}),
    ...houseOf(document),
    ...alarmOf(document),
    groups: byId((document.groups ?? []).map((group) => groupOf(group, document, doorsInto))),
    schedules: schedulesOf(
      document,
      holidayCalendar(document.holidays ?? [], compiledFrom, compiledUntil),
      segments,
    ),
  };
}

function byId<T extends { readonly id: string }>(entries: readonly T[]): ReadonlyMap<string, T> {
  return new Map(entries.map((entry) => [entry.id, entry]));
}

function areaOf(area: SiteDocument["areas"][number], document: SiteDocument): Area {
  return {
    id: area.id,
    name: area.name,
    tenant: tenantOf(area, document),
    ...(area.parent === undefined ? {} : { parent: area.parent }),
    outside: area.outside ?? false,
    ...areaRulesOf(area),
    ...(area.muster ? { muster: true } : {}),
  };
}

function doorOf(door: DoorEntry, document: SiteDocument, fireInputs: readonly SensorEntry[]): Door {
  const { outside, inside } = door.readers ?? {};
  return {
    id: door.id,
    name: door.name,
    tenant: tenantOf(door, document),
    from: door.from,
    to: door.to,
    passage: passageOf(door),
    unlockMs: door.unlockMs ?? defaults.unlockMs,
    openMs: door.openMs ?? defaults.openMs,
    mode: door.mode ?? defaults.mode,
    ...(door.freeSchedule === undefined ? {} : { freeSchedule: door.freeSchedule }),
    exit: door.exit ?? defaults.exit,
    lock: {
      point: pointAt(door.lock.point),
      kind: door.lock.kind,
      mechanicalEgress: door.lock.mechanicalEgress ?? false,
      wiredRelease: door.lock.wiredRelease ?? false,
    },
    readers: {
      ...(outside === undefined ? {} : { outside: pointAt(outside) }),
      ...(inside === undefined ? {} : { inside: pointAt(inside) }),
    },
    ...(door.contact === undefined ? {} : { contact: pointAt(door.contact) }),
    ...(door.exitButton === undefined ? {} : { exitButton: pointAt(door.exitButton) }),
    fire: fireOf(door, fireInputs),
    partitions: { ...door.partitions },
    ...leafOf(door),
    ...(door.toggle ? { toggle: true } : {}),
    ...(door.firstPersonIn ? { firstPersonIn: true } : {}),
    ...doorRulesOf(door),
    ...(door.clock === undefined ? {} : { clock: door.clock }),
    ...zoneRulesOf(door.alarm ?? {}),
  };
}

/** What every fire input of the site does to this door, whether it is written at the door or at the input. */
export function fireOf(
  door: DoorEntry,
  fireInputs: readonly SensorEntry[],
): ReadonlyMap<SensorId, FireAction> {
  const written = new Map(Object.entries(door.fire ?? {}));
  return new Map(
    fireInputs.map((input) => [input.id, written.get(input.id) ?? input.action ?? defaults.fireAction]),
  );
}

function openingOf(opening: NonNullable<SiteDocument["openings"]>[number], document: SiteDocument): Opening {
  return {
    id: opening.id,
    name: opening.name,
    tenant: tenantOf(opening, document),
    from: opening.from,
    to: opening.to,
    kind: opening.kind ?? defaults.openingKind,
  };
}

function partitionOf(
  partition: NonNullable<SiteDocument["partitions"]>[number],
  document: SiteDocument,
): Partition {
  return {
    id: partition.id,
    name: partition.name,
    tenant: tenantOf(partition, document),
    members: partition.members ?? [],
    rules: partitionRulesOf(partition, document),
  };
}

function sensorOf(sensor: SensorEntry, document: SiteDocument): Sensor {
  return {
    id: sensor.id,
    name: sensor.name,
    tenant: tenantOf(sensor, document),
    type: sensor.type,
    role: roleOf(sensor),
    point: pointAt(sensor.point),
    ...(sensor.area === undefined ? {} : { area: sensor.area }),
    ...(sensor.opening === undefined ? {} : { opening: sensor.opening }),
    ...(sensor.partition === undefined ? {} : { partition: sensor.partition }),
    ...(sensor.type === "fire" ? { onFault: sensor.onFault ?? defaults.onFault } : {}),
    ...buttonOf(sensor),
    ...(sensor.normally === "closed" ? { inverted: true } : {}),
    ...zoneRulesOf(sensor),
  };
}

function musterReaderOf({
  id,
  name,
  point,
}: NonNullable<SiteDocument["musterReaders"]>[number]): MusterReader {
  return { id, name, point: pointAt(point) };
}

function groupOf(
  group: GroupEntry,
  document: SiteDocument,
  doorsInto: (area: AreaId) => readonly DoorId[],
): Group {
  const inGroup = doorsInGroups(document);
  const rights = rightsByDoor(group.access, ({ doors, doorGroups, areas }) => [
    ...(doors ?? []),
    ...(doorGroups ?? []).flatMap(inGroup),
    ...(areas ?? []).flatMap(doorsInto),
  ]);
  return {
    id: group.id,
    name: group.name,
    tenant: tenantOf(group, document),
    ...rights,
    ...armGroupOf(group),
  };
}

function schedulesOf(
  document: SiteDocument,
  holidays: HolidayCalendar,
  segments: readonly OffsetSegment[],
): ReadonlyMap<ScheduleId, Schedule> {
  const schedules = (document.schedules ?? []).map((schedule) =>
    compileSchedule(schedule, holidays, segments),
  );
  return new Map([
    [always.id, alwaysSchedule],
    ...schedules.map((schedule) => [schedule.id, schedule] as const),
  ]);
}
