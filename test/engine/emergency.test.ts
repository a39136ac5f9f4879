import { randomBytes } from "node:crypto";
import { readFileSync, rmSync, statSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { connectAsync, type MqttClient } from "mqtt";
import { afterAll, describe, expect, test, vi } from "vitest";
import { emergencyRows, openEmergencyBadges, withEmergencyBadges } from "../../gateway/emergency/badges.js";
import { readCopy } from "../../gateway/emergency/copy.js";
import { SignedFileRefused, signedFiles } from "../../gateway/emergency/signed-file.js";
import { openHouse } from "../../gateway/gateway.js";
import { localAdministrator } from "../../gateway/operations/operator.js";
import type { Directory } from "../../gateway/ports.js";
import { belongings, patience, stop } from "../cli/running-gateway.js";
import { faultSite } from "../faults/building.js";

vi.setConfig(patience);
const own = belongings();
afterAll(() => own.gone());

const emergencyCard = "04a1b2c3d4e5f6";
const staffCard = "04a1b2c3d4e511";

/** A building with one door, somebody who may open it, and an emergency badge. */
async function building(): Promise<{ dataDir: string; key: string }> {
  const dataDir = join(own.folder(), "data");
  const house = await openHouse({ dataDir });
  const perform = async (name: string, params: unknown): Promise<Record<string, unknown>> => {
    const performed = await house.operations.perform(localAdministrator(), name, params);
    if (!performed.ok) throw new Error(`${name}: ${JSON.stringify(performed.refusal)}`);
    return performed.result as Record<string, unknown>;
  };
  await perform("site.import", { document: faultSite(1) });
  await perform("people.import", {
    rows: [{ person: "ada", name: "Ada", groups: ["staff"], credentials: [{ value: `uid:${staffCard}` }] }],
  });
  await perform("emergency-badge.add", { name: "Key safe", value: `uid:${emergencyCard}` });
  const { key } = await perform("device.add", { device: "io-1" });
  await house.close();
  return { dataDir, key: String(key) };
}

/** The door's own device: what it is told at a card, as `granted, unlock`. */
async function presented(port: number, key: string, uid: string): Promise<string> {
  const id = "io-1";
  const up = `gw/v1/device/${id}/up`;
  const boot = randomBytes(4).toString("hex");
  const client: MqttClient = await connectAsync(`mqtt://127.0.0.1:${port}`, {
    clientId: id,
    username: id,
    password: key,
    reconnectPeriod: 0,
  });
  const say = (topic: string, body: object, retain = false) =>
    client.publishAsync(`${up}/${topic}`, JSON.stringify({ boot, up_ms: 60_000, ...body }), {
      qos: 1,
      retain,
    });
  const told: string[] = [];
  try {
    await client.subscribeAsync(`gw/v1/device/${id}/down/#`, { qos: 1 });
    const points = { reader: [1], lock: [1], input: [1] };
    await say("hello", { proto: 1, model: "Test", fw: "1", points }, true);
    await say("state", { state: "ready" }, true);
    await say("lock/1", { locked: true, bolt: null }, true);
    const heard = new Promise<void>((done) => {
      client.on("message", (topic, payload) => {
        const body = JSON.parse(payload.toString()) as { id: string; op?: string; outcome?: string };
        if (topic.endsWith("/cmd")) {
          told.push(String(body.op));
          say("ack", { re: body.id, ok: true }).catch(() => {});
        } else if (topic.endsWith("/result")) told.push(String(body.outcome));
        if (told.includes("denied") || (told.includes("granted") && told.includes("unlock"))) done();
      });
    });
    await say("scan", { id: randomBytes(6).toString("hex"), reader: 1, uid });
    await Promise.race([
      heard,
      new Promise((_, late) => setTimeout(() => late(new Error(told.join())), 20_000)),
    ]);
  } finally {
    await client.endAsync(true);
  }
  return told.sort().join(", ");
}

const portOf = (ready: Record<string, unknown>): number =>
  (ready.mqtt as readonly { port: number }[])[0]?.port ?? 0;

test("with the database lost emergency badges open, others are denied with the reason, and a critical event says so", async () => {
  const { dataDir, key } = await building();
  const sound = own.start(dataDir);
  const before = await sound.firstLine;
  expect(before.emergency).toBeUndefined();
  expect(await presented(portOf(before), key, emergencyCard)).toBe("granted, unlock");
  expect(await presented(portOf(before), key, staffCard)).toBe("granted, unlock");
  await stop(sound);

  const database = join(dataDir, "gateway.db");
  writeFileSync(database, randomBytes(statSync(database).size));
  for (const beside of ["-wal", "-shm"]) rmSync(`${database}${beside}`, { force: true });

  const lost = own.start(dataDir);
  const after = await lost.firstLine;
  expect(after.emergency).toMatch(/not a database/);
  expect(after.revision).toBe(1);
  expect(await presented(portOf(after), key, emergencyCard)).toBe("granted, unlock");
  expect(await presented(portOf(after), key, staffCard)).toBe("denied");
  const tail = own.run(["journal", "tail", "--json", "--data", dataDir]);
  const { out } = await tail.ended;
  const events = JSON.parse(out) as Record<string, unknown>[];
  expect(events).toContainEqual(
    expect.objectContaining({ type: "system.emergency-mode", severity: "critical", data: { badges: 1 } }),
  );
  expect(events).toContainEqual(
    expect.objectContaining({ type: "access.granted", person: "emergency-1", door: "door-1" }),
  );
  expect(events).toContainEqual(
    expect.objectContaining({
      type: "access.denied",
      reason: "people-lost",
      sentence: expect.stringContaining("only emergency badges are known"),
    }),
  );
  const status = await own.run(["status", "--json", "--data", dataDir]).ended;
  expect(JSON.parse(status.out)).toMatchObject({ running: true, emergency: after.emergency });
  await stop(lost);

  // The same log goes on while the database stays lost, and nothing has touched what is left of it.
  const again = own.start(dataDir);
  expect((await again.firstLine).emergency).toMatch(/not a database/);
  await stop(again);
});

test("a database of which only a part is left is lost too", async () => {
  const { dataDir, key } = await building();
  const database = join(dataDir, "gateway.db");
  for (const beside of ["-wal", "-shm"]) rmSync(`${database}${beside}`, { force: true });
  truncateSync(database, Math.floor(statSync(database).size / 3));
  const lost = own.start(dataDir);
  const ready = await lost.firstLine;
  expect(ready.emergency).toBeTypeOf("string");
  expect(await presented(portOf(ready), key, emergencyCard)).toBe("granted, unlock");
  await stop(lost);
});

test("without a copy that can be believed a gateway whose database is lost does not start", async () => {
  const { dataDir } = await building();
  writeFileSync(join(dataDir, "gateway.db"), "no database");
  for (const beside of ["-wal", "-shm"]) rmSync(join(dataDir, `gateway.db${beside}`), { force: true });
  const file = join(dataDir, "emergency-site.json");
  writeFileSync(file, readFileSync(file, "utf8").replace("Fault house", "Other house"));
  const ended = await own.start(dataDir).ended;
  expect(ended.exitCode).not.toBe(0);
});

describe("the file of emergency badges", () => {
  const files = () => signedFiles(join(own.folder(), "data"));

  test("holds eight and no more, and one that was removed makes room", () => {
    const some = files();
    const badges = openEmergencyBadges(some);
    for (let n = 1; n <= 8; n++)
      expect(badges.add(`Badge ${n}`, `uid:0${n}`, "olga", 1)?.id).toBe(`emergency-${n}`);
    expect(badges.add("one more", "uid:09", "olga", 1)).toBeUndefined();
    expect(badges.remove("emergency-3")).toBe(true);
    expect(badges.remove("emergency-3")).toBe(false);
    expect(badges.add("another", "uid:09", "olga", 1)?.id).toBe("emergency-3");
    expect(openEmergencyBadges(some).list()).toEqual(badges.list());
  });

  test("that somebody changed gives no badge at all, and says why", () => {
    const folder = join(own.folder(), "data");
    const some = signedFiles(folder);
    openEmergencyBadges(some).add("Key safe", "uid:01", "olga", 1);
    const file = join(folder, "emergency-badges.json");
    writeFileSync(file, readFileSync(file, "utf8").replace("uid:01", "uid:02"));
    const opened = openEmergencyBadges(signedFiles(folder));
    expect(opened.list()).toEqual([]);
    expect(opened.find(["uid:02"])).toBeUndefined();
    expect(opened.refused).toMatch(/signature is wrong/);
    writeFileSync(file, "{");
    expect(openEmergencyBadges(signedFiles(folder)).refused).toMatch(/cannot be read/);
    expect(() => readCopy(signedFiles(folder))).not.toThrow(SignedFileRefused);
  });

  test("is asked after the directory, and an unknown id has no rows", () => {
    const badges = openEmergencyBadges(files());
    badges.add("Key safe", "uid:01", "olga", 1);
    const nobody = { find: () => undefined, person: () => undefined, credential: () => undefined };
    const directory = withEmergencyBadges({ ...nobody, people: 7, credentials: 8 } as Directory, badges);
    expect(directory.find(["uid:01"])).toBe("emergency-1");
    expect(directory.credential("emergency-1")).toMatchObject({ responder: true, status: "active" });
    expect(directory.credential("emergency-2")).toBeUndefined();
    expect(directory.people).toBe(7);
    expect(emergencyRows("emergency-9")).toBeUndefined();
  });
});
