import { afterEach, describe, expect, test, vi } from "vitest";
import { activeSite } from "../../gateway/building.js";
import { clockOf, clockTrusted } from "../../gateway/core/clock-trust.js";
import type { EventBody, SiteEvent } from "../../gateway/core/events.js";
import { emptyState } from "../../gateway/core/state.js";
import { Engine } from "../../gateway/engine.js";
import type { ClockWord, Directory, Journal } from "../../gateway/ports.js";
import { parseSite } from "../../gateway/site/document.js";
import { hostClock, timeService } from "../../gateway/time-service.js";
import { faultSite } from "../faults/building.js";

/** What the programs of a computer print, by name; one that is not there prints nothing. */
const computer = (prints: Readonly<Record<string, string>>, file = false) =>
  timeService({ run: async (program) => prints[program], exists: () => file });

describe("who answers for the clock of a computer", () => {
  test.each([
    ["the kernel, set by whatever service", { timedatectl: "yes\n" }, false, "ntp"],
    ["the kernel says no, whatever an old file says", { timedatectl: "no\n" }, true, "nobody"],
    [
      "chrony, where there is no systemd",
      { chronyc: "A29FC87B,time,3,1,0,0,0,0,0,0,0,64,Normal\n" },
      false,
      "ntp",
    ],
    [
      "chrony that has no source yet",
      { chronyc: ",,0,0,0,0,0,0,0,0,0,0,Not synchronised\n" },
      true,
      "nobody",
    ],
    ["systemd-timesyncd by its file", {}, true, "ntp"],
    ["nobody", {}, false, "nobody"],
  ] as const)("%s", async (_what, prints, file, word) => {
    expect(await computer(prints, file).look()).toBe(word);
  });

  test("a question that fails is no answer", async () => {
    const broken = timeService({ run: () => Promise.reject(new Error("no such program")) });
    expect(await broken.look()).toBe("nobody");
  });

  test("this computer is asked without harm", async () => {
    expect(["ntp", "nobody"]).toContain(await timeService().look());
    expect(await hostClock.look()).toBe("host");
  });
});

describe("an engine", () => {
  let engine: Engine;
  afterEach(async () => {
    vi.useRealTimers();
    await engine.stop("the test is over");
  });

  function rig(look: () => ClockWord) {
    vi.useFakeTimers();
    const events: EventBody[] = [];
    const clock = { aheadMs: 0, now: () => Date.now() + clock.aheadMs, monotonic: () => performance.now() };
    const journal = {
      append: (entry: { events: readonly EventBody[] }) => {
        events.push(...entry.events);
        return { events: entry.events as readonly SiteEvent[], durable: Promise.resolve() };
      },
      onBatch: () => () => {},
      flush: async () => {},
    } as unknown as Journal;
    const nobody = { person: () => undefined, credential: () => undefined, find: () => undefined };
    engine = new Engine(
      {
        clock,
        clockTrust: { look: async () => look() },
        journal,
        directory: { ...nobody, people: 0, credentials: 0 } as Directory,
        drivers: new Map(),
        log: { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} },
        version: "test",
        releaseAfterMs: 50,
      },
      emptyState(),
    );
    const parsed = parseSite(faultSite(1));
    if (!parsed.ok) throw new Error(JSON.stringify(parsed.faults));
    engine.load(activeSite(parsed.document, 1, Date.now()));
    return { events, clock };
  }

  test("starts without trust, and trusts its clock once the time service says so", async () => {
    let word: ClockWord = "nobody";
    const { events } = rig(() => word);
    await engine.start(undefined);
    expect(clockTrusted(engine.state)).toBe(false);
    await vi.advanceTimersByTimeAsync(30_000);
    expect(clockTrusted(engine.state)).toBe(false);
    word = "ntp";
    await vi.advanceTimersByTimeAsync(12_000);
    expect(clockOf(engine.state)).toMatchObject({ trusted: true, why: "ntp" });
    expect(events.map(({ type }) => type)).toEqual(
      expect.arrayContaining(["system.clock-not-trusted", "system.started", "system.clock-trusted"]),
    );
  });

  test("loses its trust at a step that nobody answers for, and asks at once", async () => {
    let word: ClockWord = "ntp";
    const { events, clock } = rig(() => word);
    await engine.start(undefined);
    expect(clockOf(engine.state)).toMatchObject({ trusted: true, why: "ntp" });
    word = "nobody";
    clock.aheadMs = 4 * 3_600_000;
    await vi.advanceTimersByTimeAsync(1_500);
    expect(clockOf(engine.state)).toMatchObject({ trusted: false, why: "step" });
    word = "ntp";
    clock.aheadMs = 0;
    await vi.advanceTimersByTimeAsync(1_500);
    expect(clockTrusted(engine.state)).toBe(true);
    expect(events.filter(({ type }) => type === "system.clock-stepped")).toHaveLength(2);
  });
});
