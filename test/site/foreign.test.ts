import { expect, test } from "vitest";
import { presetFacts, readPresets } from "../../gateway/presets.js";
import { parseSite } from "../../gateway/site/document.js";
import { checkSite } from "../../gateway/site/invariants.js";

const presets = presetFacts(readPresets());

type Entry = Record<string, unknown>;
const shelly: Entry = {
  id: "relay",
  name: "Relay",
  driver: "preset",
  preset: "shelly-gen2",
  prefix: "shellyplus1-a",
};

function house(changes: { devices?: Entry[]; door?: Entry; more?: Entry } = {}): string[] {
  const raw = {
    site: { id: "hq", name: "House", timeZone: "Europe/Berlin" },
    tenants: [{ id: "main", name: "Main" }],
    areas: [
      { id: "outside", name: "Outside", outside: true },
      { id: "hall", name: "Hall" },
    ],
    doors: [
      {
        id: "front",
        name: "Front",
        from: "outside",
        to: "hall",
        readers: { outside: "gate/reader/1" },
        lock: { point: "relay/lock/1", kind: "fail-secure", mechanicalEgress: true },
        contact: "relay/input/1",
        ...changes.door,
      },
    ],
    devices: changes.devices ?? [
      shelly,
      { id: "gate", name: "Reader", driver: "preset", preset: "tasmota", prefix: "yard/gate", area: "hall" },
    ],
    ...changes.more,
  };
  const parsed = parseSite(raw);
  if (!parsed.ok) return parsed.faults.map(({ path, message }) => `${path}: ${message}`);
  return checkSite(parsed.document, { drivers: ["mqtt", "preset"], presets, root: "gw/v1" }).map(
    ({ path, message }) => `${path}: ${message}`,
  );
}
const withPrefixes = (...prefixes: string[]) =>
  house({
    devices: [
      shelly,
      { id: "gate", name: "Reader", driver: "preset", preset: "tasmota", prefix: "gate" },
      ...prefixes.map((prefix, index) => ({
        ...shelly,
        id: `more-${index}`,
        prefix,
      })),
    ],
  });

test("a door on a relay and a reader of other makers is a door", () => {
  expect(house()).toEqual([]);
});

test.each([
  "#",
  "+",
  "+/x",
  "a/#",
  "a/+/b",
  "$SYS",
  "$share/x",
  "/a",
  "a/",
  "a//b",
  " a",
  "a b",
  "a\u0000",
  "",
  "ä",
])("the prefix %j is refused", (prefix) => {
  expect(withPrefixes(prefix).join("\n")).toMatch(/devices\[2\]\.prefix: must be/);
});

test.each(["gw", "gw/v1", "gw/v1/device/relay", "gw/v2", "gw/x"])(
  "the prefix %s is the gateway's own",
  (prefix) => {
    expect(withPrefixes(prefix).join("\n")).toContain("the gateway's own topics");
  },
);

test("no prefix contains another, whichever comes first", () => {
  expect(withPrefixes("gate/inner").join("\n")).toContain("lies below gate, the prefix of gate");
  expect(withPrefixes("yard/a/b", "yard/a").join("\n")).toContain("yard/a contains the prefix of more-0");
  expect(withPrefixes("gate").join("\n")).toContain("gate is the prefix of gate already");
  expect(withPrefixes("gates", "gat", "shellyplus1-ab")).toEqual([]);
});

test("a lock that is only pulsed needs mechanical egress, and cannot stay unlocked", () => {
  const lock = { point: "relay/lock/1", kind: "fail-safe", wiredRelease: true };
  expect(house({ door: { lock } }).join("\n")).toContain(
    "lock.mechanicalEgress: the lock of door front is on relay",
  );
  expect(house({ door: { mode: "free" } }).join("\n")).toContain("it cannot stay unlocked");
  const schedules = [{ id: "day", name: "Day", week: [{ days: ["mon"], from: "07:00", to: "19:00" }] }];
  expect(house({ door: { freeSchedule: "day" }, more: { schedules } }).join("\n")).toContain(
    "it cannot stay unlocked by a schedule",
  );
  expect(house({ door: { unlockMs: 601_000 } }).join("\n")).toMatch(/unlockMs/);
});

test("a fire input cannot unlock it; what leaves the lock to the handle is allowed", () => {
  const fire = { id: "fire", name: "Fire", type: "fire", point: "relay/input/2" };
  const unlocks = { more: { sensors: [{ ...fire, action: "unlock" }] } };
  expect(house(unlocks).join("\n")).toContain("it cannot be unlocked by the fire input fire");
  expect(house({ ...unlocks, door: { fire: { fire: "exit-only" } } })).toEqual([]);
  expect(house({ more: { sensors: [fire] } })).toEqual([]);
});

test("only terminals that it has, only presets that are there, and nothing of it on a native device", () => {
  expect(house({ door: { readers: { outside: "relay/reader/1" } } }).join("\n")).toContain("has no reader");
  expect(house({ door: { contact: "relay/input/5" } }).join("\n")).toContain("has input 1 to 4 only");
  expect(house({ devices: [{ ...shelly, preset: "sonoff" }] }).join("\n")).toContain(
    "there is no preset sonoff",
  );
  expect(house({ devices: [{ id: "relay", name: "R", driver: "preset" }] }).join("\n")).toContain(
    "prefix: is missing",
  );
  expect(house({ devices: [{ ...shelly, driver: "mqtt" }] }).join("\n")).toContain(
    "is only for driver preset",
  );
});
