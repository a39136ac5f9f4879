import { Argument, type Command } from "commander";
import { doorModes } from "../core/site.js";
import type { DoorView } from "../core/views.js";
import { durationMs, instant } from "./arguments.js";
import { type Context, group, operate, show } from "./context.js";
import { table } from "./table.js";

/** What the operations on a door answer. */
interface Done {
  readonly status: "ok";
}

export function addDoorCommands(program: Command, context: Context): void {
  const door = group(program, "door", "see and work the doors");

  door
    .command("list")
    .description("every door with what it is doing now")
    .action(async (_options: unknown, command: Command) => {
      const result = await operate<{ doors: readonly DoorView[] }>(context, command, "door.list", {});
      show(context, command, result, ({ doors }) =>
        doors.length === 0
          ? "There are no doors yet.\n"
          : table(
              [
                { title: "DOOR", value: (d) => d.id },
                { title: "NAME", value: (d) => d.name, shrinks: true },
                { title: "LOCK", value: (d) => d.lock },
                { title: "POSITION", value: (d) => d.position },
                {
                  title: "MODE",
                  value: (d) => (d.override ? `${d.mode} (by ${d.override.by})` : d.mode),
                  shrinks: true,
                },
                { title: "DEVICES", value: (d) => (d.online ? "online" : "offline") },
                { title: "ALARM", value: (d) => [d.alarm, ...(d.troubles ?? [])].filter(Boolean).join(", ") },
              ],
              doors,
              context.terminal.columns,
            ),
      );
    });

  door
    .command("unlock")
    .description("unlock a door for one passage")
    .argument("<door>", "id of the door")
    .option("--for <duration>", "how long, such as 5s (default: as the site says)", durationMs)
    .option("--note <text>", "why; kept in the journal")
    .option("--force", "over lockdown, secured and the like; needs the right to it and --note")
    .action(async (id: string, options: { for?: number; note?: string; force?: true }, command: Command) => {
      const params = {
        door: id,
        ...(options.for === undefined ? {} : { ms: options.for }),
        ...noteOf(options),
        ...(options.force ? { force: true } : {}),
      };
      const result = await operate<Done>(context, command, "door.unlock", params);
      show(context, command, result, () => `Door ${id} is unlocked.\n`);
    });

  door
    .command("mode")
    .description("set how a door behaves, or return it to its mode at rest")
    .argument("<door>", "id of the door")
    .addArgument(
      new Argument(
        "<mode>",
        "what opens it; free: unlocked; secured: nobody enters; rest: as the site says",
      ).choices([...doorModes, "rest"]),
    )
    .option("--until <time>", "ends by itself then, such as 2026-11-24T18:00", instant)
    .option("--note <text>", "why; kept in the journal")
    .action(
      async (id: string, mode: string, options: { until?: string; note?: string }, command: Command) => {
        const params = {
          door: id,
          ...(mode === "rest" ? {} : { mode }),
          ...(options.until === undefined ? {} : { until: options.until }),
          ...noteOf(options),
        };
        const result = await operate<Done>(context, command, "door.mode", params);
        show(context, command, result, () =>
          mode === "rest" ? `Door ${id} is back in its mode at rest.\n` : `Door ${id} is in mode ${mode}.\n`,
        );
      },
    );

  door
    .command("allow-open")
    .description("let a door stand open until an hour, or (without --until) no longer")
    .argument("<door>", "id of the door")
    .option("--until <time>", "until when, such as 2026-11-24T18:00", instant)
    .option("--note <text>", "why; kept in the journal")
    .action(async (id: string, options: { until?: string; note?: string }, command: Command) => {
      const params = {
        door: id,
        ...(options.until === undefined ? {} : { until: options.until }),
        ...noteOf(options),
      };
      const result = await operate<Done>(context, command, "door.allow-open", params);
      show(context, command, result, () =>
        options.until === undefined
          ? `Door ${id} may no longer stand open.\n`
          : `Door ${id} may stand open until ${options.until}.\n`,
      );
    });

  door
    .command("bypass")
    .description("take a door's contact out of service, or put it back")
    .argument("<door>", "id of the door")
    .option("--off", "the contact is believed again")
    .option("--note <text>", "why; kept in the journal")
    .action(async (id: string, options: { off?: true; note?: string }, command: Command) => {
      const params = { door: id, bypassed: !options.off, ...noteOf(options) };
      const result = await operate<Done>(context, command, "door.bypass", params);
      show(context, command, result, () =>
        options.off
          ? `The contact of door ${id} is in service again.\n`
          : `The contact of door ${id} is out of service.\n`,
      );
    });

  door
    .command("emergency-release")
    .description("release a door until it is reset; nothing refuses it")
    .argument("<door>", "id of the door")
    .option("--note <text>", "why; kept in the journal")
    .action(async (id: string, options: { note?: string }, command: Command) => {
      const params = { door: id, ...noteOf(options) };
      const result = await operate<Done>(context, command, "door.emergency-release", params);
      show(context, command, result, () => `Door ${id} is released until somebody resets it.\n`);
    });

  door
    .command("emergency-reset")
    .description("end an emergency release")
    .argument("<door>", "id of the door")
    .option("--note <text>", "why; kept in the journal")
    .action(async (id: string, options: { note?: string }, command: Command) => {
      const params = { door: id, ...noteOf(options) };
      const result = await operate<Done>(context, command, "door.emergency-reset", params);
      show(context, command, result, () => `Door ${id} is reset.\n`);
    });

  group(program, "fire", "fire inputs")
    .command("reset")
    .description("end the release that a fire input made, once it is quiet")
    .argument("<sensor>", "id of the fire input")
    .option("--note <text>", "why; kept in the journal")
    .action(async (sensor: string, options: { note?: string }, command: Command) => {
      const params = { sensor, ...noteOf(options) };
      const result = await operate<Done>(context, command, "fire.reset", params);
      show(context, command, result, () => `Fire input ${sensor} is reset.\n`);
    });
}

function noteOf(options: { note?: string }): { note?: string } {
  return options.note === undefined ? {} : { note: options.note };
}
