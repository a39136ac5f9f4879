/**
 * The site as the core reads it: one compiled, validated revision of the site document. Everything is indexed by id and
 * every reference is known to resolve; `gateway/site` builds it and refuses what it cannot build.
 */
import type { ArmLevel, ArmRight, EntryAct, PartitionRules, SiteAlarm, ZoneRules } from "./alarm/rules.js";

import type { GpioWire, OsdpWire } from "./wires.js";

/** Milliseconds since 1970-01-01T00:00:00Z. */
export type Instant = number;

export type SiteId = string;
export type TenantId = string;
export type AreaId = string;
export type DoorId = string;
export type OpeningId = string;
export type PartitionId = string;
export type SensorId = string;
export type DeviceId = string;
export type GroupId = string;
export type ScheduleId = string;
export type DoorGroupId = string;
export type ThreatLevelId = string;
export type LiftId = string;

export type PointKind = "reader" | "lock" | "input" | "output";

/** One terminal of one device: `front-reader/reader/1`. Numbers start at 1, as in the MQTT contract. */
export interface Point {
  readonly device: DeviceId;
  readonly kind: PointKind;
  readonly n: number;
}

/** The side of a door on which something stands: `outside` is the side of `door.from`, `inside` that of `door.to`. */
export type Side = "outside" | "inside";

export interface Tenant {
  readonly id: TenantId;
  readonly name: string;
}

/** A space. Whoever is in a child is in its parents. `outside` areas are where an escape route ends. */
export interface Area {
  readonly id: AreaId;
  readonly name: string;
  readonly tenant: TenantId;
  readonly parent?: AreaId;
  readonly outside: boolean;
  /** Who is in may not come in again: told (`soft`), refused (`hard`), or refused until so long after he was last seen in it (`timed`). */
  readonly passback?: Passback;
  /** How many may be in it: never more than `max`, and nobody, or at least `min`. */
  readonly occupancy?: { readonly min?: number; readonly max?: number };
  /** Whoever needs an escort needs one at the doors into it. */
  readonly escort?: boolean;
  /** Where people assemble in an emergency: whoever is in it is safe. */
  readonly muster?: boolean;
}

export type Passback =
  | { readonly kind: "soft" | "hard" }
  | { readonly kind: "timed"; readonly forMs: number };

export const doorModes = [
  "card",
  "card-and-pin",
  "pin",
  "card-or-pin",
  "two-step",
  "free",
  "secured",
  "maintenance",
] as const;
/**
 * What entering takes. `card`, `card-and-pin` (the person's own), `pin` (one that says whose it is), `card-or-pin`, `two-step`
 * (two different credentials of one person, one after the other): rules decide. `free`: unlocked. `secured`: nobody enters until
 * it is returned. `maintenance`: only people with that trait enter, and the door raises no alarm. Leaving stays possible in all.
 */
export type DoorMode = (typeof doorModes)[number];

/** How a door tells that somebody went through; see `whereabouts.ts`. */
export type Passage = "contact" | "rotation" | "grant";

/** What stands there: a turnstile, a gate and a barrier let one through a grant. */
export const doorKinds = ["door", "gate", "barrier", "turnstile"] as const;
export type DoorKind = (typeof doorKinds)[number];

/** When a passage pulse ends: by its own time, when the leaf opens, or when it has closed again. */
export const relocks = ["timer", "open", "close"] as const;
export type Relock = (typeof relocks)[number];

/** What a fire input does to a door. */
export const fireActions = ["unlock", "exit-only", "close", "none"] as const;
export type FireAction = (typeof fireActions)[number];

/** An edge of the building's graph, with access: a leaf, its lock, readers, contact and exit button. */
export interface Door {
  readonly id: DoorId;
  readonly name: string;
  readonly tenant: TenantId;
  /** The area on the `outside` side. */
  readonly from: AreaId;
  /** The area on the `inside` side. */
  readonly to: AreaId;
  readonly passage: Passage;
  /** Absent: a door. */
  readonly kind?: DoorKind;
  /** How long one grant or exit releases the lock, in milliseconds. */
  readonly unlockMs: number;
  /** How long the leaf may stand open before it is held open, in milliseconds. */
  readonly openMs: number;
  /** The same two for people with the trait `extended-time`; absent: as for everybody. */
  readonly extended?: { readonly unlockMs?: number; readonly openMs?: number };
  /** So long before it is held open, the readers of the door warn; absent: they do not. */
  readonly preAlarmMs?: number;
  /** Held open is told again at this interval; absent: once. */
  readonly heldOpen?: { readonly repeatMs?: number };
  /** Absent: `timer`. Needs a contact. */
  readonly relock?: Relock;
  /** What an exit request does here; absent: it unlocks, and is never ignored. */
  readonly exitRequest?: {
    /** false: the handle opens the door, so that the request only keeps the opening from being a forced one. */
    readonly unlocks?: boolean;
    /** So long after somebody was let in, a request is no event and masks no opening. It still unlocks. */
    readonly ignoreAfterGrantMs?: number;
    /** The same after the leaf has closed. */
    readonly ignoreAfterCloseMs?: number;
  };
  /** Active while a key is turned in the cylinder: an opening by key is not forced. */
  readonly keySwitch?: Point;
  /** The lock says whether it holds (`bolt`: `out`); closed and not secured in time is a trouble. */
  readonly bolt?: { readonly kind: "bolt" | "bond"; readonly securedWithinMs: number };
  /** Active while a vehicle stands before a gate or barrier. */
  readonly loop?: Point;
  /** Nobody is let in from the outside without a vehicle on the loop. */
  readonly needsLoop?: boolean;
  /** Active while something is in the way of the leaf: it is opened again and not closed on it. */
  readonly safetyEdge?: Point;
  /** Mode at rest, while nobody set another. */
  readonly mode: DoorMode;
  /** While this schedule holds (and the mode is the one at rest), the door is free. */
  readonly freeSchedule?: ScheduleId;
  /** `free`: an exit request always releases. `controlled`: leaving needs a card at the inside reader. */
  readonly exit: "free" | "controlled";
  readonly lock: {
    readonly point: Point;
    readonly kind: "fail-safe" | "fail-secure";
    /** The installer confirmed that a handle or bar opens it from inside without power. */
    readonly mechanicalEgress: boolean;
    /** The installer confirmed that an emergency release or fire relay is wired into the lock's supply. */
    readonly wiredRelease: boolean;
  };
  readonly readers: { readonly outside?: Point; readonly inside?: Point };
  readonly contact?: Point;
  readonly exitButton?: Point;
  /** By fire input. An input that is not listed does to this door what its own `action` says, if it covers the door. */
  readonly fire: ReadonlyMap<SensorId, FireAction>;
  readonly partitions: { readonly outside?: PartitionId; readonly inside?: PartitionId };
  /** A granted card at the outside reader frees the door, the next one locks it. */
  readonly toggle?: boolean;
  /** With `freeSchedule`: free only from the first grant in each of its windows on. */
  readonly firstPersonIn?: boolean;
  /** So many people within the window come in together, or nobody. */
  readonly persons?: { readonly count: number; readonly withinMs: number };
  /** Whoever needs an escort needs one here; absent: as the area behind it says. */
  readonly escort?: boolean;
  /** What a clock that is not trusted means for a card here; absent: `ignore-schedule`. */
  readonly clock?: "ignore-schedule" | "deny";
  /** How its contact counts for the partitions of its sides. */
  readonly zone?: ZoneRules;
}

/** Doors under one name, for rights, commands and lockdown. */
export interface DoorGroup {
  readonly id: DoorGroupId;
  readonly name: string;
  readonly doors: readonly DoorId[];
}

/** Doors of which one may be released only while all others are known to be closed and locked: a mantrap, an airlock. */
export interface Interlock {
  readonly id: string;
  readonly name: string;
  /** Two or more, each with a contact. */
  readonly doors: readonly DoorId[];
}

/** A cabin with a reader: a card frees the floors that its holder has a right to. Recall in a fire is the fire panel's. */
export interface Lift {
  readonly id: LiftId;
  readonly name: string;
  readonly tenant: TenantId;
  /** Where somebody is who was granted a floor, until he is seen elsewhere. */
  readonly area: AreaId;
  readonly reader: Point;
  readonly floors: readonly { readonly area: AreaId; readonly output: Point }[];
  /** How long a floor's button is freed, in milliseconds. */
  readonly ms: number;
}

/** How the house answers a threat; the first level of a site is the usual one and changes nothing. */
export interface ThreatLevel {
  readonly id: ThreatLevelId;
  readonly name: string;
  /** The mode that this level sets, by door. */
  readonly modes: ReadonlyMap<DoorId, DoorMode>;
  /** Members of these groups are not let in. */
  readonly deny?: readonly GroupId[];
  /** Only members of these groups are let in. */
  readonly onlyGroups?: readonly GroupId[];
}

/** What a card does that is presented three times in a row at a reader of these doors, by whoever is in one of these groups. */
export interface CardCommand {
  readonly id: string;
  readonly name: string;
  readonly groups: readonly GroupId[];
  readonly doors: readonly DoorId[];
  readonly does:
    | { readonly is: "lockdown-start" | "lockdown-end"; readonly doorGroup: DoorGroupId | null }
    | { readonly is: "threat-level"; readonly level: ThreatLevelId }
    | { readonly is: "arm"; readonly partition: PartitionId; readonly level: ArmLevel }
    | { readonly is: "disarm" | "arm-later"; readonly partition: PartitionId };
}

/** How keypads treat wrong PINs and slow fingers. */
export interface KeypadRules {
  /** So many wrong ones… */
  readonly wrong: number;
  /** …within this time, in milliseconds… */
  readonly withinMs: number;
  /** …silence the keypad for so long, in milliseconds. */
  readonly silentMs: number;
  /** How long a card waits for its PIN or its second credential, and a keypad for the next key, in milliseconds. */
  readonly waitMs: number;
  /** What somebody enters under threat: his PIN with its last digit one higher, 0 after 9. Absent: nothing is told apart. */
  readonly duress?: "last-digit-plus-one";
}

/** How long visitors come for. */
export interface VisitorRules {
  /** Where no end is named. */
  readonly defaultHours: number;
  /** At most, in one piece. */
  readonly maxDays: number;
}

/** An edge without access: a window, a shutter, a hatch. */
export interface Opening {
  readonly id: OpeningId;
  readonly name: string;
  readonly tenant: TenantId;
  readonly from: AreaId;
  readonly to: AreaId;
  readonly kind: "window" | "shutter" | "hatch";
}

/** What arms; see `alarm/partition.ts`. */
export interface Partition {
  readonly id: PartitionId;
  readonly name: string;
  readonly tenant: TenantId;
  /** Common partition: arms when its last member arms, disarms with the first. */
  readonly members: readonly PartitionId[];
  /** Its times and habits; absent: those of the profile. */
  readonly rules?: PartitionRules;
}

export type SensorRole = "perimeter" | "interior" | "entry-route" | "24-hour";

export interface Sensor {
  readonly id: SensorId;
  readonly name: string;
  readonly tenant: TenantId;
  readonly type: SensorType;
  readonly role: SensorRole;
  readonly point: Point;
  readonly area?: AreaId;
  readonly opening?: OpeningId;
  readonly partition?: PartitionId;
  /** Only for type `fire`: what to do when the input cannot be read (open, short, tamper). */
  readonly onFault?: "release" | "trouble";
  /** A button: when it becomes active it locks these doors down (null: all). */
  readonly lockdown?: DoorGroupId | null;
  /** A button: when it becomes active it sets this threat level. */
  readonly threatLevel?: ThreatLevelId;
  /** Its line is closed at rest: what the device calls active is quiet, and the other way round. */
  readonly inverted?: boolean;
  /** How it counts for the alarm, beside its type. */
  readonly zone?: ZoneRules;
}

export const sensorTypes = [
  "contact",
  "motion",
  "glass-break",
  "fire",
  "panic",
  "hold-up",
  "hold-up-silent",
  "medical",
  "tamper",
  "water",
  "gas",
  "temperature",
  "mains",
  "battery",
  "lock-power",
  "ups",
  "technical",
  "key-switch",
] as const;
export type SensorType = (typeof sensorTypes)[number];

/** A reader that belongs to no door: whoever shows his card there during a muster is safe. */
export interface MusterReader {
  readonly id: string;
  readonly name: string;
  readonly point: Point;
}

export interface Device {
  readonly id: DeviceId;
  readonly name: string;
  /** The driver that speaks to it: a line in `drivers/registry.ts`. */
  readonly driver: string;
  readonly osdp?: OsdpWire;
  readonly gpio?: GpioWire;
  /** Of another maker, and trusted less: which kind it is, and the topics below which it may speak. */
  readonly preset?: string;
  readonly prefix?: string;
  readonly names?: Readonly<Record<string, string>>;
  readonly repeatMs?: number;
  readonly area?: AreaId;
}

/** Who may go where and when. */
export interface Group {
  readonly id: GroupId;
  readonly name: string;
  readonly tenant: TenantId;
  /** By door, the schedules in any of which it may be entered (from the outside) or left (at an inside reader). */
  readonly doors: ReadonlyMap<DoorId, readonly ScheduleId[]>;
  /** By door, the lines with a condition and those that deny; absent: none. */
  readonly lines?: ReadonlyMap<DoorId, readonly AccessLine[]>;
  /** What a card does at a door into an armed partition; absent: the entry delay begins. */
  readonly onEntry?: EntryAct;
  readonly arms?: readonly ArmRight[];
}

/** A right under conditions, or with `deny` what takes every other right to the door away while it holds. */
export interface AccessLine {
  readonly schedule: ScheduleId;
  readonly deny: boolean;
  readonly when: Condition;
}

/** All that is named must be so. What cannot be known makes a right fail and a denial hold. */
export interface Condition {
  /** This training of the person's is valid. */
  readonly training?: string;
  readonly disarmed?: PartitionId;
  readonly input?: { readonly sensor: SensorId; readonly is: "active" | "quiet" };
  /** Somebody else is in the area. */
  readonly presentIn?: AreaId;
  readonly clockTrusted?: true;
  /** Somebody of this group was let in today, at whatever door. */
  readonly firstIn?: GroupId;
}

/**
 * Local wall time already turned into instants: `[start, end)`, sorted, apart from each other, covering `site.compiledFrom` to
 * `site.compiledUntil`. So a decision is a binary search and daylight saving is right by construction.
 */
export interface Schedule {
  readonly id: ScheduleId;
  readonly name: string;
  readonly starts: Float64Array;
  readonly ends: Float64Array;
  /** Always open: no intervals are kept. */
  readonly always: boolean;
}

export interface Site {
  readonly id: SiteId;
  readonly name: string;
  readonly revision: number;
  /** IANA name; for people to read, the core uses `offsets`. */
  readonly timeZone: string;
  readonly compiledFrom: Instant;
  readonly compiledUntil: Instant;
  /** The zone's offset from UTC in minutes, from each instant on, over the compiled window; sorted by `from`. */
  readonly offsets: readonly { readonly from: Instant; readonly minutes: number }[];
  readonly tenants: ReadonlyMap<TenantId, Tenant>;
  readonly areas: ReadonlyMap<AreaId, Area>;
  readonly doors: ReadonlyMap<DoorId, Door>;
  readonly openings: ReadonlyMap<OpeningId, Opening>;
  readonly partitions: ReadonlyMap<PartitionId, Partition>;
  readonly sensors: ReadonlyMap<SensorId, Sensor>;
  readonly devices: ReadonlyMap<DeviceId, Device>;
  readonly groups: ReadonlyMap<GroupId, Group>;
  readonly schedules: ReadonlyMap<ScheduleId, Schedule>;
  readonly doorGroups?: ReadonlyMap<DoorGroupId, DoorGroup>;
  readonly interlocks?: ReadonlyMap<string, Interlock>;
  readonly lifts?: ReadonlyMap<LiftId, Lift>;
  /** From the usual one up. */
  readonly threatLevels?: readonly ThreatLevel[];
  readonly cardCommands?: readonly CardCommand[];
  /** Absent: as `keypad.ts` gives them. */
  readonly keypad?: KeypadRules;
  /** Absent: as `visitor-operations.ts` gives them. */
  readonly visitors?: VisitorRules;
  readonly musterReaders?: ReadonlyMap<string, MusterReader>;
  /** The people's data is lost and the gateway runs from its emergency file: only emergency badges are known. */
  readonly peopleLost?: true;
  readonly alarm?: SiteAlarm;
}
