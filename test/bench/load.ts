/**
 * The load, in a process of its own: cards at the doors of any gateway that speaks the MQTT contract.
 *
 *   tsx test/bench/load.ts --host 127.0.0.1 --port 1883 --credentials FILE [--doors 32] [--rates 50,200,1000] [--seconds 10]
 *       [--warmup 1] [--climb 500 [--climb-seconds 3] [--climb-close 1.08] [--climb-tries 2]] [--json]
 *
 * FILE is the JSON of `Credentials` in `fleet.ts`. `--climb` looks for the most that is sustained, in steps from that rate on.
 */
import { readFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { type Climbed, climb, TargetGone } from "./climb.js";
import { type Credentials, Fleet } from "./fleet.js";
import { type RoundFigures, round } from "./round.js";

const { values } = parseArgs({
  options: {
    host: { type: "string", default: "127.0.0.1" },
    port: { type: "string" },
    credentials: { type: "string" },
    doors: { type: "string", default: "32" },
    rates: { type: "string", default: "50,200,1000" },
    seconds: { type: "string", default: "10" },
    warmup: { type: "string", default: "1" },
    climb: { type: "string" },
    "climb-seconds": { type: "string", default: "3" },
    "climb-close": { type: "string", default: "1.08" },
    "climb-tries": { type: "string", default: "2" },
    json: { type: "boolean", default: false },
  },
});

if (values.port === undefined || values.credentials === undefined) {
  process.stderr.write("load: --port and --credentials are needed\n");
  process.exit(2);
}
const address = { host: values.host, port: Number(values.port) };
const credentials = JSON.parse(readFileSync(values.credentials, "utf8")) as Credentials;
const doors = Number(values.doors);
const warmupSeconds = Number(values.warmup);

if (values.climb === undefined) {
  const fleet = await Fleet.connect(address, credentials, doors);
  for (const perSecond of values.rates.split(",").map(Number))
    tell(await round(fleet, { perSecond, seconds: Number(values.seconds), warmupSeconds }));
  fleet.disconnect();
} else {
  const seconds = Number(values["climb-seconds"]);
  const found = await climb(
    {
      from: Number(values.climb),
      closeEnough: Number(values["climb-close"]),
      tries: Number(values["climb-tries"]),
    },
    async (perSecond) => {
      // Anew each time: what a step before has left in the queues is not this one's.
      const fleet = await Fleet.connect(address, credentials, doors).catch((error: unknown) => {
        throw new TargetGone(error);
      });
      const figures = await round(fleet, { perSecond, seconds, warmupSeconds });
      fleet.disconnect();
      if (!values.json) tell(figures);
      return figures;
    },
  );
  if (values.json) process.stdout.write(`${JSON.stringify(found)}\n`);
  else process.stdout.write(`most sustained: ${mostText(found)}\n`);
}

function tell(figures: RoundFigures): void {
  if (values.json) {
    process.stdout.write(`${JSON.stringify(figures)}\n`);
    return;
  }
  const { perSecond, scans, unlockMs, resultMs, missing, late, sentLateMs, because } = figures;
  process.stdout.write(
    `${perSecond}/s: ${scans} scans; unlock p50 ${unlockMs.p50} p99 ${unlockMs.p99} p99.9 ${unlockMs.p999} ms; ` +
      `result p50 ${resultMs.p50} p99 ${resultMs.p99} p99.9 ${resultMs.p999} ms; ` +
      `missing ${missing.unlocks} unlocks, ${missing.results} results, ${missing.events} events; ${late} late; ` +
      `sent late p99 ${sentLateMs.p99} ms; ${because ?? "sustained"}\n`,
  );
}

function mostText({ most, failedAt, loadBound }: Climbed): string {
  return `${most} decisions/s (not ${failedAt ?? "found where it ends"}${loadBound ? "; the load process was at its own end" : ""})`;
}
