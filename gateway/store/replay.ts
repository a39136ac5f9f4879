/** What a replay needs: the signals with what the core read, snapshots of the state, and the scans that were answered. */
import type { ScanOutcome } from "../core/commands.js";
import type { SiteEvent } from "../core/events.js";
import type { Signal } from "../core/signals.js";
import type { DeviceId, Instant } from "../core/site.js";
import type { Change } from "../core/state.js";
import type { Handle, Writer } from "./database.js";

export interface StoredSignal {
  /** Its number, rising; numbers are missing where signals were lost or have expired. */
  readonly n: number;
  readonly signal: Signal;
  readonly revision: number;
  readonly read: Readonly<Record<string, number>>;
  /** Those of its events that have not expired. */
  readonly events: readonly SiteEvent[];
}

interface SignalRow {
  readonly n: number;
  readonly body: string;
  readonly revision: number;
  readonly read: string | null;
  readonly first_seq: number | null;
  readonly events: number;
}

interface EventRow {
  readonly seq: number;
  readonly body: string;
}

const longestPage = 5_000;

export class SignalReader {
  readonly #handle: Handle;
  readonly #lastN: () => number;

  constructor(handle: Handle, lastN: () => number) {
    this.#handle = handle;
    this.#lastN = lastN;
  }

  /** Number of the newest signal appended, on disk or not: what a snapshot of the state of this moment stands on. */
  get lastN(): number {
    return this.#lastN();
  }

  /** Signals numbered above `afterN`, oldest first; at most 5,000 at a time. */
  async read(afterN: number, limit: number): Promise<StoredSignal[]> {
    const rows = await this.#handle.all<SignalRow>(
      "SELECT n, body, revision, read, first_seq, events FROM signals WHERE n > ? ORDER BY n LIMIT ?",
      [afterN, Math.min(limit, longestPage)],
    );
    const events = await this.#eventsOf(rows);
    return rows.map((row) => ({
      n: row.n,
      signal: JSON.parse(row.body) as Signal,
      revision: row.revision,
      read: row.read === null ? {} : (JSON.parse(row.read) as Record<string, number>),
      events: eventsOfSignal(row, events),
    }));
  }

  async #eventsOf(rows: readonly SignalRow[]): Promise<Map<number, SiteEvent>> {
    const withEvents = rows.filter((row) => row.first_seq !== null);
    const first = withEvents[0]?.first_seq;
    const last = withEvents.at(-1);
    if (first == null || last?.first_seq == null) return new Map();
    const found = await this.#handle.all<EventRow>(
      "SELECT seq, body FROM events WHERE seq BETWEEN ? AND ? AND body IS NOT NULL",
      [first, last.first_seq + last.events - 1],
    );
    return new Map(found.map(({ seq, body }) => [seq, JSON.parse(body) as SiteEvent]));
  }
}

function eventsOfSignal(row: SignalRow, events: ReadonlyMap<number, SiteEvent>): SiteEvent[] {
  const { first_seq: first } = row;
  if (first === null) return [];
  return Array.from({ length: row.events }, (_, i) => events.get(first + i)).filter(
    (event) => event !== undefined,
  );
}

export interface Snapshot {
  /** The state after this signal. */
  readonly n: number;
  readonly at: Instant;
  readonly changes: readonly Change[];
}

export class Snapshots {
  readonly #writer: Writer;
  readonly #handle: Handle;

  constructor(writer: Writer, handle: Handle) {
    this.#writer = writer;
    this.#handle = handle;
  }

  /** `changes`: every entity, as it was after signal `atSignalN`. */
  async save(atSignalN: number, at: Instant, changes: readonly Change[]): Promise<void> {
    await this.#writer.transact((tx) =>
      tx.run("INSERT OR REPLACE INTO snapshots (n, at, changes) VALUES (?, ?, ?)", [
        atSignalN,
        at,
        JSON.stringify(changes),
      ]),
    );
  }

  /** The newest that is not later than `at`. */
  async latestBefore(at: Instant): Promise<Snapshot | undefined> {
    const row = await this.#handle.first<{ n: number; at: number; changes: string }>(
      "SELECT n, at, changes FROM snapshots WHERE at <= ? ORDER BY at DESC, n DESC LIMIT 1",
      [at],
    );
    return row && { n: row.n, at: row.at, changes: JSON.parse(row.changes) as Change[] };
  }
}

/** Every entity that the core remembered at the last batch. */
export async function loadState(handle: Handle): Promise<Change[]> {
  const rows = await handle.all<{ kind: string; id: string; value: string }>(
    "SELECT kind, id, value FROM state",
  );
  return rows.map(({ kind, id, value }) => ({ kind, id, value: JSON.parse(value) }) as Change);
}

export interface RecentScan {
  readonly device: DeviceId;
  readonly scan: string;
  readonly outcome: ScanOutcome;
  readonly at: Instant;
}

const scansAtOnce = 5_000;

/**
 * The scans that were answered at or after `since`, oldest first, one a device and scan id: the first access event that names a
 * scan is its answer, later ones log repeats. `access.granted` was a grant, every other a denial.
 */
export async function recentScans(handle: Handle, since: Instant): Promise<RecentScan[]> {
  interface Row {
    readonly seq: number;
    readonly at: number;
    readonly device: string;
    readonly scan: string;
    readonly type: string;
  }
  const answered = new Map<string, RecentScan>();
  const start = await handle.first<{ seq: number | null }>(
    "SELECT min(seq) AS seq FROM events WHERE at >= ?",
    [since],
  );
  let after = start?.seq == null ? undefined : start.seq - 1;
  while (after !== undefined) {
    const rows: Row[] = await handle.all<Row>(
      `SELECT seq, at, device, body->>'scan' AS scan, type FROM events
       WHERE category = 'access' AND +type IN ('access.granted', 'access.denied', 'access.ignored', 'access.lift-granted', 'access.lift-denied', 'access.lift-ignored') AND seq > ? AND +at >= ? AND device IS NOT NULL AND body->>'scan' IS NOT NULL
       ORDER BY seq LIMIT ?`,
      [after, since, scansAtOnce],
    );
    for (const { device, scan, type, at } of rows) {
      const key = `${device} ${scan}`;
      const outcome = type.endsWith("granted") ? "granted" : "denied";
      if (!answered.has(key)) answered.set(key, { device, scan, outcome, at });
    }
    after = rows.length < scansAtOnce ? undefined : rows.at(-1)?.seq;
  }
  return [...answered.values()];
}
