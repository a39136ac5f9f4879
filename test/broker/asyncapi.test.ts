/** The AsyncAPI document says what the gateway does: what it says on the wire is in it, and it is sound in itself. */
import { expect, test } from "vitest";
import { z } from "zod";
import type { Order } from "../../drivers/driver.js";
import { downSchemas } from "../../drivers/mqtt/down.js";
import { parseUp } from "../../drivers/mqtt/messages.js";
import { nativeMqtt } from "../../drivers/mqtt/native.js";
import { asyncApi } from "../../gateway/asyncapi.js";
import { siteSchemas } from "../../gateway/broker/site-messages.js";
import { SiteTopics } from "../../gateway/broker/site-topics.js";
import { eventCatalogue } from "../../gateway/core/events.js";
import { clientAnswer } from "../../gateway/operations/client-answer.js";
import { requestAnswer } from "../../gateway/request-desk.js";
import { brokerRig, until } from "./rig.js";

type Json = Record<string, unknown>;
const document = asyncApi("1.2.3");
const part = (...path: string[]): Json =>
  path.reduce<Json>((found, key) => (found[key] ?? {}) as Json, document);

function references(value: unknown): string[] {
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([key, one]) =>
    key === "$ref" && typeof one === "string" ? [one] : references(one),
  );
}

test("every reference in it leads somewhere, every word in a topic is explained, every channel is used once", () => {
  expect(document).toMatchObject({ asyncapi: "3.0.0", info: { version: "1.2.3" } });
  const found = references(document);
  expect(found.length).toBeGreaterThan(40);
  for (const reference of found) {
    const path = reference.replace(/^#\//, "").split("/");
    expect(part(...path), reference).not.toEqual({});
  }
  const used = Object.values(part("operations")).map(
    (operation) => references((operation as Json).channel)[0],
  );
  expect([...used].sort()).toEqual(
    Object.keys(part("channels"))
      .map((name) => `#/channels/${name}`)
      .sort(),
  );
  for (const channel of Object.values(part("channels")) as Json[]) {
    const words = [...String(channel.address).matchAll(/\{([a-z]+)\}/g)].map(([, word]) => word);
    expect(Object.keys(channel.parameters as Json)).toEqual(words);
    for (const { description } of Object.values(channel.parameters as Record<string, Json>))
      expect(description).toEqual(expect.any(String));
  }
});

test("every topic that a device may say is in it, with the fields that the gateway asks for", () => {
  const addresses = Object.values(part("channels")).map((channel) => String((channel as Json).address));
  const error = parseUp("no-such", Buffer.from("{}"));
  const named = ("error" in error ? error.error : "")
    .replace(/.*there are /, "")
    .replaceAll("N", "{n}")
    .split(", ");
  expect(named.length).toBe(8);
  for (const topic of named) expect(addresses).toContain(`gw/v1/device/{device}/up/${topic}`);
  expect(part("components", "messages", "deviceScan", "payload").required).toEqual(["id", "reader"]);
  expect(part("components", "messages", "deviceInput", "payload").required).toEqual([
    "boot",
    "up_ms",
    "active",
    "changes",
  ]);
  expect(part("components", "messages", "siteEvent")["x-event-types"]).toEqual(Object.keys(eventCatalogue));
  expect(JSON.stringify(asyncApi("1", "building/7"))).not.toContain("gw/v1");
});

test("what a device is told on the wire is what the document says, field by field", async () => {
  const { broker, accounts, client } = await brokerRig();
  accounts.device("front-io");
  const driver = nativeMqtt(broker.bus);
  driver.serve(["front-io"]);
  await driver.start(() => {});
  const device = await client("front-io");
  const told: [string, unknown][] = [];
  device.on("message", (topic, payload) =>
    told.push([topic.split("/down/")[1] ?? "", JSON.parse(payload.toString())]),
  );
  await device.subscribeAsync("gw/v1/device/front-io/down/#", { qos: 1 });
  const point = { device: "front-io", kind: "lock", n: 1 } as const;
  const reader = { ...point, kind: "reader" } as const;
  const orders: Order[] = [
    { op: "pulse", id: "a", point, ms: 5_000, scan: "s", late: true },
    { op: "hold", id: "b", point },
    { op: "lock", id: "c", point, ends: "b" },
    { op: "release", id: "d", point },
    { op: "signal", id: "e", point: reader, pattern: "pre-alarm", ms: 10_000 },
    { op: "output", id: "f", point: { ...point, kind: "output" }, on: true, ms: 1_000 },
  ];
  for (const order of orders) void driver.send(order);
  driver.answer({ point: reader, scan: "s", outcome: "granted", late: true });
  await device.publishAsync("gw/v1/device/front-io/up/scan", "nonsense", { qos: 1 });
  await until(() => told.length === 8);
  await driver.stop();
  const strict = {
    result: z.strictObject(downSchemas.result.shape),
    error: z.strictObject(downSchemas.error.shape),
    cmd: z.union(downSchemas.cmd.options.map((option) => z.strictObject(option.shape as z.ZodRawShape))),
  };
  for (const [topic, body] of told)
    expect(
      strict[topic as keyof typeof strict].safeParse(body).error,
      `${topic} ${JSON.stringify(body)}`,
    ).toBeUndefined();
  expect(new Set(told.map(([topic]) => topic))).toEqual(new Set(["cmd", "result", "error"]));
});

test("what central systems read is what the document says, field by field", async () => {
  const said: [keyof typeof siteSchemas, unknown][] = [];
  const at = Date.UTC(2026, 10, 24);
  const topics = new SiteTopics({
    publish: async (path, payload) => {
      said.push([path.split("/")[0] as keyof typeof siteSchemas, JSON.parse(payload)]);
    },
    live: {
      view: () => ({
        site: { id: "hq", name: "House", revision: 3, timeZone: "Europe/Berlin" },
        doors: [
          {
            id: "front",
            name: "Front",
            lock: "released",
            position: "none",
            mode: "card-or-pin",
            online: false,
            alarm: "held-open",
            override: null,
            since: null,
          },
        ],
        areas: [{ id: "hall", name: "Hall", occupancy: 2, uncertain: 0 }],
        partitions: [{ id: "ground", name: "Ground", arming: "disarmed", ready: true }],
        sensors: [],
      }),
      onNews(listener) {
        const event = {
          v: 1,
          id: "0192f0c0-0000-7000-8000-000000000001",
          seq: 1,
          at,
          site: "hq",
          tenant: "main",
          type: "access.denied",
          severity: "notice",
          revision: 3,
          signal: "s",
          door: "front",
          trace: [["known-card", "ok"]],
        } as const;
        listener({ events: [event], durable: false, doors: [], areas: [], partitions: [] });
        return () => {};
      },
    },
    now: () => at,
    version: "1",
    boot: "b",
  });
  topics.start();
  await topics.stop();
  expect(new Set(said.map(([kind]) => kind))).toEqual(
    new Set(["status", "door", "area", "partition", "event"]),
  );
  for (const [kind, body] of said) {
    const schema =
      kind === "event" ? siteSchemas.event : z.strictObject(siteSchemas[kind].shape as z.ZodRawShape);
    expect(schema.safeParse(body).error, JSON.stringify(body)).toBeUndefined();
  }
});

test("the answers to requests are what the document says", () => {
  for (const answer of [
    clientAnswer("r-1", { ok: true, result: { doors: [] } }),
    clientAnswer(null, { ok: false, refusal: { code: "invalid", message: "no" } }),
  ])
    expect(requestAnswer.safeParse(JSON.parse(answer)).error).toBeUndefined();
});
