import { existsSync, readFileSync, statSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { connect } from "../../gateway/cli/connection.js";
import { commandLineOver } from "./command-line.js";
import { belongings, type Process, patience, stop } from "./running-gateway.js";

vi.setConfig(patience);
const own = belongings();
afterAll(() => own.gone());

interface Ready {
  readonly url: string;
  readonly secret: string;
  readonly mqtt: { readonly port: number };
  readonly accountsFile: string;
  readonly walkFile: string;
  readonly site: string;
  readonly pid: number;
  readonly devicesPid: number;
}

async function json<T>(dataDir: string, ...argv: string[]): Promise<T> {
  const said = await commandLineOver(connect, [...argv, "--data", dataDir, "--json"]);
  if (said.exitCode !== 0) throw new Error(`${argv.join(" ")}: ${said.exitCode} ${said.err}`);
  return JSON.parse(said.out) as T;
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

describe("the demo", () => {
  const dataDir = join(own.folder(), "demo");
  let taken: ReturnType<typeof createServer>;
  let takenPort: number;
  let demo: Process;
  let ready: Ready;

  beforeAll(async () => {
    taken = createServer();
    await new Promise<void>((up) => taken.listen(0, "127.0.0.1", up));
    takenPort = (taken.address() as { port: number }).port;
    const argv = ["demo", "--data", dataDir, "--json", "--pace", "600", "--port", "0"];
    demo = own.run([...argv, "--mqtt-port", String(takenPort)], { GATEWARDEN_DATA: "/a/real/site" });
    ready = (await demo.firstLine) as unknown as Ready;
  });
  afterAll(() => new Promise((closed) => taken.close(closed)));

  test("opens with its site, a secret to sign in with, and what its devices need, for its owner only", async () => {
    expect(ready).toMatchObject({
      ready: true,
      site: "feinwerk",
      revision: 1,
      dataDir,
      secret: expect.stringMatching(/.{8,}/),
    });
    const { devices } = JSON.parse(readFileSync(ready.accountsFile, "utf8")) as { devices: object };
    expect(Object.keys(devices)).toContain("side-reader");
    for (const file of [ready.accountsFile, ready.walkFile]) expect(statSync(file).mode & 0o077).toBe(0);
  });

  test("takes the next port where the usual one is taken, and says so", () => {
    expect(ready.mqtt.port).toBeGreaterThan(takenPort);
    expect(demo.err()).toContain(`Port ${takenPort} is taken; MQTT uses ${ready.mqtt.port}.`);
  });

  test("answers at the address it tells", async () => {
    expect((await fetch(ready.url)).status).toBe(200);
  });

  test("has its doors used soon", async () => {
    await vi.waitFor(
      async () => {
        const events = await json<unknown[]>(dataDir, "journal", "tail", "--type", "access.granted");
        expect(events.length).toBeGreaterThan(0);
      },
      { timeout: 60_000, interval: 500 },
    );
  });

  test("is refused a second time on the same folder, which stays as it is", async () => {
    const second = await own.run(["demo", "--data", dataDir, "--json"]).ended;
    expect(second).toMatchObject({ exitCode: 4, out: "" });
    expect(JSON.parse(second.err).error.code).toBe("in-use");
    expect(existsSync(ready.accountsFile)).toBe(true);
  });

  test("starts its devices again when they die, and says so", async () => {
    process.kill(ready.devicesPid, "SIGKILL");
    await vi.waitFor(
      () =>
        expect(demo.err()).toContain("the demo's devices have stopped (SIGKILL); starting them again in 1 s"),
      30_000,
    );
    await vi.waitFor(
      async () => {
        const { devices } = await json<{ devices: { online: number } }>(dataDir, "status");
        expect(devices.online).toBeGreaterThan(3);
      },
      { timeout: 60_000, interval: 500 },
    );
  });

  test("stops with its devices, in order, with code 0", async () => {
    expect(await stop(demo)).toMatchObject({ exitCode: 0, signal: null });
    await vi.waitFor(() => expect(isAlive(ready.devicesPid)).toBe(false), 30_000);
    expect(await json(dataDir, "journal", "verify")).toMatchObject({ ok: true });
  });

  test("goes on where it was when it is kept", async () => {
    const before = await json<{ journal: { lastSeq: number } }>(dataDir, "status");
    const kept = own.run(["demo", "--data", dataDir, "--json", "--port", "0", "--mqtt-port", "0", "--keep"]);
    await kept.firstLine;
    const after = await json<{ journal: { lastSeq: number }; people: number }>(dataDir, "status");
    expect(after.journal.lastSeq).toBeGreaterThan(before.journal.lastSeq);
    expect(await stop(kept, "SIGINT")).toMatchObject({ exitCode: 0 });
  });
});
