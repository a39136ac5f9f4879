import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { ListReading } from "../../gateway/operations/import-reading.js";
import { belongings } from "../cli/running-gateway.js";

const own = belongings();
afterAll(() => own.gone());

test("a list of which nothing more comes keeps no process", async () => {
  const folder = own.folder();
  const list = join(folder, "list.csv");
  const text = "person,name,groups,credential\nada,Ada Berg,staff,uid:04a1b2c3\n";
  writeFileSync(list, text);
  const lines: number[] = [];
  const reading = new ListReading(
    {
      list,
      staging: join(folder, "staging.db"),
      database: join(folder, "none.db"),
      groups: ["staff"],
      cardFormats: [],
      timeZone: "Europe/Berlin",
      patienceMs: 200,
    },
    1,
    (progress) => {
      if (progress.is === "reading") lines.push(progress.lines);
    },
  );
  expect(reading.over).toBe(false);
  reading.received(Buffer.byteLength(text), false);
  await expect(reading.done()).rejects.toThrow("no more of the list came");
  await expect.poll(() => reading.over, { timeout: 10_000 }).toBe(true);
  expect(lines).toContain(1);
});
