import type { Command } from "commander";
import { collect } from "./arguments.js";
import { type Context, operate, show } from "./context.js";
import { table } from "./table.js";
import { printable } from "./terminal.js";

interface Listed {
  readonly person: string;
  readonly name: string;
  readonly areaName: string | null;
  readonly how: "certain" | "possible";
  readonly since: string;
  readonly visitor: boolean;
  readonly safe: { readonly at: string; readonly by: string } | null;
}

interface Muster {
  readonly at: string;
  readonly muster: { readonly since: string; readonly by: string } | null;
  readonly counts: {
    readonly certain: number;
    readonly possible: number;
    readonly visitors: number;
    readonly safe: number;
    readonly missing: number;
  };
  readonly people: readonly Listed[];
  readonly unnamed: readonly { readonly name: string; readonly exits: number; readonly openings: number }[];
}

export function addMusterCommands(program: Command, context: Context): void {
  const muster = program
    .command("muster")
    .description("who is where, certain and possible apart, and who is safe; to print")
    .helpCommand(false)
    .action(async (_options: unknown, command: Command) => {
      const list = await operate<Muster>(context, command, "muster.list", {});
      show(context, command, list, (it) => musterText(it, context.terminal.columns));
    });

  muster
    .command("start")
    .description("call everybody, or only who is in some areas")
    .option("--area <area>", "only who is in it; may be given several times", collect)
    .option("--note <text>", "why; kept in the journal")
    .action(async (options: { area?: readonly string[]; note?: string }, command: Command) => {
      const params = { ...(options.area ? { areas: options.area } : {}), ...noteOf(options) };
      const result = await operate(context, command, "muster.start", params);
      show(context, command, result, () => "The muster has begun.\n");
    });

  muster
    .command("safe")
    .description("somebody was found and is safe")
    .argument("<person>", "id of the person")
    .option("--not", "it was said by mistake: the person is sought again")
    .option("--note <text>", "where, by whom; kept in the journal")
    .action(async (person: string, options: { not?: true; note?: string }, command: Command) => {
      const params = { person, ...(options.not ? { safe: false } : {}), ...noteOf(options) };
      const result = await operate(context, command, "muster.safe", params);
      show(context, command, result, () => `${person} is ${options.not ? "sought again" : "safe"}.\n`);
    });

  muster
    .command("end")
    .description("end the muster")
    .option("--note <text>", "kept in the journal")
    .action(async (options: { note?: string }, command: Command) => {
      const result = await operate(context, command, "muster.end", noteOf(options));
      show(context, command, result, () => "The muster has ended.\n");
    });

  program
    .command("clock")
    .description("the clock of the gateway")
    .helpCommand(false)
    .command("trust")
    .description("say that it is right, where no time service can")
    .option("--note <text>", "what it was compared with; kept in the journal")
    .action(async (options: { note?: string }, command: Command) => {
      const result = await operate(context, command, "clock.trust", noteOf(options));
      show(context, command, result, () => "The clock is trusted.\n");
    });
}

function noteOf(options: { note?: string }): { note?: string } {
  return options.note === undefined ? {} : { note: options.note };
}

function musterText({ at, muster, counts, people, unnamed }: Muster, columns: number): string {
  const { certain, possible, visitors, safe, missing } = counts;
  const lines = [
    muster
      ? `Muster since ${local(muster.since)}, called by ${muster.by}. As of ${local(at)}:`
      : `No muster is running. Inside as of ${local(at)}:`,
    `${certain} certainly, ${possible} possibly, among them ${visitors} visitors.`,
    ...(muster ? [`${safe} safe, ${missing} not found yet.`] : []),
    ...unnamed.map(
      ({ name, exits, openings }) =>
        `${name}, today and without a name: ${exits} asked to leave, ${openings} openings for nobody known.`,
    ),
  ];
  const list =
    people.length === 0
      ? ""
      : `\n${table(
          [
            { title: muster ? "SAFE" : "", value: (p) => (muster ? (p.safe ? "yes" : "NO") : "") },
            { title: "NAME", value: (p) => `${p.name}${p.visitor ? " (visitor)" : ""}`, shrinks: true },
            { title: "LAST SEEN IN", value: (p) => p.areaName ?? "-", shrinks: true },
            { title: "SINCE", value: (p) => local(p.since).slice(11) },
            { title: "HOW SURE", value: (p) => p.how },
          ],
          people,
          columns,
        )}`;
  return `${printable(lines.join("\n"))}\n${list}`;
}

/** Swedish writes dates as ISO 8601 does. */
function local(iso: string): string {
  return new Date(iso).toLocaleString("sv-SE");
}
