import { join, resolve } from "node:path";
import type { Command } from "commander";
import type { Performed } from "../ports.js";
import type { Connect, Connection, ConnectOptions } from "./connection.js";
import { refused } from "./failure.js";
import { printable, type Terminal } from "./terminal.js";

/** What every command is given. */
export interface Context {
  readonly terminal: Terminal;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly connect: Connect;
  /**
   * For commands that last: from now on the first SIGINT or SIGTERM aborts the signal, and only the second ends the process.
   */
  stopping(): AbortSignal;
}

interface GlobalOptions {
  readonly json?: boolean;
  readonly data?: string;
}

export function wantsJson(command: Command): boolean {
  return command.optsWithGlobals<GlobalOptions>().json === true;
}

/** The folder that was named on the command line, or undefined. */
export function namedDataDir(command: Command): string | undefined {
  return command.optsWithGlobals<GlobalOptions>().data;
}

export function dataDirOf(context: Context, command: Command): string {
  return resolve(namedDataDir(command) ?? (context.env.GATEWARDEN_DATA || join(".", "data")));
}

/** One JSON value on a line of stdout with --json, else what a person reads. */
export function show<T>(context: Context, command: Command, result: T, human: (result: T) => string): void {
  context.terminal.out(wantsJson(command) ? `${JSON.stringify(result)}\n` : human(result));
}

/** Something for the person at the terminal, beside the result. */
export function tell(context: Context, text: string): void {
  context.terminal.err(`${printable(text)}\n`);
}

export function withConnection<T>(
  context: Context,
  command: Command,
  use: (connection: Connection) => Promise<T>,
  options: ConnectOptions = {},
): Promise<T> {
  return withConnectionTo(context, dataDirOf(context, command), use, options);
}

export async function withConnectionTo<T>(
  context: Context,
  dataDir: string,
  use: (connection: Connection) => Promise<T>,
  options: ConnectOptions = {},
): Promise<T> {
  const connection = await context.connect(dataDir, options);
  try {
    return await use(connection);
  } finally {
    await connection.close();
  }
}

/** The result of an operation; throws CommandFailed with the gateway's refusal. */
export async function performed<T>(answer: Promise<Performed> | Performed): Promise<T> {
  const settled = await answer;
  if (!settled.ok) throw refused(settled.refusal);
  return settled.result as T;
}

/** One operation on its own connection. */
export function operate<T>(
  context: Context,
  command: Command,
  name: string,
  params: unknown,
  options: ConnectOptions = {},
): Promise<T> {
  return withConnection(
    context,
    command,
    (connection) => performed<T>(connection.perform(name, params)),
    options,
  );
}

/** A command that only holds others. */
export function group(program: Command, name: string, description: string): Command {
  return program.command(name).description(description).helpCommand(false);
}
