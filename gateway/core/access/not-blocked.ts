import type { Rule } from "./rule.js";

/** The person is not blocked; a status that is not known counts as blocked. */
export const notBlocked: Rule = {
  name: "not-blocked",
  ofResponders: true,
  judge: ({ person }) =>
    person?.status === "active"
      ? undefined
      : { reason: "person-blocked", found: String(person?.status ?? "nobody") },
};
