import { clockOf, surelyAt } from "../clock-trust.js";
import { wallTime } from "../schedule.js";
import type { Instant, Site } from "../site.js";
import type { AccessRequest, Denial, Rule } from "./rule.js";

/**
 * Both the card and the person are within their dates: from the first valid instant to before the first that is not. What had
 * ended when the clock was last right has ended, whatever it says now; what has not begun by the clock has not begun.
 */
export const withinValidity: Rule = {
  name: "within-validity",
  ofResponders: true,
  judge: (request) =>
    outside(request, "card", request.credential) ?? outside(request, "person", request.person),
};

interface Dates {
  readonly validFrom?: Instant;
  readonly validUntil?: Instant;
}

function outside(
  { site, at, building }: AccessRequest,
  whose: "card" | "person",
  dates: Dates | undefined,
): Denial | undefined {
  if (dates?.validFrom !== undefined && at < dates.validFrom)
    return { reason: `${whose}-not-yet-valid`, found: `from ${date(site, dates.validFrom)}` };
  if (
    dates?.validUntil !== undefined &&
    (at >= dates.validUntil || surelyAt(clockOf(building), at) >= dates.validUntil)
  )
    return { reason: `${whose}-expired`, found: `until ${date(site, dates.validUntil)}` };
  return undefined;
}

function date(site: Site, at: Instant): string {
  const { date, time } = wallTime(site, at);
  return `${date} ${time}`;
}
