import { readFileSync } from "node:fs";
import type { Command } from "commander";
import { ConfigFaulty, type GatewayConfig, readConfig } from "../config.js";
import type { Fault } from "../ports.js";
import { locateFaults } from "../site/yaml.js";
import { type Context, show } from "./context.js";
import type { PlacedFault } from "./failure.js";
import { faulty } from "./site-file.js";

export function addConfigCommands(program: Command, context: Context): void {
  program
    .command("check-config")
    .description("check a gateway.yaml and print what is in force")
    .argument("<file>", "gateway.yaml")
    .action((file: string, _options: unknown, command: Command) => {
      const config = configFrom(file);
      show(
        context,
        command,
        { file, config },
        () =>
          `${file}: valid\n` +
          `MQTT on ${config.mqtt.host}:${config.mqtt.port}${config.mqtt.tls ? `, TLS on ${config.mqtt.tls.host}:${config.mqtt.tls.port}` : ""}, ` +
          `web on ${config.web.host}:${config.web.port}, log level ${config.log.level}\n`,
      );
    });
}

/** Throws CommandFailed with every fault and its line. */
export function configFrom(file: string): GatewayConfig {
  try {
    return readConfig(file);
  } catch (error) {
    if (!(error instanceof ConfigFaulty)) throw error;
    throw faulty(file, placed(file, error.faults));
  }
}

function placed(file: string, faults: readonly Fault[]): PlacedFault[] {
  let text: string;
  try {
    text = readFileSync(file, "utf8");
  } catch {
    return faults.map((fault) => ({ ...fault, file }));
  }
  return locateFaults(faults, text).map((fault) => {
    // What is no YAML at all has a line instead of a path.
    const line = /^line (\d+)$/.exec(fault.path)?.[1];
    return line === undefined ? { ...fault, file } : { ...fault, path: "", file, line: Number(line) };
  });
}
