import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { setTimeout as sleep } from "node:timers/promises";
import { controlSocketOf, performAt } from "../../gateway/cli/control-socket.js";
import { rounded } from "./percentiles.js";

const root = join(import.meta.dirname, "../..");

/** The gateway as a process; what it takes is read from /proc. */
export class WatchedGateway {
  readonly child: ChildProcess;
  readonly startedAt = performance.now();
  readonly #dataDir: string;
  readonly #loopFile: string;
  readyMs = 0;
  mqttUrl = "";

  constructor(dataDir: string, folder: string) {
    this.#dataDir = dataDir;
    this.#loopFile = join(folder, "loop.json");
    const config = join(folder, "gateway.bench.yaml");
    writeFileSync(
      config,
      "mqtt: { port: 0, publishPerSecond: 100000, publishBurst: 100000 }\nweb: { port: 0 }\nlog: { level: warn }\n",
    );
    this.child = spawn(
      process.execPath,
      [
        "--import",
        join(import.meta.dirname, "loop-watch.mjs"),
        join(root, "dist/gateway/main.js"),
        ...["start", "--data", dataDir, "--config", config, "--json"],
      ],
      { stdio: ["ignore", "pipe", "inherit"], env: { ...process.env, LOOP_WATCH: this.#loopFile } },
    );
  }

  async ready(): Promise<this> {
    const { stdout } = this.child;
    if (!stdout) throw new Error("the gateway has no stdout");
    const line = await new Promise<string>((resolve, reject) => {
      createInterface({ input: stdout }).once("line", resolve);
      this.child.once("exit", (code) => reject(new Error(`the gateway ended with ${code}`)));
    });
    this.readyMs = performance.now() - this.startedAt;
    const { mqtt } = JSON.parse(line) as { mqtt: { port: number }[] };
    this.mqttUrl = `mqtt://127.0.0.1:${mqtt[0]?.port}`;
    return this;
  }

  async ask<T>(name: string, params: object = {}): Promise<T> {
    const performed = await performAt(controlSocketOf(this.#dataDir), name, params);
    if (!performed.ok) throw new Error(`${name}: ${JSON.stringify(performed.refusal)}`);
    return performed.result as T;
  }

  memory(): { rss: number; peak: number } {
    const status = readFileSync(`/proc/${this.child.pid}/status`, "utf8");
    const mb = (name: string) =>
      Math.round(Number(new RegExp(`${name}:\\s+(\\d+)`).exec(status)?.[1]) / 1024);
    return { rss: mb("VmRSS"), peak: mb("VmHWM") };
  }

  /** User and system, of all its threads. */
  cpuMs(): number {
    const fields = readFileSync(`/proc/${this.child.pid}/stat`, "utf8").split(") ")[1]?.split(" ") ?? [];
    // Clock ticks, of which there are 100 a second on Linux (proc(5), fields 14 and 15).
    return (Number(fields[11]) + Number(fields[12])) * 10;
  }

  async loop(): Promise<{ p99Ms: number; maxMs: number }> {
    rmSync(this.#loopFile, { force: true });
    this.child.kill("SIGUSR2");
    while (!existsSync(this.#loopFile)) await sleep(5);
    await sleep(20);
    const { p99Ms, maxMs } = JSON.parse(readFileSync(this.#loopFile, "utf8")) as {
      p99Ms: number;
      maxMs: number;
    };
    return { p99Ms: rounded(p99Ms), maxMs: rounded(maxMs) };
  }

  async end(signal: NodeJS.Signals): Promise<void> {
    if (this.child.exitCode !== null || this.child.signalCode !== null) return;
    const gone = once(this.child, "exit");
    this.child.kill(signal);
    await gone;
  }
}
