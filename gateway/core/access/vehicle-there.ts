import type { Rule } from "./rule.js";

/** A gate that needs a vehicle lets nobody in from the outside without one on its loop. A loop that cannot be read has none. */
export const vehicleThere: Rule = {
  name: "vehicle-there",
  judge: ({ door, side, openToAll, building }) => {
    if (!door.needsLoop || side !== "outside" || openToAll) return undefined;
    const vehicle = building.doors.get(door.id)?.vehicle;
    if (vehicle) return undefined;
    return {
      reason: "no-vehicle",
      found: vehicle === false ? "nothing on the loop" : "the loop cannot be read",
    };
  },
};
