/** What holds where the site document says nothing. */
import type { Passage, SensorRole, SensorType } from "../core/site.js";
import type { DoorEntry, SensorEntry, SiteDocument } from "./document.js";

export const defaults = {
  unlockMs: 5_000,
  openMs: 30_000,
  mode: "card",
  exit: "free",
  openingKind: "window",
  fireAction: "exit-only",
  onFault: "trouble",
  scheduleHolidays: "closed",
  cardFormats: ["H10301"],
} as const;

/** Built in, in every site: holds at every instant. */
export const always = { id: "always", name: "Always" } as const;

const interior: readonly SensorType[] = ["motion"];
const perimeter: readonly SensorType[] = ["contact", "glass-break"];

export function roleOf(sensor: SensorEntry): SensorRole {
  if (sensor.role !== undefined) return sensor.role;
  if (interior.includes(sensor.type)) return "interior";
  if (perimeter.includes(sensor.type)) return "perimeter";
  return "24-hour";
}

export function passageOf(door: DoorEntry): Passage {
  return door.passage ?? (door.contact === undefined ? "grant" : "contact");
}

export function tenantOf(entry: { readonly tenant?: string }, document: SiteDocument): string {
  return entry.tenant ?? document.tenants[0]?.id ?? "main";
}
