/**
 * A partition: disarmed, arming while people leave, armed, pending while somebody who came in must disarm, triggered. It is
 * disarmed by somebody who may, and by nothing else: no time, no siren's end, no link and no restart does it.
 */
import type { Draft } from "../draft.js";
import type { RequestRefusal } from "../reasons.js";
import type { Actor } from "../signals.js";
import type { Instant, PartitionId } from "../site.js";
import type { ArmHow, PartitionState, ZoneState } from "./alarm-state.js";
import { armedWith, inTheWay } from "./arm-check.js";
import { feedback } from "./feedback.js";
import { openIncidents } from "./incident.js";
import { raiseZone, tellZone } from "./raise-zone.js";
import { mayStillSettle, type NotReady, notReady } from "./ready.js";
import type { ArmLevel } from "./rules.js";
import { hush } from "./siren.js";
import {
  type ArmDeed,
  concernDoors,
  feedbackMs,
  isArmed,
  partitionOf,
  rulesOf,
  tellPartition,
  trigger,
} from "./standing.js";
import { noteDisarmed } from "./supervision.js";
import { alarmIndex, leftOut, type Zone } from "./zones.js";

export interface ArmWish extends ArmDeed {
  readonly level: ArmLevel;
  /** Leaves out what is not quiet. */
  readonly force?: boolean;
  /** Nobody is there who has to leave. */
  readonly atOnce?: boolean;
}

// --------------------------------------------------------------------------------------------------------------- arming

/** Why it cannot be armed now, and what is not quiet. */
export interface ArmRefusal {
  readonly reason: RequestRefusal;
  readonly zones: readonly NotReady[];
}

/** Arms it with all its members. Whatever is not quiet is named and nothing is armed, or left out by force. */
export function arm(draft: Draft, id: PartitionId, wish: ArmWish): ArmRefusal | undefined {
  if (!draft.site.partitions.has(id)) return { reason: "unknown-partition", zones: [] };
  const leaves = armedWith(draft.site, id).filter((each) => !isArmed(partitionOf(draft, each)));
  if (leaves.length === 0 && isArmed(partitionOf(draft, id))) return { reason: "already-armed", zones: [] };
  const standing = inTheWay(draft.site, draft, id, wish.level).filter(
    ({ settles }) => wish.atOnce || !settles,
  );
  const stubborn = standing.find(({ zone }) => zone.rules.mustCount);
  if (stubborn) return { reason: "must-count", zones: [stubborn] };
  if (standing.length > 0 && !wish.force) return { reason: "not-ready", zones: standing };
  for (const { zone, why } of standing) bypassAuto(draft, zone, why, wish);
  for (const each of leaves) begin(draft, each, wish);
  // Its members were armed before it, one by one, and it was disarmed alone.
  if (leaves.length === 0) begin(draft, id, wish);
  settleCommons(draft, leaves, wish);
  return undefined;
}

function exitMsFor(draft: Draft, id: PartitionId, { level, atOnce }: ArmWish): number {
  // Whoever arms at home stays inside.
  return atOnce || level === "home" || level === "night" ? 0 : rulesOf(draft, id).exitMs;
}

function begin(draft: Draft, id: PartitionId, wish: ArmWish, until?: Instant): void {
  const { level, by, how, force } = wish;
  const ends = until ?? draft.at + exitMsFor(draft, id, wish);
  const base = { level, since: draft.at, by: by.id, how };
  if (ends > draft.at) {
    draft.partitions.set(id, { is: "arming", ...base, until: ends, ...(force ? { force } : {}) });
    tellPartition(draft, id, {
      type: "alarm.arming",
      by,
      data: { arming: level, how, seconds: Math.round((ends - draft.at) / 1000), ...bypassedData(draft, id) },
    });
    feedback(draft, id, "arming", ends - draft.at);
  } else {
    draft.partitions.set(id, { is: "arming", ...base, until: draft.at, ...(force ? { force } : {}) });
    exitOver(draft, id);
  }
  concernDoors(draft, id);
}

/** The exit delay is over: armed, if all is quiet by now. */
export function exitOver(draft: Draft, id: PartitionId): void {
  const own = partitionOf(draft, id);
  if (own.is !== "arming") return;
  const rules = rulesOf(draft, id);
  const { until: _, force, is: __, ...armed } = own;
  const standing = notReady(draft.site, draft, id, own.level);
  const by: Actor = actorOf(own);
  if (standing.length > 0 && !force) {
    if (rules.openAtExit === "fails" || !standing.every(mayStillSettle)) {
      draft.partitions.set(id, { is: "disarmed", since: draft.at });
      tellPartition(draft, id, {
        type: "alarm.not-armed",
        by,
        data: { arming: own.level, zones: standing.map(({ zone }) => zone.id) },
      });
      forgetSession(draft, id);
      feedback(draft, id, "not-armed", feedbackMs);
      concernDoors(draft, id);
      membersOff(draft, id, { by, how: "members" });
      return;
    }
    // CP-01: whoever left a door open is told at once, and has the entry delay to come back.
    const [first] = standing;
    for (const { zone } of standing) tellZone(draft, zone, { type: "alarm.exit-error", partition: id });
    const origin = { signal: draft.signalId, zone: first?.zone.id ?? "" };
    draft.partitions.set(id, { is: "pending", ...armed, until: draft.at + rules.entryMs, origin });
    feedback(draft, id, "entry", rules.entryMs);
    concernDoors(draft, id);
    return;
  }
  for (const { zone, why } of standing) bypassAuto(draft, zone, why, { by });
  draft.partitions.set(id, { is: "armed", ...armed, since: draft.at });
  tellPartition(draft, id, {
    type: "alarm.armed",
    by,
    data: {
      arming: own.level,
      how: own.how ?? "operator",
      ...(bypassedOf(draft, id).length > 0 ? { forced: true } : {}),
      ...bypassedData(draft, id),
    },
  });
  feedback(draft, id, "armed", feedbackMs);
  concernDoors(draft, id);
}

function actorOf({ by, how }: Extract<PartitionState, { is: "arming" }>): Actor {
  const kinds: Readonly<Record<ArmHow, Actor["kind"]>> = {
    reader: "person",
    keypad: "person",
    entry: "person",
    operator: "operator",
    client: "client",
    schedule: "system",
    "last-out": "system",
    members: "system",
    input: "sensor",
  };
  return { kind: kinds[how ?? "schedule"], id: by ?? "schedule" };
}

/** A common partition arms when the last of its members does. */
function settleCommons(draft: Draft, changed: readonly PartitionId[], wish: ArmWish): void {
  const { commonsOf } = alarmIndex(draft.site);
  for (const common of new Set(changed.flatMap((each) => commonsOf.get(each) ?? []))) {
    const members = draft.site.partitions.get(common)?.members ?? [];
    const states = members.map((member) => partitionOf(draft, member));
    if (isArmed(partitionOf(draft, common)) || !states.every(isArmed)) continue;
    const until = Math.max(...states.map((own) => (own.is === "arming" ? own.until : draft.at)));
    const standing = notReady(draft.site, draft, common, wish.level).filter((zone) => !mayStillSettle(zone));
    if (standing.length > 0 && !wish.force) {
      tellPartition(draft, common, {
        type: "alarm.not-armed",
        by: wish.by,
        data: { arming: wish.level, zones: standing.map(({ zone }) => zone.id) },
      });
      continue;
    }
    for (const { zone, why } of standing) bypassAuto(draft, zone, why, wish);
    begin(draft, common, { ...wish, how: wish.how }, until);
    settleCommons(draft, [common], wish);
  }
}

/** The common partitions of one that is no longer armed. */
function membersOff(draft: Draft, id: PartitionId, deed: ArmDeed): void {
  for (const common of alarmIndex(draft.site).commonsOf.get(id) ?? [])
    if (isArmed(partitionOf(draft, common))) disarmOne(draft, common, deed);
}

// ------------------------------------------------------------------------------------------------------------- disarming

/** Disarms it; asked for in so many words, with all its members; by whoever comes in, it alone. */
export function disarm(draft: Draft, id: PartitionId, deed: ArmDeed): RequestRefusal | undefined {
  if (!draft.site.partitions.has(id)) return "unknown-partition";
  const leaves = deed.how === "entry" ? [] : armedWith(draft.site, id);
  const armed = [...new Set([...leaves, id])].filter((each) => isArmed(partitionOf(draft, each)));
  if (armed.length === 0) return "already-disarmed";
  for (const each of armed) if (isArmed(partitionOf(draft, each))) disarmOne(draft, each, deed);
  return undefined;
}

function disarmOne(draft: Draft, id: PartitionId, deed: ArmDeed): void {
  const own = partitionOf(draft, id);
  if (!isArmed(own)) return;
  const { by, how, note } = deed;
  draft.partitions.set(id, { is: "disarmed", since: draft.at, by: by.id });
  const afterAlarm = own.is === "triggered";
  tellPartition(draft, id, {
    type: "alarm.disarmed",
    by,
    data: {
      how,
      was: own.is,
      ...(afterAlarm ? { afterAlarm } : {}),
      ...(note === undefined ? {} : { note }),
    },
  });
  if (afterAlarm) cancelIncidents(draft, id, by);
  forgetSession(draft, id);
  feedback(draft, id, "disarmed", feedbackMs);
  concernDoors(draft, id);
  noteDisarmed(draft, id, own, deed);
  membersOff(draft, id, deed);
}

/** What sounds for this partition stops; its incidents stay open, and say that somebody with the right to it was there. */
function cancelIncidents(draft: Draft, id: PartitionId, by: Actor): void {
  for (const [incident, own] of [...openIncidents(draft)]) {
    if (own.cancelled || own.silent || !own.partitions.includes(id)) continue;
    if (own.kind !== "burglary" && own.kind !== "tamper" && own.kind !== "door") continue;
    // Another of its partitions is in alarm still.
    if (own.partitions.some((each) => partitionOf(draft, each).is === "triggered")) continue;
    const inTime = draft.at - own.at <= rulesOf(draft, id).abortMs;
    draft.incidents.set(incident, { ...own, cancelled: { at: draft.at, by: by.id, inTime } });
    draft.tell({
      type: "alarm.cancelled",
      incident,
      by,
      partition: id,
      data: {
        partitions: own.partitions,
        ...(rulesOf(draft, id).abortMs === 0 ? {} : { when: inTime ? "in time" : "later" }),
      },
    });
    hush(draft, (siren) => siren.incident === incident);
  }
}

/** What was left out for this armed time counts again, and what was counted in it is forgotten. */
function forgetSession(draft: Draft, id: PartitionId): void {
  for (const zone of alarmIndex(draft.site).of.get(id) ?? []) {
    if (zone.partitions.some((each) => isArmed(partitionOf(draft, each)))) continue;
    const own = draft.zones.get(zone.id);
    if (!own) continue;
    const { hits, alarms, shutDown, bypass, ...rest } = own;
    const session = bypass?.until === "session";
    if (hits === undefined && alarms === undefined && !shutDown && !session) continue;
    draft.zones.set(zone.id, bypass && !session ? { ...rest, bypass } : rest);
    if (session) tellZone(draft, zone, { type: "alarm.unbypassed" });
    if (shutDown) tellZone(draft, zone, { type: "alarm.swinger-ended" });
  }
}

// -------------------------------------------------------------------------------------------------------------- its zones

/** Somebody came in by a door that leaves him time to disarm. */
export function startEntry(draft: Draft, id: PartitionId, zone: Zone): void {
  const own = partitionOf(draft, id);
  if (own.is !== "armed") return;
  const { entryMs } = rulesOf(draft, id);
  const origin = { signal: draft.signalId, zone: zone.id };
  draft.partitions.set(id, { ...own, is: "pending", until: draft.at + entryMs, origin });
  tellZone(draft, zone, {
    type: "alarm.entry-delay",
    partition: id,
    data: { seconds: Math.round(entryMs / 1000) },
  });
  feedback(draft, id, "entry", entryMs);
}

/** Nobody disarmed in time. */
export function entryOver(draft: Draft, id: PartitionId): void {
  const own = partitionOf(draft, id);
  if (own.is !== "pending") return;
  const zone = alarmIndex(draft.site).zones.get(own.origin.zone);
  if (zone) raiseZone(draft, zone, [id], { origin: own.origin.signal, type: "alarm.entry" });
  trigger(draft, id);
}

function bypassAuto(draft: Draft, zone: Zone, why: string, { by }: Pick<ArmDeed, "by">): void {
  const own: ZoneState = draft.zones.get(zone.id) ?? {};
  if (own.bypass) return;
  draft.zones.set(zone.id, {
    ...own,
    bypass: { by: by.id, since: draft.at, until: "session", auto: true },
  });
  tellZone(draft, zone, { type: "alarm.bypassed", by, data: { why, auto: true } });
}

function bypassedOf(draft: Draft, id: PartitionId): readonly string[] {
  return (alarmIndex(draft.site).of.get(id) ?? [])
    .filter((zone) => leftOut(draft.zones.get(zone.id)))
    .map((zone) => zone.id);
}

function bypassedData(draft: Draft, id: PartitionId): { readonly bypassed?: readonly string[] } {
  const bypassed = bypassedOf(draft, id);
  return bypassed.length === 0 ? {} : { bypassed };
}
