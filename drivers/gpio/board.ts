/**
 * One board of the site: its lines opened in the order that is safe, watched, driven, and let go at a level that is safe. Inputs first,
 * fire inputs before all; then what the house wants of the locks is awaited; only then is a relay driven.
 */
import type { DevicePoint, Order, OrderOutcome, Reading } from "../driver.js";
import { type LockKind, type LockOrder, LockTimeline } from "../lock-timeline.js";
import type { GpioAccess, InputLine, OutputLine } from "./access.js";
import { Debounce } from "./debounce.js";
import type { Keeper } from "./keeper-link.js";
import { findPin, type Pin } from "./pins.js";
import type { BoardPlace, LinePlace } from "./place.js";

/** How long the house has to say what it wants of the locks, once it has heard the inputs. */
const restateMs = 100;
/** How often the lines are looked at, whether they are still there. */
const checkEveryMs = 500;
const retryMs = 1_000;
const longestTimerMs = 2 ** 31 - 1;

export interface BoardOptions {
  readonly device: string;
  readonly place: BoardPlace;
  readonly access: GpioAccess;
  readonly keeper: () => Keeper;
  readonly tell: (reading: Reading) => void;
  /** The decision loop and the log are alive. */
  readonly isWell: () => boolean;
}

interface Input {
  readonly line: InputLine;
  readonly place: LinePlace;
  readonly debounce: Debounce;
  timer?: NodeJS.Timeout | undefined;
}

interface Relay {
  readonly place: LinePlace;
  readonly timeline: LockTimeline;
  /** Of an output: what it was last told. */
  on: boolean;
  line?: OutputLine;
  timer?: NodeJS.Timeout | undefined;
}

export class GpioBoard {
  readonly #options: BoardOptions;
  readonly #inputs = new Map<number, Input>();
  readonly #relays = new Map<string, Relay>();
  #heartbeat: OutputLine | undefined;
  #beats: NodeJS.Timeout | undefined;
  #checks: NodeJS.Timeout | undefined;
  #retry: NodeJS.Timeout | undefined;
  #present = false;
  #left = false;
  /** Relays are driven from here on. */
  #driven: Promise<void> = Promise.resolve();
  #lastFault = "";

  constructor(options: BoardOptions) {
    this.#options = options;
    for (const place of options.place.lines)
      if (place.kind !== "input")
        this.#relays.set(keyOf(place), { place, timeline: new LockTimeline(), on: false });
  }

  start(): void {
    void this.#open();
  }

  /** Relays that nothing has released are let go first. */
  stop(): void {
    if (this.#left) return;
    this.#left = true;
    clearTimeout(this.#retry);
    this.#letGo(true);
  }

  // ------------------------------------------------------------------------------------------------------------- orders

  async send(order: Order): Promise<OrderOutcome> {
    const { device, kind, n } = order.point;
    if (!this.#present) return { is: "unreachable", detail: `the pins of ${device} cannot be had` };
    if (order.op === "signal") return { is: "refused", detail: "pins have no reader" };
    const relay = this.#relays.get(keyOf({ kind, n }));
    const fits = relay && (order.op === "output") === (kind === "output");
    if (!fits) return { is: "refused", detail: `${device} has no pin for ${order.op} at ${kind}/${n}` };
    if (order.op === "output") this.#takeOutput(relay, order);
    else this.#takeLock(relay, order);
    await this.#driven;
    try {
      this.#drive(relay);
      return { is: "done" };
    } catch (error) {
      if (order.op !== "output") relay.timeline.forget(order);
      this.#gone((error as Error).message);
      return { is: "no-answer", detail: (error as Error).message };
    }
  }

  #takeLock(relay: Relay, order: LockOrder): void {
    relay.timeline.take(order, performance.now());
  }

  #takeOutput(relay: Relay, { on, ms }: Extract<Order, { op: "output" }>): void {
    relay.on = on;
    clearTimeout(relay.timer);
    relay.timer = undefined;
    if (ms === undefined) return;
    relay.timer = setTimeout(() => {
      relay.on = !on;
      this.#tryDrive(relay);
    }, ms);
  }

  #drive(relay: Relay): void {
    if (!relay.line) return;
    // One instant for both: a pulse that ended between them would have nobody to end it.
    const now = performance.now();
    relay.line.set(this.#wantedOn(relay, now));
    this.#keep(relay, now);
    if (relay.place.kind !== "lock") return;
    clearTimeout(relay.timer);
    const until = relay.timeline.pulseUntil(now);
    // The end is the driver's own: nobody has to order it.
    relay.timer =
      until === undefined
        ? undefined
        : setTimeout(() => this.#tryDrive(relay), Math.min(longestTimerMs, Math.ceil(until - now)));
  }

  #tryDrive(relay: Relay): void {
    try {
      this.#drive(relay);
    } catch (error) {
      this.#gone((error as Error).message);
    }
  }

  /** Whether the relay is to be on: a fail-safe lock is powered while it is locked. */
  #wantedOn({ place, timeline, on }: Relay, now: number): boolean {
    if (place.kind !== "lock") return on;
    const locked = timeline.wanted(now).is === "locked";
    return locked === (lockKind(place) === "fail-safe");
  }

  #keep({ line, timeline, place }: Relay, now: number): void {
    const file = line?.valueFile;
    if (file === undefined) return;
    const released = place.kind === "lock" && timeline.wanted(now).is === "released";
    if (released) this.#options.keeper().leave(file);
    else this.#options.keeper().watch(file);
  }

  // ------------------------------------------------------------------------------------------------------------- opening

  async #open(): Promise<void> {
    try {
      const chips = await this.#options.access.chips();
      const pinOf = (text: string): Pin => {
        const pin = findPin(text, chips);
        if (typeof pin === "string") throw new Error(pin);
        return pin;
      };
      const { lines, heartbeat } = this.#options.place;
      // All pins are found before one is touched.
      const pins = new Map([...lines, ...(heartbeat ? [heartbeat] : [])].map(({ pin }) => [pin, pinOf(pin)]));
      await this.#openInputs(pins);
      if (this.#left) throw new Error("it is no longer wanted");
      this.#arrive();
      this.#driven = this.#openRelays(pins);
      await this.#driven;
    } catch (error) {
      this.#gone((error as Error).message);
    }
  }

  async #openInputs(pins: ReadonlyMap<string, Pin>): Promise<void> {
    const places = this.#options.place.lines.filter(({ kind }) => kind === "input");
    for (const place of places.sort((a, b) => Number(b.fire === true) - Number(a.fire === true))) {
      const pin = pins.get(place.pin);
      if (!pin) continue;
      const line = await this.#options.access.input(pin, place, () => this.#moved(place.n));
      this.#inputs.set(place.n, { line, place, debounce: new Debounce(place.debounceMs, line.read()) });
    }
  }

  #arrive(): void {
    const { device, place, tell } = this.#options;
    this.#lastFault = "";
    this.#present = true;
    const numbers = (wanted: LinePlace["kind"]) =>
      place.lines.filter(({ kind }) => kind === wanted).map(({ n }) => n);
    tell({
      type: "hello",
      device,
      model: "GPIO",
      firmware: place.access,
      points: { lock: numbers("lock"), input: numbers("input"), output: numbers("output") },
    });
    tell({ type: "presence", device, online: true });
    for (const { line, place: each } of this.#inputs.values()) this.#tellInput(each.n, line.read(), false);
    this.#checks = setInterval(() => this.#check(), checkEveryMs);
  }

  async #openRelays(pins: ReadonlyMap<string, Pin>): Promise<void> {
    // A fire input that is active has been told by now; what it releases must not be locked for a moment.
    await new Promise((resolve) => setTimeout(resolve, restateMs));
    for (const relay of this.#relays.values()) {
      const pin = pins.get(relay.place.pin);
      if (!pin || !this.#present) continue;
      const { activeLow } = relay.place;
      const initial = this.#wantedOn(relay, performance.now());
      relay.line = await this.#options.access.output(pin, { activeLow, initial });
      this.#drive(relay);
    }
    await this.#startHeart(pins);
  }

  async #startHeart(pins: ReadonlyMap<string, Pin>): Promise<void> {
    const { heartbeat } = this.#options.place;
    const pin = heartbeat && pins.get(heartbeat.pin);
    if (!heartbeat || !pin || !this.#present) return;
    const line = await this.#options.access.output(pin, { activeLow: false, initial: false });
    this.#heartbeat = line;
    let on = false;
    this.#beats = setInterval(() => {
      // A level that stays tells the relay that nobody is there.
      if (!this.#options.isWell()) return;
      on = !on;
      try {
        line.set(on);
      } catch (error) {
        this.#gone((error as Error).message);
      }
    }, heartbeat.everyMs);
  }

  // ------------------------------------------------------------------------------------------------------------ watching

  #moved(n: number): void {
    const input = this.#inputs.get(n);
    if (!input || !this.#present) return;
    const now = performance.now();
    const at = input.debounce.moved(now);
    clearTimeout(input.timer);
    input.timer = setTimeout(() => this.#settled(n), Math.max(0, at - now));
  }

  #settled(n: number): void {
    const input = this.#inputs.get(n);
    if (!input || !this.#present) return;
    try {
      const level = input.line.read();
      if (input.debounce.settled(level)) this.#tellInput(n, level, true);
    } catch (error) {
      this.#gone((error as Error).message);
    }
  }

  #tellInput(n: number, active: boolean, edge: boolean): void {
    const point: DevicePoint = { device: this.#options.device, kind: "input", n };
    this.#options.tell({ type: "input", point, active, fault: null, edge, missed: 0 });
  }

  #check(): void {
    try {
      for (const [n, { line, debounce, timer }] of this.#inputs) {
        const level = line.read();
        // An interrupt that was lost is found here.
        if (timer === undefined && debounce.settled(level)) this.#tellInput(n, level, true);
      }
      for (const { line } of this.#relays.values()) line?.check();
    } catch (error) {
      this.#gone((error as Error).message);
    }
  }

  #gone(why: string): void {
    if (this.#left) return;
    const { device, tell } = this.#options;
    if (why !== this.#lastFault) tell({ type: "nonsense", device, where: "pins", error: why });
    this.#lastFault = why;
    this.#letGo(false);
    clearTimeout(this.#retry);
    this.#retry = setTimeout(() => void this.#open(), retryMs);
  }

  #letGo(orderly: boolean): void {
    clearInterval(this.#beats);
    clearInterval(this.#checks);
    for (const relay of this.#relays.values()) {
      clearTimeout(relay.timer);
      // Whoever was let in before is not let in when the board is back.
      relay.timeline.endPulses();
      relay.on = false;
      this.#release(relay, orderly);
    }
    for (const { line, timer } of this.#inputs.values()) {
      clearTimeout(timer);
      line.close();
    }
    this.#inputs.clear();
    this.#heartbeat?.close();
    this.#heartbeat = undefined;
    if (!this.#present) return;
    this.#present = false;
    this.#options.tell({ type: "presence", device: this.#options.device, online: false });
  }

  /** Off, unless it stands for a fire or emergency release. */
  #release(relay: Relay, orderly: boolean): void {
    const { line } = relay;
    if (!line) return;
    delete relay.line;
    if (orderly && relay.timeline.wanted(performance.now()).is !== "released") {
      try {
        line.set(false);
      } catch {
        // The board is gone; its wiring holds what has to be held.
      }
    }
    line.close();
  }
}

function lockKind({ lock }: LinePlace): LockKind {
  return lock ?? "fail-secure";
}

function keyOf({ kind, n }: Pick<DevicePoint, "kind" | "n">): string {
  return `${kind}/${n}`;
}
