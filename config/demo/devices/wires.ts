/**
 * What a wirer of the demo building knows: the site document says which terminals hang on which device, the people's list which
 * cards are about. Read leniently; whether they are right is the gateway's to say.
 */
import { parse as parseCsv } from "csv-parse/sync";
import { parse as parseYaml } from "yaml";
import { z } from "zod";
import { asRead, type RawCredential } from "./cards.js";
import type { Points } from "./device.js";

export interface Terminal {
  readonly device: string;
  readonly n: number;
}

/** `front-lock/lock/1` */
const point = z.string().transform((text, context): Terminal & { kind: keyof Points } => {
  const [, device, kind, n] = /^([^/]+)\/(reader|lock|input|output)\/(\d+)$/.exec(text) ?? [];
  if (device !== undefined && kind !== undefined) return { device, kind: kind as keyof Points, n: Number(n) };
  context.addIssue({ code: "custom", message: `${text} is no point of a device` });
  return z.NEVER;
});

const timeWindow = z.object({ from: z.string(), to: z.string() });
const specialHours = z.union([z.literal(["closed", "as-usual"]), z.array(timeWindow)]);
const schedule = z.object({
  id: z.string(),
  week: z.array(timeWindow.extend({ days: z.array(z.string()) })),
  /** Of every holiday, or by its type. */
  holidays: z.union([...specialHours.options, z.record(z.string(), specialHours)]).default("closed"),
});
export type ScheduleWires = z.infer<typeof schedule>;

/** Absent: a plain holiday. */
const holidayType = z.string().optional();
const holiday = z.union([
  z
    .object({ date: z.string(), type: holidayType })
    .transform(({ date, type }) => ({ from: date, to: date, type })),
  z.object({ from: z.string(), to: z.string(), type: holidayType }),
]);
export type Holiday = z.infer<typeof holiday>;

const door = z.object({
  id: z.string(),
  from: z.string(),
  to: z.string(),
  readers: z.object({ outside: point.optional(), inside: point.optional() }).default({}),
  lock: z.object({ point }),
  contact: point.optional(),
  exitButton: point.optional(),
  keySwitch: point.optional(),
  loop: point.optional(),
  safetyEdge: point.optional(),
  openMs: z.number().default(30_000),
  mode: z.string().default("card"),
  partitions: z.object({ inside: z.string().optional(), outside: z.string().optional() }).default({}),
});
export type DoorWires = z.infer<typeof door>;

const sensor = z.object({
  id: z.string(),
  type: z.string(),
  point,
  area: z.string().optional(),
  partition: z.string().optional(),
});
export type SensorWires = z.infer<typeof sensor>;

const area = z.object({ id: z.string(), parent: z.string().optional(), outside: z.boolean().default(false) });

const site = z.object({
  site: z.object({ id: z.string(), timeZone: z.string() }),
  areas: z.array(area),
  doors: z.array(door),
  sensors: z.array(sensor).default([]),
  partitions: z.array(z.object({ id: z.string(), members: z.array(z.string()).default([]) })).default([]),
  alarm: z.object({ sirens: z.array(z.object({ point })).default([]) }).default({ sirens: [] }),
  devices: z.array(z.object({ id: z.string(), name: z.string() })),
  schedules: z.array(schedule).default([]),
  holidays: z.array(holiday).default([]),
  groups: z
    .array(
      z.object({
        id: z.string(),
        access: z.array(
          z.object({
            doors: z.array(z.string()).default([]),
            areas: z.array(z.string()).default([]),
            schedule: z.string(),
          }),
        ),
      }),
    )
    .default([]),
});
export type SiteWires = z.infer<typeof site>;

/** Throws with the place and what is wrong there if it is no site document at all. */
export function readSite(yaml: string): SiteWires {
  const parsed = site.safeParse(parseYaml(yaml));
  if (!parsed.success) throw new WiresUnreadable("the site document", parsed.error);
  return parsed.data;
}

/** A card that somebody carries. */
export interface Card {
  readonly person: string;
  readonly groups: readonly string[];
  readonly raw: RawCredential;
  /** `active`, or why not: `lost`, `suspended`, `blocked`… */
  readonly status: string;
  /** Milliseconds since 1970; absent: without limit. A day counts from its start in UTC to its end: near enough for a story. */
  readonly validFrom?: number;
  readonly validUntil?: number;
}

const personRow = z.object({
  person: z.string(),
  groups: z.string().default(""),
  credential: z.string().default(""),
  valid_from: z.string().default(""),
  valid_until: z.string().default(""),
  status: z.string().default(""),
});

/** The cards of the list, in its order; rows without a card, or with one that no reader here reads, are left out. */
export function readCards(csv: string): Card[] {
  const rows = z
    .array(personRow)
    .safeParse(parseCsv(csv, { columns: true, bom: true, skip_empty_lines: true, trim: true }));
  if (!rows.success) throw new WiresUnreadable("the people's list", rows.error);
  return rows.data.flatMap((row) => {
    const raw = asRead(row.credential);
    if (!raw) return [];
    return {
      person: row.person,
      groups: row.groups.split(";").map((group) => group.trim()),
      raw,
      status: row.status || "active",
      ...dated("validFrom", row.valid_from),
      ...dated("validUntil", row.valid_until),
    };
  });
}

function dated<K extends string>(name: K, text: string): Partial<Record<K, number>> {
  const at = Date.parse(text);
  return Number.isNaN(at) ? {} : ({ [name]: at } as Record<K, number>);
}

const accountsFile = z.object({
  devices: z.record(z.string(), z.string()),
  clients: z.record(z.string(), z.string()).default({}),
});

/** The keys of devices and of clients, by id. */
export interface Accounts {
  readonly devices: ReadonlyMap<string, string>;
  readonly clients: ReadonlyMap<string, string>;
}

/** From `{"devices": {"front-reader": "…"}, "clients": {"night-watch": "…"}}`. */
export function readAccounts(json: string): Accounts {
  const parsed = accountsFile.safeParse(JSON.parse(json));
  if (!parsed.success) throw new WiresUnreadable("the accounts file", parsed.error);
  const { devices, clients } = parsed.data;
  return { devices: new Map(Object.entries(devices)), clients: new Map(Object.entries(clients)) };
}

/** The terminals of every device, as far as something is wired to them. */
export function pointsOf({ doors, sensors, alarm, devices }: SiteWires): ReadonlyMap<string, Points> {
  const points = new Map(
    devices.map(({ id }) => [
      id,
      { reader: new Set(), lock: new Set(), input: new Set(), output: new Set() } as Record<
        keyof Points,
        Set<number>
      >,
    ]),
  );
  const wired = [
    ...doors.flatMap(({ readers, lock, contact, exitButton, keySwitch, loop, safetyEdge }) => [
      readers.outside,
      readers.inside,
      lock.point,
      contact,
      exitButton,
      keySwitch,
      loop,
      safetyEdge,
    ]),
    ...sensors.map((each) => each.point),
    ...alarm.sirens.map((each) => each.point),
  ];
  for (const each of wired) if (each) points.get(each.device)?.[each.kind].add(each.n);
  const sorted = (numbers: ReadonlySet<number>) => [...numbers].sort((a, b) => a - b);
  return new Map(
    [...points].map(([id, { reader, lock, input, output }]) => [
      id,
      { reader: sorted(reader), lock: sorted(lock), input: sorted(input), output: sorted(output) },
    ]),
  );
}

class WiresUnreadable extends Error {
  constructor(what: string, { issues }: z.ZodError) {
    super(`${what}: ${issues.map(({ path, message }) => `${path.join(".")}: ${message}`).join("; ")}`);
    this.name = "WiresUnreadable";
  }
}
