import { describe, expect, test } from "vitest";
import { candidates, parseCardValue } from "../../gateway/cards/canonical.js";
import { cardFormats, decode, encode } from "../../gateway/cards/formats.js";
import { type CardFormatEntry, siteCardFormats } from "../../gateway/site/card-formats.js";
import type { SiteDocument } from "../../gateway/site/document.js";
import { checkSite } from "../../gateway/site/invariants.js";
import { smallHouse } from "./small-house.js";

function faults(overrides: Partial<SiteDocument>): string[] {
  return checkSite(smallHouse(overrides)).map(({ path, message }) => `${path}: ${message}`);
}

type Own = Extract<CardFormatEntry, { name: string }>;

/** 40 bits: facility 14 bits, number 24, even parity over the first half and odd over the second. */
const plant40 = (changes: Partial<Own> = {}): Own => ({
  name: "Plant40",
  bits: 40,
  facility: [1, 14],
  number: [15, 24],
  parity: [
    { bit: 0, is: "even", over: "1-19" },
    { bit: 39, is: "odd", over: "20-30, 31-38" },
  ],
  testCard: { bits: "0 00000001111011 000000000001000111010111 1", reads: "123/4567" },
  ...changes,
});

/** What an encoder of the maker would send for this card. */
function frame(entry: Own, fc: number, cn: number): string {
  const [format] = siteCardFormats({ cardFormats: [entry] }).all;
  return (format && encode({ fc: BigInt(fc), cn: BigInt(cn) }, format)) ?? "";
}

describe("a format of the site's own", () => {
  const read = { bits: frame(plant40(), 123, 4567), reads: "123/4567" };
  const entry = plant40({ testCard: read });
  const { all } = siteCardFormats({ cardFormats: ["H10301", entry] });

  test("is sound when it reads its test card as it is printed", () => {
    expect(faults({ cardFormats: ["H10301", entry] })).toEqual([]);
    expect(faults({ cardFormats: [plant40({ testCard: { ...read, reads: "00123/0004567" } })] })).toEqual([]);
  });

  test("reads a card at the door and the list in which it is written", () => {
    expect(candidates({ kind: "bits", bits: frame(entry, 7, 1_000_001) }, all).values).toEqual([
      "Plant40:7/1000001",
    ]);
    expect(parseCardValue("plant40: 7/1000001", all)).toEqual({ value: "Plant40:7/1000001" });
    expect(parseCardValue("Plant40:16384/1", all)).toEqual({
      fault: "facility code 16384 is more than 16383, the most in Plant40",
    });
  });

  test("catches every single wrong bit by its parity", () => {
    const [, format] = all;
    const bits = frame(entry, 7, 1_000_001);
    for (let bit = 0; format && bit < 40; bit++) {
      const wrong = `${bits.slice(0, bit)}${bits[bit] === "1" ? "0" : "1"}${bits.slice(bit + 1)}`;
      expect(decode(wrong, format).is, `bit ${bit}`).toBe("bad-parity");
    }
  });

  test.each<[string, Partial<Own>, RegExp]>([
    [
      "a test card that reads as another",
      { testCard: { ...read, reads: "123/4568" } },
      /testCard.reads: is 123\/4568, but the bits read as 123\/4567/,
    ],
    [
      "a test card of another length",
      { testCard: { ...read, bits: "0101" } },
      /testCard.bits: has 4 bits, the format has 40/,
    ],
    [
      "a test card with bad parity",
      { testCard: { ...read, bits: `${read.bits[0] === "1" ? "0" : "1"}${read.bits.slice(1)}` } },
      /testCard.bits: does not fulfil the parity/,
    ],
    ["a field beyond the end", { number: [20, 24] }, /a field ends at bit 43, but the format has 40 bits/],
    ["two fields on one bit", { facility: [1, 16] }, /two fields share bit 15/],
    [
      "a parity bit within a field",
      { parity: [{ bit: 5, is: "even", over: "1-4" }] },
      /parity\[0\]: bit 5 is part of a field/,
    ],
    [
      "a parity over bits that are not there",
      { parity: [{ bit: 0, is: "even", over: "1-40" }] },
      /parity\[0\]: bit 40 is beyond the 40 bits/,
    ],
    ["a name that is built in", { name: "H10302" }, /name: H10302 is built in/],
    [
      "facilities without a facility",
      { facility: undefined as never, facilities: [1] },
      /facilities: needs the place of the facility code/,
    ],
    [
      "a test card of another facility",
      { facilities: [7] },
      /testCard.bits: is of a facility that is not among the facilities/,
    ],
  ])("is refused for %s", (_what, changes, fault) => {
    const sketch = Object.fromEntries(
      Object.entries({ ...entry, ...changes }).filter(([, value]) => value !== undefined),
    );
    expect(faults({ cardFormats: [sketch as Own] }).join("\n")).toMatch(fault);
  });
});

describe("two formats of one length", () => {
  const frame37 = encode({ fc: 120n, cn: 4567n }, cardFormats.H10304) ?? "";

  test("are refused where a reader sends both", () => {
    expect(faults({ cardFormats: ["H10302", "H10304"] })).toEqual([
      expect.stringMatching(/^cardFormats\[1\]: H10304 and H10302 .* cannot be told apart/),
    ]);
  });

  test("are told apart by the facility codes, as far as they can be", () => {
    const own = plant40({ name: "Other26", bits: 26, facility: [1, 8], number: [9, 16], facilities: [9] });
    const sketch = siteCardFormats({ cardFormats: [{ ...own, parity: [] }] }).all[0];
    const bits = sketch && encode({ fc: 9n, cn: 77n }, { ...sketch, parity: cardFormats.H10301.parity });
    const parity: Own["parity"] = [
      { bit: 0, is: "even", over: "1-12" },
      { bit: 25, is: "odd", over: "13-24" },
    ];
    const other = { ...own, parity, testCard: { bits: bits ?? "", reads: "9/77" } };
    expect(faults({ cardFormats: [{ use: "H10301", facilities: [142] }, other] })).toEqual([]);
    expect(faults({ cardFormats: [{ use: "H10301", facilities: [142, 9] }, other] })).toHaveLength(1);
    expect(faults({ cardFormats: ["H10301", other] })).toHaveLength(1);
    const { all } = siteCardFormats({ cardFormats: [{ use: "H10301", facilities: [142] }, other] });
    expect(candidates({ kind: "bits", bits: bits ?? "" }, all).values).toEqual(["Other26:9/77"]);
    const stranger = encode({ fc: 5n, cn: 77n }, cardFormats.H10301) ?? "";
    expect(candidates({ kind: "bits", bits: stranger }, all)).toMatchObject({
      values: [],
      fault: "26 bits, of another facility",
    });
    expect(parseCardValue("H10301:5/77", all)).toEqual({
      fault: "is of facility 5, not one of this site's in H10301 (142)",
    });
  });

  test("may both be used where each reader sends one of them, and each reads its own", () => {
    const readerFormats = [
      { readers: ["front/reader/1", "office/reader/1", "office/reader/2"], formats: ["H10302"] },
      { readers: ["store/reader/1"], formats: ["H10304"] },
    ];
    expect(faults({ cardFormats: ["H10302", "H10304"], readerFormats })).toEqual([]);
    const { byReader } = siteCardFormats({ cardFormats: ["H10302", "H10304"], readerFormats });
    const at = (reader: string) =>
      candidates({ kind: "bits", bits: frame37 }, byReader.get(reader) ?? []).values;
    expect(at("front/reader/1")).toEqual([expect.stringMatching(/^H10302:/)]);
    expect(at("store/reader/1")).toEqual(["H10304:120/4567"]);
    // One reader without a list of its own sends both.
    expect(
      faults({ cardFormats: ["H10302", "H10304"], readerFormats: readerFormats.slice(0, 1) }),
    ).toHaveLength(1);
  });

  test.each<[string, { readers: string[]; formats: string[] }, RegExp]>([
    [
      "an unknown format",
      { readers: ["front/reader/1"], formats: ["H10306"] },
      /readerFormats\[0\].formats\[0\]: H10306 is not among cardFormats \(H10301\)/,
    ],
    [
      "a reader that no door has",
      { readers: ["front/reader/9"], formats: ["H10301"] },
      /readerFormats\[0\].readers: no door has the reader front\/reader\/9/,
    ],
    [
      "a reader named twice",
      { readers: ["front/reader/1", "front/reader/1"], formats: ["H10301"] },
      /front\/reader\/1 is named twice/,
    ],
  ])("readers' formats are refused with %s", (_what, entry, fault) => {
    expect(faults({ readerFormats: [entry] }).join("\n")).toMatch(fault);
  });
});
