/** A store of its own for a gateway whose database is lost: what happens is logged there, and the lost one is left as it is. */
import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openStore, type Store, type StoreOptions } from "../store/store.js";
import { type EmergencyCopy, readCopy } from "./copy.js";
import { signedFiles } from "./signed-file.js";

export const emergencyFolder = "emergency";

export interface EmergencyStore {
  readonly store: Store;
  readonly copy: EmergencyCopy;
  readonly folder: string;
}

/** These say what is the matter; doors are not worked beside another gateway, nor by a program that is too old. */
const notLost: ReadonlySet<string> = new Set(["DataFolderInUse", "SchemaTooNew"]);

/** Undefined: the database is not lost, or there is no copy that can be believed. */
export async function openEmergencyStore(
  dataDir: string,
  options: StoreOptions,
  error: unknown,
): Promise<EmergencyStore | undefined> {
  if (error instanceof Error && notLost.has(error.name)) return undefined;
  let copy: EmergencyCopy | undefined;
  try {
    copy = readCopy(signedFiles(dataDir));
  } catch {
    return undefined;
  }
  if (!copy) return undefined;
  const { store, folder } = await openSomewhere(dataDir, options);
  try {
    for (const row of copy.devices) await store.accounts.put(row);
    const by = { kind: "system", id: "emergency" } as const;
    if (((await store.currentRevision()) ?? 0) < copy.revision)
      await store.sites.save(copy.revision, copy.document, by, "from the emergency file", Date.now());
    return { store, copy, folder };
  } catch (failure) {
    await store.close();
    throw failure;
  }
}

/** Beside the lost one; where that disk takes nothing, in memory or wherever the system keeps what is temporary. */
async function openSomewhere(
  dataDir: string,
  options: StoreOptions,
): Promise<{ readonly store: Store; readonly folder: string }> {
  const beside = join(dataDir, emergencyFolder);
  try {
    return { store: await openStore(beside, options), folder: beside };
  } catch (error) {
    if (error instanceof Error && notLost.has(error.name)) throw error;
    const folder = mkdtempSync(join(tmpdir(), "gatewarden-emergency-"));
    return { store: await openStore(folder, options), folder };
  }
}
