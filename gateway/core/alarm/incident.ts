/** Incidents: what somebody must answer for. One physical event is one incident, and nothing but a person ends it. */
import type { Draft } from "../draft.js";
import type { EventBody, Severity } from "../events.js";
import type { Instant, PartitionId } from "../site.js";
import type { IncidentKind, IncidentState } from "./alarm-state.js";
import type { ZoneId } from "./rules.js";
import { alarmIndex } from "./zones.js";

/** What is raised, and the event that tells of it. */
export interface Raising {
  readonly event: EventBody;
  readonly kind: IncidentKind;
  readonly severity: Severity;
  readonly priority: number;
  readonly zone: ZoneId;
  readonly partitions: readonly PartitionId[];
  /** The signal of the physical event; absent: this one. */
  readonly origin?: string;
  /** It goes on until the zone comes to rest. */
  readonly lasts: boolean;
  readonly silent: boolean;
}

/** The open incidents, as they are in this step. */
export function* openIncidents(
  draft: Pick<Draft, "incidents" | "before">,
): Generator<[string, IncidentState]> {
  const changed = draft.incidents.changed;
  for (const [id, own] of draft.before.incidents) if (!changed?.has(id)) yield [id, own];
  for (const [id, own] of changed ?? []) if (own) yield [id, own];
}

/** Kinds of which one in a partition that is in alarm belongs to the incident that is open there. */
const grouped: ReadonlySet<IncidentKind> = new Set(["burglary", "tamper", "door"]);

/** Opens an incident, or joins the one that it belongs to, and tells the event with its id. */
export function raise(draft: Draft, raising: Raising): string {
  const { event, zone, partitions, lasts } = raising;
  const open = incidentFor(draft, raising);
  if (!open) return begin(draft, raising);
  const [id, own] = open;
  const { restoredAt, ...rest } = own;
  const active = lasts && !own.active.includes(zone) ? [...own.active, zone] : own.active;
  const next: IncidentState = {
    ...rest,
    lastAt: draft.at,
    events: own.events + 1,
    partitions: union(own.partitions, partitions),
    zones: union(own.zones, [zone]),
    active,
    priority: Math.min(own.priority, raising.priority),
    severity: raising.severity === "critical" ? "critical" : own.severity,
    ...(raising.kind === "burglary" ? { kind: raising.kind } : {}),
    ...(restoredAt !== undefined && active.length === 0 ? { restoredAt } : {}),
  };
  draft.incidents.set(id, next);
  draft.tell({ ...event, incident: id });
  confirm(draft, id, own, raising);
  return id;
}

function begin(draft: Draft, raising: Raising): string {
  const { event, kind, severity, priority, zone, partitions, origin, lasts, silent } = raising;
  const id = `${draft.signalId}-${countNew(draft) + 1}`;
  const { door, sensor, area, device, person } = event;
  const first = draft.site.alarm?.escalation[0];
  draft.incidents.set(id, {
    type: event.type,
    kind,
    severity,
    priority,
    at: draft.at,
    lastAt: draft.at,
    events: 1,
    origin: origin ?? draft.signalId,
    partitions,
    zones: [zone],
    active: lasts ? [zone] : [],
    ...(door === undefined ? {} : { door }),
    ...(sensor === undefined ? {} : { sensor }),
    ...(area === undefined ? {} : { area }),
    ...(device === undefined ? {} : { device }),
    ...(person === undefined ? {} : { person }),
    ...(silent ? { silent: true } : {}),
    ...(lasts ? {} : { restoredAt: draft.at }),
    level: 0,
    ...(first ? { escalateAt: draft.at + first.afterMs } : {}),
  });
  draft.tell({ ...event, incident: id });
  return id;
}

function countNew(draft: Draft): number {
  let count = 0;
  for (const id of draft.incidents.changed?.keys() ?? []) if (!draft.incidents.before(id)) count++;
  return count;
}

function incidentFor(draft: Draft, raising: Raising): [string, IncidentState] | undefined {
  const { silent, kind, zone, event, partitions, origin = draft.signalId } = raising;
  for (const [id, own] of openIncidents(draft)) {
    if ((own.silent === true) !== silent) continue;
    if (own.origin === origin && grouped.has(own.kind) === grouped.has(kind)) return [id, own];
    if (own.type === event.type && own.zones[0] === zone && own.cancelled === undefined) return [id, own];
    if (!grouped.has(own.kind) || !grouped.has(kind) || own.cancelled) continue;
    const inAlarm = own.partitions.some(
      (each) => partitions.includes(each) && draft.partitions.get(each)?.is === "triggered",
    );
    if (inAlarm) return [id, own];
  }
  return undefined;
}

/** Another sensor says the same within the time that the partition allows for it. */
function confirm(draft: Draft, id: string, before: IncidentState, raising: Raising): void {
  if (raising.kind !== "burglary" || before.confirmed || before.zones.includes(raising.zone)) return;
  const within = Math.max(
    ...raising.partitions.map((each) => alarmIndex(draft.site).rulesOf.get(each)?.confirmWithinMs ?? 0),
    0,
  );
  if (draft.at - before.at > within) return;
  confirmed(draft, id, raising.event);
}

export function confirmed(
  draft: Draft,
  id: string,
  { door, sensor, area, partition, tenant }: EventBody,
): void {
  const own = draft.incidents.get(id);
  if (!own || own.confirmed) return;
  draft.incidents.set(id, { ...own, confirmed: true });
  draft.tell({
    type: "alarm.confirmed",
    incident: id,
    ...(tenant === undefined ? {} : { tenant }),
    ...(door === undefined ? {} : { door }),
    ...(sensor === undefined ? {} : { sensor }),
    ...(area === undefined ? {} : { area }),
    ...(partition === undefined ? {} : { partition }),
  });
}

/** What an incident stood for has come to rest there. @returns the incident; undefined: none was open for it */
export function rest(draft: Draft, zone: ZoneId): string | undefined {
  let found: string | undefined;
  for (const [id, own] of [...openIncidents(draft)]) {
    if (!own.active.includes(zone)) continue;
    const active = own.active.filter((each) => each !== zone);
    draft.incidents.set(id, { ...own, active, ...(active.length === 0 ? { restoredAt: draft.at } : {}) });
    found ??= id;
  }
  return found;
}

/** As people and central systems are told. Restored before somebody saw it, it is raised still. */
export type IncidentPhase = "raised" | "acknowledged" | "restored";

export function phaseOf(own: IncidentState): IncidentPhase {
  if (!own.acknowledged) return "raised";
  return own.restoredAt === undefined ? "acknowledged" : "restored";
}

export function incidentDeadline(own: IncidentState): Instant | undefined {
  return own.acknowledged ? undefined : own.escalateAt;
}

function union<T>(a: readonly T[], b: readonly T[]): readonly T[] {
  const more = b.filter((each) => !a.includes(each));
  return more.length === 0 ? a : [...a, ...more];
}
