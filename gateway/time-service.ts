/** Who answers for this computer's clock. A Raspberry Pi has no battery clock: after power came back it may wake in the past. */
import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import type { ClockTrust, ClockWord } from "./ports.js";

/** A question to the system that takes longer than this is no answer, in milliseconds. */
const answerWithinMs = 1_500;
/** systemd-timesyncd touches it each time it has set or confirmed the clock (systemd-timesyncd.service(8), "FILES"). */
const timesyncdFile = "/run/systemd/timesync/synchronized";

export interface TimeServiceParts {
  /** What a program prints; undefined: it is not there, failed, or took too long. */
  readonly run: (program: string, args: readonly string[]) => Promise<string | undefined>;
  readonly exists: (file: string) => boolean;
}

/**
 * The time service of a Linux computer: the kernel's own flag as `timedatectl` shows it (adjtimex(2), STA_UNSYNC), whatever
 * service sets it; else chrony's word; else the file that systemd-timesyncd touches. A clock set by hand clears the flag.
 */
export function timeService(parts: Partial<TimeServiceParts> = {}): ClockTrust {
  const { run = printed, exists = existsSync } = parts;
  const look = async (): Promise<ClockWord> => {
    const kernel = (await run("timedatectl", ["show", "--property=NTPSynchronized", "--value"]))?.trim();
    if (kernel === "yes" || kernel === "no") return kernel === "yes" ? "ntp" : "nobody";
    // CSV; the last field is the leap status: Normal, Insert second, Delete second or Not synchronised (chronyc(1), tracking).
    const chrony = (await run("chronyc", ["-c", "tracking"]))?.trim().split(",").at(-1);
    if (chrony) return chrony === "Not synchronised" ? "nobody" : "ntp";
    return exists(timesyncdFile) ? "ntp" : "nobody";
  };
  return { look: () => look().catch(() => "nobody") };
}

/** A container, a virtual machine, a demo: whoever runs the host keeps its clock right. */
export const hostClock: ClockTrust = { look: async () => "host" };

function printed(program: string, args: readonly string[]): Promise<string | undefined> {
  return new Promise((resolve) => {
    const options = { timeout: answerWithinMs, killSignal: "SIGKILL", maxBuffer: 64_000 } as const;
    execFile(program, args, options, (error, stdout) => resolve(error ? undefined : stdout));
  });
}
