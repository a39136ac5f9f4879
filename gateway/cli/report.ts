/** Turns whatever ended a command into what is said on stderr and an exit code. */
import { type Command, CommanderError } from "commander";
import { CommandFailed, exitCodes, faultLine } from "./failure.js";
import { printable, type Terminal } from "./terminal.js";

/** Errors of the rooms below, known by name so that the rooms need not be loaded to tell. */
function fromTheHouse(error: Error): CommandFailed | undefined {
  switch (error.name) {
    case "DataFolderInUse":
      return new CommandFailed(exitCodes.unreachable, "in-use", error.message);
    default:
      return undefined;
  }
}

const systemMessages: Readonly<Record<string, string>> = {
  EADDRINUSE: "the address is in use by another program",
  EADDRNOTAVAIL: "this machine has no such address",
  EACCES: "no permission",
  EPERM: "no permission",
  EROFS: "the file system is read-only",
  ENOSPC: "the disk is full",
  ENOTDIR: "is not a folder",
};

function fromTheSystem(
  error: NodeJS.ErrnoException & { address?: string; port?: number },
): CommandFailed | undefined {
  const words = error.code === undefined ? undefined : systemMessages[error.code];
  if (words === undefined) return undefined;
  const what = error.port === undefined ? error.path : `${error.address ?? ""}:${error.port}`;
  return new CommandFailed(
    exitCodes.unreachable,
    error.code ?? "system",
    what === undefined ? `${words} (${error.message})` : `${what}: ${words}`,
  );
}

function asFailure(error: unknown): CommandFailed {
  if (error instanceof CommandFailed) return error;
  if (error instanceof CommanderError) {
    return new CommandFailed(exitCodes.usage, "usage", error.message.replace(/^error: /, ""));
  }
  if (error instanceof Error) {
    const known = fromTheHouse(error) ?? fromTheSystem(error);
    if (known) return known;
  }
  return new CommandFailed(
    exitCodes.internal,
    "internal",
    error instanceof Error ? error.message : String(error),
  );
}

/** Help and version end a command too, well. */
function endedWell(error: unknown): boolean {
  return error instanceof CommanderError && error.exitCode === 0;
}

/** The command that the arguments got to, for "see … --help". */
function commandAt(program: Command, argv: readonly string[]): string {
  let at = program;
  const path = [program.name()];
  for (const word of argv) {
    const next = at.commands.find((command) => command.name() === word || command.aliases().includes(word));
    if (!next) continue;
    at = next;
    path.push(next.name());
  }
  return path.join(" ");
}

export function report(
  error: unknown,
  terminal: Terminal,
  program: Command,
  argv: readonly string[],
): number {
  if (endedWell(error)) return exitCodes.ok;
  const failure = asFailure(error);
  if (argv.includes("--json")) {
    const { code, message, faults } = failure;
    terminal.err(`${JSON.stringify({ error: { code, message, faults } })}\n`);
    return failure.exitCode;
  }
  // commander shows the help itself when a group is named without a command.
  if (error instanceof CommanderError && error.code === "commander.help") return failure.exitCode;
  terminal.err(`gatewarden: ${printable(failure.message)}\n`);
  for (const fault of failure.faults) terminal.err(`  ${printable(faultLine(fault))}\n`);
  if (error instanceof CommanderError) terminal.err(`See: ${commandAt(program, argv)} --help\n`);
  if (failure.exitCode === exitCodes.internal && error instanceof Error && process.env.GATEWARDEN_DEBUG) {
    terminal.err(`${error.stack ?? ""}\n`);
  }
  return failure.exitCode;
}
