/** What arming a partition would arm with it, and what stands in the way of that. */
import type { PartitionId, Site } from "../site.js";
import type { Lookup } from "../state.js";
import { mayStillSettle, type NotReady, notReady } from "./ready.js";
import type { ArmLevel } from "./rules.js";
import { isArmed } from "./standing.js";
import { alarmIndex } from "./zones.js";

type Standing = Pick<Lookup, "partitions" | "sensors" | "doors" | "zones">;

/** What would be armed with it: its members down to the last, itself if it has none. */
export function armedWith(site: Site, id: PartitionId): readonly PartitionId[] {
  return alarmIndex(site).leavesOf.get(id) ?? [id];
}

/** The common partitions that would arm with it, its own included. */
function commonsWith(site: Site, state: Pick<Lookup, "partitions">, id: PartitionId): readonly PartitionId[] {
  const { leavesOf } = alarmIndex(site);
  const leaves = new Set(armedWith(site, id));
  return [...site.partitions.values()]
    .filter(({ id: each, members }) => {
      if (members.length === 0) return false;
      const own = leavesOf.get(each) ?? [];
      return (
        own.some((leaf) => leaves.has(leaf)) &&
        own.every((leaf) => leaves.has(leaf) || isArmed(state.partitions.get(leaf)))
      );
    })
    .map((partition) => partition.id);
}

/** All that is not quiet in what would be armed with it at this level; what may still settle on the way out included. */
export function inTheWay(
  site: Site,
  state: Standing,
  id: PartitionId,
  level: ArmLevel,
): readonly (NotReady & { readonly settles: boolean })[] {
  const free = (each: PartitionId) => !isArmed(state.partitions.get(each));
  const all = [...armedWith(site, id).filter(free), ...commonsWith(site, state, id).filter(free)];
  return all
    .flatMap((each) => notReady(site, state, each, level))
    .map((each) => ({ ...each, settles: mayStillSettle(each) }));
}
