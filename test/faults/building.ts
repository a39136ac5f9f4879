import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openHouse } from "../../gateway/gateway.js";
import { localAdministrator } from "../../gateway/operations/operator.js";
import { ScanningDevice } from "./scan-load.js";

/** A building with many doors on a real data folder: a third of the cards opens them, the others are refused. */
export interface FaultBuilding {
  readonly dataDir: string;
  readonly devices: readonly ScanningDevice[];
  remove(): void;
}

/** Whoever has one of these may open every door. */
export const goodCards = Array.from({ length: 20 }, (_, i) => uid(0x10 + i));
const blockedCards = Array.from({ length: 20 }, (_, i) => uid(0x40 + i));
const strangers = Array.from({ length: 20 }, (_, i) => uid(0x80 + i));

function uid(last: number): string {
  return `04a1b2c3d4e5${last.toString(16).padStart(2, "0")}`;
}

export function faultSite(doors: number) {
  const range = Array.from({ length: doors }, (_, i) => i + 1);
  return {
    site: { id: "hq", name: "Fault house", timeZone: "Europe/Berlin" },
    tenants: [{ id: "main", name: "Main" }],
    areas: [
      { id: "outside", name: "Outside", outside: true },
      { id: "hall", name: "Hall" },
    ],
    doors: range.map((n) => ({
      id: `door-${n}`,
      name: `Door ${n}`,
      from: "outside",
      to: "hall",
      readers: { outside: `io-${n}/reader/1` },
      lock: { point: `io-${n}/lock/1`, kind: "fail-secure", mechanicalEgress: true },
      contact: `io-${n}/input/1`,
      unlockMs: 1000,
    })),
    devices: range.map((n) => ({ id: `io-${n}`, name: `Terminal ${n}`, driver: "mqtt" })),
    groups: [{ id: "staff", name: "Staff", access: [{ areas: ["hall"], schedule: "always" }] }],
  };
}

/** Whoever has it may open every door. */
export const goodCard = uid(0x10);

/** `cards`: what the devices present; otherwise good, blocked and strange ones in turn. */
export async function faultBuilding(doors: number, cards?: readonly string[]): Promise<FaultBuilding> {
  const folder = mkdtempSync(join(tmpdir(), "gatewarden-fault-"));
  const dataDir = join(folder, "data");
  const house = await openHouse({ dataDir });
  const perform = async (name: string, params: unknown): Promise<Record<string, string>> => {
    const performed = await house.operations.perform(localAdministrator(), name, params);
    if (!performed.ok) throw new Error(`${name}: ${JSON.stringify(performed.refusal)}`);
    return performed.result as Record<string, string>;
  };
  await perform("site.import", { document: faultSite(doors) });
  const person = (card: string, i: number, status: string) => ({
    person: `${status}-${i}`,
    name: `${status} ${i}`,
    groups: ["staff"],
    status,
    credentials: [{ value: `uid:${card}` }],
  });
  await perform("people.import", {
    rows: [
      ...goodCards.map((card, i) => person(card, i, "active")),
      ...blockedCards.map((card, i) => person(card, i, "blocked")),
    ],
  });
  const devices: ScanningDevice[] = [];
  for (let n = 1; n <= doors; n++) {
    const { key } = await perform("device.add", { device: `io-${n}` });
    devices.push(new ScanningDevice(`io-${n}`, String(key), cards ?? mixed(n)));
  }
  await house.close();
  return {
    dataDir,
    devices,
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}

/** Good, blocked and strange cards in turn, from another place at each door. */
function mixed(start: number): string[] {
  return Array.from({ length: 60 }, (_, i) => {
    const lists = [goodCards, blockedCards, strangers];
    const list = lists[i % 3] ?? goodCards;
    return list[(start + i) % list.length] ?? "";
  });
}
