import type { Reading } from "../drivers/driver.js";
import type { ScanOutcome } from "./core/commands.js";
import type { CredentialPresented } from "./core/signals.js";
import type { Instant } from "./core/site.js";

/** How long an answered scan id is known again (MQTT contract, `up/scan`). */
export const scanMemoryMs = 10 * 60_000;
/** A scan older than this never opens a door (MQTT contract, `up/scan`). */
const staleAfterMs = 5_000;

interface Remembered {
  readonly at: Instant;
  outcome?: ScanOutcome;
  repeatLogged: boolean;
}

/** What a scan, or keys with an id of their own, are known again by, and how fresh they are. */
type Moment = Pick<Extract<Reading, { type: "scan" }>, "point" | "scan" | "ageMs" | "retained" | "again">;

export type ScanVerdict =
  | { readonly is: "new" }
  /** Already being decided: its answer is on the way. */
  | { readonly is: "pending" }
  /** Answered before: say the same again and open nothing. `log`: the first repeat of this id. */
  | { readonly is: "answered"; readonly outcome: ScanOutcome; readonly log: boolean }
  | { readonly is: "ignored"; readonly why: NonNullable<CredentialPresented["ignored"]> };

/** Which scan ids were answered, and how: a device repeats a scan until it has its result, and it opens a door once. */
export class ScanMemory {
  readonly #scans = new Map<string, Remembered>();

  /** After a restart, from the journal. */
  recall(device: string, scan: string, outcome: ScanOutcome, at: Instant): void {
    this.#scans.set(keyOf(device, scan), { at, outcome, repeatLogged: false });
  }

  judge(reading: Moment, now: Instant): ScanVerdict {
    this.#forget(now);
    const key = keyOf(reading.point.device, reading.scan);
    const known = this.#scans.get(key);
    if (known) {
      if (known.outcome === undefined) return { is: "pending" };
      const log = !known.repeatLogged;
      known.repeatLogged = true;
      return { is: "answered", outcome: known.outcome, log };
    }
    const ignored = ignoredBecause(reading);
    this.#scans.set(key, { at: now, repeatLogged: false });
    return ignored ? { is: "ignored", why: ignored } : { is: "new" };
  }

  answered(device: string, scan: string, outcome: ScanOutcome): void {
    const known = this.#scans.get(keyOf(device, scan));
    if (known) known.outcome = outcome;
  }

  /** How it was answered; undefined: not yet. */
  outcomeOf(device: string, scan: string): ScanOutcome | undefined {
    return this.#scans.get(keyOf(device, scan))?.outcome;
  }

  /** Map order is insertion order, so the oldest come first. */
  #forget(now: Instant): void {
    for (const [key, { at }] of this.#scans) {
      if (now - at < scanMemoryMs) return;
      this.#scans.delete(key);
    }
  }
}

function keyOf(device: string, scan: string): string {
  return `${device} ${scan}`;
}

function ignoredBecause(reading: Moment): CredentialPresented["ignored"] {
  if (reading.retained) return "retained";
  if (reading.ageMs !== undefined && reading.ageMs > staleAfterMs) return "stale";
  if (reading.again && reading.ageMs === undefined) return "stale";
  return undefined;
}
