import { createContext, useContext, useMemo, useSyncExternalStore } from "react";
import { type Language, useSpoken } from "./words/words.js";

/** Times as the clock on the site's wall shows them, whatever the zone of the browser. */
export interface SiteTime {
  readonly zone: string;
  /** 10:42:07 */
  time(at: Date): string;
  /** 10:42 */
  minute(at: Date): string;
  /** Tuesday 24 November */
  day(at: Date): string;
  /** With its year, for what may be long ago. */
  shortDay(at: Date): string;
  /** 24 Nov 2026, 10:42 */
  date(at: Date): string;
  /** 24 Nov, 10:42:07 */
  full(at: Date): string;
  /** 10:42, and with its date if that is not today. */
  near(at: Date, now: Date): string;
}

const locales: Readonly<Record<Language, string>> = { en: "en-GB", de: "de-DE" };

export function siteTime(zone: string, language: Language): SiteTime {
  const of = (options: Intl.DateTimeFormatOptions) => {
    const format = new Intl.DateTimeFormat(locales[language], {
      timeZone: zone,
      hourCycle: "h23",
      ...options,
    });
    return (at: Date) => format.format(at);
  };
  const hourAndMinute = { hour: "2-digit", minute: "2-digit" } as const;
  const minute = of(hourAndMinute);
  const day = of({ weekday: "long", day: "numeric", month: "long" });
  const sameDay = of({ year: "numeric", month: "numeric", day: "numeric" });
  const dayAndMinute = of({ day: "numeric", month: "short", ...hourAndMinute });
  return {
    zone: zone.replaceAll("_", " "),
    time: of({ ...hourAndMinute, second: "2-digit" }),
    minute,
    day,
    shortDay: of({ day: "numeric", month: "short", year: "numeric" }),
    date: of({ day: "numeric", month: "short", year: "numeric", ...hourAndMinute }),
    full: of({ day: "numeric", month: "short", ...hourAndMinute, second: "2-digit" }),
    near: (at, now) => (sameDay(at) === sameDay(now) ? minute(at) : dayAndMinute(at)),
  };
}

export const ZoneContext = createContext("UTC");

export function useSiteTime(): SiteTime {
  const zone = useContext(ZoneContext);
  const { language } = useSpoken();
  return useMemo(() => siteTime(zone, language), [zone, language]);
}

/** "8 s", "3 min", "2 h 05 min", "4 days". */
export function useLasting(): (ms: number) => string {
  const { time } = useSpoken().words;
  return (ms) => {
    const seconds = Math.max(0, Math.floor(ms / 1000));
    if (seconds < 60) return time.seconds(seconds);
    const minutes = Math.floor(seconds / 60);
    if (minutes < 60) return time.minutes(minutes);
    const hours = Math.floor(minutes / 60);
    if (hours < 48) return time.hours(hours, String(minutes % 60).padStart(2, "0"));
    return time.days(Math.floor(hours / 24));
  };
}

/** The gateway's clock minus this browser's. */
let aheadMs = 0;
export function heardNow(iso: string): void {
  aheadMs = Date.parse(iso) - Date.now();
}
export const siteNow = (): Date => new Date(Date.now() + aheadMs);

const ticking = new Set<() => void>();
let ticks = 0;
setInterval(() => {
  ticks += 1;
  for (const each of ticking) each();
}, 1_000);

/** Draws anew once a second. */
export function useSecond(): Date {
  useSyncExternalStore(
    (told) => {
      ticking.add(told);
      return () => ticking.delete(told);
    },
    () => ticks,
  );
  return siteNow();
}

/** What an input of type datetime-local shows for this instant at the site, and back. */
export function toLocalInput(iso: string | null, zone: string): string {
  if (iso === null) return "";
  const parts = new Intl.DateTimeFormat("sv-SE", {
    timeZone: zone,
    dateStyle: "short",
    timeStyle: "short",
  }).format(new Date(iso));
  return parts.replace(" ", "T");
}

export function fromLocalInput(text: string, zone: string): string | null {
  if (text === "") return null;
  const wall = Date.parse(`${text}Z`);
  // The zone's offset at about that time, then once more at the exact instant, for the nights when clocks change.
  let at = wall;
  for (let n = 0; n < 2; n += 1) {
    at = wall - (Date.parse(`${toLocalInput(new Date(at).toISOString(), zone)}Z`) - at);
  }
  return new Date(at).toISOString();
}
