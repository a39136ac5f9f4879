/** The real gateway, in a process of its own, for a real browser to look at. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import mqtt from "mqtt";

const root = join(import.meta.dirname, "../..");
const program = join(root, "dist/gateway/main.js");
const startsWithinMs = 45_000;
const answersWithinMs = 10_000;

export interface Running {
  readonly url: string;
  readonly secret: string;
  readonly mqttPort: number;
  readonly dataDir: string;
  /** The key of the device that is left to whoever wants to play it: `side-reader`, or `panel`. */
  readonly deviceKey: string;
  /** Ends it, and starts it again on the same folder and the same port. */
  goAway(): Promise<void>;
  comeBack(): Promise<void>;
  /** Ends it and takes its folder away. */
  stop(): Promise<void>;
}

interface DemoReady {
  readonly url: string;
  readonly secret: string;
  readonly mqtt: { readonly port: number };
}

/** The demo building, whose day goes by `pace` times as fast as ours. */
export async function startDemo(pace = 60): Promise<Running> {
  const folder = mkdtempSync(join(tmpdir(), "gatewarden-browser-"));
  const dataDir = join(folder, "demo");
  const common = ["demo", "--data", dataDir, "--json", "--pace", String(pace)];
  const start = async (...more: string[]) => {
    const child = run([...common, ...more]);
    return { child, ready: await firstLine<DemoReady>(child) };
  };
  const { child: first, ready } = await start("--port", "0", "--mqtt-port", "0");
  let child = first;
  const { port } = new URL(ready.url);
  return {
    url: ready.url,
    secret: ready.secret,
    mqttPort: ready.mqtt.port,
    dataDir,
    deviceKey: keyIn(readFileSync(join(dataDir, "side-door.env"), "utf8")),
    goAway: () => end(child),
    comeBack: async () => {
      ({ child } = await start("--port", port, "--mqtt-port", "0", "--keep"));
    },
    stop: async () => {
      await end(child);
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** The demo's house without its devices, which takes scans as fast as they come. */
export function startBusyHouse(): Promise<Running> {
  const demo = join(root, "config/demo");
  return startHouse({
    site: join(demo, "site.yaml"),
    people: join(demo, "people.csv"),
    device: "side-reader",
  });
}

/** A small house with an alarm, all of whose points are on the device `panel`. */
export function startAlarmHouse(): Promise<Running> {
  return startHouse({ site: join(import.meta.dirname, "alarm-house.yaml"), device: "panel" });
}

async function startHouse({
  site,
  people,
  device,
}: {
  readonly site: string;
  readonly people?: string;
  /** Left to whoever wants to play it. */
  readonly device: string;
}): Promise<Running> {
  const folder = mkdtempSync(join(tmpdir(), "gatewarden-browser-"));
  const dataDir = join(folder, "data");
  const config = join(folder, "gateway.yaml");
  writeFileSync(
    config,
    "mqtt: { port: 0, publishPerSecond: 1000, publishBurst: 2000 }\nweb: { port: 0 }\nlog: { level: error }\n",
  );
  await command("site", "import", site, "--data", dataDir, "--json");
  if (people) await command("people", "import", people, "--data", dataDir, "--json");
  const { key } = await command<{ key: string }>("device", "add", device, "--data", dataDir, "--json");
  const { secret } = await command<{ secret: string }>("owner", "claim", "--data", dataDir, "--json");
  const child = run(["start", "--data", dataDir, "--config", config, "--json"]);
  const ready = await firstLine<{ web: { url: string }[]; mqtt: { port: number }[] }>(child);
  return {
    url: ready.web[0]?.url ?? "",
    secret,
    mqttPort: ready.mqtt[0]?.port ?? 0,
    dataDir,
    deviceKey: key,
    goAway: () => end(child),
    comeBack: () => Promise.reject(new Error("this house is not started twice")),
    stop: async () => {
      await end(child);
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** The reader at the side door, as any maker's device would be. */
export class SideReader {
  readonly #client: mqtt.MqttClient;
  #next = 0;

  private constructor(client: mqtt.MqttClient) {
    this.#client = client;
  }

  static async connect({ mqttPort, deviceKey }: Running): Promise<SideReader> {
    const client = await mqtt.connectAsync(`mqtt://127.0.0.1:${mqttPort}`, {
      clientId: "side-reader",
      username: "side-reader",
      password: deviceKey,
      protocolVersion: 4,
      will: { topic: `${up}/state`, payload: Buffer.from('{"state":"lost"}'), qos: 1, retain: true },
    });
    await client.subscribeAsync("gw/v1/device/side-reader/down/#", { qos: 1 });
    const boot = { boot: Math.random().toString(36).slice(2, 10), up_ms: 1 };
    const points = { reader: [1], lock: [], input: [], output: [] };
    const hello = { ...boot, proto: 1, model: "test", fw: "1.0.0", points };
    await client.publishAsync(`${up}/hello`, JSON.stringify(hello), { qos: 1, retain: true });
    await client.publishAsync(`${up}/state`, JSON.stringify({ ...boot, state: "ready" }), {
      qos: 1,
      retain: true,
    });
    return new SideReader(client);
  }

  /** Presents a card by its serial number; resolves with what the gateway answered. */
  async present(uid: string): Promise<string> {
    const id = this.#newId();
    const outcome = new Promise<string>((resolve, reject) => {
      const late = setTimeout(() => reject(new Error(`scan ${id}: no result`)), answersWithinMs);
      const listen = (topic: string, payload: Buffer) => {
        const told = JSON.parse(payload.toString()) as { re?: string; outcome?: string };
        if (!topic.endsWith("/result") || told.re !== id) return;
        clearTimeout(late);
        this.#client.off("message", listen);
        resolve(told.outcome ?? "");
      };
      this.#client.on("message", listen);
    });
    this.send(uid, id);
    return outcome;
  }

  /** Presents a card and does not wait. */
  send(uid: string, id = this.#newId()): void {
    this.#client.publish(`${up}/scan`, JSON.stringify({ id, reader: 1, uid }), { qos: 1 });
  }

  async gone(): Promise<void> {
    await this.#client.endAsync(true);
  }

  #newId(): string {
    this.#next += 1;
    return `scan-${process.pid}-${Date.now()}-${this.#next}`;
  }
}

const up = "gw/v1/device/side-reader/up";

function keyIn(env: string): string {
  const key = /^export SIDE_READER_KEY='?([^'\n]+)'?$/m.exec(env)?.[1];
  if (!key) throw new Error("side-door.env: no SIDE_READER_KEY");
  return key;
}

function run(args: readonly string[]): ChildProcess {
  return spawn(process.execPath, [program, ...args], { stdio: ["ignore", "pipe", "pipe"] });
}

async function firstLine<T>(child: ChildProcess): Promise<T> {
  const said: string[] = [];
  child.stderr?.on("data", (chunk: Buffer) => said.push(chunk.toString()));
  return new Promise<T>((resolve, reject) => {
    const late = setTimeout(() => {
      child.kill("SIGKILL");
      reject(new Error(`not ready within ${startsWithinMs} ms: ${said.join("")}`));
    }, startsWithinMs);
    createInterface({ input: child.stdout as NodeJS.ReadableStream }).once("line", (line) => {
      clearTimeout(late);
      resolve(JSON.parse(line) as T);
    });
    child.once("exit", (code) => {
      clearTimeout(late);
      reject(new Error(`ended with ${code}: ${said.join("")}`));
    });
  });
}

async function command<T = unknown>(...args: string[]): Promise<T> {
  const child = run(args);
  const out: string[] = [];
  const err: string[] = [];
  child.stdout?.on("data", (chunk: Buffer) => out.push(chunk.toString()));
  child.stderr?.on("data", (chunk: Buffer) => err.push(chunk.toString()));
  const [code] = (await once(child, "close")) as [number | null];
  if (code !== 0) throw new Error(`${args.join(" ")}: ${code} ${err.join("")}`);
  return JSON.parse(out.join("")) as T;
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = once(child, "exit");
  child.kill("SIGTERM");
  const force = setTimeout(() => child.kill("SIGKILL"), 10_000);
  await gone;
  clearTimeout(force);
}
