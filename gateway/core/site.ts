/**
 * The site as the core reads it: one compiled, validated revision of the site document. Everything is indexed by id and
 * every reference is known to resolve; `gateway/site` builds it and refuses what it cannot build.
 */

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
}

export const doorModes = ["card", "free", "secured"] as const;
/** `card`: rules decide. `free`: unlocked. `secured`: nobody enters until it is returned; leaving stays possible. */
export type DoorMode = (typeof doorModes)[number];

/** How a door tells that somebody went through; see `whereabouts.ts`. */
export type Passage = "contact" | "rotation" | "grant";

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
  /** How long one grant or exit releases the lock, in milliseconds. */
  readonly unlockMs: number;
  /** How long the leaf may stand open before it is held open, in milliseconds. */
  readonly openMs: number;
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

/** What arms. Its rules are in `partition.ts` (a later room). */
export interface Partition {
  readonly id: PartitionId;
  readonly name: string;
  readonly tenant: TenantId;
  /** Common partition: arms when its last member arms, disarms with the first. */
  readonly members: readonly PartitionId[];
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
}

export const sensorTypes = [
  "contact",
  "motion",
  "glass-break",
  "fire",
  "panic",
  "hold-up",
  "tamper",
  "water",
  "gas",
  "temperature",
  "technical",
] as const;
export type SensorType = (typeof sensorTypes)[number];

export interface Device {
  readonly id: DeviceId;
  readonly name: string;
  /** The driver that speaks to it: a line in `drivers/registry.ts`. */
  readonly driver: string;
}

/** Who may go where and when. */
export interface Group {
  readonly id: GroupId;
  readonly name: string;
  readonly tenant: TenantId;
  /** By door, the schedules in any of which it may be entered (from the outside) or left (at an inside reader). */
  readonly doors: ReadonlyMap<DoorId, readonly ScheduleId[]>;
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
}
