/** The columns of a people list that few lists have. What has no column is left as it is; an empty cell takes it away. */
import { type Trait, traits } from "../core/people.js";
import { idPattern } from "./shapes.js";

export const personExtraColumns = [
  "company",
  "host",
  "sponsor",
  "traits",
  "trainings",
  "inducted_until",
] as const;
export const cardExtraColumns = ["max_uses", "responder"] as const;
export type ExtraColumn = (typeof personExtraColumns)[number] | (typeof cardExtraColumns)[number];

/** Of a person; dates as written. null: the cell is empty. */
export interface ListExtras {
  readonly company?: string | null;
  readonly host?: string | null;
  readonly sponsor?: string | null;
  readonly traits?: readonly Trait[] | null;
  /** By training, until when it is valid. */
  readonly trainings?: Readonly<Record<string, string>> | null;
  readonly inductedUntil?: string | null;
}

export interface ListCardExtras {
  readonly maxUses?: number | null;
  readonly responder?: true | null;
}

/** The column that a field of `ListExtras` is written in. */
export const columnOfExtra: Readonly<Record<keyof ListExtras, ExtraColumn>> = {
  company: "company",
  host: "host",
  sponsor: "sponsor",
  traits: "traits",
  trainings: "trainings",
  inductedUntil: "inducted_until",
};

type Cells = Readonly<Record<ExtraColumn, string>>;
type Told = (column: ExtraColumn, message: string) => void;

const longestCompany = 100;
const mostUses = 100_000;

const none = {};

/** `isDate`: what a cell with a date may look like. */
export function personExtrasOf(
  cells: Cells,
  has: ReadonlySet<string>,
  fault: Told,
  isDate: (text: string) => boolean,
): ListExtras {
  if (!personExtraColumns.some((column) => has.has(column))) return none;
  if (cells.company.length > longestCompany) fault("company", `is longer than ${longestCompany} characters`);
  for (const column of ["host", "sponsor"] as const)
    if (cells[column] !== "" && !idPattern.test(cells[column])) fault(column, "must be a person's id");
  if (cells.inducted_until !== "" && !isDate(cells.inducted_until))
    fault("inducted_until", "must be a date such as 2026-12-31 or an instant such as 2026-12-31T17:00:00Z");
  const words = wordsOf(cells.traits);
  for (const word of words)
    if (!traits.includes(word as Trait))
      fault("traits", `${word.slice(0, 40)} is none of ${traits.join(", ")}`);
  return {
    ...(has.has("company") ? { company: cells.company || null } : {}),
    ...(has.has("host") ? { host: cells.host || null } : {}),
    ...(has.has("sponsor") ? { sponsor: cells.sponsor || null } : {}),
    ...(has.has("traits") ? { traits: words.length === 0 ? null : (words as Trait[]) } : {}),
    ...(has.has("trainings") ? { trainings: trainingsOf(cells.trainings, fault, isDate) } : {}),
    ...(has.has("inducted_until") ? { inductedUntil: cells.inducted_until || null } : {}),
  };
}

export function cardExtrasOf(cells: Cells, has: ReadonlySet<string>, fault: Told): ListCardExtras {
  if (!cardExtraColumns.some((column) => has.has(column))) return none;
  const uses = cells.max_uses === "" ? null : Number(cells.max_uses);
  if (uses !== null && !(Number.isInteger(uses) && uses >= 1 && uses <= mostUses))
    fault("max_uses", `must be a number from 1 to ${mostUses}`);
  const word = cells.responder.toLowerCase();
  if (!["", "yes", "no"].includes(word)) fault("responder", "must be yes or no");
  return {
    ...(has.has("max_uses") ? { maxUses: uses } : {}),
    ...(has.has("responder") ? { responder: word === "yes" ? true : null } : {}),
  };
}

/** `forklift:2027-01-31; laser:2026-12-31` */
function trainingsOf(
  text: string,
  fault: Told,
  isDate: (text: string) => boolean,
): Readonly<Record<string, string>> | null {
  const parts = wordsOf(text).map((part): [string, string] => {
    const at = part.indexOf(":");
    return at === -1 ? [part, ""] : [part.slice(0, at).trim(), part.slice(at + 1).trim()];
  });
  for (const [training, until] of parts) {
    if (!idPattern.test(training) || !isDate(until))
      fault("trainings", "must be trainings with the day until which they are valid: forklift:2027-01-31");
  }
  return parts.length === 0 ? null : Object.fromEntries(parts.sort(([a], [b]) => (a < b ? -1 : 1)));
}

function wordsOf(text: string): string[] {
  if (text === "") return [];
  return [...new Set(text.split(/[;|]/).map((word) => word.trim()))].filter((word) => word !== "").sort();
}

/** Fields of which a further line of the same person says something else. */
export function extrasThatDiffer(first: ListExtras, further: ListExtras): ExtraColumn[] {
  return (Object.keys(columnOfExtra) as (keyof ListExtras)[]).flatMap((key) => {
    const said = further[key];
    if (said === undefined || said === null) return [];
    return JSON.stringify(said) === JSON.stringify(first[key]) ? [] : [columnOfExtra[key]];
  });
}

/** A person's or a card's extras as they are written into a list. */
export interface ExtrasWritten {
  readonly company?: string | null;
  readonly host?: string | null;
  readonly sponsor?: string | null;
  readonly traits?: readonly string[];
  readonly trainings?: Readonly<Record<string, string>>;
  readonly inductedUntil?: string | null;
}

export function extraCells(person: ExtrasWritten): readonly string[] {
  const trainings = Object.entries(person.trainings ?? {}).map(([training, until]) => `${training}:${until}`);
  return [
    person.company ?? "",
    person.host ?? "",
    person.sponsor ?? "",
    (person.traits ?? []).join(";"),
    trainings.join(";"),
    person.inductedUntil ?? "",
  ];
}
