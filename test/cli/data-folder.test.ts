import { existsSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { isDemoFolder, prepareDemoFolder, refuseDemoFolder } from "../../gateway/cli/data-folder.js";
import { lockFolder, prepareFolder } from "../../gateway/store/folder.js";
import { commandLine } from "./command-line.js";

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "gw-folder-"));
});

afterEach(() => rmSync(folder, { recursive: true, force: true }));

test("the demo does not touch a folder that holds anything and that it did not mark", async () => {
  writeFileSync(join(folder, "gateway.db"), "a real site");
  await expect(prepareDemoFolder(folder, false)).rejects.toMatchObject({
    exitCode: 4,
    code: "not-a-demo-folder",
  });
  await expect(prepareDemoFolder(folder, true)).rejects.toMatchObject({ code: "not-a-demo-folder" });
  expect(readdirSync(folder)).toEqual(["gateway.db"]);
});

test("the demo says so too, and names the folder", async () => {
  writeFileSync(join(folder, "gateway.db"), "a real site");
  const said = await commandLine(["demo", "--data", folder]);
  expect(said).toMatchObject({ exitCode: 4, out: "" });
  expect(said.err).toContain(`${folder}: is not a folder of the demo`);
});

test("a mark of another's making is no mark", async () => {
  writeFileSync(join(folder, "demo-folder"), "a demonstration of our wares");
  expect(isDemoFolder(folder)).toBe(false);
  await expect(prepareDemoFolder(folder, false)).rejects.toMatchObject({ code: "not-a-demo-folder" });
});

test("a new demo clears what the last one left, unless it is to be kept", async () => {
  const inner = join(folder, "demo");
  await prepareDemoFolder(inner, false);
  expect(statSync(inner).mode & 0o777).toBe(0o700);
  writeFileSync(join(inner, "gateway.db"), "yesterday");
  await prepareDemoFolder(inner, true);
  expect(existsSync(join(inner, "gateway.db"))).toBe(true);
  await prepareDemoFolder(inner, false);
  expect(readdirSync(inner)).toEqual(["demo-folder"]);
});

test("a demo folder that a gateway has open is not cleared", async () => {
  await prepareDemoFolder(folder, false);
  prepareFolder(folder);
  const lock = await lockFolder(folder);
  try {
    // Another process would see the same; within one, SQLite's own locks tell its handles apart.
    await expect(prepareDemoFolder(folder, false)).rejects.toThrow("has this data folder open");
    expect(existsSync(join(folder, "gateway.db"))).toBe(true);
  } finally {
    await lock.release();
  }
});

test("a real gateway refuses to start in the demo's folder", async () => {
  await prepareDemoFolder(folder, false);
  expect(() => refuseDemoFolder(folder)).toThrow("is the demo's data folder");
  const said = await commandLine(["start", "--data", folder, "--json"]);
  expect(said).toMatchObject({ exitCode: 4, out: "" });
  expect(JSON.parse(said.err).error.code).toBe("demo-folder");
});
