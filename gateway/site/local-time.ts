/** A zone's wall clock over a stretch of time, as a few constant offsets, so that all else is arithmetic. */
import { Temporal } from "temporal-polyfill";
import type { Instant } from "../core/site.js";

/** From `from` up to the next segment's, the wall clock shows UTC plus `offsetMs`. */
export interface OffsetSegment {
  readonly from: Instant;
  readonly until: Instant;
  readonly offsetMs: number;
}

export const minuteMs = 60_000;
export const dayMs = 86_400_000;

/** The zone's offsets over `[from, until)`; throws RangeError for a zone that is not known. */
export function offsetSegments(timeZone: string, from: Instant, until: Instant): OffsetSegment[] {
  const segments: OffsetSegment[] = [];
  let at = Temporal.Instant.fromEpochMilliseconds(from).toZonedDateTimeISO(timeZone);
  while (at.epochMilliseconds < until) {
    const next = at.getTimeZoneTransition("next");
    const end = Math.min(next?.epochMilliseconds ?? until, until);
    segments.push({ from: at.epochMilliseconds, until: end, offsetMs: at.offsetNanoseconds / 1e6 });
    if (next === null || end >= until) break;
    at = next;
  }
  return segments;
}

/** `07:30` → milliseconds since local midnight; `24:00` too. */
export function timeOfDayMs(text: string): number {
  return (Number(text.slice(0, 2)) * 60 + Number(text.slice(3, 5))) * minuteMs;
}

/** Days since 1970-01-01 of a date, as if the wall clock were UTC. */
export function dayNumber(date: string): number {
  return Date.parse(`${date}T00:00:00Z`) / dayMs;
}

/**
 * The instant that a date or an ISO 8601 instant in a list means. A bare date is a day at the site: as `from` its first
 * instant, as `until` the first instant after it, since the day itself still counts. undefined: neither.
 */
export function instantOf(text: string, timeZone: string, edge: "from" | "until"): Instant | undefined {
  try {
    if (/^\d{4}-\d{2}-\d{2}$/.test(text)) {
      const day = Temporal.PlainDate.from(text, { overflow: "reject" });
      return (edge === "from" ? day : day.add({ days: 1 })).toZonedDateTime(timeZone).epochMilliseconds;
    }
    return Temporal.Instant.from(text).epochMilliseconds;
  } catch (error) {
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}
