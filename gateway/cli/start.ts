import type { Command } from "commander";
import { defaultConfig, type GatewayConfig } from "../config.js";
import type { Ready } from "../gateway.js";
import { port } from "./arguments.js";
import { configFrom } from "./config.js";
import { type Context, dataDirOf, show, wantsJson } from "./context.js";
import { refuseDemoFolder } from "./data-folder.js";
import { CommandFailed, exitCodes } from "./failure.js";
import { jsonLog, readableLog } from "./log.js";
import { properties } from "./table.js";

interface StartOptions {
  readonly config?: string;
  readonly mqttPort?: number;
  readonly webPort?: number;
}

export function addStartCommand(program: Command, context: Context): void {
  program
    .command("start")
    .description("run the gateway of a site until it is told to stop")
    .option(
      "--config <file>",
      "gateway.yaml: ports, TLS, log level (default: built-in values, loopback only)",
    )
    .option("--mqtt-port <port>", "instead of the configuration's; 0 takes any free one", port)
    .option("--web-port <port>", "instead of the configuration's; 0 takes any free one", port)
    .action((options: StartOptions, command: Command) => start(context, command, options));
}

async function start(context: Context, command: Command, options: StartOptions): Promise<void> {
  const dataDir = dataDirOf(context, command);
  refuseDemoFolder(dataDir);
  const config = options.config === undefined ? defaultConfig() : configFrom(options.config);
  const stopping = context.stopping();
  const { startGateway } = await import("../gateway.js");
  const gateway = await startGateway({
    dataDir,
    ...(options.config === undefined ? {} : { configFile: options.config }),
    overrides: {
      ...(options.mqttPort === undefined ? {} : { mqttPort: options.mqttPort }),
      ...(options.webPort === undefined ? {} : { webPort: options.webPort }),
    },
    log: logOf(context, command, config),
  });
  if (!stopping.aborted) {
    const ready = { ready: true, ...gateway.ready, dataDir };
    show(context, command, ready, (it) => readyText(it, dataDir));
    const why = await Promise.race([
      aborted(stopping).then(() => "told"),
      gateway.powerDown.then(() => "power"),
    ]);
    if (why === "power") {
      await gateway.stop("power-down");
      throw new CommandFailed(
        exitCodes.powerDown,
        "power-down",
        "the gateway's supply is nearly used up; it has stopped in order, fail-safe doors open, the others locked",
      );
    }
  }
  await gateway.stop(String(stopping.reason));
}

export function logOf(context: Context, command: Command, config: GatewayConfig) {
  return wantsJson(command) ? jsonLog(config.log.level) : readableLog(context.terminal, config.log.level);
}

export function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((stopped) => {
    if (signal.aborted) stopped();
    else signal.addEventListener("abort", () => stopped(), { once: true });
  });
}

function mqttText(mqtt: Ready["mqtt"]): string {
  return mqtt.map(({ host, port: at, tls }) => `${host}:${at}${tls ? " (TLS)" : ""}`).join(", ");
}

function readyText(ready: Ready, dataDir: string): string {
  return [
    `Gatewarden ${ready.version} is running; Ctrl-C stops it.\n`,
    properties([
      ["site", ready.site === null ? "none yet" : `${ready.site}, revision ${ready.revision}`],
      ["web", ready.web.map(({ url }) => url).join(", ")],
      ["MQTT", mqttText(ready.mqtt)],
      ["data folder", dataDir],
      ["process", ready.pid],
    ]),
    ...(ready.site === null
      ? [
          "\nNext, in another terminal:\n",
          `  gatewarden site import site.yaml --data ${dataDir}\n`,
          `  gatewarden owner claim --data ${dataDir}\n`,
        ]
      : []),
  ].join("");
}
