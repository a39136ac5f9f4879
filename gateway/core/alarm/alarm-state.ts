/** What is remembered of the alarm. Every `until` and `…At` that is to come is a countdown, unless it says otherwise. */
import type { EventType, Severity } from "../events.js";
import type { PersonId } from "../people.js";
import type { AreaId, DeviceId, DoorId, Instant, PartitionId, SensorId } from "../site.js";
import type { ArmLevel, Sound, ZoneId } from "./rules.js";

/** How it came to be armed or disarmed: says which code is reported. */
export type ArmHow =
  | "reader"
  | "keypad"
  | "entry"
  | "operator"
  | "client"
  | "schedule"
  | "input"
  | "members"
  | "last-out";

/** What set off an entry delay: one physical event is one incident, however many partitions it concerns. */
export interface AlarmOrigin {
  /** The signal's id. */
  readonly signal: string;
  readonly zone: ZoneId;
}

interface Armed {
  readonly level: ArmLevel;
  readonly since: Instant;
  /** Who armed it; absent: not known. */
  readonly by?: string;
  readonly how?: ArmHow;
}

export type PartitionState =
  | { readonly is: "disarmed"; readonly since?: Instant; readonly by?: string }
  /** The exit delay runs. */
  | (Armed & { readonly is: "arming"; readonly until: Instant; readonly force?: true })
  | (Armed & { readonly is: "armed" })
  /** The entry delay runs. */
  | (Armed & { readonly is: "pending"; readonly until: Instant; readonly origin: AlarmOrigin })
  /** An alarm was raised; it stays so until somebody disarms. */
  | (Armed & { readonly is: "triggered" });

/** Of a sensor, or a door's contact, beside what it says. */
export interface ZoneState {
  /** Left out: until it is disarmed (`session`), or until somebody takes that back. */
  readonly bypass?: {
    readonly by: string;
    readonly since: Instant;
    readonly until: "session" | "removed";
    /** Nobody named it: it was not quiet when somebody armed by force. */
    readonly auto?: true;
  };
  /** Activations that count towards one. */
  readonly hits?: readonly Instant[];
  /** Alarms raised in this armed time. */
  readonly alarms?: number;
  /** Too many of them: it is left out until it is disarmed. */
  readonly shutDown?: true;
  readonly test?: { readonly since: Instant; readonly until: Instant; readonly by: string };
  /** When it was last heard of at all, and last active; for who asks whether it lives. */
  readonly heardAt?: Instant;
  readonly activeAt?: Instant;
  /** Of the gateway's own supply that is low: when it is believed. */
  readonly powerDownAt?: Instant;
  /** It was told that it has been silent too long. */
  readonly silentTold?: true;
  /** Alarms that were closed as false, by local week; the newest few. */
  readonly nuisance?: readonly { readonly week: number; readonly times: number }[];
}

export const incidentCauses = [
  "intruder",
  "attack",
  "fire",
  "user-error",
  "sensor-fault",
  "weather-or-animal",
  "work-on-site",
  "test",
  "helped",
  "unknown",
  "other",
] as const;
export type IncidentCause = (typeof incidentCauses)[number];

/** What an incident is about; says instructions and sound. */
export type IncidentKind = Sound | "duress" | "door" | "lone-worker" | "power";

/** Open until a person closes it. Its state follows: raised, acknowledged, restored. */
export interface IncidentState {
  readonly type: EventType;
  readonly kind: IncidentKind;
  readonly severity: Severity;
  /** 1 is the most urgent. */
  readonly priority: number;
  readonly at: Instant;
  readonly lastAt: Instant;
  /** How many events are grouped in it. */
  readonly events: number;
  /** The signal that it began with. */
  readonly origin: string;
  readonly partitions: readonly PartitionId[];
  readonly zones: readonly ZoneId[];
  /** What has not come to rest yet: zones, doors. */
  readonly active: readonly ZoneId[];
  readonly door?: DoorId;
  readonly sensor?: SensorId;
  readonly area?: AreaId;
  readonly device?: DeviceId;
  readonly person?: PersonId;
  /** Hold-up and duress: nobody hears or sees of it but discreet accounts. */
  readonly silent?: true;
  /** Raised by what is on test. */
  readonly test?: true;
  /** More than one sensor speaks for it. */
  readonly confirmed?: true;
  /** Whoever disarmed in the abort time, or after: it is likely no intruder. */
  readonly cancelled?: { readonly at: Instant; readonly by: string; readonly inTime: boolean };
  readonly acknowledged?: { readonly at: Instant; readonly by: string };
  readonly silenced?: { readonly at: Instant; readonly by: string };
  readonly restoredAt?: Instant;
  readonly assigned?: { readonly to: string; readonly by: string; readonly at: Instant };
  readonly notes?: readonly { readonly at: Instant; readonly by: string; readonly text: string }[];
  /** How many levels it has gone up, and when it goes up next. */
  readonly level: number;
  readonly escalateAt?: Instant;
}

/** An output that sounds or flashes. `until`: when it ends by itself. */
export interface SirenState {
  readonly order: string;
  readonly since: Instant;
  readonly until: Instant;
  /** It has ended, by itself or because somebody silenced it. */
  readonly over?: true;
  readonly sound: Sound | "test";
  readonly incident?: string;
  /** How often `incident` has started it. */
  readonly starts: number;
}

/** What the clock has to do with a partition. Boundaries of schedules are wall-clock instants. */
export interface PlanState {
  /** Schedules are judged after this instant. */
  readonly judgedAt: Instant;
  /** The readers begin to warn. */
  readonly warnAt?: Instant;
  /** Armed at this instant unless it is put off. */
  readonly armAt?: Instant;
  readonly why?: "schedule" | "last-out";
  readonly delays?: number;
  /** Not armed by then: told. */
  readonly closeBy?: Instant;
}

/** Something to do that is no alarm. */
export interface TodoState {
  readonly type: EventType;
  readonly at: Instant;
  readonly times: number;
  readonly sensor?: SensorId;
  readonly door?: DoorId;
  readonly device?: DeviceId;
  readonly partition?: PartitionId;
  readonly reason?: string;
  readonly owner?: string;
  /** A wall-clock instant. */
  readonly snoozedUntil?: Instant;
  readonly restoredAt?: Instant;
}

/** A person alone in an area where one must check in. */
export interface LoneState {
  readonly area: AreaId;
  readonly since: Instant;
  readonly dueAt: Instant;
}

/** A walk test that is running, or (under its own id) the newest that has ended. */
export interface WalkState {
  readonly partition: PartitionId;
  readonly since: Instant;
  readonly by: string;
  readonly seen: Readonly<Record<ZoneId, Instant>>;
  readonly ended?: { readonly at: Instant; readonly by: string };
}
