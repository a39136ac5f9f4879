/** More comes in than can be written: the senders wait, and nothing is lost. */
import { expect, test } from "vitest";
import { keepPace } from "../../gateway/pace.js";
import { aFolder, aStore } from "../store/a-folder.js";
import { aScan } from "../store/a-scan.js";

async function anHour(scans: number): Promise<{ readonly told: boolean[]; readonly end: () => void }> {
  const store = await aStore(aFolder().data);
  const told: boolean[] = [];
  const end = keepPace(store.journal, (held) => told.push(held));
  for (let i = 1; i <= scans; i++) store.journal.append(aScan(i));
  await store.journal.flush();
  return { told, end };
}

test("whoever sends waits while thousands of entries are not on disk, and goes on when they are", async () => {
  const { told, end } = await anHour(3_000);
  expect(told).toEqual([true, false]);
  end();
});

test("a rush that the disk keeps up with makes nobody wait", async () => {
  const { told, end } = await anHour(1_500);
  expect(told).toEqual([]);
  end();
});
