/**
 * One reader as the panel sees it: who it is, whether it is there, its session, what it is to be told. Pure but for the random
 * numbers that it is given: time is an argument, nothing is sent from here. The bus asks `next`, sends, and says what came.
 */
import { commandName, commands, functions, hex, nakReason } from "./codes.js";
import { clearExchange, type Exchange, following, receive, sealedExchange } from "./exchange.js";
import type { Frame, FrameFault, Sequence } from "./frame.js";
import { defaultKey, sameBytes } from "./keys.js";
import {
  type Command,
  capabilities,
  identify,
  inputStatus,
  localStatus,
  newKey,
  poll,
  receiveSize,
} from "./orders.js";
import type { Capability, ParsedReply, Reply } from "./replies.js";
import {
  type Challenge,
  challengeFrame,
  type HandshakeFault,
  type KeyChoice,
  type Proof,
  proofFrame,
  proofOf,
  type Session,
  type SessionFault,
  sessionOf,
  startHandshake,
} from "./secure-channel.js";

export interface LinkSettings {
  /** 0 to 7E. */
  readonly address: number;
  /** The reader's own key; with one, nothing but an encrypted session counts, whatever the reader or anybody on the line says. */
  readonly key?: Uint8Array;
  /** A new key that it may have taken without having said so: tried wherever the other one fails. */
  readonly nextKey?: Uint8Array;
  /** It is to be secure and has no key yet: nothing is said to it until it is given one. */
  readonly waitsForKey?: boolean;
}

export type Identity = Extract<Reply, { is: "identity" }>;

/** What somebody on the line, or a reader that is not what it was, has tried. */
export type Alarm =
  | SessionFault
  | HandshakeFault
  | "refuses the secure channel"
  | "the same random number twice"
  | "is another reader than before";

export type OrderResult =
  /** With what it answered, where that is more than yes. */
  | { readonly is: "done"; readonly reply?: Reply }
  /** `lost`: whether it was done is not known. */
  | { readonly is: "refused" | "lost"; readonly why: string };

/** What became of it, for the driver. */
export type Fact =
  | {
      readonly is: "online";
      readonly identity: Identity;
      readonly functions: ReadonlyMap<number, Capability>;
      readonly secure: boolean;
    }
  /** `away`: it answers no more. false: only its session is over, and a new one is being made. */
  | { readonly is: "offline"; readonly why: string; readonly away: boolean }
  | { readonly is: "alarm"; readonly alarm: Alarm }
  | { readonly is: "reply"; readonly reply: Reply }
  | { readonly is: "settled"; readonly order: number; readonly result: OrderResult }
  /** Installed: the reader has proven the new key. Until then it was kept nowhere. */
  | { readonly is: "installed"; readonly key: Uint8Array; readonly clientId: string }
  | { readonly is: "not-installed"; readonly why: string }
  /** It said something that does not fit what it should be. */
  | { readonly is: "nonsense"; readonly where: string; readonly error: string };

/** Timing in milliseconds; facts of the line are the bus's. */
export const timing = {
  /** Sends of one frame until an exchange counts as missed. */
  sends: 3,
  /** Without any answer for so long, and at least `sends` sends: offline. Readers give up after 8 s themselves. */
  offlineAfterMs: 2_400,
  /** BUSY is borne so long. */
  busyMs: 5_000,
  busyPauseMs: 100,
  /** A silent reader is asked again after this, then doubled up to the longest: it must be back within 5 s of its return. */
  probeMs: 500,
  longestProbeMs: 2_000,
  /** After a handshake that failed by proof, doubled up to the longest. */
  handshakePauseMs: 1_000,
  longestHandshakePauseMs: 30_000,
} as const;

/** What this panel takes in one frame; told to each reader. */
const panelReceiveBytes = 1_024;

/** More than any reader keeps. */
const mostStale = 64;

type Step = "identify" | "capabilities" | "challenge" | "prove" | "set-up" | "ready";

interface Waiting {
  readonly exchange: Exchange;
  readonly order?: number;
  sends: number;
  readonly since: number;
  /** Not before this, after BUSY. */
  notBefore: number;
}

interface Installation {
  readonly key: Uint8Array;
  /** `given`: the reader has been sent its new key, and is to prove that it has it. */
  stage: "asked" | "given";
  /** The key of the session in which the new one is sent. */
  readonly under: KeyChoice;
}

export class ReaderLink {
  readonly settings: LinkSettings;
  readonly #random: (bytes: number) => Uint8Array;
  #step: Step = "identify";
  #online = false;
  #sequence: Sequence = 0;
  #waiting: Waiting | undefined;
  #session: Session | undefined;
  #challenge: Challenge | undefined;
  #proof: Proof | undefined;
  #lastRndB: Uint8Array | undefined;
  #identity: Identity | undefined;
  #known: Identity | undefined;
  #functions: ReadonlyMap<number, Capability> = new Map();
  #setUp: Command[] = [];
  /** It has told all that it kept from before it was heard. */
  #drained = false;
  #stale = 0;
  readonly #orders: { readonly id: number; readonly command: Command }[] = [];
  #lastOrder = 0;
  #heardAt = Number.NEGATIVE_INFINITY;
  #silentSends = 0;
  #notBefore = 0;
  #probeMs: number = timing.probeMs;
  #handshakePauseMs: number = timing.handshakePauseMs;
  #key: Uint8Array | undefined;
  #nextKey: Uint8Array | undefined;
  /** The handshake on its way is with `#nextKey`. */
  #tryingNext = false;
  #installation: Installation | undefined;

  /** `random`: a cryptographic generator. */
  constructor(settings: LinkSettings, random: (bytes: number) => Uint8Array) {
    this.settings = settings;
    this.#random = random;
    this.#key = settings.key;
    this.#nextKey = settings.nextKey;
  }

  get online(): boolean {
    return this.#online;
  }

  get secure(): boolean {
    return this.#session?.choice === "own";
  }

  /** Orders that have not been sent yet, the one on the line included. */
  get backlog(): number {
    return this.#orders.length + (this.#waiting?.order === undefined ? 0 : 1);
  }

  /** An exchange is on the line, or will be sent again. */
  get waits(): boolean {
    return this.#waiting !== undefined;
  }

  /** Not before this instant is there anything to send. */
  get dueAt(): number {
    if (this.settings.waitsForKey && !this.#key && !this.#installation) return Number.POSITIVE_INFINITY;
    return this.#waiting ? Math.max(this.#waiting.notBefore, this.#notBefore) : this.#notBefore;
  }

  /** Queues a command; a `settled` fact with this number follows. Refused at once while the reader is not there. */
  order(command: Command): number | undefined {
    if (!this.#online) return undefined;
    this.#lastOrder++;
    // A lock waits for no lamp.
    const first = (other: Command) => other.code === commands.OUT;
    const at = first(command) ? this.#orders.findIndex((waiting) => !first(waiting.command)) : -1;
    const entry = { id: this.#lastOrder, command };
    if (at < 0) this.#orders.push(entry);
    else this.#orders.splice(at, 0, entry);
    return this.#lastOrder;
  }

  /** Gives the reader a new key over a session with the default one; only an operator starts this, for one named reader. */
  install(key: Uint8Array, now: number): Fact[] {
    const facts = this.#lose("a new key is being installed");
    this.#installation = { key, stage: "asked", under: "default" };
    this.#notBefore = now;
    return facts;
  }

  /** Gives the reader a new key in a session under its own; false: it is not in one. */
  rotate(key: Uint8Array): boolean {
    if (!this.#online || !this.secure || this.#installation) return false;
    this.#nextKey = key;
    this.#installation = { key, stage: "asked", under: "own" };
    this.#step = "set-up";
    this.#setUp = [newKey(key)];
    return true;
  }

  /** The line itself is gone. */
  cut(why: string, now: number): Fact[] {
    const facts = this.#lose(why, true);
    this.#probeMs = timing.probeMs;
    this.#notBefore = now;
    return facts;
  }

  /** Nobody waits for this order any longer: it must not be carried out late. */
  withdraw(order: number, now: number): Fact[] {
    const at = this.#orders.findIndex(({ id }) => id === order);
    if (at >= 0) {
      this.#orders.splice(at, 1);
      return [];
    }
    // Sequence 0 makes the reader forget what it was told and had not done.
    return this.#waiting?.order === order ? this.#restart("it did not answer an order in time", now) : [];
  }

  cancelInstallation(why: string, now: number): Fact[] {
    if (!this.#installation) return [];
    this.#installation = undefined;
    this.#notBefore = now;
    return [...this.#lose(why), { is: "not-installed", why }];
  }

  // ---------------------------------------------------------------------------------------------------------- to the line

  /** The bytes to send now: what waits, again, or the next step. */
  next(now: number): Exchange {
    this.#waiting ??= { ...this.#nextExchange(), sends: 0, since: now, notBefore: now };
    this.#waiting.sends++;
    return this.#waiting.exchange;
  }

  #nextExchange(): { readonly exchange: Exchange; readonly order?: number } {
    const { address } = this.settings;
    const clear = (command: Command) => clearExchange(address, this.#sequence, command);
    switch (this.#step) {
      case "identify":
        return { exchange: clear(identify) };
      case "capabilities":
        return { exchange: clear(capabilities) };
      case "challenge": {
        // A new handshake begins the sequence anew: some readers refuse it otherwise.
        this.#sequence = 0;
        const choice: KeyChoice = this.#installsUnderDefault() ? "default" : "own";
        this.#challenge = startHandshake(this.#handshakeKey(), choice, this.#random(8));
        const { command, block } = challengeFrame(this.#challenge);
        return { exchange: clearExchange(address, 0, command, block) };
      }
      case "prove": {
        if (!this.#proof) throw new Error(`reader ${address}: nothing to prove`);
        const { command, block } = proofFrame(this.#proof);
        return { exchange: clearExchange(address, this.#sequence, command, block) };
      }
      case "set-up": {
        const [command = poll] = this.#setUp;
        return { exchange: this.#inSession(command) };
      }
      case "ready": {
        const order = this.#orders.shift();
        return order
          ? { exchange: this.#inSession(order.command), order: order.id }
          : { exchange: this.#inSession(poll) };
      }
    }
  }

  #inSession(command: Command): Exchange {
    const { address } = this.settings;
    return this.#session
      ? sealedExchange(this.#session, address, this.#sequence, command)
      : clearExchange(address, this.#sequence, command);
  }

  #installsUnderDefault(): boolean {
    return this.#installation?.stage === "asked" && this.#installation.under === "default";
  }

  #handshakeKey(): Uint8Array {
    if (this.#installsUnderDefault()) return defaultKey;
    if (this.#installation) return this.#installation.key;
    if (this.#tryingNext && this.#nextKey) return this.#nextKey;
    if (!this.#key) throw new Error(`reader ${this.settings.address}: there is no key to shake hands with`);
    return this.#key;
  }

  // -------------------------------------------------------------------------------------------------------- from the line

  /** A whole frame came. Undefined: it was not the answer, which may still come. */
  heard(frame: Frame, now: number): Fact[] | undefined {
    const waiting = this.#waiting;
    if (!waiting) return undefined;
    const verdict = receive(waiting.exchange, frame);
    switch (verdict.is) {
      case "stray":
        return undefined;
      case "busy":
        return this.#busy(waiting, now);
      case "restart":
        return this.#restart(verdict.why, now);
      case "session-lost":
        return this.#restart("its session is over", now);
      case "broken":
        return [{ is: "alarm", alarm: verdict.why }, ...this.#restart(verdict.why, now)];
      case "unfit":
        this.#session = verdict.session;
        this.#answered(now);
        return [
          { is: "alarm", alarm: verdict.why },
          ...this.#settled(waiting, { is: "refused", why: verdict.why }),
        ];
      case "answer":
        if (verdict.session) this.#session = verdict.session;
        this.#answered(now);
        return this.#work(waiting, verdict.reply, verdict.frame, now);
    }
  }

  /** No answer within the time, or one that was noise. */
  silent(now: number, fault?: FrameFault): Fact[] {
    const waiting = this.#waiting;
    if (!waiting) return [];
    this.#silentSends++;
    const quietMs = now - this.#heardAt;
    if (this.#online || this.#step !== "identify") {
      const gone = quietMs >= timing.offlineAfterMs && this.#silentSends >= timing.sends;
      // The same bytes again, for as long as the reader may still be there: it answers a repeat as it did before.
      if (!gone) return [];
      return this.#gone(fault ? "its answers cannot be read" : "it does not answer", now);
    }
    this.#waiting = undefined;
    this.#probeLater(now);
    return [];
  }

  #probeLater(now: number): void {
    this.#notBefore = now + this.#probeMs;
    this.#probeMs = Math.min(timing.longestProbeMs, this.#probeMs * 2);
  }

  #busy(waiting: Waiting, now: number): Fact[] {
    this.#heardAt = now;
    this.#silentSends = 0;
    if (now - waiting.since > timing.busyMs) return this.#gone("it stays busy", now);
    waiting.notBefore = now + timing.busyPauseMs;
    return [];
  }

  #answered(now: number): void {
    this.#heardAt = now;
    this.#silentSends = 0;
    this.#probeMs = timing.probeMs;
    this.#sequence = following(this.#sequence);
    this.#waiting = undefined;
  }

  #settled(waiting: Waiting, result: OrderResult): Fact[] {
    return waiting.order === undefined ? [] : [{ is: "settled", order: waiting.order, result }];
  }

  /** Ends the session; it begins anew without having been away, unless that takes too long. */
  #restart(why: string, now: number): Fact[] {
    const facts = this.#lose(why);
    this.#notBefore = now;
    return facts;
  }

  #gone(why: string, now: number): Fact[] {
    const facts = this.#lose(why, true);
    this.#probeMs = timing.probeMs;
    this.#probeLater(now);
    return facts;
  }

  /** Back to the beginning: what waited is lost, and says so. */
  #lose(why: string, away = false): Fact[] {
    const facts: Fact[] = [];
    if (away) {
      this.#drained = false;
      this.#stale = 0;
    }
    if (this.#waiting) facts.push(...this.#settled(this.#waiting, { is: "lost", why }));
    for (const { id } of this.#orders.splice(0))
      facts.push({ is: "settled", order: id, result: { is: "lost", why } });
    if (this.#online) facts.push({ is: "offline", why, away });
    // Whether it has taken the key is not known: both are tried from now on.
    if (this.#installation?.under === "own" && this.#installation.stage === "asked") {
      this.#installation = undefined;
      facts.push({ is: "not-installed", why });
    }
    this.#online = false;
    this.#waiting = undefined;
    this.#session = undefined;
    this.#challenge = undefined;
    this.#proof = undefined;
    this.#step = "identify";
    this.#sequence = 0;
    return facts;
  }

  // ------------------------------------------------------------------------------------------------------------ the steps

  #work(waiting: Waiting, reply: ParsedReply, frame: Frame, now: number): Fact[] {
    switch (this.#step) {
      case "identify":
        return this.#identified(reply, now);
      case "capabilities":
        if (reply.is === "capabilities") this.#functions = reply.functions;
        this.#step = "set-up";
        this.#setUp = [poll];
        return [];
      case "challenge":
        return this.#challenged(reply, frame, now);
      case "prove":
        return this.#proven(reply, frame, now);
      case "set-up":
        // The new key was asked for in the middle of a question: this answers that question, and the key has not been sent yet.
        if (this.#installation?.stage === "asked" && waiting.exchange.command !== this.#setUp[0])
          return this.#ready(waiting, reply, now);
        return this.#settingUp(reply, now);
      case "ready":
        return this.#ready(waiting, reply, now);
    }
  }

  #identified(reply: ParsedReply, now: number): Fact[] {
    if (reply.is !== "identity") return this.#failed(`answered ${spoken(reply)} to who it is`, now);
    this.#identity = reply;
    // With a key, what is said in the clear may limit nothing: no capability, no refusal (OSDP attack 2, downgrade).
    this.#step = this.#key || this.#installation ? "challenge" : "capabilities";
    return [];
  }

  #challenged(reply: ParsedReply, frame: Frame, now: number): Fact[] {
    if (reply.is === "nak")
      return [...this.#alarmed("refuses the secure channel"), ...this.#failed(nakReason(reply.reason), now)];
    if (reply.is !== "challenged" || !this.#challenge)
      return [...this.#alarmed("not a handshake answer"), ...this.#failed(`answered ${spoken(reply)}`, now)];
    if (this.#lastRndB && sameBytes(this.#lastRndB, reply.rndB))
      return [
        ...this.#alarmed("the same random number twice"),
        ...this.#failed("its random number is not random", now),
      ];
    const proof = proofOf(this.#challenge, frame, reply);
    // Of two keys that it may have, one fits: only when both have failed is something wrong.
    if (typeof proof === "string" && this.#nextKey && !this.#installation) {
      this.#tryingNext = !this.#tryingNext;
      if (this.#tryingNext) return this.#restart("its key may be the new one", now);
    }
    if (typeof proof === "string") return [...this.#alarmed(proof), ...this.#failed(proof, now)];
    this.#lastRndB = reply.rndB.slice();
    this.#proof = proof;
    this.#step = "prove";
    return [];
  }

  #proven(reply: ParsedReply, frame: Frame, now: number): Fact[] {
    const session =
      reply.is === "first-mac" && this.#proof
        ? sessionOf(this.#proof, frame, reply.rMac)
        : "not a handshake answer";
    if (typeof session === "string") return [...this.#alarmed(session), ...this.#failed(session, now)];
    this.#session = session;
    this.#handshakePauseMs = timing.handshakePauseMs;
    this.#step = "set-up";
    // Asked again inside, where nobody can have changed the answers.
    this.#setUp =
      this.#installation && this.#installsUnderDefault()
        ? [newKey(this.#installation.key)]
        : [identify, capabilities, localStatus, receiveSize(panelReceiveBytes)];
    return [];
  }

  #settingUp(reply: ParsedReply, now: number): Fact[] {
    const installation = this.#installation;
    if (installation?.stage === "asked") {
      // It said no, so that it has not taken it.
      if (reply.is !== "ack") this.#nextKey = undefined;
      if (reply.is !== "ack") return this.#notInstalled(`answered ${spoken(reply)} to its new key`, now);
      installation.stage = "given";
      const facts = this.#lose("it has a new key");
      this.#notBefore = now;
      return facts;
    }
    const asked = this.#setUp.shift();
    const facts: Fact[] = [];
    if (asked === poll) this.#drained = reply.is === "ack" || ++this.#stale >= mostStale;
    if (reply.is === "identity") this.#identity = reply;
    else if (reply.is === "capabilities") {
      this.#functions = reply.functions;
      if ((reply.functions.get(functions.contacts)?.number ?? 0) > 0) this.#setUp.push(inputStatus);
    } else if (reply.is === "local-status" || reply.is === "inputs") facts.push({ is: "reply", reply });
    // What it kept from before it was heard is let out first: nobody is let in by it.
    if (this.#setUp.length === 0 && !this.#drained) this.#setUp.push(poll);
    if (this.#setUp.length > 0) return facts;
    this.#step = "ready";
    const installed: Fact[] = [];
    if (!this.#session) return this.#arrived(false);
    const proven = installation?.key ?? (this.#tryingNext ? this.#nextKey : undefined);
    if (proven) {
      this.#key = proven;
      this.#nextKey = undefined;
      this.#tryingNext = false;
      this.#installation = undefined;
      installed.push({
        is: "installed",
        key: proven,
        clientId: Buffer.from(this.#proof?.clientId ?? []).toString("hex"),
      });
    } else this.#nextKey = undefined;
    return [...installed, ...this.#arrived(true), ...facts];
  }

  #arrived(secure: boolean): Fact[] {
    const identity = this.#identity;
    if (!identity) throw new Error(`reader ${this.settings.address}: is there and has no identity`);
    const facts: Fact[] = [];
    const known = this.#known;
    if (known && (known.maker !== identity.maker || known.serial !== identity.serial))
      facts.push({ is: "alarm", alarm: "is another reader than before" });
    this.#known = identity;
    this.#online = true;
    facts.push({ is: "online", identity, functions: this.#functions, secure });
    return facts;
  }

  #ready(waiting: Waiting, reply: ParsedReply, now: number): Fact[] {
    const asked = waiting.exchange.command.code;
    if (reply.is === "nak") {
      const why = `${commandName(asked)}: ${nakReason(reply.reason)}`;
      const facts = this.#settled(waiting, { is: "refused", why });
      // Reason 6 inside the session is authentic: the reader wants a new one.
      return reply.reason === 6 ? [...facts, ...this.#restart("it asks for a new session", now)] : facts;
    }
    const told = reply.is === "unknown" || reply.is === "malformed" || reply.is === "ack" ? {} : { reply };
    const facts = this.#settled(waiting, { is: "done", ...told });
    if (reply.is === "unknown" || reply.is === "malformed")
      return [...facts, { is: "nonsense", where: hex(reply.code), error: `a reply that is ${reply.is}` }];
    if (reply.is === "ack" || reply.is === "busy") return facts;
    if (this.#mayLetIn(reply)) facts.push({ is: "reply", reply });
    return facts;
  }

  /** With a key nobody is let in by what came outside of a session under this very key. */
  #mayLetIn(reply: Reply): boolean {
    return !isCredential(reply) || this.#key === undefined || this.#session?.choice === "own";
  }

  #alarmed(alarm: Alarm): Fact[] {
    return [{ is: "alarm", alarm }];
  }

  /** A step on the way to a session failed by what was said, not by silence: tried again after a growing pause. */
  #failed(why: string, now: number): Fact[] {
    if (this.#installation) return this.#notInstalled(why, now);
    const facts = this.#lose(why);
    this.#notBefore = now + this.#handshakePauseMs;
    this.#handshakePauseMs = Math.min(timing.longestHandshakePauseMs, this.#handshakePauseMs * 2);
    return facts;
  }

  /** The key that was to be installed is thrown away: it may be known on the line. The next try gets another. */
  #notInstalled(why: string, now: number): Fact[] {
    this.#installation = undefined;
    this.#notBefore = now;
    return [...this.#lose(why), { is: "not-installed", why }];
  }
}

function isCredential(reply: Reply): boolean {
  return reply.is === "card" || reply.is === "characters" || reply.is === "keys";
}

function spoken(reply: ParsedReply): string {
  if (reply.is === "nak") return `"${nakReason(reply.reason)}"`;
  return reply.is === "unknown" || reply.is === "malformed"
    ? `something that cannot be read (${reply.is})`
    : reply.is;
}
