/** The demo building: a site, people and devices that live a day, in a data folder of their own. */
import { homedir } from "node:os";
import { join, resolve } from "node:path";
import type { Command } from "commander";
import { defaultConfig } from "../config.js";
import { numberUpTo, port } from "./arguments.js";
import { runningGateway } from "./connection.js";
import { type Context, namedDataDir, performed, show, tell, withConnectionTo } from "./context.js";
import { prepareDemoFolder } from "./data-folder.js";
import { demoFile, furnishDemo, keepAccounts } from "./demo-building.js";
import { DemoDevices } from "./demo-devices.js";
import { CommandFailed, exitCodes } from "./failure.js";
import { freePort } from "./free-port.js";
import { aborted, logOf } from "./start.js";
import { properties } from "./table.js";

interface DemoOptions {
  readonly pace: number;
  readonly port: number;
  readonly mqttPort: number;
  readonly keep?: true;
  readonly night?: true;
}

interface DemoReady {
  readonly ready: true;
  readonly url: string;
  /** What the first owner signs in with, once. */
  readonly secret: string;
  readonly mqtt: { readonly host: string; readonly port: number };
  readonly dataDir: string;
  readonly accountsFile: string;
  readonly walkFile: string;
  readonly site: string | null;
  readonly revision: number | null;
  readonly pid: number;
  readonly devicesPid: number | null;
}

const loopback = "127.0.0.1";
/** The walk's card that nobody knows. */
const strangersCard = "04a1b2c3d4e5f6";

export function addDemoCommand(program: Command, context: Context): void {
  const config = defaultConfig();
  program
    .command("demo")
    .description("run the demo building, with devices that live a day")
    .option("--pace <n>", "how fast its day goes by: 1 is real time", numberUpTo(10_000), 60)
    .option("--port <port>", "of the web page; the next free one if it is taken", port, config.web.port)
    .option("--mqtt-port <port>", "of the broker; the next free one if it is taken", port, config.mqtt.port)
    .option("--night", "begin with a night: it is armed, broken into, held up")
    .option("--keep", "go on with what the last demo left, instead of a fresh one")
    .action((options: DemoOptions, command: Command) => demo(context, command, options));
}

/** Never GATEWARDEN_DATA, which names a real site's folder. */
function demoFolder(command: Command): string {
  return resolve(namedDataDir(command) ?? join(homedir(), ".gatewarden", "demo"));
}

async function demo(context: Context, command: Command, options: DemoOptions): Promise<void> {
  const dataDir = demoFolder(command);
  await refuseSecondDemo(dataDir);
  await prepareDemoFolder(dataDir, options.keep === true);
  const mqttPort = await portFor(context, "MQTT", options.mqttPort);
  const webPort = await portFor(context, "web", options.port);
  const stopping = context.stopping();

  const accounts = await withConnectionTo(context, dataDir, (connection) => furnishDemo(connection, dataDir));

  const { startGateway } = await import("../gateway.js");
  const { hostClock } = await import("../time-service.js");
  const gateway = await startGateway({
    dataDir,
    overrides: { mqttPort, webPort },
    // For a look at it this computer's clock is taken as it is; the status says so.
    clockTrust: hostClock,
    log: logOf(context, command, { ...defaultConfig(), log: { level: "warn" } }),
  });
  let devices: DemoDevices | undefined;
  try {
    const mqtt = gateway.ready.mqtt.find(({ tls }) => !tls) ?? { host: loopback, port: mqttPort };
    const files = keepAccounts(dataDir, { ...accounts, mqtt: { host: mqtt.host, port: mqtt.port } });
    const claim = await withConnectionTo(context, dataDir, (connection) =>
      performed<{ secret: string }>(connection.perform("owner.claim", { untilUsed: true })),
    );
    devices = new DemoDevices({
      args: [
        ...["--url", `mqtt://${mqtt.host}:${mqtt.port}`, "--accounts", files.accounts],
        ...[
          "--site",
          demoFile("site.yaml"),
          "--people",
          demoFile("people.csv"),
          "--pace",
          String(options.pace),
        ],
        ...(options.night ? ["--night"] : []),
      ],
      onLine: (line) => tell(context, line),
      onTrouble: (message) => tell(context, message),
    });
    devices.start();
    if (!stopping.aborted) {
      const ready: DemoReady = {
        ready: true,
        url: gateway.ready.web[0]?.url ?? `http://${loopback}:${webPort}`,
        secret: claim.secret,
        mqtt: { host: mqtt.host, port: mqtt.port },
        dataDir,
        accountsFile: files.accounts,
        walkFile: files.walk,
        site: gateway.ready.site,
        revision: gateway.ready.revision,
        pid: gateway.ready.pid,
        devicesPid: devices.pid ?? null,
      };
      show(context, command, ready, readyText);
      await aborted(stopping);
    }
  } finally {
    await devices?.stop();
    await gateway.stop(String(stopping.reason ?? "the demo failed"));
  }
}

async function refuseSecondDemo(dataDir: string): Promise<void> {
  const running = await runningGateway(dataDir);
  if (!running) return;
  await running.close();
  throw new CommandFailed(
    exitCodes.unreachable,
    "in-use",
    `${dataDir}: a demo is running there already; stop it, or name another folder with --data`,
  );
}

async function portFor(context: Context, what: string, wished: number): Promise<number> {
  if (wished === 0) return 0;
  const found = await freePort(loopback, wished);
  if (found === undefined) {
    throw new CommandFailed(
      exitCodes.unreachable,
      "EADDRINUSE",
      `${loopback}: no port from ${wished} to ${wished + 99} is free for ${what}`,
    );
  }
  if (found !== wished) tell(context, `Port ${wished} is taken; ${what} uses ${found}.`);
  return found;
}

function readyText(ready: DemoReady): string {
  return `
The demo building is open.

${properties([
  ["Look at it", ready.url],
  ["Sign in with", `${ready.secret}  (good for one person, once)`],
  ["MQTT", `${ready.mqtt.host}:${ready.mqtt.port}`],
  ["Data", ready.dataDir],
])}
Be a device yourself, with mosquitto's clients, at the side door. In a second
terminal, a stranger's card:

  . ${ready.walkFile}
  mosquitto_rr -V 311 -p $MQTT_PORT -i side-reader -u side-reader -P $SIDE_READER_KEY \\
    -q 1 -t gw/v1/device/side-reader/up/scan -e gw/v1/device/side-reader/down/result \\
    -m '{"id":"'$(date +%s%N)'","reader":1,"uid":"${strangersCard}"}'

Read along as the alarm receiving centre; house-desk, with HOUSE_DESK_KEY, is
told all of it but the hold-up:

  mosquitto_sub -V 311 -p $MQTT_PORT -i alarm-centre -u alarm-centre -P $ALARM_CENTRE_KEY \\
    -q 1 -v -t 'gw/v1/site/feinwerk/#'

Ctrl-C stops the gateway and its devices.
`;
}
