/** What is compared: the gateway, and what there would be without rules and log. Each runs in processes of its own. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { performAt } from "../../gateway/cli/control-socket.js";
import { peer } from "../peers/peers.js";
import { type BenchBuilding, benchBuilding } from "./building.js";
import { WireClient } from "./wire.js";

export interface Contender {
  readonly name: "gateway" | "bare aedes" | "mosquitto";
  readonly host: string;
  readonly port: number;
  readonly credentialsFile: string;
  /** What the journal has committed since it was asked last; only the gateway has one. */
  commits?(): Promise<Commits>;
  /** Whether its processes run. */
  alive(): boolean;
  stop(): Promise<void>;
}

/** One that is started anew when the load has brought it down, perhaps on another port. */
export class Revivable {
  readonly #start: () => Promise<Contender>;
  #now: Contender;
  #deaths = 0;

  static async of(start: () => Promise<Contender>): Promise<Revivable> {
    return new Revivable(start, await start());
  }

  private constructor(start: () => Promise<Contender>, now: Contender) {
    this.#start = start;
    this.#now = now;
  }

  get now(): Contender {
    return this.#now;
  }

  /** How often it was found dead. */
  get deaths(): number {
    return this.#deaths;
  }

  async revive(): Promise<void> {
    this.#deaths++;
    await this.#now.stop();
    this.#now = await this.#start();
  }
}

export interface Commits {
  /** Of the newest commits, at most a thousand, in milliseconds. */
  readonly p50Ms: number;
  readonly p99Ms: number;
}

const host = "127.0.0.1";
const here = import.meta.dirname;
const startsWithinMs = 30_000;

/** The program as it is built; another one is named by `GATEWARDEN_MAIN`. */
export const gatewayMain = process.env.GATEWARDEN_MAIN ?? join(here, "../../dist/gateway/main.js");

/** What one account may send is raised: 32 devices stand for as many people as there are. All else is as it comes. */
export const benchConfig = (mqttPort: number): string =>
  `mqtt: { port: ${mqttPort}, publishPerSecond: 100000, publishBurst: 1000000 }\nweb: { port: 0 }\nlog: { level: warn }\n`;

export async function startGateway(building: BenchBuilding): Promise<Contender & { readonly pid: number }> {
  const { child, first } = await startProcess(gatewayMain, await gatewayArgs(building.dataDir), nodeFlags());
  const { mqtt } = first as { readonly mqtt: readonly { readonly port: number }[] };
  return {
    name: "gateway",
    host,
    port: mqtt[0]?.port ?? 0,
    credentialsFile: building.credentialsFile,
    pid: child.pid ?? 0,
    commits: () => commitsOf(building.dataDir),
    alive: () => runs(child),
    stop: () => end(child, "SIGTERM"),
  };
}

/** Arguments of `start` on a data folder, with the bench's configuration beside it. */
export async function gatewayArgs(dataDir: string, mqttPort = 0): Promise<string[]> {
  const config = join(dataDir, "..", "gateway.yaml");
  writeFileSync(config, benchConfig(mqttPort));
  return ["start", "--data", dataDir, "--config", config, "--json"];
}

export async function startBareAedes(
  building: BenchBuilding,
  args: readonly string[] = [],
): Promise<Contender> {
  const { child, first } = await startProcess(join(here, "bare-aedes.ts"), args);
  const { port } = first as { readonly port: number };
  const { credentialsFile } = building;
  return {
    name: "bare aedes",
    host,
    port,
    credentialsFile,
    alive: () => runs(child),
    stop: () => end(child, "SIGKILL"),
  };
}

/** Undefined: there is no mosquitto here. */
export async function startMosquitto(building: BenchBuilding): Promise<Contender | undefined> {
  const program = peer("mosquitto");
  if ("missing" in program) return undefined;
  const folder = mkdtempSync(join(tmpdir(), "gatewarden-bench-"));
  const port = await freePort();
  const config = join(folder, "mosquitto.conf");
  writeFileSync(
    config,
    [
      `listener ${port} ${host}`,
      "allow_anonymous true",
      "persistence false",
      "set_tcp_nodelay true",
      // As many on their way as there are: by default it drops what is more than a thousand.
      "max_queued_messages 0",
      "max_inflight_messages 0",
      "log_dest none",
      "",
    ].join("\n"),
  );
  const broker = spawn(program.path, ["-c", config], { stdio: "ignore" });
  try {
    await accepting(port);
    const responder = await startProcess(join(here, "mqtt-responder.ts"), ["--port", String(port)]);
    return {
      name: "mosquitto",
      host,
      port,
      credentialsFile: building.credentialsFile,
      alive: () => runs(broker) && runs(responder.child),
      stop: async () => {
        await end(responder.child, "SIGKILL");
        await end(broker, "SIGTERM");
        rmSync(folder, { recursive: true, force: true });
      },
    };
  } catch (error) {
    await end(broker, "SIGKILL");
    rmSync(folder, { recursive: true, force: true });
    throw error;
  }
}

/** The building, and everything that is to be compared on it. */
export async function startAll(doors: number): Promise<{
  readonly contenders: readonly Revivable[];
  readonly gatewayPid: number;
  stop(): Promise<void>;
}> {
  const building = await benchBuilding(doors);
  const contenders: Revivable[] = [];
  const stop = async (): Promise<void> => {
    for (const { now } of contenders) await now.stop();
    building.remove();
  };
  try {
    // Of the gateway's first process: that it lives to the end is part of what is shown.
    let gatewayPid = 0;
    contenders.push(
      await Revivable.of(async () => {
        const gateway = await startGateway(building);
        gatewayPid = gateway.pid;
        return gateway;
      }),
    );
    contenders.push(await Revivable.of(() => startBareAedes(building)));
    if (!("missing" in peer("mosquitto"))) {
      contenders.push(
        await Revivable.of(async () => {
          const mosquitto = await startMosquitto(building);
          if (!mosquitto) throw new Error("mosquitto is not there any more");
          return mosquitto;
        }),
      );
    }
    return { contenders, gatewayPid, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

async function commitsOf(dataDir: string): Promise<Commits> {
  const answer = await performAt(join(dataDir, "control.sock"), "status", {});
  if (!answer.ok) throw new Error(`status: ${answer.refusal.message}`);
  const { journal } = answer.result as { readonly journal: { readonly commits?: Commits } };
  return journal.commits ?? { p50Ms: Number.NaN, p99Ms: Number.NaN };
}

// ------------------------------------------------------------------------------------------------------------ processes

/** Further arguments for the gateway's Node.js, for a profiler. */
function nodeFlags(): string[] {
  return (process.env.BENCH_NODE_FLAGS ?? "").split(" ").filter((flag) => flag !== "");
}

/** Runs a script of this project; resolves with the first line that it prints, read as JSON. */
export async function startProcess(
  script: string,
  args: readonly string[],
  flags: readonly string[] = [],
): Promise<{ readonly child: ChildProcess; readonly first: unknown }> {
  const loader = script.endsWith(".ts") ? ["--import", "tsx"] : [];
  const child = spawn(process.execPath, [...flags, ...loader, script, ...args], {
    stdio: ["pipe", "pipe", "pipe"],
  });
  const stderr: Buffer[] = [];
  child.stderr?.on("data", (chunk: Buffer) => stderr.push(chunk));
  const first = await new Promise<unknown>((resolve, reject) => {
    const timer = setTimeout(() => {
      child.kill("SIGKILL");
      reject(new Error(`${script} was not ready within ${startsWithinMs} ms`));
    }, startsWithinMs);
    createInterface({ input: child.stdout as NodeJS.ReadableStream }).once("line", (line) => {
      clearTimeout(timer);
      resolve(JSON.parse(line));
    });
    child.once("exit", (code) => {
      clearTimeout(timer);
      reject(new Error(`${script} ended with ${code}: ${Buffer.concat(stderr).toString()}`));
    });
  });
  return { child, first };
}

function runs(child: ChildProcess): boolean {
  return child.exitCode === null && child.signalCode === null;
}

export async function end(child: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  if (!runs(child)) return;
  const gone = once(child, "exit");
  child.kill(signal);
  await gone;
}

export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer()
      .once("error", reject)
      .listen(0, host, () => {
        const at = server.address();
        server.close(() => resolve(typeof at === "object" && at ? at.port : 0));
      });
  });
}

/** Until a broker takes a connection. */
async function accepting(port: number): Promise<void> {
  const giveUpAt = performance.now() + startsWithinMs;
  for (;;) {
    try {
      (await WireClient.connect({ host, port, id: "first", key: "" })).end();
      return;
    } catch (error) {
      if (performance.now() > giveUpAt) throw error;
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }
}
