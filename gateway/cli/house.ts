import { Argument, type Command } from "commander";
import { doorModes } from "../core/site.js";
import type { HouseView } from "../core/views.js";
import { durationMs, instant } from "./arguments.js";
import { type Context, group, operate, show } from "./context.js";
import { table } from "./table.js";

interface Done {
  readonly status: "ok";
}

/** What each door of a group answered. */
interface GroupDone {
  readonly doors: readonly { readonly door: string; readonly done: boolean; readonly message?: string }[];
}

interface GroupOptions {
  readonly for?: number;
  readonly until?: string;
  readonly note?: string;
  readonly force?: true;
  readonly allOrNone?: true;
}

/** Commands for many doors at once, and for the house. */
export function addHouseCommands(program: Command, context: Context): void {
  addDoorGroupCommands(program, context);
  addLockdownCommands(program, context);
  addThreatCommands(program, context);

  group(program, "lift", "lifts with a reader in their cabin")
    .command("unlock")
    .description("free the button of one floor, or of every one, for a moment")
    .argument("<lift>", "id of the lift")
    .argument("[area]", "the floor's area (default: every floor)")
    .option("--for <duration>", "how long, such as 10s (default: as the site says)", durationMs)
    .option("--note <text>", "why; kept in the journal")
    .option("--force", "in a lockdown too; needs the right to it and --note")
    .action(
      async (
        lift: string,
        area: string | undefined,
        options: { for?: number; note?: string; force?: true },
        command: Command,
      ) => {
        const params = {
          lift,
          ...(area === undefined ? {} : { area }),
          ...(options.for === undefined ? {} : { ms: options.for }),
          ...noteOf(options),
          ...(options.force ? { force: true } : {}),
        };
        const result = await operate<Done>(context, command, "lift.unlock", params);
        show(context, command, result, () => `Lift ${lift} goes to ${area ?? "every floor"}.\n`);
      },
    );
}

function addDoorGroupCommands(program: Command, context: Context): void {
  const doors = group(program, "doors", "work the doors of a group together");

  doors
    .command("unlock")
    .description("unlock every door of a group for one passage")
    .argument("<group>", "id of the door group")
    .option("--for <duration>", "how long, such as 5s (default: as the site says)", durationMs)
    .option("--all-or-none", "do nothing if one of the doors refuses")
    .option("--note <text>", "why; kept in the journal")
    .option("--force", "over lockdown, secured and the like; needs the right to it and --note")
    .action(async (doorGroup: string, options: GroupOptions, command: Command) => {
      const params = {
        doorGroup,
        ...(options.for === undefined ? {} : { ms: options.for }),
        ...(options.allOrNone ? { allOrNone: true } : {}),
        ...noteOf(options),
        ...(options.force ? { force: true } : {}),
      };
      const result = await operate<GroupDone>(context, command, "group.unlock", params);
      show(context, command, result, (done) => answersText(done, "unlocked"));
    });

  doors
    .command("mode")
    .description("set how the doors of a group behave, or return them to their modes at rest")
    .argument("<group>", "id of the door group")
    .addArgument(new Argument("<mode>", "as with: door mode").choices([...doorModes, "rest"]))
    .option("--until <time>", "ends by itself then, such as 2026-11-24T18:00", instant)
    .option("--all-or-none", "do nothing if one of the doors refuses")
    .option("--note <text>", "why; kept in the journal")
    .action(async (doorGroup: string, mode: string, options: GroupOptions, command: Command) => {
      const params = {
        doorGroup,
        ...(mode === "rest" ? {} : { mode }),
        ...(options.until === undefined ? {} : { until: options.until }),
        ...(options.allOrNone ? { allOrNone: true } : {}),
        ...noteOf(options),
      };
      const result = await operate<GroupDone>(context, command, "group.mode", params);
      show(context, command, result, (done) =>
        answersText(done, mode === "rest" ? "in its mode at rest" : `in mode ${mode}`),
      );
    });

  doors
    .command("end-overrides")
    .description("end every override that an operator or a card set, of all doors or of these")
    .argument("[doors...]", "ids of doors (default: all)")
    .option("--note <text>", "why; kept in the journal")
    .action(async (ids: string[], options: { note?: string }, command: Command) => {
      const params = { ...(ids.length === 0 ? {} : { doors: ids }), ...noteOf(options) };
      const result = await operate<Done>(context, command, "overrides.end", params);
      show(context, command, result, () => "The overrides have ended.\n");
    });
}

function answersText({ doors }: GroupDone, what: string): string {
  return doors
    .map(({ door, done, message }) => `Door ${door} ${done ? `is ${what}` : `refused: ${message ?? ""}`}.\n`)
    .join("");
}

function addLockdownCommands(program: Command, context: Context): void {
  const lockdown = group(program, "lockdown", "let nobody in");
  const start = lockdown
    .command("start")
    .description("lock all doors down, or those of a group; everybody can still leave");
  const end = lockdown.command("end").description("end every lockdown, or that of a group");
  for (const [command, operation, done] of [
    [start, "lockdown.start", "locked down"],
    [end, "lockdown.end", "no longer locked down"],
  ] as const) {
    command
      .argument("[group]", "id of the door group (default: all doors)")
      .option("--note <text>", "why; kept in the journal")
      .action(async (doorGroup: string | undefined, options: { note?: string }, called: Command) => {
        const params = { ...(doorGroup === undefined ? {} : { doorGroup }), ...noteOf(options) };
        const result = await operate<Done>(context, called, operation, params);
        show(context, called, result, () => `${doorGroup ?? "Every door"} is ${done}.\n`);
      });
  }
}

function addThreatCommands(program: Command, context: Context): void {
  const threat = group(program, "threat", "the threat level of the house");
  threat
    .command("list")
    .description("the levels of the site, and which is in force")
    .action(async (_options: unknown, command: Command) => {
      const result = await operate<HouseView>(context, command, "house.show", {});
      show(context, command, result, ({ levels, threat: now }) =>
        levels.length === 0
          ? "The site has no threat levels.\n"
          : table(
              [
                { title: "LEVEL", value: (level) => level.id },
                { title: "NAME", value: (level) => level.name, shrinks: true },
                { title: "IN FORCE", value: (level) => (level.id === now?.level ? "yes" : "") },
              ],
              levels,
              context.terminal.columns,
            ),
      );
    });
  threat
    .command("set")
    .description("set the threat level")
    .argument("<level>", "id of the level")
    .option("--note <text>", "why; kept in the journal")
    .action(async (level: string, options: { note?: string }, command: Command) => {
      const result = await operate<Done>(context, command, "threat.set", { level, ...noteOf(options) });
      show(context, command, result, () => `The threat level is ${level}.\n`);
    });
}

function noteOf(options: { readonly note?: string }): { note?: string } {
  return options.note === undefined ? {} : { note: options.note };
}
