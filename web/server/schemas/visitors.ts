import { z } from "zod";
import { askedAt, at, id, note } from "./common.js";
import { personShown } from "./people.js";

const visit = z.enum(["expected", "on", "refused", "over"]).meta({
  id: "Visit",
  description: "refused: the visitor is blocked, or whoever is visited is not let in any more.",
});

const visitorShown = personShown.extend({ visit, hostName: z.string().nullable() }).meta({ id: "Visitor" });
export type Visitor = z.infer<typeof visitorShown>;
export const visitorsAsked = z.strictObject({
  all: z.enum(["true", "false"]).optional().meta({ description: "true: also visits that are over." }),
});
export const visitors = z.object({ visitors: z.array(visitorShown) });

const places = z.array(id).max(20).optional();
export const visitorAdd = z.strictObject({
  person: id.optional().meta({ description: "Somebody who was here before." }),
  name: z.string().min(1).max(200).optional().meta({ description: "Needed for somebody new." }),
  host: id,
  company: z.string().min(1).max(100).optional(),
  from: askedAt.optional(),
  until: askedAt.optional().meta({ description: "Absent: as the site says." }),
  groups: places,
  doors: places,
  areas: places,
  escort: z.boolean().optional(),
  card: z.string().min(1).max(600).optional(),
  printed: z.string().min(1).max(64).optional(),
  code: z.boolean().optional().meta({ description: "Make up a code of eight digits." }),
  uses: z.int().min(1).max(1_000).optional(),
  note: note.optional(),
});
export const visitorAdded = z.object({ person: personShown, code: z.string().optional() });
export const visitEnd = z.strictObject({ note: note.optional() });
export const visitEnded = z.object({ person: id, badges: z.int() });

export const companies = z.object({
  companies: z.array(z.object({ company: z.string(), people: z.int() })),
});

const leaver = z
  .object({ id, name: z.string(), company: z.string().nullable(), badges: z.int(), pin: z.boolean() })
  .meta({ id: "Leaver" });

export const leaversPut = z.strictObject({
  company: z.string().min(1).max(100).optional(),
  host: id.optional(),
  search: z.string().min(1).max(200).optional(),
  people: z.array(z.string().min(1).max(600)).min(1).max(5_000).optional(),
  except: z.array(id).max(5_000).optional(),
  dryRun: z.boolean().optional().meta({ description: "Only tells who that is." }),
  expect: z.string().max(64).optional().meta({ description: "`list` of what was told." }),
  note: note.optional(),
});
export const leavers = z.object({
  act: z.string().optional().meta({ description: "By which it can be undone; absent after a dry run." }),
  dryRun: z.boolean().optional(),
  people: z.array(leaver),
  badges: z.int(),
  alreadyRevoked: z.int(),
  unmatched: z.array(z.object({ text: z.string(), why: z.string() })),
  list: z.string(),
});
export type Leavers = z.infer<typeof leavers>;

const act = z
  .object({
    act: z.string(),
    at,
    by: z.string(),
    note: z.string().nullable(),
    people: z.int(),
    badges: z.int(),
    undoneAt: at.nullable(),
  })
  .meta({ id: "PeopleAct" });
export type PeopleAct = z.infer<typeof act>;
export const acts = z.object({ acts: z.array(act) });
export const byAct = z.object({ id: z.string().min(1).max(64) });
export const leaversRestore = z.strictObject({ note: note.optional() });
export const leaversRestored = z.object({
  act: z.string(),
  people: z.int(),
  badges: z.int(),
  leftAsTheyAre: z.int().meta({ description: "People and badges that were changed since." }),
});
