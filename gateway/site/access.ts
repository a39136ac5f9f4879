/** What the site document says of who may go where: the lines of groups, and the rules of areas and doors. */
import { z } from "zod";
import type {
  AccessLine,
  Area,
  Condition,
  Door,
  DoorGroupId,
  DoorId,
  Group,
  Passback,
  ScheduleId,
} from "../core/site.js";
import type { Fault } from "../ports.js";
import { defaults } from "./defaults.js";
import type { AreaEntry, DoorEntry, GroupEntry, SiteDocument } from "./document.js";
import { id } from "./shapes.js";

const condition = z.strictObject({
  training: id.exactOptional().describe("The person has this training, and it is still valid"),
  disarmed: id.exactOptional().describe("This partition is disarmed"),
  input: z
    .strictObject({ sensor: id, is: z.enum(["active", "quiet"]) })
    .exactOptional()
    .describe("This sensor is active, or quiet; one that cannot be read is neither"),
  presentIn: id.exactOptional().describe("Somebody else is in this area"),
  clockTrusted: z.literal(true).exactOptional().describe("The clock is known to be right"),
  firstIn: id.exactOptional().describe("Somebody of this group was let in today, at whatever door"),
});

/** The fields of a line of a group beside the places it names. */
export const lineFields = {
  doorGroups: z.array(id).min(1).max(2_000).exactOptional().describe("Every door of the door group"),
  schedule: id.describe("A schedule's id, or always"),
  deny: z
    .boolean()
    .exactOptional()
    .describe("true: takes every right to these doors away while it holds, whatever other group has it"),
  when: condition
    .exactOptional()
    .describe("Only while all of this is so; what cannot be known makes a right fail and a denial hold"),
};

/** The fields of an area. */
export const areaRuleFields = {
  passback: z
    .union([
      z.strictObject({ kind: z.enum(["soft", "hard"]) }),
      z.strictObject({ kind: z.literal("timed"), minutes: z.int().min(1).max(1_440) }),
    ])
    .exactOptional()
    .describe(
      "Who was not seen leaving may not come in again: noted (soft), refused (hard), or refused for so many minutes (timed)",
    ),
  occupancy: z
    .strictObject({
      min: z.int().min(2).max(10).exactOptional().describe("Nobody is in it, or at least so many"),
      max: z.int().min(1).max(100_000).exactOptional().describe("No more than so many are let in"),
    })
    .exactOptional(),
  escort: z
    .boolean()
    .exactOptional()
    .describe("People who need an escort come in only with one; default false"),
};

/** The fields of a door. */
export const doorRuleFields = {
  persons: z
    .strictObject({
      count: z.int().min(2).max(10),
      withinMs: z.int().min(1_000).max(120_000).exactOptional().describe("Default 15000"),
    })
    .exactOptional()
    .describe("So many people present their cards within this time and are let in together, or none is"),
  escort: z
    .boolean()
    .exactOptional()
    .describe("Whether people who need an escort need one here; default: as the area behind the door says"),
};

// ---------------------------------------------------------------------------------------------------------- compiling

export function areaRulesOf({ passback, occupancy, escort }: AreaEntry): Partial<Area> {
  return {
    ...(passback === undefined ? {} : { passback: passbackOf(passback) }),
    ...(occupancy === undefined ? {} : { occupancy }),
    ...(escort === undefined ? {} : { escort }),
  };
}

function passbackOf(passback: NonNullable<AreaEntry["passback"]>): Passback {
  return passback.kind === "timed"
    ? { kind: "timed", forMs: passback.minutes * 60_000 }
    : { kind: passback.kind };
}

export function doorRulesOf({ persons, escort }: DoorEntry): Partial<Door> {
  return {
    ...(persons === undefined
      ? {}
      : { persons: { count: persons.count, withinMs: persons.withinMs ?? defaults.personsWithinMs } }),
    ...(escort === undefined ? {} : { escort }),
  };
}

type LineEntry = GroupEntry["access"][number];

/** The rights of a group by door: plain ones as schedules, those with a condition and denials as lines. */
export function rightsByDoor(
  lines: readonly LineEntry[],
  doorsOf: (line: LineEntry) => readonly DoorId[],
): Pick<Group, "doors" | "lines"> {
  const doors = new Map<DoorId, ScheduleId[]>();
  const special = new Map<DoorId, AccessLine[]>();
  for (const line of lines) {
    const when: Condition = line.when ?? {};
    const deny = line.deny ?? false;
    const plain = !deny && Object.keys(when).length === 0;
    for (const door of new Set(doorsOf(line))) {
      if (!plain) listed(special, door).push({ schedule: line.schedule, deny, when });
      else if (!listed(doors, door).includes(line.schedule)) listed(doors, door).push(line.schedule);
    }
  }
  return { doors, ...(special.size === 0 ? {} : { lines: special }) };
}

function listed<V>(lists: Map<DoorId, V[]>, door: DoorId): V[] {
  let list = lists.get(door);
  if (!list) {
    list = [];
    lists.set(door, list);
  }
  return list;
}

export function doorsInGroups(document: SiteDocument): (group: DoorGroupId) => readonly DoorId[] {
  const groups = new Map((document.doorGroups ?? []).map(({ id, doors }) => [id, doors]));
  return (group) => groups.get(group) ?? [];
}

// ----------------------------------------------------------------------------------------------------------- soundness

export function accessFaults(document: SiteDocument): Fault[] {
  return [
    ...document.areas.flatMap((area, index) => areaFaults(document, area, `areas[${index}]`)),
    ...(document.groups ?? []).flatMap((group, index) =>
      group.access.flatMap((line, at) => lineFaults(line, `groups[${index}].access[${at}]`)),
    ),
  ];
}

function lineFaults(line: LineEntry, path: string): Fault[] {
  const faults: Fault[] = [];
  if (line.doors === undefined && line.areas === undefined && line.doorGroups === undefined)
    faults.push({ path, message: "names neither doors, door groups nor areas" });
  if (line.when && Object.keys(line.when).length === 0)
    faults.push({ path: `${path}.when`, message: "names no condition; leave it out if there is none" });
  return faults;
}

/**
 * What counts people or holds them to where they were needs to see every way in and out of the area: at a door without a reader
 * on one side, or with an exit button, somebody leaves unseen and could never come in again.
 */
function areaFaults(document: SiteDocument, area: AreaEntry, path: string): Fault[] {
  const { occupancy, passback } = area;
  const faults: Fault[] = [];
  if (occupancy && occupancy.min === undefined && occupancy.max === undefined)
    faults.push({ path: `${path}.occupancy`, message: "names neither min nor max" });
  if ((occupancy?.min ?? 0) > (occupancy?.max ?? Number.POSITIVE_INFINITY))
    faults.push({
      path: `${path}.occupancy.min`,
      message: `is more than max: ${occupancy?.min} and ${occupancy?.max}`,
    });
  const needs = [
    ...(passback?.kind === "hard" ? [{ field: "passback", what: "hard anti-passback" }] : []),
    ...(occupancy ? [{ field: "occupancy", what: "occupancy" }] : []),
  ];
  if (needs.length === 0) return faults;
  const within = areasWithin(document, area.id);
  for (const door of document.doors) {
    if (within.has(door.from) === within.has(door.to)) continue;
    const unseen = unseenWay(door);
    if (unseen === undefined) continue;
    const hint = "; give it readers on both sides and no exit button, or use soft or timed anti-passback";
    for (const { field, what } of needs)
      faults.push({
        path: `${path}.${field}`,
        message: `${what} of ${area.id} needs to see everybody who comes and goes, and the door ${door.id} ${unseen}${field === "passback" ? hint : ""}`,
      });
  }
  return faults;
}

function unseenWay(door: DoorEntry): string | undefined {
  if (door.readers?.outside === undefined) return "has no reader on its outside";
  if (door.readers.inside === undefined) return "has no reader on its inside";
  if (door.exitButton !== undefined) return "has an exit button";
  return undefined;
}

/** The area and all that is in it. */
function areasWithin(document: SiteDocument, area: string): ReadonlySet<string> {
  const within = new Set([area]);
  // A set that grows while it is walked; a tree with a cycle gives each area once.
  for (const id of within) for (const child of document.areas) if (child.parent === id) within.add(child.id);
  return within;
}
