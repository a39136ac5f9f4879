import { copyFileSync, existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { expect, onTestFinished, test } from "vitest";
import { type House, openHouse } from "../../gateway/gateway.js";
import { localAdministrator } from "../../gateway/operations/operator.js";
import type { Operator, Performed } from "../../gateway/ports.js";
import { faultSite } from "../faults/building.js";

const owner = localAdministrator();
const header = "person,name,groups,credential,printed,valid_from,valid_until,status";

interface Job {
  readonly import: string;
  readonly state: string;
  readonly done: number;
  readonly refused: number;
  readonly summary: Record<string, number> | null;
  readonly preview: readonly { readonly person: string; readonly what: string }[];
  readonly faults: readonly { readonly line: number; readonly column: string; readonly message: string }[];
  readonly message: string | null;
}

class Desk {
  readonly house: House;
  constructor(house: House) {
    this.house = house;
  }

  perform(name: string, params: unknown, operator: Operator = owner): Promise<Performed> {
    return this.house.operations.perform(operator, name, params);
  }

  async ask<T = Job>(name: string, params: unknown): Promise<T> {
    const performed = await this.perform(name, params);
    if (!performed.ok) throw new Error(`${name}: ${performed.refusal.message}`);
    return performed.result as T;
  }

  async until(id: string, states: readonly string[]): Promise<Job> {
    for (;;) {
      const job = await this.ask("people.import.get", { import: id });
      if (states.includes(job.state)) return job;
      if (job.state === "failed") throw new Error(job.message ?? "");
      await sleep(5);
    }
  }

  /** Sends a list in small pieces and has it checked. */
  async check(text: string, bytesAPiece = 100_000): Promise<Job> {
    const bytes = Buffer.from(text);
    const { import: id } = await this.ask("people.import.begin", { name: "list.csv", bytes: bytes.length });
    for (let offset = 0; offset < bytes.length; offset += bytesAPiece) {
      const data = bytes.subarray(offset, offset + bytesAPiece).toString("base64");
      await this.ask("people.import.content", { import: id, offset, data });
    }
    await this.ask("people.import.check", { import: id });
    return this.until(id, ["checked"]);
  }

  async apply({ import: id }: Job): Promise<Job> {
    await this.ask("people.import.apply", { import: id });
    return this.until(id, ["done", "failed"]);
  }

  async people(
    search = "",
  ): Promise<
    { id: string; name: string; groups: string[]; credentials: { value: string; status: string }[] }[]
  > {
    const { people } = await this.ask<{ people: never[] }>("people.list", { search, limit: 1000 });
    return people;
  }

  async actions(): Promise<string[]> {
    const { events } = await this.ask<{ events: { type: string; data?: { action?: string } }[] }>(
      "journal.read",
      {
        limit: 50,
      },
    );
    return events.flatMap(({ type, data }) => (type === "audit.people-changed" ? (data?.action ?? []) : []));
  }
}

function aFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "gw-list-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

async function aDesk(dataDir: string): Promise<Desk> {
  const desk = new Desk(await openHouse({ dataDir }));
  onTestFinished(() => desk.house.close());
  return desk;
}

async function aHouse(): Promise<{ desk: Desk; dataDir: string }> {
  const dataDir = join(aFolder(), "data");
  const desk = await aDesk(dataDir);
  await desk.ask("site.import", { document: faultSite(1) });
  return { desk, dataDir };
}

const list = (...lines: readonly string[]): string => [header, ...lines, ""].join("\n");

test("a list is shown before anything happens, and then everybody in it is there", async () => {
  const { desk, dataDir } = await aHouse();
  const text = list(
    "ada,Ada Lind,staff,uid:04A1B2C3,0815,,2027-01-01,",
    'ben,"Ben, Jr.",,,,,,blocked',
    "ada,,,uid:04a1b2c4,,,,lost",
  );
  const job = await desk.check(text, 17);
  expect(job).toMatchObject({
    state: "checked",
    refused: 0,
    summary: { lines: 3, people: 2, added: 2, changed: 0, unchanged: 0, credentials: 2 },
    preview: [
      { person: "ada", what: "added" },
      { person: "ben", what: "added" },
    ],
  });
  expect(await desk.people()).toEqual([]);
  expect(await desk.apply(job)).toMatchObject({ state: "done", done: 2 });
  expect(await desk.people()).toMatchObject([
    {
      id: "ada",
      groups: ["staff"],
      // A day at the site counts whole.
      validUntil: "2027-01-01T23:00:00.000Z",
      credentials: [
        { value: "uid:04a1b2c3", printed: "0815", status: "active" },
        { value: "uid:04a1b2c4", status: "lost" },
      ],
    },
    { id: "ben", name: "Ben, Jr.", status: "blocked", credentials: [] },
  ]);
  expect(await desk.actions()).toEqual([
    expect.stringMatching(/ended: list.csv/),
    expect.stringMatching(/2 people began: list.csv/),
  ]);
  expect(readdirSync(join(dataDir, "imports"))).toEqual([]);
});

test("the same list again changes nothing; a changed one changes what differs, and leaves who is not in it", async () => {
  const { desk } = await aHouse();
  const first = list("ada,Ada,staff,uid:04A1B2C3,0815,,,", "ben,Ben,,,,,,", "cy,Cy,,,,,,");
  await desk.apply(await desk.check(first));
  const same = await desk.check(first);
  expect(same.summary).toMatchObject({ added: 0, changed: 0, unchanged: 3, credentials: 0 });
  await desk.apply(same);
  const other = await desk.check(
    list("ada,Ada,staff,uid:04A1B2C3,,,,lost", "ben,Ben Two,staff,,,,,", "dee,Dee,,uid:04A1B2C9,,,,"),
  );
  expect(other.summary).toMatchObject({ added: 1, changed: 2, unchanged: 0, credentials: 2 });
  await desk.apply(other);
  const people = await desk.people();
  expect(people.map(({ id, name }) => [id, name])).toEqual([
    ["ada", "Ada"],
    ["ben", "Ben Two"],
    ["cy", "Cy"],
    ["dee", "Dee"],
  ]);
  expect(people[0]?.credentials).toMatchObject([{ status: "lost", printed: "0815" }]);
});

test("with any fault nothing is taken, and every fault is told with its line", async () => {
  const { desk } = await aHouse();
  await desk.apply(await desk.check(list("zoe,Zoe,,uid:04A1B2C0,,,,")));
  const job = await desk.check(
    list(
      "ada,Ada,stuff,,,,,",
      "Bad Id,Bo,,,,,,",
      "cy,Cy,,uid:08A1B2C3,,,,",
      "dee,Dee,,uid:04A1B2C3,,,,",
      "dee,Di,,uid:04A1B2C4,,,,",
      "eve,Eve,,uid:04A1B2C3,,,,",
      "fay,Fay,,uid:04A1B2C0,,,,",
      "gus,=1+1,,,,,,",
      "hal,,,,,,,",
      "ida,Ida,,,,2027-01-02,2027-01-01,",
      "jan,Jan,,,,,,",
    ),
  );
  expect(job.faults.map(({ line, column }) => [line, column])).toEqual([
    [2, "groups"],
    [3, "person"],
    [4, "credential"],
    [6, "name"],
    [7, "credential"],
    [8, "credential"],
    [9, "name"],
    [10, "name"],
    [11, "valid_until"],
  ]);
  expect(job.refused).toBe(9);
  const refused = await desk.perform("people.import.apply", { import: job.import });
  expect(refused).toMatchObject({ ok: false, refusal: { code: "conflict" } });
  expect((await desk.people()).map(({ id }) => id)).toEqual(["zoe"]);
});

test("a card may go from one to another in one list, and to nobody who has to share it", async () => {
  const { desk } = await aHouse();
  await desk.apply(await desk.check(list("ada,Ada,,uid:04A1B2C3,,,,")));
  const job = await desk.check(list("aaa,First,,uid:04A1B2C3,,,,", "ada,Ada,,uid:04A1B2C3,,,,returned"));
  expect(job.faults).toEqual([]);
  expect(await desk.apply(job)).toMatchObject({ state: "done" });
  expect(await desk.people()).toMatchObject([
    { id: "ada", credentials: [{ status: "returned" }] },
    { id: "aaa", credentials: [{ status: "active" }] },
  ]);
});

test("whoever gets a card while a list waits keeps it; the list is stopped and says so", async () => {
  const { desk } = await aHouse();
  await desk.ask("person.put", { person: "zoe", name: "Zoe" });
  const job = await desk.check(list("ada,Ada,,uid:04A1B2C3,,,,"));
  await desk.ask("credential.add", { person: "zoe", value: "uid:04A1B2C3" });
  const { state, message } = await (async () => {
    await desk.ask("people.import.apply", { import: job.import });
    for (;;) {
      const now = await desk.ask("people.import.get", { import: job.import });
      if (now.state !== "applying") return now;
      await sleep(5);
    }
  })();
  expect(state).toBe("failed");
  expect(message).toMatch(/somebody changed people meanwhile.*person "zoe"/);
  expect((await desk.people()).map(({ id }) => id)).toEqual(["zoe"]);
  expect((await desk.actions())[0]).toMatch(/failed after 0 people/);
});

test("pieces are taken in their order and each once, and no more than the configuration allows", async () => {
  const { desk } = await aHouse();
  const { import: id } = await desk.ask("people.import.begin", {});
  const piece = (offset: number, text: string) =>
    desk.perform("people.import.content", { import: id, offset, data: Buffer.from(text).toString("base64") });
  expect(await piece(0, "person,name\n")).toMatchObject({ ok: true, result: { done: 12 } });
  expect(await piece(0, "person,name\n")).toMatchObject({ ok: false, refusal: { code: "conflict" } });
  expect(await piece(13, "x")).toMatchObject({
    ok: false,
    refusal: { message: "the next piece begins at 12, not at 13" },
  });
  expect(await desk.perform("people.import.begin", { bytes: 2e9 })).toMatchObject({
    ok: false,
    refusal: { code: "invalid", message: expect.stringContaining("1000 MB") },
  });
  const guard: Operator = { actor: { kind: "operator", id: "g" }, role: "guard", discreet: false };
  expect(await desk.perform("people.import.begin", {}, guard)).toMatchObject({
    ok: false,
    refusal: { code: "forbidden" },
  });
  await desk.ask("people.import.cancel", { import: id });
  expect(await piece(12, "x")).toMatchObject({ ok: false, refusal: { code: "conflict" } });
});

test("a list is read while it still comes in, and anew where the site has changed by the time it is whole", async () => {
  const { desk } = await aHouse();
  const { import: id } = await desk.ask("people.import.begin", {});
  const text = list("ada,Ada Berg,newcomers,uid:04a1b2c3,,,,");
  const content = { import: id, offset: 0, data: Buffer.from(text).toString("base64") };
  await desk.ask("people.import.content", content);
  await expect
    .poll(() => desk.ask("people.import.get", { import: id }), { timeout: 10_000 })
    .toMatchObject({ state: "receiving", lines: 1, refused: 1 });
  const site = faultSite(1);
  const newcomers = { ...site.groups[0], id: "newcomers", name: "Newcomers" };
  await desk.ask("site.import", { document: { ...site, groups: [...site.groups, newcomers] } });
  await desk.ask("people.import.check", { import: id });
  expect(await desk.until(id, ["checked"])).toMatchObject({ refused: 0, summary: { added: 1 } });
});

/** Twenty thousand people, a card each, some two; the groups of half of them differ by `turn`. */
function manyPeople(turn: number): string {
  const lines = Array.from({ length: 20_000 }, (_, i) => {
    const id = `p${String(i).padStart(5, "0")}`;
    const groups = i % 2 === 0 && turn > 0 ? "" : "staff";
    const card = (n: number) => `uid:04${n.toString(16).padStart(12, "0")}`;
    const second = i % 5 === 0 ? [`${id},,,${card(i * 2 + 1)},,,,`] : [];
    return [`${id},Person ${i},${groups},${card(i * 2)},${1_000_000 + i},,,`, ...second].join("\n");
  });
  return list(...lines);
}

test("a list of twenty thousand that a crash cuts short leaves whole people, and the same list again does the rest", async () => {
  const { desk, dataDir } = await aHouse();
  const job = await desk.check(manyPeople(0));
  expect(job.summary).toMatchObject({ people: 20_000, added: 20_000, credentials: 24_000 });
  await desk.ask("people.import.apply", { import: job.import });
  while ((await desk.ask("people.import.get", { import: job.import })).done < 5_000) await sleep(1);
  // As a kill leaves it.
  const crashed = join(aFolder(), "data");
  for (const part of ["", "keys", "index"]) {
    mkdirSync(join(crashed, part), { recursive: true });
    for (const entry of readdirSync(join(dataDir, part), { withFileTypes: true })) {
      if (entry.isFile() && entry.name !== "lock.db") {
        copyFileSync(join(dataDir, part, entry.name), join(crashed, part, entry.name));
      }
    }
  }
  await desk.until(job.import, ["done"]);
  const after = await aDesk(crashed);
  await expect.poll(() => after.actions()).toContain("an import of 20000 people was cut short");
  const again = await after.check(manyPeople(0));
  const { added = 0, changed = 0, unchanged = 0 } = again.summary ?? {};
  expect(changed).toBe(0);
  expect(unchanged).toBeGreaterThanOrEqual(5_000);
  expect(added).toBe(20_000 - unchanged);
  await after.apply(again);
  const both = await Promise.all([desk, after].map((each) => each.people("Person 199")));
  const shown = both.map((people) =>
    people.map(({ id, groups, credentials }) => [id, groups, credentials.map(({ value }) => value)]),
  );
  expect(shown[1]).toEqual(shown[0]);
  expect((await after.check(manyPeople(0))).summary).toMatchObject({ unchanged: 20_000, credentials: 0 });
  expect(existsSync(join(crashed, "imports"))).toBe(true);
}, 180_000);

test("a list that is cancelled half way keeps what was applied, and says so", async () => {
  const { desk } = await aHouse();
  const job = await desk.check(manyPeople(0));
  await desk.ask("people.import.apply", { import: job.import });
  while ((await desk.ask("people.import.get", { import: job.import })).done < 2_000) await sleep(1);
  const cancelled = await desk.ask("people.import.cancel", { import: job.import });
  expect(cancelled).toMatchObject({ state: "cancelled", message: expect.stringContaining("does the rest") });
  const { total } = await desk.ask<{ total: number }>("people.list", { limit: 1 });
  expect(total).toBe(cancelled.done);
  expect(total).toBeLessThan(20_000);
  expect((await desk.actions())[0]).toMatch(/cancelled after \d+ of 20000/);
}, 120_000);

test("a list may be cancelled, and the house closed, at any moment of the checking", async () => {
  const { desk } = await aHouse();
  for (const waitMs of [0, 300, 700, 1_500]) {
    const bytes = Buffer.from(manyPeople(0));
    const { import: id } = await desk.ask("people.import.begin", { bytes: bytes.length });
    for (let offset = 0; offset < bytes.length; offset += 500_000) {
      const data = bytes.subarray(offset, offset + 500_000).toString("base64");
      await desk.ask("people.import.content", { import: id, offset, data });
    }
    await desk.ask("people.import.check", { import: id });
    await sleep(waitMs);
    if (waitMs === 1_500) await desk.house.close();
    else expect(await desk.ask("people.import.cancel", { import: id })).toMatchObject({ state: "cancelled" });
  }
}, 120_000);
