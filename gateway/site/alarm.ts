/** What the site document says of the alarm: profile and times, sensors, sirens, who may arm, what happens to incidents. */
import { z } from "zod";
import {
  type AccountRight,
  type ArmRight,
  alarmProfiles,
  armDeeds,
  armLevels,
  entryActs,
  type PartitionRules,
  profileTable,
  reactions,
  type Siren,
  type SiteAlarm,
  sounds,
  usualPartition,
  usualRules,
  type ZoneRules,
} from "../core/alarm/rules.js";
import { sensesIntruders } from "../core/alarm/sensor-types.js";
import type { Group, Site } from "../core/site.js";
import type { Fault } from "../ports.js";
import type { GroupEntry, SensorEntry, SiteDocument } from "./document.js";
import { pointAt } from "./points.js";
import { id, name, pointOf } from "./shapes.js";

const seconds = (most: number) =>
  z
    .int()
    .min(0)
    .max(most * 1000);
const levels = z.array(z.enum(armLevels)).max(armLevels.length);

/** How a sensor or a door's contact counts. */
const zoneFields = {
  armedIn: levels
    .min(1)
    .exactOptional()
    .describe(
      "At which levels it is watched; default: at every one for perimeter, away for interior, away and night for the entry route",
    ),
  count: z
    .strictObject({ times: z.int().min(2).max(10), withinMs: z.int().min(1_000).max(600_000) })
    .exactOptional()
    .describe("So many activations within this time count as one; fewer raise nothing"),
  chime: z.boolean().exactOptional().describe("While disarmed, an opening sounds at the door; default false"),
  soak: z
    .boolean()
    .exactOptional()
    .describe("On trial: what it would have raised is logged, and nothing is raised; default false"),
  silentAfterMs: z
    .int()
    .min(60_000)
    .max(30 * 86_400_000)
    .exactOptional()
    .describe("Not heard of for so long: told, and on the list of things to do"),
  mustCount: z.boolean().exactOptional().describe("Nobody may leave it out; default false"),
};

/** Fields of a sensor. */
export const zoneSensorFields = {
  normally: z
    .enum(["open", "closed"])
    .exactOptional()
    .describe("How its line is at rest; closed: what the device calls active is quiet. Default open"),
  reaction: z
    .enum(reactions)
    .exactOptional()
    .describe(
      "Of contact, motion and glass-break, while armed: delayed begins the entry delay, follower waits with it, instant and perimeter raise the alarm, 24-hour always does; default by its role",
    ),
  ...zoneFields,
  cross: z
    .strictObject({ with: z.array(id).min(1).max(20), withinMs: z.int().min(1_000).max(3_600_000) })
    .exactOptional()
    .describe("Alone it raises nothing; with one of these within this time it is a verified alarm"),
  limits: z
    .strictObject({
      below: z.number().min(-100).max(200).exactOptional(),
      above: z.number().min(-100).max(200).exactOptional(),
    })
    .exactOptional()
    .describe("Of type temperature, whose device tells degrees: it is active below or above, in °C"),
  stopAfterMs: z
    .int()
    .min(1_000)
    .max(600_000)
    .exactOptional()
    .describe("Of type ups: so long it must be low before the gateway stops; default 10000"),
  arms: z
    .strictObject({ partition: id, level: z.enum(armLevels), may: z.enum(armDeeds) })
    .exactOptional()
    .describe("Of type key-switch: what turning it does"),
};

/** Field of a door: how its contact counts for the partitions of its sides. */
export const zoneDoorFields = {
  alarm: z
    .strictObject({ reaction: z.enum(reactions).exactOptional(), ...zoneFields })
    .exactOptional()
    .describe(
      "How its contact counts for the partitions of its sides; a door with an outside reader begins the entry delay",
    ),
};

const autoArm = z.strictObject({
  outside: id.describe("Armed when a window of this schedule ends"),
  level: z.enum(armLevels).exactOptional().describe("Default away"),
  warnMs: seconds(3_600).exactOptional().describe("The readers warn so long before; default 300000"),
  delayMs: seconds(7_200).exactOptional().describe("What putting it off gives; default 1800000"),
  mostDelays: z.int().min(0).max(20).exactOptional().describe("How often it may be put off; default 4"),
  again: id.exactOptional().describe("Disarmed in a window of this schedule (cleaners), it arms at its end"),
  force: z
    .boolean()
    .exactOptional()
    .describe("Leaves out what is not quiet, and says so; default: nothing is armed, and that is told"),
});

/** Fields of a partition. */
export const partitionFields = {
  exitMs: seconds(600).exactOptional().describe("Time to leave; default and bounds by the profile"),
  entryMs: seconds(300).exactOptional().describe("Time to disarm; default and bounds by the profile"),
  abortMs: seconds(60)
    .exactOptional()
    .describe("So long after an alarm a disarming still counts as in time; bounds by the profile"),
  account: z
    .string()
    .regex(/^[0-9A-F]{3,16}$/, {
      error: "must be an account of the receiving centre: 3 to 16 of 0-9 and A-F",
    })
    .exactOptional()
    .describe("With which it is reported"),
  swingerAfter: z
    .int()
    .min(0)
    .max(20)
    .exactOptional()
    .describe("After so many alarms of one sensor it is left out until disarmed; 0: never; default 3"),
  confirmWithinMs: z
    .int()
    .min(10_000)
    .max(3_600_000)
    .exactOptional()
    .describe("A second sensor within this time confirms an alarm; default 1800000"),
  autoArm: autoArm.exactOptional(),
  supervision: z
    .strictObject({
      opening: id.describe("The schedule of its opening hours"),
      closeWithinMs: seconds(14_400)
        .exactOptional()
        .describe("Not armed so long after: told; default 1800000"),
    })
    .exactOptional(),
  lastPersonOut: z
    .strictObject({
      level: z.enum(armLevels).exactOptional().describe("Default away"),
      quietMs: seconds(7_200).exactOptional().describe("Interior sensors quiet so long; default 600000"),
      warnMs: seconds(3_600).exactOptional().describe("default 120000"),
    })
    .exactOptional()
    .describe("Armed behind the last person, where every door out of it has a reader on both sides"),
};

/** Fields of a group. */
export const armGroupFields = {
  onEntry: z
    .enum(entryActs)
    .exactOptional()
    .describe(
      "What a card does at a door into an armed partition: disarm once the door has opened, begin the entry delay (the default), or deny",
    ),
  arms: z
    .array(
      z.strictObject({
        partitions: z.array(id).min(1).max(500),
        arm: levels.exactOptional().describe("Levels that members may arm in; default every one"),
        disarm: z.boolean().exactOptional().describe("Default true"),
        force: z.boolean().exactOptional().describe("May leave out what is not quiet; default false"),
        schedule: id.exactOptional().describe("Default always"),
      }),
    )
    .min(1)
    .max(100)
    .exactOptional()
    .describe("What members may arm and disarm, in person at readers and keypads"),
};

/** Longest that a siren may sound outdoors, in seconds, by country (Germany: 3 min). */
const outdoorMs = { DE: 180_000, AT: 180_000, CH: 180_000, other: 900_000 } as const;

const siren = z.strictObject({
  id,
  name,
  point: pointOf("output"),
  kind: z.enum(["outdoor", "indoor", "strobe", "buzzer"]),
  partitions: z.array(id).min(1).max(500).exactOptional().describe("Default: every partition"),
  sounds: z
    .array(z.enum(sounds))
    .min(1)
    .max(sounds.length)
    .exactOptional()
    .describe("For what; default burglary, hold-up, panic and tamper"),
  maxMs: z
    .int()
    .min(1_000)
    .max(86_400_000)
    .exactOptional()
    .describe("So long at most; outdoors the country's limit; default 180000, of a strobe 3600000"),
  retriggers: z
    .int()
    .min(0)
    .max(10)
    .exactOptional()
    .describe("How often one alarm may start it again; default 2"),
});

export const alarmFields = {
  alarm: z
    .strictObject({
      profile: z.enum(alarmProfiles).exactOptional().describe("Default en50131"),
      country: z
        .enum(["DE", "AT", "CH", "other"])
        .exactOptional()
        .describe("Limits sirens outdoors; default DE"),
      reported: z
        .boolean()
        .exactOptional()
        .describe("Alarms go to a receiving centre, which shortens the entry time (cp01); default true"),
      sirens: z.array(siren).max(200).exactOptional(),
      escalation: z
        .array(
          z.strictObject({
            afterMs: seconds(86_400).describe("Since it was raised, while nobody acknowledges it"),
            notify: z.array(id).max(20).exactOptional().describe("Accounts that are told"),
            raisePriority: z.boolean().exactOptional(),
            sound: z.boolean().exactOptional().describe("Sounds again"),
          }),
        )
        .min(1)
        .max(3)
        .exactOptional(),
      instructions: z
        .array(
          z.strictObject({
            for: z
              .string()
              .regex(/^[a-z]+([.-][a-z]+)*$/)
              .describe("A kind of alarm such as burglary or hold-up, or an event type such as alarm.water"),
            text: z.string().min(1).max(2_000),
            call: z
              .array(z.strictObject({ name, phone: z.string().min(2).max(40) }))
              .max(10)
              .exactOptional(),
          }),
        )
        .max(100)
        .exactOptional()
        .describe("What to do, and whom to call"),
      accounts: z
        .array(
          z.strictObject({
            account: id,
            partitions: z.array(id).min(1).max(500),
            arm: levels.exactOptional().describe("Default every level"),
            disarm: z.boolean().exactOptional().describe("Default true"),
          }),
        )
        .max(500)
        .exactOptional()
        .describe("Operators and clients that may arm and disarm less than their role allows"),
      loneWork: z
        .array(z.strictObject({ area: id, everyMs: z.int().min(60_000).max(14_400_000) }))
        .max(100)
        .exactOptional()
        .describe("Whoever is alone in this area must check in so often"),
    })
    .exactOptional(),
};

// ---------------------------------------------------------------------------------------------------------- compiling

const all = [...armLevels];
type PartitionEntry = NonNullable<SiteDocument["partitions"]>[number];

export function alarmOf({ alarm }: SiteDocument): Pick<Site, "alarm"> {
  if (!alarm) return {};
  const compiled: SiteAlarm = {
    profile: alarm.profile ?? "en50131",
    sirens: new Map((alarm.sirens ?? []).map((each) => [each.id, sirenOf(each, alarm)])),
    escalation: (alarm.escalation ?? []).map(({ afterMs, notify, raisePriority, sound }) => ({
      afterMs,
      notify: notify ?? [],
      raisePriority: raisePriority ?? false,
      sound: sound ?? false,
    })),
    instructions: new Map(
      (alarm.instructions ?? []).map(({ for: what, text, call }) => [what, { text, call: call ?? [] }]),
    ),
    accounts: new Map(
      (alarm.accounts ?? []).map(({ account, partitions, arm, disarm }): [string, AccountRight] => [
        account,
        { account, partitions, arm: arm ?? all, disarm: disarm ?? true },
      ]),
    ),
    lone: alarm.loneWork ?? [],
  };
  return { alarm: compiled };
}

type AlarmEntry = NonNullable<SiteDocument["alarm"]>;

function sirenOf(entry: NonNullable<AlarmEntry["sirens"]>[number], { country }: AlarmEntry): Siren {
  const { kind } = entry;
  const usual = kind === "strobe" ? 3_600_000 : 180_000;
  const most = kind === "outdoor" ? outdoorMs[country ?? "DE"] : Number.POSITIVE_INFINITY;
  return {
    id: entry.id,
    name: entry.name,
    point: pointAt(entry.point),
    kind,
    partitions: entry.partitions ?? [],
    sounds: entry.sounds ?? ["burglary", "hold-up", "panic", "tamper"],
    maxMs: Math.min(entry.maxMs ?? usual, most),
    retriggers: entry.retriggers ?? 2,
  };
}

export function partitionRulesOf(entry: PartitionEntry, { alarm }: SiteDocument): PartitionRules {
  const usual = usualRules(alarm?.profile ?? "en50131");
  const { autoArm: auto, supervision, lastPersonOut } = entry;
  return {
    ...usual,
    exitMs: entry.exitMs ?? usual.exitMs,
    entryMs: entry.entryMs ?? usual.entryMs,
    abortMs: entry.abortMs ?? usual.abortMs,
    ...(entry.account === undefined ? {} : { account: entry.account }),
    swingerAfter: entry.swingerAfter ?? usualPartition.swingerAfter,
    confirmWithinMs: entry.confirmWithinMs ?? usualPartition.confirmWithinMs,
    ...(auto
      ? {
          autoArm: {
            outside: auto.outside,
            level: auto.level ?? "away",
            warnMs: auto.warnMs ?? 300_000,
            delayMs: auto.delayMs ?? 1_800_000,
            mostDelays: auto.mostDelays ?? 4,
            ...(auto.again === undefined ? {} : { again: auto.again }),
            force: auto.force ?? false,
          },
        }
      : {}),
    ...(supervision
      ? {
          supervision: {
            opening: supervision.opening,
            closeWithinMs: supervision.closeWithinMs ?? 1_800_000,
          },
        }
      : {}),
    ...(lastPersonOut
      ? {
          lastPersonOut: {
            level: lastPersonOut.level ?? "away",
            quietMs: lastPersonOut.quietMs ?? 600_000,
            warnMs: lastPersonOut.warnMs ?? 120_000,
          },
        }
      : {}),
  };
}

type ZoneEntry = Partial<ZoneRules>;

export function zoneRulesOf(entry: ZoneEntry): { zone?: ZoneRules } {
  const { reaction, armedIn, count, cross, chime, soak, silentAfterMs, mustCount, limits, arms } = entry;
  const { stopAfterMs } = entry;
  const rules = {
    ...{ reaction, armedIn, count, cross, chime, soak, silentAfterMs, mustCount },
    ...{ limits, arms, stopAfterMs },
  };
  const written = Object.fromEntries(Object.entries(rules).filter(([, value]) => value !== undefined));
  return Object.keys(written).length === 0 ? {} : { zone: written as ZoneRules };
}

export function armGroupOf({ onEntry, arms }: GroupEntry): Pick<Group, "onEntry" | "arms"> {
  return {
    ...(onEntry === undefined ? {} : { onEntry }),
    ...(arms === undefined
      ? {}
      : {
          arms: arms.map(
            ({ partitions, arm, disarm, force, schedule }): ArmRight => ({
              partitions,
              arm: arm ?? all,
              disarm: disarm ?? true,
              force: force ?? false,
              schedule: schedule ?? "always",
            }),
          ),
        }),
  };
}

// ----------------------------------------------------------------------------------------------------------- soundness

/** Times outside of the profile, and what belongs to another type of sensor. */
export function alarmFaults(document: SiteDocument): Fault[] {
  return [
    ...(document.partitions ?? []).flatMap((each, index) =>
      timeFaults(each, `partitions[${index}]`, document),
    ),
    ...(document.sensors ?? []).flatMap((each, index) => sensorFaults(each, `sensors[${index}]`)),
    ...sirenFaults(document),
    ...escalationFaults(document),
  ];
}

function timeFaults(entry: PartitionEntry, path: string, { alarm }: SiteDocument): Fault[] {
  const faults: Fault[] = [];
  const profile = alarm?.profile ?? "en50131";
  const reported = alarm?.reported ?? true;
  const row = profileTable[profile];
  for (const field of ["exitMs", "entryMs", "abortMs"] as const) {
    const ms = entry[field];
    const { least } = row[field];
    const most = field === "entryMs" && !reported ? row.entryUnreportedMs : row[field].most;
    if (ms !== undefined && (ms < least || ms > most))
      faults.push({
        path: `${path}.${field}`,
        message: `${ms / 1000} s is not within the profile ${profile}: ${least / 1000} to ${most / 1000} s`,
      });
  }
  const entryMs = entry.entryMs ?? row.entryMs.usual;
  const abortMs = entry.abortMs ?? row.abortMs.usual;
  if (reported && entryMs + abortMs > row.entryAndAbortMs)
    faults.push({
      path: `${path}.abortMs`,
      message: `entry and abort together are ${(entryMs + abortMs) / 1000} s, and the profile ${profile} allows ${row.entryAndAbortMs / 1000} s`,
    });
  return faults;
}

function sensorFaults(entry: SensorEntry, path: string): Fault[] {
  const only = (
    field: "reaction" | "limits" | "arms" | "stopAfterMs",
    fits: boolean,
    whose: string,
  ): Fault[] =>
    entry[field] !== undefined && !fits
      ? [{ path: `${path}.${field}`, message: `is only for ${whose}, ${entry.id} is of type ${entry.type}` }]
      : [];
  const { limits } = entry;
  return [
    ...only("reaction", sensesIntruders(entry.type), "sensors of type contact, motion and glass-break"),
    ...only("limits", entry.type === "temperature", "sensors of type temperature"),
    ...only("arms", entry.type === "key-switch", "sensors of type key-switch"),
    ...only("stopAfterMs", entry.type === "ups", "sensors of type ups"),
    ...(limits?.below !== undefined && limits.above !== undefined && limits.below >= limits.above
      ? [{ path: `${path}.limits`, message: "below must be less than above" }]
      : []),
    ...(entry.cross?.with.includes(entry.id)
      ? [{ path: `${path}.cross.with`, message: "a sensor cannot be its own second opinion" }]
      : []),
    ...(entry.type === "key-switch" && entry.arms === undefined
      ? [{ path: `${path}.arms`, message: `a key switch needs arms: the partition that ${entry.id} works` }]
      : []),
  ];
}

function sirenFaults({ alarm }: SiteDocument): Fault[] {
  const most = outdoorMs[alarm?.country ?? "DE"];
  return (alarm?.sirens ?? []).flatMap(({ kind, maxMs }, index) =>
    kind === "outdoor" && maxMs !== undefined && maxMs > most
      ? [
          {
            path: `alarm.sirens[${index}].maxMs`,
            message: `outdoors a siren may sound ${most / 1000} s here, not ${maxMs / 1000} s`,
          },
        ]
      : [],
  );
}

function escalationFaults({ alarm }: SiteDocument): Fault[] {
  const steps = alarm?.escalation ?? [];
  return steps.flatMap(({ afterMs }, index) =>
    index > 0 && afterMs <= (steps[index - 1]?.afterMs ?? 0)
      ? [{ path: `alarm.escalation[${index}].afterMs`, message: "must be later than the step before it" }]
      : [],
  );
}
