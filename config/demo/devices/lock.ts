/** Why a lock would not do as told; goes back in the acknowledgement. */
export type Unwilling = string;

/** How many ended orders a lock remembers, so that a late renewal or pulse does not open it again. */
const endedKept = 200;
/** The longest timer of Node, about 24.8 days; no pulse and no lease of a door is longer. */
export const longestMs = 2 ** 31 - 1;

interface Lease {
  /** The highest `n` seen: only a higher one renews. */
  n: number;
  timer: NodeJS.Timeout;
}

/**
 * One lock as the contract wants it. It is unlocked while a pulse runs, a hold's lease lasts, or a release is latched; whatever
 * it is told, it ends pulses and leases itself.
 */
export class Lock {
  readonly #leases = new Map<string, Lease>();
  readonly #ended = new Set<string>();
  readonly #latched: Set<string>;
  readonly #onTurn: (locked: boolean) => void;
  readonly #keepLatched: (ids: readonly string[]) => void;
  readonly #pulses = new Map<string, NodeJS.Timeout>();
  #told: boolean;

  constructor(options: {
    /** Releases that were latched before the device restarted. */
    latched: readonly string[];
    /** Told when the bolt turns. */
    onTurn: (locked: boolean) => void;
    /** Must have put the latches on disk when it returns. */
    keepLatched: (ids: readonly string[]) => void;
  }) {
    this.#latched = new Set(options.latched);
    this.#onTurn = options.onTurn;
    this.#keepLatched = options.keepLatched;
    this.#told = this.locked;
  }

  get locked(): boolean {
    return this.#pulses.size === 0 && !this.held;
  }

  /** By a lease or a latch. */
  get held(): boolean {
    return this.#leases.size > 0 || this.#latched.size > 0;
  }

  /** Each ends by its own time, or by its name; unlocked while any runs. */
  pulse(id: string, ms: number): Unwilling | undefined {
    if (this.#ended.has(id)) return `unlock ${id} has been ended`;
    clearTimeout(this.#pulses.get(id));
    const timer = setTimeout(() => {
      this.#pulses.delete(id);
      this.#turn();
    }, ms);
    this.#pulses.set(id, timer);
    this.#turn();
    return undefined;
  }

  /** Begins a hold or renews it; a renewal needs a higher `n`, and none is taken after the hold was ended. */
  hold(id: string, n: number, leaseMs: number): Unwilling | undefined {
    if (this.#ended.has(id)) return `hold ${id} has been ended`;
    const known = this.#leases.get(id);
    // Seen before, or overtaken by a later one: it was done, and it lengthens nothing.
    if (known && n <= known.n) return undefined;
    clearTimeout(known?.timer);
    const timer = setTimeout(() => {
      this.#leases.delete(id);
      this.#turn();
    }, leaseMs);
    this.#leases.set(id, { n, timer });
    this.#turn();
    return undefined;
  }

  release(id: string): Unwilling | undefined {
    if (this.#ended.has(id)) return `release ${id} has been ended`;
    if (!this.#latched.has(id)) {
      this.#keepLatched([...this.#latched, id]);
      this.#latched.add(id);
    }
    this.#turn();
    return undefined;
  }

  /** Ends the pulse, hold or release of that id, and no other; also one that has not come yet, so that nothing late opens the door. */
  lock(ends: string): void {
    if (this.#latched.has(ends)) {
      this.#keepLatched([...this.#latched].filter((id) => id !== ends));
      this.#latched.delete(ends);
    }
    clearTimeout(this.#pulses.get(ends));
    this.#pulses.delete(ends);
    clearTimeout(this.#leases.get(ends)?.timer);
    this.#leases.delete(ends);
    this.#ended.add(ends);
    for (const oldest of this.#ended) {
      if (this.#ended.size <= endedKept) break;
      this.#ended.delete(oldest);
    }
    this.#turn();
  }

  /** The device loses power: timers end, latches stay on disk. */
  stop(): void {
    for (const timer of this.#pulses.values()) clearTimeout(timer);
    for (const { timer } of this.#leases.values()) clearTimeout(timer);
  }

  #turn(): void {
    if (this.locked === this.#told) return;
    this.#told = this.locked;
    this.#onTurn(this.#told);
  }
}
