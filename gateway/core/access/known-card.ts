import type { Rule } from "./rule.js";

/** The card is known here, and somebody has it. */
export const knownCard: Rule = {
  name: "known-card",
  judge: ({ credential, person }) => {
    if (!credential) return { reason: "unknown-card", found: "no card with this value" };
    if (!person) return { reason: "unassigned-card", found: `card ${credential.id} belongs to nobody` };
    return undefined;
  },
};
