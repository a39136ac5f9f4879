/**
 * The smallest shapes of the site document: ids, names, times, dates, points. Each refusal says what would be right, since an
 * installer reads it beside the line that caused it.
 */
import { z } from "zod";
import type { PointKind } from "../core/site.js";

/** Ids of the MQTT contract; permanent and never reused. */
export const idPattern = /^[a-z0-9][a-z0-9-]{0,62}$/;

export const id = z.string().regex(idPattern, {
  error: "must be an id: 1 to 63 small letters, digits and hyphens, starting with a letter or digit",
});

/** Control characters, half surrogates, line and paragraph separators, and the marks that turn the direction of text. */
const unprintable = /[\p{Cc}\p{Cs}\u2028\u2029\u202A-\u202E\u2066-\u2069\uFFFE\uFFFF]/u;

export function isPrintable(text: string): boolean {
  // Most text is of letters that need no table.
  return /^[ -~]*$/.test(text) || !unprintable.test(text);
}

export const name = z
  .string()
  .min(1)
  .max(100)
  .refine((text) => text.trim() === text && text !== "", {
    error: "must not start or end with a space, nor be empty",
    abort: true,
  })
  .refine(isPrintable, { error: "must be printable text, without control characters" });

/** `07:00` */
export const timeOfDay = z
  .string()
  .regex(/^([01][0-9]|2[0-3]):[0-5][0-9]$/, { error: "must be a time of day such as 07:00" });

/** `19:00`, or `24:00` for the end of the day. */
export const endOfWindow = z.string().regex(/^(([01][0-9]|2[0-3]):[0-5][0-9]|24:00)$/, {
  error: "must be a time of day such as 19:00, or 24:00",
});

/** `2026-12-24`, a day that exists. */
export const calendarDate = z
  .string()
  .regex(/^[0-9]{4}-[0-9]{2}-[0-9]{2}$/, { error: "must be a date such as 2026-12-24", abort: true })
  .refine(isCalendarDate, { error: "is not a day of the calendar" });

export function isCalendarDate(text: string): boolean {
  const day = new Date(`${text}T00:00:00Z`);
  return !Number.isNaN(day.getTime()) && day.toISOString().startsWith(text);
}

const pointWords: Readonly<Record<PointKind, string>> = {
  reader: "a reader",
  lock: "a lock",
  input: "an input",
  output: "an output",
};

/** `front-lock/lock/1`: device, kind and number of a terminal; numbers 1 to 255. */
export function pointOf(kind: PointKind) {
  const pattern = new RegExp(`^[a-z0-9][a-z0-9-]{0,62}/${kind}/([1-9][0-9]?|1[0-9]{2}|2[0-4][0-9]|25[0-5])$`);
  return z.string().regex(pattern, {
    error: (issue) => {
      const given = /^[a-z0-9][a-z0-9-]{0,62}\/(reader|lock|input|output)\//.exec(String(issue.input));
      return given?.[1] !== undefined && given[1] !== kind
        ? `names ${pointWords[given[1] as PointKind]}, but ${pointWords[kind]} is needed here, such as front-door/${kind}/1`
        : `must name ${pointWords[kind]} of a device, such as front-door/${kind}/1 (numbers 1 to 255)`;
    },
  });
}
