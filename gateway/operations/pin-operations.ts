import { z } from "zod";
import { pinIdOf } from "../core/people.js";
import { pinPattern, weakness } from "../pins.js";
import type { Operator, Performed } from "../ports.js";
import type { CredentialInput } from "../store/people-types.js";
import type { HouseParts } from "./house-parts.js";
import { id, note } from "./ids.js";
import { done, operation, refused } from "./operation.js";
import { unknownPerson, writePeople } from "./people-writing.js";

export const pinOperations = [
  operation({
    name: "person.pin",
    permission: "credentials.write",
    acts: true,
    params: z.strictObject({
      person: id,
      pin: z.string().regex(pinPattern, "must be 4 to 8 digits").nullable().describe("null takes it away."),
      note: note.optional(),
    }),
    run: (house, operator, params) => house.pins.change(() => setPin(house, operator, params)),
  }),
];

async function setPin(
  house: HouseParts,
  operator: Operator,
  params: { readonly person: string; readonly pin: string | null; readonly note?: string | undefined },
): Promise<Performed> {
  const { person, pin } = params;
  if (!house.store.people.person(person)) return unknownPerson(person);
  const credential = pinIdOf(person);
  const before = house.store.people.credentialRow(credential);
  const about = { person, credential, ...(params.note === undefined ? {} : { why: params.note }) };
  if (pin === null) {
    if (before?.status !== "active") return done({ person, pin: false });
    const { version: _, ...row } = before;
    const gone = { ...row, status: "returned" } as const;
    return (
      (await writePeople(house, operator, { credentials: [gone] }, "PIN taken away", about)) ??
      done({ person, pin: false })
    );
  }
  const weak = weakness(pin);
  if (weak !== undefined) return notThis(`this PIN ${weak}; choose one that is harder to guess`);
  if (house.pins.taken(person, pin)) return taken();
  const row: CredentialInput = { id: credential, person, status: "active", value: house.pins.value(pin) };
  const trouble = await writePeople(house, operator, { credentials: [row] }, "PIN set", about);
  if (trouble && !trouble.ok && trouble.refusal.faults?.some(({ path }) => path.endsWith(".value")))
    return taken();
  return trouble ?? done({ person, pin: true });
}

/** Not whose it is, and not whether it is the same or only next to it. */
function taken(): Performed {
  return notThis("this PIN cannot be given; choose another one");
}

function notThis(message: string): Performed {
  return refused("conflict", message, [{ path: "pin", message }]);
}
