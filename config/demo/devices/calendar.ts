/** Whether a schedule holds now, on the wall clock of the building; the story needs it to send people who may come in. */
import type { Holiday, ScheduleWires } from "./wires.js";

const dayMinutes = 24 * 60;
const weekdays = ["sun", "mon", "tue", "wed", "thu", "fri", "sat"];

export interface WallClock {
  /** `2026-12-24` */
  readonly date: string;
  /** `mon` to `sun` */
  readonly weekday: string;
  /** Minutes since midnight, as the clock shows them. */
  readonly minutes: number;
}

export function wallClock(at: number, timeZone: string): WallClock {
  const format = new Intl.DateTimeFormat("en-CA", {
    timeZone,
    year: "numeric",
    month: "2-digit",
    day: "2-digit",
    hour: "2-digit",
    minute: "2-digit",
    hourCycle: "h23",
  });
  const parts = new Map(format.formatToParts(at).map(({ type, value }) => [type, value]));
  const date = `${parts.get("year")}-${parts.get("month")}-${parts.get("day")}`;
  const minutes = Number(parts.get("hour")) * 60 + Number(parts.get("minute"));
  return { date, weekday: weekdayOf(date), minutes };
}

function weekdayOf(date: string): string {
  return weekdays[new Date(`${date}T00:00:00Z`).getUTCDay()] ?? "";
}

function dayBefore(date: string): string {
  return new Date(Date.parse(`${date}T00:00:00Z`) - 86_400_000).toISOString().slice(0, 10);
}

function minutesOf(time: string): number {
  const [hours, minutes] = time.split(":");
  return Number(hours) * 60 + Number(minutes);
}

/** A window belongs to the day on which it opens and may run into the next. */
export function holds(schedule: ScheduleWires, holidays: readonly Holiday[], now: WallClock): boolean {
  const yesterday = dayBefore(now.date);
  return (
    windowsOf(schedule, holidays, now.date).some(({ from, to }) => from <= now.minutes && now.minutes < to) ||
    windowsOf(schedule, holidays, yesterday).some(({ to }) => now.minutes < to - dayMinutes)
  );
}

function windowsOf(
  { week, holidays: onHolidays }: ScheduleWires,
  holidays: readonly Holiday[],
  date: string,
): { from: number; to: number }[] {
  const holiday = holidays.find(({ from, to }) => from <= date && date <= to);
  const ofAnyType = typeof onHolidays === "string" || Array.isArray(onHolidays);
  const special = holiday && (ofAnyType ? onHolidays : (onHolidays[holiday.type ?? "holiday"] ?? "closed"));
  const windows =
    special === undefined || special === "as-usual"
      ? week.filter(({ days }) => days.includes(weekdayOf(date)))
      : special === "closed"
        ? []
        : special;
  return windows.map((window) => {
    const from = minutesOf(window.from);
    const to = minutesOf(window.to);
    return { from, to: to > from ? to : to + dayMinutes };
  });
}
