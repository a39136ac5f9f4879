/** Wrong secrets are forgotten after this long without another. */
const forgetMs = 60_000;
const firstPauseMs = 125;
const longestPauseMs = 2_000;
/** Wrong secrets of one account from one address until its answers come slower; four times as many for either alone. */
const free = 3;
/** The oldest goes first, so that a flood of invented names does not fill the memory. */
const remembered = 10_000;

interface Failures {
  count: number;
  lastAt: number;
}

/**
 * Slows guessing, per address and per account, by answering a wrong secret later and later. A right one is never delayed, so
 * nobody can lock out the owner of an account by guessing at it; the guesser's connections are counted by the gate meanwhile.
 */
export class GuessThrottle {
  readonly #failures = new Map<string, Failures>();

  /** Counts a wrong secret; returns how many this account had from this address, and how long the answer is to wait. */
  failed(
    address: string,
    account: string,
    now: number,
  ): { readonly attempts: number; readonly pauseMs: number } {
    const attempts = this.#count(`${address} ${account}`, now);
    const ofAddress = this.#count(`from ${address}`, now);
    const ofAccount = this.#count(`as ${account}`, now);
    const worst = Math.max(attempts, Math.floor(ofAddress / 4), Math.floor(ofAccount / 4));
    const pauseMs = worst <= free ? 0 : Math.min(longestPauseMs, firstPauseMs * 2 ** (worst - free - 1));
    return { attempts, pauseMs };
  }

  succeeded(address: string, account: string): void {
    this.#failures.delete(`${address} ${account}`);
  }

  #count(key: string, now: number): number {
    const before = this.#failures.get(key);
    const count = before && now - before.lastAt <= forgetMs ? before.count + 1 : 1;
    this.#failures.delete(key);
    this.#failures.set(key, { count, lastAt: now });
    for (const oldest of this.#failures.keys()) {
      if (this.#failures.size <= remembered) break;
      this.#failures.delete(oldest);
    }
    return count;
  }
}
