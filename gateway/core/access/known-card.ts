import type { Rule } from "./rule.js";

/** The card is known here, and somebody has it. */
export const knownCard: Rule = {
  name: "known-card",
  ofResponders: true,
  judge: ({ site, credential, person }) => {
    if (!credential && site.peopleLost) return { reason: "people-lost", found: "no emergency badge" };
    if (!credential) return { reason: "unknown-card", found: "no card with this value" };
    if (!person) return { reason: "unassigned-card", found: `card ${credential.id} belongs to nobody` };
    return undefined;
  },
  yes: ({ credential }) => (credential?.responder ? "ok: a responder, asked for no rights" : "ok"),
};
