/** What holds where the site document says nothing. */
import type { Passage, Relock, SensorRole, SensorType } from "../core/site.js";
import type { DoorEntry, SensorEntry, SiteDocument } from "./document.js";

export const defaults = {
  unlockMs: 5_000,
  openMs: 30_000,
  securedWithinMs: 5_000,
  mode: "card",
  exit: "free",
  openingKind: "window",
  fireAction: "exit-only",
  onFault: "trouble",
  scheduleHolidays: "closed",
  personsWithinMs: 15_000,
} as const;

/** Built in, in every site: holds at every instant. */
export const always = { id: "always", name: "Always" } as const;

/** Built in, in every site: the type of a holiday that names none. */
export const plainHoliday = { id: "holiday", name: "Holiday" } as const;

const interior: readonly SensorType[] = ["motion"];
const perimeter: readonly SensorType[] = ["contact", "glass-break"];

export function roleOf(sensor: SensorEntry): SensorRole {
  if (sensor.role !== undefined) return sensor.role;
  if (interior.includes(sensor.type)) return "interior";
  if (perimeter.includes(sensor.type)) return "perimeter";
  return "24-hour";
}

export function passageOf(door: DoorEntry): Passage {
  if (door.passage !== undefined) return door.passage;
  if (door.contact === undefined) return "grant";
  return door.kind === "turnstile" ? "rotation" : "contact";
}

/** One passage a grant, where it can be seen that it is over. */
export function relockOf(door: DoorEntry): Relock {
  if (door.relock !== undefined) return door.relock;
  return (door.kind ?? "door") === "door" || door.contact === undefined ? "timer" : "close";
}

export function tenantOf(entry: { readonly tenant?: string }, document: SiteDocument): string {
  return entry.tenant ?? document.tenants[0]?.id ?? "main";
}
