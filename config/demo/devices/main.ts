/**
 * The demo building's devices, in a process of their own:
 *
 *     node main.js --url mqtt://127.0.0.1:1883 --accounts accounts.json --site site.yaml --people people.csv [--pace 60] [--seed 1] [--night]
 *
 * Ends with SIGTERM, SIGINT, or whoever started it.
 */
import { setMaxListeners } from "node:events";
import { fstatSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { parseArgs } from "node:util";
import { Building } from "./building.js";
import { Device } from "./device.js";
import { LatchFile } from "./latch.js";
import { Night } from "./night.js";
import { Story } from "./story.js";
import { Watch } from "./watch.js";
import { pointsOf, readAccounts, readCards, readSite } from "./wires.js";

/** Devices of the side door: it has none here, so that a person can play them with any MQTT client. */
const leftToPeople = ["side-reader", "side-lock"];
/** The account of whoever arms and disarms the house. */
const watchId = "night-watch";
/** Between two things that happen in a night: at 60 times real life four seconds, and never longer. */
const longestBeatMs = 4_000;

interface Options {
  readonly url: string;
  readonly accounts: string;
  readonly site: string;
  readonly people: string;
  readonly root: string;
  readonly latches: string;
  readonly pace: number;
  readonly seed: number;
  /** Its first hours are a night. */
  readonly night: boolean;
}

const usage =
  "usage: main.js --url MQTT-URL --accounts FILE --site FILE --people FILE [--pace N] [--seed N] [--night] [--root gw/v1] [--latches FOLDER]";

function options(args: readonly string[]): Options {
  const { values } = parseArgs({
    args: [...args],
    options: {
      url: { type: "string" },
      accounts: { type: "string" },
      site: { type: "string" },
      people: { type: "string" },
      root: { type: "string", default: "gw/v1" },
      latches: { type: "string" },
      pace: { type: "string", default: "60" },
      seed: { type: "string", default: "1" },
      night: { type: "boolean", default: false },
    },
  });
  const { url, accounts, site, people, root } = values;
  if (url === undefined || accounts === undefined || site === undefined || people === undefined) {
    throw new Error("--url, --accounts, --site and --people are needed");
  }
  const pace = Number(values.pace);
  if (!(pace > 0 && pace <= 10_000)) throw new Error(`--pace ${values.pace}: a number above 0, up to 10000`);
  const seed = Number(values.seed);
  if (!Number.isSafeInteger(seed)) throw new Error(`--seed ${values.seed}: a whole number`);
  const latches = values.latches ?? join(dirname(accounts), "latches");
  return { url, accounts, site, people, root, latches, pace, seed, night: values.night };
}

function build({ url, accounts, site, people, root, latches, pace }: Options) {
  const wires = readSite(readFileSync(site, "utf8"));
  const cards = readCards(readFileSync(people, "utf8"));
  const keys = readAccounts(readFileSync(accounts, "utf8"));
  const log = (line: string) => void process.stderr.write(`${line}\n`);
  const devices = new Map<string, Device>();
  for (const [id, points] of pointsOf(wires)) {
    const key = keys.devices.get(id);
    if (key === undefined || leftToPeople.includes(id)) continue;
    const device = new Device({
      id,
      key,
      url,
      root,
      model: points.lock.length > 0 ? "demo-lock" : points.reader.length > 0 ? "demo-reader" : "demo-inputs",
      points,
      latches: new LatchFile(join(latches, `${id}.json`)),
      log,
    });
    devices.set(id, device);
  }
  const building = new Building(wires, devices);
  const key = keys.clients.get(watchId);
  const watch =
    key === undefined ? undefined : new Watch({ id: watchId, key, url, root, site: wires.site.id, log });
  const beatMs = Math.min(longestBeatMs, 240_000 / pace);
  const tell = (line: string) => void process.stdout.write(`${line}\n`);
  const passes = watch && new Night({ site: wires, building, watch, beatMs, tell });
  return { wires, cards, devices, building, watch, passes };
}

/** Aborted by SIGTERM, SIGINT, or the end of whoever started this process and holds the other end of its input. */
function untilTold(): AbortSignal {
  const told = new AbortController();
  // Everybody who is about waits for it, and at a quick pace that is more than Node takes for a leak.
  setMaxListeners(0, told.signal);
  const stop = () => told.abort();
  process.once("SIGTERM", stop);
  process.once("SIGINT", stop);
  process.once("disconnect", stop);
  const input = fstatSync(0);
  // A terminal or /dev/null says nothing of a parent.
  if (input.isFIFO() || input.isSocket()) {
    process.stdin.on("end", stop).on("close", stop).on("error", stop).resume();
  }
  return told.signal;
}

async function run(chosen: Options): Promise<void> {
  const stopped = untilTold();
  const { wires, cards, devices, building, watch, passes } = build(chosen);
  if (devices.size === 0) throw new Error(`${chosen.accounts}: no account of a device of this site`);
  for (const device of devices.values()) device.start();
  watch?.start();
  const { pace, seed, night: first } = chosen;
  const night = watch && passes ? { watch, passes, first } : undefined;
  const story = new Story({ site: wires, cards, building, pace, seed, ...(night ? { night } : {}) });
  try {
    await story.run(stopped);
  } finally {
    await Promise.all([...[...devices.values()].map((device) => device.stop()), watch?.stop()]);
  }
}

let chosen: Options | undefined;
try {
  chosen = options(process.argv.slice(2));
  await run(chosen);
  process.exit(0);
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  if (!chosen) process.stderr.write(`${usage}\n`);
  process.exit(chosen ? 1 : 2);
}
