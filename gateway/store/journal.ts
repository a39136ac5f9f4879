/**
 * The journal: stamps at once, writes behind. A batch is what was appended while the last one was being written. While the disk
 * fails, everything waits in memory, bounded; what had to be dropped is recorded in the batch that comes after it.
 */
import { type EventBody, eventCatalogue, type SiteEvent } from "../core/events.js";
import type { Signal } from "../core/signals.js";
import { newId } from "../ids.js";
import type { Appended, EventFilter, Journal, JournalEntry, JournalHealth } from "../ports.js";
import { answersOf, type Progress, wellFormed, writeBatch } from "./batch.js";
import { fitsInOne, furnishBatches, writeInOne } from "./batch-in-one.js";
import { digestOf, linkOf, Salts } from "./chain.js";
import { CommitTimes } from "./commit-times.js";
import type { Writer } from "./database.js";
import type { EventIndex } from "./event-index.js";
import type { HeadKeeper } from "./head-keeper.js";
import type { JournalReads } from "./journal-reads.js";
import {
  Backlog,
  EntryLost,
  type Gap,
  type Pending,
  type PendingEntry,
  type SealedEvent,
} from "./pending.js";

export interface JournalOptions {
  readonly site: string;
  readonly tenant: string;
  /** Events kept in memory while they cannot be written. */
  readonly ringEvents: number;
  readonly now: () => number;
}

const firstRetryMs = 100;
const longestRetryMs = 2_000;

export class SqliteJournal implements Journal {
  readonly #writer: Writer;
  readonly #reads: JournalReads;
  readonly #heads: HeadKeeper;
  readonly #index: EventIndex;
  readonly #options: JournalOptions;
  readonly #salts = new Salts();
  readonly #commits = new CommitTimes();
  readonly #backlog: Backlog;
  /** Answers not yet on disk, by client and request. */
  readonly #answers = new Map<string, string>();
  readonly #durableListeners = new Set<(events: readonly SiteEvent[]) => void>();
  readonly #batchListeners = new Set<() => void>();
  readonly #healthListeners = new Set<(health: JournalHealth) => void>();
  #site: string;
  #tenant: string;
  /** Where the last appended entry is. */
  #progress: Progress;
  #durableSeq: number;
  #writing: readonly Pending[] = [];
  #scheduled = false;
  /** The connection has what a batch in one statement needs. */
  #furnished = false;
  #retryMs = firstRetryMs;
  #retry: NodeJS.Timeout | undefined;
  #lastError: string | undefined;
  #failing = false;
  #closed = false;
  /** Number of the newest entry that is written or given up; all before it are too. */
  #settledN: number;
  #waiting: (() => void)[] = [];

  constructor(
    writer: Writer,
    reads: JournalReads,
    heads: HeadKeeper,
    index: EventIndex,
    options: JournalOptions,
    progress: Progress,
  ) {
    this.#writer = writer;
    this.#reads = reads;
    this.#heads = heads;
    this.#index = index;
    this.#options = options;
    this.#site = options.site;
    this.#tenant = options.tenant;
    this.#backlog = new Backlog(options.ringEvents);
    this.#progress = progress;
    this.#durableSeq = progress.seq;
    this.#settledN = progress.n;
    heads.note(progress.seq, progress.link);
  }

  /** Tells of losses whose `system.lost` a crash kept from being written. */
  tellOf(gaps: readonly NonNullable<Gap["events"]>[]): void {
    for (const events of gaps) {
      this.#tellLost({ is: "gap", untold: [], changes: new Map(), answers: [], events });
    }
  }

  /** Whose events these are, from the next one on: known when the site document is. */
  identify(site: string, tenant: string): void {
    this.#site = site;
    this.#tenant = tenant;
  }

  /** Of the last appended entry; 0: there is none, or no site was in force. */
  get revision(): number {
    return this.#progress.revision;
  }

  /** Number of the last appended signal. */
  get lastN(): number {
    return this.#progress.n;
  }

  /** Signs what is on disk now, before it is due. */
  async signHead(): Promise<void> {
    await this.flush();
    await this.#heads.sign();
  }

  append(entry: JournalEntry): Appended {
    return this.#append(entry, undefined);
  }

  onDurable(listener: (events: readonly SiteEvent[]) => void): () => void {
    this.#durableListeners.add(listener);
    return () => this.#durableListeners.delete(listener);
  }

  onBatch(listener: () => void): () => void {
    this.#batchListeners.add(listener);
    return () => this.#batchListeners.delete(listener);
  }

  onHealth(listener: (health: JournalHealth) => void): () => void {
    this.#healthListeners.add(listener);
    return () => this.#healthListeners.delete(listener);
  }

  get waiting(): number {
    return this.#backlog.entries + this.#writing.filter((item) => item.is === "entry").length;
  }

  health(): JournalHealth {
    const commits = this.#commits.spread();
    return {
      state: this.#failing ? "failing" : "ok",
      waiting: this.waiting,
      lastSeq: this.#progress.seq,
      lastDurableSeq: this.#durableSeq,
      ...(commits ? { commits } : {}),
      ...(this.#lastError === undefined ? {} : { lastError: this.#lastError }),
    };
  }

  readAfter(after: number, limit: number, filter?: EventFilter): Promise<SiteEvent[]> {
    return this.#reads.after(after, limit, filter);
  }

  readBefore(before: number | undefined, limit: number, filter?: EventFilter): Promise<SiteEvent[]> {
    return this.#reads.before(before, limit, filter);
  }

  byId(id: string): Promise<SiteEvent | undefined> {
    return this.#reads.byId(id);
  }

  async answer(client: string, request: string): Promise<string | undefined> {
    const key = { client: wellFormed(client), request: wellFormed(request) };
    return this.#answers.get(answerKey(key)) ?? (await this.#reads.answer(key.client, key.request));
  }

  async flush(): Promise<void> {
    const { n } = this.#progress;
    while (this.#settledN < n) await this.#turn();
  }

  /** Writes what is there. A disk that fails is tried once more and then left: `close` does not wait for it. */
  async close(): Promise<void> {
    this.#closed = true;
    clearTimeout(this.#retry);
    this.#retry = undefined;
    if (!this.#backlog.empty) this.#schedule();
    while (this.#scheduled) await this.#turn();
    this.#drop(this.#backlog.take().filter((item) => item.is === "entry"));
    this.#wakeWaiting();
    await this.#index.stop();
    await this.#heads.stop();
  }

  /** Until a batch was written or failed. */
  #turn(): Promise<void> {
    return new Promise((resolve) => this.#waiting.push(resolve));
  }

  // --------------------------------------------------------------------------------------------------------- stamping

  #append(entry: JournalEntry, tellsOf: Gap | undefined): Appended {
    if (this.#closed && !tellsOf) throw new Error("the journal is closed: nothing can be appended to it");
    let { seq, link } = this.#progress;
    const n = this.#progress.n + 1;
    const sealed = entry.events.map((body): SealedEvent => {
      const event = this.#stamp(entry, body, ++seq);
      const text = JSON.stringify(event);
      const salt = this.#salts.next();
      const digest = digestOf(seq, salt, text);
      link = linkOf(link, digest);
      return { event, body: text, salt, digest, link };
    });
    this.#progress = { n, seq, link, revision: entry.revision, at: entry.signal.at };
    let settle: PendingEntry["settle"] | undefined;
    const durable = new Promise<void>((written, lost) => {
      settle = { written, lost };
    });
    // Whoever does not wait for it need not hear of a loss here: `system.lost` tells it.
    durable.catch(() => {});
    if (settle) {
      this.#keep({
        is: "entry",
        n,
        entry,
        signal: JSON.stringify(entry.signal),
        events: sealed,
        settle,
        ...(tellsOf ? { tellsOf } : {}),
      });
    }
    return { events: sealed.map(({ event }) => event), durable };
  }

  #stamp(entry: JournalEntry, body: EventBody, seq: number): SiteEvent {
    return {
      v: 1,
      id: newId(),
      seq,
      at: entry.signal.at,
      site: this.#site,
      ...body,
      tenant: body.tenant ?? this.#tenant,
      severity: body.severity ?? eventCatalogue[body.type]?.severity ?? "notice",
      revision: entry.revision,
      signal: entry.signal.id,
    };
  }

  #keep(entry: PendingEntry): void {
    for (const answer of answersOf(entry)) {
      const key = answerKey(answer);
      if (!this.#answers.has(key)) this.#answers.set(key, answer.body);
    }
    this.#drop(this.#backlog.push(entry));
    if (!this.#retry) this.#schedule();
  }

  #drop(dropped: readonly PendingEntry[]): void {
    for (const { n, settle } of dropped) {
      settle.lost(new EntryLost(n));
      this.#settledN = Math.max(this.#settledN, n);
    }
  }

  // ---------------------------------------------------------------------------------------------------------- writing

  /** After this turn of the loop, so that what comes in one poll goes in one batch. */
  #schedule(): void {
    if (this.#scheduled) return;
    this.#scheduled = true;
    setImmediate(() => void this.#writeAll());
  }

  async #writeAll(): Promise<void> {
    let ok = true;
    while (ok && !this.#backlog.empty) {
      ok = await this.#writeBatch();
      this.#wakeWaiting();
    }
    this.#scheduled = false;
    this.#wakeWaiting();
  }

  async #writeBatch(): Promise<boolean> {
    let batch: readonly Pending[] = [];
    try {
      let begunAt = 0;
      await this.#writer.turn(async (turn) => {
        if (!this.#furnished) await furnishBatches(turn.handle);
        this.#furnished = true;
        begunAt = performance.now();
        for (const listener of this.#batchListeners) call(listener);
        batch = this.#backlog.take();
        this.#writing = batch;
        if (!turn.leftOpen && fitsInOne(batch)) await writeInOne(turn.handle, batch, this.#progress);
        else await turn.transact((tx) => writeBatch(tx, batch, this.#progress));
      }, "urgent");
      this.#commits.add(performance.now() - begunAt);
    } catch (error) {
      this.#writing = [];
      this.#drop(this.#backlog.putBack(batch));
      this.#failed(error as Error);
      return false;
    }
    this.#writing = [];
    this.#written(batch);
    return true;
  }

  #failed(error: Error): void {
    const first = !this.#failing;
    this.#failing = true;
    this.#lastError = error.message;
    if (!this.#closed) {
      this.#retry = setTimeout(() => {
        this.#retry = undefined;
        this.#schedule();
      }, this.#retryMs);
      this.#retryMs = Math.min(this.#retryMs * 2, longestRetryMs);
    }
    if (first) this.#tellHealth();
  }

  #written(batch: readonly Pending[]): void {
    const events: SiteEvent[] = [];
    for (const item of batch) {
      for (const answer of answersOf(item)) this.#answers.delete(answerKey(answer));
      if (item.is === "gap") {
        for (const gap of [...item.untold, item]) this.#tellLost(gap);
        continue;
      }
      for (const { event } of item.events) events.push(event);
    }
    const last = batch.findLast((item) => item.is === "entry" && item.events.length > 0);
    const sealed = last?.is === "entry" ? last.events.at(-1) : undefined;
    if (sealed) {
      this.#durableSeq = sealed.event.seq;
      this.#heads.note(sealed.event.seq, sealed.link);
      const instants = events.map(({ at }) => at).sort((a, b) => a - b);
      this.#index.note(sealed.event.seq, instants[0] ?? 0, instants.at(-1) ?? 0);
    }
    const restored = this.#failing;
    this.#failing = false;
    this.#retryMs = firstRetryMs;
    if (events.length > 0) for (const listener of this.#durableListeners) call(() => listener(events));
    for (const item of batch) {
      if (item.is !== "entry") continue;
      item.settle.written();
      this.#settledN = Math.max(this.#settledN, item.n);
    }
    if (restored) this.#tellHealth();
  }

  /** In the next batch: the numbers are known to be missing since this one (table `gaps`), so a crash in between loses nothing. */
  #tellLost(gap: Gap): void {
    if (!gap.events) return;
    const { from, to, link } = gap.events;
    this.#append(lostEntry(this.#options.now(), this.#progress.revision, from, to, link), gap);
  }

  #tellHealth(): void {
    const health = this.health();
    for (const listener of this.#healthListeners) call(() => listener(health));
  }

  #wakeWaiting(): void {
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const resolve of waiting) resolve();
  }
}

/** The event that stands for lost ones; `link` is the chain's link after the last of them, from which it goes on. */
function lostEntry(at: number, revision: number, from: number, to: number, link: Uint8Array): JournalEntry {
  const event: EventBody = {
    type: "system.lost",
    data: { from, to, link: Buffer.from(link).toString("hex") },
  };
  const signal: Signal = { type: "noted", event, id: newId(), at };
  return { signal, revision, read: {}, changes: [], events: [event] };
}

function answerKey(answer: { readonly client: string; readonly request: string }): string {
  return `${answer.client}\n${answer.request}`;
}

/** A listener's own defect is no reason to stop writing: it is thrown where nobody here can be hurt, and seen. */
function call(listener: () => void): void {
  try {
    listener();
  } catch (error) {
    queueMicrotask(() => {
      throw error;
    });
  }
}
