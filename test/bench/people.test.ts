import { expect, test } from "vitest";
import { measurePeople } from "./people-figures.js";

/** Ten times what is promised: machines that run tests are small, and seldom idle. */
const patience = 10;

test("twenty thousand people are brought while doors are used, found, revoked, and there after a kill", async () => {
  const figures = await measurePeople(20_000, () => {});
  expect(figures).toMatchObject({ people: 20_000, credentials: 24_000, afterKill: "denied" });
  // The list and its checking, not the people, are most of it here.
  expect(figures.memoryMb.fromSnapshot.rss - figures.memoryMb.empty.rss).toBeLessThan(150);
  expect(figures.import.unanswered).toBe(0);
  expect(figures.import.loopHeldMs.maxMs).toBeLessThan(200 * patience);
  expect(figures.revocationMs.p50).toBeLessThan(5 * patience);
  expect(figures.search.all.p99).toBeLessThan(150 * patience);
}, 600_000);
