import { judge } from "./access/judge.js";
import type { AccessRequest } from "./access/rule.js";
import type { Draft } from "./draft.js";
import type { Person } from "./people.js";
import { freeBySchedule, liveOverride } from "./precedence.js";
import type { Door } from "./site.js";

/**
 * What a grant at the outside reader does to the mode of its door: in toggle mode it frees it or locks it again, and where the
 * free schedule waits for the first person, it has waited for this one. `locked`: it stands for no passage, and releases nothing.
 */
export function freedOrLocked(
  draft: Draft,
  door: Door,
  person: Person,
  request: AccessRequest,
): "locked" | "released" {
  if (request.side === "inside" || !(door.firstPersonIn || door.toggle)) return "released";
  // Through a door that is open to all anybody may go; what it does next is for those with a right to it.
  const byRight =
    !request.openToAll || judge({ ...request, openToAll: false, mode: "card" }).is === "granted";
  if (!byRight) return "released";
  if (door.firstPersonIn) noteFirst(draft, door, person);
  return door.toggle ? toggle(draft, door, person) : "released";
}

function noteFirst(draft: Draft, door: Door, person: Person): void {
  const before = freeBySchedule(draft.situation(door));
  draft.setDoor(door, { ...draft.door(door), firstInAt: draft.at });
  if (before || !freeBySchedule(draft.situation(door))) return;
  draft.tellDoor(door, {
    type: "door.freed",
    person: person.id,
    data: { schedule: door.freeSchedule ?? "" },
  });
}

/** An operator's override stands above it: then a card is a card. */
function toggle(draft: Draft, door: Door, person: Person): "locked" | "released" {
  const set = liveOverride(draft.situation(door));
  if (set && !set.toggled) return "released";
  const { override: _, ...rest } = draft.door(door);
  const by = { kind: "person", id: person.id } as const;
  if (set) {
    draft.setDoor(door, rest);
    draft.tellDoor(door, { type: "door.mode-changed", by, data: { mode: door.mode, was: "free" } });
    return "locked";
  }
  draft.setDoor(door, { ...rest, override: { mode: "free", by: person.id, toggled: true } });
  draft.tellDoor(door, { type: "door.mode-changed", by, data: { mode: "free", was: door.mode } });
  return "released";
}
