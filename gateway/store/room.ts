/** How large the log is, how it grows, and what room it has left. */
import { statfs } from "node:fs/promises";
import { dirname } from "node:path";
import type { Instant } from "../core/site.js";
import type { Handle } from "./database.js";

const dayMs = 86_400_000;
/** Growth is that of the last week; a log younger than a day cannot tell yet. */
const lookedBackMs = 7 * dayMs;
const sampled = 1_000;

/**
 * What a row costs besides its texts: hashes, salt, ids, columns, its share of the indexes and of half empty pages. Measured with
 * `test/bench/journal-pages.ts`.
 */
const eventOverheadBytes = 330;
const signalOverheadBytes = 90;

export interface LogSize {
  /** Of the database, without what can be written over. */
  readonly usedBytes: number;
  /** Left by what was removed; the file does not shrink, new events take this first. */
  readonly reusableBytes: number;
  /** Of the file system that the log is on, as far as this process may use it. */
  readonly diskFreeBytes: number;
  /** Events that have their content. */
  readonly oldestAt?: Instant;
  readonly events: number;
  readonly growth?: LogGrowth;
}

export interface LogGrowth {
  readonly eventsADay: number;
  readonly bytesADay: number;
}

/** A few look-ups, however long the log is. Throws where the disk cannot be asked. */
export async function logSize(handle: Handle, file: string, now: Instant): Promise<LogSize> {
  const pragma = async (name: string): Promise<number> => {
    const [row] = await handle.allOnce<Record<string, number>>(`PRAGMA ${name}`);
    return row?.[name] ?? 0;
  };
  const pageBytes = await pragma("page_size");
  const free = await pragma("freelist_count");
  const pages = await pragma("page_count");
  const disk = await statfs(dirname(file));
  const oldest = await handle.first<{ at: number }>(
    "SELECT at FROM events WHERE at IS NOT NULL ORDER BY at LIMIT 1",
  );
  const numbers = await handle.first<{ first: number | null; last: number | null }>(
    "SELECT (SELECT min(seq) FROM events) AS first, (SELECT max(seq) FROM events) AS last",
  );
  const first = numbers?.first ?? 0;
  const last = numbers?.last ?? -1;
  const growth = oldest && (await growthOf(handle, { oldestAt: oldest.at, last, now }));
  return {
    usedBytes: (pages - free) * pageBytes,
    reusableBytes: free * pageBytes,
    diskFreeBytes: disk.bavail * disk.bsize,
    events: last < first ? 0 : last - first + 1,
    ...(oldest ? { oldestAt: oldest.at } : {}),
    ...(growth ? { growth } : {}),
  };
}

async function growthOf(
  handle: Handle,
  { oldestAt, last, now }: { readonly oldestAt: Instant; readonly last: number; readonly now: Instant },
): Promise<LogGrowth | undefined> {
  const since = Math.max(oldestAt, now - lookedBackMs);
  const days = (now - since) / dayMs;
  if (days < 1) return undefined;
  const start = await handle.first<{ seq: number }>(
    "SELECT seq FROM events WHERE at >= ? ORDER BY at LIMIT 1",
    [since],
  );
  if (!start) return { eventsADay: 0, bytesADay: 0 };
  const eventsADay = (last - start.seq + 1) / days;
  const events = await handle.first<{ bytes: number | null }>(
    "SELECT avg(length(body)) AS bytes FROM events WHERE seq > ?",
    [last - sampled],
  );
  const signals = await handle.first<{ bytes: number | null; share: number | null }>(
    `SELECT avg(length(body) + coalesce(length(read), 0)) AS bytes, count(*) * 1.0 / nullif(sum(events), 0) AS share
     FROM signals WHERE n > (SELECT max(n) FROM signals) - ?`,
    [sampled],
  );
  const anEvent = (events?.bytes ?? 0) + eventOverheadBytes;
  const signalsOfIt = ((signals?.bytes ?? 0) + signalOverheadBytes) * (signals?.share ?? 0);
  return {
    eventsADay: Math.round(eventsADay),
    bytesADay: Math.round(eventsADay * (anEvent + signalsOfIt)),
  };
}
