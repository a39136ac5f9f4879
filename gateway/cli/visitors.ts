import type { Command } from "commander";
import { collect, instant, wholeNumber } from "./arguments.js";
import { type Context, group, operate, show } from "./context.js";
import { table } from "./table.js";

interface AddOptions {
  readonly host: string;
  readonly person?: string;
  readonly company?: string;
  readonly from?: string;
  readonly until?: string;
  readonly group?: readonly string[];
  readonly door?: readonly string[];
  readonly area?: readonly string[];
  readonly escort?: true;
  readonly card?: string;
  readonly printed?: string;
  readonly code?: true;
  readonly uses?: number;
  readonly note?: string;
}

interface ToldVisitor {
  readonly id: string;
  readonly name: string;
  readonly visit: string;
  readonly hostName: string | null;
  readonly company: string | null;
  readonly validFrom: string | null;
  readonly validUntil: string | null;
}

export function addVisitorCommands(program: Command, context: Context): void {
  const visitor = group(program, "visitor", "people who are here for somebody, until an hour");

  visitor
    .command("add")
    .description("expect a visitor")
    .argument("<name>", "what the visitor is called")
    .requiredOption("--host <person>", "id of who is visited: the visitor is let in only while they are")
    .option("--person <id>", "somebody who was here before")
    .option("--company <name>", "works for")
    .option("--from <time>", "comes then; without it now", instant)
    .option("--until <time>", "goes then; without it as the site says", instant)
    .option("--group <group>", "let in as a member of this group; may be given several times", collect)
    .option("--door <door>", "let in at this door; may be given several times", collect)
    .option("--area <area>", "let into this area; may be given several times", collect)
    .option("--escort", "only together with somebody who may escort")
    .option("--card <value>", "a card in any spelling, good until the end")
    .option("--printed <text>", "what is printed on it")
    .option("--code", "make up a code of eight digits, for a keypad or as a QR code")
    .option("--uses <n>", "the card or code is good for so many times", wholeNumber(1, 1_000))
    .option("--note <text>", "why; kept in the journal")
    .action(async (name: string, options: AddOptions, command: Command) => {
      const { group: groups, door: doors, area: areas, ...rest } = options;
      const result = await operate<{ person: { id: string; validUntil: string }; code?: string }>(
        context,
        command,
        "visitor.add",
        {
          name,
          ...rest,
          ...(groups ? { groups } : {}),
          ...(doors ? { doors } : {}),
          ...(areas ? { areas } : {}),
        },
      );
      show(
        context,
        command,
        result,
        ({ person, code }) =>
          `Visitor ${person.id} is expected until ${person.validUntil}.\n${code ? `Code: ${code}\n` : ""}`,
      );
    });

  visitor
    .command("list")
    .description("visitors who are here or expected")
    .option("--all", "also those whose visit is over")
    .action(async ({ all }: { all?: true }, command: Command) => {
      const result = await operate<{ visitors: readonly ToldVisitor[] }>(context, command, "visitor.list", {
        ...(all ? { all } : {}),
      });
      show(context, command, result, ({ visitors }) =>
        visitors.length === 0
          ? "No visitor is here or expected.\n"
          : table(
              [
                { title: "VISITOR", value: (v) => v.id },
                { title: "NAME", value: (v) => v.name, shrinks: true },
                { title: "VISIT", value: (v) => v.visit },
                { title: "HOST", value: (v) => v.hostName, shrinks: true },
                { title: "UNTIL", value: (v) => v.validUntil },
              ],
              visitors,
              context.terminal.columns,
            ),
      );
    });

  visitor
    .command("end")
    .description("end a visit at once; the visitor's card is free for the next one")
    .argument("<person>", "id of the visitor")
    .option("--note <text>", "why; kept in the journal")
    .action(async (person: string, { note }: { note?: string }, command: Command) => {
      const result = await operate(context, command, "visitor.end", {
        person,
        ...(note === undefined ? {} : { note }),
      });
      show(context, command, result, () => `The visit of ${person} is over.\n`);
    });
}
