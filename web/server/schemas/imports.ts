import { z } from "zod";
import { id, note } from "./common.js";

const importShown = z
  .object({
    import: id,
    name: z.string(),
    state: z.enum(["receiving", "checking", "checked", "applying", "done", "cancelled", "failed"]),
    step: z.string().nullable().meta({ description: "What is being done just now." }),
    done: z.int().meta({ description: "Of the step: bytes received or read, or people applied." }),
    of: z.int().meta({ description: "0: not known." }),
    leftMs: z.int().nullable().meta({ description: "Estimated, of the step." }),
    lines: z.int(),
    refused: z.int().meta({ description: "Lines with a fault. With any, nothing can be applied." }),
    summary: z
      .object({
        lines: z.int(),
        people: z.int(),
        added: z.int(),
        changed: z.int(),
        unchanged: z.int(),
        credentials: z.int(),
        refused: z.int(),
      })
      .nullable(),
    preview: z.array(
      z.object({
        line: z.int(),
        person: id,
        name: z.string(),
        what: z.enum(["added", "changed", "unchanged"]),
      }),
    ),
    faults: z
      .array(z.object({ line: z.int(), column: z.string(), message: z.string() }))
      .meta({ description: "The first hundred." }),
    message: z.string().nullable(),
  })
  .meta({ id: "PeopleImport" });
export type PeopleImport = z.infer<typeof importShown>;

export const peopleImport = importShown;
export const peopleImports = z.object({ imports: z.array(importShown) });

export const importBegin = z.strictObject({
  name: z.string().min(1).max(200).optional(),
  bytes: z.int().min(0).optional().meta({ description: "How long the list is." }),
  note: note.optional(),
});
export const importContent = z.strictObject({
  offset: z.coerce
    .number()
    .int()
    .min(0)
    .meta({ type: "integer", description: "Where the piece begins: where the one before ended." }),
});
