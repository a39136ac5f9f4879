/** One line of the site with its readers: the port that comes and goes, the bus, and the key that a reader is being given. */
import type { Reading } from "../driver.js";
import { Bus, type LineEvent } from "./bus.js";
import { freshKey, weakness } from "./keys.js";
import type { LinkSettings } from "./link.js";
import { identify, type LineSpeed, lineSettings } from "./orders.js";
import type { KeyKeeper, LinePlace, ReaderKeys, ReaderPlace } from "./place.js";
import { type AttachedPort, LinePort } from "./port.js";
import { type Installed, OsdpReader } from "./reader.js";
import { TraceRing } from "./trace.js";

interface Seated {
  readonly device: string;
  readonly place: ReaderPlace;
  readonly reader: OsdpReader;
  /** Where it is now: COMSET may have moved it. */
  address: number;
}

interface Adoption {
  readonly until: number;
  readonly timer: NodeJS.Timeout;
}

export interface LineOptions {
  readonly place: LinePlace;
  readonly keys: KeyKeeper;
  readonly tell: (reading: Reading) => void;
  readonly listPorts?: () => Promise<readonly AttachedPort[]>;
}

/** The longest that a reader may be given its first key after an operator asked for it. */
export const longestAdoptionMs = 10 * 60_000;

export class OsdpLine {
  readonly place: LinePlace;
  readonly trace = new TraceRing();
  readonly #options: LineOptions;
  readonly #seats = new Map<string, Seated>();
  readonly #adoptions = new Map<string, Adoption>();
  /** What became of the last one. */
  readonly #adopted = new Map<string, string>();
  readonly #listeners = new Set<(event: LineEvent) => void>();
  readonly #bus: Bus;
  readonly #port: LinePort;
  #path: string | undefined;
  #fault: string | undefined;

  constructor(options: LineOptions) {
    this.#options = options;
    this.place = options.place;
    const { path, usbSerial, speed } = options.place;
    this.#bus = new Bus({
      speed,
      write: (bytes) => this.#port.write(bytes),
      onFacts: (address, facts) => {
        const seat = this.#at(address);
        for (const fact of facts) seat?.reader.hear(fact);
      },
      onNoise: (address, fault) => this.#at(address)?.reader.noise("line", `wrong ${fault}`),
      onLine: (event) => {
        this.trace.note(event);
        for (const listener of this.#listeners) listener(event);
      },
    });
    this.#port = new LinePort(
      {
        ...(path === undefined ? {} : { path }),
        ...(usbSerial === undefined ? {} : { usbSerial }),
        ...(options.listPorts ? { list: options.listPorts } : {}),
        speed,
      },
      {
        onUp: (at) => {
          this.#path = at;
          this.#fault = undefined;
          this.#bus.start();
        },
        onDown: (why) => {
          this.#path = undefined;
          this.#fault = why;
          this.#bus.stop(why);
        },
        onBytes: (bytes) => this.#bus.hear(bytes),
      },
    );
  }

  get status() {
    return {
      id: this.place.id,
      port: this.#path ?? null,
      fault: this.#path === undefined ? (this.#fault ?? "is being opened") : null,
      speed: this.place.speed,
      rate: this.#bus.rate,
      readers: [...this.#seats.values()].map((seat) => this.#readerStatus(seat)),
    };
  }

  start(): void {
    this.#port.start();
  }

  async stop(): Promise<void> {
    for (const device of [...this.#seats.keys()]) this.unseat(device, "the gateway is stopping");
    this.#bus.stop("the gateway is stopping");
    await this.#port.stop();
  }

  onLine(listener: (event: LineEvent) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  // ------------------------------------------------------------------------------------------------------------ readers

  reader(device: string): OsdpReader | undefined {
    return this.#seats.get(device)?.reader;
  }

  seat(device: string, place: ReaderPlace): void {
    const reader = new OsdpReader({
      device,
      place,
      address: () => this.#seats.get(device)?.address ?? place.address,
      bus: this.#bus,
      tell: this.#options.tell,
      onKey: (fact) => this.#keyTold(device, fact),
      onOnline: () => this.#keyKept(device),
    });
    this.#seats.set(device, { device, place, reader, address: place.address });
    this.#bus.seat(this.#settings(device, place, place.address));
  }

  unseat(device: string, why: string): void {
    const seat = this.#seats.get(device);
    if (!seat) return;
    this.#endAdoption(device, why);
    seat.reader.leave(why);
    this.#seats.delete(device);
    this.#bus.unseat(seat.address);
  }

  get isEmpty(): boolean {
    return this.#seats.size === 0;
  }

  #at(address: number): Seated | undefined {
    for (const seat of this.#seats.values()) if (seat.address === address) return seat;
    return undefined;
  }

  #settings(device: string, place: ReaderPlace, address: number): LinkSettings {
    if (place.clear) return { address };
    const { key, next } = this.#keysOf(device);
    return {
      address,
      ...(key === undefined ? { waitsForKey: true } : { key: Buffer.from(key, "hex") }),
      ...(next === undefined || key === undefined ? {} : { nextKey: Buffer.from(next, "hex") }),
    };
  }

  /** A key that somebody has put there and that could be guessed is none. */
  #keysOf(device: string): ReaderKeys {
    const kept = this.#options.keys.get(device);
    return kept.key !== undefined && weakness(Buffer.from(kept.key, "hex")) !== undefined ? {} : kept;
  }

  #readerStatus({ device, place, reader, address }: Seated) {
    const { present, secure, identity } = reader;
    const hasKey = this.#keysOf(device).key !== undefined;
    const adoption = this.#adoptions.get(device);
    return {
      device,
      address,
      online: present,
      protection: place.clear ? "none" : secure && present ? "secure" : hasKey ? "has a key" : "needs a key",
      ...(identity ?? {}),
      ...(adoption ? { adoptingForMs: Math.max(0, Math.round(adoption.until - performance.now())) } : {}),
      ...(this.#adopted.has(device) ? { adoption: this.#adopted.get(device) } : {}),
    };
  }

  // --------------------------------------------------------------------------------------------------------------- keys

  /** Gives the reader a key of its own over the published default one, which it is only to have from its maker. */
  adopt(device: string, forMs: number): string | undefined {
    const seat = this.#seats.get(device);
    if (!seat) return `${device} is not on this line`;
    if (seat.place.clear) return `${device} is set to the clear; it takes no key`;
    if (this.#adoptions.has(device)) return `${device} is being adopted already`;
    if (this.#adoptions.size > 0) return "another reader of this line is being adopted";
    const ms = Math.min(forMs, longestAdoptionMs);
    const timer = setTimeout(() => {
      this.#endAdoption(device, "the time in which it could be adopted is over");
      this.#adopted.set(device, "its time ran out");
    }, ms);
    this.#adopted.delete(device);
    this.#adoptions.set(device, { until: performance.now() + ms, timer });
    this.#tryKey(seat);
    return undefined;
  }

  /** A new key in place of its own. */
  rotate(device: string): string | undefined {
    const seat = this.#seats.get(device);
    const { key } = this.#options.keys.get(device);
    if (!seat || key === undefined || !seat.reader.secure || !seat.reader.present)
      return `${device} is not in a session under its own key`;
    const next = this.#newKey(device);
    // On disk before the reader has it: whichever it has when the power fails, it is known.
    this.#options.keys.put(device, { key, next: Buffer.from(next).toString("hex") });
    this.#adopted.delete(device);
    let rotating = false;
    this.#bus.touch(seat.address, (link) => {
      rotating = link.rotate(next);
      return [];
    });
    if (rotating) return undefined;
    this.#options.keys.put(device, { key });
    return `${device} is just making a new session`;
  }

  #newKey(device: string): Uint8Array {
    const key = freshKey();
    return this.#options.keys.isTaken(Buffer.from(key).toString("hex"), device) ? this.#newKey(device) : key;
  }

  /** A key that was sent and not proven may be known on the line: each try has another. */
  #tryKey({ device, address }: Seated): void {
    this.#bus.touch(address, (link, now) => link.install(this.#newKey(device), now));
  }

  #endAdoption(device: string, why: string): void {
    const adoption = this.#adoptions.get(device);
    const seat = this.#seats.get(device);
    if (!adoption || !seat) return;
    clearTimeout(adoption.timer);
    this.#adoptions.delete(device);
    this.#bus.touch(seat.address, (link, now) => link.cancelInstallation(why, now));
  }

  #keyTold(device: string, fact: Installed): void {
    const adoption = this.#adoptions.get(device);
    const seat = this.#seats.get(device);
    if (fact.is === "installed") {
      this.#options.keys.put(device, { key: Buffer.from(fact.key).toString("hex") });
      this.#adopted.set(device, "done");
      if (!adoption) return;
      clearTimeout(adoption.timer);
      this.#adoptions.delete(device);
      return;
    }
    this.#adopted.set(device, fact.why);
    if (!adoption || !seat) return;
    setTimeout(() => {
      if (this.#adoptions.get(device) === adoption) this.#tryKey(seat);
    }, retryKeyMs).unref();
  }

  /** It came back under the key that it had: it has not taken the other one. */
  #keyKept(device: string): void {
    const { key, next } = this.#options.keys.get(device);
    if (key !== undefined && next !== undefined) this.#options.keys.put(device, { key });
  }

  // ---------------------------------------------------------------------------------------------------------- the line

  /** Which of so many addresses answer, in between the turns of the readers. */
  async scan(from: number, count: number): Promise<ScanFound[] | string> {
    if (!this.#bus.running) return this.#fault ?? "the line is not open";
    const found: ScanFound[] = [];
    for (let address = from; address < Math.min(broadcastAddress, from + count); address++) {
      const seat = this.#at(address);
      if (seat?.reader.present) {
        found.push({ address, device: seat.device, ...seat.reader.identity });
        continue;
      }
      const reply = await this.#bus.ask(address, identify);
      if (reply?.is === "identity")
        found.push({
          address,
          ...(seat ? { device: seat.device } : {}),
          model: `OSDP ${reply.maker} model ${reply.model}.${reply.version}`,
          serial: reply.serial,
          firmware: reply.firmware,
        });
      else if (reply) found.push({ address, ...(seat ? { device: seat.device } : {}) });
    }
    return found;
  }

  /** Moves a reader to another address or speed: it says what it will use, and is followed there. */
  async move(device: string, address: number, speed: LineSpeed): Promise<MoveResult> {
    const seat = this.#seats.get(device);
    if (!seat?.reader.present) return { fault: `${device} does not answer` };
    if (address !== seat.address && this.#at(address))
      return { fault: `address ${address} is another reader's` };
    if (speed !== this.place.speed && this.#seats.size > 1)
      return {
        fault: "the others on this line would not be heard any more: one reader at a time, on a bench",
      };
    const result = await seat.reader.tell(lineSettings(address, speed));
    if (result.is !== "done") return { fault: result.why };
    if (result.reply?.is !== "line") return { fault: "it does not say where it will be" };
    const moved = result.reply;
    if (moved.speed !== this.place.speed) {
      this.#bus.setSpeed(moved.speed as LineSpeed);
      await this.#port.setSpeed(moved.speed);
    }
    this.#bus.unseat(seat.address);
    seat.address = moved.address;
    this.#bus.seat(this.#settings(device, seat.place, moved.address));
    return { address: moved.address, speed: moved.speed };
  }
}

const broadcastAddress = 0x7f;
const retryKeyMs = 2_000;

export interface ScanFound {
  readonly address: number;
  readonly device?: string;
  readonly model?: string;
  readonly serial?: string;
  readonly firmware?: string;
}

export type MoveResult = { readonly address: number; readonly speed: number } | { readonly fault: string };
