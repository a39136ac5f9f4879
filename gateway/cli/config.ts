import type { Command } from "commander";
import { readConfig } from "../config.js";
import { type Context, show } from "./context.js";

export function addConfigCommands(program: Command, context: Context): void {
  program
    .command("check-config")
    .description("check a gateway.yaml and print what is in force")
    .argument("<file>", "gateway.yaml")
    .action((file: string, _options: unknown, command: Command) => {
      const config = readConfig(file);
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
