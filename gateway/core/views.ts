import type { AreaId, DoorId, DoorMode, Instant, PartitionId, SensorId } from "./site.js";

/** What people and central systems see of a door; the payload of `door/{door}` is this without id and name. */
export interface DoorView {
  readonly id: DoorId;
  readonly name: string;
  /** `unlocked`: held or pulsed open on purpose. `released`: fire or emergency, latched. */
  readonly lock: "locked" | "unlocked" | "released";
  readonly position: "open" | "closed" | "unknown" | "none";
  readonly mode: DoorMode;
  /** Every device that this door needs is there. */
  readonly online: boolean;
  readonly alarm: "forced" | "held-open" | null;
  /** Who set the mode, and until when, if it is not the one at rest. */
  readonly override: { readonly by: string; readonly until: Instant | null } | null;
  /** Since when the door's condition is what it is; null: unknown. */
  readonly since: Instant | null;
}

export interface AreaView {
  readonly id: AreaId;
  readonly name: string;
  readonly occupancy: number;
  /** How many of them are not surely there. */
  readonly uncertain: number;
}

export interface PartitionView {
  readonly id: PartitionId;
  readonly name: string;
  readonly arming: "disarmed" | "armed_away" | "armed_home" | "armed_night" | "triggered";
  /** All its sensors are quiet and known. */
  readonly ready: boolean;
}

export interface SensorView {
  readonly id: SensorId;
  readonly name: string;
  readonly active: boolean | null;
  readonly fault: "open" | "short" | "tamper" | null;
}

export interface SiteView {
  readonly site: {
    readonly id: string;
    readonly name: string;
    readonly revision: number;
    readonly timeZone: string;
  };
  readonly doors: readonly DoorView[];
  readonly areas: readonly AreaView[];
  readonly partitions: readonly PartitionView[];
  readonly sensors: readonly SensorView[];
}
