import type { Rule } from "./rule.js";

/** A secured door lets nobody in until it is returned, one in maintenance those who maintain it; leaving stays possible. */
export const doorMode: Rule = {
  name: "door-mode",
  judge: ({ mode, side, openToAll, person }) => {
    if (side === "inside" || openToAll) return undefined;
    if (mode === "secured") return { reason: "door-secured", found: "secured" };
    return mode === "maintenance" && !person?.traits?.includes("maintenance")
      ? { reason: "in-maintenance", found: "maintenance, and not one of those who do it" }
      : undefined;
  },
  yes: ({ mode }) => (mode === "card" ? "ok" : `ok: ${mode}`),
};
