import type { Credential, Person, PersonId } from "../../gateway/core/people.js";
import type { Directory, PinOutcome, PinOwner } from "../../gateway/ports.js";

interface Holder {
  readonly person: Person;
  readonly card: { readonly uid: string };
  /** His own PIN, and the one that he enters under threat. */
  readonly pin?: string;
  readonly duress?: string;
}

/** A directory in memory: who has which card and which PIN. Each PIN says whose it is as well. */
export function directoryOf(holders: readonly Holder[]): Directory {
  const credentials = new Map<string, Credential>();
  const people = new Map<PersonId, Holder>();
  const values = new Map<string, string>();
  for (const holder of holders) {
    const { person, card, pin } = holder;
    const row = { version: 1, person: person.id, status: "active" } as const;
    people.set(person.id, holder);
    values.set(`uid:${card.uid}`, `card-${person.id}`);
    credentials.set(`card-${person.id}`, {
      ...row,
      id: `card-${person.id}`,
      ...(pin ? { hasPin: true } : {}),
    });
    if (pin) credentials.set(`pin-${person.id}`, { ...row, id: `pin-${person.id}`, kind: "pin" });
  }
  const outcome = ({ pin, duress }: Holder, digits: string): PinOutcome => {
    if (pin === undefined) return "none";
    return digits === pin ? "right" : digits === duress ? "duress" : "wrong";
  };
  return {
    people: people.size,
    credentials: credentials.size,
    person: (id) => people.get(id)?.person,
    credential: (id) => credentials.get(id),
    find: (known) => known.map((value) => values.get(value)).find((id) => id !== undefined),
    pin: (id, digits) => {
      const holder = people.get(id);
      return holder ? outcome(holder, digits) : "none";
    },
    byPin: (digits): PinOwner | undefined => {
      for (const holder of people.values()) {
        const pin = outcome(holder, digits);
        if (pin === "right" || pin === "duress") return { credential: `pin-${holder.person.id}`, pin };
      }
      return undefined;
    },
  };
}
