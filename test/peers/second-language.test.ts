/** The native contract without our code: a terminal in Python, over sockets, at the real gateway process. */
import { type ChildProcessWithoutNullStreams, spawn } from "node:child_process";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { openHouse } from "../../gateway/gateway.js";
import { localAdministrator } from "../../gateway/operations/operator.js";
import { until } from "../broker/rig.js";
import { belongings, type Process, patience, stop } from "../cli/running-gateway.js";
import { faultSite } from "../faults/building.js";
import { describeWithPeers } from "./peers.js";

vi.setConfig(patience);
const program = fileURLToPath(new URL("../../config/devices/door.py", import.meta.url));
const staffCard = "04a1b2c3d4e511";
const own = belongings();
afterAll(() => own.gone());

describeWithPeers("a terminal in Python", ["python3"], ({ python3 }) => {
  let gateway: Process;
  let dataDir: string;
  let port: string;
  let key: string;
  let door: ChildProcessWithoutNullStreams | undefined;
  const heard: Record<string, unknown>[] = [];
  let err = "";

  const house = async (name: string, params: object): Promise<Record<string, unknown>> => {
    const opened = await openHouse({ dataDir });
    try {
      const performed = await opened.operations.perform(localAdministrator(), name, params);
      if (!performed.ok) throw new Error(`${name}: ${JSON.stringify(performed.refusal)}`);
      return performed.result as Record<string, unknown>;
    } finally {
      await opened.close();
    }
  };
  const run = (withKey: string): ChildProcessWithoutNullStreams => {
    const child = spawn(
      python3,
      [program, "--port", port, "--id", "io-1", "--latches", join(dataDir, "latches.json")],
      {
        env: { ...process.env, GATEWARDEN_KEY: withKey },
      },
    );
    let rest = "";
    child.stdout.setEncoding("utf8").on("data", (piece: string) => {
      const lines = (rest + piece).split("\n");
      rest = lines.pop() ?? "";
      for (const line of lines) heard.push(JSON.parse(line) as Record<string, unknown>);
    });
    child.stderr.setEncoding("utf8").on("data", (piece: string) => {
      err += piece;
    });
    return child;
  };
  const told = (what: object) => heard.some((line) => JSON.stringify(line) === JSON.stringify(what));
  const ended = (child: ChildProcessWithoutNullStreams) =>
    new Promise<number | null>((done) => child.once("close", (code) => done(code)));

  beforeAll(async () => {
    dataDir = join(own.folder(), "data");
    await house("site.import", { document: faultSite(1) });
    await house("people.import", {
      rows: [{ person: "ada", name: "Ada", groups: ["staff"], credentials: [{ value: `uid:${staffCard}` }] }],
    });
    key = String((await house("device.add", { device: "io-1" })).key);
    gateway = own.start(dataDir);
    const ready = (await gateway.firstLine) as { mqtt: { port: number }[] };
    port = String(ready.mqtt[0]?.port);
  });
  afterAll(() => {
    door?.kill("SIGKILL");
  });

  test("badges, opens the door for as long as it is told, and locks it again by itself", async () => {
    door = run(key);
    await until(() => told({ connected: true }), 20_000);
    door.stdin.write(`card ${staffCard}\n`);
    await until(() => told({ result: "granted" }) && told({ lock: "unlocked" }), 20_000);
    expect(heard).toContainEqual({ cmd: "unlock", ok: true });
    door.stdin.write("open\nclose\n");
    await until(() => told({ lock: "locked" }), 20_000);
  });

  test("a card that nobody knows moves nothing", async () => {
    heard.length = 0;
    door?.stdin.write("card 04ffffffffffff\n");
    await until(() => told({ result: "denied" }), 20_000);
    expect(heard).toEqual([{ result: "denied" }]);
  });

  test("goes without a word of error, and the log has who came in and that the door was opened and closed", async () => {
    if (!door) throw new Error("it does not run");
    const gone = ended(door);
    door.stdin.write("quit\n");
    expect(await gone).toBe(0);
    expect(err).toBe("");
    expect(heard.filter((line) => "error" in line)).toEqual([]);
    await stop(gateway);
    const { events } = (await house("journal.read", { limit: 200 })) as {
      events: { type: string; person?: string }[];
    };
    const types = events.map(({ type }) => type);
    expect(events.find(({ type }) => type === "access.granted")?.person).toBe("ada");
    for (const type of ["access.denied", "door.opened", "door.closed", "device.online"])
      expect(types).toContain(type);
    for (const type of ["device.no-answer", "device.message-refused", "door.forced"])
      expect(types).not.toContain(type);
  });

  test("with a wrong key it is refused and gives up", async () => {
    heard.length = 0;
    gateway = own.start(dataDir);
    const ready = (await gateway.firstLine) as { mqtt: { port: number }[] };
    port = String(ready.mqtt[0]?.port);
    const stranger = run("x".repeat(43));
    expect(await ended(stranger)).toBe(1);
    expect(heard).toEqual([{ connected: false, why: "refused with code 4" }]);
    await stop(gateway);
  });
});
