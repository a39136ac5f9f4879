import { hoursToday, schedulesKnown, wallTime } from "../schedule.js";
import { inHours } from "./rights.js";
import type { AccessRequest, Denial, Rule } from "./rule.js";

/** One of the person's rights to this door is for now. A door that is open to all asks for no hours. */
export const withinSchedule: Rule = {
  name: "within-schedule",
  judge: (request) =>
    request.openToAll || request.rights.some((right) => !right.deny && inHours(request, right))
      ? undefined
      : outsideHours(request),
  yes: (request) => {
    if (request.openToAll) return "ok: the door is open to all";
    const right = request.rights.find((each) => !each.deny && inHours(request, each));
    return right ? `ok: ${right.source}, ${right.hours.id}` : "ok";
  },
};

function outsideHours({ site, at, rights }: AccessRequest): Denial {
  const own = rights.filter(({ deny }) => !deny);
  if (own.length > 0 && !schedulesKnown(site, at))
    return { reason: "schedule-unknown", found: `no schedules for ${wallTime(site, at).date}` };
  const hours = own.map(({ source, hours, from, until }) => {
    const span = from === undefined || until === undefined ? "" : `${spoken(from)} to ${spoken(until)}, `;
    return `${source}: ${span}${hours.id} ${hoursToday(site, hours, at)}`;
  });
  return {
    reason: "outside-schedule",
    found: `${hours.join("; ") || "no hours"}, now ${wallTime(site, at).time}`,
  };

  function spoken(instant: number): string {
    const { date, time } = wallTime(site, instant);
    return `${date} ${time}`;
  }
}
