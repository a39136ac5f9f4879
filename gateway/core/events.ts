import { alarmEvents } from "./alarm/alarm-events.js";
import { armCodes } from "./alarm/arm-codes.js";
import type { CredentialId, PersonId } from "./people.js";
import { reasonEntry } from "./reasons.js";
import type { Remedy } from "./remedies.js";
import type { Actor } from "./signals.js";
import type {
  AreaId,
  DeviceId,
  DoorId,
  Instant,
  LiftId,
  PartitionId,
  SensorId,
  Side,
  SiteId,
  TenantId,
} from "./site.js";

export const eventCategories = ["access", "door", "alarm", "safety", "device", "system", "audit"] as const;
export type EventCategory = (typeof eventCategories)[number];
export type Severity = "info" | "notice" | "warning" | "critical";

/** One rule that was asked and what it answered: `ok`, or why not, as a person reads it. */
export type TraceLine = readonly [rule: string, answer: string];

/** One entry of the catalogue; it does not compile until it is complete. */
export interface CatalogueEntry {
  readonly severity: Severity;
  /**
   * What a person reads. `{door}`, `{person}`, `{reason}`… are filled from the event and its `data`; a part in square brackets
   * is left out when something in it is missing.
   */
  readonly text: string;
  /** SIA DC-03 code and Contact ID code (with its qualifier: 1 new, 3 restored) for DC-09; null: none fits, not reported. */
  readonly sia: string | null;
  readonly contactId: string | null;
}

// One entry an event type; the part before the dot is its category. Codes from the DC-03 and DC-05 lists; those of
// `access.denied` and of mode changes depend on the reason and the mode: see `reportCodes`.
export const eventCatalogue = {
  // ---- access: a card, and what it came to
  "access.granted": {
    severity: "info",
    text: "{person} was let in at {door}",
    sia: "DG",
    contactId: "1422",
  },
  "access.denied": {
    severity: "notice",
    text: "{person} was not let in at {door}: {reason}",
    sia: "DD",
    contactId: "1421",
  },
  "access.waiting": {
    severity: "info",
    text: "{person} waits at {door}: {reason}",
    sia: null,
    contactId: null,
  },
  "access.waited": {
    severity: "notice",
    text: "{person} waited at {door} and nobody came along",
    sia: null,
    contactId: null,
  },
  "access.passback-noted": {
    severity: "notice",
    text: "{person} went against anti-passback of {area} at {door}: {reason}",
    sia: "DI",
    contactId: null,
  },
  "access.passback-forgiven": {
    severity: "notice",
    text: "{by} forgave anti-passback[ of {person}][ in {area}][ ({note})]",
    sia: null,
    contactId: null,
  },
  "access.ignored": {
    severity: "notice",
    text: "a scan of {person} at {door} was ignored: {reason}",
    sia: null,
    contactId: null,
  },
  "access.not-used": {
    severity: "info",
    text: "{person} was let in at {door} and did not open it",
    sia: null,
    contactId: null,
  },
  "access.passed": {
    severity: "info",
    text: "{person} went through {door} into {area}[ ({how})]",
    sia: null,
    contactId: null,
  },

  "access.not-completed": {
    severity: "info",
    text: "{person} began at {door}, and {missing} did not come",
    sia: null,
    contactId: null,
  },
  "access.pin-silenced": {
    severity: "warning",
    text: "no PIN of {person} is taken for {seconds} s, after {wrong} wrong ones[, the last at {door}]",
    sia: "JA",
    contactId: "1461",
  },
  "access.card-command": {
    severity: "notice",
    text: "{person} gave the command {command} with a card at {door}",
    sia: null,
    contactId: null,
  },
  // Duress: the answer and the release are those of any grant; this goes to discreet accounts only.
  "access.duress": {
    severity: "critical",
    text: "{person} entered a duress PIN at {door}",
    sia: "HA",
    contactId: "1121",
  },
  "access.lift-granted": {
    severity: "info",
    text: "{person} may go with {lift} to {floors}",
    sia: "DG",
    contactId: "1422",
  },
  "access.lift-denied": {
    severity: "notice",
    text: "{person} may not go anywhere with {lift}: {reason}",
    sia: "DD",
    contactId: "1421",
  },
  "access.lift-ignored": {
    severity: "notice",
    text: "a scan of {person} in {lift} was ignored: {reason}",
    sia: null,
    contactId: null,
  },

  // ---- door: the leaf, the lock and its mode
  "door.opened": { severity: "info", text: "{door} opened", sia: null, contactId: null },
  "door.closed": { severity: "info", text: "{door} closed", sia: null, contactId: null },
  "door.forced": {
    severity: "critical",
    text: "{door} was opened while it was locked[ ({reason})]",
    sia: "DF",
    contactId: "1423",
  },
  "door.forced-ended": {
    severity: "notice",
    text: "{door} is closed again after it was forced",
    sia: "DR",
    contactId: "3423",
  },
  "door.held-open": {
    severity: "warning",
    text: "{door} is held open[, for {minutes} min now]",
    sia: "DM",
    contactId: "1426",
  },
  "door.pre-alarm": {
    severity: "info",
    text: "{door} is still open: its readers warn for {seconds} s",
    sia: null,
    contactId: null,
  },
  "door.allow-open": {
    severity: "notice",
    text: "{by} allowed {door} to stand open until {until}[ ({note})]",
    sia: null,
    contactId: null,
  },
  "door.allow-open-ended": {
    severity: "notice",
    text: "[{by} ended it: ]{door} may no longer stand open[ ({note})]",
    sia: null,
    contactId: null,
  },
  "door.key-used": {
    severity: "notice",
    text: "a key was turned in {door}",
    sia: null,
    contactId: null,
  },
  "door.not-secured": {
    severity: "warning",
    text: "{door} is closed and not secured: its lock does not hold",
    sia: "DT",
    contactId: "1427",
  },
  "door.secured": {
    severity: "notice",
    text: "{door} is secured again",
    sia: null,
    contactId: "3427",
  },
  "door.obstructed": {
    severity: "warning",
    text: "something is in the way of {door}: it does not close",
    sia: null,
    contactId: null,
  },
  "door.clear": { severity: "notice", text: "the way of {door} is clear again", sia: null, contactId: null },
  "door.input-fault": {
    severity: "warning",
    text: "the {input} of {door} has a fault: {reason}",
    sia: "DT",
    contactId: "1427",
  },
  "door.input-restored": {
    severity: "notice",
    text: "the {input} of {door} works again",
    sia: null,
    contactId: "3427",
  },
  "door.held-open-ended": {
    severity: "notice",
    text: "{door} is no longer held open[: {reason}]",
    sia: "DH",
    contactId: "3426",
  },
  "door.exit-requested": {
    severity: "info",
    text: "somebody asked to leave at {door}[ and could not: {reason}][ ({standing})]",
    sia: "DX",
    contactId: "1425",
  },
  "door.unlocked": {
    severity: "notice",
    text: "{by} unlocked {door}[ for {seconds} s][ ({note})]",
    sia: null,
    contactId: null,
  },
  "door.mode-changed": {
    severity: "notice",
    text: "{by} set {door} to {mode}[ until {until}][ ({note})]",
    sia: null,
    contactId: null,
  },
  "door.override-ended": {
    severity: "notice",
    text: "the override of {door} has ended[, by {by}]: it is {mode} again",
    sia: null,
    contactId: null,
  },
  "door.freed": { severity: "info", text: "{door} is free by schedule", sia: "DO", contactId: "1577" },
  "door.relocked": {
    severity: "info",
    text: "{door} is locked again by schedule",
    sia: "DY",
    contactId: "3577",
  },
  "door.contact-unknown": {
    severity: "warning",
    text: "it is not known whether {door} is open or closed",
    sia: null,
    contactId: null,
  },
  "door.contact-fault": {
    severity: "warning",
    text: "the contact of {door} has a fault: {reason}",
    sia: "DT",
    contactId: "1427",
  },
  "door.contact-restored": {
    severity: "notice",
    text: "the contact of {door} works again",
    sia: null,
    contactId: "3427",
  },
  "door.not-relocked": {
    severity: "warning",
    text: "{door} did not lock again after the reset: {reason}",
    sia: "DT",
    contactId: "1427",
  },

  "door.keypad-silenced": {
    severity: "warning",
    text: "the keypad of {door} takes nothing for {seconds} s, after {wrong} wrong PINs",
    sia: "JA",
    contactId: "1461",
  },
  "door.keypad-restored": {
    severity: "info",
    text: "the keypad of {door} takes PINs again",
    sia: null,
    contactId: null,
  },
  "door.contact-bypassed": {
    severity: "notice",
    text: "{by} took the contact of {door} out of service[ ({note})]",
    sia: null,
    contactId: "1573",
  },
  "door.contact-unbypassed": {
    severity: "notice",
    text: "{by} put the contact of {door} back in service[ ({note})]",
    sia: null,
    contactId: "3573",
  },
  "door.lift-unlocked": {
    severity: "notice",
    text: "{by} freed {lift} to {floors}[ for {seconds} s][ ({note})]",
    sia: null,
    contactId: null,
  },

  // ---- safety: lockdown, threat and panic
  "safety.lockdown-started": {
    severity: "critical",
    text: "{by} locked down {doorGroup}[ ({note})]",
    sia: null,
    contactId: null,
  },
  "safety.lockdown-ended": {
    severity: "warning",
    text: "{by} ended the lockdown of {doorGroup}[ ({note})]",
    sia: null,
    contactId: null,
  },
  "safety.threat-level": {
    severity: "warning",
    text: "{by} set the threat level to {level}[, it was {before}][ ({note})]",
    sia: null,
    contactId: null,
  },
  "alarm.panic": {
    severity: "critical",
    text: "the panic button {sensor} was pressed",
    sia: "PA",
    contactId: "1120",
  },
  "alarm.panic-ended": {
    severity: "notice",
    text: "the panic button {sensor} is at rest again",
    sia: "PR",
    contactId: "3120",
  },

  // ---- alarm: partitions, sensors and incidents
  ...alarmEvents,

  // ---- safety: fire and emergency
  "safety.fire": {
    severity: "critical",
    text: "fire input {sensor} is active[ (its line has a fault: {reason})]",
    sia: "FA",
    contactId: "1110",
  },
  "safety.fire-input-quiet": {
    severity: "notice",
    text: "fire input {sensor} is quiet again; the release stands until it is reset",
    sia: "FR",
    contactId: "3110",
  },
  "safety.fire-reset": {
    severity: "warning",
    text: "{by} reset the fire release of {sensor}[ ({note})][; still open: {open}]",
    sia: null,
    contactId: null,
  },
  "safety.fire-input-unknown": {
    severity: "warning",
    text: "fire input {sensor} cannot be read",
    sia: "FT",
    contactId: "1373",
  },
  "safety.fire-input-fault": {
    severity: "warning",
    text: "fire input {sensor} has a fault: {reason}",
    sia: "FT",
    contactId: "1373",
  },
  "safety.fire-input-restored": {
    severity: "notice",
    text: "fire input {sensor} can be read again",
    sia: "FJ",
    contactId: "3373",
  },
  "safety.emergency-release": {
    severity: "critical",
    text: "{by} released {door} in an emergency[ ({note})]",
    sia: null,
    contactId: null,
  },
  "safety.emergency-reset": {
    severity: "warning",
    text: "{by} ended the emergency release of {door}[ ({note})]",
    sia: null,
    contactId: null,
  },

  "safety.muster-started": {
    severity: "critical",
    text: "[{by} called everybody][ of {area}][the fire input {sensor} calls everybody]: {inside} thought to be inside[; without a name today: {exits} left, {openings} openings][ ({note})]",
    sia: null,
    contactId: null,
  },
  "safety.muster-safe": {
    severity: "notice",
    text: "{person} is safe[, seen at {reader}][, says {by}][ ({note})]",
    sia: null,
    contactId: null,
  },
  "safety.muster-not-safe": {
    severity: "warning",
    text: "{person} is sought again: {by} took back that they are safe[ ({note})]",
    sia: null,
    contactId: null,
  },
  "safety.muster-refused": {
    severity: "warning",
    text: "{person} at {reader} could not be marked safe: {reason}",
    sia: null,
    contactId: null,
  },
  "safety.muster-ended": {
    severity: "warning",
    text: "{by} ended the muster: {safe} safe, {missing} not found[ ({note})]",
    sia: null,
    contactId: null,
  },

  // ---- device: readers, locks, inputs and their health
  "device.online": { severity: "info", text: "{device} is connected", sia: "EN", contactId: "3333" },
  "device.lost": { severity: "warning", text: "{device} is lost", sia: "EM", contactId: "1333" },
  "device.no-answer": {
    severity: "warning",
    text: "{device} did not confirm an order[ for {door}]",
    sia: "ET",
    contactId: "1330",
  },
  "device.unreachable": {
    severity: "warning",
    text: "an order[ for {door}] could not be sent: {device} is not connected",
    sia: "ET",
    contactId: "1330",
  },
  "device.refused-order": {
    severity: "warning",
    text: "{device} refused an order[ for {door}][: {detail}]",
    sia: "ET",
    contactId: "1330",
  },
  "device.sensor-active": { severity: "info", text: "{sensor} is active", sia: null, contactId: null },
  "device.sensor-restored": { severity: "info", text: "{sensor} is quiet", sia: null, contactId: null },
  "device.sensor-fault": {
    severity: "warning",
    text: "{sensor} has a fault: {reason}",
    sia: "BT",
    contactId: "1380",
  },
  "device.sensor-fault-ended": {
    severity: "notice",
    text: "{sensor} works again",
    sia: "BJ",
    contactId: "3380",
  },
  "device.battery-low": {
    severity: "warning",
    text: "the battery of {device} is low[ ({battery} %)]",
    sia: "XT",
    contactId: "1384",
  },
  "device.battery-restored": {
    severity: "notice",
    text: "the battery of {device} is charged again",
    sia: "XR",
    contactId: "3384",
  },
  "device.mains-lost": {
    severity: "warning",
    text: "{device} runs without mains",
    sia: "AT",
    contactId: "1301",
  },
  "device.mains-restored": {
    severity: "notice",
    text: "{device} has mains again",
    sia: "AR",
    contactId: "3301",
  },
  "device.tamper": {
    severity: "critical",
    text: "the housing of {device} was opened",
    sia: "ES",
    contactId: "1341",
  },
  "device.tamper-ended": {
    severity: "notice",
    text: "the housing of {device} is closed again",
    sia: "EJ",
    contactId: "3341",
  },
  "device.interference": {
    severity: "critical",
    text: "somebody interferes with {device}, or it is not the one that it was[: {reason}]",
    sia: "ES",
    contactId: "1341",
  },
  "device.message-refused": {
    severity: "warning",
    text: "a message of {device} was refused[: {reason}]",
    sia: null,
    contactId: null,
  },
  "device.dropped": {
    severity: "warning",
    text: "{device} was disconnected[: {reason}]",
    sia: null,
    contactId: null,
  },

  // ---- system: the gateway itself
  "system.started": {
    severity: "notice",
    text: "the gateway started[ (version {version})][ after {downSeconds} s][; it had stopped because {sensor} told that its supply was used up]",
    sia: null,
    contactId: null,
  },
  "system.stopped": {
    severity: "notice",
    text: "the gateway stopped[: {reason}]",
    sia: null,
    contactId: null,
  },
  "system.released-early": {
    severity: "warning",
    text: "the disk was slow: decisions went out {waitedMs} ms before they were written",
    sia: null,
    contactId: null,
  },
  "system.lost": {
    severity: "critical",
    text: "events {from} to {to} were lost",
    sia: "JO",
    contactId: "1624",
  },
  "system.journal-failed": {
    severity: "critical",
    text: "the log cannot be written[: {reason}]; doors go on from memory",
    sia: null,
    contactId: null,
  },
  "system.journal-restored": {
    severity: "notice",
    text: "the log is written again",
    sia: null,
    contactId: null,
  },
  "system.journal-truncated": {
    severity: "critical",
    text: "the log is shorter than its last signed head: it was cut[ after event {to}]",
    sia: null,
    contactId: null,
  },
  "system.log-nearly-full": {
    severity: "warning",
    text: "the log fills {percent} % of its room ({usedMb} of {roomMb} MB)[; full in about {days} days]",
    sia: "JL",
    // "Event log 50 % full" is the highest that has been passed for certain; 1623 stands for 90 %.
    contactId: "1622",
  },
  "system.log-room-again": {
    severity: "notice",
    text: "the log has room again: {percent} % used ({usedMb} of {roomMb} MB)",
    sia: null,
    contactId: null,
  },
  "system.clock-stepped": {
    severity: "warning",
    text: "the clock was set by {seconds} s",
    sia: "JT",
    contactId: "1625",
  },
  "system.clock-trusted": {
    severity: "notice",
    text: "the clock is trusted[: {reason}][, says {by}][ ({note})]",
    sia: null,
    contactId: null,
  },
  "system.clock-not-trusted": {
    severity: "warning",
    text: "the clock is not trusted: {reason}; no schedule unlocks a door",
    sia: "JT",
    contactId: "1625",
  },
  "system.emergency-mode": {
    severity: "critical",
    text: "the database cannot be opened[: {reason}]; doors open to {badges} emergency badges only",
    sia: "YF",
    contactId: "1621",
  },
  "system.emergency-file-refused": {
    severity: "critical",
    text: "no emergency badge is known[: {reason}]",
    sia: null,
    contactId: null,
  },
  "system.pin-key-lost": {
    severity: "critical",
    text: "the key of the PINs is not the one they were set with: the PINs of {people} people open nothing until the key is back or they are set anew",
    sia: null,
    contactId: null,
  },
  "system.site-activated": {
    severity: "notice",
    text: "[{by} ]activated revision {revision} of the site[ ({note})]",
    sia: null,
    contactId: null,
  },
  "system.fault": {
    severity: "critical",
    text: "the gateway could not carry something out[: {reason}]",
    sia: null,
    contactId: null,
  },

  // ---- audit: who did or tried what
  "audit.signed-in": { severity: "info", text: "{by} signed in[ from {from}]", sia: null, contactId: null },
  "audit.signed-out": { severity: "info", text: "{by} signed out", sia: null, contactId: null },
  "audit.sign-in-failed": {
    severity: "warning",
    text: "a sign-in as {account} failed[ from {from}][: {reason}]",
    sia: null,
    contactId: null,
  },
  "audit.refused": {
    severity: "warning",
    text: "{by} may not do {operation}[: {reason}]",
    sia: null,
    contactId: null,
  },
  "audit.requested": {
    severity: "info",
    text: "{by} did {operation}[ ({note})]",
    sia: null,
    contactId: null,
  },
  "audit.request-refused": {
    severity: "notice",
    text: "{operation}[ at {door}][ of {sensor}][ of {partition}] by {by} was refused: {reason}[ ({standing})][: {zones}]",
    sia: null,
    contactId: null,
  },
  "audit.site-changed": {
    severity: "notice",
    text: "{by} saved revision {revision} of the site[ ({note})]",
    sia: null,
    contactId: null,
  },
  "audit.people-changed": {
    severity: "notice",
    text: "{by} changed people[: {action}][ ({person})][, {rows} rows][: {reason}]",
    sia: null,
    contactId: null,
  },
  "audit.account-changed": {
    severity: "notice",
    text: "{by} changed the account {account}[: {action}]",
    sia: null,
    contactId: null,
  },
  "audit.device-changed": {
    severity: "notice",
    text: "{by} worked on {device}[: {action}]",
    sia: null,
    contactId: null,
  },
  "audit.owner-claimed": {
    severity: "warning",
    text: "{by} became owner of this gateway",
    sia: null,
    contactId: null,
  },
} as const satisfies Record<`${EventCategory}.${string}`, CatalogueEntry>;

export type EventType = keyof typeof eventCatalogue;

/** Told to discreet accounts only, on topics of their own; nothing of them shows anywhere else (MQTT contract, `silent`). */
const silentTypes: ReadonlySet<EventType> = new Set<EventType>([
  "access.duress",
  "alarm.hold-up-silent",
  "alarm.hold-up-silent-ended",
  "alarm.silent-acknowledged",
  "alarm.silent-noted",
  "alarm.silent-assigned",
  "alarm.silent-escalated",
  "alarm.silent-closed",
]);

export function isSilent(type: EventType): boolean {
  return silentTypes.has(type);
}

/** What it came to, as the core tells it. Flat, as in the MQTT contract; absent fields do not apply. */
export interface EventBody {
  readonly type: EventType;
  /** Only where it differs from the catalogue's. */
  readonly severity?: Severity;
  readonly tenant?: TenantId;
  readonly door?: DoorId;
  readonly side?: Side;
  readonly area?: AreaId;
  readonly person?: PersonId;
  /** A credential's id, or of an unknown one what `shown` says; never a whole value. */
  readonly credential?: CredentialId;
  readonly shown?: string;
  readonly device?: DeviceId;
  readonly sensor?: SensorId;
  readonly lift?: LiftId;
  readonly partition?: PartitionId;
  /** The incident that it belongs to. */
  readonly incident?: string;
  readonly scan?: string;
  readonly by?: Actor;
  readonly reason?: string;
  readonly trace?: readonly TraceLine[];
  /** What would have made a denial a grant, as a person reads it. */
  readonly remedy?: string;
  /** The same as data: alternatives, each of one change or of several that it takes together. */
  readonly remedies?: readonly Remedy[];
  /** Who judged a card. */
  readonly decidedBy?: "gateway";
  /** The command it stands for. */
  readonly command?: string;
  /** Signals that passed while the gateway was down. */
  readonly late?: true;
  /** Details of one type only: numbers, names of settings. Small. */
  readonly data?: Readonly<Record<string, string | number | boolean | null | readonly (string | number)[]>>;
}

/** The entry of a type; the types of its fields are the general ones. */
export function catalogueEntry(type: EventType): CatalogueEntry {
  return eventCatalogue[type];
}

export function eventCategory(type: EventType): EventCategory {
  return type.slice(0, type.indexOf(".")) as EventCategory;
}

/** What a receiving centre is told of this event: the catalogue's codes, or those of its reason or mode. */
export function reportCodes(event: EventBody): Pick<CatalogueEntry, "sia" | "contactId"> {
  const { sia, contactId } = catalogueEntry(event.type);
  if (event.type === "access.denied") {
    return { sia: (event.reason && reasonEntry(event.reason)?.sia) || sia, contactId };
  }
  if (event.type === "door.mode-changed" || event.type === "door.override-ended") {
    const { mode, was } = event.data ?? {};
    // DC-03 "door set to locked out for everybody" and "door set to free access", with the restore of what was before.
    if (mode === "secured") return { sia: "DC", contactId: "1501" };
    if (mode === "free") return { sia: "DO", contactId: "1577" };
    if (was === "secured") return { sia: null, contactId: "3501" };
    if (was === "free") return { sia: null, contactId: "3577" };
  }
  // DC-03 "freeze", and "power up after a loss".
  if (event.type === "alarm.temperature" && event.data?.low === true) return { sia: "ZA", contactId: "1159" };
  if (event.type === "alarm.temperature-ended" && event.data?.low === true)
    return { sia: "ZR", contactId: "3159" };
  if (event.type === "system.started" && event.sensor !== undefined) return { sia: "RR", contactId: "1305" };
  if (event.type === "alarm.armed" || event.type === "alarm.disarmed") return armCodes(event);
  return { sia, contactId };
}

/** An event with the engine's stamps: what is stored, published and shown. */
export interface SiteEvent extends EventBody {
  readonly v: 1;
  readonly id: string;
  readonly seq: number;
  /** The signal's instant. */
  readonly at: Instant;
  readonly site: SiteId;
  readonly severity: Severity;
  readonly tenant: TenantId;
  readonly revision: number;
  readonly signal: string;
}
