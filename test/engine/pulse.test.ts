import { expect, test } from "vitest";
import type { JournalHealth } from "../../gateway/ports.js";
import { pulseOf } from "../../gateway/pulse.js";

function watched() {
  let now = 0;
  const health = { state: "ok", lastSeq: 7, waiting: 0 } as JournalHealth;
  const its = { health, decides: true };
  const alive = pulseOf({ health: () => its.health }, { monotonic: () => now }, () => its.decides);
  return {
    alive,
    set: (more: Partial<JournalHealth>) => {
      its.health = { ...its.health, ...more };
    },
    decides: (decides: boolean) => {
      its.decides = decides;
    },
    later: (ms: number) => {
      now += ms;
      return alive();
    },
  };
}

test("a gateway with nothing to write is alive for as long as it decides", () => {
  const it = watched();
  expect(it.later(1_000_000)).toBe(true);
  it.decides(false);
  expect(it.alive()).toBe(false);
});

test("a log that has something to write and gets no further is not alive after half a minute", () => {
  const it = watched();
  it.alive();
  it.set({ waiting: 3 });
  expect(it.later(29_000)).toBe(true);
  expect(it.later(2_000)).toBe(false);
  it.set({ lastSeq: 8 });
  expect(it.later(1)).toBe(true);
});

test("a disk that is known to fail is no reason to restart the machine: doors go on from memory", () => {
  const it = watched();
  it.set({ waiting: 3, state: "failing" });
  expect(it.later(600_000)).toBe(true);
});
