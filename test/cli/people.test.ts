import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Performed } from "../../gateway/ports.js";
import { commandLine, type Play } from "./command-line.js";

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "gw-people-"));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function file(text: string): string {
  const path = join(folder, "people.csv");
  writeFileSync(path, text);
  return path;
}

const header = "person,name,groups,credential,printed,valid_from,valid_until,status\n";

interface ImportParams {
  readonly rows: readonly { readonly person: string }[];
  readonly dryRun?: true;
}

/** Takes every list; everybody is new. */
const takesAll: Play = (_name, params) => {
  const { rows, dryRun } = params as unknown as ImportParams;
  const counts = { people: rows.length, added: rows.length, changed: 0, unchanged: 0, credentials: 0 };
  return { ok: true, result: { ...(dryRun ? { dryRun: true } : {}), ...counts } };
};

describe("a list of people", () => {
  test("is taken with everybody's groups and cards", async () => {
    const path = file(`${header}ben,Ben,staff;lab,"142,51091",51091,,,active\nben,,,uid:04A1B2C3,,,,lost\n`);
    const said = await commandLine(["people", "import", path, "--note", "new badges"], { play: takesAll });
    expect(said).toMatchObject({ exitCode: 0, err: "" });
    expect(said.asked).toMatchObject([
      {
        name: "people.import",
        params: {
          note: "new badges",
          rows: [
            {
              person: "ben",
              name: "Ben",
              groups: ["staff", "lab"],
              credentials: [
                { value: "142,51091", printed: "51091" },
                { value: "uid:04A1B2C3", status: "lost" },
              ],
            },
          ],
        },
      },
    ]);
    expect(said.out).toContain("added:        1\n");
  });

  test("as a dry run is only checked", async () => {
    const said = await commandLine(["people", "import", "-", "--dry-run", "--json"], {
      play: takesAll,
      input: `${header}ben,Ben,,,,,,\n`,
    });
    expect(said.asked.map(({ params }) => (params as ImportParams).dryRun)).toEqual([true]);
    expect(JSON.parse(said.out)).toMatchObject({ dryRun: true, people: 1, added: 1 });
  });

  test("that is long is checked whole before the first person is taken, in pieces that leave doors their time", async () => {
    const long = Array.from({ length: 2_500 }, (_, n) => `p${n},Person ${n},,,,,,\n`).join("");
    const said = await commandLine(["people", "import", file(header + long), "--json"], { play: takesAll });
    const pieces = said.asked.map(({ params }) => params as ImportParams);
    expect(pieces.map(({ rows, dryRun }) => [rows.length, dryRun === true])).toEqual([
      [1000, true],
      [1000, true],
      [500, true],
      [1000, false],
      [1000, false],
      [500, false],
    ]);
    expect(JSON.parse(said.out)).toMatchObject({ people: 2500, added: 2500 });
  });

  test("with a fault in its form is not even sent, and the line is named", async () => {
    const path = file(`${header}ben,Ben,,,,,,\nBen Two,Ben,,,,,,perhaps\n`);
    const said = await commandLine(["people", "import", path]);
    expect(said).toMatchObject({ exitCode: 2, out: "", asked: [] });
    expect(said.err).toContain(`${path}:3 person: `);
    expect(said.err).toContain(`${path}:3 status: `);
  });

  test("with a fault that only the site knows of names the line and the person, wherever it is in the list", async () => {
    const lines = Array.from({ length: 1_200 }, (_, n) => `p${n},Person ${n},,,,,,\n`).join("");
    const path = file(header + lines);
    const play: Play = (name, params) =>
      (params as unknown as ImportParams).rows[0]?.person === "p1000"
        ? ({
            ok: false,
            refusal: {
              code: "invalid",
              message: "the list has 1 fault(s); nothing was taken",
              faults: [{ path: "rows[7].groups", message: 'there is no group "stuff"' }],
            },
          } as Performed)
        : takesAll(name, params);
    const said = await commandLine(["people", "import", path], { play });
    expect(said).toMatchObject({ exitCode: 2, out: "" });
    expect(said.err).toContain(`${path}:1009 p1007 groups: there is no group "stuff"\n`);
    expect(said.asked.every(({ params }) => (params as ImportParams).dryRun === true)).toBe(true);
  });

  test("that fails half way after all says how many were taken", async () => {
    const lines = Array.from({ length: 1_200 }, (_, n) => `p${n},Person ${n},,,,,,\n`).join("");
    const play: Play = (name, params) => {
      const { rows, dryRun } = params as unknown as ImportParams;
      return !dryRun && rows[0]?.person === "p1000"
        ? { ok: false, refusal: { code: "conflict", message: "somebody else has this card" } }
        : takesAll(name, params);
    };
    const said = await commandLine(["people", "import", file(header + lines)], { play });
    expect(said.exitCode).toBe(3);
    expect(said.err).toContain("somebody else has this card; the 1000 people before it were taken\n");
  });
});

describe("people on the command line", () => {
  const ben = {
    id: "ben",
    name: "Ben",
    groups: ["staff"],
    status: "active",
    validFrom: null,
    validUntil: "2026-12-31T23:00:00.000Z",
    credentials: [{ id: "c1", status: "active", value: "26:142:51091", validUntil: null }],
  };

  test("are listed page by page up to the limit", async () => {
    const play: Play = (_name, params) => {
      const from = Number(params.after ?? 0);
      const until = Math.min(from + Number(params.limit), 2_300);
      const people = Array.from({ length: until - from }, (_, n) => ({ ...ben, id: `p${from + n}` }));
      return { ok: true, result: { people, total: 2_300, next: until < 2_300 ? String(until) : null } };
    };
    const all = await commandLine(["people", "list", "--limit", "5000", "--json"], { play });
    expect(JSON.parse(all.out)).toMatchObject({ total: 2_300, next: null });
    expect(JSON.parse(all.out).people).toHaveLength(2_300);
    const some = await commandLine(["people", "list", "--limit", "1500"], { play });
    expect(some.out.split("\n")).toHaveLength(1 + 1500 + 1 + 1);
    expect(some.out).toContain("There are more; --limit shows them.\n");
  });

  test("one is shown with groups and cards", async () => {
    const said = await commandLine(["person", "show", "ben"], {
      play: () => ({ ok: true, result: { person: ben } }),
    });
    expect(said.out).toContain("groups:       staff\n");
    expect(said.out).toMatch(/c1 +active +26:142:51091/);
  });

  test("only what is given of a person is changed, and a bound can be taken away", async () => {
    const play = () => ({ ok: true, result: { person: ben } }) as const;
    const argv = "person set ben --group staff --group lab --valid-until none".split(" ");
    const said = await commandLine(argv, { play });
    expect(said.asked).toEqual([
      { name: "person.put", params: { person: "ben", groups: ["staff", "lab"], validUntil: null } },
    ]);
  });

  test("one is blocked and let in again", async () => {
    const blocked = await commandLine(["person", "block", "ben", "--note", "left"]);
    expect(blocked.asked).toEqual([
      { name: "person.block", params: { person: "ben", blocked: true, note: "left" } },
    ]);
    expect(blocked.out).toBe("Person ben is blocked.\n");
    expect((await commandLine(["person", "unblock", "ben"])).asked).toEqual([
      { name: "person.block", params: { person: "ben", blocked: false } },
    ]);
  });

  test("a card is given in any spelling, and lost", async () => {
    const play = () => ({ ok: true, result: { credential: { id: "c2", status: "active" } } }) as const;
    const given = await commandLine(["credential", "add", "ben", "142,51091", "--printed", "51091"], {
      play,
    });
    expect(given.asked).toEqual([
      { name: "credential.add", params: { person: "ben", value: "142,51091", printed: "51091" } },
    ]);
    expect(given.out).toBe("Credential c2 is ben's.\n");
    const lost = await commandLine(["credential", "status", "c2", "lost"]);
    expect(lost.asked).toEqual([{ name: "credential.status", params: { credential: "c2", status: "lost" } }]);
  });
});
