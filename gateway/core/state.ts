import type { CredentialId, PersonId } from "./people.js";
import type { InputFault } from "./signals.js";
import type { AreaId, DeviceId, DoorId, DoorMode, Instant, PartitionId, SensorId, Side } from "./site.js";

/** A grant that waits for its passage. */
export interface PendingGrant {
  readonly person: PersonId;
  readonly credential: CredentialId;
  readonly side: Side;
  readonly scan: string;
  readonly grantedAt: Instant;
}

/** The leaf and its lock, as one machine. `until` is a countdown everywhere here: a clock step moves it. */
export type DoorCondition =
  | { readonly is: "unknown" }
  /** Closed and at rest (locked, or merely closed while the door is free). */
  | { readonly is: "closed" }
  /** The lock is released and the leaf has not opened yet; `grants` wait for it. Doors without a contact know only this and `closed`. */
  | {
      readonly is: "released";
      readonly until: Instant;
      readonly grants: readonly PendingGrant[];
      readonly exit: boolean;
    }
  /** Open, and allowed to be until `until` (absent: without limit, the door is free). `pulseUntil`: the lock's pulse still runs. */
  | {
      readonly is: "open";
      readonly since: Instant;
      readonly until?: Instant;
      readonly pulseUntil?: Instant;
      readonly grants: readonly PendingGrant[];
    }
  | { readonly is: "held-open"; readonly since: Instant; readonly pulseUntil?: Instant }
  | { readonly is: "forced"; readonly since: Instant; readonly pulseUntil?: Instant };

export interface DoorState {
  readonly condition: DoorCondition;
  /** Since when the condition is what it is. */
  readonly since?: Instant;
  /** Of a door without a contact: always `unknown`. */
  readonly position: "open" | "closed" | "unknown";
  /** The wiring fault of the contact, while there is one. */
  readonly contactFault?: Exclude<InputFault, null>;
  /** What the lock last said; absent: not heard since start. */
  readonly reported?: { readonly locked: boolean; readonly bolt: "in" | "out" | null };
  /** An operator's override of the mode at rest. `until` is a wall-clock instant: never shifted. */
  readonly override?: { readonly mode: DoorMode; readonly until?: Instant; readonly by: string };
  /** Emergency release by a person: latched. */
  readonly emergency?: { readonly since: Instant; readonly by: string };
  /** The held order that was given and not ended: what `lock-door` must name. */
  readonly held?: HeldOrder;
  /**
   * Held orders that were ended and of which the lock has not said since that it is locked. The device may have been away:
   * on its return the ends are named again (`by` is the id of the `lock-door` command).
   */
  readonly ended?: readonly (Omit<HeldOrder, "over"> & { readonly by: string })[];
  /** The free schedule as last judged; its next boundary after `judgedAt` (wall clock) is a deadline. */
  readonly schedule?: { readonly free: boolean; readonly judgedAt: Instant };
  /** After a fire or emergency reset: by when the lock should have said that it is locked. A countdown. */
  readonly relockBy?: Instant;
}

export interface HeldOrder {
  readonly id: string;
  readonly kind: "hold" | "emergency";
  /** The hold that an emergency release was laid over; it is ended with it. */
  readonly over?: string;
  /** The lock refused it or did not confirm it: it may be locked, whatever is wanted. */
  readonly failed?: true;
}

/** `active` undefined: unknown. */
export interface SensorState {
  readonly active?: boolean;
  readonly fault: InputFault;
  readonly since: Instant;
  /** A fire input that is not known yet after a start: when that becomes a trouble. A countdown. */
  readonly expectedBy?: Instant;
}

/** A fire input's release: latched until a person resets it, and not before the input is quiet. */
export type FireState =
  | { readonly is: "quiet" }
  | { readonly is: "released"; readonly since: Instant; readonly inputActive: boolean };

export interface DeviceState {
  readonly online: boolean;
  readonly since: Instant;
  /** It was there before a restart: when it counts as lost if it does not come back. A countdown. */
  readonly expectedBy?: Instant;
}

/** The rules of partitions come later; what `reconcile` must protect is here from the first day. */
export type PartitionState =
  | { readonly is: "disarmed" }
  | { readonly is: "armed"; readonly level: "away" | "home" | "night"; readonly since: Instant }
  | { readonly is: "triggered"; readonly level: "away" | "home" | "night"; readonly since: Instant };

/** Where somebody is, and how surely that is known. */
export interface Whereabouts {
  readonly area: AreaId;
  readonly since: Instant;
  readonly by: DoorId;
  /** `seen`: a passage was seen. `assumed`: the door cannot tell. `uncertain`: grants were pending from both sides. */
  readonly how: "seen" | "assumed" | "uncertain";
}

/** Everything that the core remembers. The engine owns the maps and applies changes; the core only reads them. */
export interface State {
  readonly doors: ReadonlyMap<DoorId, DoorState>;
  readonly sensors: ReadonlyMap<SensorId, SensorState>;
  readonly fire: ReadonlyMap<SensorId, FireState>;
  readonly devices: ReadonlyMap<DeviceId, DeviceState>;
  readonly partitions: ReadonlyMap<PartitionId, PartitionState>;
  readonly whereabouts: ReadonlyMap<PersonId, Whereabouts>;
}

export interface Kinds {
  doors: DoorState;
  sensors: SensorState;
  fire: FireState;
  devices: DeviceState;
  partitions: PartitionState;
  whereabouts: Whereabouts;
}

/** State as it is read one entity at a time: the engine's maps, or a step's draft over them. */
export type Lookup = { readonly [K in keyof Kinds]: { get(id: string): Kinds[K] | undefined } };

/** One entity, anew; `value` undefined: gone. */
export type Change = {
  [K in keyof Kinds]: { readonly kind: K; readonly id: string; readonly value: Kinds[K] | undefined };
}[keyof Kinds];

/** What the engine owns: the same maps, writable. */
export type MutableState = { readonly [K in keyof Kinds]: Map<string, Kinds[K]> };

/** The memory of a site at which nothing has happened yet. */
export function emptyState(): MutableState {
  return {
    doors: new Map(),
    sensors: new Map(),
    fire: new Map(),
    devices: new Map(),
    partitions: new Map(),
    whereabouts: new Map(),
  };
}

/** Puts the changes of one step into the maps, in order. */
export function applyChanges(state: MutableState, changes: readonly Change[]): void {
  for (const { kind, id, value } of changes) {
    const entities: Map<string, unknown> = state[kind];
    if (value === undefined) entities.delete(id);
    else entities.set(id, value);
  }
}
