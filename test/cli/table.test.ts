import { describe, expect, test } from "vitest";
import { properties, table, wrap } from "../../gateway/cli/table.js";

const doors = [
  { id: "front", name: "Front door of the main building, towards the car park and the street", open: 2 },
  { id: "server-room", name: "Server room", open: 11 },
];

describe("tables", () => {
  test("a table is never wider than asked; only the columns that may be cut are", () => {
    const text = table(
      [
        { title: "DOOR", value: (d) => d.id },
        { title: "NAME", value: (d) => d.name, shrinks: true },
        { title: "OPEN", value: (d) => d.open, right: true },
      ],
      doors,
      40,
    );
    expect(text.split("\n").map((line) => line.length)).toSatisfy((all: number[]) =>
      all.every((n) => n <= 40),
    );
    expect(text).toBe(
      [
        "DOOR         NAME                   OPEN",
        "front        Front door of the ma…     2",
        "server-room  Server room              11",
        "",
      ].join("\n"),
    );
  });

  test("what is not known is a dash", () => {
    expect(table([{ title: "A", value: () => null }], [{}], 80)).toBe("A\n-\n");
  });

  test("a name cannot move the cursor, set the window's title or turn the line around", () => {
    const text = table(
      [{ title: "N", value: (row) => row }],
      ["\u001b]0;owned\u0007Ben", "a\nb", "\u202eneB"],
      80,
    );
    expect(text).toBe("N\n�]0;owned�Ben\na b\n�neB\n");
  });

  test("properties line up", () => {
    expect(
      properties([
        ["site", "hq"],
        ["data folder", "/x"],
      ]),
    ).toBe("site:         hq\ndata folder:  /x\n");
  });

  test("long text breaks at spaces", () => {
    expect(wrap("one two three four", 9, " ")).toBe(" one two\n three\n four\n");
  });
});
