import type { Instant, Schedule, Site } from "./site.js";
import type { Words } from "./words/words.js";

/** Index of the last value not above `at`, or -1. */
function lastNotAbove(values: Float64Array, at: Instant): number {
  let low = 0;
  let high = values.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((values[middle] as number) <= at) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}

/** Whether the schedule holds at this instant. Outside the compiled window only an `always` schedule does. */
export function inSchedule(schedule: Schedule, at: Instant): boolean {
  if (schedule.always) return true;
  const i = lastNotAbove(schedule.starts, at);
  return i >= 0 && at < (schedule.ends[i] as number);
}

/** When the window that holds at this instant began; of one that always holds: before everything. */
export function windowStart(schedule: Schedule, at: Instant): Instant {
  if (schedule.always) return Number.NEGATIVE_INFINITY;
  return schedule.starts[lastNotAbove(schedule.starts, at)] ?? Number.NEGATIVE_INFINITY;
}

/** The first instant after `after` at which the schedule begins or ends to hold; undefined: none in the compiled window. */
export function nextBoundary(schedule: Schedule, after: Instant): Instant | undefined {
  if (schedule.always) return undefined;
  const i = lastNotAbove(schedule.starts, after);
  const end = i >= 0 ? (schedule.ends[i] as number) : after;
  return end > after ? end : schedule.starts[i + 1];
}

/** The first instant after `after` at which the schedule begins to hold; undefined: none in the compiled window. */
export function nextStart(schedule: Schedule, after: Instant): Instant | undefined {
  return schedule.always ? undefined : schedule.starts[lastNotAbove(schedule.starts, after) + 1];
}

/** Whether the compiled schedules reach this instant; beyond them it is not known what holds. */
export function schedulesKnown(site: Site, at: Instant): boolean {
  return at >= site.compiledFrom && at < site.compiledUntil;
}

const minuteMs = 60_000;
const dayMs = 86_400_000;
const weekdays = ["Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"] as const;
/** How an instant is told in English. */
export const spokenEnglish: Pick<Words, "when" | "weekdays"> = {
  when: { today: "{time} today", weekday: "{time} on {day}", date: "{time} on {day}" },
  weekdays,
};
const two = (n: number) => (n < 10 ? `0${n}` : `${n}`);

/** The site's offset from UTC at this instant, in milliseconds; before and after the compiled window that of its edge. */
function offsetMs(site: Site, at: Instant): number {
  let minutes = site.offsets[0]?.minutes ?? 0;
  for (const offset of site.offsets) {
    if (offset.from > at) break;
    minutes = offset.minutes;
  }
  return minutes * minuteMs;
}

/** Local wall time, as a person reads it. `day` counts local days since 1970-01-01. */
export interface WallTime {
  /** `2026-11-23` */
  readonly date: string;
  /** `21:04` */
  readonly time: string;
  readonly seconds: number;
  readonly weekday: (typeof weekdays)[number];
  readonly day: number;
}

/** The local day of an instant, counted since 1970-01-01. */
export function localDay(site: Site, at: Instant): number {
  return Math.floor((at + offsetMs(site, at)) / dayMs);
}

export function wallTime(site: Site, at: Instant): WallTime {
  const local = at + offsetMs(site, at);
  const d = new Date(local);
  return {
    date: `${d.getUTCFullYear()}-${two(d.getUTCMonth() + 1)}-${two(d.getUTCDate())}`,
    time: `${two(d.getUTCHours())}:${two(d.getUTCMinutes())}`,
    seconds: d.getUTCSeconds(),
    weekday: weekdays[d.getUTCDay() as 0 | 1 | 2 | 3 | 4 | 5 | 6],
    day: Math.floor(local / dayMs),
  };
}

/** An instant as it is told at `now`: `14:00 today`, `07:00 on Tuesday`, `07:00 on 2026-12-28`. */
export function whenSpoken(
  site: Site,
  at: Instant,
  now: Instant,
  { when, weekdays: called }: Pick<Words, "when" | "weekdays"> = spokenEnglish,
): string {
  const then = wallTime(site, at);
  const days = then.day - wallTime(site, now).day;
  const soon = days > 0 && days < 7;
  const text = days === 0 ? when.today : soon ? when.weekday : when.date;
  const day = soon ? (called[weekdays.indexOf(then.weekday)] ?? then.weekday) : then.date;
  return text.replace("{time}", then.time).replace("{day}", day);
}

/** The schedule's hours on the local day of `at`: `07:00-12:00, 13:00-19:00`; `closed today` if it has none. */
export function hoursToday(site: Site, schedule: Schedule, at: Instant): string {
  if (schedule.always) return "always";
  const { day } = wallTime(site, at);
  const spans: string[] = [];
  // Local days are 23 to 25 hours long: intervals from a day and a half before to one after hold all that touch today.
  let i = Math.max(0, lastNotAbove(schedule.starts, at - 1.5 * dayMs));
  for (; i < schedule.starts.length && (schedule.starts[i] as number) < at + 1.5 * dayMs; i++) {
    const start = wallTime(site, schedule.starts[i] as number);
    const end = wallTime(site, schedule.ends[i] as number);
    const lasts = end.day > day || (end.day === day && end.time !== "00:00");
    if (start.day > day || !lasts) continue;
    spans.push(`${start.day < day ? "00:00" : start.time}-${end.day > day ? "24:00" : end.time}`);
  }
  return spans.join(", ") || "closed today";
}
