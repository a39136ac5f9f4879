import type { SiteDocument } from "../../gateway/site/document.js";

/** A street, a lobby and an office, a door into each; everything in it is sound. */
export function smallOffice(changes: Partial<SiteDocument> = {}): SiteDocument {
  return {
    site: { id: "small-office", name: "Small office", timeZone: "Europe/Berlin" },
    tenants: [{ id: "main", name: "Main" }],
    areas: [
      { id: "street", name: "Street", outside: true },
      { id: "lobby", name: "Lobby" },
      { id: "office", name: "Office" },
    ],
    doors: [frontDoor(), officeDoor()],
    sensors: [],
    devices: [
      { id: "front-io", name: "Front door", driver: "mqtt" },
      { id: "office-io", name: "Office door", driver: "mqtt" },
    ],
    schedules: [{ id: "office-hours", name: "Office hours", week: [workdays("07:00", "19:00")] }],
    groups: [
      { id: "staff", name: "Staff", access: [{ doors: ["front", "office"], schedule: "office-hours" }] },
    ],
    ...changes,
  };
}

type Door = SiteDocument["doors"][number];
type Sensor = NonNullable<SiteDocument["sensors"]>[number];

export function frontDoor(changes: Partial<Door> = {}): Door {
  return {
    id: "front",
    name: "Front door",
    from: "street",
    to: "lobby",
    readers: { outside: "front-io/reader/1" },
    lock: { point: "front-io/lock/1", kind: "fail-secure", mechanicalEgress: true },
    contact: "front-io/input/1",
    exitButton: "front-io/input/2",
    ...changes,
  };
}

export function officeDoor(changes: Partial<Door> = {}): Door {
  return {
    id: "office",
    name: "Office door",
    from: "lobby",
    to: "office",
    readers: { outside: "office-io/reader/1" },
    lock: { point: "office-io/lock/1", kind: "fail-secure", mechanicalEgress: true },
    contact: "office-io/input/1",
    ...changes,
  };
}

/** Something of the fire alarm panel, on the front door's device. */
export function firePanel(changes: Partial<Sensor> = {}): Sensor {
  return { id: "fire-panel", name: "Fire panel", type: "fire", point: "front-io/input/9", ...changes };
}

export function workdays(from: string, to: string) {
  return { days: ["mon", "tue", "wed", "thu", "fri"] as ("mon" | "tue" | "wed" | "thu" | "fri")[], from, to };
}
