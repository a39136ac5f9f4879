/** The tree of commands. One file a group; each adds its commands and says what they print. */
import { Command } from "commander";
import { version } from "../version.js";
import { addAccountCommands } from "./accounts.js";
import { addAlarmCommands } from "./alarm.js";
import { addAsyncApiCommand } from "./asyncapi.js";
import { addBusCommands } from "./bus.js";
import { addCompletionCommand } from "./completion.js";
import { addConfigCommands } from "./config.js";
import type { Context } from "./context.js";
import { addDemoCommand } from "./demo.js";
import { addDoorCommands } from "./doors.js";
import { addEmergencyCommands } from "./emergency.js";
import { addHouseCommands } from "./house.js";
import { addJournalCommands } from "./journal.js";
import { addMusterCommands } from "./muster.js";
import { addPassbackCommands } from "./passback.js";
import { addPeopleCommands } from "./people.js";
import { report } from "./report.js";
import { addSiteCommands } from "./site.js";
import { addStartCommand } from "./start.js";
import { addStatusCommands } from "./status.js";
import { addVisitorCommands } from "./visitors.js";

const closing = `
Commands talk to the gateway that runs on the data folder, or open the folder
themselves if none runs.

Exit codes:
  0  done                          3  refused, not found, in conflict
  1  a fault of Gatewarden         4  nothing to talk to, or could not start
  2  wrong command line or input   5  the journal does not verify`;

export function buildProgram(context: Context): Command {
  const program = new Command("gatewarden");
  program
    .description(
      "Physical access control that decides locally, explains every decision and proves every event.",
    )
    .version(version(), "--version", "print the version")
    .option("--data <dir>", "data folder (default: $GATEWARDEN_DATA, else ./data; demo has its own)")
    .option("--json", "print one JSON value, errors too")
    .helpCommand(false)
    .configureHelp({
      showGlobalOptions: true,
      minWidthToWrap: 24,
      subcommandTerm: (command) =>
        [command.name(), ...command.registeredArguments.map((argument) => `<${argument.name()}>`)].join(" "),
      helpWidth: context.terminal.columns,
      visibleGlobalOptions: (command) =>
        command === program ? [] : program.options.filter((option) => option.long !== "--version"),
    })
    .configureOutput({
      writeOut: (text) => context.terminal.out(text),
      writeErr: (text) => context.terminal.err(text),
      // `report` says it, as JSON where that is wanted.
      outputError: () => {},
    })
    .exitOverride()
    .addHelpText("after", closing);

  program.commandsGroup("Run:");
  addStartCommand(program, context);
  addDemoCommand(program, context);
  addConfigCommands(program, context);
  program.commandsGroup("Set up:");
  addSiteCommands(program, context);
  addPeopleCommands(program, context);
  addVisitorCommands(program, context);
  addAccountCommands(program, context);
  addBusCommands(program, context);
  addEmergencyCommands(program, context);
  addHouseCommands(program, context);
  addAlarmCommands(program, context);
  program.commandsGroup("Use:");
  addStatusCommands(program, context);
  addDoorCommands(program, context);
  addMusterCommands(program, context);
  addPassbackCommands(program, context);
  addJournalCommands(program, context);
  program.commandsGroup("About:");
  addCompletionCommand(program, context);
  addAsyncApiCommand(program, context);
  return program;
}

/** Runs one command line (without node and script); resolves with the exit code, never rejects. */
export async function run(argv: readonly string[], context: Context): Promise<number> {
  const program = buildProgram(context);
  try {
    await program.parseAsync(argv, { from: "user" });
    return 0;
  } catch (error) {
    return report(error, context.terminal, program, argv);
  }
}
