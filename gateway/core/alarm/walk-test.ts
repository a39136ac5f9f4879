/** A guided walk test: somebody goes past every sensor, and there is a record of which answered. */
import type { Draft } from "../draft.js";
import type { EventBody } from "../events.js";
import type { RequestRefusal } from "../reasons.js";
import type { PartitionId } from "../site.js";
import { tellZone } from "./raise-zone.js";
import { isArmed, partitionOf, tellPartition } from "./standing.js";
import { alarmIndex, type Zone } from "./zones.js";

type Told = Pick<EventBody, "by" | "data">;

/** What is to answer. A hold-up is tried by itself, named. */
function walked(draft: Draft, partition: PartitionId): readonly Zone[] {
  return (alarmIndex(draft.site).of.get(partition) ?? []).filter(isWalked);
}

export function isWalked({ row }: Zone): boolean {
  return row.watched !== "never" && row.onTestWithPartition && row.incident !== "fire";
}

export function startWalk(draft: Draft, partition: PartitionId, told: Told): RequestRefusal | undefined {
  if (!draft.site.partitions.has(partition)) return "unknown-partition";
  const own = draft.walks.get(partition);
  if (own && !own.ended) return "walk-test-runs";
  if (isArmed(partitionOf(draft, partition))) return "test-while-armed";
  draft.walks.set(partition, { partition, since: draft.at, by: told.by?.id ?? "", seen: {} });
  tellPartition(draft, partition, { type: "alarm.walk-test-started", ...told });
  return undefined;
}

/** @returns whether it was part of a walk test, so that it raises nothing */
export function seenOnWalk(draft: Draft, zone: Zone): boolean {
  let part = false;
  for (const partition of zone.partitions) {
    const own = draft.walks.get(partition);
    if (!own || own.ended || isArmed(partitionOf(draft, partition))) continue;
    const all = walked(draft, partition);
    if (!all.includes(zone)) continue;
    part = true;
    if (Object.hasOwn(own.seen, zone.id)) continue;
    const seen = { ...own.seen, [zone.id]: draft.at };
    draft.walks.set(partition, { ...own, seen });
    const count = Object.keys(seen).length;
    tellZone(draft, zone, { type: "alarm.walk-test-seen", data: { seen: count, of: all.length } });
  }
  return part;
}

/** Nobody ended it: a walk test lasts no longer than any test. */
export function walkOver(draft: Draft, partition: PartitionId): void {
  endWalk(draft, partition, {});
}

export function endWalk(draft: Draft, partition: PartitionId, told: Told): RequestRefusal | undefined {
  const own = draft.walks.get(partition);
  if (!own || own.ended) return "no-walk-test";
  const all = walked(draft, partition);
  const silent = all.filter(({ id }) => !Object.hasOwn(own.seen, id)).map(({ id }) => id);
  draft.walks.set(partition, { ...own, ended: { at: draft.at, by: told.by?.id ?? "" } });
  tellPartition(draft, partition, {
    type: "alarm.walk-test-ended",
    ...told,
    data: {
      ...told.data,
      seen: all.length - silent.length,
      of: all.length,
      ...(silent.length === 0 ? {} : { zones: silent }),
      answered: Object.keys(own.seen),
    },
  });
  return undefined;
}
