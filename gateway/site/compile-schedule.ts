/**
 * Schedules, from local wall time to instants. One rule decides every case of a changing clock: a schedule holds whenever the
 * clock on the wall shows a time in one of its windows. So in the hour that is left out in spring a window opens and closes at
 * the change, and the hour that comes twice in autumn is in a window both times or not at all.
 *
 * A window belongs to the day on which it opens: Friday's 22:00 to 06:00 runs on into Saturday, also if Saturday is a holiday.
 */
import type { Instant, Schedule } from "../core/site.js";
import { always, defaults } from "./defaults.js";
import { type HolidayEntry, type ScheduleEntry, type TimeWindow, weekdays } from "./document.js";
import { dayMs, dayNumber, type OffsetSegment, timeOfDayMs } from "./local-time.js";

/** Days since 1970-01-01, first and last, both holidays; sorted by the first. */
export type HolidayRange = readonly [first: number, last: number];

export function holidayRanges(holidays: readonly HolidayEntry[]): HolidayRange[] {
  return holidays
    .map(
      (holiday): HolidayRange =>
        "date" in holiday
          ? [dayNumber(holiday.date), dayNumber(holiday.date)]
          : [dayNumber(holiday.from), dayNumber(holiday.to)],
    )
    .sort((a, b) => a[0] - b[0]);
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
  holidays: readonly HolidayRange[],
  segments: readonly OffsetSegment[],
): Schedule {
  const week = weekdays.map((day) => schedule.week.filter((line) => line.days.includes(day)).map(openingOf));
  const onHoliday = holidayOpenings(schedule);
  const intervals: [Instant, Instant][] = [];
  for (const segment of segments) {
    const localStart = segment.from + segment.offsetMs;
    const localEnd = segment.until + segment.offsetMs;
    // Yesterday's windows may still be open at the start.
    for (let day = Math.floor(localStart / dayMs) - 1; day * dayMs < localEnd; day += 1) {
      const holiday = onHoliday !== undefined && isHoliday(day, holidays);
      const openings = holiday ? onHoliday : (week[weekdayOf(day)] ?? []);
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

/** undefined: a holiday is a day as any other. */
function holidayOpenings(schedule: ScheduleEntry): readonly Opening[] | undefined {
  const rule = schedule.holidays ?? defaults.scheduleHolidays;
  if (rule === "as-usual") return undefined;
  return rule === "closed" ? [] : rule.map(openingOf);
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

function isHoliday(day: number, holidays: readonly HolidayRange[]): boolean {
  return holidays.some(([first, last]) => first <= day && day <= last);
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
