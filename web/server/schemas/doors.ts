import { z } from "zod";
import { askedAt, at, id, note } from "./common.js";

const doorMode = z.enum(["card", "free", "secured"]).meta({ id: "DoorMode" });

export const doorShown = z
  .object({
    id,
    name: z.string(),
    lock: z.enum(["locked", "unlocked", "released"]),
    position: z.enum(["open", "closed", "unknown", "none"]),
    mode: doorMode,
    online: z.boolean(),
    alarm: z.enum(["forced", "held-open"]).nullable(),
    override: z.object({ by: z.string(), until: at.nullable() }).nullable(),
    since: at.nullable(),
  })
  .meta({ id: "Door" });
export type Door = z.infer<typeof doorShown>;
export const doors = z.object({ doors: z.array(doorShown) });

export const unlock = z.strictObject({
  ms: z.int().min(500).max(240_000).optional(),
  note: note.optional(),
  force: z
    .boolean()
    .optional()
    .meta({ description: "Against a secured door: with a note, and freshly signed in." }),
});
export const setMode = z.strictObject({
  mode: doorMode.optional().meta({ description: "Absent: back to the mode at rest." }),
  until: askedAt.optional(),
  note: note.optional(),
});
export const withNote = z.strictObject({ note: note.optional() });
