import type {
  IncidentState,
  LoneState,
  PartitionState,
  PlanState,
  SirenState,
  TodoState,
  WalkState,
  ZoneState,
} from "./alarm/alarm-state.js";
import { recount } from "./occupancy.js";
import type { CredentialId, PersonId } from "./people.js";
import type { InputFault, KeypadChoice } from "./signals.js";
import type {
  AreaId,
  DeviceId,
  DoorGroupId,
  DoorId,
  DoorMode,
  GroupId,
  Instant,
  PartitionId,
  SensorId,
  Side,
  ThreatLevelId,
} from "./site.js";

export type { PartitionState } from "./alarm/alarm-state.js";

/** A grant that waits for its passage. */
export interface PendingGrant {
  readonly person: PersonId;
  readonly credential: CredentialId;
  readonly side: Side;
  readonly scan: string;
  readonly grantedAt: Instant;
  /** Once he is through, the partition that he comes into is disarmed for him. */
  readonly disarms?: true;
  /** The person has the extended times of the door. */
  readonly extended?: true;
  /** The person may leave the door standing open. */
  readonly mayProp?: true;
}

/** The leaf and its lock, as one machine. `until` is a countdown everywhere here: a clock step moves it. */
export type DoorCondition =
  | { readonly is: "unknown" }
  /**
   * Closed and at rest (locked, or merely closed while the door is free). `pulseUntil`: the lock's pulse runs for an exit request
   * that was to be ignored; an opening is a forced one all the same.
   */
  | { readonly is: "closed"; readonly pulseUntil?: Instant }
  /** The lock is released and the leaf has not opened yet; `grants` wait for it. Doors without a contact know only this and `closed`. */
  | {
      readonly is: "released";
      readonly until: Instant;
      readonly grants: readonly PendingGrant[];
      readonly exit: boolean;
      /** The pulse of an ignored exit request, where it outlasts `until`. */
      readonly pulseUntil?: Instant;
    }
  /** Open, and allowed to be until `until` (absent: without limit, the door is free). `pulseUntil`: the lock's pulse still runs. */
  | {
      readonly is: "open";
      readonly since: Instant;
      readonly until?: Instant;
      readonly pulseUntil?: Instant;
      readonly grants: readonly PendingGrant[];
      /** When the readers begin to warn; absent: they do not, or do already (`warned`). */
      readonly warnAt?: Instant;
      readonly warned?: true;
      /** Somebody who may do so opened it: it has no limit until it closes. */
      readonly propped?: true;
      /** An exit request came while it was open, or waits for its turn of the rotation: its pulse is not ended early. */
      readonly exit?: true;
    }
  | {
      readonly is: "held-open";
      readonly since: Instant;
      readonly pulseUntil?: Instant;
      /** When it is told again. */
      readonly repeatAt?: Instant;
    }
  | { readonly is: "forced"; readonly since: Instant; readonly pulseUntil?: Instant };

/** An input of a door besides its contact and its exit button. */
export type DoorInput = "key-switch" | "loop" | "safety-edge";

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
  readonly override?: {
    readonly mode: DoorMode;
    readonly until?: Instant;
    readonly by: string;
    /** Set by a card at a door in toggle mode; the next card takes it away. */
    readonly toggled?: true;
  };
  /** Of a door with `firstPersonIn`: the last grant that counts as one. */
  readonly firstInAt?: Instant;
  /** Somebody took the contact out of service: it is believed no more, and never that the door is closed. */
  readonly contactBypassed?: {
    readonly since: Instant;
    readonly by: string;
    /** What it says meanwhile: where the leaf is when the contact is believed again. */
    readonly heard?: "open" | "closed";
  };
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
  /** Ids of the `release-door` orders whose pulse may still run: what `lock-door` names to end it early. */
  readonly pulses?: readonly string[];
  /** Until when an opening is no forced one though nothing released the lock; without `until` while the key is turned. */
  readonly shunt?: { readonly by: "exit" | "key"; readonly until?: Instant };
  /** Until when exit requests are ignored. Nothing happens at its end, so it is no deadline; a countdown all the same. */
  readonly exitIgnoredUntil?: Instant;
  /** The leaf stood open when its contact was lost: found open again, it has the limit that it had. `until` is a countdown. */
  readonly openBefore?: { readonly since: Instant; readonly until?: Instant; readonly propped?: true };
  /** Somebody allowed the leaf to stand open. `until` is a wall-clock instant. */
  readonly allowOpen?: { readonly until: Instant; readonly by: string };
  /** Closed and not secured yet: when that becomes a trouble. A countdown. */
  readonly secureBy?: Instant;
  /** It was told that the door is closed and not secured. */
  readonly notSecured?: true;
  /** Something is in the way of the leaf, as last heard: a line that falls silent sets nothing free. */
  readonly obstructed?: true;
  /** Whether a vehicle is on the loop; absent: not known. */
  readonly vehicle?: boolean;
  /** Wiring faults of the inputs besides the contact. */
  readonly inputFaults?: Readonly<Partial<Record<DoorInput, Exclude<InputFault, null>>>>;
  /** After a fire or emergency reset: by when the lock should have said that it is locked. A countdown. */
  readonly relockBy?: Instant;
  /** It was told that the door did not lock again after a reset; kept until it has, or is released anew. */
  readonly notRelocked?: true;
  /** How often on the local day `day` somebody went, or may have gone, through it without a name. */
  readonly unnamed?: {
    readonly day: number;
    /** Asked to leave, with a button or a motion detector. */
    readonly exits: number;
    /** Opened with nobody known to be let in and nobody asking to leave: free, forced, or behind somebody. */
    readonly openings: number;
  };
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

/** Where somebody is, and how surely that is known. */
export interface Whereabouts {
  readonly area: AreaId;
  readonly since: Instant;
  readonly by: DoorId;
  /** `seen`: a passage was seen. `assumed`: the door cannot tell. `uncertain`: grants were pending from both sides. */
  readonly how: "seen" | "assumed" | "uncertain";
  /** Anti-passback no longer counts it: whichever way he goes next is right. */
  readonly forgiven?: true;
}

/** What holds for the whole site at once; one entity, under `houseId`. */
export interface HouseState {
  /** Absent: the first level of the site. */
  readonly threat?: { readonly level: ThreatLevelId; readonly since: Instant; readonly by: string };
  /** `doorGroup` null: every door. */
  readonly lockdowns?: readonly Lockdown[];
  /** Absent: trusted. */
  readonly clock?: {
    readonly trusted: boolean;
    readonly since: Instant;
    readonly why: ClockWhy;
    /** While it is not trusted: the latest instant that is known to have passed, as of `since`. Absent: none ever was. */
    readonly lastTrustedAt?: Instant;
  };
  readonly muster?: MusterState;
  /** The gateway's own supply is used up, as this sensor says: locks go to what they declare, and the process is to stop. */
  readonly powerDown?: { readonly since: Instant; readonly sensor: SensorId };
}

export interface Lockdown {
  readonly doorGroup: DoorGroupId | null;
  readonly since: Instant;
  readonly by: string;
}

/** `host`: whoever runs this computer answers for its clock. */
export type ClockWhy = "ntp" | "host" | "operator" | "start" | "step";

/** The people of the building are being counted, from a fire or a person's word until a person ends it. */
export interface MusterState {
  readonly since: Instant;
  /** A fire input's sensor id, or who asked. */
  readonly by: string;
  /** Who is in one of these is called; absent: who is in the building. */
  readonly areas?: readonly AreaId[];
}

/** Somebody was seen to be safe; counts for the muster that ran `at` the time. */
export interface SafeState {
  readonly at: Instant;
  /** The muster reader, or who said so. */
  readonly by: string;
}

export const houseId = "house";

/** Who stands at a reader: by `readerId`. */
export interface ReaderState {
  /** Whoever was told to wait for others, the first first. A countdown each. */
  readonly together?: readonly WaitingCard[];
  /** The escort who was let in here last, for those who follow him. `until` is a countdown. */
  readonly escort?: WaitingCard;
  /** Card and PIN: the card was right and its PIN is to come (`pin`). Two-step: another credential of the person's (`second-step`). */
  readonly factor?: WaitingCard & { readonly is: "pin" | "second-step" };
  /** When wrong PINs were entered here lately. */
  readonly wrong?: readonly Instant[];
  /** Too many of them: the keypad takes nothing until then. Cards and exit requests go on to work. A countdown. */
  readonly silentUntil?: Instant;
  /** What a number at its keypad chose for whoever gives a card or a PIN next. `until` is a countdown. */
  readonly choice?: { readonly is: KeypadChoice; readonly until: Instant };
  /** One card, presented again and again: the third time may be a command. `until` is a countdown. */
  readonly again?: { readonly credential: CredentialId; readonly times: number; readonly until: Instant };
}

export interface WaitingCard {
  readonly credential: CredentialId;
  readonly person: PersonId;
  readonly scan: string;
  readonly until: Instant;
}

export function readerId(door: DoorId, side: Side): string {
  return `${door}/${side}`;
}

/** What is remembered of one credential. */
export interface CardState {
  /** How often it was let in, of one that has `maxUses`. */
  readonly uses?: number;
  /** When wrong PINs were entered with it lately. */
  readonly wrongPins?: readonly Instant[];
  /** Too many of them: no PIN is taken with it until then. A countdown; nothing happens at its end. */
  readonly silentUntil?: Instant;
}

/** When anti-passback was last forgiven in an area, or with `everywhere` at the whole site: what was seen before counts no longer. */
export interface ForgivenState {
  readonly at: Instant;
  readonly by: string;
}

export const everywhere = "*";

/** When somebody of a group was last let in; kept only of groups that a right waits for (`firstIn`). */
export interface ArrivalState {
  readonly at: Instant;
}

/** Everything that the core remembers. The engine owns the maps and applies changes; the core only reads them. */
export interface State {
  readonly doors: ReadonlyMap<DoorId, DoorState>;
  readonly sensors: ReadonlyMap<SensorId, SensorState>;
  readonly fire: ReadonlyMap<SensorId, FireState>;
  readonly devices: ReadonlyMap<DeviceId, DeviceState>;
  readonly partitions: ReadonlyMap<PartitionId, PartitionState>;
  readonly whereabouts: ReadonlyMap<PersonId, Whereabouts>;
  readonly house: ReadonlyMap<string, HouseState>;
  readonly musters: ReadonlyMap<PersonId, SafeState>;
  readonly readers: ReadonlyMap<string, ReaderState>;
  readonly cards: ReadonlyMap<CredentialId, CardState>;
  readonly forgiven: ReadonlyMap<string, ForgivenState>;
  readonly arrivals: ReadonlyMap<GroupId, ArrivalState>;
  readonly zones: ReadonlyMap<string, ZoneState>;
  readonly incidents: ReadonlyMap<string, IncidentState>;
  readonly sirens: ReadonlyMap<string, SirenState>;
  readonly plans: ReadonlyMap<PartitionId, PlanState>;
  readonly todos: ReadonlyMap<string, TodoState>;
  readonly lone: ReadonlyMap<PersonId, LoneState>;
  readonly walks: ReadonlyMap<PartitionId, WalkState>;
}

export interface Kinds {
  doors: DoorState;
  sensors: SensorState;
  fire: FireState;
  devices: DeviceState;
  partitions: PartitionState;
  whereabouts: Whereabouts;
  house: HouseState;
  musters: SafeState;
  readers: ReaderState;
  cards: CardState;
  forgiven: ForgivenState;
  arrivals: ArrivalState;
  zones: ZoneState;
  incidents: IncidentState;
  sirens: SirenState;
  plans: PlanState;
  todos: TodoState;
  lone: LoneState;
  walks: WalkState;
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
    house: new Map(),
    musters: new Map(),
    readers: new Map(),
    cards: new Map(),
    forgiven: new Map(),
    arrivals: new Map(),
    zones: new Map(),
    incidents: new Map(),
    sirens: new Map(),
    plans: new Map(),
    todos: new Map(),
    lone: new Map(),
    walks: new Map(),
  };
}

/** Puts the changes of one step into the maps, in order. */
export function applyChanges(state: MutableState, changes: readonly Change[]): void {
  for (const { kind, id, value } of changes) {
    const entities: Map<string, unknown> = state[kind];
    if (kind === "whereabouts") recount(state.whereabouts, id, value);
    if (value === undefined) entities.delete(id);
    else entities.set(id, value);
  }
}
