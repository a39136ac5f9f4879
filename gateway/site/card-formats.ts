/**
 * The card formats of a site: those that are built in, by name, narrowed to the site's own facility codes where that tells two
 * apart, and formats that the site describes itself. Each reader sends the site's list, or one of its own.
 */
import { z } from "zod";
import {
  type CardField,
  type CardFormat,
  canBeConfused,
  cardFormatNames,
  cardFormats,
  decode,
  type FieldName,
  isCardFormatName,
  longestBits,
  type ParityRule,
  shortestBits,
  span,
} from "../cards/formats.js";
import type { Fault } from "../ports.js";
import { pointOf } from "./shapes.js";

const position = z
  .int()
  .min(0)
  .max(longestBits - 1);
const place = z
  .tuple([position, z.int().min(1).max(64)])
  .describe("First bit, counted from 0 in the order in which bits are sent, and how many; highest first");

const facilities = z
  .array(
    z
      .int()
      .min(0)
      .max(2 ** 40),
  )
  .min(1)
  .max(20)
  .describe("The facility codes of this site's cards; frames with another are not of this format");

/** `1-12`, `2,3,5,6` or both; the positions are read by `positionsOf`. */
const positions = z
  .string()
  .max(1_000)
  .regex(/^[0-9]{1,3}(-[0-9]{1,3})?( *, *[0-9]{1,3}(-[0-9]{1,3})?)*$/, {
    error: "must be positions such as 1-12 or 2,3,5-9",
  });

const narrowed = z.strictObject({ use: z.enum(cardFormatNames), facilities });

const described = z.strictObject({
  name: z
    .string()
    .regex(/^[A-Z][A-Za-z0-9]{2,29}$/, {
      error: "must be a capital letter and 2 to 29 letters and digits, such as Plant40",
    })
    .describe("What stands before the numbers: Plant40:12/3456"),
  title: z.string().min(1).max(100).exactOptional().describe("What the installer calls it"),
  bits: z.int().min(shortestBits).max(longestBits).describe("How many bits a reader sends"),
  facility: place.exactOptional(),
  number: place,
  maker: place.exactOptional(),
  issue: place.exactOptional(),
  parity: z
    .array(
      z.strictObject({
        bit: position.describe("Where the parity bit stands"),
        is: z
          .enum(["even", "odd"])
          .describe("The parity bit and those that it covers hold such a number of ones"),
        over: positions.describe("The bits that it covers"),
      }),
    )
    .max(16)
    .exactOptional()
    .describe("In the order in which a card's encoder sets them"),
  facilities: facilities.exactOptional(),
  testCard: z
    .strictObject({
      bits: z.string().regex(/^[01 ]+$/, { error: "must be the bits of a card as a reader sent them" }),
      reads: z.string().max(100).describe("What is printed on it, in the order of the fields: 12/3456"),
    })
    .describe("A real card: the description must read it as it is printed"),
});

export const cardFormatEntry = z.union([z.enum(cardFormatNames), narrowed, described]);
export type CardFormatEntry = z.infer<typeof cardFormatEntry>;

export const readerFormatsEntry = z.strictObject({
  readers: z.array(pointOf("reader")).min(1).max(2_000),
  formats: z
    .array(z.string().max(30))
    .min(1)
    .max(20)
    .describe(
      "Names out of cardFormats: what these readers send, in the order in which they are tried; or plate alone: cameras that send number plates as text",
    ),
});
export type ReaderFormatsEntry = z.infer<typeof readerFormatsEntry>;

/** Every format of a site, and by reader (`device/reader/1`) its own list. */
export interface SiteCardFormats {
  readonly all: readonly CardFormat[];
  readonly byReader: ReadonlyMap<string, readonly CardFormat[]>;
  /** Readers that are cameras: what they send is a number plate, and a plate counts nowhere else. */
  readonly plates: ReadonlySet<string>;
}

/** Among the formats of a reader: it is a camera. */
const plateFormat = "plate";

interface Document {
  readonly cardFormats?: readonly CardFormatEntry[];
  readonly readerFormats?: readonly ReaderFormatsEntry[];
}

export function nameOfFormat(entry: CardFormatEntry): string {
  if (typeof entry === "string") return entry;
  return "use" in entry ? entry.use : entry.name;
}

/** The formats of a document that `cardFormatFaults` found nothing wrong with; names that do not resolve are left out. */
export function siteCardFormats(document: Document): SiteCardFormats {
  const all = (document.cardFormats ?? ["H10301"]).map(formatOf);
  const named = new Map(all.map((format) => [format.name, format]));
  const byReader = new Map<string, readonly CardFormat[]>();
  const plates = new Set<string>();
  for (const { readers, formats } of document.readerFormats ?? [])
    for (const reader of readers) {
      if (formats.includes(plateFormat)) plates.add(reader);
      byReader.set(
        reader,
        formats.flatMap((name) => named.get(name) ?? []),
      );
    }
  return { all, byReader, plates };
}

function formatOf(entry: CardFormatEntry): CardFormat {
  if (typeof entry === "string") return cardFormats[entry];
  if ("use" in entry) return { ...cardFormats[entry.use], facilities: entry.facilities };
  return {
    name: entry.name,
    title: entry.title ?? `${entry.bits} bits`,
    bits: entry.bits,
    fields: fieldsOf(entry),
    parity: (entry.parity ?? []).map(
      ({ bit, is, over }): ParityRule => ({ bit, type: is, over: positionsOf(over) }),
    ),
    ...(entry.facilities ? { facilities: entry.facilities } : {}),
  };
}

function fieldsOf(entry: z.infer<typeof described>): CardField[] {
  const places: readonly [FieldName, readonly [number, number] | undefined][] = [
    ["oem", entry.maker],
    ["fc", entry.facility],
    ["il", entry.issue],
    ["cn", entry.number],
  ];
  return places
    .flatMap(([name, at]): CardField[] => (at ? [{ name, start: at[0], length: at[1] }] : []))
    .sort((a, b) => a.start - b.start);
}

function positionsOf(text: string): number[] {
  return text.split(",").flatMap((part) => {
    const [from = 0, to = from] = part.trim().split("-").map(Number);
    return to >= from ? span(from, to) : [];
  });
}

/** Everything that is wrong with the formats of a document, each with its place. `readers`: every reader that is wired. */
export function cardFormatFaults(document: Document, readers: readonly string[]): Fault[] {
  const entries = document.cardFormats ?? (["H10301"] as const);
  const own = entries.flatMap((entry, index) =>
    entryFaults(entry, entries.slice(0, index), `cardFormats[${index}]`),
  );
  if (own.length > 0) return own;
  const { all, byReader } = siteCardFormats(document);
  const ofReaders = readerFaults(document, all, new Set(readers));
  // The whole list is sent by every reader that has none of its own; where each has its own, it is a mere store of names.
  const shared = readers.find((reader) => !byReader.has(reader));
  if (shared === undefined && readers.length > 0) return ofReaders;
  return [...ofReaders, ...confusionFaults(all, "cardFormats")];
}

function entryFaults(entry: CardFormatEntry, earlier: readonly CardFormatEntry[], path: string): Fault[] {
  const name = nameOfFormat(entry);
  if (earlier.some((other) => nameOfFormat(other).toLowerCase() === name.toLowerCase()))
    return [{ path, message: `${name} is listed twice` }];
  if (typeof entry === "string") return [];
  if ("use" in entry) {
    return cardFormats[entry.use].fields.some((field) => field.name === "fc")
      ? []
      : [{ path: `${path}.facilities`, message: `${entry.use} has no facility code` }];
  }
  if (isCardFormatName(name))
    return [{ path: `${path}.name`, message: `${name} is built in; choose another name` }];
  if (entry.facilities && !entry.facility)
    return [{ path: `${path}.facilities`, message: "needs the place of the facility code (facility)" }];
  return layoutFaults(formatOf(entry), path) ?? testCardFaults(entry, path);
}

function layoutFaults(format: CardFormat, path: string): Fault[] | undefined {
  const faults: Fault[] = [];
  const taken = new Map<number, FieldName>();
  for (const { name, start, length } of format.fields) {
    if (start + length > format.bits) {
      faults.push({
        path,
        message: `a field ends at bit ${start + length - 1}, but the format has ${format.bits} bits`,
      });
      continue;
    }
    const shared = span(start, start + length - 1).find((bit) => taken.has(bit));
    if (shared !== undefined) faults.push({ path, message: `two fields share bit ${shared}` });
    for (const bit of span(start, start + length - 1)) taken.set(bit, name);
  }
  for (const [index, rule] of format.parity.entries()) {
    const at = `${path}.parity[${index}]`;
    const beyond = [rule.bit, ...rule.over].find((bit) => bit >= format.bits);
    if (beyond !== undefined)
      faults.push({ path: at, message: `bit ${beyond} is beyond the ${format.bits} bits` });
    if (rule.over.includes(rule.bit))
      faults.push({ path: at, message: `bit ${rule.bit} cannot cover itself` });
    if (taken.has(rule.bit)) faults.push({ path: at, message: `bit ${rule.bit} is part of a field` });
  }
  return faults.length > 0 ? faults : undefined;
}

function testCardFaults(entry: z.infer<typeof described>, path: string): Fault[] {
  const at = `${path}.testCard`;
  const bits = entry.testCard.bits.replaceAll(" ", "");
  const format = formatOf(entry);
  const read = decode(bits, format);
  switch (read.is) {
    case "unknown-length":
      return [{ path: `${at}.bits`, message: `has ${bits.length} bits, the format has ${format.bits}` }];
    case "bad-parity":
      return [{ path: `${at}.bits`, message: "does not fulfil the parity of the description" }];
    case "other-facility":
      return [{ path: `${at}.bits`, message: "is of a facility that is not among the facilities" }];
    case "ok": {
      const found = format.fields.map(({ name }) => read.numbers[name]).join("/");
      const printed = entry.testCard.reads.split(/\s*[/,-]\s*/).map((part) => part.replace(/^0+(?=.)/, ""));
      return printed.join("/") === found
        ? []
        : [{ path: `${at}.reads`, message: `is ${entry.testCard.reads}, but the bits read as ${found}` }];
    }
  }
}

function readerFaults(document: Document, all: readonly CardFormat[], wired: ReadonlySet<string>): Fault[] {
  const named = new Map(all.map((format) => [format.name, format]));
  const seen = new Set<string>();
  return (document.readerFormats ?? []).flatMap(({ readers, formats }, index): Fault[] => {
    const path = `readerFormats[${index}]`;
    const loose = readers.find((reader) => !wired.has(reader));
    if (loose !== undefined) return [{ path: `${path}.readers`, message: `no door has the reader ${loose}` }];
    const twice = readers.find((reader) => seen.has(reader) || !seen.add(reader));
    if (twice !== undefined) return [{ path: `${path}.readers`, message: `${twice} is named twice` }];
    if (formats.length === 1 && formats[0] === plateFormat) return [];
    if (formats.includes(plateFormat))
      return [{ path: `${path}.formats`, message: "a camera for number plates sends nothing else" }];
    const unknown = formats.findIndex((name) => !named.has(name));
    if (unknown !== -1) {
      const known = [...named.keys()].join(", ");
      return [
        {
          path: `${path}.formats[${unknown}]`,
          message: `${formats[unknown]} is not among cardFormats (${known})`,
        },
      ];
    }
    return confusionFaults(
      formats.flatMap((name) => named.get(name) ?? []),
      `${path}.formats`,
    );
  });
}

function confusionFaults(formats: readonly CardFormat[], path: string): Fault[] {
  return formats.flatMap((format, index) => {
    const rival = formats.slice(0, index).find((other) => canBeConfused(other, format));
    if (rival === undefined) return [];
    return [
      {
        path: `${path}[${index}]`,
        message: `${format.name} and ${rival.name} have the same length and cannot be told apart: one card would read as two numbers; keep one of them, or name the facility codes or the readers of each`,
      },
    ];
  });
}
