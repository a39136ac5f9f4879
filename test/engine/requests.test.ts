import { randomUUID } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { connectAsync, type MqttClient } from "mqtt";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { type RunningGateway, startGateway } from "../../gateway/gateway.js";
import { localAdministrator } from "../../gateway/operations/operator.js";
import { faultSite } from "../faults/building.js";
import { ScanningDevice } from "../faults/scan-load.js";

/** A central system: asks over MQTT and waits for the answer to its own request. */
class CentralSystem {
  readonly #id: string;
  readonly #key: string;
  #client: MqttClient | undefined;

  constructor(id: string, key: string) {
    this.#id = id;
    this.#key = key;
  }

  async connect(gateway: RunningGateway): Promise<void> {
    const [at] = gateway.ready.mqtt;
    this.#client = await connectAsync(`mqtt://127.0.0.1:${at?.port}`, {
      clientId: this.#id,
      username: this.#id,
      password: this.#key,
      reconnectPeriod: 0,
    });
    await this.#client.subscribeAsync(`gw/v1/client/${this.#id}/site/hq/res`, { qos: 1 });
  }

  async ask(request: object): Promise<Record<string, unknown>> {
    const client = this.#client;
    if (!client) throw new Error("not connected");
    const answered = new Promise<Record<string, unknown>>((resolve) => {
      client.once("message", (_topic, payload) => resolve(JSON.parse(payload.toString())));
    });
    await client.publishAsync(`gw/v1/client/${this.#id}/site/hq/req`, JSON.stringify(request), { qos: 1 });
    return answered;
  }

  async leave(): Promise<void> {
    await this.#client?.endAsync(true);
  }
}

describe("what a central system asks for", () => {
  let folder: string;
  let gateway: RunningGateway;
  let central: CentralSystem;
  let door: ScanningDevice;

  const perform = async (name: string, params: unknown): Promise<Record<string, unknown>> => {
    const performed = await gateway.house.operations.perform(localAdministrator(), name, params);
    if (!performed.ok) throw new Error(`${name}: ${JSON.stringify(performed.refusal)}`);
    return performed.result as Record<string, unknown>;
  };
  const start = async (): Promise<void> => {
    const configFile = join(folder, "gateway.yaml");
    writeFileSync(configFile, "mqtt: { port: 0 }\nweb: { port: 0 }\n");
    gateway = await startGateway({ dataDir: join(folder, "data"), configFile });
  };
  const connect = async (): Promise<void> => {
    await central.connect(gateway);
    await door.connect(`mqtt://127.0.0.1:${gateway.ready.mqtt[0]?.port}`);
    await expect.poll(async () => (await perform("status", {})).devices).toMatchObject({ online: 1 });
  };
  const unlocks = async (): Promise<number> => {
    const read = await perform("journal.read", {
      after: 0,
      limit: 1000,
      filter: { types: ["door.unlocked"] },
    });
    return (read.events as unknown[]).length;
  };
  const unlock = (id: string, over: object = {}) => ({
    id,
    at: new Date().toISOString(),
    ttl_ms: 5000,
    op: "door.unlock",
    door: "door-1",
    ms: 1000,
    ...over,
  });

  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), "gatewarden-requests-"));
    await start();
    await perform("site.import", { document: faultSite(1) });
    const { key: deviceKey } = await perform("device.add", { device: "io-1" });
    const { key } = await perform("client.add", { client: "central-1", role: "central" });
    door = new ScanningDevice("io-1", String(deviceKey), []);
    central = new CentralSystem("central-1", String(key));
    await connect();
  });
  afterEach(async () => {
    await central.leave();
    await door.disconnect();
    await gateway.stop("the test is over");
    rmSync(folder, { recursive: true, force: true });
  });

  test("is done once and answered the same, however often it is repeated, also after a restart", async () => {
    const request = unlock("r1");
    expect(await central.ask(request)).toEqual({ id: "r1", status: "ok" });
    expect(await central.ask(request)).toEqual({ id: "r1", status: "ok" });
    await expect.poll(unlocks).toBe(1);

    await central.leave();
    await door.disconnect();
    await gateway.stop("restart");
    await start();
    await connect();
    expect(await central.ask(request)).toEqual({ id: "r1", status: "ok" });
    await expect.poll(unlocks).toBe(1);
  });

  test("is refused when its time is over, and stays refused when repeated with a fresh time", async () => {
    const late = unlock("r2", { at: new Date(Date.now() - 60_000).toISOString() });
    expect(await central.ask(late)).toMatchObject({ status: "error", error: { code: "stale" } });
    expect(await central.ask(unlock("r2"))).toMatchObject({ status: "error", error: { code: "stale" } });
    expect(await unlocks()).toBe(0);
  });

  test("is refused for want of permission, and the log says who tried", async () => {
    const { key } = await perform("client.add", { client: "screen-1", role: "viewer" });
    const viewer = new CentralSystem("screen-1", String(key));
    await viewer.connect(gateway);
    try {
      expect(await viewer.ask(unlock("r3"))).toMatchObject({ status: "error", error: { code: "forbidden" } });
    } finally {
      await viewer.leave();
    }
    expect(await unlocks()).toBe(0);
    const refusals = () =>
      perform("journal.read", { after: 0, limit: 1000, filter: { types: ["audit.refused"] } });
    await expect
      .poll(async () => (await refusals()).events)
      .toMatchObject([{ by: { kind: "client", id: "screen-1" }, reason: "forbidden" }]);
  });

  test("is never too late when it is an emergency", async () => {
    const request = { id: "r4", op: "door.emergency-release", door: "door-1" };
    expect(await central.ask(request)).toMatchObject({ status: "error", error: { code: "forbidden" } });
    const { key } = await perform("client.add", { client: "guards", role: "guard" });
    const guards = new CentralSystem("guards", String(key));
    await guards.connect(gateway);
    try {
      expect(await guards.ask({ ...request, at: "2020-01-01T00:00:00Z", ttl_ms: 1 })).toMatchObject({
        status: "ok",
      });
    } finally {
      await guards.leave();
    }
  });

  test("a lockdown is started whenever it is asked for, and ended, as overrides are, only by a request of now", async () => {
    const late = { at: "2020-01-01T00:00:00Z", ttl_ms: 1 };
    expect(await central.ask({ id: "l1", op: "lockdown.start", ...late })).toMatchObject({ status: "ok" });
    const stale = { status: "error", error: { code: "stale" } };
    expect(await central.ask({ id: "l2", op: "lockdown.end", ...late })).toMatchObject(stale);
    expect(await central.ask({ id: "l3", op: "overrides.end", ...late })).toMatchObject(stale);
    expect(await central.ask({ id: "l4", op: "threat.set", level: "red", ...late })).toMatchObject(stale);
    expect(await central.ask(unlock("l5"))).toMatchObject({ status: "error", error: { code: "refused" } });
    expect(await central.ask({ id: "l6", op: "house.show" })).toMatchObject({
      result: { lockdowns: [{ doorGroup: null, by: "central-1" }] },
    });
    const now = { at: new Date().toISOString(), ttl_ms: 60_000 };
    expect(await central.ask({ id: "l7", op: "lockdown.end", ...now })).toMatchObject({ status: "ok" });
    expect(await central.ask(unlock("l8"))).toMatchObject({ status: "ok" });
  });

  test.each([
    ["a door that is not there", { door: "nowhere" }, "not-found"],
    ["a time that no door is open for", { ms: 10_000_000 }, "invalid"],
    ["a door whose name is an attack", { door: "x'; DROP TABLE events; --" }, "invalid"],
    ["a door that is a list", { door: ["door-1"] }, "invalid"],
    ["something nobody offers", { op: "site.import" }, "unknown-operation"],
    ["something that every object has", { op: "constructor" }, "unknown-operation"],
    ["no time at all", { at: undefined }, "invalid"],
  ])("is refused with a reason: %s", async (_, over, code) => {
    expect(await central.ask(unlock(randomUUID(), over))).toMatchObject({ status: "error", error: { code } });
    expect(await unlocks()).toBe(0);
  });
});
