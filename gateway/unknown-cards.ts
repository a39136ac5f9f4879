import type { Instant } from "./core/site.js";

/** A card that nobody has, presented lately: kept in memory only, so that it can be given to a person. */
export interface UnknownCard {
  readonly device: string;
  readonly scan: string;
  readonly at: Instant;
  readonly door: string;
  /** Its canonical value and every other spelling of it; the first is the one to store. */
  readonly values: readonly string[];
  readonly shown: string;
}

/** How long a stranger's card can be given away without being presented again, and how many are remembered. */
const rememberedMs = 60 * 60_000;
const most = 100;

export class UnknownCards {
  #cards: UnknownCard[] = [];

  note(card: UnknownCard): void {
    this.#cards = [...this.#fresh(card.at).filter((other) => other.values[0] !== card.values[0]), card].slice(
      -most,
    );
  }

  find(device: string, scan: string): UnknownCard | undefined {
    return this.#cards.find((card) => card.device === device && card.scan === scan);
  }

  /** Newest first. */
  list(now: Instant): UnknownCard[] {
    this.#cards = this.#fresh(now);
    return this.#cards.toReversed();
  }

  forget(value: string): void {
    this.#cards = this.#cards.filter((card) => !card.values.includes(value));
  }

  #fresh(now: Instant): UnknownCard[] {
    return this.#cards.filter((card) => now - card.at < rememberedMs);
  }
}
