import type { Draft } from "./draft.js";
import { startLockdown } from "./lockdown.js";
import type { Sensor } from "./site.js";
import { setThreatLevel } from "./threat.js";

/**
 * A panic or lockdown button was pressed: what it stands for besides its alarm happens, and stays until a person ends it. That it is at rest again
 * changes nothing. A line that cannot be read is a trouble and no press.
 */
export function pressed(draft: Draft, sensor: Sensor): void {
  const by = { kind: "sensor", id: sensor.id } as const;
  if (sensor.lockdown !== undefined) startLockdown(draft, sensor.lockdown, by, { by });
  if (sensor.threatLevel !== undefined) setThreatLevel(draft, sensor.threatLevel, by, { by });
}
