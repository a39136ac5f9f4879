import { areaIndex, crossingOf, isWithin } from "../area-index.js";
import type { Area } from "../site.js";
import { fireStands } from "./building.js";
import type { AccessRequest, Rule } from "./rule.js";

/**
 * No area that is entered gets more people than it may hold. Counted are those last seen in it, certain or not, and those who were
 * let in and have not opened the door yet. During a fire nobody is counted out.
 */
export const notFull: Rule = {
  name: "not-full",
  judge: (request) => {
    const { site, building, door, side, openToAll, others } = request;
    if (openToAll) return undefined;
    for (const area of crossingOf(site, door, side).entered) {
      const max = area.occupancy?.max;
      if (max === undefined || fireStands(site, building)) continue;
      const arriving = (door.persons ? others.length : 0) + 1;
      const inside = othersIn(request, area) + onTheirWay(request, area);
      if (inside + arriving > max) return { reason: "area-full", found: `${area.name}: ${inside} of ${max}` };
    }
    return undefined;
  },
};

/** How many others were last seen in the area. */
export function othersIn({ site, building, person }: AccessRequest, area: Area): number {
  const own = person && building.whereabouts.get(person.id);
  return building.headcount(area.id).all - (own && isWithin(site, own.area, area.id) ? 1 : 0);
}

/** How many others were let in to the area and have not opened its door yet. */
function onTheirWay({ site, building, person }: AccessRequest, area: Area): number {
  let coming: Set<string> | undefined;
  for (const door of areaIndex(site).bounds.get(area.id) ?? []) {
    const condition = building.doors.get(door.id)?.condition;
    if (!condition || !("grants" in condition) || condition.grants.length === 0) continue;
    for (const { person: id, side } of condition.grants) {
      if (id === person?.id || !crossingOf(site, door, side).entered.includes(area)) continue;
      const was = building.whereabouts.get(id);
      if (!was || !isWithin(site, was.area, area.id)) coming = (coming ?? new Set()).add(id);
    }
  }
  return coming?.size ?? 0;
}
