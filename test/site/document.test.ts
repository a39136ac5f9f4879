import { readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { parseSite } from "../../gateway/site/document.js";
import { siteJsonSchema } from "../../gateway/site/json-schema.js";
import { limits } from "../../gateway/site/plain.js";
import { cpuMs } from "./cpu.js";
import { faultsIn, rawHouse, smallHouse } from "./small-house.js";

test("a sound document is read and stays as it was written", () => {
  expect(parseSite(rawHouse())).toEqual({ ok: true, document: smallHouse() });
});

describe("a fault names its place and what would be right", () => {
  test.each<[string, (string | number)[], unknown, string]>([
    [
      "a field that is missing",
      ["doors", 0, "lock", "kind"],
      undefined,
      "doors[0].lock.kind: is missing; one of fail-secure, fail-safe",
    ],
    [
      "a misspelt field",
      ["doors", 0, "unlokMs"],
      7000,
      "doors[0].unlokMs: is not a field here; did you mean unlockMs?",
    ],
    ["a field that is like none", ["doors", 0, "colour"], "red", "doors[0].colour: is not a field here"],
    [
      "a field with other capitals",
      ["doors", 0, "exitbutton"],
      "io/input/9",
      "doors[0].exitbutton: is not a field here",
    ],
    [
      "a misspelt choice",
      ["doors", 0, "lock", "kind"],
      "fail-secur",
      'doors[0].lock.kind: cannot be "fail-secur"; did you mean fail-secure?',
    ],
    [
      "an input where a lock belongs",
      ["doors", 0, "lock", "point"],
      "front/input/1",
      "doors[0].lock.point: names an input, but a lock is needed here, such as front-door/lock/1",
    ],
    [
      "a point that is none",
      ["doors", 0, "contact"],
      "front",
      "doors[0].contact: must name an input of a device, such as front-door/input/1 (numbers 1 to 255)",
    ],
    [
      "point number 0",
      ["doors", 0, "contact"],
      "front/input/0",
      "doors[0].contact: must name an input of a device, such as front-door/input/1 (numbers 1 to 255)",
    ],
    ["text for a number", ["doors", 0, "unlockMs"], "5 s", 'doors[0].unlockMs: must be a number, not "5 s"'],
    [
      "a number too large",
      ["doors", 0, "unlockMs"],
      1e9,
      "doors[0].unlockMs: must be at most 240000, not 1000000000",
    ],
    [
      "half a millisecond",
      ["doors", 0, "unlockMs"],
      5000.5,
      "doors[0].unlockMs: must be a whole number, not 5000.5",
    ],
    ["a list for text", ["site", "name"], [], "site.name: must be text, not a list"],
    ["nothing where something belongs", ["areas", 0, "name"], null, "areas[0].name: is empty"],
    [
      "an id with capitals",
      ["areas", 0, "id"],
      "Street",
      "areas[0].id: must be an id: 1 to 63 small letters, digits and hyphens, starting with a letter or digit",
    ],
    [
      "a time of day that is none",
      ["schedules", 0, "week", 0, "from"],
      "7:00",
      "schedules[0].week[0].from: must be a time of day such as 07:00",
    ],
    [
      "an hour beyond 24",
      ["schedules", 0, "week", 0, "to"],
      "25:00",
      "schedules[0].week[0].to: must be a time of day such as 19:00, or 24:00",
    ],
    [
      "a day that does not exist",
      ["holidays", 0, "date"],
      "2026-02-29",
      "holidays[0].date: is not a day of the calendar",
    ],
    [
      "a misspelt time zone",
      ["site", "timeZone"],
      "Europe/Berln",
      "site.timeZone: is not a known time zone; write one such as Europe/Berlin",
    ],
    [
      "an offset for a time zone",
      ["site", "timeZone"],
      "+01:00",
      "site.timeZone: is not a known time zone; write one such as Europe/Berlin",
    ],
    [
      "a wrong fault action",
      ["doors", 0, "fire"],
      { fire: "open" },
      'doors[0].fire.fire: cannot be "open"; one of unlock, exit-only, close, none',
    ],
    ["no tenant", ["tenants"], [], "tenants: needs at least 1 entry"],
    [
      "a holiday rule that is none",
      ["schedules", 0, "holidays"],
      [{ from: "08:00" }],
      "schedules[0].holidays[0].to: is missing",
    ],
    [
      "a holiday range without its end",
      ["holidays", 0],
      { from: "2026-12-24", name: "Closed" },
      "holidays[0].to: is missing",
    ],
    [
      "an unknown card format",
      ["cardFormats"],
      ["H10311"],
      'cardFormats[0]: cannot be "H10311"; did you mean H10301?',
    ],
  ])("%s", (_what, path, value, fault) => {
    expect(faultsIn(rawHouse([path, value]))).toContainEqual(expect.stringContaining(fault));
  });

  test("and all faults are told at once", () => {
    const raw = rawHouse(
      [["site", "timeZone"], "Mars/Olympus"],
      [["doors", 0, "lock", "kind"], "wood"],
      [["doors", 2, "lock", "point"], "store/reader/1"],
      [["groups", 0, "acess"], []],
    );
    expect(faultsIn(raw)).toHaveLength(4);
  });

  test("but no more than anybody reads", () => {
    const doors = Array.from({ length: 500 }, () => ({ id: "?" }));
    const faults = faultsIn(rawHouse([["doors"], doors]));
    expect(faults).toHaveLength(101);
    expect(faults.at(-1)).toMatch(/^: and \d+ more faults$/);
  });
});

describe("what is no document is refused with a reason", () => {
  test.each<[string, unknown]>([
    ["nothing", undefined],
    ["null", null],
    ["text", "site: hq"],
    ["a list", []],
    ["a number", Number.NaN],
    ["a date", new Date()],
    ["a map", new Map()],
    ["a function", () => {}],
    ["a symbol", Symbol("site")],
  ])("%s", (_what, raw) => {
    expect(faultsIn(raw).length).toBeGreaterThan(0);
  });

  test("a value that contains itself", () => {
    const raw = rawHouse() as { areas: unknown[] };
    raw.areas.push(raw);
    expect(faultsIn(raw)).toEqual(["areas[5]: contains itself"]);
  });
  test("a value that is nested a hundred levels deep", () => {
    let deep: unknown = "end";
    for (let level = 0; level < 100_000; level += 1) deep = [deep];
    expect(faultsIn({ areas: deep })).toEqual([expect.stringContaining("nested deeper")]);
  });
  test("a few lines of aliases that would become millions of values", () => {
    let wide: unknown = "lol";
    for (let level = 0; level < 9; level += 1) wide = Array.from({ length: 10 }, () => wide);
    const spent = cpuMs(() =>
      expect(faultsIn({ areas: wide })).toEqual([
        expect.stringContaining(`more than ${limits.values} values`),
      ]),
    );
    expect(spent).toBeLessThan(2_000);
  });
  test("keys that would reach a prototype", () => {
    const raw = JSON.parse('{"site":{"__proto__":{"id":"x"}},"__proto__":{"admin":true}}');
    expect(faultsIn(raw)).toEqual([expect.stringContaining("__proto__")]);
    expect(faultsIn(rawHouse([["doors", 0, "constructor"], {}]))).toEqual([
      "doors[0].constructor: is not a field here",
    ]);
    expect(({} as Record<string, unknown>).admin).toBeUndefined();
  });
  test("a getter that throws", () => {
    const raw = {
      get site() {
        throw new Error("boo");
      },
    };
    expect(faultsIn(raw)).toEqual([": cannot be read as data"]);
  });
});

/** Every value of the document, by its path. */
function places(value: unknown, path: (string | number)[] = []): (string | number)[][] {
  if (typeof value !== "object" || value === null) return [path];
  const entries: [string | number, unknown][] = Array.isArray(value)
    ? [...value.entries()]
    : Object.entries(value);
  return [path, ...entries.flatMap(([key, each]) => places(each, [...path, key]))].filter(
    (p) => p.length > 0,
  );
}

describe("garbage in any field is refused with a reason, or is read as what it is", () => {
  const all = places(smallHouse());
  const garbage: unknown[] = [
    null,
    true,
    -1,
    1e308,
    Number.POSITIVE_INFINITY,
    "",
    " ",
    "\0",
    "a\u0000b",
    "'; drop table doors; --",
    '"><script>',
    "__proto__",
    "constructor",
    "../../etc/passwd",
    "x".repeat(65_536),
    "\ud800",
    "\u202Etxet",
    [],
    {},
    [[]],
    { constructor: { prototype: 1 } },
  ];
  test("each field in turn", () => {
    for (const path of all) {
      for (const value of garbage) {
        const parsed = parseSite(rawHouse([path, value]));
        if (parsed.ok) continue;
        expect(parsed.faults.length).toBeGreaterThan(0);
        for (const { message } of parsed.faults) {
          expect(message.length).toBeLessThan(400);
          expect(message).not.toMatch(/undefined|\[object|Invalid|NaN/);
        }
      }
    }
  });
  test("NUL and 64 kB are accepted nowhere", () => {
    for (const path of all) {
      expect(parseSite(rawHouse([path, "a\0b"])).ok, path.join(".")).toBe(false);
      expect(parseSite(rawHouse([path, "x".repeat(65_536)])).ok, path.join(".")).toBe(false);
    }
  });
  test("anything at all", () => {
    fc.assert(
      fc.property(
        fc.anything({ withNullPrototype: true, maxDepth: 4 }),
        fc.constantFrom(...all),
        (value, path) => {
          const parsed = parseSite(rawHouse([path, value]));
          expect(parsed.ok || parsed.faults.length > 0).toBe(true);
        },
      ),
      { numRuns: 500 },
    );
  });
});

test("the JSON Schema that editors use is the current one (npx tsx config/schema/write.ts)", () => {
  const file = new URL("../../config/schema/site.schema.json", import.meta.url);
  expect(JSON.parse(readFileSync(file, "utf8"))).toEqual(JSON.parse(JSON.stringify(siteJsonSchema())));
});
