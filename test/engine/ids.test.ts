import { expect, test } from "vitest";
import { newId } from "../../gateway/ids.js";

test("ids rise, also within one millisecond, and no two are the same", () => {
  const ids = Array.from({ length: 20_000 }, newId);
  expect(new Set(ids).size).toBe(ids.length);
  expect(ids.toSorted()).toEqual(ids);
});

test("an id is a UUID of version 7 that says when it was made", () => {
  const before = Date.now();
  const id = newId();
  expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  const bornAt = Number.parseInt(id.replaceAll("-", "").slice(0, 12), 16);
  expect(bornAt).toBeGreaterThanOrEqual(before);
  // Many ids of one millisecond may run ahead of the clock, but not far.
  expect(bornAt).toBeLessThanOrEqual(Date.now() + 5);
});

test("what two ids of one moment do not share is random", () => {
  const tails = Array.from({ length: 1_000 }, () => newId().slice(-8));
  expect(new Set(tails).size).toBeGreaterThan(990);
});
