import type { Door, Instant } from "./site.js";
import type { DoorCondition, DoorState, PendingGrant } from "./state.js";
import { joined, type Passed, passageNow, passedAtOpening } from "./whereabouts.js";

/**
 * The leaf and its lock as one machine. Transitions do not act: each returns the door anew and the facts that became of it;
 * `step` makes events and commands of them.
 */
export type DoorFact =
  | { readonly is: "opened" | "closed" | "forced" | "held-open" }
  | { readonly is: "forced-ended" | "held-open-ended"; readonly forMs: number; readonly why?: "free" }
  | { readonly is: "passed"; readonly passed: Passed }
  | { readonly is: "not-used"; readonly grant: PendingGrant };

export interface Turn {
  readonly door: DoorState;
  readonly facts: readonly DoorFact[];
}

/**
 * How much longer than its pulse a release counts, in milliseconds: the order travels to the lock and the opening travels back,
 * so a leaf opened at the last moment is told after the pulse has ended here. Within this it is no forced door.
 */
const releaseGraceMs = 500;

const nobody: readonly PendingGrant[] = [];
const nothing: readonly DoorFact[] = [];
const passedFacts = (passed: readonly Passed[]): DoorFact[] =>
  passed.map((p) => ({ is: "passed", passed: p }));
const assumed = (grant: PendingGrant): DoorFact => ({ is: "passed", passed: { grant, how: "assumed" } });
const notUsed = (grant: PendingGrant): DoorFact => ({ is: "not-used", grant });

/** A door of which nothing has been heard. Without a contact it is known at once: closed, as far as it can tell. */
export function unheardDoor(door: Door): DoorState {
  return { condition: atRest(door, "unknown"), position: "unknown" };
}

function atRest(door: Door, position: DoorState["position"]): DoorCondition {
  return { is: door.contact && position === "unknown" ? "unknown" : "closed" };
}

function turned(
  before: DoorState,
  condition: DoorCondition,
  at: Instant,
  position = before.position,
): DoorState {
  const since = condition.is === before.condition.is ? before.since : at;
  return since === undefined ? { ...before, condition, position } : { ...before, condition, position, since };
}

/** Until when the lock's pulse runs, if one does. */
export function pulseUntil(condition: DoorCondition): Instant | undefined {
  if (condition.is === "released") return condition.until;
  return "pulseUntil" in condition ? condition.pulseUntil : undefined;
}

/** Whose grants wait for a passage. */
function waitingAt(condition: DoorCondition): readonly PendingGrant[] {
  return condition.is === "released" || condition.is === "open" ? condition.grants : nobody;
}

export interface Release {
  readonly ms: number;
  /** The grant it is for; absent: an exit, or a person's request. */
  readonly grant?: PendingGrant;
  readonly exit?: boolean;
}

/** The lock is pulsed: for a grant, an exit, or a request. Who cannot be seen passing, or finds it open, passes at once. */
export function released(door: Door, own: DoorState, at: Instant, release: Release): Turn {
  const was = own.condition;
  const until = Math.max(at + Math.max(1, release.ms) + releaseGraceMs, pulseUntil(was) ?? 0);
  const passage = passageNow(door, own);
  const { grant } = release;
  const facts: DoorFact[] = [];
  let waiting = waitingAt(was);
  if (grant && passage === "grant") facts.push(assumed(grant));
  else if (grant && passage === "contact" && own.position === "open")
    facts.push({ is: "passed", passed: { grant, how: "seen" } });
  else if (grant) waiting = joined(waiting, grant);

  switch (was.is) {
    case "unknown":
    case "closed":
      return {
        door: turned(own, { is: "released", until, grants: waiting, exit: release.exit ?? false }, at),
        facts,
      };
    case "released":
      return {
        door: turned(own, { ...was, until, grants: waiting, exit: was.exit || (release.exit ?? false) }, at),
        facts,
      };
    case "open": {
      const again = { ...was, grants: waiting, pulseUntil: until };
      // A new passage through the open leaf starts its time anew; a door that may stand open keeps having no limit.
      const limit =
        was.until === undefined ? {} : { until: Math.max(was.until, at + Math.max(1, door.openMs)) };
      return { door: turned(own, { ...again, ...limit }, at), facts };
    }
    case "held-open":
    case "forced":
      return { door: turned(own, { ...was, pulseUntil: until }, at), facts };
  }
}

/**
 * The contact tells where the leaf is. `edge` false: a level, which sets the state and is no opening or closing. `allowed`: the
 * door may stand open now (free, or released by fire or in an emergency).
 */
export function contactMoved(
  door: Door,
  own: DoorState,
  at: Instant,
  position: "open" | "closed",
  { edge, allowed }: { readonly edge: boolean; readonly allowed: boolean },
): Turn {
  return position === "open" ? leafOpen(door, own, at, edge, allowed) : leafClosed(own, at, edge);
}

function leafOpen(door: Door, own: DoorState, at: Instant, edge: boolean, allowed: boolean): Turn {
  const was = own.condition;
  const limit = allowed ? {} : { until: at + Math.max(1, door.openMs) };
  switch (was.is) {
    case "open":
    case "held-open":
    case "forced":
      return { door: own.position === "open" ? own : { ...own, position: "open" }, facts: nothing };
    case "released": {
      const { passed, waiting } = passedAtOpening(door, was.grants, was.exit);
      const condition: DoorCondition = {
        is: "open",
        since: at,
        ...limit,
        pulseUntil: was.until,
        grants: waiting,
      };
      // Found open on a level, the opening itself was missed: whoever waited is through, as far as one can tell.
      const facts = edge
        ? [{ is: "opened" } as const, ...passedFacts(passed)]
        : passed.map((p) => assumed(p.grant));
      return { door: turned(own, condition, at, "open"), facts };
    }
    case "unknown":
    case "closed":
      if (edge && !allowed)
        return { door: turned(own, { is: "forced", since: at }, at, "open"), facts: [{ is: "forced" }] };
      return {
        door: turned(own, { is: "open", since: at, ...limit, grants: nobody }, at, "open"),
        facts: edge ? [{ is: "opened" }] : nothing,
      };
  }
}

function leafClosed(own: DoorState, at: Instant, edge: boolean): Turn {
  const was = own.condition;
  const closed: DoorFact[] = edge ? [{ is: "closed" }] : [];
  switch (was.is) {
    case "closed":
    case "released":
      return { door: own.position === "closed" ? own : { ...own, position: "closed" }, facts: nothing };
    case "unknown":
      return { door: turned(own, { is: "closed" }, at, "closed"), facts: closed };
    case "open": {
      const { condition, lapsed } = behind(was, at);
      return { door: turned(own, condition, at, "closed"), facts: [...closed, ...lapsed.map(notUsed)] };
    }
    case "held-open":
    case "forced":
      // The end of an alarm is told on a level too: nobody would hear of it otherwise.
      return {
        door: turned(own, behind({ ...was, grants: nobody }, at).condition, at, "closed"),
        facts: [{ is: `${was.is}-ended`, forMs: at - was.since }],
      };
  }
}

/** What a door is once its leaf has closed: still released while the lock's pulse runs. */
function behind(
  was: { readonly pulseUntil?: Instant; readonly grants: readonly PendingGrant[] },
  at: Instant,
): { readonly condition: DoorCondition; readonly lapsed: readonly PendingGrant[] } {
  return was.pulseUntil !== undefined && was.pulseUntil > at
    ? {
        condition: { is: "released", until: was.pulseUntil, grants: was.grants, exit: false },
        lapsed: nobody,
      }
    : { condition: { is: "closed" }, lapsed: was.grants };
}

/** The contact can no longer be read. Whoever was let in is taken to have passed, as at a door that cannot tell. */
export function contactLost(door: Door, own: DoorState, at: Instant): Turn {
  const was = own.condition;
  // A link that is lost ends no alarm: it stands until the leaf is seen closed.
  if (was.is === "forced" || was.is === "held-open") {
    return { door: own.position === "unknown" ? own : { ...own, position: "unknown" }, facts: nothing };
  }
  const facts = waitingAt(was).map(assumed);
  const until = pulseUntil(was);
  const condition: DoorCondition =
    until !== undefined && until > at
      ? { is: "released", until, grants: nobody, exit: was.is === "released" && was.exit }
      : atRest(door, "unknown");
  const same = own.position === "unknown" && was.is === condition.is && facts.length === 0;
  return { door: same ? own : turned(own, condition, at, "unknown"), facts };
}

/** What has become due at `at`: a release that ran out, an opening that lasted too long. */
export function elapsed(door: Door, own: DoorState, at: Instant): Turn {
  const was = own.condition;
  if (was.is === "released" && was.until <= at)
    return { door: turned(own, atRest(door, own.position), at), facts: was.grants.map(notUsed) };

  const until = pulseUntil(was);
  const pulseOver = until !== undefined && until <= at;
  if (was.is === "open" && was.until !== undefined && was.until <= at) {
    const condition = { is: "held-open", since: was.since } as const;
    const pulse = until === undefined || pulseOver ? {} : { pulseUntil: until };
    const facts: DoorFact[] = [...was.grants.map(notUsed), { is: "held-open" }];
    return { door: turned(own, { ...condition, ...pulse }, at), facts };
  }
  if (pulseOver && was.is === "open") {
    const { pulseUntil: _, ...rest } = was;
    return { door: turned(own, { ...rest, grants: nobody }, at), facts: was.grants.map(notUsed) };
  }
  if (pulseOver && (was.is === "held-open" || was.is === "forced"))
    return { door: turned(own, { is: was.is, since: was.since }, at), facts: nothing };
  return { door: own, facts: nothing };
}

/** Brings an open leaf in line with whether it may stand open: no limit while it may, a limit from now when it no longer may. */
export function limited(door: Door, own: DoorState, at: Instant, allowed: boolean): Turn {
  const was = own.condition;
  if (was.is === "open" && allowed && was.until !== undefined) {
    const { until: _, ...rest } = was;
    return { door: turned(own, rest, at), facts: nothing };
  }
  if (was.is === "open" && !allowed && was.until === undefined)
    return {
      door: turned(own, { ...was, until: at + Math.max(1, door.openMs) }, at),
      facts: nothing,
    };
  if (was.is === "held-open" && allowed) {
    const { is: _, ...rest } = was;
    return {
      door: turned(own, { is: "open", ...rest, grants: nobody }, at),
      facts: [{ is: "held-open-ended", forMs: at - was.since, why: "free" }],
    };
  }
  return { door: own, facts: nothing };
}

/** The earliest countdown of a condition; undefined: none runs. */
export function conditionDeadline(condition: DoorCondition): Instant | undefined {
  const pulse = pulseUntil(condition);
  const open = condition.is === "open" ? condition.until : undefined;
  if (pulse === undefined) return open;
  return open === undefined ? pulse : Math.min(pulse, open);
}

/** All countdowns of a condition moved by a clock step. */
export function shifted(condition: DoorCondition, byMs: number): DoorCondition {
  if (condition.is === "released") return { ...condition, until: condition.until + byMs };
  if (conditionDeadline(condition) === undefined) return condition;
  const moved: { until?: Instant; pulseUntil?: Instant } = {};
  if (condition.is === "open" && condition.until !== undefined) moved.until = condition.until + byMs;
  if ("pulseUntil" in condition && condition.pulseUntil !== undefined)
    moved.pulseUntil = condition.pulseUntil + byMs;
  return { ...condition, ...moved };
}
