import { execFileSync } from "node:child_process";
import { readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";

const root = join(import.meta.dirname, "../..");
const { bin, version } = JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as {
  bin: { gatewarden: string };
  version: string;
};

test("the built command may be run by its name, as the manual writes it", () => {
  expect(statSync(join(root, bin.gatewarden)).mode & 0o111).toBe(0o111);
  const told = execFileSync("npx", ["--no-install", "gatewarden", "--version"], {
    cwd: root,
    encoding: "utf8",
  });
  expect(told).toContain(version);
});
