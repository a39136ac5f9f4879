import type { PublishPacket } from "aedes";

/** So many messages go out before the loop is let go, so that sockets are written and doors are served in between. */
const atOnce = 64;
/** What may wait. News are few; only a request's answers or a defect could fill it. */
const longest = 20_000;

class OutboxFull extends Error {
  constructor() {
    super(`more than ${longest} messages wait to be published`);
    this.name = "OutboxFull";
  }
}

/**
 * Everything that goes to subscribers, one at a time, each after the broker has finished the one before: a client drops a message
 * whose number is below the last one it saw, and two on their way at once may overtake each other.
 */
export class Outbox {
  readonly #send: (message: PublishPacket, done: () => void) => void;
  readonly #waiting: { readonly message: PublishPacket; readonly sent: () => void }[] = [];
  #running = false;

  constructor(send: (message: PublishPacket, done: () => void) => void) {
    this.#send = send;
  }

  /** Resolves when the broker has handed it to every subscriber's connection; rejects with OutboxFull. */
  put(message: PublishPacket): Promise<void> {
    if (this.#waiting.length >= longest) return Promise.reject(new OutboxFull());
    return new Promise((sent) => {
      this.#waiting.push({ message, sent });
      if (!this.#running) void this.#run();
    });
  }

  async #run(): Promise<void> {
    this.#running = true;
    for (let count = 1; ; count++) {
      const next = this.#waiting.shift();
      if (!next) break;
      await new Promise<void>((resolve) => this.#send(next.message, resolve));
      next.sent();
      if (count % atOnce === 0) await new Promise((resolve) => setImmediate(resolve));
    }
    this.#running = false;
  }
}

export function sitePacket(
  topic: string,
  payload: string,
  how: { readonly retain: boolean; readonly qos: 0 | 1 },
): PublishPacket {
  return { cmd: "publish", dup: false, topic, payload: Buffer.from(payload), ...how };
}

/** Nothing to a device is ever retained. */
export function devicePacket(topic: string, payload: string, qos: 0 | 1): PublishPacket {
  return sitePacket(topic, payload, { retain: false, qos });
}
