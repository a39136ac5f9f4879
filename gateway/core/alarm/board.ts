/** What whoever arms, tests or walks must know beforehand: what stands open at which level, what may be left out, who answered. */
import type { PartitionId, Site } from "../site.js";
import type { State } from "../state.js";
import { nameOfZone, type ZoneShown } from "./alarm-views.js";
import { inTheWay } from "./arm-check.js";
import type { NotReadyWhy } from "./ready.js";
import { type ArmLevel, armLevels, type Siren } from "./rules.js";
import type { ZoneKind } from "./sensor-types.js";
import { isWalked } from "./walk-test.js";
import { alarmIndex, type Zone } from "./zones.js";

/** Instants are ISO 8601. */
export interface AlarmBoard {
  readonly partitions: readonly {
    readonly id: PartitionId;
    /** Time to leave, in seconds. */
    readonly exitS: number;
    /** What is not quiet, by the level that it would be armed at. */
    readonly standing: Readonly<Record<ArmLevel, readonly Standing[]>>;
  }[];
  readonly zones: readonly (ZoneShown & {
    readonly kind: ZoneKind;
    readonly partitions: readonly PartitionId[];
    readonly mayLeaveOut: boolean;
    /** Not on test with its partition: only if it is named. */
    readonly onTestAlone: boolean;
  })[];
  readonly sirens: readonly { readonly id: string; readonly name: string; readonly kind: Siren["kind"] }[];
  /** Walk tests that are running, and the newest of each partition that has ended. */
  readonly walks: readonly {
    readonly partition: PartitionId;
    readonly since: string;
    readonly by: string;
    readonly ended: { readonly at: string; readonly by: string } | null;
    readonly seen: readonly (ZoneShown & { readonly at: string })[];
    readonly missing: readonly ZoneShown[];
  }[];
}

interface Standing extends ZoneShown {
  readonly why: NotReadyWhy;
  /** It may still come to rest while people leave. */
  readonly settles: boolean;
  /** It may not be left out. */
  readonly mustCount: boolean;
}

const shown = (zone: Zone): ZoneShown => ({ zone: zone.id, name: nameOfZone(zone) });
const iso = (at: number) => new Date(at).toISOString();

/** @param discreet also sensors of silent hold-up */
export function alarmBoard(site: Site, state: State, discreet: boolean): AlarmBoard {
  const { zones, of, rulesOf } = alarmIndex(site);
  const standing = (id: PartitionId, level: ArmLevel): Standing[] =>
    inTheWay(site, state, id, level).map(({ zone, why, settles }) => ({
      ...shown(zone),
      why,
      settles,
      mustCount: zone.rules.mustCount === true,
    }));
  return {
    partitions: [...site.partitions.keys()].map((id) => ({
      id,
      exitS: Math.round((rulesOf.get(id)?.exitMs ?? 0) / 1000),
      standing: Object.fromEntries(armLevels.map((level) => [level, standing(id, level)])) as Record<
        ArmLevel,
        Standing[]
      >,
    })),
    zones: [...zones.values()]
      .filter(({ row }) => row.watched !== "never" && (discreet || !row.silent))
      .map((zone) => ({
        ...shown(zone),
        kind: zone.kind,
        partitions: zone.partitions,
        mayLeaveOut: !zone.rules.mustCount && !zone.row.silent,
        onTestAlone: !zone.row.onTestWithPartition,
      })),
    sirens: [...(site.alarm?.sirens.values() ?? [])].map(({ id, name, kind }) => ({ id, name, kind })),
    walks: [...state.walks.values()].map(({ partition, since, by, ended, seen }) => ({
      partition,
      since: iso(since),
      by,
      ended: ended ? { at: iso(ended.at), by: ended.by } : null,
      seen: Object.entries(seen)
        .sort(([, a], [, b]) => a - b)
        .map(([zone, at]) => ({ zone, name: nameOf(zones.get(zone), zone), at: iso(at) })),
      missing: (of.get(partition) ?? [])
        .filter(({ id }) => !Object.hasOwn(seen, id))
        .filter(isWalked)
        .map(shown),
    })),
  };
}

const nameOf = (zone: Zone | undefined, id: string): string => (zone ? nameOfZone(zone) : id);
