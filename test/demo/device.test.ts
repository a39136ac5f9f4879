import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pass } from "node:timers/promises";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { Device, type Points } from "../../config/demo/devices/device.js";
import { LatchFile } from "../../config/demo/devices/latch.js";
import { BenchBroker } from "./bench-broker.js";

const card = { bits: "10001110110001111001001100" };
let broker: BenchBroker;
let folder: string;
let log: string[];
const running: Device[] = [];

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), "gatewarden-device-"));
  log = [];
  broker = new BenchBroker();
  await broker.start();
});

afterEach(async () => {
  await Promise.all(running.splice(0).map((device) => device.stop()));
  await broker.stop();
  rmSync(folder, { recursive: true, force: true });
});

function build(points: Partial<Points>, id = "front"): Device {
  const device = new Device({
    id,
    key: `key of ${id}`,
    url: broker.url,
    root: "gw/v1",
    model: "demo",
    points: { reader: [], lock: [], input: [], output: [], ...points },
    latches: new LatchFile(join(folder, `${id}.json`)),
    log: (line) => log.push(line),
  });
  running.push(device);
  device.start();
  return device;
}

async function ready(points: Partial<Points>): Promise<Device> {
  const since = broker.said.length;
  const device = build(points);
  await broker.heard(({ topic }) => topic === "health", since);
  return device;
}

const lockSays = (locked: boolean) => (said: { topic: string; body: Record<string, unknown> }) =>
  said.topic === "lock/1" && said.body.locked === locked;

describe("on connecting", () => {
  test("a device says hello, that it is ready, every input and every lock, each with its boot and uptime", async () => {
    await ready({ reader: [1], lock: [1], input: [1, 2] });
    expect(broker.said.map((said) => [said.topic, said.retain])).toEqual([
      ["hello", true],
      ["state", true],
      ["input/1", true],
      ["input/2", true],
      ["lock/1", true],
      ["health", true],
    ]);
    const [hello, state, input, , lock] = broker.said.map((said) => said.body);
    expect(hello).toMatchObject({ proto: 1, points: { reader: [1], lock: [1], input: [1, 2] } });
    expect(state).toMatchObject({ state: "ready" });
    expect(input).toMatchObject({ active: false, fault: null, changes: 0 });
    expect(lock).toMatchObject({ locked: true, bolt: null });
    for (const { body } of broker.said) {
      expect(body.boot).toBe(hello?.boot);
      expect(body.up_ms).toBeTypeOf("number");
    }
    expect(broker.unclean).toEqual([]);
  });

  test("a cut cable lets the will say that it is lost, and the device comes back with the same boot", async () => {
    const device = await ready({ input: [1] });
    const since = broker.said.length;
    device.cutCable();
    const lost = await broker.heard(({ topic, body }) => topic === "state" && body.state === "lost", since);
    expect(lost.body).toEqual({ state: "lost" });
    expect(lost.retain).toBe(true);
    const back = await broker.heard(({ topic, body }) => topic === "state" && body.state === "ready", since);
    expect(back.body.boot).toBe(broker.said[0]?.body.boot);
    expect(broker.unclean).toEqual([]);
  });

  test("a device that is switched off says so itself", async () => {
    const device = await ready({ input: [1] });
    await device.stop();
    const last = await broker.heard(({ topic, body }) => topic === "state" && body.state === "lost");
    expect(last.body.boot).toBe(broker.said[0]?.body.boot);
  });

  test("a key that is not accepted is told once, and tried again", async () => {
    const device = new Device({
      id: "front",
      key: "not the key",
      url: broker.url,
      root: "gw/v1",
      model: "demo",
      points: { reader: [1], lock: [], input: [], output: [] },
      latches: new LatchFile(join(folder, "front.json")),
      log: (line) => log.push(line),
    });
    running.push(device);
    device.start();
    await pass(1_500);
    expect(broker.signIns).toBeGreaterThan(1);
    expect(log).toHaveLength(1);
    expect(log[0]).toMatch(/^front: .*(Bad username|Not authorized)/i);
    expect(device.connected).toBe(false);
  });
});

describe("inputs", () => {
  test("every change is counted, also those that nobody heard", async () => {
    const device = await ready({ input: [1] });
    device.setInput(1, true);
    device.setInput(1, true);
    const first = await broker.heard(({ topic, body }) => topic === "input/1" && body.active === true);
    expect(first.body.changes).toBe(1);
    const since = broker.said.length;
    await broker.stop();
    device.setInput(1, false);
    device.setInput(1, true);
    device.setInput(1, true, "short");
    await broker.start();
    const told = await broker.heard(({ topic }) => topic === "input/1", since);
    expect(told.body).toMatchObject({ active: true, fault: "short", changes: 4 });
  });
});

describe("scans", () => {
  test("a scan is repeated each second under the same id and uptime until its result comes", async () => {
    const device = await ready({ reader: [1] });
    const result = device.scan(1, card);
    const scans = () => broker.said.filter(({ topic }) => topic === "scan");
    await broker.heard(() => scans().length === 3);
    const ids = new Set(scans().map(({ body }) => body.id));
    expect(ids.size).toBe(1);
    expect(new Set(scans().map(({ body }) => body.up_ms)).size).toBe(1);
    expect(scans().every(({ retain, qos }) => !retain && qos === 1)).toBe(true);
    expect(scans()[0]?.body).toMatchObject({ reader: 1, bits: card.bits });
    const [first, , third] = scans();
    expect((third?.heardAt ?? 0) - (first?.heardAt ?? 0)).toBeGreaterThan(1_900);

    broker.tell("front", "result", { re: [...ids][0], reader: 1, outcome: "granted" });
    expect(await result).toBe("granted");
    await pass(1_300);
    expect(scans()).toHaveLength(3);
  });

  test("a scan without a result is given up after 5 s, and not sent later", async () => {
    const device = await ready({ reader: [1] });
    const startedAt = performance.now();
    expect(await device.scan(1, card)).toBe("no-answer");
    expect(performance.now() - startedAt).toBeGreaterThan(4_900);
    const { length } = broker.said.filter(({ topic }) => topic === "scan");
    expect(length).toBe(5);
    await pass(1_200);
    expect(broker.said.filter(({ topic }) => topic === "scan")).toHaveLength(length);
  });

  test("a scan of before a restart of the gateway is not sent after it once it is 5 s old", async () => {
    const device = await ready({ reader: [1] });
    await broker.stop();
    const result = device.scan(1, card);
    expect(await result).toBe("no-answer");
    const since = broker.said.length;
    await broker.start();
    await broker.heard(({ topic }) => topic === "health", since);
    await pass(500);
    expect(broker.said.slice(since).filter(({ topic }) => topic === "scan")).toEqual([]);
  });

  test("a scan that is young enough reaches a gateway that was away for a moment", async () => {
    const device = await ready({ reader: [1] });
    const since = broker.said.length;
    await broker.stop();
    const result = device.scan(1, { uid: "04a1b2c3d4e580" });
    await broker.start();
    const scan = await broker.heard(({ topic }) => topic === "scan", since);
    broker.tell("front", "result", { re: scan.body.id, reader: 1, outcome: "denied" });
    expect(await result).toBe("denied");
  });
});

describe("locks", () => {
  test("a pulse unlocks for its time and ends by itself", async () => {
    const device = await ready({ lock: [1] });
    const since = broker.said.length;
    const re = broker.command("front", { op: "unlock", lock: 1, ms: 300 });
    expect((await broker.ack(re)).body).toMatchObject({ re, ok: true });
    const open = await broker.heard(lockSays(false), since);
    const shut = await broker.heard(lockSays(true), since);
    expect(shut.heardAt - open.heardAt).toBeGreaterThan(250);
    expect(device.isLocked(1)).toBe(true);
  });

  test("an id is done once, and acknowledged as often as it comes", async () => {
    const device = await ready({ lock: [1] });
    const since = broker.said.length;
    const re = broker.command("front", { op: "unlock", lock: 1, ms: 200 });
    await broker.heard(lockSays(false), since);
    await broker.heard(lockSays(true), since);
    const again = broker.said.length;
    broker.command("front", { id: re, op: "unlock", lock: 1, ms: 200 });
    expect((await broker.ack(re, again)).body).toMatchObject({ ok: true });
    await pass(100);
    expect(device.isLocked(1)).toBe(true);
    expect(broker.said.slice(again).filter(({ topic }) => topic === "lock/1")).toEqual([]);
  });

  test("the reader's own device opens for a scan within 5 s of it and not later", async () => {
    const device = await ready({ reader: [1], lock: [1] });
    const result = device.scan(1, card);
    const { body } = await broker.heard(({ topic }) => topic === "scan");
    const soon = broker.command("front", { op: "unlock", lock: 1, ms: 50, for: body.id });
    expect((await broker.ack(soon)).body).toMatchObject({ ok: true });
    expect(await result).toBe("no-answer");
    await pass(50);
    const late = broker.command("front", { op: "unlock", lock: 1, ms: 50, for: body.id });
    expect((await broker.ack(late)).body).toMatchObject({ ok: false, error: "the scan is older than 5 s" });
    expect(device.isLocked(1)).toBe(true);
  });

  test("a lock without a reader obeys the scan of another device", async () => {
    await ready({ lock: [1] });
    const re = broker.command("front", { op: "unlock", lock: 1, ms: 50, for: "scan of elsewhere" });
    expect((await broker.ack(re)).body).toMatchObject({ ok: true });
  });

  test("a hold ends with its lease", async () => {
    const device = await ready({ lock: [1] });
    const since = broker.said.length;
    const re = broker.command("front", { op: "hold", lock: 1, lease_ms: 300, n: 1 });
    await broker.ack(re);
    const open = await broker.heard(lockSays(false), since);
    const shut = await broker.heard(lockSays(true), since);
    expect(shut.heardAt - open.heardAt).toBeGreaterThan(250);
    expect(device.isLocked(1)).toBe(true);
  });

  test("a hold is renewed by a higher n only, and keeps running while the gateway is away", async () => {
    const device = await ready({ lock: [1] });
    const re = broker.command("front", { op: "hold", lock: 1, lease_ms: 500, n: 1 });
    await pass(350);
    broker.command("front", { id: re, op: "hold", lock: 1, lease_ms: 500, n: 2 });
    await pass(350);
    expect(device.isLocked(1)).toBe(false);
    const since = broker.said.length;
    broker.command("front", { id: re, op: "hold", lock: 1, lease_ms: 60_000, n: 2 });
    expect((await broker.ack(re, since)).body).toMatchObject({ ok: true });
    await broker.stop();
    expect(device.isLocked(1)).toBe(false);
    await pass(400);
    expect(device.isLocked(1)).toBe(true);
    await broker.start();
  });

  test("a lock ends the hold that it names, and no renewal comes after it", async () => {
    const device = await ready({ lock: [1] });
    const hold = broker.command("front", { op: "hold", lock: 1, lease_ms: 60_000, n: 1 });
    await broker.ack(hold);
    const other = broker.command("front", { op: "lock", lock: 1, ends: "another hold" });
    await broker.ack(other);
    expect(device.isLocked(1)).toBe(false);
    const lock = broker.command("front", { op: "lock", lock: 1, ends: hold });
    await broker.ack(lock);
    expect(device.isLocked(1)).toBe(true);
    const since = broker.said.length;
    broker.command("front", { id: hold, op: "hold", lock: 1, lease_ms: 60_000, n: 2 });
    expect((await broker.ack(hold, since)).body).toMatchObject({ ok: false });
    expect(device.isLocked(1)).toBe(true);
  });

  test("a lock ends the unlock that it names and no other, and one that comes after its end does nothing", async () => {
    const device = await ready({ lock: [1] });
    const first = broker.command("front", { op: "unlock", lock: 1, ms: 60_000 });
    await broker.ack(first);
    const second = broker.command("front", { op: "unlock", lock: 1, ms: 60_000 });
    await broker.ack(second);
    await broker.ack(broker.command("front", { op: "lock", lock: 1, ends: first }));
    expect(device.isLocked(1)).toBe(false);
    await broker.ack(broker.command("front", { op: "lock", lock: 1, ends: second }));
    expect(device.isLocked(1)).toBe(true);
    await broker.ack(broker.command("front", { op: "lock", lock: 1, ends: "on its way" }));
    const late = broker.command("front", { id: "on its way", op: "unlock", lock: 1, ms: 60_000 });
    expect((await broker.ack(late)).body).toMatchObject({ ok: false });
    expect(device.isLocked(1)).toBe(true);
  });

  test("a release is latched over link loss and restart, and ended only by the lock that names it", async () => {
    const first = await ready({ lock: [1] });
    const release = broker.command("front", { op: "release", lock: 1 });
    await broker.ack(release);
    expect(first.isLocked(1)).toBe(false);
    expect(JSON.parse(readFileSync(join(folder, "front.json"), "utf8"))).toEqual({ "1": [release] });
    await first.stop();

    const since = broker.said.length;
    const second = await ready({ lock: [1] });
    expect((await broker.heard(({ topic }) => topic === "lock/1", since)).body.locked).toBe(false);
    await broker.ack(broker.command("front", { op: "lock", lock: 1, ends: "something else" }));
    expect(second.isLocked(1)).toBe(false);
    await broker.ack(broker.command("front", { op: "lock", lock: 1, ends: release }));
    expect(second.isLocked(1)).toBe(true);
    await second.stop();

    const third = await ready({ lock: [1] });
    expect(third.isLocked(1)).toBe(true);
  });
});

describe("outputs and nonsense", () => {
  test("an output is switched on for its time", async () => {
    const device = await ready({ output: [1] });
    await broker.ack(broker.command("front", { op: "output", output: 1, on: true, ms: 200 }));
    expect(device.isOn(1)).toBe(true);
    await pass(300);
    expect(device.isOn(1)).toBe(false);
  });

  test("a reader sounds for its time, or until it is told to be quiet", async () => {
    const device = await ready({ reader: [1] });
    const sound = (ms: number) => ({
      op: "signal",
      reader: 1,
      pattern: ms === 0 ? "quiet" : "pre-alarm",
      ms,
    });
    await broker.ack(broker.command("front", sound(200)));
    expect(device.sounds(1)).toBe("pre-alarm");
    await pass(300);
    expect(device.sounds(1)).toBeUndefined();
    await broker.ack(broker.command("front", sound(60_000)));
    await broker.ack(broker.command("front", sound(0)));
    expect(device.sounds(1)).toBeUndefined();
    expect((await broker.ack(broker.command("front", { ...sound(100), reader: 2 }))).body).toMatchObject({
      ok: false,
    });
  });

  test.each([
    ["a lock that is not there", { op: "unlock", lock: 7, ms: 100 }],
    ["an operation that is not in the contract", { op: "explode", lock: 1 }],
    ["a pulse without an end", { op: "unlock", lock: 1 }],
    ["a pulse of no time", { op: "unlock", lock: 1, ms: 0 }],
  ])("%s is acknowledged as not done", async (_what, body) => {
    const device = await ready({ lock: [1] });
    const { body: ack } = await broker.ack(broker.command("front", body));
    expect(ack.ok).toBe(false);
    expect(ack.error).toBeTypeOf("string");
    expect(device.isLocked(1)).toBe(true);
  });

  test("a command that was left retained is not obeyed and not acknowledged", async () => {
    const device = await ready({ lock: [1] });
    broker.tell("front", "cmd", { id: "left", op: "unlock", lock: 1, ms: 1_000 }, { retain: true });
    await broker.ack(broker.command("front", { op: "lock", lock: 1, ends: "nothing" }));
    expect(device.isLocked(1)).toBe(true);
    expect(broker.said.some(({ topic, body }) => topic === "ack" && body.re === "left")).toBe(false);
  });

  test("what is no JSON, has no id or goes to an unknown topic is passed over", async () => {
    const device = await ready({ lock: [1] });
    broker.tell("front", "cmd", "not json");
    broker.tell("front", "cmd", "null");
    broker.tell("front", "cmd", { op: "unlock", lock: 1, ms: 1000 });
    broker.tell("front", "whatever", {});
    broker.tell("front", "error", { topic: "up/scan", error: "no reader 9" });
    await broker.ack(broker.command("front", { op: "lock", lock: 1, ends: "nothing" }));
    expect(device.isLocked(1)).toBe(true);
    expect(log).toEqual([expect.stringContaining("no reader 9")]);
  });
});
