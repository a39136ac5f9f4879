import type { WeekSchedule } from "./rules.js";

export const weekdays = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"] as const;
export type Weekday = (typeof weekdays)[number];

export interface Hours {
  readonly from: string;
  /** Not after `from`: on the next day. */
  readonly to: string;
}
export type Week = Readonly<Record<Weekday, readonly Hours[]>>;

/** As `gateway/site/document.ts` has them. */
export const mostHoursADay = 20;
const mostLines = 50;

export function weekOf({ week }: Pick<WeekSchedule, "week">): Week {
  const of = (day: Weekday): Hours[] =>
    week
      .filter(({ days }) => days.includes(day))
      .map(({ from, to }) => ({ from, to: to === "24:00" ? "00:00" : to }))
      .sort((a, b) => a.from.localeCompare(b.from));
  return Object.fromEntries(weekdays.map((day) => [day, of(day)])) as unknown as Week;
}

/** Days with the same hours share a line. */
export function linesOf(week: Week): WeekSchedule["week"] {
  const lines = new Map<string, { days: Weekday[]; from: string; to: string }>();
  for (const day of weekdays) {
    for (const { from, to } of week[day]) {
      const key = `${from} ${to}`;
      const line = lines.get(key) ?? { days: [], from, to: to === "00:00" ? "24:00" : to };
      if (!line.days.includes(day)) line.days.push(day);
      lines.set(key, line);
    }
  }
  return [...lines.values()];
}

export const isFilled = ({ from, to }: Hours): boolean => from !== "" && to !== "";

export function fits(week: Week): boolean {
  return weekdays.every((day) => week[day].length <= mostHoursADay) && linesOf(week).length <= mostLines;
}

export const endsNextDay = ({ from, to }: Hours): boolean => to !== "00:00" && to <= from;

/** How far into its day, of 1: for drawing. */
export function shareOf({ from, to }: Hours): { readonly start: number; readonly end: number } {
  const start = minutes(from) / 1440;
  return { start, end: to === "00:00" || to <= from ? 1 : minutes(to) / 1440 };
}

const minutes = (time: string): number => {
  const [hours = "0", minute = "0"] = time.split(":");
  return Number(hours) * 60 + Number(minute);
};
