import type { Command } from "./commands.js";
import { pulseUntil, unheardDoor } from "./door.js";
import type { RequestRefusal } from "./reasons.js";
import { inSchedule } from "./schedule.js";
import type { DeviceId, Door, DoorId, DoorMode, Instant, Site } from "./site.js";
import { siteIndex } from "./site-index.js";
import type { DoorState, HeldOrder, Lookup, State } from "./state.js";

// ------------------------------------------------------------------------------------------------------ the situation

/** What the released fire inputs do to one door, together. */
export interface FireEffect {
  readonly unlock: boolean;
  readonly close: boolean;
  /** Some input does something: whoever opens this door flees, he does not force it. */
  readonly touches: boolean;
}

const noFire: FireEffect = { unlock: false, close: false, touches: false };

export function fireAt(site: Site, state: Pick<Lookup, "fire">, door: Door): FireEffect {
  let effect = noFire;
  for (const input of siteIndex(site).fireInputs) {
    if (state.fire.get(input.id)?.is !== "released") continue;
    const action = door.fire.get(input.id) ?? "exit-only";
    effect = {
      unlock: effect.unlock || action === "unlock",
      close: effect.close || action === "close",
      touches: effect.touches || action !== "none",
    };
  }
  return effect;
}

/** Everything that the lock state of one door follows from. */
export interface Situation {
  readonly site: Site;
  readonly door: Door;
  readonly own: DoorState;
  readonly fire: FireEffect;
  readonly at: Instant;
}

export function situationOf(
  site: Site,
  state: Pick<Lookup, "doors" | "fire">,
  door: Door,
  at: Instant,
): Situation {
  const own = state.doors.get(door.id) ?? unheardDoor(door);
  return { site, door, own, fire: fireAt(site, state, door), at };
}

/** The override while it lasts; its end is a wall-clock instant. */
export function liveOverride({ own, at }: Situation): DoorState["override"] {
  const { override } = own;
  return override && (override.until === undefined || override.until > at) ? override : undefined;
}

/** The mode that is set: an operator's, else the one at rest. */
function setMode(situation: Situation): DoorMode {
  return liveOverride(situation)?.mode ?? situation.door.mode;
}

function freeBySchedule({ site, door, at }: Situation): boolean {
  const schedule = door.freeSchedule === undefined ? undefined : site.schedules.get(door.freeSchedule);
  return schedule !== undefined && inSchedule(schedule, at);
}

/** The mode as people see it, the free schedule included. */
export function modeOf(situation: Situation): DoorMode {
  const mode = setMode(situation);
  return mode === "card" && !liveOverride(situation) && freeBySchedule(situation) ? "free" : mode;
}

// ---------------------------------------------------------------------------------------------------- the lock's table

export type LockCause =
  | "fire"
  | "emergency"
  | "pulse"
  | "fire-close"
  | "secured"
  | "override"
  | "schedule"
  | "mode"
  | "rest";

export interface WantedLock {
  /** `released`: latched, by fire or in an emergency. `unlocked`: held or pulsed open on purpose. */
  readonly lock: "released" | "unlocked" | "locked";
  readonly because: LockCause;
}

export interface LockRow {
  readonly because: LockCause;
  /** What this row makes of the lock; undefined: nothing, the next row decides. */
  readonly says: (situation: Situation) => WantedLock["lock"] | undefined;
}

/**
 * The state of a lock: the first row that says something decides. A wired release stands above all of it, in hardware. Rows to
 * come: lockdown and maintenance beside `secured`, then armed, then threat level, all above `override`.
 */
export const lockPrecedence: readonly LockRow[] = [
  { because: "fire", says: ({ fire }) => (fire.unlock ? "released" : undefined) },
  { because: "emergency", says: ({ own }) => (own.emergency ? "released" : undefined) },
  {
    because: "pulse",
    says: ({ own, at }) => ((pulseUntil(own.condition) ?? 0) > at ? "unlocked" : undefined),
  },
  // A fire door that was held open falls shut: the fire ends every hold, and only a passage opens it.
  { because: "fire-close", says: ({ fire }) => (fire.close ? "locked" : undefined) },
  { because: "secured", says: (situation) => (setMode(situation) === "secured" ? "locked" : undefined) },
  {
    because: "override",
    says: (situation) => {
      const set = liveOverride(situation);
      return set && (set.mode === "free" ? "unlocked" : "locked");
    },
  },
  { because: "schedule", says: (situation) => (freeBySchedule(situation) ? "unlocked" : undefined) },
  { because: "mode", says: ({ door }) => (door.mode === "free" ? "unlocked" : undefined) },
  { because: "rest", says: () => "locked" },
];

/** What a lock is commanded to hold is what it is wanted to be without the pulse, which ends itself. */
const heldPrecedence = lockPrecedence.filter((row) => row.because !== "pulse");

function decide(rows: readonly LockRow[], situation: Situation): WantedLock {
  for (const { because, says } of rows) {
    const lock = says(situation);
    if (lock) return { lock, because };
  }
  return { lock: "locked", because: "rest" };
}

export function lockOf(situation: Situation): WantedLock {
  return decide(lockPrecedence, situation);
}

export function heldLockOf(situation: Situation): WantedLock {
  return decide(heldPrecedence, situation);
}

/** Whether anybody may walk through: the door is free, or released by fire or in an emergency. A pulse is for one passage. */
export function openToAll(situation: Situation): boolean {
  return heldLockOf(situation).lock !== "locked";
}

/** Whether an opening is no forced one and an open leaf has no limit; during a fire also where the lock stays locked. */
export function mayStandOpen(situation: Situation): boolean {
  return situation.fire.touches || openToAll(situation);
}

/** What the lock of a door should be at this instant, and which row of the precedence says so. Unknown doors are locked. */
export function wantedLock(
  site: Site,
  state: Pick<Lookup, "doors" | "fire">,
  door: DoorId,
  at: Instant,
): WantedLock {
  const known = site.doors.get(door);
  return known ? lockOf(situationOf(site, state, known, at)) : { lock: "locked", because: "rest" };
}

/** What should be on at this instant: every door's lock. */
export function outputs(site: Site, state: State, at: Instant): ReadonlyMap<DoorId, WantedLock> {
  const wanted = new Map<DoorId, WantedLock>();
  for (const door of site.doors.values()) wanted.set(door.id, lockOf(situationOf(site, state, door, at)));
  return wanted;
}

/** The kind of held order that a wanted lock needs; undefined: none, it rests locked. */
export function heldKind(wanted: WantedLock): HeldOrder["kind"] | undefined {
  return wanted.lock === "locked" ? undefined : wanted.lock === "released" ? "emergency" : "hold";
}

/**
 * The held orders that are valid now for the locks of a device that is back: ends that it may have missed, then what holds, each
 * under the id it was first given (a device does an id once). Never a pulse.
 */
export function restate(site: Site, state: Pick<Lookup, "doors">, device: DeviceId, _at: Instant): Command[] {
  const commands: Command[] = [];
  for (const door of siteIndex(site).doorsOf.get(device) ?? []) {
    if (door.lock.point.device !== device) continue;
    const { ended, held } = state.doors.get(door.id) ?? unheardDoor(door);
    for (const { id, by } of ended ?? [])
      commands.push({ id: by, urgent: false, type: "lock-door", door: door.id, ends: id });
    if (!held) continue;
    const emergency = held.kind === "emergency";
    const type = emergency ? "emergency-release-door" : "hold-door";
    commands.push({ id: held.id, urgent: emergency, type, door: door.id });
  }
  return commands;
}

// ------------------------------------------------------------------------------------------------- the requests' table

export type RequestKind =
  | "emergency-release"
  | "exit-request"
  | "exit-request-controlled"
  | "card-inside"
  | "remote"
  | "card-outside";

/** What may say no. Those to come (lockdown, maintenance, armed, interlock) get a line in `refusers` and stand in the rows. */
type Refuser = "rules" | "secured";

export interface RequestRow {
  readonly request: RequestKind;
  readonly mayBeRefusedBy: readonly Refuser[];
  /** The right `force`, with a fresh sign-in and a reason, overcomes it. */
  readonly forcible: boolean;
}

/**
 * "Request may be refused by", the least refusable first. An exit request on `exit: controlled` will be refused by an interlock
 * only, an emergency release and an exit request on `exit: free` by nothing, ever. A responder's credential joins below them.
 */
export const requestTable: readonly RequestRow[] = [
  { request: "emergency-release", mayBeRefusedBy: [], forcible: false },
  { request: "exit-request", mayBeRefusedBy: [], forcible: false },
  { request: "exit-request-controlled", mayBeRefusedBy: [], forcible: false },
  { request: "card-inside", mayBeRefusedBy: ["rules"], forcible: false },
  { request: "remote", mayBeRefusedBy: ["secured"], forcible: true },
  { request: "card-outside", mayBeRefusedBy: ["rules"], forcible: false },
];

/** When each refuser says no. `rules` is the judge's list of access rules, asked with the card. */
const refusers: Readonly<
  Record<Exclude<Refuser, "rules">, (situation: Situation) => RequestRefusal | undefined>
> = {
  secured: (situation) =>
    setMode(situation) === "secured" && !openToAll(situation) ? "door-secured" : undefined,
};

const rowOf = new Map(requestTable.map((row) => [row.request, row]));

/** Why the building refuses this request; undefined: it does not. Cards are answered by the judge. */
export function requestRefusal(
  request: RequestKind,
  situation: Situation,
  force: boolean,
): RequestRefusal | undefined {
  const row = rowOf.get(request);
  if (!row || (force && row.forcible)) return undefined;
  for (const refuser of row.mayBeRefusedBy) {
    const reason = refuser === "rules" ? undefined : refusers[refuser](situation);
    if (reason) return reason;
  }
  return undefined;
}
