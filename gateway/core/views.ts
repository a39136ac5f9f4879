import { liveOverride, lockOf, modeOf, situationOf } from "./precedence.js";
import type {
  Area,
  AreaId,
  Door,
  DoorId,
  DoorMode,
  Instant,
  Partition,
  PartitionId,
  SensorId,
  Site,
} from "./site.js";
import { pointsOf } from "./site-index.js";
import type { State } from "./state.js";

/** What people and central systems see of a door; the payload of `door/{door}` is this without id and name. */
export interface DoorView {
  readonly id: DoorId;
  readonly name: string;
  /** `unlocked`: held or pulsed open on purpose. `released`: fire or emergency, latched. */
  readonly lock: "locked" | "unlocked" | "released";
  readonly position: "open" | "closed" | "unknown" | "none";
  readonly mode: DoorMode;
  /** Every device that this door needs is there. */
  readonly online: boolean;
  readonly alarm: "forced" | "held-open" | null;
  /** Who set the mode, and until when, if it is not the one at rest. */
  readonly override: { readonly by: string; readonly until: Instant | null } | null;
  /** Since when the door's condition is what it is; null: unknown. */
  readonly since: Instant | null;
}

export interface AreaView {
  readonly id: AreaId;
  readonly name: string;
  readonly occupancy: number;
  /** How many of them are not surely there. */
  readonly uncertain: number;
}

export interface PartitionView {
  readonly id: PartitionId;
  readonly name: string;
  readonly arming: "disarmed" | "armed_away" | "armed_home" | "armed_night" | "triggered";
  /** All its sensors are quiet and known, its doors known to be closed. */
  readonly ready: boolean;
}

export interface SensorView {
  readonly id: SensorId;
  readonly name: string;
  readonly active: boolean | null;
  readonly fault: "open" | "short" | "tamper" | null;
}

export interface SiteView {
  readonly site: {
    readonly id: string;
    readonly name: string;
    readonly revision: number;
    readonly timeZone: string;
  };
  readonly doors: readonly DoorView[];
  readonly areas: readonly AreaView[];
  readonly partitions: readonly PartitionView[];
  readonly sensors: readonly SensorView[];
}

export function doorView(site: Site, state: State, door: Door, at: Instant): DoorView {
  const situation = situationOf(site, state, door, at);
  const { own } = situation;
  const { condition } = own;
  const override = liveOverride(situation);
  return {
    id: door.id,
    name: door.name,
    lock: lockOf(situation).lock,
    position: door.contact ? own.position : "none",
    mode: modeOf(situation),
    online: pointsOf(door).every(({ device }) => state.devices.get(device)?.online === true),
    alarm: condition.is === "forced" || condition.is === "held-open" ? condition.is : null,
    override: override ? { by: override.by, until: override.until ?? null } : null,
    since: own.since ?? null,
  };
}

/** Whoever is in a child is in its parents. People are gone through once, however many areas are asked for. */
export function areaViews(site: Site, state: State, areas: Iterable<Area>): AreaView[] {
  const wanted = [...areas];
  if (wanted.length === 0) return [];
  const counts = new Map<AreaId, { occupancy: number; uncertain: number }>();
  for (const { area, how } of state.whereabouts.values()) {
    let count = counts.get(area);
    if (!count) {
      count = { occupancy: 0, uncertain: 0 };
      counts.set(area, count);
    }
    count.occupancy++;
    if (how !== "seen") count.uncertain++;
  }
  return wanted.map(({ id, name }) => {
    let occupancy = 0;
    let uncertain = 0;
    for (const [inner, count] of counts) {
      if (!isWithin(site, inner, id)) continue;
      occupancy += count.occupancy;
      uncertain += count.uncertain;
    }
    return { id, name, occupancy, uncertain };
  });
}

function isWithin(site: Site, inner: AreaId, outer: AreaId): boolean {
  for (let id: AreaId | undefined = inner; id !== undefined; id = site.areas.get(id)?.parent) {
    if (id === outer) return true;
  }
  return false;
}

export function partitionView(site: Site, state: State, partition: Partition): PartitionView {
  const own = state.partitions.get(partition.id) ?? { is: "disarmed" };
  const arming = own.is === "armed" ? (`armed_${own.level}` as const) : own.is;
  return { id: partition.id, name: partition.name, arming, ready: isReady(site, state, partition.id) };
}

function isReady(site: Site, state: State, partition: PartitionId): boolean {
  for (const sensor of site.sensors.values()) {
    if (sensor.partition !== partition) continue;
    const known = state.sensors.get(sensor.id);
    if (known?.active !== false || known.fault) return false;
  }
  for (const { id, contact, partitions } of site.doors.values()) {
    if (!contact || (partitions.outside !== partition && partitions.inside !== partition)) continue;
    if (state.doors.get(id)?.position !== "closed") return false;
  }
  return true;
}

function sensorView(
  state: State,
  { id, name }: { readonly id: SensorId; readonly name: string },
): SensorView {
  const known = state.sensors.get(id);
  return { id, name, active: known?.active ?? null, fault: known?.fault ?? null };
}

export function siteView(site: Site, state: State, at: Instant): SiteView {
  return {
    site: { id: site.id, name: site.name, revision: site.revision, timeZone: site.timeZone },
    doors: [...site.doors.values()].map((door) => doorView(site, state, door, at)),
    areas: areaViews(site, state, site.areas.values()),
    partitions: [...site.partitions.values()].map((partition) => partitionView(site, state, partition)),
    sensors: [...site.sensors.values()].map((sensor) => sensorView(state, sensor)),
  };
}
