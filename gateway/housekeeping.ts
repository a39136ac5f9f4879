import type { Change, State } from "./core/state.js";
import type { Log } from "./engine.js";
import type { Clock } from "./ports.js";
import type { Store } from "./store/store.js";

const dayMs = 86_400_000;
/** Signals are what a replay needs; events stay (architecture, "replay needs its inputs"). */
const signalsKeptMs = 90 * dayMs;

/** Once a day: a snapshot of the building's state, so that a replay need not start at the beginning, and old signals go. */
export class Housekeeping {
  readonly #store: Store;
  readonly #state: State;
  readonly #clock: Clock;
  readonly #log: Log;
  #timer: NodeJS.Timeout | undefined;

  constructor(store: Store, state: State, clock: Clock, log: Log) {
    this.#store = store;
    this.#state = state;
    this.#clock = clock;
    this.#log = log;
  }

  start(): void {
    this.#timer = setInterval(() => void this.tidy(), dayMs);
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  /** Never rejects: a building does not depend on it, and the next day tries again. */
  async tidy(): Promise<void> {
    const now = this.#clock.now();
    try {
      // Number and state are of one moment: nothing is awaited between them.
      await this.#store.snapshots.save(this.#store.signals.lastN, now, changesOf(this.#state));
      await this.#store.expire({ signalsBefore: now - signalsKeptMs });
    } catch (error) {
      this.#log.error({ err: error }, "the daily snapshot or the expiry of old signals failed");
    }
  }
}

/** The whole state as changes to an empty one. */
function changesOf(state: State): Change[] {
  return (Object.keys(state) as (keyof State)[]).flatMap((kind) =>
    [...state[kind]].map(([id, value]) => ({ kind, id, value }) as Change),
  );
}
