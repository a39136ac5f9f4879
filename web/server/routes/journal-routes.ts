import type { Response } from "express";
import { eventCategories } from "../../../gateway/core/events.js";
import type { EventFilter } from "../../../gateway/ports.js";
import type { Feeds } from "../feed.js";
import { answered, perform, refuse, route } from "../route.js";
import { byEvent, events, eventsAsked, why } from "../schemas/events.js";
import { feedAsked } from "../schemas/live.js";
import { categoryPermission, mayReadEvent, shownEvent } from "../shown.js";

const tag = "What happened";

export const journalRoutes = (feeds: Feeds) => [
  route({
    method: "get",
    path: "/events",
    says: "Events: newest first, older ones with before; or with after, oldest first from there",
    tag,
    access: { permission: "journal.read" },
    query: eventsAsked,
    answer: events,
    run: async ({ who, query }, parts) => {
      const { after, before, limit, categories, types, severities, ...rest } = query;
      const { operator } = who;
      const readable = eventCategories.filter((each) => parts.may(operator, categoryPermission(each)));
      const wanted = (categories ?? readable).filter((each) => readable.includes(each));
      if (wanted.length === 0) {
        const detail = `${operator.role}s may not read events of this kind`;
        return refuse({ status: 403, code: "forbidden", detail });
      }
      if (rest.person !== undefined || rest.credential !== undefined) {
        // Looking into somebody's history is itself logged (GDPR 5.1f).
        const data = { operation: "events.of-person" };
        const of = present({ person: rest.person, credential: rest.credential });
        parts.note({ type: "audit.requested", by: operator.actor, ...of, data });
      }
      const filter: EventFilter = {
        categories: wanted,
        ...(types ? { types } : {}),
        ...(severities ? { severities } : {}),
        ...present(rest),
      };
      const found =
        after === undefined
          ? await parts.journal.readBefore(before, limit, filter)
          : await parts.journal.readAfter(after, limit, filter);
      const names = parts.may(operator, "names.read");
      return {
        events: found
          .filter((event) => mayReadEvent(parts.may, operator, event))
          .map((event) => shownEvent(event, parts.describe, names, operator.language)),
        next: found.length < limit ? null : (found.at(-1)?.seq ?? null),
      };
    },
  }),
  route({
    method: "get",
    path: "/events/:id",
    says: "One event: what happened, which rules were asked, and what would have helped",
    tag,
    access: { permission: "journal.read" },
    params: byEvent,
    answer: why,
    run: ({ who, params }, parts) => perform(parts, who, "event.why", { event: params.id }),
  }),
  route({
    method: "get",
    path: "/feed",
    says: "What happens, as it happens: server-sent events site, event, door, area, partition, beat, end",
    tag,
    access: { permission: "doors.read" },
    query: feedAsked,
    answer: "stream",
    run: ({ who, query, request, response }) => {
      const told = request.headers["last-event-id"];
      if (told !== undefined && !/^\d{1,15}$/.test(String(told))) {
        const detail = "Last-Event-ID is the seq of an event";
        return refuse({ status: 400, code: "invalid", detail });
      }
      const cursor = told ?? query.after;
      feeds.open(request, response as Response, who, cursor === undefined ? undefined : Number(cursor));
      return answered;
    },
  }),
];

/** Without the fields that were not asked for. */
function present<T extends object>(fields: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as {
    [K in keyof T]?: Exclude<T[K], undefined>;
  };
}
