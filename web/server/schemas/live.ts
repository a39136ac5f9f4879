import { z } from "zod";
import { incidentNow, partitionNow } from "./alarm.js";
import { at, id } from "./common.js";
import { doorMode, doorShown } from "./doors.js";

/** What holds of the whole house: in the live view, and in the feed as event `house`. */
export const houseNow = z
  .object({
    threat: z.object({ level: id, by: z.string().nullable(), since: at.nullable() }).nullable(),
    levels: z.array(z.object({ id, name: z.string() })),
    lockdowns: z.array(z.object({ doorGroup: id.nullable(), by: z.string(), since: at })),
    doorGroups: z.array(z.object({ id, name: z.string(), doors: z.array(id) })),
    lifts: z.array(z.object({ id, name: z.string(), floors: z.array(id) })),
    clock: z
      .object({
        trusted: z.boolean(),
        why: z.enum(["ntp", "host", "operator", "start", "step"]),
        since: at,
      })
      .nullable()
      .optional()
      .meta({ description: "null: the house was never told whether to believe its clock, and does." }),
    fires: z
      .array(z.object({ sensor: id, name: z.string(), since: at, active: z.boolean() }))
      .optional()
      .meta({ description: "Fire inputs whose release is not reset." }),
    muster: z
      .object({ since: at, by: z.string(), areas: z.array(id).nullable() })
      .nullable()
      .optional()
      .meta({ description: "People are being counted, in all areas or in these." }),
    peopleLost: z.literal(true).optional().meta({ description: "Only emergency badges are known." }),
  })
  .meta({ id: "HouseNow" });
export type HouseNow = z.infer<typeof houseNow>;

/** What stands until the next revision: where doors lead, which areas are in which, what a threat level changes. */
const plan = z
  .object({
    areas: z.array(
      z.object({
        id,
        name: z.string(),
        parent: id.optional(),
        outside: z.literal(true).optional(),
        assembly: z.literal(true).optional().meta({ description: "People assemble here." }),
        passback: z.enum(["soft", "hard", "timed"]).optional(),
        min: z.int().optional(),
        max: z.int().optional(),
      }),
    ),
    doors: z.array(z.object({ id, from: id, to: id, reader: z.boolean() })),
    levels: z.array(
      z.object({
        id,
        modes: z.array(z.object({ mode: doorMode, doors: z.array(id) })),
        deny: z.array(z.string()),
        only: z.array(z.string()).nullable(),
      }),
    ),
  })
  .meta({ id: "Plan" });
export type Plan = z.infer<typeof plan>;

export const siteNow = z
  .object({
    now: at,
    site: z.object({ id: z.string(), name: z.string(), revision: z.int(), timeZone: z.string() }),
    doors: z.array(doorShown),
    house: houseNow.optional(),
    plan: plan.optional(),
    areas: z.array(z.object({ id, name: z.string(), occupancy: z.int(), uncertain: z.int() })),
    partitions: z.array(partitionNow),
    incidents: z.array(incidentNow).optional(),
    sensors: z.array(
      z.object({
        id,
        name: z.string(),
        active: z.boolean().nullable(),
        fault: z.enum(["open", "short", "tamper"]).nullable(),
      }),
    ),
  })
  .meta({ id: "SiteNow" });
export type SiteNow = z.infer<typeof siteNow>;

export const feedAsked = z.object({
  after: z
    .string()
    .regex(/^\d{1,15}$/, "after is the seq of an event")
    .optional()
    .meta({ description: "Go on after this seq; the header Last-Event-ID says the same." }),
  language: z
    .string()
    .max(35)
    .optional()
    .meta({ description: "In which language events are told: en or de. Elsewhere Accept-Language says it." }),
});

export const status = z
  .looseObject({
    version: z.string(),
    running: z.boolean(),
    since: at,
    site: z.object({ id: z.string(), name: z.string(), revision: z.int() }).nullable(),
    journal: z.looseObject({ state: z.enum(["ok", "failing"]), lastSeq: z.int(), waiting: z.int() }),
    devices: z.object({ online: z.int(), of: z.int(), missing: z.array(z.string()) }),
    people: z.int(),
    credentials: z.int(),
    accounts: z.int(),
    clock: z
      .looseObject({ now: at, trusted: z.boolean(), why: z.string().nullable() })
      .optional()
      .meta({ description: "While it is not trusted no schedule unlocks a door." }),
    pinKeyLost: z
      .object({ people: z.int(), since: at })
      .nullable()
      .optional()
      .meta({ description: "Whose PINs open nothing, since the key that they were set with is gone." }),
    emergency: z.string().nullable().optional().meta({
      description: "Why the gateway runs from its emergency file, where only emergency badges are known.",
    }),
  })
  .meta({ id: "Status" });
export type Status = z.infer<typeof status>;
