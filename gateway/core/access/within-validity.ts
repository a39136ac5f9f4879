import { wallTime, whenSpoken } from "../schedule.js";
import type { Instant, Site } from "../site.js";
import type { Denial, Rule } from "./rule.js";

/** Both the card and the person are within their dates: from the first valid instant to before the first that is not. */
export const withinValidity: Rule = {
  name: "within-validity",
  judge: ({ site, at, credential, person }) =>
    outside(site, at, "card", credential) ?? outside(site, at, "person", person),
};

function outside(
  site: Site,
  at: Instant,
  whose: "card" | "person",
  dates: { readonly validFrom?: Instant; readonly validUntil?: Instant } | undefined,
): Denial | undefined {
  if (dates?.validFrom !== undefined && at < dates.validFrom) {
    return {
      reason: `${whose}-not-yet-valid`,
      found: `from ${date(site, dates.validFrom)}`,
      remedy: `would be let in from ${whenSpoken(site, dates.validFrom, at)}`,
    };
  }
  if (dates?.validUntil !== undefined && at >= dates.validUntil) {
    return { reason: `${whose}-expired`, found: `until ${date(site, dates.validUntil)}` };
  }
  return undefined;
}

function date(site: Site, at: Instant): string {
  const { date, time } = wallTime(site, at);
  return `${date} ${time}`;
}
