/**
 * `npm test` begins here: as root on Debian it installs the programs that some tests talk to, if any is missing. Otherwise it
 * says with which command they can be had and what goes untested without them. It never asks for more rights than it has.
 */
import { spawnSync } from "node:child_process";
import { existsSync, rmSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { missing, onPath } from "./catalogue.mjs";

const policyFile = "/usr/sbin/policy-rc.d";
const lockOption = "DPkg::Lock::Timeout=120";
const lastLines = 15;

/** @param {readonly string[]} packages */
export function installCommand(packages) {
  return `apt-get update && apt-get install -y --no-install-recommends -o ${lockOption} ${packages.join(" ")}`;
}

/** @param {readonly string[]} args */
function aptGet(args) {
  return spawnSync("apt-get", args, {
    env: { ...process.env, DEBIAN_FRONTEND: "noninteractive" },
    stdio: ["ignore", "pipe", "pipe"],
    encoding: "utf8",
  });
}

/**
 * Runs `work` while Debian may start no service: its mosquitto would take port 1883 as soon as it is unpacked. A policy that
 * somebody else has set stays as it is.
 * @template T
 * @param {() => T} work
 * @param {string} file
 */
export function withoutServices(work, file = policyFile) {
  if (existsSync(file)) return work();
  // 101: action forbidden by policy (invoke-rc.d(8)).
  writeFileSync(file, "#!/bin/sh\nexit 101\n", { mode: 0o755 });
  try {
    return work();
  } finally {
    rmSync(file, { force: true });
  }
}

/**
 * What the step does, with its surroundings given; returns the exit code.
 * @param {{
 *   look: () => { packages: string[], untested: string[] },
 *   mayInstall: boolean,
 *   required: boolean,
 *   apt: (args: string[]) => { status: number | null, stdout: string | null, stderr: string | null },
 *   withoutServices: <T>(work: () => T) => T,
 *   say: (line: string) => void,
 * }} surroundings
 */
export function install({ look, mayInstall, required, apt, withoutServices: quietly, say }) {
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

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  process.exitCode = install({
    look: missing,
    mayInstall: process.getuid?.() === 0 && onPath("apt-get") !== undefined,
    required: process.env.REQUIRE_PEERS === "1",
    apt: aptGet,
    withoutServices,
    say: (line) => process.stdout.write(`${line}\n`),
  });
}
