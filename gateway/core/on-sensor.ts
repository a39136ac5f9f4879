import { keyTurned } from "./alarm/arm-in-person.js";
import { raise, rest } from "./alarm/incident.js";
import { faulted, foundActive, noteHeard, rested, tripped, zoneOfSensor } from "./alarm/react.js";
import { hushForFire, sound } from "./alarm/siren.js";
import { pressed } from "./buttons.js";
import { type Draft, sensorEvent } from "./draft.js";
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

function plainSensorChanged(draft: Draft, sensor: Sensor, signal: SignalOf<"sensor-changed">): void {
  const before = draft.sensors.get(sensor.id);
  const { active, edge } = judged(sensor, signal, before?.active);
  const { fault, value } = signal;
  const zone = zoneOfSensor(draft, sensor);
  if (zone && active !== undefined) noteHeard(draft, zone, false);
  if (before && before.active === active && before.fault === fault) return;
  const since = before?.active === active ? (before?.since ?? draft.at) : draft.at;
  draft.sensors.set(sensor.id, sensorState(active, fault, since));
  if (fault && before?.fault !== fault)
    draft.tellSensor(sensor, { type: "device.sensor-fault", reason: fault });
  if (!fault && before?.fault) draft.tellSensor(sensor, { type: "device.sensor-fault-ended" });
  if (zone) faulted(draft, zone, fault, before?.fault ?? null);
  if (active === undefined || before?.active === active) return;
  // A first level is no event: nobody saw it change.
  if (!edge) {
    if (zone && active) foundActive(draft, zone);
    return;
  }
  // What has an event of its own is not told twice, and what is silent shows nowhere else.
  if (!zone || zone.row.watched === "armed" || zone.row.watched === "never")
    draft.tellSensor(sensor, { type: active ? "device.sensor-active" : "device.sensor-restored" });
  if (zone) {
    if (active) tripped(draft, zone, "otherwise", value);
    else rested(draft, zone, value);
  }
  if (!active) return;
  pressed(draft, sensor);
  keyTurned(draft, sensor);
}

/** How far within its limits a measured value must be until it is quiet again, in °C: it must not flutter. */
const hysteresis = 0.5;

/** Of one that measures, the site's limits say whether it is active, and what is seen to cross them is a change. */
function judged(
  { zone }: Sensor,
  { active, edge, value }: SignalOf<"sensor-changed">,
  before: boolean | undefined,
): Pick<SignalOf<"sensor-changed">, "active" | "edge"> {
  const limits = zone?.limits;
  if (!limits || value === undefined) return active === undefined ? { edge } : { active, edge };
  const within = before ? hysteresis : 0;
  const out =
    (limits.below !== undefined && value < limits.below + within) ||
    (limits.above !== undefined && value > limits.above - within);
  return { active: out, edge: before !== undefined };
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
  const partitions = sensor.partition === undefined ? [] : [sensor.partition];
  const incident = raise(draft, {
    event: sensorEvent(sensor, {
      type: "safety.fire",
      ...(fault ? { reason: fault } : {}),
      data: { doors: doors.map((door) => door.id) },
    }),
    kind: "fire",
    severity: "critical",
    priority: 1,
    zone: sensor.id,
    partitions,
    lasts: true,
    silent: false,
  });
  hushForFire(draft);
  sound(draft, "fire", partitions, incident);
  for (const door of draft.site.doors.values()) draft.concern(door);
  musterAtFire(draft, sensor);
}

function fireQuiet(draft: Draft, sensor: Sensor): void {
  const before = draft.fire.get(sensor.id);
  if (before?.is !== "released" || !before.inputActive) return;
  draft.fire.set(sensor.id, { ...before, inputActive: false });
  const incident = rest(draft, sensor.id);
  draft.tellSensor(sensor, {
    type: "safety.fire-input-quiet",
    ...(incident === undefined ? {} : { incident }),
  });
}
