import type { Draft } from "./draft.js";
import { startLockdown } from "./lockdown.js";
import type { Sensor } from "./site.js";
import { setThreatLevel } from "./threat.js";

/**
 * A panic or lockdown button was pressed: what it stands for happens, and stays until a person ends it. That it is at rest again
 * changes nothing. A line that cannot be read is a trouble and no press.
 */
export function pressed(draft: Draft, sensor: Sensor): void {
  const by = { kind: "sensor", id: sensor.id } as const;
  if (sensor.type === "panic") draft.tellSensor(sensor, { type: "alarm.panic" });
  if (sensor.lockdown !== undefined) startLockdown(draft, sensor.lockdown, by, { by });
  if (sensor.threatLevel !== undefined) setThreatLevel(draft, sensor.threatLevel, by, { by });
}

export function letGo(draft: Draft, sensor: Sensor): void {
  if (sensor.type === "panic") draft.tellSensor(sensor, { type: "alarm.panic-ended" });
}
