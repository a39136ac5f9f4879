/** One reader of the site: what its link says becomes readings, and orders become what it is told. */
import type { Answer, DevicePoint, Order, OrderOutcome, Reading } from "../driver.js";
import { type LockOrder, LockTimeline, type LockWanted } from "../lock-timeline.js";
import type { Bus } from "./bus.js";
import { functions } from "./codes.js";
import { freshBytes } from "./keys.js";
import { answerLights, restingLights, signalLights } from "./lights.js";
import type { Fact, OrderResult } from "./link.js";
import { type Command, inputStatus, localStatus, output } from "./orders.js";
import type { ReaderPlace } from "./place.js";
import type { Capability, Reply } from "./replies.js";

/** An order is settled within this, done or not; the seam wants 3 s. */
const settleWithinMs = 2_600;
/** A reader whose session is made anew is not away yet. */
const sessionGraceMs = 1_000;
/** What is held open lapses in the reader after this, when nobody renews it any more. */
const leaseMs = 90_000;
const renewEveryMs = leaseMs / 3;
/** A reader that comes back is first told what the house wants of it; what nobody spoke of is locked then. */
const restateMs = 400;
/** More waiting lamps than this are old news. */
const mostLamps = 12;

export type Installed = Extract<Fact, { is: "installed" | "not-installed" }>;

export interface ReaderOptions {
  readonly device: string;
  readonly place: ReaderPlace;
  readonly bus: Bus;
  /** Where it is now. */
  readonly address: () => number;
  readonly tell: (reading: Reading) => void;
  readonly onKey: (fact: Installed) => void;
  /** It is there, in a session under its own key or in the clear. */
  readonly onOnline: () => void;
}

/** `unreachable`: it never went out. */
export type CommandResult = OrderResult | { readonly is: "unreachable"; readonly why: string };

const overdue: CommandResult = { is: "lost", why: `no answer within ${settleWithinMs} ms` };

interface LockState {
  readonly n: number;
  readonly timeline: LockTimeline;
  /** Told since the reader came. */
  told: boolean;
  renewal?: NodeJS.Timeout;
}

interface Identity {
  readonly model: string;
  readonly firmware: string;
  readonly serial: string;
}

export class OsdpReader {
  readonly #options: ReaderOptions;
  readonly #waiting = new Map<number, (result: CommandResult) => void>();
  readonly #running = new Map<string, Promise<OrderOutcome>>();
  readonly #locks = new Map<number, LockState>();
  readonly #inputs = new Map<number, number>();
  /** Inputs whose level is known since it came. */
  readonly #live = new Set<number>();
  /** Orders that wait for a session which is being made. */
  #whenOnline: (() => void)[] = [];
  readonly #scanPrefix = Buffer.from(freshBytes(6)).toString("hex");
  #scans = 0;
  #lamps = 0;
  #present = false;
  #secure = false;
  #identity: Identity | undefined;
  #grace: NodeJS.Timeout | undefined;
  #restating: NodeJS.Timeout | undefined;
  #left = false;

  constructor(options: ReaderOptions) {
    this.#options = options;
    for (const n of options.place.locks.keys()) this.#lockOf(n);
  }

  get present(): boolean {
    return this.#present;
  }

  get secure(): boolean {
    return this.#secure;
  }

  get identity(): Identity | undefined {
    return this.#identity;
  }

  /** It is no longer served: what waits is settled, and nothing more is heard. */
  leave(why: string): void {
    this.#left = true;
    clearTimeout(this.#grace);
    clearTimeout(this.#restating);
    for (const { renewal } of this.#locks.values()) clearTimeout(renewal);
    for (const settle of [...this.#waiting.values()]) settle({ is: "unreachable", why });
    for (const go of this.#whenOnline.splice(0)) go();
  }

  // ------------------------------------------------------------------------------------------------------------- orders

  send(order: Order): Promise<OrderOutcome> {
    const before = this.#running.get(order.id);
    if (before) return before;
    const outcome = this.#carryOut(order).finally(() => this.#running.delete(order.id));
    this.#running.set(order.id, outcome);
    return outcome;
  }

  answer(answer: Answer): void {
    this.#show(answerLights(answer));
  }

  /** One command as it is, for whoever looks after readers; its answer, or what became of it. */
  tell(command: Command): Promise<CommandResult> {
    return this.#command(command, settleWithinMs);
  }

  async #carryOut(order: Order): Promise<OrderOutcome> {
    const { point } = order;
    switch (order.op) {
      case "signal":
        if (point.kind !== "reader") return misfit(order);
        return this.#all(signalLights(order));
      case "output":
        if (point.kind !== "output") return misfit(order);
        return this.#all([output(point.n - 1, order.on, order.ms)]);
      default:
        if (point.kind !== "lock") return misfit(order);
        return this.#lock(order);
    }
  }

  async #lock(order: LockOrder): Promise<OrderOutcome> {
    const lock = this.#lockOf(order.point.n);
    const now = performance.now();
    if (!this.#present) return unreachable(`${this.#options.device} does not answer`);
    lock.timeline.take(order, now);
    const outcome = await this.#drive(lock);
    if (outcome.is !== "done") lock.timeline.forget(order);
    return outcome;
  }

  /** Tells the reader what the lock should be now. */
  #drive(lock: LockState): Promise<OrderOutcome> {
    const now = performance.now();
    const wanted = lock.timeline.wanted(now);
    lock.told = true;
    clearTimeout(lock.renewal);
    const open = wanted.is === "unlocked" ? openMs(wanted, now) : 0;
    // Held, or for longer than the reader may be left alone with it: told again before it lapses.
    if (open === leaseMs && !this.#left)
      lock.renewal = setTimeout(() => void this.#drive(lock), renewEveryMs).unref();
    return this.#all([lockCommand(lock.n, wanted, this.#options.place.locks.get(lock.n), open)]);
  }

  async #all(commands: readonly Command[]): Promise<OrderOutcome> {
    const results = await Promise.all(commands.map((command) => this.#command(command, settleWithinMs)));
    for (const result of results) {
      if (result.is === "refused") return { is: "refused", detail: result.why };
      if (result.is === "unreachable") return unreachable(result.why);
      if (result.is === "lost") return { is: "no-answer", detail: result.why };
    }
    return { is: "done" };
  }

  async #command(command: Command, withinMs: number): Promise<CommandResult> {
    const { bus, address, device } = this.#options;
    const end = performance.now() + withinMs;
    const link = bus.link(address());
    // Its session is being made anew: that takes less than an order may wait.
    while (link && !link.online && this.#present && !this.#left) {
      const left = end - performance.now();
      if (left <= 0) return overdue;
      await this.#online(left);
    }
    if (this.#left) return { is: "unreachable", why: `${device} is no longer served` };
    const id = link?.order(command);
    if (link === undefined || id === undefined)
      return { is: "unreachable", why: `${device} does not answer` };
    const result = new Promise<CommandResult>((resolve) => {
      const timer = setTimeout(
        () => {
          this.#waiting.delete(id);
          // Nobody waits for it any more: it must not be done late.
          bus.touch(address(), (touched, now) => touched.withdraw(id, now));
          resolve(overdue);
        },
        Math.max(0, end - performance.now()),
      );
      this.#waiting.set(id, (settled) => {
        clearTimeout(timer);
        this.#waiting.delete(id);
        resolve(settled);
      });
    });
    bus.wake();
    return result;
  }

  #online(withinMs: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(go, withinMs);
      this.#whenOnline.push(go);
      function go(): void {
        clearTimeout(timer);
        resolve();
      }
    });
  }

  #show(commands: readonly Command[]): void {
    if (!this.#present || this.#lamps + commands.length > mostLamps) return;
    this.#lamps += commands.length;
    for (const command of commands)
      void this.#command(command, settleWithinMs).then(() => {
        this.#lamps--;
      });
  }

  #lockOf(n: number): LockState {
    let lock = this.#locks.get(n);
    if (!lock) {
      lock = { n, timeline: new LockTimeline(), told: false };
      this.#locks.set(n, lock);
    }
    return lock;
  }

  // ------------------------------------------------------------------------------------------------------ what it says

  hear(fact: Fact): void {
    if (this.#left) return;
    switch (fact.is) {
      case "online":
        this.#came(fact);
        return;
      case "offline":
        this.#sessionOver(fact);
        return;
      case "alarm":
        this.#tell({ type: "interference", device: this.#options.device, what: fact.alarm });
        return;
      case "settled":
        this.#waiting.get(fact.order)?.(fact.result);
        return;
      case "reply":
        // What comes before it is all there is asked again.
        if (this.#present) this.#reply(fact.reply);
        return;
      case "nonsense":
        this.noise(fact.where, fact.error);
        return;
      default:
        this.#options.onKey(fact);
    }
  }

  noise(where: string, error: string): void {
    this.#tell({ type: "nonsense", device: this.#options.device, where, error });
  }

  #came({ identity, functions: can, secure }: Extract<Fact, { is: "online" }>): void {
    clearTimeout(this.#grace);
    const { device, bus, address } = this.#options;
    this.#secure = secure;
    this.#identity = {
      model: `OSDP ${identity.maker} model ${identity.model}.${identity.version}`,
      firmware: identity.firmware,
      serial: identity.serial,
    };
    const wasPresent = this.#present;
    this.#present = true;
    this.#options.onOnline();
    if (!wasPresent) {
      for (const lock of this.#locks.values()) lock.told = false;
      this.#tell({ type: "hello", device, ...this.#identity, points: pointsOf(can) });
      this.#tell({ type: "presence", device, online: true });
    }
    for (const go of this.#whenOnline.splice(0)) go();
    const link = bus.link(address());
    link?.order(localStatus);
    if (countOf(can, functions.contacts) > 0) link?.order(inputStatus);
    if (countOf(can, functions.leds) > 0) for (const lamp of restingLights(0)) link?.order(lamp);
    clearTimeout(this.#restating);
    if (!wasPresent)
      this.#restating = setTimeout(() => {
        for (const lock of this.#locks.values()) if (!lock.told) void this.#drive(lock);
      }, restateMs);
    bus.wake();
  }

  #sessionOver({ away }: Extract<Fact, { is: "offline" }>): void {
    clearTimeout(this.#grace);
    if (away) this.#went();
    else this.#grace = setTimeout(() => this.#went(), sessionGraceMs);
  }

  #went(): void {
    if (!this.#present) return;
    this.#present = false;
    clearTimeout(this.#restating);
    this.#live.clear();
    for (const lock of this.#locks.values()) {
      // It comes back locked, and is told anew what is held; who was let in before is not let in then.
      clearTimeout(lock.renewal);
      lock.timeline.endPulses();
    }
    for (const go of this.#whenOnline.splice(0)) go();
    this.#tell({ type: "presence", device: this.#options.device, online: false });
  }

  #reply(reply: Reply): void {
    const { device } = this.#options;
    switch (reply.is) {
      case "card":
        this.#tell({
          type: "scan",
          point: readerPoint(device, reply.reader),
          scan: this.#nextScan(),
          credential: { kind: "bits", bits: reply.bits },
          ageMs: 0,
          retained: false,
          again: false,
        });
        return;
      case "characters":
        this.#tell({
          type: "scan",
          point: readerPoint(device, reply.reader),
          scan: this.#nextScan(),
          credential: { kind: "code", code: reply.text },
          ageMs: 0,
          retained: false,
          again: false,
        });
        return;
      case "keys":
        if (reply.keys === "") return;
        this.#tell({
          type: "keys",
          point: readerPoint(device, reply.reader),
          scan: this.#nextScan(),
          keys: reply.keys,
          ageMs: 0,
        });
        return;
      case "inputs":
        for (const [index, state] of reply.states.entries()) this.#input(index + 1, state);
        return;
      case "local-status":
        this.#tell({ type: "health", device, mains: !reply.powerFailed, tamper: reply.tamper });
        return;
      case "readers":
        if (reply.states.includes(2)) this.#tell({ type: "health", device, tamper: true });
        return;
    }
  }

  #input(n: number, state: number): void {
    const before = this.#inputs.get(n);
    const edge = this.#live.has(n) && before !== state;
    if (this.#live.has(n) && !edge) return;
    this.#inputs.set(n, state);
    this.#live.add(n);
    const point: DevicePoint = { device: this.#options.device, kind: "input", n };
    this.#tell({ type: "input", point, active: state === 1, fault: faultOf(state), edge, missed: 0 });
  }

  #nextScan(): string {
    this.#scans++;
    return `${this.#scanPrefix}-${this.#scans}`;
  }

  #tell(reading: Reading): void {
    if (!this.#left) this.#options.tell(reading);
  }
}

/** Readers count from 0, points from 1. */
function readerPoint(device: string, reader: number): DevicePoint {
  return { device, kind: "reader", n: reader + 1 };
}

/** 2 short, 3 open; 4 and 5 are a line that cannot be known, which is no better than an open one (OSDP 2.2, 7.8). */
function faultOf(state: number): "open" | "short" | null {
  if (state === 2) return "short";
  return state >= 3 ? "open" : null;
}

function openMs(wanted: Extract<LockWanted, { is: "unlocked" }>, now: number): number {
  return wanted.until === undefined ? leaseMs : Math.min(leaseMs, wanted.until - now);
}

/** A fail-safe lock is let go where a fail-secure one is powered. */
function lockCommand(n: number, wanted: LockWanted, kind: string | undefined, openForMs: number): Command {
  const unlockedIsOn = kind !== "fail-safe";
  switch (wanted.is) {
    case "locked":
      return output(n - 1, !unlockedIsOn);
    case "released":
      return output(n - 1, unlockedIsOn);
    case "unlocked":
      return output(n - 1, unlockedIsOn, openForMs);
  }
}

function countOf(can: ReadonlyMap<number, Capability>, which: number): number {
  return can.get(which)?.number ?? 0;
}

function upTo(count: number): number[] {
  return Array.from({ length: count }, (_, i) => i + 1);
}

function pointsOf(can: ReadonlyMap<number, Capability>): Extract<Reading, { type: "hello" }>["points"] {
  const outputs = upTo(countOf(can, functions.outputs));
  return {
    reader: upTo(Math.max(1, countOf(can, functions.readers))),
    input: upTo(countOf(can, functions.contacts)),
    output: outputs,
    lock: outputs,
  };
}

function misfit({ op, point }: Order): OrderOutcome {
  return { is: "refused", detail: `${op} is not for a ${point.kind}` };
}

function unreachable(detail: string): OrderOutcome {
  return { is: "unreachable", detail };
}
