/** A new revision of the site takes effect: what stands is kept, what goes is locked first, what is new is unknown. */

import { forgetGone } from "./alarm/gone.js";
import { beginPlans } from "./alarm/plan.js";
import { contactLost } from "./door.js";
import { Draft, type StepResult } from "./draft.js";
import { forgetRewiredInputs } from "./forget-inputs.js";
import { judgeSchedule, returnWithinMs, settleDoor } from "./on-clock.js";
import type { Signal } from "./signals.js";
import type { Door, Sensor, Site } from "./site.js";
import { samePoint, siteIndex } from "./site-index.js";
import { obstacles, type SiteFault } from "./site-obstacles.js";
import { everywhere, type State } from "./state.js";

export type { SiteFault } from "./site-obstacles.js";

/**
 * Either all that stands in the way of the new revision, and nothing is changed; or what its coming into force changes. Commands
 * for doors that are removed must be addressed by the wiring of the old revision.
 */
export function reconcile(
  before: Site | undefined,
  after: Site,
  state: State,
  signal: Signal,
): StepResult | readonly SiteFault[] {
  const faults = obstacles(before, after, state);
  if (faults.length > 0) return faults;
  const draft = new Draft(after, state, signal);
  removeWhatIsGone(draft, state);
  for (const door of after.doors.values()) settleRewired(draft, door, before?.doors.get(door.id));
  for (const sensor of after.sensors.values()) forgetRewired(draft, sensor, before?.sensors.get(sensor.id));
  expectFireInputs(draft);
  beginPlans(draft);
  const by = signal.type === "site-activated" ? { by: signal.by } : {};
  const note = signal.type === "site-activated" && signal.note !== undefined ? { note: signal.note } : {};
  draft.tell({ type: "system.site-activated", ...by, data: { revision: after.revision, ...note } });
  return draft.finish();
}

function removeWhatIsGone(draft: Draft, state: State): void {
  const { site } = draft;
  for (const [id, own] of state.doors) {
    if (site.doors.has(id)) continue;
    if (own.held) draft.order({ type: "lock-door", urgent: false, door: id, ends: own.held.id });
    draft.doors.set(id, undefined);
  }
  for (const id of state.sensors.keys()) if (!site.sensors.has(id)) draft.sensors.set(id, undefined);
  for (const id of state.fire.keys())
    if (site.sensors.get(id)?.type !== "fire") draft.fire.set(id, undefined);
  for (const id of state.devices.keys()) if (!site.devices.has(id)) draft.devices.set(id, undefined);
  for (const id of state.partitions.keys()) if (!site.partitions.has(id)) draft.partitions.set(id, undefined);
  for (const id of state.readers.keys())
    if (!site.doors.has(id.slice(0, id.lastIndexOf("/")))) draft.readers.set(id, undefined);
  for (const id of state.forgiven.keys())
    if (id !== everywhere && !site.areas.has(id)) draft.forgiven.set(id, undefined);
  forgetGone(draft, state);
  for (const id of state.arrivals.keys()) if (!site.groups.has(id)) draft.arrivals.set(id, undefined);
  // Only an area outside can go while somebody was last seen in it: where he is now, nobody knows.
  for (const [id, { area }] of state.whereabouts)
    if (!site.areas.has(area)) draft.whereabouts.set(id, undefined);
}

/** A door as it goes on: running deadlines keep their end, a point that was rewired is unknown. */
function settleRewired(draft: Draft, door: Door, before: Door | undefined): void {
  // Whatever else changed, the lock may be wanted otherwise now: a mode, a schedule, a fire action.
  draft.concern(door);
  if (before && !samePoint(before.lock.point, door.lock.point)) {
    const { reported: _, held, ...own } = draft.door(door);
    // The end goes to the lock that is left; what is still to be heard of it is no business of the new one.
    const { ended: __, ...rest } = held ? draft.endHeld(door, own, held, false) : own;
    draft.setDoor(door, rest);
  }
  if (before && !samePoint(before.contact, door.contact)) {
    const { contactFault: _, ...own } = draft.door(door);
    draft.turn(door, contactLost(door, own, draft.at));
    // The new contact says nothing of how long the leaf has been open.
    const { openBefore: __, ...fresh } = draft.door(door);
    draft.setDoor(door, fresh);
  }
  if (before) forgetRewiredInputs(draft, door, before);
  settleDoor(draft, door);
  judgeSchedule(draft, door, "anew");
}

function forgetRewired(draft: Draft, sensor: Sensor, before: Sensor | undefined): void {
  if (!before || (samePoint(before.point, sensor.point) && before.type === sensor.type)) return;
  if (draft.sensors.get(sensor.id)) draft.sensors.set(sensor.id, { fault: null, since: draft.at });
}

/** A fire input that is not heard of soon is a trouble, from its first day. */
function expectFireInputs(draft: Draft): void {
  for (const { id } of siteIndex(draft.site).fireInputs) {
    if (draft.sensors.get(id)) continue;
    draft.sensors.set(id, { fault: null, since: draft.at, expectedBy: draft.at + returnWithinMs });
  }
}
