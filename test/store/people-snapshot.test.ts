import {
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { expect, test } from "vitest";
import { credentialStatuses } from "../../gateway/core/people.js";
import { openHandle } from "../../gateway/store/database.js";
import { folderPaths } from "../../gateway/store/folder.js";
import type { PeopleStore } from "../../gateway/store/people.js";
import type { CredentialInput, PersonInput } from "../../gateway/store/people-types.js";
import { openStore, type Store } from "../../gateway/store/store.js";
import { aFolder, aStore } from "./a-folder.js";
import { StoreProcess } from "./a-store-process.js";

const anna = { by: { kind: "operator", id: "anna" }, at: 1000 } as const;
/** However few rows there are, they make a snapshot. */
const always = { people: { snapshotFromRows: 1 } } as const;

const people = Array.from({ length: 6 }, (_, i) => `p${i}`);
const credentials = Array.from({ length: 8 }, (_, i) => `c${i}`);
const values = ["uid:04a1b2c3", "uid:04a1b2c4", "H10301:1/2", "code:ä"];

function aPerson(id: string, over: Partial<PersonInput> = {}): PersonInput {
  return { id, name: `Name of ${id}`, tenant: "main", groups: ["staff"], status: "active", ...over };
}

function aCard(id: string, person: string, over: Partial<CredentialInput> = {}): CredentialInput {
  return { id, person, status: "active", value: `uid:0${id.slice(1)}a1b2c3d`, ...over };
}

const fileOf = (data: string): string => join(folderPaths(data).index, "people.snapshot");

/** All that the doors are answered from. */
function seen(store: PeopleStore) {
  return {
    people: people.map((id) => [store.person(id), store.nameOf(id)]),
    credentials: credentials.map((id) => store.credentialRow(id)),
    // Of two that are both not active, either may be found.
    values: values.map((value) => {
      const found = store.find([value]);
      const row = found === undefined ? undefined : store.credentialRow(found);
      return row && (row.status === "active" ? row : row.value);
    }),
    counts: [store.people, store.credentials],
    groups: [...store.groupsInUse()].sort(),
  };
}

/** As a power cut or a kill leaves it: the files as they are at this moment, while the store is still open. */
function asItIs(data: string, to: string): void {
  rmSync(to, { recursive: true, force: true });
  for (const part of ["", "index", "keys"]) {
    mkdirSync(join(to, part), { recursive: true });
    for (const entry of readdirSync(join(data, part), { withFileTypes: true })) {
      if (entry.isFile() && entry.name !== "lock.db") {
        copyFileSync(join(data, part, entry.name), join(to, part, entry.name));
      }
    }
  }
}

const person = fc.record({
  id: fc.constantFrom(...people),
  name: fc.constantFrom("Ada", "Björn Müller", "Zoë"),
  groups: fc.subarray(["staff", "night", "lab"]),
  status: fc.constantFrom("active" as const, "blocked" as const),
  validUntil: fc.constantFrom(undefined, 10, 2e12),
});
const card = fc.record({
  id: fc.constantFrom(...credentials),
  person: fc.constantFrom(...people),
  status: fc.constantFrom(...credentialStatuses),
  value: fc.constantFrom(...values),
  printed: fc.constantFrom(undefined, "0815"),
});
const happening = fc.oneof(
  { weight: 5, arbitrary: fc.record({ person }) },
  { weight: 5, arbitrary: fc.record({ card }) },
  { weight: 2, arbitrary: fc.constant("a snapshot" as const) },
  { weight: 2, arbitrary: fc.constant("a crash" as const) },
  { weight: 1, arbitrary: fc.constant("a restart" as const) },
);

/** Without what is undefined, which a row does not have at all. */
function present<T>(row: object): T {
  return Object.fromEntries(Object.entries(row).filter(([, value]) => value !== undefined)) as T;
}

test("after any changes, snapshots, restarts and crashes, a snapshot with the rows since is what all the rows are", async () => {
  let taken = 0;
  await fc.assert(
    fc.asyncProperty(fc.array(happening, { minLength: 4, maxLength: 25 }), async (happenings) => {
      const { root, data } = aFolder();
      const crashed = join(root, "crashed");
      const bare = join(root, "bare");
      let store: Store = await openStore(data, always);
      try {
        for (const what of happenings) {
          if (what === "a snapshot") await store.people.settled();
          else if (what === "a restart") {
            await store.close();
            store = await openStore(data, always);
          } else if (what === "a crash") {
            asItIs(data, crashed);
            asItIs(data, bare);
            rmSync(folderPaths(bare).index, { recursive: true });
            const [after, full] = [await openStore(crashed, always), await openStore(bare)];
            if (after.people.loaded?.from === "snapshot") taken++;
            const both = [seen(after.people), seen(full.people)];
            await Promise.all([after.close(), full.close()]);
            expect(both[0]).toEqual(both[1]);
            // All that was answered is on disk.
            expect(both[0]).toEqual(seen(store.people));
          } else if ("person" in what) {
            await store.people.put(
              { people: [present<PersonInput>({ ...aPerson(what.person.id), ...what.person })] },
              anna,
            );
          } else await store.people.put({ credentials: [present<CredentialInput>(what.card)] }, anna);
        }
      } finally {
        await store.close();
      }
    }),
    { numRuns: process.env.LONG === "1" ? 150 : 15 },
  );
  expect(taken).toBeGreaterThan(0);
}, 600_000);

test("a card that was revoked after the snapshot and before a kill is refused after it", async () => {
  const { data } = aFolder();
  const first = await aStore(data, always);
  await first.people.put(
    { people: [aPerson("p1", { name: "Ada" })], credentials: [aCard("c1", "p1")] },
    anna,
  );
  await first.close();
  expect(existsSync(fileOf(data))).toBe(true);
  const before = readFileSync(fileOf(data));
  const process = await StoreProcess.start(data);
  expect(await process.tell({ do: "put-person", status: "blocked" })).toMatchObject({ written: true });
  await process.kill();
  expect(readFileSync(fileOf(data)).equals(before)).toBe(true);
  const again = await aStore(data, always);
  expect(again.people.loaded).toMatchObject({ from: "snapshot", since: 1 });
  expect(again.people.person("p1")).toMatchObject({ status: "blocked", version: 2 });
});

test("a snapshot that is damaged, of another house or of rows that are gone is thrown away, and the rows are read", async () => {
  const { root, data } = aFolder();
  const other = join(root, "other");
  for (const [folder, name] of [
    [data, "Ada"],
    [other, "Bo"],
  ] as const) {
    const store = await aStore(folder, always);
    await store.people.put({ people: [aPerson("p1", { name })], credentials: [aCard("c1", "p1")] }, anna);
    await store.close();
  }
  const whole = readFileSync(fileOf(data));
  const opened = async (why: RegExp | undefined) => {
    const store = await openStore(data, always);
    const { loaded } = store.people;
    expect(store.people.nameOf("p1")).toBe("Ada");
    expect(store.people.find(["uid:01a1b2c3d"])).toBe("c1");
    await store.close();
    if (why) expect(loaded).toMatchObject({ from: "rows", why: expect.stringMatching(why) });
    else expect(loaded).toMatchObject({ from: "snapshot" });
    // A whole one was written in its stead.
    expect(existsSync(fileOf(data))).toBe(true);
  };
  await opened(undefined);
  for (let i = 0; i < 12; i++) {
    const damaged = Buffer.from(whole);
    const at = Math.floor((damaged.length * (i + 0.5)) / 12);
    damaged[at] = (damaged[at] ?? 0) ^ 0x10;
    writeFileSync(fileOf(data), damaged);
    await opened(/./);
  }
  writeFileSync(fileOf(data), whole.subarray(0, whole.length - 40));
  await opened(/too early|damaged/);
  writeFileSync(fileOf(data), "PK");
  await opened(/too early/);
  copyFileSync(fileOf(other), fileOf(data));
  await opened(/another database/);

  // Somebody took a row out, by hand or to forget a person.
  const before = readFileSync(fileOf(data));
  const handle = await openHandle(folderPaths(data).database, { readOnly: false, busyTimeoutMs: 1000 });
  await handle.exec("DELETE FROM credential_versions");
  await handle.close();
  writeFileSync(fileOf(data), before);
  const forgotten = await openStore(data, always);
  expect(forgotten.people.loaded).toMatchObject({ from: "rows" });
  expect(forgotten.people.find(["uid:01a1b2c3d"])).toBeUndefined();
  await forgotten.close();
});

test("a database put back from a backup is not read with the snapshot of what came after it", async () => {
  const { root, data } = aFolder();
  const backup = join(root, "backup.db");
  const store = await aStore(data, always);
  await store.people.put({ people: [aPerson("p1", { status: "blocked" })] }, anna);
  await store.close();
  copyFileSync(folderPaths(data).database, backup);
  const later = await aStore(data, always);
  await later.people.put({ people: [aPerson("p1")] }, anna);
  await later.close();
  copyFileSync(backup, folderPaths(data).database);
  const again = await aStore(data, always);
  expect(again.people.loaded).toMatchObject({ from: "rows", why: expect.stringContaining("does not have") });
  expect(again.people.person("p1")?.status).toBe("blocked");
});

test("a change on its way to the disk is in no snapshot, and one that comes in between stops it", async () => {
  const { data } = aFolder();
  const store = await aStore(data, always);
  await store.people.put({ people: [aPerson("p1")], credentials: [aCard("c1", "p1")] }, anna);
  // It begins while a block is in memory and not yet on disk.
  const block = store.people.put({ people: [aPerson("p1", { status: "blocked" })] }, anna);
  const settled = store.people.settled();
  await Promise.all([block, settled]);
  await store.close();
  const again = await aStore(data, always);
  expect(again.people.loaded?.from).toBe("snapshot");
  expect(again.people.person("p1")).toMatchObject({ status: "blocked", version: 2 });
  expect(readdirSync(folderPaths(data).index)).not.toContain("people.snapshot.new");
});

test("few people make no snapshot: their rows are read as fast", async () => {
  const { data } = aFolder();
  const store = await aStore(data);
  await store.people.put({ people: [aPerson("p1")] }, anna);
  await store.close();
  expect(existsSync(fileOf(data))).toBe(false);
});
