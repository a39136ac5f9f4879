import { expect, test } from "vitest";
import { Freshness } from "../../drivers/mqtt/freshness.js";

test("the message that came soonest after its reading shows what now is; the others are older by the difference", () => {
  const freshness = new Freshness();
  expect(freshness.age("a", 1_000, 50_000)).toBe(0);
  expect(freshness.age("a", 2_000, 51_020)).toBeCloseTo(20, 0);
  expect(freshness.age("a", 3_000, 51_990)).toBe(0);
  expect(freshness.age("a", 4_000, 53_010)).toBeCloseTo(20, 0);
});

test("a scan that is repeated is as old as its reading", () => {
  const freshness = new Freshness();
  freshness.age("a", 1_000, 50_000);
  expect(freshness.age("a", 2_000, 51_000)).toBeCloseTo(0, 0);
  expect(freshness.age("a", 2_000, 57_500)).toBeCloseTo(6_500, -1);
});

test("another boot is another scale", () => {
  const freshness = new Freshness();
  freshness.age("a", 900_000, 1_000_000);
  expect(freshness.age("b", 10, 1_000_500)).toBe(0);
});

test("a device whose quartz runs 100 ppm slow is as fresh after a month as on the first day", () => {
  const freshness = new Freshness();
  const hourMs = 3_600_000;
  let worstMs = 0;
  for (let hour = 0; hour < 24 * 30; hour++) {
    worstMs = Math.max(worstMs, freshness.age("a", hour * hourMs * (1 - 100e-6), hour * hourMs + 1_000));
  }
  expect(worstMs).toBeLessThan(10);
});

test("uptime that is counted in 32 bits may start again at 0", () => {
  const freshness = new Freshness();
  const before = 2 ** 32 - 500;
  freshness.age("a", before, 10_000_000_000);
  expect(freshness.age("a", 500, 10_000_001_000)).toBeCloseTo(0, 0);
  expect(freshness.age("a", 1_500, 10_000_002_100)).toBeCloseTo(100, 0);
  expect(freshness.age("a", before, 10_000_003_000)).toBeGreaterThan(2_000);
});
