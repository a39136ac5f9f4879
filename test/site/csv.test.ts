import { parse } from "csv-parse/sync";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { CsvReader, NotCsv } from "../../gateway/site/csv.js";

interface Read {
  readonly cells: readonly (readonly string[])[];
  readonly lines: readonly number[];
  readonly fault?: NotCsv;
}

/** Reads a text in pieces of these lengths, the last one again and again. */
function read(text: string, pieces: readonly number[] = [text.length + 1]): Read {
  const cells: (readonly string[])[] = [];
  const lines: number[] = [];
  const reader = new CsvReader((record) => {
    cells.push(record.cells);
    lines.push(record.line);
  });
  try {
    for (let at = 0, i = 0; at < text.length; i++) {
      const length = pieces[Math.min(i, pieces.length - 1)] ?? 1;
      reader.write(text.slice(at, at + length));
      at += length;
    }
    reader.end();
    return { cells, lines };
  } catch (error) {
    if (!(error instanceof NotCsv)) throw error;
    return { cells, lines, fault: error };
  }
}

/** What csv-parse makes of it; undefined: it refuses it. */
function reference(text: string, delimiter: string): string[][] | undefined {
  try {
    return parse(text, {
      bom: true,
      delimiter,
      relax_column_count: true,
      skip_empty_lines: true,
    }) as string[][];
  } catch {
    return undefined;
  }
}

const piece = fc.oneof(
  { weight: 4, arbitrary: fc.constantFrom("a", "ä", "1", " ", "x y", "") },
  { weight: 3, arbitrary: fc.constantFrom(",", ",", '"', '""', '"q"', '"a,b"', '"l\nm"', '"r\r\ns"') },
  { weight: 2, arbitrary: fc.constant("END") },
);

test("whatever text comes in whatever pieces, it is read as csv-parse reads it, or refused as it refuses it", () => {
  fc.assert(
    fc.property(
      fc.array(piece, { maxLength: 40 }),
      fc.array(fc.integer({ min: 1, max: 7 }), { minLength: 1, maxLength: 6 }),
      fc.constantFrom("\n", "\r\n"),
      (parts, pieces, end) => {
        // The header settles what divides cells and lines.
        const text = `a,b${end}${parts.join("").replaceAll("END", end)}`;
        const whole = read(text);
        expect(read(text, pieces)).toEqual(whole);
        const right = reference(text, ",");
        if (right === undefined) expect(whole.fault).toBeDefined();
        else {
          expect(whole.fault).toBeUndefined();
          expect(whole.cells).toEqual(right);
        }
      },
    ),
    { numRuns: 1_500 },
  );
});

describe("a list as spreadsheets save it", () => {
  test("may use semicolons, a byte order mark, and carriage returns alone", () => {
    expect(read('\uFEFFa;b\r\n"1;2";3\r\n').cells).toEqual([
      ["a", "b"],
      ["1;2", "3"],
    ]);
    expect(read("a,b\r1,2\r\r3,4\r")).toMatchObject({
      cells: [
        ["a", "b"],
        ["1", "2"],
        ["3", "4"],
      ],
      lines: [1, 2, 4],
    });
  });

  test("is counted by lines also where cells have several", () => {
    expect(read('a,b\n"1\n2",x\n\n"3\r\n4",y\nz,w').lines).toEqual([1, 2, 5, 7]);
  });

  test.each([
    ["a quote that does not end", 'a,b\n"1,2\n3,4\n', 2],
    ["a quote in the middle of a cell", 'a,b\n1,x"y\n', 2],
    ["something behind a quoted cell", 'a,b\n1,2\n"x"y,3\n', 3],
  ])("is no CSV with %s", (_what, text, line) => {
    expect(read(text).fault?.line).toBe(line);
  });

  test("is given up when one line has no end", () => {
    expect(read(`a,b\n"${"x".repeat(300_000)}`, [5_000]).fault?.message).toMatch(/does not end/);
  });
});
