import { setTimeout as sleep } from "node:timers/promises";
import { type Command, Option } from "commander";
import { eventCategories, type TraceLine } from "../core/events.js";
import type { Verified } from "../store/verify.js";
import { collect, instant, wholeNumber } from "./arguments.js";
import type { Connection } from "./connection.js";
import {
  type Context,
  dataDirOf,
  group,
  operate,
  performed,
  show,
  tell,
  wantsJson,
  withConnection,
} from "./context.js";
import { CommandFailed, exitCodes } from "./failure.js";
import { properties, wrap } from "./table.js";
import { printable } from "./terminal.js";

/** An event as it leaves the gateway. */
interface ToldEvent {
  readonly id: string;
  readonly seq: number;
  /** ISO 8601, UTC. */
  readonly at: string;
  readonly type: string;
  readonly severity: string;
  readonly sentence?: string;
  readonly revision?: number;
  readonly [field: string]: unknown;
}

interface TailOptions {
  readonly lines?: number;
  readonly follow?: true;
  readonly after?: number;
  readonly category?: readonly string[];
  readonly type?: readonly string[];
  readonly severity?: readonly string[];
  readonly door?: string;
  readonly person?: string;
  readonly device?: string;
  readonly from?: string;
  readonly until?: string;
}

const severities = ["info", "notice", "warning", "critical"] as const;
const defaultLines = 20;
/** As many as one `journal.read` gives. */
const pageEvents = 1000;
const lookAgainAfterMs = 1000;

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
    .option("--person <person>", "only of this person")
    .option("--device <device>", "only of this device")
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

// ---------------------------------------------------------------------------------------------------------------- tail

async function tail(context: Context, command: Command, options: TailOptions): Promise<void> {
  const json = wantsJson(command);
  const line = (event: ToldEvent) =>
    context.terminal.out(json ? `${JSON.stringify(event)}\n` : eventText(event, context.terminal.columns));
  const stopping = options.follow ? context.stopping() : undefined;
  await withConnection(context, command, async (connection) => {
    // Where to go on from is asked first: what happens meanwhile is then told by the feed and not lost.
    const newest = await lastSeq(connection);
    const events = await read(connection, options);
    if (json && !options.follow) context.terminal.out(`${JSON.stringify(events)}\n`);
    else events.forEach(line);
    if (!stopping) {
      if (!json && events.length === 0) tell(context, "There are no such events.");
      return;
    }
    const wanted = matcher(options);
    const after = options.after === undefined ? newest : 0;
    await keepFollowing(
      context,
      command,
      connection,
      Math.max(after, seenUpTo(options, events)),
      stopping,
      (event) => {
        if (wanted(event)) line(event);
      },
    );
  });
}

function seenUpTo(options: TailOptions, events: readonly ToldEvent[]): number {
  return events.at(-1)?.seq ?? options.after ?? 0;
}

async function lastSeq(connection: Connection): Promise<number> {
  const status = await performed<{ journal: { lastSeq: number } }>(connection.perform("status", {}));
  return status.journal.lastSeq;
}

async function page(connection: Connection, params: object): Promise<readonly ToldEvent[]> {
  const { events } = await performed<{ events: readonly ToldEvent[] }>(
    connection.perform("journal.read", params),
  );
  return events;
}

/** Oldest first. */
async function read(connection: Connection, options: TailOptions): Promise<ToldEvent[]> {
  const filter = filterOf(options);
  const found: ToldEvent[] = [];
  const forward = options.after !== undefined;
  const most = options.lines ?? (forward ? Number.POSITIVE_INFINITY : defaultLines);
  let edge = options.after;
  while (found.length < most) {
    const limit = Math.min(pageEvents, most - found.length);
    const at = edge === undefined ? {} : forward ? { after: edge } : { before: edge };
    const events = await page(connection, { limit, ...at, ...(filter ? { filter } : {}) });
    found.push(...events);
    edge = events.at(-1)?.seq;
    if (events.length < limit || edge === undefined) break;
  }
  return forward ? found : found.reverse();
}

function filterOf(options: TailOptions): object | undefined {
  const filter = {
    ...(options.category ? { categories: options.category } : {}),
    ...(options.type ? { types: options.type } : {}),
    ...(options.severity ? { severities: options.severity } : {}),
    ...(options.door === undefined ? {} : { door: options.door }),
    ...(options.person === undefined ? {} : { person: options.person }),
    ...(options.device === undefined ? {} : { device: options.device }),
    ...(options.from === undefined ? {} : { from: options.from }),
    ...(options.until === undefined ? {} : { until: options.until }),
  };
  return Object.keys(filter).length > 0 ? filter : undefined;
}

/** The same filter over what the feed brings. */
function matcher(options: TailOptions): (event: ToldEvent) => boolean {
  const tests: ((event: ToldEvent) => boolean)[] = [];
  const { category, type, severity, from, until } = options;
  if (category) tests.push((event) => category.includes(event.type.split(".")[0] ?? ""));
  if (type) tests.push((event) => type.includes(event.type));
  if (severity) tests.push((event) => severity.includes(event.severity));
  for (const field of ["door", "person", "device"] as const) {
    const wanted = options[field];
    if (wanted !== undefined) tests.push((event) => event[field] === wanted);
  }
  if (from !== undefined) tests.push((event) => event.at >= from);
  if (until !== undefined) tests.push((event) => event.at < until);
  return (event) => tests.every((test) => test(event));
}

/** Goes on over a restart of the gateway: by `seq`, so that nothing is left out. */
async function keepFollowing(
  context: Context,
  command: Command,
  connection: Connection,
  after: number,
  stopping: AbortSignal,
  onEvent: (event: ToldEvent) => void,
): Promise<void> {
  let seen = after;
  let away = false;
  /** Told before they were on disk; a feed that is begun anew tells them again. */
  const early = new Set<string>();
  const reader = {
    event(told: unknown) {
      const event = told as ToldEvent;
      if (event.durable === false) early.add(event.id);
      else if (early.delete(event.id)) return;
      onEvent(event);
    },
    cursor(seq: number) {
      if (away) tell(context, "The gateway is back.");
      away = false;
      seen = Math.max(seen, seq);
    },
  };
  while (!stopping.aborted) {
    const ended = await connection.follow(seen, reader, stopping).then(
      () => undefined,
      (error: unknown) => error,
    );
    if (stopping.aborted) return;
    if (ended instanceof CommandFailed && connection.mode === "offline") throw ended;
    if (ended instanceof CommandFailed && ended.exitCode === exitCodes.refused) throw ended;
    if (!away) {
      tell(
        context,
        `The gateway on ${dataDirOf(context, command)} has gone; waiting for it. Ctrl-C ends this.`,
      );
      away = true;
    }
    await sleep(lookAgainAfterMs, undefined, { signal: stopping }).catch(() => {});
  }
}

/** `2026-11-24 20:04:11 91234 notice   Ben was not let in at Front door: …`, in this machine's local time. */
function eventText(event: ToldEvent, columns: number): string {
  const head = `${localTime(event.at)} ${String(event.seq).padStart(6)} ${event.severity.padEnd(8)} `;
  const text = printable(event.sentence ?? plainSentence(event));
  const [firstLine = "", ...more] = wrap(text, Math.max(30, columns - head.length))
    .trimEnd()
    .split("\n");
  return [`${head}${firstLine}`, ...more.map((rest) => " ".repeat(head.length) + rest)]
    .join("\n")
    .concat("\n");
}

function plainSentence(event: ToldEvent): string {
  const facts = ["door", "person", "device", "sensor", "reason"]
    .filter((field) => typeof event[field] === "string")
    .map((field) => `${field} ${event[field]}`);
  return [event.type, ...facts].join(", ");
}

function localTime(iso: string): string {
  const at = new Date(iso);
  if (Number.isNaN(at.getTime())) return iso;
  // Swedish writes dates as ISO 8601 does.
  return at.toLocaleString("sv-SE");
}

// -------------------------------------------------------------------------------------------------------------- verify

async function verify(context: Context, command: Command): Promise<void> {
  const dataDir = dataDirOf(context, command);
  const { NothingToVerify, verifyJournal } = await import("../store/verify.js");
  let verified: Verified;
  try {
    verified = await verifyJournal(dataDir);
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

// ----------------------------------------------------------------------------------------------------------------- why

interface Why {
  readonly event: ToldEvent;
  readonly sentence: string;
  readonly trace: readonly TraceLine[];
  readonly remedy: string | null;
}

function whyText({ event, sentence, trace, remedy }: Why, columns: number): string {
  const rules = trace.map(([rule, answer]) => [rule, answer] as const);
  const facts = properties([
    ["when", `${localTime(event.at)} (${event.at})`],
    ["event", `${event.seq}, ${event.id}`],
    ["type", `${event.type}, ${event.severity}`],
    ["site revision", event.revision ?? "-"],
  ]);
  return [
    wrap(printable(sentence), columns),
    "\n",
    facts,
    ...(rules.length > 0
      ? ["\nRules, in the order in which they were asked:\n", ruleText(rules, columns)]
      : []),
    ...(remedy ? ["\n", wrap(`It would have been a grant: ${printable(remedy)}`, columns)] : []),
  ].join("");
}

function ruleText(rules: readonly (readonly [string, string])[], columns: number): string {
  const widest = Math.max(...rules.map(([rule]) => rule.length));
  return rules
    .map(([rule, answer]) => {
      const head = `  ${answer === "ok" ? "✓" : "✗"} ${printable(rule).padEnd(widest)}  `;
      const [first = "", ...more] = wrap(printable(answer), Math.max(30, columns - head.length))
        .trimEnd()
        .split("\n");
      return [`${head}${first}`, ...more.map((line) => " ".repeat(head.length) + line)]
        .join("\n")
        .concat("\n");
    })
    .join("");
}
