import { Argument, type Command } from "commander";
import { type CredentialStatus, credentialStatuses } from "../core/people.js";
import { peopleCsvHeader, peopleCsvLines } from "../site/people-csv.js";
import { collect, instant, wholeNumber } from "./arguments.js";
import { type Context, group, operate, performed, show, wantsJson, withConnection } from "./context.js";
import { addLeaverCommands } from "./leavers.js";
import { type ImportOptions, importPeople } from "./people-import.js";
import {
  addPersonRightCommands,
  type ExtraOptions,
  extraFacts,
  extraParams,
  type ToldExtras,
  withExtraOptions,
} from "./person-rights.js";
import { properties, table } from "./table.js";

/** A credential as the operations tell it; `value` only to who may enrol. */
interface ToldCredential {
  readonly id: string;
  readonly kind?: string;
  readonly usesLeft?: number;
  readonly maxUses?: number;
  readonly responder?: boolean;
  readonly status: CredentialStatus;
  readonly value?: string;
  readonly printed?: string;
  readonly validFrom?: string | null;
  readonly validUntil?: string | null;
}

interface ToldPerson extends ToldExtras {
  readonly id: string;
  readonly name: string;
  readonly groups: readonly string[];
  readonly status: "active" | "blocked";
  readonly validFrom?: string | null;
  readonly validUntil?: string | null;
  readonly credentials: readonly ToldCredential[];
}

interface SetOptions extends ExtraOptions {
  readonly name?: string;
  readonly group?: readonly string[];
  readonly tenant?: string;
  readonly validFrom?: string;
  readonly validUntil?: string;
  readonly note?: string;
}

interface CardOptions {
  readonly uses?: number;
  readonly responder?: true;
  readonly printed?: string;
  readonly validFrom?: string;
  readonly validUntil?: string;
  readonly note?: string;
}

/** As many as one `people.list` gives. */
const pagePeople = 1000;

/** The word that takes a bound away; null to the gateway. */
const none = "none";

function instantOrNone(text: string): string {
  return text === none ? none : instant(text);
}

function boundOf<K extends string>(key: K, given: string | undefined): { [P in K]?: string | null } {
  return given === undefined
    ? {}
    : ({ [key]: given === none ? null : given } as { [P in K]?: string | null });
}

export function addPeopleCommands(program: Command, context: Context): void {
  const people = group(program, "people", "everybody who may come in");

  people
    .command("import")
    .description("take people and their credentials from a CSV file")
    .argument("<file>", "CSV file with a header line; - reads stdin")
    .option("--dry-run", "only show what would change")
    .option("--note <text>", "why; kept in the journal")
    .action((file: string, options: ImportOptions, command: Command) =>
      importPeople(context, command, file, options),
    );

  people
    .command("list")
    .description("people, by name")
    .option("--search <text>", "parts of a name, a printed number, or a card's number")
    .option("--limit <n>", "at most so many", wholeNumber(1, 1_000_000), 100)
    .action((options: { search?: string; limit: number }, command: Command) =>
      list(context, command, options),
    );

  people
    .command("export")
    .description("people and their cards as CSV, as import reads it")
    .option("--search <text>", "only who is found by this text")
    .action((options: { search?: string }, command: Command) => exportPeople(context, command, options));

  addLeaverCommands(people, context);
  addPersonCommands(program, context);
  addCredentialCommands(program, context);
}

interface PeoplePage {
  readonly people: readonly ToldPerson[];
  /** Everybody there is, found or not. */
  readonly total: number;
  /** Where the next page begins; null: this is all. */
  readonly next: string | null;
}

/** Page by page, so that it is never all in memory. */
async function exportPeople(
  context: Context,
  command: Command,
  { search }: { search?: string },
): Promise<void> {
  const json = wantsJson(command);
  await withConnection(context, command, async (connection) => {
    if (!json) context.terminal.out(peopleCsvHeader);
    let after: string | null = null;
    do {
      const page: PeoplePage = await performed<PeoplePage>(
        connection.perform("people.list", {
          limit: pagePeople,
          ...(search === undefined ? {} : { search }),
          ...(after === null ? {} : { after }),
        }),
      );
      for (const person of page.people) {
        context.terminal.out(json ? `${JSON.stringify(person)}\n` : peopleCsvLines(person));
      }
      after = page.next;
    } while (after !== null);
  });
}

async function list(
  context: Context,
  command: Command,
  { search, limit }: { search?: string; limit: number },
): Promise<void> {
  const result = await withConnection(context, command, async (connection) => {
    const people: ToldPerson[] = [];
    let page: PeoplePage;
    let after: string | null = null;
    do {
      page = await performed<PeoplePage>(
        connection.perform("people.list", {
          limit: Math.min(pagePeople, limit - people.length),
          ...(search === undefined ? {} : { search }),
          ...(after === null ? {} : { after }),
        }),
      );
      people.push(...page.people);
      after = page.next;
    } while (after !== null && people.length < limit);
    return { people, total: page.total, next: after };
  });
  show(context, command, result, peopleText(context.terminal.columns));
}

function peopleText(columns: number) {
  return ({ people, total, next }: PeoplePage): string => {
    if (people.length === 0) return total === 0 ? "There is nobody yet.\n" : "Nobody is called that.\n";
    const more = next === null ? "" : `There are more; --limit shows them.\n`;
    return (
      table(
        [
          { title: "PERSON", value: (p) => p.id },
          { title: "NAME", value: (p) => p.name, shrinks: true },
          { title: "GROUPS", value: (p) => p.groups.join(", "), shrinks: true },
          { title: "STATUS", value: (p) => p.status },
          { title: "CARDS", value: (p) => p.credentials.length, right: true },
        ],
        people,
        columns,
      ) + more
    );
  };
}

function addPersonCommands(program: Command, context: Context): void {
  const person = group(program, "person", "one person");

  person
    .command("show")
    .description("one person, with groups and credentials")
    .argument("<person>", "id of the person")
    .action(async (id: string, _options: unknown, command: Command) => {
      const result = await operate<{ person: ToldPerson }>(context, command, "person.get", { person: id });
      show(context, command, result, (it) => personText(it.person, context.terminal.columns));
    });

  withExtraOptions(
    person
      .command("set")
      .description("add a person, or change what is given of one")
      .argument("<person>", "id of the person")
      .option("--name <name>", "name; needed for a new person"),
  )
    .option("--group <group>", "member of this group and of no others; may be given several times", collect)
    .option("--tenant <tenant>", "belongs to this tenant of the site")
    .option("--valid-from <time>", "may come in from then on; none takes the bound away", instantOrNone)
    .option("--valid-until <time>", "may come in before then; none takes the bound away", instantOrNone)
    .option("--note <text>", "why; kept in the journal")
    .action(async (id: string, options: SetOptions, command: Command) => {
      const result = await operate<{ person: ToldPerson }>(context, command, "person.put", {
        person: id,
        ...(options.name === undefined ? {} : { name: options.name }),
        ...(options.group === undefined ? {} : { groups: options.group }),
        ...(options.tenant === undefined ? {} : { tenant: options.tenant }),
        ...boundOf("validFrom", options.validFrom),
        ...boundOf("validUntil", options.validUntil),
        ...extraParams(options),
        ...(options.note === undefined ? {} : { note: options.note }),
      });
      show(context, command, result, () => `Person ${id} is saved.\n`);
    });

  addPersonRightCommands(person, context);

  for (const [name, blocked, description] of [
    ["block", true, "let a person in nowhere, whatever the card"],
    ["unblock", false, "end a block"],
  ] as const) {
    person
      .command(name)
      .description(description)
      .argument("<person>", "id of the person")
      .option("--note <text>", "why; kept in the journal")
      .action(async (id: string, options: { note?: string }, command: Command) => {
        const result = await operate(context, command, "person.block", {
          person: id,
          blocked,
          ...(options.note === undefined ? {} : { note: options.note }),
        });
        show(context, command, result, () => `Person ${id} is ${name}ed.\n`);
      });
  }
}

function addCredentialCommands(program: Command, context: Context): void {
  const credential = group(program, "credential", "cards, fobs and codes");

  credential
    .command("add")
    .description("give a person a card")
    .argument("<person>", "id of the person")
    .argument("<value>", "in any spelling: 142,51091 or H10301:142/51091 or uid:04A1B2C3 or what is printed")
    .option("--printed <text>", "what is printed on it, where that differs")
    .option("--valid-from <time>", "good from then on", instant)
    .option("--valid-until <time>", "good before then", instant)
    .option("--uses <n>", "good for so many times", wholeNumber(1, 100_000))
    .option(
      "--responder",
      "of the fire brigade and the like: only a blocked badge and an interlock refuse it",
    )
    .option("--note <text>", "why; kept in the journal")
    .action(async (person: string, value: string, options: CardOptions, command: Command) => {
      const { uses, ...rest } = options;
      const result = await operate<{ credential: ToldCredential }>(context, command, "credential.add", {
        person,
        value,
        ...rest,
        ...(uses === undefined ? {} : { maxUses: uses }),
      });
      show(context, command, result, ({ credential: added }) => `Credential ${added.id} is ${person}'s.\n`);
    });

  credential
    .command("status")
    .description("say that a card is lost, stolen, returned, or good again")
    .argument("<credential>", "id of the credential")
    .addArgument(new Argument("<status>", "what it is now").choices(credentialStatuses))
    .option("--note <text>", "why; kept in the journal")
    .action(async (id: string, status: CredentialStatus, options: { note?: string }, command: Command) => {
      const result = await operate(context, command, "credential.status", {
        credential: id,
        status,
        ...(options.note === undefined ? {} : { note: options.note }),
      });
      show(context, command, result, () => `Credential ${id} is ${status}.\n`);
    });
}

function personText(person: ToldPerson, columns: number): string {
  const facts = properties([
    ["person", person.id],
    ["name", person.name],
    ["status", person.status],
    ["groups", person.groups.join(", ")],
    ["valid from", person.validFrom],
    ["valid until", person.validUntil],
    ...extraFacts(person),
  ]);
  if (person.credentials.length === 0) return `${facts}\nNo credentials.\n`;
  return `${facts}\n${table(
    [
      { title: "CREDENTIAL", value: (c) => c.id },
      { title: "STATUS", value: (c) => c.status },
      ...(person.credentials.some(({ usesLeft }) => usesLeft !== undefined)
        ? [{ title: "USES LEFT", value: (c: ToldCredential) => c.usesLeft, right: true } as const]
        : []),
      { title: "VALUE", value: (c) => c.value, shrinks: true },
      { title: "PRINTED", value: (c) => c.printed, shrinks: true },
      { title: "VALID UNTIL", value: (c) => c.validUntil },
    ],
    person.credentials,
    columns,
  )}`;
}
