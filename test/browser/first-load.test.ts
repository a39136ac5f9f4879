import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { expect, test } from "vitest";

const built = join(import.meta.dirname, "../../dist/web/app");
const mostKb = 260;

interface Chunk {
  readonly file: string;
  readonly isEntry?: boolean;
  readonly imports?: readonly string[];
  readonly css?: readonly string[];
  readonly assets?: readonly string[];
}

test("the first load is within 260 kB: the entry, what it needs at once, and their style sheets", () => {
  const manifestFile = join(built, ".vite/manifest.json");
  if (!existsSync(manifestFile)) throw new Error(`${manifestFile}: build the app first (npm run build)`);
  const manifest = JSON.parse(readFileSync(manifestFile, "utf8")) as Record<string, Chunk>;
  const entry = Object.keys(manifest).find((name) => manifest[name]?.isEntry);
  const files = new Set(["index.html"]);
  const walk = (name: string | undefined) => {
    const chunk = name === undefined ? undefined : manifest[name];
    if (!chunk || files.has(chunk.file)) return;
    files.add(chunk.file);
    for (const sheet of chunk.css ?? []) files.add(sheet);
    for (const each of chunk.imports ?? []) walk(each);
  };
  walk(entry);
  const bytes = [...files].map((file) => gzipSync(readFileSync(join(built, file)), { level: 6 }).length);
  const kb = bytes.reduce((sum, each) => sum + each, 0) / 1000;
  expect(files.size).toBeGreaterThan(2);
  expect(kb, [...files].join(", ")).toBeLessThanOrEqual(mostKb);
  // Measured over nothing, the promise would hold too.
  expect(kb).toBeGreaterThan(50);
});
