import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";

/** The one line that `gatewarden start --json` prints when it serves. */
export interface Ready {
  readonly site: string | null;
  readonly revision: number | null;
  readonly mqtt: readonly { readonly host: string; readonly port: number }[];
  readonly web: readonly { readonly url: string }[];
  readonly pid: number;
}

const root = join(import.meta.dirname, "../..");
const startsWithinMs = 30_000;

/** The real gateway: the built program in a process of its own, which a test may kill, starve or cut off. */
export class GatewayProcess {
  readonly ready: Ready;
  readonly #child: ChildProcess;
  readonly #stderr: string[];

  private constructor(child: ChildProcess, ready: Ready, stderr: string[]) {
    this.#child = child;
    this.ready = ready;
    this.#stderr = stderr;
  }

  static async start(
    dataDir: string,
    options: { env?: NodeJS.ProcessEnv; config?: string; ownSession?: boolean } = {},
  ): Promise<GatewayProcess> {
    const configFile = join(dataDir, "..", "gateway.test.yaml");
    writeFileSync(
      configFile,
      options.config ??
        "mqtt: { port: 0, publishPerSecond: 1000, publishBurst: 2000 }\nweb: { port: 0 }\nlog: { level: warn }\n",
    );
    const child = spawn(
      process.execPath,
      [join(root, "dist/gateway/main.js"), "start", "--data", dataDir, "--config", configFile, "--json"],
      {
        stdio: ["ignore", "pipe", "pipe"],
        env: { ...process.env, ...options.env },
        // Linux shares processors between sessions: in one of its own it need not share its part with the test's.
        detached: options.ownSession === true,
      },
    );
    const stderr: string[] = [];
    child.stderr?.on("data", (chunk: Buffer) => stderr.push(chunk.toString()));
    const ready = await new Promise<Ready>((resolve, reject) => {
      const timer = setTimeout(() => {
        child.kill("SIGKILL");
        reject(new Error(`the gateway was not ready within ${startsWithinMs} ms: ${stderr.join("")}`));
      }, startsWithinMs);
      createInterface({ input: child.stdout as NodeJS.ReadableStream }).once("line", (line) => {
        clearTimeout(timer);
        resolve(JSON.parse(line) as Ready);
      });
      child.once("exit", (code) => {
        clearTimeout(timer);
        reject(new Error(`the gateway ended with ${code} before it was ready: ${stderr.join("")}`));
      });
    });
    return new GatewayProcess(child, ready, stderr);
  }

  get mqttUrl(): string {
    const at = this.ready.mqtt[0];
    if (!at) throw new Error("the gateway has no MQTT listener");
    return `mqtt://${at.host}:${at.port}`;
  }

  get running(): boolean {
    return this.#child.exitCode === null && this.#child.signalCode === null;
  }

  get stderr(): string {
    return this.#stderr.join("");
  }

  /** kill -9: no farewell, no flush. */
  async kill(): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    const gone = once(this.#child, "exit");
    this.#child.kill("SIGKILL");
    await gone;
  }

  /** Resolves with the exit code of one that ends by itself. */
  async ended(): Promise<number | null> {
    if (this.#child.exitCode !== null) return this.#child.exitCode;
    const [code] = (await once(this.#child, "exit")) as [number | null];
    return code;
  }

  /** SIGTERM; resolves with the exit code. */
  async stop(): Promise<number | null> {
    if (this.#child.exitCode !== null) return this.#child.exitCode;
    const gone = once(this.#child, "exit");
    this.#child.kill("SIGTERM");
    const [code] = (await gone) as [number | null];
    return code;
  }
}
