import type { MqttClient } from "mqtt";
import { beforeEach, describe, expect, test } from "vitest";
import { accessList } from "../../gateway/broker/access-list.js";
import type { Account } from "../../gateway/ports.js";
import { type BrokerRig, brokerRig, closed, heard, pause, until } from "../broker/rig.js";

/** The devices of other makers, and below which prefix the site has each. */
const prefixes = new Map([
  ["shelly", "shellyplus1-a"],
  ["gate", "yard/gate"],
]);
const foreign = (id: string): Account => ({
  id,
  kind: "device",
  role: "device",
  discreet: false,
  disabled: false,
  foreign: true,
});

describe("where an account of another maker may speak and listen", () => {
  const list = accessList("gw/v1", (id) => prefixes.get(id));
  const shelly = foreign("shelly");

  test("below its own prefix, and nowhere else", () => {
    for (const topic of ["shellyplus1-a/online", "shellyplus1-a/events/rpc", "shellyplus1-a/x/y/z"]) {
      expect(list.mayPublish(shelly, topic, true), topic).toBe(true);
      expect(list.maySubscribe(shelly, topic), topic).toBe(true);
      expect(list.mayReceive(shelly, topic), topic).toBe(true);
      expect(list.mayLeaveWill(shelly, topic, Buffer.from("false")), topic).toBe(true);
    }
    for (const filter of [
      "shellyplus1-a/#",
      "shellyplus1-a/+",
      "shellyplus1-a/+/rpc",
      "shellyplus1-a/status/#",
    ])
      expect(list.maySubscribe(shelly, filter), filter).toBe(true);
  });

  test.each([
    "gw/v1/device/shelly/up/scan",
    "gw/v1/device/shelly/down/cmd",
    "gw/v1/device/front-io/up/scan",
    "gw/v1/site/hq/event/access/granted",
    "gw/v1/client/shelly/site/hq/req",
    "gw/v1",
    "gw",
    "$SYS/broker/uptime",
    "$foreign",
    "$foreign/shelly",
    "shellyplus1-a",
    "shellyplus1-ab/online",
    "shellyplus1-b/online",
    "yard/gate/tele/SENSOR",
    "Shellyplus1-a/online",
    "/shellyplus1-a/online",
    "constructor/x",
    "x\u0000y",
    "",
  ])("never on %j", (topic) => {
    expect(list.mayPublish(shelly, topic, false)).toBe(false);
    expect(list.mayPublish(shelly, topic, true)).toBe(false);
    expect(list.maySubscribe(shelly, topic)).toBe(false);
    expect(list.mayReceive(shelly, topic)).toBe(false);
    expect(list.mayLeaveWill(shelly, topic, Buffer.from('{"state":"lost"}'))).toBe(false);
  });

  test.each([
    "#",
    "+/#",
    "+/online",
    "+",
    "gw/#",
    "+/v1/#",
    "$SYS/#",
    "shellyplus1-a/a#",
    "shelly+/x",
    "yard/#",
    "+/gate/#",
  ])("never to the filter %j", (filter) => {
    expect(list.maySubscribe(shelly, filter)).toBe(false);
  });

  test.each(["#", "+/#", "gw/v1/#", "gw/x", "$SYS/#", "", "/x"])(
    "%j is never passed over as idle",
    (filter) => {
      expect(list.isIdle(shelly, filter)).toBe(false);
    },
  );

  test("one that the site does not know, or knows with a prefix that reaches for more, may nothing", () => {
    const stranger = foreign("stranger");
    for (const bad of [
      undefined,
      "gw",
      "gw/v1",
      "gw/v1/device",
      "#",
      "+",
      "$SYS",
      "a/#",
      "",
      "/",
      "a//b",
      "gw/v1/x/y",
    ]) {
      const odd = accessList("gw/v1", () => bad);
      for (const topic of ["gw/v1/device/stranger/up/scan", "a/b/c", "gw/x", "$SYS/x", "x"])
        expect(odd.mayPublish(stranger, topic, false), `${bad} ${topic}`).toBe(false);
      for (const filter of ["#", "gw/v1/#", "gw/v1/device/stranger/down/#", "a/#", "$SYS/#"])
        expect(odd.maySubscribe(stranger, filter), `${bad} ${filter}`).toBe(false);
    }
  });

  test("a native account that the site has as one of another maker speaks the contract no more", () => {
    const native: Account = {
      id: "shelly",
      kind: "device",
      role: "device",
      discreet: false,
      disabled: false,
    };
    expect(list.mayPublish(native, "gw/v1/device/shelly/up/scan", false)).toBe(false);
    expect(list.maySubscribe(native, "gw/v1/device/shelly/down/#")).toBe(false);
    expect(list.mayPublish(native, "shellyplus1-a/online", false)).toBe(true);
  });

  test("neither a native device nor a client reaches a foreign one's topics", () => {
    const native: Account = {
      id: "front-io",
      kind: "device",
      role: "device",
      discreet: false,
      disabled: false,
    };
    const owner: Account = { id: "ha", kind: "client", role: "central", discreet: true, disabled: false };
    for (const account of [native, owner])
      for (const topic of ["shellyplus1-a/rpc", "yard/gate/cmnd/POWER", "$foreign"]) {
        expect(list.mayPublish(account, topic, false)).toBe(false);
        expect(list.maySubscribe(account, topic)).toBe(false);
        expect(list.isIdle(account, topic)).toBe(false);
      }
  });

  test("disabled, it may nothing", () => {
    const off = { ...shelly, disabled: true };
    expect(list.mayPublish(off, "shellyplus1-a/online", false)).toBe(false);
    expect(list.isIdle(off, "homeassistant/x")).toBe(false);
  });
});

describe("a hostile device of another maker on the real broker", () => {
  let rig: BrokerRig;
  let shelly: MqttClient;
  const native: string[] = [];
  const foreignUp: string[] = [];

  beforeEach(async () => {
    native.length = 0;
    foreignUp.length = 0;
    rig = await brokerRig({ foreignPrefix: (id) => prefixes.get(id) });
    for (const id of prefixes.keys()) rig.accounts.put(foreign(id));
    rig.accounts.device("front-io");
    rig.accounts.client("ha", "central", true);
    rig.broker.bus.onUp(({ device, topic }) => native.push(`${device} ${topic}`));
    rig.broker.foreign.onUp(({ device, topic, retained }) =>
      foreignUp.push(`${device} ${topic} ${retained}`),
    );
    shelly = await rig.client("shelly");
  });

  test.each([
    "gw/v1/device/front-io/up/scan",
    "gw/v1/device/shelly/up/scan",
    "gw/v1/client/ha/site/hq/req",
    "$SYS/x",
  ])("is put out for a message to %s, and nobody hears it", async (topic) => {
    const gone = closed(shelly);
    shelly.publish(topic, '{"id":"x","reader":1,"uid":"04a1b2c3"}', { qos: 1 });
    await gone;
    expect(native).toEqual([]);
    expect(foreignUp).toEqual([]);
    expect(rig.notes.some(({ type }) => type === "audit.refused")).toBe(true);
  });

  test.each(["#", "gw/v1/#", "gw/v1/device/shelly/down/#", "$SYS/#", "+/#"])(
    "is put out for listening to %s",
    async (filter) => {
      const gone = closed(shelly);
      shelly.subscribe(filter, { qos: 1 });
      await gone;
    },
  );

  test("what its maker has it say elsewhere goes nowhere, is noted, and it stays", async () => {
    const gate = await rig.client("gate");
    const all = heard(gate);
    await gate.subscribeAsync("yard/gate/#");
    await shelly.publishAsync("homeassistant/switch/x/config", "{}", { qos: 1, retain: true });
    await shelly.publishAsync("yard/gate/cmnd/POWER", "ON", { qos: 1, retain: true });
    const granted: unknown[] = [];
    shelly.on("packetreceive", (packet) => {
      if (packet.cmd === "suback") granted.push(...packet.granted);
    });
    // The client tells a refused filter as an error.
    await shelly.subscribeAsync(["shellies/command", "shellyplus1-a/rpc", "yard/gate/#"]).catch(() => {});
    expect(granted).toEqual([128, 0, 128]);
    await gate.publishAsync("yard/gate/tele/SENSOR", "secret", { qos: 1, retain: true });
    await pause(100);
    expect(shelly.connected).toBe(true);
    expect(all).toEqual([]);
    expect(foreignUp).toEqual(["gate tele/SENSOR true"]);
    expect(rig.broker.stats().retained).toBe(0);
    expect(rig.notes.filter(({ type }) => type === "audit.refused").length).toBeGreaterThan(0);
  });

  test("nothing that it left is there for whoever comes after: no retained order, no echo", async () => {
    await shelly.publishAsync("shellyplus1-a/rpc", '{"method":"Switch.Set"}', { qos: 1, retain: true });
    await shelly.endAsync();
    const again = await rig.client("shelly");
    const all = heard(again);
    await again.subscribeAsync("shellyplus1-a/#");
    await again.publishAsync("shellyplus1-a/rpc", "mine", { qos: 1 });
    await pause(100);
    expect(all).toEqual([]);
    expect(await rig.broker.foreign.sendDown("shelly", "rpc", "order", 1)).toBe(true);
    await until(() => all.length === 1);
    expect(all).toEqual(["shellyplus1-a/rpc order"]);
  });

  test("native orders do not reach it, foreign ones do not reach a native device", async () => {
    const io = await rig.client("front-io");
    await io.subscribeAsync("gw/v1/device/front-io/down/#");
    expect(await rig.broker.bus.sendDown("shelly", "cmd", "{}", 1)).toBe(false);
    expect(await rig.broker.foreign.sendDown("front-io", "rpc", "{}", 1)).toBe(false);
    expect(rig.broker.bus.isOnline("shelly")).toBe(false);
    expect(rig.broker.foreign.isOnline("front-io")).toBe(false);
  });

  test.each([
    "gw/v1/device/shelly/up/state",
    "gw/v1/device/front-io/up/state",
    "yard/gate/tele/LWT",
    "$SYS/x",
    "shellyplus1-a",
  ])("may not leave a will on %s", async (topic) => {
    await shelly.endAsync();
    const will = { topic, payload: Buffer.from('{"state":"lost"}'), qos: 0 as const, retain: true };
    await expect(rig.client("shelly", { will })).rejects.toThrow();
  });

  test("does not take the place of another by its client id", async () => {
    await expect(rig.client("shelly", { clientId: "front-io" })).rejects.toThrow();
    await expect(rig.client("shelly", { clientId: "gate" })).rejects.toThrow();
  });

  test("has to come again when the site gives it other topics, and is out when it has none", async () => {
    const before = prefixes.get("shelly") ?? "";
    try {
      const gone = closed(shelly);
      prefixes.set("shelly", "elsewhere");
      rig.broker.reconsider();
      await gone;
      const again = await rig.client("shelly");
      await again.publishAsync("elsewhere/online", "true", { qos: 1 });
      await until(() => foreignUp.includes("shelly online false"));
      prefixes.delete("shelly");
      const goneAgain = closed(again);
      rig.broker.reconsider();
      await goneAgain;
      const third = await rig.client("shelly");
      const thirdGone = closed(third);
      third.publish("gw/v1/device/shelly/up/scan", "{}", { qos: 1 });
      await thirdGone;
      expect(native).toEqual([]);
    } finally {
      prefixes.set("shelly", before);
    }
  });
});
