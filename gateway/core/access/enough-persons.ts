import type { Rule } from "./rule.js";

/** At a door for so many persons at once, that many different ones stand at the reader. Leaving takes one. */
export const enoughPersons: Rule = {
  name: "enough-persons",
  judge: ({ door, side, openToAll, others }) => {
    const count = door.persons?.count ?? 1;
    if (openToAll || side === "inside" || others.length + 1 >= count) return undefined;
    return { reason: "waits-for-persons", found: `${others.length + 1} of ${count}`, wait: true };
  },
  yes: ({ door, others }) => (door.persons ? `ok: with ${others.map(({ id }) => id).join(", ")}` : "ok"),
};
