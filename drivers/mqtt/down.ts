/** What a device is told (MQTT contract, "Devices"), one schema a topic under `down/`. */
import { z } from "zod";

const id = z.string().min(1).max(200);
const n = z.int().min(1).max(255);
const ms = z.number().min(0);
const late = z
  .literal(true)
  .exactOptional()
  .describe("Given before its decision was on disk, because the disk was slow");

const cmd = z.discriminatedUnion("op", [
  z.object({
    id,
    op: z.literal("unlock"),
    lock: n,
    ms: ms.describe("The device ends the pulse itself"),
    for: id
      .exactOptional()
      .describe("The scan that it answers; the scanning device obeys only within 5 s of it"),
    late,
  }),
  z.object({ id, op: z.literal("hold"), lock: n, lease_ms: ms, n: z.int().min(1) }),
  z.object({
    id,
    op: z.literal("lock"),
    lock: n,
    ends: id.describe("The unlock, hold or release that it ends"),
  }),
  z.object({ id, op: z.literal("release"), lock: n }),
  z.object({ id, op: z.literal("signal"), reader: n, pattern: z.string().max(40), ms }),
  z.object({ id, op: z.literal("output"), output: n, on: z.boolean(), ms: ms.exactOptional() }),
]);

const result = z.object({
  re: id.describe("The scan or the keys"),
  reader: n,
  outcome: z.enum(["granted", "denied", "pin", "wait"]).describe("For lamps and beeper only"),
  late,
});

const error = z.object({ topic: z.string(), error: z.string() });

export const downSchemas = { cmd, result, error };
export type DownCommand = z.infer<typeof cmd>;
export type DownResult = z.infer<typeof result>;
