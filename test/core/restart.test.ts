import { isDeepStrictEqual } from "node:util";
import fc from "fast-check";
import { expect, test, vi } from "vitest";
import { surelyCome } from "../../gateway/core/clock-trust.js";
import type { MutableState } from "../../gateway/core/state.js";
import { applyChanges, emptyState, houseId } from "../../gateway/core/state.js";
import { step } from "../../gateway/core/step.js";
import { aDay, afterwards, anOffice, everybody, type Lived, live, runs } from "./any-day.js";

vi.setConfig({ testTimeout: 120_000 });

/** As the journal keeps it and a start reads it. */
function reread(state: MutableState): MutableState {
  const again = emptyState();
  for (const kind of Object.keys(state) as (keyof MutableState)[])
    for (const [id, value] of state[kind]) {
      const kept: unknown = JSON.parse(JSON.stringify(value));
      (again[kind] as Map<string, unknown>).set(id, kept);
    }
  return again;
}

/** The day, all that was due at its end done, and the gateway started on what was written. */
function restarted(lived: Lived, downMs: number, clock: "ntp" | "nobody") {
  applyChanges(lived.state, afterwards(lived, { type: "tick" }).changes);
  const before = reread(lived.state);
  const state = reread(lived.state);
  const at = lived.at + downMs;
  const signal = { type: "started", version: "2", downSince: lived.at, clock, id: "again", at } as const;
  const { changes, commands } = step(lived.site, everybody, state, signal);
  applyChanges(state, changes);
  return { before, after: state, at, commands };
}

const anyDown = fc.constantFrom(0, 1, 4_000, 60_000, 3_600_000, 86_400_000, -400 * 86_400_000);

test("what is written is read back as it was", () => {
  fc.assert(
    fc.property(anOffice, aDay, (sketch, day) => {
      const { state } = live(sketch, day);
      expect(isDeepStrictEqual(reread(state), state)).toBe(true);
    }),
    { numRuns: runs },
  );
});

test("a restart at any point keeps modes, overrides, emergency, lockdown, threat level, muster, fire and anti-passback", () => {
  fc.assert(
    fc.property(
      anOffice,
      aDay,
      anyDown,
      fc.constantFrom("ntp", "nobody" as const),
      (sketch, day, downMs, clock) => {
        const { before, after, at } = restarted(live(sketch, day), downMs, clock);
        for (const [id, was] of before.doors) {
          const now = after.doors.get(id);
          const end = was.override?.until;
          const known = after.house.get(houseId)?.clock;
          // A wall-clock end that has surely come while down has ended it; any other stands.
          const over = end !== undefined && surelyCome(known, end) <= at;
          expect(now?.override).toEqual(over ? undefined : was.override);
          expect(now?.emergency).toEqual(was.emergency);
          expect(now?.firstInAt).toEqual(was.firstInAt);
          expect(now?.unnamed).toEqual(was.unnamed);
          if (was.held?.kind === "emergency") expect(now?.held?.id).toBe(was.held.id);
        }
        expect(after.fire).toEqual(before.fire);
        expect(after.partitions).toEqual(before.partitions);
        expect(after.musters).toEqual(before.musters);
        expect(after.forgiven).toEqual(before.forgiven);
        for (const [id, { uses }] of before.cards) expect(after.cards.get(id)?.uses).toBe(uses);
        expect(after.arrivals).toEqual(before.arrivals);
        const { clock: _, ...house } = before.house.get(houseId) ?? {};
        const { clock: __, ...houseAfter } = after.house.get(houseId) ?? {};
        expect(houseAfter).toEqual(house);
        // Whoever was let in and not seen going through is taken to have gone; everybody else is where he was.
        const pending = new Set(
          [...before.doors.values()].flatMap(({ condition }) =>
            "grants" in condition ? condition.grants.map(({ person }) => person) : [],
          ),
        );
        for (const [person, where] of before.whereabouts)
          if (!pending.has(person)) expect(after.whereabouts.get(person)).toEqual(where);
        expect([...after.whereabouts.keys()].filter((id) => !pending.has(id)).length).toBe(
          [...before.whereabouts.keys()].filter((id) => !pending.has(id)).length,
        );
      },
    ),
    { numRuns: runs },
  );
});

test("while nobody answers for the clock, no countdown loses what was left of it, however long the gateway was down", () => {
  fc.assert(
    fc.property(anOffice, aDay, anyDown, (sketch, day, downMs) => {
      const lived = live(sketch, day);
      const { before, after, at } = restarted(lived, downMs, "nobody");
      for (const [id, { condition }] of before.doors) {
        const now = after.doors.get(id)?.condition;
        if (condition.is !== "released" || now?.is !== "released") continue;
        expect(now.until - at).toBe(condition.until - lived.at);
      }
      for (const [id, was] of before.doors)
        if (was.condition.is === "released") expect(after.doors.get(id)?.condition.is).toBe("released");
    }),
    { numRuns: runs },
  );
});
