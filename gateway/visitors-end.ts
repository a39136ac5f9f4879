/** Ends visits when their time is over: the doors refuse by themselves by then, and here the cards become free for the next one. */
import { clockTrusted } from "./core/clock-trust.js";
import type { Engine, Log } from "./engine.js";
import { endOf } from "./operations/visitor-operations.js";
import type { Clock } from "./ports.js";
import type { Store } from "./store/store.js";

const lookEveryMs = 60_000;
const atOnce = 200;

interface Parts {
  readonly store: Store;
  readonly engine: Engine;
  readonly clock: Clock;
  readonly log: Log;
}

export class VisitorsEnd {
  readonly #parts: Parts;
  #timer: NodeJS.Timeout | undefined;
  #looking: Promise<void> | undefined;

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  start(): void {
    this.#timer = setInterval(() => void this.look(), lookEveryMs);
    this.#timer.unref();
  }

  async stop(): Promise<void> {
    clearInterval(this.#timer);
    await this.#looking;
  }

  /** Never rejects; what could not be written is tried again with the next look. */
  look(): Promise<void> {
    this.#looking ??= this.#look()
      .catch((error: unknown) => this.#parts.log.error({ err: error }, "visits could not be ended"))
      .finally(() => {
        this.#looking = undefined;
      });
    return this.#looking;
  }

  async #look(): Promise<void> {
    const { store, engine, clock } = this.#parts;
    // By a clock that may be wrong nothing is ended that a right one would not have ended yet.
    if (!clockTrusted(engine.state)) return;
    const now = clock.now();
    const by = { kind: "system", id: "visitors" } as const;
    const rows = await store.people.rows(await store.people.visitorsToEnd(now, atOnce));
    for (const row of rows) {
      const change = endOf(row, now);
      const result = await store.people.put(change, { by, at: now, why: "the visit is over" });
      if (!result.ok) continue;
      engine.note({
        type: "audit.people-changed",
        by,
        person: row.id,
        data: { action: "visit over", rows: result.versions.size },
      });
    }
  }
}
