/**
 * What one lock was told, and what it should be now. Pure, for wires that know no more than on and off: each order ends by its own
 * time or by its name, and the lock is open while any of them lasts. Instants are milliseconds that are never set back.
 */
import type { Order } from "./driver.js";

export type LockWanted =
  | { readonly is: "locked" }
  /** `until` absent: held, for as long as the driver lives. */
  | { readonly is: "unlocked"; readonly until?: number }
  /** Outlives the driver. */
  | { readonly is: "released" };

export type LockOrder = Extract<Order, { op: "pulse" | "hold" | "release" | "lock" }>;

export class LockTimeline {
  readonly #pulses = new Map<string, number>();
  #hold: string | undefined;
  #releases: ReadonlySet<string> = new Set();

  take(order: LockOrder, now: number): void {
    switch (order.op) {
      case "pulse":
        this.#pulses.set(order.id, now + order.ms);
        return;
      case "hold":
        this.#hold = order.id;
        return;
      case "release":
        this.#releases = new Set([...this.#releases, order.id]);
        return;
      case "lock":
        this.#end(order.ends);
    }
  }

  /** The order did not reach the lock: it counts for nothing. */
  forget(order: LockOrder): void {
    if (order.op !== "lock") this.#end(order.id);
  }

  wanted(now: number): LockWanted {
    if (this.#releases.size > 0) return { is: "released" };
    if (this.#hold !== undefined) return { is: "unlocked" };
    const until = this.pulseUntil(now);
    return until === undefined ? { is: "locked" } : { is: "unlocked", until };
  }

  /** When the last pulse that runs will have ended. */
  pulseUntil(now: number): number | undefined {
    for (const [id, until] of this.#pulses) if (until <= now) this.#pulses.delete(id);
    return this.#pulses.size === 0 ? undefined : Math.max(...this.#pulses.values());
  }

  /** The lock was away: a passage that was granted before is no longer one. */
  endPulses(): void {
    this.#pulses.clear();
  }

  #end(id: string): void {
    this.#pulses.delete(id);
    if (this.#hold === id) this.#hold = undefined;
    this.#releases = new Set([...this.#releases].filter((other) => other !== id));
  }
}

/** What a lock does without power. */
export type LockKind = "fail-secure" | "fail-safe";
