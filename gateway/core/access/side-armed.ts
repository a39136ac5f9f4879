import { entryActOf } from "../alarm/entry-act.js";
import type { Rule } from "./rule.js";

/** Whoever has the door only by groups that are kept out of what is armed does not come in there. */
export const sideArmed: Rule = {
  name: "side-armed",
  judge: ({ site, building, door, side, person, openToAll }) => {
    if (openToAll) return undefined;
    const act = person && entryActOf(site, building, door, side, person);
    return act?.is === "deny" ? { reason: "partition-armed", found: `${act.partition} is armed` } : undefined;
  },
};
