/** The building as a graph: areas in a tree, doors as the edges between them. */
import type { AreaId, DoorId } from "../core/site.js";
import { defaults } from "./defaults.js";
import type { AreaEntry, DoorEntry, SiteDocument } from "./document.js";
import { floorsInto } from "./house.js";

/**
 * By area, the doors that lead into it from outside of it, and the floors of lifts: what a right to the area opens. Doors between
 * two rooms of the area are not among them. Asked for many areas of one document, so the tree is indexed once.
 */
export function doorsIntoAreas(document: SiteDocument): (area: AreaId) => readonly DoorId[] {
  const children = new Map<AreaId, AreaId[]>();
  for (const { id, parent } of document.areas) {
    if (parent === undefined) continue;
    const siblings = children.get(parent);
    if (siblings) siblings.push(id);
    else children.set(parent, [id]);
  }
  const known = new Map<AreaId, readonly DoorId[]>();
  return (area) => {
    const before = known.get(area);
    if (before) return before;
    // A set that grows while it is walked; a tree with a cycle gives each area once.
    const within = new Set([area]);
    for (const id of within) for (const child of children.get(id) ?? []) within.add(child);
    const doors = document.doors
      .filter((door) => within.has(door.to) && !within.has(door.from))
      .map((door) => door.id);
    const ways = [...doors, ...floorsInto(document, within)];
    known.set(area, ways);
    return ways;
  };
}

/**
 * Whether somebody without any right gets through this door from its inside: by a handle or bar, by the emergency release in
 * the lock's supply, or by the exit button of a lock that needs power to stay locked.
 */
export function opensFromInside(door: DoorEntry): boolean {
  const { lock } = door;
  if (lock.mechanicalEgress === true || lock.wiredRelease === true) return true;
  const exit = door.exit ?? defaults.exit;
  return exit === "free" && door.exitButton !== undefined && lock.kind === "fail-safe";
}

/**
 * The areas from which no path of doors that open from inside leads outside. An area without a door of its own is an open part
 * of its parent; one without a door that has children is only their frame and nobody is in it alone.
 */
export function areasWithoutWayOut(document: SiteDocument): AreaEntry[] {
  const withDoor = new Set(document.doors.flatMap((door) => [door.from, door.to]));
  const parents = new Set(document.areas.flatMap((area) => (area.parent === undefined ? [] : [area.parent])));
  // Backwards from the outside: who reaches an area that is known to be left?
  const reaches = new Map<AreaId, AreaId[]>();
  const add = (to: AreaId, from: AreaId) => {
    const known = reaches.get(to);
    if (known) known.push(from);
    else reaches.set(to, [from]);
  };
  for (const door of document.doors) if (opensFromInside(door)) add(door.from, door.to);
  // A cabin opens at its floors, whoever is in it.
  for (const lift of document.lifts ?? []) for (const floor of lift.floors) add(floor.area, lift.area);
  for (const area of document.areas) {
    if (area.parent !== undefined && !withDoor.has(area.id)) add(area.parent, area.id);
  }
  const left = new Set(document.areas.filter((area) => area.outside === true).map((area) => area.id));
  for (const area of left) for (const from of reaches.get(area) ?? []) left.add(from);
  return document.areas.filter(
    (area) => !left.has(area.id) && (withDoor.has(area.id) || !parents.has(area.id)),
  );
}
