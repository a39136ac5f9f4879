import type { Command } from "commander";
import { type Context, operate, show } from "./context.js";

interface Options {
  readonly person?: string;
  readonly area?: string;
  readonly note?: string;
}

export function addPassbackCommands(program: Command, context: Context): void {
  const passback = program.command("passback").description("anti-passback").helpCommand(false);

  passback
    .command("forgive")
    .description("whoever is meant may go whichever way next; without --person and --area everybody")
    .option("--person <person>", "id of the person")
    .option("--area <area>", "everybody who was last seen in it")
    .option("--note <text>", "why; kept in the journal")
    .action(async ({ person, area, note }: Options, command: Command) => {
      const params = {
        ...(person === undefined ? {} : { person }),
        ...(area === undefined ? {} : { area }),
        ...(note === undefined ? {} : { note }),
      };
      const result = await operate(context, command, "passback.forgive", params);
      show(context, command, result, () => `${person ?? area ?? "Everybody"}: forgiven.\n`);
    });
}
