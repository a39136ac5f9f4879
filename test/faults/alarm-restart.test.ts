/** The alarm over kills of the real process: what ran goes on with what was left of it, and nothing is raised again. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { performAt } from "../../gateway/cli/control-socket.js";
import type { IncidentView, PartitionView } from "../../gateway/core/views.js";
import { openHouse } from "../../gateway/gateway.js";
import { localAdministrator } from "../../gateway/operations/operator.js";
import { AlarmBox } from "./alarm-box.js";
import { GatewayProcess } from "./gateway-process.js";
import { pause } from "./rounds.js";

const site = {
  site: { id: "hq", name: "Alarm house", timeZone: "Europe/Berlin" },
  tenants: [{ id: "main", name: "Main" }],
  areas: [
    { id: "outside", name: "Outside", outside: true },
    { id: "hall", name: "Hall" },
  ],
  doors: [
    {
      id: "front",
      name: "Front",
      from: "outside",
      to: "hall",
      readers: { outside: "io/reader/1" },
      lock: { point: "io/lock/1", kind: "fail-secure", mechanicalEgress: true },
      contact: "io/input/1",
      exitButton: "io/input/2",
      partitions: { inside: "ground" },
    },
  ],
  partitions: [
    { id: "ground", name: "Ground", exitMs: 6_000, entryMs: 6_000 },
    { id: "store", name: "Store" },
  ],
  sensors: [
    { id: "counter", name: "Counter", type: "hold-up-silent", point: "io/input/3" },
    { id: "window", name: "Window", type: "contact", point: "io/input/4", partition: "ground" },
  ],
  devices: [{ id: "io", name: "Box", driver: "mqtt" }],
  alarm: { sirens: [{ id: "siren", name: "Siren", point: "io/output/1", kind: "indoor", maxMs: 9_000 }] },
};

async function until(holds: () => boolean | Promise<boolean>, withinMs: number): Promise<void> {
  const giveUpAt = performance.now() + withinMs;
  while (!(await holds())) {
    if (performance.now() > giveUpAt) throw new Error(`not so within ${withinMs} ms`);
    await pause(50);
  }
}

/** Whoever runs the host answers for its clock, so that the time while the gateway is down counts. */
const config = "mqtt: { port: 0 }\nweb: { port: 0 }\nlog: { level: warn }\nclock: { trust: host }\n";

let folder: string;
let dataDir: string;
let box: AlarmBox;
let gateway: GatewayProcess;

const ask = async <T>(name: string, params: object = {}): Promise<T> => {
  const performed = await performAt(join(dataDir, "control.sock"), name, params);
  if (!performed.ok) throw new Error(`${name}: ${JSON.stringify(performed.refusal)}`);
  return performed.result as T;
};
const partition = async (id: string): Promise<PartitionView | undefined> =>
  (await ask<{ partitions: PartitionView[] }>("partition.list")).partitions.find((each) => each.id === id);
const incidents = async (): Promise<readonly IncidentView[]> =>
  (await ask<{ incidents: IncidentView[] }>("incident.list")).incidents;
const eventTypes = async (): Promise<string[]> =>
  (await ask<{ events: { type: string }[] }>("journal.read", { after: 0, limit: 500 })).events.map(
    ({ type }) => type,
  );

async function restarted(): Promise<void> {
  await gateway.kill();
  await box.close();
  gateway = await GatewayProcess.start(dataDir, { config });
  await box.connect(gateway.mqttUrl);
}

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), "gatewarden-alarm-"));
  dataDir = join(folder, "data");
  const house = await openHouse({ dataDir });
  const perform = async (name: string, params: unknown): Promise<Record<string, string>> => {
    const performed = await house.operations.perform(localAdministrator(), name, params);
    if (!performed.ok) throw new Error(`${name}: ${JSON.stringify(performed.refusal)}`);
    return performed.result as Record<string, string>;
  };
  await perform("site.import", { document: site });
  const { key } = await perform("device.add", { device: "io" });
  await house.close();
  box = new AlarmBox(String(key));
  gateway = await GatewayProcess.start(dataDir, { config });
  await box.connect(gateway.mqttUrl);
  await until(async () => (await partition("ground"))?.ready === true, 10_000);
}, 60_000);

afterEach(async () => {
  await box.close();
  await gateway.kill();
  rmSync(folder, { recursive: true, force: true });
});

describe("a gateway that is killed", { timeout: 60_000 }, () => {
  test("in the exit delay arms at the instant that it would have", async () => {
    await ask("partition.arm", { partition: "ground", level: "away" });
    const before = await partition("ground");
    expect(before?.arming).toBe("arming");
    await restarted();
    const after = await partition("ground");
    expect(after).toMatchObject(
      after?.arming === "arming" ? { until: before?.until } : { arming: "armed_away" },
    );
    await until(async () => (await partition("ground"))?.arming === "armed_away", 15_000);
    expect((await eventTypes()).filter((type) => type === "alarm.armed")).toHaveLength(1);
  });

  test("in the entry delay raises the alarm once, when it is due, and disarms nothing", async () => {
    await ask("partition.arm", { partition: "ground", level: "away", atOnce: true });
    await box.input(2, true);
    await box.input(2, false);
    await box.input(1, true);
    await until(async () => (await partition("ground"))?.arming === "pending", 5_000);
    const due = Date.parse((await partition("ground"))?.until ?? "");
    await restarted();
    await until(async () => (await partition("ground"))?.arming === "triggered", 15_000);
    const [incident, ...others] = (await incidents()).filter(({ type }) => type === "alarm.entry");
    expect(others).toEqual([]);
    expect(Math.abs(Date.parse(incident?.at ?? "") - due)).toBeLessThan(2_000);
    await restarted();
    expect((await incidents()).map(({ id }) => id)).toContain(incident?.id);
    expect((await eventTypes()).filter((type) => type === "alarm.entry")).toHaveLength(1);
    expect((await partition("ground"))?.arming).toBe("triggered");
  });

  test("while the siren sounds ends it at its time, sounds only for what is left, and stays in alarm", async () => {
    await ask("partition.arm", { partition: "ground", level: "away", atOnce: true });
    await box.input(4, true);
    await until(() => box.orders.some(({ op, on }) => op === "output" && on), 5_000);
    const first = box.orders.find(({ op }) => op === "output");
    await restarted();
    await until(() => box.orders.filter(({ op, on }) => op === "output" && on).length > 1, 5_000).catch(
      () => {},
    );
    for (const { on, ms, at } of box.orders.filter(({ op }) => op === "output").slice(1))
      if (on) expect(at + (ms ?? 0)).toBeLessThan((first?.at ?? 0) + 9_000 + 1_500);
    await until(async () => (await eventTypes()).includes("alarm.sound-ended"), 15_000);
    expect((await eventTypes()).filter((type) => type === "alarm.sounding")).toHaveLength(1);
    expect((await partition("ground"))?.arming).toBe("triggered");
  });

  test("during a test goes on with it, to the end that was named", async () => {
    const end = new Date(Date.now() + 3_600_000).toISOString();
    await ask("alarm.test", { partition: "store", until: end, note: "service" });
    await restarted();
    await pause(100);
    expect((await partition("store"))?.test).toBe(end);
    expect(await eventTypes()).not.toContain("alarm.test-ended");
  });
});
