/** Which level of an input is a change that was seen, and how many were not: each level carries how often it has changed. */

export interface Level {
  readonly boot: string;
  readonly active: boolean;
  readonly fault: "open" | "short" | "tamper" | null;
  readonly changes: number;
}

export interface Heard {
  readonly edge: boolean;
  readonly missed: number;
}

export class InputLevels {
  readonly #levels = new Map<number, Level>();
  /** Inputs whose level is known since the device came (back): only from then on is a change one that was seen. */
  readonly #live = new Set<number>();

  /** The connection is new: what is told next is where things stand, not what is happening. */
  restate(): void {
    this.#live.clear();
  }

  /** undefined: older than what is known already. */
  hear(n: number, level: Level, flags: { retained: boolean; again: boolean }): Heard | undefined {
    const known = this.#levels.get(n);
    const more = known?.boot === level.boot ? level.changes - known.changes : undefined;
    // An older level that the transport brought again must not undo the newer one.
    if (more !== undefined && more < 0 && (flags.again || flags.retained)) return undefined;
    const wasLive = this.#live.has(n);
    this.#levels.set(n, level);
    this.#live.add(n);
    if (more === undefined || more <= 0) return { edge: false, missed: 0 };
    // Away, or from memory: all of these changes went unseen.
    if (!wasLive || flags.retained) return { edge: false, missed: more };
    return { edge: true, missed: more - 1 };
  }

  known(): Iterable<[number, Level]> {
    return this.#levels;
  }
}
