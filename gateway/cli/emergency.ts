import type { Command } from "commander";
import { type Context, group, operate, show } from "./context.js";
import { table } from "./table.js";

interface Badge {
  readonly id: string;
  readonly name: string;
  readonly shown: string;
  readonly addedAt: string;
  readonly addedBy: string;
}

export function addEmergencyCommands(program: Command, context: Context): void {
  const badges = group(
    program,
    "emergency-badge",
    "badges that open every door, also with the database lost",
  );

  badges
    .command("list")
    .description("the emergency badges, up to eight")
    .action(async (_options: unknown, command: Command) => {
      const result = await operate<{ badges: readonly Badge[]; refused: string | null }>(
        context,
        command,
        "emergency-badge.list",
        {},
      );
      show(context, command, result, ({ badges: all, refused }) =>
        refused !== null
          ? `None is known. ${refused}\n`
          : all.length === 0
            ? "There are no emergency badges.\n"
            : table(
                [
                  { title: "BADGE", value: (b) => b.id },
                  { title: "NAME", value: (b) => b.name, shrinks: true },
                  { title: "CARD", value: (b) => b.shown },
                  { title: "ADDED", value: (b) => b.addedAt.slice(0, 10) },
                  { title: "BY", value: (b) => b.addedBy, shrinks: true },
                ],
                all,
                context.terminal.columns,
              ),
      );
    });

  badges
    .command("add")
    .description("make a card that is nobody's an emergency badge")
    .argument("<card>", "the card, in any spelling: 142,51091, uid:04A1B2C3, a decimal number")
    .requiredOption("--name <name>", "where it is kept, or who has it")
    .action(async (value: string, options: { name: string }, command: Command) => {
      const params = { name: options.name, value };
      const result = await operate<{ badge: Badge }>(context, command, "emergency-badge.add", params);
      show(
        context,
        command,
        result,
        ({ badge }) =>
          `${badge.id} (${badge.name}) opens every door from now on. Try it, and lock it away.\n`,
      );
    });

  badges
    .command("remove")
    .description("an emergency badge opens nothing any more")
    .argument("<badge>", "id of the badge: emergency-1 to emergency-8")
    .action(async (badge: string, _options: unknown, command: Command) => {
      const result = await operate<{ badge: string }>(context, command, "emergency-badge.remove", { badge });
      show(context, command, result, () => `${badge} opens nothing any more.\n`);
    });
}
