import { z } from "zod";
import { id, name, note } from "./common.js";

const time = z.string().regex(/^\d\d:\d\d$/, "a time of day such as 07:00; 24:00 is the end of the day");
const day = z.iso.date();
const weekday = z.enum(["mon", "tue", "wed", "thu", "fri", "sat", "sun"]);
const timeWindow = z.object({ from: time, to: time });
const specialHours = z
  .union([z.enum(["closed", "as-usual"]), z.array(timeWindow).min(1).max(20)])
  .meta({ id: "SpecialHours" });

const when = z
  .object({
    training: id.optional(),
    disarmed: id.optional(),
    input: z.object({ sensor: id, is: z.enum(["active", "quiet"]) }).optional(),
    presentIn: id.optional(),
    clockTrusted: z.literal(true).optional(),
    firstIn: id.optional(),
  })
  .meta({ id: "AccessCondition", description: "Only while all of this is so." });

const accessLine = z
  .object({
    doors: z.array(id).min(1).max(2_000).optional(),
    doorGroups: z.array(id).min(1).max(2_000).optional(),
    areas: z.array(id).min(1).max(2_000).optional(),
    schedule: id.meta({ description: "A schedule's id, or always." }),
    deny: z.boolean().optional().meta({ description: "Takes every other right to these doors away." }),
    when: when.optional(),
  })
  .meta({ id: "AccessLine" });

const accessGroup = z
  .object({ id, name, access: z.array(accessLine).max(200), tenant: id.optional() })
  .meta({ id: "AccessGroup" });

const weekSchedule = z
  .object({
    id,
    name,
    week: z
      .array(z.object({ days: z.array(weekday).min(1).max(7), from: time, to: time }))
      .max(50)
      .meta({ description: "A window that does not end after it begins ends on the next day." }),
    holidays: z.union([specialHours, z.record(z.string(), specialHours)]).optional(),
  })
  .meta({ id: "WeekSchedule" });

const siteHoliday = z
  .union([
    z.object({ date: day, name, type: id.optional() }),
    z.object({ from: day, to: day, name, type: id.optional() }),
  ])
  .meta({ id: "SiteHoliday" });

const namedDoors = z.object({ id, name, doors: z.array(id).min(1).max(2_000) }).meta({ id: "DoorGroup" });
const named = z.object({ id, name });
const passback = z
  .union([
    z.object({ kind: z.enum(["soft", "hard"]) }),
    z.object({ kind: z.literal("timed"), minutes: z.int().min(1).max(1_440) }),
  ])
  .meta({ id: "Passback", description: "Who was not seen leaving may not come in again." });
const occupancy = z
  .object({ min: z.int().min(2).max(10).optional(), max: z.int().min(1).max(100_000).optional() })
  .meta({ id: "OccupancyLimits" });
const areaLimits = z.strictObject({
  passback: passback.optional(),
  occupancy: occupancy.optional(),
  escort: z.boolean().optional(),
});
const levelMode = z.enum(["card", "card-and-pin", "pin", "card-or-pin", "two-step", "free", "secured"]);
const threatLevel = z
  .object({
    id,
    name,
    doors: z
      .array(z.object({ doorGroup: id, mode: levelMode }))
      .max(100)
      .optional(),
    deny: z.array(id).min(1).max(500).optional(),
    onlyGroups: z.array(id).min(1).max(500).optional(),
  })
  .meta({ id: "ThreatLevel", description: "The first of a site changes nothing." });

export const accessRules = z
  .object({
    revision: z.int().meta({ description: "The base of changes that are made on this." }),
    groups: z.array(accessGroup),
    schedules: z.array(weekSchedule),
    holidays: z.array(siteHoliday),
    holidayTypes: z.array(named),
    doorGroups: z.array(namedDoors),
    threatLevels: z.array(threatLevel),
    areas: z.array(
      z.object({
        id,
        name: z.string(),
        parent: id.nullable(),
        outside: z.boolean(),
        passback: passback.nullable(),
        occupancy: occupancy.nullable(),
        escort: z.boolean(),
      }),
    ),
    doors: z.array(z.object({ id, name: z.string(), from: id, to: id, freeSchedule: id.nullable() })),
    sensors: z.array(named),
    partitions: z.array(named),
    opens: z.record(z.string(), z.array(z.string())).meta({
      description: "By group, every door that it names: by itself, in a door group or by an area.",
    }),
    people: z.record(z.string(), z.int()).meta({ description: "By group, how many are in it." }),
  })
  .meta({ id: "AccessRules" });
export type AccessRules = z.infer<typeof accessRules>;

const siteChange = z
  .union([
    z.strictObject({ kind: z.literal("group"), put: accessGroup }),
    z.strictObject({ kind: z.literal("schedule"), put: weekSchedule }),
    z.strictObject({ kind: z.literal("door-group"), put: namedDoors }),
    z.strictObject({ kind: z.literal("holiday-type"), put: named }),
    z.strictObject({ kind: z.literal("threat-level"), put: threatLevel }),
    z.strictObject({ kind: z.literal("area-limits"), area: id, put: areaLimits }),
    z.strictObject({
      kind: z.enum(["group", "schedule", "door-group", "holiday-type", "threat-level"]),
      remove: id,
    }),
    z.strictObject({ kind: z.literal("holiday"), put: siteHoliday, was: siteHoliday.optional() }),
    z.strictObject({ kind: z.literal("holiday"), remove: siteHoliday }),
  ])
  .meta({ id: "SiteChange" });
export type SiteChange = z.infer<typeof siteChange>;

export const changeSite = z.strictObject({
  base: z.int().min(1).meta({ description: "The revision that the changes were made on." }),
  changes: z.array(siteChange).min(1).max(200),
  note: note.optional(),
  dryRun: z.boolean().optional().meta({ description: "Only what would come of it." }),
});

export const siteChanged = z
  .object({
    revision: z.int().meta({ description: "In force now." }),
    dryRun: z.literal(true).optional(),
    changes: z.array(z.string()).meta({ description: "In the words of the site document." }),
    effects: z.object({
      groups: z.array(
        z.object({
          group: id,
          name: z.string(),
          people: z.int(),
          gains: z.array(id),
          loses: z.array(id),
          otherwise: z.array(id).meta({ description: "Doors at other hours or under other conditions." }),
        }),
      ),
      free: z.array(id).meta({ description: "Doors that are free at other hours." }),
    }),
    undo: z.array(siteChange).meta({ description: "The changes that take these back." }),
  })
  .meta({ id: "SiteChanged" });
export type SiteChanged = z.infer<typeof siteChanged>;

export const groupPeopleAsked = z.strictObject({
  limit: z.coerce.number().int().min(1).max(500).optional().meta({ type: "integer" }),
  after: z.string().max(500).optional().meta({ description: "`next` of the page before." }),
});
export const groupPeople = z
  .object({
    people: z.array(z.object({ id, name: z.string(), status: z.enum(["active", "blocked"]) })),
    total: z.int(),
    next: z.string().nullable(),
  })
  .meta({ id: "GroupPeople" });
export type GroupPeople = z.infer<typeof groupPeople>;
