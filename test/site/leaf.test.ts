import { describe, expect, test } from "vitest";
import { compileSite } from "../../gateway/site/compile.js";
import { diffSites } from "../../gateway/site/diff.js";
import { parseSite } from "../../gateway/site/document.js";
import { checkSite } from "../../gateway/site/invariants.js";
import { type Doors, frontDoor, officeDoor, smallHouse, storeDoor } from "./small-house.js";

type Door = Doors[number];
const houseWith = (front: Partial<Door>) =>
  smallHouse({ doors: [frontDoor(front), officeDoor(), storeDoor()] });
const faults = (front: Partial<Door>) =>
  checkSite(houseWith(front)).map(({ path, message }) => `${path}: ${message}`);
const compiled = (front: Partial<Door>) =>
  compileSite(houseWith(front), 1, Date.UTC(2026, 10, 23)).doors.get("front");

const everything: Partial<Door> = {
  kind: "gate",
  unlockMs: 8_000,
  openMs: 60_000,
  extended: { unlockMs: 20_000, openMs: 240_000 },
  preAlarmMs: 10_000,
  heldOpen: { repeatMs: 300_000 },
  relock: "open",
  exitRequest: { unlocks: false, ignoreAfterGrantMs: 5_000, ignoreAfterCloseMs: 3_000 },
  keySwitch: "front/input/3",
  bolt: { kind: "bond" },
  loop: "front/input/4",
  needsLoop: true,
  safetyEdge: "front/input/5",
};

test("all that a leaf can have is sound together, and reaches the core", () => {
  expect(faults(everything)).toEqual([]);
  expect(compiled(everything)).toMatchObject({
    ...everything,
    keySwitch: { device: "front", kind: "input", n: 3 },
    bolt: { kind: "bond", securedWithinMs: 5_000 },
    loop: { device: "front", kind: "input", n: 4 },
    safetyEdge: { device: "front", kind: "input", n: 5 },
  });
});

test("a plain door has nothing of it", () => {
  const door = compiled({});
  for (const field of Object.keys(everything))
    if (field !== "unlockMs" && field !== "openMs") expect(door).not.toHaveProperty(field);
});

test.each([
  ["turnstile", "rotation"],
  ["gate", "contact"],
  ["barrier", "contact"],
] as const)("a %s lets one through a grant, unless it is told otherwise", (kind, passage) => {
  expect(compiled({ kind })).toMatchObject({ passage, relock: "close" });
  expect(compiled({ kind, relock: "timer" })).not.toHaveProperty("relock");
});

test("writing out what holds anyhow is no change", () => {
  expect(diffSites(houseWith({}), houseWith({ kind: "door", relock: "timer" }))).toEqual([]);
  expect(diffSites(houseWith({ kind: "gate" }), houseWith({ kind: "gate", relock: "close" }))).toEqual([]);
  expect(diffSites(houseWith({}), houseWith({ preAlarmMs: 5_000 }))).toEqual([
    "door front: preAlarmMs none → 5000",
  ]);
});

describe("what would not work is refused", () => {
  const { contact: _, ...bare } = frontDoor();
  const withoutContact = (more: Partial<Door>) =>
    checkSite(smallHouse({ doors: [{ ...bare, ...more }, officeDoor(), storeDoor()] })).map(
      ({ path, message }) => `${path}: ${message}`,
    );
  test.each<[string, Partial<Door>, string]>([
    ["a warning at a door that cannot be held open", { preAlarmMs: 5_000 }, "preAlarmMs"],
    ["repeated alarms of one", { heldOpen: { repeatMs: 60_000 } }, "heldOpen"],
    ["a release that ends with a leaf that nobody sees", { relock: "close" }, "relock"],
    ["a gate that closes unseen", { safetyEdge: "front/input/5" }, "safetyEdge"],
    [
      "a closing that nobody sees",
      { exitRequest: { ignoreAfterCloseMs: 1_000 } },
      "exitRequest.ignoreAfterCloseMs",
    ],
    ["longer openings that nobody sees", { extended: { openMs: 60_000 } }, "extended.openMs"],
  ])("%s", (_what, more, field) => {
    expect(withoutContact(more)).toEqual([`doors[0].${field}: needs a contact, and the door front has none`]);
  });

  test.each<[string, Partial<Door>, string]>([
    [
      "a warning that comes after the alarm",
      { openMs: 10_000, preAlarmMs: 10_000 },
      "doors[0].preAlarmMs: must be less than openMs (10000): the warning comes before the alarm",
    ],
    [
      "a warning where there is no reader",
      { readers: {}, preAlarmMs: 5_000 },
      "doors[0].preAlarmMs: warns at a reader, and the door front has none",
    ],
    [
      "less time for those who need longer",
      { extended: { unlockMs: 3_000 } },
      "doors[0].extended.unlockMs: is shorter than what everybody has (5000)",
    ],
    [
      "an exit by card whose request unlocks nothing",
      { readers: { inside: "front/reader/2" }, exit: "controlled", exitRequest: { unlocks: false } },
      "doors[0].exitRequest.unlocks: false is for a free exit: here a card at the inside reader unlocks",
    ],
    [
      "a gate that waits for a loop that it has not",
      { kind: "gate", needsLoop: true },
      "doors[0].needsLoop: needs a loop, and front has none",
    ],
    [
      "a vehicle loop at a door",
      { loop: "front/input/4" },
      "doors[0].loop: is for a gate or a barrier, and front is a door",
    ],
    [
      "a terminal that is the key switch and the contact",
      { keySwitch: "front/input/1" },
      "doors[0].keySwitch: front/input/1 is wired to doors[0].contact already",
    ],
  ])("%s", (_what, more, fault) => {
    expect(faults(more)).toContainEqual(fault);
  });

  test("a request that unlocks nothing where no handle is confirmed", () => {
    const lock = { point: "front/lock/1", kind: "fail-safe", wiredRelease: true } as const;
    expect(faults({ lock, exitRequest: { unlocks: false } })).toContainEqual(
      "doors[0].exitRequest.unlocks: false needs a handle or bar that opens the door front from inside: confirm lock.mechanicalEgress",
    );
  });
});

test.each([
  ["unlockMs", 999],
  ["unlockMs", 240_001],
  ["openMs", 999],
  ["openMs", 240_001],
] as const)("a lock and a leaf have 1 to 240 s: %s %d is refused", (field, value) => {
  expect(parseSite(houseWith({ [field]: value })).ok).toBe(false);
  expect(parseSite(houseWith({ [field]: value === 999 ? 1_000 : 240_000 })).ok).toBe(true);
});
