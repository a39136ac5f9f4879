/**
 * What one account may send: so many messages a second, and a burst. It belongs to the account and not to a connection, so that
 * hanging up and coming back gives nobody a new one.
 */
export class Allowance {
  readonly #perSecond: number;
  readonly #burst: number;
  #left: number;
  #filledAt: number;

  constructor(
    { publishPerSecond, publishBurst }: { readonly publishPerSecond: number; readonly publishBurst: number },
    now: number,
  ) {
    this.#perSecond = publishPerSecond;
    this.#burst = publishBurst;
    this.#left = publishBurst;
    this.#filledAt = now;
  }

  /** Takes what something costs, if that much is there; else how long until it will be, in milliseconds, and nothing is taken. */
  take(cost: number, now: number): number {
    this.#fill(now);
    // A burst smaller than one cost must not stop the client for good.
    const due = Math.min(cost, this.#burst);
    if (this.#left < due) return ((due - this.#left) / this.#perSecond) * 1000;
    this.#left -= due;
    return 0;
  }

  /** Takes it in any case, on credit; returns how long until that is paid back, in milliseconds. */
  charge(cost: number, now: number): number {
    this.#fill(now);
    this.#left -= cost;
    return this.#left < 0 ? (-this.#left / this.#perSecond) * 1000 : 0;
  }

  #fill(now: number): void {
    this.#left = Math.min(this.#burst, this.#left + ((now - this.#filledAt) / 1000) * this.#perSecond);
    this.#filledAt = now;
  }
}
