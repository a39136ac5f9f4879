/** So many messages go out before the loop is let go, so that sockets are written and doors are served in between. */
const atOnce = 64;
/** What may wait. News are few; only a request's answers or a defect could fill it. */
const longest = 20_000;

export class OutboxFull extends Error {
  constructor() {
    super(`more than ${longest} messages wait to be published`);
    this.name = "OutboxFull";
  }
}

/**
 * Everything that goes to subscribers, one at a time, each after the broker has finished the one before: a client drops a message
 * whose number is below the last one it saw, and two on their way at once may overtake each other.
 */
export class Outbox<M> {
  readonly #send: (message: M, done: () => void) => void;
  readonly #waiting: { readonly message: M; readonly sent: () => void }[] = [];
  #running = false;

  constructor(send: (message: M, done: () => void) => void) {
    this.#send = send;
  }

  /** Resolves when the broker has handed it to every subscriber's connection; rejects with OutboxFull. */
  put(message: M): Promise<void> {
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
