import type { Request, Response } from "express";
import { z } from "zod";
import { type EventBody, eventCategories, type SiteEvent } from "../../gateway/core/events.js";
import type { EventFilter, Journal } from "../../gateway/ports.js";
import type { Identity } from "./guard.js";
import { sendProblem } from "./problems.js";
import { categoryPermission, type Describe, type May, mayReadEvent, shownEvent } from "./shown.js";

export interface EventParts {
  readonly journal: Pick<Journal, "readAfter" | "readBefore" | "byId">;
  readonly may: May;
  readonly describe: Describe;
  /** Into the audit trail. */
  note(event: EventBody): void;
}

/** `a` or `a,b` or repeated: a list in a query. */
const listOf = <T extends z.ZodType>(item: T) =>
  z.preprocess(
    (raw) => (Array.isArray(raw) ? raw : [raw]).flatMap((each) => String(each).split(",")),
    z.array(item).max(50),
  );
const id = z.string().regex(/^[a-z0-9][a-z0-9-]{0,62}$/, "not an id");
const seq = z.coerce.number().int().min(0).max(Number.MAX_SAFE_INTEGER);
const instant = z.iso.datetime({ offset: true }).transform((text) => Date.parse(text));

const query = z
  .strictObject({
    after: seq.optional(),
    before: seq.optional(),
    limit: z.coerce.number().int().min(1).max(500).default(100),
    category: listOf(z.enum(eventCategories)).optional(),
    type: listOf(z.string().max(64)).optional(),
    severity: listOf(z.enum(["info", "notice", "warning", "critical"])).optional(),
    door: id.optional(),
    area: id.optional(),
    sensor: id.optional(),
    person: id.optional(),
    device: id.optional(),
    from: instant.optional(),
    until: instant.optional(),
  })
  .refine((asked) => asked.after === undefined || asked.before === undefined, {
    path: ["before"],
    message: "give after or before, not both",
  });

/**
 * GET /events: newest first, older ones with `before`; or with `after`, oldest first from there. `next` is the cursor to go on
 * with, null at the end.
 */
export async function listEvents(
  request: Request,
  response: Response,
  { operator }: Identity,
  parts: EventParts,
): Promise<void> {
  const parsed = query.safeParse(request.query);
  if (!parsed.success) {
    const faults = parsed.error.issues
      .slice(0, 10)
      .map((issue) => ({ path: issue.path.join("."), message: issue.message }));
    const detail = "the filter is not right";
    return sendProblem(response, { status: 400, code: "invalid", detail, faults });
  }
  const { after, before, limit, category, type, severity, ...rest } = parsed.data;
  const readable = eventCategories.filter((each) => parts.may(operator, categoryPermission(each)));
  const categories = (category ?? readable).filter((each) => readable.includes(each));
  if (categories.length === 0) {
    const detail = `${operator.role}s may not read events of this kind`;
    return sendProblem(response, { status: 403, code: "forbidden", detail });
  }
  if (rest.person !== undefined) {
    // Looking into somebody's history is itself logged (GDPR 5.1f).
    const data = { operation: "events.of-person" };
    parts.note({ type: "audit.requested", by: operator.actor, person: rest.person, data });
  }
  const filter: EventFilter = {
    categories,
    ...(type ? { types: type } : {}),
    ...(severity ? { severities: severity } : {}),
    ...present(rest),
  };
  const events =
    after === undefined
      ? await parts.journal.readBefore(before, limit, filter)
      : await parts.journal.readAfter(after, limit, filter);
  const names = parts.may(operator, "names.read");
  response.json({
    events: events.map((event) => shownEvent(event, parts.describe, names)),
    next: events.length < limit ? null : (events.at(-1)?.seq ?? null),
  });
}

/** GET /events/:id, by id or by seq: with the sentence and what the rules said. */
export async function oneEvent(
  request: Request,
  response: Response,
  { operator }: Identity,
  parts: EventParts,
): Promise<void> {
  const event = await find(String(request.params.id), parts.journal);
  // What one may not read is, for him, not there.
  if (!event || !mayReadEvent(parts.may, operator, event)) {
    return sendProblem(response, { status: 404, code: "not-found", detail: "there is no such event" });
  }
  response.json(shownEvent(event, parts.describe, parts.may(operator, "names.read")));
}

async function find(which: string, journal: EventParts["journal"]): Promise<SiteEvent | undefined> {
  if (!/^\d{1,15}$/.test(which)) return which.length > 64 ? undefined : journal.byId(which);
  const [event] = await journal.readAfter(Number(which) - 1, 1);
  return event?.seq === Number(which) ? event : undefined;
}

/** Without the fields that were not asked for. */
function present<T extends object>(fields: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as {
    [K in keyof T]?: Exclude<T[K], undefined>;
  };
}
