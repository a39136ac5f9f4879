/**
 * Where the time of one decision goes: the gateway under a V8 profile while cards come at a fixed rate.
 *
 *   tsx test/bench/profile.ts [--rate 1000] [--seconds 10] [--doors 32] [--top 0]
 *
 * The main thread's samples are divided by the decisions; what the other threads (SQLite, garbage collection) used is from the
 * system's own count. `--top N` adds the N functions with the most time of their own.
 */
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { benchBuilding } from "./building.js";
import { startGateway } from "./contenders.js";
import { Fleet } from "./fleet.js";
import { round } from "./round.js";

const { values } = parseArgs({
  options: {
    rate: { type: "string", default: "1000" },
    seconds: { type: "string", default: "10" },
    doors: { type: "string", default: "32" },
    top: { type: "string", default: "0" },
  },
});
const perSecond = Number(values.rate);
const seconds = Number(values.seconds);

interface Profile {
  readonly nodes: readonly {
    readonly id: number;
    readonly callFrame: { readonly functionName: string; readonly url: string; readonly lineNumber: number };
    readonly children?: readonly number[];
  }[];
  readonly samples: readonly number[];
  /** Microseconds on the clock of `process.hrtime`. */
  readonly startTime: number;
  /** Microseconds, of the sample before each. */
  readonly timeDeltas: readonly number[];
}

/** The first row whose pattern a frame matches has its time, and that of what it calls, up to the next frame with a row. */
const rows: readonly (readonly [where: string, pattern: RegExp])[] = [
  ["nextDeadline", /gateway\/core\/deadline(-index)?\.js/],
  ["views and whom they concern", /gateway\/(core\/views|news-desk)\.js/],
  ["core: step", /gateway\/core\/(?!public-event)/],
  [
    "engine, wiring, gate, dispatch",
    /gateway\/(engine|wiring|dispatch|release-gate|scans|unknown-cards|device-facts)\.js/,
  ],
  ["site topics: making the messages", /gateway\/(broker\/site-topics|core\/public-event)\.js/],
  ["journal: stamp, JSON, hash", /gateway\/store\/(journal|chain|pending|head)/],
  ["journal: rows of a batch", /gateway\/store\/batch\.js/],
  ["journal: calls of SQLite", /gateway\/store\/|node_modules\/sqlite3\//],
  ["people and cards", /gateway\/(cards|store\/(people|card|hash|columns))/],
  ["ids (uuid)", /node_modules\/uuid\//],
  ["driver: zod", /node_modules\/zod\//],
  ["driver: parse, orders", /drivers\//],
  ["broker: intake, gauge", /gateway\/broker\/(intake|packet-gauge|gate|listeners)\.js/],
  ["broker: outbox, exchange", /gateway\/broker\/(outbox|mq|clean-sessions)\.js/],
  ["broker: doorkeeper, access list", /gateway\/broker\//],
  [
    "broker: aedes, mqtt-packet",
    /node_modules\/(aedes|mqtt-packet|bl|mqemitter|fast|qlobber|reusify|aedes-)/,
  ],
  ["sockets and streams of Node.js", /^node:(net|stream|internal\/(stream|streams))/],
  ["timers, promises, ticks of Node.js", /^node:(timers|internal\/(timers|process|promise|async))/],
];

const folder = mkdtempSync(join(tmpdir(), "gatewarden-bench-"));
const building = await benchBuilding(Number(values.doors));
try {
  process.env.BENCH_NODE_FLAGS = `--cpu-prof --cpu-prof-interval=200 --cpu-prof-dir=${folder}`;
  const gateway = await startGateway(building);
  const fleet = await Fleet.connect(gateway, building.credentials, Number(values.doors));
  await round(fleet, { perSecond, seconds: 3, warmupSeconds: 0 });
  const before = threadTimes(gateway.pid);
  const from = Number(process.hrtime.bigint() / 1000n);
  const figures = await round(fleet, { perSecond, seconds, warmupSeconds: 0 });
  const until = Number(process.hrtime.bigint() / 1000n);
  const after = threadTimes(gateway.pid);
  fleet.disconnect();
  await gateway.stop();
  const [name] = readdirSync(folder).filter((file) => file.endsWith(".cpuprofile"));
  if (name === undefined) throw new Error("Node.js wrote no profile");
  const decisions = figures.scans;
  tell(JSON.parse(readFileSync(join(folder, name), "utf8")) as Profile, from, until, decisions);
  const cpu = (key: "main" | "others"): string =>
    ((after[key] - before[key]) / decisions).toFixed(1).padStart(8);
  process.stdout.write(
    [
      `${cpu("main")}  processor time of the main thread, by the system's count`,
      `${cpu("others")}  processor time of all other threads (SQLite, V8)`,
      `${decisions} decisions at ${perSecond}/s; unlock p50 ${figures.unlockMs.p50} p99 ${figures.unlockMs.p99} ms; ${figures.because ?? "sustained"}`,
      "",
    ].join("\n"),
  );
} finally {
  rmSync(folder, { recursive: true, force: true });
  building.remove();
}

/** Only what lies between `from` and `until` on the profile's own clock: not the start, not the code still cold. */
function tell(
  { nodes, samples, timeDeltas, startTime }: Profile,
  from: number,
  until: number,
  decisions: number,
): void {
  const parents = new Map<number, number>();
  for (const { id, children } of nodes) for (const child of children ?? []) parents.set(child, id);
  const byId = new Map(nodes.map((node) => [node.id, node]));
  const placed = new Map<number, string>();
  const placeOf = (id: number): string => {
    const known = placed.get(id);
    if (known !== undefined) return known;
    const node = byId.get(id);
    const parent = parents.get(id);
    const place = (node && ownPlace(node.callFrame)) ?? (parent === undefined ? "the rest" : placeOf(parent));
    placed.set(id, place);
    return place;
  };
  const times = new Map<string, number>();
  const own = new Map<string, number>();
  let at = startTime;
  samples.forEach((id, i) => {
    const us = timeDeltas[i] ?? 0;
    at += us;
    if (at < from || at > until) return;
    times.set(placeOf(id), (times.get(placeOf(id)) ?? 0) + us);
    const frame = byId.get(id)?.callFrame;
    if (frame) {
      const where = `${frame.functionName || "(anonymous)"} ${frame.url.replace(/^.*\/(dist|node_modules)\//, "")}:${frame.lineNumber + 1}`;
      own.set(where, (own.get(where) ?? 0) + us);
    }
  });
  const idle = times.get("idle") ?? 0;
  times.delete("idle");
  const busy = [...times.values()].reduce((sum, us) => sum + us, 0);
  const line = (us: number, what: string): string =>
    `${(us / decisions).toFixed(1).padStart(8)}  ${((us / busy) * 100).toFixed(1).padStart(5)} %  ${what}\n`;
  process.stdout.write("us a decision, share of the busy time, where\n");
  for (const [place, us] of [...times].sort((a, b) => b[1] - a[1])) process.stdout.write(line(us, place));
  process.stdout.write(line(busy, `all that is busy; idle ${Math.round(idle / 1000)} ms`));
  for (const [where, us] of [...own].sort((a, b) => b[1] - a[1]).slice(0, Number(values.top)))
    process.stdout.write(line(us, where));
}

function ownPlace({ functionName, url }: Profile["nodes"][number]["callFrame"]): string | undefined {
  if (functionName === "(idle)") return "idle";
  if (functionName === "(garbage collector)") return "garbage collection";
  if (functionName === "(program)") return "V8 and Node.js outside of JavaScript (system calls of sockets)";
  return rows.find(([, pattern]) => pattern.test(url))?.[0];
}

/** Microseconds of processor time used so far (Linux: proc(5), `task/*\/stat`, in ticks of 10 ms). */
function threadTimes(pid: number): { readonly main: number; readonly others: number } {
  let main = 0;
  let others = 0;
  for (const task of readdirSync(`/proc/${pid}/task`)) {
    const stat = readFileSync(`/proc/${pid}/task/${task}/stat`, "utf8");
    const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    const us = (Number(fields[11]) + Number(fields[12])) * 10_000;
    if (Number(task) === pid) main += us;
    else others += us;
  }
  return { main, others };
}
