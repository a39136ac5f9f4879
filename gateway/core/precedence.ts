import { clockOf, isTrusted, surelyCome } from "./clock-trust.js";
import type { Command } from "./commands.js";
import { pulseUntil, unheardDoor } from "./door.js";
import { type FireEffect, fireAt } from "./fire.js";
import { type InterlockObstacle, interlockedBy } from "./interlock.js";
import { lockdownOf } from "./lockdown.js";
import { isPoweringDown } from "./power-down.js";
import type { RequestRefusal } from "./reasons.js";
import { inSchedule, windowStart } from "./schedule.js";
import type { DeviceId, Door, DoorId, DoorMode, Instant, PartitionId, Site } from "./site.js";
import { siteIndex } from "./site-index.js";
import type { DoorState, HeldOrder, HouseState, Lockdown, Lookup, State } from "./state.js";
import { threatMode } from "./threat.js";

// ------------------------------------------------------------------------------------------------------ the situation

/** Everything that the lock state of one door follows from. */
export interface Situation {
  readonly site: Site;
  readonly door: Door;
  readonly own: DoorState;
  readonly fire: FireEffect;
  readonly at: Instant;
  /** Absent: trusted. */
  readonly clock?: HouseState["clock"];
  /** The gateway's own supply is used up. */
  readonly powerDown?: boolean;
  /** The lockdown that it is under. */
  readonly lockdown?: Lockdown | undefined;
  /** The partition at one of its sides that is armed. */
  readonly armed?: PartitionId | undefined;
  /** The mode that the threat level in force sets here. */
  readonly threatMode?: DoorMode | undefined;
  /** What keeps it from being released, of its interlocks. In a fire that touches it: nothing. */
  readonly interlock?: InterlockObstacle | undefined;
}

/** What the situation of a door is looked up in. */
export type Surroundings = Pick<Lookup, "doors" | "fire" | "house" | "partitions">;

export function situationOf(site: Site, state: Surroundings, door: Door, at: Instant): Situation {
  return {
    site,
    door,
    own: state.doors.get(door.id) ?? unheardDoor(door),
    fire: fireAt(site, state, door),
    at,
    clock: clockOf(state),
    powerDown: isPoweringDown(state),
    lockdown: lockdownOf(site, state, door.id),
    armed: armedSide(state, door),
    threatMode: threatMode(site, state, door),
    interlock: interlockedBy(site, state, door.id),
  };
}

function armedSide(state: Pick<Lookup, "partitions">, { partitions }: Door): PartitionId | undefined {
  return [partitions.inside, partitions.outside].find(
    (id) => id !== undefined && (state.partitions.get(id)?.is ?? "disarmed") !== "disarmed",
  );
}

/** The override while it lasts; its end is a wall-clock instant, and has come when it surely has. */
export function liveOverride({ own, at, clock }: Situation): DoorState["override"] {
  const { override } = own;
  return override && (override.until === undefined || surelyCome(clock, override.until) > at)
    ? override
    : undefined;
}

/** The mode that is set at the door: an operator's, else the one at rest. */
function ownMode(situation: Situation): DoorMode {
  return liveOverride(situation)?.mode ?? situation.door.mode;
}

/** A clock that is not trusted frees no door, and neither does a schedule before the first person is in, where it waits for one. */
export function freeBySchedule({ site, door, own, at, clock }: Situation): boolean {
  if (!isTrusted(clock)) return false;
  const schedule = door.freeSchedule === undefined ? undefined : site.schedules.get(door.freeSchedule);
  if (schedule === undefined || !inSchedule(schedule, at)) return false;
  if (!door.firstPersonIn) return true;
  return own.firstInAt !== undefined && own.firstInAt <= at && own.firstInAt >= windowStart(schedule, at);
}

/** In these modes a credential opens the door, so that a schedule may free it. */
export function isAttended(mode: DoorMode): boolean {
  return mode !== "free" && mode !== "secured" && mode !== "maintenance";
}

/** Whether it shows at the door what its free schedule says: nothing that stands above it has another say. */
export function scheduleShows(situation: Situation): boolean {
  const { door, lockdown, armed, threatMode: threat } = situation;
  return (
    isAttended(door.mode) &&
    !liveOverride(situation) &&
    lockdown === undefined &&
    armed === undefined &&
    threat === undefined
  );
}

/** The mode as people see it: of what is set, by threat level, operator, schedule or at rest, what counts by the lock's table. */
export function modeOf(situation: Situation): DoorMode {
  const own = ownMode(situation);
  if (own === "secured" || own === "maintenance") return own;
  if (situation.threatMode !== undefined) return situation.threatMode;
  if (liveOverride(situation) || !isAttended(own) || situation.armed !== undefined) return own;
  return freeBySchedule(situation) ? "free" : own;
}

/** Its alarms are not raised, and only people with that trait enter. */
export function inMaintenance(situation: Situation): boolean {
  return ownMode(situation) === "maintenance";
}

// ---------------------------------------------------------------------------------------------------- the lock's table

export type LockCause =
  | "fire"
  | "emergency"
  | "pulse"
  | "safety-edge"
  | "fire-close"
  | "power-down"
  | "lockdown"
  | "secured"
  | "maintenance"
  | "armed"
  | "threat-level"
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

/** The state of a lock: the first row that says something decides. A wired release stands above all of it, in hardware. */
export const lockPrecedence: readonly LockRow[] = [
  { because: "fire", says: ({ fire }) => (fire.unlock ? "released" : undefined) },
  { because: "emergency", says: ({ own }) => (own.emergency ? "released" : undefined) },
  {
    because: "pulse",
    says: ({ own, at }) => ((pulseUntil(own.condition) ?? 0) > at ? "unlocked" : undefined),
  },
  // Nothing closes on somebody who is in the way, not even a fire; a leaf that is shut needs no opening for that.
  { because: "safety-edge", says: ({ own }) => (inTheWay(own) ? "unlocked" : undefined) },
  // A fire door that was held open falls shut: the fire ends every hold, and only a passage opens it.
  { because: "fire-close", says: ({ fire }) => (fire.close ? "locked" : undefined) },
  // Nobody answers a button or a card any more, so it is left as it is without power.
  {
    because: "power-down",
    says: ({ powerDown, door }) =>
      powerDown ? (door.lock.kind === "fail-safe" ? "unlocked" : "locked") : undefined,
  },
  { because: "lockdown", says: ({ lockdown }) => (lockdown ? "locked" : undefined) },
  { because: "secured", says: (situation) => (ownMode(situation) === "secured" ? "locked" : undefined) },
  { because: "maintenance", says: (situation) => (inMaintenance(situation) ? "locked" : undefined) },
  { because: "armed", says: ({ armed }) => (armed === undefined ? undefined : "locked") },
  {
    because: "threat-level",
    says: ({ threatMode: mode }) => mode && (mode === "free" ? "unlocked" : "locked"),
  },
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
  const { lock, because } = heldLockOf(situation);
  return lock !== "locked" && because !== "safety-edge";
}

function inTheWay({ obstructed, position }: DoorState): boolean {
  return obstructed === true && position !== "closed";
}

/**
 * Whether an opening is no forced one and an open leaf has no limit; during a fire also where the lock stays locked, and in
 * maintenance, where somebody works at it.
 */
export function mayStandOpen(situation: Situation): boolean {
  return situation.fire.touches || inMaintenance(situation) || heldLockOf(situation).lock !== "locked";
}

/** What somebody allowed the leaf, while it lasts; its end is a wall-clock instant. */
export function liveAllowOpen({ own, at, clock }: Situation): DoorState["allowOpen"] {
  return own.allowOpen && surelyCome(clock, own.allowOpen.until) > at ? own.allowOpen : undefined;
}

/** Whether an open leaf has no limit: where it may stand open anyhow, and where somebody allowed it to stay so. */
export function mayStayOpen(situation: Situation): boolean {
  return mayStandOpen(situation) || liveAllowOpen(situation) !== undefined;
}

/** What the lock of a door should be at this instant, and which row of the precedence says so. Unknown doors are locked. */
export function wantedLock(site: Site, state: Surroundings, door: DoorId, at: Instant): WantedLock {
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
  | "responder"
  | "remote"
  | "card-outside";

/** What may say no. `rules`: any rule of the judge; `badge`: those of its rules that look at the badge and its holder only. */
export type Refuser = "rules" | "badge" | "lockdown" | "secured" | "maintenance" | "armed" | "interlock";

export interface RequestRow {
  readonly request: RequestKind;
  readonly mayBeRefusedBy: readonly Refuser[];
  /** The right `force`, with a fresh sign-in and a reason, overcomes it. */
  readonly forcible: boolean;
}

/** "Request may be refused by". An emergency release and an exit request on `exit: free` are refused by nothing, ever. */
export const requestTable: readonly RequestRow[] = [
  { request: "emergency-release", mayBeRefusedBy: [], forcible: false },
  { request: "exit-request", mayBeRefusedBy: [], forcible: false },
  { request: "exit-request-controlled", mayBeRefusedBy: ["interlock"], forcible: false },
  { request: "card-inside", mayBeRefusedBy: ["rules"], forcible: false },
  { request: "responder", mayBeRefusedBy: ["badge", "interlock"], forcible: false },
  {
    request: "remote",
    mayBeRefusedBy: ["lockdown", "secured", "maintenance", "armed", "interlock"],
    forcible: true,
  },
  { request: "card-outside", mayBeRefusedBy: ["rules"], forcible: false },
];

type Judged = "rules" | "badge";

/** When each refuser says no. `rules` and `badge` are the judge's, asked with the card. */
const refusers: Readonly<
  Record<Exclude<Refuser, Judged>, (situation: Situation) => RequestRefusal | undefined>
> = {
  lockdown: ({ lockdown }) => (lockdown ? "locked-down" : undefined),
  secured: (situation) => (modeOf(situation) === "secured" ? "door-secured" : undefined),
  maintenance: (situation) => (inMaintenance(situation) ? "in-maintenance" : undefined),
  armed: ({ armed }) => (armed === undefined ? undefined : "side-armed"),
  interlock: ({ interlock }) => (interlock ? "interlock" : undefined),
};

const rowOf = new Map(requestTable.map((row) => [row.request, row]));

/** Why the building refuses this request; undefined: it does not. Cards are answered by the judge. */
export function requestRefusal(
  request: RequestKind,
  situation: Situation,
  force: boolean,
): RequestRefusal | undefined {
  const row = rowOf.get(request);
  if (!row || (force && row.forcible) || openToAll(situation)) return undefined;
  for (const refuser of row.mayBeRefusedBy) {
    const reason = refuser === "rules" || refuser === "badge" ? undefined : refusers[refuser](situation);
    if (reason) return reason;
  }
  return undefined;
}
