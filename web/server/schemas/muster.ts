import { z } from "zod";
import { at, id, note } from "./common.js";

const listed = z.object({
  person: id,
  name: z.string(),
  area: id.nullable().meta({ description: "Where last seen; null: marked safe and not known to be inside." }),
  areaName: z.string().nullable(),
  how: z.enum(["certain", "possible"]),
  since: at,
  door: id.nullable(),
  visitor: z.boolean(),
  safe: z.object({ at, by: z.string() }).nullable(),
});

export const muster = z
  .object({
    at,
    muster: z.object({ since: at, by: z.string(), areas: z.array(id).nullable() }).nullable(),
    counts: z.object({
      certain: z.int(),
      possible: z.int(),
      visitors: z.int(),
      safe: z.int(),
      missing: z.int(),
    }),
    people: z.array(listed),
    more: z.int().optional().meta({ description: "So many are not in this part of the list." }),
    unnamed: z.array(z.object({ door: id, name: z.string(), exits: z.int(), openings: z.int() })).meta({
      description: "Went through a door today without a name: so many more or fewer may be inside.",
    }),
  })
  .meta({ id: "Muster" });

export type MusterList = z.infer<typeof muster>;

export const startMuster = z.strictObject({
  areas: z.array(id).min(1).max(100).optional().meta({ description: "Absent: the whole building." }),
  note: note.optional(),
});
export const byPerson = z.object({ person: id });
