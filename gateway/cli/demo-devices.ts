/** The process in which the demo building's devices live: started, watched, started again when it dies, stopped. */
import { type ChildProcess, spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

export interface DemoDevicesOptions {
  /** What Node runs; by default the devices of this build. */
  readonly program?: readonly string[];
  readonly args: readonly string[];
  /** A line that the devices said. */
  readonly onLine: (line: string) => void;
  /** Something a person should know: it died, it is started again. */
  readonly onTrouble: (message: string) => void;
}

const firstRetryMs = 1_000;
const longestRetryMs = 30_000;
/** After this long without dying, the next death is a first one again. */
const steadyAfterMs = 60_000;
const stopWithinMs = 5_000;

export class DemoDevices {
  readonly #options: DemoDevicesOptions;
  #child: ChildProcess | undefined;
  #retry: NodeJS.Timeout | undefined;
  #retryMs = firstRetryMs;
  #stopped = false;

  constructor(options: DemoDevicesOptions) {
    this.#options = options;
  }

  get pid(): number | undefined {
    return this.#child?.pid;
  }

  start(): void {
    const startedAt = performance.now();
    const { program = devicesProgram(), args } = this.#options;
    const child = spawn(process.execPath, [...program, ...args], {
      stdio: ["pipe", "pipe", "pipe"],
    });
    this.#child = child;
    for (const stream of [child.stdout, child.stderr]) {
      createInterface({ input: stream }).on("line", this.#options.onLine);
    }
    let failedToStart: Error | undefined;
    child.on("error", (error) => {
      failedToStart = error;
    });
    child.on("close", (code, signal) => {
      this.#child = undefined;
      if (this.#stopped) return;
      if (performance.now() - startedAt > steadyAfterMs) this.#retryMs = firstRetryMs;
      const why = failedToStart?.message ?? (signal === null ? `exit code ${code}` : signal);
      this.#options.onTrouble(
        `the demo's devices have stopped (${why}); starting them again in ${this.#retryMs / 1000} s`,
      );
      this.#retry = setTimeout(() => this.start(), this.#retryMs);
      this.#retryMs = Math.min(this.#retryMs * 2, longestRetryMs);
    });
  }

  /** Resolves when the process is gone. */
  async stop(): Promise<void> {
    this.#stopped = true;
    clearTimeout(this.#retry);
    const child = this.#child;
    if (!child) return;
    await new Promise<void>((gone) => {
      const force = setTimeout(() => child.kill("SIGKILL"), stopWithinMs);
      child.once("close", () => {
        clearTimeout(force);
        gone();
      });
      child.kill("SIGTERM");
    });
  }
}

/** The devices of the same build: compiled beside this file, or as sources through the loader that runs this process. */
function devicesProgram(): string[] {
  const asSources = import.meta.url.endsWith(".ts");
  const program = fileURLToPath(
    new URL(`../../config/demo/devices/main.${asSources ? "ts" : "js"}`, import.meta.url),
  );
  return asSources ? [...process.execArgv, program] : [program];
}
