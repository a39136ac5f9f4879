import { once } from "node:events";
import { type AddressInfo, connect, createServer } from "node:net";
import { v7 } from "uuid";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { DeviceBus, DevicePoint } from "../../drivers/driver.js";
import { Orders } from "../../drivers/mqtt/orders.js";

const lock: DevicePoint = { device: "l1", kind: "lock", n: 1 };

/** A wire in memory: leases take minutes, so these tests turn the clock. */
function wire() {
  const sent: { op: string; id: string; n?: number; lease_ms?: number }[] = [];
  const resets: string[] = [];
  let orders: Orders | undefined;
  const world = {
    sent,
    resets,
    answers: true,
    online: true,
    lapses: [] as string[],
    get orders(): Orders {
      if (!orders) throw new Error("no orders");
      return orders;
    },
  };
  const bus: DeviceBus = {
    onUp: () => () => {},
    onPresence: () => () => {},
    isOnline: () => world.online,
    reset: (device) => {
      resets.push(device);
    },
    async sendDown(device, _topic, payload) {
      const command = JSON.parse(payload);
      sent.push(command);
      if (world.answers) queueMicrotask(() => world.orders.acknowledged(device, command.id, true, undefined));
      return world.online;
    },
  };
  orders = new Orders(bus, (_device, error) => world.lapses.push(error));
  return world;
}

beforeEach(() => {
  vi.useFakeTimers({ now: Date.UTC(2026, 10, 23, 20) });
});
afterEach(() => {
  vi.useRealTimers();
});

test("a hold is renewed every third of its lease, under its own id, with rising n", async () => {
  const { orders, sent } = wire();
  const id = `${v7({ msecs: Date.now() })}.1`;
  expect(await orders.send({ op: "hold", id, point: lock })).toEqual({ is: "done" });
  expect(sent).toEqual([{ id, op: "hold", lock: 1, lease_ms: 90_000, n: 1 }]);
  await vi.advanceTimersByTimeAsync(91_000);
  expect(sent).toHaveLength(4);
  expect(new Set(sent.map((command) => command.id))).toEqual(new Set([id]));
  const rising = sent.map(({ n }) => n ?? 0);
  expect(rising).toEqual([...rising].sort((a, b) => a - b));
  expect(new Set(rising).size).toBe(4);
  orders.stop();
});

test("a hold that another process of the gateway began goes on above the n that it had", async () => {
  const before = wire();
  const id = `${v7({ msecs: Date.now() })}.1`;
  await before.orders.send({ op: "hold", id, point: lock });
  await vi.advanceTimersByTimeAsync(300_000);
  before.orders.stop();
  const last = before.sent.at(-1)?.n ?? 0;
  await vi.advanceTimersByTimeAsync(2_000);
  const after = wire();
  await after.orders.send({ op: "hold", id, point: lock });
  expect(after.sent[0]?.n).toBeGreaterThan(last);
  after.orders.stop();
});

test("a hold is never renewed after a lock, whichever it ends and whether or not that is confirmed", async () => {
  const world = wire();
  await world.orders.send({ op: "hold", id: "h-1", point: lock });
  world.answers = false;
  const locked = world.orders.send({ op: "lock", id: "x-1", point: lock, ends: "h-1" });
  await vi.advanceTimersByTimeAsync(2_100);
  expect(await locked).toMatchObject({ is: "no-answer" });
  world.answers = true;
  await vi.advanceTimersByTimeAsync(300_000);
  expect(world.sent.map(({ op }) => op)).toEqual(["hold", "lock"]);
});

test("a hold whose lock went out before it was confirmed is not renewed", async () => {
  const world = wire();
  world.answers = false;
  const held = world.orders.send({ op: "hold", id: "h-1", point: lock });
  const locked = world.orders.send({ op: "lock", id: "x-1", point: lock, ends: "h-1" });
  world.orders.acknowledged("l1", "h-1", true, undefined);
  world.orders.acknowledged("l1", "x-1", true, undefined);
  expect(await Promise.all([held, locked])).toEqual([{ is: "done" }, { is: "done" }]);
  await vi.advanceTimersByTimeAsync(300_000);
  expect(world.sent.map(({ op }) => op)).toEqual(["hold", "lock"]);
});

test("an emergency release takes over from a hold; a pulse does not end it", async () => {
  const world = wire();
  await world.orders.send({ op: "hold", id: "h-1", point: lock });
  await world.orders.send({ op: "pulse", id: "p-1", point: lock, ms: 5_000 });
  await vi.advanceTimersByTimeAsync(31_000);
  expect(world.sent.map(({ op }) => op)).toEqual(["hold", "unlock", "hold"]);
  await world.orders.send({ op: "release", id: "r-1", point: lock });
  await vi.advanceTimersByTimeAsync(300_000);
  expect(world.sent.map(({ op }) => op)).toEqual(["hold", "unlock", "hold", "release"]);
});

test("a pulse that is ended by its name leaves the hold beside it, which is renewed as before", async () => {
  const world = wire();
  await world.orders.send({ op: "hold", id: "h-1", point: lock });
  await world.orders.send({ op: "pulse", id: "p-1", point: lock, ms: 5_000 });
  await world.orders.send({ op: "lock", id: "x-1", point: lock, ends: "p-1", pulse: true });
  expect(world.sent.at(-1)).toEqual({ id: "x-1", op: "lock", lock: 1, ends: "p-1" });
  await vi.advanceTimersByTimeAsync(31_000);
  expect(world.sent.map(({ op }) => op)).toEqual(["hold", "unlock", "lock", "hold"]);
  world.orders.stop();
});

test("a hold that is not confirmed yet when a pulse is ended is renewed all the same", async () => {
  const world = wire();
  world.answers = false;
  const held = world.orders.send({ op: "hold", id: "h-1", point: lock });
  const ended = world.orders.send({ op: "lock", id: "x-1", point: lock, ends: "p-1", pulse: true });
  world.orders.acknowledged("l1", "x-1", true, undefined);
  world.orders.acknowledged("l1", "h-1", true, undefined);
  expect(await Promise.all([held, ended])).toEqual([{ is: "done" }, { is: "done" }]);
  await vi.advanceTimersByTimeAsync(31_000);
  expect(world.sent.map(({ op }) => op)).toEqual(["hold", "lock", "hold"]);
  world.orders.stop();
});

test("a reader is told what to sound, and how long", async () => {
  const { orders, sent } = wire();
  const reader: DevicePoint = { device: "l1", kind: "reader", n: 2 };
  const signal = { op: "signal", id: "s-1", pattern: "pre-alarm", ms: 10_000 } as const;
  expect(await orders.send({ ...signal, point: reader })).toEqual({ is: "done" });
  expect(sent).toEqual([{ id: "s-1", op: "signal", reader: 2, pattern: "pre-alarm", ms: 10_000 }]);
  expect((await orders.send({ ...signal, id: "s-2", point: lock })).is).toBe("refused");
});

test("a device that does not confirm is cut off, so that nothing arrives late", async () => {
  const world = wire();
  world.answers = false;
  const outcome = world.orders.send({ op: "pulse", id: "p-1", point: lock, ms: 5_000, scan: "s-1" });
  expect(world.sent).toEqual([{ id: "p-1", op: "unlock", lock: 1, ms: 5_000, for: "s-1" }]);
  await vi.advanceTimersByTimeAsync(1_900);
  expect(world.resets).toEqual([]);
  await vi.advanceTimersByTimeAsync(200);
  expect(await outcome).toMatchObject({ is: "no-answer" });
  expect(world.resets).toEqual(["l1"]);
  // Its answer comes late and counts for nothing.
  world.orders.acknowledged("l1", "p-1", true, undefined);
});

test("a renewal that is not confirmed cuts the device off; one that is refused is told", async () => {
  const world = wire();
  await world.orders.send({ op: "hold", id: "h-1", point: lock });
  world.answers = false;
  await vi.advanceTimersByTimeAsync(32_100);
  expect(world.resets).toEqual(["l1"]);
  await vi.advanceTimersByTimeAsync(120_000);
  expect(world.sent).toHaveLength(2);

  world.answers = true;
  await world.orders.send({ op: "hold", id: "h-2", point: lock });
  world.answers = false;
  await vi.advanceTimersByTimeAsync(30_100);
  world.orders.acknowledged("l1", "h-2", false, "stuck");
  await vi.advanceTimersByTimeAsync(120_000);
  expect(world.lapses).toEqual(["stuck"]);
});

test("another device's acknowledgement proves nothing", async () => {
  const world = wire();
  world.answers = false;
  const outcome = world.orders.send({ op: "pulse", id: "p-1", point: lock, ms: 5_000 });
  world.orders.acknowledged("l2", "p-1", true, undefined);
  await vi.advanceTimersByTimeAsync(2_100);
  expect(await outcome).toMatchObject({ is: "no-answer" });
});

test("a device that goes settles what was on its way, and nothing is renewed", async () => {
  const world = wire();
  await world.orders.send({ op: "hold", id: "h-1", point: lock });
  world.answers = false;
  const outcome = world.orders.send({ op: "pulse", id: "p-1", point: lock, ms: 5_000 });
  world.orders.drop("l1", "gone");
  expect(await outcome).toEqual({ is: "unreachable", detail: "gone" });
  await vi.advanceTimersByTimeAsync(120_000);
  expect(world.sent.map(({ op }) => op)).toEqual(["hold", "unlock"]);
});

test("an order for a point that cannot do it is refused", async () => {
  const { orders, sent } = wire();
  const outcome = await orders.send({
    op: "pulse",
    id: "p-1",
    point: { ...lock, kind: "reader" },
    ms: 5_000,
  });
  expect(outcome.is).toBe("refused");
  expect(sent).toEqual([]);
});

test("an acknowledgement that lay in the socket while the gateway was held up counts", async () => {
  vi.useRealTimers();
  const world = wire();
  world.answers = false;
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const device = connect((server.address() as AddressInfo).port, "127.0.0.1");
  const [gateway] = await once(server, "connection");
  gateway.on("data", (id: Buffer) => world.orders.acknowledged("l1", id.toString(), true, undefined));
  const order = world.orders.send({ op: "pulse", id: "p1", point: lock, ms: 1_000 });
  const heldUp = (): void => {
    device.write("p1");
    const until = performance.now() + 400;
    while (performance.now() < until);
  };
  setTimeout(() => setImmediate(heldUp), 1_800);
  expect(await order).toEqual({ is: "done" });
  expect(world.resets).toEqual([]);
  world.orders.stop();
  device.destroy();
  server.close();
});
