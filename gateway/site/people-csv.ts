/**
 * A list of people from a spreadsheet. One line is one person with at most one card; further lines with the same id add cards.
 * Whether the groups exist and the cards can be read is the import's to say, which knows the site.
 */
import { type CsvError, type Info, parse } from "csv-parse/sync";
import { type CredentialStatus, credentialStatuses } from "../core/people.js";
import { idPattern, isCalendarDate, isPrintable } from "./shapes.js";

/** What `people.import` takes. Dates are as written: a day at the site, or an ISO 8601 instant (see `instantOf`). */
export interface PersonImport {
  readonly person: string;
  readonly name: string;
  readonly groups: readonly string[];
  readonly status: "active" | "blocked";
  readonly validFrom?: string;
  readonly validUntil?: string;
  readonly credentials: readonly CredentialImport[];
}

export interface CredentialImport {
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
] as const;
type Column = (typeof peopleColumns)[number];
type Line = Readonly<Record<Column, string>>;

const needed: readonly Column[] = ["person", "name"];

export const mostPeopleChars = 64_000_000;
const mostFaults = 100;
const longestCell = 1_000;

/** Reads a list; never throws. With any fault, nothing should be imported. */
export function parsePeopleCsv(text: string): PeopleList {
  if (text.length > mostPeopleChars) return refused(1, `longer than ${mostPeopleChars} characters`);
  if (text.includes("\0")) {
    return refused(lineAt(text, text.indexOf("\0")), "contains a NUL; is it a spreadsheet file and not CSV?");
  }
  const records = recordsOf(text);
  if (!records.ok) return refused(records.line, records.message);
  const [header, ...body] = records.records;
  if (header === undefined) return refused(1, "is empty; the first line names the columns");
  const columns = header.cells.map((cell) => cell.trim().toLowerCase());
  const faults = headerFaults(columns, header.line);
  if (faults.length > 0) return { rows: [], lines: [], faults };

  const people = new Map<string, { row: PersonImport; line: number }>();
  for (const record of body) {
    if (record.cells.every((cell) => cell.trim() === "")) continue;
    if (record.cells.length > columns.length) {
      faults.push({
        line: record.line,
        message: `has ${record.cells.length} cells, the header has ${columns.length}`,
      });
    } else {
      take(lineOf(record.cells, columns), record.line, people, faults);
    }
    if (faults.length >= mostFaults) {
      faults.push({ line: record.line, message: "too many faults; the rest was not read" });
      break;
    }
  }
  const taken = [...people.values()];
  return { rows: taken.map(({ row }) => row), lines: taken.map(({ line }) => line), faults };
}

function refused(line: number, message: string): PeopleList {
  return { rows: [], lines: [], faults: [{ line, message }] };
}

// ---------------------------------------------------------------------------------------------------------- the cells

interface CsvRecord {
  readonly cells: readonly string[];
  readonly line: number;
}

type Records =
  | { readonly ok: true; readonly records: readonly CsvRecord[] }
  | { readonly ok: false; readonly line: number; readonly message: string };

function recordsOf(text: string): Records {
  try {
    const raw = parse(text, {
      bom: true,
      delimiter: delimiterOf(text),
      info: true,
      relax_column_count: true,
      skip_empty_lines: true,
      max_record_size: 100_000,
    }) as unknown as { record: string[]; info: Info }[];
    // `lines` is where the record ends, of a quoted cell with line breaks the last one.
    const records = raw.map(({ record, info }) => ({
      cells: record,
      line:
        info.lines - record.reduce((breaks, cell) => breaks + (cell.match(/\r\n|\n|\r/g)?.length ?? 0), 0),
    }));
    return { ok: true, records };
  } catch (error) {
    const { message, lines } = error as CsvError & { lines?: number };
    return { ok: false, line: lines ?? 1, message: `is not CSV: ${message}` };
  }
}

/** What stands between the columns' names; German spreadsheets write semicolons. */
function delimiterOf(text: string): string {
  const header = text.slice(0, 2_000).split(/\r\n|\n|\r/, 1)[0] ?? "";
  const count = (delimiter: string) => header.split(delimiter).length;
  return count(";") > count(",") ? ";" : ",";
}

function lineAt(text: string, offset: number): number {
  return text.slice(0, offset).split(/\r\n|\n|\r/).length;
}

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

function lineOf(cells: readonly string[], columns: readonly string[]): Line {
  const cell = (column: Column) => {
    const at = columns.indexOf(column);
    // A spreadsheet's export guards a cell that would be a formula with an apostrophe.
    return (at === -1 ? "" : (cells[at] ?? "")).trim().replace(/^'(?=[=+\-@\t\r])/, "");
  };
  return Object.fromEntries(peopleColumns.map((column) => [column, cell(column)])) as unknown as Line;
}

// --------------------------------------------------------------------------------------------------------- the people

function take(
  line: Line,
  number: number,
  people: Map<string, { row: PersonImport; line: number }>,
  faults: LineFault[],
): void {
  const before = faults.length;
  const fault = (column: Column, message: string) => faults.push({ line: number, column, message });
  for (const column of peopleColumns) {
    const text = line[column];
    if (text.length > longestCell)
      fault(column, `is ${text.length} characters long, at most ${longestCell} are read`);
    // In a spreadsheet such a cell computes; it is refused wherever it came from.
    else if (/^[=+\-@]/.test(text)) fault(column, "begins like a formula (= + - @)");
    else if (!isPrintable(text)) fault(column, "is not printable text");
  }
  if (faults.length > before) return;

  if (!idPattern.test(line.person)) {
    fault("person", line.person === "" ? "is missing" : "must be an id: small letters, digits and hyphens");
  }
  const known = people.get(line.person);
  if (known === undefined && line.name === "") fault("name", "is missing");
  if (line.name.length > 100) fault("name", "is longer than 100 characters");
  const groups = [...new Set(line.groups.split(/[;|]/).map((group) => group.trim()))].filter(
    (group) => group !== "",
  );
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
  if (line.printed !== "" && line.credential === "")
    fault("printed", "belongs to a card, and the line has none");
  if (faults.length > before || status === undefined) return;

  const credentials: CredentialImport[] =
    line.credential === ""
      ? []
      : [
          {
            value: line.credential,
            ...(line.printed === "" ? {} : { printed: line.printed }),
            ...(status.credential === undefined ? {} : { status: status.credential }),
          },
        ];
  if (known === undefined) {
    const row: PersonImport = {
      person: line.person,
      name: line.name,
      groups,
      status: status.person ?? "active",
      ...(line.valid_from === "" ? {} : { validFrom: line.valid_from }),
      ...(line.valid_until === "" ? {} : { validUntil: line.valid_until }),
      credentials,
    };
    people.set(line.person, { row, line: number });
    return;
  }
  // A further card: what the line says of the person besides must be what is known, or nothing.
  const { row } = known;
  const differs = (column: Column, is: boolean) => {
    if (is) fault(column, `is not what line ${known.line} says of ${line.person}`);
  };
  differs("name", line.name !== "" && line.name !== row.name);
  differs("groups", groups.length > 0 && [...groups].sort().join() !== [...row.groups].sort().join());
  differs("valid_from", line.valid_from !== "" && line.valid_from !== row.validFrom);
  differs("valid_until", line.valid_until !== "" && line.valid_until !== row.validUntil);
  differs("status", status.person === "blocked" && row.status !== "blocked");
  if (credentials.length === 0)
    fault("credential", `is missing; ${line.person} is in line ${known.line} already`);
  if (faults.length > before) return;
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
