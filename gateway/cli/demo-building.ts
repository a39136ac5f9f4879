/** What the demo's data folder is furnished with: the site, its people, and an account for every device. */
import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parsePeopleCsv } from "../site/people-csv.js";
import { packageFolder } from "../version.js";
import type { Connection } from "./connection.js";
import { performed } from "./context.js";
import { parseSiteFile } from "./site-file.js";

/** Keys by device and by client; in `demo-accounts.json` with the broker's address. */
export interface DemoAccounts {
  readonly devices: Readonly<Record<string, string>>;
  readonly clients: Readonly<Record<string, string>>;
}

/** Who works the alarm of the demo building from outside of it, and two who only read: one is told of hold-ups, one is not. */
const demoClients = [
  { client: "night-watch", role: "guard", discreet: false, name: "Night watch (simulated)" },
  { client: "alarm-centre", role: "central", discreet: true, name: "Alarm receiving centre" },
  { client: "house-desk", role: "central", discreet: false, name: "House technology" },
] as const;

const accountsName = "demo-accounts.json";
const walkName = "side-door.env";

export function demoFile(name: string): string {
  return join(packageFolder(), "config", "demo", name);
}

/** Imports what is missing or changed, and gives every device and client a key; those of an earlier demo keep theirs. */
export async function furnishDemo(
  connection: Pick<Connection, "perform">,
  dataDir: string,
): Promise<DemoAccounts> {
  const siteFile = demoFile("site.yaml");
  const { document } = parseSiteFile(siteFile, readFileSync(siteFile, "utf8"));
  await performed(connection.perform("site.import", { document, note: "the demo building" }));
  const peopleFile = demoFile("people.csv");
  const { rows, faults } = parsePeopleCsv(readFileSync(peopleFile, "utf8"));
  const [fault] = faults;
  if (fault) throw new Error(`${peopleFile}:${fault.line} ${fault.column ?? ""}: ${fault.message}`);
  await performed(connection.perform("people.import", { rows }));
  const kept = keptKeys(dataDir);
  const devices: Record<string, string> = {};
  for (const { id } of document.devices) {
    devices[id] = kept.devices?.[id] ?? (await newKey(connection, id, "device.add", { device: id }));
  }
  const clients: Record<string, string> = {};
  for (const client of demoClients) {
    const { client: id } = client;
    clients[id] = kept.clients?.[id] ?? (await newKey(connection, id, "client.add", client));
  }
  return { devices, clients };
}

async function newKey(
  connection: Pick<Connection, "perform">,
  account: string,
  operation: string,
  params: object,
): Promise<string> {
  const added = await connection.perform(operation, params);
  // Its account is there from an earlier demo, its key is not.
  const answer =
    !added.ok && added.refusal.code === "conflict"
      ? await connection.perform("account.rotate", { account })
      : added;
  return (await performed<{ key: string }>(answer)).key;
}

function keptKeys(dataDir: string): Partial<DemoAccounts> {
  try {
    return JSON.parse(readFileSync(join(dataDir, accountsName), "utf8")) as Partial<DemoAccounts>;
  } catch {
    return {};
  }
}

/** Writes the devices' accounts for their process, and those of the side door for a person's shell. Mode 0600. */
export function keepAccounts(
  dataDir: string,
  accounts: DemoAccounts & { readonly mqtt: { readonly host: string; readonly port: number } },
): { readonly accounts: string; readonly walk: string } {
  const files = { accounts: join(dataDir, accountsName), walk: join(dataDir, walkName) };
  writeSecret(files.accounts, `${JSON.stringify(accounts, undefined, 2)}\n`);
  const variables = {
    GATEWARDEN_DATA: dataDir,
    MQTT_PORT: String(accounts.mqtt.port),
    SIDE_READER_KEY: accounts.devices["side-reader"] ?? "",
    SIDE_LOCK_KEY: accounts.devices["side-lock"] ?? "",
    ALARM_CENTRE_KEY: accounts.clients["alarm-centre"] ?? "",
    HOUSE_DESK_KEY: accounts.clients["house-desk"] ?? "",
  };
  const lines = Object.entries(variables).map(([name, value]) => `export ${name}=${quoted(value)}\n`);
  writeSecret(files.walk, lines.join(""));
  return files;
}

/** A file that is there keeps its mode when it is written, so it goes first. */
function writeSecret(path: string, text: string): void {
  rmSync(path, { force: true });
  writeFileSync(path, text, { mode: 0o600, flag: "wx" });
}

/** As one word of a POSIX shell. */
function quoted(text: string): string {
  return /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;
}
