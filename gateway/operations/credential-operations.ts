import { z } from "zod";
import { parseCardValue } from "../cards/canonical.js";
import { credentialStatuses } from "../core/people.js";
import type { Operator, Performed } from "../ports.js";
import { kindOfValue } from "../store/extras.js";
import type { CredentialInput } from "../store/people-types.js";
import type { HouseParts } from "./house-parts.js";
import { id, instant, note } from "./ids.js";
import { done, operation, refused } from "./operation.js";
import { cardFormatsOf, newCredentialId } from "./people-rows.js";
import { iso, shownCredential, writePeople } from "./people-writing.js";

export const credentialOperations = [
  operation({
    name: "credential.add",
    permission: "credentials.write",
    acts: true,
    params: z.strictObject({
      person: id,
      value: z
        .string()
        .min(1)
        .max(600)
        .describe("In any spelling: 142,51091, uid:04A1B2C3, a decimal number."),
      printed: z.string().min(1).max(64).optional(),
      validFrom: instant.optional(),
      validUntil: instant.optional(),
      maxUses: z
        .int()
        .min(1)
        .max(100_000)
        .optional()
        .describe("May be used so often; absent: without limit."),
      responder: z.boolean().optional().describe("Of the fire brigade and the like."),
      note: note.optional(),
    }),
    run: async (house, operator, params) => {
      const card = parseCardValue(params.value, cardFormatsOf(house));
      if ("fault" in card) {
        return refused("invalid", `this is no card: ${card.fault}`, [{ path: "value", message: card.fault }]);
      }
      return addCredential(house, operator, { ...params, value: card.value });
    },
  }),
  operation({
    name: "credential.assign",
    permission: "credentials.write",
    acts: true,
    params: z.strictObject({
      person: id,
      event: z.string().min(1).max(64).describe("The denial at which the card was presented."),
      printed: z.string().min(1).max(64).optional(),
      note: note.optional(),
    }),
    run: async (house, operator, params) => {
      const event = await house.store.journal.byId(params.event);
      const card =
        event?.device === undefined || event.scan === undefined
          ? undefined
          : house.engine.unknownCards.find(event.device, event.scan);
      const [value] = card?.values ?? [];
      if (value === undefined) {
        return refused("not-found", "that card is not remembered any more; present it at a reader again");
      }
      return addCredential(house, operator, { ...params, value });
    },
  }),
  operation({
    name: "cards.unknown",
    permission: "credentials.write",
    acts: false,
    params: z.strictObject({}),
    run: async (house) => {
      const cards = house.engine.unknownCards.list(house.clock.now());
      return done({
        cards: await Promise.all(
          cards.map(async ({ device, scan, at, door, shown, values }) => ({
            event: (await deniedScan(house, device, scan, at))?.id ?? null,
            at: iso(at),
            door,
            shown,
            spellings: values,
          })),
        ),
      });
    },
  }),
  operation({
    name: "credential.status",
    permission: "credentials.write",
    acts: true,
    params: z.strictObject({ credential: id, status: z.enum(credentialStatuses), note: note.optional() }),
    run: async (house, operator, params) => {
      const before = house.store.people.credentialRow(params.credential);
      if (!before) return refused("not-found", `there is no credential "${params.credential}"`);
      const { version: _, ...row } = before;
      if (kindOfValue(row.value) === "pin" && params.status === "active" && row.status !== "active")
        return refused("refused", "a PIN that was taken away is not given back; set a new one");
      const trouble = await writePeople(
        house,
        operator,
        { credentials: [{ ...row, status: params.status }] },
        `credential ${params.status}`,
        {
          person: before.person,
          credential: params.credential,
          ...(params.note === undefined ? {} : { why: params.note }),
        },
      );
      return trouble ?? done({ credential: params.credential, status: params.status });
    },
  }),
];

/** The denial at which an unknown card was presented. */
async function deniedScan(house: HouseParts, device: string, scan: string, at: number) {
  const denials = await house.store.journal.readBefore(undefined, 20, {
    types: ["access.denied"],
    device,
    from: at - 1000,
    until: at + 1000,
  });
  return denials.find((event) => event.scan === scan);
}

/** A card, in its canonical value, for a person. */
async function addCredential(
  house: HouseParts,
  operator: Operator,
  params: {
    readonly person: string;
    readonly value: string;
    readonly printed?: string | undefined;
    readonly validFrom?: number | undefined;
    readonly validUntil?: number | undefined;
    readonly maxUses?: number | undefined;
    readonly responder?: boolean | undefined;
    readonly note?: string | undefined;
  },
): Promise<Performed> {
  const { person, value, printed, validFrom, validUntil, maxUses, responder } = params;
  const credential = newCredentialId();
  const row: CredentialInput = {
    id: credential,
    person,
    status: "active",
    value,
    ...(printed === undefined ? {} : { printed }),
    ...(validFrom === undefined ? {} : { validFrom }),
    ...(validUntil === undefined ? {} : { validUntil }),
    ...(maxUses === undefined ? {} : { maxUses }),
    ...(responder ? { responder } : {}),
  };
  const about = { person, credential, ...(params.note === undefined ? {} : { why: params.note }) };
  const trouble = await writePeople(house, operator, { credentials: [row] }, "credential added", about);
  if (trouble) return trouble;
  house.engine.unknownCards.forget(value);
  const kept = house.store.people.credentialRow(credential);
  return done({ credential: kept && shownCredential(house, kept, true) });
}
