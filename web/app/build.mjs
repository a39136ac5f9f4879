/** Builds the pages into `dist/web/app`, if they or the manual have changed since they were last built. */
import { existsSync, readdirSync, statSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "vite";

const root = join(dirname(fileURLToPath(import.meta.url)), "../..");
const built = join(root, "dist/web/app/index.html");

function newest(folder) {
  return readdirSync(folder, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile())
    .reduce((latest, entry) => Math.max(latest, statSync(join(entry.parentPath, entry.name)).mtimeMs), 0);
}

const sources = Math.max(
  newest(join(root, "web/app")),
  newest(join(root, "web/help")),
  statSync(join(root, "package-lock.json")).mtimeMs,
);
if (!existsSync(built) || statSync(built).mtimeMs < sources) {
  await build({ root: join(root, "web/app"), logLevel: "warn" });
}
