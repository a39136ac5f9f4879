import type { SiteHoliday } from "./rules.js";

export const firstDay = (holiday: SiteHoliday): string => ("date" in holiday ? holiday.date : holiday.from);
export const lastDay = (holiday: SiteHoliday): string => ("date" in holiday ? holiday.date : holiday.to);

export const onDay = (holidays: readonly SiteHoliday[], day: string): SiteHoliday | undefined =>
  holidays.find((each) => firstDay(each) <= day && day <= lastDay(each));

/** A date of the calendar is no instant: as UTC it stays the day that it names. */
export const asDate = (day: string): Date => new Date(`${day}T00:00:00Z`);
const dayOf = (date: Date): string => date.toISOString().slice(0, 10);

export function addMonths(month: string, n: number): string {
  const [year = 0, number = 1] = month.split("-").map(Number);
  return dayOf(new Date(Date.UTC(year, number - 1 + n, 1))).slice(0, 7);
}

/** Weeks from Monday on; undefined: of another month. */
export function weeksOf(month: string): (string | undefined)[][] {
  const [year = 0, number = 1] = month.split("-").map(Number);
  const days = new Date(Date.UTC(year, number, 0)).getUTCDate();
  const before = (new Date(Date.UTC(year, number - 1, 1)).getUTCDay() + 6) % 7;
  const cells: (string | undefined)[] = [
    ...Array.from({ length: before }, () => undefined),
    ...Array.from({ length: days }, (_, n) => `${month}-${String(n + 1).padStart(2, "0")}`),
  ];
  while (cells.length % 7 !== 0) cells.push(undefined);
  return Array.from({ length: cells.length / 7 }, (_, n) => cells.slice(n * 7, n * 7 + 7));
}
