import fc from "fast-check";
import { expect, test } from "vitest";
import type { Person } from "../../gateway/core/people.js";
import { openHandle } from "../../gateway/store/database.js";
import { folderPaths } from "../../gateway/store/folder.js";
import type { CredentialInput, PeopleChange, PersonInput } from "../../gateway/store/people-types.js";
import { aFolder, aStore } from "./a-folder.js";

const anna = { by: { kind: "operator", id: "anna" }, at: 1000 } as const;

function aPerson(id: string, over: Partial<PersonInput> = {}): PersonInput {
  return { id, name: `Name of ${id}`, tenant: "main", groups: ["staff"], status: "active", ...over };
}

function aCard(id: string, person: string, over: Partial<CredentialInput> = {}): CredentialInput {
  return { id, person, status: "active", value: `uid:${id}`, ...over };
}

async function aHouse(change: PeopleChange = {}) {
  const { data } = aFolder();
  const store = await aStore(data);
  await store.people.put(change, anna);
  return { data, store, people: store.people };
}

test("people and their cards are found again after a restart", async () => {
  const { data, store, people } = await aHouse({
    people: [
      aPerson("p1", { groups: ["night", "staff", "night"], validFrom: 5, validUntil: 99 }),
      aPerson("p2"),
    ],
    credentials: [
      aCard("c1", "p1", { printed: "0007" }),
      aCard("c2", "p2", { status: "lost", validUntil: 7 }),
    ],
  });
  const seen = (directory: typeof people) => ({
    p1: directory.person("p1"),
    c1: directory.credential("c1"),
    c2: directory.credentialRow("c2"),
    found: directory.find(["uid:nothing", "uid:c2", "uid:c1"]),
    counts: [directory.people, directory.credentials],
    groups: [...directory.groupsInUse()],
  });
  const before = seen(people);
  expect(before.p1).toEqual({
    id: "p1",
    version: 1,
    tenant: "main",
    groups: ["night", "staff"],
    status: "active",
    validFrom: 5,
    validUntil: 99,
  });
  expect(before.found).toBe("c2");
  expect(people.nameOf("p1")).toBe("Name of p1");
  await store.close();
  const again = await aStore(data);
  expect(seen(again.people)).toEqual(before);
  expect(await again.people.get("p1")).toMatchObject({
    name: "Name of p1",
    credentials: [{ id: "c1", printed: "0007" }],
  });
  expect(await again.people.get("nobody")).toBeUndefined();
});

test("each change is one more version, kept with who, when and why; a row that stays as it was is none", async () => {
  const { people } = await aHouse({ people: [aPerson("p1")], credentials: [aCard("c1", "p1")] });
  const by = { by: { kind: "client", id: "hr" }, at: 2000, why: "moved" } as const;
  const result = await people.put(
    { people: [aPerson("p1", { name: "New" })], credentials: [aCard("c1", "p1")] },
    by,
  );
  expect(result).toEqual({ ok: true, versions: new Map([["p1", 2]]) });
  const history = await people.history("p1");
  expect(history.map(({ row, audit }) => [row.version, audit])).toEqual([
    [2, by],
    [1, anna],
  ]);
  expect(await people.at("p1", 1)).toMatchObject({ kind: "person", row: { name: "Name of p1" } });
  expect(await people.at("c1", 1)).toMatchObject({ kind: "credential", row: { value: "uid:c1" } });
  expect(await people.at("p1", 3)).toBeUndefined();
});

test("what takes rights away holds at once; what gives them holds when it is on disk", async () => {
  const { people } = await aHouse({
    people: [aPerson("p1", { groups: ["night", "staff"] }), aPerson("p2", { status: "blocked" })],
    credentials: [aCard("c1", "p1"), aCard("c2", "p1", { status: "suspended" })],
  });
  const writing = people.put(
    {
      people: [aPerson("p1", { groups: ["office", "staff"], validUntil: 50 }), aPerson("p2"), aPerson("p3")],
      credentials: [aCard("c1", "p1", { status: "stolen" }), aCard("c2", "p1")],
    },
    anna,
  );
  expect(people.person("p1")).toMatchObject({ groups: ["staff"], validUntil: 50, version: 2 });
  expect(people.person("p2")?.status).toBe("blocked");
  expect(people.person("p3")).toBeUndefined();
  expect(people.credential("c1")).toMatchObject({ status: "stolen", version: 2 });
  expect(people.credential("c2")?.status).toBe("suspended");
  await writing;
  expect(people.person("p1")).toMatchObject({ groups: ["office", "staff"], validUntil: 50, version: 3 });
  expect(people.person("p2")?.status).toBe("active");
  expect(people.person("p3")?.status).toBe("active");
  expect(people.credential("c2")?.status).toBe("active");
  // What held in between can be read again, as a replay must.
  expect(await people.at("p1", 2)).toMatchObject({ row: { groups: ["staff"], validUntil: 50 } });
});

test("a card that gets another value or another person opens nothing until that is written", async () => {
  const { people } = await aHouse({
    people: [aPerson("p1"), aPerson("p2")],
    credentials: [aCard("c1", "p1"), aCard("c2", "p1")],
  });
  const writing = people.put(
    { credentials: [aCard("c1", "p1", { value: "uid:new" }), aCard("c2", "p2")] },
    anna,
  );
  expect(people.credential("c1")).toMatchObject({ status: "suspended", person: "p1" });
  expect(people.credential("c2")).toMatchObject({ status: "suspended", person: "p1" });
  expect(people.find(["uid:new"])).toBeUndefined();
  await writing;
  expect(people.find(["uid:c1"])).toBeUndefined();
  expect(people.credential(people.find(["uid:new"]) ?? "")).toMatchObject({ id: "c1", status: "active" });
  expect(people.credential("c2")).toMatchObject({ status: "active", person: "p2" });
});

test("a block that overtakes a grant on its way to the disk stands", async () => {
  const { data, store, people } = await aHouse({ people: [aPerson("p1", { groups: [] })] });
  const grant = people.put({ people: [aPerson("p1", { groups: ["vault"] })] }, anna);
  const block = people.put({ people: [aPerson("p1", { groups: ["vault"], status: "blocked" })] }, anna);
  expect(people.person("p1")).toMatchObject({ status: "blocked", groups: [] });
  await grant;
  expect(people.person("p1")).toMatchObject({ status: "blocked" });
  await block;
  const last = people.person("p1");
  expect(last).toMatchObject({ status: "blocked", groups: ["vault"] });
  await store.close();
  expect((await aStore(data)).people.person("p1")).toEqual(last);
});

test("one value on two active cards is refused with both places, and a returned card's value is free", async () => {
  const { people } = await aHouse({
    people: [aPerson("p1"), aPerson("p2")],
    credentials: [aCard("c1", "p1", { value: "uid:04" })],
  });
  expect(await people.put({ credentials: [aCard("c2", "p2", { value: "uid:04" })] }, anna)).toEqual({
    ok: false,
    faults: [
      { path: "credentials[0].value", message: 'is already that of active credential "c1" of person "p1"' },
    ],
  });
  const twins = [aCard("c3", "p1", { value: "uid:05" }), aCard("c4", "p2", { value: "uid:05" })];
  expect(await people.put({ credentials: twins }, anna)).toEqual({
    ok: false,
    faults: [
      {
        path: "credentials[1].value",
        message: 'is also that of credential "c3" (credentials[0]), and both are active',
      },
    ],
  });
  expect(people.credentials).toBe(1);
  // On its way to the disk counts as well.
  const [first, second] = await Promise.all(twins.map((card) => people.put({ credentials: [card] }, anna)));
  expect([first?.ok, second?.ok]).toEqual([true, false]);
  const handedOn = await people.put(
    {
      credentials: [
        aCard("c1", "p1", { value: "uid:04", status: "returned" }),
        aCard("c2", "p2", { value: "uid:04" }),
      ],
    },
    anna,
  );
  expect(handedOn.ok).toBe(true);
  expect(people.find(["uid:04"])).toBe("c2");
});

test("a faulty change is refused whole, with every fault and its place", async () => {
  const { people } = await aHouse({ people: [aPerson("p1")], credentials: [aCard("c1", "p1")] });
  const result = await people.put(
    {
      people: [
        aPerson("p2"),
        aPerson("Bad Id"),
        aPerson("c1"),
        aPerson("p3", { name: " " }),
        aPerson("p4"),
        aPerson("p4"),
        aPerson("p5", { validFrom: 9, validUntil: 9 }),
      ],
      credentials: [
        aCard("p1", "p1"),
        aCard("c2", "ghost"),
        aCard("c3", "p1", { value: "" }),
        aCard("c4", "p1", { value: "x".repeat(5000) }),
      ],
    },
    anna,
  );
  expect(result.ok ? [] : result.faults.map(({ path }) => path)).toEqual([
    "people[1].id",
    "people[2].id",
    "people[3].name",
    "people[4].id",
    "people[6].validUntil",
    "credentials[0].id",
    "credentials[1].person",
    "credentials[2].value",
    "credentials[3].value",
  ]);
  expect(people.person("p2")).toBeUndefined();
  expect(await people.history("p2")).toEqual([]);
});

test("a card whose person could not be written is not written either", async () => {
  const { data, store, people } = await aHouse();
  const handle = await openHandle(folderPaths(data).database, { readOnly: false, busyTimeoutMs: 1000 });
  await handle.run(
    `INSERT INTO person_versions (id, version, newest, name, sought, tenant, groups, status, at, by)
     VALUES ('p2', 1, 0, '', '', '', '[]', '', 0, '')`,
  );
  await handle.close();
  const person = people.put({ people: [aPerson("p1"), aPerson("p2")] }, anna);
  const card = people.put({ credentials: [aCard("c1", "p1")] }, anna);
  const [first, second] = await Promise.allSettled([person, card]);
  expect(String(first.status === "rejected" && first.reason)).toMatch("UNIQUE");
  expect(String(second.status === "rejected" && second.reason)).toMatch("person p1 could not be written");
  expect(people.person("p1")).toBeUndefined();
  expect(people.credentials).toBe(0);
  await store.close();
  await aStore(data);
});

test("people are found by part of a name without case and accents, by a printed number, and by id; page by page", async () => {
  const names = ["Änne Müller", "anne Mueller", "Ben O'Neil", "Zoë %_ Q", "Bea Muller"];
  const { people } = await aHouse({
    people: names.map((name, i) => aPerson(`p${i}`, { name })),
    credentials: [aCard("c1", "p2", { printed: "0093" }), aCard("c2", "p3", { printed: "00931" })],
  });
  const found = async (text: string) =>
    (await people.search({ text, limit: 10 })).people.map(({ name }) => name);
  expect(await found("MULLER")).toEqual(["Änne Müller", "Bea Muller"]);
  expect(await found("müll")).toEqual(["Änne Müller", "Bea Muller"]);
  expect(await found("0093")).toEqual(["Ben O'Neil", "Zoë %_ Q"]);
  expect(await found("00931")).toEqual(["Zoë %_ Q"]);
  expect(await found("%_")).toEqual(["Zoë %_ Q"]);
  expect(await found("' OR 1=1")).toEqual([]);
  expect(await found("p1")).toEqual(["anne Mueller"]);
  const pages: string[][] = [];
  let after: string | undefined;
  do {
    const page = await people.search({ text: "", limit: 2, ...(after === undefined ? {} : { after }) });
    pages.push(page.people.map(({ id }) => id));
    after = page.next;
  } while (after !== undefined);
  expect(pages).toEqual([["p1", "p0"], ["p4", "p2"], ["p3"]]);
  expect(await people.search({ text: "", limit: 1, after: "nonsense" })).toMatchObject({
    people: [{ id: "p1" }],
  });
});

test("an import of thousands is checked whole before the first row is written", async () => {
  const { people, store, data } = await aHouse();
  const rows = Array.from({ length: 5000 }, (_, i) => i);
  const change = {
    people: rows.map((i) => aPerson(`p${i}`, { groups: [`g${i % 7}`] })),
    credentials: rows.map((i) => aCard(`c${i}`, `p${i}`)),
  };
  const faulty = {
    ...change,
    credentials: [...change.credentials, aCard("extra", "p1", { value: "uid:c4999" })],
  };
  expect(await people.import(faulty, anna)).toMatchObject({
    ok: false,
    faults: [{ path: "credentials[5000].value" }],
  });
  expect(people.people).toBe(0);
  expect(await people.import(change, anna)).toMatchObject({ ok: true });
  expect([people.people, people.credentials]).toEqual([5000, 5000]);
  expect(await people.import(change, anna)).toEqual({ ok: true, versions: new Map() });
  await store.close();
  const again = await aStore(data);
  expect(again.people.find(["uid:c4321"])).toBe("c4321");
  expect(again.people.groupsInUse().get("g3")).toBe(714);
});

test("whatever is written in whatever order, memory, disk and the versions agree", async () => {
  const one = fc.record({
    id: fc.constantFrom("p1", "p2"),
    groups: fc.subarray(["a", "b", "c"]),
    status: fc.constantFrom("active" as const, "blocked" as const),
    validUntil: fc.constantFrom(undefined, 10, 20),
    wait: fc.boolean(),
  });
  await fc.assert(
    fc.asyncProperty(fc.array(one, { minLength: 1, maxLength: 12 }), async (changes) => {
      const { data, store, people } = await aHouse();
      const wanted = new Map<string, object>();
      const writing: Promise<unknown>[] = [];
      for (const { id, groups, status, validUntil, wait } of changes) {
        const before = people.person(id);
        const row = aPerson(id, { groups, status, ...(validUntil === undefined ? {} : { validUntil }) });
        const put = people.put({ people: [row] }, anna);
        const now = people.person(id);
        // Before it is on disk nobody has more than they had, and what was taken away is gone.
        if (before && now) expect(isWithin(now, before)).toBe(true);
        if (now)
          expect(isWithin(now, { ...now, groups, status, ...(validUntil ? { validUntil } : {}) })).toBe(true);
        const { id: _id, name: _name, ...rights } = row;
        wanted.set(id, rights);
        writing.push(put);
        if (wait) await put;
      }
      await Promise.all(writing);
      const inMemory = new Map([...wanted.keys()].map((id) => [id, people.person(id)]));
      for (const [id, rights] of wanted) expect(inMemory.get(id)).toMatchObject(rights);
      const versions = await Promise.all([...wanted.keys()].map((id) => people.history(id)));
      for (const history of versions) {
        expect(history.map(({ row }) => row.version)).toEqual(
          Array.from({ length: history.length }, (_, i) => history.length - i),
        );
      }
      await store.close();
      const handle = await openHandle(folderPaths(data).database, { readOnly: true, busyTimeoutMs: 1000 });
      const twice = await handle.all(
        "SELECT id FROM person_versions WHERE newest = 1 GROUP BY id HAVING count(*) > 1",
      );
      await handle.close();
      expect(twice).toEqual([]);
      const again = await aStore(data);
      for (const [id, person] of inMemory) expect(again.people.person(id)).toEqual(person);
      await again.close();
    }),
    { numRuns: 25 },
  );
});

function isWithin(a: Person, b: Person): boolean {
  return (
    a.groups.every((group) => b.groups.includes(group)) &&
    (a.status === "blocked" || b.status === "active") &&
    (a.validUntil ?? Number.POSITIVE_INFINITY) <= (b.validUntil ?? Number.POSITIVE_INFINITY)
  );
}
