/** Whose a data folder is. The demo writes and clears only folders that it marked itself, and no real site runs in one. */
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { CommandFailed, exitCodes } from "./failure.js";

const markerName = "demo-folder";
const markerText = "The demo's data folder: cleared at each start of the demo. No real site belongs here.\n";

export function isDemoFolder(dataDir: string): boolean {
  try {
    return readFileSync(join(dataDir, markerName), "utf8") === markerText;
  } catch {
    return false;
  }
}

/** Throws CommandFailed if a real gateway is about to run in the demo's folder. */
export function refuseDemoFolder(dataDir: string): void {
  if (!isDemoFolder(dataDir)) return;
  throw new CommandFailed(
    exitCodes.unreachable,
    "demo-folder",
    `${dataDir}: is the demo's data folder, which the demo clears; give a real site a folder of its own`,
  );
}

/**
 * The demo's folder, empty but for its mark, or as it was left with `keep`. Throws CommandFailed for a folder that holds
 * anything and was not marked by a demo, DataFolderInUse for one that a gateway has open.
 */
export async function prepareDemoFolder(dataDir: string, keep: boolean): Promise<void> {
  if (existsSync(dataDir) && !isDemoFolder(dataDir) && readdirSync(dataDir).length > 0) {
    throw new CommandFailed(
      exitCodes.unreachable,
      "not-a-demo-folder",
      `${dataDir}: is not a folder of the demo, and the demo touches no other; name an empty one with --data`,
    );
  }
  mkdirSync(dataDir, { recursive: true, mode: 0o700 });
  // The mark is put first and never taken off: a demo that is killed while it clears still leaves a folder of its own.
  writeFileSync(join(dataDir, markerName), markerText, { mode: 0o600 });
  if (!keep) await clear(dataDir);
}

async function clear(dataDir: string): Promise<void> {
  const { folderPaths, lockFolder } = await import("../store/folder.js");
  const lockFile = folderPaths(dataDir).lock;
  const lock = existsSync(lockFile) ? await lockFolder(dataDir) : undefined;
  const kept = [markerName, basename(lockFile)];
  for (const name of readdirSync(dataDir)) {
    if (!kept.includes(name)) rmSync(join(dataDir, name), { recursive: true, force: true });
  }
  await lock?.release();
}
