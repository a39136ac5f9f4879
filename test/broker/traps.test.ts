/** What was measured in the broker underneath, and is closed here; one test each. */
import { connect as connectTcp, Socket } from "node:net";
import { connectAsync } from "mqtt";
import { expect, test } from "vitest";
import { startBroker } from "../../gateway/broker/broker.js";
import { CleanSessions } from "../../gateway/broker/clean-sessions.js";
import { Exchange } from "../../gateway/broker/mq.js";
import { connectPacket, publishPacket, subscribePacket } from "./packets.js";
import { atEnd, brokerRig, closed, heard, pause, TestAccounts, until } from "./rig.js";

test("a scan in a segment of its own is heard at once, however slow the one before is worked", async () => {
  const { broker, accounts, socket } = await brokerRig();
  accounts.device("r1");
  const ups: string[] = [];
  const at: number[] = [];
  broker.bus.onUp(({ payload }) => {
    ups.push(payload.toString());
    at.push(performance.now());
  });
  const wire = await socket();
  wire.write(connectPacket("r1"));
  await until(() => broker.bus.isOnline("r1"));
  const from = performance.now();
  wire.write(publishPacket("gw/v1/device/r1/up/scan", "1", { id: 1 }));
  await pause(30);
  wire.write(publishPacket("gw/v1/device/r1/up/scan", "2", { id: 2 }));
  await until(() => ups.length === 2);
  expect(ups).toEqual(["1", "2"]);
  expect((at[1] ?? 0) - from).toBeLessThan(200);
});

test("messages are heard in the order of the wire, whatever their quality of service", async () => {
  const { broker, accounts, socket } = await brokerRig();
  accounts.device("r1");
  const ups: string[] = [];
  broker.bus.onUp(({ topic }) => ups.push(topic));
  const wire = await socket();
  wire.write(connectPacket("r1"));
  await until(() => broker.bus.isOnline("r1"));
  const sent = ["hello", "state", "input/1", "lock/1", "scan", "health"];
  wire.write(
    Buffer.concat(
      sent.map((topic, i) =>
        publishPacket(`gw/v1/device/r1/up/${topic}`, "x", i % 2 ? { id: i, retain: true } : {}),
      ),
    ),
  );
  await until(() => ups.length === sent.length);
  expect(ups).toEqual(sent);
});

test("one allowed and one denied filter: the connection ends, and nothing waits for the next one", async () => {
  const { broker, accounts, client } = await brokerRig();
  accounts.client("ha", "viewer");
  const first = await client("ha", { clean: false });
  const gone = closed(first);
  first.subscribe(["gw/v1/site/hq/door/#", "gw/v1/site/hq/event/#"], () => {});
  await gone;
  await broker.publishSite("event/door/forced", "{}", { retain: false, qos: 1 });
  await broker.publishSite("door/front", "{}", { retain: false, qos: 1 });
  let sessionPresent: boolean | undefined;
  const second = await connectAsync(`mqtt://127.0.0.1:${broker.addresses[0]?.port}`, {
    clientId: "ha",
    username: "ha",
    password: "ha-key",
    clean: false,
    reconnectPeriod: 0,
  });
  atEnd(() => second.endAsync(true));
  second.on("connect", (packet) => {
    sessionPresent = packet.sessionPresent;
  });
  const messages = heard(second);
  await pause(50);
  expect(messages).toEqual([]);
  expect(sessionPresent ?? false).toBe(false);
});

test("a subscriber that does not read is dropped, and delays neither a scan nor its neighbours", async () => {
  const { broker, accounts, client, socket, notes } = await brokerRig({
    limits: { unreadBytes: 256 * 1024 },
  });
  accounts.client("frozen", "central");
  accounts.client("other", "central");
  accounts.device("r1");
  const frozen = await socket();
  frozen.write(Buffer.concat([connectPacket("frozen"), subscribePacket("gw/v1/site/#")]));
  const other = await client("other");
  const messages = heard(other);
  await other.subscribeAsync("gw/v1/site/#", { qos: 0 });
  const reader = await client("r1");
  await until(() => broker.stats().sessions === 3);
  frozen.pause();
  let heardAt = 0;
  broker.bus.onUp(() => {
    heardAt = performance.now();
  });
  const payload = "x".repeat(30_000);
  let worstMs = 0;
  let sent = 0;
  // Until its socket's buffers are full and what we may hold for it too: well over a hundred messages.
  while (broker.stats().dropped === 0 && sent < 1_000) {
    await broker.publishSite("event/door/opened", payload, { retain: false, qos: 1 });
    sent++;
    if (sent % 10 === 0) {
      const from = performance.now();
      heardAt = 0;
      reader.publish("gw/v1/device/r1/up/scan", "{}", { qos: 1 });
      await until(() => heardAt > 0);
      worstMs = Math.max(worstMs, heardAt - from);
    }
  }
  expect(broker.stats().dropped).toBe(1);
  await until(() => broker.stats().sessions === 2);
  await until(() => messages.length === sent, 5_000);
  expect(sent).toBeGreaterThan(100);
  expect(worstMs).toBeLessThan(500);
  expect(notes).toEqual([]);
});

test("the exchange waits for nobody: every listener is called, then `done`, at once", () => {
  const exchange = new Exchange<{ topic: string }>();
  const calls: string[] = [];
  exchange.on("a/+", () => calls.push("never done"));
  exchange.on("a/#", (_message, done) => {
    calls.push("done");
    done();
  });
  for (let i = 0; i < 500; i++) exchange.emit({ topic: "a/b" }, () => calls.push("next"));
  expect(calls.filter((call) => call === "next")).toHaveLength(500);
  expect(calls.slice(-3).sort()).toEqual(["done", "never done", "next"]);
});

test("a level and an event published in the same moment both arrive, and so do answers in between", async () => {
  const { broker, accounts, client } = await brokerRig();
  accounts.client("ha", "central");
  const ha = await client("ha");
  const messages = heard(ha);
  await ha.subscribeAsync(["gw/v1/site/#", "gw/v1/client/ha/site/+/res"], { qos: 1 });
  for (let i = 0; i < 20; i++) {
    void broker.publishSite("door/front", `level ${i}`, { retain: true, qos: 0 });
    void broker.publishSite("event/door/opened", `event ${i}`, { retain: false, qos: 1 });
    ha.publish("gw/v1/client/ha/site/hq/req", JSON.stringify({ id: `q${i}` }), { qos: 1 });
  }
  await until(() => messages.length === 60);
  const site = messages.filter((message) => message.startsWith("gw/v1/site"));
  expect(site).toEqual(
    Array.from({ length: 20 }, (_, i) => [
      `gw/v1/site/hq/door/front level ${i}`,
      `gw/v1/site/hq/event/door/opened event ${i}`,
    ]).flat(),
  );
});

test("a subscriber whose filters overlap hears a message once", async () => {
  const { broker, accounts, client } = await brokerRig();
  accounts.client("ha", "central");
  const ha = await client("ha");
  const messages = heard(ha);
  await ha.subscribeAsync(["gw/v1/site/#", "gw/v1/site/hq/door/+"], { qos: 1 });
  await broker.publishSite("door/front", "1", { retain: false, qos: 1 });
  await broker.publishSite("door/front", "2", { retain: false, qos: 1 });
  await until(() => messages.length >= 2);
  await pause(20);
  expect(messages).toEqual(["gw/v1/site/hq/door/front 1", "gw/v1/site/hq/door/front 2"]);
});

test("many orders in one moment all reach the device, in order", async () => {
  const { broker, accounts, client } = await brokerRig();
  accounts.device("l1");
  const device = await client("l1");
  const messages = heard(device);
  for (let i = 0; i < 50; i++) {
    void broker.bus.sendDown("l1", i % 2 ? "cmd" : "error", String(i), i % 2 ? 1 : 0);
  }
  await until(() => messages.length === 50);
  expect(messages.map((message) => Number(message.split(" ")[1]))).toEqual([...Array(50).keys()]);
});

test("what was sent to a device before a reset does not arrive after it", async () => {
  const { broker, accounts, socket } = await brokerRig();
  accounts.device("l1");
  const wire = await socket();
  wire.write(connectPacket("l1"));
  await until(() => broker.bus.isOnline("l1"));
  wire.pause();
  const payload = "x".repeat(200_000);
  for (let i = 0; i < 4; i++) await broker.bus.sendDown("l1", "cmd", payload, 1);
  await pause(20);
  broker.bus.reset("l1");
  expect(broker.bus.isOnline("l1")).toBe(false);
  let bytes = 0;
  const gone = closed(wire);
  wire.on("data", (chunk: Buffer) => {
    bytes += chunk.length;
  });
  wire.resume();
  await gone;
  expect(bytes).toBeLessThan(4 * payload.length);
});

test("a will on another's topic, or that says something else, is refused at CONNECT", async () => {
  const { accounts, client, notes } = await brokerRig();
  accounts.device("r1");
  accounts.client("ha", "owner");
  const will = (topic: string, payload: string) => ({ will: { topic, payload: Buffer.from(payload) } });
  for (const bad of [
    will("gw/v1/device/r2/up/state", `{"state":"lost"}`),
    will("gw/v1/device/r1/up/input/1", `{"state":"lost"}`),
    will("gw/v1/device/r1/up/state", `{"state":"ready"}`),
    will("$SYS/broker", "x"),
  ]) {
    await expect(client("r1", bad)).rejects.toThrow(/Not authorized/);
  }
  await expect(client("ha", will("homeassistant/status", "online"))).rejects.toThrow(/Not authorized/);
  expect(notes.filter(({ type }) => type === "audit.sign-in-failed").length).toBeGreaterThan(0);
  await client("r1", will("gw/v1/device/r1/up/state", `{"state":"lost"}`));
});

test("the will of a device that vanishes is told, and of one that says goodbye is not", async () => {
  const { broker, accounts, client } = await brokerRig();
  accounts.device("r1");
  const told: string[] = [];
  broker.bus.onUp(({ topic, payload }) => told.push(`${topic} ${payload}`));
  broker.bus.onPresence((_device, online) => told.push(`online ${online}`));
  const will = {
    will: { topic: "gw/v1/device/r1/up/state", payload: Buffer.from(`{"state":"lost"}`), retain: true },
  };
  const first = await client("r1", will);
  first.stream.destroy();
  await until(() => told.includes("online false"));
  const second = await client("r1", will);
  await second.endAsync();
  await until(() => told.length === 5);
  expect(told).toEqual([
    "online true",
    `state {"state":"lost"}`,
    "online false",
    "online true",
    "online false",
  ]);
});

test("Nagle's algorithm is off: result and order go out one after the other without 40 ms in between", async () => {
  const { broker, accounts, client } = await brokerRig();
  accounts.device("r1");
  const device = await client("r1");
  // The contract asks the same of devices.
  if (device.stream instanceof Socket) device.stream.setNoDelay(true);
  let settle: () => void = () => {};
  device.on("message", (topic) => {
    if (topic.endsWith("/cmd")) settle();
  });
  broker.bus.onUp(() => {
    // The device has nothing to say to the first, so that its system waits before it acknowledges.
    void broker.bus.sendDown("r1", "result", "{}", 0);
    setTimeout(() => void broker.bus.sendDown("r1", "cmd", "{}", 0), 1);
  });
  const took: number[] = [];
  // A young connection is acknowledged at once: what is measured comes after that.
  for (let i = 0; i < 40; i++) {
    const from = performance.now();
    const arrived = new Promise<void>((resolve) => {
      settle = resolve;
    });
    device.publish("gw/v1/device/r1/up/scan", "{}", { qos: 0 });
    await arrived;
    if (i >= 25) took.push(performance.now() - from);
  }
  took.sort((a, b) => a - b);
  expect(took[7]).toBeLessThan(25);
});

test("a thousand connections in one moment are all taken from the system at the first try", async () => {
  const accounts = new TestAccounts();
  const limits = { unauthenticated: 2_000, unauthenticatedPerAddress: 2_000 };
  const broker = await startBroker({
    root: "gw/v1",
    site: "hq",
    accounts,
    listeners: [{ host: "127.0.0.1", port: 0 }],
    limits,
    onRequest: async () => "{}",
    onNote: () => {},
  });
  atEnd(() => broker.stop());
  const port = broker.addresses[0]?.port ?? 0;
  const from = performance.now();
  const connected = Array.from(
    { length: 1_000 },
    () =>
      new Promise<number>((resolve, reject) => {
        const socket = connectTcp(port, "127.0.0.1");
        atEnd(() => socket.destroy());
        socket.once("connect", () => resolve(performance.now() - from));
        socket.once("error", reject);
      }),
  );
  // A full queue answers nothing, and the system tries again after a second.
  const slowest = Math.max(...(await Promise.all(connected)));
  expect(slowest).toBeLessThan(950);
});

test("nothing of a session is kept: no subscription, no queue, no will that could fire later for nobody", async () => {
  const kept = new CleanSessions();
  await kept.addSubscriptions();
  await kept.outgoingEnqueue();
  await kept.putWill();
  expect(await kept.subscriptionsByClient()).toEqual([]);
  expect(await kept.subscriptionsByTopic()).toEqual([]);
  expect(await kept.outgoingStream().toArray()).toEqual([]);
  expect(await kept.streamWill().toArray()).toEqual([]);
});

test("messages of QoS 2 that are never released are bounded", async () => {
  const { broker, accounts, socket } = await brokerRig();
  accounts.device("r1");
  let heardUp = 0;
  broker.bus.onUp(() => heardUp++);
  const wire = await socket();
  wire.resume();
  const gone = closed(wire);
  wire.write(connectPacket("r1"));
  await until(() => broker.bus.isOnline("r1"));
  // QoS 2 (3.3.1.2: 0b10 in bits 2 and 1), never released.
  const halfWay = (id: number): Buffer => {
    const bytes = publishPacket("gw/v1/device/r1/up/scan", "{}", { id });
    bytes[0] = 0x34;
    return bytes;
  };
  for (let id = 1; id <= 16; id++) wire.write(halfWay(id));
  await until(() => heardUp === 16);
  wire.write(halfWay(17));
  expect(await gone).toBeLessThan(1_000);
});
