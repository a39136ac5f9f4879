import { type EventCategory, eventCategories } from "./core/events.js";
import type { Instant } from "./core/site.js";
import type { Change, State } from "./core/state.js";
import type { Log } from "./engine.js";
import type { LogRoomWatch } from "./log-room.js";
import type { Clock } from "./ports.js";
import type { Store } from "./store/store.js";

const dayMs = 86_400_000;
/** Signals are what a replay needs; events stay (architecture, "replay needs its inputs"). */
const signalsKeptMs = 90 * dayMs;
/** Not at once: what is slow at a start has other reasons enough. */
const firstLookAfterMs = 60_000;
const lookEveryMs = 10 * 60_000;
const tidiedKey = "housekeeping.tidied-at";

/** How many days events of a category keep their content; "forever" where it never expires. */
export type KeepDays = Readonly<Record<EventCategory, number | "forever">>;

/**
 * Once a day, also if the gateway is started anew every day: a snapshot of the building's state, so that a replay need not start at
 * the beginning, and what has had its time goes. Every ten minutes a look at the log's room.
 */
export class Housekeeping {
  readonly #store: Store;
  readonly #state: State;
  readonly #clock: Clock;
  readonly #log: Log;
  readonly #keepDays: KeepDays;
  readonly #room: LogRoomWatch;
  readonly #stopping = new AbortController();
  #timer: NodeJS.Timeout | undefined;
  #looking: Promise<void> | undefined;

  constructor(
    parts: { readonly store: Store; readonly state: State; readonly clock: Clock; readonly log: Log },
    keepDays: KeepDays,
    room: LogRoomWatch,
  ) {
    this.#store = parts.store;
    this.#state = parts.state;
    this.#clock = parts.clock;
    this.#log = parts.log;
    this.#keepDays = keepDays;
    this.#room = room;
  }

  start(): void {
    this.#wait(firstLookAfterMs);
  }

  /** Resolves when what was being tidied has come to a place where it can be left. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    clearTimeout(this.#timer);
    await this.#looking;
  }

  /** Never rejects: a building does not depend on it, and the next time tries again. */
  async look(): Promise<void> {
    try {
      await this.#room.look();
    } catch (error) {
      this.#log.error({ err: error }, "the size of the log could not be found out");
    }
    try {
      const tidiedAt = Number((await this.#store.meta.get(tidiedKey)) ?? 0);
      const now = this.#clock.now();
      // A clock that was set back must not put it off for long.
      if (Math.abs(now - tidiedAt) >= dayMs) await this.tidy(now);
    } catch (error) {
      this.#log.error({ err: error }, "the daily snapshot or the expiry of what is old failed");
    }
  }

  async tidy(now: Instant): Promise<void> {
    // Number and state are of one moment: nothing is awaited between them.
    await this.#store.snapshots.save(this.#store.signals.lastN, now, changesOf(this.#state));
    const stopping = this.#stopping.signal;
    await this.#store.expire({
      signalsBefore: now - signalsKeptMs,
      eventBodiesBefore: expiryOf(this.#keepDays, now),
      stopping,
    });
    if (!stopping.aborted) await this.#store.cutExpired();
    if (!stopping.aborted) await this.#store.meta.set(tidiedKey, String(now));
  }

  #wait(ms: number): void {
    this.#timer = setTimeout(() => {
      this.#looking = this.look().finally(() => {
        if (!this.#stopping.signal.aborted) this.#wait(lookEveryMs);
      });
    }, ms);
  }
}

function expiryOf(keepDays: KeepDays, now: Instant): Partial<Record<EventCategory, Instant>> {
  return Object.fromEntries(
    eventCategories.flatMap((category) => {
      const days = keepDays[category];
      return days === "forever" ? [] : [[category, now - days * dayMs] as const];
    }),
  );
}

/** The whole state as changes to an empty one. */
function changesOf(state: State): Change[] {
  return (Object.keys(state) as (keyof State)[]).flatMap((kind) =>
    [...state[kind]].map(([id, value]) => ({ kind, id, value }) as Change),
  );
}
