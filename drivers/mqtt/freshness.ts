/**
 * How old a message is, told by a device without a clock: it says how long it has been up (`up_ms`), and of all its messages the
 * one that came soonest after its reading shows what "now" is on its scale.
 */

/** A quartz is off by up to 100 ppm, and so is ours: what counts as "soonest" may rise that fast, or a slow device would age. */
const driftPerMs = 200e-6;
/** Small devices count in 32 bits and start again after 49.7 days, without a new boot. */
const wrapMs = 2 ** 32;

export class Freshness {
  #boot: string | undefined;
  /** Smallest arrival − `up_ms` of this boot, as of `#at`. */
  #smallest = 0;
  #at = 0;
  #wraps = 0;

  /** Milliseconds between the reading and `arrivedAt` (a clock that never steps). Only messages of one boot compare. */
  age(boot: string, upMs: number, arrivedAt: number): number {
    if (boot !== this.#boot) {
      this.#boot = boot;
      this.#smallest = Number.POSITIVE_INFINITY;
      this.#wraps = 0;
    }
    const drifted = this.#smallest + (arrivedAt - this.#at) * driftPerMs;
    let offset = arrivedAt - upMs - this.#wraps * wrapMs;
    if (Number.isFinite(drifted) && offset - drifted > wrapMs / 2) {
      this.#wraps++;
      offset -= wrapMs;
    }
    // Read before the count started again, and told after it.
    if (this.#wraps > 0 && drifted - offset > wrapMs / 2) offset += wrapMs;
    this.#smallest = Math.min(drifted, offset);
    this.#at = arrivedAt;
    return offset - this.#smallest;
  }
}
