/** What may go after its time: signals with their snapshots and answers, the bodies of events, and at last a verified prefix. */
import type { Instant } from "../core/site.js";
import type { Handle, Writer } from "./database.js";

export interface Expiry {
  /** Signals, snapshots and answers from before this instant go. */
  readonly signalsBefore?: Instant;
  /** Body and salt of events from before this instant go; number, digest and link stay, so that the chain still verifies. */
  readonly eventBodiesBefore?: Instant;
}

export interface Expired {
  readonly signals: number;
  readonly events: number;
}

/** Rows a transaction: a door's grant may wait behind one. */
const rowsAtOnce = 1_000;

export async function expire(writer: Writer, { signalsBefore, eventBodiesBefore }: Expiry): Promise<Expired> {
  const signals = signalsBefore === undefined ? 0 : await expireSignals(writer, signalsBefore);
  const events = eventBodiesBefore === undefined ? 0 : await expireBodies(writer, eventBodiesBefore);
  return { signals, events };
}

async function expireSignals(writer: Writer, before: Instant): Promise<number> {
  const gone = await inTurns(
    writer,
    "DELETE FROM signals WHERE n IN (SELECT n FROM signals WHERE at < ? LIMIT ?)",
    before,
  );
  // The newest snapshot from before stays: it is what the first remaining signals are replayed on.
  await inTurns(
    writer,
    `DELETE FROM snapshots WHERE n IN (SELECT n FROM snapshots
     WHERE at < (SELECT max(at) FROM snapshots WHERE at < ?) LIMIT ?)`,
    before,
  );
  await inTurns(
    writer,
    `DELETE FROM answers WHERE (client, request) IN (SELECT client, request FROM answers WHERE at < ? LIMIT ?)`,
    before,
  );
  return gone;
}

/** `system.lost` keeps its body: it is what explains the missing numbers to whoever verifies. */
function expireBodies(writer: Writer, before: Instant): Promise<number> {
  return inTurns(
    writer,
    `UPDATE events SET body = NULL, salt = NULL, id = NULL, at = NULL, type = NULL, category = NULL, severity = NULL,
       door = NULL, area = NULL, person = NULL, device = NULL, sensor = NULL
     WHERE seq IN (SELECT seq FROM events WHERE at < ? AND +type <> 'system.lost' LIMIT ?)`,
    before,
  );
}

async function inTurns(writer: Writer, sql: string, before: Instant): Promise<number> {
  let total = 0;
  for (;;) {
    const changed = await writer.transact((tx) => tx.run(sql, [before, rowsAtOnce]));
    total += changed;
    if (changed < rowsAtOnce) return total;
  }
}

/**
 * Cuts the oldest events off, head by signed head, as far as every body has expired: what is left verifies from the last of
 * those heads on, also if a crash comes in between. Resolves with the number of events cut.
 */
export async function cutExpired(writer: Writer, reader: Handle): Promise<number> {
  const heads = await reader.all<{ seq: number }>(
    `SELECT seq FROM heads
     WHERE seq >= (SELECT min(seq) FROM events)
       AND seq < (SELECT min(seq) FROM events WHERE body IS NOT NULL AND type <> 'system.lost')
     ORDER BY seq`,
  );
  let cut = 0;
  for (const { seq } of heads) {
    cut += await writer.transact(async (tx) => {
      await tx.run("DELETE FROM heads WHERE seq < ?", [seq]);
      await tx.run("DELETE FROM gaps WHERE to_seq <= ?", [seq]);
      return tx.run("DELETE FROM events WHERE seq <= ?", [seq]);
    });
  }
  return cut;
}
