import type { Rule } from "./rule.js";

/** One of the person's groups has this door, or he has a right of his own, at some time. A door that is open to all needs none. */
export const groupHasDoor: Rule = {
  name: "group-has-door",
  judge: ({ openToAll, rights, person }) =>
    openToAll || rights.some(({ deny }) => !deny)
      ? undefined
      : {
          reason: "no-access",
          found: person?.groups.length
            ? `no group with this door (${person.groups.join(", ")})`
            : "in no group",
        },
};
