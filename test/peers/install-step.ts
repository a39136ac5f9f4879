/**
 * The step before the tests: as root on Debian it installs the programs that some tests talk to, if any is missing. Otherwise it
 * says with which command they can be had and what goes untested without them. It never asks for more rights than it has.
 */
import { spawnSync } from "node:child_process";
import { existsSync, rmSync, writeFileSync } from "node:fs";
import { type Missing, missing, onPath } from "./catalogue.js";

const policyFile = "/usr/sbin/policy-rc.d";
const lockOption = "DPkg::Lock::Timeout=120";
const lastLines = 15;

export interface Surroundings {
  readonly look: () => Missing;
  /** Is root, and there is an apt-get. */
  readonly mayInstall: boolean;
  /** A peer that is missing is a failure. */
  readonly required: boolean;
  readonly apt: (args: readonly string[]) => AptRun;
  readonly withoutServices: <T>(work: () => T) => T;
  readonly say: (line: string) => void;
}

interface AptRun {
  /** null: it did not start, or was killed. */
  readonly status: number | null;
  readonly stdout: string | null;
  readonly stderr: string | null;
}

function installCommand(packages: readonly string[]): string {
  return `apt-get update && apt-get install -y --no-install-recommends -o ${lockOption} ${packages.join(" ")}`;
}

function aptGet(args: readonly string[]): AptRun {
  return spawnSync("apt-get", args, {
    env: { ...process.env, DEBIAN_FRONTEND: "noninteractive" },
    stdio: ["ignore", "pipe", "pipe"],
    encoding: "utf8",
  });
}

/**
 * Runs `work` while Debian may start no service: its mosquitto would take port 1883 as soon as it is unpacked. A policy that
 * somebody else has set stays as it is.
 */
export function withoutServices<T>(work: () => T, file = policyFile): T {
  if (existsSync(file)) return work();
  // 101: action forbidden by policy (invoke-rc.d(8)).
  writeFileSync(file, "#!/bin/sh\nexit 101\n", { mode: 0o755 });
  try {
    return work();
  } finally {
    rmSync(file, { force: true });
  }
}

/** What the step does in these surroundings; returns the exit code. */
export function install(surroundings: Surroundings): number {
  const { look, mayInstall, required, apt, withoutServices: quietly, say } = surroundings;
  const before = look();
  if (before.untested.length === 0) return 0;
  if (mayInstall && before.packages.length > 0) {
    say(`Installing what some tests talk to: ${before.packages.join(" ")}`);
    const args = ["install", "-y", "--no-install-recommends", "-o", lockOption, ...before.packages];
    const done = quietly(() => {
      // A list that cannot be fetched is not yet a failure: the packages may be known already.
      apt(["update", "-o", lockOption]);
      return apt(args);
    });
    if (done.status !== 0) {
      say(`apt-get ${args.join(" ")}: failed (${done.status ?? "not started"})`);
      const told = `${done.stdout ?? ""}${done.stderr ?? ""}`.trim().split("\n");
      for (const line of told.slice(-lastLines)) if (line !== "") say(`  ${line}`);
    }
  }
  const after = look();
  if (after.untested.length === 0) return 0;
  if (after.packages.length > 0) say(`To have every test run, as root: ${installCommand(after.packages)}`);
  say(`Skipped without: ${after.untested.join("; ")}`);
  // Who could not install is told by the tests that need it; who could and failed is told here.
  return mayInstall && required ? 1 : 0;
}

export function installHere(): number {
  return install({
    look: missing,
    mayInstall: process.getuid?.() === 0 && onPath("apt-get") !== undefined,
    required: process.env.REQUIRE_PEERS === "1",
    apt: aptGet,
    withoutServices,
    say: (line) => process.stdout.write(`${line}\n`),
  });
}
