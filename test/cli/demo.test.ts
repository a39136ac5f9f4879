import { execFileSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { demoFile, keepAccounts } from "../../gateway/cli/demo-building.js";
import { DemoDevices } from "../../gateway/cli/demo-devices.js";
import { freePort } from "../../gateway/cli/free-port.js";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "gw demo's-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

describe("the accounts of the demo's devices", () => {
  test("are for their owner only, and the side door's can be taken into any shell", () => {
    const devices = { "side-reader": "r3ader-key", "side-lock": "l0ck $key", "front-reader": "f" };
    const clients = { "alarm-centre": "c", "house-desk": "d" };
    const files = keepAccounts(folder, { devices, clients, mqtt: { host: "127.0.0.1", port: 1884 } });
    for (const file of Object.values(files)) expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(JSON.parse(readFileSync(files.accounts, "utf8"))).toMatchObject({ devices });
    const script = '. "$1"; printf "%s|" "$GATEWARDEN_DATA" "$MQTT_PORT" "$SIDE_READER_KEY" "$SIDE_LOCK_KEY"';
    expect(execFileSync("sh", ["-c", script, "sh", files.walk], { encoding: "utf8" })).toBe(
      `${folder}|1884|r3ader-key|l0ck $key|`,
    );
  });

  test("are for their owner only also where an earlier file was open to all", () => {
    writeFileSync(join(folder, "demo-accounts.json"), "{}", { mode: 0o644 });
    const files = keepAccounts(folder, {
      devices: {},
      clients: {},
      mqtt: { host: "127.0.0.1", port: 1883 },
    });
    expect(statSync(files.accounts).mode & 0o777).toBe(0o600);
  });
});

describe("the devices' process", () => {
  /** Notes each start, and ends at once until it was started `lives` times. */
  function program(deaths: number): string {
    const path = join(folder, "devices.mjs");
    const starts = join(folder, "starts");
    writeFileSync(
      path,
      `import { appendFileSync, readFileSync } from "node:fs";
       appendFileSync(${JSON.stringify(starts)}, ".");
       console.log("started with " + process.argv.slice(2).join(" "));
       if (readFileSync(${JSON.stringify(starts)}).length <= ${deaths}) process.exit(7);
       process.on("SIGTERM", () => process.exit(0));
       setInterval(() => {}, 1000);`,
    );
    return path;
  }

  test("is started again when it dies, and that is said", async () => {
    const lines: string[] = [];
    const troubles: string[] = [];
    const devices = new DemoDevices({
      program: [program(1)],
      args: ["--pace", "60"],
      onLine: (line) => lines.push(line),
      onTrouble: (message) => troubles.push(message),
    });
    devices.start();
    await vi.waitFor(
      () => expect(lines).toEqual(["started with --pace 60", "started with --pace 60"]),
      10_000,
    );
    expect(troubles).toEqual(["the demo's devices have stopped (exit code 7); starting them again in 1 s"]);
    const { pid } = devices;
    await devices.stop();
    expect(() => process.kill(pid ?? 0, 0)).toThrow("ESRCH");
    expect(troubles).toHaveLength(1);
  });

  test("is not started again once it was stopped, also while it waits to be", async () => {
    const devices = new DemoDevices({
      program: [program(99)],
      args: [],
      onLine: () => {},
      onTrouble: () => {},
    });
    devices.start();
    await vi.waitFor(() => expect(devices.pid).toBeUndefined(), 25_000);
    await devices.stop();
    await new Promise((later) => setTimeout(later, 1_500));
    expect(readFileSync(join(folder, "starts"), "utf8")).toBe(".");
  });

  test("that does not end by itself is ended", { timeout: 20_000 }, async () => {
    const path = join(folder, "deaf.mjs");
    writeFileSync(path, 'process.on("SIGTERM", () => {}); console.log("deaf"); setInterval(() => {}, 1000);');
    let heard = "";
    const devices = new DemoDevices({
      program: [path],
      args: [],
      onLine: (line) => {
        heard = line;
      },
      onTrouble: () => {},
    });
    devices.start();
    await vi.waitFor(() => expect(heard).toBe("deaf"), 25_000);
    await devices.stop();
    expect(devices.pid).toBeUndefined();
  });
});

describe("a port for the demo", () => {
  test("that is taken gives way to the next free one", async () => {
    const server = createServer();
    await new Promise<void>((ready) => server.listen(0, "127.0.0.1", ready));
    const { port } = server.address() as { port: number };
    const found = await freePort("127.0.0.1", port);
    expect(found).toBeGreaterThan(port);
    await new Promise((closed) => server.close(closed));
    expect(await freePort("127.0.0.1", port)).toBe(port);
  });

  test("beyond the last is none", async () => {
    expect(await freePort("127.0.0.1", 65_536)).toBeUndefined();
  });
});

test("the demo's own files are in the package", () => {
  for (const name of ["site.yaml", "people.csv"]) expect(existsSync(demoFile(name)), name).toBe(true);
});
