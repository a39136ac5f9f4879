import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { diffSites } from "../../gateway/site/diff.js";
import type { SiteDocument } from "../../gateway/site/document.js";
import { checkSite } from "../../gateway/site/invariants.js";
import { locateFaults, longestYamlChars, parseSiteYaml, siteToYaml } from "../../gateway/site/yaml.js";
import { cpuMs } from "./cpu.js";
import { frontDoor, officeDoor, smallHouse, storeDoor } from "./small-house.js";

function faults(text: string): string[] {
  const parsed = parseSiteYaml(text);
  return parsed.ok
    ? []
    : parsed.faults.map((f) => `${f.line ?? "?"}:${f.column ?? "?"} ${f.path}: ${f.message}`);
}

describe("YAML", () => {
  test("that is written reads back as the same document", () => {
    const text = siteToYaml(smallHouse());
    expect(parseSiteYaml(text)).toEqual({ ok: true, document: smallHouse() });
  });
  test("keeps names that look like something else", () => {
    const name = fc.oneof(
      fc.constantFrom(
        "null",
        "yes",
        "no",
        "1e3",
        "07:00",
        "2026-11-24",
        "0x10",
        "~",
        "- a",
        "a: b",
        "# c",
        "&a",
        "*a",
        "!t",
      ),
      fc.string({ minLength: 1, maxLength: 100 }),
    );
    fc.assert(
      fc.property(name, (each) => {
        const document = smallHouse({ site: { id: "hq", name: each, timeZone: "UTC" } });
        const parsed = parseSiteYaml(siteToYaml(document));
        if (parsed.ok) expect(parsed.document).toEqual(document);
        else expect(parsed.faults[0]?.path).toBe("site.name");
      }),
      { numRuns: 200 },
    );
  });
  test("names the line of a fault", () => {
    const text = siteToYaml(smallHouse()).replace("kind: fail-secure", "kind: fail-secur");
    const line = text.split("\n").findIndex((each) => each.includes("kind: fail-secur")) + 1;
    expect(faults(text)).toEqual([
      expect.stringMatching(new RegExp(`^${line}:\\d+ doors\\[0\\]\\.lock\\.kind: `)),
    ]);
  });
  test("names the line of what is above a missing field", () => {
    const text = "site:\n  id: hq\n  name: HQ\n";
    expect(faults(text)).toContainEqual("2:3 site.timeZone: is missing");
  });
  test("names the lines of what a check finds", () => {
    const document = smallHouse({ doors: [frontDoor(), officeDoor({ to: "ofice" }), storeDoor()] });
    const text = siteToYaml(document);
    const line = text.split("\n").findIndex((each) => each.includes("to: ofice")) + 1;
    expect(locateFaults(checkSite(document), text)).toContainEqual(
      expect.objectContaining({ path: "doors[1].to", line }),
    );
  });
  test.each<[string, string, RegExp]>([
    ["that is broken", "site: [\n", /^[12]:\d+ : is not valid YAML/],
    ["with a key twice", "site: 1\nsite: 2\n", /2:1 : is not valid YAML/],
    ["of two documents", "a: 1\n---\nb: 2\n", /is not valid YAML/],
    ["that is empty", "", /.+/],
    ["that contains itself", "site: &a\n  id: *a\n", /contains itself/],
    ["with a tag that makes something", "site: !!js/function 'x'\n", /.+/],
    ["with a prototype", "__proto__:\n  a: 1\n", /__proto__/],
    ["that is binary", "\u0000\u0001\u0002", /.+/],
    ["that is too long", "#".repeat(longestYamlChars + 1), /longer than/],
  ])("%s is refused", (_what, text, fault) => {
    expect(faults(text).join("\n")).toMatch(fault);
  });
  test("of a few lines that would become millions is refused in a moment", () => {
    const lines = ["a0: &a0 [x,x,x,x,x,x,x,x,x,x]"];
    for (let level = 1; level < 12; level += 1) {
      lines.push(`a${level}: &a${level} [${Array.from({ length: 10 }, () => `*a${level - 1}`).join(",")}]`);
    }
    const spent = cpuMs(() => expect(faults(lines.join("\n")).length).toBeGreaterThan(0));
    expect(spent).toBeLessThan(2_000);
  });
  test("of any kind is read or refused", () => {
    const piece = fc.constantFrom(
      "site:",
      " ",
      "\n",
      "- ",
      "&a",
      "*a",
      "{",
      "}",
      "[",
      "]",
      "?",
      ": ",
      "'",
      '"',
      "|",
      "!!",
      "doors:",
      "id",
      "\t",
      "---",
      "%",
      "\0",
    );
    fc.assert(
      fc.property(
        fc.array(piece, { maxLength: 40 }).map((pieces) => pieces.join("")),
        (text) => {
          expect(faults(text).length).toBeGreaterThan(0);
        },
      ),
      { numRuns: 500 },
    );
  });
});

describe("the difference of two revisions", () => {
  const changes = (overrides: Partial<SiteDocument>) => diffSites(smallHouse(), smallHouse(overrides));

  test("of the same is nothing, also if a default is written out", () => {
    expect(changes({})).toEqual([]);
    expect(
      changes({
        doors: [frontDoor({ unlockMs: 5_000, exit: "free", passage: "contact" }), officeDoor(), storeDoor()],
        cardFormats: ["H10301"],
      }),
    ).toEqual([]);
  });
  test("says what was there before", () => {
    expect(
      changes({
        doors: [
          frontDoor({
            unlockMs: 7_000,
            lock: { point: "front/lock/1", kind: "fail-safe", mechanicalEgress: true },
          }),
          officeDoor(),
          storeDoor(),
        ],
      }),
    ).toEqual(["door front: unlockMs 5000 → 7000", "door front: lock.kind fail-secure → fail-safe"]);
  });
  test("says what came and what went", () => {
    expect(changes({ doors: [frontDoor(), officeDoor(), storeDoor({ id: "lab", name: "Lab" })] })).toEqual([
      "door store: removed (Store door)",
      "door lab: added (Lab)",
    ]);
  });
  test("tells rights, hours and holidays as people speak of them", () => {
    const access = [
      { doors: ["front", "office", "store"], schedule: "hours" },
      { areas: ["house"], schedule: "always" },
    ];
    const groups = [{ id: "staff", name: "Staff", access }, ...(smallHouse().groups?.slice(1) ?? [])];
    expect(changes({ groups })).toEqual([
      "group staff: access: door store during hours added",
      "group staff: access: area house always added",
    ]);
    const week = [{ days: ["mon" as const], from: "08:00", to: "16:00" }];
    expect(
      changes({ schedules: [{ id: "hours", name: "Office hours", week, holidays: "as-usual" }] }),
    ).toEqual([
      "schedule hours: week: mon tue wed thu fri 07:00–19:00 removed",
      "schedule hours: week: mon 08:00–16:00 added",
      "schedule hours: holidays closed → as-usual",
    ]);
    expect(changes({ holidays: [] })).toEqual(["holidays: 2026-12-25 Christmas Day removed"]);
    expect(changes({ cardFormats: [] })).toEqual(["card formats: H10301 → none"]);
  });
  test("says of a name what it was", () => {
    expect(changes({ site: { id: "hq", name: "Big house", timeZone: "Europe/Paris" } })).toEqual([
      "site: name Small house → Big house",
      "site: timeZone Europe/Berlin → Europe/Paris",
    ]);
  });
  test("says what another first tenant moves, since it is meant where none is named", () => {
    const tenants = [
      { id: "other", name: "Other" },
      { id: "main", name: "Main" },
    ];
    expect(changes({ tenants })).toEqual(
      expect.arrayContaining([
        "tenant other: added (Other)",
        "area lobby: tenant main → other",
        "door front: tenant main → other",
      ]),
    );
    const both = smallHouse({ tenants: [...tenants].reverse() });
    expect(diffSites(both, { ...both, tenants })).toContain("door front: tenant main → other");
  });
  test("of a first revision is its size", () => {
    expect(diffSites(undefined, smallHouse())).toEqual([
      "site hq: added (Small house) with 1 tenant, 5 areas, 3 doors, 1 partition, 2 sensors, 4 devices, 1 schedule, 2 groups",
    ]);
  });
});
