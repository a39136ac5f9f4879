import { spawn } from "node:child_process";
import { join } from "node:path";
import { afterEach, expect, test, vi } from "vitest";
import { faultBuilding } from "../faults/building.js";
import { GatewayProcess } from "../faults/gateway-process.js";
import { type BenchBuilding, benchBuilding } from "./building.js";
import { climb, TargetGone } from "./climb.js";
import { type Contender, Revivable, startBareAedes, startGateway } from "./contenders.js";
import { Fleet } from "./fleet.js";
import { type RoundFigures, round } from "./round.js";

// Several processes start for each test.
vi.setConfig({ testTimeout: 120_000 });

const doors = 4;
const ends: (() => unknown)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end();
});

async function building(): Promise<BenchBuilding> {
  const made = await benchBuilding(doors);
  ends.push(() => made.remove());
  return made;
}

async function fleetAt(contender: Contender, of: BenchBuilding): Promise<Fleet> {
  ends.push(() => contender.stop());
  const fleet = await Fleet.connect(contender, of.credentials, doors);
  ends.push(() => fleet.disconnect());
  return fleet;
}

test("every scan of the load is accounted for: the lock, the reader and the subscriber are told of it", async () => {
  const house = await building();
  const gateway = await startGateway(house);
  ends.push(() => gateway.stop());
  const [figures] = await loadProcess(gateway);
  expect(figures).toMatchObject({
    scans: 100,
    missing: { unlocks: 0, results: 0, events: 0 },
    refused: 0,
    gone: [],
  });
  const { unlockMs, resultMs, eventMs } = figures as RoundFigures;
  for (const { p50 } of [unlockMs, resultMs, eventMs]) expect(p50).toBeGreaterThan(0);
  // Nobody is told before it is on disk, and that takes its time.
  const commits = await gateway.commits?.();
  expect(commits?.p99Ms).toBeGreaterThan(0);
});

test("a responder that stands still is seen in the latency of every card that came meanwhile", async () => {
  const house = await building();
  const aedes = await startBareAedes(house, ["--stall-after", "500", "--stall-for", "1300"]);
  const fleet = await fleetAt(aedes, house);
  const { unlockMs, missing, scans, repeats, sustained } = await round(fleet, {
    perSecond: 50,
    seconds: 2,
    warmupSeconds: 0,
  });
  expect(missing).toEqual({ unlocks: 0, results: 0, events: 0 });
  expect(scans).toBe(100);
  // 65 of 100 cards fell into the 1,300 ms; who waits for an answer before the next card would have seen one of them.
  expect(unlockMs.p99).toBeGreaterThan(1_100);
  // Who has no answer after a second asks again.
  expect(repeats).toBeGreaterThan(0);
  expect(sustained).toBe(false);
});

test("a load that itself stands still counts from when its cards were due", async () => {
  const house = await building();
  const fleet = await fleetAt(await startBareAedes(house), house);
  const stalling = setTimeout(() => {
    const until = performance.now() + 600;
    while (performance.now() < until);
  }, 700);
  ends.push(() => clearTimeout(stalling));
  const { unlockMs, sentLateMs } = await round(fleet, { perSecond: 50, seconds: 2, warmupSeconds: 0 });
  expect(unlockMs.p99).toBeGreaterThan(450);
  expect(sentLateMs.p99).toBeGreaterThan(450);
});

test("a card that is refused has its answer, and its unlock is missing", async () => {
  const house = await faultBuilding(1);
  ends.push(() => house.remove());
  const gateway = await GatewayProcess.start(house.dataDir);
  ends.push(() => gateway.stop());
  const at = gateway.ready.mqtt[0];
  const [device] = house.devices;
  if (!at || !device) throw new Error("the building has no door, or the gateway no address");
  // A stranger's card is answered, and opens nothing.
  const stranger = { id: device.id, key: device.key, uids: ["04ffffffffffff"] };
  const fleet = await Fleet.connect(at, { site: "hq", devices: [stranger] }, 1);
  ends.push(() => fleet.disconnect());
  const figures = await round(fleet, { perSecond: 10, seconds: 0.5, warmupSeconds: 0 });
  expect(figures).toMatchObject({
    missing: { unlocks: 5, results: 0, events: 0 },
    refused: 5,
    sustained: false,
  });
});

test("one that dies on the way up keeps what it sustained, and is started anew", async () => {
  const climbed = await climb({ from: 500, closeEnough: 1.05, tries: 1 }, async (perSecond) => {
    if (perSecond > 1_000) throw new TargetGone("refused");
    return { perSecond, sustained: true, sentLateMs: { p50: 0 } } as RoundFigures;
  });
  expect(climbed).toMatchObject({ most: 750, died: true });

  const house = await building();
  const aedes = await Revivable.of(() => startBareAedes(house));
  ends.push(() => aedes.now.stop());
  await aedes.now.stop();
  expect(aedes.now.alive()).toBe(false);
  await aedes.revive();
  expect(aedes.now.alive()).toBe(true);
  expect(aedes.deaths).toBe(1);
});

test("the most that is sustained lies between the highest rate that was and the lowest that was not", async () => {
  const figures = (perSecond: number): RoundFigures =>
    ({ perSecond, sustained: perSecond <= 3_333, sentLateMs: { p50: 0 } }) as RoundFigures;
  const asked: number[] = [];
  const { most, failedAt, steps } = await climb(
    { from: 500, closeEnough: 1.05, tries: 2 },
    async (perSecond) => {
      asked.push(perSecond);
      return figures(perSecond);
    },
  );
  expect(most).toBeLessThanOrEqual(3_333);
  expect(failedAt).toBeGreaterThan(3_333);
  expect((failedAt ?? 0) / most).toBeLessThanOrEqual(1.05);
  expect(steps).toHaveLength(asked.length);
});

/** The load as one runs it by hand. */
function loadProcess({ host, port, credentialsFile }: Contender): Promise<RoundFigures[]> {
  const args = [
    ...["--host", host, "--port", String(port), "--credentials", credentialsFile],
    ...["--doors", String(doors), "--rates", "50", "--seconds", "2", "--warmup", "0", "--json"],
  ];
  const child = spawn(process.execPath, ["--import", "tsx", join(import.meta.dirname, "load.ts"), ...args], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const out: Buffer[] = [];
  child.stdout.on("data", (chunk: Buffer) => out.push(chunk));
  return new Promise((resolve, reject) =>
    child.once("close", (code) =>
      code === 0
        ? resolve(
            Buffer.concat(out)
              .toString()
              .trim()
              .split("\n")
              .map((line) => JSON.parse(line)),
          )
        : reject(new Error(`the load ended with ${code}`)),
    ),
  );
}
