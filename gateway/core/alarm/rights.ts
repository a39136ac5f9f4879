/** Who may arm and disarm what. A role's permission is checked before the core; here it is the building that answers. */
import { clockTrusted } from "../clock-trust.js";
import type { Draft } from "../draft.js";
import type { Person } from "../people.js";
import { inSchedule } from "../schedule.js";
import type { Actor } from "../signals.js";
import type { PartitionId } from "../site.js";
import type { ArmLevel, ArmRight } from "./rules.js";

/** What somebody wants of a partition. */
export type ArmAsk = { readonly is: "arm"; readonly level: ArmLevel } | { readonly is: "disarm" };

/** An account that the site names may do what is written there, any other what its role allows. */
export function accountMay(draft: Draft, by: Actor, partition: PartitionId, ask: ArmAsk): boolean {
  const own = draft.site.alarm?.accounts.get(by.id);
  if (!own || (by.kind !== "operator" && by.kind !== "client")) return true;
  if (!own.partitions.includes(partition)) return false;
  return ask.is === "disarm" ? own.disarm : own.arm.includes(ask.level);
}

/** The right of one of the person's groups; undefined: none of them gives it now. */
export function personMay(
  draft: Draft,
  { groups }: Pick<Person, "groups">,
  partition: PartitionId,
  ask: ArmAsk,
): ArmRight | undefined {
  for (const group of groups) {
    const right = draft.site.groups.get(group)?.arms?.find((each) => {
      if (!each.partitions.includes(partition)) return false;
      if (ask.is === "disarm" ? !each.disarm : !each.arm.includes(ask.level)) return false;
      const schedule = draft.site.schedules.get(each.schedule);
      // As with doors: hours count for nothing while nobody knows what time it is.
      return schedule !== undefined && (inSchedule(schedule, draft.at) || !clockTrusted(draft));
    });
    if (right) return right;
  }
  return undefined;
}
