/** Builds the preloaded layer of `faults.c` and speaks its environment. */
import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { cpSync, existsSync, readFileSync, realpathSync, renameSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

export type Shims =
  | { readonly ok: true; readonly file: string }
  | { readonly ok: false; readonly why: string };

let built: Shims | undefined;

/** The layer as a shared object in the temp folder, built once for each text of its source; or why there is none. */
export function buildShims(): Shims {
  built ??= build();
  return built;
}

function build(): Shims {
  if (process.platform !== "linux") return { ok: false, why: "preloading is tried on Linux only" };
  const source = join(import.meta.dirname, "faults.c");
  const version = createHash("sha256").update(readFileSync(source)).digest("hex").slice(0, 16);
  const file = join(tmpdir(), `gatewarden-faults-${version}.so`);
  if (existsSync(file)) return { ok: true, file };
  const beside = `${file}.${process.pid}`;
  try {
    execFileSync("cc", ["-shared", "-fPIC", "-O2", "-pthread", "-o", beside, source, "-ldl"], {
      stdio: "pipe",
    });
  } catch (error) {
    return {
      ok: false,
      why: `no C compiler (cc) that builds it: ${(error as Error).message.split("\n")[0]}`,
    };
  }
  renameSync(beside, file);
  return { ok: true, file };
}

export interface Faults {
  /** The data folder; it must exist. */
  readonly dir?: string;
  readonly fsyncMs?: number;
  /** A file that may hold a number of milliseconds while the process runs. */
  readonly fsyncFile?: string;
  /** While this file exists, writing fails; its text is `ENOSPC`, `EIO` or `FSYNC`. */
  readonly failFile?: string;
  /** What is durable: see `takeImage` and `cutPower`. */
  readonly image?: string;
  /** Percentage of writes that become durable without having been synced. */
  readonly tearPercent?: number;
  /** Gets a line for each sync. */
  readonly logFile?: string;
}

/** Environment for a child process that shall meet these faults. */
export function faultEnvironment(file: string, faults: Faults): NodeJS.ProcessEnv {
  const variables: Readonly<Record<string, string | undefined>> = {
    FAULT_DIR: faults.dir && realpathSync(faults.dir),
    FAULT_FSYNC_MS: faults.fsyncMs?.toString(),
    FAULT_FSYNC_FILE: faults.fsyncFile,
    FAULT_FAIL: faults.failFile,
    FAULT_IMAGE: faults.image,
    FAULT_TEAR: faults.tearPercent?.toString(),
    FAULT_LOG: faults.logFile,
  };
  const set = Object.entries(variables).filter((entry): entry is [string, string] => entry[1] !== undefined);
  return { ...process.env, LD_PRELOAD: file, ...Object.fromEntries(set) };
}

/** Before the process starts: all that is there is durable. */
export function takeImage(dir: string, image: string): void {
  rmSync(image, { recursive: true, force: true });
  cpSync(dir, image, { recursive: true, preserveTimestamps: true });
}

/** After the process was killed: the folder is what a power cut leaves of it. */
export function cutPower(dir: string, image: string): void {
  rmSync(dir, { recursive: true, force: true });
  rmSync(join(image, ".inode"), { recursive: true, force: true });
  renameSync(image, dir);
}
