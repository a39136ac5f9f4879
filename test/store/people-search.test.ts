import { readdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { expect, test } from "vitest";
import { folderPaths } from "../../gateway/store/folder.js";
import { folded } from "../../gateway/store/people-table.js";
import type { CredentialInput, PersonInput } from "../../gateway/store/people-types.js";
import type { Store } from "../../gateway/store/store.js";
import { aFolder, aStore } from "./a-folder.js";

const anna = { by: { kind: "operator", id: "anna" }, at: 1000 } as const;

function aPerson(id: string, name: string): PersonInput {
  return { id, name, tenant: "main", groups: [], status: "active" };
}

async function found(
  store: Store,
  text: string,
  limit = 100,
  values: readonly string[] = [],
): Promise<string[]> {
  const ids: string[] = [];
  let after: string | undefined;
  do {
    const page = await store.people.search(
      { text, limit, ...(after === undefined ? {} : { after }) },
      values,
    );
    expect(page.people.length).toBeLessThanOrEqual(limit + 1);
    ids.push(...page.people.map(({ id }) => id));
    after = page.next;
  } while (after !== undefined);
  return ids;
}

const names = [
  "Änne Müller",
  "anne Mueller",
  "Łukasz Øst",
  "Zoë %_ Q",
  "Großmann",
  "Ann",
  "O'Neil",
  '"Quote" Q',
];
const person = fc.record({
  id: fc.constantFrom(...Array.from({ length: 8 }, (_, i) => `p${i}`)),
  name: fc.constantFrom(...names),
});
const card = fc.record({
  id: fc.constantFrom("c1", "c2", "c3", "c4"),
  person: fc.constantFrom("p0", "p1", "p2"),
  printed: fc.constantFrom(undefined, "0093", "00931", "AB-7"),
});
const asked = fc.constantFrom(
  ...[
    "",
    "müll",
    "MULLER",
    "ann",
    "an",
    "n",
    "q",
    "zz",
    "xyz",
    "ost",
    "luk",
    "ss",
    "%_",
    '"',
    "a u",
    "anne mue",
  ],
  ...["0093", "00931", "ab", "p1", "' OR 1=1", "ll", "e m"],
);

test("whoever is changed in whatever way, exactly those are found that an old-fashioned look through all would find", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.oneof(fc.record({ person }), fc.record({ card })), { maxLength: 20 }),
      fc.array(asked, { minLength: 3, maxLength: 6 }),
      fc.integer({ min: 1, max: 4 }),
      fc.boolean(),
      async (changes, questions, limit, anew) => {
        const { data } = aFolder();
        let store = await aStore(data);
        const people = new Map<string, string>();
        const cards = new Map<string, { person: string; printed: string | undefined }>();
        for (const change of changes) {
          if ("person" in change) {
            await store.people.put({ people: [aPerson(change.person.id, change.person.name)] }, anna);
            people.set(change.person.id, change.person.name);
          } else if (people.has(change.card.person)) {
            const { id, person: holder, printed } = change.card;
            const row: CredentialInput = {
              id,
              person: holder,
              status: "active",
              value: `uid:0${id.slice(1)}a1b2c3d`,
              ...(printed === undefined ? {} : { printed }),
            };
            await store.people.put({ credentials: [row] }, anna);
            cards.set(id, { person: holder, printed });
          }
        }
        if (anew) {
          await store.close();
          rmSync(folderPaths(data).index, { recursive: true });
          store = await aStore(data);
        }
        for (const text of questions) {
          const words = folded(text)
            .split(/\s+/)
            .filter((word) => word !== "");
          const right = [...people].flatMap(([id, name]) => {
            const printed = [...cards.values()].flatMap((row) =>
              row.person === id ? (row.printed ?? []) : [],
            );
            const byNumber =
              text !== "" && printed.some((each) => each.toLowerCase().startsWith(text.toLowerCase()));
            return id === text || byNumber || words.every((word) => folded(name).includes(word)) ? [id] : [];
          });
          const ids = await found(store, text, limit);
          expect(new Set(ids).size).toBe(ids.length);
          expect([...ids].sort()).toEqual(right.sort());
        }
        await store.close();
      },
    ),
    { numRuns: process.env.LONG === "1" ? 200 : 15 },
  );
}, 600_000);

test("names come in their order, a card's holder and a printed number before them", async () => {
  const { data } = aFolder();
  const store = await aStore(data);
  await store.people.put(
    {
      people: [aPerson("p1", "Zoë 77"), aPerson("p2", "Änne 77"), aPerson("p3", "Bo"), aPerson("p4", "Cy")],
      credentials: [
        { id: "c1", person: "p4", status: "active", value: "uid:04a1b2c3", printed: "7702" },
        { id: "c2", person: "p4", status: "lost", value: "uid:04a1b2c4", printed: "7701" },
        { id: "c3", person: "p3", status: "active", value: "uid:04a1b2c5", printed: "7703" },
      ],
    },
    anna,
  );
  expect(await found(store, "77", 1)).toEqual(["p4", "p3", "p2", "p1"]);
  expect(await found(store, "77", 10, ["uid:04a1b2c5"])).toEqual(["p3", "p4", "p2", "p1"]);
  expect(await found(store, "")).toEqual(["p2", "p3", "p4", "p1"]);
});

test("a search database that is lost or damaged is made anew", async () => {
  const { data } = aFolder();
  const store = await aStore(data);
  await store.people.put({ people: [aPerson("p1", "Ada")] }, anna);
  await store.close();
  const file = join(folderPaths(data).index, "search.db");
  expect(statSync(file).mode & 0o777).toBe(0o600);
  for (const damage of [
    () => rmSync(file),
    () => writeFileSync(file, "this is no database, and it is longer than a header would be".repeat(40)),
  ]) {
    damage();
    const again = await aStore(data);
    expect(await found(again, "ada")).toEqual(["p1"]);
    await again.close();
  }
  expect(readdirSync(folderPaths(data).index)).toContain("search.db");
});
