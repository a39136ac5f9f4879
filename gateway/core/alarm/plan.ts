/** What the clock and the last person out do to a partition: they arm it, after a warning, and never disarm it. */
import { areaIndex } from "../area-index.js";
import { clockTrusted } from "../clock-trust.js";
import type { Draft } from "../draft.js";
import type { RequestRefusal } from "../reasons.js";
import { inSchedule, nextBoundary } from "../schedule.js";
import type { Actor } from "../signals.js";
import type { AreaId, Door, Instant, PartitionId, Schedule, Site } from "../site.js";
import type { PlanState } from "./alarm-state.js";
import { feedback } from "./feedback.js";
import { arm } from "./partition.js";
import type { PartitionRules } from "./rules.js";
import { isArmed, partitionOf, rulesOf, tellPartition } from "./standing.js";
import { alarmIndex, type Zone } from "./zones.js";

/** The schedules whose boundaries this partition waits for. */
function schedulesOf(site: Site, rules: PartitionRules): readonly Schedule[] {
  const ids = [rules.autoArm?.outside, rules.autoArm?.again, rules.supervision?.opening];
  return [...new Set(ids)].flatMap((id) => (id === undefined ? [] : (site.schedules.get(id) ?? [])));
}

function isPlanned({ autoArm, supervision, lastPersonOut }: PartitionRules): boolean {
  return autoArm !== undefined || supervision !== undefined || lastPersonOut !== undefined;
}

/** At a start and with a new site: schedules are judged from now on, what was put off stands. */
export function beginPlans(draft: Draft): void {
  for (const { id } of draft.site.partitions.values()) {
    const planned = isPlanned(rulesOf(draft, id));
    if (planned && !draft.plans.get(id)) draft.plans.set(id, { judgedAt: draft.at });
    if (!planned && draft.plans.get(id)) draft.plans.set(id, undefined);
  }
}

// A plan and a site never change: asked for at every signal, it is worked out once.
const deadlines = new WeakMap<
  PlanState,
  { readonly site: Site; readonly id: PartitionId; readonly at: Instant | undefined }
>();

export function planDeadline(site: Site, id: PartitionId, own: PlanState): Instant | undefined {
  const known = deadlines.get(own);
  if (known?.site === site && known.id === id) return known.at;
  const at = workedOut(site, id, own);
  deadlines.set(own, { site, id, at });
  return at;
}

function workedOut(site: Site, id: PartitionId, own: PlanState): Instant | undefined {
  const rules = alarmIndex(site).rulesOf.get(id);
  if (!rules) return undefined;
  const all = schedulesOf(site, rules).map((schedule) => nextBoundary(schedule, own.judgedAt));
  const due = [...all, own.warnAt, own.armAt, own.closeBy].filter((at) => at !== undefined);
  return due.length === 0 ? undefined : Math.min(...due);
}

/** Everything of it that is due at this instant. */
export function settlePlan(draft: Draft, id: PartitionId): void {
  judgeSchedules(draft, id);
  warnIfDue(draft, id);
  armIfDue(draft, id);
  const own = draft.plans.get(id);
  if (own?.closeBy !== undefined && own.closeBy <= draft.at) {
    const { closeBy: _, ...rest } = own;
    draft.plans.set(id, rest);
    if (!isArmed(partitionOf(draft, id))) tellPartition(draft, id, { type: "alarm.not-armed-in-time" });
  }
}

function judgeSchedules(draft: Draft, id: PartitionId): void {
  const own = draft.plans.get(id);
  const rules = rulesOf(draft, id);
  if (!own) return;
  const due = schedulesOf(draft.site, rules).filter((schedule) => {
    const boundary = nextBoundary(schedule, own.judgedAt);
    return boundary !== undefined && boundary <= draft.at;
  });
  if (due.length === 0) return;
  let next: PlanState = { ...own, judgedAt: draft.at };
  const trusted = clockTrusted(draft);
  const ended = due.filter((schedule) => !inSchedule(schedule, draft.at)).map((schedule) => schedule.id);
  const { autoArm, supervision } = rules;
  const free = !isArmed(partitionOf(draft, id));
  if (trusted && free && autoArm && ended.some((each) => each === autoArm.outside || each === autoArm.again))
    next = { ...next, warnAt: draft.at, armAt: draft.at + autoArm.warnMs, why: "schedule", delays: 0 };
  if (trusted && free && supervision && ended.includes(supervision.opening))
    next = { ...next, closeBy: draft.at + supervision.closeWithinMs };
  draft.plans.set(id, next);
}

function warnIfDue(draft: Draft, id: PartitionId): void {
  const own = draft.plans.get(id);
  if (own?.warnAt === undefined || own.warnAt > draft.at) return;
  const { warnAt: _, ...rest } = own;
  draft.plans.set(id, rest);
  if (own.armAt === undefined || isArmed(partitionOf(draft, id)) || own.armAt <= draft.at) return;
  const ms = own.armAt - draft.at;
  tellPartition(draft, id, {
    type: "alarm.arm-warning",
    reason: own.why ?? "schedule",
    data: { minutes: Math.ceil(ms / 60_000) },
  });
  feedback(draft, id, "arm-warning", ms);
}

const byClock: Actor = { kind: "system", id: "schedule" };

function armIfDue(draft: Draft, id: PartitionId): void {
  const own = draft.plans.get(id);
  if (own?.armAt === undefined || own.armAt > draft.at) return;
  const { armAt: _, why = "schedule", delays: __, warnAt: ___, ...rest } = own;
  draft.plans.set(id, rest);
  if (isArmed(partitionOf(draft, id))) return;
  const { autoArm, lastPersonOut } = rulesOf(draft, id);
  const level = why === "schedule" ? autoArm?.level : lastPersonOut?.level;
  if (level === undefined) return;
  const refused = arm(draft, id, {
    by: byClock,
    how: why === "schedule" ? "schedule" : "last-out",
    level,
    force: why === "schedule" && autoArm?.force === true,
  });
  if (refused)
    tellPartition(draft, id, {
      type: "alarm.not-armed",
      by: byClock,
      reason: refused.reason,
      data: { arming: level, zones: refused.zones.map(({ zone }) => zone.id) },
    });
}

/** Somebody is still there, and says so at a reader or from the web. */
export function putOff(draft: Draft, id: PartitionId, by: Actor): RequestRefusal | undefined {
  const own = draft.plans.get(id);
  const { autoArm } = rulesOf(draft, id);
  if (!draft.site.partitions.has(id)) return "unknown-partition";
  if (own?.armAt === undefined || own.why !== "schedule" || !autoArm) return "no-arming-due";
  const delays = own.delays ?? 0;
  if (delays >= autoArm.mostDelays) return "put-off-enough";
  const armAt = own.armAt + autoArm.delayMs;
  draft.plans.set(id, { ...own, armAt, warnAt: armAt - autoArm.warnMs, delays: delays + 1 });
  tellPartition(draft, id, {
    type: "alarm.arm-delayed",
    by,
    data: { minutes: Math.round(autoArm.delayMs / 60_000) },
  });
  feedback(draft, id, "quiet", 0);
  return undefined;
}

// ------------------------------------------------------------------------------------------------------ last person out

interface Bounds {
  readonly areas: readonly AreaId[];
  /** Doors with one side in it, and one out. */
  readonly doors: readonly Door[];
}

/** The areas that it covers, as its doors say, and the doors out of it. */
function boundsOf(site: Site, id: PartitionId): Bounds {
  const areas = new Set<AreaId>();
  const doors: Door[] = [];
  for (const door of site.doors.values()) {
    const { inside, outside } = door.partitions;
    if (inside === id) areas.add(door.to);
    if (outside === id) areas.add(door.from);
    if ((inside === id) !== (outside === id)) doors.push(door);
  }
  return { areas: [...areas], doors };
}

/** Somebody went through a door: its partitions may be empty now, or no longer. */
export function notePassage(draft: Draft, door: Door): void {
  for (const id of new Set([door.partitions.inside, door.partitions.outside])) {
    if (id === undefined) continue;
    const rules = rulesOf(draft, id).lastPersonOut;
    const own = draft.plans.get(id);
    if (!rules || !own || isArmed(partitionOf(draft, id))) continue;
    if (own.why === "schedule" && own.armAt !== undefined) continue;
    if (isEmpty(draft, id))
      draft.plans.set(id, {
        ...own,
        why: "last-out",
        warnAt: draft.at + rules.quietMs,
        armAt: draft.at + rules.quietMs + rules.warnMs,
      });
    else callOff(draft, id, own);
  }
}

function isEmpty(draft: Draft, id: PartitionId): boolean {
  const { areas, doors } = boundsOf(draft.site, id);
  // A door that does not read both ways lets somebody in of whom nobody knows.
  if (areas.length === 0 || doors.some(({ readers }) => !readers.outside || !readers.inside)) return false;
  const within = areaIndex(draft.site).within;
  const outermost = areas.filter(
    (area) => !areas.some((other) => other !== area && within.get(other)?.has(area)),
  );
  return outermost.every((area) => draft.headcount(area).all === 0);
}

function callOff(draft: Draft, id: PartitionId, own: PlanState): void {
  if (own.armAt === undefined || own.why !== "last-out") return;
  const { armAt: _, warnAt, why: __, ...rest } = own;
  draft.plans.set(id, rest);
  // It had begun to warn.
  if (warnAt === undefined) tellPartition(draft, id, { type: "alarm.arm-called-off" });
}

/** An interior sensor sees somebody of whom the readers know nothing: the quiet time begins anew. */
export function noteActivity(draft: Draft, zone: Zone): void {
  for (const id of zone.partitions) {
    const own = draft.plans.get(id);
    const rules = rulesOf(draft, id).lastPersonOut;
    if (!own || !rules || own.armAt === undefined || own.why !== "last-out") continue;
    callOff(draft, id, own);
    const after = draft.plans.get(id) ?? own;
    if (isEmpty(draft, id))
      draft.plans.set(id, {
        ...after,
        why: "last-out",
        warnAt: draft.at + rules.quietMs,
        armAt: draft.at + rules.quietMs + rules.warnMs,
      });
  }
}
