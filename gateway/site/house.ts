/** What a site says of its doors together: groups of them, mantraps, lifts, threat levels, commands by card, keypads. */
import { z } from "zod";
import { armLevels } from "../core/alarm/rules.js";
import { keypadRules } from "../core/keypad.js";
import { floorDoorId } from "../core/lift.js";
import type {
  AreaId,
  CardCommand,
  DoorGroup,
  DoorGroupId,
  DoorId,
  DoorMode,
  Interlock,
  Lift,
  Sensor,
  Site,
  ThreatLevel,
  VisitorRules,
} from "../core/site.js";
import type { Fault } from "../ports.js";
import { tenantOf } from "./defaults.js";
import type { SiteDocument } from "./document.js";
import { pointAt } from "./points.js";
import { id, name, pointOf } from "./shapes.js";

const allDoors = "all";
const doorGroupOrAll = id.describe("A door group, or all");

/** Modes that a threat level may set: a door in maintenance is nobody's business but of who set it so. */
const levelModes = ["card", "card-and-pin", "pin", "card-or-pin", "two-step", "free", "secured"] as const;

/** One threat level; the first of a site changes nothing. */
export const threatLevel = z.strictObject({
  id,
  name,
  doors: z
    .array(z.strictObject({ doorGroup: doorGroupOrAll, mode: z.enum(levelModes) }))
    .max(100)
    .exactOptional()
    .describe("The mode of these doors at this level; of several that name a door the first counts"),
  deny: z.array(id).min(1).max(500).exactOptional().describe("Groups that are not let in"),
  onlyGroups: z.array(id).min(1).max(500).exactOptional().describe("Nobody else is let in"),
});

/** Fields of a sensor that is a button. */
export const buttonFields = {
  lockdown: doorGroupOrAll
    .exactOptional()
    .describe("For types panic and technical: when it becomes active it locks these doors down, or all"),
  threatLevel: id
    .exactOptional()
    .describe("For types panic and technical: when it becomes active it sets this threat level"),
};

/** Fields of a door that its modes need. */
export const modeFields = {
  toggle: z
    .boolean()
    .exactOptional()
    .describe("A granted card at the outside reader frees the door, the next one locks it; default false"),
  firstPersonIn: z
    .boolean()
    .exactOptional()
    .describe("With freeSchedule: free only from the first grant in each of its windows on; default false"),
};

export const houseFields = {
  interlocks: z
    .array(z.strictObject({ id, name, doors: z.array(id).min(2).max(20) }))
    .max(200)
    .exactOptional()
    .describe("Doors of which one may be opened only while all others are closed and locked"),
  lifts: z
    .array(
      z.strictObject({
        id,
        name,
        area: id.describe("The area that the cabin is"),
        reader: pointOf("reader").describe("In the cabin"),
        floors: z
          .array(z.strictObject({ area: id, output: pointOf("output") }))
          .min(1)
          .max(128)
          .describe("By area, the output that frees its button; a right to the area is a right to the floor"),
        ms: z
          .int()
          .min(1_000)
          .max(240_000)
          .exactOptional()
          .describe("How long a card frees the buttons; default 10000"),
        tenant: id.exactOptional(),
      }),
    )
    .max(100)
    .exactOptional(),
  threatLevels: z
    .array(threatLevel)
    .min(1)
    .max(8)
    .exactOptional()
    .describe("From the usual one up; the first changes nothing"),
  cardCommands: z
    .array(
      z.strictObject({
        id,
        name,
        groups: z.array(id).min(1).max(500).describe("Whose cards give it"),
        doors: z.array(id).min(1).max(2_000).describe("At whose readers: three times in a row"),
        lockdown: doorGroupOrAll.exactOptional().describe("Locks these doors down, or all"),
        endLockdown: doorGroupOrAll
          .exactOptional()
          .describe("Ends the lockdown of these doors, or every one"),
        threatLevel: id.exactOptional().describe("Sets this threat level"),
        arm: z
          .strictObject({ partition: id, level: z.enum(armLevels) })
          .exactOptional()
          .describe("Arms it, where a group of the holder's may"),
        disarm: id.exactOptional().describe("Disarms this partition, where a group of the holder's may"),
        armLater: id.exactOptional().describe("Puts off the arming of this partition that is due"),
      }),
    )
    .max(100)
    .exactOptional()
    .describe("What a card does that is presented three times in a row"),
  keypad: z
    .strictObject({
      wrong: z.int().min(3).max(20).exactOptional().describe("So many wrong PINs; default 5"),
      withinMs: z
        .int()
        .min(10_000)
        .max(3_600_000)
        .exactOptional()
        .describe("within this time; default 300000"),
      silentMs: z
        .int()
        .min(10_000)
        .max(3_600_000)
        .exactOptional()
        .describe("silence it so long; default 90000"),
      waitMs: z
        .int()
        .min(3_000)
        .max(60_000)
        .exactOptional()
        .describe("How long a card waits for its PIN, and a keypad for the next key; default 10000"),
      duress: z
        .enum(["last-digit-plus-one"])
        .exactOptional()
        .describe(
          "Who is threatened enters his PIN with its last digit one higher (0 after 9): he is let in as ever, and hold-up is told. Absent: that is a wrong PIN",
        ),
    })
    .exactOptional()
    .describe("How keypads treat wrong PINs"),
  visitors: z
    .strictObject({
      defaultHours: z
        .int()
        .min(1)
        .max(168)
        .exactOptional()
        .describe("A visit ends so long after it begins, where no end is named; default 10"),
      maxDays: z.int().min(1).max(366).exactOptional().describe("The longest visit; default 30"),
    })
    .exactOptional()
    .describe("How long visitors come for"),
};

const defaultLiftMs = 10_000;
/** A working day with a dinner, and a month. */
export const visitorRules: VisitorRules = { defaultHours: 10, maxDays: 30 };

type Compiled = Pick<
  Site,
  "doorGroups" | "interlocks" | "lifts" | "threatLevels" | "cardCommands" | "keypad" | "visitors"
>;

export function houseOf(document: SiteDocument): Compiled {
  const { doorGroups, interlocks, lifts, threatLevels, cardCommands, keypad, visitors } = document;
  return {
    ...(doorGroups ? { doorGroups: byId<DoorGroup>(doorGroups) } : {}),
    ...(interlocks ? { interlocks: byId<Interlock>(interlocks) } : {}),
    ...(lifts ? { lifts: byId(lifts.map((lift) => liftOf(lift, document))) } : {}),
    ...(threatLevels ? { threatLevels: threatLevels.map((level, i) => levelOf(level, i, document)) } : {}),
    ...(cardCommands ? { cardCommands: cardCommands.map(commandOf) } : {}),
    ...(keypad ? { keypad: { ...keypadRules, ...keypad } } : {}),
    ...(visitors ? { visitors: { ...visitorRules, ...visitors } } : {}),
  };
}

function byId<T extends { readonly id: string }>(entries: readonly T[]): ReadonlyMap<string, T> {
  return new Map(entries.map((entry) => [entry.id, entry]));
}

function liftOf(lift: NonNullable<SiteDocument["lifts"]>[number], document: SiteDocument): Lift {
  return {
    id: lift.id,
    name: lift.name,
    tenant: tenantOf(lift, document),
    area: lift.area,
    reader: pointAt(lift.reader),
    floors: lift.floors.map(({ area, output }) => ({ area, output: pointAt(output) })),
    ms: lift.ms ?? defaultLiftMs,
  };
}

function levelOf(
  level: NonNullable<SiteDocument["threatLevels"]>[number],
  index: number,
  document: SiteDocument,
): ThreatLevel {
  const modes = new Map<DoorId, DoorMode>();
  for (const { doorGroup, mode } of index === 0 ? [] : (level.doors ?? []))
    for (const door of doorsOf(document, doorGroup)) if (!modes.has(door)) modes.set(door, mode);
  return {
    id: level.id,
    name: level.name,
    modes,
    ...(level.deny ? { deny: level.deny } : {}),
    ...(level.onlyGroups ? { onlyGroups: level.onlyGroups } : {}),
  };
}

function doorsOf(document: SiteDocument, doorGroup: string): readonly DoorId[] {
  if (doorGroup === allDoors) return document.doors.map((door) => door.id);
  return document.doorGroups?.find((group) => group.id === doorGroup)?.doors ?? [];
}

/** Null: all doors. */
function groupOrAll(doorGroup: string): DoorGroupId | null {
  return doorGroup === allDoors ? null : doorGroup;
}

function commandOf(entry: NonNullable<SiteDocument["cardCommands"]>[number]): CardCommand {
  const { id: command, name: title, groups, doors, lockdown, endLockdown, threatLevel } = entry;
  const { arm, disarm, armLater } = entry;
  const does: CardCommand["does"] =
    lockdown !== undefined
      ? { is: "lockdown-start", doorGroup: groupOrAll(lockdown) }
      : endLockdown !== undefined
        ? { is: "lockdown-end", doorGroup: groupOrAll(endLockdown) }
        : arm !== undefined
          ? { is: "arm", ...arm }
          : disarm !== undefined
            ? { is: "disarm", partition: disarm }
            : armLater !== undefined
              ? { is: "arm-later", partition: armLater }
              : { is: "threat-level", level: threatLevel ?? "" };
  return { id: command, name: title, groups, doors, does };
}

export function buttonOf(sensor: {
  readonly lockdown?: string;
  readonly threatLevel?: string;
}): Pick<Sensor, "lockdown" | "threatLevel"> {
  return {
    ...(sensor.lockdown === undefined ? {} : { lockdown: groupOrAll(sensor.lockdown) }),
    ...(sensor.threatLevel === undefined ? {} : { threatLevel: sensor.threatLevel }),
  };
}

/** The floors that a right to the area is a right to: those of lifts, in it or in a part of it. */
export function floorsInto(document: SiteDocument, within: ReadonlySet<AreaId>): readonly DoorId[] {
  return (document.lifts ?? []).flatMap((lift) =>
    lift.floors
      .filter(({ area }) => within.has(area) && !within.has(lift.area))
      .map(({ area }) => floorDoorId(lift.id, area)),
  );
}

// ------------------------------------------------------------------------------------------------------------ soundness

/** What of it does not fit together. */
export function houseFaults(document: SiteDocument): Fault[] {
  return [
    ...groupFaults(document),
    ...interlockFaults(document),
    ...levelFaults(document),
    ...commandFaults(document),
    ...buttonFaults(document),
    ...modeFaults(document),
  ];
}

function groupFaults(document: SiteDocument): Fault[] {
  return (document.doorGroups ?? []).flatMap((group, index) =>
    group.id === allDoors
      ? [{ path: `doorGroups[${index}].id`, message: "all is built in; choose another id" }]
      : [],
  );
}

/** A door of an interlock must be able to say that it is closed, and may never stand free. */
function interlockFaults(document: SiteDocument): Fault[] {
  const faults: Fault[] = [];
  for (const [index, { doors }] of (document.interlocks ?? []).entries()) {
    for (const [at, door] of doors.entries()) {
      const path = `interlocks[${index}].doors[${at}]`;
      if (doors.indexOf(door) < at) faults.push({ path, message: `${door} is listed twice` });
      const entry = document.doors.find((each) => each.id === door);
      if (!entry) continue;
      if (entry.contact === undefined)
        faults.push({
          path,
          message: `the door ${door} has no contact, so that it is never known to be closed`,
        });
      const free =
        entry.mode === "free"
          ? "mode free"
          : entry.freeSchedule !== undefined
            ? "a freeSchedule"
            : entry.toggle
              ? "toggle"
              : undefined;
      if (free !== undefined)
        faults.push({
          path,
          message: `the door ${door} has ${free}: a door of an interlock cannot stand free`,
        });
    }
  }
  return faults;
}

function levelFaults(document: SiteDocument): Fault[] {
  const faults: Fault[] = [];
  const interlocked = new Set((document.interlocks ?? []).flatMap(({ doors }) => doors));
  for (const [index, level] of (document.threatLevels ?? []).entries()) {
    const path = `threatLevels[${index}]`;
    if (index === 0 && (level.doors || level.deny || level.onlyGroups))
      faults.push({
        path,
        message: "the first level is the usual one and changes nothing; put another before it",
      });
    for (const [at, { doorGroup, mode }] of (level.doors ?? []).entries()) {
      const held = mode === "free" && doorsOf(document, doorGroup).find((door) => interlocked.has(door));
      if (held)
        faults.push({
          path: `${path}.doors[${at}].mode`,
          message: `the door ${held} is of an interlock and cannot stand free`,
        });
    }
  }
  return faults;
}

function commandFaults(document: SiteDocument): Fault[] {
  return (document.cardCommands ?? []).flatMap((command, index) => {
    const { lockdown, endLockdown, threatLevel, arm, disarm, armLater } = command;
    const all = [lockdown, endLockdown, threatLevel, arm, disarm, armLater];
    const named = all.filter((each) => each !== undefined).length;
    return named === 1
      ? []
      : [
          {
            path: `cardCommands[${index}]`,
            message: "names exactly one of lockdown, endLockdown, threatLevel, arm, disarm and armLater",
          },
        ];
  });
}

function buttonFaults(document: SiteDocument): Fault[] {
  return (document.sensors ?? []).flatMap((sensor, index) =>
    sensor.type === "panic" || sensor.type === "technical"
      ? []
      : (["lockdown", "threatLevel"] as const)
          .filter((field) => sensor[field] !== undefined)
          .map((field) => ({
            path: `sensors[${index}].${field}`,
            message: `is only for sensors of type panic or technical, ${sensor.id} is of type ${sensor.type}`,
          })),
  );
}

const pinModes: readonly string[] = ["card-and-pin", "pin", "card-or-pin", "two-step"];

function modeFaults(document: SiteDocument): Fault[] {
  return document.doors.flatMap((door, index) => {
    const path = `doors[${index}]`;
    const faults: Fault[] = [];
    if (door.firstPersonIn && door.freeSchedule === undefined)
      faults.push({
        path: `${path}.firstPersonIn`,
        message: "needs a freeSchedule, which waits for the first person",
      });
    if (door.mode !== undefined && pinModes.includes(door.mode) && door.readers?.outside === undefined)
      faults.push({
        path: `${path}.mode`,
        message: `${door.mode} needs a reader on the outside of the door ${door.id}`,
      });
    return faults;
  });
}
