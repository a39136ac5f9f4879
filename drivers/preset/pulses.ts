/** Pulses on their way to foreign devices. There is nothing else to order: whatever is unlocked, the device locks again itself. */
import type { DeviceBus, Order, OrderOutcome } from "../driver.js";
import type { PulseCommand } from "./format.js";
import { filled, type Words, wording } from "./values.js";

/** Only what the device says proves a pulse; without it the connection is cut, so that nothing arrives late. */
const confirmWithinMs = 2_000;
/** Orders that are remembered, so that the same one is not done again. */
const remembered = 1_000;
const largestRequest = 2 ** 31 - 1;

type Pulse = Extract<Order, { op: "pulse" }>;

interface Waiting {
  readonly order: Pulse;
  readonly request: number;
  readonly outcome: Promise<OrderOutcome>;
  settle(outcome: OrderOutcome): void;
}

export class Pulses {
  readonly #bus: DeviceBus;
  readonly #waiting = new Set<Waiting>();
  readonly #done = new Map<string, Promise<OrderOutcome>>();
  // Not from 1: an answer to a request of an earlier start is none to one of this.
  #request = Math.floor(Math.random() * 1e9) + 1;

  constructor(bus: DeviceBus) {
    this.#bus = bus;
  }

  /** @param words what `{prefix}`, `{n}`, `{i}` and `{name}` are at this lock */
  send(order: Pulse, { topic, payload, ms }: PulseCommand, words: Words): Promise<OrderOutcome> {
    const { device } = order.point;
    const key = `${device} ${order.id}`;
    const before = this.#done.get(key);
    if (before) return before;
    if (order.ms > ms.most)
      return refused(`this device holds a pulse for ${ms.most / 1000} s at most, not ${order.ms / 1000} s`);
    if (!this.#bus.isOnline(device))
      return Promise.resolve({ is: "unreachable", detail: `${device} is not connected` });
    this.#request = this.#request >= largestRequest ? 1 : this.#request + 1;
    const waiting = this.#wait(order, this.#request);
    this.#remember(key, waiting.outcome);
    const pulseMs = Math.max(order.ms, ms.least);
    const all: Words = {
      ...words,
      request: waiting.request,
      id: order.id,
      ms: pulseMs,
      seconds: pulseMs / 1000,
      pulsetime: pulseTime(pulseMs),
    };
    const body = wording(payload, all);
    const text = typeof body === "string" ? body : JSON.stringify(body);
    this.#bus.sendDown(device, filled(topic, all), text, 1).then(
      (sent) => {
        if (!sent) waiting.settle({ is: "unreachable", detail: `${device} is not connected` });
      },
      (error: unknown) => waiting.settle({ is: "unreachable", detail: String(error) }),
    );
    return waiting.outcome;
  }

  /** The device has said what became of a request; of the oldest of this lock, where it does not say of which. */
  confirmed(device: string, lock: number, request: number | undefined, error: string | undefined): void {
    for (const waiting of this.#waiting) {
      const { point } = waiting.order;
      if (point.device !== device || point.n !== lock) continue;
      if (request !== undefined && request !== waiting.request) continue;
      waiting.settle(error === undefined ? { is: "done" } : { is: "refused", detail: error });
      return;
    }
  }

  drop(device: string, why: string): void {
    for (const { order, settle } of [...this.#waiting])
      if (order.point.device === device) settle({ is: "unreachable", detail: why });
  }

  stop(): void {
    for (const { settle } of [...this.#waiting])
      settle({ is: "unreachable", detail: "the gateway is stopping" });
  }

  #wait(order: Pulse, request: number): Waiting {
    let settle: Waiting["settle"] = () => {};
    const outcome = new Promise<OrderOutcome>((resolve) => {
      const unanswered = (): void => {
        if (!this.#waiting.has(waiting)) return;
        settle({
          is: "no-answer",
          detail: `the device did not say within ${confirmWithinMs} ms that it did it`,
        });
        this.#bus.reset(order.point.device);
      };
      // After a loop that was held up, timers come before what lies in the sockets: that is read first.
      const timer = setTimeout(() => setImmediate(unanswered), confirmWithinMs);
      settle = (result) => {
        clearTimeout(timer);
        this.#waiting.delete(waiting);
        resolve(result);
      };
    });
    const waiting: Waiting = { order, request, outcome, settle: (result) => settle(result) };
    this.#waiting.add(waiting);
    return waiting;
  }

  #remember(key: string, outcome: Promise<OrderOutcome>): void {
    this.#done.set(key, outcome);
    for (const oldest of this.#done.keys()) {
      if (this.#done.size <= remembered) return;
      this.#done.delete(oldest);
    }
  }
}

function refused(detail: string): Promise<OrderOutcome> {
  return Promise.resolve({ is: "refused", detail });
}

/** Tasmota's `PulseTime`: tenths of a second from 1 to 111, from 112 on seconds and 100. Never shorter than asked. */
function pulseTime(ms: number): number {
  return ms <= 11_100 ? Math.max(1, Math.ceil(ms / 100)) : Math.ceil(ms / 1000) + 100;
}
