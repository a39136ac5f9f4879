/** A list of people as a file, its faults with file and line. */
import type { Fault } from "../ports.js";
import { type PersonImport, parsePeopleCsv } from "../site/people-csv.js";
import type { PlacedFault } from "./failure.js";
import { faulty } from "./site-file.js";

export interface PeopleFile {
  readonly name: string;
  readonly rows: readonly PersonImport[];
  /** A fault that was found in rows from number `first` on (`rows[3].groups`), where it is in the file. */
  placed(fault: Fault, first: number): PlacedFault;
}

/** Throws CommandFailed with every fault of its form. */
export function parsePeopleFile(name: string, text: string): PeopleFile {
  const { rows, lines, faults } = parsePeopleCsv(text);
  if (faults.length > 0) {
    throw faulty(
      name,
      faults.map(({ line, column, message }) => ({ path: column ?? "", message, file: name, line })),
    );
  }
  return {
    name,
    rows,
    placed: ({ path, message }, first) => {
      const [, index, within = ""] = /^rows\[(\d+)\]\.?(.*)$/.exec(path) ?? [];
      if (index === undefined) return { path, message, file: name };
      const row = first + Number(index);
      const line = lines?.[row];
      const person = rows[row]?.person ?? `rows[${row}]`;
      return {
        path: within === "" ? person : `${person} ${within}`,
        message,
        file: name,
        ...(line === undefined ? {} : { line }),
      };
    },
  };
}
