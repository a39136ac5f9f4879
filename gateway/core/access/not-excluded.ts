import { hoursHold, obstacleOf, type Right } from "./rights.js";
import type { AccessRequest, Rule } from "./rule.js";

/** No group of the person denies this door: a denial wins over every right, and holds also where it is not known whether it does. */
export const notExcluded: Rule = {
  name: "not-excluded",
  judge: (request) => {
    const right = request.openToAll ? undefined : denialNow(request);
    return right && { reason: "excluded", found: `${right.source}: denied, ${right.hours.id}` };
  },
};

export function denialNow(request: AccessRequest): Right | undefined {
  return request.rights.find(
    (right) =>
      right.deny && hoursHold(request, right) !== "no" && obstacleOf(request, right.when)?.holds !== "no",
  );
}
