/** The newest events, and what happens next. */
import { setTimeout as sleep } from "node:timers/promises";
import type { Command } from "commander";
import type { Connection } from "./connection.js";
import { type Context, dataDirOf, performed, tell, wantsJson, withConnection } from "./context.js";
import { eventText, type ToldEvent } from "./event-text.js";
import { CommandFailed, exitCodes } from "./failure.js";

export interface TailOptions {
  readonly lines?: number;
  readonly follow?: true;
  readonly after?: number;
  readonly category?: readonly string[];
  readonly type?: readonly string[];
  readonly severity?: readonly string[];
  readonly door?: string;
  readonly area?: string;
  readonly person?: string;
  readonly credential?: string;
  readonly device?: string;
  readonly reason?: string;
  readonly tenant?: string;
  readonly from?: string;
  readonly until?: string;
}

/** Options that name one value of a field of the same name. */
const fields = ["door", "area", "person", "credential", "device", "reason", "tenant"] as const;

const defaultLines = 20;
/** As many as one `journal.read` gives. */
const pageEvents = 1000;
const lookAgainAfterMs = 1000;

export async function tail(context: Context, command: Command, options: TailOptions): Promise<void> {
  const json = wantsJson(command);
  const line = (event: ToldEvent) =>
    context.terminal.out(json ? `${JSON.stringify(event)}\n` : eventText(event, context.terminal.columns));
  const stopping = options.follow ? context.stopping() : undefined;
  await withConnection(context, command, async (connection) => {
    // Where to go on from is asked first: what happens meanwhile is then told by the feed and not lost.
    const newest = await lastSeq(connection);
    const asArray = json && !options.follow;
    let told = 0;
    let seen = options.after ?? 0;
    // Page by page, so that a log of any length goes through a memory of the same size.
    let open = "[";
    for await (const events of pages(connection, options)) {
      if (asArray) context.terminal.out(open + arrayPart(events, told === 0));
      else events.forEach(line);
      open = "";
      told += events.length;
      seen = events.at(-1)?.seq ?? seen;
    }
    if (asArray) context.terminal.out(`${open}]\n`);
    if (!stopping) {
      if (!json && told === 0) tell(context, "There are no such events.");
      return;
    }
    const wanted = matcher(options);
    const after = options.after === undefined ? newest : 0;
    await keepFollowing(context, command, connection, Math.max(after, seen), stopping, (event) => {
      if (wanted(event)) line(event);
    });
  });
}

function arrayPart(events: readonly ToldEvent[], first: boolean): string {
  const text = events.map((event) => JSON.stringify(event)).join(",");
  return first || text === "" ? text : `,${text}`;
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

/** Oldest first. Only of the newest, whose number is bounded, all are read before the first is given. */
async function* pages(connection: Connection, options: TailOptions): AsyncGenerator<readonly ToldEvent[]> {
  const filter = filterOf(options);
  const forward = options.after !== undefined;
  const most = options.lines ?? (forward ? Number.POSITIVE_INFINITY : defaultLines);
  const newest: ToldEvent[] = [];
  let edge = options.after;
  for (let left = most; left > 0; ) {
    const limit = Math.min(pageEvents, left);
    const at = edge === undefined ? {} : forward ? { after: edge } : { before: edge };
    const events = await page(connection, { limit, ...at, ...(filter ? { filter } : {}) });
    if (forward) yield events;
    else newest.push(...events);
    left -= events.length;
    edge = events.at(-1)?.seq;
    if (events.length < limit || edge === undefined) break;
  }
  if (!forward) yield newest.reverse();
}

function filterOf(options: TailOptions): object | undefined {
  const filter = {
    ...(options.category ? { categories: options.category } : {}),
    ...(options.type ? { types: options.type } : {}),
    ...(options.severity ? { severities: options.severity } : {}),
    ...Object.fromEntries(fields.flatMap((field) => (options[field] ? [[field, options[field]]] : []))),
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
  for (const field of fields) {
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
