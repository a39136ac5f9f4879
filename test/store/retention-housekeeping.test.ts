import { expect, test } from "vitest";
import { emptyState } from "../../gateway/core/state.js";
import { Housekeeping, type KeepDays } from "../../gateway/housekeeping.js";
import { LogRoomWatch } from "../../gateway/log-room.js";
import type { Store } from "../../gateway/store/store.js";
import { verifyJournal } from "../../gateway/store/verify.js";
import { aFolder, aStore, write } from "./a-folder.js";
import { aScan, morning } from "./a-scan.js";

const dayMs = 86_400_000;
const keepDays: KeepDays = {
  access: 365,
  door: 365,
  device: 365,
  alarm: 1825,
  safety: 1825,
  system: 1825,
  audit: "forever",
};

function housekeeping(store: Store, at: { now: number }): Housekeeping {
  const faults: unknown[] = [];
  const fault = (what: unknown) => {
    faults.push(what);
    throw new Error(`housekeeping logged a fault: ${JSON.stringify(what)}`);
  };
  const log = { debug: () => {}, info: () => {}, warn: fault, error: fault };
  const clock = { now: () => at.now, monotonic: () => performance.now() };
  const room = new LogRoomWatch(store, () => {}, undefined);
  return new Housekeeping({ store, state: emptyState(), clock, log }, keepDays, room);
}

test("what a building keeps a year goes after a year, what it keeps for ever stays, and the log still verifies", async () => {
  const { data } = aFolder();
  const store = await aStore(data);
  await write(store, 1, 20);
  store.journal.append(aScan(21, { type: "audit.signed-in" }));
  await write(store, 22, 30);
  const at = { now: morning + 365 * dayMs + 11_000 };
  await housekeeping(store, at).look();
  const left = async () => (await store.journal.readAfter(0, 100)).map(({ seq }) => seq);
  // Event 11 is a year old to the very millisecond and stays, those before it are older.
  expect(await left()).toEqual(Array.from({ length: 20 }, (_, i) => i + 11));
  at.now += dayMs;
  await housekeeping(store, at).look();
  expect(await left()).toEqual([21]);
  expect(await store.signals.read(0, 100)).toEqual([]);
  expect(await verifyJournal(data)).toMatchObject({ ok: true, to: 30 });
});

test("the building is tidied once a day, however often the gateway is started", async () => {
  const store = await aStore(aFolder().data);
  await write(store, 1, 5);
  const snapshots = async () => (await store.snapshots.latestBefore(Number.MAX_SAFE_INTEGER))?.at;
  const at = { now: morning + dayMs };
  await housekeeping(store, at).look();
  expect(await snapshots()).toBe(morning + dayMs);
  at.now += dayMs - 1;
  await housekeeping(store, at).look();
  expect(await snapshots()).toBe(morning + dayMs);
  at.now += 1;
  await housekeeping(store, at).look();
  expect(await snapshots()).toBe(morning + 2 * dayMs);
});

test("a gateway that stops does not wait until everything old is gone", async () => {
  const store = await aStore(aFolder().data);
  await write(store, 1, 2_000);
  const at = { now: morning + 800 * dayMs };
  const house = housekeeping(store, at);
  const looking = house.look();
  await house.stop();
  await looking;
  expect((await store.journal.readAfter(0, 1)).length).toBe(1);
  // The next start goes on with it.
  await housekeeping(store, at).look();
  expect(await store.journal.readAfter(0, 1)).toEqual([]);
});
