/**
 * Card formats as data: what a reader sends is a row of bits, and the length selects the format. Bit 0 is sent first; fields
 * are big endian. A site describes formats of its own in the same shape. Positions of H10301, H10306, H10302 and H10304 are known from several published sources, those of the
 * others from one: confirm them with a real card.
 */

export const shortestBits = 4;
export const longestBits = 256;

export const cardFormatNames = [
  "H10301",
  "D10202",
  "H10306",
  "C1k35s",
  "C15001",
  "S12906",
  "H10302",
  "H10304",
  "C1k48s",
] as const;
export type CardFormatName = (typeof cardFormatNames)[number];

/** `fc` facility code, `cn` card number, `oem` maker code, `il` issue level. */
export type FieldName = "fc" | "cn" | "oem" | "il";

export interface CardField {
  readonly name: FieldName;
  readonly start: number;
  readonly length: number;
}

/** The parity bit and the covered bits together hold an even (odd) number of ones. */
export interface ParityRule {
  readonly bit: number;
  readonly type: "even" | "odd";
  readonly over: readonly number[];
}

export interface CardFormat {
  readonly name: string;
  /** What installers call it. */
  readonly title: string;
  readonly bits: number;
  /** In the order in which they are sent and written: `H10301:123/4567`. */
  readonly fields: readonly CardField[];
  /** In the order in which an encoder must set them: a rule may cover the parity bit of an earlier one. */
  readonly parity: readonly ParityRule[];
  /** The facility codes of this site's cards: a frame with another one is not of this format. Absent: any. */
  readonly facilities?: readonly number[];
}

/** Positions `from` to `to`, both included. */
export function span(from: number, to: number): number[] {
  return Array.from({ length: to - from + 1 }, (_, index) => from + index);
}

/** From `from` on, two bits of three: the pattern of the Corporate 1000 formats. */
function twoOfThree(from: number, to: number): number[] {
  return span(from, to).filter((bit) => (bit - from) % 3 !== 2);
}

export const cardFormats: Readonly<Record<CardFormatName, CardFormat & { readonly name: CardFormatName }>> = {
  H10301: {
    name: "H10301",
    title: "26 bits, facility 8, number 16",
    bits: 26,
    fields: [
      { name: "fc", start: 1, length: 8 },
      { name: "cn", start: 9, length: 16 },
    ],
    // SIA AC-01, 26-bit.
    parity: [
      { bit: 0, type: "even", over: span(1, 12) },
      { bit: 25, type: "odd", over: span(13, 24) },
    ],
  },
  D10202: {
    name: "D10202",
    title: "33 bits (DSX), facility 7, number 24",
    bits: 33,
    fields: [
      { name: "fc", start: 1, length: 7 },
      { name: "cn", start: 8, length: 24 },
    ],
    // Bit 16 counts in both.
    parity: [
      { bit: 0, type: "even", over: span(1, 16) },
      { bit: 32, type: "odd", over: span(16, 31) },
    ],
  },
  H10306: {
    name: "H10306",
    title: "34 bits, facility 16, number 16",
    bits: 34,
    fields: [
      { name: "fc", start: 1, length: 16 },
      { name: "cn", start: 17, length: 16 },
    ],
    parity: [
      { bit: 0, type: "even", over: span(1, 16) },
      { bit: 33, type: "odd", over: span(17, 32) },
    ],
  },
  C1k35s: {
    name: "C1k35s",
    title: "35 bits (Corporate 1000), company 12, number 20",
    bits: 35,
    fields: [
      { name: "fc", start: 2, length: 12 },
      { name: "cn", start: 14, length: 20 },
    ],
    parity: [
      { bit: 1, type: "even", over: twoOfThree(2, 33) },
      { bit: 34, type: "odd", over: twoOfThree(1, 32) },
      { bit: 0, type: "odd", over: span(1, 34) },
    ],
  },
  C15001: {
    name: "C15001",
    title: "36 bits (KeyScan), maker 10, facility 8, number 16",
    bits: 36,
    fields: [
      { name: "oem", start: 1, length: 10 },
      { name: "fc", start: 11, length: 8 },
      { name: "cn", start: 19, length: 16 },
    ],
    parity: [
      { bit: 0, type: "even", over: span(1, 17) },
      { bit: 35, type: "odd", over: span(18, 34) },
    ],
  },
  S12906: {
    name: "S12906",
    title: "36 bits (Simplex), facility 8, issue 2, number 24",
    bits: 36,
    fields: [
      { name: "fc", start: 1, length: 8 },
      { name: "il", start: 9, length: 2 },
      { name: "cn", start: 11, length: 24 },
    ],
    // Bit 17 counts in both.
    parity: [
      { bit: 0, type: "odd", over: span(1, 17) },
      { bit: 35, type: "odd", over: span(17, 34) },
    ],
  },
  H10302: {
    name: "H10302",
    title: "37 bits, number 35, no facility",
    bits: 37,
    fields: [{ name: "cn", start: 1, length: 35 }],
    // Bit 18 counts in both.
    parity: [
      { bit: 0, type: "even", over: span(1, 18) },
      { bit: 36, type: "odd", over: span(18, 35) },
    ],
  },
  H10304: {
    name: "H10304",
    title: "37 bits, facility 16, number 19",
    bits: 37,
    fields: [
      { name: "fc", start: 1, length: 16 },
      { name: "cn", start: 17, length: 19 },
    ],
    // Bit 18 counts in both; the same rules as H10302, from which it cannot be told.
    parity: [
      { bit: 0, type: "even", over: span(1, 18) },
      { bit: 36, type: "odd", over: span(18, 35) },
    ],
  },
  C1k48s: {
    name: "C1k48s",
    title: "48 bits (Corporate 1000), company 22, number 23",
    bits: 48,
    fields: [
      { name: "fc", start: 2, length: 22 },
      { name: "cn", start: 24, length: 23 },
    ],
    parity: [
      { bit: 1, type: "even", over: twoOfThree(3, 46) },
      { bit: 47, type: "odd", over: twoOfThree(2, 45) },
      { bit: 0, type: "odd", over: span(1, 47) },
    ],
  },
};

export function isCardFormatName(text: string): text is CardFormatName {
  return (cardFormatNames as readonly string[]).includes(text);
}

/** Formats that are built in, by name. */
export function builtIn(names: readonly CardFormatName[]): readonly CardFormat[] {
  return names.map((name) => cardFormats[name]);
}

export type CardNumbers = Readonly<Partial<Record<FieldName, bigint>>>;

export type DecodedCard =
  | { readonly is: "ok"; readonly format: CardFormat; readonly numbers: CardNumbers }
  | { readonly is: "unknown-length"; readonly bits: number }
  | { readonly is: "bad-parity"; readonly format: CardFormat }
  /** Sound, but of a facility that is not this site's. */
  | { readonly is: "other-facility"; readonly format: CardFormat };

/** Whether text is a row of bits of a length that is read at all. */
export function isBits(bits: string): boolean {
  return bits.length >= shortestBits && bits.length <= longestBits && /^[01]+$/.test(bits);
}

/** Length first, then every parity bit, then the fields. */
export function decode(bits: string, format: CardFormat): DecodedCard {
  if (bits.length !== format.bits || !isBits(bits)) return { is: "unknown-length", bits: bits.length };
  if (!format.parity.every((rule) => holds(rule, bits))) return { is: "bad-parity", format };
  const numbers: Partial<Record<FieldName, bigint>> = {};
  for (const field of format.fields) {
    numbers[field.name] = BigInt(`0b${bits.slice(field.start, field.start + field.length)}`);
  }
  const foreign = format.facilities && !format.facilities.some((code) => BigInt(code) === numbers.fc);
  return foreign ? { is: "other-facility", format } : { is: "ok", format, numbers };
}

/** The frame that a card with these numbers sends; undefined: a number is missing or too large for its field. */
export function encode(numbers: CardNumbers, format: CardFormat): string | undefined {
  const bits = Array.from({ length: format.bits }, () => "0");
  for (const field of format.fields) {
    const value = numbers[field.name];
    if (value === undefined || value < 0n || value >= 1n << BigInt(field.length)) return undefined;
    const digits = value.toString(2).padStart(field.length, "0");
    for (let index = 0; index < field.length; index += 1) bits[field.start + index] = digits[index] ?? "0";
  }
  for (const rule of format.parity) {
    const ones = rule.over.filter((bit) => bits[bit] === "1").length;
    bits[rule.bit] = (ones % 2 === 0) === (rule.type === "even") ? "0" : "1";
  }
  return bits.join("");
}

function holds(rule: ParityRule, bits: string): boolean {
  const ones = [rule.bit, ...rule.over].filter((bit) => bits[bit] === "1").length;
  return (ones % 2 === 0) === (rule.type === "even");
}

/** Bits 1 to 32 of a 34-bit frame whose parity is that of H10306: a four-byte serial number may travel so. */
export function innerOf34(bits: string): string | undefined {
  if (bits.length !== 34) return undefined;
  return cardFormats.H10306.parity.every((rule) => holds(rule, bits)) ? bits.slice(1, 33) : undefined;
}

/**
 * Whether some frame fits both formats, so that no reader can tell them apart: in length, in parity, and in the facility codes
 * where both or either names its own.
 */
export function canBeConfused(a: CardFormat, b: CardFormat): boolean {
  if (a.bits !== b.bits) return false;
  return facilitiesOf(a).some((ours) => facilitiesOf(b).some((theirs) => fitTogether(a, ours, b, theirs)));
}

/** Undefined among them: any. */
function facilitiesOf({ facilities }: CardFormat): readonly (number | undefined)[] {
  return facilities ?? [undefined];
}

/**
 * The parity rules and the bits of a given facility are linear equations over the bits of a frame: one that fulfils all exists
 * exactly if they do not contradict each other.
 */
function fitTogether(
  a: CardFormat,
  facilityOfA: number | undefined,
  b: CardFormat,
  facilityOfB: number | undefined,
): boolean {
  const constant = 1n << BigInt(a.bits);
  const equations = [
    ...[...a.parity, ...b.parity].map((rule) =>
      [rule.bit, ...rule.over].reduce(
        (row, bit) => row ^ (1n << BigInt(bit)),
        rule.type === "odd" ? constant : 0n,
      ),
    ),
    ...facilityBits(a, facilityOfA, constant),
    ...facilityBits(b, facilityOfB, constant),
  ];
  const reduced: bigint[] = [];
  for (const equation of equations) {
    let rest = equation;
    for (const row of reduced) {
      const lead = leadingBit(row, constant);
      if ((rest & lead) !== 0n) rest ^= row;
    }
    if (rest === constant) return false;
    if (rest !== 0n) reduced.push(rest);
  }
  return true;
}

function facilityBits(format: CardFormat, facility: number | undefined, constant: bigint): bigint[] {
  const field = format.fields.find(({ name }) => name === "fc");
  if (facility === undefined || !field) return [];
  return span(0, field.length - 1).map((index) => {
    const one = (BigInt(facility) >> BigInt(field.length - 1 - index)) & 1n;
    return (1n << BigInt(field.start + index)) | (one === 1n ? constant : 0n);
  });
}

/** The lowest variable of an equation; its right-hand side, at `constant`, is none. */
function leadingBit(row: bigint, constant: bigint): bigint {
  const variables = row & (constant - 1n);
  return variables & -variables;
}
