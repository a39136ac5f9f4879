/**
 * The site document: what an installer writes and what is kept, whole, at each revision. This file says what it may look like;
 * what must hold of the building it describes is in `invariants.ts`. Optional fields stay absent when they are not written
 * (`defaults.ts` says what holds then), so that an export gives back what was put in.
 */
import { z } from "zod";
import { doorModes, fireActions, sensorTypes } from "../core/site.js";
import type { Fault } from "../ports.js";
import { areaRuleFields, doorRuleFields, lineFields } from "./access.js";
import { alarmFields, armGroupFields, partitionFields, zoneDoorFields, zoneSensorFields } from "./alarm.js";
import { cardFormatEntry, readerFormatsEntry } from "./card-formats.js";
import { faultsOf } from "./faults.js";
import { foreignFields } from "./foreign.js";
import { buttonFields, houseFields, modeFields } from "./house.js";
import { leafFields } from "./leaf.js";
import { untangled } from "./plain.js";
import { calendarDate, endOfWindow, id, name, pointOf, timeOfDay } from "./shapes.js";
import { busFields, wireFields } from "./wires.js";

export const weekdays = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"] as const;

const timeWindow = z.strictObject({
  from: timeOfDay.describe("Local wall time at which the window opens"),
  to: endOfWindow.describe("Local wall time at which it closes; not after `from`: on the next day"),
});

const weekLine = z.strictObject({
  days: z.array(z.enum(weekdays)).min(1).max(7).describe("The days on which the window opens"),
  from: timeWindow.shape.from,
  to: timeWindow.shape.to,
});

const specialHours = z.union([z.enum(["closed", "as-usual"]), z.array(timeWindow).min(1).max(20)]);

export const schedule = z.strictObject({
  id,
  name,
  week: z.array(weekLine).max(50).describe("When it holds; windows may overlap"),
  holidays: z
    .union([
      ...specialHours.options,
      z
        .record(id, specialHours)
        .refine((types) => Object.keys(types).length <= 50, { error: "has more than 50 entries" }),
    ])
    .exactOptional()
    .describe(
      "What holds on a holiday instead of the week: nothing (closed, the default), the week, or these windows; or each of them by the type of the holiday",
    ),
});

const holidayType = id.describe("What kind of day it is, one of holidayTypes; default holiday");

export const holiday = z.union([
  z.strictObject({ date: calendarDate, name, type: holidayType.exactOptional() }),
  z.strictObject({
    from: calendarDate.describe("First day"),
    to: calendarDate.describe("Last day, which is a holiday too"),
    name,
    type: holidayType.exactOptional(),
  }),
]);

const area = z.strictObject({
  id,
  name,
  parent: id.exactOptional().describe("The area that this one is a part of"),
  outside: z.boolean().exactOptional().describe("An escape route ends here"),
  ...areaRuleFields,
  muster: z
    .boolean()
    .exactOptional()
    .describe("An assembly point: whoever comes here during a muster is safe; default false"),
  tenant: id.exactOptional(),
});

const door = z.strictObject({
  id,
  name,
  from: id.describe("The area on the outside of the door, from which a card is needed"),
  to: id.describe("The area on its inside"),
  readers: z
    .strictObject({ outside: pointOf("reader").exactOptional(), inside: pointOf("reader").exactOptional() })
    .exactOptional(),
  lock: z.strictObject({
    point: pointOf("lock"),
    kind: z
      .enum(["fail-secure", "fail-safe"])
      .describe("fail-secure: locked without power; fail-safe: unlocked without power"),
    mechanicalEgress: z
      .boolean()
      .exactOptional()
      .describe("The installer confirms: a handle or bar opens the door from inside without power"),
    wiredRelease: z
      .boolean()
      .exactOptional()
      .describe("The installer confirms: an emergency release or fire relay is wired into the lock's supply"),
  }),
  contact: pointOf("input").exactOptional().describe("Tells whether the leaf is open"),
  exitButton: pointOf("input").exactOptional().describe("Button, bar or motion detector for leaving"),
  passage: z
    .enum(["contact", "rotation", "grant"])
    .exactOptional()
    .describe(
      "How the door tells that somebody went through; default: contact where there is one, else grant",
    ),
  ...leafFields,
  ...modeFields,
  ...doorRuleFields,
  mode: z.enum(doorModes).exactOptional().describe("Mode at rest; default card"),
  freeSchedule: id.exactOptional().describe("While this schedule holds, the door is free"),
  exit: z
    .enum(["free", "controlled"])
    .exactOptional()
    .describe("controlled: leaving needs a card at the inside reader; default free"),
  fire: z
    .record(id, z.enum(fireActions))
    .refine((fire) => Object.keys(fire).length <= 100, { error: "has more than 100 entries" })
    .exactOptional()
    .describe("What this door does when a fire input calls, by the input's sensor id"),
  partitions: z.strictObject({ outside: id.exactOptional(), inside: id.exactOptional() }).exactOptional(),
  ...zoneDoorFields,
  clock: z
    .enum(["ignore-schedule", "deny"])
    .exactOptional()
    .describe(
      "While the clock is not trusted: cards open at any hour that their groups have (ignore-schedule, the default), or none does (deny)",
    ),
  tenant: id.exactOptional(),
});

const opening = z.strictObject({
  id,
  name,
  kind: z.enum(["window", "shutter", "hatch"]).exactOptional().describe("Default window"),
  from: id,
  to: id,
  tenant: id.exactOptional(),
});

const partition = z.strictObject({
  id,
  name,
  members: z
    .array(id)
    .min(1)
    .max(100)
    .exactOptional()
    .describe("Common partition: arms when its last member arms, disarms with the first"),
  ...partitionFields,
  tenant: id.exactOptional(),
});

const sensor = z.strictObject({
  id,
  name,
  type: z.enum(sensorTypes),
  role: z
    .enum(["perimeter", "interior", "entry-route", "24-hour"])
    .exactOptional()
    .describe("Default: perimeter for contact and glass-break, interior for motion, else 24-hour"),
  point: pointOf("input"),
  area: id.exactOptional(),
  opening: id.exactOptional().describe("The window, shutter or hatch that it watches"),
  partition: id.exactOptional(),
  action: z
    .enum(fireActions)
    .exactOptional()
    .describe(
      "Only for type fire: what it does to every door that does not say otherwise; default exit-only",
    ),
  onFault: z
    .enum(["release", "trouble"])
    .exactOptional()
    .describe("Only for type fire: what a broken or shorted line means; default trouble"),
  ...buttonFields,
  ...zoneSensorFields,
  tenant: id.exactOptional(),
});

const musterReader = z.strictObject({
  id,
  name,
  point: pointOf("reader").describe("Of no door: whoever shows a card here during a muster is safe"),
});

const device = z.strictObject({
  id,
  name,
  driver: id.describe(
    "The driver that speaks to it: mqtt, osdp for a reader on an RS-485 line, gpio for pins of the board, or preset for devices of other makers",
  ),
  ...wireFields,
  ...foreignFields,
  area: id.exactOptional().describe("Where it hangs"),
});

const access = z.strictObject({
  doors: z.array(id).min(1).max(2_000).exactOptional(),
  areas: z
    .array(id)
    .min(1)
    .max(2_000)
    .exactOptional()
    .describe("Every door that leads into the area from outside of it"),
  ...lineFields,
});

export const group = z.strictObject({
  id,
  name,
  access: z.array(access).max(200),
  ...armGroupFields,
  tenant: id.exactOptional(),
});

export const doorGroup = z.strictObject({ id, name, doors: z.array(id).min(1).max(2_000) });
export const holidayKind = z.strictObject({ id, name });

export const siteSchema = z.strictObject({
  site: z.strictObject({
    id,
    name,
    timeZone: z.string().max(64).refine(isTimeZone, {
      error: "is not a known time zone; write one such as Europe/Berlin",
    }),
  }),
  tenants: z
    .array(z.strictObject({ id, name }))
    .min(1)
    .max(100)
    .describe("The first is meant where none is named"),
  areas: z.array(area).min(1).max(2_000),
  doors: z.array(door).max(2_000),
  doorGroups: z
    .array(doorGroup)
    .max(500)
    .exactOptional()
    .describe("Doors under one name, for rights, commands and lockdown"),
  openings: z.array(opening).max(5_000).exactOptional(),
  partitions: z.array(partition).max(500).exactOptional(),
  sensors: z.array(sensor).max(10_000).exactOptional(),
  devices: z.array(device).max(5_000),
  ...busFields,
  ...houseFields,
  ...alarmFields,
  musterReaders: z
    .array(musterReader)
    .max(200)
    .exactOptional()
    .describe("Readers at assembly points, which mark people safe"),
  schedules: z.array(schedule).max(500).exactOptional(),
  holidayTypes: z
    .array(holidayKind)
    .max(50)
    .exactOptional()
    .describe("Kinds of special days besides holiday, each with hours of its own in the schedules"),
  holidays: z.array(holiday).max(2_000).exactOptional(),
  groups: z.array(group).max(10_000).exactOptional(),
  cardFormats: z
    .array(cardFormatEntry)
    .max(20)
    .exactOptional()
    .describe("The formats that readers here send, in the order in which they are tried; default H10301"),
  readerFormats: z
    .array(readerFormatsEntry)
    .max(200)
    .exactOptional()
    .describe("Readers that send only some of the formats"),
});

export type SiteDocument = z.infer<typeof siteSchema>;
export type AreaEntry = SiteDocument["areas"][number];
export type DoorEntry = SiteDocument["doors"][number];
export type SensorEntry = NonNullable<SiteDocument["sensors"]>[number];
export type ScheduleEntry = NonNullable<SiteDocument["schedules"]>[number];
export type HolidayEntry = NonNullable<SiteDocument["holidays"]>[number];
export type GroupEntry = NonNullable<SiteDocument["groups"]>[number];
export type SpecialHours = z.infer<typeof specialHours>;
export type TimeWindow = z.infer<typeof timeWindow>;

export type ParsedSite =
  | { readonly ok: true; readonly document: SiteDocument }
  | { readonly ok: false; readonly faults: readonly Fault[] };

/**
 * Reads anything as a site document. Never throws: what is not one is refused with every fault and its place. What the
 * building must fulfil besides is `checkSite`.
 */
export function parseSite(raw: unknown): ParsedSite {
  const plain = untangled(raw);
  if (!plain.ok) return { ok: false, faults: [plain.fault] };
  const parsed = siteSchema.safeParse(plain.value);
  if (parsed.success) return { ok: true, document: parsed.data };
  return { ok: false, faults: faultsOf(parsed.error, siteSchema, plain.value) };
}

/** IANA names only: an offset such as +01:00 knows no summer time. */
function isTimeZone(text: string): boolean {
  if (!/^[A-Za-z][A-Za-z0-9_+-]*(\/[A-Za-z0-9_+-]+)*$/.test(text)) return false;
  try {
    new Intl.DateTimeFormat("en", { timeZone: text });
    return true;
  } catch {
    return false;
  }
}
