/** What may be said of a person besides name, groups and dates: read, checked against the site, and shown. */
import { z } from "zod";
import { type Person, type TemporaryRight, traits } from "../core/people.js";
import type { Instant, Site } from "../core/site.js";
import type { Fault } from "../ports.js";
import type { PersonExtras } from "../store/extras.js";
import { id, instant } from "./ids.js";

/** What people and companies are called. */
export const company = z
  .string()
  .trim()
  .min(1)
  .max(100)
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is refused here
  .regex(/^[^\u0000-\u001f\u007f]*$/, "must not contain control characters");

const rightTo = {
  group: id.optional(),
  door: id.optional(),
  area: id.optional(),
  schedule: id.optional().describe("Absent: at all hours; with a group, at those of the group."),
};

const oneTarget = (right: { group?: unknown; door?: unknown; area?: unknown }): boolean =>
  [right.group, right.door, right.area].filter((each) => each !== undefined).length === 1;
const oneTargetRule = "names exactly one of group, door and area";

export const letInFields = { person: id, ...rightTo, from: instant.optional(), until: instant };

export const temporaryRight = z
  .strictObject({ ...rightTo, from: instant, until: instant })
  .refine(oneTarget, oneTargetRule);

const mostRights = 20;
const mostTrainings = 40;

export const extrasFields = {
  traits: z.array(z.enum(traits)).max(traits.length).optional().describe("All of them; an empty list: none."),
  trainings: z
    .record(id, instant)
    .refine((all) => Object.keys(all).length <= mostTrainings, `at most ${mostTrainings}`)
    .optional()
    .describe("All of them, each with the first instant at which it is no longer valid."),
  temporary: z
    .array(temporaryRight)
    .max(mostRights)
    .optional()
    .describe("All rights for a time; person.let-in adds one."),
  host: id.nullish().describe("Whom a visitor visits."),
  sponsor: id.nullish().describe("Who answers for a contractor."),
  company: company.nullish(),
  inductedUntil: instant.nullish().describe("First instant at which the induction is no longer valid."),
};
export const extrasParams = z.strictObject(extrasFields);
export type ExtrasParams = z.output<typeof extrasParams>;

/** The extras as they will be: what is not named stays, null takes away. */
export function extrasOf(before: PersonExtras | undefined, said: ExtrasParams): PersonExtras {
  return {
    ...kept("traits", said.traits, before?.traits),
    ...kept("trainings", said.trainings, before?.trainings),
    ...kept("temporary", said.temporary?.map(rightOf), before?.temporary),
    ...kept("host", said.host, before?.host),
    ...kept("sponsor", said.sponsor, before?.sponsor),
    ...kept("inductedUntil", said.inductedUntil, before?.inductedUntil),
    ...kept("company", said.company, before?.company),
  };
}

function kept<K extends keyof PersonExtras>(
  key: K,
  said: PersonExtras[K] | null,
  before: PersonExtras[K],
): Pick<PersonExtras, K> {
  const value = said === undefined ? before : said;
  return (value === undefined || value === null ? {} : { [key]: value }) as Pick<PersonExtras, K>;
}

export function rightOf(said: {
  readonly group?: string | undefined;
  readonly door?: string | undefined;
  readonly area?: string | undefined;
  readonly schedule?: string | undefined;
  readonly from: Instant;
  readonly until: Instant;
}): TemporaryRight {
  const { group, door, area, schedule, from, until } = said;
  return {
    ...(group === undefined ? {} : { group }),
    ...(door === undefined ? {} : { door }),
    ...(area === undefined ? {} : { area }),
    ...(schedule === undefined ? {} : { schedule }),
    from,
    until,
  };
}

/** One right more; those that are over are let go. Undefined: there are too many. */
export function withRight(
  before: readonly TemporaryRight[] | undefined,
  right: TemporaryRight,
  now: Instant,
): readonly TemporaryRight[] | undefined {
  const live = (before ?? []).filter(({ until }) => until > now);
  return live.length < mostRights ? [...live, right] : undefined;
}

/** What a right names and the site does not have. */
export function rightFaults(site: Site | undefined, right: TemporaryRight, at: string): Fault[] {
  if (!oneTarget(right)) return [{ path: at, message: oneTargetRule }];
  const lacks: readonly (readonly [string, string | undefined, ReadonlyMap<string, unknown> | undefined])[] =
    [
      ["group", right.group, site?.groups],
      ["door", right.door, site?.doors],
      ["area", right.area, site?.areas],
      ["schedule", right.schedule, site?.schedules],
    ];
  return lacks.flatMap(([what, named, known]) =>
    named === undefined || known?.has(named)
      ? []
      : [{ path: `${at === "" ? "" : `${at}.`}${what}`, message: `there is no ${what} "${named}"` }],
  );
}

const iso = (at: Instant): string => new Date(at).toISOString();

export function shownExtras(person: Person) {
  return {
    traits: person.traits ?? [],
    trainings: Object.fromEntries(
      Object.entries(person.trainings ?? {}).map(([training, until]) => [training, iso(until)]),
    ),
    temporary: (person.temporary ?? []).map((right) => ({
      ...right,
      from: iso(right.from),
      until: iso(right.until),
    })),
    host: person.host ?? null,
    sponsor: person.sponsor ?? null,
    company: person.company ?? null,
    inductedUntil: person.inductedUntil === undefined ? null : iso(person.inductedUntil),
  };
}
