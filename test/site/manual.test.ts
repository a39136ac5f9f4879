/** What the manual shows is what is so: its example is sound, its list can be read, its spellings are one card. */
import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { parse } from "yaml";
import { parseCardValue } from "../../gateway/cards/canonical.js";
import { builtIn, cardFormatNames } from "../../gateway/cards/formats.js";
import { compileSite } from "../../gateway/site/compile.js";
import { siteSchema } from "../../gateway/site/document.js";
import { checkSite } from "../../gateway/site/invariants.js";
import { parsePeopleCsv, peopleColumns } from "../../gateway/site/people-csv.js";
import { parseSiteYaml } from "../../gateway/site/yaml.js";

const usual = builtIn(["H10301"]);

const manual = readFileSync(new URL("../../web/help/site-document.md", import.meta.url), "utf8");

/** The longest fenced block of a language. */
function block(language: string): string {
  const found = [...manual.matchAll(new RegExp(`^\`\`\`${language}\n(.*?)^\`\`\``, "gms"))].map(
    ([, text = ""]) => text,
  );
  return found.sort((a, b) => b.length - a.length)[0] ?? "";
}

const read = parseSiteYaml(block("yaml"));
if (!read.ok) throw new Error(JSON.stringify(read.faults, undefined, 1));
const { document } = read;

test("the formats that the manual describes are sound", () => {
  const shown = [...manual.matchAll(/^```\n(cardFormats:.*?)^```/gms)].map(([, text = ""]) => parse(text));
  expect(shown).toHaveLength(2);
  for (const { cardFormats } of shown)
    expect(checkSite({ ...document, cardFormats }, { drivers: ["mqtt"] })).toEqual([]);
});

describe("the manual's example of a site", () => {
  test("is sound", () => {
    expect(checkSite(document, { drivers: ["mqtt"] })).toEqual([]);
  });

  test("gives the rights that the text says it gives", () => {
    const { groups } = compileSite(document, 1, Date.parse("2026-12-01T12:00Z"));
    expect([...(groups.get("staff")?.doors.keys() ?? [])]).toEqual(["front", "store"]);
  });
});

describe("the manual's list of people", () => {
  const list = parsePeopleCsv(block("csv"));

  test("can be imported into its example", () => {
    expect(list.faults).toEqual([]);
    expect(list.rows.map(({ person, status }) => [person, status])).toEqual([
      ["ada", "active"],
      ["ben", "active"],
      ["cleo", "blocked"],
    ]);
    const known = document.groups?.map(({ id }) => id);
    for (const { groups, credentials } of list.rows) {
      expect(known).toEqual(expect.arrayContaining([...groups]));
      for (const { value } of credentials) expect(parseCardValue(value, usual)).toHaveProperty("value");
    }
  });

  test("has every column, and the manual tells of each", () => {
    expect(block("csv").split("\n", 1)).toEqual([peopleColumns.join(",")]);
    for (const column of peopleColumns) expect(manual).toMatch(new RegExp(`^\\|.*\`${column}\``, "m"));
  });
});

test("the spellings in the manual are all of the same card", () => {
  const [, after = ""] = manual.split("### How a card is written");
  const rows = after.match(/^\| `.*$/gm) ?? [];
  const spellings = rows.flatMap((row) =>
    [...(row.split("|")[1] ?? "").matchAll(/`([^`]+)`/g)].map(([, text = ""]) => text),
  );
  expect(spellings.length).toBeGreaterThanOrEqual(8);
  for (const text of spellings) {
    expect(parseCardValue(text, usual), text).toEqual({ value: "H10301:142/51091" });
  }
});

test("every part of the document and every card format is in the manual", () => {
  for (const part of Object.keys(siteSchema.shape)) expect(manual).toContain(`\n### \`${part}\`\n`);
  for (const format of cardFormatNames) expect(manual).toContain(`| \`${format}\` |`);
});

test("every field of a door, an area, a sensor and a schedule is in the manual", () => {
  const fieldsOf = (part: "doors" | "areas" | "sensors" | "schedules") => {
    const shape = siteSchema.shape[part];
    const list = "element" in shape ? shape : shape.unwrap();
    return Object.keys(list.element.shape);
  };
  for (const part of ["doors", "areas", "sensors", "schedules"] as const) {
    const [, text = ""] = manual.split(`\n### \`${part}\`\n`);
    const own = text.split("\n### ", 1)[0] ?? "";
    for (const field of fieldsOf(part)) if (field !== "tenant") expect(own, part).toContain(`\`${field}\``);
  }
});
