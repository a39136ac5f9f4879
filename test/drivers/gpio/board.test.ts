/** What a building relies on, with the real onoff over a simulated /sys/class/gpio. */
import { setTimeout as later } from "node:timers/promises";
import { afterEach, expect, test } from "vitest";
import type { DevicePoint } from "../../../drivers/driver.js";
import type { BoardPlace } from "../../../drivers/gpio/place.js";
import type { ChipSketch } from "./fuse-gpio.js";
import { describeWithPins, Machine } from "./machine.js";

const lock: DevicePoint = { device: "cabinet", kind: "lock", n: 1 };
const safeLock: DevicePoint = { device: "cabinet", kind: "lock", n: 2 };
const place: BoardPlace = {
  access: "sysfs",
  lines: [
    { kind: "lock", n: 1, pin: "GPIO17", activeLow: false, debounceMs: 0, lock: "fail-secure" },
    { kind: "lock", n: 2, pin: "GPIO22", activeLow: false, debounceMs: 0, lock: "fail-safe" },
    { kind: "input", n: 1, pin: "GPIO27", activeLow: true, debounceMs: 20 },
    { kind: "input", n: 2, pin: "GPIO5", activeLow: false, debounceMs: 20, fire: true },
  ],
  heartbeat: { pin: "GPIO6", everyMs: 50 },
};

const closing: Machine[] = [];
afterEach(async () => {
  for (const machine of closing.splice(0)) await machine.close();
});

async function cabinet(base = 512, prepare: (machine: Machine) => void = () => {}): Promise<Machine> {
  const chips: readonly ChipSketch[] = [
    { base, label: base === 399 ? "pinctrl-rp1" : "pinctrl-bcm2711", lines: 54 },
    { base: base + 60, label: "mcp23017", lines: 16 },
  ];
  const machine = new Machine(chips);
  closing.push(machine);
  await machine.up();
  machine.pin({ set: base + 27, level: 1 });
  prepare(machine);
  await machine.run({ cabinet: place });
  await machine.until(() => machine.driven(base + 6).length > 3);
  return machine;
}

describeWithPins("a board of locks", () => {
  for (const base of [0, 399, 512])
    test(`is driven by the names on the board where the kernel counts from ${base}`, async () => {
      const machine = await cabinet(base);
      expect(await machine.send({ op: "pulse", id: "p-1", point: lock, ms: 60 })).toEqual({ is: "done" });
      await machine.until(
        () => machine.driven(base + 17).at(-1)?.level === 0 && machine.driven(base + 17).length >= 3,
      );
      machine.pin({ set: base + 27, level: 0 });
      const pressed = await machine.until(() => machine.readings("input").find(({ edge }) => edge));
      expect(pressed).toMatchObject({ point: { kind: "input", n: 1 }, active: true });
    });

  test("is locked at start: the fail-secure one without power, the fail-safe one with it", async () => {
    const machine = await cabinet();
    expect((await machine.level(529)).level).toBe(0);
    expect((await machine.level(534)).level).toBe(1);
  });

  test("a fire input is read and told before any relay is driven", async () => {
    const machine = await cabinet(512, (early) => early.pin({ set: 517, level: 1 }));
    const told = machine.said.findIndex(
      ({ is, reading }) => is === "reading" && JSON.stringify(reading).includes('"n":2},"active":true'),
    );
    const first = machine.said.findIndex(({ is, line }) => is === "driven" && line !== 518);
    expect(told).toBeGreaterThan(-1);
    expect(first).toBeGreaterThan(told);
    // Of the inputs it was the first.
    expect(machine.readings("input")[0]?.point.n).toBe(2);
  });

  test("a release that is ordered at once for a fire is not locked for a moment at start", async () => {
    const machine = new Machine([{ base: 512, label: "pinctrl-bcm2711", lines: 54 }]);
    closing.push(machine);
    await machine.up();
    await machine.run({ cabinet: place });
    await machine.until(() => machine.readings("presence").length > 0);
    expect(await machine.send({ op: "release", id: "r-1", point: safeLock })).toEqual({ is: "done" });
    expect(machine.driven(534).map(({ level }) => level)).not.toContain(1);
  });

  test("a pulse is as long as it should be within 20 ms, also while the process is busy", async () => {
    const machine = await cabinet();
    machine.tell({ do: "busy", ms: 6, everyMs: 15 });
    const errors: number[] = [];
    for (let i = 0; i < 12; i++) {
      const before = machine.driven(529).length;
      await machine.send({ op: "pulse", id: `p-${i}`, point: lock, ms: 150 });
      await machine.until(() => machine.driven(529).length >= before + 2);
      const [on, off] = machine.driven(529).slice(before);
      errors.push(Math.abs((off?.at ?? 0) - (on?.at ?? 0) - 150));
    }
    errors.sort((a, b) => a - b);
    // Two of twelve are left to whoever else uses this machine.
    expect(errors[9]).toBeLessThan(20);
  });

  test("kill -9 in the middle of a pulse leads to the safe level, and the heartbeat stops", async () => {
    const machine = await cabinet();
    await machine.send({ op: "pulse", id: "p-1", point: lock, ms: 60_000 });
    expect((await machine.level(529)).level).toBe(1);
    expect((await machine.level(534)).level).toBe(1);
    // The keeper is a process that has just been started: it is there by now.
    await later(1_000);
    machine.pin({ kill: "SIGKILL" });
    await machine.until(() => machine.said.some(({ is }) => is === "ended"));
    const diedAt = performance.now();
    await machine.until(() => machine.driven(529).at(-1)?.level === 0, 3_000);
    expect(performance.now() - diedAt).toBeLessThan(1_000);
    // Without power: the fail-safe one is free, as it is declared.
    await machine.until(() => machine.driven(534).at(-1)?.level === 0, 3_000);
    const beats = machine.driven(518).length;
    await later(300);
    expect(machine.driven(518).length).toBe(beats);
  });

  test("kill -9 while a door is released for fire leaves it released", async () => {
    const machine = await cabinet();
    await machine.send({ op: "release", id: "r-1", point: lock });
    await later(1_000);
    machine.pin({ kill: "SIGKILL" });
    await machine.until(() => machine.said.some(({ is }) => is === "ended"));
    await machine.until(() => machine.driven(534).at(-1)?.level === 0, 3_000);
    expect((await machine.level(529)).level).toBe(1);
  });

  test("an orderly stop locks what was let in, and leaves what was released", async () => {
    const machine = await cabinet();
    await machine.send({ op: "release", id: "r-1", point: safeLock });
    await machine.send({ op: "hold", id: "h-1", point: lock });
    machine.tell({ do: "stop" });
    await machine.until(() => machine.said.some((each) => each.is === "done" && each.do === "stop"));
    expect((await machine.level(529)).level).toBe(0);
    expect((await machine.level(534)).level).toBe(0);
  });

  test("a hold outlasts a pulse inside it, and a pulse what a hold's end leaves of it", async () => {
    const machine = await cabinet();
    await machine.send({ op: "hold", id: "h-1", point: lock });
    await machine.send({ op: "pulse", id: "p-1", point: lock, ms: 100 });
    await later(200);
    expect((await machine.level(529)).level).toBe(1);
    await machine.send({ op: "pulse", id: "p-2", point: lock, ms: 400 });
    await machine.send({ op: "lock", id: "l-1", point: lock, ends: "h-1" });
    expect((await machine.level(529)).level).toBe(1);
    await machine.until(() => machine.driven(529).at(-1)?.level === 0, 1_000);
  });

  test("a button that bounces is one press", async () => {
    const machine = await cabinet();
    for (const level of [0, 1, 0, 1, 0] as const) machine.pin({ set: 539, level });
    await machine.until(() => machine.readings("input").some(({ edge }) => edge));
    await later(100);
    expect(machine.readings("input").filter(({ edge }) => edge)).toHaveLength(1);
  });

  test("the heartbeat stops when the log hangs, and goes on when it is back", async () => {
    const machine = await cabinet();
    machine.tell({ do: "well", well: false });
    await later(200);
    const beats = machine.driven(518).length;
    await later(300);
    expect(machine.driven(518).length).toBe(beats);
    machine.tell({ do: "well", well: true });
    await machine.until(() => machine.driven(518).length > beats + 2);
  });
});
