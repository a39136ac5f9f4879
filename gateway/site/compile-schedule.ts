/**
 * Schedules, from local wall time to instants. One rule decides every case of a changing clock: a schedule holds whenever the
 * clock on the wall shows a time in one of its windows. So in the hour that is left out in spring a window opens and closes at
 * the change, and the hour that comes twice in autumn is in a window both times or not at all.
 *
 * A window belongs to the day on which it opens: Friday's 22:00 to 06:00 runs on into Saturday, also if Saturday is a holiday.
 */
import type { Instant, Schedule } from "../core/site.js";
import { always, defaults, plainHoliday } from "./defaults.js";
import {
  type HolidayEntry,
  type ScheduleEntry,
  type SpecialHours,
  type TimeWindow,
  weekdays,
} from "./document.js";
import { dayMs, dayNumber, type OffsetSegment, timeOfDayMs } from "./local-time.js";

/** By day (since 1970-01-01), the type of the special day that it is; other days are not in it. */
export type HolidayCalendar = ReadonlyMap<number, string>;

/** The special days around a stretch of time. A day that is listed twice is of the type that is listed first. */
export function holidayCalendar(
  holidays: readonly HolidayEntry[],
  from: Instant,
  until: Instant,
): HolidayCalendar {
  const calendar = new Map<number, string>();
  // A day more on each side: local days begin before and end after those of UTC, and windows run on over midnight.
  const earliest = Math.floor(from / dayMs) - 2;
  const latest = Math.floor(until / dayMs) + 2;
  for (const holiday of holidays) {
    const [first, last] = "date" in holiday ? [holiday.date, holiday.date] : [holiday.from, holiday.to];
    const end = Math.min(dayNumber(last), latest);
    for (let day = Math.max(dayNumber(first), earliest); day <= end; day += 1)
      if (!calendar.has(day)) calendar.set(day, holiday.type ?? plainHoliday.id);
  }
  return calendar;
}

export const alwaysSchedule: Schedule = {
  ...always,
  starts: new Float64Array(),
  ends: new Float64Array(),
  always: true,
};

/** Milliseconds since the local midnight of the day on which it opens; `end` may lie on the next day. */
interface Opening {
  readonly start: number;
  readonly end: number;
}

/** The instants at which the schedule holds within the segments, as sorted intervals apart from each other. */
export function compileSchedule(
  schedule: ScheduleEntry,
  holidays: HolidayCalendar,
  segments: readonly OffsetSegment[],
): Schedule {
  const week = weekdays.map((day) => schedule.week.filter((line) => line.days.includes(day)).map(openingOf));
  const special = new Map<string, readonly Opening[] | undefined>();
  for (const type of new Set(holidays.values())) special.set(type, specialOpenings(schedule, type));
  const intervals: [Instant, Instant][] = [];
  for (const segment of segments) {
    const localStart = segment.from + segment.offsetMs;
    const localEnd = segment.until + segment.offsetMs;
    // Yesterday's windows may still be open at the start.
    for (let day = Math.floor(localStart / dayMs) - 1; day * dayMs < localEnd; day += 1) {
      const openings = special.get(holidays.get(day) ?? "") ?? week[weekdayOf(day)] ?? [];
      for (const opening of openings) {
        const start = Math.max(day * dayMs + opening.start, localStart);
        const end = Math.min(day * dayMs + opening.end, localEnd);
        if (start < end) intervals.push([start - segment.offsetMs, end - segment.offsetMs]);
      }
    }
  }
  const apart = merged(intervals);
  return {
    id: schedule.id,
    name: schedule.name,
    starts: Float64Array.from(apart, ([start]) => start),
    ends: Float64Array.from(apart, ([, end]) => end),
    always: false,
  };
}

/** What holds on a special day of this type; undefined: what holds on any other day. A type that is not named is closed. */
function specialOpenings(schedule: ScheduleEntry, type: string): readonly Opening[] | undefined {
  const { holidays = defaults.scheduleHolidays } = schedule;
  const byType = typeof holidays === "string" || Array.isArray(holidays) ? undefined : holidays;
  const hours = byType ? (byType[type] ?? defaults.scheduleHolidays) : (holidays as SpecialHours);
  if (hours === "as-usual") return undefined;
  return hours === "closed" ? [] : hours.map(openingOf);
}

function openingOf(window: TimeWindow): Opening {
  const start = timeOfDayMs(window.from);
  const end = timeOfDayMs(window.to);
  return { start, end: end > start ? end : end + dayMs };
}

/** 1970-01-01 was a Thursday; `weekdays` begins on Monday. */
function weekdayOf(day: number): number {
  return (((day + 3) % 7) + 7) % 7;
}

function merged(intervals: [Instant, Instant][]): [Instant, Instant][] {
  const apart: [Instant, Instant][] = [];
  for (const [start, end] of intervals.sort((a, b) => a[0] - b[0])) {
    const last = apart.at(-1);
    if (last && start <= last[1]) last[1] = Math.max(last[1], end);
    else apart.push([start, end]);
  }
  return apart;
}
