import { deviceBack, deviceLost } from "./alarm/react.js";
import { restateSirens } from "./alarm/siren.js";
import { contactLost } from "./door.js";
import type { Draft } from "./draft.js";
import type { EventType } from "./events.js";
import { forgetInputs } from "./forget-inputs.js";
import { heardInBypass } from "./heard-in-bypass.js";
import type { OrderFailed, SignalOf } from "./signals.js";
import type { DeviceId, Door } from "./site.js";
import { siteIndex } from "./site-index.js";

export function devicePresence(draft: Draft, { device, online }: SignalOf<"device-presence">): void {
  if (!draft.site.devices.has(device)) return;
  const before = draft.devices.get(device);
  if (!before || before.online !== online || before.expectedBy !== undefined)
    draft.devices.set(device, { online, since: draft.at });
  if (online) {
    if (!before?.online) draft.tell({ type: "device.online", device });
    draft.restateFor(device);
    deviceBack(draft, device);
    restateSirens(draft, device);
    return;
  }
  if (before?.online || before?.expectedBy !== undefined) {
    draft.tell({ type: "device.lost", device });
    deviceLost(draft, device);
  }
  forgetPoints(draft, device);
}

/** What a lost device told of is unknown now: never closed, never quiet. */
function forgetPoints(draft: Draft, device: DeviceId): void {
  for (const door of siteIndex(draft.site).doorsOf.get(device) ?? []) {
    if (door.lock.point.device === device) forgetLock(draft, door);
    if (door.contact?.device === device) forgetContact(draft, door);
    forgetInputs(draft, door, device);
  }
  for (const sensor of siteIndex(draft.site).sensorsOf.get(device) ?? []) {
    const own = draft.sensors.get(sensor.id);
    if (!own || (own.active === undefined && own.fault === null)) continue;
    draft.sensors.set(sensor.id, { fault: null, since: draft.at });
    if (sensor.type === "fire") draft.tellSensor(sensor, { type: "safety.fire-input-unknown" });
  }
}

function forgetLock(draft: Draft, door: Door): void {
  const { reported, ...rest } = draft.door(door);
  if (reported) draft.setDoor(door, rest);
}

function forgetContact(draft: Draft, door: Door): void {
  const before = heardInBypass(draft.door(door), undefined);
  if (before.position !== "unknown") draft.tellDoor(door, { type: "door.contact-unknown" });
  draft.turn(door, contactLost(door, before, draft.at));
}

const failures: Readonly<Record<OrderFailed["why"], EventType>> = {
  "no-answer": "device.no-answer",
  refused: "device.refused-order",
  unreachable: "device.unreachable",
};

export function orderFailed(draft: Draft, signal: SignalOf<"order-failed">): void {
  const { why, device, command, detail } = signal;
  const door = signal.door === undefined ? undefined : draft.site.doors.get(signal.door);
  const own = door && draft.door(door);
  // A held order for a device that is away is stated again on its return, and `device.lost` has said why.
  const willBeRestated =
    own && (own.held?.id === command || own.ended?.some((order) => order.by === command));
  if (why === "unreachable" && willBeRestated && !draft.devices.get(device)?.online) return;
  if (door && own?.held?.id === command) draft.setDoor(door, { ...own, held: { ...own.held, failed: true } });
  draft.tell({
    type: failures[why],
    device,
    command,
    ...(door ? { door: door.id, tenant: door.tenant } : {}),
    ...(detail === undefined ? {} : { data: { detail } }),
  });
}
