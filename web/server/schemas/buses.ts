import { z } from "zod";
import { id } from "./common.js";

const reader = z.object({
  device: id,
  address: z.int(),
  online: z.boolean(),
  protection: z.enum(["secure", "has a key", "needs a key", "none"]),
  model: z.string().optional(),
  firmware: z.string().optional(),
  serial: z.string().optional(),
  adoptingForMs: z.int().optional().meta({ description: "It may still be given its first key for so long." }),
  adoption: z.string().optional().meta({ description: "What became of the last key: done, or why not." }),
});

export const buses = z
  .object({
    buses: z.array(
      z.object({
        id,
        port: z.string().nullable(),
        fault: z.string().nullable(),
        speed: z.int(),
        rate: z
          .object({ measured: z.number(), limit: z.number() })
          .meta({ description: "Exchanges a second, beside what the speed allows." }),
        readers: z.array(reader),
      }),
    ),
  })
  .meta({ id: "Buses" });

export const byReader = z.object({ device: id });
export const adoption = z.strictObject({
  minutes: z.number().positive().max(10).optional().meta({ description: "Default and most: 10." }),
});
export const begun = z.object({ device: id });
