import fc from "fast-check";
import { expect, test } from "vitest";
import { eventCategories, type SiteEvent } from "../../gateway/core/events.js";
import type { EventFilter } from "../../gateway/ports.js";
import { openHandle } from "../../gateway/store/database.js";
import { folderPaths } from "../../gateway/store/folder.js";
import { verifyJournal } from "../../gateway/store/verify.js";
import { aFolder, aStore, write } from "./a-folder.js";
import { aScan, morning } from "./a-scan.js";

test("events are numbered without a gap, also across restarts", async () => {
  const { data } = aFolder();
  for (let start = 1; start <= 31; start += 10) {
    const store = await aStore(data);
    await write(store, start, start + 9);
    await store.close();
  }
  const store = await aStore(data);
  const events = await store.journal.readAfter(0, 100);
  expect(events.map(({ seq }) => seq)).toEqual(Array.from({ length: 40 }, (_, i) => i + 1));
  expect(new Set(events.map(({ id }) => id)).size).toBe(40);
  expect(events.map(({ scan }) => scan)).toEqual(events.map(({ seq }) => `scan-${seq}`));
});

test("an event is stamped when it is appended, before it is on disk", async () => {
  const store = await aStore(aFolder().data);
  const { events, durable } = store.journal.append(aScan(1));
  expect(events[0]).toMatchObject({
    v: 1,
    seq: 1,
    at: morning + 1000,
    site: "hq",
    tenant: "main",
    type: "access.granted",
    severity: "info",
    revision: 3,
    signal: "signal-1",
  });
  expect(store.journal.health()).toMatchObject({ state: "ok", waiting: 1, lastSeq: 1, lastDurableSeq: 0 });
  await durable;
  expect(store.journal.health()).toMatchObject({ waiting: 0, lastDurableSeq: 1 });
  expect(await store.journal.readAfter(0, 1)).toEqual(events);
  expect(await store.journal.byId(events[0]?.id ?? "")).toEqual(events[0]);
  expect(await store.journal.byId("not an id")).toBeUndefined();
});

test("an event keeps its own severity and tenant where it has them", async () => {
  const store = await aStore(aFolder().data);
  const { events } = store.journal.append(aScan(1, { severity: "critical", tenant: "neighbour" }));
  expect(events[0]).toMatchObject({ severity: "critical", tenant: "neighbour" });
  store.identify("annex", "owner");
  expect(store.journal.append(aScan(2)).events[0]).toMatchObject({ site: "annex", tenant: "owner" });
});

test("a batch that cannot be written whole is not written at all, and written whole later", async () => {
  const { data } = aFolder();
  const store = await aStore(data);
  await write(store, 1, 5);
  const file = folderPaths(data).database;
  const other = await openHandle(file, { readOnly: false, busyTimeoutMs: 1000 });
  await other.run("INSERT INTO events (seq, digest, link) VALUES (8, x'00', x'00')");
  const states: string[] = [];
  const restored = new Promise<void>((resolve) => {
    store.journal.onHealth(({ state }) => {
      states.push(state);
      if (state === "ok") resolve();
      else void other.run("DELETE FROM events WHERE seq = 8");
    });
  });
  const before = await other.first(
    "SELECT (SELECT count(*) FROM signals) AS signals, max(seq) AS seq FROM progress",
  );
  const failed = new Promise<unknown>((resolve) => {
    const end = store.journal.onHealth(() => {
      end();
      resolve(other.first("SELECT (SELECT count(*) FROM signals) AS signals, max(seq) AS seq FROM progress"));
    });
  });
  for (let i = 6; i <= 10; i++) store.journal.append(aScan(i));
  expect(await failed).toEqual(before);
  await restored;
  await store.journal.flush();
  expect(states).toEqual(["failing", "ok"]);
  expect((await store.journal.readAfter(0, 100)).map(({ scan }) => scan)).toHaveLength(10);
  expect(await store.signals.read(0, 100)).toHaveLength(10);
  await other.close();
  expect(await verifyJournal(data)).toMatchObject({ ok: true, events: 10 });
});

test("listeners hear of durable events in order, each once", async () => {
  const store = await aStore(aFolder().data);
  const heard: number[] = [];
  const end = store.journal.onDurable((events) => heard.push(...events.map(({ seq }) => seq)));
  await write(store, 1, 700);
  await write(store, 701, 710);
  end();
  await write(store, 711, 712);
  expect(heard).toEqual(Array.from({ length: 710 }, (_, i) => i + 1));
});

test("what is appended while a batch is being cut goes into that batch", async () => {
  const store = await aStore(aFolder().data);
  const batches: (readonly SiteEvent[])[] = [];
  store.journal.onDurable((events) => batches.push(events));
  let late: (() => void) | undefined = () => {
    late = undefined;
    store.journal.append(aScan(2));
  };
  store.journal.onBatch(() => late?.());
  store.journal.append(aScan(1));
  await store.journal.flush();
  expect(batches.map((events) => events.map(({ scan }) => scan))).toEqual([["scan-1", "scan-2"]]);
});

test("the state that the core remembered is there after a restart, and what is gone is gone", async () => {
  const { data } = aFolder();
  const store = await aStore(data);
  const entry = aScan(1);
  const closed = { condition: { is: "closed" }, position: "closed" } as const;
  store.journal.append({
    ...entry,
    changes: [
      { kind: "doors", id: "front", value: closed },
      { kind: "doors", id: "side", value: closed },
      { kind: "devices", id: "d1", value: { online: true, since: 1 } },
    ],
  });
  store.journal.append({
    ...aScan(2),
    changes: [
      { kind: "devices", id: "d1", value: { online: false, since: 2 } },
      { kind: "doors", id: "side", value: undefined },
    ],
  });
  await store.close();
  const again = await aStore(data);
  expect(await again.loadState()).toEqual([
    { kind: "devices", id: "d1", value: { online: false, since: 2 } },
    { kind: "doors", id: "front", value: closed },
  ]);
  expect(await again.currentRevision()).toBe(3);
  expect(again.openedWith).toEqual({ fresh: false, lastAt: morning + 2000 });
});

test("a request that was answered gets the same answer again, before and after a restart", async () => {
  const { data } = aFolder();
  const store = await aStore(data);
  const answer = (request: string, body: string) => ({
    ...aScan(1),
    answer: { client: "ha", request, body },
  });
  store.journal.append(answer("r1", "first"));
  expect(await store.journal.answer("ha", "r1")).toBe("first");
  store.journal.append(answer("r1", "second"));
  store.journal.append(answer("odd \u0000 ' \ud800", "odd"));
  await store.journal.flush();
  expect(await store.journal.answer("ha", "r1")).toBe("first");
  await store.close();
  const again = await aStore(data);
  expect(await again.journal.answer("ha", "r1")).toBe("first");
  expect(await again.journal.answer("ha", "odd \u0000 ' \ud800")).toBe("odd");
  expect(await again.journal.answer("other", "r1")).toBeUndefined();
});

test("any text survives the journal as it was", async () => {
  const { data } = aFolder();
  const store = await aStore(data);
  const text = fc.string({ unit: "binary", maxLength: 40 });
  const notes = fc.sample(text, 200);
  for (const [i, note] of notes.entries()) {
    store.journal.append(aScan(i, { reason: note, door: note, data: { note, n: i } }));
  }
  await store.journal.flush();
  const events = await store.journal.readAfter(0, 1000);
  expect(events.map(({ reason, door, data: more }) => [reason, door, more?.note])).toEqual(
    notes.map((note) => [note, note, note]),
  );
  await store.close();
  expect(await verifyJournal(data)).toMatchObject({ ok: true, events: 200 });
});

test("a filter finds what a look at every event finds, from either end", async () => {
  const store = await aStore(aFolder().data);
  const pick = fc.record({
    type: fc.constantFrom(
      "access.granted" as const,
      "access.denied" as const,
      "door.opened" as const,
      "door.forced" as const,
      "system.started" as const,
    ),
    door: fc.constantFrom("front", "side", "stock"),
    person: fc.constantFrom("p1", "p2", "p3"),
    device: fc.constantFrom("d1", "d2"),
    sensor: fc.constantFrom("s1", "s2"),
    area: fc.constantFrom("lobby", "office"),
  });
  for (const [i, body] of fc.sample(pick, { numRuns: 400, seed: 7 }).entries()) {
    // The clock was set back now and then: the order of time is not that of numbers.
    const entry = aScan(i);
    const signal = { ...entry.signal, at: morning + ((i * 37) % 400) * 1000 };
    store.journal.append({ ...entry, signal, events: [body] });
  }
  await store.journal.flush();
  const all = await store.journal.readAfter(0, 1000);
  const maybe = <T>(value: fc.Arbitrary<T>) => fc.option(value, { nil: undefined, freq: 2 });
  const filters = fc.record({
    categories: maybe(fc.subarray([...eventCategories])),
    types: maybe(fc.subarray(["access.granted", "door.forced", "system.started", "no.such"])),
    severities: maybe(fc.subarray(["info", "notice", "critical"] as const)),
    door: maybe(fc.constantFrom("front", "side", "nowhere")),
    area: maybe(fc.constantFrom("lobby", "office")),
    person: maybe(fc.constantFrom("p1", "p2")),
    device: maybe(fc.constantFrom("d1", "d2")),
    sensor: maybe(fc.constantFrom("s1", "s2")),
    from: maybe(fc.integer({ min: morning - 5000, max: morning + 405_000 })),
    until: maybe(fc.integer({ min: morning - 5000, max: morning + 405_000 })),
  });
  await fc.assert(
    fc.asyncProperty(filters, fc.nat(420), fc.nat(50), async (given, edge, limit) => {
      const filter = Object.fromEntries(
        Object.entries(given).filter(([, value]) => value !== undefined),
      ) as EventFilter;
      const matching = all.filter((event) => matches(event, filter));
      expect(await store.journal.readAfter(edge, limit, filter)).toEqual(
        matching.filter(({ seq }) => seq > edge).slice(0, limit),
      );
      expect(await store.journal.readBefore(edge, limit, filter)).toEqual(
        matching
          .filter(({ seq }) => seq < edge)
          .reverse()
          .slice(0, limit),
      );
    }),
    { numRuns: 150 },
  );
});

function matches(event: SiteEvent, filter: EventFilter): boolean {
  const category = event.type.slice(0, event.type.indexOf("."));
  return (
    (filter.categories?.some((wanted) => wanted === category) ?? true) &&
    (filter.types?.includes(event.type) ?? true) &&
    (filter.severities?.includes(event.severity) ?? true) &&
    (["door", "area", "person", "device", "sensor"] as const).every(
      (field) => filter[field] === undefined || filter[field] === event[field],
    ) &&
    event.at >= (filter.from ?? Number.NEGATIVE_INFINITY) &&
    event.at < (filter.until ?? Number.POSITIVE_INFINITY)
  );
}

test("a closed journal refuses what is appended to it", async () => {
  const store = await aStore(aFolder().data);
  await write(store, 1, 3);
  await store.close();
  expect(() => store.journal.append(aScan(4))).toThrow("the journal is closed");
});
