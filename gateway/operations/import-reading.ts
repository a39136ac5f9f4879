/** A list of people in the hands of the clerk who reads it, a process of its own: from its first bytes on, while it still comes in. */
import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import type { ClerkHears, ClerkSays, ClerksOrder } from "./import-clerk.js";

/** What the clerk tells of his progress. */
export type ClerksProgress = Extract<ClerkSays, { readonly is: "reading" | "working" }>;

export class ListReading {
  /** Of the site whose groups and card formats it is read by. */
  readonly revision: number;
  readonly #clerk: ChildProcess;
  readonly #done: Promise<void>;

  constructor(order: ClerksOrder, revision: number, tell: (progress: ClerksProgress) => void) {
    this.revision = revision;
    this.#clerk = forkClerk();
    this.#done = this.#read(order, tell);
    // Whether it failed is asked when all of the list is there.
    this.#done.catch(() => {});
  }

  /** So many bytes are in the file; `all`: no more will come. */
  received(bytes: number, all: boolean): void {
    this.#say({ is: "received", bytes, all });
  }

  /** He has gone home: all is done, it failed, or the sender said nothing for too long. */
  get over(): boolean {
    return this.#clerk.exitCode !== null || this.#clerk.signalCode !== null;
  }

  /** Resolves when all was read and compared; rejects with what stopped it. */
  done(): Promise<void> {
    return this.#done;
  }

  /** Ends it, wherever it is; resolves when it holds no file any more. */
  async end(): Promise<void> {
    if (this.over) return;
    const gone = once(this.#clerk, "exit");
    if (this.#clerk.kill("SIGKILL")) await gone;
  }

  #read(order: ClerksOrder, tell: (progress: ClerksProgress) => void): Promise<void> {
    return new Promise<void>((resolve, reject) => {
      let finished = false;
      this.#clerk.on("message", (says: ClerkSays) => {
        if (says.is === "failed") reject(new Error(says.why));
        else if (says.is === "done") finished = true;
        else tell(says);
      });
      this.#clerk.on("error", reject);
      this.#clerk.on("exit", (code, signal) => {
        if (finished) resolve();
        else reject(new Error(`the list was not read to its end (${signal ?? code})`));
      });
      this.#say({ is: "order", order });
    });
  }

  /** One who is gone hears nothing; `done` says so. */
  #say(what: ClerkHears): void {
    if (this.#clerk.connected) this.#clerk.send(what, () => {});
  }
}

/** The clerk's process. Run from the sources, it must be told how to read them. */
function forkClerk(): ChildProcess {
  const source = import.meta.url.endsWith(".ts");
  const file = new URL(source ? "./import-clerk.ts" : "./import-clerk.js", import.meta.url);
  return fork(fileURLToPath(file), {
    execArgv: ["--max-old-space-size=256", ...(source ? ["--import", "tsx"] : [])],
    stdio: ["ignore", "ignore", "inherit", "ipc"],
  });
}
