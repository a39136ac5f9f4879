/** What a client can learn, trying everything that it can write and read. */
import { expect, test } from "vitest";
import type { Role } from "../../gateway/ports.js";
import { brokerRig, closed, heard, pause, until } from "./rig.js";

const told: [path: string, retain: boolean][] = [
  ["status", true],
  ["door/front", true],
  ["area/lobby", true],
  ["partition/ground", true],
  ["alarm/i1", true],
  ["silent/i2", true],
  ["event/door/opened", false],
  ["event/alarm/raised", false],
  ["event/safety/fire", false],
  ["event/access/granted", false],
  ["event/device/lost", false],
  ["event/audit/refused", false],
  ["event/silent/duress", false],
];
const filters = [
  "#",
  "+/#",
  "gw/#",
  "gw/v1/#",
  "gw/v1/site/#",
  "gw/v1/site/hq/#",
  "gw/v1/site/+/+/+",
  "gw/v1/site/hq/event/#",
  "gw/v1/site/hq/event/+/+",
  "gw/v1/site/hq/silent/#",
  "gw/v1/device/#",
  "gw/v1/device/+/up/#",
  "gw/v1/device/+/down/#",
  "gw/v1/client/#",
  "gw/v1/client/+/site/+/res",
  "gw/v1/client/+/site/+/req",
  "$SYS/#",
  "$SYS/+/new/clients",
  ...told.map(([path]) => `gw/v1/site/hq/${path}`),
  "gw/v1/site/hq/door/+",
  "gw/v1/site/hq/area/#",
  "gw/v1/site/hq/partition/#",
  "gw/v1/site/hq/alarm/+",
  "gw/v1/site/hq/event/door/#",
  "gw/v1/site/hq/event/access/+",
];

const readable: Record<string, string[]> = {
  viewer: ["status", "door/front", "area/lobby"],
  guard: [
    "status",
    "door/front",
    "area/lobby",
    "partition/ground",
    "alarm/i1",
    "event/door/opened",
    "event/alarm/raised",
    "event/safety/fire",
  ],
  central: told.map(([path]) => path).filter((path) => !path.includes("silent")),
};
readable.manager = [...(readable.guard ?? []), "event/access/granted"];

test.each(Object.keys(readable))(
  "a listener with the role %s hears what its role may, and nothing else",
  async (role) => {
    const { broker, accounts, client } = await brokerRig();
    accounts.client("ear", role as Role);
    accounts.client("other", "central");
    accounts.device("r1");
    const granted: string[] = [];
    for (const filter of filters) {
      const probe = await client("ear");
      const gone = closed(probe);
      const answer = await Promise.race([probe.subscribeAsync(filter, { qos: 1 }), gone]).catch(() => 0);
      if (Array.isArray(answer) && (answer[0]?.qos ?? 128) < 3) granted.push(filter);
      await probe.endAsync(true);
    }
    const ear = await client("ear");
    const messages = heard(ear);
    await ear.subscribeAsync(granted, { qos: 1 });
    const device = await client("r1");
    const other = await client("other");
    await other.subscribeAsync("gw/v1/client/other/site/+/res");
    for (const [path, retain] of told) await broker.publishSite(path, path, { retain, qos: 1 });
    await device.publishAsync("gw/v1/device/r1/up/scan", "a card", { qos: 1 });
    await device.publishAsync("gw/v1/device/r1/up/input/1", "a level", { qos: 1, retain: true });
    await broker.bus.sendDown("r1", "cmd", "an order", 1);
    await other.publishAsync("gw/v1/client/other/site/hq/req", `{"id":"1"}`, { qos: 1 });
    await pause(50);
    const live = messages.map((message) => message.split(" ")[0]?.replace("gw/v1/site/hq/", ""));
    expect([...live].sort()).toEqual([...(readable[role] ?? [])].sort());

    // And once more for what is retained; a device's levels are not among it.
    expect(broker.stats().retained).toBe(told.filter(([, retain]) => retain).length);
    await ear.endAsync(true);
    const late = await client("ear");
    const kept = heard(late);
    await late.subscribeAsync(granted, { qos: 1 });
    await pause(50);
    const retained = new Set(kept.map((message) => message.split(" ")[0]?.replace("gw/v1/site/hq/", "")));
    const expected = told
      .filter(([path, retain]) => retain && readable[role]?.includes(path))
      .map(([path]) => path);
    expect([...retained].sort()).toEqual(expected.sort());
  },
  20_000,
);

test("a device hears nothing but its own `down/`, and what it says goes to the gateway only", async () => {
  const { broker, accounts, client } = await brokerRig();
  accounts.device("r1");
  accounts.device("r2");
  for (const filter of filters) {
    const probe = await client("r1");
    const gone = closed(probe);
    probe.subscribe(filter, () => {});
    await gone;
  }
  const r1 = await client("r1");
  const r2 = await client("r2");
  const messages = heard(r1);
  await r1.subscribeAsync("gw/v1/device/r1/down/#", { qos: 1 });
  await broker.bus.sendDown("r2", "cmd", "for r2", 1);
  await broker.publishSite("door/front", "{}", { retain: true, qos: 1 });
  await r2.publishAsync("gw/v1/device/r2/up/scan", "{}", { qos: 1 });
  await broker.bus.sendDown("r1", "cmd", "for r1", 1);
  await until(() => messages.length === 1);
  await pause(20);
  expect(messages).toEqual(["gw/v1/device/r1/down/cmd for r1"]);
}, 20_000);

test.each([
  "gw/v1/device/r2/up/scan",
  "gw/v1/device/r1/down/cmd",
  "gw/v1/site/hq/door/front",
  "gw/v1/client/ha/site/hq/req",
  "$SYS/anything",
  "constructor",
  "__proto__/x",
  `gw/v1/device/r1/up/${"x/".repeat(98)}x`,
])("a device that writes to %s is told, logged and put out; nothing of it goes further", async (topic) => {
  const { broker, accounts, client, notes } = await brokerRig();
  accounts.device("r1");
  accounts.device("r2");
  accounts.client("ha", "central");
  const ups: string[] = [];
  broker.bus.onUp((message) => ups.push(message.topic));
  const ha = await client("ha");
  const spied = heard(ha);
  await ha.subscribeAsync(["gw/v1/site/#", "gw/v1/client/ha/site/+/res"]);
  const r1 = await client("r1");
  const r2 = await client("r2");
  const r2heard = heard(r2);
  const errors = heard(r1);
  const gone = closed(r1);
  r1.publish(topic, "{}", { qos: 0, retain: true });
  expect(await gone).toBeLessThan(1_000);
  await pause(20);
  expect(ups).toEqual([]);
  expect(spied).toEqual([]);
  expect(r2heard).toEqual([]);
  expect(broker.stats().retained).toBe(0);
  // Topics beyond what the broker underneath looks at end the connection before anyone is asked.
  if (topic.length < 200) {
    expect(errors[0]).toMatch(/down\/error .*not its topic/);
    expect(notes).toContainEqual(expect.objectContaining({ type: "audit.refused", reason: "not its topic" }));
  }
});

test("more subscriptions than any client needs are too many", async () => {
  const { accounts, client } = await brokerRig();
  accounts.client("ha", "viewer");
  const ha = await client("ha");
  const gone = closed(ha);
  const many = Array.from({ length: 65 }, (_, i) => `gw/v1/site/hq/door/d${i}`);
  ha.subscribe(many, () => {});
  expect(await gone).toBeLessThan(1_000);
});
