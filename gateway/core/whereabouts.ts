import type { AreaId, Door, Instant, Side } from "./site.js";
import type { DoorState, PendingGrant, Whereabouts } from "./state.js";

/** A person who went through a door, and how surely. */
export interface Passed {
  readonly grant: PendingGrant;
  readonly how: Whereabouts["how"];
}

/** How the door can tell right now that somebody goes through: a faulty or unknown contact falls back to `grant`. */
export function passageNow(door: Door, own: DoorState): Door["passage"] {
  return door.contact === undefined || own.position === "unknown" ? "grant" : door.passage;
}

/** Where somebody is who went through from this side. */
export function beyond(door: Door, side: Side): AreaId {
  return side === "outside" ? door.to : door.from;
}

/**
 * Who goes through when the leaf opens, and whose grant waits on. `contact`: all that wait, in order. `rotation`: each opening
 * of the contact is one rotation and takes the oldest grant. Waiting from both sides, nobody can say who went: `uncertain`. An
 * exit request waits on the inside, without a name.
 */
export function passedAtOpening(
  door: Door,
  grants: readonly PendingGrant[],
  exit: boolean,
): {
  readonly passed: readonly Passed[];
  readonly waiting: readonly PendingGrant[];
  /** The exit request still waits for its turn. */
  readonly exit: boolean;
} {
  const fromOutside = grants.some((grant) => grant.side === "outside");
  const fromInside = exit || grants.some((grant) => grant.side === "inside");
  const how = fromOutside && fromInside ? "uncertain" : "seen";
  const rotation = door.passage === "rotation";
  const count = rotation ? 1 : grants.length;
  return {
    passed: grants.slice(0, count).map((grant) => ({ grant, how })),
    waiting: grants.slice(count),
    exit: rotation && exit && grants.length > 0,
  };
}

/** A grant joins those that wait. The same person from the same side again replaces his earlier one: it was not used. */
export function joined(grants: readonly PendingGrant[], grant: PendingGrant): readonly PendingGrant[] {
  const others = grants.filter((other) => other.person !== grant.person || other.side !== grant.side);
  return [...others, grant];
}

/** How long the same badge at the same reader of a door that cannot tell a passage counts as one passage, in milliseconds. */
export const sameBadgeMs = 15_000;

/** Whether this passage, only assumed, is the one of a moment ago told again. */
export function toldAgain(before: Whereabouts | undefined, door: Door, passed: Passed, at: Instant): boolean {
  return (
    passed.how === "assumed" &&
    before?.how === "assumed" &&
    before.by === door.id &&
    before.area === beyond(door, passed.grant.side) &&
    at - before.since < sameBadgeMs
  );
}
