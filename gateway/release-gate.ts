import type { Appended, Clock, Journal } from "./ports.js";

/**
 * A door opens when its grant is on disk, or after `afterMs`, whichever is first. What went early is told by one
 * `system.released-early` in the very next batch, so that the log itself says which grants it was behind on.
 */
export class ReleaseGate {
  readonly #clock: Clock;
  readonly #afterMs: number;
  readonly #tellEarly: (seqs: readonly number[], waitedMs: number) => void;
  #early: number[] = [];
  #longestWaitMs = 0;
  #stopped = false;
  #stopListening: () => void = () => {};

  constructor(clock: Clock, afterMs: number, tellEarly: (seqs: readonly number[], waitedMs: number) => void) {
    this.#clock = clock;
    this.#afterMs = afterMs;
    this.#tellEarly = tellEarly;
  }

  start(journal: Journal): void {
    this.#stopListening = journal.onBatch(() => this.#tell());
  }

  /** Says what is still to be said; what opens early after this is said by nobody, since the journal closes. */
  stop(): void {
    this.#stopListening();
    this.#tell();
    this.#stopped = true;
  }

  /** Calls `open` once: when `appended` is durable, or when it has waited long enough, and is then early. */
  hold(appended: Appended, open: (early: boolean) => void): void {
    const askedAt = this.#clock.monotonic();
    let opened = false;
    const openEarly = (): void => {
      if (opened) return;
      opened = true;
      for (const event of appended.events) this.#early.push(event.seq);
      this.#longestWaitMs = Math.max(this.#longestWaitMs, Math.round(this.#clock.monotonic() - askedAt));
      open(true);
    };
    // After a loop that was held up, timers come before the disk's answer that is already there: that is heard first.
    const timer = setTimeout(() => setImmediate(openEarly), this.#afterMs);
    appended.durable.then(
      () => {
        clearTimeout(timer);
        // No batch may follow that could carry the confession; then it is one of its own.
        if (opened) this.#tell();
        else {
          opened = true;
          open(false);
        }
      },
      // Lost for good (the ring overflowed): the timer has opened long ago and `system.lost` tells the rest.
      () => clearTimeout(timer),
    );
  }

  #tell(): void {
    if (this.#early.length === 0 || this.#stopped) return;
    const seqs = this.#early;
    const waitedMs = this.#longestWaitMs;
    this.#early = [];
    this.#longestWaitMs = 0;
    this.#tellEarly(seqs, waitedMs);
  }
}
