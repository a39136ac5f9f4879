import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { parseSiteFile } from "../../gateway/cli/site-file.js";
import type { Performed } from "../../gateway/ports.js";
import { commandLine } from "./command-line.js";

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "gw-site-"));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function file(name: string, text: string): string {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
}

const text = readFileSync(new URL("office.yaml", import.meta.url), "utf8");

/** The line of the office's document that holds `words`, and the column at which they begin. */
function placeOf(words: string): { line: number; column: number } {
  const lines = text.split("\n");
  const line = lines.findIndex((each) => new RegExp(`${words}( }|,|$)`).test(each));
  return { line: line + 1, column: (lines[line] ?? "").indexOf(words) + 1 };
}

const refusedAt = (...paths: string[]): Performed => ({
  ok: false,
  refusal: {
    code: "invalid",
    message: "the site document has faults",
    faults: paths.map((path) => ({ path, message: "is wrong" })),
  },
});

describe("a fault of a site document", () => {
  test.each([
    ["doors[0].lock.point", "front-io/lock/1"],
    ["doors[0].name", "Front door"],
    ["doors[0].openMs", "id: front"],
    ["site.timeZone", "Europe/Berlin"],
  ])("at %s is led back to where %j stands, or what it is missing from", (path, words) => {
    const { placed } = parseSiteFile("office.yaml", text);
    expect(placed([{ path, message: "is wrong" }])).toEqual([
      { path, message: "is wrong", file: "office.yaml", ...placeOf(words) },
    ]);
  });

  test("is told as file:line:column, path and words", async () => {
    const site = file("site.yaml", text);
    const { line, column } = placeOf("front-io/lock/1");
    const said = await commandLine(["site", "import", site], {
      play: () => refusedAt("doors[0].lock.point"),
    });
    expect(said).toMatchObject({
      exitCode: 2,
      out: "",
      err: `gatewarden: the site document has faults\n  ${site}:${line}:${column} doors[0].lock.point: is wrong\n`,
    });
  });

  test("is JSON with its place too", async () => {
    const site = file("site.yaml", text);
    const said = await commandLine(["site", "import", site, "--json"], {
      play: () => refusedAt("doors[0].name"),
    });
    expect(JSON.parse(said.err)).toEqual({
      error: {
        code: "invalid",
        message: "the site document has faults",
        faults: [{ path: "doors[0].name", message: "is wrong", file: site, ...placeOf("Front door") }],
      },
    });
  });

  test("of the YAML itself is found before anybody is asked", async () => {
    const site = file("broken.yaml", "site: {id: hq\ndoors: [}\n");
    const said = await commandLine(["site", "import", site]);
    expect(said).toMatchObject({ exitCode: 2, asked: [], folders: [] });
    expect(said.err).toContain(`${site}:2:`);
  });

  test("of a file that is not there names the file", async () => {
    const said = await commandLine(["site", "import", join(folder, "none.yaml")]);
    expect(said.exitCode).toBe(2);
    expect(said.err).toBe(`gatewarden: ${join(folder, "none.yaml")}: there is no such file\n`);
  });

  test("cannot be a bomb of aliases", async () => {
    const lines = [
      "a0: &a0 [x, x]",
      ...Array.from({ length: 30 }, (_, i) => `a${i + 1}: &a${i + 1} [*a${i}, *a${i}]`),
    ];
    const said = await commandLine(["site", "import", file("bomb.yaml", lines.join("\n"))]);
    expect(said).toMatchObject({ exitCode: 2, asked: [] });
  });
});

describe("checking a site", () => {
  test("needs no data folder for what the document says by itself", async () => {
    const said = await commandLine(["site", "check", file("site.yaml", text)]);
    expect(said).toMatchObject({ exitCode: 0, folders: [], err: "" });
    expect(said.out).toContain("site.yaml: valid\n");
  });

  test("tells every fault of form and of sense with its line", async () => {
    const wrong = file("wrong.yaml", text.replace("front-io/lock/1", "no-io/lock/1"));
    const said = await commandLine(["site", "check", wrong, "--json"]);
    expect(said).toMatchObject({ exitCode: 2, out: "" });
    expect(JSON.parse(said.err).error.faults).toContainEqual(
      expect.objectContaining({ path: "doors[0].lock.point", file: wrong, ...placeOf("front-io/lock/1") }),
    );
    const misspelt = file("misspelt.yaml", text.replace("exitButton", "exitButon"));
    expect((await commandLine(["site", "check", misspelt])).err).toContain(`${misspelt}:`);
  });

  test("with a data folder also asks that building, and tells what would change", async () => {
    const path = file("site.yaml", text);
    const said = await commandLine(["site", "check", path, "--data", "/srv/site", "--json"], {
      play: () => ({ ok: true, result: { ok: true, faults: [], changes: ["door front: added"] } }),
    });
    expect(said.asked).toMatchObject([{ name: "site.check" }]);
    expect(JSON.parse(said.out)).toEqual({ file: path, valid: true, changes: ["door front: added"] });
    const obstacle = await commandLine(["site", "check", path, "--data", "/srv/site"], {
      play: () => ({
        ok: true,
        result: {
          ok: false,
          faults: [{ path: "doors", message: "door side is fire-released" }],
          changes: [],
        },
      }),
    });
    expect(obstacle).toMatchObject({ exitCode: 2, out: "" });
    expect(obstacle.err).toContain("doors: door side is fire-released");
  });
});

describe("importing a site", () => {
  test("sends the document with the reason, and says what came of it", async () => {
    const said = await commandLine(["site", "import", file("site.yaml", text), "--note", "new door"], {
      play: () => ({ ok: true, result: { revision: 2, changes: ["door side: added"] } }),
    });
    expect(said.asked).toMatchObject([
      { name: "site.import", params: { note: "new door", document: { site: { id: "office" } } } },
    ]);
    expect(said.out).toBe("Revision 2 is in force.\n  door side: added\n");
  });

  test("as a dry run changes nothing and says so", async () => {
    const said = await commandLine(["site", "import", file("site.yaml", text), "--dry-run"], {
      play: () => ({ ok: true, result: { dryRun: true, revision: 1, changes: [] } }),
    });
    expect(said.asked).toMatchObject([{ params: { dryRun: true } }]);
    expect(said.out).toBe("Nothing was changed; it would be:\n  no change\n");
  });

  test("reads stdin for a hyphen, and calls it so", async () => {
    const said = await commandLine(["site", "import", "-"], {
      input: text,
      play: () => refusedAt("doors[0]"),
    });
    const { line, column } = placeOf("id: front");
    expect(said.err).toContain(`stdin:${line}:${column} doors[0]: is wrong`);
  });
});

describe("exporting a site", () => {
  const { document } = parseSiteFile("office.yaml", text);
  const play = (): Performed => ({ ok: true, result: { revision: 3, document } });

  test("prints YAML that can be imported again", async () => {
    const said = await commandLine(["site", "export"], { play });
    expect(parseSiteFile("x", said.out).document).toEqual(document);
  });

  test("writes a file when told to", async () => {
    const output = join(folder, "out.yaml");
    const said = await commandLine(["site", "export", "--output", output, "--json"], { play });
    expect(JSON.parse(said.out)).toEqual({ revision: 3, file: output });
    expect(parseSiteFile(output, readFileSync(output, "utf8")).document).toEqual(document);
  });

  test("asks for an earlier revision by its number", async () => {
    const said = await commandLine(["site", "export", "--revision", "2"], { play });
    expect(said.asked).toEqual([{ name: "site.export", params: { revision: 2 } }]);
  });
});

test("the history marks the revision in force", async () => {
  const said = await commandLine(["site", "history"], {
    play: () => ({
      ok: true,
      result: {
        current: 2,
        revisions: [
          { revision: 2, by: "operator local:root", note: "new door", at: "2026-11-24T08:00:00.000Z" },
          { revision: 1, by: "operator local:root", note: null, at: "2026-11-23T08:00:00.000Z" },
        ],
      },
    }),
  });
  expect(said.out).toContain("     2 *  2026-11-24T08:00:00.000Z  operator local:root  new door\n");
});

test("single changes are made on the revision in force, and their faults are told", async () => {
  const changes = file("changes.yaml", "- { kind: schedule, remove: nights }\n");
  const said = await commandLine(["site", "change", changes, "--dry-run", "--note", "no nights"], {
    play: (name) =>
      name === "site.export"
        ? { ok: true, result: { revision: 7, document: {} } }
        : { ok: true, result: { revision: 7, dryRun: true, changes: ["schedule nights: removed (Nights)"] } },
  });
  expect(said.asked.at(-1)).toEqual({
    name: "site.change",
    params: { base: 7, changes: [{ kind: "schedule", remove: "nights" }], dryRun: true, note: "no nights" },
  });
  expect(said.out).toContain("schedule nights: removed (Nights)");
});

test("a rollback names the revision and says what came of it", async () => {
  const said = await commandLine(["site", "rollback", "1", "--note", "oops"], {
    play: () => ({ ok: true, result: { revision: 3, changes: ["door side: removed"] } }),
  });
  expect(said.asked).toEqual([{ name: "site.rollback", params: { revision: 1, note: "oops" } }]);
  expect(said.out).toContain("Revision 3 is in force.");
});
