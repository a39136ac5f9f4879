import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { commands } from "../../../drivers/osdp/codes.js";
import {
  encodeFrame,
  type Frame,
  FrameParser,
  longestFrameBytes,
  type Parsed,
} from "../../../drivers/osdp/frame.js";
import { checksum, crc16 } from "../../../drivers/osdp/integrity.js";
import { bytes, fixture, hex, type RecordedExchange } from "./vectors.js";

interface Check {
  readonly name: string;
  readonly inputHex: string;
  readonly expected: { readonly crc?: string; readonly wireHex?: string; readonly checksum?: string };
}
const integrity = fixture<{ crc: readonly Check[]; checksum: readonly Check[] }>("osdp-integrity");
const plain = fixture<{ exchanges: readonly RecordedExchange[] }>("osdp-plain-exchanges").exchanges;
const secure = fixture<{ exchanges: readonly RecordedExchange[] }>("osdp-secure-session").exchanges;
const capture = fixture<{ frames: readonly { hex: string; code: string; payloadHex: string }[] }>(
  "osdp-capture-plain",
).frames;

/** What a parser makes of bytes that come in pieces cut at these places. */
function parsed(whole: Uint8Array, ...cuts: readonly number[]): Parsed[] {
  const parser = new FrameParser();
  const ends = [...cuts.filter((cut) => cut > 0 && cut < whole.length), whole.length].sort((a, b) => a - b);
  let from = 0;
  return ends.flatMap((end) => {
    const piece = whole.subarray(from, end);
    from = end;
    return [...parser.push(piece)];
  });
}

const frames = (found: readonly Parsed[]): Frame[] =>
  found.flatMap((one) => (one.is === "frame" ? [one.frame] : []));

describe("the check of a frame", () => {
  test.each(integrity.crc)("CRC: $name", ({ inputHex, expected }) => {
    const crc = crc16(bytes(inputHex));
    expect(crc.toString(16).toUpperCase().padStart(4, "0")).toBe(expected.crc);
    expect(hex(Uint8Array.of(crc & 0xff, crc >> 8))).toBe(expected.wireHex);
  });
  test.each(integrity.checksum)("sum: $name", ({ inputHex, expected }) => {
    expect(hex(Uint8Array.of(checksum(bytes(inputHex))))).toBe(expected.checksum);
  });
});

const recorded = [...plain, ...secure].flatMap(({ name, commandHex, replyHex }) => [
  [`${name}, command`, commandHex] as const,
  ...(replyHex === null ? [] : [[`${name}, reply`, replyHex] as const]),
]);

describe("every recorded frame", () => {
  test("is there", () => {
    expect([plain.length, secure.length, capture.length]).toEqual([34, 42, 92]);
  });

  test.each(recorded)("%s: is read, and written again as it came", (_name, recordedHex) => {
    const whole = bytes(recordedHex);
    const [frame, ...rest] = frames(parsed(whole));
    expect(rest).toEqual([]);
    expect(frame && hex(encodeFrame(frame)).slice(2)).toBe(recordedHex.replace(/^FF(?=53)/, ""));
  });

  test.each(recorded)("%s: is the same in whatever two or three pieces it comes", (_name, recordedHex) => {
    const whole = bytes(recordedHex);
    const [at_once] = frames(parsed(whole));
    for (let cut = 1; cut < whole.length; cut++) expect(frames(parsed(whole, cut))).toEqual([at_once]);
    const everyByte = Array.from({ length: whole.length }, (_, i) => i);
    expect(frames(parsed(whole, ...everyByte))).toEqual([at_once]);
  });

  test("of a whole capture is found when all of it comes as one stream, byte by byte", () => {
    const stream = bytes(capture.map((frame) => frame.hex).join(""));
    const found = frames(parsed(stream, ...Array.from({ length: stream.length }, (_, i) => i)));
    expect(found.map(({ code, payload }) => [`0x${code.toString(16)}`, hex(payload)])).toEqual(
      capture.map((frame) => [frame.code.toLowerCase(), frame.payloadHex.toUpperCase()]),
    );
  });
});

describe("noise", () => {
  const ack = bytes("5381080006406A60");

  test("before a frame is skipped and counted", () => {
    expect(parsed(bytes("00FFFF125381080006406A60"))).toMatchObject([{ is: "frame", skipped: 4 }]);
  });

  test("that looks like the start of a frame hides none that follows it", () => {
    // A start, a length of 1440 and then silence: what follows is found when the gap within a frame has passed.
    const parser = new FrameParser();
    expect([...parser.push(Buffer.concat([bytes("5381A005"), ack]))]).toEqual([]);
    expect(parser.pending).toBeGreaterThan(0);
    expect(frames([...parser.drop()])).toHaveLength(1);
    expect(parser.pending).toBe(0);
  });

  test("with an impossible length is left at once", () => {
    for (const start of ["53810500064000", "5381A1050640"]) {
      expect(parsed(Buffer.concat([bytes(start), ack]))).toMatchObject([
        { is: "fault", fault: "length" },
        { is: "frame" },
      ]);
    }
  });

  test("in any one bit of a frame is never taken for the frame", () => {
    for (const [, recordedHex] of recorded) {
      const whole = bytes(recordedHex.replace(/^FF(?=53)/, ""));
      const [right] = frames(parsed(whole));
      // A sum of eight bits sees every single wrong bit too, but for one in the bit that says which check it is.
      for (let bit = 0; bit < whole.length * 8; bit++) {
        const wrong = whole.slice();
        wrong[bit >> 3] = (wrong[bit >> 3] as number) ^ (1 << (bit & 7));
        const parser = new FrameParser();
        const found = frames([...parser.push(wrong), ...parser.drop()]);
        for (const frame of found) expect(frame).not.toEqual(right);
      }
    }
  }, 60_000);

  test("of any kind makes no throw, no growth, and does not hide the next good frame", () => {
    fc.assert(
      fc.property(
        fc.uint8Array({ maxLength: 3_000 }),
        fc.array(fc.nat(3_000), { maxLength: 8 }),
        (noise, cuts) => {
          const parser = new FrameParser();
          const whole = Buffer.concat([noise, ack]);
          let from = 0;
          const found: Parsed[] = [];
          for (const end of [...cuts.map((cut) => cut % whole.length), whole.length].sort((a, b) => a - b)) {
            found.push(...parser.push(whole.subarray(from, end)));
            from = end;
            expect(parser.pending).toBeLessThanOrEqual(longestFrameBytes);
          }
          found.push(...parser.drop());
          expect(frames(found).some(({ code }) => code === 0x40)).toBe(true);
        },
      ),
      { numRuns: 300 },
    );
  });
});

test("any frame that can be written is read again", () => {
  const block = fc.option(
    fc.record({ type: fc.constantFrom(0x11, 0x13, 0x15, 0x17), data: fc.uint8Array({ maxLength: 4 }) }),
    { nil: undefined },
  );
  fc.assert(
    fc.property(
      fc.integer({ min: 0, max: 0x7f }),
      fc.constantFrom(0, 1, 2, 3),
      fc.constantFrom("crc", "sum"),
      block,
      fc.uint8Array({ maxLength: 200 }),
      (address, sequence, check, some, payload) => {
        const frame = {
          address,
          reply: false,
          sequence: sequence as Frame["sequence"],
          check: check as Frame["check"],
          ...(some ? { block: some } : {}),
          code: commands.MFG,
          payload,
          ...(some && some.type >= 0x15 ? { mac: Uint8Array.of(1, 2, 3, 4) } : {}),
        };
        expect(frames(parsed(encodeFrame(frame)))).toMatchObject([frame]);
      },
    ),
    { numRuns: 500 },
  );
});

test("a frame longer than a reader takes is never sent", () => {
  const frame: Frame = {
    address: 1,
    reply: false,
    sequence: 0,
    check: "crc",
    code: 0x80,
    payload: new Uint8Array(1440),
  };
  expect(() => encodeFrame(frame)).toThrow(/1448 bytes/);
});
