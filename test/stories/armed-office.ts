/** The small office with an alarm: a ground floor with its door, window and motion, a workshop behind it, and sirens. */
import {
  type EscalationStep,
  type PartitionRules,
  type Siren,
  type SiteAlarm,
  usualRules,
} from "../../gateway/core/alarm/rules.js";
import type { Group, Partition, Sensor, Site } from "../../gateway/core/site.js";
import { type OfficeSketch, point, type Staff, smallOffice, staff } from "./small-office.js";
import { Teller } from "./teller.js";

export function sensor(id: string, name: string, input: number, more: Partial<Sensor>): Sensor {
  return {
    id,
    name,
    tenant: "main",
    type: "motion",
    role: "interior",
    point: point(`panel/input/${input}`),
    partition: "ground",
    ...more,
  };
}

export function siren(id: string, name: string, output: number, more: Partial<Siren> = {}): Siren {
  return {
    id,
    name,
    point: point(`panel/output/${output}`),
    kind: "outdoor",
    partitions: [],
    sounds: ["burglary", "hold-up", "panic", "tamper"],
    maxMs: 180_000,
    retriggers: 1,
    ...more,
  };
}

export interface AlarmSketch {
  readonly rules?: Partial<PartitionRules>;
  /** Besides the ground floor and the workshop. */
  readonly partitions?: readonly Partition[];
  readonly sensors?: readonly Sensor[];
  /** What differs in a sensor of the office. */
  readonly change?: Readonly<Record<string, Partial<Sensor>>>;
  readonly alarm?: Partial<SiteAlarm>;
  readonly escalation?: readonly EscalationStep[];
  readonly groups?: Readonly<Record<string, Partial<Omit<Group, "id">>>>;
  readonly office?: Omit<OfficeSketch, "sensors" | "site" | "groups">;
  readonly site?: Partial<Site>;
}

export function armedOffice(sketch: AlarmSketch = {}): Site {
  const rules = (more: Partial<PartitionRules> = {}): PartitionRules => ({
    ...usualRules(sketch.alarm?.profile ?? "en50131"),
    ...more,
  });
  const partition = (id: string, name: string): Partition => ({
    id,
    name,
    tenant: "main",
    members: [],
    rules: rules(sketch.rules),
  });
  const sensors = [
    sensor("lobby-motion", "Lobby motion", 3, { role: "entry-route", area: "lobby" }),
    sensor("canteen-motion", "Canteen motion", 4, { area: "canteen" }),
    sensor("workshop-motion", "Workshop motion", 5, { area: "workshop", partition: "workshop" }),
    sensor("counter", "Counter button", 6, { type: "hold-up-silent", role: "24-hour", area: "lobby" }),
    sensor("desk", "Desk button", 7, { type: "hold-up", role: "24-hour", area: "lobby" }),
    sensor("box", "Box lid", 8, { type: "tamper", role: "24-hour" }),
    ...(sketch.sensors ?? []),
  ];
  const site = smallOffice({
    ...sketch.office,
    sensors,
    doors: {
      front: { partitions: { inside: "ground" } },
      workshop: { partitions: { outside: "ground", inside: "workshop" } },
      ...sketch.office?.doors,
    },
    ...(sketch.groups ? { groups: sketch.groups } : {}),
    site: {
      partitions: new Map(
        [
          partition("ground", "Ground floor"),
          partition("workshop", "Workshop"),
          ...(sketch.partitions ?? []),
        ].map((each) => [each.id, each]),
      ),
      alarm: {
        profile: "en50131",
        sirens: new Map([["siren", siren("siren", "Siren", 1)]]),
        escalation: sketch.escalation ?? [],
        instructions: new Map([["burglary", { text: "Call the police.", call: [] }]]),
        accounts: new Map(),
        lone: [],
        ...sketch.alarm,
      },
      ...sketch.site,
    },
  });
  const changed = [...site.sensors.values()].map((each) => ({ ...each, ...sketch.change?.[each.id] }));
  return { ...site, sensors: new Map(changed.map((each) => [each.id, each])) };
}

export function aNight(sketch: AlarmSketch = {}, people: Staff = staff()): Teller {
  return new Teller(armedOffice(sketch), people).at("20:00");
}

/** Armed, and its exit delay over. */
export function armedNight(sketch: AlarmSketch = {}, people: Staff = staff()): Teller {
  return aNight(sketch, people)
    .asks({ op: "partition.arm", partition: "ground", level: "away", atOnce: true })
    .at("20:10")
    .forget();
}
