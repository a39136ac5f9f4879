import { z } from "zod";
import { at, id } from "./common.js";

const eventCategory = z
  .enum(["access", "door", "alarm", "safety", "device", "system", "audit"])
  .meta({ id: "EventCategory" });
const severity = z.enum(["info", "notice", "warning", "critical"]).meta({ id: "Severity" });

const traceLine = z.tuple([z.string(), z.string()]);

const eventShown = z
  .looseObject({
    v: z.literal(1),
    id: z.string(),
    seq: z.int(),
    at,
    type: z.string(),
    severity,
    site: z.string(),
    tenant: z.string(),
    revision: z.int(),
    sentence: z.string().meta({ description: "What happened, for people." }),
    door: id.optional(),
    area: id.optional(),
    person: id.optional(),
    device: id.optional(),
    sensor: id.optional(),
    reason: z.string().optional(),
    remedy: z.string().optional(),
    remedies: z
      .array(z.array(z.looseObject({ change: z.string() })))
      .optional()
      .meta({ description: "The remedy as data: alternatives, each of the changes that it takes together." }),
    trace: z.array(traceLine).optional(),
    decidedBy: z.string().optional(),
  })
  .meta({ id: "Event" });
export type Event = z.infer<typeof eventShown>;

/** Of a query, where all is text. */
const whole = (from: number, to: number) =>
  z.coerce.number().int().min(from).max(to).meta({ type: "integer" });
const seq = whole(0, Number.MAX_SAFE_INTEGER);
const instant = z.iso.datetime({ offset: true }).transform((text) => Date.parse(text));
/** `a` or `a,b` or repeated: a list in a query. */
const listOf = <T extends z.ZodType>(item: T, says: string) =>
  z
    .preprocess(
      (raw) => (Array.isArray(raw) ? raw : [raw]).flatMap((each) => String(each).split(",")),
      z.array(item).max(50),
    )
    .optional()
    .meta({ type: "string", description: says });

export const eventsAsked = z
  .strictObject({
    after: seq.optional().meta({ type: "integer", description: "Events above this seq, oldest first." }),
    before: seq.optional().meta({ type: "integer", description: "Events below this seq, newest first." }),
    limit: whole(1, 500).default(100),
    categories: listOf(
      eventCategory,
      "Some of access, door, alarm, safety, device, system, audit; with commas.",
    ),
    types: listOf(z.string().max(64), "As access.denied; several with commas."),
    severities: listOf(severity, "Some of info, notice, warning, critical; with commas."),
    door: id.optional(),
    area: id.optional(),
    sensor: id.optional(),
    person: id.optional(),
    credential: id.optional(),
    device: id.optional(),
    reason: id.optional(),
    tenant: id.optional(),
    from: instant.optional(),
    until: instant.optional(),
  })
  .refine((asked) => asked.after === undefined || asked.before === undefined, {
    path: ["before"],
    message: "give after or before, not both",
  });
export const events = z.object({
  events: z.array(eventShown),
  next: z.int().nullable().meta({ description: "The cursor to go on with; null: that was all." }),
});
export type Events = z.infer<typeof events>;

export const byEvent = z.object({
  id: z.string().min(1).max(64).meta({ description: "The event's id, or its seq." }),
});
export const why = z
  .looseObject({
    event: z.looseObject({ id: z.string(), seq: z.int(), at, type: z.string() }),
    sentence: z.string(),
    why: z.string().meta({ description: "What happened, why, and what would have helped, for people." }),
    trace: z.array(traceLine).meta({ description: "Each rule that was asked, and what it answered." }),
    remedy: z.string().nullable().meta({ description: "What would have made it a yes." }),
  })
  .meta({ id: "Why" });
export type Why = z.infer<typeof why>;
