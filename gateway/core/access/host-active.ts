import type { Person } from "../people.js";
import type { Instant } from "../site.js";
import type { Rule } from "./rule.js";

/** Whoever is here for somebody else is here only as long as that one is: active, and within his dates. */
export const hostActive: Rule = {
  name: "host-active",
  judge: ({ at, person, host }) =>
    person?.host === undefined || isHere(host, at)
      ? undefined
      : { reason: "host-inactive", found: host ? `${host.id} is not active` : `nobody is ${person.host}` },
};

function isHere(host: Person | undefined, at: Instant): boolean {
  return host?.status === "active" && (host.validFrom ?? at) <= at && (host.validUntil ?? at + 1) > at;
}
