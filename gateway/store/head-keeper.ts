import type { KeyObject } from "node:crypto";
import { type Head, signHead } from "./chain.js";
import type { Writer } from "./database.js";
import type { HeadsFile } from "./heads.js";

export interface HeadKeeperOptions {
  /** A head at least every so many events. */
  readonly everyEvents: number;
  /** And this often while there is something new, in milliseconds. */
  readonly everyMs: number;
  readonly now: () => number;
}

/** Signs where the journal stands, now and then, for what is on disk only. */
export class HeadKeeper {
  readonly #key: KeyObject;
  readonly #file: HeadsFile;
  readonly #writer: Writer;
  readonly #options: HeadKeeperOptions;
  #signedSeq: number;
  #durable: { readonly seq: number; readonly link: Uint8Array } | undefined;
  #signing: Promise<void> | undefined;
  #timer: NodeJS.Timeout | undefined;

  constructor(
    key: KeyObject,
    file: HeadsFile,
    writer: Writer,
    signedSeq: number,
    options: HeadKeeperOptions,
  ) {
    this.#key = key;
    this.#file = file;
    this.#writer = writer;
    this.#signedSeq = signedSeq;
    this.#options = options;
  }

  start(): void {
    this.#timer = setInterval(() => void this.sign(), this.#options.everyMs);
    this.#timer.unref();
  }

  /** Signs what is left and closes the file. */
  async stop(): Promise<void> {
    clearInterval(this.#timer);
    await this.sign();
    await this.#file.close();
  }

  /** Everything up to `seq` is on disk. */
  note(seq: number, link: Uint8Array): void {
    this.#durable = { seq, link };
    this.#signIfDue();
  }

  /** Signs the newest event on disk, if it is not signed. A disk that fails is tried again at the next turn. */
  async sign(): Promise<void> {
    while (this.#signing) await this.#signing;
    const durable = this.#durable;
    if (!durable || durable.seq <= this.#signedSeq) return;
    const head = signHead(this.#key, durable.seq, durable.link, this.#options.now());
    this.#signing = this.#keep(head);
    await this.#signing;
    this.#signing = undefined;
    if (this.#signedSeq === head.seq) this.#signIfDue();
  }

  #signIfDue(): void {
    const news = (this.#durable?.seq ?? 0) - this.#signedSeq;
    if (news >= this.#options.everyEvents && !this.#signing) void this.sign();
  }

  async #keep(head: Head): Promise<void> {
    try {
      await this.#file.append(head);
      this.#signedSeq = head.seq;
      await this.#writer.transact((tx) =>
        tx.run("INSERT OR IGNORE INTO heads (seq, link, at, signature) VALUES (?, ?, ?, ?)", [
          head.seq,
          Buffer.from(head.link),
          head.at,
          Buffer.from(head.signature),
        ]),
      );
    } catch {
      // The journal itself notices a failing disk and says so; a head more or less is made up for by the next.
    }
  }
}
