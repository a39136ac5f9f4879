/** Doors and the alarm together: forced and held doors, whoever comes in, and duress. */
import type { Draft } from "../draft.js";
import type { EventBody } from "../events.js";
import type { Door, PartitionId } from "../site.js";
import type { Passed } from "../whereabouts.js";
import { raise, rest } from "./incident.js";
import { noteWhere } from "./lone-worker.js";
import { disarm } from "./partition.js";
import { notePassage } from "./plan.js";
import { noteHeard, rested, tripped, zoneOfDoor } from "./react.js";
import { doorZone } from "./rules.js";
import { sound } from "./siren.js";
import { isArmed, partitionOf, trigger } from "./standing.js";
import { isOnTest } from "./testing.js";
import { seenOnWalk } from "./walk-test.js";
import { leftOut } from "./zones.js";

function sidesOf({ partitions }: Door): readonly PartitionId[] {
  return [...new Set([partitions.inside, partitions.outside].filter((id) => id !== undefined))];
}

/** Opened while it was locked. Armed sides are in alarm at once: whoever breaks a door is no late-comer. */
export function doorForced(draft: Draft, door: Door, event: EventBody): void {
  const zone = zoneOfDoor(draft, door);
  const live = sidesOf(door).filter((each) => {
    const own = partitionOf(draft, each);
    return isArmed(own) && own.is !== "arming" && zone?.armedIn.includes(own.level) === true;
  });
  if (zone) noteHeard(draft, zone, true);
  // On a walk test somebody opens every door, by its handle too.
  if (zone && (seenOnWalk(draft, zone) || leftOut(draft.zones.get(zone.id)) || isOnTest(draft, zone))) {
    draft.tellDoor(door, event);
    return;
  }
  const all = sidesOf(door);
  const [partition] = all;
  const incident = raise(draft, {
    event: {
      ...event,
      tenant: door.tenant,
      door: door.id,
      ...(partition === undefined ? {} : { partition }),
    },
    kind: live.length > 0 ? "burglary" : "door",
    severity: "critical",
    priority: live.length > 0 ? 1 : 2,
    zone: doorZone(door.id),
    partitions: live.length > 0 ? live : all,
    lasts: true,
    silent: false,
  });
  for (const each of live) trigger(draft, each);
  if (live.length > 0) sound(draft, "burglary", live, incident);
}

/** Open too long. It is somebody's business where a partition has that door. */
export function doorHeld(draft: Draft, door: Door, event: EventBody): void {
  const partitions = sidesOf(door);
  const [partition] = partitions;
  if (partition === undefined) {
    draft.tellDoor(door, event);
    return;
  }
  raise(draft, {
    event: { ...event, tenant: door.tenant, door: door.id, partition },
    kind: "door",
    severity: "warning",
    priority: 3,
    zone: `held/${door.id}`,
    partitions,
    lasts: true,
    silent: false,
  });
}

/** A forced door is closed again, or one that was held open is no longer. */
export function doorAtRest(draft: Draft, door: Door, was: "forced" | "held-open", event: EventBody): void {
  const incident = rest(draft, was === "forced" ? doorZone(door.id) : `held/${door.id}`);
  draft.tellDoor(door, incident === undefined ? event : { ...event, incident });
}

/** Its contact was seen to open or close. @param opened absent: it closed */
export function leafMoved(draft: Draft, door: Door, opened: { readonly passed: boolean } | undefined): void {
  const zone = zoneOfDoor(draft, door);
  if (!zone || (zone.partitions.length === 0 && zone.row.watched === "armed")) return;
  if (opened) tripped(draft, zone, opened.passed ? "by-grant" : "otherwise");
  else rested(draft, zone);
}

/**
 * Somebody went through. Where his group disarms on entry and the door was seen to open, what he comes into is disarmed: that
 * partition, and no other.
 */
export function passedThrough(draft: Draft, door: Door, { grant, how }: Passed): void {
  const inTo = grant.side === "outside" ? door.partitions.inside : door.partitions.outside;
  if (grant.disarms && how !== "assumed" && inTo !== undefined && isArmed(partitionOf(draft, inTo)))
    disarm(draft, inTo, { by: { kind: "person", id: grant.person }, how: "entry" });
  notePassage(draft, door);
  // A grant of a while ago, given up now (at a restart, with its contact lost), is no word of his: he stays watched where he was.
  if (how === "assumed" && grant.grantedAt < draft.at) return;
  noteWhere(draft, grant.person, grant.side === "outside" ? door.to : door.from);
}

/** Somebody is threatened: his incident is silent, and whatever he asked for was done. */
export function duressAt(draft: Draft, door: Door, event: EventBody): void {
  const partitions = sidesOf(door);
  const [partition] = partitions;
  raise(draft, {
    event: {
      ...event,
      tenant: door.tenant,
      door: door.id,
      ...(partition === undefined ? {} : { partition }),
    },
    kind: "duress",
    severity: "critical",
    priority: 1,
    zone: `duress/${door.id}`,
    partitions,
    lasts: false,
    silent: true,
  });
}
