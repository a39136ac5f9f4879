import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";

interface Said {
  readonly id?: number;
  readonly answer?: unknown;
  readonly failed?: string;
}

/** A second process of the test, which does what it is told over the process channel, one answer a request. */
export class Helper<Told extends object> {
  readonly #child: ChildProcess;
  readonly #waiting = new Map<number, { resolve(answer: unknown): void; reject(error: Error): void }>();
  #nextId = 1;

  /** @param file beside this one */
  constructor(file: string) {
    this.#child = fork(join(import.meta.dirname, file), [], {
      execArgv: ["--import", "tsx"],
      stdio: ["ignore", "inherit", "inherit", "ipc"],
      // As a machine of its own: Linux shares processors between sessions.
      detached: true,
      // JSON knows no NaN.
      serialization: "advanced",
    });
    this.#child.on("message", ({ id = 0, answer, failed }: Said) => {
      const waiting = this.#waiting.get(id);
      this.#waiting.delete(id);
      if (failed === undefined) waiting?.resolve(answer);
      else waiting?.reject(new Error(`${file}: ${failed}`));
    });
    this.#child.once("exit", (code) => {
      for (const { reject } of this.#waiting.values()) reject(new Error(`${file} ended with ${code}`));
      this.#waiting.clear();
    });
  }

  ask<Answer>(told: Told): Promise<Answer> {
    const id = this.#nextId++;
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, { resolve: (answer) => resolve(answer as Answer), reject });
      this.#child.send({ id, told });
    });
  }

  async end(): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    const gone = once(this.#child, "exit");
    this.#child.kill("SIGKILL");
    await gone;
  }
}

/** The other side: `perform` is called for each request, and the process ends with its parent. */
export function serveHelper<Told extends object>(perform: (told: Told) => Promise<unknown>): void {
  process.on("message", ({ id, told }: { readonly id: number; readonly told: Told }) => {
    perform(told).then(
      (answer) => process.send?.({ id, answer }),
      (error: unknown) => process.send?.({ id, failed: String(error) }),
    );
  });
  process.on("disconnect", () => process.exit(0));
}
