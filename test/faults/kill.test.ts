import { afterEach, describe, expect, test } from "vitest";
import type { SiteEvent } from "../../gateway/core/events.js";
import { openStore } from "../../gateway/store/store.js";
import { verifyJournal } from "../../gateway/store/verify.js";
import { type FaultBuilding, faultBuilding } from "./building.js";
import { GatewayProcess } from "./gateway-process.js";
import { ScanLoad } from "./scan-load.js";

const rounds = process.env["LONG"] ? 50 : 10;
const scansPerSecond = 300;
const backWithinMs = 5_000;

let building: FaultBuilding | undefined;
let gateway: GatewayProcess | undefined;
afterEach(async () => {
  await gateway?.kill();
  building?.remove();
});

describe("a gateway that is killed", () => {
  test(`keeps every decision that somebody holds, over ${rounds} kills under ${scansPerSecond} scans/s`, {
    timeout: rounds * 20_000,
  }, async () => {
    building = await faultBuilding(16);
    const random = deterministic(20261124);
    let inHand = 0;
    for (let round = 1; round <= rounds; round++) {
      const startedAt = performance.now();
      gateway = await GatewayProcess.start(building.dataDir);
      const load = new ScanLoad(building.devices);
      await Promise.all(building.devices.map((device) => device.connect(gateway?.mqttUrl ?? "")));
      const held = load.results().size;
      load.start(scansPerSecond);
      await until(() => load.results().size > held, backWithinMs);
      expect(performance.now() - startedAt, "decisions are back").toBeLessThan(backWithinMs * 2);
      await pause(200 + random() * 800);
      await gateway.kill();
      load.stop();
      await pause(50);
      await load.disconnect();
      inHand = load.results().size;
    }
    // A slow machine answers late now and then, but this must not be a test of late answers.
    expect(inHand).toBeGreaterThan(rounds * 10);

    const verified = await verifyJournal(building.dataDir);
    expect(verified.firstBreak).toBeUndefined();
    const answers = await answersInLog(building.dataDir);
    const results = new ScanLoad(building.devices).results();
    const missing = [...results].filter(([scan]) => !answers.has(scan));
    expect(missing, "results that nobody wrote down").toEqual([]);
    const wrong = [...results].filter(([scan, outcome]) => answers.get(scan)?.join() !== outcome);
    expect(wrong, "results that the log has twice or otherwise").toEqual([]);
  });
});

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

async function until(holds: () => boolean, withinMs: number): Promise<void> {
  const giveUpAt = performance.now() + withinMs;
  while (!holds()) {
    if (performance.now() > giveUpAt) throw new Error(`not so within ${withinMs} ms`);
    await pause(10);
  }
}

function pause(ms: number): Promise<void> {
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
