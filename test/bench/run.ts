/**
 * The bench: the gateway beside a bare broker that decides and keeps nothing, in the same run and in turns.
 *
 *   npm run bench [-- --quick] [-- --json FILE] [-- --only doors,core,start,cards,journal]
 *
 * The machine should be idle: load, gateway and disk share its cores. Everything listens on loopback and ends by itself.
 */
import { spawn } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { availableParallelism, cpus, loadavg, platform, release } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import type { Climbed } from "./climb.js";
import { type Revivable, startAll } from "./contenders.js";
import { coreAlone } from "./core-alone.js";
import { type CeilingRun, type DoorRun, type Results, reportOf } from "./report.js";
import type { RoundFigures } from "./round.js";
import { startAndIdle } from "./start-and-idle.js";

const { values } = parseArgs({
  options: {
    quick: { type: "boolean", default: false },
    json: { type: "string" },
    only: { type: "string", default: "doors,core,start,cards,journal" },
  },
});
const here = import.meta.dirname;
const wanted = new Set(values.only.split(","));
const plan = values.quick
  ? {
      rounds: 1,
      seconds: 1.5,
      climbs: 1,
      climbSeconds: 1,
      close: 1.3,
      tries: 1,
      climbFrom: 2_000,
      people: 20_000,
    }
  : {
      rounds: 5,
      seconds: 5,
      climbs: 3,
      climbSeconds: 2.5,
      close: 1.08,
      tries: 2,
      climbFrom: 1_000,
      people: 200_000,
    };
const doors = 32;
const rates = [50, 200, 1_000];

const startedAt = performance.now();
const loadBefore = loadavg()[0] ?? Number.NaN;
const results: { -readonly [K in keyof Results]: Results[K] } = {
  conditions: {
    at: new Date().toISOString(),
    machine: `${cpus()[0]?.model ?? "unknown"}, ${availableParallelism()} cores, ${platform()} ${release()}`,
    node: process.version,
    loadBefore,
    doors,
    rounds: plan.rounds,
    seconds: plan.seconds,
    quick: values.quick,
  },
};
if (wanted.has("doors")) await atTheDoors();
if (wanted.has("core")) results.core = told("the core alone", coreAlone(values.quick ? 20_000 : 200_000));
if (wanted.has("start")) results.start = told("start and idle", await startAndIdle(values.quick ? 1 : 3));
if (wanted.has("cards")) results.cards = await lastLine("card-index.ts", String(plan.people));
if (wanted.has("journal") && !values.quick) results.journal = await allLines("journal-rate.ts");

process.stdout.write(reportOf(results));
process.stdout.write(
  `\nTook ${Math.round((performance.now() - startedAt) / 1000)} s; load average before ${loadBefore.toFixed(2)}, now ${(loadavg()[0] ?? 0).toFixed(2)} (the bench's own work is in the latter).\n`,
);
keep();

/** What there is by now, so that a run that is cut short has measured something. */
function keep(): void {
  if (values.json !== undefined) writeFileSync(values.json, `${JSON.stringify(results, undefined, 2)}\n`);
}

// -------------------------------------------------------------------------------------------------------- at the doors

async function atTheDoors(): Promise<void> {
  const { contenders, gatewayPid, stop } = await startAll(doors);
  const runs: DoorRun[] = [];
  const ceilings: CeilingRun[] = [];
  results.doors = runs;
  try {
    for (let run = 1; run <= plan.rounds; run++) {
      for (const contender of inTurn(contenders, run)) {
        const settings = ["--rates", rates.join(","), "--seconds", String(plan.seconds)];
        const lines = await load(contender, settings);
        const { name } = contender.now;
        if (!lines) continue;
        const commits = await contender.now.commits?.();
        runs.push({ run, name, rounds: lines as RoundFigures[], ...(commits ? { commits } : {}) });
        told(`run ${run} of ${plan.rounds}: ${name}`, undefined);
        keep();
      }
    }
    results.ceilings = ceilings;
    for (let run = 1; run <= plan.climbs; run++) {
      for (const contender of inTurn(contenders, run)) {
        const settings = [
          ...["--climb", String(plan.climbFrom), "--climb-seconds", String(plan.climbSeconds)],
          ...["--climb-close", String(plan.close), "--climb-tries", String(plan.tries)],
        ];
        const [climbed] = ((await load(contender, settings)) ?? []) as Climbed[];
        if (!climbed) continue;
        const { name } = contender.now;
        const commits = await contender.now.commits?.();
        ceilings.push({ run, name, climbed, ...(commits ? { commits } : {}) });
        told(
          `most sustained, run ${run} of ${plan.climbs}: ${name} ${climbed.most}/s${climbed.died ? " until it died" : ""}`,
          undefined,
        );
        keep();
      }
    }
    told(`the gateway's memory after that: ${rssMb(gatewayPid)} MB`, undefined);
  } finally {
    await stop();
  }
}

/** Another one first in each run, so that none has the machine at its best or its worst each time. */
function inTurn<T>(items: readonly T[], run: number): T[] {
  const from = (run - 1) % items.length;
  return [...items.slice(from), ...items.slice(0, from)];
}

/**
 * What the load process told. A contender that died under it is started anew and loaded once more; what is told of one that died
 * again is taken as it is. undefined: it told nothing.
 */
async function load(contender: Revivable, settings: readonly string[]): Promise<unknown[] | undefined> {
  let lines: unknown[] | undefined;
  for (let left = 2; left > 0; left--) {
    const { name, host, port, credentialsFile, alive } = contender.now;
    try {
      lines = await linesOf("load.ts", [
        ...["--host", host, "--port", String(port), "--credentials", credentialsFile],
        ...["--doors", String(doors), "--warmup", values.quick ? "0.5" : "1", "--json"],
        ...settings,
      ]);
      if (alive()) return lines;
    } catch (error) {
      if (alive()) throw error;
    }
    told(`${name} died under the load, and is started anew`, undefined);
    await contender.revive();
  }
  return lines;
}

// ----------------------------------------------------------------------------------------------------------- processes

/** Runs a script of this folder to its end and reads each line it prints as JSON. */
function linesOf(script: string, args: readonly string[]): Promise<unknown[]> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, ["--expose-gc", "--import", "tsx", join(here, script), ...args], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    const out: Buffer[] = [];
    child.stdout.on("data", (chunk: Buffer) => out.push(chunk));
    child.once("error", reject);
    child.once("close", (code) => {
      if (code !== 0) reject(new Error(`${script} ${args.join(" ")} ended with ${code}`));
      else
        resolve(
          Buffer.concat(out)
            .toString()
            .split("\n")
            .filter((line) => line.startsWith("{"))
            .map((line) => JSON.parse(line) as unknown),
        );
    });
  });
}

async function lastLine(script: string, ...args: string[]): Promise<Record<string, unknown>> {
  return told(script, ((await linesOf(script, args)).at(-1) ?? {}) as Record<string, unknown>);
}

async function allLines(script: string): Promise<Record<string, unknown>[]> {
  return told(script, (await linesOf(script, [])) as Record<string, unknown>[]);
}

/** Progress, for whoever waits. */
function told<T>(what: string, result: T): T {
  const seconds = Math.round((performance.now() - startedAt) / 1000);
  process.stderr.write(`${String(seconds).padStart(4)} s  ${what}\n`);
  return result;
}

/** Resident memory of a process, on Linux. */
function rssMb(pid: number): number {
  try {
    const kb = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1];
    return Math.round(Number(kb) / 1024);
  } catch {
    return Number.NaN;
  }
}
