import { z } from "zod";
import { may } from "../accounts/permissions.js";
import { foundText, remedyOf, sentence, whySentence } from "../core/describe.js";
import {
  type EventCategory,
  eventCatalogue,
  eventCategories,
  isSilent,
  type SiteEvent,
} from "../core/events.js";
import { publicEvent } from "../core/public-event.js";
import type { EventFilter, Operator } from "../ports.js";
import type { HouseParts } from "./house-parts.js";
import { id, instant } from "./ids.js";
import { done, operation, refused } from "./operation.js";

export const eventFilter = z.strictObject({
  categories: z.array(z.enum(eventCategories)).max(eventCategories.length).optional(),
  types: z
    .array(z.enum(Object.keys(eventCatalogue) as [string, ...string[]]))
    .max(100)
    .optional(),
  severities: z
    .array(z.enum(["info", "notice", "warning", "critical"]))
    .max(4)
    .optional(),
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
});

function namesFor(house: HouseParts, operator: Operator): (kind: string, id: string) => string {
  const named = may(operator, "names.read");
  return (kind, of) => (kind === "person" && !named ? of : house.names(kind, of));
}

/** Which categories of events somebody may read; the same as over MQTT (contract, "Clients"). */
export function readableCategories(operator: Operator): EventCategory[] {
  return eventCategories.filter((category) =>
    may(operator, category === "audit" ? "audit.read" : `events.${category}`),
  );
}

export const journalOperations = [
  operation({
    name: "journal.read",
    permission: "journal.read",
    acts: false,
    params: z
      .strictObject({
        after: z.int().min(0).optional().describe("Events above this seq, oldest first."),
        before: z.int().min(0).optional().describe("Events below this seq, newest first."),
        limit: z.int().min(1).max(1000).default(100),
        filter: eventFilter.optional(),
      })
      .refine((params) => params.after === undefined || params.before === undefined, {
        message: "give either after or before",
        path: ["after"],
      }),
    run: async (house, operator, params) => {
      const readable = readableCategories(operator);
      const wanted = params.filter?.categories ?? readable;
      const filter = {
        ...params.filter,
        categories: wanted.filter((category) => readable.includes(category)),
      } as EventFilter;
      const events =
        params.after === undefined
          ? await house.store.journal.readBefore(params.before, params.limit, filter)
          : await house.store.journal.readAfter(params.after, params.limit, filter);
      const names = namesFor(house, operator);
      return done({
        events: events
          .filter((event) => maySee(operator, event))
          .map((event) => ({
            ...publicEvent(event),
            sentence: sentence(event, names, operator.language),
          })),
      });
    },
  }),
  operation({
    name: "event.why",
    permission: "journal.read",
    acts: false,
    params: z.strictObject({ event: z.union([z.int().min(1), z.string().min(1).max(64)]) }),
    run: async (house, operator, params) => {
      const event = await find(house, params.event);
      // What one may not read is as if it were not there.
      if (!event || !readableCategories(operator).includes(categoryOf(event)) || !maySee(operator, event)) {
        return refused("not-found", `there is no event ${params.event}`);
      }
      const names = namesFor(house, operator);
      const { language = "en" } = operator;
      const site = house.engine.active?.site;
      return done({
        event: publicEvent(event),
        sentence: sentence(event, names, language),
        why: whySentence(event, names, language, site),
        trace: (event.trace ?? []).map(([rule, found]) => [rule, foundText(found, language)]),
        remedy: remedyOf(event, language, site) ?? null,
      });
    },
  }),
];

/** Duress and the like are for discreet accounts; to others it is as if nothing had been. */
function maySee(operator: Operator, { type }: SiteEvent): boolean {
  return !isSilent(type) || may(operator, "discreet");
}

function categoryOf({ type }: SiteEvent): EventCategory {
  return type.slice(0, type.indexOf(".")) as EventCategory;
}

async function find(house: HouseParts, which: number | string) {
  const seq = typeof which === "number" ? which : /^\d{1,15}$/.test(which) ? Number(which) : undefined;
  if (seq === undefined) return house.store.journal.byId(String(which));
  const [event] = await house.store.journal.readAfter(seq - 1, 1);
  return event?.seq === seq ? event : undefined;
}
