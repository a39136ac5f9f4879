import type { EventBody } from "../core/events.js";

const windowMs = 60_000;
/** Of all keys together: whoever invents names by the thousand must not fill the log. */
const perWindow = 60;

/** What the broker has to say for the log: the same thing of the same client once a minute, and not too much of all. */
export class Notes {
  readonly #onNote: (event: EventBody) => void;
  #window = 0;
  readonly #told = new Set<string>();

  constructor(onNote: (event: EventBody) => void) {
    this.#onNote = onNote;
  }

  /** @param key what it is about; a second note with the same key within the minute is not told */
  note(key: string, event: EventBody): void {
    const window = Math.floor(performance.now() / windowMs);
    if (window !== this.#window) {
      this.#window = window;
      this.#told.clear();
    }
    if (this.#told.has(key) || this.#told.size >= perWindow) return;
    this.#told.add(key);
    this.#onNote(event);
  }
}
