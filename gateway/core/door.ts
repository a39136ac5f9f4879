import type { Door, Instant } from "./site.js";
import type { DoorCondition, DoorState, PendingGrant } from "./state.js";
import { joined, type Passed, passageNow, passedAtOpening } from "./whereabouts.js";

/**
 * The leaf and its lock as one machine. Transitions do not act: each returns the door anew and the facts that became of it;
 * `step` makes events and commands of them.
 */
export type DoorFact =
  | { readonly is: "opened" | "closed" | "pre-alarm-ended" }
  /** `released`: the lock was, but for an exit request that was ignored. */
  | { readonly is: "forced"; readonly released?: true }
  /** `forMs`: it is told again. */
  | { readonly is: "held-open"; readonly forMs?: number }
  /** The readers are to warn for so long. */
  | { readonly is: "pre-alarm"; readonly forMs: number }
  | { readonly is: "forced-ended" | "held-open-ended"; readonly forMs: number; readonly why?: "free" }
  | { readonly is: "passed"; readonly passed: Passed }
  | { readonly is: "not-used"; readonly grant: PendingGrant }
  /** The passage is over: these pulses end now. */
  | { readonly is: "relock"; readonly pulses: readonly string[] };

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
const warnedFacts = (was: DoorCondition): DoorFact[] =>
  was.is === "open" && was.warned ? [{ is: "pre-alarm-ended" }] : [];

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
  const { pulses, ...rest } = before;
  const own = pulses && pulseUntil(condition) === undefined ? rest : before;
  const since = condition.is === before.condition.is ? before.since : at;
  return since === undefined ? { ...own, condition, position } : { ...own, condition, position, since };
}

/** Until when the lock's pulse runs, if one does. */
export function pulseUntil(condition: DoorCondition): Instant | undefined {
  if (condition.is === "released") return Math.max(condition.until, condition.pulseUntil ?? 0);
  return "pulseUntil" in condition ? condition.pulseUntil : undefined;
}

function later(a: Instant | undefined, b: Instant | undefined): Instant | undefined {
  return a === undefined || b === undefined ? (a ?? b) : Math.max(a, b);
}

/** Whose grants wait for a passage. */
function waitingAt(condition: DoorCondition): readonly PendingGrant[] {
  return condition.is === "released" || condition.is === "open" ? condition.grants : nobody;
}

// -------------------------------------------------------------------------------------------------------------- its times

/** How long a grant releases the lock, in milliseconds. */
export function unlockMsFor({ unlockMs, extended }: Door, extendedTime: boolean): number {
  return extendedTime ? (extended?.unlockMs ?? unlockMs) : unlockMs;
}

function openMsFor({ openMs, extended }: Door, grants: readonly PendingGrant[]): number {
  const longer = extended?.openMs;
  return longer !== undefined && grants.some((grant) => grant.extended) ? Math.max(openMs, longer) : openMs;
}

type Limit = Pick<Extract<DoorCondition, { is: "open" }>, "until" | "warnAt">;

/** By when an open leaf must be closed, and when its readers warn of that. */
function limitAt(door: Door, at: Instant, until: Instant): Limit {
  return door.preAlarmMs === undefined
    ? { until }
    : { until, warnAt: Math.max(at, until - Math.max(0, door.preAlarmMs)) };
}

/** An opening that begins anew: later than the limit that stands, never earlier. Without a limit it keeps having none. */
function prolonged(
  door: Door,
  was: Extract<DoorCondition, { is: "open" }>,
  at: Instant,
  grants: readonly PendingGrant[],
): { readonly condition: Extract<DoorCondition, { is: "open" }>; readonly facts: readonly DoorFact[] } {
  const { until, warnAt: _, warned, ...rest } = was;
  if (grants.some((grant) => grant.mayProp))
    return { condition: { ...rest, propped: true }, facts: warnedFacts(was) };
  if (until === undefined) return { condition: was, facts: nothing };
  const next = at + Math.max(1, openMsFor(door, grants));
  if (next <= until) return { condition: was, facts: nothing };
  return { condition: { ...rest, ...limitAt(door, at, next) }, facts: warnedFacts(was) };
}

// ---------------------------------------------------------------------------------------------------------- being released

export interface Release {
  readonly ms: number;
  /** The grant it is for; absent: an exit, or a person's request. */
  readonly grant?: PendingGrant;
  readonly exit?: boolean;
  /** true: an exit request that is ignored. The lock opens, and that is all: no opening is masked and none is prolonged. */
  readonly ignored?: boolean;
}

/** The lock is pulsed: for a grant, an exit, or a request. Who cannot be seen passing, or finds it open, passes at once. */
export function released(door: Door, before: DoorState, at: Instant, release: Release): Turn {
  const was = before.condition;
  const until = at + Math.max(1, release.ms) + releaseGraceMs;
  if (release.ignored && before.position !== "unknown")
    return { door: turned(before, unmasked(was, until), at), facts: nothing };
  const { grant } = release;
  const own = grant ? ignoringExits(before, at, door.exitRequest?.ignoreAfterGrantMs) : before;
  const passage = passageNow(door, own);
  const facts: DoorFact[] = [];
  let waiting = waitingAt(was);
  if (grant && passage === "grant") facts.push(assumed(grant));
  else if (grant && passage === "contact" && own.position === "open")
    facts.push({ is: "passed", passed: { grant, how: "seen" } });
  else if (grant) waiting = joined(waiting, grant);

  switch (was.is) {
    case "unknown":
    case "closed":
    case "released": {
      const masked = was.is === "released" ? Math.max(until, was.until) : until;
      const pulse = pulseUntil(was);
      const condition: DoorCondition = {
        is: "released",
        until: masked,
        grants: waiting,
        exit: (release.exit ?? false) || (was.is === "released" && was.exit),
        ...(pulse !== undefined && pulse > masked ? { pulseUntil: pulse } : {}),
      };
      return { door: turned(own, condition, at), facts };
    }
    case "open": {
      const exit = release.exit ? ({ exit: true } as const) : {};
      const again = {
        ...was,
        ...exit,
        grants: waiting,
        pulseUntil: Math.max(until, was.pulseUntil ?? 0),
      };
      // A new passage through the open leaf starts its time anew.
      const next = prolonged(door, again, at, grant ? [grant] : nobody);
      return { door: turned(own, next.condition, at), facts: [...facts, ...next.facts] };
    }
    case "held-open":
      if (grant?.mayProp && own.position === "open") return propped(own, was, at, until, facts);
      return { door: turned(own, { ...was, pulseUntil: Math.max(until, was.pulseUntil ?? 0) }, at), facts };
    case "forced":
      return { door: turned(own, { ...was, pulseUntil: Math.max(until, was.pulseUntil ?? 0) }, at), facts };
  }
}

/** The pulse alone. */
function unmasked(was: DoorCondition, until: Instant): DoorCondition {
  const pulse = later(until, pulseUntil(was)) as Instant;
  // Nothing is masked while the leaf is not known.
  return was.is === "unknown"
    ? { is: "released", until: pulse, grants: nobody, exit: true }
    : { ...was, pulseUntil: pulse };
}

function propped(
  own: DoorState,
  was: Extract<DoorCondition, { is: "held-open" }>,
  at: Instant,
  until: Instant,
  facts: readonly DoorFact[],
): Turn {
  const condition: DoorCondition = {
    is: "open",
    since: was.since,
    pulseUntil: Math.max(until, was.pulseUntil ?? 0),
    grants: nobody,
    propped: true,
  };
  const ended: DoorFact = { is: "held-open-ended", forMs: at - was.since, why: "free" };
  return { door: turned(own, condition, at), facts: [...facts, ended] };
}

/** Exit requests are ignored for so long: whoever comes in, or lets the door fall shut, is seen by the detector too. */
function ignoringExits(own: DoorState, at: Instant, ms: number | undefined): DoorState {
  if (ms === undefined) return own;
  const exitIgnoredUntil = Math.max(own.exitIgnoredUntil ?? 0, at + ms);
  return exitIgnoredUntil === own.exitIgnoredUntil ? own : { ...own, exitIgnoredUntil };
}

/**
 * Nothing releases the lock, but an opening is no forced one: a key is in it (no `ms`: until it is taken out), or somebody
 * leaves by the handle.
 */
export function shunted(
  door: Door,
  own: DoorState,
  at: Instant,
  by: "exit" | "key",
  ms: number | undefined,
): Turn {
  const was = own.condition;
  const before = own.shunt;
  const until = ms === undefined ? undefined : at + Math.max(1, ms) + releaseGraceMs;
  const turnedKey = before && before.until === undefined;
  const shunt: NonNullable<DoorState["shunt"]> =
    until === undefined
      ? { by }
      : turnedKey && by === "exit"
        ? before
        : { by, until: Math.max(until, before?.until ?? 0) };
  const next = { ...own, shunt };
  if (was.is !== "open" || until === undefined) return { door: next, facts: nothing };
  const { condition, facts } = prolonged(door, was, at, nobody);
  return { door: condition === was ? next : turned(next, condition, at), facts };
}

// --------------------------------------------------------------------------------------------------------------- the leaf

/** How a contact's word is to be taken. */
export interface Heard {
  /** false: a level, which sets the state and is no opening or closing. */
  readonly edge: boolean;
  /** The door is free, or released by fire or in an emergency: an opening is not forced. */
  readonly allowed: boolean;
  /** It may stand open without a limit: where it is `allowed`, and where somebody allowed just that. */
  readonly stays: boolean;
}

/** The contact tells where the leaf is. */
export function contactMoved(
  door: Door,
  own: DoorState,
  at: Instant,
  position: "open" | "closed",
  heard: Heard,
): Turn {
  const turn = position === "open" ? leafOpen(door, own, at, heard) : leafClosed(door, own, at, heard);
  if (!turn.door.openBefore) return turn;
  const { openBefore: _, ...rest } = turn.door;
  return { ...turn, door: rest };
}

function leafOpen(door: Door, own: DoorState, at: Instant, heard: Heard): Turn {
  const was = own.condition;
  const { edge, allowed } = heard;
  switch (was.is) {
    case "open":
    case "held-open":
    case "forced":
      return { door: own.position === "open" ? own : { ...own, position: "open" }, facts: nothing };
    case "released": {
      const { passed, waiting, exit } = passedAtOpening(door, was.grants, was.exit);
      const through = passed.map(({ grant }) => grant);
      // Whoever still waits for his turn, or for the way out, has his pulse to its end.
      const over = door.relock === "open" && edge && !allowed && waiting.length === 0 && !exit;
      const condition: DoorCondition = {
        is: "open",
        ...opening(door, own, at, heard, through),
        ...(over ? {} : { pulseUntil: pulseUntil(was) as Instant }),
        grants: waiting,
        ...(exit ? { exit } : {}),
      };
      // Found open on a level, the opening itself was missed: whoever waited is through, as far as one can tell.
      const facts = edge
        ? [{ is: "opened" } as const, ...passedFacts(passed)]
        : passed.map((p) => assumed(p.grant));
      return { door: turned(own, condition, at, "open"), facts: over ? [...facts, ...relock(own)] : facts };
    }
    case "unknown":
    case "closed": {
      const pulse = pulseUntil(was);
      const running = pulse !== undefined && pulse > at ? { pulseUntil: pulse } : {};
      if (edge && !allowed && !own.shunt) {
        const unlocked = "pulseUntil" in running ? ({ released: true } as const) : {};
        const condition: DoorCondition = { is: "forced", since: at, ...running };
        return { door: turned(own, condition, at, "open"), facts: [{ is: "forced", ...unlocked }] };
      }
      const condition: DoorCondition = {
        is: "open",
        ...opening(door, own, at, heard, nobody),
        ...running,
        grants: nobody,
      };
      return { door: turned(own, condition, at, "open"), facts: edge ? [{ is: "opened" }] : nothing };
    }
  }
}

/** Since when it is open and until when it may be. Found open after a silence, it has the limit that it had before. */
function opening(
  door: Door,
  own: DoorState,
  at: Instant,
  { edge, stays }: Heard,
  through: readonly PendingGrant[],
): Limit & { readonly since: Instant; readonly propped?: true } {
  const before = edge ? undefined : own.openBefore;
  const since = before?.since ?? at;
  if (before?.propped || through.some((grant) => grant.mayProp)) return { since, propped: true };
  if (stays) return { since };
  const until = before?.until ?? at + Math.max(1, openMsFor(door, through));
  return { since, ...limitAt(door, at, Math.max(at, until)) };
}

function leafClosed(door: Door, before: DoorState, at: Instant, { edge, allowed }: Heard): Turn {
  const was = before.condition;
  const own = edge ? ignoringExits(before, at, door.exitRequest?.ignoreAfterCloseMs) : before;
  const closed: DoorFact[] = edge ? [{ is: "closed" }] : [];
  switch (was.is) {
    case "closed":
    case "released":
      return { door: own.position === "closed" ? before : { ...own, position: "closed" }, facts: nothing };
    case "unknown":
      return { door: turned(own, { is: "closed" }, at, "closed"), facts: closed };
    case "open": {
      const over =
        door.relock === "close" && edge && !allowed && was.grants.length === 0 && was.exit === undefined;
      const { condition, lapsed } = over
        ? { condition: { is: "closed" } as const, lapsed: nobody }
        : behind(was, at);
      const facts = [...closed, ...warnedFacts(was), ...lapsed.map(notUsed)];
      return {
        door: turned(own, condition, at, "closed"),
        facts: over ? [...facts, ...relock(own)] : facts,
      };
    }
    case "held-open":
    case "forced": {
      // The end of an alarm is told on a level too: nobody would hear of it otherwise.
      const ended: DoorFact = { is: `${was.is}-ended`, forMs: at - was.since };
      const over = was.is === "held-open" && door.relock === "close" && edge && !allowed;
      const condition = over ? ({ is: "closed" } as const) : behind({ ...was, grants: nobody }, at).condition;
      return {
        door: turned(own, condition, at, "closed"),
        facts: over ? [ended, ...relock(own)] : [ended],
      };
    }
  }
}

function relock({ pulses }: DoorState): DoorFact[] {
  return pulses ? [{ is: "relock", pulses }] : [];
}

/** What a door is once its leaf has closed: still released while the lock's pulse runs. */
function behind(
  was: {
    readonly pulseUntil?: Instant;
    readonly grants: readonly PendingGrant[];
    readonly exit?: boolean;
  },
  at: Instant,
): { readonly condition: DoorCondition; readonly lapsed: readonly PendingGrant[] } {
  return was.pulseUntil !== undefined && was.pulseUntil > at
    ? {
        condition: { is: "released", until: was.pulseUntil, grants: was.grants, exit: was.exit ?? false },
        lapsed: nobody,
      }
    : { condition: { is: "closed" }, lapsed: was.grants };
}

/** The contact can no longer be read. Whoever was let in is taken to have passed, as at a door that cannot tell. */
export function contactLost(door: Door, before: DoorState, at: Instant): Turn {
  const was = before.condition;
  // A link that is lost ends no alarm: it stands until the leaf is seen closed.
  if (was.is === "forced" || was.is === "held-open") {
    return {
      door: before.position === "unknown" ? before : { ...before, position: "unknown" },
      facts: nothing,
    };
  }
  const facts = waitingAt(was).map(assumed);
  const until = pulseUntil(was);
  const condition: DoorCondition =
    until !== undefined && until > at
      ? { is: "released", until, grants: nobody, exit: was.is === "released" && was.exit }
      : atRest(door, "unknown");
  const own = was.is === "open" ? { ...before, openBefore: openingOf(was) } : before;
  const same = own.position === "unknown" && was.is === condition.is && facts.length === 0;
  return { door: same ? own : turned(own, condition, at, "unknown"), facts };
}

function openingOf({
  since,
  until,
  propped,
}: Extract<DoorCondition, { is: "open" }>): NonNullable<DoorState["openBefore"]> {
  return { since, ...(until === undefined ? {} : { until }), ...(propped ? { propped } : {}) };
}

// -------------------------------------------------------------------------------------------------------------- its clock

/**
 * What has become due at `at`: a release or a pulse that ran out, a warning, an opening that lasted too long, an alarm to be
 * told again. `now`: how late it is worked; what would have repeated meanwhile is told once.
 */
export function elapsed(door: Door, own: DoorState, at: Instant, now: Instant = at): Turn {
  const due = [shuntOver, pulseOver, releaseOver, warningDue, limitReached, repeatDue];
  const facts: DoorFact[] = [];
  let next = own;
  for (const each of due) {
    const turn = each(door, next, at, now);
    facts.push(...turn.facts);
    next = turn.door;
  }
  return { door: next, facts };
}

function shuntOver(_: Door, own: DoorState, at: Instant): Turn {
  if (own.shunt?.until === undefined || own.shunt.until > at) return { door: own, facts: nothing };
  const { shunt: __, ...rest } = own;
  return { door: rest, facts: nothing };
}

function pulseOver(_: Door, own: DoorState, at: Instant): Turn {
  const was = own.condition;
  const until = was.is === "released" ? undefined : pulseUntil(was);
  if (until === undefined || until > at || !("pulseUntil" in was)) return { door: own, facts: nothing };
  const { pulseUntil: __, ...rest } = was;
  if (rest.is !== "open") return { door: turned(own, rest as DoorCondition, at), facts: nothing };
  const { exit: ___, ...open } = rest;
  return { door: turned(own, { ...open, grants: nobody }, at), facts: rest.grants.map(notUsed) };
}

function releaseOver(door: Door, own: DoorState, at: Instant): Turn {
  const was = own.condition;
  if (was.is !== "released" || was.until > at) return { door: own, facts: nothing };
  const pulse = was.pulseUntil;
  const rest = atRest(door, own.position);
  const condition: DoorCondition =
    pulse !== undefined && pulse > at && rest.is === "closed" ? { is: "closed", pulseUntil: pulse } : rest;
  return { door: turned(own, condition, at), facts: was.grants.map(notUsed) };
}

function warningDue(_: Door, own: DoorState, at: Instant): Turn {
  const was = own.condition;
  if (was.is !== "open" || was.warnAt === undefined || was.warnAt > at) return { door: own, facts: nothing };
  const { warnAt: __, ...rest } = was;
  const forMs = (was.until ?? at) - at;
  // Too late to warn of what is due itself.
  if (forMs <= 0) return { door: turned(own, rest, at), facts: nothing };
  return { door: turned(own, { ...rest, warned: true }, at), facts: [{ is: "pre-alarm", forMs }] };
}

function limitReached(door: Door, own: DoorState, at: Instant, now: Instant): Turn {
  const was = own.condition;
  if (was.is !== "open" || was.until === undefined || was.until > at) return { door: own, facts: nothing };
  const condition: DoorCondition = {
    is: "held-open",
    since: was.since,
    ...(was.pulseUntil === undefined ? {} : { pulseUntil: was.pulseUntil }),
    ...repeatAfter(door, at, now),
  };
  const facts: DoorFact[] = [...was.grants.map(notUsed), { is: "held-open" }];
  return { door: turned(own, condition, at), facts };
}

function repeatDue(door: Door, own: DoorState, at: Instant, now: Instant): Turn {
  const was = own.condition;
  if (was.is !== "held-open" || was.repeatAt === undefined || was.repeatAt > at)
    return { door: own, facts: nothing };
  const { repeatAt: _, ...rest } = was;
  const again = repeatAfter(door, at, now);
  // The site no longer wants it told again.
  const facts: DoorFact[] = "repeatAt" in again ? [{ is: "held-open", forMs: at - was.since }] : [];
  return { door: turned(own, { ...rest, ...again }, at), facts };
}

/** The next time from `at` on that is still to come. */
function repeatAfter({ heldOpen }: Door, at: Instant, now: Instant): { readonly repeatAt?: Instant } {
  if (heldOpen?.repeatMs === undefined) return {};
  const every = Math.max(1, heldOpen.repeatMs);
  return { repeatAt: at + every * (1 + Math.floor(Math.max(0, now - at) / every)) };
}

/** Brings an open leaf in line with whether it may stand open: no limit while it may, a limit from now when it no longer may. */
export function limited(door: Door, own: DoorState, at: Instant, stays: boolean): Turn {
  const was = own.condition;
  if (was.is === "open" && stays && was.until !== undefined) {
    const { until: _, warnAt: __, warned: ___, ...rest } = was;
    return { door: turned(own, rest, at), facts: warnedFacts(was) };
  }
  if (was.is === "open" && !stays && was.until === undefined && !was.propped)
    return {
      door: turned(own, { ...was, ...limitAt(door, at, at + Math.max(1, door.openMs)) }, at),
      facts: nothing,
    };
  if (was.is === "held-open" && stays) {
    const { is: _, repeatAt: __, ...rest } = was;
    return {
      door: turned(own, { is: "open", ...rest, grants: nobody }, at),
      facts: [{ is: "held-open-ended", forMs: at - was.since, why: "free" }],
    };
  }
  return { door: own, facts: nothing };
}

/** The earliest countdown of a condition; undefined: none runs. */
function conditionDeadline(condition: DoorCondition): Instant | undefined {
  let next: Instant | undefined;
  for (const key of countdowns) {
    const due = (condition as Countdowns)[key];
    if (due !== undefined && (next === undefined || due < next)) next = due;
  }
  return next;
}

/** The earliest countdown of a leaf and its lock. */
export function leafDeadline({ condition, shunt, secureBy }: DoorState): Instant | undefined {
  let next = conditionDeadline(condition);
  for (const due of [shunt?.until, secureBy])
    if (due !== undefined && (next === undefined || due < next)) next = due;
  return next;
}

const countdowns = ["until", "pulseUntil", "warnAt", "repeatAt"] as const;
type Countdowns = Partial<Record<(typeof countdowns)[number], Instant>>;

/** All countdowns of a condition moved by a clock step. */
function shifted(condition: DoorCondition, byMs: number): DoorCondition {
  const moved: Countdowns = {};
  for (const key of countdowns) {
    const due = (condition as Countdowns)[key];
    if (due !== undefined) moved[key] = due + byMs;
  }
  return Object.keys(moved).length === 0 ? condition : ({ ...condition, ...moved } as DoorCondition);
}

/** All countdowns of a leaf moved by a clock step; what somebody allowed ends at its hour. */
export function leafShifted(own: DoorState, byMs: number): DoorState {
  const condition = shifted(own.condition, byMs);
  const { shunt, secureBy, exitIgnoredUntil, openBefore } = own;
  const moved = {
    ...(condition === own.condition ? {} : { condition }),
    ...(shunt?.until === undefined ? {} : { shunt: { ...shunt, until: shunt.until + byMs } }),
    ...(secureBy === undefined ? {} : { secureBy: secureBy + byMs }),
    ...(exitIgnoredUntil === undefined ? {} : { exitIgnoredUntil: exitIgnoredUntil + byMs }),
    ...(openBefore?.until === undefined
      ? {}
      : { openBefore: { ...openBefore, until: openBefore.until + byMs } }),
  };
  return Object.keys(moved).length === 0 ? own : { ...own, ...moved };
}
