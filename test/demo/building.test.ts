import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pass } from "node:timers/promises";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { BuildingDoor } from "../../config/demo/devices/building.js";
import { frame26 } from "../../config/demo/devices/cards.js";
import { Device } from "../../config/demo/devices/device.js";
import { LatchFile } from "../../config/demo/devices/latch.js";
import { pointsOf, readSite } from "../../config/demo/devices/wires.js";
import { BenchBroker, type Said } from "./bench-broker.js";
import { smallPeople, smallSite } from "./small-building.js";

vi.setConfig({ testTimeout: 60_000 });

const program = join(import.meta.dirname, "../../config/demo/devices/main.ts");
const simulated = ["front-lock", "front-reader", "sensors", "store-lock", "store-reader"];
/** Of Fay and Finn, who may go anywhere at any time. */
const goodCards = [frame26(10, 1001), "04a1b2c3d4e580"];

/** `gatewarden demo` gives its devices this long to end. */
const killedAfterMs = 5_000;

let broker: BenchBroker;
let folder: string;
let process_: ChildProcess | undefined;
let complaints: string;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), "gatewarden-demo-"));
  broker = new BenchBroker();
  await broker.start();
  writeFileSync(join(folder, "site.yaml"), smallSite);
  writeFileSync(join(folder, "people.csv"), smallPeople);
  const devices = Object.fromEntries(
    [...simulated, "side-reader", "side-lock"].map((id) => [id, `key of ${id}`]),
  );
  writeFileSync(join(folder, "accounts.json"), JSON.stringify({ devices }));
  complaints = "";
});

afterEach(async () => {
  process_?.kill("SIGKILL");
  process_ = undefined;
  await broker.stop();
  rmSync(folder, { recursive: true, force: true });
});

function startDevices(...more: string[]): ChildProcess {
  const files = ["accounts.json", "site.yaml", "people.csv"].map((name) => join(folder, name));
  const [accounts = "", site = "", people = ""] = files;
  const args = ["--url", broker.url, "--accounts", accounts, "--site", site, "--people", people, ...more];
  const child = spawn(process.execPath, ["--import", "tsx", program, ...args], {
    stdio: ["pipe", "pipe", "pipe"],
  });
  child.stderr.on("data", (text: Buffer) => {
    complaints += text.toString();
  });
  process_ = child;
  return child;
}

async function ended(child: ChildProcess): Promise<number | null> {
  if (child.exitCode !== null) return child.exitCode;
  return new Promise((resolve) => child.once("close", (code) => resolve(code)));
}

/** A gateway that knows two cards and believes every exit button. */
function playGateway(): { readonly granted: Said[]; readonly denied: Said[] } {
  const granted: Said[] = [];
  const denied: Said[] = [];
  const answered = new Set<unknown>();
  let pressed = 0;
  broker.onSaid((said) => {
    const lock = `${said.device.replace(/-(reader|lock)$/, "")}-lock`;
    if (said.topic === "scan" && !answered.has(said.body.id)) {
      const known = goodCards.includes(String(said.body.bits ?? said.body.uid));
      answered.add(said.body.id);
      (known ? granted : denied).push(said);
      const { id, reader } = said.body;
      broker.tell(said.device, "result", { re: id, reader, outcome: known ? "granted" : "denied" });
      if (known) broker.command(lock, { op: "unlock", lock: 1, ms: 3_000, for: id });
    }
    if (said.topic === "input/2" && said.device === "front-lock" && said.body.active === true) {
      pressed += 1;
      broker.command(lock, { id: `exit-${pressed}`, op: "unlock", lock: 1, ms: 3_000 });
    }
  });
  return { granted, denied };
}

test("a locked door stays shut under a hand and opens under a crowbar; an unlocked one opens for anybody", async () => {
  const wires = readSite(smallSite).doors[0];
  if (!wires) throw new Error("the small building has no door");
  const device = new Device({
    id: "front-lock",
    key: "key of front-lock",
    url: broker.url,
    root: "gw/v1",
    model: "demo",
    points: pointsOf(readSite(smallSite)).get("front-lock") ?? {
      reader: [],
      lock: [],
      input: [],
      output: [],
    },
    latches: new LatchFile(join(folder, "front-lock.json")),
    log: () => {},
  });
  device.start();
  const door = new BuildingDoor(wires, new Map([["front-lock", device]]));
  const contactSays = (active: boolean, since: number) =>
    broker.heard(({ topic, body }) => topic === "input/1" && body.active === active, since);
  try {
    await broker.heard(({ topic }) => topic === "health");
    let since = broker.said.length;
    expect(door.open()).toBe(false);
    expect(door.isOpen).toBe(false);
    expect(door.open("crowbar")).toBe(true);
    await contactSays(true, since);
    since = broker.said.length;
    door.close();
    await contactSays(false, since);

    const signal = new AbortController().signal;
    const unlocked = door.unlocks(5_000, signal);
    await broker.ack(broker.command("front-lock", { op: "unlock", lock: 1, ms: 400 }));
    expect(await unlocked).toBe(true);
    expect(door.open()).toBe(true);
    door.close();
    await pass(500);
    expect(door.open()).toBe(false);
    expect(await door.unlocks(50, signal)).toBe(false);
  } finally {
    await device.stop();
  }
});

test("the building is in use within three seconds of its devices being there, and lives on when the gateway restarts", async () => {
  const { granted, denied } = playGateway();
  startDevices("--pace", "600", "--seed", "4");
  const hellos = () =>
    new Set(broker.said.filter(({ topic }) => topic === "hello").map(({ device }) => device));
  await broker.heard(({ topic }) => topic === "hello");
  const firstHello = performance.now();
  const scan = await broker.heard(({ topic }) => topic === "scan");
  expect(scan.heardAt - firstHello).toBeLessThan(3_000);
  await broker.heard(() => hellos().size === simulated.length);
  expect([...hellos()].sort()).toEqual(simulated);
  expect(broker.isConnected("side-reader")).toBe(false);

  // Through the front door: the card, the lock, then the leaf, in this order.
  await broker.heard(
    ({ device, topic, body }) => device === "front-lock" && topic === "input/1" && body.active === true,
  );
  const story = broker.said.filter(({ device }) => device.startsWith("front-"));
  const firstOpen = story.findIndex(({ topic, body }) => topic === "input/1" && body.active === true);
  const unlockedBefore = story.slice(0, firstOpen).findLast(({ topic }) => topic === "lock/1");
  expect(unlockedBefore?.body.locked).toBe(false);
  expect(granted.length).toBeGreaterThan(0);

  const since = broker.said.length;
  await broker.stop();
  await broker.start();
  await broker.heard(({ topic, device }) => topic === "scan" && device === "front-reader", since);
  await broker.heard(({ topic, body }) => topic === "input/2" && body.active === true, since);
  await broker.heard(() => denied.length > 1);
  expect(complaints).not.toMatch(/Error:|Unhandled/);
});

test("a terminated demo closes its doors, says that its devices are gone, and ends in time", async () => {
  playGateway();
  const child = startDevices("--pace", "600", "--seed", "1");
  await broker.heard(({ topic, body }) => topic === "input/1" && body.active === true);
  const since = broker.said.length;
  const toldAt = performance.now();
  child.kill("SIGTERM");
  expect(await ended(child)).toBe(0);
  expect(performance.now() - toldAt).toBeLessThan(killedAfterMs);
  for (const device of simulated) {
    const last = await broker.heard((said) => said.device === device && said.topic === "state", since);
    expect(last.body).toMatchObject({ state: "lost", boot: expect.any(String) });
  }
  const doors = broker.said.filter(({ topic, device }) => topic === "input/1" && device === "front-lock");
  expect(doors.at(-1)?.body.active).toBe(false);
});

test("a scan that nobody answers does not keep a terminated demo waiting", async () => {
  const child = startDevices("--pace", "600");
  await broker.heard(({ topic }) => topic === "scan");
  const toldAt = performance.now();
  child.kill("SIGTERM");
  expect(await ended(child)).toBe(0);
  expect(performance.now() - toldAt).toBeLessThan(killedAfterMs);
});

test("a demo whose parent is gone ends by itself", async () => {
  const child = startDevices();
  await broker.heard(({ topic }) => topic === "hello");
  child.stdin?.end();
  expect(await ended(child)).toBe(0);
});

test.each([
  ["no arguments that make sense", ["--pace", "never"], 2, /--pace never/],
  ["an accounts file without one of its devices", ["--accounts"], 1, /no account of a device/],
])("with %s it says why and ends", async (_what, args, code, says) => {
  const empty = join(folder, "empty.json");
  writeFileSync(empty, '{"devices": {}}');
  const child = startDevices(...(args[0] === "--accounts" ? ["--accounts", empty] : args));
  expect(await ended(child)).toBe(code);
  expect(complaints).toMatch(says);
});
