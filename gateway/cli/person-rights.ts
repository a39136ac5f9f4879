/** What is said of one person besides name, groups and dates: PIN, rights for a time, company, host, trainings. */
import { type Command, InvalidArgumentError, Option } from "commander";
import { traits } from "../core/people.js";
import type { ExtrasWritten } from "../site/people-csv-extras.js";
import { collect, instant } from "./arguments.js";
import { type Context, operate, show } from "./context.js";
import { CommandFailed, exitCodes } from "./failure.js";
import { readSecret } from "./terminal.js";

/** The word that takes something away. */
const none = "none";

function training(
  text: string,
  before: Readonly<Record<string, string>> | undefined,
): Record<string, string> {
  const at = text.indexOf("=");
  if (at < 1) throw new InvalidArgumentError("It must be a training and a day: forklift=2027-01-31.");
  return { ...before, [text.slice(0, at)]: instant(text.slice(at + 1)) };
}

export interface ExtraOptions {
  readonly company?: string;
  readonly host?: string;
  readonly sponsor?: string;
  readonly trait?: readonly string[];
  readonly training?: Readonly<Record<string, string>>;
  readonly inductedUntil?: string;
}

export function withExtraOptions(command: Command): Command {
  return command
    .option("--company <name>", "works for; none takes it away")
    .option("--host <person>", "visits this person; none takes it away")
    .option("--sponsor <person>", "is answered for by this person; none takes it away")
    .addOption(
      new Option("--trait <trait>", "has this trait and no others; may be given several times")
        .choices([...traits, none])
        .argParser((text: string, before: readonly string[] | undefined) => {
          if (text !== none && !traits.some((trait) => trait === text))
            throw new InvalidArgumentError(`Allowed choices are ${traits.join(", ")}, ${none}.`);
          return collect(text, before);
        }),
    )
    .option(
      "--training <training=day>",
      "has this training until then, and no others; may be given several times",
      training,
    )
    .option("--inducted-until <time>", "the induction is valid before then; none takes it away", (text) =>
      text === none ? none : instant(text),
    );
}

export function extraParams(options: ExtraOptions): Record<string, unknown> {
  const { company, host, sponsor, trait, training: trainings, inductedUntil } = options;
  const orNull = (text: string) => (text === none ? null : text);
  return {
    ...(company === undefined ? {} : { company: orNull(company) }),
    ...(host === undefined ? {} : { host: orNull(host) }),
    ...(sponsor === undefined ? {} : { sponsor: orNull(sponsor) }),
    ...(trait === undefined ? {} : { traits: trait.filter((word) => word !== none) }),
    ...(trainings === undefined ? {} : { trainings }),
    ...(inductedUntil === undefined ? {} : { inductedUntil: orNull(inductedUntil) }),
  };
}

/** Of a person as told. */
export interface ToldExtras extends ExtrasWritten {
  readonly pin?: boolean;
  readonly temporary?: readonly {
    readonly group?: string;
    readonly door?: string;
    readonly area?: string;
    readonly until: string;
  }[];
}

/** Only what there is. */
export function extraFacts(person: ToldExtras): readonly (readonly [name: string, value: string])[] {
  const { company, host, sponsor, traits: words = [], trainings = {}, inductedUntil } = person;
  const { temporary = [], pin } = person;
  const facts: readonly (readonly [string, string])[] = [
    ["company", company ?? ""],
    ["host", host ?? ""],
    ["sponsor", sponsor ?? ""],
    ["traits", words.join(", ")],
    [
      "trainings",
      Object.entries(trainings)
        .map(([id, until]) => `${id} until ${until}`)
        .join(", "),
    ],
    ["inducted until", inductedUntil ?? ""],
    [
      "let in",
      temporary.map(({ group, door, area, until }) => `${group ?? door ?? area} until ${until}`).join(", "),
    ],
    ["PIN", pin ? "set" : ""],
  ];
  return facts.filter(([, value]) => value !== "");
}

interface LetInOptions {
  readonly group?: string;
  readonly door?: string;
  readonly area?: string;
  readonly schedule?: string;
  readonly from?: string;
  readonly until: string;
  readonly note?: string;
}

export function addPersonRightCommands(person: Command, context: Context): void {
  person
    .command("pin")
    .description("set a person's PIN, read from stdin; or take it away")
    .argument("<person>", "id of the person")
    .option("--remove", "take the PIN away")
    .option("--note <text>", "why; kept in the journal")
    .action(async (id: string, options: { remove?: true; note?: string }, command: Command) => {
      const pin = options.remove ? null : await readSecret(context.terminal, "PIN: ");
      if (pin === "")
        throw new CommandFailed(exitCodes.usage, "usage", "a PIN is read from stdin, and there was none");
      const result = await operate(context, command, "person.pin", {
        person: id,
        pin,
        ...(options.note === undefined ? {} : { note: options.note }),
      });
      show(context, command, result, () =>
        pin === null ? `Person ${id} has no PIN.\n` : `The PIN of ${id} is set.\n`,
      );
    });

  person
    .command("let-in")
    .description("give a right for a time, in force at once and over by itself")
    .argument("<person>", "id of the person")
    .option("--group <group>", "as a member of this group")
    .option("--door <door>", "at this door")
    .option("--area <area>", "into this area")
    .option("--schedule <schedule>", "only while this schedule holds")
    .option("--from <time>", "from then on; without it at once", instant)
    .requiredOption("--until <time>", "before then", instant)
    .option("--note <text>", "why; kept in the journal")
    .action(async (id: string, options: LetInOptions, command: Command) => {
      const result = await operate(context, command, "person.let-in", { person: id, ...options });
      show(context, command, result, () => `Person ${id} is let in until ${options.until}.\n`);
    });

  person
    .command("let-in-end")
    .description("end rights for a time: those that are named, or all")
    .argument("<person>", "id of the person")
    .option("--group <group>", "that of this group")
    .option("--door <door>", "that at this door")
    .option("--area <area>", "that into this area")
    .option("--note <text>", "why; kept in the journal")
    .action(async (id: string, options: Omit<LetInOptions, "until">, command: Command) => {
      const result = await operate<{ ended: number }>(context, command, "person.let-in-end", {
        person: id,
        ...options,
      });
      show(context, command, result, ({ ended }) => `Person ${id}: ${ended} ended.\n`);
    });
}
