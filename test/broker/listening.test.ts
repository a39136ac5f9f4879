import { type AddressInfo, createServer } from "node:net";
import { expect, test } from "vitest";
import { startBroker } from "../../gateway/broker/broker.js";
import { defaultListeners } from "../../gateway/broker/listeners.js";
import { atEnd, brokerRig, closed, heard, root, site, TestAccounts, until } from "./rig.js";

const rest = { root, site, onRequest: async () => "{}", onNote: () => {} };

test("unless it is told otherwise the broker listens on loopback only", () => {
  expect(defaultListeners).toEqual([{ host: "127.0.0.1", port: 1883 }]);
});

test("an address that cannot be had stops the start, and nothing stays open", async () => {
  const taken = createServer();
  await new Promise<void>((resolve) => taken.listen(0, "127.0.0.1", resolve));
  atEnd(() => taken.close());
  const { port } = taken.address() as AddressInfo;
  const free = createServer();
  await new Promise<void>((resolve) => free.listen(0, "127.0.0.1", resolve));
  const other = (free.address() as AddressInfo).port;
  await new Promise((resolve) => free.close(resolve));
  const listeners = [
    { host: "127.0.0.1", port: other },
    { host: "127.0.0.1", port },
  ];
  await expect(startBroker({ ...rest, accounts: new TestAccounts(), listeners })).rejects.toThrow(
    /EADDRINUSE/,
  );
  const again = createServer();
  await new Promise<void>((resolve, reject) => {
    again.once("error", reject);
    again.listen(other, "127.0.0.1", resolve);
  });
  again.close();
});

test("what is published last before a stop still arrives; then every connection is closed and the port is free", async () => {
  const { broker, accounts, client, port } = await brokerRig();
  accounts.client("ha", "viewer");
  accounts.device("r1");
  const ups: string[] = [];
  const ha = await client("ha");
  const device = await client("r1", {
    will: { topic: "gw/v1/device/r1/up/state", payload: Buffer.from(`{"state":"lost"}`) },
  });
  broker.bus.onUp(({ topic }) => ups.push(topic));
  broker.bus.onPresence((_device, online) => ups.push(`online ${online}`));
  const messages = heard(ha);
  await ha.subscribeAsync("gw/v1/site/hq/status");
  const ends = [closed(ha), closed(device)];
  await broker.publishSite("status", `{"state":"stopped"}`, { retain: true, qos: 0 });
  await broker.stop();
  await Promise.all(ends);
  expect(messages).toEqual([`gw/v1/site/hq/status {"state":"stopped"}`]);
  // Nobody is lost because the gateway goes.
  expect(ups).toEqual([]);
  const again = createServer();
  await new Promise<void>((resolve, reject) => {
    again.once("error", reject);
    again.listen(port, "127.0.0.1", resolve);
  });
  again.close();
  await broker.stop();
});

test("a stop does not wait for a client that does not read, nor for one that says nothing", async () => {
  const { broker, socket, accounts } = await brokerRig();
  accounts.device("r1");
  (await socket()).pause();
  await until(() => broker.stats().unauthenticated === 1);
  const from = performance.now();
  await broker.stop();
  expect(performance.now() - from).toBeLessThan(1_500);
});

test("a gateway without a site yet publishes nothing, and says so to who asks", async () => {
  let current: string | undefined;
  const { broker, accounts, client } = await brokerRig({ site: () => current });
  accounts.client("ha", "central");
  const ha = await client("ha");
  const messages = heard(ha);
  await ha.subscribeAsync(["gw/v1/site/#", "gw/v1/client/ha/site/+/res"]);
  await broker.publishSite("door/front", "{}", { retain: true, qos: 0 });
  await ha.publishAsync("gw/v1/client/ha/site/hq/req", `{"id":"1"}`, { qos: 1 });
  await until(() => messages.length === 1);
  expect(messages[0]).toMatch(/there is no site yet/);
  current = "hq";
  await broker.publishSite("door/front", "{}", { retain: true, qos: 0 });
  await until(() => messages.length === 2);
});
