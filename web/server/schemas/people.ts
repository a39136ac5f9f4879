import { z } from "zod";
import { askedAt, at, id, note } from "./common.js";

const credentialStatus = z
  .enum(["active", "suspended", "lost", "stolen", "returned"])
  .meta({ id: "CredentialStatus" });

const credentialShown = z
  .object({
    id,
    status: credentialStatus,
    value: z.string().optional().meta({ description: "For who may enrol." }),
    printed: z.string().optional(),
    validFrom: at.nullable(),
    validUntil: at.nullable(),
  })
  .meta({ id: "Credential" });
export type Credential = z.infer<typeof credentialShown>;

const personShown = z
  .object({
    id,
    name: z.string(),
    tenant: id,
    groups: z.array(id),
    status: z.enum(["active", "blocked"]),
    validFrom: at.nullable(),
    validUntil: at.nullable(),
    version: z.int(),
    credentials: z.array(credentialShown),
  })
  .meta({ id: "Person" });
export type Person = z.infer<typeof personShown>;
export const person = z.object({ person: personShown });

export const peopleAsked = z.strictObject({
  search: z.string().max(200).optional(),
  limit: z.coerce.number().int().min(1).max(1000).optional().meta({ type: "integer" }),
  after: z.string().max(500).optional().meta({ description: "`next` of the page before." }),
});
export const people = z.object({
  people: z.array(personShown),
  total: z.int().meta({ description: "Of all people, not of those found." }),
  next: z.string().nullable(),
});

export const personPut = z.strictObject({
  name: z.string().min(1).max(200).optional().meta({ description: "Needed for a new person." }),
  groups: z.array(id).max(100).optional(),
  validFrom: askedAt.nullish(),
  validUntil: askedAt.nullish(),
  note: note.optional(),
});
export const personBlock = z.strictObject({ blocked: z.boolean().default(true), note: note.optional() });
export const personBlocked = z.looseObject({ person: id, status: z.string() });

const accessShown = z
  .object({
    door: id,
    name: z.string(),
    now: z.boolean(),
    until: at.nullable(),
    from: at.nullable(),
    why: z.string().nullable(),
  })
  .meta({ id: "DoorAccess" });
export type DoorAccess = z.infer<typeof accessShown>;
export const access = z.object({ doors: z.array(accessShown) });

const printed = z.string().min(1).max(64).optional();
const byValue = z.strictObject({
  value: z
    .string()
    .min(1)
    .max(600)
    .meta({ description: "In any spelling: 142,51091, uid:04A1B2C3, a number." }),
  printed,
  validFrom: askedAt.optional(),
  validUntil: askedAt.optional(),
  note: note.optional(),
});
const byEvent = z.strictObject({
  event: z.string().min(1).max(64).meta({ description: "Id of an access.denied of an unknown card." }),
  printed,
  note: note.optional(),
});
export const credentialAdd = z.union([byEvent, byValue]).meta({ id: "NewCredential" });
export const credentialAdded = z.looseObject({ credential: credentialShown });

export const credentialStatusPut = z.strictObject({ status: credentialStatus, note: note.optional() });
export const credentialStatusSet = z.looseObject({ credential: id, status: z.string() });

const unknownCard = z
  .object({
    event: z.string().nullable().meta({ description: "The denial; null: not in the journal yet." }),
    at,
    door: id.nullable(),
    shown: z.string(),
    spellings: z.array(z.string()),
  })
  .meta({ id: "UnknownCard" });
export type UnknownCard = z.infer<typeof unknownCard>;
export const unknownCards = z.object({ cards: z.array(unknownCard) });
