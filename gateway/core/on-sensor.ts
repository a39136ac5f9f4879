import { letGo, pressed } from "./buttons.js";
import type { Draft } from "./draft.js";
import { musterAtFire } from "./on-muster.js";
import type { InputFault, SignalOf } from "./signals.js";
import type { Instant, Sensor } from "./site.js";
import type { SensorState } from "./state.js";

export function sensorChanged(draft: Draft, signal: SignalOf<"sensor-changed">): void {
  const sensor = draft.site.sensors.get(signal.sensor);
  if (!sensor) return;
  if (sensor.type === "fire") fireInputChanged(draft, sensor, signal);
  else plainSensorChanged(draft, sensor, signal);
}

function sensorState(active: boolean | undefined, fault: InputFault, since: Instant): SensorState {
  return active === undefined ? { fault, since } : { active, fault, since };
}

function plainSensorChanged(
  draft: Draft,
  sensor: Sensor,
  { active, fault, edge }: SignalOf<"sensor-changed">,
): void {
  const before = draft.sensors.get(sensor.id);
  if (before && before.active === active && before.fault === fault) return;
  const since = before?.active === active ? (before?.since ?? draft.at) : draft.at;
  draft.sensors.set(sensor.id, sensorState(active, fault, since));
  if (fault && before?.fault !== fault)
    draft.tellSensor(sensor, { type: "device.sensor-fault", reason: fault });
  if (!fault && before?.fault) draft.tellSensor(sensor, { type: "device.sensor-fault-ended" });
  // A first level is no event: nobody saw it change.
  if (!edge || active === undefined || before?.active === active) return;
  if (sensor.type !== "panic")
    draft.tellSensor(sensor, { type: active ? "device.sensor-active" : "device.sensor-restored" });
  if (active) pressed(draft, sensor);
  else letGo(draft, sensor);
}

/**
 * A fire input. Active, told as a level too, is fire: latched until a person resets it. What cannot be read is a trouble and
 * never fire, unless the input is declared `onFault: release` and its line is broken.
 */
function fireInputChanged(draft: Draft, sensor: Sensor, { active, fault }: SignalOf<"sensor-changed">): void {
  const before = draft.sensors.get(sensor.id);
  if (before && before.active === active && before.fault === fault && before.expectedBy === undefined) return;
  const brokenMeansFire = fault !== null && sensor.onFault === "release";
  const fire = active === true || brokenMeansFire;
  const unknown = active === undefined && fault === null;
  if (unknown && before?.expectedBy !== undefined) return; // It is still expected; the deadline will tell.
  draft.sensors.set(sensor.id, sensorState(active, fault, draft.at));
  if (fire) fireSeen(draft, sensor, brokenMeansFire ? fault : null);
  else if (unknown) draft.tellSensor(sensor, { type: "safety.fire-input-unknown" });
  else if (fault && before?.fault !== fault)
    draft.tellSensor(sensor, { type: "safety.fire-input-fault", reason: fault });
  else if (active === false && wasTrouble(before))
    draft.tellSensor(sensor, { type: "safety.fire-input-restored" });
  if (active === false && !fire) fireQuiet(draft, sensor);
}

/** A trouble of this input was told: it had a fault, or stayed unknown beyond what a start allows. */
function wasTrouble(before: SensorState | undefined): boolean {
  if (!before) return false;
  return before.fault !== null || (before.active === undefined && before.expectedBy === undefined);
}

function fireSeen(draft: Draft, sensor: Sensor, fault: InputFault): void {
  const before = draft.fire.get(sensor.id);
  if (before?.is === "released" && before.inputActive) return;
  const since = before?.is === "released" ? before.since : draft.at;
  draft.fire.set(sensor.id, { is: "released", since, inputActive: true });
  const doors = [...draft.site.doors.values()].filter((door) => door.fire.get(sensor.id) === "unlock");
  draft.tellSensor(sensor, {
    type: "safety.fire",
    ...(fault ? { reason: fault } : {}),
    data: { doors: doors.map((door) => door.id) },
  });
  for (const door of draft.site.doors.values()) draft.concern(door);
  musterAtFire(draft, sensor);
}

function fireQuiet(draft: Draft, sensor: Sensor): void {
  const before = draft.fire.get(sensor.id);
  if (before?.is !== "released" || !before.inputActive) return;
  draft.fire.set(sensor.id, { ...before, inputActive: false });
  draft.tellSensor(sensor, { type: "safety.fire-input-quiet" });
}
