/** Whether what the log is searched by holds every event: one that no question finds would be as good as gone. */
import { setTimeout as sleep } from "node:timers/promises";
import type { Handle } from "./database.js";
import { anyField, type SetField, segmentOf, setFields } from "./event-index.js";
import { addWritten, hasPlace, noPlaces, type Places, segmentEvents } from "./places.js";

export type IndexedRow = { readonly seq: number; readonly body: string | null } & Readonly<
  Record<SetField, string | null>
>;

/** A gateway that is just taking expired events out of a segment is waited for. */
const patience = { times: 3, ms: 1_000 } as const;

export interface Hidden {
  readonly seq: number;
  readonly field: SetField | typeof anyField;
}

export class IndexWalk {
  readonly #handle: Handle;
  #segment: number | undefined;
  /** Of the segment being walked, by field and value. */
  #seen = new Map<string, number[]>();

  constructor(handle: Handle) {
    this.#handle = handle;
  }

  /** Whether this number is in another segment than the last that was taken; then `end` comes first. */
  isOver(seq: number): boolean {
    return this.#segment !== undefined && segmentOf(seq) !== this.#segment;
  }

  /** Rows in the order of their numbers. */
  take(row: IndexedRow): void {
    this.#segment = segmentOf(row.seq);
    if (row.body === null) return;
    const place = row.seq % segmentEvents;
    this.#see(anyField, "", place);
    for (const field of setFields) {
      const value = row[field];
      if (value !== null) this.#see(field, value, place);
    }
  }

  /** After the last row of a segment: one of its events that is not found by what it is. */
  async end(): Promise<Hidden | undefined> {
    const segment = this.#segment;
    if (segment === undefined || this.#seen.size === 0) return undefined;
    const seen = this.#seen;
    this.#seen = new Map();
    for (let tried = 0; ; tried++) {
      const hidden = await this.#hidden(segment, seen);
      if (!hidden || tried >= patience.times) return hidden;
      if (!(await this.#isThere(hidden.seq))) return undefined;
      await sleep(patience.ms);
    }
  }

  #see(field: SetField | typeof anyField, value: string, place: number): void {
    const key = `${field} ${value}`;
    const places = this.#seen.get(key);
    if (places) places.push(place);
    else this.#seen.set(key, [place]);
  }

  async #hidden(segment: number, seen: ReadonlyMap<string, readonly number[]>): Promise<Hidden | undefined> {
    const sealed = await this.#handle.first("SELECT 1 FROM event_segments WHERE segment = ?", [segment]);
    if (!sealed) return undefined;
    const rows = await this.#handle.all<{ field: string; value: string; places: Uint8Array }>(
      `SELECT field, known.value AS value, places FROM event_values AS known
       JOIN event_places ON event_places.value = known.id AND event_places.segment = ?`,
      [segment],
    );
    const written = new Map(rows.map(({ field, value, places }) => [`${field} ${value}`, places]));
    for (const [key, places] of seen) {
      const set = readSet(written.get(key));
      const missing = places.find((place) => !hasPlace(set, place));
      if (missing === undefined) continue;
      return { seq: segment * segmentEvents + missing, field: key.slice(0, key.indexOf(" ")) as SetField };
    }
    return undefined;
  }

  async #isThere(seq: number): Promise<boolean> {
    const row = await this.#handle.first("SELECT 1 FROM events WHERE seq = ? AND body IS NOT NULL", [seq]);
    return row !== undefined;
  }
}

function readSet(written: Uint8Array | undefined): Places {
  const set = noPlaces();
  if (!written) return set;
  try {
    addWritten(set, written);
  } catch {
    // What cannot be read finds nothing.
    return noPlaces();
  }
  return set;
}
