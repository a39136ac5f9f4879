import { z } from "zod";
import { askedAt, at, id, note } from "./common.js";

const zone = z
  .string()
  .regex(/^(door\/)?[a-z0-9][a-z0-9-]{0,62}$/)
  .meta({ description: "A sensor, or door/… for a door's contact." });
const zoneNamed = { zone, name: z.string() };
const level = z.enum(["away", "home", "night", "custom"]);

/** A partition: in the live view, and in the feed as event `partition`. */
export const partitionNow = z
  .object({
    id,
    name: z.string(),
    arming: z.enum([
      "disarmed",
      "arming",
      "armed_away",
      "armed_home",
      "armed_night",
      "armed_custom",
      "pending",
      "triggered",
    ]),
    ready: z.boolean(),
    level: level.optional(),
    since: at.optional(),
    by: z.string().optional(),
    until: at.optional().meta({ description: "When the exit or entry delay ends." }),
    notReady: z
      .array(z.object({ ...zoneNamed, why: z.enum(["active", "unknown", "open", "short", "tamper"]) }))
      .optional(),
    leftOut: z
      .array(
        z.object({
          ...zoneNamed,
          by: z.string(),
          until: z.enum(["session", "removed"]),
          auto: z.boolean(),
        }),
      )
      .optional(),
    shutDown: z.array(z.object(zoneNamed)).optional(),
    test: at.optional(),
    zonesOnTest: z.array(z.object({ ...zoneNamed, until: at })).optional(),
    armsAt: at.optional(),
    armsBecause: z.enum(["schedule", "last-out"]).optional(),
    members: z.array(id).optional(),
    walkTest: z.object({ since: at, by: z.string(), missing: z.array(z.object(zoneNamed)) }).optional(),
  })
  .meta({ id: "PartitionNow" });

const byAt = { at, by: z.string() };

/** An open incident: in the live view, and in the feed as event `incident`; closed, the feed says `{ id, state: "closed" }`. */
export const incidentNow = z
  .object({
    id: z.string(),
    type: z.string(),
    kind: z.string(),
    severity: z.enum(["info", "notice", "warning", "critical"]),
    priority: z.int(),
    state: z.enum(["raised", "acknowledged", "restored"]),
    silent: z.boolean(),
    confirmed: z.boolean(),
    at,
    lastAt: at,
    events: z.int(),
    partitions: z.array(id),
    zones: z.array(z.string()),
    active: z.array(z.string()),
    door: z.string().nullable(),
    sensor: z.string().nullable(),
    area: z.string().nullable(),
    device: z.string().nullable(),
    person: z.string().nullable(),
    acknowledged: z.object({ ...byAt, afterS: z.int() }).nullable(),
    silenced: z.object(byAt).nullable(),
    cancelled: z.object({ ...byAt, inTime: z.boolean() }).nullable(),
    restoredAt: at.nullable(),
    assigned: z.object({ ...byAt, to: z.string() }).nullable(),
    notes: z.array(z.object({ ...byAt, text: z.string() })),
    level: z.int(),
    escalatesAt: at.nullable(),
    sounding: z.boolean(),
    instruction: z
      .object({ text: z.string(), call: z.array(z.object({ name: z.string(), phone: z.string() })) })
      .nullable(),
    noteNeeded: z.boolean(),
  })
  .meta({ id: "IncidentNow" });

export type PartitionNow = z.infer<typeof partitionNow>;
export type IncidentNow = z.infer<typeof incidentNow>;

export const partitions = z.object({ partitions: z.array(partitionNow) });
export const incidents = z.object({ incidents: z.array(incidentNow) });

export const arm = z.strictObject({
  level,
  leaveOut: z.boolean().optional().meta({ description: "Leave out what is not quiet; it is shown." }),
  atOnce: z.boolean().optional().meta({ description: "Without the time to leave." }),
  note: note.optional(),
});
export const bypass = z.strictObject({
  zone,
  leftOut: z.boolean(),
  until: z.enum(["session", "removed"]).optional(),
  note: note.optional(),
});
export const test = z.strictObject({
  until: askedAt.optional().meta({ description: "At most 8 hours ahead; absent: the test ends now." }),
  note: note.optional(),
});
export const incidentNote = z.strictObject({ text: note.min(1) });
export const assign = z.strictObject({ to: z.string().min(1).max(100), note: note.optional() });
export const close = z.strictObject({
  cause: z.enum([
    "intruder",
    "attack",
    "fire",
    "user-error",
    "sensor-fault",
    "weather-or-animal",
    "work-on-site",
    "test",
    "helped",
    "unknown",
    "other",
  ]),
  note: note.optional(),
});
export const byIncident = z.object({ id: z.string().regex(/^[a-z0-9][a-z0-9-]{0,62}$/) });
export const armed = z.looseObject({ partition: partitionNow.optional() });
export const oneIncident = z.object({ incident: incidentNow });
export const walkTest = z.strictObject({ running: z.boolean(), note: note.optional() });
export const zoneTest = z.strictObject({ zone, until: askedAt.optional(), note: note.optional() });
export const sirenTest = z.strictObject({
  ms: z.int().min(500).max(30_000).optional(),
  note: note.optional(),
});
export const todos = z.object({
  todos: z.array(
    z.looseObject({
      id: z.string(),
      type: z.string(),
      at: at.nullable(),
      times: z.int(),
      sensor: z.string().nullable(),
      door: z.string().nullable(),
      device: z.string().nullable(),
      partition: z.string().nullable(),
      reason: z.string().nullable(),
      owner: z.string().nullable(),
      snoozedUntil: at.nullable(),
      restoredAt: at.nullable(),
    }),
  ),
});
export const workTodo = z.strictObject({
  todo: z.string().max(150),
  does: z.enum(["take", "snooze", "done"]),
  owner: z.string().min(1).max(100).optional(),
  until: askedAt.optional().meta({ description: "Until when it is put off." }),
  note: note.optional(),
});
export type WorkTodo = z.infer<typeof workTodo>;
export const board = z
  .object({
    partitions: z.array(
      z.object({
        id,
        exitS: z.int().meta({ description: "Time to leave, in seconds." }),
        standing: z.record(
          level,
          z.array(
            z.object({
              ...zoneNamed,
              why: z.enum(["active", "unknown", "open", "short", "tamper"]),
              settles: z.boolean().meta({ description: "It may still come to rest while people leave." }),
              mustCount: z.boolean().meta({ description: "It may not be left out." }),
            }),
          ),
        ),
      }),
    ),
    zones: z.array(
      z.object({
        ...zoneNamed,
        kind: z.string(),
        partitions: z.array(id),
        mayLeaveOut: z.boolean(),
        onTestAlone: z.boolean().meta({ description: "Not on test with its partition: only if named." }),
      }),
    ),
    sirens: z.array(z.object({ id, name: z.string(), kind: z.string() })),
    walks: z.array(
      z.object({
        partition: id,
        since: at,
        by: z.string(),
        ended: z.object({ at, by: z.string() }).nullable(),
        seen: z.array(z.object({ ...zoneNamed, at })),
        missing: z.array(z.object(zoneNamed)),
      }),
    ),
  })
  .meta({ id: "AlarmBoard" });
export type AlarmBoard = z.infer<typeof board>;
const sinceWhen = { days: z.int().nullable() };
export const proof = z.object({
  quiet: z.array(z.object({ ...zoneNamed, kind: z.string(), lastActive: at.nullable(), ...sinceWhen })),
  sirens: z.array(z.object({ siren: id, name: z.string(), lastSounded: at.nullable(), ...sinceWhen })),
  nuisance: z.array(
    z.object({
      ...zoneNamed,
      thisWeek: z.int(),
      lastWeek: z.int(),
      mend: z.enum(["look-at-it", "second-opinion", "count", "replace"]),
    }),
  ),
});
export type Proof = z.infer<typeof proof>;
export type Todo = z.infer<typeof todos>["todos"][number];
