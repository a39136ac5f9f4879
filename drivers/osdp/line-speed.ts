/** How long bytes take on a line, and how much of the line is used. */

/** 8 data bits with a start and a stop bit (OSDP 2.2, 5.2). */
const bitsACharacter = 10;

export function charactersMs(characters: number, speed: number): number {
  return (characters * bitsACharacter * 1000) / speed;
}

/** The line rests for two characters before a command (OSDP 2.2, 5.7). */
export const restCharacters = 2;

/** A secure POLL and its ACK, each with its mark. */
const pollCharacters = 2 * (14 + 1);

/** Answered polls a second that a line of this speed can carry, with the rests between them. */
export function lineLimit(speed: number): number {
  return 1000 / charactersMs(pollCharacters + restCharacters, speed);
}

/** What a line does, beside what it can do. */
export interface LineRate {
  /** Answered exchanges a second, over the last seconds. */
  readonly measured: number;
  /** Answered polls a second that its speed allows. */
  readonly limit: number;
}

const windowMs = 5_000;

/** Counts what happened in the last seconds, in memory that does not grow. */
export class RateMeter {
  #count = 0;
  #since: number;
  #before: number | undefined;

  constructor(now: number) {
    this.#since = now;
  }

  note(now: number): void {
    this.#roll(now);
    this.#count++;
  }

  perSecond(now: number): number {
    this.#roll(now);
    const ms = now - this.#since;
    // A window that has just begun says less than the one before it.
    if (this.#before !== undefined && ms < windowMs / 2) return this.#before;
    return ms <= 0 ? 0 : (this.#count * 1000) / ms;
  }

  #roll(now: number): void {
    const ms = now - this.#since;
    if (ms < windowMs) return;
    this.#before = (this.#count * 1000) / ms;
    this.#count = 0;
    this.#since = now;
  }
}
