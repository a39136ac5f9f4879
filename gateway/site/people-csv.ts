/**
 * A list of people from a spreadsheet. One line is one person with at most one card; further lines with the same id add cards.
 * Whether the groups exist and the cards can be read is the import's to say, which knows the site.
 */
import { type CredentialStatus, credentialStatuses } from "../core/people.js";
import { CsvReader, type CsvRecord, NotCsv } from "./csv.js";
import {
  cardExtraColumns,
  cardExtrasOf,
  type ExtrasWritten,
  extraCells,
  extrasThatDiffer,
  type ListCardExtras,
  type ListExtras,
  personExtraColumns,
  personExtrasOf,
} from "./people-csv-extras.js";
import { idPattern, isCalendarDate, isPrintable } from "./shapes.js";

/** What `people.import` takes. Dates are as written: a day at the site, or an ISO 8601 instant (see `instantOf`). */
export interface PersonImport extends ListExtras {
  readonly person: string;
  readonly name: string;
  readonly groups: readonly string[];
  readonly status: "active" | "blocked";
  readonly validFrom?: string;
  readonly validUntil?: string;
  readonly credentials: readonly CredentialImport[];
}

export interface CredentialImport extends ListCardExtras {
  /** As written; `parseCardValue` makes it canonical. */
  readonly value: string;
  readonly printed?: string;
  /** Absent: active. */
  readonly status?: CredentialStatus;
}

/** Lines count from 1, the header is the first. */
export interface LineFault {
  readonly line: number;
  readonly column?: string;
  readonly message: string;
}

export interface PeopleList {
  readonly rows: readonly PersonImport[];
  /** By row, the line in which its person is named first. */
  readonly lines: readonly number[];
  readonly faults: readonly LineFault[];
}

export const peopleColumns = [
  "person",
  "name",
  "groups",
  "credential",
  "printed",
  "valid_from",
  "valid_until",
  "status",
  ...personExtraColumns,
  ...cardExtraColumns,
] as const;
type Column = (typeof peopleColumns)[number];
type Line = Readonly<Record<Column, string>>;

/** One line of a list, its form checked: a person, with at most one card. */
export interface ListLine {
  readonly line: number;
  readonly person: string;
  /** Empty: a further line of somebody who is in the list already. */
  readonly name: string;
  readonly groups: readonly string[];
  readonly blocked: boolean;
  readonly validFrom?: string;
  readonly validUntil?: string;
  readonly extras: ListExtras;
  readonly credential?: CredentialImport;
}

const needed: readonly Column[] = ["person", "name"];

export const mostPeopleChars = 64_000_000;
const mostFaults = 100;
const longestCell = 1_000;

/** Takes a list in pieces, line by line. After a fault of the header, or where the text is no CSV, nothing more is told. */
export class PeopleListReader {
  readonly #csv: CsvReader;
  readonly #take: (line: ListLine) => void;
  readonly #fault: (fault: LineFault) => void;
  #columns: readonly string[] | undefined;
  #has: ReadonlySet<string> = new Set();
  #read: CellReader | undefined;
  #over = false;

  constructor(take: (line: ListLine) => void, fault: (fault: LineFault) => void) {
    this.#take = take;
    this.#fault = fault;
    this.#csv = new CsvReader((record) => this.#record(record));
  }

  /** Nothing more is read: the header is faulty, or the text is no CSV. */
  get over(): boolean {
    return this.#over;
  }

  write(text: string): void {
    this.#try(() => {
      if (text.includes("\0")) throw new NotCsv(1, "contains a NUL; is it a spreadsheet file and not CSV?");
      this.#csv.write(text);
    });
  }

  end(): void {
    this.#try(() => this.#csv.end());
    if (this.#columns === undefined && !this.#over) {
      this.#fault({ line: 1, message: "is empty; the first line names the columns" });
    }
  }

  #try(read: () => void): void {
    if (this.#over) return;
    try {
      read();
    } catch (error) {
      if (!(error instanceof NotCsv)) throw error;
      this.#over = true;
      this.#fault({ line: error.line, message: `is not CSV: ${error.message}` });
    }
  }

  #record(record: CsvRecord): void {
    if (this.#over) return;
    if (this.#columns === undefined || this.#read === undefined) {
      this.#columns = record.cells.map((cell) => cell.trim().toLowerCase());
      this.#has = new Set(this.#columns);
      this.#read = cellReader(this.#columns);
      const faults = headerFaults(this.#columns, record.line);
      faults.forEach(this.#fault);
      this.#over = faults.length > 0;
      return;
    }
    if (record.cells.every(isBlank)) return;
    if (record.cells.length > this.#columns.length) {
      this.#fault({
        line: record.line,
        message: `has ${record.cells.length} cells, the header has ${this.#columns.length}`,
      });
      return;
    }
    const line = lineOf(this.#read(record.cells), record.line, this.#has, this.#fault);
    if (line) this.#take(line);
  }
}

function isBlank(cell: string): boolean {
  return cell.trim() === "";
}

/** Reads a list; never throws. With any fault, nothing should be imported. */
export function parsePeopleCsv(text: string): PeopleList {
  if (text.length > mostPeopleChars) return refused(1, `longer than ${mostPeopleChars} characters`);
  const faults: LineFault[] = [];
  let last = 1;
  const fault = (found: LineFault): void => {
    last = found.line;
    if (faults.length < mostFaults) faults.push(found);
  };
  const people = new Map<string, { row: PersonImport; line: number; said: ListLine }>();
  const reader = new PeopleListReader((line) => combine(line, people, fault), fault);
  for (let at = 0; at < text.length && faults.length < mostFaults; at += charsAtOnce) {
    reader.write(text.slice(at, at + charsAtOnce));
  }
  if (faults.length < mostFaults) reader.end();
  else faults.push({ line: last, message: "too many faults; the rest was not read" });
  const taken = [...people.values()];
  return { rows: taken.map(({ row }) => row), lines: taken.map(({ line }) => line), faults };
}

const charsAtOnce = 64 * 1024;

function refused(line: number, message: string): PeopleList {
  return { rows: [], lines: [], faults: [{ line, message }] };
}

// ---------------------------------------------------------------------------------------------------------- the cells

function headerFaults(columns: readonly string[], line: number): LineFault[] {
  const known: readonly string[] = peopleColumns;
  const unknown = columns.filter((column) => column !== "" && !known.includes(column));
  const twice = columns.filter((column, index) => column !== "" && columns.indexOf(column) !== index);
  const missing = needed.filter((column) => !columns.includes(column));
  return [
    ...missing.map((column) => ({ line, column, message: `the header lacks the column ${column}` })),
    ...twice.map((column) => ({ line, column: short(column), message: "the column is there twice" })),
    ...unknown.map((column) => ({
      line,
      column: short(column),
      message: `is no column here; columns are ${peopleColumns.join(", ")}`,
    })),
  ].slice(0, mostFaults);
}

type CellReader = (cells: readonly string[]) => Line;

const blank = Object.fromEntries(peopleColumns.map((column) => [column, ""])) as Line;

/** Columns that the list does not have are blank, and cost nothing. */
function cellReader(columns: readonly string[]): CellReader {
  const places = peopleColumns
    .map((column) => [column, columns.indexOf(column)] as const)
    .filter(([, at]) => at !== -1);
  return (cells) => {
    const line: Record<Column, string> = { ...blank };
    for (const [column, at] of places) {
      const cell = (cells[at] ?? "").trim();
      // A spreadsheet's export guards a cell that would be a formula with an apostrophe.
      line[column] = cell.startsWith("'") ? cell.replace(/^'(?=[=+\-@\t\r])/, "") : cell;
    }
    return line;
  };
}

/** What nearly every cell is: begins with a letter or a digit and goes on with printable Latin text. */
const plainCell = /^[0-9A-Za-zÀ-ÖØ-öø-ÿ][ -~À-ÿ]*$/;

// --------------------------------------------------------------------------------------------------------- the people

/** What a line says, or its faults. */
function lineOf(
  line: Line,
  number: number,
  has: ReadonlySet<string>,
  told: (fault: LineFault) => void,
): ListLine | undefined {
  let sound = true;
  const fault = (column: Column, message: string): void => {
    sound = false;
    told({ line: number, column, message });
  };
  for (const column of peopleColumns) {
    const text = line[column];
    if (text === "") continue;
    if (text.length <= longestCell && plainCell.test(text)) continue;
    if (text.length > longestCell)
      fault(column, `is ${text.length} characters long, at most ${longestCell} are read`);
    // In a spreadsheet such a cell computes; it is refused wherever it came from.
    else if (/^[=+\-@]/.test(text)) fault(column, "begins like a formula (= + - @)");
    else if (!isPrintable(text)) fault(column, "is not printable text");
    else if (text.includes("\uFFFD")) fault(column, "is not UTF-8; save the list as CSV UTF-8");
  }
  if (!sound) return undefined;

  if (!idPattern.test(line.person)) {
    fault("person", line.person === "" ? "is missing" : "must be an id: small letters, digits and hyphens");
  }
  if (line.name.length > 100) fault("name", "is longer than 100 characters");
  const groups = groupsOf(line.groups);
  for (const group of groups) {
    if (!idPattern.test(group)) fault("groups", `${short(group)} is not a group's id`);
  }
  for (const column of ["valid_from", "valid_until"] as const) {
    if (line[column] !== "" && !isDate(line[column])) {
      fault(column, "must be a date such as 2026-12-31 or an instant such as 2026-12-31T17:00:00Z");
    }
  }
  const status = statusOf(line.status);
  if (status === undefined) {
    fault("status", `${short(line.status)} is none of blocked, ${credentialStatuses.join(", ")}`);
  }
  if (status?.credential !== undefined && line.credential === "") {
    fault("status", `${status.credential} is the status of a card, and the line has none`);
  }
  for (const column of ["printed", ...cardExtraColumns] as const) {
    if (line[column] !== "" && line.credential === "")
      fault(column, "belongs to a card, and the line has none");
  }
  const extras = personExtrasOf(line, has, fault, isDate);
  const cardExtras = cardExtrasOf(line, has, fault);
  if (!sound || status === undefined) return undefined;
  return {
    line: number,
    person: line.person,
    name: line.name,
    groups,
    blocked: status.person === "blocked",
    ...(line.valid_from === "" ? {} : { validFrom: line.valid_from }),
    ...(line.valid_until === "" ? {} : { validUntil: line.valid_until }),
    extras,
    ...(line.credential === ""
      ? {}
      : {
          credential: {
            value: line.credential,
            ...(line.printed === "" ? {} : { printed: line.printed }),
            ...(status.credential === undefined ? {} : { status: status.credential }),
            ...cardExtras,
          },
        }),
  };
}

const noGroups: readonly string[] = [];

function groupsOf(text: string): readonly string[] {
  if (text === "") return noGroups;
  return [...new Set(text.split(/[;|]/).map((group) => group.trim()))].filter((group) => group !== "");
}

/** What a further line may not say otherwise than the first of the same person. */
export function contradictions(first: ListLine, further: ListLine): Column[] {
  const sorted = (groups: readonly string[]) => [...groups].sort().join();
  const differs: readonly (readonly [Column, boolean])[] = [
    ["name", further.name !== "" && further.name !== first.name],
    ["groups", further.groups.length > 0 && sorted(further.groups) !== sorted(first.groups)],
    ["valid_from", further.validFrom !== undefined && further.validFrom !== first.validFrom],
    ["valid_until", further.validUntil !== undefined && further.validUntil !== first.validUntil],
    ["status", further.blocked && !first.blocked],
  ];
  return [
    ...differs.flatMap(([column, is]) => (is ? [column] : [])),
    ...extrasThatDiffer(first.extras, further.extras),
  ];
}

function combine(
  line: ListLine,
  people: Map<string, { row: PersonImport; line: number; said: ListLine }>,
  fault: (fault: LineFault) => void,
): void {
  const known = people.get(line.person);
  const credentials = line.credential ? [line.credential] : [];
  if (known === undefined) {
    if (line.name === "") {
      fault({ line: line.line, column: "name", message: "is missing" });
      return;
    }
    const row: PersonImport = {
      person: line.person,
      name: line.name,
      groups: line.groups,
      status: line.blocked ? "blocked" : "active",
      ...(line.validFrom === undefined ? {} : { validFrom: line.validFrom }),
      ...(line.validUntil === undefined ? {} : { validUntil: line.validUntil }),
      ...line.extras,
      credentials,
    };
    people.set(line.person, { row, line: line.line, said: line });
    return;
  }
  const differs = contradictions(known.said, line);
  for (const column of differs) {
    fault({ line: line.line, column, message: `is not what line ${known.line} says of ${line.person}` });
  }
  if (credentials.length === 0) {
    fault({
      line: line.line,
      column: "credential",
      message: `is missing; ${line.person} is in line ${known.line} already`,
    });
  }
  if (differs.length > 0 || credentials.length === 0) return;
  const { row } = known;
  people.set(line.person, { ...known, row: { ...row, credentials: [...row.credentials, ...credentials] } });
}

/** `blocked` is said of a person, `lost` and the like of the card in the line. */
function statusOf(text: string): { person?: "blocked"; credential?: CredentialStatus } | undefined {
  const word = text.toLowerCase();
  if (word === "" || word === "active") return {};
  if (word === "blocked") return { person: "blocked" };
  const status = credentialStatuses.find((known) => known === word);
  return status === undefined ? undefined : { credential: status };
}

function isDate(text: string): boolean {
  if (/^\d{4}-\d{2}-\d{2}$/.test(text)) return isCalendarDate(text);
  const instant =
    /^(\d{4}-\d{2}-\d{2})T([01]\d|2[0-3]):[0-5]\d(:[0-5]\d(\.\d{1,3})?)?(Z|[+-]([01]\d|2[0-3]):[0-5]\d)$/;
  const day = instant.exec(text)?.[1];
  return day !== undefined && isCalendarDate(day);
}

function short(text: string): string {
  return text.length > 40 ? `${text.slice(0, 40)}…` : text;
}

// ----------------------------------------------------------------------------------------------------------- to be read

/** A person as they are written into a list. */
export interface PersonWritten extends ExtrasWritten {
  readonly id: string;
  readonly name: string;
  readonly groups: readonly string[];
  readonly status: "active" | "blocked";
  readonly validFrom?: string | null;
  readonly validUntil?: string | null;
  readonly credentials: readonly {
    readonly value?: string;
    readonly printed?: string;
    readonly status: CredentialStatus;
    readonly maxUses?: number;
    readonly responder?: boolean;
  }[];
}

export const peopleCsvHeader = `${peopleColumns.join(",")}\r\n`;

/** The lines of one person, a card each; a blocked person's first line says so, and has no card. */
export function peopleCsvLines(person: PersonWritten): string {
  const cards = person.credentials.filter(({ value }) => value !== undefined);
  const alone = person.status === "blocked" || cards.length === 0;
  const about = [person.id, person.name, person.groups.join(";")];
  const bounds = [person.validFrom ?? "", person.validUntil ?? ""];
  const extras = extraCells(person);
  const lines = [
    ...(alone ? [[...about, "", "", ...bounds, person.status, ...extras, "", ""]] : []),
    ...cards.map(({ value = "", printed = "", status, maxUses, responder }) => [
      ...about,
      value,
      printed,
      ...bounds,
      status,
      ...extras,
      maxUses === undefined ? "" : String(maxUses),
      responder ? "yes" : "",
    ]),
  ];
  return lines.map((cells) => `${cells.map(cellOf).join(",")}\r\n`).join("");
}

/** What a spreadsheet would compute is made text by an apostrophe (OWASP, CSV injection). */
function cellOf(text: string): string {
  const safe = /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
  return /[",;\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
