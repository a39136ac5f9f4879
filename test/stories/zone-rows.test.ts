/** The table of sensor types: each row has a story, and the story fails without the row. */
import { afterEach, describe, expect, test } from "vitest";
import { sounds } from "../../gateway/core/alarm/rules.js";
import { type ZoneKind, type ZoneRow, zoneKinds, zoneTable } from "../../gateway/core/alarm/sensor-types.js";
import type { Sensor, SensorType } from "../../gateway/core/site.js";
import { aNight, armedNight, sensor, siren } from "./armed-office.js";
import type { Teller } from "./teller.js";

const table = zoneTable as Record<ZoneKind, ZoneRow>;
const rows = { ...zoneTable };
afterEach(() => Object.assign(table, rows));

const tried = (more: Partial<Sensor>): Sensor => sensor("tried", "The sensor", 40, more);
const ofType = (type: SensorType): Sensor => tried({ type, role: "24-hour" });
const intruders = (reaction: ZoneKind): Sensor =>
  tried({ type: "contact", zone: { reaction, armedIn: ["away"] } as NonNullable<Sensor["zone"]> });
/** Its siren sounds for everything. */
const alarm = { sirens: new Map([["siren", siren("siren", "Siren", 1, { sounds })]]) };
const armed = (own: Sensor) => armedNight({ sensors: [own], alarm });
const byDay = (own: Sensor) => aNight({ sensors: [own], alarm });
/** Becomes active, and is at rest again. */
const pressed = (story: Teller): Teller => story.sensor("tried", true).wait(90).sensor("tried", false);

const partition = "ground";
/** By the front door, past the sensor, and disarms in time. */
const comesIn = (story: Teller): Teller =>
  story
    .exit("front")
    .opens("front")
    .wait(2)
    .sensor("tried", true)
    .closes("front")
    .wait(2)
    .sensor("tried", false)
    .asks({ op: "partition.disarm", partition });
const rearmed = (story: Teller): Teller =>
  story.asks({ op: "partition.arm", partition, level: "away", atOnce: true }).wait(60);

const stories: Readonly<Record<ZoneKind, { readonly name: string; readonly tell: () => Teller }>> = {
  delayed: {
    name: "a door that leaves time to disarm raises the alarm when nobody does",
    tell: () => pressed(armed(intruders("delayed"))),
  },
  instant: {
    name: "motion inside raises the alarm at once",
    tell: () => pressed(armed(intruders("instant"))),
  },
  follower: {
    name: "motion on the entry route waits while somebody may disarm, and else raises the alarm at once",
    tell: () => pressed(rearmed(comesIn(armed(intruders("follower"))))),
  },
  perimeter: {
    name: "a window raises the alarm at once",
    tell: () => pressed(armed(intruders("perimeter"))),
  },
  "24-hour": { name: "a hatch raises the alarm by day", tell: () => pressed(byDay(intruders("24-hour"))) },
  "hold-up": { name: "a hold-up button sounds", tell: () => pressed(byDay(ofType("hold-up"))) },
  "hold-up-silent": {
    name: "a silent hold-up button sounds nothing",
    tell: () => pressed(byDay(ofType("hold-up-silent"))),
  },
  panic: { name: "a panic button sounds", tell: () => pressed(byDay(ofType("panic"))) },
  medical: { name: "somebody needs help", tell: () => pressed(byDay(ofType("medical"))) },
  fire: {
    name: "a fire input on test with its partition raises nothing by itself",
    tell: () => byDay(ofType("fire")),
  },
  gas: { name: "gas is an alarm by day", tell: () => pressed(byDay(ofType("gas"))) },
  water: { name: "water is an alarm by day", tell: () => pressed(byDay(ofType("water"))) },
  temperature: { name: "heat is an alarm by day", tell: () => pressed(byDay(ofType("temperature"))) },
  tamper: {
    name: "a lid that is opened while armed is tampering",
    tell: () => pressed(armed(ofType("tamper"))),
  },
  mains: { name: "the mains are lost: a thing to do", tell: () => pressed(byDay(ofType("mains"))) },
  battery: { name: "a battery is low: a thing to do", tell: () => pressed(byDay(ofType("battery"))) },
  "lock-power": {
    name: "the locks' supply fails: a thing to do",
    tell: () => pressed(byDay(ofType("lock-power"))),
  },
  ups: { name: "the gateway's own supply is low", tell: () => pressed(byDay(ofType("ups"))) },
  technical: {
    name: "a technical contact is told and is no alarm",
    tell: () => pressed(byDay(ofType("technical"))),
  },
  "key-switch": {
    name: "a key switch is told and is no alarm",
    tell: () => pressed(byDay(ofType("key-switch"))),
  },
};

/** What the story came to: everything told, done, open and to be done. */
const outcome = ({ transcript, state, commands }: Teller): string =>
  JSON.stringify([transcript, [...state.incidents.values()], [...state.todos], commands]);

/** A row that does nothing: what is `never` watched by it is told as any contact is; what is, is no alarm at all. */
const without = ({ watched, ...row }: ZoneRow): ZoneRow =>
  watched === "never"
    ? { ...row, watched: "always", trouble: false, sound: "burglary" }
    : { ...row, watched: "never" };

describe("of each kind of sensor", () => {
  // A fire input has a path of its own, with stories of its own (fire.test.ts); of its row only the walk test asks.
  const kinds = zoneKinds.filter((kind) => kind !== "fire");
  test.each(kinds.map((kind) => [kind, stories[kind].name]))("%s: %s, and not without its row", (kind) => {
    const { tell } = stories[kind];
    const told = outcome(tell());
    expect(outcome(tell())).toBe(told);
    table[kind] = without(rows[kind]);
    expect(outcome(tell())).not.toBe(told);
  });

  /** Fields of a row that a sensor's story depends on. */
  test.each(
    kinds.flatMap((kind) => fieldsOf(rows[kind]).map(([field, changed]) => [kind, field, changed] as const)),
  )("%s: its %s counts", (kind, field, changed) => {
    const told = outcome(stories[kind].tell());
    table[kind] = { ...rows[kind], [field]: changed };
    expect(outcome(stories[kind].tell())).not.toBe(told);
  });
});

/** What makes of the row another one, field by field, where that shows in an alarm. */
function fieldsOf({ watched, trouble, silent, sound, delay }: ZoneRow): readonly [keyof ZoneRow, unknown][] {
  if (watched === "never") return [];
  // What the end of an entry delay raises has a name of its own, whatever set it off.
  const fields: [keyof ZoneRow, unknown][] = delay === "entry" ? [] : [["comes", "alarm.chime"]];
  fields.push(["goes", "device.zone-heard"]);
  if (trouble) return fields;
  fields.push(["silent", !silent], ["priority", 4], ["incident", "power"]);
  if (sound !== null) fields.push(["sound", null]);
  if (delay !== "none") fields.push(["delay", "none"]);
  return fields;
}
