/** The lists beside the alarms, over the API of a real gateway with a real device: things to do, proof of life, the test of outputs. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { request } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { type RunningGateway, startGateway } from "../../gateway/gateway.js";
import { localAdministrator } from "../../gateway/operations/operator.js";
import type { Operator } from "../../gateway/ports.js";
import { AlarmBox } from "../faults/alarm-box.js";
import { faultSite } from "../faults/building.js";

const office = faultSite(1);
const document = {
  ...office,
  doors: [],
  groups: [],
  areas: [{ id: "outside", name: "Outside", outside: true }],
  devices: [{ id: "io", name: "Box", driver: "mqtt" }],
  partitions: [{ id: "ground", name: "Ground floor" }],
  sensors: [
    { id: "mains", name: "Mains", type: "mains", point: "io/input/1" },
    { id: "window", name: "Window", type: "contact", point: "io/input/2", partition: "ground" },
    { id: "counter", name: "Counter", type: "hold-up-silent", point: "io/input/3" },
  ],
  alarm: {
    sirens: [{ id: "siren", name: "Siren", kind: "indoor", point: "io/output/1", maxMs: 2_000 }],
  },
};

let folder: string;
let gateway: RunningGateway;
let box: AlarmBox;

interface Answer<Body> {
  readonly status: number;
  readonly body: Body;
}
interface Todo {
  readonly id: string;
  readonly restoredAt: string | null;
}
interface Proof {
  readonly quiet: readonly { readonly zone: string; readonly days: number | null }[];
  readonly sirens: readonly object[];
}
interface Log {
  readonly events: readonly { readonly data?: object }[];
}

const api = <Body = object>(method: "GET" | "POST", path: string, body?: object): Promise<Answer<Body>> =>
  new Promise((answered, failed) => {
    const text = body === undefined ? "" : JSON.stringify(body);
    const headers = { "content-type": "application/json", "content-length": Buffer.byteLength(text) };
    const socketPath = join(folder, "data", "control.sock");
    const asked = request({ socketPath, method, path: `/api/v1${path}`, headers }, (response) => {
      let said = "";
      response.on("data", (piece: Buffer) => {
        said += piece;
      });
      response.on("end", () => answered({ status: response.statusCode ?? 0, body: JSON.parse(said) }));
    });
    asked.on("error", failed);
    asked.end(text);
  });
const todos = async () => (await api<{ todos: Todo[] }>("GET", "/todos")).body.todos;
const by = (role: Operator["role"], discreet = false): Operator => ({
  actor: { kind: "operator", id: role },
  role,
  discreet,
});
const operation = (who: Operator, name: string, params: object) =>
  gateway.house.operations.perform(who, name, params);

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "gw-lists-"));
  const configFile = join(folder, "gateway.yaml");
  writeFileSync(configFile, "mqtt: { port: 0 }\nweb: { port: 0 }\nclock: { trust: host }\n");
  gateway = await startGateway({ dataDir: join(folder, "data"), configFile });
  const imported = await operation(localAdministrator(), "site.import", { document });
  if (!imported.ok) throw new Error(JSON.stringify(imported.refusal));
  const added = await operation(localAdministrator(), "device.add", { device: "io" });
  if (!added.ok) throw new Error(JSON.stringify(added.refusal));
  const { host, port } = gateway.ready.mqtt[0] ?? { host: "", port: 0 };
  box = new AlarmBox(String((added.result as { key: string }).key), [1, 2, 3], [1]);
  await box.connect(`mqtt://${host}:${port}`);
});
afterAll(async () => {
  await box?.close();
  await gateway?.stop("the test is over");
  rmSync(folder, { recursive: true, force: true });
});

test("a thing to do is taken on, put off and done, each by whoever may, and in the log under his name", async () => {
  await box.input(1, true);
  await vi.waitFor(async () => expect(await todos()).toHaveLength(1), 5_000);
  const todo = (await todos())[0]?.id;
  expect(await todos()).toMatchObject([
    { type: "device.mains-fault", sensor: "mains", owner: null, times: 1 },
  ]);

  expect((await operation(by("viewer"), "todo.done", { todo })).ok).toBe(false);
  expect((await api("POST", "/todos/work", { todo, does: "take", owner: "petra" })).status).toBe(200);
  const until = new Date(Date.now() + 3_600_000).toISOString();
  expect((await api("POST", "/todos/work", { todo, does: "snooze", until })).status).toBe(200);
  expect(await todos()).toMatchObject([{ owner: "petra", snoozedUntil: until }]);
  // Into the past it is not put off, and what is not there is neither.
  const past = new Date(Date.now() - 1_000).toISOString();
  expect((await api("POST", "/todos/work", { todo, does: "snooze", until: past })).status).toBe(409);
  expect((await api("POST", "/todos/work", { todo: "zone/nothing", does: "done" })).status).toBe(409);
  expect(await todos()).toMatchObject([{ owner: "petra", snoozedUntil: until }]);

  // At rest again it stays with whoever took it on, until it is done.
  await box.input(1, false);
  await vi.waitFor(async () => expect((await todos())[0]?.restoredAt).not.toBeNull(), 5_000);
  expect((await api("POST", "/todos/work", { todo, does: "done", note: "fuse" })).status).toBe(200);
  expect(await todos()).toEqual([]);
  const read = await api<Log>("GET", "/events?types=audit.todo&limit=10");
  expect(read.body.events.map(({ data }) => data).reverse()).toMatchObject([
    { action: "take" },
    { action: "snooze" },
    { action: "done", note: "fuse" },
  ]);
});

test("proof of life names what was never heard of, and the silent button to discreet accounts alone", async () => {
  const { body } = await api<Proof>("GET", "/alarm/proof");
  const zones = (proof: Proof) => Object.fromEntries(proof.quiet.map(({ zone, days }) => [zone, days]));
  expect(zones(body)).toEqual({ mains: 0, window: null, counter: null });
  expect(body.sirens).toMatchObject([{ siren: "siren", lastSounded: null, days: null }]);
  const plain = await operation(by("guard"), "alarm.proof", {});
  expect(plain.ok && zones(plain.result as never)).toEqual({ mains: 0, window: null });
  expect((await operation(by("viewer"), "alarm.proof", {})).ok).toBe(false);
});

test("a siren is tested for as long as asked and no longer than it may, at the device, and it counts as proof", async () => {
  expect((await operation(by("guard"), "siren.test", { siren: "siren" })).ok).toBe(false);
  expect((await api("POST", "/sirens/none/test", {})).status).toBe(409);
  expect((await api("POST", "/sirens/siren/test", { ms: 5_000 })).status).toBe(200);
  await vi.waitFor(() => expect(box.orders).toMatchObject([{ op: "output", on: true, ms: 2_000 }]), 5_000);
  const tested = await api<Log>("GET", "/events?types=alarm.output-tested&limit=1");
  expect(tested.body.events).toMatchObject([{ data: { siren: "siren", seconds: 2 } }]);
  expect((await api<Proof>("GET", "/alarm/proof")).body.sirens).toMatchObject([{ siren: "siren", days: 0 }]);
  // It is no alarm: nobody has to answer for it.
  expect((await api<{ incidents: object[] }>("GET", "/incidents")).body.incidents).toEqual([]);
});
