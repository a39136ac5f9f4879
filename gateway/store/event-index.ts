/**
 * What the log is searched by. Numbers come in segments of 32,768. When all of a segment's events are on disk it is sealed: for
 * each field and each value that occurs among them (door front, type access.denied) the set of their places is written down, and a
 * question is answered by what the sets have in common, however rare it is. Behind the log and not in its way: an event costs its
 * batch nothing, and the newest events, not sealed yet, are looked at one by one.
 */
import type { Instant } from "../core/site.js";
import { type Handle, pieces, type Writer } from "./database.js";
import { segmentEvents, writeListed } from "./places.js";

/** Columns whose values are few and are kept as sets. Persons and credentials are many: they have indexes of their own. */
export const setFields = [
  "type",
  "category",
  "severity",
  "tenant",
  "door",
  "area",
  "device",
  "sensor",
  "reason",
] as const;
export type SetField = (typeof setFields)[number];

/** The field of which every event that has its body has the one value "". */
export const anyField = "any";

/** A sealed segment: which instants it holds, and whether its events are in their order. */
export interface Segment {
  readonly segment: number;
  readonly events: number;
  /** Of the earliest and the latest of its events; null: none has its body. */
  readonly fromAt: Instant | null;
  readonly toAt: Instant | null;
  readonly inOrder: boolean;
}

/** Sets a transaction: a door's grant may wait behind one. */
const setsAtOnce = 200;

export class EventIndex {
  readonly #writer: Writer;
  readonly #handle: Handle;
  /** In order, without a hole. */
  #segments: Segment[] = [];
  #next = 0;
  /** Instants of the events that are not sealed. */
  #tailFromAt = Number.POSITIVE_INFINITY;
  #tailToAt = Number.NEGATIVE_INFINITY;
  #durableSeq = 0;
  #sealing: Promise<void> | undefined;
  #stopped = false;
  #lastError: string | undefined;

  /** `handle` reads, and may be kept busy. */
  constructor(writer: Writer, handle: Handle) {
    this.#writer = writer;
    this.#handle = handle;
  }

  /** Reads what is sealed: a row a segment, and the instants of those events that are not. */
  async load(lastSeq: number): Promise<void> {
    const rows = await this.#handle.all<SegmentRow>(
      `SELECT segment, events, from_at AS fromAt, to_at AS toAt, in_order AS inOrder FROM event_segments
       WHERE (segment + 1) * ${segmentEvents} <= ? + 1 ORDER BY segment`,
      [lastSeq],
    );
    this.#segments = rows.map((row) => ({ ...row, inOrder: row.inOrder === 1 }));
    const first = await this.#handle.first<{ seq: number | null }>("SELECT min(seq) AS seq FROM events");
    this.#next = (rows.at(-1)?.segment ?? segmentOf(first?.seq ?? 0) - 1) + 1;
    this.#durableSeq = lastSeq;
    // What waits to be sealed may be a whole log, after an update: it is not walked here, and may hold any instant.
    if (this.#due) this.#widenTail(Number.MIN_SAFE_INTEGER, Number.MAX_SAFE_INTEGER);
    else await this.#narrowTail();
  }

  /** Events with a lower number are found by sets, the others by looking at them. */
  get sealedBelow(): number {
    return this.#next * segmentEvents;
  }

  get segments(): readonly Segment[] {
    return this.#segments;
  }

  /** Why the last segment could not be sealed; it is tried again with the next events. */
  get lastError(): string | undefined {
    return this.#lastError;
  }

  /** Whether an event that is not sealed may lie in this time. */
  tailMayHold(from: Instant, until: Instant): boolean {
    return this.#tailFromAt < until && this.#tailToAt >= from;
  }

  /** Events from `fromAt` to `toAt` are on disk, up to `seq`. */
  note(seq: number, fromAt: Instant, toAt: Instant): void {
    this.#durableSeq = seq;
    this.#widenTail(fromAt, toAt);
    this.sealDue();
  }

  /** Seals what is whole, in the background. */
  sealDue(): void {
    if (this.#sealing || this.#stopped || !this.#due) return;
    this.#sealing = this.#sealAll().finally(() => {
      this.#sealing = undefined;
    });
  }

  /** Resolves when nothing is left that could be sealed, or it failed. */
  async settled(): Promise<void> {
    this.sealDue();
    while (this.#sealing) await this.#sealing;
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    await this.#sealing;
  }

  /** The values that a field has in a sealed segment. */
  async valuesIn(segment: number, field: SetField): Promise<ReadonlySet<string>> {
    const rows = await this.#handle.all<{ value: string }>(
      `SELECT value FROM event_values AS known WHERE field = ?
       AND EXISTS (SELECT 1 FROM event_places WHERE event_places.value = known.id AND segment = ?)`,
      [field, segment],
    );
    return new Set(rows.map(({ value }) => value));
  }

  /** Writes the sets of a sealed segment anew, after some of its events have expired. */
  async reseal(segment: number): Promise<void> {
    const place = this.#segments.findIndex((one) => one.segment === segment);
    if (place < 0) return;
    const sealed = await this.#seal(segment);
    const now = this.#segments.findIndex((one) => one.segment === segment);
    if (now >= 0) this.#segments[now] = sealed;
  }

  /** Forgets segments all of whose numbers are below `seq`: these events are gone. */
  async forgetBelow(seq: number): Promise<void> {
    const gone = this.#segments.filter(({ segment }) => (segment + 1) * segmentEvents <= seq);
    this.#segments = this.#segments.slice(gone.length);
    for (const { segment } of gone) {
      await this.#removeSets(segment, new Set());
      await this.#writer.transact((tx) => tx.run("DELETE FROM event_segments WHERE segment = ?", [segment]));
    }
    await this.#writer.transact((tx) =>
      tx.run(
        "DELETE FROM event_values WHERE NOT EXISTS (SELECT 1 FROM event_places WHERE event_places.value = event_values.id)",
      ),
    );
  }

  get #due(): boolean {
    return this.#durableSeq + 1 >= this.sealedBelow + segmentEvents;
  }

  #widenTail(fromAt: Instant, toAt: Instant): void {
    this.#tailFromAt = Math.min(this.#tailFromAt, fromAt);
    this.#tailToAt = Math.max(this.#tailToAt, toAt);
  }

  async #sealAll(): Promise<void> {
    while (this.#due && !this.#stopped) {
      try {
        const sealed = await this.#seal(this.#next);
        this.#segments.push(sealed);
        this.#next = sealed.segment + 1;
        this.#lastError = undefined;
        if (!this.#due) await this.#narrowTail();
      } catch (error) {
        // The journal itself notices a failing disk and says so. What is not sealed is found by looking at it.
        this.#lastError = (error as Error).message;
        return;
      }
    }
  }

  async #narrowTail(): Promise<void> {
    const seen = this.#durableSeq;
    const [tail] = await this.#handle.all<{ fromAt: number | null; toAt: number | null }>(
      "SELECT min(at) AS fromAt, max(at) AS toAt FROM events WHERE seq >= ? AND seq <= ?",
      [this.sealedBelow, seen],
    );
    // What came meanwhile is not in it: then the wider range stays until the next time.
    if (this.#durableSeq !== seen) return;
    this.#tailFromAt = tail?.fromAt ?? Number.POSITIVE_INFINITY;
    this.#tailToAt = tail?.toAt ?? Number.NEGATIVE_INFINITY;
  }

  async #seal(segment: number): Promise<Segment> {
    const sets = await setsOf(this.#handle, segment);
    const kept = new Set<number>();
    for (const piece of pieces(sets, setsAtOnce)) {
      const rows = JSON.stringify(piece.map(({ field, value, set }) => [field, value, set.toString("hex")]));
      await this.#writer.transact(async (tx) => {
        await tx.run(insertValues, [rows]);
        await tx.run(insertPlaces, [segment, rows]);
      });
      for (const { id } of await this.#handle.all<{ id: number }>(idsOfValues, [rows])) kept.add(id);
    }
    await this.#removeSets(segment, kept);
    const facts = await segmentFacts(this.#handle, segment);
    await this.#writer.transact((tx) =>
      tx.run(
        "INSERT OR REPLACE INTO event_segments (segment, events, from_at, to_at, in_order) VALUES (?, ?, ?, ?, ?)",
        [segment, facts.events, facts.fromAt, facts.toAt, facts.inOrder ? 1 : 0],
      ),
    );
    return facts;
  }

  /** Sets of values that no event of the segment has any more. */
  async #removeSets(segment: number, kept: ReadonlySet<number>): Promise<void> {
    const there = await this.#handle.all<{ id: number }>(
      "SELECT id FROM event_values WHERE EXISTS (SELECT 1 FROM event_places WHERE event_places.value = event_values.id AND segment = ?)",
      [segment],
    );
    const stale = there.map(({ id }) => id).filter((id) => !kept.has(id));
    for (const piece of pieces(stale, setsAtOnce)) {
      await this.#writer.transact((tx) =>
        tx.run("DELETE FROM event_places WHERE segment = ? AND value IN (SELECT value FROM json_each(?))", [
          segment,
          JSON.stringify(piece),
        ]),
      );
    }
  }
}

export function segmentOf(seq: number): number {
  return Math.floor(seq / segmentEvents);
}

type SegmentRow = Omit<Segment, "inOrder"> & { readonly inOrder: number };

/** One value's set, as it is written. */
interface ValueSet {
  readonly field: SetField | typeof anyField;
  readonly value: string;
  readonly set: Buffer;
}

/** The sets of a segment, made from its events; SQLite groups them, on its own thread, in one walk along the rows. */
async function setsOf(handle: Handle, segment: number): Promise<ValueSet[]> {
  const from = segment * segmentEvents;
  const rows = await handle.all<{ field: ValueSet["field"]; value: string; places: string | null }>(
    groupQuery,
    [from, from + segmentEvents],
  );
  return rows.flatMap(({ field, value, places }) =>
    places === null ? [] : [{ field, value, set: writeListed(places) }],
  );
}

const groupQuery = `
  WITH segment AS MATERIALIZED (
    SELECT seq & ${segmentEvents - 1} AS place, ${setFields.join(", ")} FROM events
    WHERE seq >= ? AND seq < ? AND body IS NOT NULL
  )
  SELECT '${anyField}' AS field, '' AS value, group_concat(place) AS places FROM segment
  ${setFields
    .map(
      (field) =>
        `UNION ALL SELECT '${field}', ${field}, group_concat(place) FROM segment WHERE ${field} IS NOT NULL GROUP BY ${field}`,
    )
    .join("\n  ")}`;

async function segmentFacts(handle: Handle, segment: number): Promise<Segment> {
  const from = segment * segmentEvents;
  const row = await handle.first<Omit<SegmentRow, "segment">>(
    `SELECT count(*) AS events, min(at) AS fromAt, max(at) AS toAt, coalesce(min(at >= earlier), 1) AS inOrder
     FROM (SELECT at, coalesce(lag(at) OVER (ORDER BY seq), at) AS earlier FROM events
           WHERE seq >= ? AND seq < ? AND at IS NOT NULL)`,
    [from, from + segmentEvents],
  );
  return {
    segment,
    events: row?.events ?? 0,
    fromAt: row?.fromAt ?? null,
    toAt: row?.toAt ?? null,
    inOrder: row?.inOrder !== 0,
  };
}

const insertValues = `
  INSERT OR IGNORE INTO event_values (field, value) SELECT value->>0, value->>1 FROM json_each(?)`;

const insertPlaces = `
  INSERT OR REPLACE INTO event_places (value, segment, places)
  SELECT known.id, ?, unhex(given.value->>2) FROM json_each(?) AS given
  JOIN event_values AS known ON known.field = given.value->>0 AND known.value = given.value->>1`;

const idsOfValues = `
  SELECT known.id AS id FROM json_each(?) AS given
  JOIN event_values AS known ON known.field = given.value->>0 AND known.value = given.value->>1`;
