/** A list of people, taken in pieces that the gateway works between two badges, and all checked before the first is taken. */
import type { Command } from "commander";
import type { Connection } from "./connection.js";
import { type Context, performed, show, withConnection } from "./context.js";
import { CommandFailed } from "./failure.js";
import { readInput } from "./input-file.js";
import { type PeopleFile, parsePeopleFile } from "./people-file.js";
import { properties } from "./table.js";
import { progress } from "./terminal.js";

export interface ImportOptions {
  readonly dryRun?: true;
  readonly note?: string;
}

/** What `people.import` answers, summed over all pieces. */
interface Taken {
  readonly people: number;
  readonly added: number;
  readonly changed: number;
  readonly unchanged: number;
  /** Credentials that are new or changed. */
  readonly credentials: number;
}

const rowsAPiece = 1_000;

export async function importPeople(
  context: Context,
  command: Command,
  file: string,
  options: ImportOptions,
): Promise<void> {
  const { name, text } = await readInput(file, context.terminal);
  const list = parsePeopleFile(name, text);
  const taken = await withConnection(context, command, (connection) =>
    takeList(connection, list, options, (done, of) =>
      progress(context.terminal, done === of ? "" : `${name}: ${done} of ${of}`),
    ),
  );
  show(context, command, options.dryRun ? { dryRun: true, ...taken } : taken, (sum) =>
    [
      options.dryRun ? "Nothing was changed; it would be:\n" : "",
      properties([
        ["people", sum.people],
        ["added", sum.added],
        ["changed", sum.changed],
        ["unchanged", sum.unchanged],
        ["credentials", sum.credentials],
      ]),
    ].join(""),
  );
}

export async function takeList(
  connection: Connection,
  list: PeopleFile,
  { dryRun, note }: ImportOptions,
  onProgress: (done: number, of: number) => void = () => {},
): Promise<Taken> {
  const pieces = Math.ceil(list.rows.length / rowsAPiece);
  // One piece is taken whole or not at all anyway.
  const checkFirst = dryRun === true || pieces > 1;
  const steps = list.rows.length * (checkFirst && !dryRun ? 2 : 1);
  let done = 0;
  const pass = async (params: { dryRun?: true; note?: string }): Promise<Taken> => {
    let sum: Taken = { people: 0, added: 0, changed: 0, unchanged: 0, credentials: 0 };
    for (let first = 0; first < list.rows.length; first += rowsAPiece) {
      const rows = list.rows.slice(first, first + rowsAPiece);
      sum = added(sum, await takePiece(connection, list, first, rows, params));
      done += rows.length;
      onProgress(done, steps);
    }
    return sum;
  };
  const why = note === undefined ? {} : { note };
  const checked = checkFirst ? await pass({ dryRun: true, ...why }) : undefined;
  return dryRun && checked ? checked : pass(why);
}

async function takePiece(
  connection: Connection,
  list: PeopleFile,
  first: number,
  rows: readonly unknown[],
  params: { dryRun?: true; note?: string },
): Promise<Taken> {
  try {
    return await performed<Taken>(connection.perform("people.import", { rows, ...params }));
  } catch (error) {
    if (!(error instanceof CommandFailed)) throw error;
    const before = params.dryRun || first === 0 ? "" : `; the ${first} people before it were taken`;
    throw new CommandFailed(
      error.exitCode,
      error.code,
      `${list.name}: ${error.message}${before}`,
      error.faults.map((fault) => list.placed(fault, first)),
    );
  }
}

function added(a: Taken, b: Taken): Taken {
  return {
    people: a.people + b.people,
    added: a.added + b.added,
    changed: a.changed + b.changed,
    unchanged: a.unchanged + b.unchanged,
    credentials: a.credentials + b.credentials,
  };
}
