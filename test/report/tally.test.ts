import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test, vi } from "vitest";

// Each run in here is a vitest of its own, on a machine that is busy with this one.
vi.setConfig({ testTimeout: 90_000 });

const repository = join(import.meta.dirname, "../..");
let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "gatewarden-tally-"));
  symlinkSync(join(repository, "node_modules"), join(folder, "node_modules"), "dir");
  const reporter = join(import.meta.dirname, "tally.ts");
  writeFileSync(
    join(folder, "vitest.config.mjs"),
    `export default { test: { include: ["*.test.js"], reporters: ["default", ${JSON.stringify(reporter)}] } };\n`,
  );
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function lastLineOf(files: Readonly<Record<string, string>>): {
  line: string | undefined;
  code: number | null;
} {
  for (const [name, text] of Object.entries(files)) {
    writeFileSync(join(folder, name), `import { test, describe, beforeAll } from "vitest";\n${text}`);
  }
  const { VITEST: _one, VITEST_WORKER_ID: _two, VITEST_POOL_ID: _three, ...env } = process.env;
  const { stdout, status } = spawnSync(
    process.execPath,
    [join(repository, "node_modules/vitest/vitest.mjs"), "run", "--root", folder],
    { env, encoding: "utf8" },
  );
  return { line: stdout.trimEnd().split("\n").at(-1), code: status };
}

test("a run ends with how many passed, failed and were skipped, alone on a line", () => {
  const { line, code } = lastLineOf({
    "a.test.js": 'test("a", () => {});\ntest("b", () => {});\ntest.skip("c", () => {});\ntest.todo("d");\n',
    "b.test.js": 'test("e", () => { throw new Error("no"); });\n',
  });
  expect(line).toBe("2 passed, 1 failed, 2 skipped");
  expect(code).toBe(1);
});

test("a file that cannot be read, a broken hook and an error outside of any test are failures", () => {
  expect(
    lastLineOf({ "a.test.js": 'import "./nowhere.js";\n', "b.test.js": 'test("a", () => {});\n' }).line,
  ).toBe("1 passed, 1 failed, 0 skipped");
  expect(
    lastLineOf({
      "a.test.js": 'test("a", () => {});\n',
      "b.test.js":
        'describe("s", () => { beforeAll(() => { throw new Error("no"); }); test("a", () => {}); });\n',
    }).line,
  ).toBe("1 passed, 1 failed, 1 skipped");
  expect(
    lastLineOf({
      "a.test.js": 'test("a", () => {});\n',
      "b.test.js": 'test("b", () => { Promise.reject(new Error("stray")); });\n',
    }).line,
  ).toBe("2 passed, 1 failed, 0 skipped");
});
