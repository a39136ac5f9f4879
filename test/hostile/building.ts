import { openHouse } from "../../gateway/gateway.js";
import { localAdministrator } from "../../gateway/operations/operator.js";
import { type FaultBuilding, faultBuilding, faultSite, goodCards } from "../faults/building.js";

/** What an account connects with. */
export interface Credentials {
  readonly id: string;
  readonly key: string;
}

/** The roles of clients that listen for what they may not hear. */
export const listenerRoles = ["viewer", "guard", "manager", "auditor", "central"] as const;
/** Accounts of each kind that turn against the gateway. */
const madAccounts = 16;

export interface HostileBuilding extends FaultBuilding {
  /** By id: the devices `io-{n}` of the doors, `ears-{role}` and `probe-{role}` (roles, and `device`), `mad-{n}` (devices), `rogue-{n}` (clients), `spare-{n}`. */
  account(id: string): Credentials;
  /** For the first sign-in on the web. */
  readonly ownerSecret: string;
}

/** Doors whose every scan is granted, and accounts of all roles for those who listen and those who attack. */
export async function hostileBuilding(doors: number): Promise<HostileBuilding> {
  const building = await faultBuilding(doors, goodCards);
  const house = await openHouse({ dataDir: building.dataDir });
  try {
    const accounts = new Map<string, Credentials>();
    for (const { id, key } of building.devices) accounts.set(id, { id, key });
    const perform = async (name: string, params: unknown): Promise<Record<string, string>> => {
      const performed = await house.operations.perform(localAdministrator(), name, params);
      if (!performed.ok) throw new Error(`${name}: ${JSON.stringify(performed.refusal)}`);
      return performed.result as Record<string, string>;
    };
    const device = async (id: string) => {
      const { key = "" } = await perform("device.add", { device: id });
      accounts.set(id, { id, key });
    };
    const client = async (id: string, role: string) => {
      const { key = "" } = await perform("client.add", { client: id, role });
      accounts.set(id, { id, key });
    };
    // All at once: what waits for the disk waits together.
    await Promise.all([
      ...listenerRoles.flatMap((role) => [client(`ears-${role}`, role), client(`probe-${role}`, role)]),
      ...["ears-device", "probe-device", "spare-1", "spare-2", "spare-3"].map(device),
      ...Array.from({ length: madAccounts }, (_, i) => device(`mad-${i + 1}`)),
      ...Array.from({ length: madAccounts }, (_, i) => client(`rogue-${i + 1}`, "central")),
    ]);
    const { secret = "" } = await perform("owner.claim", { untilUsed: true });
    return {
      ...building,
      ownerSecret: secret,
      account(id) {
        const found = accounts.get(id);
        if (!found) throw new Error(`hostile building: no account ${id}`);
        return found;
      },
    };
  } finally {
    await house.close();
  }
}

/** Adds devices without doors until the building has `all`; returns their accounts. The gateway must not be running. */
export async function manyDevices(dataDir: string, doors: number, all: number): Promise<Credentials[]> {
  const house = await openHouse({ dataDir });
  try {
    const added: Credentials[] = [];
    const site = faultSite(doors);
    const perform = async (name: string, params: unknown): Promise<Record<string, string>> => {
      const performed = await house.operations.perform(localAdministrator(), name, params);
      if (!performed.ok) throw new Error(`${name}: ${JSON.stringify(performed.refusal)}`);
      return performed.result as Record<string, string>;
    };
    for (let n = doors + 1; n <= all; n++)
      site.devices.push({ id: `io-${n}`, name: `Input ${n}`, driver: "mqtt" });
    await perform("site.import", { document: site });
    await Promise.all(
      site.devices.slice(doors).map(async ({ id }) => {
        const { key = "" } = await perform("device.add", { device: id });
        added.push({ id, key });
      }),
    );
    return added;
  } finally {
    await house.close();
  }
}
