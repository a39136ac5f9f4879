/** The areas of a site as a tree, and the doors as ways into and out of what has rules. */
import type { Area, AreaId, Door, DoorId, GroupId, Side, Site } from "./site.js";

/** What somebody enters and leaves who goes through a door: areas with rules of their own, the innermost first. */
export interface Crossing {
  readonly entered: readonly Area[];
  readonly left: readonly Area[];
}

export interface AreaIndex {
  /** An area and all that is in it. */
  readonly within: ReadonlyMap<AreaId, ReadonlySet<AreaId>>;
  /** By area with rules, the doors that lead into it or out of it. */
  readonly bounds: ReadonlyMap<AreaId, readonly Door[]>;
  /** By door, what is crossed from its outside to its inside. Doors that cross nothing with rules are not in it. */
  readonly crossings: ReadonlyMap<DoorId, Crossing>;
  /** Groups of which some right waits for the first to come in. */
  readonly awaited: ReadonlySet<GroupId>;
}

const indexes = new WeakMap<Site, AreaIndex>();

export function areaIndex(site: Site): AreaIndex {
  let index = indexes.get(site);
  if (!index) {
    index = buildIndex(site);
    indexes.set(site, index);
  }
  return index;
}

const nothing: Crossing = { entered: [], left: [] };

/** What is entered and left by whoever goes through the door from this side. */
export function crossingOf(site: Site, door: Door, side: Side): Crossing {
  const index = areaIndex(site);
  const crossing =
    index.crossings.get(door.id) ?? (site.doors.has(door.id) ? nothing : crossed(site, index.within, door));
  return side === "outside" ? crossing : { entered: crossing.left, left: crossing.entered };
}

export function isWithin(site: Site, inner: AreaId, outer: AreaId): boolean {
  return inner === outer || areaIndex(site).within.get(outer)?.has(inner) === true;
}

/** Whether the door leads into the area from outside of it: what a right to the area opens. */
export function leadsInto(site: Site, door: Door, area: AreaId): boolean {
  return isWithin(site, door.to, area) && !isWithin(site, door.from, area);
}

function buildIndex(site: Site): AreaIndex {
  const within = new Map<AreaId, Set<AreaId>>();
  for (const { id } of site.areas.values()) within.set(id, new Set([id]));
  for (const { id } of site.areas.values()) for (const above of upwards(site, id)) within.get(above)?.add(id);
  const bounds = new Map<AreaId, Door[]>();
  const crossings = new Map<DoorId, Crossing>();
  for (const door of site.doors.values()) {
    const crossing = crossed(site, within, door);
    if (crossing.entered.length + crossing.left.length > 0) crossings.set(door.id, crossing);
    for (const { id } of [...crossing.entered, ...crossing.left]) {
      const doors = bounds.get(id);
      if (doors) doors.push(door);
      else bounds.set(id, [door]);
    }
  }
  return { within, bounds, crossings, awaited: awaitedGroups(site) };
}

/** Also of what is no door of the site but a way like one: the floor of a lift. */
function crossed(site: Site, within: AreaIndex["within"], door: Door): Crossing {
  return {
    entered: ruled(site, door.to).filter(({ id }) => !within.get(id)?.has(door.from)),
    left: ruled(site, door.from).filter(({ id }) => !within.get(id)?.has(door.to)),
  };
}

/** The areas with rules that somebody is in who is in this one. */
function ruled(site: Site, area: AreaId): Area[] {
  return upwards(site, area).flatMap((id) => {
    const found = site.areas.get(id);
    return found && (found.passback || found.occupancy || found.escort) ? [found] : [];
  });
}

/** The area and all that it is in; a tree, so that no cycle is looked for, but none keeps this from ending. */
function upwards(site: Site, area: AreaId): AreaId[] {
  const above: AreaId[] = [];
  for (let id: AreaId | undefined = area; id !== undefined && !above.includes(id); ) {
    above.push(id);
    id = site.areas.get(id)?.parent;
  }
  return above;
}

function awaitedGroups(site: Site): Set<GroupId> {
  const awaited = new Set<GroupId>();
  for (const { lines } of site.groups.values())
    for (const line of [...(lines?.values() ?? [])].flat())
      if (line.when.firstIn !== undefined) awaited.add(line.when.firstIn);
  return awaited;
}
