import fc from "fast-check";
import { expect, test } from "vitest";
import type { StepResult } from "../../gateway/core/step.js";
import { afterwards, anHour, anOffice, doorIds, type Lived, live } from "./any-day.js";

/** Property of the design, tried as often in every run of the tests: nothing shuts anybody in. */
const tries = Number(process.env.RUNS ?? 10_000);

/** A free exit whose request unlocks; where the handle alone lets out, no request needs to. */
function mustRelease({ site }: Lived, id: string): boolean {
  const door = site.doors.get(id);
  return door?.exit === "free" && door.exitRequest?.unlocks !== false;
}

function releases({ commands }: StepResult, door: string): boolean {
  return commands.some((each) => each.type === "release-door" && each.door === door && each.urgent);
}

test("whatever happened before, an exit request at a free exit releases its door in that step, and is urgent", () => {
  let asked = 0;
  fc.assert(
    fc.property(anOffice, anHour, fc.constantFrom(...doorIds), (sketch, hour, door) => {
      const lived = live(sketch, hour);
      lived.signals.forEach((signal, i) => {
        if (signal.type !== "exit-requested" || !mustRelease(lived, signal.door)) return;
        asked++;
        expect(releases(lived.results[i] as StepResult, signal.door)).toBe(true);
      });
      if (!mustRelease(lived, door)) return;
      asked++;
      expect(releases(afterwards(lived, { type: "exit-requested", door }), door)).toBe(true);
    }),
    { numRuns: tries },
  );
  expect(asked).toBeGreaterThan(tries / 3);
}, 240_000);
