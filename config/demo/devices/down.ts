/** What comes down to a device, as the public contract has it; unknown fields are ignored. */
import { z } from "zod";
import { longestMs } from "./lock.js";

const id = z.string().min(1).max(200);
const n = z.int().min(1);
const ms = z.int().min(1).max(longestMs);

const command = z.discriminatedUnion("op", [
  z.object({ id, op: z.literal("unlock"), lock: n, ms, for: id.optional() }),
  z.object({ id, op: z.literal("hold"), lock: n, lease_ms: ms, n: z.int().min(1) }),
  z.object({ id, op: z.literal("lock"), lock: n, ends: id }),
  z.object({ id, op: z.literal("release"), lock: n }),
  z.object({ id, op: z.literal("signal"), reader: n, pattern: z.string().max(40), ms: ms.or(z.literal(0)) }),
  z.object({ id, op: z.literal("output"), output: n, on: z.boolean(), ms: ms.optional() }),
]);
export type DownCommand = z.infer<typeof command>;

const result = z.object({
  re: id,
  reader: n,
  outcome: z.enum(["granted", "denied", "pin", "wait"]),
});
export type DownResult = z.infer<typeof result>;

function json(payload: Buffer): unknown {
  try {
    return JSON.parse(payload.toString("utf8"));
  } catch {
    return undefined;
  }
}

/** A command, or what was wrong with one that has at least an id to answer to, or nothing to answer at all. */
export function parseCommand(
  payload: Buffer,
): DownCommand | { readonly re: string; readonly error: string } | undefined {
  const raw = json(payload);
  const parsed = command.safeParse(raw);
  if (parsed.success) return parsed.data;
  const addressed = z.object({ id }).safeParse(raw);
  if (!addressed.success) return undefined;
  const fault = parsed.error.issues[0];
  return { re: addressed.data.id, error: `${fault?.path.join(".") || "op"}: ${fault?.message ?? "unknown"}` };
}

export function parseResult(payload: Buffer): DownResult | undefined {
  return result.safeParse(json(payload)).data;
}
