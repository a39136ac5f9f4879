import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openHouse } from "../../gateway/gateway.js";
import { localAdministrator } from "../../gateway/operations/operator.js";
import { faultSite } from "../faults/building.js";
import type { Credentials } from "./fleet.js";

export interface BenchBuilding {
  readonly dataDir: string;
  /** For the load process. */
  readonly credentialsFile: string;
  readonly credentials: Credentials;
  remove(): void;
}

export const benchSite = "hq";
const people = 1_000;
/** Each door has some people who come to it in turn. */
const peopleADoor = 4;

/**
 * A building on a real data folder: so many doors with a reader, a lock and a contact each, a thousand people with a card each,
 * and a central system that may read all of the site.
 */
export async function benchBuilding(doors: number): Promise<BenchBuilding> {
  const folder = mkdtempSync(join(tmpdir(), "gatewarden-bench-"));
  const dataDir = join(folder, "data");
  const house = await openHouse({ dataDir });
  try {
    const perform = async (name: string, params: unknown): Promise<Record<string, string>> => {
      const performed = await house.operations.perform(localAdministrator(), name, params);
      if (!performed.ok) throw new Error(`${name}: ${JSON.stringify(performed.refusal)}`);
      return performed.result as Record<string, string>;
    };
    await perform("site.import", { document: faultSite(doors) });
    const rows = Array.from({ length: people }, (_, i) => ({
      person: `p${i}`,
      name: `Person ${i}`,
      groups: ["staff"],
      status: "active",
      credentials: [{ value: `uid:${uid(i)}` }],
    }));
    await perform("people.import", { rows });
    const devices: Credentials["devices"][number][] = [];
    for (let n = 1; n <= doors; n++) {
      const { key } = await perform("device.add", { device: `io-${n}` });
      devices.push({ id: `io-${n}`, key: String(key), uids: uidsOf(n) });
    }
    const { key } = await perform("client.add", { client: "bench", role: "central" });
    const credentials = { site: benchSite, devices, subscriber: { id: "bench", key: String(key) } };
    const credentialsFile = join(folder, "credentials.json");
    writeFileSync(credentialsFile, JSON.stringify(credentials), { mode: 0o600 });
    return {
      dataDir,
      credentialsFile,
      credentials,
      remove: () => rmSync(folder, { recursive: true, force: true }),
    };
  } finally {
    await house.close();
  }
}

function uidsOf(door: number): string[] {
  return Array.from({ length: peopleADoor }, (_, k) => uid((door * peopleADoor + k) % people));
}

function uid(person: number): string {
  return `04a1b2${person.toString(16).padStart(8, "0")}`;
}
