import { hasTrait } from "../people.js";
import { wallTime } from "../schedule.js";
import type { Rule } from "./rule.js";

/** A contractor comes in only while his induction is valid; so does whoever else was given a date. */
export const inducted: Rule = {
  name: "inducted",
  judge: ({ site, at, person }) => {
    const until = person?.inductedUntil;
    if (until === undefined)
      return hasTrait(person, "contractor")
        ? { reason: "not-inducted", found: "a contractor without an induction" }
        : undefined;
    if (at < until) return undefined;
    const { date, time } = wallTime(site, until);
    return { reason: "not-inducted", found: `inducted until ${date} ${time}` };
  },
};
