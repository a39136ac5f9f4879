import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { openReaderKeys, ReaderKeysUnreadable } from "../../gateway/reader-keys.js";

const first = "9f3c71d08e5a24b66b0d4c17e8f29a53";
const second = "51c0f7a3928bde66170433ecb5a98d24";
let dataDir: string;
const file = () => join(dataDir, "reader-keys.json");

beforeEach(() => {
  dataDir = mkdtempSync(join(tmpdir(), "gw-keys-"));
});
afterEach(() => rmSync(dataDir, { recursive: true, force: true }));

test("a reader's key is there after a restart, and nobody but the owner of the folder can read it", () => {
  const keys = openReaderKeys(dataDir);
  expect(keys.get("front")).toEqual({});
  keys.put("front", { key: first });
  keys.put("front", { key: first, next: second });
  expect(statSync(file()).mode & 0o777).toBe(0o600);
  expect(openReaderKeys(dataDir).get("front")).toEqual({ key: first, next: second });
});

test("a key that another reader has, or is being given, is taken", () => {
  const keys = openReaderKeys(dataDir);
  keys.put("front", { key: first, next: second });
  expect([keys.isTaken(first, "back"), keys.isTaken(second, "back"), keys.isTaken(first, "front")]).toEqual([
    true,
    true,
    false,
  ]);
});

test("a file that cannot be read stops the start, instead of locking every reader out", () => {
  for (const text of ["", "[]", '{"front":{"key":"short"}}']) {
    writeFileSync(file(), text);
    expect(() => openReaderKeys(dataDir), text).toThrow(ReaderKeysUnreadable);
    expect(readFileSync(file(), "utf8")).toBe(text);
  }
});
