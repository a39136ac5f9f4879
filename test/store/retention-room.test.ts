import { expect, test } from "vitest";
import type { EventBody } from "../../gateway/core/events.js";
import { LogRoomWatch, logRoom } from "../../gateway/log-room.js";
import type { LogSize } from "../../gateway/store/room.js";
import { aFolder, aStore, write } from "./a-folder.js";
import { morning } from "./a-scan.js";

/** A disk of 1,000 MB of which the log has so much. */
function disk() {
  const size = { usedMb: 100 };
  const told: EventBody[] = [];
  const kept = new Map<string, string>();
  const store = {
    logSize: async (): Promise<LogSize> => ({
      usedBytes: size.usedMb * 1e6,
      reusableBytes: 0,
      diskFreeBytes: (1000 - size.usedMb) * 1e6,
      events: 1,
      growth: { eventsADay: 1000, bytesADay: 10e6 },
    }),
    meta: {
      get: async (key: string) => kept.get(key),
      set: async (key: string, value: string | undefined) => {
        if (value === undefined) kept.delete(key);
        else kept.set(key, value);
      },
    },
  };
  const watch = (capacityBytes?: number) =>
    new LogRoomWatch(store as never, (event) => told.push(event), capacityBytes);
  return { size, told, store, watch };
}

test("a log that fills 80 % of the disk says so, once, also after a restart, and again at 90 and 95 %", async () => {
  const { size, told, watch } = disk();
  for (const usedMb of [790, 800, 850, 899, 900, 950, 960]) {
    size.usedMb = usedMb;
    await watch().look();
  }
  expect(told).toEqual([
    {
      type: "system.log-nearly-full",
      data: { percent: 80, usedMb: 800, roomMb: 1000, days: 20 },
    },
    { type: "system.log-nearly-full", data: { percent: 90, usedMb: 900, roomMb: 1000, days: 10 } },
    {
      type: "system.log-nearly-full",
      severity: "critical",
      data: { percent: 95, usedMb: 950, roomMb: 1000, days: 5 },
    },
  ]);
});

test("a log at the edge of 80 % does not say so again and again, and tells when it has room again", async () => {
  const { size, told, watch } = disk();
  for (const usedMb of [810, 790, 810, 760, 810, 740, 730, 820]) {
    size.usedMb = usedMb;
    await watch().look();
  }
  expect(told.map(({ type }) => type)).toEqual([
    "system.log-nearly-full",
    "system.log-room-again",
    "system.log-nearly-full",
  ]);
});

test("where the log may not take all of the disk, its limit is what counts", async () => {
  const { told, store, watch } = disk();
  expect(await logRoom(store, 120e6)).toMatchObject({ usedPercent: 83, roomBytes: 120e6, daysLeft: 2 });
  await watch(120e6).look();
  expect(told).toHaveLength(1);
});

test("a real log tells its size, its growth and from when on it has events", async () => {
  const dayMs = 86_400_000;
  const store = await aStore(aFolder().data, { now: () => morning + 2 * dayMs });
  await write(store, 1, 2_000);
  const size = await store.logSize();
  expect(size).toMatchObject({ events: 2_000, oldestAt: morning + 1_000 });
  expect(size.usedBytes).toBeGreaterThan(500_000);
  expect(size.diskFreeBytes).toBeGreaterThan(0);
  expect(size.growth?.eventsADay).toBeCloseTo(1_000, -1);
  // What it says a day costs is what these days did cost, about.
  const costADay = size.usedBytes / 2;
  expect((size.growth?.bytesADay ?? 0) / costADay).toBeGreaterThan(0.6);
  expect((size.growth?.bytesADay ?? 0) / costADay).toBeLessThan(1.6);
});

test("how a log younger than a day grows is not known", async () => {
  const store = await aStore(aFolder().data, { now: () => morning + 3_600_000 });
  await write(store, 1, 10);
  expect((await store.logSize()).growth).toBeUndefined();
});
