import { z } from "zod";

export const byName = z.object({ name: z.string().min(1).max(64) });
/** The operation itself reads its params, and tells what is wrong with them. */
export const params = z.looseObject({}).meta({ id: "OperationParams" });
export const performed = z.object({ result: z.unknown() }).meta({ id: "OperationResult" });
