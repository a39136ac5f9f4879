import { readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { candidates, parseCardValue, type RawCard } from "../../gateway/cards/canonical.js";
import {
  builtIn,
  type CardFormat,
  cardFormatNames,
  cardFormats,
  encode,
} from "../../gateway/cards/formats.js";

const usual = builtIn(["H10301"]);

function frame26(fc: number, cn: number): string {
  return encode({ fc: BigInt(fc), cn: BigInt(cn) }, cardFormats.H10301) ?? "";
}
const bits = (frame: string): RawCard => ({ kind: "bits", bits: frame });
const uid = (hex: string): RawCard => ({ kind: "uid", uid: hex });

/** What somebody typed at enrolment, as it is stored; fails the test if it was refused. */
function enrolled(text: string, formats: readonly CardFormat[] = usual): string {
  const parsed = parseCardValue(text, formats);
  if ("fault" in parsed) throw new Error(`${text} ${parsed.fault}`);
  return parsed.value;
}
function refused(text: string, formats: readonly CardFormat[] = usual): string {
  const parsed = parseCardValue(text, formats);
  return "fault" in parsed ? parsed.fault : `accepted as ${parsed.value}`;
}

describe("one badge is found whatever it was typed as and whatever it reads as", () => {
  const spellings = [
    "H10301:142/51091",
    "h10301: 142 / 51091",
    "142,51091",
    "142/51091",
    "008EC793",
    "00:8e:c7:93",
    "00-8E-C7-93",
    "00 8E C7 93",
    "uid:008EC793",
    "9357203",
    "0009357203",
    "number:0009357203",
    "0009357203 142,51091",
    `bits:${frame26(142, 51091)}`,
  ];
  const readings: [string, RawCard][] = [
    ["26 bits", bits(frame26(142, 51091))],
    ["four bytes", uid("008EC793")],
    ["four bytes reversed", uid("93c78e00")],
    ["32 bits", bits("00000000100011101100011110010011")],
    ["32 bits reversed", bits("10010011110001111000111000000000")],
  ];
  test.each(spellings)("typed as %s", (text) => {
    expect(enrolled(text)).toBe("H10301:142/51091");
  });
  test.each(readings)("read as %s", (_how, raw) => {
    expect(candidates(raw, usual).values).toContain("H10301:142/51091");
  });
});

describe("serial numbers of the vectors", () => {
  const { csn } = JSON.parse(
    readFileSync(new URL("../fixtures/card-formats.json", import.meta.url), "utf8"),
  ) as {
    csn: { name: string; input: { bits?: string; packedHex: string }; expected: Record<string, unknown> }[];
  };
  const vector = (name: RegExp) => {
    const found = csn.find((each) => name.test(each.name));
    if (!found) throw new Error(`the vectors lack ${name}`);
    return found;
  };
  const wire = (of: ReturnType<typeof vector>) => bits(of.input.bits ?? "");

  test("are all five there", () => {
    expect(csn).toHaveLength(5);
  });
  test("four bytes are found in both orders, by hex and by either number", () => {
    const { expected, ...rest } = vector(/^4-byte UID as 32-bit/);
    const { values } = candidates(wire({ expected, ...rest }), usual);
    expect(values).toEqual(["uid:a1b2c3d4", "uid:d4c3b2a1"]);
    expect(enrolled(String(expected.cnBigEndian))).toBe("uid:a1b2c3d4");
    expect(enrolled(String(expected.cnLittleEndian))).toBe("uid:d4c3b2a1");
  });
  test("seven bytes are found in both orders, with numbers above 2^53", () => {
    const { expected, ...rest } = vector(/^7-byte/);
    expect(candidates(wire({ expected, ...rest }), usual).values).toEqual([
      "uid:04a1b2c3d4e580",
      "uid:80e5d4c3b2a104",
    ]);
    expect(enrolled(String(expected.cnBigEndian))).toBe("uid:04a1b2c3d4e580");
    expect(enrolled(String(expected.cnLittleEndian))).toBe("uid:80e5d4c3b2a104");
  });
  test("a random one can never be enrolled, nor found as it reads", () => {
    const { input } = vector(/^random/);
    expect(refused(`uid:${input.packedHex}`)).toMatch(/random serial number/);
    expect(refused(`number:${Number.parseInt(input.packedHex, 16)}`)).toMatch(/random serial number/);
    expect(refused(`bits:00001000000100010010001000110011`)).toMatch(/random serial number/);
    expect(candidates(uid(input.packedHex), usual).values).not.toContain(`uid:${input.packedHex}`);
  });
  test("four bytes within 34 bits are found, after the 34-bit format if the site uses it", () => {
    const wrapped = wire(vector(/wrapped as 34-bit/));
    expect(candidates(wrapped, usual).values).toEqual(["uid:a1b2c3d4", "uid:d4c3b2a1"]);
    expect(candidates(wrapped, builtIn(["H10306"])).values[0]).toBe("H10306:41394/50132");
  });
  test("three bytes of a serial number in 26 bits are that 26-bit number and nothing else", () => {
    const { values } = candidates(wire(vector(/3 bytes/)), usual);
    expect(values).toEqual(["H10301:195/45729"]);
  });
});

describe("a card number alone never opens", () => {
  test("the same number of another facility is another card", () => {
    const { values } = candidates(bits(frame26(143, 51091)), usual);
    expect(values).not.toContain(enrolled("142,51091"));
  });
  test("the end of a longer serial number is not the shorter one", () => {
    expect(candidates(uid("0f008ec793"), usual).values).not.toContain(enrolled("008EC793"));
    expect(candidates(uid("04a1b2c3d4e580"), usual).values).not.toContain(enrolled("uid:A1B2C3D4"));
  });
});

describe("formats", () => {
  test("are tried in their order, and only those of the site", () => {
    const frame = "0000000000111101100000010001110101111";
    expect(candidates(bits(frame), builtIn(["H10304"])).values).toEqual(["H10304:123/4567"]);
    expect(candidates(bits(frame), builtIn(["H10302"])).values).toEqual(["H10302:64491991"]);
    expect(candidates(bits(frame), builtIn(["H10302", "H10304"])).values).toEqual([
      "H10302:64491991",
      "H10304:123/4567",
    ]);
    expect(candidates(bits(frame), usual)).toMatchObject({ values: [], fault: "37 bits, unknown length" });
  });
  test("of 36 bits are told apart by their parity", () => {
    expect(
      candidates(bits("111100001000010110100011010100001010"), builtIn(["S12906", "C15001"])).values,
    ).toEqual(["C15001:900/45/6789"]);
  });
  test("each typed value is what the card reads as", () => {
    for (const name of cardFormatNames) {
      const { fields } = cardFormats[name];
      const numbers = Object.fromEntries(fields.map((field, index) => [field.name, BigInt(index + 2)]));
      const text = `${name}:${fields.map((_, index) => index + 2).join("/")}`;
      const frame = encode(numbers, cardFormats[name]) ?? "";
      expect(candidates(bits(frame), builtIn([name])).values[0]).toBe(enrolled(text, builtIn([name])));
    }
  });
});

describe("what could be two cards is refused with how to write it", () => {
  test.each([
    [
      "a bare number where a format without facility is in use",
      "64491991",
      builtIn(["H10301", "H10302"]),
      /H10302:64491991 or number:64491991/,
    ],
    [
      "a pair where two formats have a facility",
      "142,51091",
      builtIn(["H10301", "H10306"]),
      /H10301:142\/51091 or H10306:142\/51091/,
    ],
    ["eight digits, a number or hex", "12345678", usual, /number:12345678 or uid:12345678/],
    ["two numbers that do not agree", "0009357203 142,51092", usual, /not the same card/],
    ["a format that the readers do not send", "H10306:1/2", usual, /do not send/],
    ["an unknown format", "H99999:1/2", usual, /not known/],
    ["a facility code that is too large", "256,1", usual, /facility code 256 is more than 255/],
    ["a card number that is too large", "1,65536", usual, /card number 65536 is more than 65535/],
    ["too many numbers", "H10301:1/2/3", usual, /H10301:fc\/cn/],
    ["half a byte", "uid:04A1B", usual, /pairs of hex digits/],
    ["three bytes", "uid:04A1B2", usual, /3 bytes/],
    ["a number of no serial number's size", "number:99999999999", usual, /uid:/],
    ["bits with bad parity", `bits:1${frame26(142, 51091).slice(1)}`, usual, /parity/],
    ["bits of unknown length", "bits:1010101", usual, /7 bits, unknown length/],
    ["nothing", "   ", usual, /empty/],
    ["words", "the blue card", usual, /no card value/],
  ])("%s", (_what, text, formats, fault) => {
    expect(refused(text, formats)).toMatch(fault);
  });
});

describe("what is shown", () => {
  test("is the end of the value only, the same for every spelling", () => {
    expect(candidates(bits(frame26(142, 51091)), usual).shown).toBe("…c793");
    expect(candidates(uid("008EC793"), usual).shown).toBe("…c793");
    expect(candidates(uid("04A1B2C3D4E580"), usual).shown).toBe("…e580");
    expect(candidates({ kind: "code", code: "VISITOR-2026-7781" }, usual).shown).toBe("…7781");
    expect(candidates({ kind: "code", code: "1234" }, usual).shown).toBe("…");
  });
  test("of a frame that cannot be read is what was wrong with it", () => {
    expect(candidates(bits("0".repeat(26)), usual).shown).toBe("26 bits, bad parity");
    expect(candidates(bits("0".repeat(34)), usual).shown).toBe("34 bits, bad parity");
    expect(candidates(bits("0".repeat(27)), usual).shown).toBe("27 bits, unknown length");
    expect(candidates(bits("1"), usual).shown).toBe("1 bits, outside 4 to 256");
    expect(candidates(bits("1".repeat(257)), usual).shown).toBe("257 bits, outside 4 to 256");
  });
});

test("a code is found as it is, and never as a card", () => {
  expect(candidates({ kind: "code", code: "9357203" }, usual).values).toEqual(["code:9357203"]);
  expect(enrolled("code:Besucher Ä/7")).toBe("code:Besucher Ä/7");
});

test("whatever a reader sends is answered: values, or a fault, and never the whole value", () => {
  const nasty = fc.oneof(
    fc.string({ unit: "binary", maxLength: 300 }),
    fc.constantFrom(
      "\0",
      "'; drop table people;--",
      "__proto__",
      "x".repeat(65_536),
      "1".repeat(65_536),
      "\ud800",
    ),
    fc.string({ unit: fc.constantFrom("0", "1"), maxLength: 300 }),
    fc.string({ unit: fc.constantFrom(..."0123456789abcdefABCDEF: -"), maxLength: 60 }),
  );
  fc.assert(
    fc.property(nasty, fc.subarray([...cardFormatNames]), (text, names) => {
      const formats = builtIn(names);
      for (const raw of [bits(text), uid(text), { kind: "code", code: text } as const]) {
        const { values, shown, fault } = candidates(raw, formats);
        expect(values.length === 0).toBe(fault !== undefined);
        expect(shown.length).toBeLessThan(60);
        for (const value of values) expect(value).toMatch(/^(uid|code|[A-Z][0-9A-Za-z]+):./);
      }
      const typed = parseCardValue(text, formats);
      expect(("value" in typed ? typed.value : typed.fault).length).toBeGreaterThan(0);
    }),
    { numRuns: 300 },
  );
});

test("what was enrolled by its bits is found by its bits", () => {
  fc.assert(
    fc.property(
      fc.constantFrom(...cardFormatNames),
      fc.bigInt({ min: 0n, max: (1n << 60n) - 1n }),
      (name, seed) => {
        const { fields } = cardFormats[name];
        const numbers = Object.fromEntries(fields.map((f) => [f.name, seed % (1n << BigInt(f.length))]));
        const frame = encode(numbers, cardFormats[name]) ?? "";
        expect(candidates(bits(frame), builtIn([name])).values).toContain(
          enrolled(`bits:${frame}`, builtIn([name])),
        );
      },
    ),
    { numRuns: 100 },
  );
});

test("values that are not text at all are refused", () => {
  for (const junk of [undefined, null, 7, {}, [], true]) {
    expect(candidates({ kind: "bits", bits: junk } as never, usual).values).toEqual([]);
    expect(candidates({ kind: "uid", uid: junk } as never, usual).values).toEqual([]);
    expect(candidates({ kind: "code", code: junk } as never, usual).values).toEqual([]);
    expect(refused(junk as never)).toBe("is not text");
  }
});
