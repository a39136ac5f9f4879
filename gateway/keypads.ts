/** Keys pressed at readers, until they are a PIN. Digits live here for seconds, in memory, and are told to nobody but the directory. */
import type { DevicePoint } from "../drivers/driver.js";

interface Entry {
  digits: string;
  /** On the monotonic clock, in milliseconds. */
  lastKeyAt: number;
}

interface Entered {
  readonly digits: string;
  readonly rest: string;
}

/** Longer than any PIN; what is longer is wrong. */
export const mostDigits = 12;

export class Keypads {
  readonly #entries = new Map<string, Entry>();

  /**
   * Takes what came from one keypad, in order: `#` ends the entry, `*` clears it, a pause of more than `waitMs` begins a new one,
   * letters do nothing. Returns the digits that were ended, and what follows the `#` in the same message, which is not kept.
   * Undefined: more is to come.
   */
  take(point: DevicePoint, keys: string, now: number, waitMs: number): Entered | undefined {
    const key = keyOf(point);
    const before = this.#entries.get(key);
    let digits = before && now - before.lastKeyAt <= waitMs ? before.digits : "";
    for (const [index, pressed] of [...keys].entries()) {
      if (pressed === "#" && digits !== "") {
        this.#entries.delete(key);
        return { digits, rest: [...keys].slice(index + 1).join("") };
      }
      if (pressed === "*") digits = "";
      else if (pressed >= "0" && pressed <= "9") digits = (digits + pressed).slice(0, mostDigits + 1);
    }
    if (digits === "") this.#entries.delete(key);
    else this.#entries.set(key, { digits, lastKeyAt: now });
    return undefined;
  }

  clear(point: DevicePoint): void {
    this.#entries.delete(keyOf(point));
  }
}

function keyOf({ device, kind, n }: DevicePoint): string {
  return `${device}/${kind}/${n}`;
}
