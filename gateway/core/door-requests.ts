/** What people with the permission ask of one door, or of a group of them. */
import { allowOpen } from "./allow-open.js";
import type { Draft } from "./draft.js";
import type { EventBody } from "./events.js";
import { obstacleText } from "./interlock.js";
import { settleDoor } from "./on-clock.js";
import { liveOverride, modeOf, requestRefusal } from "./precedence.js";
import type { RequestRefusal } from "./reasons.js";
import { releaseDoor } from "./release.js";
import { wallTime } from "./schedule.js";
import type { Request, SignalOf } from "./signals.js";
import { type Door, type DoorId, doorModes } from "./site.js";
import { siteIndex } from "./site-index.js";

type Requested = SignalOf<"requested">;
type Ask<Op extends Request["op"]> = Extract<Request, { op: Op }>;
type Data = NonNullable<EventBody["data"]>;

const longestUnlockMs = 600_000;

/** Who asked and what they said to it. */
export function told({ by, note, force }: Requested, data: Data = {}): Pick<EventBody, "by" | "data"> {
  const all = { ...data, ...(note === undefined ? {} : { note }), ...(force ? { forced: true } : {}) };
  return Object.keys(all).length === 0 ? { by } : { by, data: all };
}

export function unlock(
  draft: Draft,
  signal: Requested,
  door: Door,
  { ms = door.unlockMs }: Pick<Ask<"door.unlock">, "ms">,
): RequestRefusal | undefined {
  const refused = whyNotUnlocked(draft, signal, door, ms);
  if (refused) return refused;
  draft.tellDoor(door, { type: "door.unlocked", ...told(signal, { seconds: Math.round(ms / 100) / 10 }) });
  releaseDoor(draft, door, { ms });
  return undefined;
}

function whyNotUnlocked(draft: Draft, signal: Requested, door: Door, ms: number): RequestRefusal | undefined {
  if (!(ms >= 1 && ms <= longestUnlockMs)) return "bad-duration";
  return requestRefusal("remote", draft.situation(door), signal.force === true);
}

export function setMode(
  draft: Draft,
  signal: Requested,
  door: Door,
  { mode, until }: Pick<Ask<"door.mode">, "mode" | "until">,
): RequestRefusal | undefined {
  const refused = whyNotSet(draft, door, { mode, until });
  if (refused) return refused;
  const was = modeOf(draft.situation(door));
  const { override: _, ...rest } = draft.door(door);
  const end = until === undefined ? {} : { until };
  draft.setDoor(door, mode === undefined ? rest : { ...rest, override: { mode, ...end, by: signal.by.id } });
  const data: Data = { mode: modeOf(draft.situation(door)), was };
  if (until === undefined || mode === undefined) {
    draft.tellDoor(door, { type: "door.mode-changed", ...told(signal, data) });
    return undefined;
  }
  const { date, time } = wallTime(draft.site, until);
  const when = { until: `${date} ${time}`, untilAt: new Date(until).toISOString() };
  draft.tellDoor(door, { type: "door.mode-changed", ...told(signal, { ...data, ...when }) });
  return undefined;
}

function whyNotSet(
  draft: Draft,
  door: Door,
  { mode, until }: { readonly mode?: Ask<"door.mode">["mode"]; readonly until?: number | undefined },
): RequestRefusal | undefined {
  if (mode !== undefined && !doorModes.includes(mode)) return "unknown-request";
  if (until !== undefined && !(until > draft.at)) return "already-over";
  return mode === "free" && siteIndex(draft.site).interlockedWith.has(door.id) ? "interlock-free" : undefined;
}

// ------------------------------------------------------------------------------------------------------------ a group

/** Each door of the group answers for itself; asked for all or none, nothing is done if one of them would not. */
export function unlockGroup(
  draft: Draft,
  signal: Requested,
  { doorGroup, ms, allOrNone }: Ask<"group.unlock">,
): RequestRefusal | undefined {
  return eachOf(draft, signal, doorGroup, allOrNone === true, {
    may: (door) => whyNotUnlocked(draft, signal, door, ms ?? door.unlockMs),
    act: (door) => unlock(draft, signal, door, ms === undefined ? {} : { ms }),
    pulses: true,
  });
}

export function setGroupMode(
  draft: Draft,
  signal: Requested,
  { doorGroup, allOrNone, ...wanted }: Ask<"group.mode">,
): RequestRefusal | undefined {
  return eachOf(draft, signal, doorGroup, allOrNone === true, {
    may: (door) => whyNotSet(draft, door, wanted),
    act: (door) => setMode(draft, signal, door, wanted),
    pulses: false,
  });
}

interface Deed {
  readonly may: (door: Door) => RequestRefusal | undefined;
  readonly act: (door: Door) => RequestRefusal | undefined;
  readonly pulses: boolean;
}

function eachOf(
  draft: Draft,
  signal: Requested,
  doorGroup: string,
  allOrNone: boolean,
  { may, act, pulses }: Deed,
): RequestRefusal | undefined {
  const group = draft.site.doorGroups?.get(doorGroup);
  if (!group) return "unknown-door-group";
  const doors = group.doors.flatMap((id) => draft.site.doors.get(id) ?? []);
  for (const door of doors) settleDoor(draft, door);
  // A pulse that cannot be sent now is never sent later; a mode is, when the lock is back.
  const away = (door: Door): RequestRefusal | undefined =>
    pulses && draft.devices.get(door.lock.point.device)?.online !== true ? "lock-not-connected" : undefined;
  const refusing = allOrNone ? doors.flatMap((door) => withReason(door, away(door) ?? may(door))) : [];
  for (const { door, reason } of refusing) tellRefused(draft, signal, door, reason, doorGroup);
  if (refusing.length > 0) return "one-refused";
  let done = 0;
  for (const door of doors) {
    const reason = away(door) ?? act(door);
    if (reason) tellRefused(draft, signal, door, reason, doorGroup);
    else done++;
  }
  return done === 0 ? "all-refused" : undefined;
}

function withReason(door: Door, reason: RequestRefusal | undefined) {
  return reason ? [{ door, reason }] : [];
}

/** One door of a group said no; the others may have said yes. */
function tellRefused(
  draft: Draft,
  signal: Requested,
  door: Door,
  reason: RequestRefusal,
  doorGroup: string,
): void {
  const data = { operation: signal.request.op, doorGroup, ...standingInTheWay(draft, door, reason) };
  draft.tellDoor(door, { type: "audit.request-refused", ...told(signal, data), reason });
}

/** Of an interlock: which door is not closed, as a person reads it. */
export function standingInTheWay(draft: Draft, door: Door, reason: string): { readonly standing?: string } {
  const { interlock } = draft.situation(door);
  return reason === "interlock" && interlock ? { standing: obstacleText(draft.site, interlock) } : {};
}

// -------------------------------------------------------------------------------------------------------- overrides

/** Every override ends now, whoever set it: of these doors, or of all. What stands above overrides goes on to stand. */
export function endOverrides(
  draft: Draft,
  signal: Requested,
  doors: readonly DoorId[] | undefined,
): RequestRefusal | undefined {
  if (doors?.some((id) => !draft.site.doors.has(id))) return "unknown-door";
  let ended = 0;
  for (const door of draft.site.doors.values()) {
    if (doors && !doors.includes(door.id)) continue;
    settleDoor(draft, door);
    if (draft.door(door).allowOpen) {
      allowOpen(draft, signal, door, { op: "door.allow-open", door: door.id });
      ended++;
    }
    const set = liveOverride(draft.situation(door));
    if (!set) continue;
    const { override: _, ...rest } = draft.door(door);
    draft.setDoor(door, rest);
    const data = { mode: modeOf(draft.situation(door)), was: set.mode, setBy: set.by };
    draft.tellDoor(door, { type: "door.override-ended", ...told(signal, data) });
    ended++;
  }
  return ended === 0 ? "nothing-overridden" : undefined;
}
