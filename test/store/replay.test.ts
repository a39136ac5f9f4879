import { expect, test } from "vitest";
import { aFolder, aStore, write } from "./a-folder.js";
import { aScan, morning } from "./a-scan.js";

test("a replay reads every signal in order, with its revision, the versions that were read and its events", async () => {
  const { data } = aFolder();
  const store = await aStore(data);
  store.journal.append(aScan(1));
  store.journal.append({ ...aScan(2), read: {}, events: [] });
  store.journal.append({
    ...aScan(3),
    events: [
      { type: "door.opened", door: "front" },
      { type: "access.passed", door: "front" },
    ],
  });
  await store.journal.flush();
  const all = await store.signals.read(0, 10);
  expect(
    all.map(({ n, revision, read, events }) => ({ n, revision, read, events: events.map((e) => e.type) })),
  ).toEqual([
    { n: 1, revision: 3, read: { p1: 1 }, events: ["access.granted"] },
    { n: 2, revision: 3, read: {}, events: [] },
    { n: 3, revision: 3, read: { p3: 1 }, events: ["door.opened", "access.passed"] },
  ]);
  expect(all.map(({ signal }) => signal)).toEqual([1, 2, 3].map((i) => aScan(i).signal));
  expect((await store.signals.read(1, 1)).map(({ n }) => n)).toEqual([2]);
  expect(store.signals.lastN).toBe(3);
  await store.close();
  expect((await aStore(data)).signals.lastN).toBe(3);
});

test("the scans of the last minutes are known again after a restart, each with its first answer", async () => {
  const { data } = aFolder();
  const store = await aStore(data);
  await write(store, 1, 3);
  store.journal.append(aScan(4, { type: "access.denied", reason: "blocked" }));
  store.journal.append(aScan(5, { type: "access.ignored", scan: "scan-3" }));
  store.journal.append(aScan(6, { type: "access.ignored", scan: "late" }));
  store.journal.append(aScan(7, { type: "door.opened" }));
  await store.close();
  const again = await aStore(data);
  expect(await again.recentScans(morning + 2000)).toEqual([
    { device: "front-reader", scan: "scan-2", outcome: "granted", at: morning + 2000 },
    { device: "front-reader", scan: "scan-3", outcome: "granted", at: morning + 3000 },
    { device: "front-reader", scan: "scan-4", outcome: "denied", at: morning + 4000 },
    { device: "front-reader", scan: "late", outcome: "denied", at: morning + 6000 },
  ]);
  expect(await again.recentScans(morning + 100_000)).toEqual([]);
});
