/** What a change of the document comes to for people: which groups open which doors from now on, no longer, or at other hours. */
import type { Door, DoorId, Group, GroupId, Schedule, ScheduleId, Site } from "../core/site.js";

export interface GroupEffect {
  readonly group: GroupId;
  readonly name: string;
  readonly gains: readonly DoorId[];
  readonly loses: readonly DoorId[];
  /** Still, and at other hours or under other conditions. */
  readonly otherwise: readonly DoorId[];
}

export interface SiteEffects {
  readonly groups: readonly GroupEffect[];
  /** Doors that are free at other hours. */
  readonly free: readonly DoorId[];
}

/** Both compiled from the same instant on, else their schedules cannot be compared. */
export function siteEffects(before: Site, after: Site): SiteEffects {
  const hours = changedHours(before, after);
  const groups = [...new Set([...before.groups.keys(), ...after.groups.keys()])].flatMap((id) => {
    const effect = groupEffect(id, before.groups.get(id), after.groups.get(id), hours);
    return effect ? [effect] : [];
  });
  return {
    groups,
    free: [...after.doors.values()]
      .filter((door) => freeChanged(before.doors.get(door.id), door, hours))
      .map(({ id }) => id),
  };
}

function changedHours(before: Site, after: Site): ReadonlySet<ScheduleId> {
  const ids = new Set([...before.schedules.keys(), ...after.schedules.keys()]);
  return new Set([...ids].filter((id) => !sameHours(before.schedules.get(id), after.schedules.get(id))));
}

function sameHours(a: Schedule | undefined, b: Schedule | undefined): boolean {
  if (!a || !b) return a === b;
  const same = (one: Float64Array, other: Float64Array) =>
    one.length === other.length && one.every((at, index) => at === other[index]);
  return a.always === b.always && same(a.starts, b.starts) && same(a.ends, b.ends);
}

function groupEffect(
  id: GroupId,
  before: Group | undefined,
  after: Group | undefined,
  hours: ReadonlySet<ScheduleId>,
): GroupEffect | undefined {
  const had = rightsOf(before);
  const has = rightsOf(after);
  const gains = [...has.keys()].filter((door) => !had.has(door));
  const loses = [...had.keys()].filter((door) => !has.has(door));
  const otherwise = [...has].flatMap(([door, right]) => {
    const old = had.get(door);
    if (old === undefined) return [];
    const changed = old.text !== right.text || right.schedules.some((schedule) => hours.has(schedule));
    return changed ? [door] : [];
  });
  if (gains.length + loses.length + otherwise.length === 0) return undefined;
  return { group: id, name: after?.name ?? before?.name ?? id, gains, loses, otherwise };
}

interface Right {
  readonly text: string;
  readonly schedules: readonly ScheduleId[];
}

/** By door, everything that the group's lines say of it; a denial is said of a door too. */
function rightsOf(group: Group | undefined): ReadonlyMap<DoorId, Right> {
  const rights = new Map<DoorId, Right>();
  if (!group) return rights;
  for (const door of new Set([...group.doors.keys(), ...(group.lines?.keys() ?? [])])) {
    const plain = [...(group.doors.get(door) ?? [])].sort();
    const lines = group.lines?.get(door) ?? [];
    rights.set(door, {
      text: JSON.stringify([plain, lines]),
      schedules: [...plain, ...lines.map(({ schedule }) => schedule)],
    });
  }
  return rights;
}

function freeChanged(before: Door | undefined, after: Door, hours: ReadonlySet<ScheduleId>): boolean {
  if (before?.freeSchedule !== after.freeSchedule) return true;
  return after.freeSchedule !== undefined && hours.has(after.freeSchedule);
}
