import { type Command, Option } from "commander";
import { eventCategories } from "../core/events.js";
import type { Verified } from "../store/verify.js";
import { collect, instant, wholeNumber } from "./arguments.js";
import { type Context, dataDirOf, group, operate, show } from "./context.js";
import { type Why, whyText } from "./event-text.js";
import { CommandFailed, exitCodes } from "./failure.js";
import { type TailOptions, tail } from "./journal-tail.js";
import { progress } from "./terminal.js";

const severities = ["info", "notice", "warning", "critical"] as const;

export function addJournalCommands(program: Command, context: Context): void {
  const journal = group(program, "journal", "what happened at the building");

  journal
    .command("tail")
    .description("the newest events, oldest first")
    .option("-n, --lines <n>", "how many (default: 20; with --after all)", wholeNumber(0, 1_000_000))
    .option("-f, --follow", "go on with what happens, until it is stopped; with --json one event a line")
    .option(
      "--after <seq>",
      "only events above this number, from the first on",
      wholeNumber(0, Number.MAX_SAFE_INTEGER),
    )
    .addOption(
      new Option("--category <category>", "only these; may be given several times")
        .choices(eventCategories)
        .argParser(collectChoice(eventCategories)),
    )
    .option("--type <type>", "only these, such as access.denied; may be given several times", collect)
    .addOption(
      new Option("--severity <severity>", "only these; may be given several times")
        .choices(severities)
        .argParser(collectChoice(severities)),
    )
    .option("--door <door>", "only of this door")
    .option("--area <area>", "only of this area")
    .option("--person <person>", "only of this person")
    .option("--credential <credential>", "only of this credential")
    .option("--device <device>", "only of this device")
    .option("--reason <reason>", "only with this reason, such as card-lost")
    .option("--tenant <tenant>", "only of this tenant")
    .option("--from <time>", "only from then on", instant)
    .option("--until <time>", "only before then", instant)
    .action((options: TailOptions, command: Command) => tail(context, command, options));

  journal
    .command("verify")
    .description("walk the chain of the journal and name the first break; also while the gateway runs")
    .action((_options: unknown, command: Command) => verify(context, command));

  program
    .command("why")
    .description("what an event came from, rule by rule")
    .argument("<event>", "number (seq) or id of the event")
    .action(async (event: string, _options: unknown, command: Command) => {
      const result = await operate<Why>(context, command, "event.why", { event });
      show(context, command, result, (why) => whyText(why, context.terminal.columns));
    });
}

function collectChoice(choices: readonly string[]) {
  return (text: string, before: readonly string[] | undefined): string[] => {
    if (!choices.includes(text)) {
      throw new CommandFailed(exitCodes.usage, "usage", `"${text}" must be one of: ${choices.join(", ")}`);
    }
    return collect(text, before);
  };
}

async function verify(context: Context, command: Command): Promise<void> {
  const dataDir = dataDirOf(context, command);
  const { NothingToVerify, verifyJournal } = await import("../store/verify.js");
  let verified: Verified;
  try {
    verified = await verifyJournal(dataDir, ({ events, of }) =>
      progress(context.terminal, `${events} of ${of} events`),
    );
    progress(context.terminal, "");
  } catch (error) {
    if (error instanceof NothingToVerify) {
      throw new CommandFailed(exitCodes.unreachable, "no-journal", error.message);
    }
    const { code, message } = error as Error & { code?: string };
    if (code !== "SQLITE_CORRUPT" && code !== "SQLITE_NOTADB") throw error;
    throw new CommandFailed(exitCodes.unverified, "unverified", `the journal cannot be read: ${message}`);
  }
  show(context, command, verified, verifiedText);
  const { firstBreak } = verified;
  if (verified.ok || !firstBreak) return;
  throw new CommandFailed(
    exitCodes.unverified,
    "unverified",
    `${dataDir}: the journal does not verify from event ${firstBreak.seq} on`,
    [{ path: `event ${firstBreak.seq}`, message: firstBreak.why }],
  );
}

function verifiedText({ ok, events, from, to, expired, heads, lost }: Verified): string {
  if (!ok) return "";
  const range = events === 0 ? "" : `, ${from} to ${to}`;
  const gone = expired === 0 ? "" : `, ${expired} of them expired`;
  const gaps = lost.map(
    (gap) => `\nA failing disk lost events ${gap.from} to ${gap.to}, as the journal says itself.`,
  );
  return `The journal verifies: ${events} events${range}${gone}, ${heads} signed heads.${gaps.join("")}\n`;
}
