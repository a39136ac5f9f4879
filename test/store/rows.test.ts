import { expect, test } from "vitest";
import { openHandle } from "../../gateway/store/database.js";
import { DataFolderInUse, folderPaths } from "../../gateway/store/folder.js";
import { SchemaTooNew } from "../../gateway/store/migrations.js";
import type { StoredAccount } from "../../gateway/store/rows.js";
import { RevisionInForce } from "../../gateway/store/sites.js";
import { openStore } from "../../gateway/store/store.js";
import { aFolder, aStore } from "./a-folder.js";
import { aScan } from "./a-scan.js";
import { StoreProcess } from "./a-store-process.js";

const anna = { kind: "operator", id: "anna" } as const;

test("two processes never have one folder open for writing, and a killed one leaves it free", async () => {
  const { data } = aFolder();
  const first = await StoreProcess.start(data);
  const second = await StoreProcess.start(data);
  expect(second.failed).toBe(
    `DataFolderInUse: ${data}: another Gatewarden process has this data folder open`,
  );
  await expect(openStore(data)).rejects.toThrow(DataFolderInUse);
  await first.kill();
  const third = await StoreProcess.start(data);
  expect(third.failed).toBeUndefined();
  await third.close();
});

test("a folder written by a newer version is refused, and left as it is", async () => {
  const { data } = aFolder();
  await (await aStore(data)).close();
  const handle = await openHandle(folderPaths(data).database, { readOnly: false, busyTimeoutMs: 1000 });
  const [schema] = await handle.allOnce<{ user_version: number }>("PRAGMA user_version");
  await handle.exec("PRAGMA user_version = 1000");
  await expect(openStore(data)).rejects.toThrow(SchemaTooNew);
  await expect(openStore(data)).rejects.toThrow("written by a newer Gatewarden (schema 1000");
  await handle.exec(`PRAGMA user_version = ${schema?.user_version}`);
  await handle.close();
  await (await aStore(data)).close();
});

test("what an account has besides its row is kept by kind and id", async () => {
  const { data } = aFolder();
  const store = await aStore(data);
  const totp = {
    kind: "totp",
    id: "anna",
    account: "anna",
    createdAt: 1,
    value: { secret: "ABC", n: 7 },
  } as const;
  const token = {
    ...totp,
    kind: "token",
    value: { scopes: ["door.unlock"], usedAt: null, on: true },
  } as const;
  await store.accountParts.put(totp);
  await store.accountParts.put(token);
  await store.accountParts.put({ ...totp, value: { secret: "DEF" } });
  await store.accountParts.put({ ...totp, id: "ben" });
  await store.accountParts.remove("totp", "ben");
  await store.close();
  const again = await aStore(data);
  expect(await again.accountParts.all()).toEqual([token, { ...totp, value: { secret: "DEF" } }]);
});

test("a revision that came into force is never written over, a draft may be", async () => {
  const { data } = aFolder();
  const store = await aStore(data);
  await store.sites.save(1, { name: "first" }, anna, "the beginning", 1000);
  await store.sites.save(1, { name: "better" }, anna, undefined, 2000);
  store.journal.append({ ...aScan(1), revision: 1 });
  await expect(store.sites.save(1, { name: "forged" }, anna, undefined, 3000)).rejects.toThrow(
    RevisionInForce,
  );
  await store.sites.save(2, { name: "second" }, { kind: "client", id: "a/b" }, "why", 4000);
  await store.close();
  const again = await aStore(data);
  expect(await again.sites.get(1)).toEqual({
    revision: 1,
    document: { name: "better" },
    by: anna,
    at: 2000,
    inForce: true,
  });
  expect(await again.sites.list()).toEqual([
    { revision: 2, by: { kind: "client", id: "a/b" }, note: "why", at: 4000, inForce: false },
    { revision: 1, by: anna, at: 2000, inForce: true },
  ]);
  expect(await again.sites.get(3)).toBeUndefined();
});

test("accounts, sessions and single values are kept as they are", async () => {
  const { data } = aFolder();
  const store = await aStore(data);
  const account: StoredAccount = {
    id: "front-reader",
    kind: "device",
    role: "device",
    discreet: false,
    disabled: false,
    secretKind: "key",
    secret: "ab12",
    createdAt: 1000,
    extra: { name: "Front reader", n: 1, on: true, none: null },
  };
  const other: StoredAccount = { ...account, id: "anna", kind: "operator", role: "owner", discreet: true };
  await store.accounts.put(account);
  await store.accounts.put(other);
  await store.accounts.put({ ...account, disabled: true });
  const from = { freshAt: 3, address: "10.0.0.5", agent: "Firefox of the gate house" };
  const session = { digest: "d1", account: "anna", createdAt: 1, lastSeenAt: 2, expiresAt: 30, ...from };
  await store.sessions.put(session);
  await store.sessions.put({ ...session, digest: "d2", createdAt: 5, expiresAt: 10 });
  await store.sessions.put({ ...session, digest: "d3", account: "ben" });
  await store.meta.set("boot", "7");
  await store.meta.set("gone", "1");
  await store.meta.set("gone", undefined);
  await store.close();
  const again = await aStore(data);
  expect(await again.accounts.all()).toEqual([other, { ...account, disabled: true }]);
  await again.accounts.remove("anna");
  expect((await again.accounts.all()).map(({ id }) => id)).toEqual(["front-reader"]);
  await again.sessions.removeExpired(10);
  await again.sessions.removeOf("ben");
  expect(await again.sessions.all()).toEqual([session]);
  await again.sessions.remove("d1");
  expect(await again.sessions.all()).toEqual([]);
  expect(await again.meta.get("boot")).toBe("7");
  expect(await again.meta.get("gone")).toBeUndefined();
});
