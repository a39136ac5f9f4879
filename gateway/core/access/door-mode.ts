import type { Rule } from "./rule.js";

/** A secured door lets nobody in until it is returned; leaving stays possible. */
export const doorMode: Rule = {
  name: "door-mode",
  judge: ({ mode, side, openToAll }) =>
    mode === "secured" && side === "outside" && !openToAll
      ? { reason: "door-secured", found: "secured" }
      : undefined,
  yes: ({ mode }) => (mode === "card" ? "ok" : `ok: ${mode}`),
};
