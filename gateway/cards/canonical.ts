/**
 * One badge, one value, whatever it reads as. A reader sends bits, a serial number or text; a person types what is printed.
 * What is stored is one canonical value:
 *
 * - `H10301:142/51091`: 26-bit cards, and with them every number below 2^24 — the 24 bits inside the 26, the ten digits printed
 *   on the badge and the four-byte serial number whose first byte is zero are one and the same number;
 * - `H10306:…`, `C1k35s:…`: other formats, facility and number (and maker or issue) in the order in which they are sent;
 * - `uid:a1b2c3d4`: a serial number, in the order in which the card tells it;
 * - `plate:KIGW42`: a number plate, its letters and digits alone;
 * - `code:…`: text, as it is.
 *
 * At a reader every candidate is tried, and the whole value must match; a number alone never does. What this cannot tell apart
 * (the hardware cannot either):
 *
 * - a serial number and its reverse, since readers differ in byte order: the order as read is tried first;
 * - a 34-bit frame as H10306 and as a four-byte serial number with outer parity: H10306, if the site uses it, is tried first;
 * - a 26-bit card and a card whose serial number is that number with a zero byte before it;
 * - a 26-bit frame that a reader has made of three bytes of a serial number, and any other card whose three bytes are the same.
 *   It is found only if it was enrolled as this 26-bit number, never by a part of a longer serial number.
 */
import {
  type CardFormat,
  type CardNumbers,
  cardFormats,
  decode,
  innerOf34,
  isBits,
  longestBits,
  shortestBits,
} from "./formats.js";

export type RawCard =
  | { readonly kind: "bits"; readonly bits: string }
  | { readonly kind: "uid"; readonly uid: string }
  | { readonly kind: "code"; readonly code: string };

export interface Candidates {
  /** Canonical values, the likeliest first; empty: it can be nobody's. */
  readonly values: readonly string[];
  /** The value with all but its end masked (`…c793`), or what was wrong with it (`26 bits, bad parity`). */
  readonly shown: string;
  readonly fault?: string;
}

export const longestCodeChars = 512;

/** Bytes of the serial numbers that there are: single, double and triple size (ISO/IEC 14443-3), others have 5 to 16. */
const shortestUidBytes = 4;
const longestUidBytes = 16;

/** Serial numbers that come as bare bits, by their length. */
const uidBits: readonly number[] = [32, 56, 80];

/** What a reader sent, as the values under which it may be known. Never throws, whatever it is given. */
export function candidates(raw: RawCard, formats: readonly CardFormat[]): Candidates {
  switch (raw.kind) {
    case "bits":
      return fromBits(raw.bits, formats);
    case "uid":
      return fromUid(raw.uid);
    case "code":
      return fromCode(raw.code);
  }
}

function fromBits(bits: string, formats: readonly CardFormat[]): Candidates {
  if (typeof bits !== "string" || !/^[01]*$/.test(bits)) return faulty("not bits");
  if (!isBits(bits)) return faulty(`${bits.length} bits, outside ${shortestBits} to ${longestBits}`);
  const decoded = formats
    .filter((format) => format.bits === bits.length)
    .map((format) => decode(bits, format));
  const cards = decoded.filter((card) => card.is === "ok");
  const inner = uidBits.includes(bits.length) ? bits : innerOf34(bits);
  const uids = inner === undefined ? [] : uidValues(hexOf(inner));
  const values = unique([...cards.map((card) => canonical(card.format, card.numbers)), ...uids]);
  if (values.length === 0) {
    if (inner !== undefined) return faulty("random serial number, new each time");
    if (decoded.some((card) => card.is === "other-facility"))
      return faulty(`${bits.length} bits, of another facility`);
    const known = decoded.length > 0 || bits.length === 34;
    return faulty(`${bits.length} bits, ${known ? "bad parity" : "unknown length"}`);
  }
  const number = cards[0]?.numbers.cn;
  return { values, shown: number === undefined ? masked(hexOf(inner ?? bits)) : masked(hexOfNumber(number)) };
}

function fromUid(uid: string): Candidates {
  const hex = bareHex(uid);
  if (hex === undefined) return faulty("serial number is not hex");
  const fault = uidSizeFault(hex);
  if (fault !== undefined) return faulty(fault);
  const values = uidValues(hex);
  if (values.length === 0) return faulty("random serial number, new each time");
  return { values, shown: masked(hex) };
}

/** What a camera for number plates read. It is looked for as a plate and as nothing else. */
export function plateCandidates(text: string): Candidates {
  const plate = plateOf(text);
  return plate === undefined
    ? faulty("no number plate")
    : { values: [`plate:${plate}`], shown: masked(plate) };
}

/** Spaces, hyphens and seals are read or not, as it happens: only letters and digits count. */
function plateOf(text: string): string | undefined {
  if (typeof text !== "string" || text.length > 40) return undefined;
  const bare = text
    .normalize("NFC")
    .toUpperCase()
    .replaceAll(/[^\p{L}\p{N}]/gu, "");
  return bare.length >= 2 && bare.length <= 12 && /\p{N}/u.test(bare) ? bare : undefined;
}

function fromCode(code: string): Candidates {
  const fault = codeFault(code);
  if (fault !== undefined) return faulty(fault);
  const letters = [...code];
  // Of a short code the end would be most of it.
  return { values: [`code:${code}`], shown: letters.length < 8 ? "…" : `…${letters.slice(-4).join("")}` };
}

function faulty(fault: string): Candidates {
  return { values: [], shown: fault, fault };
}

// ------------------------------------------------------------------------------------------------ what a person types

export type ParsedCard = { readonly value: string } | { readonly fault: string };

/**
 * A card as a person types it or a list holds it, as its canonical value. Nothing is guessed: what could be two cards is
 * refused, with how to write it instead.
 */
export function parseCardValue(text: string, formats: readonly CardFormat[]): ParsedCard {
  if (typeof text !== "string") return { fault: "is not text" };
  if (text.length > longestCodeChars + 16) return { fault: `is ${text.length} characters long` };
  const trimmed = text.trim();
  if (trimmed === "") return { fault: "is empty" };
  for (const spelling of spellings) {
    const match = spelling.pattern.exec(trimmed);
    if (match) return spelling.read(match, formats);
  }
  return {
    fault:
      "is no card value; write it as 142,51091, as H10301:142/51091, as uid:04A1B2C3D4E580 or as its number",
  };
}

interface Spelling {
  readonly pattern: RegExp;
  read(match: RegExpExecArray, formats: readonly CardFormat[]): ParsedCard;
}

const group = (match: RegExpExecArray, index: number): string => match[index] ?? "";

const spellings: readonly Spelling[] = [
  { pattern: /^code:(.*)$/is, read: (match) => typedCode(group(match, 1)) },
  { pattern: /^plate:(.*)$/i, read: (match) => typedPlate(group(match, 1)) },
  { pattern: /^bits:\s*([01\s]+)$/i, read: (match, formats) => typedBits(group(match, 1), formats) },
  { pattern: /^(?:uid|csn):\s*(.*)$/i, read: (match) => typedUid(group(match, 1)) },
  { pattern: /^number:\s*([0-9]{1,25})$/i, read: (match) => typedNumber(BigInt(group(match, 1))) },
  {
    pattern: /^([a-z][a-z0-9-]{1,30}):\s*([0-9]{1,12}(?:\s*[/,-]\s*[0-9]{1,12}){0,2})$/i,
    read: (match, formats) => typedFormat(group(match, 1), group(match, 2), formats),
  },
  // Both numbers as they are printed on many 125 kHz badges; they must agree.
  {
    pattern: /^([0-9]{10})\s+([0-9]{1,3}),([0-9]{1,5})$/,
    read: (match, formats) => {
      const pair = typedPair(group(match, 2), group(match, 3), formats);
      if ("fault" in pair) return pair;
      const number = typedNumber(BigInt(group(match, 1)));
      if ("fault" in number || number.value === pair.value) return number;
      return { fault: "holds two numbers that are not the same card" };
    },
  },
  {
    pattern: /^([0-9]{1,7})\s*[,/]\s*([0-9]{1,8})$/,
    read: (match, formats) => typedPair(group(match, 1), group(match, 2), formats),
  },
  { pattern: /^([0-9]{1,25})$/, read: (match, formats) => typedDigits(group(match, 1), formats) },
  {
    pattern: /^([0-9a-f]{2}(?:([: -])[0-9a-f]{2})(?:\2[0-9a-f]{2})*)$/i,
    read: (match) => typedUid(group(match, 1)),
  },
  {
    pattern: /^([0-9a-f]{8}|[0-9a-f]{10}|[0-9a-f]{14}|[0-9a-f]{20})$/i,
    read: (match) => typedUid(group(match, 1)),
  },
];

function typedCode(code: string): ParsedCard {
  const fault = codeFault(code);
  return fault === undefined ? { value: `code:${code}` } : { fault };
}

function typedPlate(text: string): ParsedCard {
  const plate = plateOf(text);
  return plate === undefined
    ? { fault: "is no number plate: 2 to 12 letters and digits are needed" }
    : { value: `plate:${plate}` };
}

function typedBits(text: string, formats: readonly CardFormat[]): ParsedCard {
  const bits = text.replaceAll(/\s/g, "");
  const found = candidates({ kind: "bits", bits }, formats);
  // Bare bits of a serial number are held to the same rule as the serial number.
  if (uidBits.includes(bits.length)) return typedUid(hexOf(bits));
  const [value] = found.values;
  return value === undefined ? { fault: found.fault ?? "cannot be read" } : { value };
}

function typedUid(text: string): ParsedCard {
  const hex = bareHex(text);
  if (hex === undefined)
    return { fault: "is no serial number: pairs of hex digits are needed, such as 04A1B2C3D4E580" };
  const size = uidSizeFault(hex);
  if (size !== undefined) return { fault: size };
  if (isRandomUid(hex)) {
    return {
      fault:
        "is a random serial number (it starts with 08): such a card shows another one each time and cannot be enrolled",
    };
  }
  return { value: canonicalUid(hex) };
}

function typedFormat(name: string, numbers: string, formats: readonly CardFormat[]): ParsedCard {
  const called = ({ name: own }: CardFormat) => own.toLowerCase() === name.toLowerCase();
  const known = formats.find(called);
  if (known === undefined) {
    const foreign = Object.values(cardFormats).find(called);
    if (foreign === undefined) return { fault: `names a card format ${name} that is not known` };
    const used = formats.map((format) => format.name).join(", ");
    return {
      fault: `is of format ${foreign.name}, which this site's readers do not send (cardFormats: ${used})`,
    };
  }
  const parts = numbers.split(/\s*[/,-]\s*/);
  const shape = known.fields.map((field) => field.name).join("/");
  if (parts.length !== known.fields.length) return { fault: `must be written ${known.name}:${shape}` };
  return fitted(known, parts);
}

/** `142,51091` */
function typedPair(facility: string, number: string, formats: readonly CardFormat[]): ParsedCard {
  const fitting = formats.filter((format) => format.fields.map((f) => f.name).join() === "fc,cn");
  const [only, second] = fitting;
  if (only === undefined) {
    return { fault: "has a facility code, but no card format of this site is of facility and number" };
  }
  if (second !== undefined) {
    return {
      fault: `could be ${fitting.map((f) => `${f.name}:${facility}/${number}`).join(" or ")}; write it with the format`,
    };
  }
  return fitted(only, [facility, number]);
}

function fitted(format: CardFormat, parts: readonly string[]): ParsedCard {
  const numbers: Record<string, bigint> = {};
  for (const [index, field] of format.fields.entries()) {
    const value = BigInt(parts[index] ?? "0");
    const most = (1n << BigInt(field.length)) - 1n;
    if (value > most)
      return { fault: `${fieldWords[field.name]} ${value} is more than ${most}, the most in ${format.name}` };
    numbers[field.name] = value;
  }
  if (format.facilities && !format.facilities.some((code) => BigInt(code) === numbers.fc)) {
    const ours = format.facilities.join(", ");
    return { fault: `is of facility ${numbers.fc}, not one of this site's in ${format.name} (${ours})` };
  }
  return { value: canonical(format, numbers) };
}

const fieldWords = { fc: "facility code", cn: "card number", oem: "maker code", il: "issue level" } as const;

/** Bare digits: the number printed on the badge. */
function typedDigits(digits: string, formats: readonly CardFormat[]): ParsedCard {
  const alone = formats.filter((format) => format.fields.length === 1);
  if (alone.length > 0) {
    const options = [...alone.map((format) => `${format.name}:${digits}`), `number:${digits}`];
    return { fault: `could be ${options.join(" or ")}; write it so` };
  }
  if (digits.length === 8 || digits.length === 14 || digits.length === 20) {
    return { fault: `could be a number or a serial number in hex; write number:${digits} or uid:${digits}` };
  }
  return typedNumber(BigInt(digits));
}

/** A decimal number stands for a serial number of the size that it fits: 4, 7 or 10 bytes, first byte highest. */
function typedNumber(number: bigint): ParsedCard {
  for (const bytes of [4, 7, 10]) {
    if (number >= 1n << BigInt(8 * bytes)) continue;
    // A card's longer serial number does not begin with a zero byte; then it is a number of another kind.
    if (bytes > 4 && number < 1n << BigInt(8 * (bytes - 1))) break;
    return typedUid(number.toString(16).padStart(2 * bytes, "0"));
  }
  return {
    fault: "is no number of a 4, 7 or 10 byte serial number; write the serial number in hex, as uid:…",
  };
}

// --------------------------------------------------------------------------------------------------------- canonical

function canonical(format: CardFormat, numbers: CardNumbers): string {
  return `${format.name}:${format.fields.map((field) => numbers[field.name] ?? 0n).join("/")}`;
}

/** Four bytes of which the first is zero are the number in a 26-bit card. */
function canonicalUid(hex: string): string {
  if (hex.length === 8 && hex.startsWith("00")) {
    const number = BigInt(`0x${hex}`);
    return canonical(cardFormats.H10301, { fc: number >> 16n, cn: number & 0xffffn });
  }
  return `uid:${hex}`;
}

/** As read, then with its bytes reversed; a random one is nobody's. */
function uidValues(hex: string): string[] {
  return unique([hex, reversed(hex)].filter((order) => !isRandomUid(order)).map(canonicalUid));
}

/** Four bytes of which the first is 08: generated anew at each presentation (ISO/IEC 14443-3, 6.5.4). */
function isRandomUid(hex: string): boolean {
  return hex.length === 8 && hex.startsWith("08");
}

function reversed(hex: string): string {
  return (hex.match(/../g) ?? []).reverse().join("");
}

/** Small hex digits in whole bytes out of `04:A1:…`, `04-A1-…`, `04 A1 …` or `04A1…`; undefined: it is none. */
function bareHex(text: string): string | undefined {
  if (typeof text !== "string" || text.length > 100) return undefined;
  const bare = text.trim().replaceAll(/[: -]/g, "").toLowerCase();
  return /^([0-9a-f]{2})+$/.test(bare) ? bare : undefined;
}

function uidSizeFault(hex: string): string | undefined {
  const bytes = hex.length / 2;
  if (bytes >= shortestUidBytes && bytes <= longestUidBytes) return undefined;
  return `serial number of ${bytes} bytes, outside ${shortestUidBytes} to ${longestUidBytes}`;
}

function codeFault(code: string): string | undefined {
  if (typeof code !== "string" || code === "") return "code is empty";
  if (code.length > longestCodeChars) return `code of ${code.length} characters, at most ${longestCodeChars}`;
  if (/[\p{Cc}\p{Cs}\u2028-\u202E\u2066-\u2069]/u.test(code)) return "code is not printable text";
  return undefined;
}

function hexOf(bits: string): string {
  return BigInt(`0b${bits}`)
    .toString(16)
    .padStart(Math.ceil(bits.length / 4), "0");
}

function hexOfNumber(number: bigint): string {
  return number.toString(16).padStart(4, "0");
}

function masked(hex: string): string {
  return `…${hex.slice(-4)}`;
}

function unique(values: readonly string[]): string[] {
  return [...new Set(values)];
}
