import type { IncidentNow } from "../api.js";
import { useLivePart } from "../session.js";
import { useWords, type Words } from "../words/words.js";

type Named = Pick<IncidentNow, "type" | "kind" | "zones" | "door" | "sensor" | "area" | "device" | "person">;

export interface AlarmNames {
  /** A sensor, a door's contact (`door/…`), a device (`device/…`). */
  zone(id: string): string;
  partition(id: string): string;
  /** "Burglary: Motion in the lobby" */
  incident(incident: Named): string;
}

/** What an alarm is about: what it has become, else what began it. */
export function whatOf({ type, kind }: Pick<IncidentNow, "type" | "kind">, { alarms }: Words): string {
  return (kind === "burglary" ? undefined : alarms.types[type]) ?? alarms.kinds[kind] ?? kind;
}

/** Names for people, out of what the page knows of the house. */
export function useAlarmNames(): AlarmNames {
  const words = useWords();
  const doors = useLivePart((state) => state.doors);
  const sensors = useLivePart((state) => state.sensors);
  const partitions = useLivePart((state) => state.partitions);
  const areas = useLivePart((state) => state.areas);
  const door = (id: string) => doors.get(id)?.name ?? id;
  const zone = (id: string): string => {
    if (id.startsWith("door/")) return door(id.slice("door/".length));
    if (id.startsWith("device/")) return id.slice("device/".length);
    if (id.startsWith("tamper/")) return zone(id.slice("tamper/".length));
    return sensors.get(id) ?? doors.get(id)?.name ?? id;
  };
  const where = ({ zones, door: at, sensor, area, device, person }: Named): string | undefined => {
    const [first] = zones;
    if (person && area) return areas.get(area)?.name ?? area;
    if (sensor) return zone(sensor);
    if (at) return door(at);
    if (device) return device;
    return first === undefined ? undefined : zone(first);
  };
  return {
    zone,
    partition: (id) => partitions.get(id)?.name ?? id,
    incident: (incident) => {
      const place = where(incident);
      const what = whatOf(incident, words);
      return place === undefined ? what : words.alarms.titleAt(what, place);
    },
  };
}

type Tone = "critical" | "warning" | "open" | "rest";

/** What nobody answers for is as grave as it is; what somebody does is open work. */
export function toneOf({ acknowledged, severity, restoredAt }: IncidentNow): Tone {
  if (!acknowledged) return severity === "critical" ? "critical" : "warning";
  return restoredAt === null ? "warning" : "open";
}
