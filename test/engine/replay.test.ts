import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, expect, test } from "vitest";
import { performAt } from "../../gateway/cli/control-socket.js";
import type { EventBody } from "../../gateway/core/events.js";
import { emptyState } from "../../gateway/core/state.js";
import { replay } from "../../gateway/replay.js";
import { openStore } from "../../gateway/store/store.js";

const root = join(import.meta.dirname, "../..");
/** A day of the demo building in half a minute, where the machine lets it. */
const pace = 2880;
const enoughEvents = 300;
const atMostMs = 120_000;

let folder: string | undefined;
afterEach(() => {
  if (folder) rmSync(folder, { recursive: true, force: true });
});

test("a day of the demo building, replayed from its signals, gives the same events and the same building", {
  timeout: atMostMs + 60_000,
}, async () => {
  folder = mkdtempSync(join(tmpdir(), "gatewarden-replay-"));
  const dataDir = join(folder, "demo");
  const main = join(root, "dist/gateway/main.js");
  const options = ["--pace", String(pace), "--port", "0", "--mqtt-port", "0", "--json"];
  const demo = spawn(process.execPath, [main, "demo", "--data", dataDir, ...options], { stdio: "ignore" });
  await eventsInJournal(join(dataDir, "control.sock"), enoughEvents);
  demo.kill("SIGTERM");
  await once(demo, "exit");

  const store = await openStore(dataDir);
  try {
    const state = emptyState();
    const types = new Set<string>();
    let events = 0;
    for await (const { signal, events: now, journalled } of replay(store, state)) {
      expect(now.map(comparable), `of signal ${signal.type} ${signal.id}`).toEqual(
        journalled.map(comparable),
      );
      events += now.length;
      for (const { type } of now) types.add(type);
    }
    expect(events).toBeGreaterThan(enoughEvents);
    for (const type of ["access.granted", "access.denied", "access.passed", "door.opened", "door.closed"]) {
      expect([...types], "a day has it").toContain(type);
    }
    const kept = await store.loadState();
    for (const { kind, id, value } of kept) {
      expect(state[kind].get(id), `${kind} ${id} after the replay`).toEqual(value);
    }
  } finally {
    await store.close();
  }
});

async function eventsInJournal(socket: string, wanted: number): Promise<void> {
  const giveUpAt = performance.now() + atMostMs;
  while (performance.now() < giveUpAt) {
    await new Promise((resolve) => setTimeout(resolve, 1000));
    const status = await performAt(socket, "status", {}).catch(() => undefined);
    if (!status?.ok) continue;
    const { journal } = status.result as { journal: { lastSeq: number } };
    if (journal.lastSeq > wanted) return;
  }
}

/** Severity and tenant are stamped where the core leaves them to the catalogue and the site. */
function comparable({ severity: _severity, tenant: _tenant, ...event }: EventBody): object {
  return JSON.parse(JSON.stringify(event));
}
