import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { EventCategory, Severity, SiteEvent } from "../../gateway/core/events.js";
import type { EventFilter } from "../../gateway/ports.js";
import { Handle, openHandle, type SqlValue, Writer } from "../../gateway/store/database.js";
import { EventIndex } from "../../gateway/store/event-index.js";
import { folderPaths } from "../../gateway/store/folder.js";
import { JournalReads } from "../../gateway/store/journal-reads.js";
import { segmentEvents } from "../../gateway/store/places.js";
import { openStore, type Store } from "../../gateway/store/store.js";
import { verifyJournal } from "../../gateway/store/verify.js";
import { fillJournal, tenants } from "../bench/journal-fill.js";

// Two sealed segments and the beginning of a third; the clock was set back now and then.
const events = 70_000;
const root = mkdtempSync(join(tmpdir(), "gatewarden-pages-"));
const data = join(root, "data");
let store: Store;
let all: SiteEvent[] = [];

beforeAll(async () => {
  await fillJournal(data, { events, clockSetBack: 0.002 });
  store = await openStore(data);
  all = await everything(store);
}, 120_000);

afterAll(async () => {
  await store.close();
  rmSync(root, { recursive: true, force: true });
});

async function everything(from: Store): Promise<SiteEvent[]> {
  const found: SiteEvent[] = [];
  for (;;) {
    const page = await from.journal.readAfter(found.at(-1)?.seq ?? 0, 10_000);
    if (page.length === 0) return found;
    found.push(...page);
  }
}

const numbers = (some: readonly SiteEvent[]): number[] => some.map(({ seq }) => seq);

function matches(event: SiteEvent, filter: EventFilter): boolean {
  const category = event.type.slice(0, event.type.indexOf("."));
  const { from = Number.NEGATIVE_INFINITY, until = Number.POSITIVE_INFINITY } = filter;
  return (
    (filter.categories?.some((wanted) => wanted === category) ?? true) &&
    (filter.types?.includes(event.type) ?? true) &&
    (filter.severities?.includes(event.severity) ?? true) &&
    (["door", "area", "person", "credential", "device", "sensor", "reason", "tenant"] as const).every(
      (field) => filter[field] === undefined || filter[field] === event[field],
    ) &&
    event.at >= from &&
    event.at < until
  );
}

/** A filter of up to four conditions, each true of some event of the journal, not all of the same one. */
const filters: fc.Arbitrary<EventFilter> = fc
  .array(fc.tuple(fc.nat(10), fc.nat(events - 1), fc.nat(3)), { minLength: 1, maxLength: 4 })
  .chain((choices) =>
    fc.record({
      choices: fc.constant(choices),
      same: fc.boolean(),
      wide: fc.integer({ min: 1, max: 40_000 }),
    }),
  )
  .map(({ choices, same, wide }) => {
    const filter: Record<string, unknown> = {};
    for (const [what, which] of choices) {
      const event = all[same ? (choices[0]?.[1] ?? 0) : which];
      const other = all[(which * 7) % events];
      if (!event || !other) continue;
      if (what === 0) filter.types = [event.type];
      if (what === 1) filter.types = [event.type, other.type, "no.such"];
      if (what === 2) filter.categories = [categoryOf(event), categoryOf(other)];
      if (what === 3) filter.severities = [event.severity] satisfies Severity[];
      if (what === 4) filter.door = event.door ?? "nowhere";
      if (what === 5) filter.area = event.area ?? "nowhere";
      if (what === 6) filter.person = event.person ?? "p1";
      if (what === 7) filter.credential = event.credential ?? "c1-1";
      if (what === 8)
        Object.assign(filter, { from: event.at, until: all[event.seq + wide]?.at ?? event.at + 60_000 });
      if (what === 9) filter.tenant = tenants[which % tenants.length];
      if (what === 10)
        Object.assign(filter, event.reason ? { reason: event.reason } : { device: "reader-3" });
    }
    return filter as EventFilter;
  });

function categoryOf({ type }: SiteEvent): EventCategory {
  return type.slice(0, type.indexOf(".")) as EventCategory;
}

test("any filter finds what a look at every event finds, from anywhere, forwards and backwards", async () => {
  const edges = fc.oneof(
    fc.nat(events + 10),
    fc.constantFrom(0, segmentEvents - 1, segmentEvents, segmentEvents + 1),
  );
  let found = 0;
  await fc.assert(
    fc.asyncProperty(filters, edges, fc.integer({ min: 1, max: 150 }), async (filter, edge, limit) => {
      const wanted = all.filter((event) => matches(event, filter));
      const after = wanted.filter(({ seq }) => seq > edge).slice(0, limit);
      const before = wanted
        .filter(({ seq }) => seq < edge)
        .slice(-limit)
        .reverse();
      expect(await store.journal.readAfter(edge, limit, filter)).toEqual(after);
      expect(await store.journal.readBefore(edge, limit, filter)).toEqual(before);
      expect(await store.journal.readBefore(undefined, limit, filter)).toEqual(
        wanted.slice(-limit).reverse(),
      );
      found += after.length + before.length;
    }),
    { numRuns: 150 },
  );
  expect(found).toBeGreaterThan(1_000);
}, 120_000);

test("page by page, every event of a filter comes once", async () => {
  for (const filter of [
    { categories: ["access"] },
    { severities: ["critical"] },
    { door: "door-7", types: ["door.opened"] },
    { person: all.find(({ person }) => person)?.person ?? "" },
  ] satisfies EventFilter[]) {
    const wanted = all.filter((event) => matches(event, filter)).map(({ seq }) => seq);
    const seen: number[] = [];
    for (let edge: number | undefined; ; edge = seen.at(-1)) {
      const page = await store.journal.readBefore(edge, 500, filter);
      if (page.length === 0) break;
      seen.push(...page.map(({ seq }) => seq));
    }
    expect(seen).toEqual(wanted.reverse());
  }
}, 60_000);

class ToldHandle extends Handle {
  readonly asked: { readonly sql: string; readonly params: readonly SqlValue[] }[] = [];

  override all<Row>(sql: string, params: readonly SqlValue[] = []): Promise<Row[]> {
    this.asked.push({ sql, params });
    return super.all<Row>(sql, params);
  }

  override allOnce<Row>(sql: string, params: readonly SqlValue[] = []): Promise<Row[]> {
    this.asked.push({ sql, params });
    return super.allOnce<Row>(sql, params);
  }
}

test("no question about the log walks the whole of it", async () => {
  const file = folderPaths(data).database;
  const told = new ToldHandle(await openDatabase(file), file);
  const index = new EventIndex(new Writer(told), told);
  await index.load(events);
  expect(index.sealedBelow).toBe(2 * segmentEvents);
  const reads = new JournalReads(told, told, index);
  const person = all.find(({ person }) => person)?.person ?? "";
  const filtersAsked: readonly EventFilter[] = [
    {},
    { categories: ["alarm"] },
    { severities: ["critical"], tenant: "dentist" },
    {
      door: "door-3",
      types: ["door.opened", "door.closed"],
      from: (all[10]?.at ?? 0) + 1,
      until: all[60_000]?.at ?? 0,
    },
    { person, types: ["access.denied"] },
    { credential: "c1-1", person: "p1", area: "area-1" },
    { sensor: "sensor-7", device: "reader-1" },
    { reason: "card-lost", from: all[40_000]?.at ?? 0 },
  ];
  for (const filter of filtersAsked) {
    await reads.before(undefined, 100, filter);
    await reads.before(40_000, 100, filter);
    await reads.after(100, 100, filter);
  }
  const asked = told.asked.splice(0);
  expect(asked.length).toBeGreaterThan(40);
  for (const { sql, params } of asked) {
    const plan = await told.allOnce<{ detail: string }>(`EXPLAIN QUERY PLAN ${sql}`, params);
    for (const { detail } of plan) {
      expect(detail, sql).not.toMatch(/^SCAN (events|event_places|event_values)/);
    }
  }
  await told.close();
}, 60_000);

async function openDatabase(file: string) {
  const { default: sqlite3 } = await import("sqlite3");
  return new sqlite3.Database(file, sqlite3.OPEN_READONLY);
}

test("the made journal verifies", async () => {
  expect(await verifyJournal(data)).toMatchObject({ ok: true, events, expired: 0, from: 1, to: events });
}, 60_000);

test("a segment that was being sealed when the power went is sealed anew", async () => {
  const file = folderPaths(data).database;
  await store.close();
  const handle = await openHandle(file, { readOnly: false, busyTimeoutMs: 1000 });
  // As it is after half of its sets: no row that says it is whole, and sets missing.
  await handle.exec("DELETE FROM event_segments WHERE segment = 1");
  await handle.exec("DELETE FROM event_places WHERE segment = 1 AND value % 2 = 0");
  await handle.close();
  store = await openStore(data);
  const filter = { types: ["access.denied"] };
  const wanted = all.filter((event) => matches(event, filter)).map(({ seq }) => seq);
  const found = async () => (await store.journal.readAfter(0, 10_000, filter)).map(({ seq }) => seq);
  expect(await found()).toEqual(wanted);
  await store.indexed();
  expect(await found()).toEqual(wanted);
}, 60_000);

test("an event that was taken out of what the log is searched by is named", async () => {
  const hidden = all.find(({ type, seq }) => type === "access.denied" && seq > segmentEvents);
  await store.close();
  const handle = await openHandle(folderPaths(data).database, { readOnly: false, busyTimeoutMs: 1000 });
  const place =
    "value = (SELECT id FROM event_values WHERE field = 'type' AND value = 'access.denied') AND segment = 1";
  const kept = await handle.first<{ places: Buffer }>(`SELECT places FROM event_places WHERE ${place}`);
  const without = Buffer.from([0, ...(kept?.places.subarray(3) ?? [])]);
  expect(kept?.places[0]).toBe(0);
  await handle.run(`UPDATE event_places SET places = ? WHERE ${place}`, [without]);
  const verified = await verifyJournal(data);
  await handle.run(`UPDATE event_places SET places = ? WHERE ${place}`, [kept?.places ?? null]);
  await handle.close();
  expect(verified).toMatchObject({
    ok: false,
    firstBreak: {
      seq: hidden?.seq,
      why: `event ${hidden?.seq} is left out of the index: no search for its type finds it`,
    },
  });
  store = await openStore(data);
}, 60_000);

test("each kind of event is kept for its own time, and what is left is found as before", async () => {
  // Well within the second segment.
  const at = Math.max(...all.slice(0, 45_000).map((event) => event.at));
  const isGone = (event: SiteEvent) => event.at < at && ["access", "door"].includes(categoryOf(event));
  const { events: gone } = await store.expire({ eventBodiesBefore: { access: at, door: at } });
  expect(gone).toBe(all.filter(isGone).length);
  const left = all.filter((event) => !isGone(event));
  expect(numbers(await everything(store))).toEqual(numbers(left));
  for (const filter of [
    { categories: ["access"] },
    { types: ["device.lost", "door.opened"] },
    { door: "door-2" },
    { tenant: "main", severities: ["warning"] },
  ] satisfies EventFilter[]) {
    const wanted = left.filter((event) => matches(event, filter));
    expect(await store.journal.readAfter(0, 10_000, filter)).toEqual(wanted.slice(0, 10_000));
    expect(await store.journal.readBefore(60_000, 200, filter)).toEqual(
      wanted
        .filter(({ seq }) => seq < 60_000)
        .slice(-200)
        .reverse(),
    );
  }
  const handle = await openHandle(folderPaths(data).database, { readOnly: true, busyTimeoutMs: 1000 });
  const sets = await handle.all<{ segment: number }>(
    `SELECT segment FROM event_places JOIN event_values ON event_values.id = event_places.value
     WHERE field = 'category' AND event_values.value = 'access' ORDER BY segment`,
  );
  await handle.close();
  expect(sets.map(({ segment }) => segment)).toEqual([1]);
  // Again: there is nothing left to do.
  expect(await store.expire({ eventBodiesBefore: { access: at, door: at } })).toEqual({
    events: 0,
    signals: 0,
  });
}, 60_000);

test("a beginning that has expired whole is cut off, with what it was searched by", async () => {
  const before = Math.max(...all.slice(0, 50_000).map((event) => event.at));
  await store.expire({ eventBodiesBefore: before });
  const left = all.filter((event) => event.at >= before || event.type === "system.lost");
  const cut = await store.cutExpired();
  expect(cut).toBeGreaterThan(segmentEvents);
  expect(numbers(await everything(store))).toEqual(numbers(left));
  const filter = { types: ["door.opened"] };
  expect(await store.journal.readAfter(0, 10_000, filter)).toEqual(
    left.filter((event) => matches(event, filter)).slice(0, 10_000),
  );
  const handle = await openHandle(folderPaths(data).database, { readOnly: true, busyTimeoutMs: 1000 });
  expect(await handle.all("SELECT segment FROM event_segments")).toEqual([{ segment: 1 }]);
  expect(await handle.all("SELECT count(*) AS n FROM event_places WHERE segment = 0")).toEqual([{ n: 0 }]);
  await handle.close();
  expect(await verifyJournal(data)).toMatchObject({ ok: true, from: cut + 1, to: events });
}, 60_000);
