/** Readers that speak OSDP on RS-485 lines. */
import type { Answer, Driver, Order, OrderOutcome, Reading } from "../driver.js";
import { deskOf, type OsdpDesk } from "./desk.js";
import { OsdpLine } from "./line.js";
import type { KeyKeeper, LinePlace, ReaderPlace } from "./place.js";
import type { AttachedPort } from "./port.js";
import type { OsdpReader } from "./reader.js";

export interface OsdpWires {
  /** Where the site has this device wired; undefined: it is no OSDP reader. */
  readonly placeOf: (device: string) => ReaderPlace | undefined;
  readonly keys: KeyKeeper;
  /** Which serial ports there are; of the operating system where nobody says. */
  readonly listPorts?: () => Promise<readonly AttachedPort[]>;
}

export interface OsdpDriver extends Driver {
  readonly desk: OsdpDesk;
}

export function osdp(wires: OsdpWires): OsdpDriver {
  return new Osdp(wires);
}

const stopped = "the gateway is stopping";

class Osdp implements OsdpDriver {
  readonly name = "osdp";
  readonly desk: OsdpDesk;
  readonly #wires: OsdpWires;
  readonly #lines = new Map<string, OsdpLine>();
  /** As they are wired now, in words that can be compared. */
  readonly #wired = new Map<string, { readonly place: ReaderPlace; readonly words: string }>();
  #served: readonly string[] = [];
  #onReading: ((reading: Reading) => void) | undefined;
  /** A port is only free again when it is closed. */
  #closing: Promise<unknown> = Promise.resolve();

  constructor(wires: OsdpWires) {
    this.#wires = wires;
    this.desk = deskOf(() => this.#lines);
  }

  async start(onReading: (reading: Reading) => void): Promise<void> {
    this.#onReading = onReading;
    this.#arrange();
  }

  async stop(): Promise<void> {
    this.#onReading = undefined;
    const lines = [...this.#lines.values()];
    this.#lines.clear();
    this.#wired.clear();
    await Promise.all([this.#closing, ...lines.map((line) => line.stop())]);
  }

  serve(devices: readonly string[]): void {
    this.#served = devices;
    if (this.#onReading) this.#arrange();
  }

  async send(order: Order): Promise<OrderOutcome> {
    const { device } = order.point;
    if (!this.#onReading) return { is: "unreachable", detail: stopped };
    const reader = this.#reader(device);
    return reader ? reader.send(order) : { is: "unreachable", detail: `${device} is not served` };
  }

  answer(answer: Answer): void {
    this.#reader(answer.point.device)?.answer(answer);
  }

  #reader(device: string): OsdpReader | undefined {
    const wired = this.#wired.get(device);
    return wired && this.#lines.get(wired.place.line.id)?.reader(device);
  }

  /** Only what has changed is begun anew: a reader that is wired as before goes on as it is. */
  #arrange(): void {
    const wanted = new Map<string, { readonly place: ReaderPlace; readonly words: string }>();
    for (const device of this.#served) {
      const place = this.#wires.placeOf(device);
      if (place) wanted.set(device, { place, words: wordsOf(place) });
    }
    for (const [device, { place, words }] of [...this.#wired]) {
      if (wanted.get(device)?.words === words) continue;
      this.#lines.get(place.line.id)?.unseat(device, `${device} is no longer wired so`);
      this.#wired.delete(device);
    }
    for (const [id, line] of [...this.#lines]) {
      if (!line.isEmpty) continue;
      this.#lines.delete(id);
      this.#closing = Promise.all([this.#closing, line.stop()]);
    }
    for (const [device, each] of wanted) {
      if (this.#wired.has(device)) continue;
      this.#wired.set(device, each);
      this.#lineOf(each.place.line).seat(device, each.place);
    }
  }

  #lineOf(place: LinePlace): OsdpLine {
    const known = this.#lines.get(place.id);
    if (known) return known;
    const { keys, listPorts } = this.#wires;
    const line = new OsdpLine({
      place,
      keys,
      tell: (reading) => this.#onReading?.(reading),
      ...(listPorts ? { listPorts } : {}),
    });
    this.#lines.set(place.id, line);
    void this.#closing.then(() => {
      if (this.#lines.get(place.id) === line) line.start();
    });
    return line;
  }
}

function wordsOf(place: ReaderPlace): string {
  return JSON.stringify({ ...place, locks: [...place.locks].sort(([a], [b]) => a - b) });
}
