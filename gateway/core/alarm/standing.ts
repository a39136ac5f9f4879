/** How partitions stand, and what everything of the alarm says of them. */
import type { Draft } from "../draft.js";
import type { EventBody } from "../events.js";
import type { Actor } from "../signals.js";
import type { PartitionId } from "../site.js";
import type { ArmHow, PartitionState } from "./alarm-state.js";
import { feedback } from "./feedback.js";
import { type PartitionRules, usualRules } from "./rules.js";
import { alarmIndex } from "./zones.js";

/** Who arms or disarms, and by what. */
export interface ArmDeed {
  readonly by: Actor;
  readonly how: ArmHow;
  readonly note?: string | undefined;
}

export function partitionOf(draft: Draft, id: PartitionId): PartitionState {
  return draft.partitions.get(id) ?? { is: "disarmed" };
}

export function isArmed(own: PartitionState | undefined): own is Exclude<PartitionState, { is: "disarmed" }> {
  return own !== undefined && own.is !== "disarmed";
}

export function rulesOf(draft: Draft, id: PartitionId): PartitionRules {
  return alarmIndex(draft.site).rulesOf.get(id) ?? usualRules("en50131");
}

export function tellPartition(draft: Draft, id: PartitionId, event: EventBody): void {
  const tenant = draft.site.partitions.get(id)?.tenant;
  draft.tell({ ...event, partition: id, ...(tenant === undefined ? {} : { tenant }) });
}

/** How long a reader shows that something is done, in milliseconds. */
export const feedbackMs = 3_000;

/** An alarm was raised in it. */
export function trigger(draft: Draft, id: PartitionId): void {
  const own = partitionOf(draft, id);
  if (!isArmed(own) || own.is === "triggered") return;
  const { level, since, by, how } = own;
  draft.partitions.set(id, {
    is: "triggered",
    level,
    since,
    ...(by === undefined ? {} : { by }),
    ...(how === undefined ? {} : { how }),
  });
  feedback(draft, id, "quiet", 0);
  concernDoors(draft, id);
}

/** The locks of its doors follow from whether it is armed. */
export function concernDoors(draft: Draft, id: PartitionId): void {
  for (const door of draft.site.doors.values())
    if (door.partitions.inside === id || door.partitions.outside === id) draft.concern(door);
}
