import { clockFound, clockOf, clockTrusted } from "../clock-trust.js";
import type { Rule } from "./rule.js";

/** A door may insist on a clock that can be believed; at the others hours count as kept while it cannot. */
export const clock: Rule = {
  name: "clock",
  judge: ({ door, building }) =>
    door.clock === "deny" && !clockTrusted(building)
      ? { reason: "clock-not-trusted", found: clockFound(clockOf(building)) }
      : undefined,
  yes: ({ building }) => {
    const found = clockFound(clockOf(building));
    return found === "ok" ? found : `ok: ${found}, all hours count as kept`;
  },
};
