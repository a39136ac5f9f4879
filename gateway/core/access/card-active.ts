import type { Credential } from "../people.js";
import { wallTime } from "../schedule.js";
import type { Site } from "../site.js";
import type { Rule } from "./rule.js";

/** The card was not suspended, lost, stolen or handed back. A status that is not known opens nothing. */
export const cardActive: Rule = {
  name: "card-active",
  ofResponders: true,
  judge: ({ site, credential }) => {
    switch (credential?.status) {
      case "active":
        return undefined;
      case "lost":
      case "stolen":
      case "returned":
      case "suspended":
        return { reason: `card-${credential.status}`, found: statusText(site, credential) };
      default:
        return { reason: "fault", found: `status "${String(credential?.status)}" is not known` };
    }
  },
};

/** `suspended since 2026-11-23 14:02 by olga`, as far as that is known. */
function statusText(site: Site, { status, statusSince, statusBy }: Credential): string {
  if (statusSince === undefined) return status;
  const { date, time } = wallTime(site, statusSince);
  return `${status} since ${date} ${time}${statusBy === undefined ? "" : ` by ${statusBy}`}`;
}
