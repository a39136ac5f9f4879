/**
 * Small changes of the site document, as a page makes them: one group, one schedule, one holiday. They are made in the document
 * that is in force, so that what others changed meanwhile stays; only where somebody changed the very same entry they conflict.
 */
import { z } from "zod";
import type { Language } from "../core/words/language.js";
import type { Fault } from "../ports.js";
import { areaRuleFields } from "./access.js";
import { changeWords } from "./change-words.js";
import { doorGroup, group, holiday, holidayKind, type SiteDocument, schedule } from "./document.js";
import { threatLevel } from "./house.js";
import { id } from "./shapes.js";

const kinds = {
  group,
  schedule,
  "door-group": doorGroup,
  "holiday-type": holidayKind,
  "threat-level": threatLevel,
} as const;
type Kind = keyof typeof kinds;

const lists: {
  readonly [K in Kind]: "groups" | "schedules" | "doorGroups" | "holidayTypes" | "threatLevels";
} = {
  group: "groups",
  schedule: "schedules",
  "door-group": "doorGroups",
  "holiday-type": "holidayTypes",
  "threat-level": "threatLevels",
};

function changesOf<K extends Kind>(kind: K) {
  return [
    z.strictObject({ kind: z.literal(kind), put: kinds[kind] }),
    z.strictObject({ kind: z.literal(kind), remove: id }),
  ] as const;
}

/** Holidays have no id: one is known by what it says. */
export const siteChange = z.union([
  ...changesOf("group"),
  ...changesOf("schedule"),
  ...changesOf("door-group"),
  ...changesOf("holiday-type"),
  ...changesOf("threat-level"),
  z.strictObject({
    kind: z.literal("area-limits"),
    area: id,
    put: z.strictObject(areaRuleFields).describe("All of them: what is not named is not limited."),
  }),
  z.strictObject({
    kind: z.literal("holiday"),
    put: holiday,
    was: holiday.exactOptional().describe("The holiday that it takes the place of. Absent: it is new."),
  }),
  z.strictObject({ kind: z.literal("holiday"), remove: holiday }),
]);
export type SiteChange = z.infer<typeof siteChange>;

export const siteChanges = z.array(siteChange).min(1).max(200);

export interface Changed {
  readonly document: SiteDocument;
  /** The changes that take these back, in their order. */
  readonly undo: readonly SiteChange[];
}

type Entry = { readonly id: string };
type Holiday = z.infer<typeof holiday>;

/** `base`: the document that whoever asks has seen. */
export function changedSite(
  base: SiteDocument,
  current: SiteDocument,
  changes: readonly SiteChange[],
  language: Language = "en",
): Changed | readonly Fault[] {
  const faults: Fault[] = [];
  const undo: SiteChange[] = [];
  let document = current;
  changes.forEach((change, index) => {
    const made =
      change.kind === "holiday"
        ? ofHoliday(base, document, change, language)
        : change.kind === "area-limits"
          ? ofArea(base, document, change, language)
          : ofEntry(base, document, change, language);
    if ("fault" in made) faults.push({ path: `changes[${index}]`, message: made.fault });
    else {
      document = made.document;
      undo.unshift(...made.undo);
    }
  });
  return faults.length > 0 ? faults : { document, undo };
}

type Made =
  | { readonly document: SiteDocument; readonly undo: readonly SiteChange[] }
  | { readonly fault: string };

type EntryChange = Exclude<SiteChange, { readonly kind: "holiday" | "area-limits" }>;
type LimitsChange = Extract<SiteChange, { readonly kind: "area-limits" }>;

function ofEntry(base: SiteDocument, document: SiteDocument, change: EntryChange, language: Language): Made {
  const words = changeWords[language];
  const list = lists[change.kind];
  const which = "put" in change ? change.put.id : change.remove;
  const entries: readonly Entry[] = document[list] ?? [];
  const now = entries.find((entry) => entry.id === which);
  const seen = (base[list] as readonly Entry[] | undefined)?.find((entry) => entry.id === which);
  const what = words.kinds[change.kind];
  if (!same(now, seen)) {
    return {
      fault: now
        ? seen
          ? words.changed(what, which)
          : words.isThere(what, which)
        : words.removed(what, which),
    };
  }
  if ("remove" in change) {
    if (!now) return { fault: words.isNot(what, which) };
    return {
      document: { ...document, [list]: entries.filter((entry) => entry !== now) },
      undo: [{ kind: change.kind, put: now } as SiteChange],
    };
  }
  const put: Entry = change.put;
  return {
    document: {
      ...document,
      [list]: now ? entries.map((entry) => (entry === now ? put : entry)) : [...entries, put],
    },
    undo: [(now ? { kind: change.kind, put: now } : { kind: change.kind, remove: which }) as SiteChange],
  };
}

/** What an area limits, and nothing else of it. */
function ofArea(base: SiteDocument, document: SiteDocument, change: LimitsChange, language: Language): Made {
  const words = changeWords[language];
  const what = words.kinds["area-limits"];
  const now = document.areas.find(({ id }) => id === change.area);
  const seen = base.areas.find(({ id }) => id === change.area);
  if (!now) return { fault: words.isNot(what, change.area) };
  const before = limitsOf(now);
  if (!seen || !same(before, limitsOf(seen))) return { fault: words.changed(what, change.area) };
  const { passback: _, occupancy: __, escort: ___, ...rest } = now;
  const next = { ...rest, ...change.put };
  return {
    document: { ...document, areas: document.areas.map((area) => (area === now ? next : area)) },
    undo: [{ kind: "area-limits", area: change.area, put: before }],
  };
}

function limitsOf({ passback, occupancy, escort }: SiteDocument["areas"][number]): LimitsChange["put"] {
  return {
    ...(passback === undefined ? {} : { passback }),
    ...(occupancy === undefined ? {} : { occupancy }),
    ...(escort === undefined ? {} : { escort }),
  };
}

function ofHoliday(
  base: SiteDocument,
  document: SiteDocument,
  change: Extract<SiteChange, { readonly kind: "holiday" }>,
  language: Language,
): Made {
  const words = changeWords[language];
  const holidays: readonly Holiday[] = document.holidays ?? [];
  const find = (wanted: Holiday, of = holidays) => of.find((each) => same(each, wanted));
  const old = "remove" in change ? change.remove : change.was;
  if ("put" in change && !(old && same(old, change.put)) && find(change.put))
    return { fault: words.holidayIsThere(change.put.name) };
  if (!old) {
    if (!("put" in change)) return { fault: words.namesNone };
    return {
      document: { ...document, holidays: [...holidays, change.put].sort(byDay) },
      undo: [{ kind: "holiday", remove: change.put }],
    };
  }
  const now = find(old);
  if (!now) {
    const seen = find(old, base.holidays ?? []);
    return {
      fault: seen ? words.holidayChanged(old.name) : words.noHoliday(old.name),
    };
  }
  const rest = holidays.filter((each) => each !== now);
  return "put" in change
    ? {
        document: { ...document, holidays: [...rest, change.put].sort(byDay) },
        undo: [{ kind: "holiday", put: old, was: change.put }],
      }
    : { document: { ...document, holidays: rest }, undo: [{ kind: "holiday", put: old }] };
}

const firstDay = (each: Holiday): string => ("date" in each ? each.date : each.from);
const byDay = (a: Holiday, b: Holiday): number => firstDay(a).localeCompare(firstDay(b));

/** Whatever order their fields were written in. */
function same(a: unknown, b: unknown): boolean {
  return a === b || written(a) === written(b);
}

function written(value: unknown): string {
  return (
    JSON.stringify(value, (_, part: unknown) =>
      typeof part === "object" && part !== null && !Array.isArray(part)
        ? Object.fromEntries(Object.entries(part).sort(([a], [b]) => (a < b ? -1 : 1)))
        : part,
    ) ?? ""
  );
}
