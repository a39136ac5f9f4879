/**
 * One round of load: cards at a fixed rate over all doors, whatever the answers do. Every latency is counted from the instant at
 * which the card was due, so that an answer that keeps the next card waiting, or a process that falls behind, is in the figures.
 */
import { randomBytes } from "node:crypto";
import type { Fleet, Hearing } from "./fleet.js";
import { rounded, type Spread, spread } from "./percentiles.js";

export interface RoundOptions {
  readonly perSecond: number;
  readonly seconds: number;
  /** Load before it, which is not measured. */
  readonly warmupSeconds: number;
}

export interface RoundFigures {
  readonly perSecond: number;
  /** Cards presented while it was measured. */
  readonly scans: number;
  /** Milliseconds from the due instant of the card: the lock was told, the reader was told, the subscriber was told. */
  readonly unlockMs: Spread;
  readonly resultMs: Spread;
  readonly eventMs: Spread;
  /** Without an answer 5 s after they were due. */
  readonly missing: { readonly unlocks: number; readonly results: number; readonly events: number };
  /** Answered, and not with `granted`. */
  readonly refused: number;
  /** Answered before it was on disk, and marked so. */
  readonly late: number;
  /** Scans repeated by their device, since no result had come within a second. */
  readonly repeats: number;
  /** Unlocks a second that arrived while it was measured. */
  readonly achievedPerSecond: number;
  /** Cards whose unlock, or event, is outstanding: in the first and the last third of what was measured. */
  readonly queue: { readonly first: number; readonly last: number };
  /** How late this process sent its cards: what of the latencies is its own. */
  readonly sentLateMs: Spread;
  readonly gone: readonly string[];
  /** At least 98 % done, nothing missing or repeated, the queue not growing. */
  readonly sustained: boolean;
  /** Why not. */
  readonly because?: string;
}

/** A device repeats its scan each second, for at most this long (MQTT contract, "Devices"). */
const patienceMs = 5_000;
const repeatEveryMs = 1_000;
const sampleEveryMs = 50;
/** Below this rate there is a core to spare, and the wait for the next card is cut short to the microsecond. */
const spinsBelowPerSecond = 500;

export function round(fleet: Fleet, options: RoundOptions): Promise<RoundFigures> {
  const running = new Round(fleet, options);
  return running.run();
}

class Round implements Hearing {
  readonly #fleet: Fleet;
  readonly #options: RoundOptions;
  /** Before each id, so that answers to an earlier round are told apart. */
  readonly #tag = `${randomBytes(4).toString("hex")}-`;
  readonly #count: number;
  readonly #measuredFrom: number;
  readonly #sentAt: Float64Array;
  readonly #unlockedAt: Float64Array;
  readonly #resultAt: Float64Array;
  readonly #eventAt: Float64Array;
  readonly #repeated: Uint8Array;
  #startedAt = 0;
  #sent = 0;
  #unlocks = 0;
  #events = 0;
  #refused = 0;
  #late = 0;
  #repeats = 0;
  readonly #queue: { readonly at: number; readonly outstanding: number }[] = [];

  constructor(fleet: Fleet, options: RoundOptions) {
    const { perSecond, seconds, warmupSeconds } = options;
    this.#fleet = fleet;
    this.#options = options;
    this.#measuredFrom = Math.round(perSecond * warmupSeconds);
    this.#count = this.#measuredFrom + Math.round(perSecond * seconds);
    const instants = (): Float64Array => new Float64Array(this.#count).fill(Number.NaN);
    this.#sentAt = instants();
    this.#unlockedAt = instants();
    this.#resultAt = instants();
    this.#eventAt = instants();
    this.#repeated = new Uint8Array(this.#count);
  }

  async run(): Promise<RoundFigures> {
    this.#fleet.hearing = this;
    this.#startedAt = performance.now() + 20;
    const sampling = setInterval(() => this.#look(), sampleEveryMs);
    try {
      await new Promise<void>((resolve) => this.#send(resolve));
      const lastDue = this.#dueAt(this.#count - 1);
      while (!this.#complete && performance.now() < lastDue + patienceMs && this.#fleet.gone.length === 0)
        await new Promise((resolve) => setTimeout(resolve, 10));
    } finally {
      clearInterval(sampling);
      this.#fleet.hearing = undefined;
    }
    return this.#figures();
  }

  // ---------------------------------------------------------------------------------------------------------- hearing

  unlock(scan: string): void {
    const i = this.#numberOf(scan);
    if (i === undefined || !Number.isNaN(this.#unlockedAt[i] ?? 0)) return;
    this.#unlockedAt[i] = performance.now();
    this.#unlocks++;
  }

  result(scan: string, outcome: string, late: boolean): void {
    const i = this.#numberOf(scan);
    if (i === undefined || !Number.isNaN(this.#resultAt[i] ?? 0)) return;
    this.#resultAt[i] = performance.now();
    if (outcome !== "granted") this.#refused++;
    if (late) this.#late++;
  }

  event(scan: string): void {
    const i = this.#numberOf(scan);
    if (i === undefined || !Number.isNaN(this.#eventAt[i] ?? 0)) return;
    this.#eventAt[i] = performance.now();
    this.#events++;
  }

  #numberOf(scan: string): number | undefined {
    if (!scan.startsWith(this.#tag)) return undefined;
    const i = Number(scan.slice(this.#tag.length));
    return i < this.#count ? i : undefined;
  }

  // ---------------------------------------------------------------------------------------------------------- sending

  #dueAt(i: number): number {
    return this.#startedAt + (i * 1000) / this.#options.perSecond;
  }

  /** Sends what is due, and comes back when the next one is. */
  #send(done: () => void): void {
    for (; this.#sent < this.#count; this.#sent++) {
      const due = this.#dueAt(this.#sent);
      const now = performance.now();
      if (due > now) {
        const again = (): void => this.#send(done);
        if (due - now > 1) setTimeout(again, Math.max(1, Math.floor(due - now) - 1));
        else if (this.#options.perSecond < spinsBelowPerSecond) setImmediate(again);
        else setTimeout(again, 1);
        return;
      }
      this.#sentAt[this.#sent] = now;
      this.#fleet.scan(this.#sent, `${this.#tag}${this.#sent}`, due);
    }
    done();
  }

  #look(): void {
    const now = performance.now();
    const done = this.#fleet.listens ? Math.min(this.#unlocks, this.#events) : this.#unlocks;
    this.#queue.push({ at: now, outstanding: this.#sent - done });
    const oldest = Math.max(
      0,
      Math.ceil(((now - patienceMs - this.#startedAt) / 1000) * this.#options.perSecond),
    );
    for (let i = oldest; i < this.#sent; i++) {
      const waited = now - this.#dueAt(i);
      const repeated = this.#repeated[i] ?? 0;
      if (waited < repeatEveryMs) break;
      if (!Number.isNaN(this.#resultAt[i] ?? 0) || waited < (repeated + 1) * repeatEveryMs) continue;
      this.#repeated[i] = repeated + 1;
      this.#repeats++;
      this.#fleet.scan(i, `${this.#tag}${i}`, this.#dueAt(i));
    }
  }

  get #complete(): boolean {
    if (this.#unlocks < this.#count || (this.#fleet.listens && this.#events < this.#count)) return false;
    return this.#resultAt.every((at) => !Number.isNaN(at));
  }

  // ---------------------------------------------------------------------------------------------------------- figures

  #figures(): RoundFigures {
    const { perSecond, seconds } = this.#options;
    const measured = Array.from(
      { length: this.#count - this.#measuredFrom },
      (_, k) => this.#measuredFrom + k,
    );
    const latencies = (ats: Float64Array): number[] =>
      measured.map((i) => (ats[i] ?? Number.NaN) - this.#dueAt(i)).filter((ms) => ms <= patienceMs);
    const unlockMs = latencies(this.#unlockedAt);
    const resultMs = latencies(this.#resultAt);
    const eventMs = latencies(this.#eventAt);
    const from = this.#dueAt(this.#measuredFrom);
    const until = from + seconds * 1000;
    const inTime = this.#unlockedAt.filter((at) => at >= from && at < until).length;
    const figures = {
      perSecond,
      scans: measured.length,
      unlockMs: spread(unlockMs),
      resultMs: spread(resultMs),
      eventMs: spread(eventMs),
      missing: {
        unlocks: measured.length - unlockMs.length,
        results: measured.length - resultMs.length,
        events: this.#fleet.listens ? measured.length - eventMs.length : 0,
      },
      refused: this.#refused,
      late: this.#late,
      repeats: this.#repeats,
      achievedPerSecond: rounded(inTime / seconds),
      queue: { first: this.#queueIn(from, until, 0), last: this.#queueIn(from, until, 2) },
      sentLateMs: spread(measured.map((i) => (this.#sentAt[i] ?? Number.NaN) - this.#dueAt(i))),
      gone: [...this.#fleet.gone],
    };
    const because = whyNotSustained(figures);
    return { ...figures, sustained: because === undefined, ...(because === undefined ? {} : { because }) };
  }

  /** Mean outstanding in one third of the time between. */
  #queueIn(from: number, until: number, third: number): number {
    const long = (until - from) / 3;
    const samples = this.#queue.filter(
      ({ at }) => at >= from + third * long && at < from + (third + 1) * long,
    );
    return Math.round(samples.reduce((sum, { outstanding }) => sum + outstanding, 0) / (samples.length || 1));
  }
}

/** What outstanding may grow by from the first third to the last: this many milliseconds' worth of cards. */
const queueMayGrowMs = 50;

function whyNotSustained({
  perSecond,
  achievedPerSecond,
  missing,
  repeats,
  queue,
  gone,
  refused,
}: Omit<RoundFigures, "sustained" | "because">): string | undefined {
  const lost = missing.unlocks + missing.results + missing.events;
  if (gone.length > 0) return `${gone.length} connections were ended`;
  if (lost > 0) return `${lost} answers are missing`;
  if (refused > 0) return `${refused} cards were refused`;
  if (repeats > 0) return `${repeats} scans had no result within a second`;
  if (achievedPerSecond < 0.98 * perSecond) return `only ${achievedPerSecond} a second were done`;
  if (queue.last > 2 * queue.first + (perSecond * queueMayGrowMs) / 1000)
    return `the queue grew from ${queue.first} to ${queue.last}`;
  return undefined;
}
