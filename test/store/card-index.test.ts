import fc from "fast-check";
import { expect, test } from "vitest";
import { credentialStatuses } from "../../gateway/core/people.js";
import type { CredentialRow } from "../../gateway/ports.js";
import { CardIndex } from "../../gateway/store/card-index.js";
import { Arena } from "../../gateway/store/columns.js";
import { HashIndex } from "../../gateway/store/hash-index.js";
import { pack, packedLonger, unpack } from "../../gateway/store/packing.js";
import type { StoredPerson } from "../../gateway/store/people-types.js";

const instant = fc.option(fc.integer({ min: 0, max: 2 ** 45 }), { nil: undefined });

function present<T extends object>(row: T): T {
  return Object.fromEntries(Object.entries(row).filter(([, value]) => value !== undefined)) as T;
}

const personId = fc.constantFrom(...Array.from({ length: 12 }, (_, i) => `p${i}`));
const credentialId = fc.constantFrom(...Array.from({ length: 20 }, (_, i) => `c${i}`));
/** Few, so that values are shared and change hands; long and odd ones among them. */
const value = fc.oneof(
  fc.constantFrom(
    "uid:04a1",
    "uid:04a2",
    "H10301:142/51091",
    "code:ä€𐍈",
    `code:${"x".repeat(300)}`,
    "code:\u0000",
    "H10301:0/7",
    "uid:04A1",
  ),
  fc
    .string({ unit: "binary", minLength: 1, maxLength: 20 })
    .map((text) => `code:${Buffer.from(text).toString()}`),
);
const person: fc.Arbitrary<StoredPerson> = fc
  .record({
    id: personId,
    name: fc
      .string({ unit: "grapheme", minLength: 1, maxLength: 20 })
      .map((name) => Buffer.from(name).toString()),
    version: fc.integer({ min: 1, max: 2 ** 31 }),
    tenant: fc.constantFrom("main", "neighbour"),
    groups: fc.subarray(["staff", "night", "cleaning"]),
    status: fc.constantFrom("active" as const, "blocked" as const),
    validFrom: instant,
    validUntil: instant,
  })
  .map((row) => present(row) as StoredPerson);
const credential: fc.Arbitrary<CredentialRow> = fc
  .record({
    id: credentialId,
    version: fc.integer({ min: 1, max: 2 ** 31 }),
    person: personId,
    status: fc.constantFrom(...credentialStatuses),
    value,
    printed: fc.option(fc.stringMatching(/^[0-9]{1,10}$/), { nil: undefined }),
    validFrom: instant,
    validUntil: instant,
  })
  .map((row) => present(row) as CredentialRow);

test("the index holds what a plain map of the same rows holds, after any changes", () => {
  fc.assert(
    fc.property(
      fc.array(fc.oneof({ weight: 1, arbitrary: person }, { weight: 3, arbitrary: credential }), {
        maxLength: 120,
      }),
      (rows) => {
        const index = new CardIndex();
        const people = new Map<string, StoredPerson>();
        const credentials = new Map<string, CredentialRow>();
        for (const row of rows) {
          if ("groups" in row) {
            index.putPerson(row);
            people.set(row.id, row);
          } else if (people.has(row.person)) {
            index.putCredential(row);
            credentials.set(row.id, row);
          } else expect(() => index.putCredential(row)).toThrow(`person ${row.person} is not known`);
        }
        expect([index.people, index.credentials]).toEqual([people.size, credentials.size]);
        for (let i = 0; i < 12; i++) expect(index.personRow(`p${i}`)).toEqual(people.get(`p${i}`));
        for (let i = 0; i < 20; i++) expect(index.credentialRow(`c${i}`)).toEqual(credentials.get(`c${i}`));
        const values = new Set(rows.flatMap((row) => ("value" in row ? [row.value] : [])));
        for (const wanted of values) {
          const found = index.byValue(wanted);
          const having = [...credentials.values()].filter((row) => row.value === wanted);
          const active = having.filter((row) => row.status === "active");
          const right = (active.length > 0 ? active : having).map((row) => row.id);
          if (right.length === 0) expect(found).toBeUndefined();
          else expect(right).toContain(found);
        }
        const uses = new Map<string, number>();
        for (const { groups } of people.values()) {
          for (const group of groups) uses.set(group, (uses.get(group) ?? 0) + 1);
        }
        expect(new Map(index.groupsInUse())).toEqual(uses);
        const copy = new CardIndex();
        const { shape, blocks } = index.dump();
        const into = copy.take(JSON.parse(JSON.stringify(shape)));
        expect(into.map(({ length }) => length)).toEqual(blocks.map(({ length }) => length));
        for (const [i, block] of into.entries()) block.set(blocks[i] ?? block);
        for (let i = 0; i < 12; i++) expect(copy.personRow(`p${i}`)).toEqual(people.get(`p${i}`));
        for (let i = 0; i < 20; i++) expect(copy.credentialRow(`c${i}`)).toEqual(credentials.get(`c${i}`));
        for (const wanted of values) expect(copy.byValue(wanted)).toBe(index.byValue(wanted));
        expect(copy.groupsInUse()).toEqual(index.groupsInUse());
        expect(index.byValue("code:nobody has this")).toBeUndefined();
        expect(index.byValue("x".repeat(70_000))).toBeUndefined();
      },
    ),
    { numRuns: 150 },
  );
});

test("what the core reads of a person has no name, and of a credential no value", () => {
  const index = new CardIndex();
  index.putPerson({ id: "p1", name: "Ada", version: 1, tenant: "main", groups: [], status: "active" });
  index.putCredential({ id: "c1", version: 2, person: "p1", status: "lost", value: "uid:04", printed: "7" });
  expect(index.person("p1")).toEqual({ id: "p1", version: 1, tenant: "main", groups: [], status: "active" });
  expect(index.credential("c1")).toEqual({ id: "c1", version: 2, person: "p1", status: "lost" });
});

test("thousands of people are found while the index grows, and strangers are not", () => {
  const index = new CardIndex();
  for (let i = 0; i < 20_000; i++) {
    index.putPerson({
      id: `p${i}`,
      name: `N ${i}`,
      version: 1,
      tenant: "main",
      groups: [],
      status: "active",
    });
    index.putCredential({ id: `c${i}`, version: 1, person: `p${i}`, status: "active", value: `uid:${i}` });
  }
  for (let i = 0; i < 20_000; i++) {
    expect(index.byValue(`uid:${i}`)).toBe(`c${i}`);
    expect(index.byValue(`uid:x${i}`)).toBeUndefined();
  }
  // Every card gets a new value: the places of the old ones are used again.
  const before = index.bytes;
  for (let i = 0; i < 20_000; i++) {
    index.putCredential({ id: `c${i}`, version: 2, person: `p${i}`, status: "active", value: `new:${i}` });
    expect(index.byValue(`uid:${i}`)).toBeUndefined();
    expect(index.byValue(`new:${i}`)).toBe(`c${i}`);
  }
  expect(index.bytes).toBeLessThan(before * 1.5);
});

test("texts with one hash are told apart by the texts", () => {
  const texts = ["one", "two", "three", "four"];
  const index = new HashIndex(() => ({ low: 42, high: 7 }));
  for (let i = 0; i < 4; i++) index.add(42, 7, i);
  for (const [i, wanted] of texts.entries()) expect(index.find(42, 7, (n) => texts[n] === wanted)).toBe(i);
  index.remove(42, 1);
  expect(index.find(42, 7, (n) => texts[n] === "two")).toBeUndefined();
  expect(index.find(42, 7, (n) => texts[n] === "four")).toBe(3);
});

test("records fill the chunks of an arena to their ends, and one that grows moves", () => {
  const arena = new Arena();
  const kept: [place: number, bytes: Buffer][] = [];
  const lengths = [0, 1, 127, 128, 4000, 16_384];
  const read = (place: number, length: number) =>
    arena.chunk(place).subarray(arena.start(place), arena.start(place) + length);
  for (let i = 0; arena.bytes < 3 * 2 ** 20; i++) {
    const bytes = Buffer.alloc(lengths[i % lengths.length] ?? 1, String(i % 10));
    kept.push([arena.put(0, bytes, bytes.length), bytes]);
  }
  for (const [place, bytes] of kept) expect(read(place, bytes.length).equals(bytes)).toBe(true);
  const shorter = arena.put(kept[3]?.[0] ?? 0, Buffer.from("short"), 5);
  expect(shorter).toBe(kept[3]?.[0]);
  expect(read(shorter, 5).toString()).toBe("short");
  // It keeps its room.
  expect(arena.put(shorter, Buffer.alloc(128, "x"), 128)).toBe(shorter);
  expect(arena.waste).toBe(0);
  const moved = arena.put(shorter, Buffer.alloc(129, "y"), 129);
  expect(moved).not.toBe(shorter);
  expect(arena.waste).toBe(128);
  for (const [place, bytes] of kept.filter((_, i) => i !== 3))
    expect(read(place, bytes.length).equals(bytes)).toBe(true);
  expect(() => arena.put(0, Buffer.alloc(16_385), 16_385)).toThrow("too long");
});

test("every text comes back from packing as it was", () => {
  const text = fc.oneof(
    fc.string({ unit: "binary", maxLength: 30 }).map((each) => Buffer.from(each).toString()),
    fc.stringMatching(/^[a-z0-9-]{0,20}$/),
    fc.stringMatching(/^[0-9]{0,12}$/),
    fc.stringMatching(/^uid:[0-9a-fA-F]{0,20}$/),
    fc.stringMatching(/^H10301:[0-9]{0,6}\/[0-9]{0,6}$/),
    fc.constantFrom(
      "uid:",
      "H10301:",
      "H10301:0/0",
      "H10301:255/65535",
      "H10301:256/1",
      "H10301:01/1",
      "uid:0G",
    ),
  );
  const into = Buffer.alloc(400);
  fc.assert(
    fc.property(text, text, (one, other) => {
      const packed = (each: string) => {
        const bytes = Buffer.from(each);
        return Buffer.from(into.subarray(3, pack(bytes, 0, bytes.length, into, 3)));
      };
      const bytes = packed(one);
      expect(unpack(bytes, 0, bytes.length)).toBe(one);
      expect(bytes.length).toBeLessThanOrEqual(Buffer.byteLength(one) + packedLonger);
      expect(bytes.equals(packed(other))).toBe(one === other);
    }),
    { numRuns: 2_000 },
  );
});
