import type { Draft } from "./draft.js";
import type { EventBody } from "./events.js";
import type { RequestRefusal } from "./reasons.js";
import type { Actor } from "./signals.js";
import type { DoorGroupId, DoorId, Site } from "./site.js";
import { siteIndex } from "./site-index.js";
import { houseId, type Lockdown, type Lookup } from "./state.js";

/** The lockdown that this door is under: that of all doors, or of a group that it belongs to; undefined: none. */
export function lockdownOf(site: Site, state: Pick<Lookup, "house">, door: DoorId): Lockdown | undefined {
  const lockdowns = state.house.get(houseId)?.lockdowns;
  if (!lockdowns) return undefined;
  const groups = siteIndex(site).groupsOf.get(door);
  return lockdowns.find(({ doorGroup }) => doorGroup === null || groups?.has(doorGroup));
}

type Told = Pick<EventBody, "by" | "data">;

/** Locks a group of doors down, or all (null), until somebody ends it. Asked for again, it stands and is told again. */
export function startLockdown(
  draft: Draft,
  doorGroup: DoorGroupId | null,
  by: Actor,
  told: Told,
): RequestRefusal | undefined {
  if (doorGroup !== null && !draft.site.doorGroups?.has(doorGroup)) return "unknown-door-group";
  const house = draft.house.get(houseId);
  const standing = house?.lockdowns ?? [];
  if (!standing.some((each) => each.doorGroup === doorGroup)) {
    const lockdowns = [...standing, { doorGroup, since: draft.at, by: by.id }];
    draft.house.set(houseId, { ...house, lockdowns });
  }
  draft.tell({
    type: "safety.lockdown-started",
    ...told,
    data: { ...told.data, doorGroup: doorGroup ?? "all" },
  });
  concernAll(draft);
  return undefined;
}

/** Ends the lockdown of a group, or (null) every one that stands. */
export function endLockdown(
  draft: Draft,
  doorGroup: DoorGroupId | null,
  told: Told,
): RequestRefusal | undefined {
  const { lockdowns = [], ...rest } = draft.house.get(houseId) ?? {};
  const left = doorGroup === null ? [] : lockdowns.filter((each) => each.doorGroup !== doorGroup);
  const ended = lockdowns.filter((each) => !left.includes(each));
  if (ended.length === 0) return "not-locked-down";
  draft.house.set(houseId, left.length === 0 ? rest : { ...rest, lockdowns: left });
  for (const { doorGroup: which } of ended)
    draft.tell({ type: "safety.lockdown-ended", ...told, data: { ...told.data, doorGroup: which ?? "all" } });
  concernAll(draft);
  return undefined;
}

/** Any door's lock may follow from it. */
export function concernAll(draft: Draft): void {
  for (const door of draft.site.doors.values()) draft.concern(door);
}
