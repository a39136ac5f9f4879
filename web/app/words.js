// @ts-check
/** Times as the site's clock on the wall shows them, whatever the zone of the browser. */

/** @type {{ time: Intl.DateTimeFormat, minute: Intl.DateTimeFormat, day: Intl.DateTimeFormat, date: Intl.DateTimeFormat }} */
let formats = formatsOf("UTC");
let zone = "UTC";

/** @param {string} timeZone IANA name */
function formatsOf(timeZone) {
  const of = (/** @type {Intl.DateTimeFormatOptions} */ options) =>
    new Intl.DateTimeFormat("en-GB", { timeZone, hourCycle: "h23", ...options });
  return {
    time: of({ hour: "2-digit", minute: "2-digit", second: "2-digit" }),
    minute: of({ hour: "2-digit", minute: "2-digit" }),
    day: of({ weekday: "long", day: "numeric", month: "long" }),
    date: of({ day: "numeric", month: "short", hour: "2-digit", minute: "2-digit" }),
  };
}

/** @param {string} timeZone IANA name */
export function useZone(timeZone) {
  if (timeZone === zone) return;
  formats = formatsOf(timeZone);
  zone = timeZone;
}

export const zoneName = () => zone.replaceAll("_", " ");
/** @param {Date} at */
export const timeOfDay = (at) => formats.time.format(at);
/** @param {Date} at */
export const minuteOfDay = (at) => formats.minute.format(at);
/** @param {Date} at */
export const dayOf = (at) => formats.day.format(at);

/** "18:00", and with its date if that is not today. @param {Date} at @param {Date} now */
export function until(at, now) {
  return dayOf(at) === dayOf(now) ? minuteOfDay(at) : formats.date.format(at);
}

/** "8 s", "3 min", "2 h 05 min", "4 days". @param {number} ms */
export function lasting(ms) {
  const seconds = Math.max(0, Math.floor(ms / 1000));
  if (seconds < 60) return `${seconds} s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return `${minutes} min`;
  const hours = Math.floor(minutes / 60);
  if (hours < 48) return `${hours} h ${String(minutes % 60).padStart(2, "0")} min`;
  return `${Math.floor(hours / 24)} days`;
}

/** @param {number} n @param {string} one @param {string} [many] */
export const count = (n, one, many = `${one}s`) => `${n} ${n === 1 ? one : many}`;

/** @param {string} text */
export const capital = (text) => text.charAt(0).toUpperCase() + text.slice(1);
