import { z } from "zod";
import { askedAt, at, id, note } from "./common.js";

const credentialStatus = z
  .enum(["active", "suspended", "lost", "stolen", "returned"])
  .meta({ id: "CredentialStatus" });

const credentialShown = z
  .object({
    id,
    kind: z.enum(["card", "pin", "code", "plate", "uid"]),
    status: credentialStatus,
    value: z.string().optional().meta({ description: "For who may enrol." }),
    printed: z.string().optional(),
    validFrom: at.nullable(),
    validUntil: at.nullable(),
    maxUses: z.int().optional().meta({ description: "Absent: without limit." }),
    usesLeft: z.int().optional(),
    responder: z.literal(true).optional(),
    statusSince: at.nullable().optional(),
    statusBy: z.string().optional(),
  })
  .meta({ id: "Credential" });
export type Credential = z.infer<typeof credentialShown>;

const trait = z
  .enum([
    ...(["extended-time", "may-prop", "passback-exempt", "escort", "needs-escort"] as const),
    ...(["visitor", "contractor", "maintenance"] as const),
  ])
  .meta({ id: "Trait" });

const rightTo = { group: id.optional(), door: id.optional(), area: id.optional(), schedule: id.optional() };
const temporaryRight = z
  .object({ ...rightTo, from: at, until: at })
  .meta({ id: "TemporaryRight", description: "Names one of group, door and area." });

export const personShown = z
  .object({
    id,
    name: z.string(),
    tenant: id,
    groups: z.array(id),
    status: z.enum(["active", "blocked"]),
    validFrom: at.nullable(),
    validUntil: at.nullable(),
    version: z.int(),
    traits: z.array(trait),
    trainings: z.record(id, at),
    temporary: z.array(temporaryRight),
    host: id.nullable(),
    sponsor: id.nullable(),
    company: z.string().nullable(),
    inductedUntil: at.nullable(),
    pin: z.boolean().meta({ description: "Whether there is a PIN; which one, nobody is told." }),
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
  traits: z.array(trait).max(8).optional(),
  trainings: z.record(id, askedAt).optional(),
  temporary: z
    .array(z.strictObject({ ...rightTo, from: askedAt, until: askedAt }))
    .max(20)
    .optional(),
  host: id.nullish(),
  sponsor: id.nullish(),
  tenant: id
    .optional()
    .meta({ description: "One of the site's; absent: as it is, of somebody new the first." }),
  company: z.string().min(1).max(100).nullish(),
  inductedUntil: askedAt.nullish(),
  note: note.optional(),
});
export const pinPut = z.strictObject({
  pin: z
    .string()
    .regex(/^[0-9]{4,8}$/, "must be 4 to 8 digits")
    .nullable()
    .meta({ description: "null takes it away." }),
  note: note.optional(),
});
export const pinSet = z.object({ person: id, pin: z.boolean() });
export const letIn = z.strictObject({
  ...rightTo,
  from: askedAt.optional(),
  until: askedAt,
  note: note.optional(),
});
export const letInEnd = z.strictObject({
  group: id.optional(),
  door: id.optional(),
  area: id.optional(),
  note: note.optional(),
});
export const letInEnded = z.object({ person: id, ended: z.int() });
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
  maxUses: z.int().min(1).max(100_000).optional(),
  responder: z.boolean().optional(),
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
