import { readFileSync } from "node:fs";
import { beforeEach, describe, expect, test } from "vitest";
import type { Reading } from "../../drivers/driver.js";
import { parseUp } from "../../drivers/mqtt/messages.js";
import { nativeMqtt } from "../../drivers/mqtt/native.js";
import { pause, until } from "../broker/rig.js";
import { type NativeRig, nativeRig } from "./mqtt-rig.js";

let rig: NativeRig;
let readings: Reading[];

const of = <T extends Reading["type"]>(type: T): Extract<Reading, { type: T }>[] =>
  readings.filter((reading): reading is Extract<Reading, { type: T }> => reading.type === type);

beforeEach(async () => {
  readings = [];
  rig = await nativeRig();
  rig.driver.serve([rig.device]);
});

async function started(): Promise<void> {
  await rig.driver.start((reading) => readings.push(reading));
  await rig.hands.appear();
  await until(() => of("lock").length > 0);
}

describe("on connect", () => {
  test("a device says what it is, that it is ready, and where everything stands", async () => {
    await started();
    expect(readings.map(({ type }) => type)).toEqual(["hello", "presence", "input", "input", "lock"]);
    expect(of("hello")[0]).toEqual({
      type: "hello",
      device: "front-io",
      model: "Test 2R",
      firmware: "1.2.0",
      points: { reader: [1, 2], lock: [1], input: [1, 2], output: [1] },
    });
    expect(of("lock")[0]).toMatchObject({ locked: true, bolt: "out" });
  });

  test("it is there only once it says `ready`, and gone when it says `lost`", async () => {
    await started();
    await rig.own.say("state", { state: "lost" }, { retain: true });
    await until(() => of("presence").length === 2);
    expect(of("presence").map(({ online }) => online)).toEqual([true, false]);
  });

  test("a driver that starts after its devices came learns where they stand, and hears the next change as one", async () => {
    await rig.hands.appear();
    await rig.own.setInput(1, true);
    await rig.driver.start((reading) => readings.push(reading));
    await until(() => of("lock").length > 0);
    expect(of("presence")).toEqual([{ type: "presence", device: "front-io", online: true }]);
    expect(of("input").map(({ active, edge }) => [active, edge])).toEqual([
      [true, false],
      [false, false],
    ]);
    readings.length = 0;
    await rig.own.setInput(1, false);
    await until(() => of("input").length > 0);
    expect(of("input")[0]).toMatchObject({ active: false, edge: true, missed: 0 });
  });

  test("kept levels of a device that is lost, or of its earlier start, count for nothing", async () => {
    await rig.hands.appear();
    await rig.own.setInput(1, true);
    await rig.own.vanish();
    await pause(50);
    await rig.driver.start((reading) => readings.push(reading));
    expect(of("input")).toEqual([]);
    expect(of("presence")).toEqual([]);
    await rig.driver.stop();

    await rig.own.appear();
    rig.own.restart();
    const points = { reader: [1], lock: [1], input: [1, 2], output: [1] };
    await rig.own.say("hello", { proto: 1, model: "m", fw: "1", points }, { retain: true });
    await pause(20);
    readings.length = 0;
    const again = nativeMqtt(rig.bus);
    again.serve([rig.device]);
    await again.start((reading) => readings.push(reading));
    expect(of("presence")).toHaveLength(1);
    expect(of("input")).toEqual([]);
    await again.stop();
  });
});

describe("scans", () => {
  test("every repeat of a scan is passed on, with its age; the engine knows what it answered", async () => {
    await started();
    const scan = { id: "s-1", reader: 2, uid: "04A1B2C3D4E5F6", ...rig.own.stamp() };
    await rig.own.raw("scan", JSON.stringify(scan));
    await pause(150);
    await rig.own.raw("scan", JSON.stringify(scan));
    await until(() => of("scan").length === 2);
    const [first, second] = of("scan");
    expect(first).toMatchObject({
      point: { device: "front-io", kind: "reader", n: 2 },
      scan: "s-1",
      credential: { kind: "uid", uid: "04a1b2c3d4e5f6" },
      retained: false,
      again: false,
    });
    expect(first?.ageMs).toBeLessThan(100);
    expect(second?.ageMs).toBeGreaterThan(140);
  });

  test("an old scan says how old, a retained one that it is, one without a stamp has no age", async () => {
    await started();
    const { boot, up_ms } = rig.own.stamp();
    await rig.own.say("scan", { id: "s-1", reader: 1, code: "x", boot, up_ms: up_ms - 6_000 });
    await rig.own.say("scan", { id: "s-2", reader: 1, code: "x" }, { retain: true });
    await rig.own.raw("scan", JSON.stringify({ id: "s-3", reader: 1, code: "x" }));
    await until(() => of("scan").length === 3);
    const [old, kept, bare] = of("scan");
    expect(old?.ageMs).toBeGreaterThan(5_900);
    expect(kept).toMatchObject({ retained: true });
    expect(bare?.ageMs).toBeUndefined();
    expect(bare).toMatchObject({ retained: false, again: false });
  });

  test("a scan of an earlier start of the device has no age and counts as one that came again", async () => {
    await started();
    await rig.own.say("scan", { id: "s-1", reader: 1, code: "x", boot: "earlier", up_ms: 5 });
    await until(() => of("scan").length === 1);
    expect(of("scan")[0]).toMatchObject({ again: true });
    expect(of("scan")[0]?.ageMs).toBeUndefined();
    // And the ages of the others are still right.
    await rig.own.say("scan", { id: "s-2", reader: 1, code: "x" });
    await until(() => of("scan").length === 2);
    expect(of("scan")[1]?.ageMs).toBeLessThan(100);
  });

  test("keys arrive as typed; kept ones are no PIN", async () => {
    await started();
    await rig.own.say("keys", { id: "k-1", reader: 1, keys: "1234#" });
    await rig.own.say("keys", { id: "k-2", reader: 1, keys: "1234#" }, { retain: true });
    await until(() => of("nonsense").length === 1);
    expect(of("keys").map(({ scan, keys }) => [scan, keys])).toEqual([["k-1", "1234#"]]);
  });

  test("the answer names scan and reader", async () => {
    await started();
    rig.driver.answer({
      point: { device: rig.device, kind: "reader", n: 2 },
      scan: "s-1",
      outcome: "granted",
    });
    await until(() => rig.own.results.length === 1);
    expect(rig.own.results).toEqual([{ re: "s-1", reader: 2, outcome: "granted" }]);
  });
});

describe("inputs", () => {
  test("a change that was missed is counted, and the one that was seen is an edge", async () => {
    await started();
    readings.length = 0;
    await rig.own.setInput(1, true, null, false);
    await rig.own.setInput(1, false, null, false);
    await rig.own.setInput(1, true);
    await until(() => of("input").length === 1);
    expect(of("input")[0]).toMatchObject({ active: true, edge: true, missed: 2 });
  });

  test("a level that is told again is no change", async () => {
    await started();
    await rig.own.setInput(1, true);
    readings.length = 0;
    await rig.own.introduce();
    await until(() => of("input").length === 2);
    expect(of("input").every(({ edge, missed }) => !edge && missed === 0)).toBe(true);
  });

  test("what happened while the device was away is told as missed, never as an edge; the next change is one", async () => {
    await started();
    await rig.own.vanish();
    await until(() => of("presence").at(-1)?.online === false);
    readings.length = 0;
    await rig.own.setInput(1, true, null, false);
    await rig.own.setInput(1, false, null, false);
    await rig.own.setInput(1, true, null, false);
    await rig.own.appear();
    await until(() => of("input").length >= 2);
    expect(of("input").find(({ point }) => point.n === 1)).toMatchObject({
      active: true,
      edge: false,
      missed: 3,
    });
    readings.length = 0;
    await rig.own.setInput(1, false);
    await until(() => of("input").length === 1);
    expect(of("input")[0]).toMatchObject({ active: false, edge: true, missed: 0 });
  });

  test("a device that restarted counts from the start: its first level is no edge and nothing was missed", async () => {
    await started();
    await rig.own.setInput(1, true);
    await rig.own.vanish();
    rig.own.restart();
    await until(() => of("presence").at(-1)?.online === false);
    readings.length = 0;
    await rig.own.appear();
    await until(() => of("input").length >= 2);
    expect(of("input").every(({ edge, missed }) => !edge && missed === 0)).toBe(true);
  });

  test("a fault of the line is told with the level", async () => {
    await started();
    await rig.own.setInput(1, false, "short");
    await until(() => of("input").at(-1)?.fault === "short");
    expect(of("input").at(-1)).toMatchObject({ fault: "short", edge: true });
  });
});

describe("nonsense", () => {
  test("is told to the device and to the gateway, with what was wrong", async () => {
    await started();
    const cases: [topic: string, body: string, error: RegExp][] = [
      ["scan", "{", /not JSON/],
      ["scan", "null", /expected object/],
      ["scan", JSON.stringify({ id: "a", reader: 1 }), /one of bits, uid and code/],
      ["scan", JSON.stringify({ id: "a", reader: 1, bits: "01", code: "x" }), /one of bits, uid and code/],
      ["scan", JSON.stringify({ id: "a b", reader: 1, bits: "01" }), /^id: /],
      ["scan", JSON.stringify({ id: "a", reader: 0, bits: "01" }), /^reader: /],
      ["scan", JSON.stringify({ id: "a", reader: 1, bits: "01".repeat(300) }), /^bits: /],
      ["scan", JSON.stringify({ id: "a", reader: 7, bits: "01" }), /^x?$|not in the hello/],
      ["scan", JSON.stringify({ id: "a", reader: 1, uid: "04A" }), /^uid: /],
      ["scan", JSON.stringify({ id: "a", reader: 1, code: "x".repeat(60_000) }), /^code: /],
      ["keys", JSON.stringify({ id: "a", reader: 1, keys: "12;DROP" }), /^keys: /],
      ["input/1", JSON.stringify({ ...rig.own.stamp(), active: "yes", changes: 1 }), /^active: /],
      ["input/1", JSON.stringify({ active: true, changes: 1 }), /^boot: /],
      ["input/999", "{}", /1 to 255/],
      ["input/0", "{}", /no such topic/],
      ["lock/1", JSON.stringify({ ...rig.own.stamp(), locked: 1 }), /^locked: /],
      ["health", JSON.stringify({ ...rig.own.stamp(), battery: 101 }), /^battery: /],
      ["hello", JSON.stringify({ ...rig.own.stamp(), proto: 2, model: "", fw: "", points: {} }), /^proto: /],
      ["ack", JSON.stringify({ re: "x", ok: "yes" }), /^ok: /],
      ["state", JSON.stringify({ state: "asleep" }), /^state: /],
      ["constructor", "{}", /no such topic/],
      ["__proto__/x", "{}", /no such topic/],
    ];
    for (const [topic, body] of cases) await rig.own.raw(topic, body);
    await until(() => rig.own.errors.length === cases.length);
    expect(of("nonsense")).toHaveLength(cases.length);
    for (const [i, [topic, , error]] of cases.entries()) {
      expect(rig.own.errors[i]?.topic).toBe(`up/${topic}`);
      expect(rig.own.errors[i]?.error, topic).toMatch(error);
      expect(of("nonsense")[i]).toMatchObject({ device: "front-io", where: `up/${topic}` });
    }
  });

  test("a card never appears in what is said about it", async () => {
    await started();
    await rig.own.raw("scan", `{"id":"a","reader":1,"bits":"0101010101010101`);
    await rig.own.raw("scan", JSON.stringify({ id: "a", reader: 1, bits: "0101010101010101x" }));
    await rig.own.raw("keys", JSON.stringify({ id: "a", reader: 1, keys: "987654321x" }));
    await until(() => of("nonsense").length === 3);
    expect(JSON.stringify([of("nonsense"), rig.own.errors])).not.toMatch(/01010101|98765/);
  });

  test("fields that no version knows yet are ignored, poisonous ones too", () => {
    const body = `{"id":"a","reader":1,"bits":"01","__proto__":{"retained":true},"constructor":1,"new":[[]]}`;
    expect(parseUp("scan", Buffer.from(body))).toEqual({
      is: "scan",
      n: 0,
      body: { id: "a", reader: 1, bits: "01" },
    });
  });

  test("deeply nested JSON is refused like any other", () => {
    expect(parseUp("scan", Buffer.from("[".repeat(60_000)))).toHaveProperty("error");
    expect(parseUp("scan", Buffer.from(`{"id":${"[".repeat(30_000)}${"]".repeat(30_000)}}`))).toHaveProperty(
      "error",
    );
  });
});

test("health is passed on as far as it is known", async () => {
  await started();
  await rig.own.say("health", { battery: 87, rssi: -61 }, { retain: true });
  await until(() => of("health").length === 1);
  expect(of("health")).toEqual([{ type: "health", device: "front-io", battery: 87, rssi: -61 }]);
});

test("a device that does not acknowledge is cut off, and comes back clean", async () => {
  await started();
  rig.own.behaviour = "silent";
  const outcome = await rig.driver.send({
    op: "pulse",
    id: "o-1",
    point: { device: rig.device, kind: "lock", n: 1 },
    ms: 3_000,
  });
  expect(outcome.is).toBe("no-answer");
  await until(() => of("presence").at(-1)?.online === false);
  rig.own.behaviour = undefined;
  await rig.own.vanish();
  await rig.own.appear();
  await until(() => of("presence").at(-1)?.online === true);
  await pause(50);
  expect(rig.own.done).toEqual([]);
});

test("a device that takes its own connection over is away for a moment and back", async () => {
  await started();
  readings.length = 0;
  await rig.own.appear();
  await until(() => of("lock").length > 0);
  expect(of("presence").map(({ online }) => online)).toEqual([false, true]);
  expect(of("input").some(({ edge }) => edge)).toBe(false);
});

test("the maker's manual shows messages that are understood, and every error that there is", async () => {
  const manual = readFileSync(new URL("../../web/help/devices-mqtt.md", import.meta.url), "utf8");
  const stamp = { boot: "b", up_ms: 1 };
  const shown = (topic: string, mark: RegExp): void => {
    const json = mark.exec(manual)?.[0] ?? "";
    expect(json, topic).not.toBe("");
    const parsed = JSON.parse(json.replace("<command id>", "o-1"));
    const said = Buffer.from(JSON.stringify({ ...parsed, ...stamp }));
    expect(parseUp(topic, said), `${topic} ${json}`).not.toHaveProperty("error");
  };
  shown("hello", /\{"proto":1.*\}\}/);
  shown("state", /\{"state":"ready"\}/);
  shown("state", /\{"state":"lost"\}/);
  shown("scan", /\{"id":"01JZX4T9".*\}/);
  shown("keys", /\{"id":"01JZX4TA"[^}]*\}/);
  shown("input/1", /\{"active"[^}]*\}/);
  shown("lock/1", /\{"locked"[^}]*\}/);
  shown("health", /\{"battery"[^}]*\}/);
  shown("ack", /\{"re":"<command id>","ok":true\}/);
  await started();
  await rig.own.raw("no/such", "{}");
  await rig.own.raw("input/256", "{}");
  await rig.own.raw("scan", Buffer.from([0xff]));
  await rig.own.raw("scan", "{");
  await rig.own.say("scan", { id: "a", reader: 1 });
  await rig.own.say("scan", { id: "a", reader: 9, code: "x" });
  await rig.own.say("keys", { id: "a", reader: 1, keys: "1" }, { retain: true });
  await until(() => rig.own.errors.length === 7);
  for (const { error } of rig.own.errors) {
    const words = error.replace(/there are .*/, "there are").replace(/^reader 9/, "<kind> <n>");
    expect(manual).toContain(words);
  }
});
