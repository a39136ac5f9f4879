import type { Rule } from "./rule.js";

/** The card was not suspended, lost, stolen or handed back. A status that is not known opens nothing. */
export const cardActive: Rule = {
  name: "card-active",
  judge: ({ credential }) => {
    switch (credential?.status) {
      case "active":
        return undefined;
      case "lost":
      case "stolen":
      case "returned":
      case "suspended":
        return { reason: `card-${credential.status}`, found: credential.status };
      default:
        return { reason: "fault", found: `status "${String(credential?.status)}" is not known` };
    }
  },
};
