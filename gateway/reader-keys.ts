/**
 * Keys of readers: a file of the data folder that only its owner reads, never the site document, never a log. Each change is on disk
 * before it counts: a reader whose key is lost must be taken off the wall.
 */
import { closeSync, fsyncSync, openSync, readFileSync, renameSync, writeSync } from "node:fs";
import { dirname, join } from "node:path";
import type { KeyKeeper, ReaderKeys } from "../drivers/osdp/place.js";

const fileName = "reader-keys.json";
const hexKey = /^[0-9a-f]{32}$/;

/** The file is there and cannot be used: going on would lock every reader out. */
export class ReaderKeysUnreadable extends Error {
  override name = "ReaderKeysUnreadable";
  constructor(path: string, why: string) {
    super(`${path}: ${why}`);
  }
}

export function openReaderKeys(dataDir: string): KeyKeeper {
  const path = join(dataDir, fileName);
  const kept = new Map(Object.entries(read(path)));
  return {
    get: (device) => kept.get(device) ?? {},
    put(device, keys) {
      kept.set(device, keys);
      write(path, Object.fromEntries(kept));
    },
    isTaken: (key, except) =>
      [...kept].some(([device, keys]) => device !== except && (keys.key === key || keys.next === key)),
  };
}

function read(path: string): Readonly<Record<string, ReaderKeys>> {
  let text: string;
  try {
    text = readFileSync(path, "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return {};
    throw error;
  }
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch {
    throw new ReaderKeysUnreadable(path, "is not JSON; restore it from a backup");
  }
  if (typeof parsed !== "object" || parsed === null || Array.isArray(parsed))
    throw new ReaderKeysUnreadable(path, "does not hold keys by reader");
  const found: Record<string, ReaderKeys> = {};
  for (const [device, keys] of Object.entries(parsed)) {
    const { key, next } = (keys ?? {}) as ReaderKeys;
    for (const each of [key, next])
      if (each !== undefined && !hexKey.test(each))
        throw new ReaderKeysUnreadable(path, `the key of ${device} is not 32 hex digits`);
    found[device] = { ...(key === undefined ? {} : { key }), ...(next === undefined ? {} : { next }) };
  }
  return found;
}

function write(path: string, keys: Readonly<Record<string, ReaderKeys>>): void {
  const beside = `${path}.new`;
  const file = openSync(beside, "w", 0o600);
  try {
    writeSync(file, `${JSON.stringify(keys, null, 2)}\n`);
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
  renameSync(beside, path);
  // The name is only there after a power cut when its folder is.
  const folder = openSync(dirname(path), "r");
  try {
    fsyncSync(folder);
  } finally {
    closeSync(folder);
  }
}
