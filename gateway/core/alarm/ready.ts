/** What stands in the way of arming: every zone that is not known to be quiet, by name and reason. */
import type { PartitionId, Site } from "../site.js";
import type { Lookup } from "../state.js";
import type { ArmLevel } from "./rules.js";
import { alarmIndex, leftOut, type Zone } from "./zones.js";

export const notReadyWhys = ["active", "unknown", "open", "short", "tamper"] as const;
/** `active`: open, or seeing somebody. `unknown`: not heard of. The others: a fault of its line. */
export type NotReadyWhy = (typeof notReadyWhys)[number];

export interface NotReady {
  readonly zone: Zone;
  readonly why: NotReadyWhy;
}

type Seen = Pick<Lookup, "sensors" | "doors" | "zones">;

/** Why it is not known to be quiet; undefined: it is. */
export function unrest(state: Pick<Lookup, "sensors" | "doors">, zone: Zone): NotReadyWhy | undefined {
  if (zone.sensor) {
    const own = state.sensors.get(zone.sensor.id);
    if (own?.fault) return own.fault;
    if (own?.active === undefined) return "unknown";
    return own.active ? "active" : undefined;
  }
  const own = zone.door && state.doors.get(zone.door.id);
  if (own?.contactFault) return own.contactFault;
  if (!own || own.position === "unknown") return "unknown";
  return own.position === "open" ? "active" : undefined;
}

/** Of this partition alone, not of its members. @param level only what is watched at it; absent: at any */
export function notReady(
  site: Site,
  state: Seen,
  partition: PartitionId,
  level?: ArmLevel,
): readonly NotReady[] {
  const found: NotReady[] = [];
  for (const zone of alarmIndex(site).of.get(partition) ?? []) {
    if (!zone.row.blocks || (level !== undefined && !zone.armedIn.includes(level))) continue;
    if (leftOut(state.zones.get(zone.id))) continue;
    const why = unrest(state, zone);
    if (why !== undefined) found.push({ zone, why });
  }
  return found;
}

/** On the way out one may still be seen, and a door stand open; a fault, or what is not known, stays one. */
export function mayStillSettle({ zone, why }: NotReady): boolean {
  return why === "active" && zone.row.exitRoute;
}
