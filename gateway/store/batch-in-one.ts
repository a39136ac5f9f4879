/**
 * A small batch as one statement, which is a transaction by itself: one errand to the database's thread and back instead of six
 * or more, each of which costs as much as a decision. A view takes the rows of all tables as JSON, and its trigger deals them out.
 */
import {
  answersOf,
  deleteState,
  eventColumns,
  eventRows,
  finalChanges,
  insertAnswers,
  type Progress,
  signalColumns,
  signalRow,
  stays,
  updateProgress,
  upsertState,
} from "./batch.js";
import type { SqlValue, Transaction } from "./database.js";
import type { Pending, PendingEntry } from "./pending.js";

/** Above this many entries the rows bound one by one cost less than their JSON. */
const mostEntries = 64;

const bytesColumns: ReadonlySet<string> = new Set(["id", "salt", "digest", "link"]);

/** `NEW.signals` and so on stand where a statement of its own has its parameter. */
const statements = [
  insertFrom("signals", signalColumns),
  insertFrom("events", eventColumns),
  of(upsertState, "state"),
  of(deleteState, "gone"),
  of(insertAnswers, "answers"),
  ["n", "seq", "link", "revision", "at"].reduce(of, updateProgress),
];

/** Of this connection alone, and in memory: nothing of it is in the file. */
const furniture = [
  "PRAGMA temp_store = MEMORY",
  `CREATE TEMP VIEW IF NOT EXISTS batch AS
     SELECT NULL AS signals, NULL AS events, NULL AS state, NULL AS gone, NULL AS answers,
            NULL AS n, NULL AS seq, NULL AS link, NULL AS revision, NULL AS at`,
  `CREATE TEMP TRIGGER IF NOT EXISTS write_batch INSTEAD OF INSERT ON batch BEGIN ${statements.join("; ")}; END`,
];

const insertBatch = `
  INSERT INTO batch (signals, events, state, gone, answers, n, seq, link, revision, at)
  VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`;

/** Once for a connection, before the first batch. */
export async function furnishBatches(connection: Transaction): Promise<void> {
  for (const sql of furniture) await connection.run(sql);
}

/** Whether a batch may be written so: small, and nothing in it tells of what was lost. */
export function fitsInOne(batch: readonly Pending[]): batch is readonly PendingEntry[] {
  return (
    batch.length <= mostEntries && batch.every((item) => item.is === "entry" && item.tellsOf === undefined)
  );
}

/** Outside of any transaction; on disk when it resolves, and not at all if it rejects. */
export async function writeInOne(
  connection: Transaction,
  batch: readonly PendingEntry[],
  progress: Progress,
): Promise<void> {
  const changed = [...finalChanges(batch).values()];
  const { n, seq, link, revision, at } = progress;
  await connection.run(insertBatch, [
    JSON.stringify(batch.map(signalRow)),
    JSON.stringify(batch.flatMap(eventRows).map(inHex)),
    JSON.stringify(changed.filter(stays).map(({ kind, id, value }) => [kind, id, JSON.stringify(value)])),
    JSON.stringify(changed.filter((change) => !stays(change)).map(({ kind, id }) => [kind, id])),
    JSON.stringify(
      batch.flatMap(answersOf).map((answer) => [answer.client, answer.request, answer.body, answer.at]),
    ),
    ...[n, seq, Buffer.from(link), revision, at],
  ]);
}

function insertFrom(table: string, columns: readonly string[]): string {
  const values = columns.map((name, i) => (bytesColumns.has(name) ? `unhex(value->>${i})` : `value->>${i}`));
  return `INSERT INTO ${table} (${columns.join(", ")}) SELECT ${values.join(", ")} FROM json_each(NEW.${table})`;
}

function of(sql: string, column: string): string {
  return sql.replace("?", `NEW.${column}`);
}

/** Bytes have no place in JSON. */
function inHex(row: readonly SqlValue[]): readonly (string | number | null)[] {
  return row.map((cell) =>
    cell instanceof Uint8Array
      ? Buffer.from(cell.buffer, cell.byteOffset, cell.byteLength).toString("hex")
      : cell,
  );
}
