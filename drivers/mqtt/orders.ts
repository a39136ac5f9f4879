import type { DeviceBus, DevicePoint, Order, OrderOutcome } from "../driver.js";
import type { DownCommand } from "./down.js";

/** Only an acknowledgement proves an order; without one within this, the connection is cut so that nothing arrives late. */
const ackWithinMs = 2_000;
/** A hold lapses in the device after this, unless it is renewed; renewed every third of it. */
const leaseMs = 90_000;

interface Waiting {
  readonly order: Order;
  readonly outcome: Promise<OrderOutcome>;
  settle(outcome: OrderOutcome): void;
}

interface Hold {
  readonly order: Extract<Order, { op: "hold" }>;
  n: number;
  renewal: NodeJS.Timeout;
}

/** Which lock an order is for, or which output. */
const placeOf = ({ device, kind, n }: DevicePoint): string => `${device}/${kind}/${n}`;
const keyOf = (device: string, id: string): string => `${device} ${id}`;

/** Orders on their way to devices, and the leases of what is held open. */
export class Orders {
  readonly #bus: DeviceBus;
  /** A renewal was refused by the device. */
  readonly #onLapse: (device: string, error: string) => void;
  readonly #waiting = new Map<string, Waiting>();
  readonly #holds = new Map<string, Hold>();
  /** The last order of each lock but pulses and their ends: a hold that a `lock` overtook must not be renewed when its answer comes. */
  readonly #last = new Map<string, string>();

  constructor(bus: DeviceBus, onLapse: (device: string, error: string) => void) {
    this.#bus = bus;
    this.#onLapse = onLapse;
  }

  send(order: Order): Promise<OrderOutcome> {
    const { device } = order.point;
    const unfit = unfitness(order);
    if (unfit !== undefined) return Promise.resolve({ is: "refused", detail: unfit });
    const key = keyOf(device, order.id);
    const before = this.#waiting.get(key);
    if (before) return before.outcome;
    const place = placeOf(order.point);
    if (movesTheHold(order)) {
      // Whatever a lock is told next, an earlier hold of it is not renewed any more.
      this.#endHold(place, order.id);
      this.#last.set(place, order.id);
    }
    if (!this.#bus.isOnline(device)) {
      return Promise.resolve({ is: "unreachable", detail: `${device} is not connected` });
    }
    const n = order.op === "hold" ? this.#nextN(order) : 0;
    const waiting = this.#post(order, n);
    void waiting.outcome.then((outcome) => {
      const stands = order.op === "hold" && outcome.is === "done" && this.#last.get(place) === order.id;
      if (stands) this.#keepHolding(order, n);
    });
    return waiting.outcome;
  }

  acknowledged(device: string, id: string, ok: boolean, error: string | undefined): void {
    this.#waiting
      .get(keyOf(device, id))
      ?.settle(ok ? { is: "done" } : { is: "refused", detail: error ?? "the device gave no reason" });
  }

  /** The device is gone, or no longer ours: nothing of it is waited for or renewed. */
  drop(device: string, why: string): void {
    for (const { order, settle } of [...this.#waiting.values()]) {
      if (order.point.device === device) settle({ is: "unreachable", detail: why });
    }
    for (const [place, { order }] of this.#holds) {
      if (order.point.device === device) this.#endHold(place);
    }
  }

  stop(): void {
    for (const { settle } of [...this.#waiting.values()]) {
      settle({ is: "unreachable", detail: "the gateway is stopping" });
    }
    for (const place of [...this.#holds.keys()]) this.#endHold(place);
  }

  #post(order: Order, n: number): Waiting {
    const { device } = order.point;
    const key = keyOf(device, order.id);
    let settle: Waiting["settle"] = () => {};
    const outcome = new Promise<OrderOutcome>((resolve) => {
      const unanswered = (): void => {
        if (this.#waiting.get(key) !== waiting) return;
        settle({ is: "no-answer", detail: `no acknowledgement within ${ackWithinMs} ms` });
        this.#bus.reset(device);
      };
      // After a loop that was held up, timers come before what lies in the sockets: that is read first.
      const timer = setTimeout(() => setImmediate(unanswered), ackWithinMs);
      settle = (result) => {
        clearTimeout(timer);
        if (this.#waiting.get(key) === waiting) this.#waiting.delete(key);
        resolve(result);
      };
    });
    const waiting: Waiting = { order, outcome, settle: (result) => settle(result) };
    this.#waiting.set(key, waiting);
    this.#bus.sendDown(device, "cmd", JSON.stringify(wording(order, n)), 1).then(
      (sent) => {
        if (!sent) settle({ is: "unreachable", detail: `${device} is not connected` });
      },
      (error: unknown) => settle({ is: "unreachable", detail: String(error) }),
    );
    return waiting;
  }

  // ----------------------------------------------------------------------------------------------------------- leases

  #keepHolding(order: Hold["order"], n: number): void {
    const place = placeOf(order.point);
    clearTimeout(this.#holds.get(place)?.renewal);
    this.#holds.set(place, { order, n, renewal: setTimeout(() => this.#renew(place), leaseMs / 3) });
  }

  #renew(place: string): void {
    const hold = this.#holds.get(place);
    if (!hold) return;
    const { order } = hold;
    hold.n = this.#nextN(order);
    void this.#post(order, hold.n).outcome.then((outcome) => {
      // It may have been ended, or replaced, while this was on its way.
      if (this.#holds.get(place) !== hold) return;
      if (outcome.is === "done") this.#keepHolding(order, hold.n);
      else {
        this.#endHold(place);
        if (outcome.is === "refused") this.#onLapse(order.point.device, outcome.detail);
      }
    });
  }

  #endHold(place: string, exceptId?: string): void {
    const hold = this.#holds.get(place);
    if (!hold || hold.order.id === exceptId) return;
    clearTimeout(hold.renewal);
    this.#holds.delete(place);
  }

  /** 1 for a new hold, then rising; also for one that another process of the gateway held before, which is as old as its id. */
  #nextN({ id, point }: Hold["order"]): number {
    const hold = this.#holds.get(placeOf(point));
    const known = hold?.order.id === id ? hold.n : 0;
    const bornAt = bornAtOf(id);
    const seconds = bornAt === undefined ? 0 : Math.floor((Date.now() - bornAt) / 1000);
    return Math.max(known + 1, seconds + 1);
  }
}

/** When an id was made, if it begins with a UUIDv7 (RFC 9562, 5.7: 48 bits of milliseconds since 1970). */
function bornAtOf(id: string): number | undefined {
  const born = /^([0-9a-f]{8})-([0-9a-f]{4})-7[0-9a-f]{3}-/.exec(id);
  return born ? Number.parseInt(`${born[1]}${born[2]}`, 16) : undefined;
}

function unfitness({ op, point }: Order): string | undefined {
  const wanted = op === "output" ? "output" : op === "signal" ? "reader" : "lock";
  return point.kind === wanted ? undefined : `${op} is for a ${wanted}, not for a ${point.kind}`;
}

/** Pulses come and go beside a hold, and a signal is for a reader. */
function movesTheHold(order: Order): boolean {
  return order.op === "lock" ? order.pulse !== true : order.op !== "pulse" && order.op !== "signal";
}

/** `down/cmd` as the contract words it. */
function wording(order: Order, n: number): DownCommand {
  const { id, point } = order;
  switch (order.op) {
    case "pulse":
      return {
        id,
        op: "unlock",
        lock: point.n,
        ms: order.ms,
        ...(order.scan === undefined ? {} : { for: order.scan }),
        ...(order.late ? { late: true } : {}),
      };
    case "hold":
      return { id, op: "hold", lock: point.n, lease_ms: leaseMs, n };
    case "release":
      return { id, op: "release", lock: point.n };
    case "lock":
      return { id, op: "lock", lock: point.n, ends: order.ends };
    case "signal":
      return { id, op: "signal", reader: point.n, pattern: order.pattern, ms: order.ms };
    case "output":
      return {
        id,
        op: "output",
        output: point.n,
        on: order.on,
        ...(order.ms === undefined ? {} : { ms: order.ms }),
      };
  }
}
