import { hoursToday, inSchedule, nextStart, schedulesKnown, wallTime, whenSpoken } from "../schedule.js";
import { type Right, rightsAt } from "./rights.js";
import type { AccessRequest, Denial, Rule } from "./rule.js";

/** One of the person's groups has this door now. A door that is open to all asks for no hours. */
export const withinSchedule: Rule = {
  name: "within-schedule",
  judge: (request) => {
    if (request.openToAll) return undefined;
    const rights = rightsAt(request);
    return rights.some(({ schedule }) => inSchedule(schedule, request.at))
      ? undefined
      : outsideHours(request, rights);
  },
  yes: (request) => {
    if (request.openToAll) return "ok: the door is open to all";
    const right = rightsAt(request).find(({ schedule }) => inSchedule(schedule, request.at));
    return right ? `ok: ${right.group.id}, ${right.schedule.id}` : "ok";
  },
};

function outsideHours({ site, at }: AccessRequest, rights: readonly Right[]): Denial {
  if (rights.length > 0 && !schedulesKnown(site, at))
    return { reason: "schedule-unknown", found: `no schedules for ${wallTime(site, at).date}` };
  const hours = rights.map(
    ({ group, schedule }) => `${group.id}: ${schedule.id} ${hoursToday(site, schedule, at)}`,
  );
  const starts = rights.flatMap(({ schedule }) => nextStart(schedule, at) ?? []);
  const found = `${hours.join("; ") || "no hours"}, now ${wallTime(site, at).time}`;
  if (starts.length === 0) return { reason: "outside-schedule", found };
  const remedy = `would be let in from ${whenSpoken(site, Math.min(...starts), at)}`;
  return { reason: "outside-schedule", found, remedy };
}
