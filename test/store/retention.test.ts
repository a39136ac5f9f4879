import { expect, test } from "vitest";
import { openHandle } from "../../gateway/store/database.js";
import { folderPaths } from "../../gateway/store/folder.js";
import { verifyJournal } from "../../gateway/store/verify.js";
import { aFolder, aStore, write } from "./a-folder.js";
import { aScan, morning } from "./a-scan.js";

const at = (i: number) => morning + i * 1000;

test("expired events lose their body and are found no more, and the chain still verifies", async () => {
  const { data } = aFolder();
  const store = await aStore(data);
  await write(store, 1, 50);
  expect(await store.expire({ eventBodiesBefore: at(31) })).toEqual({ events: 30, signals: 0 });
  expect((await store.journal.readAfter(0, 100)).map(({ seq }) => seq)).toEqual(
    Array.from({ length: 20 }, (_, i) => i + 31),
  );
  expect(await store.journal.readAfter(0, 100, { person: "p5", until: at(31) })).toEqual([]);
  await write(store, 51, 60);
  await store.close();
  expect(await verifyJournal(data)).toMatchObject({ ok: true, events: 60, expired: 30, from: 1, to: 60 });
  const handle = await openHandle(folderPaths(data).database, { readOnly: true, busyTimeoutMs: 1000 });
  const left = await handle.all("SELECT * FROM events WHERE seq = 7");
  await handle.close();
  expect(left).toEqual([
    {
      ...Object.fromEntries(
        [
          "id",
          "at",
          "type",
          "category",
          "severity",
          "door",
          "area",
          "person",
          "device",
          "sensor",
          "credential",
          "reason",
          "tenant",
        ].map((c) => [c, null]),
      ),
      body: null,
      salt: null,
      seq: 7,
      digest: expect.any(Buffer),
      link: expect.any(Buffer),
    },
  ]);
});

test("the expired beginning is cut off at a signed head, and what is left verifies from there", async () => {
  const { data } = aFolder();
  const store = await aStore(data);
  for (let from = 1; from <= 41; from += 10) {
    await write(store, from, from + 9);
    await store.journal.signHead();
  }
  expect(await store.cutExpired()).toBe(0);
  await store.expire({ eventBodiesBefore: at(26) });
  expect(await store.cutExpired()).toBe(20);
  expect(await verifyJournal(data)).toMatchObject({ ok: true, from: 21, to: 50, events: 30, expired: 5 });
  await store.close();
  const again = await aStore(data);
  expect(again.openedWith.truncated).toBeUndefined();
  await write(again, 51, 52);
  expect(await verifyJournal(data)).toMatchObject({ ok: true, from: 21, to: 52 });
});

test("expired signals go with their answers; the snapshot that the rest is replayed on stays", async () => {
  const store = await aStore(aFolder().data);
  for (let i = 1; i <= 20; i++) {
    store.journal.append({ ...aScan(i), answer: { client: "ha", request: `r${i}`, body: "ok" } });
  }
  await store.journal.flush();
  await store.snapshots.save(3, at(3), []);
  await store.snapshots.save(8, at(8), [{ kind: "devices", id: "d1", value: { online: true, since: 8 } }]);
  await store.snapshots.save(15, at(15), []);
  expect(await store.expire({ signalsBefore: at(11) })).toEqual({ signals: 10, events: 0 });
  expect((await store.signals.read(0, 100)).map(({ n }) => n)).toEqual([
    11, 12, 13, 14, 15, 16, 17, 18, 19, 20,
  ]);
  expect(await store.journal.answer("ha", "r10")).toBeUndefined();
  expect(await store.journal.answer("ha", "r11")).toBe("ok");
  expect(await store.snapshots.latestBefore(at(7))).toBeUndefined();
  expect(await store.snapshots.latestBefore(at(14))).toMatchObject({ n: 8, at: at(8) });
  expect(await store.snapshots.latestBefore(at(15))).toMatchObject({ n: 15 });
});
