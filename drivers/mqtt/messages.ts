/** What a device may say (MQTT contract, "Devices"), one schema a topic under `up/`. Every field is bounded; unknown ones are ignored. */
import { z } from "zod";

/** From which the age of a message is known; every message but the will carries both. */
const stamp = {
  /** Random per start of the device. */
  boot: z.string().min(1).max(64),
  /** Milliseconds since that start, at the reading. */
  up_ms: z.number().min(0).max(Number.MAX_SAFE_INTEGER),
};
/** Not every tool that plays a device has a stamp to give; a scan without one simply has no age. */
const optionalStamp = { boot: stamp.boot.optional(), up_ms: stamp.up_ms.optional() };

/** Ids are the device's own: printable, so that they can be logged as they are. */
const id = z.string().regex(/^[\x21-\x7e]{1,100}$/, "must be 1 to 100 printable characters without spaces");
/** Terminals start at 1. */
const n = z.int().min(1).max(255);
const numbers = z
  .array(n)
  .max(64)
  .refine((all) => new Set(all).size === all.length, "names a terminal twice");

const hello = z.object({
  ...stamp,
  proto: z.literal(1),
  model: z.string().max(100),
  fw: z.string().max(100),
  points: z.object({
    reader: numbers.optional(),
    lock: numbers.optional(),
    input: numbers.optional(),
    output: numbers.optional(),
  }),
});

const state = z.object({ ...optionalStamp, state: z.enum(["ready", "lost"]) });

/** Longest credential that any card format or QR code of an access system has. */
const scan = z
  .object({
    ...optionalStamp,
    id,
    reader: n,
    bits: z
      .string()
      .regex(/^[01]{1,512}$/, "must be 1 to 512 characters 0 and 1")
      .optional(),
    uid: z
      .string()
      .regex(/^(?:[0-9a-fA-F]{2}){1,32}$/, "must be 1 to 32 bytes in hex")
      .optional(),
    code: z.string().min(1).max(1024).optional(),
  })
  .refine(
    ({ bits, uid, code }) => [bits, uid, code].filter((one) => one !== undefined).length === 1,
    "must have one of bits, uid and code",
  );

const keys = z.object({
  ...optionalStamp,
  id,
  reader: n,
  keys: z.string().regex(/^[0-9A-D*#]{1,32}$/, "must be 1 to 32 keys of 0-9, A-D, * and #"),
});

const input = z.object({
  ...stamp,
  active: z.boolean(),
  fault: z.enum(["open", "short", "tamper"]).nullable().default(null),
  changes: z.int().min(0),
  /** Of a sensor that measures, in its unit (°C); the contract only ever gains fields. */
  value: z.number().min(-1_000_000).max(1_000_000).optional(),
});

const lock = z.object({
  ...stamp,
  locked: z.boolean(),
  bolt: z.enum(["in", "out"]).nullable().default(null),
});

const health = z.object({
  ...stamp,
  battery: z.number().min(0).max(100).optional(),
  rssi: z.number().min(-200).max(100).optional(),
  mains: z.boolean().optional(),
  tamper: z.boolean().optional(),
});

const ack = z.object({
  ...optionalStamp,
  re: id,
  ok: z.boolean(),
  error: z.string().max(300).optional(),
});

/** By the topic below `up/`; `input` and `lock` have a number after them. */
export const upSchemas = { hello, state, scan, keys, input, lock, health, ack };
type Kind = keyof typeof upSchemas;
type Body<K extends Kind> = z.infer<(typeof upSchemas)[K]>;

export type UpMessage =
  | { readonly is: "input"; readonly n: number; readonly body: Body<"input"> }
  | { readonly is: "lock"; readonly n: number; readonly body: Body<"lock"> }
  | { [K in Exclude<Kind, "input" | "lock">]: { readonly is: K; readonly body: Body<K> } }[Exclude<
      Kind,
      "input" | "lock"
    >];

export type Stamp = { readonly boot?: string | undefined; readonly up_ms?: number | undefined };

const topics = /^(?:(hello|state|scan|keys|health|ack)|(input|lock)\/([1-9]\d{0,2}))$/;
/** What is told of a fault, to the device and to the log. */
const longestError = 300;

/** A message, or what is wrong with it. @param topic what follows `up/` */
export function parseUp(topic: string, payload: Buffer): UpMessage | { readonly error: string } {
  const named = topics.exec(topic);
  if (!named)
    return { error: "no such topic; there are hello, state, scan, keys, input/N, lock/N, health, ack" };
  const kind = (named[1] ?? named[2]) as Kind;
  const number = Number(named[3] ?? 0);
  if (number > 255) return { error: "terminals are numbered 1 to 255" };
  const raw = parseJson(payload);
  if ("error" in raw) return raw;
  const parsed = upSchemas[kind].safeParse(raw.value);
  if (!parsed.success) return { error: firstFault(parsed.error) };
  return { is: kind, n: number, body: parsed.data } as UpMessage;
}

const utf8 = new TextDecoder("utf-8", { fatal: true });

function parseJson(payload: Buffer): { readonly value: unknown } | { readonly error: string } {
  let text: string;
  try {
    text = utf8.decode(payload);
  } catch {
    return { error: "not UTF-8" };
  }
  try {
    return { value: JSON.parse(text) as unknown };
  } catch {
    // The parser's own words quote the text, which may be a card.
    return { error: "not JSON" };
  }
}

function firstFault(error: z.ZodError): string {
  const issue = error.issues[0];
  const path = issue?.path.join(".") ?? "";
  return `${path === "" ? "" : `${path}: `}${issue?.message ?? "invalid"}`.slice(0, longestError);
}
