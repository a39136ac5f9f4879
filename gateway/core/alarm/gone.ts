/** A new site: what it no longer has is forgotten. Open incidents stay until somebody closes them. */
import type { Draft } from "../draft.js";
import type { State } from "../state.js";
import { alarmIndex } from "./zones.js";

export function forgetGone(draft: Draft, state: State): void {
  const { site } = draft;
  const { zones } = alarmIndex(site);
  for (const id of state.zones.keys()) {
    const partition = id.startsWith("partition/") ? id.slice("partition/".length) : undefined;
    if (partition === undefined ? !zones.has(id) : !site.partitions.has(partition))
      draft.zones.set(id, undefined);
  }
  for (const [id, own] of state.sirens) {
    if (site.alarm?.sirens.has(id)) continue;
    // Its output ends by itself; nobody waits for it any more.
    if (own) draft.sirens.set(id, undefined);
  }
  for (const id of state.plans.keys()) if (!site.partitions.has(id)) draft.plans.set(id, undefined);
  for (const id of state.walks.keys()) if (!site.partitions.has(id)) draft.walks.set(id, undefined);
  for (const [id, { area }] of state.lone) if (!site.areas.has(area)) draft.lone.set(id, undefined);
  for (const [id, { sensor, door, device }] of state.todos) {
    const gone =
      (sensor !== undefined && !site.sensors.has(sensor)) ||
      (door !== undefined && !site.doors.has(door)) ||
      (device !== undefined && !site.devices.has(device));
    if (gone) draft.todos.set(id, undefined);
  }
}
