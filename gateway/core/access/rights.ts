import { isWithin, leadsInto } from "../area-index.js";
import { clockTrusted } from "../clock-trust.js";
import type { Person, TemporaryRight } from "../people.js";
import { inSchedule, localDay, schedulesKnown } from "../schedule.js";
import type {
  Condition,
  Door,
  DoorId,
  Group,
  GroupId,
  Instant,
  Schedule,
  ScheduleId,
  Site,
} from "../site.js";
import type { AccessRequest } from "./rule.js";

/** Why somebody may use a door, or with `deny` may not: a line of a group, or a right of his own for a time. */
export interface Right {
  /** The group, or `temporary`. */
  readonly source: GroupId;
  readonly hours: Schedule;
  readonly deny: boolean;
  readonly when: Condition | undefined;
  /** Of a temporary right: its first instant, and the first at which it is over. */
  readonly from: Instant | undefined;
  readonly until: Instant | undefined;
}

/** As a condition is: kept, broken, or not known. */
export type Holds = "yes" | "no" | "unknown";

const none: readonly Right[] = [];
const allHours: Schedule = {
  id: "always",
  name: "Always",
  starts: new Float64Array(),
  ends: new Float64Array(),
  always: true,
};

/** All rights of the person at this door, at whatever time. Groups and schedules that are not there give none. */
export function rightsOf(site: Site, door: Door, person: Person | undefined): readonly Right[] {
  if (!person) return none;
  const rights: Right[] = [];
  const here = rightsAt(site, door);
  for (const id of person.groups) {
    const own = here.get(id);
    if (own) for (const right of own) rights.push(right);
  }
  if (person.temporary) for (const right of person.temporary) addTemporary(rights, site, door, right);
  return rights;
}

/** What membership in one more group would add. */
export function rightsOfGroup(site: Site, door: Door, group: GroupId): readonly Right[] {
  const rights: Right[] = [];
  addGroup(rights, site, door, site.groups.get(group), undefined);
  return rights;
}

function addGroup(
  rights: Right[],
  site: Site,
  door: Door,
  group: Group | undefined,
  time: TemporaryRight | undefined,
): void {
  const plain = group?.doors.get(door.id);
  const lines = group?.lines?.get(door.id);
  if (!group || (!plain && !lines)) return;
  if (plain) for (const schedule of plain) add(rights, site, group.id, schedule, false, undefined, time);
  if (lines)
    for (const { schedule, deny, when } of lines) add(rights, site, group.id, schedule, deny, when, time);
}

function add(
  rights: Right[],
  site: Site,
  source: GroupId,
  schedule: ScheduleId,
  deny: boolean,
  when: Condition | undefined,
  time: TemporaryRight | undefined,
): void {
  // A denial keeps its own hours, whatever hours a membership for a time has.
  const hours = site.schedules.get(deny ? schedule : (time?.schedule ?? schedule));
  if (hours) rights.push({ source, hours, deny, when, from: time?.from, until: time?.until });
}

function addTemporary(rights: Right[], site: Site, door: Door, right: TemporaryRight): void {
  if (right.group !== undefined) {
    addGroup(rights, site, door, site.groups.get(right.group), right);
    return;
  }
  const leads = right.door === door.id || (right.area !== undefined && leadsInto(site, door, right.area));
  const hours = right.schedule === undefined ? allHours : site.schedules.get(right.schedule);
  const { from, until } = right;
  if (leads && hours) rights.push({ source: "temporary", hours, deny: false, when: undefined, from, until });
}

type RightsOfGroups = ReadonlyMap<GroupId, readonly Right[]>;

interface AtDoors {
  readonly doors: Map<DoorId, RightsOfGroups>;
  /** The one right of a group that has a door at one schedule and no more, as most have most of theirs, by both. */
  readonly plain: Map<GroupId, Map<ScheduleId, readonly Right[]>>;
}

const atDoors = new WeakMap<Site, AtDoors>();

/**
 * What every group has at this door; found when the first card comes to it. Most groups of most people have nothing to do with the
 * door, and one look into a small map says so, where each group's own maps lie all over the memory.
 */
function rightsAt(site: Site, door: Door): RightsOfGroups {
  let known = atDoors.get(site);
  if (!known) {
    known = { doors: new Map(), plain: new Map() };
    atDoors.set(site, known);
  }
  const before = known.doors.get(door.id);
  if (before) return before;
  const groups = new Map<GroupId, readonly Right[]>();
  for (const group of site.groups.values()) {
    const rights = rightsOfOne(site, door, group, known.plain);
    if (rights.length > 0) groups.set(group.id, rights);
  }
  known.doors.set(door.id, groups);
  return groups;
}

function rightsOfOne(site: Site, door: Door, group: Group, plain: AtDoors["plain"]): readonly Right[] {
  const [schedule, ...more] = group.doors.get(door.id) ?? [];
  if (schedule === undefined || more.length > 0 || group.lines?.has(door.id)) {
    const rights: Right[] = [];
    addGroup(rights, site, door, group, undefined);
    return rights;
  }
  let ofGroup = plain.get(group.id);
  if (!ofGroup) {
    ofGroup = new Map();
    plain.set(group.id, ofGroup);
  }
  const known = ofGroup.get(schedule);
  if (known) return known;
  const rights: Right[] = [];
  add(rights, site, group.id, schedule, false, undefined, undefined);
  ofGroup.set(schedule, rights);
  return rights;
}

const withDoor = new WeakMap<Site, Map<DoorId, readonly GroupId[]>>();

/** More are of no use to anybody who is told which group would do. */
const mostGroups = 32;

/** Groups that have this door without conditions, the first of the site; found once for a door. */
export function groupsWithDoor(site: Site, door: Door): readonly GroupId[] {
  let doors = withDoor.get(site);
  if (!doors) {
    doors = new Map();
    withDoor.set(site, doors);
  }
  const known = doors.get(door.id);
  if (known) return known;
  const groups: GroupId[] = [];
  for (const group of site.groups.values()) {
    if (group.doors.has(door.id)) groups.push(group.id);
    if (groups.length === mostGroups) break;
  }
  doors.set(door.id, groups);
  return groups;
}

/** Whether its hours hold now. While the clock is not trusted nobody knows; for a right that counts as a yes, see `inHours`. */
export function hoursHold({ site, at, building }: AccessRequest, right: Right): Holds {
  if (right.from !== undefined && at < right.from) return "no";
  if (right.until !== undefined && at >= right.until) return "no";
  if (right.hours.always) return "yes";
  if (!clockTrusted(building)) return "unknown";
  if (inSchedule(right.hours, at)) return "yes";
  return schedulesKnown(site, at) ? "no" : "unknown";
}

/** A right counts at hours that hold, and at any while the clock is not trusted: a door that refuses everybody helps nobody. */
export function inHours(request: AccessRequest, right: Right): boolean {
  const holds = hoursHold(request, right);
  return holds === "yes" || (holds === "unknown" && !clockTrusted(request.building));
}

/** One part of a condition that is broken or not known; undefined: all is as it must be. */
export interface Obstacle {
  readonly part: keyof Condition;
  readonly holds: Exclude<Holds, "yes">;
}

export function obstacleOf(request: AccessRequest, when: Condition | undefined): Obstacle | undefined {
  if (!when) return undefined;
  let unknown: Obstacle | undefined;
  for (const part of parts) {
    if (when[part] === undefined) continue;
    const holds = partHolds[part](request, when);
    if (holds === "no") return { part, holds };
    if (holds === "unknown") unknown ??= { part, holds };
  }
  return unknown;
}

type Part = (request: AccessRequest, when: Condition) => Holds;
const yesIf = (so: boolean): Holds => (so ? "yes" : "no");

const partHolds: Readonly<Record<keyof Condition, Part>> = {
  training: ({ person, at }, { training = "" }) => {
    const trained = person?.trainings;
    return yesIf(trained !== undefined && Object.hasOwn(trained, training) && at < (trained[training] ?? 0));
  },
  // A partition that nothing was heard of was never armed.
  disarmed: ({ building }, { disarmed = "" }) =>
    yesIf((building.partitions.get(disarmed)?.is ?? "disarmed") === "disarmed"),
  input: ({ building }, { input }) => {
    const known = input && building.sensors.get(input.sensor);
    if (known?.active === undefined || known.fault !== null) return "unknown";
    return yesIf(known.active === (input?.is === "active"));
  },
  presentIn: (request, { presentIn = "" }) => yesIf(othersSurelyIn(request, presentIn) > 0),
  clockTrusted: ({ building }) => yesIf(clockTrusted(building)),
  firstIn: ({ site, building, at }, { firstIn = "" }) => {
    const arrival = building.arrivals.get(firstIn);
    return yesIf(arrival !== undefined && localDay(site, arrival.at) === localDay(site, at));
  },
};
const parts = Object.keys(partHolds) as (keyof Condition)[];

function othersSurelyIn({ site, building, person }: AccessRequest, area: string): number {
  const { all, uncertain } = building.headcount(area);
  const own = person && building.whereabouts.get(person.id);
  const self = own && own.how !== "uncertain" && isWithin(site, own.area, area) ? 1 : 0;
  return all - uncertain - self;
}
