import type { DeviceId, Door, Point, Sensor, Site } from "./site.js";

/** What is looked up in a site by something else than its id. */
export interface SiteIndex {
  /** Doors of which the lock, the contact, a reader or the exit button is on the device. */
  readonly doorsOf: ReadonlyMap<DeviceId, readonly Door[]>;
  readonly sensorsOf: ReadonlyMap<DeviceId, readonly Sensor[]>;
  readonly fireInputs: readonly Sensor[];
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
  return { doorsOf, sensorsOf, fireInputs };
}

/** Every terminal that a door needs. */
export function pointsOf(door: Door): Point[] {
  const points = [door.lock.point, door.contact, door.exitButton, door.readers.outside, door.readers.inside];
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
