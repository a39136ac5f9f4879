/** Questions to the journal, on the reading handle. */
import type { EventCategory, SiteEvent } from "../core/events.js";
import type { EventFilter } from "../ports.js";
import type { Handle, SqlValue } from "./database.js";

interface BodyRow {
  readonly body: string;
}

/** The indexed columns, the most telling first: the first that a filter names is the one whose index is walked. */
const columns = ["person", "sensor", "door", "area", "device", "type", "severity", "category"] as const;
type Column = (typeof columns)[number];

/** A page; whoever wants more asks again. */
const longestPage = 10_000;
/** A filter with more alternatives than this is a mistake. */
const mostAlternatives = 200;

export class JournalReads {
  readonly #handle: Handle;

  constructor(handle: Handle) {
    this.#handle = handle;
  }

  after(seq: number, limit: number, filter: EventFilter = {}): Promise<SiteEvent[]> {
    return this.#page(filter, { above: seq, order: "ASC", limit });
  }

  before(seq: number | undefined, limit: number, filter: EventFilter = {}): Promise<SiteEvent[]> {
    return this.#page(filter, { ...(seq === undefined ? {} : { below: seq }), order: "DESC", limit });
  }

  async byId(id: string): Promise<SiteEvent | undefined> {
    const hex = id.replaceAll("-", "");
    if (!/^[0-9a-fA-F]{32}$/.test(hex)) return undefined;
    const row = await this.#handle.first<BodyRow>("SELECT body FROM events WHERE id = ?", [
      Buffer.from(hex, "hex"),
    ]);
    return row && parseEvent(row);
  }

  async answer(client: string, request: string): Promise<string | undefined> {
    const row = await this.#handle.first<BodyRow>(
      "SELECT body FROM answers WHERE client = ? AND request = ?",
      [client, request],
    );
    return row?.body;
  }

  async #page(filter: EventFilter, page: Page): Promise<SiteEvent[]> {
    const limit = Math.min(Math.max(0, Math.floor(page.limit)), longestPage);
    if (limit === 0) return [];
    const bounds = await this.#bounds(filter, page);
    if (!bounds) return [];
    const wanted = alternatives(filter);
    if (wanted.some(([, values]) => values.length === 0)) return [];
    const sql = pageQuery(wanted, bounds, { ...page, limit });
    const rows = await this.#handle.allOnce<BodyRow>(sql.text, sql.params);
    return rows.map(parseEvent);
  }

  /**
   * Instants as numbers: `seq` runs with time but for steps of the clock, so the range of `seq` is taken from the index on `at`
   * and the instants are compared as well. Undefined: nothing lies in between.
   */
  async #bounds(filter: EventFilter, page: Page): Promise<Bounds | undefined> {
    const conditions: string[] = [];
    const params: SqlValue[] = [];
    const add = (condition: string, value: number): void => {
      conditions.push(condition);
      params.push(value);
    };
    if (page.above !== undefined) add("seq > ?", page.above);
    if (page.below !== undefined) add("seq < ?", page.below);
    if (filter.from === undefined && filter.until === undefined) return { conditions, params };
    const from = filter.from ?? Number.MIN_SAFE_INTEGER;
    const until = filter.until ?? Number.MAX_SAFE_INTEGER;
    const range = await this.#handle.first<{ low: number | null; high: number | null }>(
      "SELECT min(seq) AS low, max(seq) AS high FROM events WHERE at >= ? AND at < ?",
      [from, until],
    );
    if (range?.low == null || range.high == null) return undefined;
    add("seq >= ?", range.low);
    add("seq <= ?", range.high);
    add("+at >= ?", from);
    add("+at < ?", until);
    return { conditions, params };
  }
}

interface Page {
  readonly above?: number;
  readonly below?: number;
  readonly order: "ASC" | "DESC";
  readonly limit: number;
}

interface Bounds {
  readonly conditions: readonly string[];
  readonly params: readonly SqlValue[];
}

type Alternatives = readonly [Column, readonly string[]];

function alternatives(filter: EventFilter): Alternatives[] {
  const wanted: Record<Column, readonly string[] | undefined> = {
    person: one(filter.person),
    sensor: one(filter.sensor),
    door: one(filter.door),
    area: one(filter.area),
    device: one(filter.device),
    type: some(filter.types),
    severity: some(filter.severities),
    category: some(filter.categories satisfies readonly EventCategory[] | undefined),
  };
  return columns.flatMap((column): Alternatives[] => {
    const values = wanted[column];
    return values ? [[column, values]] : [];
  });
}

function one(value: string | undefined): readonly string[] | undefined {
  return value === undefined ? undefined : [value];
}

function some(values: readonly string[] | undefined): readonly string[] | undefined {
  return values && [...new Set(values)].slice(0, mostAlternatives);
}

/**
 * One walk along the first column's index for each of its alternatives, each stopping at the limit, merged by `seq`; the other
 * columns are compared on the way (a unary + keeps SQLite from choosing their indexes). So a page costs as much as it is long.
 */
function pageQuery(
  wanted: readonly Alternatives[],
  bounds: Bounds,
  page: Page,
): { text: string; params: SqlValue[] } {
  const [walked, ...compared] = wanted;
  const params: SqlValue[] = [];
  const walk = (value: string | undefined): string => {
    const conditions = ["body IS NOT NULL", ...bounds.conditions];
    params.push(...bounds.params);
    if (walked && value !== undefined) {
      conditions.push(`${walked[0]} = ?`);
      params.push(value);
    }
    for (const [column, values] of compared) {
      conditions.push(`+${column} IN (${values.map(() => "?").join(", ")})`);
      params.push(...values);
    }
    params.push(page.limit);
    return `SELECT seq FROM events WHERE ${conditions.join(" AND ")} ORDER BY seq ${page.order} LIMIT ?`;
  };
  const walks = walked ? walked[1].map((value) => walk(value)) : [walk(undefined)];
  params.push(page.limit);
  const found = walks.map((text) => `SELECT seq FROM (${text})`).join(" UNION ALL ");
  return {
    text: `SELECT body FROM events WHERE seq IN (${found}) ORDER BY seq ${page.order} LIMIT ?`,
    params,
  };
}

function parseEvent(row: BodyRow): SiteEvent {
  return JSON.parse(row.body) as SiteEvent;
}
