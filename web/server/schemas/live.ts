import { z } from "zod";
import { at, id } from "./common.js";
import { doorShown } from "./doors.js";

export const siteNow = z
  .object({
    now: at,
    site: z.object({ id: z.string(), name: z.string(), revision: z.int(), timeZone: z.string() }),
    doors: z.array(doorShown),
    areas: z.array(z.object({ id, name: z.string(), occupancy: z.int(), uncertain: z.int() })),
    partitions: z.array(
      z.object({
        id,
        name: z.string(),
        arming: z.enum(["disarmed", "armed_away", "armed_home", "armed_night", "triggered"]),
        ready: z.boolean(),
      }),
    ),
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
  })
  .meta({ id: "Status" });
export type Status = z.infer<typeof status>;
