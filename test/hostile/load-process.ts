/** The building's own work, in a process of its own: cards at all doors at a steady rate, timed from when each was due. */
import { goodCards } from "../faults/building.js";
import { pause } from "../faults/rounds.js";
import { ScanningDevice } from "../faults/scan-load.js";
import type { Credentials } from "./building.js";
import { serveHelper } from "./helper.js";

export type LoadTold =
  | { readonly do: "connect"; readonly url: string; readonly devices: readonly Credentials[] }
  | { readonly do: "scan"; readonly perSecond: number }
  | { readonly do: "begin" }
  | { readonly do: "end" }
  | { readonly do: "stop" };

/** One stretch of time: every scan that was due in it. */
export interface Stretch {
  readonly scans: number;
  /** No unlock within two seconds after the end, or no connection when it was due. */
  readonly missing: number;
  readonly p50: number;
  readonly p90: number;
  readonly p99: number;
  readonly max: number;
  /** Connections that the devices lost. */
  readonly losses: number;
}

const everyMs = 5;
const settleMs = 2_000;
const comesBackAfterMs = 300;

let devices: ScanningDevice[] = [];
let timer: NodeJS.Timeout | undefined;
let beganAt = 0;
let unsent: number[] = [];
let lossesBefore = 0;

const losses = (): number => devices.reduce((sum, device) => sum + device.losses, 0);

function scanAt(perSecond: number): void {
  const startedAt = performance.now();
  let sent = 0;
  timer = setInterval(() => {
    for (;;) {
      const dueAt = startedAt + (sent / perSecond) * 1000;
      if (dueAt > performance.now()) return;
      if (!devices[sent % devices.length]?.scan(dueAt)) unsent.push(dueAt);
      sent++;
    }
  }, everyMs);
}

const coming = new Set<ScanningDevice>();

function comeBack(url: string): void {
  for (const device of devices) {
    if (device.connected || coming.has(device)) continue;
    coming.add(device);
    device
      .connect(url)
      .catch(() => {})
      .finally(() => coming.delete(device));
  }
}

async function stretch(): Promise<Stretch> {
  const from = beganAt;
  const to = performance.now();
  const due = (at: number): boolean => at >= from && at < to;
  const open = (): number =>
    devices.reduce(
      (sum, { sentAt, unlocks }) =>
        sum + [...sentAt].filter(([scan, at]) => due(at) && !unlocks.has(scan)).length,
      0,
    );
  const giveUpAt = to + settleMs;
  while (open() > 0 && performance.now() < giveUpAt) await pause(20);
  const missing = open() + unsent.filter(due).length;
  const latencies = devices
    .flatMap(({ sentAt, unlocks }) => [...unlocks].filter(([scan]) => due(sentAt.get(scan) ?? -1)))
    .map(([, ms]) => ms)
    .sort((a, b) => a - b);
  const at = (share: number): number => latencies[Math.ceil(latencies.length * share) - 1] ?? Number.NaN;
  // What is done with is forgotten, so that a long battery does not slow this process down.
  for (const { sentAt, unlocks, results, latenciesMs } of devices) {
    for (const [scan, dueAt] of sentAt) {
      if (dueAt >= to) continue;
      sentAt.delete(scan);
      unlocks.delete(scan);
      results.delete(scan);
    }
    latenciesMs.length = 0;
  }
  unsent = unsent.filter((dueAt) => dueAt >= to);
  return {
    scans: latencies.length + missing,
    missing,
    p50: at(0.5),
    p90: at(0.9),
    p99: at(0.99),
    max: at(1),
    losses: losses() - lossesBefore,
  };
}

serveHelper<LoadTold>(async (told) => {
  switch (told.do) {
    case "connect": {
      devices = told.devices.map(({ id, key }) => new ScanningDevice(id, key, goodCards));
      await Promise.all(devices.map((device) => device.connect(told.url)));
      // Who lost its connection comes back, as a real device does; that it was lost is counted.
      setInterval(() => comeBack(told.url), comesBackAfterMs);
      return undefined;
    }
    case "scan":
      scanAt(told.perSecond);
      return undefined;
    case "begin":
      beganAt = performance.now();
      lossesBefore = losses();
      return undefined;
    case "end":
      return stretch();
    case "stop":
      clearInterval(timer);
      await Promise.all(devices.map((device) => device.disconnect()));
      return undefined;
  }
});
