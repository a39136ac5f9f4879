/** What each kind of sensor comes to, as one table. A new kind is a row. */
import type { EventType, Severity } from "../events.js";
import type { SensorType } from "../site.js";
import type { IncidentKind } from "./alarm-state.js";
import type { Reaction, Sound } from "./rules.js";

export const zoneKinds = [
  "delayed",
  "instant",
  "follower",
  "perimeter",
  "24-hour",
  "hold-up",
  "hold-up-silent",
  "panic",
  "medical",
  "fire",
  "gas",
  "water",
  "temperature",
  "tamper",
  "mains",
  "battery",
  "lock-power",
  "ups",
  "technical",
  "key-switch",
] as const;
/** A reaction, where the sensor is one of intruders; else what it senses. */
export type ZoneKind = (typeof zoneKinds)[number];

export interface ZoneRow {
  /** When an activation counts: while its partition is armed, or always; `never`: it is something else than an alarm. */
  readonly watched: "armed" | "always" | "never";
  /** What an activation does that is watched: begins the entry delay, is part of one that runs, or neither. */
  readonly delay: "entry" | "follows" | "none";
  /** On the way out: it may still be active while the exit delay runs. */
  readonly exitRoute: boolean;
  readonly comes: EventType;
  readonly goes: EventType;
  readonly incident: IncidentKind;
  /** What it sounds; null: nothing. */
  readonly sound: Sound | null;
  /** Shows and sounds nowhere but to discreet accounts. */
  readonly silent: boolean;
  readonly priority: 1 | 2 | 3 | 4;
  readonly severity: Severity;
  /** Not quiet, it stands in the way of arming. */
  readonly blocks: boolean;
  /** Goes to the list of things to do, not to the alarms; while its partition is armed it is an alarm all the same (tamper). */
  readonly trouble: boolean;
  /** Left out while its partition is on test, unless it is named itself. */
  readonly onTestWithPartition: boolean;
}

const intruder = {
  watched: "armed",
  delay: "none",
  exitRoute: false,
  incident: "burglary",
  sound: "burglary",
  silent: false,
  priority: 2,
  severity: "critical",
  blocks: true,
  trouble: false,
  onTestWithPartition: true,
} as const;

const always = { ...intruder, watched: "always", blocks: false } as const;
const attack = { ...always, priority: 1, onTestWithPartition: false } as const;
const trouble = {
  ...always,
  incident: "power",
  sound: null,
  priority: 4,
  severity: "warning",
  trouble: true,
} as const;

export const zoneTable: Readonly<Record<ZoneKind, ZoneRow>> = {
  delayed: {
    ...intruder,
    delay: "entry",
    exitRoute: true,
    comes: "alarm.entry",
    goes: "alarm.entry-ended",
  },
  instant: { ...intruder, exitRoute: true, comes: "alarm.interior", goes: "alarm.interior-ended" },
  follower: {
    ...intruder,
    delay: "follows",
    exitRoute: true,
    comes: "alarm.interior",
    goes: "alarm.interior-ended",
  },
  perimeter: { ...intruder, comes: "alarm.perimeter", goes: "alarm.perimeter-ended" },
  "24-hour": { ...always, comes: "alarm.around-the-clock", goes: "alarm.around-the-clock-ended" },
  "hold-up": {
    ...attack,
    incident: "hold-up",
    sound: "hold-up",
    comes: "alarm.hold-up",
    goes: "alarm.hold-up-ended",
  },
  "hold-up-silent": {
    ...attack,
    incident: "hold-up",
    sound: null,
    silent: true,
    comes: "alarm.hold-up-silent",
    goes: "alarm.hold-up-silent-ended",
  },
  panic: { ...attack, incident: "panic", sound: "panic", comes: "alarm.panic", goes: "alarm.panic-ended" },
  medical: {
    ...attack,
    incident: "medical",
    sound: "medical",
    comes: "alarm.medical",
    goes: "alarm.medical-ended",
  },
  // The fire input has a path of its own (release of doors, latch, reset); here only its incident and its sound.
  fire: {
    ...attack,
    incident: "fire",
    sound: "fire",
    comes: "safety.fire",
    goes: "safety.fire-reset",
    onTestWithPartition: true,
  },
  gas: { ...always, incident: "technical", sound: "technical", comes: "alarm.gas", goes: "alarm.gas-ended" },
  water: {
    ...always,
    incident: "technical",
    sound: "technical",
    priority: 3,
    severity: "warning",
    comes: "alarm.water",
    goes: "alarm.water-ended",
  },
  temperature: {
    ...always,
    incident: "technical",
    sound: "technical",
    priority: 3,
    severity: "warning",
    comes: "alarm.temperature",
    goes: "alarm.temperature-ended",
  },
  tamper: {
    ...trouble,
    incident: "tamper",
    sound: "tamper",
    priority: 2,
    severity: "critical",
    blocks: true,
    comes: "alarm.tamper",
    goes: "alarm.tamper-ended",
  },
  mains: { ...trouble, comes: "device.mains-fault", goes: "device.mains-fault-ended" },
  battery: { ...trouble, comes: "device.battery-fault", goes: "device.battery-fault-ended" },
  "lock-power": { ...trouble, comes: "device.lock-power-fault", goes: "device.lock-power-fault-ended" },
  ups: { ...trouble, severity: "critical", comes: "device.ups-low", goes: "device.ups-restored" },
  technical: { ...trouble, watched: "never", comes: "device.sensor-active", goes: "device.sensor-restored" },
  "key-switch": {
    ...trouble,
    watched: "never",
    comes: "device.sensor-active",
    goes: "device.sensor-restored",
  },
};

const reactionOfType: Readonly<Partial<Record<SensorType, true>>> = {
  contact: true,
  motion: true,
  "glass-break": true,
};

/** Whether how it counts is a matter of where it stands and not of what it senses. */
export function sensesIntruders(type: SensorType): boolean {
  return reactionOfType[type] === true;
}

const reactionOfRole = {
  perimeter: "perimeter",
  interior: "instant",
  "entry-route": "follower",
  "24-hour": "24-hour",
} as const satisfies Record<string, Reaction>;

export function zoneKindOf(
  type: SensorType,
  role: keyof typeof reactionOfRole,
  reaction: Reaction | undefined,
): ZoneKind {
  if (sensesIntruders(type)) return reaction ?? reactionOfRole[role];
  // The type names a kind of its own, as the check below says.
  return type as Exclude<SensorType, "contact" | "motion" | "glass-break"> satisfies ZoneKind;
}
