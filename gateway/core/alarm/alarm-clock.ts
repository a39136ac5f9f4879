/** What of the alarm falls due by itself, and how its countdowns go on over clock steps and restarts. */
import type { Draft } from "../draft.js";
import { powerDown } from "../power-down.js";
import type { Instant, PartitionId, Site } from "../site.js";
import type { Change, State } from "../state.js";
import type { IncidentState } from "./alarm-state.js";
import { escalate } from "./escalation.js";
import { incidentDeadline, openIncidents } from "./incident.js";
import { loneMissed } from "./lone-worker.js";
import { entryOver, exitOver } from "./partition.js";
import { beginPlans, planDeadline, settlePlan } from "./plan.js";
import { tellZone } from "./raise-zone.js";
import { longestTestMs } from "./rules.js";
import { sirenOver } from "./siren.js";
import { partitionOf } from "./standing.js";
import { testOver } from "./testing.js";
import { troubled } from "./todo.js";
import { walkOver } from "./walk-test.js";
import { alarmIndex } from "./zones.js";

type AlarmChange = Extract<
  Change,
  { kind: "partitions" | "zones" | "incidents" | "sirens" | "plans" | "lone" | "walks" }
>;

const kinds: ReadonlySet<Change["kind"]> = new Set<AlarmChange["kind"]>([
  "partitions",
  "zones",
  "incidents",
  "sirens",
  "plans",
  "lone",
  "walks",
]);

export function isOfAlarm(change: Change): change is AlarmChange {
  return kinds.has(change.kind);
}

/** When this falls due by itself; undefined: it does not. */
export function alarmDeadline(site: Site, { kind, id, value }: AlarmChange): Instant | undefined {
  if (value === undefined) return undefined;
  switch (kind) {
    case "partitions":
      return site.partitions.has(id) && (value.is === "arming" || value.is === "pending")
        ? value.until
        : undefined;
    case "zones": {
      const silentAfterMs = alarmIndex(site).zones.get(id)?.rules.silentAfterMs;
      const silent =
        silentAfterMs === undefined || value.heardAt === undefined || value.silentTold
          ? undefined
          : value.heardAt + silentAfterMs;
      const due = [value.test?.until, value.powerDownAt, silent].filter((at) => at !== undefined);
      return due.length === 0 ? undefined : Math.min(...due);
    }
    case "incidents":
      return incidentDeadline(value);
    case "sirens":
      return value.over ? undefined : value.until;
    case "plans":
      return site.partitions.has(id) ? planDeadline(site, id, value) : undefined;
    case "lone":
      return value.dueAt;
    case "walks":
      return value.ended ? undefined : value.since + longestTestMs;
  }
}

interface Due {
  readonly at: Instant;
  readonly key: string;
  readonly fire: (draft: Draft) => void;
}

/** Those of one kind that `waits` picks, as they are in this step. In a large building nearly none waits. */
function* standing<K extends "partitions" | "plans" | "walks">(
  draft: Draft,
  kind: K,
  waits: (own: Own<K>) => boolean,
): Generator<PartitionId> {
  const changed = draft[kind].changed as ReadonlyMap<string, Own<K> | undefined> | undefined;
  for (const [id, own] of draft.before[kind] as ReadonlyMap<string, Own<K>>)
    if (!changed?.has(id) && waits(own)) yield id;
  for (const [id, own] of changed ?? []) if (own && waits(own)) yield id;
}
type Own<K extends "partitions" | "plans" | "walks"> =
  State[K] extends ReadonlyMap<string, infer V> ? V : never;

/** In the site's order, whatever order they are remembered in. */
function inOrder(site: Site, ids: Iterable<PartitionId>): readonly PartitionId[] {
  const { rankOf } = alarmIndex(site);
  return [...new Set(ids)]
    .filter((id) => rankOf.has(id))
    .sort((a, b) => (rankOf.get(a) ?? 0) - (rankOf.get(b) ?? 0));
}

/** Of partitions, those without members first: a common one follows them. */
function* waiting(draft: Draft, zonesToo: boolean): Generator<Due> {
  const { site } = draft;
  const due = (change: AlarmChange, fire: Due["fire"]): Due[] => {
    const at = alarmDeadline(site, change);
    return at === undefined ? [] : [{ at, key: `${change.kind} ${change.id}`, fire }];
  };
  const ofPartition = (id: PartitionId): Due[] =>
    due({ kind: "partitions", id, value: draft.partitions.get(id) }, (each) => {
      if (partitionOf(each, id).is === "arming") exitOver(each, id);
      else entryOver(each, id);
    });
  const delayed = [...standing(draft, "partitions", ({ is }) => is === "arming" || is === "pending")];
  const isCommon = (id: PartitionId) => (site.partitions.get(id)?.members.length ?? 0) > 0;
  for (const id of inOrder(
    site,
    delayed.filter((id) => !isCommon(id)),
  ))
    yield* ofPartition(id);
  const others = [
    ...delayed.filter(isCommon),
    ...standing(draft, "plans", () => true),
    ...standing(draft, "walks", ({ ended }) => !ended),
  ];
  for (const id of inOrder(site, others)) {
    if (isCommon(id)) yield* ofPartition(id);
    yield* due({ kind: "plans", id, value: draft.plans.get(id) }, (each) => settlePlan(each, id));
    yield* due({ kind: "walks", id, value: draft.walks.get(id) }, (each) => walkOver(each, id));
  }
  for (const [id, value] of openIncidents(draft))
    yield* due({ kind: "incidents", id, value }, (each) => escalate(each, id));
  for (const id of site.alarm?.sirens.keys() ?? [])
    yield* due({ kind: "sirens", id, value: draft.sirens.get(id) }, (each) => sirenOver(each, id));
  for (const id of new Set([...draft.before.lone.keys(), ...(draft.lone.changed?.keys() ?? [])]))
    yield* due({ kind: "lone", id, value: draft.lone.get(id) }, (each) => loneMissed(each, id));
  if (!zonesToo) return;
  for (const id of new Set([...draft.before.zones.keys(), ...(draft.zones.changed?.keys() ?? [])]))
    yield* due({ kind: "zones", id, value: draft.zones.get(id) }, (each) => zoneDue(each, id));
}

function zoneDue(draft: Draft, id: string): void {
  if ((draft.zones.get(id)?.test?.until ?? Number.POSITIVE_INFINITY) <= draft.at) testOver(draft, id);
  const zone = alarmIndex(draft.site).zones.get(id);
  if (zone && (draft.zones.get(id)?.powerDownAt ?? Number.POSITIVE_INFINITY) <= draft.at)
    powerDown(draft, zone);
  const own = draft.zones.get(id);
  const after = zone?.rules.silentAfterMs;
  if (!zone || !own || after === undefined || own.heardAt === undefined || own.silentTold) return;
  if (own.heardAt + after > draft.at) return;
  draft.zones.set(id, { ...own, silentTold: true });
  tellZone(draft, zone, { type: "device.zone-silent", data: { hours: Math.round(after / 3_600_000) } });
  troubled(draft, `silent/${id}`, {
    type: "device.zone-silent",
    ...(zone.sensor ? { sensor: zone.sensor.id } : {}),
    ...(zone.door ? { door: zone.door.id } : {}),
  });
}

/** A promise was broken: what is due once must not be due again. */
class AlarmDeadlineStands extends Error {
  constructor(key: string, due: number) {
    super(`${key}: the deadline ${due} was worked and is still due`);
    this.name = "AlarmDeadlineStands";
  }
}

/**
 * Works what is due, each at its own instant and in that order, so that what follows in the step finds the alarm as it is now.
 * @param zonesToo also what only the clock asks about: ends of tests, and silence
 */
export function settleAlarm(draft: Draft, zonesToo = false): void {
  if (!hasAlarm(draft)) return;
  const now = draft.at;
  let last = "";
  for (;;) {
    let first: Due | undefined;
    for (const due of waiting(draft, zonesToo)) if (!first || due.at < first.at) first = due;
    if (!first || first.at > now) break;
    const stamp = `${first.key} ${first.at}`;
    if (stamp === last) throw new AlarmDeadlineStands(first.key, first.at);
    last = stamp;
    draft.at = first.at;
    first.fire(draft);
  }
  draft.at = now;
}

/** A site without any of it costs nothing. */
function hasAlarm({ site, before }: Draft): boolean {
  return (
    site.partitions.size > 0 || before.incidents.size > 0 || site.alarm !== undefined || before.zones.size > 0
  );
}

/** Every countdown of it, so that what was left of it is left of it still. Boundaries of schedules stay where they are. */
export function shiftAlarm(draft: Draft, byMs: number): void {
  for (const { id } of draft.site.partitions.values()) {
    const own = draft.partitions.get(id);
    if (own?.is === "arming" || own?.is === "pending")
      draft.partitions.set(id, { ...own, until: own.until + byMs });
    const plan = draft.plans.get(id);
    if (plan) draft.plans.set(id, { ...plan, ...shifted(plan, ["warnAt", "armAt", "closeBy"], byMs) });
    const walk = draft.walks.get(id);
    if (walk && !walk.ended) draft.walks.set(id, { ...walk, since: walk.since + byMs });
  }
  for (const [id, own] of [...openIncidents(draft)])
    if (own.escalateAt !== undefined)
      draft.incidents.set(id, { ...own, ...shifted(own, ["escalateAt"], byMs) } as IncidentState);
  for (const id of draft.site.alarm?.sirens.keys() ?? []) {
    const own = draft.sirens.get(id);
    if (own && !own.over) draft.sirens.set(id, { ...own, until: own.until + byMs });
  }
  for (const id of draft.before.lone.keys()) {
    const own = draft.lone.get(id);
    if (own) draft.lone.set(id, { ...own, dueAt: own.dueAt + byMs });
  }
  for (const id of draft.before.zones.keys()) {
    const own = draft.zones.get(id);
    if (!own || (!own.test && own.heardAt === undefined && !own.hits && own.powerDownAt === undefined))
      continue;
    draft.zones.set(id, {
      ...own,
      ...shifted(own, ["heardAt", "activeAt", "powerDownAt"], byMs),
      ...(own.test ? { test: { ...own.test, until: own.test.until + byMs } } : {}),
      ...(own.hits ? { hits: own.hits.map((hit) => hit + byMs) } : {}),
    });
  }
}

function shifted<T extends object>(own: T, fields: readonly (keyof T)[], byMs: number): Partial<T> {
  const moved: Partial<T> = {};
  for (const field of fields) {
    const at = own[field];
    if (typeof at === "number") moved[field] = (at + byMs) as T[keyof T];
  }
  return moved;
}

/** A process has started: what is heard first after it is a level, and what was silent before is silent from now on. */
export function alarmStarted(draft: Draft): void {
  beginPlans(draft);
  for (const zone of alarmIndex(draft.site).supervised) {
    const own = draft.zones.get(zone.id) ?? {};
    draft.zones.set(zone.id, { ...own, heardAt: own.heardAt ?? draft.at });
  }
}
