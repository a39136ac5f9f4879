/** What people and central systems see of the alarm. Instants are ISO 8601, as everywhere outside of the process. */
import type { EventType, Severity } from "../events.js";
import type { Instant, Partition, PartitionId, SensorId, Site } from "../site.js";
import type { State } from "../state.js";
import type { IncidentKind, IncidentState, PartitionState } from "./alarm-state.js";
import { type IncidentPhase, phaseOf } from "./incident.js";
import { type NotReadyWhy, notReady, unrest } from "./ready.js";
import type { ArmLevel, Instruction, ZoneId } from "./rules.js";
import { partitionTest } from "./testing.js";
import { alarmIndex, type Zone } from "./zones.js";

export const armings = [
  "disarmed",
  "arming",
  "armed_away",
  "armed_home",
  "armed_night",
  "armed_custom",
  "pending",
  "triggered",
] as const;
export type Arming = (typeof armings)[number];

export function armingOf(own: PartitionState | undefined): Arming {
  if (!own) return "disarmed";
  return own.is === "armed" ? `armed_${own.level}` : own.is;
}

export interface ZoneShown {
  readonly zone: ZoneId;
  readonly name: string;
}

export interface PartitionView {
  readonly id: PartitionId;
  readonly name: string;
  readonly arming: Arming;
  /** All its sensors are quiet and known, its doors known to be closed. */
  readonly ready: boolean;
  /** At which level; absent: it is not armed. */
  readonly level?: ArmLevel;
  readonly since?: string;
  readonly by?: string;
  /** When the exit or entry delay ends. */
  readonly until?: string;
  /** What is not quiet, by name. */
  readonly notReady?: readonly (ZoneShown & { readonly why: NotReadyWhy })[];
  readonly leftOut?: readonly (ZoneShown & {
    readonly by: string;
    readonly until: "session" | "removed";
    readonly auto: boolean;
  })[];
  /** Sensors that raised too many alarms, or are on test. */
  readonly shutDown?: readonly ZoneShown[];
  /** Until when it is on test. */
  readonly test?: string;
  readonly zonesOnTest?: readonly (ZoneShown & { readonly until: string })[];
  /** Armed by the clock or behind the last person. */
  readonly armsAt?: string;
  readonly armsBecause?: "schedule" | "last-out";
  readonly members?: readonly PartitionId[];
  readonly walkTest?: { readonly since: string; readonly by: string; readonly missing: readonly ZoneShown[] };
}

const iso = (at: Instant) => new Date(at).toISOString();

export function nameOfZone({ sensor, door, id }: Zone): string {
  return sensor?.name ?? door?.name ?? id;
}

const shown = (zone: Zone): ZoneShown => ({ zone: zone.id, name: nameOfZone(zone) });

export function partitionView(site: Site, state: State, { id, name, members }: Partition): PartitionView {
  const own = state.partitions.get(id);
  const open = notReady(site, state, id);
  const zones = alarmIndex(site).of.get(id) ?? [];
  const leftOut = zones.flatMap((zone) => {
    const bypass = state.zones.get(zone.id)?.bypass;
    return bypass ? [{ ...shown(zone), by: bypass.by, until: bypass.until, auto: bypass.auto === true }] : [];
  });
  const shutDown = zones.filter((zone) => state.zones.get(zone.id)?.shutDown).map(shown);
  const zonesOnTest = zones.flatMap((zone) => {
    const test = state.zones.get(zone.id)?.test;
    return test ? [{ ...shown(zone), until: iso(test.until) }] : [];
  });
  const test = state.zones.get(partitionTest(id))?.test;
  const plan = state.plans.get(id);
  const walk = state.walks.get(id);
  return {
    id,
    name,
    arming: armingOf(own),
    ready: open.length === 0 && othersAtRest(site, state, zones),
    ...(own && own.is !== "disarmed" ? { level: own.level } : {}),
    ...(own?.since === undefined ? {} : { since: iso(own.since) }),
    ...(own?.by === undefined ? {} : { by: own.by }),
    ...(own?.is === "arming" || own?.is === "pending" ? { until: iso(own.until) } : {}),
    ...(open.length === 0 ? {} : { notReady: open.map(({ zone, why }) => ({ ...shown(zone), why })) }),
    ...(leftOut.length === 0 ? {} : { leftOut }),
    ...(shutDown.length === 0 ? {} : { shutDown }),
    ...(test ? { test: iso(test.until) } : {}),
    ...(zonesOnTest.length === 0 ? {} : { zonesOnTest }),
    ...(plan?.armAt === undefined
      ? {}
      : { armsAt: iso(plan.armAt), armsBecause: plan.why ?? ("schedule" as const) }),
    ...(members.length === 0 ? {} : { members }),
    ...(walk && !walk.ended
      ? {
          walkTest: {
            since: iso(walk.since),
            by: walk.by,
            missing: zones
              .filter(
                ({ id: zone, row }) =>
                  !Object.hasOwn(walk.seen, zone) && row.watched !== "never" && row.onTestWithPartition,
              )
              .map(shown),
          },
        }
      : {}),
  };
}

/** Water, gas and the like stand in the way of nothing, but what tells of them is not at rest. Silent kinds show nowhere. */
function othersAtRest(_site: Site, state: State, zones: readonly Zone[]): boolean {
  return zones.every(
    (zone) => zone.row.blocks || zone.row.silent || zone.row.watched === "never" || !unrest(state, zone),
  );
}

export interface IncidentView {
  readonly id: string;
  readonly type: EventType;
  readonly kind: IncidentKind;
  readonly severity: Severity;
  readonly priority: number;
  readonly state: IncidentPhase;
  readonly silent: boolean;
  readonly confirmed: boolean;
  readonly at: string;
  readonly lastAt: string;
  readonly events: number;
  readonly partitions: readonly PartitionId[];
  readonly zones: readonly ZoneId[];
  readonly active: readonly ZoneId[];
  readonly door: string | null;
  readonly sensor: SensorId | null;
  readonly area: string | null;
  readonly device: string | null;
  readonly person: string | null;
  readonly acknowledged: { readonly at: string; readonly by: string; readonly afterS: number } | null;
  readonly silenced: { readonly at: string; readonly by: string } | null;
  readonly cancelled: { readonly at: string; readonly by: string; readonly inTime: boolean } | null;
  readonly restoredAt: string | null;
  readonly assigned: { readonly to: string; readonly by: string; readonly at: string } | null;
  readonly notes: readonly { readonly at: string; readonly by: string; readonly text: string }[];
  /** How many levels it has gone up. */
  readonly level: number;
  readonly escalatesAt: string | null;
  readonly sounding: boolean;
  readonly instruction: Instruction | null;
  /** It is closed with a note only. */
  readonly noteNeeded: boolean;
}

export function incidentView(site: Site, state: State, id: string, own: IncidentState): IncidentView {
  const { acknowledged, silenced, cancelled, assigned } = own;
  const instructions = site.alarm?.instructions;
  return {
    id,
    type: own.type,
    kind: own.kind,
    severity: own.severity,
    priority: own.priority,
    state: phaseOf(own),
    silent: own.silent === true,
    confirmed: own.confirmed === true,
    at: iso(own.at),
    lastAt: iso(own.lastAt),
    events: own.events,
    partitions: own.partitions,
    zones: own.zones,
    active: own.active,
    door: own.door ?? null,
    sensor: own.sensor ?? null,
    area: own.area ?? null,
    device: own.device ?? null,
    person: own.person ?? null,
    acknowledged: acknowledged
      ? {
          at: iso(acknowledged.at),
          by: acknowledged.by,
          afterS: Math.max(0, Math.round((acknowledged.at - own.at) / 1000)),
        }
      : null,
    silenced: silenced ? { at: iso(silenced.at), by: silenced.by } : null,
    cancelled: cancelled ? { ...cancelled, at: iso(cancelled.at) } : null,
    restoredAt: own.restoredAt === undefined ? null : iso(own.restoredAt),
    assigned: assigned ? { ...assigned, at: iso(assigned.at) } : null,
    notes: (own.notes ?? []).map((note) => ({ ...note, at: iso(note.at) })),
    level: own.level,
    escalatesAt: own.escalateAt === undefined ? null : iso(own.escalateAt),
    sounding: [...state.sirens.values()].some((siren) => !siren.over && siren.incident === id),
    instruction: instructions?.get(own.type) ?? instructions?.get(own.kind) ?? null,
    noteNeeded: own.severity === "critical" || own.restoredAt === undefined,
  };
}

/** The open incidents, the most urgent and the oldest first. */
export function incidentViews(site: Site, state: State): IncidentView[] {
  return [...state.incidents]
    .map(([id, own]) => incidentView(site, state, id, own))
    .sort((a, b) => a.priority - b.priority || a.at.localeCompare(b.at) || a.id.localeCompare(b.id));
}
