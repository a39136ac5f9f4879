import { threatLevel, threatRefuses } from "../threat.js";
import type { Rule } from "./rule.js";

/** The threat level in force lets in the groups of the person; leaving stays possible. */
export const threat: Rule = {
  name: "threat-level",
  judge: ({ site, building, side, openToAll, person }) => {
    if (side === "inside" || openToAll) return undefined;
    const found = threatRefuses(site, building, person?.groups ?? []);
    return found === undefined ? undefined : { reason: "threat-level", found };
  },
  yes: ({ site, building }) => {
    const level = threatLevel(site, building);
    return level ? `ok: ${level.id}` : "ok";
  },
};
