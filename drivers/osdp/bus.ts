/**
 * One RS-485 line: half duplex, one panel, one exchange at a time, every reader in its turn. Owns the timers of the line; whose
 * turn it is, the timetable says; what frames mean is each reader's link's.
 */
import { clearExchange, type Exchange, receive } from "./exchange.js";
import { encodeFrame, type Frame, FrameParser, type Parsed } from "./frame.js";
import { freshBytes } from "./keys.js";
import { charactersMs, type LineRate, lineLimit, RateMeter, restCharacters } from "./line-speed.js";
import { type Fact, type LinkSettings, ReaderLink } from "./link.js";
import type { Command, LineSpeed } from "./orders.js";
import type { Reply } from "./replies.js";
import { Timetable, type Turn } from "./timetable.js";

/** What goes over the line, for a trace or a capture. `command`: what an answer answers, or what was sent, in the clear. */
export type LineEvent =
  | {
      readonly is: "sent";
      readonly at: number;
      readonly address: number;
      readonly bytes: Uint8Array;
      readonly command: Command;
      readonly secure: boolean;
      /** The same bytes as before. */
      readonly again: boolean;
    }
  | {
      readonly is: "heard";
      readonly at: number;
      readonly address: number;
      readonly bytes: Uint8Array;
      readonly code: number;
      readonly secure: boolean;
      /** Not the answer to anything. */
      readonly stray: boolean;
    }
  | { readonly is: "spoilt"; readonly at: number; readonly fault: string }
  | { readonly is: "silent"; readonly at: number; readonly address: number };

export interface BusOptions {
  readonly speed: LineSpeed;
  readonly write: (bytes: Uint8Array) => void;
  /** A reader that has nothing to say is asked again no sooner than this, in milliseconds. */
  readonly pollEveryMs?: number;
  readonly onFacts: (address: number, facts: readonly Fact[]) => void;
  /** Noise, while this reader was asked or after it. */
  readonly onNoise?: (address: number, fault: string) => void;
  readonly onLine?: (event: LineEvent) => void;
  /** Milliseconds, never set back. */
  readonly now?: () => number;
}

/** A reply must begin within this after the command (OSDP 2.2, 5.7); the rest is for the host and its adapter. */
const replyBeginsMs = 200;
const hostMs = 20;
/** The standard says 20 ms within a frame; USB adapters and operating systems deliver bytes in lumps. */
const gapMs = 150;
const defaultPollEveryMs = 20;
/** The longest answer of ordinary traffic, in characters: a card in a session. */
const usualReplyCharacters = 31;

interface Seat {
  readonly link: ReaderLink;
  polledAt: number;
}

/** A question to an address that no reader of the site has. */
interface Guest {
  readonly address: number;
  readonly exchange: Exchange;
  settle(reply: Reply | undefined): void;
}

interface Talk {
  readonly address: number;
  readonly exchange: Exchange;
  readonly guest?: Guest;
}

export class Bus {
  readonly #options: BusOptions;
  readonly #now: () => number;
  readonly #parser = new FrameParser();
  readonly #timetable = new Timetable();
  readonly #seats = new Map<number, Seat>();
  readonly #meter: RateMeter;
  #guests: Guest[] = [];
  #lastWasGuest = false;
  #speed: LineSpeed;
  #running = false;
  #talk: Talk | undefined;
  #lastSent: Uint8Array | undefined;
  #lastAsked: number | undefined;
  #timer: NodeJS.Timeout | undefined;
  #rest: NodeJS.Immediate | undefined;
  #resting = false;

  constructor(options: BusOptions) {
    this.#options = options;
    this.#now = options.now ?? (() => performance.now());
    this.#speed = options.speed;
    this.#meter = new RateMeter(this.#now());
  }

  get rate(): LineRate {
    return { measured: this.#meter.perSecond(this.#now()), limit: lineLimit(this.#speed) };
  }

  get running(): boolean {
    return this.#running;
  }

  link(address: number): ReaderLink | undefined {
    return this.#seats.get(address)?.link;
  }

  /** Adds a reader, or begins anew with the one at this address. */
  seat(settings: LinkSettings): ReaderLink {
    const link = new ReaderLink(settings, freshBytes);
    if (this.#talk?.address === settings.address) this.#hush();
    this.#seats.set(settings.address, { link, polledAt: Number.NEGATIVE_INFINITY });
    this.#timetable.seat(settings.address);
    this.wake();
    return link;
  }

  unseat(address: number): void {
    this.#seats.delete(address);
    this.#timetable.unseat(address);
    if (this.#talk?.address !== address) return;
    this.#hush();
    this.wake();
  }

  start(): void {
    this.#running = true;
    this.wake();
  }

  /** The port is gone, or the line is given up: every reader is away. */
  stop(why: string): void {
    this.#running = false;
    this.#hush();
    for (const guest of this.#guests.splice(0)) guest.settle(undefined);
    [...this.#parser.drop()].length = 0;
    for (const [address, { link }] of this.#seats) this.#tell(address, link.cut(why, this.#now()));
  }

  setSpeed(speed: LineSpeed): void {
    this.#speed = speed;
  }

  /** There is something to say before the next poll. */
  wake(): void {
    if (!this.#running || this.#talk || this.#resting) return;
    clearTimeout(this.#timer);
    this.#rested();
  }

  /** Does something to a reader's link and tells what came of it at once. */
  touch(address: number, act: (link: ReaderLink, now: number) => readonly Fact[]): void {
    const seat = this.#seats.get(address);
    if (!seat) return;
    const facts = act(seat.link, this.#now());
    // What was on the line may have been withdrawn: its answer is nobody's.
    if (this.#talk?.address === address && !this.#talk.guest && !seat.link.waits) this.#hush();
    this.#tell(address, facts);
    this.wake();
  }

  /** Asks an address, in between the readers' turns; undefined: silence, or nothing that can be read. */
  ask(address: number, command: Command): Promise<Reply | undefined> {
    if (!this.#running) return Promise.resolve(undefined);
    return new Promise((settle) => {
      this.#guests.push({ address, exchange: clearExchange(address, 0, command), settle });
      this.wake();
    });
  }

  hear(bytes: Uint8Array): void {
    if (!this.#running) return;
    let spoilt = false;
    for (const parsed of this.#parser.push(bytes)) spoilt = !this.#parsed(parsed) || spoilt;
    // More of a frame is on its way, or what came was noise: its own gap decides, not the time in which a reply must begin.
    if (this.#talk && (spoilt || this.#parser.pending > 0)) this.#later(gapMs, () => this.#timedOut());
  }

  // ---------------------------------------------------------------------------------------------------------------- turns

  #rested(): void {
    this.#rest = undefined;
    this.#resting = false;
    if (!this.#running || this.#talk) return;
    const guest = this.#lastWasGuest ? undefined : this.#guests.shift();
    this.#lastWasGuest = guest !== undefined;
    if (guest) {
      this.#speak({ address: guest.address, exchange: guest.exchange, guest });
      return;
    }
    const now = this.#now();
    const turn = this.#timetable.next(now, (address) => this.#turnOf(address));
    const seat = "address" in turn ? this.#seats.get(turn.address) : undefined;
    if (seat && "address" in turn) {
      seat.polledAt = now;
      this.#speak({ address: turn.address, exchange: seat.link.next(now) });
      return;
    }
    if (this.#guests.length > 0) this.#again();
    else if ("until" in turn && turn.until !== Number.POSITIVE_INFINITY)
      this.#later(turn.until - now, () => this.#rested());
  }

  #turnOf(address: number): Turn {
    const seat = this.#seats.get(address);
    if (!seat) return { dueAt: Number.POSITIVE_INFINITY, urgent: false };
    const { link } = seat;
    const urgent = link.online && link.backlog > 0;
    const pause = link.online && !urgent ? (this.#options.pollEveryMs ?? defaultPollEveryMs) : 0;
    return { dueAt: Math.max(link.dueAt, seat.polledAt + pause), urgent };
  }

  #speak(talk: Talk): void {
    const { address, exchange } = talk;
    this.#talk = talk;
    this.#options.onLine?.({
      is: "sent",
      at: this.#now(),
      address,
      bytes: exchange.bytes,
      command: exchange.command,
      secure: exchange.session !== undefined,
      again: exchange.bytes === this.#lastSent,
    });
    this.#lastSent = exchange.bytes;
    this.#lastAsked = address;
    this.#options.write(exchange.bytes);
    const onTheWireMs = charactersMs(exchange.bytes.length + usualReplyCharacters, this.#speed);
    this.#later(onTheWireMs + replyBeginsMs + hostMs, () => this.#timedOut());
  }

  #later(ms: number, then: () => void): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(then, Math.max(0, Math.ceil(ms)));
  }

  #hush(): void {
    const guest = this.#talk?.guest;
    this.#talk = undefined;
    clearTimeout(this.#timer);
    if (this.#rest) clearImmediate(this.#rest);
    this.#rest = undefined;
    this.#resting = false;
    guest?.settle(undefined);
  }

  // ------------------------------------------------------------------------------------------------------------- answers

  /** false: it was noise. */
  #parsed(parsed: Parsed): boolean {
    if (parsed.is === "frame") {
      this.#answered(parsed.frame);
      return true;
    }
    this.#options.onLine?.({ is: "spoilt", at: this.#now(), fault: parsed.fault });
    if (this.#lastAsked !== undefined) this.#options.onNoise?.(this.#lastAsked, parsed.fault);
    return false;
  }

  #answered(frame: Frame): void {
    const talk = this.#talk;
    const now = this.#now();
    // Our own frame, heard back on a two-wire line.
    if (!frame.reply) return;
    let facts: readonly Fact[] | undefined;
    if (talk?.guest) {
      const verdict = receive(talk.exchange, frame);
      if (verdict.is === "answer" && isReply(verdict.reply)) {
        facts = [];
        talk.guest.settle(verdict.reply);
      }
    } else if (talk) facts = this.#seats.get(talk.address)?.link.heard(frame, now);
    this.#options.onLine?.({
      is: "heard",
      at: now,
      address: frame.address,
      // Its mark is nobody's.
      bytes: encodeFrame(frame).subarray(1),
      code: frame.code,
      secure: frame.mac !== undefined,
      stray: facts === undefined,
    });
    if (!talk || facts === undefined) return;
    this.#meter.note(now);
    this.#finish(talk.address, facts);
  }

  #timedOut(): void {
    // What was held may be noise with the answer behind it.
    for (const parsed of this.#parser.drop()) this.#parsed(parsed);
    const talk = this.#talk;
    if (!talk) return;
    const now = this.#now();
    this.#options.onLine?.({ is: "silent", at: now, address: talk.address });
    talk.guest?.settle(undefined);
    this.#finish(talk.address, talk.guest ? [] : (this.#seats.get(talk.address)?.link.silent(now) ?? []));
  }

  #finish(address: number, facts: readonly Fact[]): void {
    this.#talk = undefined;
    clearTimeout(this.#timer);
    this.#again();
    this.#tell(address, facts);
  }

  /** The next turn, after the line has rested. */
  #again(): void {
    if (!this.#running) return;
    this.#resting = true;
    this.#settle(this.#now() + charactersMs(restCharacters, this.#speed));
  }

  /** A timer is too coarse for a rest of half a millisecond, a line that rests too long carries less. */
  #settle(until: number): void {
    this.#rest = setImmediate(() => (this.#now() < until ? this.#settle(until) : this.#rested()));
  }

  #tell(address: number, facts: readonly Fact[]): void {
    if (facts.length > 0) this.#options.onFacts(address, facts);
  }
}

function isReply(reply: { readonly is: string }): reply is Reply {
  return reply.is !== "unknown" && reply.is !== "malformed";
}
