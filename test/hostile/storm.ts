import { join } from "node:path";
import { controlSocketOf, performAt } from "../../gateway/cli/control-socket.js";
import { faultBuilding } from "../faults/building.js";
import type { GatewayProcess } from "../faults/gateway-process.js";
import { pause } from "../faults/rounds.js";
import { type Credentials, manyDevices } from "./building.js";
import type { FleetTells, FleetTold } from "./fleet-process.js";
import { Helper } from "./helper.js";
import { startGateway } from "./yard.js";

const doors = 32;
const comeWithinMs = 20_000;

export interface Storm {
  readonly devices: number;
  /** From the first connection that the restarted gateway accepted until the last device was ready. */
  readonly afterListeningMs: number;
  /** From the start of its process. */
  readonly afterSpawnMs: number;
  readonly connects: number;
  /** Devices that the gateway itself counts as there. */
  readonly online: number;
}

export interface StormBuilding {
  readonly dataDir: string;
  readonly all: readonly Credentials[];
  remove(): void;
}

export async function stormBuilding(devices: number): Promise<StormBuilding> {
  const building = await faultBuilding(doors);
  const others = await manyDevices(building.dataDir, doors, devices);
  const all = [...building.devices.map(({ id, key }) => ({ id, key })), ...others];
  return { dataDir: building.dataDir, all, remove: building.remove };
}

/** A gateway is killed under its devices and started again, on the same port and folder. */
export async function reconnectStorm(building: StormBuilding, addresses: "one" | "each"): Promise<Storm> {
  const devices = building.all.length;
  const probe = join(building.dataDir, "..", "probe.txt");
  const fleet = new Helper<FleetTold>("fleet-process.ts");
  let gateway: GatewayProcess | undefined;
  try {
    gateway = await startGateway(building.dataDir, probe);
    const port = gateway.ready.mqtt[0]?.port ?? 0;
    const allReady = async (): Promise<FleetTells> => {
      const giveUpAt = performance.now() + comeWithinMs;
      for (;;) {
        const told = await fleet.ask<FleetTells>({ do: "tell" });
        if (told.ready === devices) return told;
        if (performance.now() > giveUpAt) throw new Error(`${told.ready} of ${devices} devices are ready`);
        await pause(20);
      }
    };
    await fleet.ask({ do: "come", port, devices: building.all, addresses });
    await allReady();

    await gateway.kill();
    await pause(1_000);
    await fleet.ask({ do: "forget" });
    const spawnedAt = Date.now();
    gateway = await startGateway(building.dataDir, probe, { mqtt: port, web: 0 });
    const { firstAcceptedAt, lastReadyAt, connects } = await allReady();
    return {
      devices,
      afterListeningMs: lastReadyAt - firstAcceptedAt,
      afterSpawnMs: lastReadyAt - spawnedAt,
      connects,
      online: await online(building.dataDir),
    };
  } finally {
    await Promise.all([fleet.end(), gateway?.kill()]);
  }
}

async function online(dataDir: string): Promise<number> {
  const status = await performAt(controlSocketOf(dataDir), "status", {});
  if (!status.ok) throw new Error(`status: ${JSON.stringify(status.refusal)}`);
  return (status.result as { devices: { online: number } }).devices.online;
}
