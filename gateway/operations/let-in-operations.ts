import { z } from "zod";
import type { HouseParts } from "./house-parts.js";
import { id, note } from "./ids.js";
import { done, operation, refused } from "./operation.js";
import { shownPerson, unknownPerson, writePeople } from "./people-writing.js";
import { letInFields, rightFaults, rightOf, withRight } from "./person-extras.js";

/** Rights for a time, beside the groups: somebody is let in until six, and at six it is over by itself. */
export const letInOperations = [
  operation({
    name: "person.let-in",
    permission: "people.write",
    acts: true,
    params: z.strictObject({ ...letInFields, note: note.optional() }),
    run: async (house, operator, { person, note: why, from, ...said }) => {
      const before = await inputOf(house, person);
      if (!before) return unknownPerson(person);
      const now = house.clock.now();
      const right = rightOf({ ...said, from: from ?? now });
      const faults = rightFaults(house.engine.active?.site, right, "");
      if (faults.length > 0) return refused("invalid", faults[0]?.message ?? "this is no right", faults);
      if (right.until <= Math.max(now, right.from))
        return refused("invalid", "it would be over before it begins", [
          { path: "until", message: "must be later than now and than from" },
        ]);
      const temporary = withRight(before.temporary, right, now);
      if (!temporary) return refused("conflict", `${person} has 20 rights for a time already`);
      const about = { person, ...(why === undefined ? {} : { why }) };
      const change = { people: [{ ...before, temporary }] };
      const trouble = await writePeople(house, operator, change, "let in for a time", about);
      if (trouble) return trouble;
      const row = await house.store.people.get(person);
      return row ? done({ person: shownPerson(house, row, operator) }) : unknownPerson(person);
    },
  }),
  operation({
    name: "person.let-in-end",
    permission: "people.write",
    acts: true,
    params: z.strictObject({
      person: id,
      group: id.optional(),
      door: id.optional(),
      area: id.optional(),
      note: note.optional(),
    }),
    run: async (house, operator, { person, note: why, ...which }) => {
      const before = await inputOf(house, person);
      if (!before) return unknownPerson(person);
      const { temporary = [], ...rest } = before;
      const named = Object.entries(which).filter(([, value]) => value !== undefined);
      const left = temporary.filter((right) =>
        named.some(([key, value]) => right[key as "group" | "door" | "area"] !== value),
      );
      const about = { person, ...(why === undefined ? {} : { why }) };
      const change = { people: [{ ...rest, ...(left.length > 0 ? { temporary: left } : {}) }] };
      const trouble = await writePeople(house, operator, change, "rights for a time ended", about);
      return trouble ?? done({ person, ended: temporary.length - left.length });
    },
  }),
];

/** The person as written again, without what belongs to the version. */
async function inputOf(house: HouseParts, person: string) {
  const row = await house.store.people.get(person);
  if (!row) return undefined;
  const { credentials: _, version: __, ...input } = row;
  return input;
}
