/** What becomes of a zone that is active, quiet, faulty or lost, as its partitions stand. */
import type { Draft } from "../draft.js";
import type { EventBody } from "../events.js";
import { supplyBack, supplyLow } from "../power-down.js";
import type { InputFault } from "../signals.js";
import type { DeviceId, Door, PartitionId, Sensor } from "../site.js";
import { siteIndex } from "../site-index.js";
import type { ZoneState } from "./alarm-state.js";
import { raise, rest } from "./incident.js";
import { startEntry } from "./partition.js";
import { noteActivity } from "./plan.js";
import { raiseZone, tellZone } from "./raise-zone.js";
import { doorZone } from "./rules.js";
import { sound } from "./siren.js";
import { feedbackMs, isArmed, partitionOf, trigger } from "./standing.js";
import { isOnTest } from "./testing.js";
import { settled, troubled } from "./todo.js";
import { seenOnWalk } from "./walk-test.js";
import { alarmIndex, leftOut, type Zone } from "./zones.js";

export function zoneOfSensor(draft: Draft, sensor: Sensor): Zone | undefined {
  return alarmIndex(draft.site).zones.get(sensor.id);
}

export function zoneOfDoor(draft: Draft, door: Door): Zone | undefined {
  return alarmIndex(draft.site).zones.get(doorZone(door.id));
}

/** It was heard of: it lives. */
export function noteHeard(draft: Draft, zone: Zone, active: boolean): void {
  const own: ZoneState = draft.zones.get(zone.id) ?? {};
  const supervised = zone.rules.silentAfterMs !== undefined;
  if (!active && !supervised) return;
  const { silentTold, ...rest } = own;
  draft.zones.set(zone.id, {
    ...rest,
    ...(supervised ? { heardAt: draft.at } : {}),
    ...(active ? { activeAt: draft.at } : {}),
  });
  if (silentTold) {
    tellZone(draft, zone, { type: "device.zone-heard" });
    settled(draft, `silent/${zone.id}`);
  }
}

/** How a door came to open; a sensor knows nothing of it. */
export type Opened = "forced" | "by-grant" | "otherwise";

/** It became active, and somebody saw it become so. */
export function tripped(draft: Draft, zone: Zone, opened: Opened = "otherwise", value?: number): void {
  const { row, rules } = zone;
  noteHeard(draft, zone, true);
  if (row.watched === "never") return;
  if (seenOnWalk(draft, zone)) return;
  if (isOnTest(draft, zone)) {
    tellZone(draft, zone, { type: "alarm.test-signal" });
    return;
  }
  if (leftOut(draft.zones.get(zone.id))) return;
  const armed = zone.partitions.filter((each) => isArmed(partitionOf(draft, each)));
  if (row.trouble && !(row.incident === "tamper" && armed.length > 0)) {
    const type = row.incident === "tamper" ? "device.tamper-by-day" : row.comes;
    tellZone(draft, zone, { type });
    troubled(draft, `zone/${zone.id}`, { type, ...placeOf(zone) });
    supplyLow(draft, zone);
    return;
  }
  if (row.watched === "always") {
    const partitions = row.trouble ? armed : zone.partitions;
    if (rules.soak) tellZone(draft, zone, { type: "alarm.soak" });
    else if (row.trouble || counts(draft, zone))
      raiseZone(draft, zone, partitions, value === undefined ? {} : { data: measured(zone, value) });
    return;
  }
  intrusion(draft, zone, opened);
}

function placeOf(zone: Zone): { readonly sensor?: string; readonly door?: string } {
  return {
    ...(zone.sensor ? { sensor: zone.sensor.id } : {}),
    ...(zone.door ? { door: zone.door.id } : {}),
  };
}

function intrusion(draft: Draft, zone: Zone, opened: Opened): void {
  if (zone.sensor) noteActivity(draft, zone);
  const live = zone.partitions.filter((each) => isWatched(draft, zone, each));
  if (live.length === 0) {
    chime(draft, zone);
    return;
  }
  if (zone.rules.soak) {
    tellZone(draft, zone, { type: "alarm.soak" });
    return;
  }
  if (!counts(draft, zone)) return;
  const cross = crossed(draft, zone);
  if (cross === "alone") {
    tellZone(draft, zone, { type: "alarm.unverified" });
    return;
  }
  const delays = opened !== "forced" && (zone.row.delay === "entry" || opened === "by-grant");
  const now: PartitionId[] = [];
  for (const id of live) {
    const own = partitionOf(draft, id);
    if (own.is === "armed" && delays) startEntry(draft, id, zone);
    else if (own.is === "pending" && opened !== "forced" && (delays || zone.row.delay === "follows"))
      continue;
    else now.push(id);
  }
  if (now.length > 0) raiseZone(draft, zone, now, { verified: cross === "verified" });
}

/** In these the zone is watched at the level that they are armed in. While people leave, nothing is. */
function isWatched(draft: Draft, zone: Zone, id: PartitionId): boolean {
  const own = partitionOf(draft, id);
  return isArmed(own) && own.is !== "arming" && zone.armedIn.includes(own.level);
}

function chime(draft: Draft, zone: Zone): void {
  if (!zone.rules.chime || zone.partitions.some((each) => isArmed(partitionOf(draft, each)))) return;
  tellZone(draft, zone, { type: "alarm.chime" });
  const { door } = zone;
  if (door?.readers.inside)
    draft.order({
      urgent: false,
      type: "signal-reader",
      door: door.id,
      side: "inside",
      pattern: "chime",
      ms: feedbackMs,
    });
}

/** One activation may count for nothing until enough of them came in time. */
function counts(draft: Draft, zone: Zone): boolean {
  const { count } = zone.rules;
  if (!count) return true;
  const own = draft.zones.get(zone.id) ?? {};
  const hits = [...(own.hits ?? []).filter((hit) => draft.at - hit < count.withinMs), draft.at];
  const enough = hits.length >= count.times;
  const { hits: _, ...rest } = own;
  draft.zones.set(zone.id, enough ? rest : { ...rest, hits });
  if (!enough)
    tellZone(draft, zone, { type: "alarm.counted", data: { times: hits.length, of: count.times } });
  return enough;
}

/** Whether one of those that it needs a second opinion of has given it. */
function crossed(draft: Draft, zone: Zone): "not-asked" | "alone" | "verified" {
  const { cross } = zone.rules;
  if (!cross) return "not-asked";
  const seen = cross.with.some((other) => {
    const { activeAt } = draft.zones.get(other) ?? {};
    return other !== zone.id && activeAt !== undefined && draft.at - activeAt <= cross.withinMs;
  });
  return seen ? "verified" : "alone";
}

/** It came to rest, and somebody saw it do so. */
export function rested(draft: Draft, zone: Zone, value?: number): void {
  const { row } = zone;
  noteHeard(draft, zone, false);
  if (row.watched === "never") return;
  const incident = rest(draft, zone.id);
  supplyBack(draft, zone);
  if (row.trouble) {
    const byDay = row.incident === "tamper" && incident === undefined;
    const told = settled(draft, `zone/${zone.id}`);
    if (told || incident !== undefined)
      tellZone(draft, zone, {
        type: byDay ? "device.tamper-by-day-ended" : row.goes,
        ...(incident === undefined ? {} : { incident }),
      });
    return;
  }
  const closedLong = incident === undefined && row.watched === "always" && row.incident !== "burglary";
  if (incident === undefined && !closedLong) return;
  if (incident === undefined && (isOnTest(draft, zone) || leftOut(draft.zones.get(zone.id)))) return;
  tellZone(draft, zone, {
    type: row.goes,
    ...(incident === undefined ? {} : { incident }),
    ...(value === undefined ? {} : { data: measured(zone, value) }),
  });
}

/** Which of its limits it is about: cold and heat are two things to a receiving centre. */
function measured({ rules: { limits } }: Zone, value: number): NonNullable<EventBody["data"]> {
  const { below = Number.NEGATIVE_INFINITY, above = Number.POSITIVE_INFINITY } = limits ?? {};
  return value - below < above - value ? { value, low: true } : { value };
}

/** It is active already when it is first heard of: nobody saw it change, so nothing is raised; but armed, somebody should look. */
export function foundActive(draft: Draft, zone: Zone): void {
  const live = zone.partitions.filter((each) => isWatched(draft, zone, each));
  if (zone.row.watched !== "armed" || live.length === 0 || leftOut(draft.zones.get(zone.id))) return;
  tellZone(draft, zone, { type: "alarm.found-open", data: { partitions: live } });
  troubled(draft, `found/${zone.id}`, { type: "alarm.found-open", ...placeOf(zone) });
}

/** A fault of its line is neither an alarm nor quiet; a tampered line is tampering, and armed that is an alarm. */
export function faulted(draft: Draft, zone: Zone, fault: InputFault, before: InputFault): void {
  if (fault === before) return;
  const as = `tamper/${zone.id}`;
  if (before === "tamper") {
    const incident = rest(draft, as);
    if (incident !== undefined) tellZone(draft, zone, { type: "alarm.tamper-ended", incident });
  }
  if (fault === null) {
    settled(draft, `fault/${zone.id}`);
    return;
  }
  const armed = zone.partitions.filter((each) => isArmed(partitionOf(draft, each)));
  const out = leftOut(draft.zones.get(zone.id)) || isOnTest(draft, zone);
  if (fault === "tamper" && armed.length > 0 && !out)
    raiseZone(draft, zone, armed, { type: "alarm.tamper", reason: fault, as, lasts: true });
  else troubled(draft, `fault/${zone.id}`, { type: "device.sensor-fault", reason: fault, ...placeOf(zone) });
}

/** A device that is lost while something that it watches is armed may have been torn off the wall. */
export function deviceLost(draft: Draft, device: DeviceId): void {
  const { sensorsOf, doorsOf } = siteIndex(draft.site);
  const zones = [
    ...(sensorsOf.get(device) ?? []).map((sensor) => zoneOfSensor(draft, sensor)),
    ...(doorsOf.get(device) ?? [])
      .filter((door) => door.contact?.device === device)
      .map((door) => zoneOfDoor(draft, door)),
  ];
  const partitions = [
    ...new Set(zones.flatMap((zone) => (zone && !leftOut(draft.zones.get(zone.id)) ? zone.partitions : []))),
  ].filter((each) => isArmed(partitionOf(draft, each)) && partitionOf(draft, each).is !== "arming");
  troubled(draft, `device/${device}`, { type: "device.lost", device });
  const [partition] = partitions;
  if (partition === undefined) return;
  const tenant = draft.site.partitions.get(partition)?.tenant;
  const incident = raise(draft, {
    event: {
      type: "alarm.device-lost",
      device,
      partition,
      ...(tenant === undefined ? {} : { tenant }),
      data: { partitions },
    },
    kind: "tamper",
    severity: "critical",
    priority: 2,
    zone: `device/${device}`,
    partitions,
    lasts: true,
    silent: false,
  });
  for (const each of partitions) trigger(draft, each);
  sound(draft, "tamper", partitions, incident);
}

export function deviceBack(draft: Draft, device: DeviceId): void {
  const incident = rest(draft, `device/${device}`);
  if (incident !== undefined) {
    const partitions = draft.incidents.get(incident)?.partitions ?? [];
    const [partition] = partitions;
    const tenant = partition === undefined ? undefined : draft.site.partitions.get(partition)?.tenant;
    draft.tell({
      type: "alarm.device-back",
      device,
      incident,
      ...(partition === undefined ? {} : { partition }),
      ...(tenant === undefined ? {} : { tenant }),
      data: { partitions },
    });
  }
  settled(draft, `device/${device}`);
}
