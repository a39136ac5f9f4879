import type { Person, PersonId } from "../people.js";
import type { Instant } from "../site.js";
import type { Rule } from "./rule.js";

/**
 * Whoever is here for somebody else, or is answered for by somebody, is here only as long as that one is: active, and within his
 * dates.
 */
export const hostActive: Rule = {
  name: "host-active",
  judge: ({ at, person, host, sponsor }) => {
    const found = missing(at, person?.host, host) ?? missing(at, person?.sponsor, sponsor);
    return found === undefined ? undefined : { reason: "host-inactive", found };
  },
};

function missing(at: Instant, named: PersonId | undefined, who: Person | undefined): string | undefined {
  if (named === undefined || isHere(who, at)) return undefined;
  return who ? `${who.id} is not active` : `nobody is ${named}`;
}

function isHere(who: Person | undefined, at: Instant): boolean {
  return who?.status === "active" && (who.validFrom ?? at) <= at && (who.validUntil ?? at + 1) > at;
}
