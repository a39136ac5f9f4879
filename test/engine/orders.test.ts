import { afterEach, expect, test, vi } from "vitest";
import type { Driver, Order, OrderOutcome, Reading } from "../../drivers/driver.js";
import { activeSite } from "../../gateway/building.js";
import type { SiteEvent } from "../../gateway/core/events.js";
import type { Request } from "../../gateway/core/signals.js";
import { emptyState } from "../../gateway/core/state.js";
import { Engine } from "../../gateway/engine.js";
import type { Directory, Journal } from "../../gateway/ports.js";
import { parseSite } from "../../gateway/site/document.js";
import { faultSite } from "../faults/building.js";

const silent = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} };
const operator = { kind: "operator", id: "guard" } as const;

/** A journal whose disk takes everything at once, or never. */
function journal(disk: "quick" | "stuck"): Journal {
  let seq = 0;
  return {
    append: ({ events }: { events: readonly object[] }) => ({
      events: events.map((event) => ({ ...event, seq: ++seq }) as SiteEvent),
      durable: disk === "quick" ? Promise.resolve() : new Promise<void>(() => {}),
    }),
    onBatch: () => () => {},
    flush: async () => {},
  } as unknown as Journal;
}

class Rig {
  readonly orders: Order[] = [];
  /** How the lock answers; done where nothing is said. */
  outcome: OrderOutcome = { is: "done" };
  readonly engine: Engine;
  #hear: (reading: Reading) => void = () => {};

  constructor(disk: "quick" | "stuck" = "quick") {
    const driver: Driver = {
      name: "mqtt",
      start: async (onReading) => {
        this.#hear = onReading;
      },
      stop: async () => {},
      serve: () => {},
      answer: () => {},
      send: async (order) => {
        this.orders.push(order);
        return this.outcome;
      },
    };
    const nobody = { person: () => undefined, credential: () => undefined, find: () => undefined };
    this.engine = new Engine(
      {
        clock: { now: () => Date.now(), monotonic: () => performance.now() },
        journal: journal(disk),
        directory: { ...nobody, people: 0, credentials: 0 } as Directory,
        drivers: new Map([["mqtt", driver]]),
        log: silent,
        version: "test",
        releaseAfterMs: 60,
      },
      emptyState(),
    );
    this.engine.load(siteOf(1));
  }

  hear(reading: Reading): void {
    this.#hear(reading);
  }

  ask(request: Request) {
    return this.engine.request(operator, request);
  }

  /** What the lock was told since the last time, as `op` and the order that it ends. */
  told(): string[] {
    return this.orders.splice(0).map((order) => (order.op === "lock" ? `lock ${order.ends}` : order.op));
  }
}

function siteOf(
  revision: number,
  change: (door: ReturnType<typeof faultSite>["doors"][number]) => object = (d) => d,
) {
  const site = faultSite(1);
  const parsed = parseSite({ ...site, doors: site.doors.map(change) });
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.faults));
  return activeSite(parsed.document, revision, Date.now());
}

const door = "door-1";
let rig: Rig;
afterEach(() => rig.engine.stop("the test is over"));

test("an order to lock that waited for the disk is not sent after an emergency release that did not", async () => {
  rig = new Rig("stuck");
  await rig.engine.start(undefined);
  await rig.ask({ op: "door.mode", door, mode: "free" });
  expect(rig.told()).toEqual(["hold"]);
  await Promise.all([
    rig.ask({ op: "door.mode", door, mode: "card" }),
    rig.ask({ op: "door.emergency-release", door }),
  ]);
  expect(rig.told()).toEqual(["release"]);
});

test("a release whose end was held back by the next one is ended with it", async () => {
  rig = new Rig("stuck");
  await rig.engine.start(undefined);
  await rig.ask({ op: "door.emergency-release", door });
  const first = rig.orders[0]?.id;
  await Promise.all([
    rig.ask({ op: "door.emergency-reset", door }),
    rig.ask({ op: "door.emergency-release", door }),
  ]);
  const second = rig.orders.at(-1)?.id;
  rig.told();
  await rig.ask({ op: "door.emergency-reset", door });
  expect(rig.told().toSorted()).toEqual([`lock ${first}`, `lock ${second}`].toSorted());
});

test("a lock that refused to be held open is opened for each grant of its own", async () => {
  rig = new Rig();
  rig.outcome = { is: "refused", detail: "jammed" };
  await rig.engine.start(undefined);
  await rig.ask({ op: "door.mode", door, mode: "free" });
  rig.outcome = { is: "done" };
  rig.told();
  await rig.ask({ op: "door.unlock", door });
  expect(rig.told()).toEqual(["pulse"]);
});

test("a lock that a door leaves is locked at its old point, and the new one is held", async () => {
  rig = new Rig();
  await rig.engine.start(undefined);
  await rig.ask({ op: "door.mode", door, mode: "free" });
  const [hold] = rig.orders;
  rig.orders.length = 0;
  const rewired = siteOf(2, (d) => ({ ...d, lock: { ...d.lock, point: "io-1/lock/2" } }));
  const outcome = rig.engine.activate(rewired, operator, undefined);
  expect(outcome).toHaveProperty("durable");
  await new Promise((resolve) => setTimeout(resolve, 100));
  expect(rig.orders).toMatchObject([
    { op: "lock", point: { n: 1 }, ends: hold?.id },
    { op: "hold", point: { n: 2 } },
  ]);
});

test("a passage that is over ends its release at the lock, by the name of that order", async () => {
  rig = new Rig();
  rig.engine.load(siteOf(2, (d) => ({ ...d, relock: "open" })));
  await rig.engine.start(undefined);
  const contact = (active: boolean, edge: boolean): Reading => ({
    type: "input",
    point: { device: "io-1", kind: "input", n: 1 },
    active,
    edge,
    fault: null,
    missed: 0,
  });
  rig.hear({ type: "presence", device: "io-1", online: true });
  rig.hear(contact(false, false));
  await rig.ask({ op: "door.unlock", door });
  const [pulse] = rig.orders;
  expect(rig.told()).toEqual(["pulse"]);
  rig.hear(contact(true, true));
  await vi.waitFor(() => expect(rig.orders).toHaveLength(1));
  expect(rig.orders[0]).toMatchObject({ op: "lock", ends: pulse?.id, pulse: true });
});

test("a gate that is touched on its edge opens again at once, however slow the disk is", async () => {
  rig = new Rig("stuck");
  const gate = { kind: "gate", safetyEdge: "io-1/input/3" };
  rig.engine.load(siteOf(2, (d) => ({ ...d, ...gate })));
  await rig.engine.start(undefined);
  const input = (n: number, active: boolean, edge: boolean): Reading => ({
    type: "input",
    point: { device: "io-1", kind: "input", n },
    active,
    edge,
    fault: null,
    missed: 0,
  });
  rig.hear({ type: "presence", device: "io-1", online: true });
  rig.hear(input(1, true, false));
  rig.told();
  rig.hear(input(3, true, true));
  expect(rig.told()).toEqual(["hold"]);
});

test.each([
  ["a press", { active: true, missed: 0 }, ["pulse"]],
  ["a press of which only the end was heard", { active: false, missed: 1 }, ["pulse"]],
  [
    "a press on a line that was tampered with",
    { active: true, missed: 0, fault: "tamper" as const },
    ["pulse"],
  ],
  ["a release", { active: false, missed: 0 }, []],
  ["a level told at start", { active: true, missed: 0, edge: false }, []],
  ["a line that is open", { active: true, missed: 0, fault: "open" as const }, []],
])("at the exit button, %s", async (_, over, orders) => {
  rig = new Rig();
  rig.engine.load(siteOf(1, (d) => ({ ...d, exitButton: "io-1/input/2" })));
  await rig.engine.start(undefined);
  const point = { device: "io-1", kind: "input", n: 2 } as const;
  rig.hear({ type: "input", point, fault: null, edge: true, ...over });
  expect(rig.told()).toEqual(orders);
});

test("a card that nobody has is remembered, so that it can be given to somebody", async () => {
  rig = new Rig();
  await rig.engine.start(undefined);
  const point = { device: "io-1", kind: "reader", n: 1 } as const;
  const credential = { kind: "uid", uid: "04a1b2c3d4e5f6" } as const;
  rig.hear({ type: "scan", point, scan: "s1", credential, ageMs: 1, retained: false, again: false });
  rig.hear({ type: "scan", point, scan: "s2", credential, ageMs: 9_000, retained: false, again: false });
  const remembered = rig.engine.unknownCards.list(Date.now());
  expect(remembered).toMatchObject([{ device: "io-1", scan: "s1", door }]);
  expect(remembered[0]?.values[0]).toMatch(/^uid:04a1b2c3d4e5f6$/i);
});
