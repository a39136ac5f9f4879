/** The data folder: its modes, and the lock that keeps two processes from writing one folder. */
import { chmodSync, closeSync, existsSync, fsyncSync, mkdirSync, openSync } from "node:fs";
import { dirname, join } from "node:path";
import { DatabaseFailed, type Handle, openHandle } from "./database.js";

export class DataFolderInUse extends Error {
  readonly folder: string;
  constructor(folder: string) {
    super(`${folder}: another Gatewarden process has this data folder open`);
    this.name = "DataFolderInUse";
    this.folder = folder;
  }
}

export interface FolderPaths {
  readonly database: string;
  readonly lock: string;
  readonly keys: string;
  readonly privateKey: string;
  readonly publicKey: string;
  readonly heads: string;
  /** What people's PINs are kept with. */
  readonly pinKey: string;
  /** What is made from the database, and made anew where it is missing. */
  readonly index: string;
}

export function folderPaths(dir: string): FolderPaths {
  const keys = join(dir, "keys");
  return {
    database: join(dir, "gateway.db"),
    lock: join(dir, "lock.db"),
    keys,
    privateKey: join(keys, "journal.key"),
    publicKey: join(keys, "journal.pub"),
    heads: join(keys, "heads.log"),
    pinKey: join(keys, "pins.key"),
    index: join(dir, "index"),
  };
}

/** Makes the folder and its files where missing and takes others' access away: folders 0700, files 0600. */
export function prepareFolder(dir: string): FolderPaths {
  const paths = folderPaths(dir);
  const fresh = !existsSync(dir);
  for (const folder of [dir, paths.keys]) {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    chmodSync(folder, 0o700);
  }
  for (const file of [paths.database, paths.lock]) {
    // SQLite gives its -wal and -shm the mode of the database.
    closeSync(openSync(file, "a", 0o600));
    chmodSync(file, 0o600);
  }
  syncFolder(dir);
  if (fresh) syncFolder(dirname(dir));
  return paths;
}

/** A new or renamed file survives a power cut only when its folder was synced too. */
export function syncFolder(dir: string): void {
  const descriptor = openSync(dir, "r");
  try {
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}

export interface FolderLock {
  release(): Promise<void>;
}

/**
 * An exclusive transaction on a small database of its own: the kernel frees it when the process ends, however it ends. Throws
 * DataFolderInUse. Nothing else in this process may open and close that file: that would drop the lock (POSIX record locks).
 */
export async function lockFolder(dir: string): Promise<FolderLock> {
  let handle: Handle | undefined;
  try {
    handle = await openHandle(folderPaths(dir).lock, { readOnly: false, busyTimeoutMs: 0 });
    await handle.exec("BEGIN EXCLUSIVE");
  } catch (error) {
    await handle?.close();
    if (error instanceof DatabaseFailed && error.code === "SQLITE_BUSY") throw new DataFolderInUse(dir);
    throw error;
  }
  const held = handle;
  return {
    release: async () => {
      await held.exec("ROLLBACK");
      await held.close();
    },
  };
}
