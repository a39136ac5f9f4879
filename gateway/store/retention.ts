/** What may go after its time: signals with their snapshots and answers, the bodies of events, and at last a verified prefix. */
import { type EventCategory, eventCategories } from "../core/events.js";
import type { Instant } from "../core/site.js";
import type { Handle, SqlValue, Writer } from "./database.js";
import { type EventIndex, segmentOf } from "./event-index.js";
import { segmentEvents } from "./places.js";

// Each in small transactions, that never hold up the journal for long.

export interface Expiry {
  /** Signals, snapshots and answers from before this instant go. */
  readonly signalsBefore?: Instant;
  /**
   * Body and salt of events from before this instant go, of all or by category; number, digest and link stay, so that the chain
   * still verifies. A category that is not named is kept.
   */
  readonly eventBodiesBefore?: Instant | Readonly<Partial<Record<EventCategory, Instant>>>;
  /** When it is aborted, what is left is left for the next time. */
  readonly stopping?: AbortSignal;
}

export interface Expired {
  readonly signals: number;
  readonly events: number;
}

/** A door's grant may wait behind one transaction: it is kept as long as this, about. */
const wantedMs = 8;
const fewestRows = 25;
const mostRows = 1_000;

export async function expire(
  writer: Writer,
  reader: Handle,
  index: EventIndex,
  { signalsBefore, eventBodiesBefore, stopping }: Expiry,
): Promise<Expired> {
  const pace = new Pace(writer, stopping);
  const signals = signalsBefore === undefined ? 0 : await expireSignals(pace, signalsBefore);
  const events =
    eventBodiesBefore === undefined ? 0 : await expireBodies(pace, reader, index, eventBodiesBefore);
  return { signals, events };
}

async function expireSignals(pace: Pace, before: Instant): Promise<number> {
  const gone = await inTurns(
    pace,
    "DELETE FROM signals WHERE n IN (SELECT n FROM signals WHERE at < ? LIMIT ?)",
    before,
  );
  // The newest snapshot from before stays: it is what the first remaining signals are replayed on.
  await inTurns(
    pace,
    `DELETE FROM snapshots WHERE n IN (SELECT n FROM snapshots
     WHERE at < (SELECT max(at) FROM snapshots WHERE at < ?) LIMIT ?)`,
    before,
  );
  await inTurns(
    pace,
    `DELETE FROM answers WHERE (client, request) IN (SELECT client, request FROM answers WHERE at < ? LIMIT ?)`,
    before,
  );
  return gone;
}

/** `system.lost` keeps its body: it is what explains the missing numbers to whoever verifies. */
const expiring = "body IS NOT NULL AND +at < ? AND +category = ? AND +type <> 'system.lost'";

async function expireBodies(
  pace: Pace,
  reader: Handle,
  index: EventIndex,
  before: NonNullable<Expiry["eventBodiesBefore"]>,
): Promise<number> {
  const limits = eventCategories.flatMap((category) => {
    const at = typeof before === "number" ? before : before[category];
    return at === undefined ? [] : [[category, at] as const];
  });
  const latest = Math.max(...limits.map(([, at]) => at));
  let total = 0;
  // Segment by segment: what has expired is then taken out of what a segment is searched by, before the next one begins.
  const old = index.segments.filter(({ fromAt }) => fromAt !== null && fromAt < latest);
  for (const { segment, fromAt } of old) {
    if (pace.stopped) return total;
    const there = await index.valuesIn(segment, "category");
    const gone = await expireBetween(
      pace,
      reader,
      [segment * segmentEvents, (segment + 1) * segmentEvents],
      limits.filter(([category, at]) => there.has(category) && (fromAt ?? 0) < at),
    );
    if (gone > 0) await index.reseal(segment);
    total += gone;
  }
  return total + (await expireBetween(pace, reader, [index.sealedBelow, Number.MAX_SAFE_INTEGER], limits));
}

async function expireBetween(
  pace: Pace,
  reader: Handle,
  [from, below]: readonly [number, number],
  limits: readonly (readonly [EventCategory, Instant])[],
): Promise<number> {
  let total = 0;
  for (const [category, at] of limits) {
    const rows = await reader.all<{ seq: number }>(
      `SELECT seq FROM events WHERE seq >= ? AND seq < ? AND ${expiring} ORDER BY seq`,
      [from, below, at, category],
    );
    for (let done = 0; done < rows.length && !pace.stopped; ) {
      const some = rows.slice(done, done + pace.rows).map(({ seq }) => seq);
      done += some.length;
      total += await pace.transact(
        `UPDATE events SET body = NULL, salt = NULL, id = NULL, at = NULL, type = NULL, category = NULL, severity = NULL,
           door = NULL, area = NULL, person = NULL, device = NULL, sensor = NULL, credential = NULL, reason = NULL, tenant = NULL
         WHERE seq IN (SELECT value FROM json_each(?)) AND ${expiring}`,
        [JSON.stringify(some), at, category],
      );
    }
  }
  return total;
}

async function inTurns(pace: Pace, sql: string, before: Instant): Promise<number> {
  let total = 0;
  for (;;) {
    const { rows } = pace;
    const changed = await pace.transact(sql, [before, rows]);
    total += changed;
    if (changed < rows) return total;
  }
}

/** As many rows a transaction as this machine does in the time that a door may be kept waiting. */
class Pace {
  readonly #writer: Writer;
  readonly #stopping: AbortSignal | undefined;
  rows = fewestRows;

  constructor(writer: Writer, stopping: AbortSignal | undefined) {
    this.#writer = writer;
    this.#stopping = stopping;
  }

  get stopped(): boolean {
    return this.#stopping?.aborted ?? false;
  }

  async transact(sql: string, params: readonly SqlValue[]): Promise<number> {
    if (this.stopped) return 0;
    let begunAt = 0;
    const changed = await this.#writer.transact((tx) => {
      begunAt = performance.now();
      return tx.run(sql, params);
    });
    const tookMs = performance.now() - begunAt;
    if (tookMs > wantedMs) this.rows = Math.max(fewestRows, Math.floor(this.rows / 2));
    else if (tookMs < wantedMs / 2) this.rows = Math.min(mostRows, this.rows + fewestRows);
    return changed;
  }
}

/**
 * Cuts the oldest events off, head by signed head, as far as every body has expired: what is left verifies from the last of
 * those heads on, also if a crash comes in between. Resolves with the number of events cut.
 */
export async function cutExpired(writer: Writer, reader: Handle, index: EventIndex): Promise<number> {
  const living = index.segments.find(({ fromAt }) => fromAt !== null);
  const search = living ? living.segment * segmentEvents : index.sealedBelow;
  const heads = await reader.all<{ seq: number }>(
    `SELECT seq FROM heads
     WHERE seq >= (SELECT min(seq) FROM events)
       AND seq < (SELECT min(seq) FROM events WHERE seq >= ? AND body IS NOT NULL AND type <> 'system.lost')
     ORDER BY seq`,
    [search],
  );
  let cut = 0;
  for (const { seq } of heads) {
    cut += await writer.transact(async (tx) => {
      await tx.run("DELETE FROM heads WHERE seq < ?", [seq]);
      await tx.run("DELETE FROM gaps WHERE to_seq <= ?", [seq]);
      return tx.run("DELETE FROM events WHERE seq <= ?", [seq]);
    });
  }
  const last = heads.at(-1);
  if (last && segmentOf(last.seq + 1) > (index.segments[0]?.segment ?? Number.MAX_SAFE_INTEGER)) {
    await index.forgetBelow(last.seq + 1);
  }
  return cut;
}
