import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { type RunningGateway, startGateway } from "../../gateway/gateway.js";
import { localAdministrator } from "../../gateway/operations/operator.js";
import type { Operator, Performed } from "../../gateway/ports.js";
import { faultSite } from "../faults/building.js";
import { ScanningDevice } from "../faults/scan-load.js";

const document = {
  ...faultSite(2),
  doorGroups: [{ id: "both", name: "Both doors", doors: ["door-1", "door-2"] }],
  threatLevels: [
    { id: "green", name: "Green" },
    { id: "red", name: "Red", doors: [{ doorGroup: "both", mode: "card-and-pin" }] },
  ],
};

let folder: string;
let gateway: RunningGateway;
let terminal: ScanningDevice | undefined;

const start = async (): Promise<void> => {
  const configFile = join(folder, "gateway.yaml");
  writeFileSync(configFile, "mqtt: { port: 0 }\nweb: { port: 0 }\n");
  gateway = await startGateway({ dataDir: join(folder, "data"), configFile });
};
const ask = (name: string, params: object, by: Operator = localAdministrator()): Promise<Performed> =>
  gateway.house.operations.perform(by, name, params);
const told = async (name: string, params: object): Promise<Record<string, unknown>> => {
  const performed = await ask(name, params);
  if (!performed.ok) throw new Error(`${name}: ${JSON.stringify(performed.refusal)}`);
  return performed.result as Record<string, unknown>;
};
const as = (role: Operator["role"]): Operator => ({
  actor: { kind: "operator", id: role },
  role,
  discreet: false,
});
const doorOne = async () =>
  ((await told("door.list", {})).doors as { id: string; mode: string; lockdown?: true }[])[0];

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), "gatewarden-house-"));
  await start();
  await told("site.import", { document });
});
afterEach(async () => {
  await terminal?.disconnect();
  terminal = undefined;
  await gateway.stop("the test is over");
  rmSync(folder, { recursive: true });
});

test("lockdown, threat level and overrides stand after a restart, on a real data folder", async () => {
  await told("lockdown.start", { note: "drill" });
  await told("threat.set", { level: "red" });
  await told("door.mode", { door: "door-1", mode: "free" });
  await gateway.stop("restart");
  await start();
  expect(await told("house.show", {})).toMatchObject({
    threat: { level: "red" },
    lockdowns: [{ doorGroup: null }],
    doorGroups: [{ id: "both" }],
  });
  expect(await doorOne()).toMatchObject({ mode: "card-and-pin", lock: "locked", lockdown: true });
  await told("lockdown.end", {});
  await told("threat.set", { level: "green" });
  expect(await doorOne()).toMatchObject({ mode: "free", lock: "unlocked" });
  await told("overrides.end", {});
  expect(await doorOne()).toMatchObject({ mode: "card", lock: "locked", override: null });
});

test("a site whose lockdown stands cannot lose the group that is locked down", async () => {
  await told("lockdown.start", { doorGroup: "both" });
  const { doorGroups: _, threatLevels: __, ...without } = document;
  expect(await ask("site.import", { document: without })).toMatchObject({ ok: false });
});

test("each door of a group answers, one whose lock is away with that", async () => {
  const { key } = await told("device.add", { device: "io-1" });
  terminal = new ScanningDevice("io-1", String(key), []);
  await terminal.connect(`mqtt://127.0.0.1:${gateway.ready.mqtt[0]?.port}`);
  await expect.poll(async () => (await told("status", {})).devices).toMatchObject({ online: 1 });
  expect(await told("group.unlock", { doorGroup: "both" })).toEqual({
    doors: [
      { door: "door-1", done: true },
      { door: "door-2", done: false, reason: "lock-not-connected", message: expect.any(String) },
    ],
  });
  const refused = { ok: false, refusal: { code: "refused" } };
  expect(await ask("group.unlock", { doorGroup: "both", allOrNone: true })).toMatchObject(refused);
  expect(await ask("group.unlock", { doorGroup: "none" })).toMatchObject(refused);
  expect(await ask("group.unlock", { doorGroup: "both", force: true })).toMatchObject({ ok: false });
});

test("a guard locks down and ends it, and sets no threat level; a viewer does neither", async () => {
  expect(await ask("lockdown.start", {}, as("guard"))).toMatchObject({ ok: true });
  expect(await ask("lockdown.end", {}, as("guard"))).toMatchObject({ ok: true });
  expect(await ask("threat.set", { level: "red" }, as("guard"))).toMatchObject({ ok: false });
  expect(await ask("threat.set", { level: "red" }, as("central"))).toMatchObject({ ok: true });
  for (const [name, params] of [
    ["lockdown.start", {}],
    ["threat.set", { level: "red" }],
    ["group.mode", { doorGroup: "both" }],
    ["overrides.end", {}],
  ] as const)
    expect(await ask(name, params, as("viewer"))).toMatchObject({
      ok: false,
      refusal: { code: "forbidden" },
    });
});
