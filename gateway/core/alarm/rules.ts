/** What a site says of its alarm: profiles and their bounds, who may arm what, how sensors count, what sounds. */
import type { DoorId, PartitionId, Point, ScheduleId, SensorId } from "../site.js";

export const armLevels = ["away", "home", "night", "custom"] as const;
export type ArmLevel = (typeof armLevels)[number];

export const alarmProfiles = ["cp01", "en50131", "custom"] as const;
export type AlarmProfile = (typeof alarmProfiles)[number];

interface Bounds {
  readonly least: number;
  readonly most: number;
  readonly usual: number;
}

export interface ProfileRow {
  readonly exitMs: Bounds;
  readonly entryMs: Bounds;
  /** How long a report is held back for whoever mistyped, in milliseconds. */
  readonly abortMs: Bounds;
  /** Entry and abort together, where alarms are reported. */
  readonly entryAndAbortMs: number;
  /** Entry where nothing is reported. */
  readonly entryUnreportedMs: number;
  /** What is still open when the exit delay ends: the entry delay begins (`pending`), or nothing is armed (`fails`). */
  readonly openAtExit: "pending" | "fails";
}

/**
 * Times by profile, in milliseconds. `cp01`: ANSI/SIA CP-01 as in the security design. `en50131`: EN 50131-1, 8.3.8.2 (entry at
 * most 45 s). `custom`: what the installer answers for.
 */
export const profileTable: Readonly<Record<AlarmProfile, ProfileRow>> = {
  cp01: {
    exitMs: { least: 45_000, most: 255_000, usual: 60_000 },
    entryMs: { least: 30_000, most: 45_000, usual: 30_000 },
    abortMs: { least: 15_000, most: 30_000, usual: 15_000 },
    entryAndAbortMs: 60_000,
    entryUnreportedMs: 240_000,
    openAtExit: "pending",
  },
  en50131: {
    exitMs: { least: 0, most: 300_000, usual: 60_000 },
    entryMs: { least: 0, most: 45_000, usual: 30_000 },
    abortMs: { least: 0, most: 30_000, usual: 0 },
    entryAndAbortMs: 75_000,
    entryUnreportedMs: 45_000,
    openAtExit: "fails",
  },
  custom: {
    exitMs: { least: 0, most: 600_000, usual: 60_000 },
    entryMs: { least: 0, most: 300_000, usual: 30_000 },
    abortMs: { least: 0, most: 60_000, usual: 0 },
    entryAndAbortMs: 360_000,
    entryUnreportedMs: 300_000,
    openAtExit: "fails",
  },
};

/** What a partition adds to its sensors. */
export interface PartitionRules {
  readonly exitMs: number;
  readonly entryMs: number;
  readonly abortMs: number;
  readonly openAtExit: ProfileRow["openAtExit"];
  /** With whose account it is reported; absent: with the site's. */
  readonly account?: string;
  /** After so many alarms of one sensor in one armed time it is left out until it is disarmed; 0: never. */
  readonly swingerAfter: number;
  /** A second sensor within this time confirms an alarm, in milliseconds. */
  readonly confirmWithinMs: number;
  readonly autoArm?: AutoArm;
  readonly supervision?: Supervision;
  readonly lastPersonOut?: LastPersonOut;
}

/** Armed by the clock, after a warning. */
export interface AutoArm {
  /** Armed while this schedule does not hold: at the end of each of its windows. */
  readonly outside: ScheduleId;
  readonly level: ArmLevel;
  /** So long before, the readers of its doors warn, in milliseconds. */
  readonly warnMs: number;
  /** What "a little longer" at a reader puts it off by, in milliseconds. */
  readonly delayMs: number;
  readonly mostDelays: number;
  /** Disarmed in this time (cleaners), it arms again by itself at its end. */
  readonly again?: ScheduleId;
  /** Sensors that are not quiet are left out, shown; otherwise nothing is armed and that is told. */
  readonly force: boolean;
}

/** When it should be armed and disarmed; told, never done. */
export interface Supervision {
  readonly opening: ScheduleId;
  /** Not armed so long after the end of the window, in milliseconds: told. */
  readonly closeWithinMs: number;
}

export interface LastPersonOut {
  readonly level: ArmLevel;
  readonly quietMs: number;
  readonly warnMs: number;
}

/** How one sensor counts, beside its type. */
export interface ZoneRules {
  /** Of contacts, motion and glass: what becomes of it while armed; absent: by its role. */
  readonly reaction?: Reaction;
  /** In which levels it is watched; absent: by its role. */
  readonly armedIn?: readonly ArmLevel[];
  /** So many activations within so many milliseconds make one. */
  readonly count?: { readonly times: number; readonly withinMs: number };
  /** Alone it raises nothing; with one of these within so many milliseconds it is a verified alarm. */
  readonly cross?: { readonly with: readonly SensorId[]; readonly withinMs: number };
  readonly chime?: boolean;
  /** On trial: what it would have raised is told, and nothing is raised. */
  readonly soak?: boolean;
  /** Not heard of for so long, in milliseconds: told. */
  readonly silentAfterMs?: number;
  /** May not be left out, by nobody. */
  readonly mustCount?: boolean;
  /** Active when it is below or above, in °C; what it says of itself then counts for nothing. */
  readonly limits?: { readonly below?: number; readonly above?: number };
  /** Of the gateway's own supply: how long it must be low before the gateway stops, in milliseconds. */
  readonly stopAfterMs?: number;
  /** Of a key switch: what turning it does. */
  readonly arms?: { readonly partition: PartitionId; readonly level: ArmLevel; readonly may: ArmDeed };
}

export const reactions = ["delayed", "instant", "follower", "perimeter", "24-hour"] as const;
export type Reaction = (typeof reactions)[number];

export const armDeeds = ["arm", "disarm", "both"] as const;
export type ArmDeed = (typeof armDeeds)[number];

/** What members of a group may do to partitions, in person at a reader or keypad. */
export interface ArmRight {
  readonly partitions: readonly PartitionId[];
  /** Levels that they may arm in; empty: none. */
  readonly arm: readonly ArmLevel[];
  readonly disarm: boolean;
  /** Leaves out what is not quiet, shown. */
  readonly force: boolean;
  readonly schedule: ScheduleId;
}

/** What a card of this group does at a door into an armed partition. */
export const entryActs = ["disarm", "entry-delay", "deny"] as const;
export type EntryAct = (typeof entryActs)[number];

export const sounds = ["burglary", "hold-up", "panic", "fire", "medical", "technical", "tamper"] as const;
export type Sound = (typeof sounds)[number];

export interface Siren {
  readonly id: string;
  readonly name: string;
  readonly point: Point;
  readonly kind: "outdoor" | "indoor" | "strobe" | "buzzer";
  /** Empty: of every partition. */
  readonly partitions: readonly PartitionId[];
  readonly sounds: readonly Sound[];
  readonly maxMs: number;
  /** How often one incident may start it again. */
  readonly retriggers: number;
}

export interface EscalationStep {
  readonly afterMs: number;
  /** Who is told next: ids of accounts. */
  readonly notify: readonly string[];
  readonly raisePriority: boolean;
  readonly sound: boolean;
}

export interface Instruction {
  readonly text: string;
  readonly call: readonly { readonly name: string; readonly phone: string }[];
}

/** An account that may do less than its role. */
export interface AccountRight {
  readonly account: string;
  readonly partitions: readonly PartitionId[];
  readonly arm: readonly ArmLevel[];
  readonly disarm: boolean;
}

export interface SiteAlarm {
  readonly profile: AlarmProfile;
  readonly sirens: ReadonlyMap<string, Siren>;
  readonly escalation: readonly EscalationStep[];
  /** By event type or by kind of alarm. */
  readonly instructions: ReadonlyMap<string, Instruction>;
  readonly accounts: ReadonlyMap<string, AccountRight>;
  readonly lone: readonly LoneWork[];
}

/** In this area one must check in every so often. */
export interface LoneWork {
  readonly area: string;
  readonly everyMs: number;
}

/** Of a sensor, or of a door's contact. */
export type ZoneId = string;

export function doorZone(door: DoorId): ZoneId {
  return `door/${door}`;
}

/** @returns the door whose contact it is; undefined: it is a sensor */
export function doorOfZone(zone: ZoneId): DoorId | undefined {
  return zone.startsWith("door/") ? zone.slice(5) : undefined;
}

export const usualPartition: Omit<PartitionRules, "exitMs" | "entryMs" | "abortMs" | "openAtExit"> = {
  swingerAfter: 3,
  confirmWithinMs: 30 * 60_000,
};

export function usualRules(profile: AlarmProfile): PartitionRules {
  const { exitMs, entryMs, abortMs, openAtExit } = profileTable[profile];
  return {
    exitMs: exitMs.usual,
    entryMs: entryMs.usual,
    abortMs: abortMs.usual,
    openAtExit,
    ...usualPartition,
  };
}

/** Longest time that anything may be on test, in milliseconds. */
export const longestTestMs = 8 * 3_600_000;
