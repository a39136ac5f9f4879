/** What a new site document changes, in lines that a person reads before saying yes. */
import type { ReaderFormatsEntry } from "./card-formats.js";
import { always, defaults, passageOf, roleOf, tenantOf } from "./defaults.js";
import type { SiteDocument, SpecialHours } from "./document.js";
import { leafDefaults } from "./leaf.js";

type Fields = Readonly<Record<string, unknown>>;

/**
 * `door front: unlockMs 5000 → 7000`, `group staff: added (Staff)`; empty: the same. Before the first document there was none.
 */
export function diffSites(before: SiteDocument | undefined, after: SiteDocument): string[] {
  if (before === undefined) return [firstLine(after)];
  const formats = [formatsText(before), formatsText(after)];
  return [
    ...fieldLines("site", before.site, after.site),
    ...kinds.flatMap((kind) => entryLines(kind.word, entriesOf(kind, before), entriesOf(kind, after))),
    ...listLines(
      "holidays",
      (before.holidays ?? []).map(holidayText),
      (after.holidays ?? []).map(holidayText),
    ),
    ...(formats[0] === formats[1] ? [] : [`card formats: ${formats.join(" → ")}`]),
    ...listLines(
      "reader formats",
      (before.readerFormats ?? []).map(readerFormatsText),
      (after.readerFormats ?? []).map(readerFormatsText),
    ),
    ...otherLines(before, after),
  ];
}

const comparedAbove: ReadonlySet<string> = new Set<keyof SiteDocument>([
  "site",
  "tenants",
  "areas",
  "doors",
  "openings",
  "holidayTypes",
  "doorGroups",
  "partitions",
  "musterReaders",
  "sensors",
  "devices",
  "schedules",
  "groups",
  "holidays",
  "cardFormats",
  "readerFormats",
]);

/** Whatever else a document has, so that no change of it counts as none. */
function otherLines(before: SiteDocument, after: SiteDocument): string[] {
  const was: Fields = before;
  const is: Fields = after;
  const keys = [...new Set([...Object.keys(was), ...Object.keys(is)])].filter(
    (key) => !comparedAbove.has(key),
  );
  return keys.flatMap((key) => {
    const [old, now] = [was[key], is[key]];
    if (!isEntries(old ?? []) || !isEntries(now ?? []))
      return fieldLines(key, { [key]: old }, { [key]: now });
    const lines = entryLines(key, (old ?? []) as Entry[], (now ?? []) as Entry[]);
    const order = (list: unknown) => ((list ?? []) as Entry[]).map(({ id }) => id).join(", ");
    return lines.length === 0 && order(old) !== order(now)
      ? [`${key}: ${order(old)} → ${order(now)}`]
      : lines;
  });
}

function isEntries(value: unknown): boolean {
  return Array.isArray(value) && value.every((each) => isFields(each) && typeof each.id === "string");
}

/** By name, a description of the site's own in full: whatever of it changes is seen. */
function formatsText(document: SiteDocument): string {
  const entries = document.cardFormats ?? ["H10301"];
  return entries.map((entry) => (typeof entry === "string" ? entry : text(entry))).join(", ") || "none";
}

function readerFormatsText({ readers, formats }: ReaderFormatsEntry): string {
  return `${readers.join(", ")}: ${formats.join(", ")}`;
}

type Entry = Fields & { readonly id: string; readonly name: string; readonly tenant?: string };

/** With the tenant that is meant: another first tenant moves everything that names none. */
function entriesOf(kind: Kind, document: SiteDocument): Entry[] {
  const entries = kind.of(document);
  if (!kind.ofTenants) return [...entries];
  return entries.map((entry) => ({ ...entry, tenant: tenantOf(entry, document) }));
}

interface Kind {
  readonly word: string;
  /** Whether each belongs to a tenant. */
  readonly ofTenants: boolean;
  /** With the defaults filled in, so that writing one out is no change. */
  of(document: SiteDocument): readonly Entry[];
}

const kinds: readonly Kind[] = [
  { word: "tenant", ofTenants: false, of: (document) => document.tenants },
  {
    word: "area",
    ofTenants: true,
    of: (document) =>
      document.areas.map((area) => ({ outside: false, muster: false, escort: false, ...area })),
  },
  {
    word: "door",
    ofTenants: true,
    of: (document) =>
      document.doors.map((door) => ({
        unlockMs: defaults.unlockMs,
        openMs: defaults.openMs,
        mode: defaults.mode,
        exit: defaults.exit,
        ...door,
        ...leafDefaults(door),
        passage: passageOf(door),
        lock: { mechanicalEgress: false, wiredRelease: false, ...door.lock },
      })),
  },
  {
    word: "opening",
    ofTenants: true,
    of: (document) =>
      (document.openings ?? []).map((opening) => ({
        ...opening,
        kind: opening.kind ?? defaults.openingKind,
      })),
  },
  { word: "holiday type", ofTenants: false, of: (document) => document.holidayTypes ?? [] },
  { word: "door group", ofTenants: false, of: (document) => document.doorGroups ?? [] },
  { word: "partition", ofTenants: true, of: (document) => document.partitions ?? [] },
  { word: "muster reader", ofTenants: false, of: (document) => document.musterReaders ?? [] },
  {
    word: "sensor",
    ofTenants: true,
    of: (document) =>
      (document.sensors ?? []).map((sensor) => ({
        ...(sensor.type === "fire" ? { action: defaults.fireAction, onFault: defaults.onFault } : {}),
        ...sensor,
        role: roleOf(sensor),
      })),
  },
  { word: "device", ofTenants: false, of: (document) => document.devices },
  {
    word: "schedule",
    ofTenants: false,
    of: (document) =>
      (document.schedules ?? []).map(({ week, holidays = defaults.scheduleHolidays, ...schedule }) => ({
        ...schedule,
        week: week.map((line) => `${line.days.join(" ")} ${line.from}–${line.to}`),
        holidays:
          typeof holidays === "string" || Array.isArray(holidays)
            ? hoursText(holidays)
            : Object.entries(holidays).map(([type, hours]) => `${type} ${hoursText(hours)}`),
      })),
  },
  {
    word: "group",
    ofTenants: true,
    of: (document) =>
      (document.groups ?? []).map(({ access, ...group }) => ({
        ...group,
        access: access.flatMap(rightTexts),
      })),
  },
];

/** Of a first revision everything is new; its size is what a person checks. */
function firstLine(document: SiteDocument): string {
  const counts = kinds
    .map(({ word, of }) => [of(document).length, word] as const)
    .filter(([count]) => count > 0)
    .map(([count, word]) => `${count} ${word}${count === 1 ? "" : "s"}`);
  return `site ${document.site.id}: added (${document.site.name}) with ${counts.join(", ")}`;
}

function rightTexts(right: NonNullable<SiteDocument["groups"]>[number]["access"][number]): string[] {
  const hours = right.schedule === always.id ? "always" : `during ${right.schedule}`;
  const when = right.when ? ` when ${conditionTexts(right.when).join(" and ")}` : "";
  const deny = right.deny ? "not " : "";
  return [
    ...(right.doors ?? []).map((door) => `${deny}door ${door} ${hours}${when}`),
    ...(right.doorGroups ?? []).map((group) => `${deny}door group ${group} ${hours}${when}`),
    ...(right.areas ?? []).map((area) => `${deny}area ${area} ${hours}${when}`),
  ];
}

function conditionTexts(when: Fields): string[] {
  return Object.entries(when).map(([part, value]) =>
    isFields(value) ? `${part} ${Object.values(value).join(" ")}` : `${part} ${text(value)}`,
  );
}

function hoursText(hours: SpecialHours): string {
  return typeof hours === "string" ? hours : hours.map((w) => `${w.from}–${w.to}`).join(", ");
}

function holidayText(holiday: NonNullable<SiteDocument["holidays"]>[number]): string {
  const type = holiday.type === undefined ? "" : ` (${holiday.type})`;
  return "date" in holiday
    ? `${holiday.date} ${holiday.name}${type}`
    : `${holiday.from} to ${holiday.to} ${holiday.name}${type}`;
}

function entryLines(word: string, before: readonly Entry[], after: readonly Entry[]): string[] {
  const was = new Map(before.map((entry) => [entry.id, entry]));
  const is = new Set(after.map((entry) => entry.id));
  return [
    ...before
      .filter((entry) => !is.has(entry.id))
      .map((entry) => `${word} ${entry.id}: removed (${entry.name})`),
    ...after.flatMap((entry) => {
      const old = was.get(entry.id);
      return old
        ? fieldLines(`${word} ${entry.id}`, old, entry)
        : [`${word} ${entry.id}: added (${entry.name})`];
    }),
  ];
}

function fieldLines(place: string, before: Fields, after: Fields, within = ""): string[] {
  const keys = [...new Set([...Object.keys(before), ...Object.keys(after)])];
  return keys.flatMap((key) => {
    const was = before[key];
    const is = after[key];
    const field = within === "" ? key : `${within}.${key}`;
    if (Array.isArray(was) || Array.isArray(is)) {
      return listLines(`${place}: ${field}`, asTexts(was), asTexts(is));
    }
    if (isFields(was) || isFields(is)) {
      return fieldLines(place, isFields(was) ? was : {}, isFields(is) ? is : {}, field);
    }
    return was === is ? [] : [`${place}: ${field} ${text(was)} → ${text(is)}`];
  });
}

/** What is in one list and not in the other; a changed order alone is no change. */
function listLines(place: string, before: readonly string[], after: readonly string[]): string[] {
  return [
    ...before.filter((entry) => !after.includes(entry)).map((entry) => `${place}: ${entry} removed`),
    ...after.filter((entry) => !before.includes(entry)).map((entry) => `${place}: ${entry} added`),
  ];
}

function asTexts(value: unknown): string[] {
  return Array.isArray(value) ? value.map(text) : [];
}

function isFields(value: unknown): value is Fields {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function text(value: unknown): string {
  return value === undefined ? "none" : typeof value === "string" ? value : JSON.stringify(value);
}
