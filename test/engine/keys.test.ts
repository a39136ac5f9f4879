import { afterEach, describe, expect, test } from "vitest";
import type { Answer, Driver, Order, Reading } from "../../drivers/driver.js";
import { activeSite } from "../../gateway/building.js";
import type { EventBody } from "../../gateway/core/events.js";
import type { DoorMode } from "../../gateway/core/site.js";
import { applyChanges, emptyState, type MutableState } from "../../gateway/core/state.js";
import { Engine } from "../../gateway/engine.js";
import { Keypads } from "../../gateway/keypads.js";
import type { Journal, JournalEntry } from "../../gateway/ports.js";
import { parseSite } from "../../gateway/site/document.js";
import { faultSite } from "../faults/building.js";
import { directoryOf } from "./in-memory-pins.js";

const point = { device: "io-1", kind: "reader", n: 1 } as const;
const adasCard = "04a1b2c3d4e510";

const people = directoryOf([
  {
    person: { id: "ada", version: 1, tenant: "main", groups: ["staff"], status: "active" },
    card: { uid: adasCard },
    pin: "4711",
    duress: "4712",
  },
]);

class Rig {
  readonly orders: Order[] = [];
  readonly answers: Answer[] = [];
  readonly kept: JournalEntry[] = [];
  /** Everything that the log was told, as text. */
  readonly logged: string[] = [];
  readonly state: MutableState;
  readonly engine: Engine;
  now = Date.parse("2026-11-23T09:00:00Z");
  #hear: (reading: Reading) => void = () => {};
  #count = 0;

  constructor(mode: DoorMode, state: MutableState = emptyState(), alarmed = false) {
    this.state = state;
    const log = (context: object, message: string): void => {
      this.logged.push(JSON.stringify(context) + message);
    };
    const driver: Driver = {
      name: "mqtt",
      start: async (onReading) => {
        this.#hear = onReading;
      },
      stop: async () => {},
      serve: () => {},
      answer: (answer) => this.answers.push(answer),
      send: async (order) => {
        this.orders.push(order);
        return { is: "done" };
      },
    };
    this.engine = new Engine(
      {
        clock: { now: () => this.now, monotonic: () => this.now },
        journal: this.#journal(),
        directory: people,
        clockTrust: { look: async () => "host" },
        drivers: new Map([["mqtt", driver]]),
        log: { debug: log, info: log, warn: log, error: log },
        version: "test",
        releaseAfterMs: 60,
      },
      state,
    );
    const site = faultSite(1);
    const doors = site.doors.map((door) => ({ ...door, mode }));
    const withAlarm = {
      partitions: [{ id: "ground", name: "Ground floor" }],
      doors: doors.map((door) => ({ ...door, partitions: { inside: "ground" } })),
      groups: site.groups.map((group) => ({ ...group, arms: [{ partitions: ["ground"], force: true }] })),
    };
    const parsed = parseSite({ ...site, doors, ...(alarmed ? withAlarm : {}) });
    if (!parsed.ok) throw new Error(JSON.stringify(parsed.faults));
    this.engine.load(activeSite(parsed.document, 1, this.now));
  }

  #journal(): Journal {
    let seq = 0;
    return {
      append: (entry: JournalEntry) => {
        this.kept.push(entry);
        return {
          events: entry.events.map((event) => ({ ...event, seq: ++seq })),
          durable: Promise.resolve(),
        };
      },
      onBatch: () => () => {},
      flush: async () => {},
    } as unknown as Journal;
  }

  /** Keys arrive; returns what the reader is shown for them. */
  async keys(keys: string, scan = `k${++this.#count}`): Promise<string | undefined> {
    this.#hear({ type: "keys", point, scan, keys, ageMs: 5 });
    return this.#shown(scan);
  }

  async card(): Promise<string | undefined> {
    const scan = `c${++this.#count}`;
    const credential = { kind: "uid", uid: adasCard } as const;
    this.#hear({ type: "scan", point, scan, credential, ageMs: 5, retained: false, again: false });
    return this.#shown(scan);
  }

  async #shown(scan: string): Promise<string | undefined> {
    await new Promise((resolve) => setImmediate(resolve));
    return this.answers.findLast((answer) => answer.scan === scan)?.outcome;
  }

  get events(): EventBody[] {
    return this.kept.flatMap(({ events }) => events);
  }

  get pulses(): number {
    return this.orders.filter(({ op }) => op === "pulse").length;
  }
}

let rig: Rig;
afterEach(() => rig.engine.stop("the test is over"));

async function started(mode: DoorMode, state?: MutableState, alarmed?: boolean): Promise<Rig> {
  rig = new Rig(mode, state, alarmed);
  await rig.engine.start(undefined);
  return rig;
}

describe("a number, # and a PIN at the keypad of a partition's door", () => {
  const arming = () => rig.state.partitions.get("ground")?.is ?? "disarmed";

  test("arm and disarm it, whether they come at once, in two messages or key by key, and open no door", async () => {
    await started("card", undefined, true);
    expect(await rig.keys("1#4711#")).toBe("granted");
    expect(arming()).toBe("arming");
    expect(await rig.keys("0#")).toBe("pin");
    expect(await rig.keys("4711#")).toBe("granted");
    expect(arming()).toBe("disarmed");
    for (const key of "1#471") expect(await rig.keys(key)).toBe("pin");
    expect(await rig.keys("1#")).toBe("granted");
    expect(arming()).toBe("arming");
    expect(await rig.keys("0#47")).toBe("pin");
    expect(await rig.keys("11#")).toBe("granted");
    expect(arming()).toBe("disarmed");
    expect(rig.pulses).toBe(0);
  });

  test("have one answer and are done once, also when the message is sent again", async () => {
    await started("card", undefined, true);
    expect(await rig.keys("1#4711#", "once")).toBe("granted");
    const events = rig.events.length;
    expect(await rig.keys("1#4711#", "once")).toBe("granted");
    expect(rig.events).toHaveLength(events);
  });

  test("with a wrong PIN do nothing; under threat they do as they are told, and say so silently", async () => {
    await started("card", undefined, true);
    expect(await rig.keys("1#9999#")).toBe("denied");
    expect(arming()).toBe("disarmed");
    await rig.keys("1#4711#");
    expect(await rig.keys("0#4712#")).toBe("granted");
    expect(arming()).toBe("disarmed");
    expect([...rig.state.incidents.values()].map(({ kind, silent }) => [kind, silent])).toEqual([
      ["duress", true],
    ]);
  });
});

describe("keys at a reader", () => {
  test("are collected until #, key by key or at once", async () => {
    await started("pin");
    expect(await rig.keys("47")).toBe("pin");
    expect(await rig.keys("1")).toBe("pin");
    expect(rig.pulses).toBe(0);
    expect(await rig.keys("1#")).toBe("granted");
    expect(await rig.keys("4711#")).toBe("granted");
    expect(rig.pulses).toBe(2);
  });

  test("a key that is sent again is not pressed twice, and an answered PIN is answered as it was", async () => {
    await started("pin");
    await rig.keys("47", "first");
    await rig.keys("47", "first");
    expect(await rig.keys("11#", "last")).toBe("granted");
    expect(await rig.keys("11#", "last")).toBe("granted");
    expect(rig.pulses).toBe(1);
  });

  test("that are too old are not taken, and what was before them is forgotten", async () => {
    await started("pin");
    await rig.keys("47");
    rig.engine.hear({ type: "keys", point, scan: "old", keys: "11#", ageMs: 6_000 });
    expect(rig.answers.at(-1)).toMatchObject({ scan: "old", outcome: "denied" });
    expect(await rig.keys("11#")).toBe("denied");
  });

  test("at a point that is no reader of the site are refused", async () => {
    await started("pin");
    rig.engine.hear({ type: "keys", point: { ...point, n: 9 }, scan: "x", keys: "4711#" });
    expect(rig.answers.at(-1)).toMatchObject({ scan: "x", outcome: "denied" });
  });

  test("card and PIN: the PIN is that of the card's holder, and waits over a restart", async () => {
    await started("card-and-pin");
    expect(await rig.keys("4711#")).toBe("denied");
    expect(await rig.card()).toBe("pin");
    const before = rig;
    await before.engine.stop("restart");
    const state = emptyState();
    for (const { changes } of before.kept) applyChanges(state, changes);
    rig = new Rig("card-and-pin", state);
    rig.now = before.now + 3_000;
    await rig.engine.start(before.now);
    expect(await rig.keys("4710#")).toBe("denied");
    expect(await rig.keys("4711#")).toBe("granted");
    expect(rig.pulses).toBe(1);
  });

  test("no digits are in what is written down, logged, remembered or sent", async () => {
    await started("card-and-pin");
    await rig.card();
    await rig.keys("0815#");
    await rig.keys("4712#");
    await started("pin", rig.state);
    await rig.keys("471188#");
    await rig.keys("4711#");
    const everything = JSON.stringify([
      rig.kept,
      rig.orders,
      rig.answers,
      [...rig.state.readers],
      rig.logged,
    ]);
    expect(everything).not.toMatch(/0815|471[12]/);
    expect(rig.events.map(({ type }) => type)).toContain("access.granted");
  });

  test("duress: the reader shows and the lock does what they do for any PIN", async () => {
    await started("pin");
    expect(await rig.keys("4712#")).toBe("granted");
    expect(rig.pulses).toBe(1);
    expect(rig.events.map(({ type }) => type).slice(-3)).toEqual([
      "access.granted",
      "access.passed",
      "access.duress",
    ]);
  });

  test("five wrong PINs silence the keypad, also after a restart", async () => {
    await started("pin");
    for (const keys of ["1#", "2#", "3#", "4#", "5#"]) expect(await rig.keys(keys)).toBe("denied");
    expect(await rig.keys("4711#")).toBe("denied");
    const { state, now } = rig;
    await rig.engine.stop("restart");
    rig = new Rig("pin", state);
    rig.now = now + 60_000;
    await rig.engine.start(now);
    expect(await rig.keys("4711#")).toBe("denied");
    rig.now += 31_000;
    expect(await rig.keys("4711#")).toBe("granted");
  });
});

describe("a keypad's entry", () => {
  const take = (keypads: Keypads, keys: string, at = 0) => keypads.take(point, keys, at, 10_000)?.digits;

  test("is cleared by *, ended by #, and begun anew after a pause", () => {
    const keypads = new Keypads();
    expect(take(keypads, "12*34#")).toBe("34");
    expect(take(keypads, "##")).toBeUndefined();
    take(keypads, "12", 0);
    expect(take(keypads, "34#", 10_000)).toBe("1234");
    take(keypads, "12", 0);
    expect(take(keypads, "34#", 10_001)).toBe("34");
  });

  test("knows nothing of letters and of what follows its end, and does not grow without end", () => {
    const keypads = new Keypads();
    expect(take(keypads, "1A2B3#99")).toBe("123");
    expect(take(keypads, "4#")).toBe("4");
    for (let i = 0; i < 50; i++) take(keypads, "1234567890");
    expect(take(keypads, "#")).toHaveLength(13);
  });

  test("is one of each reader", () => {
    const keypads = new Keypads();
    take(keypads, "12");
    expect(keypads.take({ ...point, n: 2 }, "34#", 0, 10_000)).toEqual({ digits: "34", rest: "" });
    expect(take(keypads, "#")).toBe("12");
  });
});
