import { execFileSync } from "node:child_process";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeEach, expect, onTestFinished, test } from "vitest";
import { buildShims, cutPower, type Faults, faultEnvironment, takeImage } from "./shims.js";

const shims = buildShims();
const why = shims.ok ? "" : ` (skipped: ${shims.why})`;
const it = test.skipIf(!shims.ok);

let root: string;
let data: string;

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "gatewarden-shims-"));
  data = join(root, "data");
  mkdirSync(data);
  onTestFinished(() => rmSync(root, { recursive: true, force: true }));
});

/** Runs `script` in a process that meets the faults; `fs`, `dir` and `sync(path)` are there. Returns what it printed. */
function run(script: string, faults: Faults): string {
  if (!shims.ok) throw new Error(shims.why);
  const prelude = `
    const fs = require("node:fs");
    const dir = ${JSON.stringify(data)};
    const sync = (path) => { const fd = fs.openSync(path, "r"); fs.fsyncSync(fd); fs.closeSync(fd); };`;
  return execFileSync(process.execPath, ["-e", prelude + script], {
    env: faultEnvironment(shims.file, { dir: data, ...faults }),
    encoding: "utf8",
  });
}

/** The folder after `script` and a power cut. */
function afterPowerCut(script: string, tearPercent = 0): Record<string, string> {
  const image = join(root, "image");
  takeImage(data, image);
  run(script, { image, tearPercent });
  cutPower(data, image);
  expect(existsSync(image)).toBe(false);
  return Object.fromEntries(readdirSync(data).map((name) => [name, readFileSync(join(data, name), "utf8")]));
}

it(`a power cut leaves of a file what was synced${why}`, () => {
  writeFileSync(join(data, "old"), "0123456789");
  const left = afterPowerCut(`
    const fd = fs.openSync(dir + "/old", "r+");
    fs.writeSync(fd, "AB", 0); fs.fdatasyncSync(fd);
    fs.writeSync(fd, "CD", 4);`);
  expect(left).toEqual({ old: "AB23456789" });
});

it(`a power cut takes a new file whose folder was not synced${why}`, () => {
  const left = afterPowerCut(`
    const fd = fs.openSync(dir + "/new", "a");
    fs.writeSync(fd, "synced"); fs.fsyncSync(fd);`);
  expect(left).toEqual({});
});

it(`a power cut leaves a new file whose folder was synced, without what was written since${why}`, () => {
  const left = afterPowerCut(`
    const fd = fs.openSync(dir + "/new", "a");
    fs.writeSync(fd, "kept"); fs.fsyncSync(fd); sync(dir);
    fs.writeSync(fd, " and lost");
    fs.writeFileSync(dir + "/empty", "never synced"); sync(dir);`);
  expect(left).toEqual({ new: "kept", empty: "" });
});

it(`a power cut brings back a removed file, and the old one of a replaced, unless the folder was synced${why}`, () => {
  for (const name of ["removed", "replaced"]) writeFileSync(join(data, name), "old");
  const script = `
    fs.unlinkSync(dir + "/removed");
    const fd = fs.openSync(dir + "/beside", "w"); fs.writeSync(fd, "new"); fs.fsyncSync(fd);
    fs.renameSync(dir + "/beside", dir + "/replaced");`;
  expect(afterPowerCut(script)).toEqual({ removed: "old", replaced: "old" });
  expect(afterPowerCut(`${script} sync(dir);`)).toEqual({ replaced: "new" });
});

it(`a truncation holds when it was synced, and what was behind it does not come back${why}`, () => {
  writeFileSync(join(data, "file"), "0123456789");
  expect(afterPowerCut(`fs.truncateSync(dir + "/file", 2);`)).toEqual({ file: "0123456789" });
  expect(
    afterPowerCut(`
      const fd = fs.openSync(dir + "/file", "r+");
      fs.ftruncateSync(fd, 2); fs.writeSync(fd, "X", 4); fs.fsyncSync(fd);`),
  ).toEqual({ file: "01\u0000\u0000X" });
});

it(`a torn write may be there although nothing was synced${why}`, () => {
  writeFileSync(join(data, "file"), "0123456789");
  const script = `const fd = fs.openSync(dir + "/file", "r+"); fs.writeSync(fd, "AB", 0);`;
  expect(afterPowerCut(script, 100)).toEqual({ file: "AB23456789" });
});

it(`a sync takes as long as it is told to, and the number may change${why}`, () => {
  const fsyncFile = join(root, "ms");
  const timed = `
    const fd = fs.openSync(dir + "/file", "w");
    const time = () => { const t = performance.now(); fs.fsyncSync(fd); return performance.now() - t; };
    const first = time();
    fs.writeFileSync(${JSON.stringify(fsyncFile)}, "300");
    console.log(JSON.stringify([first, time()]));`;
  const [first, second] = JSON.parse(run(timed, { fsyncMs: 100, fsyncFile })) as [number, number];
  expect(first).toBeGreaterThanOrEqual(99);
  expect(first).toBeLessThan(290);
  expect(second).toBeGreaterThanOrEqual(299);
});

it(`a disk fails as it is told to, in its folder only${why}`, () => {
  const failFile = join(root, "fail");
  const tried = `
    const attempt = (work) => { try { work(); return "ok"; } catch (error) { return error.code; } };
    const fd = fs.openSync(dir + "/file", "w");
    const other = fs.openSync(${JSON.stringify(join(root, "other"))}, "w");
    const results = [];
    for (const how of [null, "ENOSPC", "EIO", "FSYNC"]) {
      if (how) fs.writeFileSync(${JSON.stringify(failFile)}, how);
      results.push([attempt(() => fs.writeSync(fd, "x")), attempt(() => fs.fsyncSync(fd)), attempt(() => fs.writeSync(other, "x"))]);
    }
    console.log(JSON.stringify(results));`;
  expect(JSON.parse(run(tried, { failFile }))).toEqual([
    ["ok", "ok", "ok"],
    ["ENOSPC", "ok", "ok"],
    ["EIO", "EIO", "ok"],
    ["ok", "EIO", "ok"],
  ]);
});
