/** `people revoke` and its undoing: many people at once, looked at first. */
import type { Command } from "commander";
import { CsvReader } from "../site/csv.js";
import { collect } from "./arguments.js";
import { type Context, operate, show } from "./context.js";
import { CommandFailed, exitCodes } from "./failure.js";
import { readInput } from "./input-file.js";
import { table } from "./table.js";

interface RevokeOptions {
  readonly company?: string;
  readonly host?: string;
  readonly search?: string;
  readonly file?: string;
  readonly except?: readonly string[];
  readonly dryRun?: true;
  readonly note?: string;
}

interface Told {
  readonly act?: string;
  readonly people: readonly {
    readonly id: string;
    readonly name: string;
    readonly company: string | null;
    readonly badges: number;
  }[];
  readonly badges: number;
  readonly alreadyRevoked: number;
  readonly unmatched: readonly { readonly text: string; readonly why: string }[];
}

/** Columns of a list that say who is meant; without a header that has one, the first column does. */
const columns = ["person", "badge", "printed", "credential"];

export function addLeaverCommands(people: Command, context: Context): void {
  people
    .command("revoke")
    .description("block many people with all their badges: all of them, or nobody")
    .option("--company <name>", "everybody who works for it")
    .option("--host <person>", "everybody who is here for this person")
    .option("--search <text>", "everybody whom people list --search finds")
    .option("--file <file>", "CSV file with ids of people or badge numbers in a line each; - reads stdin")
    .option("--except <person>", "but not this one; may be given several times", collect)
    .option("--dry-run", "only show who that is")
    .option("--note <text>", "why; kept in the journal")
    .action(async (options: RevokeOptions, command: Command) => {
      const { file, ...rest } = options;
      const listed = file === undefined ? undefined : await readWho(context, file);
      const result = await operate<Told>(context, command, "people.revoke-many", {
        ...rest,
        ...(listed ? { people: listed } : {}),
      });
      show(context, command, result, toldText(context.terminal.columns, options.dryRun === true));
    });

  people
    .command("restore")
    .description("undo a revoke: whoever was not changed since comes back with their badges")
    .argument("<act>", "what revoke told")
    .option("--note <text>", "why; kept in the journal")
    .action(async (act: string, { note }: { note?: string }, command: Command) => {
      const result = await operate<{ people: number; badges: number; leftAsTheyAre: number }>(
        context,
        command,
        "people.restore-many",
        { act, ...(note === undefined ? {} : { note }) },
      );
      show(
        context,
        command,
        result,
        ({ people: back, badges, leftAsTheyAre }) =>
          `${back} people and ${badges} badges are back; ${leftAsTheyAre} were changed since and stay as they are.\n`,
      );
    });
}

async function readWho(context: Context, file: string): Promise<string[]> {
  const { name, text } = await readInput(file, context.terminal);
  const lines: (readonly string[])[] = [];
  const reader = new CsvReader(({ cells }) => lines.push(cells.map((cell) => cell.trim())));
  reader.write(text);
  reader.end();
  const [header = []] = lines;
  const named = header.findIndex((cell) => columns.includes(cell.toLowerCase()));
  const who = (named === -1 ? lines : lines.slice(1))
    .map((cells) => cells[Math.max(0, named)] ?? "")
    .filter((cell) => cell !== "");
  if (who.length === 0) throw new CommandFailed(exitCodes.usage, "empty", `${name}: names nobody`);
  return [...new Set(who)];
}

function toldText(width: number, dryRun: boolean) {
  return ({ act, people, badges, alreadyRevoked, unmatched }: Told): string => {
    const list =
      people.length === 0
        ? ""
        : table(
            [
              { title: "PERSON", value: (p) => p.id },
              { title: "NAME", value: (p) => p.name, shrinks: true },
              { title: "COMPANY", value: (p) => p.company, shrinks: true },
              { title: "BADGES", value: (p) => p.badges, right: true },
            ],
            people,
            width,
          );
    const head = dryRun ? "Nobody was revoked; it would be:\n" : "";
    const sum = `${people.length} people, ${badges} badges; ${alreadyRevoked} were revoked before.\n`;
    const strangers = unmatched.map(({ text, why }) => `Not matched: ${text} (${why})\n`).join("");
    const undo = act === undefined ? "" : `To undo: gatewarden people restore ${act}\n`;
    return head + list + sum + strangers + undo;
  };
}
