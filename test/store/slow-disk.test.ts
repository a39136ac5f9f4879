import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, test } from "vitest";
import type { JournalHealth } from "../../gateway/ports.js";
import { openStore } from "../../gateway/store/store.js";
import { verifyJournal } from "../../gateway/store/verify.js";
import { buildShims, faultEnvironment } from "../faults/shims/shims.js";
import { aFolder } from "./a-folder.js";
import { StoreProcess } from "./a-store-process.js";

const shims = buildShims();
const why = shims.ok ? "" : ` (skipped: ${shims.why})`;

async function start(): Promise<{ store: StoreProcess; data: string; failFile: string; fsyncFile: string }> {
  if (!shims.ok) throw new Error(shims.why);
  const { root, data } = aFolder();
  const failFile = join(root, "fail");
  const fsyncFile = join(root, "fsync-ms");
  mkdirSync(data);
  const store = await StoreProcess.start(
    data,
    faultEnvironment(shims.file, { dir: data, failFile, fsyncFile }),
  );
  return { store, data, failFile, fsyncFile };
}

const numbers = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, i) => from + i);

describe.skipIf(!shims.ok)(`a disk that fails${why}`, () => {
  for (const how of ["ENOSPC", "EIO", "FSYNC"] as const) {
    test(`${how}: what could not be written waits in memory and is written when the disk is back`, async () => {
      const { store, data, failFile } = await start();
      await store.tell({ do: "append", from: 1, to: 10, wait: true });
      writeFileSync(failFile, how);
      await store.tell({ do: "append", from: 11, to: 300, wait: false });
      await store.until(() => store.health.length === 1);
      await store.tell({ do: "append", from: 301, to: 400, wait: false });
      const failing = await store.tell<JournalHealth>({ do: "health" });
      expect(failing).toMatchObject({ state: "failing", waiting: 390, lastSeq: 400, lastDurableSeq: 10 });
      expect(failing.lastError).toMatch(how === "ENOSPC" ? "SQLITE_FULL" : "SQLITE_IOERR");
      expect(store.durable).toEqual(numbers(1, 10));
      rmSync(failFile);
      await store.tell({ do: "flush" });
      expect(store.durable).toEqual(numbers(1, 400));
      expect(store.health.map(({ state }) => state)).toEqual(["failing", "ok"]);
      await store.close();
      expect(await verifyJournal(data)).toMatchObject({ ok: true, events: 400, lost: [] });
    });
  }

  test("what memory cannot hold is lost from the oldest on, and the loss is told and proven", async () => {
    const { store, data, failFile } = await start();
    await store.tell({ do: "append", from: 1, to: 10, wait: true });
    writeFileSync(failFile, "EIO");
    await store.tell({ do: "append", from: 11, to: 20, wait: false });
    await store.until(() => store.health.length === 1);
    for (let from = 21; from < 20_000; from += 1000) {
      await store.tell({ do: "append", from, to: from + 999, wait: false });
    }
    // While a batch is being tried, that one waits beside the ring; when it has failed, both are one ring again.
    const health = () => store.tell<JournalHealth>({ do: "health" });
    await expect.poll(async () => (await health()).waiting, { timeout: 20_000 }).toBeLessThanOrEqual(12_000);
    const { waiting, lastSeq } = await health();
    expect(waiting).toBeGreaterThanOrEqual(10_000);
    rmSync(failFile);
    await store.tell({ do: "flush" });
    await store.until(() => store.durable.at(-1) === lastSeq + 1);
    await store.close();
    const to = lastSeq - waiting;
    const verified = await verifyJournal(data);
    expect(verified).toMatchObject({ ok: true, from: 1, to: lastSeq + 1, lost: [{ from: 11, to }] });
    const again = await openStore(data);
    try {
      const told = await again.journal.readAfter(0, 10, { types: ["system.lost"] });
      expect(told).toMatchObject([{ seq: lastSeq + 1, severity: "critical", data: { from: 11, to } }]);
      expect((await again.journal.readAfter(5, 10)).map(({ seq }) => seq)).toEqual([
        ...numbers(6, 10),
        ...numbers(to + 1, to + 5),
      ]);
      // Expiry leaves the event that explains the gap.
      await again.expire({ eventBodiesBefore: Number.MAX_SAFE_INTEGER });
    } finally {
      await again.close();
    }
    expect(await verifyJournal(data)).toMatchObject({ ok: true, lost: [{ from: 11, to }] });
  });

  test("a person that is blocked stays out although that cannot be written, and it is written later", async () => {
    const { store, data, failFile } = await start();
    const before = await store.tell<{ written: boolean }>({ do: "put-person", status: "active" });
    expect(before).toEqual({ atOnce: null, written: true, after: "active" });
    writeFileSync(failFile, "EIO");
    const blocked = await store.tell({ do: "put-person", status: "blocked" });
    expect(blocked).toEqual({ atOnce: "blocked", written: false, after: "blocked" });
    rmSync(failFile);
    await sleep(6_000);
    await store.close();
    const again = await openStore(data);
    expect(again.people.person("p1")).toMatchObject({ status: "blocked", version: 2 });
    await again.close();
  });

  test("a store can be closed although its disk fails", async () => {
    const { store, data, failFile } = await start();
    await store.tell({ do: "append", from: 1, to: 10, wait: true });
    writeFileSync(failFile, "EIO");
    await store.tell({ do: "append", from: 11, to: 20, wait: false });
    await store.close();
    expect(await verifyJournal(data)).toMatchObject({ ok: true, events: 10 });
  });
});

test.skipIf(!shims.ok)(`a slow disk holds up what is durable and nothing else${why}`, async () => {
  const { store, data, fsyncFile } = await start();
  writeFileSync(fsyncFile, "700");
  const begun = performance.now();
  await store.tell({ do: "append", from: 1, to: 50, wait: false });
  await store.tell({ do: "health" });
  expect(performance.now() - begun).toBeLessThan(500);
  expect(store.durable).toEqual([]);
  await store.tell({ do: "flush" });
  expect(performance.now() - begun).toBeGreaterThan(690);
  expect(store.durable).toEqual(numbers(1, 50));
  rmSync(fsyncFile);
  await store.close();
  expect(await verifyJournal(data)).toMatchObject({ ok: true, events: 50 });
});
