/**
 * The driver of foreign devices: readers, relays and contacts of other makers, each under the topics that its maker gave it. What
 * their messages mean is data (`config/presets`). They are trusted less than native ones: they tell no age, so that nothing
 * retained or repeated counts as a moment, and a lock is only ever pulsed, by a device that ends the pulse itself.
 */
import type { Answer, DeviceBus, Driver, Order, OrderOutcome, Reading } from "../driver.js";
import type { Preset } from "./format.js";
import { type Names, type Said, said, wordsOf } from "./mapping.js";
import { Pulses } from "./pulses.js";

/** What the site says of a foreign device. */
export interface ForeignDevice {
  readonly preset: string;
  /** The topics under which it speaks, as it was set in the device. */
  readonly prefix: string;
  readonly names?: Names;
  /** The same card at the same reader within this is one scan, in milliseconds. */
  readonly repeatMs?: number;
}

export interface ForeignWires {
  /** Messages below the device's prefix. */
  readonly bus: DeviceBus;
  /** As the site in force has it; undefined: it is none. */
  device(id: string): ForeignDevice | undefined;
  readonly presets: ReadonlyMap<string, Preset>;
}

type Up = Parameters<Parameters<DeviceBus["onUp"]>[0]>[0];

interface Level {
  active: boolean;
  tampered: boolean;
  /** What hangs on this terminal is there, as far as it is told. */
  there: boolean;
}

interface Known {
  /** undefined: it has not said yet, in this connection. */
  available: boolean | undefined;
  readonly inputs: Map<number, Level>;
  /** Inputs whose level was told in this connection: only from then on is a change one that was seen. */
  readonly live: Set<number>;
  readonly locks: Map<number, boolean>;
  readonly batteries: Map<string, number>;
  readonly tampers: Map<string, boolean>;
  readonly scans: Map<string, number>;
  model: string | undefined;
  firmware: string | undefined;
  online: boolean;
}

/** Default of what counts as one scan: a card that lies on a reader is read several times a second. */
const repeatMs = 3_000;
const mostScansRemembered = 50;
const stopped = "the gateway is stopping";

export function presetDriver(wires: ForeignWires): Driver {
  return new PresetDriver(wires);
}

class PresetDriver implements Driver {
  readonly name = "preset";
  readonly #wires: ForeignWires;
  readonly #pulses: Pulses;
  readonly #known = new Map<string, Known>();
  #served: ReadonlySet<string> = new Set();
  #onReading: ((reading: Reading) => void) | undefined;
  #ends: (() => void)[] = [];
  /** Scans have no id of their own; these are of this start of the gateway. */
  readonly #start = `${Date.now().toString(36)}${Math.floor(Math.random() * 1e9).toString(36)}`;
  #scans = 0;

  constructor(wires: ForeignWires) {
    this.#wires = wires;
    this.#pulses = new Pulses(wires.bus);
  }

  async start(onReading: (reading: Reading) => void): Promise<void> {
    this.#onReading = onReading;
    const { bus } = this.#wires;
    this.#ends = [
      bus.onUp((message) => this.#hear(message)),
      bus.onPresence((device, online) => this.#connection(device, online)),
    ];
    for (const device of this.#served) this.#tellPresence(device);
  }

  async stop(): Promise<void> {
    this.#onReading = undefined;
    for (const end of this.#ends) end();
    this.#ends = [];
    this.#pulses.stop();
  }

  serve(devices: readonly string[]): void {
    const before = this.#served;
    this.#served = new Set(devices);
    for (const device of before) {
      if (this.#served.has(device)) continue;
      this.#pulses.drop(device, `${device} is no longer part of the site`);
      this.#known.delete(device);
    }
    for (const device of this.#served) if (!before.has(device)) this.#introduce(device);
  }

  async send(order: Order): Promise<OrderOutcome> {
    const { device, kind, n } = order.point;
    if (!this.#onReading) return { is: "unreachable", detail: stopped };
    if (!this.#served.has(device)) return { is: "unreachable", detail: `${device} is not served` };
    const found = this.#presetOf(device);
    if (!found) return { is: "refused", detail: `${device} has no preset that is known here` };
    if (order.op === "lock") {
      // Ending a pulse early is all that it could mean, and the device ends it anyway.
      return { is: "done" };
    }
    const pulse = found.preset.command?.pulse;
    if (order.op !== "pulse" || !pulse || kind !== "lock" || n > (found.preset.points.lock?.count ?? 0)) {
      return { is: "refused", detail: cannot(order.op) };
    }
    const words = wordsOf(found.preset, found.device.names ?? {}, { kind, n });
    return this.#pulses.send(order, pulse, { ...words, prefix: found.device.prefix });
  }

  /** Foreign readers have no lamp of ours. */
  answer(_answer: Answer): void {}

  // ------------------------------------------------------------------------------------------------------- listening

  #connection(device: string, connected: boolean): void {
    const known = this.#of(device);
    known.available = undefined;
    known.live.clear();
    if (!connected) this.#pulses.drop(device, `${device} disconnected before it said that it did it`);
    this.#tellPresence(device);
  }

  #hear({ device, topic, payload, retained, again }: Up): void {
    const found = this.#presetOf(device);
    if (!found) return;
    for (const one of said(found.preset, found.device.names ?? {}, topic, payload)) {
      this.#take(device, found, one, { topic, retained, again });
    }
  }

  #take(
    device: string,
    found: Found,
    one: Said,
    flags: { readonly topic: string; readonly retained: boolean; readonly again: boolean },
  ): void {
    const known = this.#of(device);
    switch (one.is) {
      case "available":
        this.#available(device, known, one);
        return;
      case "scan":
        this.#scan(device, known, one, found.device.repeatMs ?? repeatMs, flags);
        return;
      case "input":
        this.#input(device, known, one.n, { active: one.active, ...tamperOf(one.tampered) }, flags.again);
        return;
      case "press":
        // Of another moment it is no press; there is nobody at the button now.
        if (flags.retained || flags.again || !known.online) return;
        for (const active of [true, false])
          this.#tell({
            type: "input",
            point: { device, kind: "input", n: one.n },
            active,
            fault: null,
            edge: true,
            missed: 0,
          });
        return;
      case "lock":
        known.locks.set(one.n, one.locked);
        this.#tell({
          type: "lock",
          point: { device, kind: "lock", n: one.n },
          locked: one.locked,
          bolt: null,
        });
        return;
      case "health":
        this.#health(device, known, one);
        return;
      case "hello":
        known.model = one.model ?? known.model;
        known.firmware = one.firmware ?? known.firmware;
        this.#tellHello(device, known);
        return;
      case "confirmed":
        if (!flags.retained && !flags.again) this.#pulses.confirmed(device, one.lock, one.request, one.error);
        return;
      case "nonsense":
        this.#tell({ type: "nonsense", device, where: flags.topic.slice(0, 100), error: one.error });
    }
  }

  #scan(
    device: string,
    known: Known,
    { n, credential }: Extract<Said, { is: "scan" }>,
    withinMs: number,
    { retained, again }: { readonly retained: boolean; readonly again: boolean },
  ): void {
    const key = `${n} ${JSON.stringify(credential)}`;
    const now = performance.now();
    const before = known.scans.get(key);
    if (before !== undefined && now - before < withinMs) return;
    // What opens nothing must not keep the card from opening in the next moment.
    if (!retained && !again) remember(known.scans, key, now);
    this.#tell({
      type: "scan",
      point: { device, kind: "reader", n },
      scan: `${this.#start}-${++this.#scans}`,
      credential,
      retained,
      again,
    });
  }

  #input(device: string, known: Known, n: number, change: Partial<Level>, again: boolean): void {
    const before = known.inputs.get(n);
    const level: Level = { active: false, tampered: false, there: true, ...before, ...change };
    known.inputs.set(n, level);
    const wasLive = known.live.has(n);
    if (change.active !== undefined) known.live.add(n);
    const edge = wasLive && !again && before?.active !== level.active;
    this.#tellInput(device, n, level, edge);
  }

  #available(device: string, known: Known, { of, online }: Extract<Said, { is: "available" }>): void {
    if (of?.kind === "input") {
      // A sensor whose level was never told has none to report as lost.
      if (known.inputs.has(of.n) || !online) this.#input(device, known, of.n, { there: online }, true);
      return;
    }
    if (of) return;
    known.available = online;
    this.#tellPresence(device);
  }

  #health(
    device: string,
    known: Known,
    { of, battery, rssi, mains, tamper }: Extract<Said, { is: "health" }>,
  ): void {
    if (battery !== undefined) known.batteries.set(of, battery);
    if (tamper !== undefined) known.tampers.set(of, tamper);
    this.#tell({
      type: "health",
      device,
      // Of several batteries the emptiest is the one to change.
      ...(battery === undefined ? {} : { battery: Math.min(...known.batteries.values()) }),
      ...(rssi === undefined ? {} : { rssi }),
      ...(mains === undefined ? {} : { mains }),
      ...(tamper === undefined ? {} : { tamper: [...known.tampers.values()].some((one) => one) }),
    });
  }

  // --------------------------------------------------------------------------------------------------------- telling

  #introduce(device: string): void {
    const known = this.#of(device);
    this.#tellPresence(device);
    if (!known.online) return;
    for (const [n, level] of known.inputs) this.#tellInput(device, n, level, false);
    for (const [n, locked] of known.locks)
      this.#tell({ type: "lock", point: { device, kind: "lock", n }, locked, bolt: null });
  }

  #tellInput(device: string, n: number, { active, tampered, there }: Level, edge: boolean): void {
    const fault = there ? (tampered ? "tamper" : null) : "open";
    this.#tell({ type: "input", point: { device, kind: "input", n }, active, fault, edge, missed: 0 });
  }

  /** There when it is connected and, where its maker has a word for it, says so itself. */
  #tellPresence(device: string): void {
    if (!this.#onReading || !this.#served.has(device)) return;
    const known = this.#of(device);
    const says = this.#presetOf(device)?.preset.availability.some(({ of }) => of === undefined) ?? false;
    const online = this.#wires.bus.isOnline(device) && (says ? known.available === true : true);
    if (online === known.online) return;
    known.online = online;
    this.#tell({ type: "presence", device, online });
    if (online) this.#tellHello(device, known);
  }

  #tellHello(device: string, { model, firmware }: Known): void {
    const preset = this.#presetOf(device)?.preset;
    if (!preset) return;
    const points = Object.fromEntries(
      Object.entries(preset.points).map(([kind, { count }]) => [
        kind,
        Array.from({ length: count }, (_, index) => index + 1),
      ]),
    );
    this.#tell({ type: "hello", device, model: model ?? preset.title, firmware: firmware ?? "", points });
  }

  #tell(reading: Reading): void {
    const device = "point" in reading ? reading.point.device : reading.device;
    if (this.#served.has(device)) this.#onReading?.(reading);
  }

  #presetOf(id: string): Found | undefined {
    const device = this.#wires.device(id);
    const preset = device && this.#wires.presets.get(device.preset);
    return device && preset && { device, preset };
  }

  #of(device: string): Known {
    let known = this.#known.get(device);
    if (!known) {
      known = {
        available: undefined,
        inputs: new Map(),
        live: new Set(),
        locks: new Map(),
        batteries: new Map(),
        tampers: new Map(),
        scans: new Map(),
        model: undefined,
        firmware: undefined,
        online: false,
      };
      this.#known.set(device, known);
    }
    return known;
  }
}

interface Found {
  readonly device: ForeignDevice;
  readonly preset: Preset;
}

function tamperOf(tampered: boolean | undefined): Partial<Level> {
  return tampered === undefined ? {} : { tampered };
}

/** Map order is insertion order, so the oldest come first. */
function remember(scans: Map<string, number>, key: string, now: number): void {
  scans.delete(key);
  scans.set(key, now);
  for (const oldest of scans.keys()) {
    if (scans.size <= mostScansRemembered) return;
    scans.delete(oldest);
  }
}

function cannot(op: Order["op"]): string {
  switch (op) {
    case "hold":
      return "a lock of another maker is only pulsed: it cannot be held unlocked, by schedule or by hand";
    case "release":
      return "a lock of another maker is only pulsed: it cannot be released for fire or emergency; leave by the handle";
    default:
      return `${op} is nothing that this preset can do`;
  }
}
