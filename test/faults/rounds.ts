import { expect } from "vitest";
import type { SiteEvent } from "../../gateway/core/events.js";
import { openStore } from "../../gateway/store/store.js";
import { verifyJournal } from "../../gateway/store/verify.js";
import type { FaultBuilding } from "./building.js";
import { GatewayProcess } from "./gateway-process.js";
import { ScanLoad } from "./scan-load.js";

export const scansPerSecond = 300;
/** From the start of the process to the first decision (promise of the main job). */
const backWithinMs = 5_000;

/** What one round does to the process: how it is started, and what is left of its folder after the kill. */
export interface Accident {
  prepare(): NodeJS.ProcessEnv;
  aftermath(): void;
}

/** Starts the gateway, scans at full rate, kills it at a random instant; again and again on the same folder. */
export async function killAgainAndAgain(
  building: FaultBuilding,
  rounds: number,
  accident: Accident,
): Promise<void> {
  const random = deterministic(20261124);
  const load = new ScanLoad(building.devices);
  const backMs: number[] = [];
  for (let round = 1; round <= rounds; round++) {
    const startedAt = performance.now();
    const gateway = await GatewayProcess.start(building.dataDir, { env: accident.prepare() });
    try {
      await Promise.all(building.devices.map((device) => device.connect(gateway.mqttUrl)));
      const heard = load.heard;
      load.start(scansPerSecond);
      await until(() => load.heard > heard, backWithinMs).catch((error: Error) => {
        throw new Error(`round ${round}: no decision ${error.message}; the gateway says: ${gateway.stderr}`);
      });
      backMs.push(performance.now() - startedAt);
      await pause(200 + random() * 800);
    } finally {
      await gateway.kill();
      load.stop();
      await pause(50);
      await load.disconnect();
    }
    accident.aftermath();
  }
  // Each round had its limit after the connections stood; this is from the very start of the process, in the median.
  backMs.sort((a, b) => a - b);
  const median = backMs[Math.floor(backMs.length / 2)] ?? Number.POSITIVE_INFINITY;
  expect(median, "decisions are back after the start, ms").toBeLessThan(backWithinMs);
}

/** Every result that somebody holds is in the log, once, as it was told; the numbers have no gap and the chain verifies. */
export async function expectNothingLost(building: FaultBuilding, atLeast: number): Promise<void> {
  const results = new ScanLoad(building.devices).results();
  // A slow machine answers late now and then, but this must not become a test of late answers.
  expect(results.size).toBeGreaterThan(atLeast);
  const verified = await verifyJournal(building.dataDir);
  expect(verified.firstBreak).toBeUndefined();
  const answers = await answersInLog(building.dataDir);
  const missing = [...results].filter(([scan]) => !answers.has(scan));
  expect(missing, "results that nobody wrote down").toEqual([]);
  const wrong = [...results].filter(([scan, outcome]) => answers.get(scan)?.join() !== outcome);
  expect(wrong, "results that the log has twice or otherwise").toEqual([]);
}

/** By scan, each decision in the log: there must be one, and it must be the one that was told. */
async function answersInLog(dataDir: string): Promise<Map<string, string[]>> {
  const store = await openStore(dataDir);
  try {
    const answers = new Map<string, string[]>();
    let after = 0;
    for (;;) {
      const events: SiteEvent[] = await store.journal.readAfter(after, 1000);
      if (events.length === 0) return answers;
      for (const event of events) {
        expect(event.seq, "no gap").toBe(after + 1);
        after = event.seq;
        if (event.scan === undefined) continue;
        const outcome = outcomeOf(event.type);
        if (outcome) answers.set(event.scan, [...(answers.get(event.scan) ?? []), outcome]);
      }
    }
  } finally {
    await store.close();
  }
}

function outcomeOf(type: string): "granted" | "denied" | undefined {
  if (type === "access.granted") return "granted";
  return type === "access.denied" || type === "access.ignored" ? "denied" : undefined;
}

export async function until(holds: () => boolean, withinMs: number): Promise<void> {
  const giveUpAt = performance.now() + withinMs;
  while (!holds()) {
    if (performance.now() > giveUpAt) throw new Error(`not so within ${withinMs} ms`);
    await pause(10);
  }
}

export function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

/** Mulberry32: the same instants of killing every time, as far as the machine lets them be. */
function deterministic(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}
