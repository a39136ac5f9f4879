import { expect, test } from "vitest";
import type { Driver, Order } from "../../drivers/driver.js";
import { activeSite } from "../../gateway/building.js";
import type { SiteEvent } from "../../gateway/core/events.js";
import { emptyState } from "../../gateway/core/state.js";
import { Engine } from "../../gateway/engine.js";
import type { Directory, Journal } from "../../gateway/ports.js";
import { parseSite } from "../../gateway/site/document.js";
import { faultSite } from "../faults/building.js";

const silent = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} };
const operator = { kind: "operator", id: "guard" } as const;

/** A journal whose disk never comes back: everything that waits is let go after `releaseAfterMs`. */
function stuckJournal(): Journal {
  let seq = 0;
  return {
    append: ({ events }: { events: readonly object[] }) => ({
      events: events.map((event) => ({ ...event, seq: ++seq }) as SiteEvent),
      durable: new Promise<void>(() => {}),
    }),
    onBatch: () => () => {},
  } as unknown as Journal;
}

test("an order to lock that waited for the disk is not sent after an emergency release that did not", async () => {
  const orders: Order[] = [];
  const driver: Driver = {
    name: "mqtt",
    start: async () => {},
    stop: async () => {},
    serve: () => {},
    answer: () => {},
    send: async (order) => {
      orders.push(order);
      return { is: "done" };
    },
  };
  const nobody = { person: () => undefined, credential: () => undefined, find: () => undefined };
  const engine = new Engine(
    {
      clock: { now: () => Date.now(), monotonic: () => performance.now() },
      journal: stuckJournal(),
      directory: { ...nobody, people: 0, credentials: 0 } as Directory,
      drivers: new Map([["mqtt", driver]]),
      log: silent,
      version: "test",
      releaseAfterMs: 60,
    },
    emptyState(),
  );
  const parsed = parseSite(faultSite(1));
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.faults));
  engine.load(activeSite(parsed.document, 1, Date.now()));
  await engine.start(undefined);
  try {
    await engine.request(operator, { op: "door.mode", door: "door-1", mode: "free" });
    expect(orders.map(({ op }) => op)).toEqual(["hold"]);
    const locking = engine.request(operator, { op: "door.mode", door: "door-1", mode: "card" });
    const releasing = engine.request(operator, { op: "door.emergency-release", door: "door-1" });
    await Promise.all([locking, releasing]);
    expect(orders.map(({ op }) => op)).toEqual(["hold", "release"]);
  } finally {
    await engine.stop("the test is over");
  }
});
