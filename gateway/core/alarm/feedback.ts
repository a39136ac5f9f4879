/** What the readers of a partition's doors show and sound: leave, disarm, done, not done. */
import type { ReaderPattern } from "../commands.js";
import type { Draft } from "../draft.js";
import type { PartitionId } from "../site.js";

export function feedback(draft: Draft, partition: PartitionId, pattern: ReaderPattern, ms: number): void {
  // What happened while the gateway was down, nobody at a reader needs to hear now.
  if (draft.late) return;
  for (const { id, partitions, readers } of draft.site.doors.values()) {
    if (partitions.inside !== partition && partitions.outside !== partition) continue;
    for (const side of ["outside", "inside"] as const) {
      if (readers[side]) draft.order({ urgent: false, type: "signal-reader", door: id, side, pattern, ms });
    }
  }
}
