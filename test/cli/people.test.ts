import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
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

interface Fault {
  readonly line: number;
  readonly column: string;
  readonly message: string;
}

const sums = { lines: 2, people: 1, added: 1, changed: 0, unchanged: 0, credentials: 2, refused: 0 };

/** Takes a list as a gateway does: it has to be asked again and again. */
function takes(faults: readonly Fault[] = [], ends: "done" | "failed" = "done"): Play {
  let state = "receiving";
  let asked = 0;
  const next: Readonly<Record<string, string>> = { checking: "checked", applying: ends };
  const told = () => ({
    import: "import-1",
    state,
    step: state,
    done: asked,
    of: 10,
    leftMs: 1_500,
    refused: faults.length,
    summary: state === "receiving" || state === "checking" ? null : { ...sums, refused: faults.length },
    faults,
    message: state === "failed" ? "somebody changed people meanwhile; 500 people were applied" : null,
  });
  return (name) => {
    asked += 1;
    if (name === "people.import.check") state = "checking";
    else if (name === "people.import.apply") state = "applying";
    else if (name === "people.import.cancel") state = "cancelled";
    else if (name === "people.import.get") state = next[state] ?? state;
    return { ok: true, result: told() };
  };
}

const steps = (said: { readonly asked: readonly { readonly name: string }[] }): string[] =>
  said.asked.map(({ name }) => name.replace("people.import.", "")).filter((name) => name !== "get");

describe("a list of people", () => {
  test("is sent as it is, checked whole, and then applied", async () => {
    const text = `${header}ben,Ben,staff;lab,"142,51091",51091,,,active\nben,,,uid:04A1B2C3,,,,lost\n`;
    const path = file(text);
    const said = await commandLine(["people", "import", path, "--note", "new badges"], { play: takes() });
    expect(said).toMatchObject({ exitCode: 0, err: "" });
    expect(steps(said)).toEqual(["begin", "content", "check", "apply"]);
    expect(said.asked[0]?.params).toEqual({ name: "people.csv", bytes: text.length, note: "new badges" });
    expect(said.asked[1]?.params).toEqual({
      import: "import-1",
      offset: 0,
      data: Buffer.from(text).toString("base64"),
    });
    expect(said.out).toContain("added:        1\n");
  });

  test("that is long is sent in pieces, from wherever it comes", async () => {
    const long = header + Array.from({ length: 40_000 }, (_, n) => `p${n},Person ${n},,,,,,\n`).join("");
    const said = await commandLine(["people", "import", "-", "--json"], { play: takes(), input: long });
    const pieces = said.asked.flatMap(({ name, params }) => (name.endsWith("content") ? [params] : []));
    expect(pieces.length).toBeGreaterThan(1);
    const sent = pieces.map((params) => {
      const { offset, data } = params as { offset: number; data: string };
      return { offset, bytes: Buffer.from(data, "base64") };
    });
    let at = 0;
    for (const { offset, bytes } of sent) {
      expect(offset).toBe(at);
      at += bytes.length;
    }
    expect(Buffer.concat(sent.map(({ bytes }) => bytes)).toString()).toBe(long);
    expect(JSON.parse(said.out)).toEqual({ people: 1, added: 1, changed: 0, unchanged: 0, credentials: 2 });
  });

  test("as a dry run is only checked, and then forgotten", async () => {
    const said = await commandLine(["people", "import", "-", "--dry-run", "--json"], {
      play: takes(),
      input: `${header}ben,Ben,,,,,,\n`,
    });
    expect(steps(said)).toEqual(["begin", "content", "check", "cancel"]);
    expect(JSON.parse(said.out)).toMatchObject({ dryRun: true, people: 1, added: 1 });
  });

  test("with faults is not applied, and each fault names its line", async () => {
    const path = file(`${header}ben,Ben,stuff,,,,,\nBen Two,Ben,,,,,,perhaps\n`);
    const play = takes([
      { line: 2, column: "groups", message: 'there is no group "stuff"' },
      { line: 3, column: "person", message: "must be an id" },
    ]);
    const said = await commandLine(["people", "import", path], { play });
    expect(said).toMatchObject({ exitCode: 2, out: "" });
    expect(said.err).toContain(`${path}:2 groups: there is no group "stuff"\n`);
    expect(said.err).toContain(`${path}:3 person: must be an id\n`);
    expect(said.err).toContain("2 lines have faults, so nothing was taken");
    expect(steps(said)).toEqual(["begin", "content", "check", "cancel"]);
  });

  test("that fails half way after all says how many were taken", async () => {
    const path = file(`${header}ben,Ben,,,,,,\n`);
    const said = await commandLine(["people", "import", path], { play: takes([], "failed") });
    expect(said.exitCode).toBe(3);
    expect(said.err).toContain("500 people were applied");
  });

  test("is cancelled by Ctrl-C", async () => {
    const stop = new AbortController();
    const takesIt = takes();
    const play: Play = (name, params) => {
      if (name === "people.import.apply") stop.abort();
      return name === "people.import.get" && stop.signal.aborted
        ? takesIt("still", params)
        : takesIt(name, params);
    };
    const path = file(`${header}ben,Ben,,,,,,\n`);
    const said = await commandLine(["people", "import", path], { play, stopping: stop.signal });
    expect(said.exitCode).toBe(3);
    expect(said.err).toContain("cancelled");
    expect(steps(said).at(-1)).toBe("cancel");
  });

  test("that is not there is named", async () => {
    const said = await commandLine(["people", "import", join(folder, "nothing.csv")], { play: takes() });
    expect(said).toMatchObject({ exitCode: 2, asked: [] });
    expect(said.err).toContain("nothing.csv: there is no such file");
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

  test("are exported as a list that can be imported, with nothing in it that a spreadsheet would compute", async () => {
    const odd = {
      ...ben,
      id: "odd",
      name: '=cmd|" /C calc"!A0',
      status: "blocked",
      validUntil: null,
      company: "=Kran AG",
      host: "ben",
      traits: ["contractor", "escort"],
      trainings: { laser: "2027-01-31T00:00:00.000Z" },
      pin: true,
      credentials: [
        { id: "c3", status: "lost", value: "uid:04a1b2c3", printed: "-1", maxUses: 3, responder: true },
      ],
    };
    const play: Play = () => ({ ok: true, result: { people: [ben, odd], total: 2, next: null } });
    const said = await commandLine(["people", "export"], { play });
    expect(said.out.split("\r\n")).toEqual([
      "person,name,groups,credential,printed,valid_from,valid_until,status,company,host,sponsor,traits,trainings,inducted_until,max_uses,responder",
      "ben,Ben,staff,26:142:51091,,,2026-12-31T23:00:00.000Z,active,,,,,,,,",
      `odd,"'=cmd|"" /C calc""!A0",staff,,,,,blocked,'=Kran AG,ben,,"contractor;escort",laser:2027-01-31T00:00:00.000Z,,,`,
      `odd,"'=cmd|"" /C calc""!A0",staff,uid:04a1b2c3,'-1,,,lost,'=Kran AG,ben,,"contractor;escort",laser:2027-01-31T00:00:00.000Z,,3,yes`,
      "",
    ]);
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

  test("a PIN is read from stdin and is in no argument and no answer", async () => {
    const play = () => ({ ok: true, result: { person: "ben", pin: true } }) as const;
    const said = await commandLine(["person", "pin", "ben", "--note", "asked"], { play, input: "4711\n" });
    expect(said.asked).toEqual([
      { name: "person.pin", params: { person: "ben", pin: "4711", note: "asked" } },
    ]);
    expect(said.out).toBe("The PIN of ben is set.\n");
    const none = await commandLine(["person", "pin", "ben"], { play, input: "" });
    expect([none.exitCode, none.asked]).toEqual([2, []]);
    const gone = await commandLine(["person", "pin", "ben", "--remove"], { play, input: "4711\n" });
    expect(gone.asked).toEqual([{ name: "person.pin", params: { person: "ben", pin: null } }]);
  });

  test("somebody is let in for a while, and said to work for somebody", async () => {
    const play = () => ({ ok: true, result: { person: ben, ended: 1 } }) as const;
    const until = "2026-11-24T18:00:00.000Z";
    const argv = ["person", "let-in", "ben", "--door", "lab", "--until", "2026-11-24T18:00:00Z"];
    expect((await commandLine(argv, { play })).asked).toEqual([
      { name: "person.let-in", params: { person: "ben", door: "lab", until } },
    ]);
    expect((await commandLine(["person", "let-in-end", "ben"], { play })).out).toBe("Person ben: 1 ended.\n");
    const set = await commandLine(
      "person set ben --company Kran --host none --trait escort --trait visitor --training laser=2027-01-31T00:00Z".split(
        " ",
      ),
      { play },
    );
    expect(set.asked[0]?.params).toEqual({
      person: "ben",
      company: "Kran",
      host: null,
      traits: ["escort", "visitor"],
      trainings: { laser: "2027-01-31T00:00:00.000Z" },
    });
    const bad = await commandLine(["person", "set", "ben", "--trait", "vip"], { play });
    expect([bad.exitCode, bad.asked]).toEqual([2, []]);
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

describe("visitors and leavers on the command line", () => {
  const leavers = {
    people: [{ id: "kim", name: "Kim", company: "Kran AG", badges: 1, pin: false }],
    badges: 1,
    alreadyRevoked: 2,
    unmatched: [{ text: "B-9", why: "nobody has this id or badge" }],
    list: "0123",
  };
  const play = (result: object) => () => ({ ok: true, result }) as const;

  test("who would be revoked is shown, with what is not matched, and how to undo it afterwards", async () => {
    const argv = ["people", "revoke", "--company", "Kran AG", "--dry-run"];
    const said = await commandLine(argv, { play: play({ dryRun: true, ...leavers }) });
    expect(said.asked).toEqual([
      { name: "people.revoke-many", params: { company: "Kran AG", dryRun: true } },
    ]);
    expect(said.out).toContain("Nobody was revoked; it would be:");
    expect(said.out).toContain("1 people, 1 badges; 2 were revoked before.");
    expect(said.out).toContain("Not matched: B-9 (nobody has this id or badge)");
    const done = await commandLine(argv.slice(0, 4), { play: play({ act: "act-1", ...leavers }) });
    expect(done.out).toContain("To undo: gatewarden people restore act-1");
  });

  test.each([
    ["a column by its name", "name;badge\nKim;B-1\nLou;B-2\n;\nKim;B-1\n", ["B-1", "B-2"]],
    ["the first column where none is named", "kim\nlou\n\n", ["kim", "lou"]],
  ])("a list is read: %s", async (_, input, people) => {
    const said = await commandLine(["people", "revoke", "--file", "-"], { play: play(leavers), input });
    expect(said.asked).toEqual([{ name: "people.revoke-many", params: { people } }]);
  });

  test("a list that names nobody revokes nobody", async () => {
    const said = await commandLine(["people", "revoke", "--file", "-"], { input: "badge\n" });
    expect([said.exitCode, said.asked]).toEqual([2, []]);
  });

  test("a visitor is expected for somebody, and the code is told", async () => {
    const result = { person: { id: "visitor-1", validUntil: "2026-11-24T18:00:00.000Z" }, code: "90417263" };
    const said = await commandLine(
      ["visitor", "add", "Vera", "--host", "ada", "--door", "front", "--door", "lab", "--code"],
      { play: play(result) },
    );
    expect(said.asked).toEqual([
      { name: "visitor.add", params: { name: "Vera", host: "ada", doors: ["front", "lab"], code: true } },
    ]);
    expect(said.out).toBe("Visitor visitor-1 is expected until 2026-11-24T18:00:00.000Z.\nCode: 90417263\n");
    expect((await commandLine(["visitor", "add", "Vera"])).exitCode).toBe(2);
  });
});
