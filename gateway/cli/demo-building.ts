/** What the demo's data folder is furnished with: the site, its people, and an account for every device. */
import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parsePeopleCsv } from "../site/people-csv.js";
import { packageFolder } from "../version.js";
import type { Connection } from "./connection.js";
import { performed } from "./context.js";
import { parseSiteFile } from "./site-file.js";

/** Keys by device; in `demo-accounts.json` with the broker's address. */
export interface DemoAccounts {
  readonly devices: Readonly<Record<string, string>>;
}

const accountsName = "demo-accounts.json";
const walkName = "side-door.env";

export function demoFile(name: string): string {
  return join(packageFolder(), "config", "demo", name);
}

/** Imports what is missing or changed, and gives every device a key; those of an earlier demo keep theirs. */
export async function furnishDemo(connection: Connection, dataDir: string): Promise<DemoAccounts> {
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
    devices[id] = kept[id] ?? (await newKey(connection, id));
  }
  return { devices };
}

async function newKey(connection: Connection, device: string): Promise<string> {
  const added = await connection.perform("device.add", { device });
  // Its account is there from an earlier demo, its key is not.
  const answer =
    !added.ok && added.refusal.code === "conflict"
      ? await connection.perform("account.rotate", { account: device })
      : added;
  return (await performed<{ key: string }>(answer)).key;
}

function keptKeys(dataDir: string): Readonly<Record<string, string>> {
  try {
    const kept = JSON.parse(readFileSync(join(dataDir, accountsName), "utf8")) as Partial<DemoAccounts>;
    return kept.devices ?? {};
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
