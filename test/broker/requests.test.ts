import { expect, test } from "vitest";
import { brokerRig, closed, heard, pause, until } from "./rig.js";

const req = "gw/v1/client/ha/site/hq/req";
const res = "gw/v1/client/ha/site/hq/res";

test("a request is answered to the client that asked, and to nobody else", async () => {
  const seen: string[] = [];
  const { accounts, client } = await brokerRig({
    onRequest: async (account, payload) => {
      seen.push(`${account.id} ${account.role} ${payload}`);
      return `{"id":"1","status":"ok"}`;
    },
  });
  accounts.client("ha", "manager");
  accounts.client("spy", "central");
  const ha = await client("ha");
  const spy = await client("spy");
  const answers = heard(ha);
  const spied = heard(spy);
  await ha.subscribeAsync(res, { qos: 1 });
  await spy.subscribeAsync(["gw/v1/client/spy/site/+/res", "gw/v1/site/#"], { qos: 1 });
  await ha.publishAsync(req, `{"id":"1","op":"door.unlock"}`, { qos: 1 });
  await until(() => answers.length === 1);
  await pause(20);
  expect(seen).toEqual([`ha manager {"id":"1","op":"door.unlock"}`]);
  expect(answers).toEqual([`${res} {"id":"1","status":"ok"}`]);
  expect(spied).toEqual([]);
});

test("a request that cannot be worked is answered all the same", async () => {
  const { accounts, client, faults } = await brokerRig({
    onRequest: async () => {
      throw new Error("broken");
    },
  });
  accounts.client("ha", "manager");
  const ha = await client("ha");
  const answers = heard(ha);
  await ha.subscribeAsync("gw/v1/client/ha/site/+/res", { qos: 1 });
  for (const payload of [`{"id":"1"}`, "not json", `{"id":${"9".repeat(300)}}`, "null", ""]) {
    await ha.publishAsync(req, payload, { qos: 1 });
  }
  await ha.publishAsync("gw/v1/client/ha/site/elsewhere/req", `{"id":"6"}`, { qos: 1 });
  await until(() => answers.length === 6);
  const bodies = answers.map((answer) => JSON.parse(answer.slice(answer.indexOf("{"))));
  expect(bodies.map(({ id, error }) => [id, error.code])).toEqual([
    ["1", "unavailable"],
    [null, "unavailable"],
    [null, "unavailable"],
    [null, "unavailable"],
    [null, "unavailable"],
    ["6", "not-found"],
  ]);
  expect(answers[5]).toMatch(/^gw\/v1\/client\/ha\/site\/elsewhere\/res /);
  expect(faults).toHaveLength(5);
});

test("a client has a few requests worked at once; more are told that it is busy, and others are not", async () => {
  const finish: (() => void)[] = [];
  const { accounts, client } = await brokerRig({
    limits: { requestsAtOnce: 2 },
    onRequest: (account) =>
      new Promise((resolve) => finish.push(() => resolve(`{"id":"${account.id}","status":"ok"}`))),
  });
  accounts.client("ha", "manager");
  accounts.client("other", "manager");
  const ha = await client("ha");
  const other = await client("other");
  const answers = heard(ha);
  await ha.subscribeAsync(res);
  for (const id of ["1", "2", "3"]) ha.publish(req, JSON.stringify({ id }));
  other.publish("gw/v1/client/other/site/hq/req", `{"id":"1"}`);
  await until(() => finish.length === 3 && answers.length === 1);
  expect(answers[0]).toContain(`{"id":"3","status":"error","error":{"code":"busy"`);
  for (const end of finish.splice(0)) end();
  await until(() => answers.length === 3);
  ha.publish(req, `{"id":"4"}`);
  await until(() => finish.length === 1);
  finish[0]?.();
});

test("a retained request is refused with a reason, is not worked, and stays nowhere", async () => {
  const seen: string[] = [];
  const { accounts, client, broker, notes } = await brokerRig({
    onRequest: async (_account, payload) => {
      seen.push(payload.toString());
      return "{}";
    },
  });
  accounts.client("ha", "manager");
  const ha = await client("ha");
  const answers = heard(ha);
  await ha.subscribeAsync(res);
  const gone = closed(ha);
  ha.publish(req, `{"id":"1","op":"door.unlock"}`, { retain: true });
  await gone;
  expect(seen).toEqual([]);
  expect(answers[0]).toMatch(/forbidden.*no request is retained/);
  expect(broker.stats().retained).toBe(0);
  expect(notes).toContainEqual({
    type: "audit.refused",
    by: { kind: "client", id: "ha" },
    reason: "no request is retained",
    data: { operation: `publish to ${req}` },
  });
});
