import { expect, test } from "vitest";
import { brokerRig, closed, heard, until } from "./rig.js";

test("a device says and hears under its own id, whether or not it subscribed", async () => {
  const { broker, accounts, client } = await brokerRig();
  accounts.device("front-reader");
  const ups: string[] = [];
  const presence: string[] = [];
  broker.bus.onUp(({ device, topic, payload, retained, again }) =>
    ups.push(`${device} ${topic} ${payload} ${retained} ${again}`),
  );
  broker.bus.onPresence((device, online) => presence.push(`${device} ${online}`));
  const device = await client("front-reader");
  const down = heard(device);
  await device.publishAsync("gw/v1/device/front-reader/up/state", `{"state":"ready"}`, {
    qos: 1,
    retain: true,
  });
  await device.publishAsync("gw/v1/device/front-reader/up/scan", "{}", { qos: 1, retain: true });
  expect(ups).toEqual([
    `front-reader state {"state":"ready"} false false`,
    "front-reader scan {} true false",
  ]);
  expect(await broker.bus.sendDown("front-reader", "result", `{"re":"1"}`, 1)).toBe(true);
  await until(() => down.length === 1);
  expect(down).toEqual([`gw/v1/device/front-reader/down/result {"re":"1"}`]);
  const gone = closed(device.stream);
  broker.bus.reset("front-reader");
  await gone;
  expect(presence).toEqual(["front-reader true", "front-reader false"]);
  expect(await broker.bus.sendDown("front-reader", "result", `{"re":"2"}`, 1)).toBe(false);
});
