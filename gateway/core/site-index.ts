import type { DeviceId, Door, DoorGroupId, DoorId, Point, Sensor, Site } from "./site.js";

/** What is looked up in a site by something else than its id. */
export interface SiteIndex {
  /** Doors of which the lock, a reader or an input is on the device. */
  readonly doorsOf: ReadonlyMap<DeviceId, readonly Door[]>;
  readonly sensorsOf: ReadonlyMap<DeviceId, readonly Sensor[]>;
  readonly fireInputs: readonly Sensor[];
  /** By door, the others of every interlock that it belongs to. */
  readonly interlockedWith: ReadonlyMap<DoorId, readonly DoorId[]>;
  /** By door, the door groups that it belongs to. */
  readonly groupsOf: ReadonlyMap<DoorId, ReadonlySet<DoorGroupId>>;
}

// A site never changes: what follows from it is worked out once. Held weakly, so that old revisions go.
const indexes = new WeakMap<Site, SiteIndex>();

export function siteIndex(site: Site): SiteIndex {
  let index = indexes.get(site);
  if (!index) {
    index = buildIndex(site);
    indexes.set(site, index);
  }
  return index;
}

function buildIndex(site: Site): SiteIndex {
  const doorsOf = new Map<DeviceId, Door[]>();
  const sensorsOf = new Map<DeviceId, Sensor[]>();
  const fireInputs: Sensor[] = [];
  for (const door of site.doors.values()) {
    for (const device of new Set(pointsOf(door).map((point) => point.device)))
      listed(doorsOf, device).push(door);
  }
  for (const sensor of site.sensors.values()) {
    listed(sensorsOf, sensor.point.device).push(sensor);
    if (sensor.type === "fire") fireInputs.push(sensor);
  }
  return {
    doorsOf,
    sensorsOf,
    fireInputs,
    interlockedWith: interlockedWith(site),
    groupsOf: groupsOf(site),
  };
}

function interlockedWith(site: Site): Map<DoorId, DoorId[]> {
  const others = new Map<DoorId, DoorId[]>();
  for (const { doors } of site.interlocks?.values() ?? [])
    for (const door of doors) listed(others, door).push(...doors.filter((other) => other !== door));
  return others;
}

function groupsOf(site: Site): Map<DoorId, Set<DoorGroupId>> {
  const groups = new Map<DoorId, Set<DoorGroupId>>();
  for (const { id, doors } of site.doorGroups?.values() ?? []) {
    for (const door of doors) {
      const own = groups.get(door);
      if (own) own.add(id);
      else groups.set(door, new Set([id]));
    }
  }
  return groups;
}

/** Every terminal that a door needs. */
export function pointsOf(door: Door): Point[] {
  const points = [
    door.lock.point,
    door.contact,
    door.exitButton,
    door.keySwitch,
    door.loop,
    door.safetyEdge,
    door.readers.outside,
    door.readers.inside,
  ];
  return points.filter((point) => point !== undefined);
}

export function samePoint(a: Point | undefined, b: Point | undefined): boolean {
  return a?.device === b?.device && a?.kind === b?.kind && a?.n === b?.n;
}

function listed<K, V>(lists: Map<K, V[]>, key: K): V[] {
  let list = lists.get(key);
  if (!list) {
    list = [];
    lists.set(key, list);
  }
  return list;
}
