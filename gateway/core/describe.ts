/** Events as a person reads them. Names come from outside; the texts are the catalogue's. */
import { catalogueEntry, type EventBody } from "./events.js";
import { reasonEntry } from "./reasons.js";
import { wallTime } from "./schedule.js";
import type { Instant, Site } from "./site.js";

/** What something is called: `("door", "front")` → `Front door`. */
export type Names = (kind: string, id: string) => string;

/** `2026-11-23 21:04:11` in the site's time zone. */
export function localTime(site: Site, at: Instant): string {
  const { date, time, seconds } = wallTime(site, at);
  return `${date} ${time}:${String(seconds).padStart(2, "0")}`;
}

/** The event in one sentence, without a full stop: "Ada Berg was not let in at Server room: the card is suspended". */
export function sentence(event: EventBody, names: Names): string {
  const { text } = catalogueEntry(event.type);
  // Part by part and each once, so that no name is ever read as a text to be filled.
  return text.replace(/\[([^\]]*)\]|[^[]+/g, (part: string, optional?: string) => {
    let complete = true;
    const filled = (optional ?? part).replace(/\{(\w+)\}/g, (_, word: string) => {
      const value = wordOf(event, word, names);
      complete &&= value !== undefined;
      return value ?? "unknown";
    });
    return optional === undefined || complete ? filled : "";
  });
}

/**
 * Why it came to this, for whoever was turned away: the sentence, what the deciding rule found, and the remedy. "Ada Berg was not
 * let in at Workshop: outside the hours of the person's groups (staff: office 07:00-19:00, now 21:04). Would be let in from 07:00
 * on Tuesday."
 */
export function whySentence(event: EventBody, names: Names): string {
  const found = event.type === "access.denied" ? event.trace?.at(-1)?.[1] : undefined;
  const remedy = event.remedy === undefined ? "" : ` ${capital(event.remedy)}.`;
  return `${capital(sentence(event, names))}${found === undefined ? "" : ` (${found})`}.${remedy}`;
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

function wordOf(event: EventBody, word: string, names: Names): string | undefined {
  switch (word) {
    case "person":
      return event.person === undefined ? strangerOf(event) : names("person", event.person);
    case "door":
    case "area":
    case "sensor":
    case "device":
    case "partition": {
      const id = event[word];
      return id === undefined ? undefined : names(word, id);
    }
    case "by":
      return event.by && names(event.by.kind, event.by.id);
    case "reason":
      return event.reason === undefined ? undefined : (reasonEntry(event.reason)?.text ?? event.reason);
    default:
      return dataText(event.data?.[word], word, names);
  }
}

function strangerOf({ shown, credential }: EventBody): string | undefined {
  if (shown !== undefined) return `an unknown card (${shown})`;
  return credential === undefined ? undefined : `card ${credential}`;
}

function dataText(
  value: string | number | boolean | null | readonly (string | number)[] | undefined,
  word: string,
  names: Names,
): string | undefined {
  if (value === undefined || value === null) return undefined;
  // Lists of places are named; a list of anything else is told as it is.
  if (Array.isArray(value))
    return value.map((each) => (word === "open" ? names("door", String(each)) : String(each))).join(", ");
  return String(value);
}
