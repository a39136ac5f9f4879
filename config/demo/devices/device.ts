/**
 * A device of the demo building: a real MQTT client that knows nothing of the gateway but the public contract (proto 1).
 */
import { randomBytes, randomUUID } from "node:crypto";
import type { RawCredential } from "./cards.js";
import { type DownCommand, type DownResult, parseCommand, parseResult } from "./down.js";
import type { LatchFile } from "./latch.js";
import { Link } from "./link.js";
import { Lock } from "./lock.js";

/** The terminals of a device; numbers start at 1. */
export interface Points {
  readonly reader: readonly number[];
  readonly lock: readonly number[];
  readonly input: readonly number[];
  readonly output: readonly number[];
}

export interface DeviceOptions {
  readonly id: string;
  readonly key: string;
  readonly url: string;
  /** First levels of every topic: `gw/v1`. */
  readonly root: string;
  readonly model: string;
  readonly points: Points;
  readonly latches: LatchFile;
  /** What is worth a technician's look: refused connections, what the gateway found wrong. */
  readonly log: (line: string) => void;
}

export type ScanResult = DownResult["outcome"] | "no-answer";
export type InputFault = "open" | "short" | "tamper" | null;

interface Ack {
  readonly re: string;
  readonly ok: boolean;
  readonly error?: string;
}

const scanEveryMs = 1_000;
const scanForMs = 5_000;
/** How many scans and commands are remembered. */
const remembered = 500;

export class Device {
  readonly id: string;
  readonly points: Points;
  readonly #options: DeviceOptions;
  readonly #link: Link;
  readonly #boot = randomBytes(6).toString("hex");
  readonly #bootedAt = performance.now();
  readonly #inputs = new Map<number, { active: boolean; fault: InputFault; changes: number }>();
  readonly #locks = new Map<number, Lock>();
  readonly #outputs = new Map<number, { on: boolean; timer?: NodeJS.Timeout }>();
  readonly #sounding = new Map<number, { pattern: string; timer: NodeJS.Timeout }>();
  /** When this device made a scan, by id. */
  readonly #scannedAt = new Map<string, number>();
  readonly #asking = new Map<string, (result: DownResult["outcome"]) => void>();
  /** What was answered to each command: an id is done once. */
  readonly #done = new Map<string, Ack>();
  readonly #turnListeners = new Set<(lock: number, locked: boolean) => void>();
  #troubleTold = "";

  constructor(options: DeviceOptions) {
    this.id = options.id;
    this.points = options.points;
    this.#options = options;
    for (const n of options.points.input) this.#inputs.set(n, { active: false, fault: null, changes: 0 });
    for (const n of options.points.output) this.#outputs.set(n, { on: false });
    const latched = new Map(options.latches.read());
    for (const n of options.points.lock) {
      const lock = new Lock({
        latched: latched.get(n) ?? [],
        onTurn: (locked) => {
          this.#tellLock(n);
          for (const listener of this.#turnListeners) listener(n, locked);
        },
        keepLatched: (ids) => options.latches.write(latched.set(n, ids)),
      });
      this.#locks.set(n, lock);
    }
    this.#link = new Link({
      url: options.url,
      id: options.id,
      key: options.key,
      will: { topic: this.#topic("up/state"), payload: JSON.stringify({ state: "lost" }) },
      listenTo: this.#topic("down/#"),
      onUp: () => this.#introduce(),
      onMessage: (topic, payload, retained) => this.#hear(topic, payload, retained),
      onTrouble: (why) => {
        // Once a reason: a gateway that is down for an hour is one line, not a thousand.
        if (why !== this.#troubleTold) options.log(`${options.id}: ${why}`);
        this.#troubleTold = why;
      },
    });
  }

  get connected(): boolean {
    return this.#link.up;
  }

  start(): void {
    this.#link.start();
  }

  async stop(): Promise<void> {
    for (const lock of this.#locks.values()) lock.stop();
    for (const { timer } of this.#outputs.values()) clearTimeout(timer);
    for (const { timer } of this.#sounding.values()) clearTimeout(timer);
    this.#say("state", { state: "lost" }, { qos: 1, retain: true });
    await this.#link.stop();
  }

  /** As a cut cable: the will fires, and the device comes back by itself. */
  cutCable(): void {
    this.#link.cut();
  }

  isLocked(lock: number): boolean {
    return this.#locks.get(lock)?.locked ?? true;
  }

  /** Unlocked until told otherwise, not for one passage. */
  isHeld(lock: number): boolean {
    return this.#locks.get(lock)?.held ?? false;
  }

  isOn(output: number): boolean {
    return this.#outputs.get(output)?.on ?? false;
  }

  /** What a reader's beeper sounds now; undefined: it is silent. */
  sounds(reader: number): string | undefined {
    return this.#sounding.get(reader)?.pattern;
  }

  /** Told when a bolt turns; returns how to stop listening. */
  onTurn(listener: (lock: number, locked: boolean) => void): () => void {
    this.#turnListeners.add(listener);
    return () => this.#turnListeners.delete(listener);
  }

  /** The level at an input's terminals; a change is counted even while nobody hears it. */
  setInput(input: number, active: boolean, fault: InputFault = null): void {
    const known = this.#inputs.get(input);
    if (!known || (known.active === active && known.fault === fault)) return;
    this.#inputs.set(input, { active, fault, changes: known.changes + 1 });
    this.#tellInput(input);
  }

  /** Holds a card to a reader: the scan is repeated each second under the same id until its result comes, for at most 5 s. */
  scan(reader: number, credential: RawCredential, signal?: AbortSignal): Promise<ScanResult> {
    const scan = randomUUID();
    const scannedAt = performance.now();
    remember(this.#scannedAt, scan, scannedAt);
    // The reading's own instant: a repeat is as old as the scan, and says so.
    const message = { id: scan, reader, ...credential, ...this.#stamp() };
    const send = () => this.#link.publish(this.#topic("up/scan"), JSON.stringify(message), { qos: 1 });
    return new Promise((resolve) => {
      const settle = (result: ScanResult) => {
        clearInterval(repeat);
        clearTimeout(giveUp);
        signal?.removeEventListener("abort", letGo);
        this.#asking.delete(scan);
        resolve(result);
      };
      const letGo = () => settle("no-answer");
      signal?.addEventListener("abort", letGo);
      const repeat = setInterval(send, scanEveryMs);
      const giveUp = setTimeout(() => settle("no-answer"), scanForMs);
      this.#asking.set(scan, settle);
      send();
    });
  }

  #topic(rest: string): string {
    return `${this.#options.root}/device/${this.#options.id}/${rest}`;
  }

  #stamp(): { boot: string; up_ms: number } {
    return { boot: this.#boot, up_ms: Math.round(performance.now() - this.#bootedAt) };
  }

  #say(topic: string, body: object, options: { qos: 0 | 1; retain: boolean }): boolean {
    return this.#link.publish(
      this.#topic(`up/${topic}`),
      JSON.stringify({ ...body, ...this.#stamp() }),
      options,
    );
  }

  #introduce(): void {
    this.#troubleTold = "";
    const kept = { qos: 1, retain: true } as const;
    const points = Object.fromEntries(
      Object.entries(this.points).filter(([, numbers]) => numbers.length > 0),
    );
    this.#say("hello", { proto: 1, model: this.#options.model, fw: "1.0.0", points }, kept);
    this.#say("state", { state: "ready" }, kept);
    for (const n of this.#inputs.keys()) this.#tellInput(n);
    for (const n of this.#locks.keys()) this.#tellLock(n);
    this.#say("health", { mains: true, tamper: false }, kept);
  }

  #tellInput(n: number): void {
    const input = this.#inputs.get(n);
    if (input) this.#say(`input/${n}`, input, { qos: 1, retain: true });
  }

  #tellLock(n: number): void {
    this.#say(`lock/${n}`, { locked: this.isLocked(n), bolt: null }, { qos: 1, retain: true });
  }

  #hear(topic: string, payload: Buffer, retained: boolean): void {
    switch (topic.slice(this.#topic("down/").length)) {
      case "result": {
        const result = parseResult(payload);
        if (result) this.#asking.get(result.re)?.(result.outcome);
        return;
      }
      case "cmd":
        // The contract has no retained commands: whoever left one here is not the gateway's decision of this moment.
        if (!retained) this.#obey(payload);
        return;
      case "error":
        this.#options.log(`${this.id}: the gateway says: ${payload.toString("utf8").slice(0, 500)}`);
        return;
    }
  }

  #obey(payload: Buffer): void {
    const command = parseCommand(payload);
    if (!command) return;
    if ("error" in command) {
      this.#acknowledge({ re: command.re, ok: false, error: command.error });
      return;
    }
    // A hold comes again under its own id to be renewed; what else comes again was done.
    const before = command.op === "hold" ? undefined : this.#done.get(command.id);
    const error = before ? undefined : this.#carryOut(command);
    const ack = before ?? {
      re: command.id,
      ok: error === undefined,
      ...(error === undefined ? {} : { error }),
    };
    remember(this.#done, command.id, ack);
    this.#acknowledge(ack);
  }

  #acknowledge(ack: Ack): void {
    this.#say("ack", ack, { qos: 1, retain: false });
  }

  /** What kept the device from doing it, or undefined: done. */
  #carryOut(command: DownCommand): string | undefined {
    if (command.op === "output") return this.#switch(command.output, command.on, command.ms);
    if (command.op === "signal") return this.#signal(command.reader, command.pattern, command.ms);
    const lock = this.#locks.get(command.lock);
    if (!lock) return `no lock ${command.lock}`;
    switch (command.op) {
      case "unlock": {
        const scannedAt = command.for === undefined ? undefined : this.#scannedAt.get(command.for);
        if (scannedAt !== undefined && performance.now() - scannedAt > scanForMs) {
          return "the scan is older than 5 s";
        }
        return lock.pulse(command.id, command.ms);
      }
      case "hold":
        return lock.hold(command.id, command.n, command.lease_ms);
      case "release":
        return lock.release(command.id);
      case "lock":
        lock.lock(command.ends);
        return undefined;
    }
  }

  /** A reader's beeper: on for so long, and silent at `ms` 0. A pattern that it does not know sounds like any other. */
  #signal(reader: number, pattern: string, ms: number): string | undefined {
    if (!this.points.reader.includes(reader)) return `no reader ${reader}`;
    clearTimeout(this.#sounding.get(reader)?.timer);
    if (ms === 0) this.#sounding.delete(reader);
    else this.#sounding.set(reader, { pattern, timer: setTimeout(() => this.#sounding.delete(reader), ms) });
    return undefined;
  }

  #switch(output: number, on: boolean, ms: number | undefined): string | undefined {
    const known = this.#outputs.get(output);
    if (!known) return `no output ${output}`;
    clearTimeout(known.timer);
    this.#outputs.set(output, {
      on,
      ...(on && ms !== undefined
        ? { timer: setTimeout(() => this.#outputs.set(output, { on: false }), ms) }
        : {}),
    });
    return undefined;
  }
}

/** Keeps the newest; a device has no endless memory. */
function remember<T>(book: Map<string, T>, key: string, value: T): void {
  book.delete(key);
  book.set(key, value);
  for (const oldest of book.keys()) {
    if (book.size <= remembered) break;
    book.delete(oldest);
  }
}
