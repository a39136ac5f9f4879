/** Questions to the journal. Pages have a reading handle of their own, so that they hold up nothing else. */
import type { SiteEvent } from "../core/events.js";
import type { Instant } from "../core/site.js";
import type { EventFilter } from "../ports.js";
import { type Handle, pieces } from "./database.js";
import { anyField, type EventIndex, type Segment, segmentOf } from "./event-index.js";
import {
  addPlace,
  addWritten,
  forEachListed,
  keepCommon,
  listPlaces,
  noPlaces,
  type Places,
  segmentEvents,
} from "./places.js";
import { type Ask, askOf, rowConditions } from "./row-conditions.js";

interface BodyRow {
  readonly body: string;
}

interface PlacedRow extends BodyRow {
  readonly seq: number;
}

/** A page; whoever wants more asks again. */
const longestPage = 10_000;
/** Sets fetched at a time: making them into buffers holds the loop for some milliseconds. */
const setsAtOnce = 600;
/** Events that are looked at in one statement where not all of them need be wanted. */
const candidatesAtOnce = 2_000;
/** A short list of one person's events is looked at as it is; a longer one is first held against the sets. */
const shortList = 200;
const longestList = 16_000;

export class JournalReads {
  readonly #quick: Handle;
  readonly #handle: Handle;
  readonly #index: EventIndex;

  /** `quick` is for what somebody at a door may wait for. */
  constructor(quick: Handle, paging: Handle, index: EventIndex) {
    this.#quick = quick;
    this.#handle = paging;
    this.#index = index;
  }

  after(seq: number, limit: number, filter: EventFilter = {}): Promise<SiteEvent[]> {
    return this.#page(filter, { low: seq + 1, high: Number.MAX_SAFE_INTEGER, up: true }, limit);
  }

  before(seq: number | undefined, limit: number, filter: EventFilter = {}): Promise<SiteEvent[]> {
    const high = seq === undefined ? Number.MAX_SAFE_INTEGER : seq - 1;
    return this.#page(filter, { low: 0, high, up: false }, limit);
  }

  async byId(id: string): Promise<SiteEvent | undefined> {
    const hex = id.replaceAll("-", "");
    if (!/^[0-9a-fA-F]{32}$/.test(hex)) return undefined;
    const row = await this.#quick.first<BodyRow>("SELECT body FROM events WHERE id = ?", [
      Buffer.from(hex, "hex"),
    ]);
    return row && parseEvent(row);
  }

  async answer(client: string, request: string): Promise<string | undefined> {
    const row = await this.#quick.first<BodyRow>(
      "SELECT body FROM answers WHERE client = ? AND request = ?",
      [client, request],
    );
    return row?.body;
  }

  async #page(filter: EventFilter, range: Range, limit: number): Promise<SiteEvent[]> {
    const most = Math.min(Math.max(0, Math.floor(limit)), longestPage);
    const ask = askOf(filter);
    if (most === 0 || !ask) return [];
    const page = new Page(most);
    if (ask.listed) await this.#fillFromList(page, ask, ask.listed, await this.#inTime(ask, range));
    else await this.#fillFromSets(page, ask, range);
    return page.rows.map(parseEvent);
  }

  // ------------------------------------------------------------------------------------------- by sets, then by looking

  async #fillFromSets(page: Page, ask: Ask, range: Range): Promise<void> {
    const { sealedBelow } = this.#index;
    const newest = { ...range, low: Math.max(range.low, sealedBelow) };
    const sealed = { ...range, high: Math.min(range.high, sealedBelow - 1) };
    if (range.up) await this.#fillSealed(page, ask, sealed);
    if (!page.full && this.#index.tailMayHold(ask.from, ask.until)) await this.#look(page, ask, newest);
    if (!range.up && !page.full) await this.#fillSealed(page, ask, sealed);
  }

  /** Every event of the range. */
  async #look(page: Page, ask: Ask, range: Range): Promise<void> {
    if (range.low > range.high) return;
    const { text, params } = rowConditions(ask);
    const rows = await this.#handle.allOnce<PlacedRow>(
      `SELECT seq, body FROM events WHERE seq >= ? AND seq <= ? AND body IS NOT NULL${text}
       ORDER BY seq ${range.up ? "ASC" : "DESC"} LIMIT ?`,
      [range.low, range.high, ...params, page.open],
    );
    page.take(rows);
  }

  async #fillSealed(page: Page, ask: Ask, whole: Range): Promise<void> {
    const terms = await this.#termsOf(ask);
    if (!terms) return;
    const range = await this.#inTime(ask, whole);
    const segments = this.#segmentsIn(ask, range);
    const mostSegments = Math.max(1, Math.floor(setsAtOnce / Math.max(...terms.map(({ length }) => length))));
    // Frequent events fill the page from the first segments: what is fetched at a time grows only as it finds nothing.
    for (let done = 0, many = 2; done < segments.length && !page.full; many *= 4) {
      const some = segments.slice(done, done + Math.min(many, mostSegments));
      done += some.length;
      const places = await this.#common(
        terms,
        some.map(({ segment }) => segment),
      );
      for (const segment of some) {
        if (page.full) return;
        const own = places.get(segment.segment);
        if (own) await this.#fillFrom(page, ask, segment, own, range);
      }
    }
  }

  /** What every condition has, by segment; the sets of the next condition are fetched only where something is left. */
  async #common(terms: readonly Term[], segments: readonly number[]): Promise<ReadonlyMap<number, Places>> {
    let left = new Map<number, Places>();
    for (const [nth, ids] of terms.entries()) {
      const asked = nth === 0 ? segments : [...left.keys()];
      if (asked.length === 0) break;
      const sets = await this.#sets(ids, asked);
      const common = new Map<number, Places>();
      for (const [segment, written] of sets) {
        const either = noPlaces();
        for (const set of written) addWritten(either, set);
        const before = left.get(segment);
        if (!before || keepCommon(either, before)) common.set(segment, either);
      }
      left = common;
    }
    return left;
  }

  async #fillFrom(page: Page, ask: Ask, segment: Segment, places: Places, range: Range): Promise<void> {
    const start = segment.segment * segmentEvents;
    const low = Math.max(range.low - start, 0);
    const high = Math.min(range.high - start, segmentEvents - 1);
    // Where the clock was set back within a segment, its instants are compared one by one.
    const sure = ask.from <= (segment.fromAt ?? 0) && (segment.toAt ?? 0) < ask.until;
    let [first, last] = range.up ? [low, high] : [high, low];
    while (!page.full && (range.up ? first <= last : first >= last)) {
      const most = sure || segment.inOrder ? page.open : candidatesAtOnce;
      const found = listPlaces(places, first, last, most);
      const farthest = found.at(-1);
      if (farthest === undefined) return;
      await this.#fetch(
        page,
        ask,
        found.map((place) => start + place),
        range.up,
      );
      first = range.up ? farthest + 1 : farthest - 1;
      if (found.length < most) return;
    }
  }

  /** The wanted ones of these. */
  async #fetch(page: Page, ask: Ask, seqs: readonly number[], up: boolean): Promise<void> {
    const { text, params } = rowConditions(ask);
    const rows = await this.#handle.allOnce<PlacedRow>(
      `SELECT seq, body FROM events WHERE seq IN (SELECT value FROM json_each(?)) AND body IS NOT NULL${text}
       ORDER BY seq ${up ? "ASC" : "DESC"} LIMIT ?`,
      [JSON.stringify(seqs), ...params, page.open],
    );
    page.take(rows);
  }

  /** For each condition the sets of which one must hold an event; undefined: one has none at all. */
  async #termsOf(ask: Ask): Promise<readonly Term[] | undefined> {
    const wanted = ask.sets.length > 0 ? ask.sets : [[anyField, [""]] as const];
    const pairs = wanted.flatMap(([field, values]) => values.map((value) => [field, value]));
    const rows = await this.#handle.all<{ id: number; field: string }>(
      `SELECT known.id AS id, known.field AS field FROM json_each(?) AS given
       JOIN event_values AS known ON known.field = given.value->>0 AND known.value = given.value->>1`,
      [JSON.stringify(pairs)],
    );
    const terms = wanted.map(([field]) => rows.filter((row) => row.field === field).map(({ id }) => id));
    return terms.some((ids) => ids.length === 0) ? undefined : terms;
  }

  /** By segment, those of any of the values. */
  async #sets(ids: Term, segments: readonly number[]): Promise<Map<number, Uint8Array[]>> {
    const rows = await this.#handle.all<{ segment: number; places: Uint8Array }>(
      `SELECT segment, places FROM event_places
       WHERE value IN (SELECT value FROM json_each(?)) AND segment IN (SELECT value FROM json_each(?))`,
      [JSON.stringify(ids), JSON.stringify(segments)],
    );
    const sets = new Map<number, Uint8Array[]>();
    for (const { segment, places } of rows) {
      const there = sets.get(segment);
      if (there) there.push(places);
      else sets.set(segment, [places]);
    }
    return sets;
  }

  // ------------------------------------------------------------------------------------------------- by one person's list

  async #fillFromList(page: Page, ask: Ask, listed: NonNullable<Ask["listed"]>, range: Range): Promise<void> {
    const terms = ask.sets.length > 0 ? await this.#termsOf(ask) : [];
    const { column, value } = listed;
    let { low, high } = range;
    for (let many = shortList; !page.full && low <= high; many = Math.min(4 * many, longestList)) {
      const row = await this.#handle.first<{ seqs: string | null }>(
        listQueries[column][range.up ? "up" : "down"],
        [value, low, high, many],
      );
      const seqs: number[] = [];
      forEachListed(row?.seqs ?? "", (seq) => seqs.push(seq));
      const kept = seqs.length <= shortList ? seqs : await this.#heldAgainst(terms, seqs);
      for (let i = 0; i < kept.length && !page.full; i += candidatesAtOnce) {
        await this.#fetch(page, ask, kept.slice(i, i + candidatesAtOnce), range.up);
      }
      const farthest = seqs.at(-1);
      if (farthest === undefined || seqs.length < many) return;
      if (range.up) low = farthest + 1;
      else high = farthest - 1;
    }
  }

  /** Those that the sets do not exclude; undefined terms: no sealed event can be wanted. */
  async #heldAgainst(
    terms: readonly Term[] | undefined,
    seqs: readonly number[],
  ): Promise<readonly number[]> {
    const { sealedBelow } = this.#index;
    if (!terms) return seqs.filter((seq) => seq >= sealedBelow);
    if (terms.length === 0) return seqs;
    const places = new Map<number, Places>();
    for (const seq of seqs) {
      if (seq >= sealedBelow) continue;
      const segment = segmentOf(seq);
      let own = places.get(segment);
      if (!own) {
        own = noPlaces();
        places.set(segment, own);
      }
      addPlace(own, seq % segmentEvents);
    }
    const kept = new Set<number>();
    const many = Math.max(1, Math.floor(setsAtOnce / Math.max(...terms.map(({ length }) => length))));
    for (const some of pieces([...places.keys()], many)) {
      for (const [segment, found] of await this.#common(terms, some)) {
        const own = places.get(segment);
        if (!own || !keepCommon(own, found)) continue;
        for (const place of listPlaces(own, 0, segmentEvents - 1, segmentEvents)) {
          kept.add(segment * segmentEvents + place);
        }
      }
    }
    return seqs.filter((seq) => seq >= sealedBelow || kept.has(seq));
  }

  // -------------------------------------------------------------------------------------------------------- by its time

  /** The segments of the range that may hold an event of the time asked for, in the order asked for. */
  #segmentsIn(ask: Ask, range: Range): Segment[] {
    const found = this.#index.segments.filter(
      (one) =>
        (one.segment + 1) * segmentEvents > range.low &&
        one.segment * segmentEvents <= range.high &&
        mayHold(one, ask),
    );
    return range.up ? found : found.reverse();
  }

  /** Numbers run with time but for steps of the clock: what of the range can lie in the time asked for. */
  async #inTime(ask: Ask, range: Range): Promise<Range> {
    if (!ask.timed) return range;
    const within = this.#segmentsIn(ask, { ...range, up: true });
    const tail = this.#index.tailMayHold(ask.from, ask.until);
    const [first] = within;
    const last = within.at(-1);
    let low = first
      ? first.segment * segmentEvents
      : tail
        ? this.#index.sealedBelow
        : Number.MAX_SAFE_INTEGER;
    let high = tail ? Number.MAX_SAFE_INTEGER : last ? (last.segment + 1) * segmentEvents - 1 : -1;
    if (first?.inOrder && (first.fromAt ?? 0) < ask.from) low = await this.#firstFrom(first, ask.from);
    if (!tail && last?.inOrder && (last.toAt ?? 0) >= ask.until) {
      high = (await this.#firstFrom(last, ask.until)) - 1;
    }
    return { ...range, low: Math.max(range.low, low), high: Math.min(range.high, high) };
  }

  /** The first number of a segment in order whose instant is not before `at`. */
  async #firstFrom({ segment }: Segment, at: Instant): Promise<number> {
    let low = segment * segmentEvents;
    let high = low + segmentEvents;
    while (low < high) {
      const middle = Math.floor((low + high) / 2);
      const row = await this.#handle.first<{ seq: number; at: number }>(
        "SELECT seq, at FROM events WHERE seq >= ? AND seq < ? AND at IS NOT NULL ORDER BY seq LIMIT 1",
        [middle, high],
      );
      if (!row || row.at >= at) high = middle;
      else low = row.seq + 1;
    }
    return low;
  }
}

/** One condition: the values of which one suffices. */
type Term = readonly number[];

/** Both ends belong to it. */
interface Range {
  readonly low: number;
  readonly high: number;
  readonly up: boolean;
}

class Page {
  readonly rows: PlacedRow[] = [];
  readonly #most: number;

  constructor(most: number) {
    this.#most = most;
  }

  get open(): number {
    return this.#most - this.rows.length;
  }

  get full(): boolean {
    return this.open <= 0;
  }

  take(rows: readonly PlacedRow[]): void {
    this.rows.push(...rows);
  }
}

function mayHold({ fromAt, toAt }: Segment, { from, until }: Ask): boolean {
  return fromAt !== null && toAt !== null && fromAt < until && toAt >= from;
}

function listQuery(column: string, order: string): string {
  return `SELECT group_concat(seq) AS seqs FROM (SELECT seq FROM events INDEXED BY events_${column}
    WHERE ${column} = ? AND seq >= ? AND seq <= ? ORDER BY seq ${order} LIMIT ?)`;
}

const listQueries = {
  person: { up: listQuery("person", "ASC"), down: listQuery("person", "DESC") },
  credential: { up: listQuery("credential", "ASC"), down: listQuery("credential", "DESC") },
} as const;

function parseEvent(row: BodyRow): SiteEvent {
  return JSON.parse(row.body) as SiteEvent;
}
