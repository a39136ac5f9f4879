import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { parsePeopleCsv, peopleColumns } from "../../gateway/site/people-csv.js";
import { cpuMs } from "./cpu.js";

const header = "person,name,groups,credential,printed,valid_from,valid_until,status";
const list = (...lines: string[]) => parsePeopleCsv([header, ...lines].join("\n"));
const faults = (...lines: string[]) =>
  list(...lines).faults.map(({ line, column, message }) => `${line} ${column ?? ""}: ${message}`);

test("a line is a person with a card", () => {
  expect(list('p1,Ada Lind,staff;lab,"142,51091",51091,2026-01-01,2026-12-31,active')).toEqual({
    rows: [
      {
        person: "p1",
        name: "Ada Lind",
        groups: ["staff", "lab"],
        status: "active",
        validFrom: "2026-01-01",
        validUntil: "2026-12-31",
        credentials: [{ value: "142,51091", printed: "51091" }],
      },
    ],
    lines: [2],
    faults: [],
  });
});

test("a person may have no card, several cards, and cards that are lost", () => {
  const {
    rows,
    lines,
    faults: none,
  } = list(
    "p1,Ada,staff,uid:04A1B2C3D4E580,,,,lost",
    "p2,Bo,,,,,,",
    "p1,Ada,staff,0009357203,,,,",
    "p1,,,code:X,,,,returned",
  );
  expect(none).toEqual([]);
  expect(rows.map(({ person, credentials }) => [person, credentials])).toEqual([
    [
      "p1",
      [
        { value: "uid:04A1B2C3D4E580", status: "lost" },
        { value: "0009357203" },
        { value: "code:X", status: "returned" },
      ],
    ],
    ["p2", []],
  ]);
  expect(lines).toEqual([2, 3]);
});

test("blocked is said of the person", () => {
  expect(list("p1,Ada,,1:2,,,,Blocked").rows[0]).toMatchObject({
    status: "blocked",
    credentials: [{ value: "1:2" }],
  });
});

describe("spreadsheets of all kinds are read", () => {
  test("with a byte order mark, CRLF and semicolons", () => {
    const text = `\uFEFF${header.replaceAll(",", ";")}\r\np1;Ada Lind;"staff;lab";142,51091;;;;\r\n\r\np2;Bo;staff|lab;;;;;\r\n`;
    const { rows, faults: none } = parsePeopleCsv(text);
    expect(none).toEqual([]);
    expect(rows.map((row) => row.groups)).toEqual([
      ["staff", "lab"],
      ["staff", "lab"],
    ]);
    expect(rows[0]?.credentials).toEqual([{ value: "142,51091" }]);
  });
  test("with a byte order mark before a quoted column", () => {
    expect(parsePeopleCsv('\uFEFF"person","name"\n"p1","Ada"\n')).toMatchObject({
      faults: [],
      rows: [{ person: "p1", name: "Ada" }],
    });
  });
  test("with columns in another order, with fewer, and in capitals", () => {
    expect(parsePeopleCsv("Name,Person\nAda,p1\n").rows).toEqual([
      { person: "p1", name: "Ada", groups: [], status: "active", credentials: [] },
    ]);
  });
  test("with quotes and line breaks within a cell, counting lines right", () => {
    const text = `${header}\np1,"Ada ""A"" Lind",,,,,,\n\n"p2\n",Bo,,,,,,\nP3,Cy,,,,,,\n`;
    const { rows, lines, faults: found } = parsePeopleCsv(text);
    expect(rows.map((row) => row.name)).toEqual(['Ada "A" Lind', "Bo"]);
    expect(lines).toEqual([2, 4]);
    expect(found).toEqual([{ line: 6, column: "person", message: expect.stringContaining("must be an id") }]);
  });
});

describe("a fault names its line and column", () => {
  test.each<[string, string, string]>([
    ["an id that is none", "P 1,Ada,,,,,,", "2 person: must be an id"],
    ["no id", ",Ada,,,,,,", "2 person: is missing"],
    ["no name", "p1,,,,,,,", "2 name: is missing"],
    ["a group that is no id", "p1,Ada,Staff!,,,,,", "2 groups: Staff! is not a group's id"],
    ["a German date", "p1,Ada,,,,01.02.2026,,", "2 valid_from: must be a date such as"],
    ["a day that does not exist", "p1,Ada,,,,,2026-02-30,", "2 valid_until: must be a date such as"],
    ["a status that is none", "p1,Ada,,1:2,,,,gone", "2 status: gone is none of blocked, active"],
    ["a lost card without a card", "p1,Ada,,,,,,lost", "2 status: lost is the status of a card"],
    ["what is printed on no card", "p1,Ada,,,0815,,,", "2 printed: belongs to a card"],
    ["too many cells", "p1,Ada,,,,,,,extra", "2 : has 9 cells, the header has 8"],
    ["64 kB in a cell", `p1,${"x".repeat(65_536)},,,,,,`, "2 name: is 65536 characters long"],
    ["a control character", "p1,A\u0007da,,,,,,", "2 name: is not printable text"],
  ])("%s", (_what, line, fault) => {
    expect(faults(line)).toContainEqual(expect.stringContaining(fault));
  });
  test("a further line that says something else of the person", () => {
    expect(
      faults("p1,Ada,staff,1:2,,,,", "p1,Eve,staff,1:3,,,,", "p1,Ada,lab,1:4,,,,", "p1,Ada,staff,,,,,"),
    ).toEqual([
      "3 name: is not what line 2 says of p1",
      "4 groups: is not what line 2 says of p1",
      "5 credential: is missing; p1 is in line 2 already",
    ]);
  });
  test("a header without a person, with a column twice, or with one that is none", () => {
    expect(parsePeopleCsv("name,name,colour\nAda,Ada,red\n").faults.map((f) => f.message)).toEqual([
      "the header lacks the column person",
      "the column is there twice",
      expect.stringContaining("is no column here"),
    ]);
  });
  test("nothing at all, a spreadsheet file, and quotes that do not end", () => {
    expect(parsePeopleCsv("").faults).toHaveLength(1);
    expect(parsePeopleCsv("PK\u0003\u0004\0\0").faults[0]?.message).toMatch(/spreadsheet file/);
    expect(faults('p1,"Ada,,,,,,')).toEqual([expect.stringContaining("is not CSV")]);
  });
  test("but a list that is wrong all over is not told line by line for ever", () => {
    const found = faults(...Array.from({ length: 10_000 }, () => "?,?,?,,,,,"));
    expect(found.length).toBeLessThan(110);
    expect(found.at(-1)).toMatch(/too many faults/);
  });
});

describe("a cell that a spreadsheet would compute", () => {
  test.each(["=HYPERLINK(1)", "+49 431", "-1+1", "@SUM(A1)"])("is refused: %s", (cell) => {
    for (const column of ["name", "printed", "credential"]) {
      const line = peopleColumns
        .slice(0, 8)
        .map((each) =>
          each === column
            ? `"${cell}"`
            : ({ person: "p1", name: "Ada", credential: "1:2" }[each as string] ?? ""),
        )
        .join(",");
      expect(faults(line), column).toContainEqual(
        expect.stringContaining(`${column}: begins like a formula`),
      );
    }
  });
  test("and so is one behind an apostrophe, the guard of an export", () => {
    expect(faults("p1,'=1+1,,,,,,")).toEqual(["2 name: begins like a formula (= + - @)"]);
    expect(list("p1,'O Neill,,,,,,").rows[0]?.name).toBe("'O Neill");
  });
});

test("twenty thousand people are read in a moment", () => {
  const lines = Array.from(
    { length: 20_000 },
    (_, n) => `p${n},Person ${n},staff,uid:${(n + 0x10000000).toString(16)},,,,`,
  );
  expect(cpuMs(() => expect(list(...lines).rows).toHaveLength(20_000))).toBeLessThan(5_000);
});

test("whatever a list holds, it is read or refused, and a fault is never without a line", () => {
  const cell = fc.oneof(
    fc.string({ unit: "binary", maxLength: 40 }),
    fc.constantFrom(
      "p1",
      "__proto__",
      "constructor",
      '"',
      ",",
      ";",
      "\r\n",
      "'; drop table people;--",
      "\ud800",
    ),
  );
  fc.assert(
    fc.property(
      fc.array(fc.array(cell, { maxLength: 10 }), { maxLength: 6 }),
      fc.boolean(),
      (rows, withHeader) => {
        const text = `${withHeader ? `${header}\n` : ""}${rows.map((row) => row.join(",")).join("\n")}`;
        const read = parsePeopleCsv(text);
        expect(read.lines).toHaveLength(read.rows.length);
        for (const { line, message } of read.faults) {
          expect(line).toBeGreaterThan(0);
          expect(message).not.toMatch(/undefined|\[object/);
        }
      },
    ),
    { numRuns: 400 },
  );
});
