import { mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { expect, test } from "vitest";
import { openStore } from "../../gateway/store/store.js";
import { verifyJournal } from "../../gateway/store/verify.js";
import { buildShims, cutPower, faultEnvironment, takeImage } from "../faults/shims/shims.js";
import { aFolder } from "./a-folder.js";
import { StoreProcess } from "./a-store-process.js";

const long = process.env.LONG === "1";
const killRounds = long ? 50 : 5;
const powerCutRounds = long ? 50 : 5;
const shims = buildShims();
const why = shims.ok ? "" : ` (skipped: ${shims.why})`;

/** What must hold of a folder whose gateway ended in the middle of its work. */
async function expectWhole(data: string, acknowledged: readonly number[]): Promise<number> {
  const verified = await verifyJournal(data);
  expect(verified).toMatchObject({ ok: true, lost: [] });
  const store = await openStore(data);
  try {
    expect(store.openedWith.truncated).toBeUndefined();
    const seqs = new Set<number>();
    let scans = 0;
    for (let after = 0; ; ) {
      const signals = await store.signals.read(after, 1000);
      for (const { n, signal, events } of signals) {
        // A signal is there with its event, or neither is.
        expect(events.map(({ signal: id }) => id)).toEqual([signal.id]);
        seqs.add(events[0]?.seq ?? 0);
        scans++;
        expect(n).toBe(scans);
      }
      const last = signals.at(-1);
      if (!last) break;
      after = last.n;
      if (after === verified.to) {
        const state = await store.loadState();
        expect(state).toEqual([
          { kind: "devices", id: "front-reader", value: { online: true, since: last.signal.at } },
        ]);
      }
    }
    expect(seqs.size).toBe(verified.events);
    expect(acknowledged.filter((seq) => !seqs.has(seq))).toEqual([]);
    return verified.to;
  } finally {
    await store.close();
  }
}

test(`what was said to be on disk is there after each of ${killRounds} kills, whole and in order`, async () => {
  const { data } = aFolder();
  const acknowledged: number[] = [];
  let last = 0;
  for (let round = 0; round < killRounds; round++) {
    const store = await StoreProcess.start(data);
    await store.tell({ do: "append-for-ever", from: last + 1 });
    await store.until(() => store.durable.length > 0);
    await sleep(20 + Math.random() * 200);
    await store.kill();
    acknowledged.push(...store.durable);
    last = await expectWhole(data, acknowledged);
  }
  expect(acknowledged.length).toBeGreaterThan(killRounds * 20);
}, 600_000);

for (const tearPercent of [0, 30]) {
  test.skipIf(!shims.ok)(
    `what was said to be on disk is there after each of ${powerCutRounds} power cuts, with ${tearPercent} % of the writes let through unsynced${why}`,
    async () => {
      if (!shims.ok) return;
      const { root, data } = aFolder();
      const image = join(root, "image");
      mkdirSync(data);
      const acknowledged: number[] = [];
      let last = 0;
      for (let round = 0; round < powerCutRounds; round++) {
        takeImage(data, image);
        const store = await StoreProcess.start(
          data,
          faultEnvironment(shims.file, { dir: data, image, tearPercent }),
        );
        await store.tell({ do: "append-for-ever", from: last + 1 });
        await store.until(() => store.durable.length > 0);
        await sleep(20 + Math.random() * 300);
        await store.kill();
        acknowledged.push(...store.durable);
        cutPower(data, image);
        last = await expectWhole(data, acknowledged);
      }
      expect(acknowledged.length).toBeGreaterThan(powerCutRounds * 20);
    },
    600_000,
  );
}

test.skipIf(!shims.ok)(`the layer sees SQLite sync its log, its database and its folder${why}`, async () => {
  if (!shims.ok) return;
  const { root, data } = aFolder();
  const logFile = join(root, "syncs");
  mkdirSync(data);
  const store = await StoreProcess.start(data, faultEnvironment(shims.file, { dir: data, logFile }));
  await store.tell({ do: "append", from: 1, to: 1, wait: true });
  const before = readFileSync(logFile, "utf8").split("\n");
  await store.tell({ do: "append", from: 2, to: 2, wait: true });
  const after = readFileSync(logFile, "utf8").split("\n");
  expect(after.length).toBeGreaterThan(before.length);
  await store.close();
  const synced = readFileSync(logFile, "utf8").replaceAll(data, "data").split("\n");
  for (const what of ["data/gateway.db-wal", "data/gateway.db", "data", "data/keys", "data/keys/heads.log"]) {
    expect(synced.some((line) => line.endsWith(` ${what}`))).toBe(true);
  }
});
