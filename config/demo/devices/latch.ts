import { closeSync, fsyncSync, mkdirSync, openSync, readFileSync, renameSync, writeSync } from "node:fs";
import { dirname } from "node:path";
import { z } from "zod";

const kept = z.record(z.string().regex(/^\d+$/), z.array(z.string().min(1).max(200)).max(100));

/**
 * Which releases each lock of a device is latched in, by lock number: `{"1": ["01JX…"]}`. A release outlives the device's
 * restart, so it is on disk before it is acknowledged.
 */
export class LatchFile {
  readonly #path: string;

  constructor(path: string) {
    this.#path = path;
  }

  /** Nothing latched if there is no file yet; throws if there is one that cannot be read. */
  read(): Map<number, readonly string[]> {
    let text: string;
    try {
      text = readFileSync(this.#path, "utf8");
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === "ENOENT") return new Map();
      throw error;
    }
    return new Map(Object.entries(kept.parse(JSON.parse(text))).map(([lock, ids]) => [Number(lock), ids]));
  }

  /** Written beside and renamed over, so that a power cut leaves the old latches or the new ones, never half. */
  write(latched: ReadonlyMap<number, readonly string[]>): void {
    mkdirSync(dirname(this.#path), { recursive: true });
    const beside = `${this.#path}.new`;
    const file = openSync(beside, "w", 0o600);
    try {
      writeSync(file, `${JSON.stringify(Object.fromEntries(latched))}\n`);
      fsyncSync(file);
    } finally {
      closeSync(file);
    }
    renameSync(beside, this.#path);
  }
}
