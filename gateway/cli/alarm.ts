import { Argument, type Command } from "commander";
import { incidentCauses } from "../core/alarm/alarm-state.js";
import type { Proof } from "../core/alarm/proof.js";
import { armLevels } from "../core/alarm/rules.js";
import type { IncidentView, PartitionView } from "../core/views.js";
import { durationMs } from "./arguments.js";
import { type Context, group, operate, show } from "./context.js";
import { table } from "./table.js";

interface Done {
  readonly status: "ok";
}

/** Commands for partitions and incidents. */
export function addAlarmCommands(program: Command, context: Context): void {
  addPartitionCommands(program, context);
  addIncidentCommands(program, context);
}

function addPartitionCommands(program: Command, context: Context): void {
  const partition = group(program, "partition", "see, arm and disarm the partitions");

  partition
    .command("list")
    .description("every partition, and what is not quiet")
    .action(async (_options: unknown, command: Command) => {
      const result = await operate<{ partitions: readonly PartitionView[] }>(
        context,
        command,
        "partition.list",
        {},
      );
      show(context, command, result, ({ partitions }) =>
        partitions.length === 0
          ? "There are no partitions.\n"
          : table(
              [
                { title: "PARTITION", value: (each) => each.id },
                { title: "NAME", value: (each) => each.name, shrinks: true },
                { title: "ARMED", value: (each) => each.arming },
                {
                  title: "NOT QUIET",
                  value: (each) =>
                    (each.notReady ?? []).map(({ name, why }) => `${name} (${why})`).join(", "),
                  shrinks: true,
                },
                {
                  title: "LEFT OUT",
                  value: (each) => (each.leftOut ?? []).map(({ name }) => name).join(", "),
                  shrinks: true,
                },
                { title: "ON TEST UNTIL", value: (each) => each.test ?? "" },
              ],
              partitions,
              context.terminal.columns,
            ),
      );
    });

  partition
    .command("arm")
    .description("arm a partition, and its members")
    .argument("<partition>", "id of the partition")
    .addArgument(new Argument("[level]", "how much of it (default: away)").choices(armLevels))
    .option("--leave-out", "leave out what is not quiet; it is shown")
    .option("--at-once", "without the time to leave")
    .option("--note <text>", "why; kept in the journal")
    .action(
      async (
        id: string,
        level: string | undefined,
        options: { leaveOut?: true; atOnce?: true; note?: string },
        command: Command,
      ) => {
        const params = {
          partition: id,
          level: level ?? "away",
          ...(options.leaveOut ? { leaveOut: true } : {}),
          ...(options.atOnce ? { atOnce: true } : {}),
          ...noteOf(options),
        };
        const result = await operate<{ partition?: PartitionView }>(
          context,
          command,
          "partition.arm",
          params,
        );
        show(context, command, result, ({ partition: now }) =>
          now?.until === undefined
            ? `Partition ${id} is ${now?.arming ?? "armed"}.\n`
            : `Partition ${id} arms at ${now.until}.\n`,
        );
      },
    );

  partition
    .command("disarm")
    .description("disarm a partition, and its members")
    .argument("<partition>", "id of the partition")
    .option("--note <text>", "why; kept in the journal")
    .action(async (id: string, options: { note?: string }, command: Command) => {
      const params = { partition: id, ...noteOf(options) };
      const result = await operate<Done>(context, command, "partition.disarm", params);
      show(context, command, result, () => `Partition ${id} is disarmed.\n`);
    });

  partition
    .command("leave-out")
    .description("leave a sensor or a door's contact out, until it is disarmed or until you take it back")
    .argument("<zone>", "id of the sensor, or door/ and the door's id")
    .option("--for-good", "until it is taken back")
    .option("--end", "let it count again")
    .option("--note <text>", "why; kept in the journal")
    .action(
      async (zone: string, options: { forGood?: true; end?: true; note?: string }, command: Command) => {
        const params = {
          zone,
          leftOut: !options.end,
          ...(options.forGood ? { until: "removed" } : {}),
          ...noteOf(options),
        };
        const result = await operate<Done>(context, command, "zone.bypass", params);
        show(context, command, result, () => `${zone} ${options.end ? "counts again" : "is left out"}.\n`);
      },
    );

  partition
    .command("test")
    .description("put a partition on test: it raises nothing, but for hold-up; or end that")
    .argument("<partition>", "id of the partition")
    .option("--for <duration>", "how long, such as 2h; at most 8h (default: end the test)", durationMs)
    .option("--note <text>", "why; kept in the journal")
    .action(async (id: string, options: { for?: number; note?: string }, command: Command) => {
      const until =
        options.for === undefined ? {} : { until: new Date(Date.now() + options.for).toISOString() };
      const params = { partition: id, ...until, ...noteOf(options) };
      const result = await operate<Done>(context, command, "alarm.test", params);
      show(context, command, result, () =>
        options.for === undefined ? `The test of ${id} is over.\n` : `Partition ${id} is on test.\n`,
      );
    });

  partition
    .command("proof")
    .description("what has been quiet for how long, untested, or cried wolf")
    .action(async (_options: unknown, command: Command) => {
      const result = await operate<Proof>(context, command, "alarm.proof", {});
      show(context, command, result, ({ quiet, sirens, nuisance }) =>
        [
          ...quiet.map(({ name, days }) =>
            days === null ? `${name}: never active\n` : `${name}: ${days} days\n`,
          ),
          ...sirens.map(({ name, days }) =>
            days === null ? `${name}: untested\n` : `${name}: ${days} days\n`,
          ),
          ...nuisance.map(
            ({ name, thisWeek, mend }) => `${name}: ${thisWeek} false alarms this week (${mend})\n`,
          ),
        ].join(""),
      );
    });
}

function addIncidentCommands(program: Command, context: Context): void {
  const incident = group(program, "incident", "see and answer alarms");

  incident
    .command("list")
    .description("the open alarms, the most urgent first")
    .action(async (_options: unknown, command: Command) => {
      const result = await operate<{ incidents: readonly IncidentView[] }>(
        context,
        command,
        "incident.list",
        {},
      );
      show(context, command, result, ({ incidents }) =>
        incidents.length === 0
          ? "There is no open alarm.\n"
          : table(
              [
                { title: "INCIDENT", value: (each) => each.id },
                { title: "WHAT", value: (each) => each.type },
                { title: "STATE", value: (each) => each.state },
                {
                  title: "WHERE",
                  value: (each) => each.sensor ?? each.door ?? each.device ?? each.area ?? "",
                },
                { title: "SINCE", value: (each) => each.at },
                { title: "WITH", value: (each) => each.assigned?.to ?? each.acknowledged?.by ?? "" },
              ],
              incidents,
              context.terminal.columns,
            ),
      );
    });

  for (const [name, operation, says, done] of [
    ["acknowledge", "incident.acknowledge", "answer for an alarm; what sounds goes on", "acknowledged"],
    ["silence", "incident.silence", "stop what sounds for an alarm", "silent"],
  ] as const) {
    incident
      .command(name)
      .description(says)
      .argument("<incident>", "id of the incident")
      .option("--note <text>", "kept in the journal")
      .action(async (id: string, options: { note?: string }, command: Command) => {
        const result = await operate<Done>(context, command, operation, { incident: id, ...noteOf(options) });
        show(context, command, result, () => `Incident ${id} is ${done}.\n`);
      });
  }

  incident
    .command("assign")
    .description("hand an alarm over to somebody")
    .argument("<incident>", "id of the incident")
    .argument("<to>", "whom")
    .option("--note <text>", "kept in the journal")
    .action(async (id: string, to: string, options: { note?: string }, command: Command) => {
      const params = { incident: id, to, ...noteOf(options) };
      const result = await operate<Done>(context, command, "incident.assign", params);
      show(context, command, result, () => `Incident ${id} is with ${to}.\n`);
    });

  incident
    .command("close")
    .description("close an alarm that was acknowledged; a critical one needs --note")
    .argument("<incident>", "id of the incident")
    .addArgument(new Argument("<cause>", "what it was").choices(incidentCauses))
    .option("--note <text>", "what it was, in words")
    .action(async (id: string, cause: string, options: { note?: string }, command: Command) => {
      const params = { incident: id, cause, ...noteOf(options) };
      const result = await operate<Done>(context, command, "incident.close", params);
      show(context, command, result, () => `Incident ${id} is closed.\n`);
    });
}

function noteOf(options: { readonly note?: string }): { note?: string } {
  return options.note === undefined ? {} : { note: options.note };
}
