import { lockdownOf } from "../lockdown.js";
import type { Rule } from "./rule.js";

/** Nobody comes in during a lockdown of the door; leaving stays possible. */
export const lockdown: Rule = {
  name: "lockdown",
  judge: ({ site, building, door, side, openToAll }) => {
    if (side === "inside" || openToAll) return undefined;
    const found = lockdownOf(site, building, door.id);
    return found && { reason: "locked-down", found: found.doorGroup ?? "all doors" };
  },
};
