import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { onTestFinished } from "vitest";
import { openStore, type Store, type StoreOptions } from "../../gateway/store/store.js";
import { aScan } from "./a-scan.js";

/** A folder of the test's own, gone when it has finished; `data` does not exist yet. */
export function aFolder(): { readonly root: string; readonly data: string } {
  const root = mkdtempSync(join(tmpdir(), "gatewarden-store-"));
  onTestFinished(() => rmSync(root, { recursive: true, force: true }));
  return { root, data: join(root, "data") };
}

/** A store that is closed when the test has finished, if it was not before. */
export async function aStore(data: string, options: StoreOptions = {}): Promise<Store> {
  const store = await openStore(data, { site: "hq", tenant: "main", ...options });
  onTestFinished(() => store.close());
  return store;
}

/** Appends scans `from` to `to` and waits until they are on disk. */
export async function write(store: Store, from: number, to: number): Promise<void> {
  for (let i = from; i <= to; i++) store.journal.append(aScan(i));
  await store.journal.flush();
}
