import { describe, expect, test } from "vitest";
import type { DevicePoint, Order } from "../../drivers/driver.js";
import { pause, until } from "../broker/rig.js";
import { EspHomeClient, type PresetRig, presetRig, ShellyClient, TasmotaClient } from "./rig.js";

const lock = (device: string, n = 1): DevicePoint => ({ device, kind: "lock", n });
const pulse = (device: string, ms = 5_000, id = "o-1"): Order => ({
  op: "pulse",
  id,
  point: lock(device),
  ms,
});

async function started(): Promise<PresetRig & { readonly url: string }> {
  const made = await presetRig();
  await made.driver.start((reading) => made.readings.push(reading));
  return { ...made, url: `mqtt://127.0.0.1:${made.rig.port}` };
}

describe("a Shelly", () => {
  const there = async () => {
    const made = await started();
    made.add("front-shelly", { preset: "shelly-gen2", prefix: "shellyplus1-a8032abe54dc" });
    const shelly = new ShellyClient("front-shelly", "shellyplus1-a8032abe54dc", made.url);
    made.rig.atEnd(() => shelly.vanish());
    await shelly.appear();
    await until(() => made.of("presence").at(-1)?.online);
    return { ...made, shelly };
  };

  test("is told when to let go, and has done it when it says so", async () => {
    const { driver, shelly, of } = await there();
    expect(await driver.send(pulse("front-shelly", 4_500))).toEqual({ is: "done" });
    expect(shelly.done).toEqual([{ switch: 0, toggleAfter: 4.5 }]);
    await until(() => of("lock").at(-1)?.locked === false);
    expect(of("health").at(-1)).toMatchObject({ rssi: -58 });
  });

  test("says why not", async () => {
    const { driver, shelly } = await there();
    shelly.willing = "refuses";
    expect(await driver.send(pulse("front-shelly"))).toEqual({ is: "refused", detail: "Invalid argument" });
  });

  test("is never held unlocked, nor told to release", async () => {
    const { driver, shelly } = await there();
    for (const op of ["hold", "release"] as const) {
      const outcome = await driver.send({ op, id: `o-${op}`, point: lock("front-shelly") });
      expect(outcome).toMatchObject({ is: "refused", detail: expect.stringContaining("only pulsed") });
    }
    expect(await driver.send(pulse("front-shelly", 700_000))).toMatchObject({ is: "refused" });
    expect(await driver.send({ ...pulse("front-shelly"), point: lock("front-shelly", 5) })).toMatchObject({
      is: "refused",
    });
    expect(shelly.heard).toEqual([]);
  });

  test("an answer to another request confirms nothing", async () => {
    const { driver, shelly } = await there();
    shelly.willing = "says-nothing";
    const outcome = driver.send(pulse("front-shelly"));
    await until(() => shelly.heard.length > 0);
    await shelly.say("gatewarden/rpc", { id: 1, result: { was_on: false } });
    await shelly.say("gatewarden/rpc", { id: "1", result: {} });
    expect((await outcome).is).toBe("no-answer");
  });

  test("a press is a press once, and none when it is retained", async () => {
    const { shelly, of } = await there();
    const press = { events: [{ component: "input:1", id: 1, event: "single_push" }] };
    const frame = { src: "x", method: "NotifyEvent", params: press };
    await shelly.say("events/rpc", frame, true);
    await pause(50);
    const edges = () => of("input").filter(({ point, edge, active }) => point.n === 2 && edge && active);
    expect(edges()).toEqual([]);
    await shelly.say("events/rpc", frame);
    await until(() => edges().length === 1);
  });

  test("a level at the start is no edge, a change is, and the same again is none", async () => {
    const { shelly, of } = await there();
    await until(() => of("input").length > 0);
    expect(of("input").every(({ edge }) => !edge)).toBe(true);
    await shelly.setInput(true);
    await shelly.setInput(true);
    await until(() => of("input").length >= 3);
    expect(of("input").filter(({ edge }) => edge)).toHaveLength(1);
  });
});

describe("a Tasmota reader", () => {
  const there = async (repeatMs = 1_000) => {
    const made = await started();
    made.add("gate", { preset: "tasmota", prefix: "gate", repeatMs });
    const tasmota = new TasmotaClient("gate", "gate", made.url);
    made.rig.atEnd(() => tasmota.vanish());
    await tasmota.appear();
    await until(() => made.of("presence").at(-1)?.online);
    return { ...made, tasmota };
  };

  test("the same card within the window is one scan, another card is another, and after it the card is a scan again", async () => {
    const { tasmota, of } = await there(400);
    await tasmota.badge("008EC793");
    await tasmota.badge("008EC793");
    await tasmota.badge("008EC794");
    await until(() => of("scan").length === 2);
    await pause(450);
    await tasmota.badge("008EC793");
    await until(() => of("scan").length === 3);
    expect(new Set(of("scan").map(({ scan }) => scan)).size).toBe(3);
  });

  test("a retained card is told as such, and does not keep the live one from counting", async () => {
    const { tasmota, of } = await there();
    await tasmota.badge("008EC793", true);
    await until(() => of("scan").length === 1);
    expect(of("scan")[0]?.retained).toBe(true);
    await tasmota.badge("008EC793");
    await until(() => of("scan").length === 2);
    expect(of("scan")[1]).toMatchObject({ retained: false, again: false });
  });

  test("its relay is given its end in the same message, never shorter than asked", async () => {
    const { driver, tasmota } = await there();
    expect(await driver.send(pulse("gate", 5_000, "a"))).toEqual({ is: "done" });
    expect(await driver.send(pulse("gate", 30_000, "b"))).toEqual({ is: "done" });
    expect(tasmota.done).toEqual(["PulseTime1 50; Power1 ON", "PulseTime1 130; Power1 ON"]);
  });

  test("says what it is", async () => {
    const { of } = await there();
    await until(() => of("hello").at(-1)?.firmware === "14.2.0(tasmota)");
    expect(of("hello").at(-1)).toMatchObject({ model: "Sonoff Basic", points: { reader: [1] } });
  });
});

describe("a Zigbee bridge", () => {
  test("a sensor that is lost is neither open nor closed, one that is tampered with says so, the emptiest battery counts", async () => {
    const { add, of, rig } = await started();
    add("zigbee", {
      preset: "zigbee2mqtt",
      prefix: "zigbee2mqtt",
      names: { "input/1": "kitchen/window", "input/2": "hall" },
    });
    const bridge = await rig.client("zigbee");
    const say = (topic: string, body: object) =>
      bridge.publishAsync(`zigbee2mqtt/${topic}`, JSON.stringify(body), { retain: true });
    const last = () => of("input").at(-1);
    await say("kitchen/window", { contact: true, battery: 80 });
    await say("bridge/state", { state: "online" });
    await until(() => of("presence").at(-1)?.online);
    await say("kitchen/window", { contact: false, battery: 80 });
    await until(() => last()?.active);
    expect(last()).toMatchObject({ point: { n: 1 }, fault: null, edge: true });
    await say("kitchen/window/availability", { state: "offline" });
    await until(() => last()?.fault === "open");
    await say("kitchen/window/availability", { state: "online" });
    await until(() => last()?.fault === null);
    await say("hall", { occupancy: false, tamper: true, battery: 7 });
    await until(() => last()?.fault === "tamper");
    await until(() => of("health").at(-1)?.battery === 7);
    await say("kitchen/window", { contact: false, battery: 79 });
    await until(() => of("health").length >= 4);
    expect(of("health").at(-1)?.battery).toBe(7);
  });
});

test("a will is of another moment: it is no card and no press, but it tells that the device is gone", async () => {
  const { add, of, rig, url } = await started();
  add("esp", { preset: "esphome", prefix: "esp" });
  const esp = new EspHomeClient("esp", "esp", url);
  rig.atEnd(() => esp.vanish());
  const willOf = (topic: string, payload: string) => ({
    will: { topic: `esp/${topic}`, payload: Buffer.from(payload), qos: 0 as const, retain: false },
  });
  await esp.appear(willOf("reader/1/rdm6300", "9357203"));
  await until(() => of("presence").at(-1)?.online);
  await esp.vanish();
  await until(() => of("presence").at(-1)?.online === false);
  await until(() => of("scan").length === 1);
  expect(of("scan")[0]).toMatchObject({ retained: true, again: true });
  await esp.appear(willOf("binary_sensor/exit_button/state", "ON"));
  await esp.say("binary_sensor/exit_button/state", "OFF");
  await until(() => of("input").some(({ point }) => point.n === 2));
  await esp.vanish();
  await until(() => of("input").some(({ point, active }) => point.n === 2 && active));
  expect(of("input").some(({ edge }) => edge)).toBe(false);
});
