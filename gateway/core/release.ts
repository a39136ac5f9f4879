import { type Release, released, unlockMsFor } from "./door.js";
import type { Draft } from "./draft.js";
import type { Person } from "./people.js";
import type { Door } from "./site.js";
import type { PendingGrant } from "./state.js";

/**
 * Opens the lock for one passage and turns the door. A lock that is held open needs no pulse (its end would be one more thing to
 * lock the door by mistake), unless it is for an exit, which waits for nothing and trusts nothing.
 */
export function releaseDoor(draft: Draft, door: Door, release: Release & { readonly scan?: string }): void {
  const own = draft.door(door);
  const { scan, ...turning } = release;
  const urgent = release.exit === true;
  const id =
    urgent || !own.held || own.held.failed
      ? draft.order({
          type: "release-door",
          urgent,
          door: door.id,
          ms: release.ms,
          ...(scan === undefined ? {} : { scan }),
        })
      : undefined;
  draft.turn(door, released(door, own, draft.at, turning));
  if (id === undefined || door.relock === undefined || door.relock === "timer") return;
  const after = draft.door(door);
  draft.setDoor(door, { ...after, pulses: [...(after.pulses ?? []), id].slice(-rememberedPulses) });
}

/** Older ones end by their own time. */
const rememberedPulses = 16;

/** Opens the lock for somebody who was let in, for as long as he may take. */
export function releaseForGrant(
  draft: Draft,
  door: Door,
  { traits }: Pick<Person, "traits">,
  granted: Pick<PendingGrant, "person" | "credential" | "side" | "scan" | "disarms">,
): void {
  const extended = traits?.includes("extended-time") ?? false;
  const grant: PendingGrant = {
    ...granted,
    grantedAt: draft.at,
    ...(extended ? { extended } : {}),
    ...(traits?.includes("may-prop") ? { mayProp: true } : {}),
  };
  releaseDoor(draft, door, { ms: unlockMsFor(door, extended), grant, scan: granted.scan });
}
