/**
 * What a preset file may look like: how one maker's devices word what they see, and how they are told to open. A preset is data;
 * whoever can read their device's MQTT page can write one. Every field is bounded, unknown ones are refused.
 */
import { z } from "zod";

const kinds = ["reader", "lock", "input", "output"] as const;
const kind = z.enum(kinds);

/** Below the device's prefix; `{n}`, `{i}` and `{name}` stand for a terminal's number, number − 1 and name. */
const topic = z
  .string()
  .max(200)
  .regex(/^[A-Za-z0-9_.:{}-]+(\/[A-Za-z0-9_.:{}-]+)*$/, "must be a topic below the prefix, without + and #");
/** Keys from the payload's top, with dots between them; empty: the payload itself. */
const path = z.string().max(200);
const scalar = z.union([z.string().max(200), z.number(), z.boolean()]);
const scalars = z.array(scalar).min(1).max(16);
const match = z.record(path, z.union([scalar, scalars])).describe("Every one of these values must be there");

const level = z.strictObject({ path, on: scalars, off: scalars });

const map = z
  .strictObject({
    scan: z
      .strictObject({
        path,
        as: z
          .enum(["hex", "number", "bits", "code"])
          .describe(
            "hex: a serial number in hex. number: decimal, `142,51091`, or hex marked by 0x or h. bits: a row of 0 and 1, or a number of `length` bits. code: text",
          ),
        length: path.exactOptional().describe("Where the number of bits is, for `bits` that are a number"),
      })
      .exactOptional(),
    input: level
      .extend({
        tamper: z.strictObject({ path, on: scalars }).exactOptional(),
      })
      .exactOptional(),
    press: z
      .literal(true)
      .exactOptional()
      .describe("The message itself is a press of the input, without a level"),
    lock: level.exactOptional().describe("on: locked"),
    health: z
      .strictObject({
        of: kind.exactOptional().describe("Each terminal of this kind has a health of its own"),
        battery: path.exactOptional(),
        rssi: path.exactOptional(),
        mains: path.exactOptional(),
        tamper: path.exactOptional(),
      })
      .exactOptional(),
    hello: z.strictObject({ model: path.exactOptional(), firmware: path.exactOptional() }).exactOptional(),
  })
  .refine(
    (one) => Object.keys(one).length === 1,
    "must have exactly one of scan, input, press, lock, health, hello",
  );

const only = z.int().min(1).max(32).exactOptional().describe("Only for the terminal of this number");

const message = z.strictObject({
  topic,
  n: only,
  each: path.exactOptional().describe("A list in the payload: match and map hold for each of its entries"),
  match: match.exactOptional(),
  map,
});

/** Texts in it that are exactly `{ms}`, `{i}` … become numbers. */
const payload: z.ZodType<Template> = z.lazy(() =>
  z.union([scalar, z.array(payload).max(16), z.record(z.string().max(64), payload)]),
);
export type Template = string | number | boolean | readonly Template[] | { readonly [key: string]: Template };

const command = z.strictObject({
  topic,
  payload,
  ms: z
    .strictObject({ least: z.int().min(50), most: z.int().max(600_000) })
    .describe("Shortest and longest pulse that the device ends itself"),
  confirm: z
    .array(
      z.strictObject({
        topic,
        n: only,
        match: match.exactOptional(),
        error: path.exactOptional().describe("Where it says why not; nothing there: done"),
      }),
    )
    .min(1)
    .max(4)
    .describe("What the device says when it has done it, or will not"),
});

const terminals = z.strictObject({
  count: z.int().min(1).max(32),
  names: z
    .array(z.string().max(64))
    .max(32)
    .exactOptional()
    .describe("What {name} is, unless the site says otherwise"),
});

const availability = z.strictObject({
  topic,
  of: kind.exactOptional().describe("Each terminal of this kind is there or not for itself"),
  path: path.exactOptional(),
  online: scalars,
  offline: scalars,
});

export const presetSchema = z.strictObject({
  preset: z.string().regex(/^[a-z0-9][a-z0-9-]{0,62}$/),
  title: z.string().max(100),
  sources: z.array(z.url()).max(10).describe("The maker's own pages"),
  points: z.partialRecord(kind, terminals),
  messages: z.array(message).min(1).max(50),
  command: z.strictObject({ pulse: command }).exactOptional(),
  availability: z.array(availability).max(4),
});

export type Preset = z.infer<typeof presetSchema>;
export type PresetMessage = Preset["messages"][number];
export type Level = z.infer<typeof level>;
export type PulseCommand = z.infer<typeof command>;
export type TerminalKind = z.infer<typeof kind>;

export type ParsedPreset =
  | { readonly ok: true; readonly preset: Preset }
  | { readonly ok: false; readonly error: string };

/** A preset out of its file, or what is wrong with it and where. */
export function parsePreset(raw: unknown): ParsedPreset {
  const parsed = presetSchema.safeParse(raw);
  if (!parsed.success) {
    const issue = parsed.error.issues[0];
    return { ok: false, error: `${issue?.path.join(".") || "the file"}: ${issue?.message ?? "invalid"}` };
  }
  const fault = unsound(parsed.data);
  return fault === undefined ? { ok: true, preset: parsed.data } : { ok: false, error: fault };
}

/** A lock without a pulse that the device ends, or a map to a terminal that is not listed. */
function unsound({ points, messages, command, availability }: Preset): string | undefined {
  if (points.lock && !command?.pulse)
    return "points.lock: a lock needs command.pulse, which the device ends itself";
  if (command?.pulse && !points.lock) return "command.pulse: there is no lock in points";
  if (command?.pulse && !mentions(command.pulse.payload, /\{(ms|seconds|pulsetime)\}/))
    return "command.pulse.payload: does not tell the device how long: {ms}, {seconds} or {pulsetime} is missing";
  if (command && command.pulse.ms.least > command.pulse.ms.most)
    return "command.pulse.ms: least is above most";
  for (const [index, { map }] of messages.entries()) {
    const wanted = kindOfMap(map);
    if (wanted !== undefined && !points[wanted])
      return `messages.${index}.map: there is no ${wanted} in points`;
  }
  for (const [index, { of }] of availability.entries())
    if (of !== undefined && !points[of]) return `availability.${index}.of: there is no ${of} in points`;
  return undefined;
}

function mentions(template: Template, what: RegExp): boolean {
  if (typeof template === "string") return what.test(template);
  if (typeof template !== "object") return false;
  return Object.values(template).some((one) => mentions(one, what));
}

/** The kind of terminal that a message is about; undefined: about the device itself. */
export function kindOfMap(map: PresetMessage["map"]): TerminalKind | undefined {
  if (map.scan) return "reader";
  if (map.input || map.press) return "input";
  if (map.lock) return "lock";
  return map.health?.of;
}
