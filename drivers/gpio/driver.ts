/** Locks, contacts and buttons on the pins of the board that the gateway runs on. */
import type { Driver, Order, OrderOutcome, Reading } from "../driver.js";
import type { GpioAccess } from "./access.js";
import { GpioBoard } from "./board.js";
import { type Keeper, startKeeper } from "./keeper-link.js";
import { libgpiod } from "./libgpiod.js";
import type { BoardPlace } from "./place.js";
import { sysfs } from "./sysfs.js";
import { openWatchdog, type Watchdog } from "./watchdog.js";

export interface GpioWires {
  /** What the site has at this device; undefined: it is no board. */
  readonly placeOf: (device: string) => BoardPlace | undefined;
  /** The decision loop and the log are alive. */
  readonly isWell: () => boolean;
}

export function gpio(wires: GpioWires): Driver {
  return new GpioDriver(wires);
}

/** Watchdogs bite after 15 s at the earliest on a Pi. */
const feedEveryMs = 5_000;
const stopped = "the gateway is stopping";

class GpioDriver implements Driver {
  readonly name = "gpio";
  readonly #wires: GpioWires;
  readonly #boards = new Map<string, { readonly board: GpioBoard; readonly words: string }>();
  readonly #running = new Map<string, Promise<OrderOutcome>>();
  readonly #accesses: Readonly<Record<BoardPlace["access"], () => GpioAccess>> = { sysfs, libgpiod };
  readonly #watchdogs = new Map<string, { readonly watchdog: Watchdog; readonly timer: NodeJS.Timeout }>();
  #keeper: Keeper | undefined;
  #served: readonly string[] = [];
  #onReading: ((reading: Reading) => void) | undefined;

  constructor(wires: GpioWires) {
    this.#wires = wires;
  }

  async start(onReading: (reading: Reading) => void): Promise<void> {
    this.#onReading = onReading;
    this.#arrange();
  }

  async stop(): Promise<void> {
    this.#onReading = undefined;
    for (const { board } of this.#boards.values()) board.stop();
    this.#boards.clear();
    for (const path of [...this.#watchdogs.keys()]) this.#endWatchdog(path);
    this.#keeper?.dismiss();
    this.#keeper = undefined;
  }

  serve(devices: readonly string[]): void {
    this.#served = devices;
    if (this.#onReading) this.#arrange();
  }

  async send(order: Order): Promise<OrderOutcome> {
    const { device } = order.point;
    if (!this.#onReading) return { is: "unreachable", detail: stopped };
    const before = this.#running.get(order.id);
    if (before) return before;
    const found = this.#boards.get(device);
    if (!found) return { is: "unreachable", detail: `${device} is not served` };
    const outcome = found.board.send(order).finally(() => this.#running.delete(order.id));
    this.#running.set(order.id, outcome);
    return outcome;
  }

  /** Pins have no reader. */
  answer(): void {}

  /** A board whose wiring is as before goes on as it is. */
  #arrange(): void {
    const wanted = new Map<string, { readonly place: BoardPlace; readonly words: string }>();
    for (const device of this.#served) {
      const place = this.#wires.placeOf(device);
      if (place) wanted.set(device, { place, words: JSON.stringify(place) });
    }
    for (const [device, { board, words }] of [...this.#boards]) {
      if (wanted.get(device)?.words === words) continue;
      board.stop();
      this.#boards.delete(device);
    }
    for (const [device, { place, words }] of wanted) {
      if (this.#boards.has(device)) continue;
      const board = this.#boardOf(device, place);
      this.#boards.set(device, { board, words });
      board.start();
    }
    this.#arrangeWatchdogs(new Set([...wanted.values()].flatMap(({ place }) => place.watchdog ?? [])));
  }

  #boardOf(device: string, place: BoardPlace): GpioBoard {
    return new GpioBoard({
      device,
      place,
      access: this.#accesses[place.access](),
      keeper: () => {
        this.#keeper ??= startKeeper();
        return this.#keeper;
      },
      tell: (reading) => this.#onReading?.(reading),
      isWell: this.#wires.isWell,
    });
  }

  #arrangeWatchdogs(wanted: ReadonlySet<string>): void {
    for (const path of [...this.#watchdogs.keys()]) if (!wanted.has(path)) this.#endWatchdog(path);
    for (const path of wanted) {
      if (this.#watchdogs.has(path)) continue;
      try {
        const watchdog = openWatchdog(path);
        watchdog.feed();
        const timer = setInterval(() => {
          if (this.#wires.isWell()) watchdog.feed();
        }, feedEveryMs);
        this.#watchdogs.set(path, { watchdog, timer });
      } catch (error) {
        for (const device of this.#served)
          if (this.#wires.placeOf(device)?.watchdog === path)
            this.#onReading?.({
              type: "nonsense",
              device,
              where: path,
              error: `the hardware watchdog cannot be had: ${(error as Error).message}`,
            });
      }
    }
  }

  #endWatchdog(path: string): void {
    const found = this.#watchdogs.get(path);
    if (!found) return;
    clearInterval(found.timer);
    this.#watchdogs.delete(path);
    found.watchdog.end();
  }
}
