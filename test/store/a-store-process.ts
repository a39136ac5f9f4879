import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { onTestFinished } from "vitest";
import type { JournalHealth } from "../../gateway/ports.js";
import type { OpenedWith } from "../../gateway/store/store.js";
import type { Told } from "./store-process.js";

interface Said {
  readonly opened?: OpenedWith;
  readonly lastSeq?: number;
  readonly failed?: string;
  readonly message?: string;
  readonly durable?: readonly number[];
  readonly health?: JournalHealth;
  readonly id?: number;
  readonly done?: unknown;
}

/** A store in another process, killed when the test has finished. */
export class StoreProcess {
  readonly #child: ChildProcess;
  readonly #answers = new Map<number, (done: unknown) => void>();
  readonly #waiting = new Set<() => void>();
  #nextId = 1;
  /** Set when it is open. */
  opened: OpenedWith | undefined;
  lastSeq = 0;
  /** The error's name and message where it could not be opened. */
  failed: string | undefined;
  /** Every seq that was told to be on disk. */
  readonly durable: number[] = [];
  readonly health: JournalHealth[] = [];

  private constructor(child: ChildProcess) {
    this.#child = child;
    child.on("message", (said: Said) => this.#hear(said));
  }

  /** Resolves when it is open or could not be opened. */
  static async start(data: string, env: NodeJS.ProcessEnv = process.env): Promise<StoreProcess> {
    const child = fork(join(import.meta.dirname, "store-process.ts"), [data], {
      execArgv: ["--import", "tsx"],
      env,
      stdio: ["ignore", "inherit", "inherit", "ipc"],
    });
    const store = new StoreProcess(child);
    onTestFinished(() => store.kill());
    await store.until(() => store.opened !== undefined || store.failed !== undefined);
    return store;
  }

  #hear(said: Said): void {
    if (said.opened) this.opened = said.opened;
    if (said.lastSeq !== undefined) this.lastSeq = said.lastSeq;
    if (said.failed) this.failed = `${said.failed}: ${said.message}`;
    if (said.durable) this.durable.push(...said.durable);
    if (said.health) this.health.push(said.health);
    if (said.id !== undefined) this.#answers.get(said.id)?.(said.done);
    for (const look of this.#waiting) look();
  }

  tell<T>(told: Told): Promise<T> {
    const id = this.#nextId++;
    return new Promise((resolve) => {
      this.#answers.set(id, (done) => resolve(done as T));
      this.#child.send({ id, told });
    });
  }

  until(isSo: () => boolean): Promise<void> {
    return new Promise((resolve, reject) => {
      const look = (): void => {
        if (!isSo()) return;
        this.#waiting.delete(look);
        this.#child.off("exit", ended);
        resolve();
      };
      const ended = (code: number | null, signal: string | null): void => {
        this.#waiting.delete(look);
        reject(new Error(`the store's process ended (${code ?? signal}) before that`));
      };
      this.#waiting.add(look);
      this.#child.once("exit", ended);
      look();
    });
  }

  /** kill -9. */
  async kill(): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    const exit = once(this.#child, "exit");
    this.#child.kill("SIGKILL");
    await exit;
  }

  /** Closes the store and waits for the end of its process. */
  async close(): Promise<void> {
    const exit = once(this.#child, "exit");
    await this.tell({ do: "close" });
    await exit;
  }
}
