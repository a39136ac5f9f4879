import type { AccessRules } from "../api.js";
import type { Words } from "../words/words.js";
import type { WeekSchedule } from "./rules.js";
import type { Hours } from "./week.js";

/** Built in, in every site: the type of a holiday that names none. */
export const plainHoliday = "holiday";

export type Special = "closed" | "as-usual" | readonly Hours[];

/** Kinds of days, the plain one first. */
export const kindsOf = (rules: AccessRules, { access }: Words): { id: string; name: string }[] => [
  { id: plainHoliday, name: access.plainHoliday },
  ...rules.holidayTypes.filter(({ id }) => id !== plainHoliday),
];

/** What a schedule says of a kind of day; what it does not name is closed. */
export function specialOf({ holidays = "closed" }: Pick<WeekSchedule, "holidays">, kind: string): Special {
  const said =
    typeof holidays === "string" || Array.isArray(holidays) ? holidays : (holidays[kind] ?? "closed");
  return typeof said === "string"
    ? said
    : said.map(({ from, to }) => ({ from, to: to === "24:00" ? "00:00" : to }));
}

/** As the site document has it; absent: closed on all of them. */
export function holidaysFrom(specials: Readonly<Record<string, Special>>): WeekSchedule["holidays"] {
  const written = (special: Special) =>
    typeof special === "string"
      ? special
      : special.map(({ from, to }) => ({ from, to: to === "00:00" ? "24:00" : to }));
  const kinds = Object.keys(specials);
  if (kinds.every((kind) => specials[kind] === "closed")) return undefined;
  if (kinds.length === 1 && kinds[0] === plainHoliday) return written(specials[plainHoliday] ?? "closed");
  return Object.fromEntries(kinds.map((kind) => [kind, written(specials[kind] ?? "closed")]));
}
