/**
 * Whose turn it is on a line. Pure: every reader in its turn, the one that has waited longest first; one that has an order to
 * carry out goes before those that are only asked what is new, but not twice in a row while another waits.
 */

/** Of one reader, as it stands now, on the line's clock in milliseconds. */
export interface Turn {
  /** Not before this; infinite: not at all. */
  readonly dueAt: number;
  /** It has something to be told, beyond being asked what is new. */
  readonly urgent: boolean;
}

export type NextTurn = { readonly address: number } | { readonly until: number };

export class Timetable {
  /** In the order of their last turn. */
  #addresses: number[] = [];
  #lastWasUrgent = false;

  seat(address: number): void {
    if (!this.#addresses.includes(address)) this.#addresses.push(address);
  }

  unseat(address: number): void {
    this.#addresses = this.#addresses.filter((other) => other !== address);
  }

  /** Whoever is named has had its turn. */
  next(now: number, turnOf: (address: number) => Turn): NextTurn {
    let first: number | undefined;
    let urgent: number | undefined;
    let until = Number.POSITIVE_INFINITY;
    for (const address of this.#addresses) {
      const turn = turnOf(address);
      if (turn.dueAt > now) {
        until = Math.min(until, turn.dueAt);
        continue;
      }
      first ??= address;
      if (turn.urgent) urgent ??= address;
    }
    const preferred = this.#lastWasUrgent ? first : (urgent ?? first);
    if (preferred === undefined) {
      this.#lastWasUrgent = false;
      return { until };
    }
    this.#lastWasUrgent = preferred === urgent && preferred !== first;
    this.unseat(preferred);
    this.#addresses.push(preferred);
    return { address: preferred };
  }
}
