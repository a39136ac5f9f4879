/** On test: what is said then raises nothing, for 8 hours at most; hold-up is left out unless it is named. */
import type { Draft } from "../draft.js";
import type { EventBody } from "../events.js";
import type { RequestRefusal } from "../reasons.js";
import { wallTime } from "../schedule.js";
import type { Instant, PartitionId } from "../site.js";
import type { ZoneState } from "./alarm-state.js";
import { tellZone } from "./raise-zone.js";
import { longestTestMs, type ZoneId } from "./rules.js";
import { isArmed, partitionOf, tellPartition } from "./standing.js";
import { alarmIndex, type Zone } from "./zones.js";

/** Under which a partition's test is kept, beside the zones. */
export function partitionTest(id: PartitionId): string {
  return `partition/${id}`;
}

export function testOf(draft: Pick<Draft, "zones" | "at">, key: string): ZoneState["test"] {
  const test = draft.zones.get(key)?.test;
  return test && test.until > draft.at ? test : undefined;
}

export function isOnTest(draft: Draft, zone: Zone): boolean {
  if (testOf(draft, zone.id)) return true;
  return (
    zone.row.onTestWithPartition &&
    zone.partitions.some((id) => testOf(draft, partitionTest(id)) !== undefined)
  );
}

type Told = Pick<EventBody, "by" | "data">;
type Place = { readonly partition: PartitionId } | { readonly zone: ZoneId };

export function startTest(
  draft: Draft,
  place: Place,
  until: Instant,
  told: Told,
): RequestRefusal | undefined {
  const key = keyOf(draft, place);
  if (key === undefined) return "partition" in place ? "unknown-partition" : "unknown-zone";
  if (!(until > draft.at)) return "already-over";
  if (until - draft.at > longestTestMs) return "test-too-long";
  const partitions =
    "partition" in place
      ? [place.partition]
      : (alarmIndex(draft.site).zones.get(place.zone)?.partitions ?? []);
  if (partitions.some((each) => isArmed(partitionOf(draft, each)))) return "test-while-armed";
  const own = draft.zones.get(key) ?? {};
  draft.zones.set(key, { ...own, test: { since: draft.at, until, by: told.by?.id ?? "" } });
  const { date, time } = wallTime(draft.site, until);
  const data = { ...told.data, until: `${date} ${time}`, untilAt: new Date(until).toISOString() };
  tell(draft, place, { type: "alarm.test-started", ...told, data });
  return undefined;
}

export function endTest(draft: Draft, place: Place, told: Told): RequestRefusal | undefined {
  const key = keyOf(draft, place);
  if (key === undefined) return "partition" in place ? "unknown-partition" : "unknown-zone";
  if (!testOf(draft, key)) return "no-test";
  forgetTest(draft, key);
  tell(draft, place, { type: "alarm.test-ended", ...told });
  return undefined;
}

/** Its time is over. */
export function testOver(draft: Draft, key: string): void {
  forgetTest(draft, key);
  const partition = key.startsWith("partition/") ? key.slice("partition/".length) : undefined;
  tell(draft, partition === undefined ? { zone: key } : { partition }, { type: "alarm.test-ended" });
}

function forgetTest(draft: Draft, key: string): void {
  const own = draft.zones.get(key);
  if (!own) return;
  const { test: _, ...rest } = own;
  draft.zones.set(key, Object.keys(rest).length === 0 ? undefined : rest);
}

function keyOf(draft: Draft, place: Place): string | undefined {
  if ("partition" in place)
    return draft.site.partitions.has(place.partition) ? partitionTest(place.partition) : undefined;
  return alarmIndex(draft.site).zones.has(place.zone) ? place.zone : undefined;
}

function tell(draft: Draft, place: Place, event: EventBody): void {
  if ("partition" in place) {
    tellPartition(draft, place.partition, event);
    return;
  }
  const zone = alarmIndex(draft.site).zones.get(place.zone);
  if (zone) tellZone(draft, zone, event);
}
