/** Events as a person reads them. Names come from outside; the texts are the catalogue's. */
import { doorOfZone } from "./alarm/rules.js";
import type { EventBody } from "./events.js";
import { type AnyReason, reasonEntry, requestRefusals } from "./reasons.js";
import { remedyText } from "./remedies.js";
import { wallTime } from "./schedule.js";
import type { DoorMode, Instant, Site } from "./site.js";
import type { Language } from "./words/language.js";
import type { Words } from "./words/words.js";
import { wordsOf } from "./words/words-of.js";

/** What something is called: `("door", "front")` → `Front door`. */
export type Names = (kind: string, id: string) => string;

/** `2026-11-23 21:04:11` in the site's time zone. */
export function localTime(site: Site, at: Instant): string {
  const { date, time, seconds } = wallTime(site, at);
  return `${date} ${time}:${String(seconds).padStart(2, "0")}`;
}

/** The event in one sentence, without a full stop: "Ada Berg was not let in at Server room: the card is suspended". */
export function sentence(event: EventBody, names: Names, language: Language = "en"): string {
  const words = wordsOf(language);
  const text = words.events[event.type];
  // Part by part and each once, so that no name is ever read as a text to be filled.
  return text.replace(/\[([^\]]*)\]|[^[]+/g, (part: string, optional?: string) => {
    let complete = true;
    const filled = (optional ?? part).replace(/\{(\w+)\}/g, (_, word: string) => {
      const value = wordOf(event, word, names, words);
      complete &&= value !== undefined;
      return value ?? words.unknown;
    });
    return optional === undefined || complete ? filled : "";
  });
}

/**
 * Why it came to this, for whoever was turned away: the sentence, what the deciding rule found, and the remedy. "Ada Berg was not
 * let in at Workshop: outside the hours of the person's groups (staff: office 07:00-19:00, now 21:04). Would be let in from 07:00
 * on Tuesday."
 */
export function whySentence(
  event: EventBody & { readonly at?: Instant },
  names: Names,
  language: Language = "en",
  site?: Site,
): string {
  const last = event.type === "access.denied" ? event.trace?.at(-1)?.[1] : undefined;
  const found = last === undefined ? "" : ` (${foundText(last, language)})`;
  const remedy = remedyOf(event, language, site);
  const helped = remedy === undefined ? "" : ` ${capital(remedy)}.`;
  return `${capital(sentence(event, names, language))}${found}.${helped}`;
}

/** What a rule found, as the trace holds it, in a language. */
export function foundText(found: string, language: Language): string {
  return wordsOf(language).phrases.reduce((text, [phrase, said]) => text.replace(phrase, said), found);
}

/** What would have made it a grant; the instants are told as of the event. */
export function remedyOf(
  event: Pick<EventBody, "remedy" | "remedies" | "reason"> & { readonly at?: Instant },
  language: Language,
  site?: Site,
): string | undefined {
  if (event.remedy === undefined || language === "en") return event.remedy;
  const words = wordsOf(language);
  if (event.remedies?.length && site && event.at !== undefined)
    return remedyText(site, event.remedies, event.at, words);
  const { reason } = event;
  const usual = reason !== undefined && reasonEntry(reason)?.remedy === event.remedy;
  return usual ? words.reasons[reason as AnyReason].remedy : event.remedy;
}

/** Why the building refused what somebody asked for, and what would help; undefined: it is no word of the catalogue. */
export function refusalText(reason: string, language: Language): string | undefined {
  if (!Object.hasOwn(requestRefusals, reason)) return undefined;
  const words = wordsOf(language);
  const word = reason as keyof typeof requestRefusals;
  return `${words.reasons[word].text}; ${words.requestRemedies[word] ?? words.reasons[word].remedy}`;
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

function wordOf(event: EventBody, word: string, names: Names, words: Words): string | undefined {
  switch (word) {
    case "person":
      return event.person === undefined ? strangerOf(event, words) : names("person", event.person);
    case "door":
    case "area":
    case "sensor":
    case "device":
    case "lift":
    case "partition": {
      const id = event[word];
      return id === undefined ? undefined : names(word, id);
    }
    case "zone":
    case "what":
    case "place":
      return placeText(event, names);
    case "siren": {
      const id = event.data?.siren;
      return id === undefined ? undefined : names("siren", String(id));
    }
    case "arming":
    case "cause":
    case "why":
    case "when": {
      const said = event.data?.[word];
      return said === undefined || said === null ? undefined : (words.data[String(said)] ?? String(said));
    }
    case "doorGroup": {
      const id = event.data?.doorGroup;
      return id === undefined ? undefined : id === "all" ? words.allDoors : names(word, String(id));
    }
    case "level":
    case "before": {
      const id = event.data?.[word];
      return id === undefined || id === null ? undefined : names("level", String(id));
    }
    case "input":
      return words.inputs[String(event.data?.input)];
    case "mode": {
      const mode = event.data?.mode;
      return typeof mode === "string" ? (words.modes[mode as DoorMode] ?? mode) : undefined;
    }
    case "action": {
      const action = event.data?.action;
      return typeof action === "string"
        ? words.phrases.reduce((text, [phrase, said]) => text.replace(phrase, said), action)
        : undefined;
    }
    case "by":
      return event.by && names(event.by.kind, event.by.id);
    case "reason":
      return event.reason === undefined ? undefined : reasonText(event.reason, words);
    default:
      return dataText(event.data?.[word], word, names, words);
  }
}

/** A word of the catalogue, a fault of a line, or a detail in free text as it is. */
function reasonText(reason: string, words: Words): string {
  return reasonEntry(reason) ? words.reasons[reason as AnyReason].text : (words.data[reason] ?? reason);
}

function strangerOf({ shown, credential }: EventBody, words: Words): string | undefined {
  // Nobody is told of what he entered, not even of how long it was.
  if (shown === "PIN") return words.somebodyWithPin;
  // A function, so that nothing of what was shown is read as a pattern.
  if (shown !== undefined) return words.unknownCard.replace("{shown}", () => shown);
  return credential === undefined ? undefined : words.card.replace("{credential}", () => credential);
}

/** What the ids of a list are of. */
const listed: Readonly<Record<string, string>> = {
  open: "door",
  floors: "area",
  partitions: "partition",
  bypassed: "zone",
  zones: "zone",
};

/** The sensor or door that an event of the alarm is about, or else its partition, its area, or whoever it is about. */
function placeText(event: EventBody, names: Names): string | undefined {
  const { sensor, door, device, partition, area, person } = event;
  if (sensor !== undefined) return names("sensor", sensor);
  if (door !== undefined) return names("door", door);
  if (device !== undefined) return names("device", device);
  if (partition !== undefined) return names("partition", partition);
  if (area !== undefined) return names("area", area);
  return person === undefined ? undefined : names("person", person);
}

function listName(names: Names, kind: string, id: string): string {
  if (kind !== "zone") return names(kind, id);
  const door = doorOfZone(id);
  return door === undefined ? names("sensor", id) : names("door", door);
}

function dataText(
  value: string | number | boolean | null | readonly (string | number)[] | undefined,
  word: string,
  names: Names,
  words: Words,
): string | undefined {
  if (value === undefined || value === null) return undefined;
  // Lists of places are named; a list of anything else is told as it is.
  if (Array.isArray(value) && value.length === 0) return undefined;
  if (Array.isArray(value))
    return value
      .map((each) => (listed[word] ? listName(names, listed[word], String(each)) : String(each)))
      .join(", ");
  // What somebody wrote is told as it is.
  return word === "how" ? (words.data[String(value)] ?? String(value)) : String(value);
}
