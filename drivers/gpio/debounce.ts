/** A contact bounces for some milliseconds: what it settles at counts, once. Pure; instants are milliseconds that are never set back. */

/** A contact that never settles is looked at after so many times its own time. */
const patience = 10;

export class Debounce {
  readonly #ms: number;
  #told: boolean;
  #since: number | undefined;

  constructor(ms: number, level: boolean) {
    this.#ms = ms;
    this.#told = level;
  }

  /** Something moved: when to look. */
  moved(now: number): number {
    this.#since ??= now;
    return Math.min(now + this.#ms, this.#since + patience * this.#ms);
  }

  /** Its level now that the time is over: true if that is news. */
  settled(level: boolean): boolean {
    this.#since = undefined;
    const changed = level !== this.#told;
    this.#told = level;
    return changed;
  }
}
