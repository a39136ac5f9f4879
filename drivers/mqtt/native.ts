import type { Answer, DeviceBus, DevicePoint, Driver, Order, OrderOutcome, Reading } from "../driver.js";
import type { DownResult } from "./down.js";
import { Freshness } from "./freshness.js";
import { InputLevels } from "./inputs.js";
import { parseUp, type Stamp, type UpMessage } from "./messages.js";
import { Orders } from "./orders.js";

type Up = Parameters<Parameters<DeviceBus["onUp"]>[0]>[0];
type Of<K extends UpMessage["is"]> = Extract<UpMessage, { is: K }>;

/** What is known of one device, whether or not it is served: it may be there before the site knows it. */
interface Known {
  readonly freshness: Freshness;
  readonly inputs: InputLevels;
  readonly locks: Map<number, Of<"lock">["body"]>;
  hello?: Of<"hello">["body"];
  /** The hello is of this connection: what carries another boot is from before. */
  helloIsCurrent: boolean;
  state: "ready" | "lost" | undefined;
  /** As it was last reported. */
  online: boolean;
}

const stopped = "the gateway is stopping";

/** The native driver: devices that speak the MQTT contract themselves. */
export function nativeMqtt(bus: DeviceBus): Driver {
  return new NativeMqtt(bus);
}

class NativeMqtt implements Driver {
  readonly name = "mqtt";
  readonly #bus: DeviceBus;
  readonly #orders: Orders;
  readonly #known = new Map<string, Known>();
  #served: ReadonlySet<string> = new Set();
  #onReading: ((reading: Reading) => void) | undefined;
  #ends: (() => void)[] = [];

  constructor(bus: DeviceBus) {
    this.#bus = bus;
    this.#orders = new Orders(bus, (device, error) =>
      this.#tell({ type: "nonsense", device, where: "ack", error: `will not hold any longer: ${error}` }),
    );
  }

  async start(onReading: (reading: Reading) => void): Promise<void> {
    this.#onReading = onReading;
    this.#ends = [
      this.#bus.onUp((message) => this.#hear(message)),
      this.#bus.onPresence((device, online) => this.#connection(device, online)),
    ];
    for (const device of this.#served) this.#tellPresence(device);
  }

  async stop(): Promise<void> {
    this.#onReading = undefined;
    for (const end of this.#ends) end();
    this.#ends = [];
    this.#orders.stop();
  }

  serve(devices: readonly string[]): void {
    const before = this.#served;
    this.#served = new Set(devices);
    for (const device of before) {
      if (this.#served.has(device)) continue;
      this.#orders.drop(device, `${device} is no longer part of the site`);
      const known = this.#known.get(device);
      if (known) known.online = false;
    }
    for (const device of this.#served) if (!before.has(device)) this.#introduce(device);
  }

  async send(order: Order): Promise<OrderOutcome> {
    const { device } = order.point;
    if (!this.#onReading) return { is: "unreachable", detail: stopped };
    if (!this.#served.has(device)) return { is: "unreachable", detail: `${device} is not served` };
    return this.#orders.send(order);
  }

  answer({ point, scan, outcome, late }: Answer): void {
    if (!this.#onReading) return;
    const result: DownResult = { re: scan, reader: point.n, outcome, ...(late ? { late } : {}) };
    const body = JSON.stringify(result);
    // It proves nothing and nobody waits for it: a device that is gone repeats the scan.
    this.#bus.sendDown(point.device, "result", body, 1).catch(() => false);
  }

  // ------------------------------------------------------------------------------------------------------- listening

  #connection(device: string, connected: boolean): void {
    const known = this.#of(device);
    known.helloIsCurrent = false;
    known.inputs.restate();
    if (!connected) this.#orders.drop(device, `${device} disconnected before it acknowledged`);
    this.#tellPresence(device);
  }

  #hear(message: Up): void {
    const { device, topic, payload, retained } = message;
    const parsed = parseUp(topic, payload);
    if ("error" in parsed) {
      this.#nonsense(device, topic, parsed.error);
      return;
    }
    const known = this.#of(device);
    if (parsed.is === "hello") this.#hello(device, known, parsed, retained);
    else if (parsed.is === "state") this.#state(device, known, parsed.body.state);
    else this.#said(device, known, parsed, message);
  }

  #hello(device: string, known: Known, { body }: Of<"hello">, retained: boolean): void {
    known.hello = body;
    known.helloIsCurrent = !retained;
    if (!retained) this.#age(known, body);
    this.#tellHello(device, body);
    if (!this.#served.has(device)) this.#tellDevice(device, "hello", "this device is not part of the site");
  }

  #state(device: string, known: Known, state: "ready" | "lost"): void {
    known.state = state;
    this.#tellPresence(device);
  }

  #said(
    device: string,
    known: Known,
    message: Exclude<UpMessage, { is: "hello" | "state" }>,
    { topic, retained, again }: Up,
  ): void {
    const stale = this.#isOfAnotherBoot(known, message.body, retained);
    switch (message.is) {
      case "scan":
      case "keys": {
        const { id, reader } = message.body;
        const point: DevicePoint = { device, kind: "reader", n: reader };
        if (!this.#has(device, known, point, topic)) return;
        // Of another boot there is no telling how old it is: then it counts as one that came again.
        const ageMs = retained || stale ? undefined : this.#age(known, message.body);
        const age = ageMs === undefined ? {} : { ageMs };
        if (message.is === "keys") {
          // A PIN that comes late or again is no PIN; there is no reading for it but this.
          if (retained || stale) this.#nonsense(device, topic, "keys of another moment are not taken");
          else this.#tell({ type: "keys", point, scan: id, keys: message.body.keys, ...age });
          return;
        }
        this.#tell({
          type: "scan",
          point,
          scan: id,
          credential: credentialOf(message.body),
          ...age,
          retained,
          again: again || stale,
        });
        return;
      }
      case "ack":
        this.#orders.acknowledged(device, message.body.re, message.body.ok, message.body.error);
        return;
      default: {
        // A level of another boot, or kept of a device that is not there, says nothing of now.
        if (stale || (retained && known.state !== "ready")) return;
        if (!retained) this.#age(known, message.body);
        this.#level(device, known, message, { retained, again, topic });
      }
    }
  }

  #level(
    device: string,
    known: Known,
    message: Of<"input" | "lock" | "health">,
    flags: { retained: boolean; again: boolean; topic: string },
  ): void {
    switch (message.is) {
      case "input": {
        const { boot, active, fault, changes, value } = message.body;
        const point: DevicePoint = { device, kind: "input", n: message.n };
        if (!this.#has(device, known, point, flags.topic)) return;
        const heard = known.inputs.hear(message.n, { boot, active, fault, changes }, flags);
        if (heard)
          this.#tell({
            type: "input",
            point,
            active,
            fault,
            ...heard,
            ...(value === undefined ? {} : { value }),
          });
        return;
      }
      case "lock": {
        const point: DevicePoint = { device, kind: "lock", n: message.n };
        if (!this.#has(device, known, point, flags.topic)) return;
        known.locks.set(message.n, message.body);
        this.#tell({ type: "lock", point, locked: message.body.locked, bolt: message.body.bolt });
        return;
      }
      case "health":
        this.#tell(healthOf(device, message.body));
    }
  }

  /** What carries another boot than the current hello is from before the device last started. */
  #isOfAnotherBoot({ hello, helloIsCurrent }: Known, { boot }: Stamp, retained: boolean): boolean {
    if (boot === undefined) return false;
    // Without a hello in this connection a live message speaks for itself, a kept one for nobody.
    if (retained) return hello === undefined || boot !== hello.boot;
    return helloIsCurrent && boot !== hello?.boot;
  }

  /** Milliseconds since the reading; undefined: the device did not say. */
  #age(known: Known, { boot, up_ms }: Stamp): number | undefined {
    if (boot === undefined || up_ms === undefined) return undefined;
    return known.freshness.age(boot, up_ms, performance.now());
  }

  /** A terminal that the hello does not list is a mistake in the device, or in the reader's number. */
  #has(device: string, { hello, helloIsCurrent }: Known, point: DevicePoint, topic: string): boolean {
    if (!helloIsCurrent || !hello || (hello.points[point.kind] ?? []).includes(point.n)) return true;
    this.#nonsense(device, topic, `${point.kind} ${point.n} is not in the hello`);
    return false;
  }

  // --------------------------------------------------------------------------------------------------------- telling

  /** The site has a new device, which may have been there for long: where it stands, and nothing as an event. */
  #introduce(device: string): void {
    const known = this.#known.get(device);
    if (!known) return;
    if (known.hello) this.#tellHello(device, known.hello);
    this.#tellPresence(device);
    if (!known.online) return;
    for (const [n, { active, fault }] of known.inputs.known()) {
      const point: DevicePoint = { device, kind: "input", n };
      this.#tell({ type: "input", point, active, fault, edge: false, missed: 0 });
    }
    for (const [n, { locked, bolt }] of known.locks) {
      this.#tell({ type: "lock", point: { device, kind: "lock", n }, locked, bolt });
    }
  }

  #tellHello(device: string, { model, fw, points }: Of<"hello">["body"]): void {
    const named = Object.entries(points).filter(([, numbers]) => numbers !== undefined);
    this.#tell({ type: "hello", device, model, firmware: fw, points: Object.fromEntries(named) });
  }

  /** There when it is connected and says so itself. */
  #tellPresence(device: string): void {
    if (!this.#onReading || !this.#served.has(device)) return;
    const known = this.#of(device);
    const online = this.#bus.isOnline(device) && known.state === "ready";
    if (online === known.online) return;
    known.online = online;
    this.#tell({ type: "presence", device, online });
  }

  #nonsense(device: string, topic: string, error: string): void {
    const where = topic.slice(0, 100);
    this.#tellDevice(device, where, error);
    this.#tell({ type: "nonsense", device, where: `up/${where}`, error });
  }

  #tellDevice(device: string, topic: string, error: string): void {
    this.#bus
      .sendDown(device, "error", JSON.stringify({ topic: `up/${topic}`, error }), 0)
      .catch(() => false);
  }

  #tell(reading: Reading): void {
    const device = "point" in reading ? reading.point.device : reading.device;
    if (this.#served.has(device)) this.#onReading?.(reading);
  }

  #of(device: string): Known {
    let known = this.#known.get(device);
    if (!known) {
      known = {
        freshness: new Freshness(),
        inputs: new InputLevels(),
        locks: new Map(),
        helloIsCurrent: false,
        state: undefined,
        online: false,
      };
      this.#known.set(device, known);
    }
    return known;
  }
}

function credentialOf({
  bits,
  uid,
  code,
}: Of<"scan">["body"]): Extract<Reading, { type: "scan" }>["credential"] {
  if (bits !== undefined) return { kind: "bits", bits };
  if (uid !== undefined) return { kind: "uid", uid: uid.toLowerCase() };
  return { kind: "code", code: code ?? "" };
}

function healthOf(device: string, { battery, rssi, mains, tamper }: Of<"health">["body"]): Reading {
  return {
    type: "health",
    device,
    ...(battery === undefined ? {} : { battery }),
    ...(rssi === undefined ? {} : { rssi }),
    ...(mains === undefined ? {} : { mains }),
    ...(tamper === undefined ? {} : { tamper }),
  };
}
