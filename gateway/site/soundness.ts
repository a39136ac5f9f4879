/** What must fit together within the document: trees without cycles, doors that can work as they are described, card formats. */
import type { Fault } from "../ports.js";
import { accessFaults } from "./access.js";
import { alarmFaults } from "./alarm.js";
import { cardFormatFaults } from "./card-formats.js";
import { passageOf } from "./defaults.js";
import {
  type DoorEntry,
  type ScheduleEntry,
  type SensorEntry,
  type SiteDocument,
  type TimeWindow,
  weekdays,
} from "./document.js";
import { houseFaults } from "./house.js";
import { leafFaults } from "./leaf.js";
import { wireFaults } from "./wires.js";

export function soundnessFaults(document: SiteDocument): Fault[] {
  return [
    ...cycleFaults(
      "areas",
      "parent",
      new Map(document.areas.map((area) => [area.id, area.parent ? [area.parent] : []])),
    ),
    ...cycleFaults(
      "partitions",
      "members",
      new Map((document.partitions ?? []).map((partition) => [partition.id, partition.members ?? []])),
    ),
    ...document.doors.flatMap((door, index) => doorFaults(door, `doors[${index}]`)),
    ...(document.openings ?? []).flatMap((opening, index) =>
      opening.from === opening.to
        ? [{ path: `openings[${index}].to`, message: `leads from ${opening.from} to ${opening.to} itself` }]
        : [],
    ),
    ...houseFaults(document),
    ...wireFaults(document),
    ...alarmFaults(document),
    ...(document.sensors ?? []).flatMap((sensor, index) => sensorFaults(sensor, `sensors[${index}]`)),
    ...(document.schedules ?? []).flatMap((schedule, index) =>
      scheduleFaults(schedule, `schedules[${index}]`),
    ),
    ...(document.holidays ?? []).flatMap((holiday, index) =>
      "from" in holiday && holiday.to < holiday.from
        ? [
            {
              path: `holidays[${index}].to`,
              message: `ends on ${holiday.to}, before it begins on ${holiday.from}`,
            },
          ]
        : [],
    ),
    ...accessFaults(document),
    ...cardFormatFaults(document, wiredReaders(document)),
  ];
}

/** One fault a cycle, at the entry that is met first. */
function cycleFaults(key: string, field: string, above: ReadonlyMap<string, readonly string[]>): Fault[] {
  const faults: Fault[] = [];
  const done = new Set<string>();
  const indexOf = new Map([...above.keys()].map((id, index) => [id, index]));
  for (const start of above.keys()) {
    // Depth first, without recursion: a chain may be as long as the list.
    const trail: { readonly id: string; next: number }[] = [{ id: start, next: 0 }];
    const onTrail = new Set([start]);
    while (trail.length > 0) {
      const top = trail.at(-1);
      if (top === undefined) break;
      const next = done.has(top.id) ? undefined : above.get(top.id)?.[top.next];
      top.next += 1;
      if (next === undefined) {
        done.add(top.id);
        onTrail.delete(top.id);
        trail.pop();
      } else if (onTrail.has(next)) {
        const ids = trail.map((step) => step.id);
        const cycle = [...ids.slice(ids.indexOf(next)), next];
        faults.push({
          path: `${key}[${indexOf.get(top.id)}].${field}`,
          message: `runs in a circle: ${cycle.length > 8 ? [...cycle.slice(0, 7), "…"].join(" → ") : cycle.join(" → ")}`,
        });
      } else if (above.has(next) && !done.has(next)) {
        trail.push({ id: next, next: 0 });
        onTrail.add(next);
      }
    }
  }
  return faults;
}

function doorFaults(door: DoorEntry, path: string): Fault[] {
  const faults: Fault[] = [];
  if (door.from === door.to)
    faults.push({ path: `${path}.to`, message: `leads from ${door.from} to ${door.to} itself` });
  faults.push(...leafFaults(door, path));
  const passage = passageOf(door);
  if (passage !== "grant" && door.contact === undefined) {
    faults.push({
      path: `${path}.passage`,
      message: `${passage} needs a contact, and the door ${door.id} has none`,
    });
  }
  if (door.exit === "controlled" && door.readers?.inside === undefined) {
    faults.push({
      path: `${path}.exit`,
      message: `controlled needs a reader on the inside of the door ${door.id}`,
    });
  }
  return faults;
}

function sensorFaults(sensor: SensorEntry, path: string): Fault[] {
  if (sensor.type === "fire") return [];
  return (["action", "onFault"] as const)
    .filter((field) => sensor[field] !== undefined)
    .map((field) => ({
      path: `${path}.${field}`,
      message: `is only for sensors of type fire, ${sensor.id} is of type ${sensor.type}`,
    }));
}

function scheduleFaults(schedule: ScheduleEntry, path: string): Fault[] {
  const windows = [
    ...schedule.week.map((line, index) => [line, `${path}.week[${index}]`] as const),
    ...specialWindows(schedule, path),
  ];
  return [
    ...tooManyWindows(schedule, path),
    ...windows
      .filter(([window]) => window.from === window.to)
      .map(([window, at]) => ({
        path: `${at}.to`,
        message: `opens and closes at ${window.from}; for the whole day write 00:00 to 24:00`,
      })),
  ];
}

/** The windows of special days, each with its place. */
function specialWindows({ holidays }: ScheduleEntry, path: string): (readonly [TimeWindow, string])[] {
  if (holidays === undefined || typeof holidays === "string") return [];
  if (Array.isArray(holidays))
    return holidays.map((window, index) => [window, `${path}.holidays[${index}]`] as const);
  return Object.entries(holidays).flatMap(([type, hours]) =>
    typeof hours === "string"
      ? []
      : hours.map((window, index) => [window, `${path}.holidays.${type}[${index}]`] as const),
  );
}

const mostWindowsADay = 20;

function tooManyWindows({ week }: ScheduleEntry, path: string): Fault[] {
  const full = weekdays.find((day) => week.filter(({ days }) => days.includes(day)).length > mostWindowsADay);
  return full === undefined
    ? []
    : [{ path: `${path}.week`, message: `has more than ${mostWindowsADay} windows on one day (${full})` }];
}

function wiredReaders({ doors }: SiteDocument): string[] {
  return doors.flatMap(({ readers }) =>
    [readers?.outside, readers?.inside].filter((point) => point !== undefined),
  );
}
