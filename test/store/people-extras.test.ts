import { expect, test } from "vitest";
import type { Person } from "../../gateway/core/people.js";
import { CardIndex } from "../../gateway/store/card-index.js";
import { openHandle } from "../../gateway/store/database.js";
import { prepareFolder } from "../../gateway/store/folder.js";
import { migrate } from "../../gateway/store/migrations.js";
import type { CredentialInput, PersonInput } from "../../gateway/store/people-types.js";
import { aFolder, aStore } from "./a-folder.js";

const anna = { by: { kind: "operator", id: "anna" }, at: 1000 } as const;

function aPerson(id: string, over: Partial<PersonInput> = {}): PersonInput {
  return { id, name: `Name of ${id}`, tenant: "main", groups: ["staff"], status: "active", ...over };
}

function aCard(id: string, person: string, over: Partial<CredentialInput> = {}): CredentialInput {
  return { id, person, status: "active", value: `uid:${id}`, ...over };
}

const everything: Partial<PersonInput> = {
  traits: ["visitor", "needs-escort"],
  trainings: { laser: 9_000, forklift: 5_000 },
  temporary: [{ door: "lab", from: 1, until: 2_000, schedule: "office" }],
  host: "p1",
  inductedUntil: 7_000,
  company: "Søndergaard & Co.",
};

test.each([
  ["rows", 20_000],
  ["a snapshot", 1],
])("what few people have besides is found again after a restart from %s", async (_, snapshotFromRows) => {
  const { data } = aFolder();
  const options = { people: { snapshotFromRows } };
  const store = await aStore(data, options);
  await store.people.put(
    {
      people: [aPerson("p1"), aPerson("p2", everything), aPerson("p3", { company: "Last" })],
      credentials: [
        aCard("c1", "p1", { maxUses: 3, responder: true, printed: "7" }),
        aCard("c2", "p2"),
        aCard("c3", "p2", { status: "lost" }),
      ],
    },
    anna,
  );
  const before = [
    ...["p1", "p2", "p3"].map((id) => store.people.person(id)),
    ...["c1", "c2", "c3"].map((id) => store.people.credentialRow(id)),
  ];
  expect(before[1]).toMatchObject({ ...everything, traits: ["needs-escort", "visitor"] });
  expect(before[3]).toMatchObject({ maxUses: 3, responder: true, printed: "7" });
  expect(before[4]).not.toHaveProperty("statusSince");
  expect(before[5]).toMatchObject({ status: "lost", statusSince: 1000, statusBy: "anna" });
  await store.close();
  const again = await aStore(data, options);
  expect(again.people.loaded?.from).toBe(snapshotFromRows === 1 ? "snapshot" : "rows");
  expect([
    ...["p1", "p2", "p3"].map((id) => again.people.person(id)),
    ...["c1", "c2", "c3"].map((id) => again.people.credentialRow(id)),
  ]).toEqual(before);
  expect(await again.people.get("p2")).toMatchObject({ company: "Søndergaard & Co.", host: "p1" });
  expect(await again.people.at("p2", 1)).toMatchObject({ row: { trainings: { laser: 9_000 } } });
});

test("people without any of it take no byte more for it", () => {
  const index = new CardIndex();
  const row = { ...aPerson("p1"), version: 1 };
  index.putPerson(row);
  const used = () => index.dump().shape.arena.offset;
  const plain = used();
  index.putPerson({ ...row, id: "p2", traits: [], trainings: {}, temporary: [] });
  expect(used() - plain).toBe(plain - 1);
  index.putPerson({ ...row, id: "p3", company: "Kran" });
  expect(used() - plain).toBeGreaterThan(2 * (plain - 1));
});

test("what is taken away holds at once, what is given when it is on disk", async () => {
  const { data } = aFolder();
  const store = await aStore(data);
  const { people } = store;
  await people.put({ people: [aPerson("p1"), aPerson("p2", everything)] }, anna);
  const putting = people.put(
    {
      people: [
        aPerson("p2", {
          ...everything,
          traits: ["escort", "contractor"],
          trainings: { laser: 8_000, welding: 5_000 },
          temporary: [
            { door: "lab", from: 1, until: 1_500, schedule: "office" },
            { area: "vault", from: 1, until: 9_000 },
          ],
          inductedUntil: 9_000,
          company: "Another",
        }),
      ],
    },
    anna,
  );
  const now: Partial<Person> = {
    traits: ["contractor", "needs-escort", "visitor"],
    trainings: { laser: 8_000 },
    temporary: [{ door: "lab", from: 1, until: 1_500, schedule: "office" }],
    inductedUntil: 7_000,
  };
  expect(people.person("p2")).toMatchObject({ version: 2, ...now });
  await putting;
  expect(people.person("p2")).toMatchObject({
    version: 3,
    traits: ["contractor", "escort"],
    trainings: { laser: 8_000, welding: 5_000 },
    temporary: [{ until: 1_500 }, { area: "vault" }],
    inductedUntil: 9_000,
    company: "Another",
  });
});

test("uses that are cut down hold at once; since when a badge is lost stays as it was said first", async () => {
  const { data } = aFolder();
  const { people } = await aStore(data);
  await people.put({ people: [aPerson("p1")], credentials: [aCard("c1", "p1", { maxUses: 9 })] }, anna);
  const fewer = people.put({ credentials: [aCard("c1", "p1", { maxUses: 2 })] }, anna);
  expect(people.credential("c1")?.maxUses).toBe(2);
  await fewer;
  await people.put({ credentials: [aCard("c1", "p1", { status: "lost" })] }, { ...anna, at: 2_000 });
  const later = { by: { kind: "operator", id: "bo" }, at: 3_000 } as const;
  await people.put({ credentials: [aCard("c1", "p1", { status: "lost", printed: "1" })] }, later);
  expect(people.credential("c1")).toMatchObject({ statusSince: 2_000, statusBy: "anna" });
  await people.put({ credentials: [aCard("c1", "p1")] }, later);
  expect(people.credential("c1")).not.toHaveProperty("statusSince");
});

test("a host must be somebody, and nobody is his own; a right must not end before it begins", async () => {
  const { data } = aFolder();
  const { people } = await aStore(data);
  const faults = people.check({
    people: [
      aPerson("p1", { host: "p2" }),
      aPerson("p2", { host: "p2", temporary: [{ door: "lab", from: 5, until: 5 }] }),
      aPerson("p3", { host: "nobody", company: "x".repeat(6_000) }),
    ],
  });
  expect(faults.map(({ path }) => path)).toEqual([
    "people[1].host",
    "people[1].temporary[0].until",
    "people[2].host",
    "people[2]",
  ]);
});

test("a data folder of before opens, and its people are as they were", async () => {
  const { data } = aFolder();
  const { database } = prepareFolder(data);
  const handle = await openHandle(database, { readOnly: false, busyTimeoutMs: 1_000 });
  await migrate(handle, database, 4);
  await handle.exec(`
    INSERT INTO person_versions (id, version, newest, name, sought, tenant, groups, status, at, by)
      VALUES ('p1', 1, 1, 'Ada', 'ada', 'main', '["staff"]', 'active', 1, 'operator anna');
    INSERT INTO credential_versions (id, version, newest, person, status, value, at, by)
      VALUES ('c1', 1, 1, 'p1', 'active', 'uid:c1', 1, 'operator anna');
  `);
  await handle.close();
  const again = await aStore(data);
  expect(again.people.person("p1")).toMatchObject({ groups: ["staff"], version: 1 });
  expect(again.people.find(["uid:c1"])).toBe("c1");
  await again.people.put({ people: [aPerson("p1", { company: "Kran" })] }, anna);
  expect(again.people.person("p1")?.company).toBe("Kran");
});
