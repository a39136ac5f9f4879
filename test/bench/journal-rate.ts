/**
 * How many entries a second the journal takes, by batch size: one scan each with its event, signal and state.
 * Run: `npx tsx test/bench/journal-rate.ts`. Prints one line of JSON a size.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openStore } from "../../gateway/store/store.js";
import { aScan } from "../store/a-scan.js";

const root = mkdtempSync(join(tmpdir(), "gatewarden-bench-"));
try {
  const store = await openStore(join(root, "data"));
  for (const [batch, entries] of [
    [1, 500],
    [50, 10_000],
    [200, 20_000],
    [1_000, 20_000],
  ] as const) {
    const begun = performance.now();
    const cpu = process.cpuUsage();
    for (let i = 0; i < entries; i += batch) {
      for (let k = 0; k < batch; k++) store.journal.append(aScan(i + k));
      await store.journal.flush();
    }
    const tookMs = performance.now() - begun;
    const { user, system } = process.cpuUsage(cpu);
    const figures = {
      batch,
      entriesPerSecond: Math.round((entries / tookMs) * 1000),
      batchMs: Math.round((tookMs / (entries / batch)) * 100) / 100,
      cpuMicrosecondsAnEntry: Math.round((user + system) / entries),
    };
    process.stdout.write(`${JSON.stringify(figures)}\n`);
  }
  await store.close();
} finally {
  rmSync(root, { recursive: true, force: true });
}
