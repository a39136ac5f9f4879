/** What would have made a denial a grant: found by asking the rules again, told as data and as a sentence. */
import { wallTime, whenSpoken } from "./schedule.js";
import type { Instant, Site } from "./site.js";
import type { Words } from "./words/words.js";

/** One thing that would have to be otherwise. Instants are ISO 8601, as they leave the process. */
export interface RemedyChange {
  readonly change: keyof typeof remedyTexts | "wait";
  /** Of `wait`: from when, and until when where an end is in sight. */
  readonly from?: string;
  readonly until?: string;
  readonly area?: string;
  readonly group?: string;
  readonly sensor?: string;
  readonly partition?: string;
  readonly training?: string;
  /** How many. */
  readonly people?: string;
  /** How an input must be. */
  readonly is?: "active" | "quiet";
}

/** Changes that together make it a grant. */
export type Remedy = readonly RemedyChange[];

/** Each completes "would be let in if …"; `{area}` and the like are the names of what the change names. */
export const remedyTexts = {
  "activate-card": "the card were made active again",
  "new-card": "the person had a new card",
  "extend-card": "the card's validity were extended",
  "more-uses": "the card were given more uses",
  unblock: "the person were unblocked",
  "extend-person": "the person's access were extended",
  "trust-clock": "the clock were known to be right",
  induct: "the person had a valid induction",
  "new-host": "somebody who is active answered for the person",
  "usual-mode": "the door were back in its usual mode",
  "card-mode": "the door were set to card",
  "end-lockdown": "the lockdown were ended",
  "usual-threat": "the threat level were the usual one",
  join: "the person were in the group {group}",
  leave: "the person were not in the group {group}",
  train: "the person had a valid training {training}",
  disarm: "{partition} were disarmed",
  input: "{sensor} were {is}",
  "be-present": "somebody else were in {area}",
  arrive: "somebody of the group {group} had been let in today",
  forgive: "anti-passback were forgiven",
  "make-room": "somebody left {area}",
  "make-more-room": "{people} people left {area}",
  vehicle: "a vehicle stood before it",
  "close-doors": "the other doors of the interlock were closed and locked",
} as const;

/** `would be let in 07:00-19:00 on Tuesday, or if the person were in the group Cleaners` */
export function remedyText(site: Site, remedies: readonly Remedy[], now: Instant, words: Words): string {
  const all = remedies.map((remedy) => alternative(site, remedy, now, words)).join(words.or);
  return filled(words.wouldBe, { what: all });
}

function alternative(site: Site, remedy: Remedy, now: Instant, words: Words): string {
  const when = remedy.flatMap(({ from, until }) =>
    from === undefined ? [] : span(site, from, until, now, words),
  );
  const clauses = remedy.flatMap((change) => (change.change === "wait" ? [] : clause(site, change, words)));
  const what = clauses.join(words.and);
  return [...when, ...(clauses.length === 0 ? [] : [filled(words.ifSo, { what })])].join(" ");
}

function clause(site: Site, change: RemedyChange, words: Words): string {
  const { change: word } = change;
  if (word === "wait") return "";
  return words.remedies[word].replace(/\{(\w+)\}/g, (_, field: keyof RemedyChange) => {
    const value = change[field] ?? words.unknown;
    return field === "is" ? (words.data[value] ?? value) : named(site, field, value);
  });
}

function filled(text: string, values: Readonly<Record<string, string>>): string {
  return text.replace(/\{(\w+)\}/g, (whole, word: string) => values[word] ?? whole);
}

function named(site: Site, field: string, id: string): string {
  const { areas, groups, sensors, partitions } = site;
  const places = { area: areas, group: groups, sensor: sensors, partition: partitions }[field];
  return places?.get(id)?.name ?? id;
}

/** `07:00-19:00 today`, `from 22:00 today until 06:00 on Tuesday`, `from 00:00 on 2026-11-30`. */
function span(site: Site, from: string, until: string | undefined, now: Instant, words: Words): string {
  const start = Date.parse(from);
  const begins = whenSpoken(site, start, now, words);
  if (until === undefined) return filled(words.from, { from: begins });
  const end = Date.parse(until);
  const first = wallTime(site, start);
  const last = wallTime(site, end);
  const ends = last.time === "00:00" && last.day === first.day + 1 ? "24:00" : last.time;
  if (last.day === first.day || ends === "24:00") return begins.replace(first.time, `${first.time}-${ends}`);
  return filled(words.fromUntil, { from: begins, until: whenSpoken(site, end, now, words) });
}
