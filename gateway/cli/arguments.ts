/** What people type after an option, read into what operations take. */
import { InvalidArgumentError } from "commander";

export function wholeNumber(least: number, most: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (!/^\d+$/.test(text) || value < least || value > most) {
      throw new InvalidArgumentError(`It must be a whole number from ${least} to ${most}.`);
    }
    return value;
  };
}

export const port = wholeNumber(0, 65_535);

export function numberUpTo(most: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (text.trim() === "" || !(value > 0 && value <= most)) {
      throw new InvalidArgumentError(`It must be a number above 0, up to ${most}.`);
    }
    return value;
  };
}

const unitMs: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000 };

/** `5s`, `500ms`, `2m`, or a plain number of milliseconds. */
export function durationMs(text: string): number {
  const [, amount, unit] = /^(\d+(?:\.\d+)?)\s*(ms|s|m|h)?$/.exec(text.trim()) ?? [];
  const ms = Math.round(Number(amount) * (unitMs[unit ?? "ms"] ?? Number.NaN));
  if (!Number.isSafeInteger(ms) || ms <= 0) {
    throw new InvalidArgumentError("It must be a duration such as 5s, 500ms or 2m.");
  }
  return ms;
}

/** ISO 8601; without a zone it is this machine's local time. Returned as ISO 8601 in UTC. */
export function instant(text: string): string {
  const at = /^\d{4}-\d{2}-\d{2}/.test(text)
    ? new Date(/^\d{4}-\d{2}-\d{2}$/.test(text) ? `${text}T00:00:00` : text)
    : new Date(Number.NaN);
  if (Number.isNaN(at.getTime())) {
    throw new InvalidArgumentError(
      "It must be a date and time such as 2026-11-24T18:00 or 2026-11-24T18:00:00Z.",
    );
  }
  return at.toISOString();
}

/** For an option that may be given several times. */
export function collect(text: string, before: readonly string[] | undefined): string[] {
  return [...(before ?? []), text];
}
