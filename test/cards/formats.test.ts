import { readFileSync } from "node:fs";
import fc from "fast-check";
import { expect, test } from "vitest";
import {
  type CardFormatName,
  canBeConfused,
  cardFormatNames,
  cardFormats,
  decode,
  encode,
  innerOf34,
  isCardFormatName,
} from "../../gateway/cards/formats.js";

interface Frame {
  readonly name: string;
  readonly format: string;
  readonly bitLength: number;
  readonly input: { readonly bits: string; readonly packedHex: string };
  readonly expected: Readonly<Record<string, unknown>>;
}

/** Computed from the published layouts and decoded again by code of another author; two agree with published examples. */
const vectors = JSON.parse(
  readFileSync(new URL("../fixtures/card-formats.json", import.meta.url), "utf8"),
) as {
  readonly formats: Readonly<Record<string, { bitLength: number; fields: object; parity: object[] }>>;
  readonly decode: readonly Frame[];
  readonly reject: readonly Frame[];
  readonly ambiguous: readonly { name: string; input: { bits: string }; expected: Record<string, Numbers> }[];
};
type Numbers = Readonly<Record<string, number | boolean>>;

const fieldNames = ["fc", "cn", "oem", "il"] as const;

function format(name: string) {
  if (!isCardFormatName(name)) throw new Error(`the vectors name a format ${name} that the table lacks`);
  return cardFormats[name];
}

function numbersOf(expected: Readonly<Record<string, unknown>>) {
  return Object.fromEntries(
    fieldNames
      .filter((field) => field in expected)
      .map((field) => [field, BigInt(expected[field] as number)]),
  );
}

test("the vectors are all there", () => {
  expect([vectors.decode.length, vectors.reject.length, vectors.ambiguous.length]).toEqual([26, 15, 3]);
});

test("the table says of each format what the published layouts say", () => {
  for (const [name, published] of Object.entries(vectors.formats)) {
    const { bits, fields, parity } = format(name);
    expect(bits, name).toBe(published.bitLength);
    expect(parity, name).toEqual(published.parity);
    expect(
      Object.fromEntries(fields.map((f) => [f.name, { start: f.start, length: f.length }])),
      name,
    ).toEqual(published.fields);
  }
  expect(Object.keys(vectors.formats).sort()).toEqual([...cardFormatNames].sort());
});

test.each(vectors.decode)("$name is read, and a card with these numbers sends this frame", (frame) => {
  const numbers = numbersOf(frame.expected);
  expect(decode(frame.input.bits, format(frame.format))).toMatchObject({ is: "ok", numbers });
  expect(encode(numbers, format(frame.format))).toBe(frame.input.bits);
});

test.each(vectors.reject)("$name is refused for its parity", (frame) => {
  expect(decode(frame.input.bits, format(frame.format)).is).toBe("bad-parity");
});

test.each(vectors.ambiguous)("$name reads as the vectors say in each format", ({ input, expected }) => {
  for (const [name, numbers] of Object.entries(expected)) {
    if (!isCardFormatName(name)) continue;
    const read = decode(input.bits, cardFormats[name]);
    if (numbers.parityOk === false) expect(read.is, name).toBe("bad-parity");
    else expect(read, name).toMatchObject({ is: "ok", numbers: numbersOf(numbers) });
  }
});

test("a frame of another length is of no format", () => {
  expect(decode("101", cardFormats.H10301)).toEqual({ is: "unknown-length", bits: 3 });
  expect(decode("0".repeat(27), cardFormats.H10301)).toEqual({ is: "unknown-length", bits: 27 });
  expect(decode(`${"0".repeat(25)}2`, cardFormats.H10301).is).toBe("unknown-length");
});

test("any numbers that fit come back from the frame, and one wrong bit anywhere is noticed", () => {
  fc.assert(
    fc.property(
      fc.constantFrom(...cardFormatNames),
      fc.bigInt({ min: 0n, max: (1n << 60n) - 1n }),
      (name, seed) => {
        const numbers = Object.fromEntries(
          cardFormats[name].fields.map((field) => [field.name, seed % (1n << BigInt(field.length))]),
        );
        const bits = encode(numbers, cardFormats[name]) ?? "";
        expect(decode(bits, cardFormats[name])).toMatchObject({ is: "ok", numbers });
        for (let at = 0; at < bits.length; at += 1) {
          const wrong = `${bits.slice(0, at)}${bits[at] === "1" ? "0" : "1"}${bits.slice(at + 1)}`;
          expect(decode(wrong, cardFormats[name]).is).toBe("bad-parity");
        }
      },
    ),
    { numRuns: 60 },
  );
});

test("numbers that do not fit the format make no frame", () => {
  expect(encode({ fc: 256n, cn: 1n }, cardFormats.H10301)).toBeUndefined();
  expect(encode({ fc: -1n, cn: 1n }, cardFormats.H10301)).toBeUndefined();
  expect(encode({ cn: 1n }, cardFormats.H10301)).toBeUndefined();
});

test("of formats of one length only those with contradicting parity can be told apart", () => {
  const confused: [CardFormatName, CardFormatName][] = [];
  for (const a of cardFormatNames) {
    for (const b of cardFormatNames)
      if (a < b && canBeConfused(cardFormats[a], cardFormats[b])) confused.push([a, b]);
  }
  // The two of 36 bits want bit 0 even and odd over the same bits, so no frame fits both.
  expect(confused).toEqual([["H10302", "H10304"]]);
});

test("a serial number is taken out of 34 bits only if both parity bits are right", () => {
  // UID A1B2C3D4 with outer parity, from the vectors.
  const bits = "1101000011011001011000011110101001";
  expect(innerOf34(bits)).toBe("10100001101100101100001111010100");
  expect(innerOf34(`0${bits.slice(1)}`)).toBeUndefined();
  expect(innerOf34(bits.slice(1))).toBeUndefined();
});
