import { z } from "zod";
import { doorKinds, doorModes } from "../../../gateway/core/site.js";
import { askedAt, at, id, note } from "./common.js";

export const doorMode = z.enum(doorModes).meta({ id: "DoorMode" });

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
    kind: z.enum(doorKinds).optional().meta({ description: "Absent: a door." }),
    troubles: z
      .array(z.enum(["not-secured", "obstructed", "contact-fault", "input-fault", "not-relocked"]))
      .optional()
      .meta({ description: "What somebody should look at." }),
    lockdown: z.literal(true).optional().meta({ description: "Nobody is let in, whatever its mode says." }),
    armed: z.literal(true).optional().meta({ description: "A side of it is armed." }),
    threatLevel: z.string().optional().meta({ description: "The threat level that sets its mode." }),
    interlock: z
      .object({
        door: z.string(),
        is: z.enum(["open", "released", "unlocked", "faulty", "bypassed", "unknown"]),
      })
      .optional()
      .meta({ description: "The door of its interlock that keeps it from being released." }),
    alarmsOff: z
      .enum(["maintenance", "bypassed"])
      .optional()
      .meta({ description: "It raises no alarm: in maintenance, or its contact is out of service." }),
    silentKeypads: z
      .array(z.enum(["outside", "inside"]))
      .optional()
      .meta({ description: "Keypads that take no PIN for a while, after too many wrong ones." }),
    closeBy: at.optional().meta({ description: "By when the open leaf must be closed." }),
    allowedOpen: z
      .object({ by: z.string(), until: at })
      .optional()
      .meta({ description: "Somebody allowed it to stand open." }),
    vehicle: z.boolean().optional().meta({ description: "Whether a vehicle stands on its loop." }),
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
export const allowOpen = z.strictObject({
  until: askedAt.optional().meta({ description: "Absent: it may no longer stand open." }),
  note: note.optional(),
});
export const withNote = z.strictObject({ note: note.optional() });
