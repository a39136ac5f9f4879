/** The sensors and door contacts of a site as the alarm sees them. */
import type { Door, PartitionId, Sensor, SensorId, Site } from "../site.js";
import type { ZoneState } from "./alarm-state.js";
import {
  type ArmLevel,
  armLevels,
  doorZone,
  type PartitionRules,
  type Reaction,
  usualRules,
  type ZoneId,
  type ZoneRules,
} from "./rules.js";
import { type ZoneKind, type ZoneRow, zoneKindOf, zoneTable } from "./sensor-types.js";

export interface Zone {
  readonly id: ZoneId;
  readonly kind: ZoneKind;
  readonly row: ZoneRow;
  readonly sensor?: Sensor;
  readonly door?: Door;
  /** None: it belongs to no partition, and counts only if it is watched always. */
  readonly partitions: readonly PartitionId[];
  readonly armedIn: readonly ArmLevel[];
  readonly rules: ZoneRules;
}

export interface AlarmIndex {
  readonly zones: ReadonlyMap<ZoneId, Zone>;
  /** By partition, its own zones, in the order of the site. */
  readonly of: ReadonlyMap<PartitionId, readonly Zone[]>;
  /** By partition, the common partitions that it is a member of. */
  readonly commonsOf: ReadonlyMap<PartitionId, readonly PartitionId[]>;
  /** By partition, the partitions without members that it comes down to, itself if it has none. */
  readonly leavesOf: ReadonlyMap<PartitionId, readonly PartitionId[]>;
  readonly rulesOf: ReadonlyMap<PartitionId, PartitionRules>;
  /** By partition, its place in the site's order. */
  readonly rankOf: ReadonlyMap<PartitionId, number>;
  /** By sensor, those that watch it for a second opinion. */
  readonly crossing: ReadonlyMap<SensorId, readonly SensorId[]>;
  /** Zones that are told of when they have been silent too long. */
  readonly supervised: readonly Zone[];
}

// As `siteIndex`: a site never changes.
const indexes = new WeakMap<Site, AlarmIndex>();

export function alarmIndex(site: Site): AlarmIndex {
  let index = indexes.get(site);
  if (!index) {
    index = buildIndex(site);
    indexes.set(site, index);
  }
  return index;
}

const none: ZoneRules = {};

function buildIndex(site: Site): AlarmIndex {
  const zones = new Map<ZoneId, Zone>();
  const of = new Map<PartitionId, Zone[]>();
  for (const zone of allZones(site)) {
    zones.set(zone.id, zone);
    for (const partition of zone.partitions) {
      const list = of.get(partition);
      if (list) list.push(zone);
      else of.set(partition, [zone]);
    }
  }
  const commonsOf = new Map<PartitionId, PartitionId[]>();
  for (const { id, members } of site.partitions.values())
    for (const member of members) {
      const list = commonsOf.get(member);
      if (list) list.push(id);
      else commonsOf.set(member, [id]);
    }
  const profile = site.alarm?.profile ?? "en50131";
  const usual = usualRules(profile);
  const crossing = new Map<SensorId, SensorId[]>();
  for (const { id, rules } of zones.values())
    for (const other of rules.cross?.with ?? []) crossing.set(other, [...(crossing.get(other) ?? []), id]);
  return {
    zones,
    of,
    commonsOf,
    leavesOf: new Map([...site.partitions.keys()].map((id) => [id, leavesOf(site, id, new Set())])),
    rulesOf: new Map([...site.partitions.values()].map(({ id, rules }) => [id, rules ?? usual])),
    rankOf: new Map([...site.partitions.keys()].map((id, rank) => [id, rank])),
    crossing,
    supervised: [...zones.values()].filter(({ rules }) => rules.silentAfterMs !== undefined),
  };
}

function leavesOf(site: Site, id: PartitionId, seen: Set<PartitionId>): readonly PartitionId[] {
  if (seen.has(id)) return [];
  seen.add(id);
  const members = site.partitions.get(id)?.members ?? [];
  return members.length === 0 ? [id] : members.flatMap((member) => leavesOf(site, member, seen));
}

function* allZones(site: Site): Generator<Zone> {
  for (const sensor of site.sensors.values()) {
    const rules = sensor.zone ?? none;
    const kind = zoneKindOf(sensor.type, sensor.role, rules.reaction);
    yield {
      id: sensor.id,
      kind,
      row: zoneTable[kind],
      sensor,
      partitions: sensor.partition === undefined ? [] : [sensor.partition],
      armedIn: rules.armedIn ?? levelsOf(sensor.role),
      rules,
    };
  }
  for (const door of site.doors.values()) {
    const { inside, outside } = door.partitions;
    const partitions = [...new Set([inside, outside].filter((id) => id !== undefined))];
    if (!door.contact) continue;
    const rules = door.zone ?? none;
    const kind = rules.reaction ?? reactionOf(site, door);
    // A door within one partition is one of its rooms: whoever is at home may use it.
    const armedIn = rules.armedIn ?? (inside !== undefined && inside === outside ? ["away"] : armLevels);
    yield { id: doorZone(door.id), kind, row: zoneTable[kind], door, partitions, armedIn, rules };
  }
}

/** A door that people come in by begins the entry delay. */
function reactionOf(site: Site, door: Door): Reaction {
  const entered = door.readers.outside !== undefined || door.keySwitch !== undefined;
  if (entered) return "delayed";
  return site.areas.get(door.from)?.outside || site.areas.get(door.to)?.outside ? "perimeter" : "instant";
}

function levelsOf(role: Sensor["role"]): readonly ArmLevel[] {
  switch (role) {
    case "interior":
      return ["away"];
    case "entry-route":
      return ["away", "night"];
    default:
      return armLevels;
  }
}

/** Whether what it says counts for nothing just now. */
export function leftOut(own: ZoneState | undefined): boolean {
  return own?.bypass !== undefined || own?.shutDown === true;
}
