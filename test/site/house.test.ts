import { describe, expect, test } from "vitest";
import { compileSite } from "../../gateway/site/compile.js";
import type { SiteDocument } from "../../gateway/site/document.js";
import { checkSite } from "../../gateway/site/invariants.js";
import { faultsIn, frontDoor, officeDoor, smallHouse, storeDoor } from "./small-house.js";

const at = Date.parse("2026-11-23T09:00:00Z");

/** A house with all that doors can be together. */
function wholeHouse(overrides: Partial<SiteDocument> = {}): SiteDocument {
  const plain = smallHouse();
  return smallHouse({
    areas: [...plain.areas, { id: "cabin", name: "Lift cabin" }],
    doorGroups: [{ id: "inner", name: "Inner doors", doors: ["office", "store"] }],
    interlocks: [{ id: "airlock", name: "Airlock", doors: ["front", "office"] }],
    lifts: [
      {
        id: "lift",
        name: "Lift",
        area: "cabin",
        reader: "io/reader/1",
        floors: [
          { area: "lobby", output: "io/output/1" },
          { area: "store", output: "io/output/2" },
        ],
      },
    ],
    threatLevels: [
      { id: "green", name: "Green" },
      {
        id: "red",
        name: "Red",
        doors: [
          { doorGroup: "inner", mode: "secured" },
          { doorGroup: "all", mode: "card-and-pin" },
        ],
        onlyGroups: ["keepers"],
      },
    ],
    cardCommands: [
      { id: "down", name: "Lock down", groups: ["keepers"], doors: ["front"], lockdown: "all" },
      { id: "up", name: "End it", groups: ["keepers"], doors: ["office"], endLockdown: "inner" },
      { id: "red", name: "Red", groups: ["keepers"], doors: ["store"], threatLevel: "red" },
    ],
    keypad: { wrong: 3 },
    sensors: [
      ...(plain.sensors ?? []),
      { id: "desk", name: "Desk", type: "panic", point: "io/input/3", lockdown: "all" },
      {
        id: "key",
        name: "Key",
        type: "technical",
        point: "io/input/4",
        lockdown: "inner",
        threatLevel: "red",
      },
    ],
    ...overrides,
  });
}

const faults = (overrides: Partial<SiteDocument>): string[] =>
  checkSite(wholeHouse(overrides)).map(({ path, message }) => `${path}: ${message}`);

describe("what doors are together", () => {
  test("is read, is sound, and is compiled", () => {
    expect(faultsIn(wholeHouse())).toEqual([]);
    expect(faults({})).toEqual([]);
    const site = compileSite(wholeHouse(), 1, at);
    expect(site.doorGroups?.get("inner")?.doors).toEqual(["office", "store"]);
    expect(site.interlocks?.get("airlock")?.doors).toEqual(["front", "office"]);
    expect(site.lifts?.get("lift")).toMatchObject({ ms: 10_000, tenant: "main", area: "cabin" });
    expect(site.lifts?.get("lift")?.reader).toEqual({ device: "io", kind: "reader", n: 1 });
    expect(site.threatLevels?.map(({ id, modes }) => [id, [...modes]])).toEqual([
      ["green", []],
      [
        "red",
        [
          ["office", "secured"],
          ["store", "secured"],
          ["front", "card-and-pin"],
        ],
      ],
    ]);
    expect(site.cardCommands?.map(({ does }) => does)).toEqual([
      { is: "lockdown-start", doorGroup: null },
      { is: "lockdown-end", doorGroup: "inner" },
      { is: "threat-level", level: "red" },
    ]);
    expect(site.keypad).toEqual({ wrong: 3, withinMs: 300_000, silentMs: 90_000, waitMs: 10_000 });
    expect(site.sensors.get("desk")).toMatchObject({ lockdown: null });
    expect(site.sensors.get("key")).toMatchObject({ lockdown: "inner", threatLevel: "red" });
  });

  test("a right to an area is a right to the floors of lifts that are in it", () => {
    const site = compileSite(wholeHouse(), 1, at);
    expect(site.groups.get("keepers")?.doors.get("lift/store")).toEqual(["always"]);
    expect(site.groups.get("keepers")?.doors.get("lift/lobby")).toEqual(["always"]);
    expect(site.groups.get("staff")?.doors.has("lift/lobby")).toBe(false);
  });

  test("a door's toggle and first person in", () => {
    const doors = [
      frontDoor(),
      officeDoor(),
      storeDoor({ freeSchedule: "hours", firstPersonIn: true, toggle: true }),
    ];
    expect(compileSite(wholeHouse({ doors }), 1, at).doors.get("store")).toMatchObject({
      toggle: true,
      firstPersonIn: true,
    });
  });
});

test.each<[string, Partial<SiteDocument>, string]>([
  [
    "an interlock of a door without a contact",
    { interlocks: [{ id: "airlock", name: "Airlock", doors: ["front", "store"] }] },
    "interlocks[0].doors[1]: the door store has no contact, so that it is never known to be closed",
  ],
  [
    "an interlock of a door that is free at times",
    { doors: [frontDoor({ freeSchedule: "hours" }), officeDoor(), storeDoor()] },
    "interlocks[0].doors[0]: the door front has a freeSchedule: a door of an interlock cannot stand free",
  ],
  [
    "an interlock of a door that is not there",
    { interlocks: [{ id: "airlock", name: "Airlock", doors: ["front", "offic"] }] },
    "interlocks[0].doors[1]: there is no door offic; did you mean office?",
  ],
  [
    "a usual level that changes something",
    { threatLevels: [{ id: "red", name: "Red", deny: ["staff"] }] },
    "threatLevels[0]: the first level is the usual one and changes nothing; put another before it",
  ],
  [
    "a level that frees a door of an interlock",
    {
      threatLevels: [
        { id: "red", name: "Red" },
        { id: "free", name: "Free", doors: [{ doorGroup: "all", mode: "free" }] },
      ],
    },
    "threatLevels[1].doors[0].mode: the door front is of an interlock and cannot stand free",
  ],
  [
    "a command that is two",
    {
      cardCommands: [
        { id: "x", name: "X", groups: ["staff"], doors: ["front"], lockdown: "all", threatLevel: "red" },
      ],
    },
    "cardCommands[0]: names exactly one of lockdown, endLockdown, threatLevel, arm, disarm and armLater",
  ],
  [
    "a lockdown button that is a motion detector",
    { sensors: [{ id: "m", name: "M", type: "motion", point: "io/input/3", lockdown: "all" }] },
    "sensors[0].lockdown: is only for sensors of type panic or technical, m is of type motion",
  ],
  [
    "a first person for whom no schedule waits",
    { doors: [frontDoor({ firstPersonIn: true }), officeDoor(), storeDoor()] },
    "doors[0].firstPersonIn: needs a freeSchedule, which waits for the first person",
  ],
  [
    "a door that asks for a PIN and has no reader",
    { doors: [frontDoor({ mode: "pin", readers: {} }), officeDoor(), storeDoor()] },
    "doors[0].mode: pin needs a reader on the outside of the door front",
  ],
  [
    "a lift whose output is wired elsewhere",
    {
      lifts: [
        {
          id: "lift",
          name: "Lift",
          area: "cabin",
          reader: "front/reader/1",
          floors: [{ area: "lobby", output: "io/output/1" }],
        },
      ],
    },
    "lifts[0].reader: front/reader/1 is wired to doors[0].readers.outside already",
  ],
])("refused: %s", (_, overrides, fault) => {
  expect(faults(overrides)).toContain(fault);
});

test("nine threat levels are too many", () => {
  const threatLevels = Array.from({ length: 9 }, (_, n) => ({ id: `l${n}`, name: `Level ${n}` }));
  expect(faultsIn(wholeHouse({ threatLevels }))[0]).toMatch(/^threatLevels: /);
});
