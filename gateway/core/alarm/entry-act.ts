import type { Person } from "../people.js";
import type { Door, PartitionId, Side, Site } from "../site.js";
import type { Lookup } from "../state.js";
import { type EntryAct, entryActs } from "./rules.js";

export interface Entering {
  readonly is: EntryAct;
  /** The armed partition that he comes into. */
  readonly partition: PartitionId;
}

/**
 * What a card of this person does at a door into an armed partition: the most that one of his groups with this door allows.
 * Undefined: what is behind the door is not armed, or people are still leaving it.
 */
export function entryActOf(
  site: Site,
  state: Pick<Lookup, "partitions">,
  door: Door,
  side: Side,
  person: Person,
): Entering | undefined {
  const partition = side === "outside" ? door.partitions.inside : door.partitions.outside;
  if (partition === undefined) return undefined;
  const own = state.partitions.get(partition);
  if (!own || own.is === "disarmed" || own.is === "arming") return undefined;
  let most: number = entryActs.length;
  for (const id of person.groups) {
    const group = site.groups.get(id);
    if (!group || !(group.doors.has(door.id) || group.lines?.has(door.id))) continue;
    most = Math.min(most, entryActs.indexOf(group.onEntry ?? "entry-delay"));
  }
  return { is: entryActs[most] ?? "entry-delay", partition };
}
