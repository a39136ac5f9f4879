import { expect, test } from "vitest";
import { measurePeople } from "../bench/people-figures.js";

test("a million people with 1.2 million cards in 5,000 groups keep what is promised of them", async () => {
  const { memoryMb, lastCard, afterKill, search, ...figures } = await measurePeople(1_000_000, () => {});
  expect([figures.people, figures.credentials]).toEqual([1_000_000, 1_200_000]);
  expect(afterKill).toBe("denied");
  expect(figures.import.unanswered).toBe(0);
  for (const { rss } of [memoryMb.fromSnapshot, memoryMb.fromRows]) {
    expect(rss - memoryMb.empty.rss).toBeLessThanOrEqual(150);
  }
  // What the process computes, since what the machine does besides is not known.
  expect(lastCard.fromSnapshotCpuMs).toBeLessThan(6_000);
  expect(search.all.p50).toBeLessThan(150);
}, 3_600_000);
