import { describe, expect, test } from "vitest";
import type { Performed } from "../../gateway/ports.js";
import { commandLine } from "./command-line.js";

const person = {
  person: "ada",
  name: "Ada Berg",
  area: "lobby",
  areaName: "Lobby",
  how: "certain",
  since: "2026-11-24T08:00:00.000Z",
  door: "front",
  visitor: true,
  safe: null,
};

const list = (muster: object | null): Performed => ({
  ok: true,
  result: {
    at: "2026-11-24T10:00:00.000Z",
    muster,
    counts: { certain: 1, possible: 1, visitors: 1, safe: 1, missing: 1 },
    people: [
      person,
      {
        ...person,
        name: "Gil Mai",
        how: "possible",
        visitor: false,
        safe: { at: person.since, by: "gate-post" },
      },
    ],
    unnamed: [{ door: "front", name: "Front door", exits: 3, openings: 1 }],
  },
});

describe("a muster on the command line", () => {
  test("is a list to print: who is missing, how surely, and who cannot be named", async () => {
    const running = { since: "2026-11-24T09:58:00.000Z", by: "smoke" };
    const said = await commandLine(["muster"], { play: () => list(running) });
    expect(said.asked).toEqual([{ name: "muster.list", params: {} }]);
    expect(said.out).toContain("called by smoke");
    expect(said.out).toContain("1 safe, 1 not found yet.");
    expect(said.out).toContain("3 asked to leave, 1 openings for nobody known");
    expect(said.out).toMatch(/^NO +Ada Berg \(visitor\) +Lobby +\d\d:\d\d:\d\d +certain$/m);
    expect(said.out).toMatch(/^yes +Gil Mai +Lobby +\d\d:\d\d:\d\d +possible$/m);
  });

  test("without one the list is of who is inside", async () => {
    const said = await commandLine(["muster"], { play: () => list(null) });
    expect(said.out).toContain("No muster is running.");
    expect(said.out).not.toContain("NO ");
  });

  test.each([
    [["muster", "start"], { name: "muster.start", params: {} }],
    [
      ["muster", "start", "--area", "lobby", "--area", "yard", "--note", "drill"],
      { name: "muster.start", params: { areas: ["lobby", "yard"], note: "drill" } },
    ],
    [["muster", "safe", "ada"], { name: "muster.safe", params: { person: "ada" } }],
    [["muster", "end"], { name: "muster.end", params: {} }],
    [["clock", "trust", "--note", "my watch"], { name: "clock.trust", params: { note: "my watch" } }],
    [
      ["emergency-badge", "remove", "emergency-1"],
      { name: "emergency-badge.remove", params: { badge: "emergency-1" } },
    ],
  ])("%j asks for what it says", async (argv, asked) => {
    const said = await commandLine(argv as string[], {
      play: () => ({ ok: true, result: { badge: "emergency-1" } }),
    });
    expect(said).toMatchObject({ exitCode: 0, asked: [asked] });
  });

  test("emergency badges are a table, and a file that cannot be believed is said", async () => {
    const badge = {
      id: "emergency-1",
      name: "Key safe",
      shown: "…e5f6",
      addedAt: person.since,
      addedBy: "olga",
    };
    const play = (refused: string | null) => (): Performed => ({
      ok: true,
      result: { badges: [badge], most: 8, refused },
    });
    const said = await commandLine(["emergency-badge", "list"], { play: play(null) });
    expect(said.out).toMatch(/^emergency-1 +Key safe +…e5f6 +2026-11-24 +olga$/m);
    const broken = await commandLine(["emergency-badge", "list"], { play: play("its signature is wrong") });
    expect(broken.out).toBe("None is known. its signature is wrong\n");
  });
});
