import type { Fault, Refusal } from "../ports.js";

/** What a process that runs `gatewarden` can tell from its exit code; the manual lists the same. */
export const exitCodes = {
  ok: 0,
  /** A fault of Gatewarden itself. */
  internal: 1,
  /** The command line, a file or a value is wrong; nothing was done. */
  usage: 2,
  /** The gateway understood and did not do it: forbidden, not found, in conflict, refused by a rule. */
  refused: 3,
  /** No gateway and no data folder to talk to, one that cannot do it now, or the gateway could not start. */
  unreachable: 4,
  /** The journal does not verify. */
  unverified: 5,
  /** A gateway that ran has stopped in order, since its own supply is nearly used up. */
  powerDown: 6,
} as const;

export type ExitCode = (typeof exitCodes)[keyof typeof exitCodes];

/** One thing wrong with a file, and where in it: lines and columns start at 1. */
export interface PlacedFault extends Fault {
  readonly file?: string;
  readonly line?: number;
  readonly column?: number;
}

/** Ends a command: what is said on stderr, and the exit code. */
export class CommandFailed extends Error {
  readonly code: string;
  readonly exitCode: ExitCode;
  readonly faults: readonly PlacedFault[];

  constructor(exitCode: ExitCode, code: string, message: string, faults: readonly PlacedFault[] = []) {
    super(message);
    this.name = "CommandFailed";
    this.code = code;
    this.exitCode = exitCode;
    this.faults = faults;
  }
}

/** Codes of the operations, and of the server in front of them. */
const exitCodeOfRefusal: Readonly<Partial<Record<string, ExitCode>>> = {
  invalid: exitCodes.usage,
  "too-large": exitCodes.usage,
  unavailable: exitCodes.unreachable,
  // A running gateway of another version.
  "unknown-operation": exitCodes.unreachable,
  broken: exitCodes.internal,
};

export function refused(refusal: Refusal): CommandFailed {
  const exitCode = exitCodeOfRefusal[refusal.code] ?? exitCodes.refused;
  return new CommandFailed(exitCode, refusal.code, refusal.message, refusal.faults ?? []);
}

/** `site.yaml:12:5 doors[2].lock.point: no such device` */
export function faultLine(fault: PlacedFault): string {
  const place = [fault.file, fault.line, fault.column].filter((part) => part !== undefined).join(":");
  const where = [place, fault.path].filter((part) => part !== "").join(" ");
  return where === "" ? fault.message : `${where}: ${fault.message}`;
}
