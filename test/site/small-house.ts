/** A house to test with: a street, a lobby, an office within it, and a store. Sound as it is; tests override what they are about. */
import { parseSite, type SiteDocument } from "../../gateway/site/document.js";

export type Doors = SiteDocument["doors"];
type Door = Doors[number];

export function smallHouse(overrides: Partial<SiteDocument> = {}): SiteDocument {
  return {
    site: { id: "hq", name: "Small house", timeZone: "Europe/Berlin" },
    tenants: [{ id: "main", name: "The company" }],
    areas: [
      { id: "street", name: "Street", outside: true },
      { id: "house", name: "House" },
      { id: "lobby", name: "Lobby", parent: "house" },
      { id: "office", name: "Office", parent: "house" },
      { id: "store", name: "Store", parent: "house" },
    ],
    doors: [frontDoor(), officeDoor(), storeDoor()],
    partitions: [{ id: "ground", name: "Ground floor" }],
    sensors: [
      { id: "fire", name: "Fire panel", type: "fire", point: "io/input/1" },
      {
        id: "motion",
        name: "Motion",
        type: "motion",
        point: "io/input/2",
        area: "office",
        partition: "ground",
      },
    ],
    devices: ["front", "office", "store", "io"].map((id) => ({ id, name: `Box ${id}`, driver: "mqtt" })),
    schedules: [
      {
        id: "hours",
        name: "Office hours",
        week: [{ days: ["mon", "tue", "wed", "thu", "fri"], from: "07:00", to: "19:00" }],
      },
    ],
    holidays: [{ date: "2026-12-25", name: "Christmas Day" }],
    groups: [
      { id: "staff", name: "Staff", access: [{ doors: ["front", "office"], schedule: "hours" }] },
      { id: "keepers", name: "Keepers", access: [{ areas: ["house", "store"], schedule: "always" }] },
    ],
    ...overrides,
  };
}

export function frontDoor(overrides: Partial<Door> = {}): Door {
  return {
    id: "front",
    name: "Front door",
    from: "street",
    to: "lobby",
    readers: { outside: "front/reader/1" },
    lock: { point: "front/lock/1", kind: "fail-secure", mechanicalEgress: true },
    contact: "front/input/1",
    exitButton: "front/input/2",
    partitions: { inside: "ground" },
    ...overrides,
  };
}

export function officeDoor(overrides: Partial<Door> = {}): Door {
  return {
    id: "office",
    name: "Office door",
    from: "lobby",
    to: "office",
    readers: { outside: "office/reader/1", inside: "office/reader/2" },
    lock: { point: "office/lock/1", kind: "fail-secure", mechanicalEgress: true },
    contact: "office/input/1",
    ...overrides,
  };
}

/** A magnet that holds against exit: the button and the fire panel open it. */
export function storeDoor(overrides: Partial<Door> = {}): Door {
  return {
    id: "store",
    name: "Store door",
    from: "office",
    to: "store",
    readers: { outside: "store/reader/1" },
    lock: { point: "store/lock/1", kind: "fail-safe" },
    exitButton: "store/input/2",
    fire: { fire: "unlock" },
    ...overrides,
  };
}

type Change = readonly [path: readonly (string | number)[], value: unknown];

/** The document with some values replaced (undefined: removed), as raw data that may be wrong. */
export function rawHouse(...changes: readonly Change[]): unknown {
  const raw = structuredClone(smallHouse()) as unknown;
  for (const [path, value] of changes) {
    const parent = path
      .slice(0, -1)
      .reduce<unknown>((at, key) => (at as Record<string | number, unknown>)[key], raw);
    const key = path.at(-1) ?? "";
    if (value === undefined) delete (parent as Record<string | number, unknown>)[key];
    else (parent as Record<string | number, unknown>)[key] = value;
  }
  return raw;
}

/** `path: message` of every fault; empty for a document that is read. */
export function faultsIn(raw: unknown): string[] {
  const parsed = parseSite(raw);
  return parsed.ok ? [] : parsed.faults.map(({ path, message }) => `${path}: ${message}`);
}
