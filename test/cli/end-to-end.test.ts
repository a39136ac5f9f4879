import { existsSync, statSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as later } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import sqlite3 from "sqlite3";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { Device } from "../../config/demo/devices/device.js";
import { LatchFile } from "../../config/demo/devices/latch.js";
import { connect } from "../../gateway/cli/connection.js";
import { commandLineOver } from "./command-line.js";
import { belongings, type Process, patience, stop } from "./running-gateway.js";

const office = fileURLToPath(new URL("office.yaml", import.meta.url));
vi.setConfig(patience);
const own = belongings();
afterAll(() => own.gone());

/** A command over the real connection, its JSON result, and no error. */
async function json<T>(dataDir: string, ...argv: string[]): Promise<T> {
  const said = await commandLineOver(connect, [...argv, "--data", dataDir, "--json"]);
  if (said.exitCode !== 0) throw new Error(`${argv.join(" ")}: ${said.exitCode} ${said.err}`);
  return JSON.parse(said.out) as T;
}

describe("a gateway from its first start to its stop", () => {
  const dataDir = own.folder();
  let gateway: Process;
  let stopLock = async (): Promise<void> => {};

  beforeAll(async () => {
    gateway = own.start(dataDir);
    await gateway.firstLine;
  });
  afterAll(() => stopLock());

  test("it starts without a site and tells its ports on one line", async () => {
    expect(await gateway.firstLine).toMatchObject({
      ready: true,
      site: null,
      revision: null,
      pid: gateway.child.pid,
      dataDir,
      controlSocket: join(dataDir, "control.sock"),
      mqtt: [{ host: "127.0.0.1", port: expect.any(Number), tls: false }],
      web: [{ url: expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+/) }],
    });
    expect(statSync(join(dataDir, "control.sock")).mode & 0o077).toBe(0);
  });

  test("a site is imported into it, a device gets its key, and it says how it is", async () => {
    const dry = await json<object>(dataDir, "site", "import", office, "--dry-run");
    expect(dry).toMatchObject({ dryRun: true, revision: 0 });
    expect(await json(dataDir, "site", "import", office, "--note", "opening")).toMatchObject({ revision: 1 });
    expect(await json(dataDir, "device", "add", "front-reader")).toMatchObject({
      id: "front-reader",
      key: expect.stringMatching(/.{20,}/),
    });
    expect(await json(dataDir, "status")).toMatchObject({
      running: true,
      site: { id: "office", name: "Small office", revision: 1 },
      devices: { online: 0, of: 2 },
      ownerless: true,
    });
    expect(await json(dataDir, "site", "history")).toMatchObject({
      current: 1,
      revisions: [{ revision: 1, note: "opening", by: expect.stringContaining("local:") }],
    });
    expect(await json(dataDir, "site", "export")).toMatchObject({ document: { site: { id: "office" } } });
  });

  test("people come in by file and by hand, and a card is known in every spelling", async () => {
    await json(dataDir, "person", "set", "ben", "--name", "Ben", "--group", "staff");
    const added = await json<{ credential: { id: string } }>(
      dataDir,
      "credential",
      "add",
      "ben",
      "142,51091",
    );
    const twice = await commandLineOver(connect, [
      "credential",
      "add",
      "ben",
      "0009357203",
      "--data",
      dataDir,
    ]);
    expect(twice.exitCode).toBe(2);
    await json(dataDir, "credential", "status", added.credential.id, "lost", "--note", "on the bus");
    await json(dataDir, "person", "block", "ben");
    expect(await json(dataDir, "person", "show", "ben")).toMatchObject({
      person: { name: "Ben", groups: ["staff"], status: "blocked", credentials: [{ status: "lost" }] },
    });
    expect(await json(dataDir, "people", "list", "--search", "be")).toMatchObject({
      people: [{ id: "ben" }],
      total: 1,
    });
  });

  test("a door whose lock is not there is not unlocked, and that is said: code 4", async () => {
    const said = await commandLineOver(connect, ["door", "unlock", "front", "--data", dataDir]);
    expect(said).toMatchObject({ exitCode: 4, out: "" });
    expect(said.err).toContain("Front door");
  });

  test("a door is unlocked, and the journal tells who did it, and why", async () => {
    const { key } = await json<{ key: string }>(dataDir, "device", "add", "front-io");
    const { mqtt } = (await gateway.firstLine) as { mqtt: { port: number }[] };
    const lock = new Device({
      id: "front-io",
      key,
      url: `mqtt://127.0.0.1:${mqtt[0]?.port}`,
      root: "gw/v1",
      model: "test-lock",
      points: { reader: [], lock: [1], input: [1, 2], output: [] },
      latches: new LatchFile(join(own.folder(), "latches.json")),
      log: () => {},
    });
    lock.start();
    stopLock = () => lock.stop();
    await vi.waitFor(
      async () => expect(await json(dataDir, "status")).toMatchObject({ devices: { online: 1 } }),
      { timeout: 60_000, interval: 100 },
    );

    await json(dataDir, "door", "unlock", "front", "--for", "3s", "--note", "parcel");
    await vi.waitFor(() => expect(lock.isLocked(1)).toBe(false), { timeout: 30_000, interval: 20 });
    const events = await json<{ seq: number; type: string; by?: { id: string }; sentence: string }[]>(
      dataDir,
      ...["journal", "tail", "--door", "front"],
    );
    const unlocked = events.findLast(({ by }) => by?.id.startsWith("local:"));
    expect(unlocked).toBeDefined();
    const why = await json<{ sentence: string }>(dataDir, "why", String(unlocked?.seq));
    expect(why.sentence).toBe(unlocked?.sentence);
    expect(await json(dataDir, "door", "list")).toMatchObject({ doors: [{ id: "front", online: false }] });
  });

  test("a door that is not there is refused with code 3", async () => {
    const said = await commandLineOver(connect, ["door", "unlock", "back", "--data", dataDir, "--json"]);
    expect(said).toMatchObject({ exitCode: 3, out: "" });
    expect(JSON.parse(said.err).error).toMatchObject({
      code: "not-found",
      message: 'there is no door "back"',
    });
  });

  test("its journal verifies while it runs", async () => {
    expect(await json(dataDir, "journal", "verify")).toMatchObject({ ok: true, from: 1 });
  });

  test("what happens is followed as it happens", async () => {
    const following = own.run(["journal", "tail", "-n", "0", "--follow", "--json", "--data", dataDir]);
    // It prints nothing before the first event; one is made until it is seen.
    for (let round = 0; round < 200 && following.out() === ""; round += 1) {
      await json(dataDir, "account", "rotate", "front-reader");
      await later(250);
    }
    expect(await following.firstLine).toMatchObject({
      seq: expect.any(Number),
      sentence: expect.any(String),
    });
    expect(await stop(following, "SIGINT")).toMatchObject({ exitCode: 0, err: "" });
  });

  test("a second gateway on the same folder ends with code 4 and names the folder", async () => {
    const second = await own.start(dataDir).ended;
    expect(second).toMatchObject({ exitCode: 4, out: "" });
    expect(JSON.parse(second.err.trim().split("\n").at(-1) ?? "").error).toMatchObject({
      code: "in-use",
      message: expect.stringContaining(dataDir),
    });
  });

  test("two signals at once, as npm passes them on, still stop it in order, with code 0 and one line said", async () => {
    gateway.child.kill("SIGTERM");
    const end = await stop(gateway);
    expect(end).toMatchObject({ exitCode: 0, signal: null });
    expect(end.out.trim().split("\n")).toHaveLength(1);
    expect(existsSync(join(dataDir, "control.sock"))).toBe(false);
  });

  test("after its stop, commands open the folder themselves, and doors are out of reach", async () => {
    expect(await json(dataDir, "status")).toMatchObject({ running: false, site: { id: "office" } });
    const said = await commandLineOver(connect, ["door", "unlock", "front", "--data", dataDir]);
    expect(said.exitCode).toBe(4);
    expect(await json(dataDir, "journal", "verify")).toMatchObject({ ok: true });
  });
});

describe("a data folder without a gateway", () => {
  test("is prepared before the first start, and the gateway then starts with the site", async () => {
    const dataDir = join(own.folder(), "site");
    await json(dataDir, "site", "import", office);
    await json(dataDir, "device", "add", "front-reader");
    expect(statSync(dataDir).mode & 0o077).toBe(0);
    const gateway = own.start(dataDir);
    expect(await gateway.firstLine).toMatchObject({ site: "office", revision: 1 });
    expect(await stop(gateway, "SIGINT")).toMatchObject({ exitCode: 0 });
  });

  test("works again after its gateway was killed and left its socket behind", async () => {
    const dataDir = own.folder();
    const gateway = own.start(dataDir);
    await gateway.firstLine;
    await stop(gateway, "SIGKILL");
    expect(await json(dataDir, "status")).toMatchObject({ running: false });
    const again = own.start(dataDir);
    await again.firstLine;
    expect(await stop(again)).toMatchObject({ exitCode: 0 });
  });

  test("with an altered event does not verify: code 5, and the first break is named", async () => {
    const dataDir = own.folder();
    await json(dataDir, "site", "import", office);
    await json(dataDir, "device", "add", "front-reader");
    await alter(
      join(dataDir, "gateway.db"),
      "UPDATE events SET body = replace(body, 'front-reader', 'back-reader')",
    );
    const said = await commandLineOver(connect, ["journal", "verify", "--data", dataDir, "--json"]);
    expect(said.exitCode).toBe(5);
    expect(JSON.parse(said.out)).toMatchObject({ ok: false, firstBreak: { seq: expect.any(Number) } });
    expect(JSON.parse(said.err).error).toMatchObject({ code: "unverified" });
  });

  test("that is not there has no journal to verify: code 4", async () => {
    const said = await commandLineOver(connect, ["journal", "verify", "--data", join(own.folder(), "no")]);
    expect(said).toMatchObject({ exitCode: 4, out: "" });
  });
});

describe("a gateway that cannot start", () => {
  test("names the port that is taken, with code 4, and leaves nothing running", async () => {
    const first = own.start(own.folder());
    const { mqtt } = (await first.firstLine) as { mqtt: { port: number }[] };
    const taken = String(mqtt[0]?.port);
    const argv = ["start", "--data", own.folder(), "--json", "--mqtt-port", taken, "--web-port", "0"];
    const second = await own.run(argv).ended;
    expect(second).toMatchObject({ exitCode: 4, out: "" });
    expect(second.err).toContain(taken);
    await stop(first);
  });
});

function alter(database: string, sql: string): Promise<void> {
  return new Promise((done, failed) => {
    const handle = new sqlite3.Database(database, (opening) => {
      if (opening) failed(opening);
      handle.exec(sql, (error) => handle.close(() => (error ? failed(error) : done())));
    });
  });
}
