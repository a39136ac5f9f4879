/** A real pseudo-terminal pair as the cable, with simulated readers at its far end in a process of their own. */
import { type ChildProcess, spawn } from "node:child_process";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { setTimeout as later } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import type { Wish } from "./reader-process.js";
import type { ReaderSketch } from "./simulated-reader.js";

const program = fileURLToPath(new URL("reader-process.ts", import.meta.url));

export interface ReaderReport {
  readonly done: readonly { readonly code: number; readonly data: string }[];
  readonly secure: boolean;
  readonly key: string | null;
  readonly waiting: number;
  readonly address: number;
  /** SHA-256 of the file that it was sent. */
  readonly file: string;
}

export interface LineSketch {
  readonly socat: string;
  readonly readers: readonly ReaderSketch[];
  readonly speed?: number;
  readonly paced?: boolean;
}

async function until(what: () => boolean, ms = 10_000): Promise<void> {
  const end = performance.now() + ms;
  while (!what()) {
    if (performance.now() > end) throw new Error("the line did not come up");
    await later(5);
  }
}

export class Cable {
  readonly folder = mkdtempSync(join(tmpdir(), "gw-line-"));
  readonly #sketch: LineSketch;
  #name = "panel";
  #socat: ChildProcess | undefined;
  #readers: ChildProcess | undefined;
  #told: Record<string, unknown>[] = [];

  constructor(sketch: LineSketch) {
    this.#sketch = sketch;
  }

  /** The panel's end. */
  get path(): string {
    return join(this.folder, this.#name);
  }

  /** Plugs the adapter in, under this name; the readers keep nothing of before. */
  async plug(name = this.#name, readers: readonly ReaderSketch[] = this.#sketch.readers): Promise<void> {
    const { socat, speed = 115_200, paced = false } = this.#sketch;
    this.#name = name;
    const far = join(this.folder, "far");
    this.#socat = spawn(socat, [`pty,raw,echo=0,link=${this.path}`, `pty,raw,echo=0,link=${far}`], {
      stdio: "ignore",
    });
    await until(() => existsSync(far) && existsSync(this.path));
    this.#told = [];
    this.#readers = spawn(
      process.execPath,
      ["--import", "tsx", program, far, JSON.stringify(readers), String(speed), paced ? "paced" : ""],
      { stdio: ["pipe", "pipe", "inherit"] },
    );
    const { stdout } = this.#readers;
    if (stdout)
      createInterface({ input: stdout }).on("line", (line) =>
        this.#told.push(JSON.parse(line) as Record<string, unknown>),
      );
    await until(() => this.#told.some(({ is }) => is === "open"));
  }

  /** Pulls the adapter: both ends are gone at once. */
  async unplug(): Promise<void> {
    for (const child of [this.#socat, this.#readers]) {
      if (!child || child.exitCode !== null || child.signalCode !== null) continue;
      const gone = new Promise((done) => child.once("exit", done));
      child.kill("SIGKILL");
      await gone;
    }
    rmSync(this.path, { force: true });
    rmSync(join(this.folder, "far"), { force: true });
  }

  /** Resolves when the readers have taken it. */
  async wish(wish: Wish): Promise<void> {
    const granted = () => this.#told.filter(({ is }) => is !== "card").length;
    const before = granted();
    this.#readers?.stdin?.write(`${JSON.stringify(wish)}\n`);
    if (wish.do !== "noise" && wish.do !== "say") await until(() => granted() > before);
  }

  /** When cards went onto the line, on the machine's clock. */
  get cardsAt(): readonly number[] {
    return this.#told.filter(({ is }) => is === "card").map(({ at }) => Number(at));
  }

  async report(address: number): Promise<ReaderReport> {
    this.#told = this.#told.filter(({ is }) => is !== "report");
    await this.wish({ do: "report", address });
    return this.#told.find(({ is }) => is === "report") as unknown as ReaderReport;
  }

  async close(): Promise<void> {
    await this.unplug();
    rmSync(this.folder, { recursive: true, force: true });
  }
}
