#!/usr/bin/env node
import { connect } from "./cli/connection.js";
import { run } from "./cli/program.js";
import { stopSignals } from "./cli/stop-signals.js";
import { processTerminal } from "./cli/terminal.js";

// A reader that has seen enough (`… | head`) is no fault.
process.stdout.on("error", (error: NodeJS.ErrnoException) => process.exit(error.code === "EPIPE" ? 0 : 1));

process.exitCode = await run(process.argv.slice(2), {
  terminal: processTerminal(),
  env: process.env,
  connect,
  stopping: stopSignals,
});
