/**
 * Whether the key that people's PINs were made with is still the one in force. Without it every PIN is a wrong one, and nothing of
 * the PIN itself would say why: so each key leaves its mark in the database, with the instant from which it was in force.
 */
import { createHmac } from "node:crypto";
import { z } from "zod";
import type { Instant } from "./core/site.js";
import type { Clock } from "./ports.js";
import type { Store } from "./store/store.js";

export interface PinKeyLost {
  /** Whose PINs were made with a key that is not there any more. */
  readonly people: number;
  /** Since the gateway runs with another key. */
  readonly since: Instant;
}

const metaKey = "pins.keys";
const keysSeen = z.array(z.object({ mark: z.string(), from: z.number() })).min(1);
/** Somebody who changes keys this often has no key to lose. */
const mostKept = 50;

export class PinKeyWatch {
  readonly #mark: string;
  readonly #store: Pick<Store, "meta" | "people">;
  readonly #clock: Clock;

  constructor(key: Buffer, store: Pick<Store, "meta" | "people">, clock: Clock) {
    // Says nothing of the key, nor of a PIN: those are made of digits alone.
    this.#mark = createHmac("sha256", key).update("the key of the PINs").digest("base64url").slice(0, 22);
    this.#store = store;
    this.#clock = clock;
  }

  /** Notes which key is in force from now on. */
  async start(): Promise<void> {
    const seen = await this.#seen();
    if (seen.at(-1)?.mark === this.#mark) return;
    const from = seen.length === 0 ? 0 : this.#clock.now();
    const now = [...seen, { mark: this.#mark, from }].slice(-mostKept);
    await this.#store.meta.set(metaKey, JSON.stringify(now));
  }

  /** undefined: every PIN that is in force was made with the key that is. */
  async lost(): Promise<PinKeyLost | undefined> {
    const seen = await this.#seen();
    let people = 0;
    for (const [i, { mark, from }] of seen.entries()) {
      if (mark === this.#mark) continue;
      people += await this.#store.people.pinsSetBetween(from, seen[i + 1]?.from ?? Number.MAX_SAFE_INTEGER);
    }
    const since = seen.at(-1)?.from;
    return people === 0 || since === undefined ? undefined : { people, since };
  }

  async #seen(): Promise<z.infer<typeof keysSeen>> {
    const text = await this.#store.meta.get(metaKey);
    const read = text === undefined ? undefined : keysSeen.safeParse(JSON.parse(text));
    return read?.success ? read.data : [];
  }
}
