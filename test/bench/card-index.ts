/**
 * What a million people with 1.2 million cards cost: bytes a card, time to load, longest hold of the loop, time of a look-up.
 * Run: `npx tsx test/bench/card-index.ts [people]`. Prints one line of JSON.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { monitorEventLoopDelay } from "node:perf_hooks";
import type { CredentialInput, PersonInput } from "../../gateway/store/people-types.js";
import { openStore } from "../../gateway/store/store.js";

const people = Number(process.argv[2] ?? 1_000_000);
const credentials = Math.round(people * 1.2);
const rowsAtOnce = 5_000;
const by = { by: { kind: "system", id: "bench" }, at: 0 } as const;

function person(i: number): PersonInput {
  const groups = [`staff-${i % 50}`, ...(i % 3 === 0 ? [`night-${i % 7}`] : [])];
  // One in five is here for a time only.
  const until = i % 5 === 0 ? { validUntil: 1_800_000_000_000 + i } : {};
  return { id: `p${i}`, name: `Given ${i} Family`, tenant: "main", groups, status: "active", ...until };
}

function credential(i: number): CredentialInput {
  const value = `H10301:${i >> 16}/${i & 0xffff}`;
  return { id: `c${i}`, person: `p${i % people}`, status: "active", value };
}

function* upTo(n: number): Generator<[from: number, to: number]> {
  for (let from = 0; from < n; from += rowsAtOnce) yield [from, Math.min(n, from + rowsAtOnce)];
}

const root = mkdtempSync(join(tmpdir(), "gatewarden-bench-"));
try {
  const filling = await openStore(join(root, "data"));
  const begun = performance.now();
  for (const [from, to] of upTo(people)) {
    await filling.people.put({ people: Array.from({ length: to - from }, (_, i) => person(from + i)) }, by);
  }
  for (const [from, to] of upTo(credentials)) {
    const rows = Array.from({ length: to - from }, (_, i) => credential(from + i));
    const put = await filling.people.put({ credentials: rows }, by);
    if (!put.ok) throw new Error(JSON.stringify(put.faults.slice(0, 3)));
  }
  const importSeconds = (performance.now() - begun) / 1000;
  await filling.close();

  globalThis.gc?.();
  const before = process.memoryUsage();
  const delay = monitorEventLoopDelay({ resolution: 1 });
  delay.enable();
  const opening = performance.now();
  const store = await openStore(join(root, "data"));
  const loadSeconds = (performance.now() - opening) / 1000;
  delay.disable();
  globalThis.gc?.();
  const after = process.memoryUsage();

  const lookups = 1_000_000;
  const values = Array.from({ length: lookups }, (_, i) => credential((i * 7919) % credentials).value);
  const looking = performance.now();
  let found = 0;
  for (const value of values) if (store.people.find([value]) !== undefined) found++;
  const findMicroseconds = ((performance.now() - looking) * 1000) / lookups;
  const strangers = values.map((value) => `x${value}`);
  const missing = performance.now();
  for (const value of strangers) if (store.people.find([value]) !== undefined) found++;
  const missMicroseconds = ((performance.now() - missing) * 1000) / lookups;
  if (found !== lookups) throw new Error(`${found} of ${lookups} found`);

  const searching = performance.now();
  const { people: hits } = await store.people.search({ text: `${people - 1} fam`, limit: 20 });
  const searchMs = performance.now() - searching;
  const figures = {
    people: store.people.people,
    credentials: store.people.credentials,
    bytesACard: round(store.people.bytes / credentials),
    arraysMb: round(store.people.bytes / 2 ** 20),
    arrayBuffersMb: round((after.arrayBuffers - before.arrayBuffers) / 2 ** 20),
    rssMb: round(after.rss / 2 ** 20),
    importSeconds: round(importSeconds),
    loadSeconds: round(loadSeconds),
    loopHeldMsAtLoad: round(delay.max / 1e6),
    findMicroseconds: round(findMicroseconds),
    missMicroseconds: round(missMicroseconds),
    substringSearchMs: round(searchMs),
    hits: hits.length,
  };
  await store.close();
  process.stdout.write(`${JSON.stringify(figures)}\n`);
} finally {
  rmSync(root, { recursive: true, force: true });
}

function round(number: number): number {
  return Math.round(number * 100) / 100;
}
