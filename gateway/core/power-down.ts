/**
 * The gateway's own supply is nearly used up: after a moment of grace every lock goes to what it declares to be without power, and
 * the process is to stop in order, before the power stops it. What it was like that for is told at the next start.
 */
import { tellZone } from "./alarm/raise-zone.js";
import { leftOut, type Zone } from "./alarm/zones.js";
import type { Draft } from "./draft.js";
import type { SensorId } from "./site.js";
import type { Lookup } from "./state.js";
import { houseId } from "./state.js";

/** A supply that is tested, or that the mains come back to at once, is no reason to stop. In milliseconds. */
const usualGraceMs = 10_000;

/** It was seen to become low: from here the grace runs. */
export function supplyLow(draft: Draft, zone: Zone): void {
  const own = draft.zones.get(zone.id) ?? {};
  if (zone.kind !== "ups" || own.powerDownAt !== undefined) return;
  draft.zones.set(zone.id, { ...own, powerDownAt: draft.at + (zone.rules.stopAfterMs ?? usualGraceMs) });
}

export function supplyBack(draft: Draft, zone: Zone): void {
  const { powerDownAt, ...rest } = draft.zones.get(zone.id) ?? {};
  if (powerDownAt !== undefined) draft.zones.set(zone.id, rest);
}

/** The grace is over. Late, after a restart, there is nothing left to stop for. */
export function powerDown(draft: Draft, zone: Zone): void {
  supplyBack(draft, zone);
  if (draft.late || leftOut(draft.zones.get(zone.id))) return;
  draft.house.set(houseId, {
    ...draft.house.get(houseId),
    powerDown: { since: draft.at, sensor: zone.sensor?.id ?? zone.id },
  });
  tellZone(draft, zone, { type: "system.power-down" });
  for (const door of draft.site.doors.values()) draft.concern(door);
}

export function isPoweringDown(state: Pick<Lookup, "house">): boolean {
  return state.house.get(houseId)?.powerDown !== undefined;
}

/** A process has started, so there is power. @returns the sensor that stopped the one before it */
export function powerBack(draft: Draft): SensorId | undefined {
  const { powerDown: was, ...house } = draft.house.get(houseId) ?? {};
  if (!was) return undefined;
  draft.house.set(houseId, house);
  for (const door of draft.site.doors.values()) draft.concern(door);
  return was.sensor;
}
