import type { Draft } from "./draft.js";
import type { EventBody } from "./events.js";
import type { RequestRefusal } from "./reasons.js";
import type { Actor } from "./signals.js";
import type { Door, DoorMode, GroupId, Site, ThreatLevel, ThreatLevelId } from "./site.js";
import { houseId, type Lookup } from "./state.js";

/** The level in force; undefined: the site has none. One that is no longer of the site counts as the usual one. */
export function threatLevel(site: Site, state: Pick<Lookup, "house">): ThreatLevel | undefined {
  const set = state.house.get(houseId)?.threat?.level;
  return site.threatLevels?.find(({ id }) => id === set) ?? site.threatLevels?.[0];
}

/** The mode that the level in force sets at this door; undefined: it leaves the door as it is. */
export function threatMode(
  site: Site,
  state: Pick<Lookup, "house">,
  door: Pick<Door, "id">,
): DoorMode | undefined {
  return threatLevel(site, state)?.modes.get(door.id);
}

/** Why the level in force does not let in a member of these groups, as a trace tells it; undefined: it does. */
export function threatRefuses(
  site: Site,
  state: Pick<Lookup, "house">,
  groups: readonly GroupId[],
): string | undefined {
  const level = threatLevel(site, state);
  const denied = level?.deny?.find((group) => groups.includes(group));
  if (denied !== undefined) return `${level?.id}: not for ${denied}`;
  const only = level?.onlyGroups;
  if (only && !only.some((group) => groups.includes(group)))
    return `${level?.id}: only for ${only.join(", ") || "nobody"}`;
  return undefined;
}

/** Sets the level, for all doors at once. The one that is in force already stands, and is told again. */
export function setThreatLevel(
  draft: Draft,
  level: ThreatLevelId,
  by: Actor,
  told: Pick<EventBody, "by" | "data">,
): RequestRefusal | undefined {
  if (!draft.site.threatLevels?.some(({ id }) => id === level)) return "unknown-threat-level";
  const was = threatLevel(draft.site, draft)?.id;
  if (was !== level) {
    const { threat: _, ...rest } = draft.house.get(houseId) ?? {};
    draft.house.set(houseId, { ...rest, threat: { level, since: draft.at, by: by.id } });
  }
  const before = was === undefined || was === level ? {} : { before: was };
  draft.tell({ type: "safety.threat-level", ...told, data: { ...told.data, level, ...before } });
  for (const door of draft.site.doors.values()) draft.concern(door);
  return undefined;
}
