/** A list of people: sent in pieces, checked whole by the gateway, shown, and then applied; the same way as in the pages. */
import { type FileHandle, open } from "node:fs/promises";
import { setTimeout as sleep } from "node:timers/promises";
import type { Command } from "commander";
import type { Connection } from "./connection.js";
import { type Context, performed, show, withConnection } from "./context.js";
import { CommandFailed, exitCodes } from "./failure.js";
import { properties } from "./table.js";
import { progress } from "./terminal.js";

export interface ImportOptions {
  readonly dryRun?: true;
  readonly note?: string;
}

interface Summary {
  readonly people: number;
  readonly added: number;
  readonly changed: number;
  readonly unchanged: number;
  /** Credentials that are new or changed. */
  readonly credentials: number;
  readonly refused: number;
}

/** An import as the operations tell it. */
interface ToldImport {
  readonly import: string;
  readonly state: "receiving" | "checking" | "checked" | "applying" | "done" | "cancelled" | "failed";
  readonly step: string | null;
  readonly done: number;
  readonly of: number;
  readonly leftMs: number | null;
  readonly refused: number;
  readonly summary: Summary | null;
  readonly faults: readonly { readonly line: number; readonly column: string; readonly message: string }[];
  readonly message: string | null;
}

const bytesAPiece = 512 * 1024;
const lookAgainAfterMs = 100;

export async function importPeople(
  context: Context,
  command: Command,
  file: string,
  { dryRun, note }: ImportOptions,
): Promise<void> {
  const name = file === "-" ? "stdin" : file;
  const source = await openList(context, file);
  const stopping = context.stopping();
  try {
    const summary = await withConnection(context, command, (connection) =>
      takeList(context, connection, name, source, stopping, { dryRun, note }),
    );
    show(context, command, { ...(dryRun ? { dryRun: true } : {}), ...summary }, (sum) =>
      [
        dryRun ? "Nothing was changed; it would be:\n" : "",
        properties([
          ["people", sum.people],
          ["added", sum.added],
          ["changed", sum.changed],
          ["unchanged", sum.unchanged],
          ["credentials", sum.credentials],
        ]),
      ].join(""),
    );
  } finally {
    await source.close();
  }
}

interface Source {
  /** 0: not known. */
  readonly bytes: number;
  pieces(): AsyncGenerator<Buffer>;
  close(): Promise<void>;
}

async function openList({ terminal }: Context, file: string): Promise<Source> {
  if (file === "-") {
    return {
      bytes: 0,
      async *pieces() {
        for await (const chunk of terminal.input) {
          yield* cut(typeof chunk === "string" ? Buffer.from(chunk) : chunk);
        }
      },
      close: async () => {},
    };
  }
  let handle: FileHandle;
  try {
    handle = await open(file);
  } catch (error) {
    const why = (error as NodeJS.ErrnoException).code === "ENOENT" ? "there is no such file" : undefined;
    throw new CommandFailed(exitCodes.usage, "unreadable", `${file}: ${why ?? (error as Error).message}`);
  }
  return {
    bytes: (await handle.stat()).size,
    async *pieces() {
      for (;;) {
        const { bytesRead, buffer } = await handle.read(Buffer.alloc(bytesAPiece));
        if (bytesRead === 0) return;
        yield buffer.subarray(0, bytesRead);
      }
    },
    close: () => handle.close(),
  };
}

function* cut(bytes: Buffer): Generator<Buffer> {
  for (let at = 0; at < bytes.length; at += bytesAPiece) yield bytes.subarray(at, at + bytesAPiece);
}

async function takeList(
  context: Context,
  connection: Connection,
  name: string,
  source: Source,
  stopping: AbortSignal,
  { dryRun, note }: { readonly dryRun: true | undefined; readonly note: string | undefined },
): Promise<Omit<Summary, "refused">> {
  const draw = (told: ToldImport): void => progress(context.terminal, `${name}: ${progressText(told)}`);
  const ask = (operation: string, params: object = {}) =>
    performed<ToldImport>(
      connection.perform(`people.import.${operation}`, { ...(job ? { import: job } : {}), ...params }),
    );
  let job: string | undefined;
  try {
    job = (
      await ask("begin", {
        name: nameOf(name),
        bytes: source.bytes,
        ...(note === undefined ? {} : { note }),
      })
    ).import;
    let offset = 0;
    for await (const piece of source.pieces()) {
      stopping.throwIfAborted();
      draw(await ask("content", { offset, data: piece.toString("base64") }));
      offset += piece.length;
    }
    const checked = await until(ask, await ask("check"), "checked", draw, stopping);
    const { summary } = checked;
    if (!summary) throw new Error("a checked list has no summary");
    if (summary.refused > 0) throw faulty(name, checked);
    if (dryRun) await ask("cancel");
    else await until(ask, await ask("apply"), "done", draw, stopping);
    job = undefined;
    const { refused: _, ...sum } = pick(summary);
    return sum;
  } finally {
    progress(context.terminal, "");
    // Whatever stopped it: what is not applied will not be. One that has failed is over already.
    if (job !== undefined) await ask("cancel").catch(() => {});
  }
}

/** Asks again and again until the list is in this state; throws where it never will be. */
async function until(
  ask: (operation: string) => Promise<ToldImport>,
  first: ToldImport,
  state: ToldImport["state"],
  draw: (told: ToldImport) => void,
  stopping: AbortSignal,
): Promise<ToldImport> {
  for (let told = first; ; told = await ask("get")) {
    draw(told);
    if (told.state === state) return told;
    if (told.state === "failed" || told.state === "cancelled") {
      throw new CommandFailed(exitCodes.refused, told.state, told.message ?? `the import was ${told.state}`);
    }
    if (stopping.aborted) {
      const { message } = await ask("cancel");
      throw new CommandFailed(exitCodes.refused, "cancelled", message ?? "cancelled; nothing was changed");
    }
    await sleep(lookAgainAfterMs);
  }
}

function faulty(name: string, { refused, faults }: ToldImport): CommandFailed {
  const more = refused > faults.length ? `; the first ${faults.length} are shown` : "";
  return new CommandFailed(
    exitCodes.usage,
    "invalid",
    `${name}: ${refused} line${refused === 1 ? " has a fault" : "s have faults"}, so nothing was taken${more}`,
    faults.map(({ line, column, message }) => ({ path: column, message, file: name, line })),
  );
}

function progressText({ step, done, of, leftMs, refused }: ToldImport): string {
  const share = of > 0 ? ` ${Math.floor((100 * done) / of)} %` : "";
  const left = leftMs === null ? "" : `, ${Math.ceil(leftMs / 1000)} s left`;
  const wrong = refused > 0 ? `, ${refused} refused` : "";
  return `${step ?? ""}${share}${left}${wrong}`;
}

/** What the list is called in the log: without the folders. */
function nameOf(file: string): string {
  return (file.split(/[\\/]/).at(-1) ?? file).replace(/\p{Cc}/gu, "?").slice(-200) || "list";
}

function pick({ people, added, changed, unchanged, credentials, refused }: Summary): Summary {
  return { people, added, changed, unchanged, credentials, refused };
}
