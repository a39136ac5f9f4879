/** A seeded random generator: the same seed lives the same day. */
export interface Random {
  /** In `[0, 1)`. */
  next(): number;
  /** In `[min, max)`. */
  between(min: number, max: number): number;
  /** True with this probability, 0 to 1. */
  chance(probability: number): boolean;
  pick<T>(from: readonly T[]): T | undefined;
  /** Picks in proportion to the weights; undefined if none is above 0. */
  weighted<T>(from: readonly (readonly [weight: number, choice: T])[]): T | undefined;
}

/** Mulberry32 (Tommy Ettinger, public domain): 32 bits of state, enough for a day's story and nothing secret. */
export function seededRandom(seed: number): Random {
  let state = seed >>> 0;
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  return {
    next,
    between: (min, max) => min + next() * (max - min),
    chance: (probability) => next() < probability,
    pick: (from) => from[Math.floor(next() * from.length)],
    weighted: (from) => {
      let left = next() * from.reduce((sum, [weight]) => sum + weight, 0);
      for (const [weight, choice] of from) {
        if (weight > 0 && left < weight) return choice;
        left -= weight;
      }
      return undefined;
    },
  };
}
