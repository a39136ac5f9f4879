/** The real gateway, its real broker, and MQTT clients that behave as a Shelly relay and a Tasmota reader do. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { type RunningGateway, startGateway } from "../../gateway/gateway.js";
import { localAdministrator } from "../../gateway/operations/operator.js";
import { closed, pause, until } from "../broker/rig.js";
import { patience } from "../cli/running-gateway.js";
import { ShellyClient, TasmotaClient } from "./rig.js";

vi.setConfig(patience);

const document = {
  site: { id: "hq", name: "Workshop", timeZone: "Europe/Berlin" },
  tenants: [{ id: "main", name: "Main" }],
  areas: [
    { id: "outside", name: "Outside", outside: true },
    { id: "hall", name: "Hall" },
  ],
  doors: [
    {
      id: "gate",
      name: "Gate",
      from: "outside",
      to: "hall",
      readers: { outside: "gate-reader/reader/1" },
      lock: { point: "gate-relay/lock/1", kind: "fail-secure", mechanicalEgress: true },
      contact: "gate-relay/input/1",
      exitButton: "gate-relay/input/2",
      unlockMs: 3_000,
    },
  ],
  devices: [
    {
      id: "gate-relay",
      name: "Relay",
      driver: "preset",
      preset: "shelly-gen2",
      prefix: "shellyplus1-a8032abe54dc",
    },
    {
      id: "gate-reader",
      name: "Reader",
      driver: "preset",
      preset: "tasmota",
      prefix: "gate-reader",
      repeatMs: 100,
    },
  ],
  groups: [{ id: "staff", name: "Staff", access: [{ areas: ["hall"], schedule: "always" }] }],
};

let folder: string;
let gateway: RunningGateway;
let shelly: ShellyClient;
let tasmota: TasmotaClient;

const told = async (name: string, params: object): Promise<Record<string, unknown>> => {
  const performed = await gateway.house.operations.perform(localAdministrator(), name, params);
  if (!performed.ok) throw new Error(`${name}: ${JSON.stringify(performed.refusal)}`);
  return performed.result as Record<string, unknown>;
};
const events = async (...types: string[]) =>
  (await told("journal.read", { limit: 200, filter: { types } })).events as {
    type: string;
    reason?: string;
    seq: number;
  }[];
const soon = async (what: () => Promise<unknown>): Promise<void> => {
  const deadline = performance.now() + 10_000;
  while (!(await what())) {
    if (performance.now() > deadline) throw new Error(`still not so: ${what}`);
    await pause(20);
  }
};

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "gw-preset-"));
  const configFile = join(folder, "gateway.yaml");
  writeFileSync(configFile, "mqtt: { port: 0 }\nweb: { port: 0 }\n");
  gateway = await startGateway({ dataDir: join(folder, "data"), configFile });
  await told("site.import", { document });
  await told("people.import", {
    rows: [{ person: "ada", name: "Ada", groups: ["staff"], credentials: [{ value: "142,51091" }] }],
  });
  const url = `mqtt://127.0.0.1:${gateway.ready.mqtt[0]?.port}`;
  const keys = await Promise.all(
    ["gate-relay", "gate-reader"].map((device) => told("device.add", { device })),
  );
  expect(keys[0]).toMatchObject({ foreign: true, prefix: "shellyplus1-a8032abe54dc" });
  shelly = new ShellyClient("gate-relay", "shellyplus1-a8032abe54dc", url, String(keys[0]?.key));
  tasmota = new TasmotaClient("gate-reader", "gate-reader", url, String(keys[1]?.key));
  await shelly.appear();
  await tasmota.appear();
  await soon(async () => ((await told("status", {})).devices as { online: number }).online === 2);
});
afterAll(async () => {
  await shelly?.vanish();
  await tasmota?.vanish();
  await gateway?.stop("the test is over");
  rmSync(folder, { recursive: true });
});

test.each(["008EC793", "93C78E00", "00-8E-C7-93"])(
  "the badge 142,51091 opens the gate when it reads as %s",
  async (uid) => {
    const before = shelly.done.length;
    // The window in which the same card is one scan.
    await pause(150);
    await tasmota.badge(uid);
    await until(() => shelly.done.length === before + 1, 10_000);
    expect(shelly.done.at(-1)).toEqual({ switch: 0, toggleAfter: 3 });
  },
);

test("a card that nobody knows opens nothing, and is told as unknown", async () => {
  const before = shelly.done.length;
  await tasmota.badge("00112233");
  await soon(async () => (await events("access.denied")).some(({ reason }) => reason === "unknown-card"));
  expect(shelly.done).toHaveLength(before);
});

test("a retained badge opens nothing and is logged as such", async () => {
  const before = shelly.done.length;
  await pause(150);
  await tasmota.badge("008EC793", true);
  await soon(async () => (await events("access.ignored")).some(({ reason }) => reason === "retained"));
  expect(shelly.done).toHaveLength(before);
});

test("the exit button opens it, and the contact is followed", async () => {
  const before = shelly.done.length;
  await shelly.notify("NotifyEvent", { events: [{ component: "input:1", id: 1, event: "single_push" }] });
  await until(() => shelly.done.length === before + 1, 10_000);
  await shelly.setInput(true);
  const position = async () => ((await told("door.list", {})).doors as { position: string }[])[0]?.position;
  await soon(async () => (await position()) === "open");
  await shelly.setInput(false);
  await soon(async () => (await position()) === "closed");
});

test("it cannot be set free, and says so", async () => {
  await told("door.mode", { door: "gate", mode: "free" });
  await soon(async () =>
    JSON.stringify(await told("journal.read", { limit: 50 })).includes(
      "only pulsed: it cannot be held unlocked",
    ),
  );
  await told("door.mode", { door: "gate" });
});

test("the accounts are shown as of another maker, and one that is disabled is out at once", async () => {
  const { accounts } = (await told("account.list", {})) as { accounts: { id: string; foreign?: boolean }[] };
  expect(await told("device.list", {})).toMatchObject({
    of: 2,
    online: 2,
    batteryLow: 0,
    devices: [
      { id: "gate-relay", trust: "foreign", preset: "shelly-gen2", rssi: -58, online: true },
      { id: "gate-reader", trust: "foreign", model: "Sonoff Basic", firmware: "14.2.0(tasmota)" },
    ],
  });
  expect(accounts.filter(({ foreign }) => foreign).map(({ id }) => id)).toEqual([
    "gate-reader",
    "gate-relay",
  ]);
  const client = tasmota as unknown as { client: { once(event: "close", listener: () => void): unknown } };
  const gone = closed(client.client);
  await told("account.disable", { account: "gate-reader" });
  await gone;
  await expect(tasmota.appear()).rejects.toThrow();
});
