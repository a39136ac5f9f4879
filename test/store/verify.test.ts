import { appendFileSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { beforeEach, describe, expect, test } from "vitest";
import { digestOf, linkOf } from "../../gateway/store/chain.js";
import { type Handle, openHandle } from "../../gateway/store/database.js";
import { folderPaths } from "../../gateway/store/folder.js";
import { NothingToVerify, verifyJournal } from "../../gateway/store/verify.js";
import { aFolder, aStore, write } from "./a-folder.js";

let data: string;

/** A closed journal of 60 events with a signed head every 20. */
beforeEach(async () => {
  data = aFolder().data;
  const store = await aStore(data);
  for (let from = 1; from <= 41; from += 20) {
    await write(store, from, from + 19);
    await store.journal.signHead();
  }
  await store.close();
});

async function tamper(work: (database: Handle) => Promise<unknown>): Promise<void> {
  const handle = await openHandle(folderPaths(data).database, { readOnly: false, busyTimeoutMs: 1000 });
  await work(handle);
  await handle.close();
}

test("an untouched journal verifies, and its files are the owner's only", async () => {
  expect(await verifyJournal(data)).toEqual({
    ok: true,
    events: 60,
    expired: 0,
    heads: 6,
    from: 1,
    to: 60,
    lost: [],
  });
  const { database, privateKey, heads } = folderPaths(data);
  for (const file of [database, privateKey, heads]) expect(statSync(file).mode & 0o777).toBe(0o600);
  for (const folder of [data, folderPaths(data).keys]) expect(statSync(folder).mode & 0o777).toBe(0o700);
});

test("heads are signed by themselves, so many events apart", async () => {
  const { data } = aFolder();
  const store = await aStore(data, { headEveryEvents: 10 });
  for (let i = 1; i <= 45; i++) await write(store, i, i);
  await store.close();
  const verified = await verifyJournal(data);
  expect(verified).toMatchObject({ ok: true, events: 45 });
  // Each is in the database and in the file.
  expect(verified.heads).toBeGreaterThanOrEqual(2 * 3);
});

test("a journal verifies while a gateway writes it", async () => {
  const store = await aStore(data);
  let writing = true;
  const writer = (async () => {
    for (let i = 61; writing; i++) await write(store, i, i);
  })();
  for (let i = 0; i < 10; i++) expect(await verifyJournal(data)).toMatchObject({ ok: true });
  writing = false;
  await writer;
});

test("where there is no journal there is nothing to verify", async () => {
  await expect(verifyJournal(aFolder().root)).rejects.toThrow(NothingToVerify);
});

describe("the first break is named", () => {
  const breaks = async () => {
    const verified = await verifyJournal(data);
    expect(verified.ok).toBe(false);
    return verified.firstBreak;
  };

  test("a body was altered", async () => {
    await tamper((db) => db.run("UPDATE events SET body = replace(body, 'p12', 'p13') WHERE seq = 12"));
    expect(await breaks()).toEqual({ seq: 12, why: "the body of event 12 is not the one that was written" });
  });

  test("an event was filed under another door than it has", async () => {
    await tamper((db) => db.run("UPDATE events SET door = 'side' WHERE seq = 13"));
    expect(await breaks()).toEqual({ seq: 13, why: "event 13 is filed under another door than it has" });
  });

  test("an event is missing", async () => {
    await tamper((db) => db.run("DELETE FROM events WHERE seq = 14"));
    expect(await breaks()).toEqual({ seq: 14, why: "event 14 is missing" });
  });

  test("events are missing and a made-up gap is to explain it", async () => {
    await tamper(async (db) => {
      await db.run("DELETE FROM events WHERE seq IN (14, 15)");
      await db.run("INSERT INTO gaps SELECT 14, 15, link, 'lost', 20 FROM events WHERE seq = 16");
    });
    expect(await breaks()).toEqual({ seq: 14, why: "events 14 to 15 are missing" });
  });

  test("a body was replaced with its digest", async () => {
    await tamper(async (db) => {
      const row = await db.first<{ body: string; salt: Buffer }>(
        "SELECT body, salt FROM events WHERE seq = 15",
      );
      const body = row?.body.replace("scan-15", "scan-51") ?? "";
      await db.run("UPDATE events SET body = ?, digest = ? WHERE seq = 15", [
        body,
        digestOf(15, row?.salt ?? Buffer.alloc(0), body),
      ]);
    });
    expect(await breaks()).toEqual({
      seq: 15,
      why: "the link of event 15 does not follow from the one before",
    });
  });

  test("everything behind was chained anew, as far as one can without the key", async () => {
    await tamper(async (db) => {
      interface Row {
        readonly seq: number;
        readonly body: string;
        readonly salt: Buffer;
        readonly digest: Buffer;
        readonly link: Buffer;
      }
      let [, ...rows] = await db.all<Row>(
        "SELECT seq, body, salt, digest, link FROM events WHERE seq >= 15 ORDER BY seq",
      );
      const first = await db.first<{ link: Buffer }>("SELECT link FROM events WHERE seq = 15");
      let link: Uint8Array = first?.link ?? Buffer.alloc(32);
      rows = rows.map((row) => (row.seq === 16 ? { ...row, body: row.body.replace("front", "stock") } : row));
      for (const { seq, body, salt } of rows) {
        const digest = digestOf(seq, salt, body);
        link = linkOf(link, digest);
        const door = (JSON.parse(body) as { door: string }).door;
        await db.run("UPDATE events SET body = ?, door = ?, digest = ?, link = ? WHERE seq = ?", [
          body,
          door,
          digest,
          Buffer.from(link),
          seq,
        ]);
      }
    });
    expect(await breaks()).toEqual({
      seq: 20,
      why: "the chain up to event 20 is not the one that was signed",
    });
  });

  test("a head's signature is wrong", async () => {
    await tamper((db) => db.run("UPDATE heads SET at = at + 1 WHERE seq = 40"));
    expect(await breaks()).toEqual({ seq: 40, why: "the signature of head 40 in the database is wrong" });
  });

  test("a line of the heads' file cannot be read", async () => {
    const { heads } = folderPaths(data);
    writeFileSync(heads, readFileSync(heads, "utf8").replace('{"seq":20', '{"seq";20'));
    expect((await breaks())?.why).toMatch("1 of its lines cannot be read");
  });

  test("the end was cut off, with everything in the database that tells of it", async () => {
    await tamper(async (db) => {
      await db.run("DELETE FROM events WHERE seq > 25");
      await db.run("DELETE FROM heads WHERE seq > 25");
      await db.run("UPDATE progress SET seq = 25, link = (SELECT link FROM events WHERE seq = 25)");
    });
    expect(await breaks()).toEqual({
      seq: 26,
      why: "events 26 to 60 are missing: the journal is shorter than its last signed head",
    });
  });

  test("the beginning was cut off where no head is", async () => {
    await tamper((db) => db.run("DELETE FROM events WHERE seq <= 10"));
    expect(await breaks()).toEqual({ seq: 1, why: "events 1 to 10 are missing" });
  });
});

describe("a gateway that starts on a journal that is shorter than its last signed head", () => {
  beforeEach(() =>
    tamper(async (db) => {
      await db.run("DELETE FROM events WHERE seq > 25");
      await db.run("DELETE FROM heads WHERE seq > 25");
      await db.run("UPDATE progress SET seq = 25, link = (SELECT link FROM events WHERE seq = 25)");
    }),
  );

  test("says so, and gives no number a second time", async () => {
    const store = await aStore(data);
    expect(store.openedWith.truncated).toEqual({ from: 26, to: 60, why: "events are missing at the end" });
    await write(store, 61, 62);
    expect((await store.journal.readAfter(25, 10)).map(({ seq }) => seq)).toEqual([61, 62]);
    await store.close();
    const again = await aStore(data);
    expect(again.openedWith.truncated).toBeUndefined();
    expect((await verifyJournal(data)).firstBreak).toEqual({
      seq: 26,
      why: "events 26 to 60 are missing: the journal was cut short",
    });
  });

  test("says so again until it has written something", async () => {
    await (await aStore(data)).close();
    expect((await aStore(data)).openedWith.truncated).toMatchObject({ from: 26, to: 60 });
  });
});

test("a gateway that starts on a journal other than the signed one says so", async () => {
  await tamper((db) => db.run("UPDATE events SET link = zeroblob(32) WHERE seq = 60"));
  const { openedWith } = await aStore(data);
  expect(openedWith.truncated).toMatchObject({
    from: 60,
    why: "the journal does not agree with its last signed head",
  });
});

test("a gateway whose key is gone says so", async () => {
  rmSync(folderPaths(data).keys, { recursive: true });
  const { openedWith } = await aStore(data);
  expect(openedWith.truncated).toMatchObject({ from: 1, to: 60 });
  expect((await verifyJournal(data)).firstBreak?.why).toMatch(
    "the signature of head 20 in the database is wrong",
  );
});

test("a line that a power cut tore off the heads' file is no break", async () => {
  appendFileSync(folderPaths(data).heads, '{"seq":60,"li');
  expect(await verifyJournal(data)).toMatchObject({ ok: true });
  const store = await aStore(data);
  expect(store.openedWith.truncated).toBeUndefined();
  await write(store, 61, 61);
  await store.close();
  expect(await verifyJournal(data)).toMatchObject({ ok: true, heads: 8 });
});
