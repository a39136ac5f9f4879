import { rightsAt } from "./rights.js";
import type { Rule } from "./rule.js";

/** One of the person's groups has this door, at some time. A door that is open to all needs no group. */
export const groupHasDoor: Rule = {
  name: "group-has-door",
  judge: (request) =>
    request.openToAll || rightsAt(request).length > 0
      ? undefined
      : {
          reason: "no-access",
          found: request.person?.groups.length
            ? `no group with this door (${request.person.groups.join(", ")})`
            : "in no group",
        },
};
