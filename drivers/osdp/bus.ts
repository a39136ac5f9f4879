/**
 * One RS-485 line: half duplex, one panel, one exchange at a time, every reader in its turn. Owns the port and the clock of the
 * line; what frames mean is each reader's link's.
 */
import { randomBytes } from "node:crypto";
import { poll } from "./orders.js";
import type { Exchange } from "./exchange.js";
import { type Frame, FrameParser, type Parsed } from "./frame.js";
import { type Fact, type LinkSettings, ReaderLink } from "./link.js";

/** The wire as the bus needs it: bytes out, bytes in. */
export interface LinePort {
  write(bytes: Uint8Array): void;
  onBytes(listener: (bytes: Uint8Array) => void): void;
}

/** What goes over the line, for a trace; `spoilt`: noise, with what was wrong. */
export type LineEvent =
  | { readonly is: "sent" | "heard"; readonly at: number; readonly bytes: Uint8Array; readonly address: number }
  | { readonly is: "spoilt"; readonly at: number; readonly fault: string }
  | { readonly is: "silent"; readonly at: number; readonly address: number };

export interface BusOptions {
  readonly port: LinePort;
  readonly baud: number;
  /** A reader that has nothing to say is asked again after this, in milliseconds. 0: as fast as the line goes. */
  readonly pollEveryMs?: number;
  readonly onFacts: (address: number, facts: readonly Fact[]) => void;
  readonly onLine?: (event: LineEvent) => void;
  /** Milliseconds, never set back. */
  readonly now?: () => number;
}

/** A reply must begin within this after the command (OSDP 2.2, 5.7); the rest is for the host and its adapter. */
const replyBeginsMs = 200;
const hostMs = 20;
/** The standard says 20 ms within a frame; USB adapters and operating systems deliver bytes in lumps. */
const gapMs = 150;
const bitsACharacter = 10;
const defaultPollEveryMs = 50;
/** The longest answer of ordinary traffic, in characters: a card in a session. */
const usualReplyCharacters = 31;

interface Seat {
  readonly link: ReaderLink;
  polledAt: number;
}

export class Bus {
  readonly #options: BusOptions;
  readonly #now: () => number;
  readonly #parser = new FrameParser();
  readonly #seats = new Map<number, Seat>();
  /** Whose turn it is: addresses in the order of their last turn. */
  #turns: number[] = [];
  #running = false;
  #talking: { readonly address: number; readonly exchange: Exchange; readonly at: number } | undefined;
  #timer: NodeJS.Timeout | undefined;
  #exchanges = 0;
  #startedAt = 0;

  constructor(options: BusOptions) {
    this.#options = options;
    this.#now = options.now ?? (() => performance.now());
    options.port.onBytes((bytes) => this.#hear(bytes));
  }

  /** Exchanges that were answered since the start. */
  get exchanges(): number {
    return this.#exchanges;
  }

  /** Answered exchanges a second since the start, and the most that the line allows at its speed: POLL and ACK in a session. */
  get rate(): { readonly measured: number; readonly limit: number } {
    const seconds = Math.max(0.001, (this.#now() - this.#startedAt) / 1000);
    return { measured: this.#exchanges / seconds, limit: lineLimit(this.#options.baud) };
  }

  link(address: number): ReaderLink | undefined {
    return this.#seats.get(address)?.link;
  }

  /** Adds a reader, or replaces it where its settings have changed. */
  seat(settings: LinkSettings): ReaderLink {
    const link = new ReaderLink(settings, (count) => randomBytes(count));
    this.#seats.set(settings.address, { link, polledAt: Number.NEGATIVE_INFINITY });
    this.#turns = [...this.#turns.filter((address) => address !== settings.address), settings.address];
    this.#wake();
    return link;
  }

  unseat(address: number): void {
    this.#seats.delete(address);
    this.#turns = this.#turns.filter((other) => other !== address);
    if (this.#talking?.address === address) this.#talking = undefined;
  }

  start(): void {
    this.#running = true;
    this.#startedAt = this.#now();
    this.#exchanges = 0;
    this.#wake();
  }

  stop(): void {
    this.#running = false;
    this.#talking = undefined;
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  /** There is something to say before the next poll. */
  wake(): void {
    this.#wake();
  }

  #wake(): void {
    if (!this.#running || this.#talking) return;
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#speak();
  }

  // ---------------------------------------------------------------------------------------------------------------- turns

  #speak(): void {
    if (!this.#running || this.#talking) return;
    const now = this.#now();
    const address = this.#turns.find((candidate) => this.#dueAt(candidate) <= now);
    if (address === undefined) {
      this.#later(Math.min(...this.#turns.map((candidate) => this.#dueAt(candidate))) - now, () => this.#speak());
      return;
    }
    const seat = this.#seats.get(address);
    if (!seat) return;
    this.#turns = [...this.#turns.filter((other) => other !== address), address];
    const exchange = seat.link.next(now);
    seat.polledAt = now;
    this.#talking = { address, exchange, at: now };
    this.#options.onLine?.({ is: "sent", at: now, bytes: exchange.bytes, address });
    this.#options.port.write(exchange.bytes);
    this.#awaitReply(exchange);
  }

  #dueAt(address: number): number {
    const seat = this.#seats.get(address);
    if (!seat) return Number.POSITIVE_INFINITY;
    const { link } = seat;
    const idle = link.online && link.backlog === 0;
    const pause = idle ? (this.#options.pollEveryMs ?? defaultPollEveryMs) : 0;
    return Math.max(link.dueAt, seat.polledAt + pause);
  }

  #later(ms: number, then: () => void): void {
    clearTimeout(this.#timer);
    if (ms === Number.POSITIVE_INFINITY) return;
    this.#timer = setTimeout(then, Math.max(0, Math.ceil(ms)));
  }

  #characterMs(characters: number): number {
    return (characters * bitsACharacter * 1000) / this.#options.baud;
  }

  #awaitReply({ bytes }: Exchange): void {
    const ms = this.#characterMs(bytes.length) + replyBeginsMs + this.#characterMs(usualReplyCharacters) + hostMs;
    this.#later(ms, () => this.#timedOut());
  }

  // ------------------------------------------------------------------------------------------------------------- answers

  #hear(bytes: Uint8Array): void {
    if (!this.#running) return;
    for (const parsed of this.#parser.push(bytes)) this.#parsed(parsed);
    // More of a frame is on its way: its own gap decides, not the time of the reply.
    if (this.#talking && this.#parser.pending > 0) this.#later(gapMs, () => this.#timedOut());
  }

  #parsed(parsed: Parsed): void {
    if (parsed.is === "fault") {
      this.#options.onLine?.({ is: "spoilt", at: this.#now(), fault: parsed.fault });
      return;
    }
    this.#answered(parsed.frame);
  }

  #answered(frame: Frame): void {
    const talking = this.#talking;
    const seat = talking && this.#seats.get(talking.address);
    if (!talking || !seat) return;
    const now = this.#now();
    const facts = seat.link.heard(frame, now);
    if (facts === undefined) return;
    this.#options.onLine?.({ is: "heard", at: now, bytes: frameBytes(frame), address: talking.address });
    this.#exchanges++;
    this.#finish(talking.address, facts);
  }

  #timedOut(): void {
    // What was held may be noise with the answer behind it.
    for (const parsed of this.#parser.drop()) this.#parsed(parsed);
    const talking = this.#talking;
    if (!talking) return;
    const now = this.#now();
    this.#options.onLine?.({ is: "silent", at: now, address: talking.address });
    this.#finish(talking.address, this.#seats.get(talking.address)?.link.silent(now) ?? []);
  }

  #finish(address: number, facts: readonly Fact[]): void {
    this.#talking = undefined;
    clearTimeout(this.#timer);
    this.#timer = undefined;
    if (facts.length > 0) this.#options.onFacts(address, facts);
    // Two character times of rest before the next command (OSDP 2.2, 5.7): less than a turn of the loop at any speed but the lowest.
    const restMs = this.#characterMs(2);
    if (restMs > 1) this.#later(restMs, () => this.#speak());
    else setImmediate(() => this.#speak());
  }
}

/** Answered polls a second that a line of this speed can carry: a secure POLL and its ACK with their marks, and the rests between. */
export function lineLimit(baud: number): number {
  const secureFrameBytes = 14;
  const markBytes = 1;
  const characters = 2 * (secureFrameBytes + markBytes) + 2;
  return baud / (characters * bitsACharacter);
}

/** The code and place of a frame that was heard, without what must not be traced; the payload is the trace's business. */
function frameBytes(frame: Frame): Uint8Array {
  return Uint8Array.of(frame.address, frame.sequence, frame.code, frame.payload.length & 0xff);
}

export const idlePoll = poll;
