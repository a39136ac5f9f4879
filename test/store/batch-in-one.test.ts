import { join } from "node:path";
import sqlite3 from "sqlite3";
import { expect, test } from "vitest";
import { type Transaction, Writer } from "../../gateway/store/database.js";
import { openStore } from "../../gateway/store/store.js";
import { verifyJournal } from "../../gateway/store/verify.js";
import { aFolder } from "./a-folder.js";
import { aScan } from "./a-scan.js";

test("entries that were written one by one are the same rows as those written many together", async () => {
  const count = 100;
  const folders = [aFolder().data, aFolder().data] as const;
  for (const [k, data] of folders.entries()) {
    const store = await openStore(data);
    for (let i = 0; i < count; i++) {
      store.journal.append({
        ...aScan(i),
        changes: [
          { kind: "devices", id: `d${i % 7}`, value: { online: true, since: i } },
          // Somebody leaves: what was there is taken away.
          { kind: "devices", id: `d${(i + 3) % 7}`, value: undefined },
        ],
        answer: { client: "ha", request: `r${i}`, body: `{"odd":"\\u0000 ' ${i}"}` },
      });
      if (k === 0) await store.journal.flush();
    }
    await store.close();
    expect(await verifyJournal(data)).toMatchObject({ ok: true, events: count, lost: [] });
  }
  const [alone, together] = await Promise.all(folders.map(rowsOf));
  expect(alone?.events).toHaveLength(count);
  expect(alone).toEqual(together);
});

test("a statement by itself is not trusted where a transaction may have been left open", async () => {
  let disk: "works" | "is gone" = "works";
  const handle = {
    run: async (sql: string) => {
      if (disk === "is gone" && /COMMIT|ROLLBACK/.test(sql)) throw new Error(`${sql} failed`);
      return 0;
    },
  } as unknown as ConstructorParameters<typeof Writer>[0];
  const writer = new Writer(handle);
  const leftOpen = async (): Promise<boolean | undefined> => {
    let seen: boolean | undefined;
    await writer.turn(async (turn) => {
      seen = turn.leftOpen;
    }, "urgent");
    return seen;
  };
  const nothing = async (_tx: Transaction): Promise<void> => {};
  expect(await leftOpen()).toBe(false);
  disk = "is gone";
  await expect(writer.transact(nothing)).rejects.toThrow("COMMIT failed");
  expect(await leftOpen()).toBe(true);
  disk = "works";
  await writer.transact(nothing);
  expect(await leftOpen()).toBe(false);
});

/** What is the same each time: everything but ids, salts and what is hashed from them. */
async function rowsOf(data: string): Promise<Record<string, object[]>> {
  const database = new sqlite3.Database(join(data, "gateway.db"), sqlite3.OPEN_READONLY);
  const all = (sql: string): Promise<object[]> =>
    new Promise((resolve, reject) =>
      database.all(sql, (error: Error | null, rows: object[]) => (error ? reject(error) : resolve(rows))),
    );
  const rows = {
    signals: await all("SELECT * FROM signals ORDER BY n"),
    events: await all(`
      SELECT seq, at, type, category, severity, door, area, person, device, sensor, credential, reason, tenant,
             typeof(id) AS id, length(id) AS id_bytes, length(salt) AS salt_bytes, length(digest) AS digest_bytes,
             typeof(link) AS link, json_remove(body, '$.id') AS body
      FROM events ORDER BY seq`),
    state: await all("SELECT * FROM state ORDER BY kind, id"),
    answers: await all("SELECT * FROM answers ORDER BY client, request"),
    progress: await all("SELECT n, seq, revision, at, typeof(link) AS link FROM progress"),
  };
  await new Promise<void>((resolve) => database.close(() => resolve()));
  return rows;
}
