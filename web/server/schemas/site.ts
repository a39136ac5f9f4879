import { z } from "zod";
import { id } from "./common.js";

export const site = z.object({
  revision: z.int(),
  document: z.looseObject({}).meta({ description: "The site document: config/schema/site.schema.json." }),
});

const groupShown = z
  .object({
    id,
    name: z.string(),
    access: z.array(
      z.object({
        doors: z.array(id).optional(),
        areas: z.array(id).optional(),
        schedule: z.string().meta({ description: "A schedule's id, or always." }),
      }),
    ),
  })
  .meta({ id: "Group" });
export type Group = z.infer<typeof groupShown>;
export const groups = z.object({ groups: z.array(groupShown) });

const scheduleShown = z
  .looseObject({
    id,
    name: z.string(),
    week: z.array(z.object({ days: z.array(z.string()), from: z.string(), to: z.string() })),
  })
  .meta({ id: "Schedule" });
export const schedules = z.object({ schedules: z.array(scheduleShown) });
