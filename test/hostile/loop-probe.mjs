/**
 * Loaded into the gateway's process: writes down how long its event loop was held up, so that a slow answer can be told from a busy
 * machine, and ends it when the test that started it is gone.
 */
import { appendFileSync } from "node:fs";
import { monitorEventLoopDelay } from "node:perf_hooks";

const file = process.env.HOSTILE_PROBE;
const startedBy = process.ppid;
if (file) {
  const delay = monitorEventLoopDelay({ resolution: 5 });
  delay.enable();
  setInterval(() => {
    if (process.ppid !== startedBy) process.exit(1);
    const heldMs = Math.max(0, delay.max / 1e6 - 5);
    const { user, system } = process.cpuUsage();
    appendFileSync(file, `${Date.now()} ${heldMs.toFixed(1)} ${Math.round((user + system) / 1000)}\n`);
    delay.reset();
  }, 100).unref();
}
