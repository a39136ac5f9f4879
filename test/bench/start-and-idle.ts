import { spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { performAt } from "../../gateway/cli/control-socket.js";
import { benchBuilding } from "./building.js";
import { end, freePort, gatewayArgs, gatewayMain, startProcess } from "./contenders.js";
import { median } from "./percentiles.js";
import { WireClient } from "./wire.js";

export interface StartFigures {
  /** Of a gateway without a site, three seconds after its start. */
  readonly emptyRssMb: number;
  /** From the start of the process to the first device whose connection was accepted, on a building that has been there. */
  readonly firstConnectionMs: number;
}

const settlesWithinMs = 3_000;
const knockEveryMs = 2;

export async function startAndIdle(times: number): Promise<StartFigures> {
  return { emptyRssMb: await emptyRss(), firstConnectionMs: await firstConnection(times) };
}

async function emptyRss(): Promise<number> {
  const folder = mkdtempSync(join(tmpdir(), "gatewarden-bench-"));
  const dataDir = join(folder, "data");
  try {
    const { child } = await startProcess(gatewayMain, await gatewayArgs(dataDir));
    await new Promise((resolve) => setTimeout(resolve, settlesWithinMs));
    const answer = await performAt(join(dataDir, "control.sock"), "status", {});
    await end(child, "SIGTERM");
    return answer.ok ? (answer.result as { readonly memoryMb: number }).memoryMb : Number.NaN;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function firstConnection(times: number): Promise<number> {
  const building = await benchBuilding(32);
  const took: number[] = [];
  try {
    for (let i = 0; i < times; i++) {
      const port = await freePort();
      const args = await gatewayArgs(building.dataDir, port);
      const begun = performance.now();
      const child = spawn(process.execPath, [gatewayMain, ...args], { stdio: "ignore" });
      took.push((await accepted(port, building.credentials.devices[0])) - begun);
      await end(child, "SIGTERM");
    }
    return median(took);
  } finally {
    building.remove();
  }
}

/** When a device that knocks again and again was let in. */
async function accepted(
  port: number,
  device: { readonly id: string; readonly key: string } | undefined,
): Promise<number> {
  if (!device) throw new Error("the building has no devices");
  const giveUpAt = performance.now() + 30_000;
  for (;;) {
    try {
      const client = await WireClient.connect({ host: "127.0.0.1", port, id: device.id, key: device.key });
      const at = performance.now();
      client.end();
      return at;
    } catch (error) {
      if (performance.now() > giveUpAt) throw error;
      await new Promise((resolve) => setTimeout(resolve, knockEveryMs));
    }
  }
}
