import type { Command } from "commander";
import { type Context, show } from "./context.js";

export function addAsyncApiCommand(program: Command, context: Context): void {
  program
    .command("asyncapi")
    .description("print the MQTT contract as an AsyncAPI 3 document (YAML, or JSON with --json)")
    .action(async (_options: unknown, command: Command) => {
      const [{ asyncApi }, { version }, { stringify }] = await Promise.all([
        import("../asyncapi.js"),
        import("../version.js"),
        import("yaml"),
      ]);
      show(context, command, asyncApi(version()), (document) => stringify(document));
    });
}
