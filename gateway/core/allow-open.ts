import type { Draft } from "./draft.js";
import type { RequestRefusal } from "./reasons.js";
import { wallTime } from "./schedule.js";
import type { Request, SignalOf } from "./signals.js";
import type { Door } from "./site.js";

/** A leaf may stand open until an hour (a delivery, somebody moving in): not held open till then, and forced as ever. */
export function allowOpen(
  draft: Draft,
  { by, note }: SignalOf<"requested">,
  door: Door,
  { until }: Extract<Request, { op: "door.allow-open" }>,
): RequestRefusal | undefined {
  const { allowOpen: before, ...own } = draft.door(door);
  const noted = note === undefined ? {} : { note };
  if (until === undefined) {
    if (!before) return "nothing-overridden";
    draft.setDoor(door, own);
    draft.tellDoor(door, { type: "door.allow-open-ended", by, data: { setBy: before.by, ...noted } });
    return undefined;
  }
  if (!door.contact) return "no-contact";
  if (!(until > draft.at && until < lastInstant)) return "already-over";
  draft.setDoor(door, { ...own, allowOpen: { until, by: by.id } });
  const { date, time } = wallTime(draft.site, until);
  const data = { until: `${date} ${time}`, untilAt: new Date(until).toISOString(), ...noted };
  draft.tellDoor(door, { type: "door.allow-open", by, data });
  return undefined;
}

/** What a date can still be written for (ECMA-262, 21.4.1.1). */
const lastInstant = 8.64e15;
