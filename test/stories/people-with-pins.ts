import type { Credential } from "../../gateway/core/people.js";
import { type Staff, staff } from "./small-office.js";

/** Ada, Ben, Eve and Finn as ever, Ada and Finn with a PIN of their own (`pin-ada`, `pin-finn`) beside their cards. */
export function staffWithPins(changes: Parameters<typeof staff>[0] = {}): Staff {
  const people = staff({
    ...changes,
    cards: { "card-ada": { hasPin: true }, "card-finn": { hasPin: true }, ...changes.cards },
  });
  const pinOf = (person: string): Credential => ({
    id: `pin-${person}`,
    version: 1,
    person,
    kind: "pin",
    status: "active",
  });
  for (const person of ["ada", "ben", "finn"]) people.cards.set(`pin-${person}`, pinOf(person));
  return people;
}
