import { interlockedBy, obstacleText } from "../interlock.js";
import type { Rule } from "./rule.js";

/** No other door of an interlock is, or may be, open. */
export const interlock: Rule = {
  name: "interlock",
  ofResponders: true,
  judge: ({ site, building, door, openToAll }) => {
    const obstacle = openToAll ? undefined : interlockedBy(site, building, door.id);
    return obstacle && { reason: "interlock", found: obstacleText(site, obstacle) };
  },
};
