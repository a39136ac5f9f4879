import fc from "fast-check";
import { expect, test } from "vitest";
import { nextDeadline } from "../../gateway/core/deadline.js";
import { DeadlineIndex } from "../../gateway/core/deadline-index.js";
import { reconcile } from "../../gateway/core/reconcile.js";
import type { Change, MutableState } from "../../gateway/core/state.js";
import { applyChanges, emptyState } from "../../gateway/core/state.js";
import { smallOffice } from "../stories/small-office.js";
import { aDay, anOffice, live, runs } from "./any-day.js";

test("an index that is told of each change knows the same next deadline as a walk over the whole site", () => {
  fc.assert(
    fc.property(anOffice, aDay, (sketch, day) => {
      const { site, results } = live(sketch, day);
      const state = emptyState();
      const index = new DeadlineIndex(site, state);
      for (const { changes } of results) {
        applyChanges(state, changes);
        index.note(changes);
        expect(index.next()).toBe(nextDeadline(site, state));
      }
    }),
    { numRuns: runs },
  );
});

test("an index that begins in the middle of a day, as after a restart or with a new site, knows what waits", () => {
  fc.assert(
    fc.property(anOffice, aDay, anOffice, (sketch, day, other) => {
      const { site, state, at } = live(sketch, day);
      expect(new DeadlineIndex(site, state).next()).toBe(nextDeadline(site, state));
      const next = smallOffice({ ...other, revision: 2 });
      const by = { kind: "operator", id: "olga" } as const;
      const result = reconcile(site, next, state, { type: "site-activated", revision: 2, by, id: "new", at });
      if (!("changes" in result)) return;
      const index = new DeadlineIndex(next, state);
      applyChanges(state, result.changes);
      index.note(result.changes);
      expect(index.next()).toBe(nextDeadline(next, state));
    }),
    { numRuns: runs },
  );
});

test("deadlines that come, move and go in any order are given out in theirs", () => {
  const site = smallOffice({});
  const ids = [...site.doors.keys()];
  const aMove = fc.record({
    door: fc.constantFrom(...ids),
    relockBy: fc.option(fc.integer({ min: 0, max: 1_000 }), { nil: undefined }),
  });
  fc.assert(
    fc.property(fc.array(aMove, { maxLength: 400, size: "max" }), (moves) => {
      const state: MutableState = emptyState();
      const index = new DeadlineIndex(site, state);
      for (const { door, relockBy } of moves) {
        const value = {
          condition: { is: "closed" },
          position: "closed",
          ...(relockBy === undefined ? {} : { relockBy }),
        } as const;
        const changes: Change[] = [{ kind: "doors", id: door, value }];
        applyChanges(state, changes);
        index.note(changes);
        expect(index.next()).toBe(nextDeadline(site, state));
      }
    }),
    { numRuns: runs },
  );
});
