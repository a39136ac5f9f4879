/** A zone raises the alarm: its incident, its partitions, what sounds. */
import type { Draft } from "../draft.js";
import type { EventBody, EventType } from "../events.js";
import type { PartitionId } from "../site.js";
import { confirmed, raise } from "./incident.js";
import type { ZoneId } from "./rules.js";
import { sound } from "./siren.js";
import { rulesOf, trigger } from "./standing.js";
import type { Zone } from "./zones.js";

/** An event of this zone, with its place. */
export function placed(zone: Zone, event: EventBody): EventBody {
  const { sensor, door } = zone;
  const partition = event.partition ?? zone.partitions[0];
  return {
    ...event,
    ...(sensor ? { tenant: sensor.tenant, sensor: sensor.id } : {}),
    ...(sensor?.area === undefined ? {} : { area: sensor.area }),
    ...(door ? { tenant: door.tenant, door: door.id } : {}),
    ...(partition === undefined ? {} : { partition }),
  };
}

export function tellZone(draft: Draft, zone: Zone, event: EventBody): void {
  draft.tell(placed(zone, event));
}

export interface HowRaised {
  /** The signal of the physical event, where that was before. */
  readonly origin?: string;
  readonly type?: EventType;
  readonly reason?: string;
  readonly data?: EventBody["data"];
  /** A second sensor was asked for, and has spoken. */
  readonly verified?: boolean;
  /** Under which name it comes to rest, where that is not its own. */
  readonly as?: ZoneId;
  /** It goes on until it is heard to be at rest. */
  readonly lasts?: boolean;
}

/** @param partitions those that it is an alarm of */
export function raiseZone(
  draft: Draft,
  zone: Zone,
  partitions: readonly PartitionId[],
  { origin, type, reason, data, verified, as = zone.id, lasts }: HowRaised = {},
): string {
  const { row } = zone;
  const [partition] = partitions;
  const all = { ...data, ...(partitions.length === 0 ? {} : { partitions }) };
  const event = placed(zone, {
    type: type ?? row.comes,
    ...(partition === undefined ? {} : { partition }),
    ...(reason === undefined ? {} : { reason }),
    ...(Object.keys(all).length === 0 ? {} : { data: all }),
  });
  const tamper = event.type === "alarm.tamper";
  const kind = tamper ? "tamper" : row.incident;
  const incident = raise(draft, {
    event,
    kind,
    severity: tamper ? "critical" : row.severity,
    priority: tamper ? 2 : row.priority,
    zone: as,
    partitions,
    ...(origin === undefined ? {} : { origin }),
    lasts: lasts ?? standsActive(draft, zone),
    // A line that somebody cut is no press of the button.
    silent: row.silent && !tamper,
  });
  if (verified) confirmed(draft, incident, event);
  if (row.watched === "armed" || tamper) {
    for (const each of partitions) trigger(draft, each);
    countAlarm(draft, zone, partitions);
  }
  const what = tamper ? "tamper" : row.sound;
  if (what !== null) sound(draft, what, partitions, incident);
  return incident;
}

function standsActive(draft: Draft, zone: Zone): boolean {
  if (zone.sensor) return draft.sensors.get(zone.sensor.id)?.active === true;
  return zone.door !== undefined && draft.doors.get(zone.door.id)?.position === "open";
}

/** A sensor that raises it again and again in one armed time is left out for the rest of it (swinger shut-down). */
function countAlarm(draft: Draft, zone: Zone, partitions: readonly PartitionId[]): void {
  const own = draft.zones.get(zone.id) ?? {};
  const alarms = (own.alarms ?? 0) + 1;
  const most = Math.min(
    ...partitions.map((each) => rulesOf(draft, each).swingerAfter || Number.POSITIVE_INFINITY),
    Number.POSITIVE_INFINITY,
  );
  const shut = alarms >= most && !zone.rules.mustCount;
  draft.zones.set(zone.id, { ...own, alarms, ...(shut ? { shutDown: true } : {}) });
  if (shut) tellZone(draft, zone, { type: "alarm.swinger", data: { times: alarms, partitions } });
}
