/**
 * What a long log costs: pages of any filter, warm and cold, commits meanwhile, growth, retention, start, verification, reading on.
 * Run: `npx tsx test/bench/journal-pages.ts EVENTS [FOLDER]`; 10 million events take some minutes and 12 GB. A folder that is there
 * is used as it is, and kept; otherwise one is made and removed. The table's lines say what each figure is.
 */
import { execFileSync } from "node:child_process";
import { existsSync, mkdtempSync, rmSync, statSync } from "node:fs";
import { cpus, loadavg, tmpdir } from "node:os";
import { join } from "node:path";
import type { SiteEvent } from "../../gateway/core/events.js";
import { openHandle, Writer } from "../../gateway/store/database.js";
import { EventIndex } from "../../gateway/store/event-index.js";
import { folderPaths } from "../../gateway/store/folder.js";
import { JournalReads } from "../../gateway/store/journal-reads.js";
import { openStore, type Store } from "../../gateway/store/store.js";
import { verifyJournal } from "../../gateway/store/verify.js";
import { aScan } from "../store/a-scan.js";
import { fillJournal } from "./journal-fill.js";
import { type Question, questions, type Span, someEvents } from "./journal-questions.js";

const pageEvents = 100;
const warmQuestions = 400;
const coldQuestions = 60;

interface Spread {
  readonly p50: number;
  readonly p99: number;
  readonly max: number;
}

function spread(times: readonly number[]): Spread {
  const sorted = [...times].sort((a, b) => a - b);
  const at = (share: number) => sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? 0;
  return { p50: at(0.5), p99: at(0.99), max: sorted.at(-1) ?? 0 };
}

function inWords({ p50, p99, max }: Spread): string {
  return `p50 ${p50.toFixed(1)} ms, p99 ${p99.toFixed(1)} ms, max ${max.toFixed(1)} ms`;
}

function say(what: string, figure: string): void {
  process.stdout.write(`${what.padEnd(46)} ${figure}\n`);
}

async function ask(
  reads: Pick<JournalReads, "before" | "after">,
  question: Question,
  last: number,
): Promise<number> {
  const { filter, direction, from } = question;
  if (direction === "before") {
    const edge = from === "newest" ? undefined : from === "middle" ? Math.floor(last / 2) : 1_000;
    return (await reads.before(edge, pageEvents, filter)).length;
  }
  const edge = from === "newest" ? last - 100_000 : from === "middle" ? Math.floor(last / 2) : 0;
  return (await reads.after(Math.max(0, edge), pageEvents, filter)).length;
}

async function warm(store: Store, span: Span, last: number, events: readonly SiteEvent[]): Promise<void> {
  const reads = {
    before: store.journal.readBefore.bind(store.journal),
    after: store.journal.readAfter.bind(store.journal),
  };
  const times: number[] = [];
  const slow: [number, string][] = [];
  const counts = { none: 0, some: 0, full: 0 };
  for (const question of questions(warmQuestions, span, events)) {
    const begun = performance.now();
    const found = await ask(reads, question, last);
    const tookMs = performance.now() - begun;
    times.push(tookMs);
    slow.push([
      tookMs,
      `${question.name} ${JSON.stringify(question.filter)} ${question.direction} ${question.from}: ${found}`,
    ]);
    counts[found === 0 ? "none" : found < pageEvents ? "some" : "full"]++;
  }
  say(`${times.length} pages of ${pageEvents}, warm`, inWords(spread(times)));
  say("  of these", `${counts.full} full, ${counts.some} with fewer, ${counts.none} empty`);
  for (const [tookMs, text] of slow.sort((a, b) => b[0] - a[0]).slice(0, 3))
    say("  slowest", `${tookMs.toFixed(1)} ms ${text}`);
}

/** Nothing of the file in memory, a connection that has read nothing. */
async function cold(dir: string, span: Span, last: number, events: readonly SiteEvent[]): Promise<void> {
  const file = folderPaths(dir).database;
  const times: number[] = [];
  const slow: [number, string][] = [];
  const chosen = questions(warmQuestions, span, events, 11).filter(
    (_, i) => i % Math.floor(warmQuestions / coldQuestions) === 0,
  );
  for (const question of chosen) {
    const handle = await openHandle(file, { readOnly: true, busyTimeoutMs: 1000 });
    const index = new EventIndex(new Writer(handle), handle);
    await index.load(last);
    // What POSIX_FADV_DONTNEED is for; the file is synced, so nothing of it stays.
    execFileSync("dd", [`if=${file}`, "iflag=nocache", "count=0"], { stdio: "ignore" });
    const begun = performance.now();
    const found = await ask(new JournalReads(handle, handle, index), question, last);
    const tookMs = performance.now() - begun;
    times.push(tookMs);
    slow.push([
      tookMs,
      `${question.name} ${JSON.stringify(question.filter)} ${question.direction} ${question.from}: ${found}`,
    ]);
    await handle.close();
  }
  say(`${times.length} pages of ${pageEvents}, cold`, inWords(spread(times)));
  for (const [tookMs, text] of slow.sort((a, b) => b[0] - a[0]).slice(0, 3))
    say("  slowest", `${tookMs.toFixed(1)} ms ${text}`);
}

let appended = 0;

/** Commits of ten entries, a hundred times a second, while `meanwhile` goes on. */
async function commits(store: Store, forMs: number, meanwhile?: () => Promise<void>): Promise<Spread> {
  const times: number[] = [];
  const until = performance.now() + forMs;
  const state = { over: false };
  const other = (async () => {
    while (meanwhile && !state.over) await meanwhile();
  })();
  const waiting: Promise<void>[] = [];
  while (performance.now() < until) {
    const begun = performance.now();
    let durable: Promise<void> | undefined;
    for (let i = 0; i < 10; i++) durable = store.journal.append(aScan(appended++)).durable;
    if (durable) waiting.push(durable.then(() => void times.push(performance.now() - begun)));
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  state.over = true;
  await Promise.all([...waiting, other]);
  return spread(times);
}

async function writing(store: Store, span: Span, last: number, events: readonly SiteEvent[]): Promise<void> {
  await commits(store, 1_000);
  say("commit of ten entries, 100 a second, alone", inWords(await commits(store, 8_000)));
  const asked = questions(warmQuestions, span, events, 13);
  let next = 0;
  const reads = {
    before: store.journal.readBefore.bind(store.journal),
    after: store.journal.readAfter.bind(store.journal),
  };
  const read = async () => {
    const question = asked[next++ % asked.length];
    if (question) await ask(reads, question, last);
  };
  const beside = await commits(store, 8_000, read);
  say("  the same while pages are read one after another", `${inWords(beside)} (${next} pages)`);
}

async function retention(store: Store, dir: string, span: Span): Promise<void> {
  const before = await store.logSize();
  const third = span.fromAt + (span.toAt - span.fromAt) / 4;
  const measured = async (what: string, work: () => Promise<number>): Promise<void> => {
    const state = { over: false };
    const begun = performance.now();
    let rows = 0;
    const done = work().then((count) => {
      rows = count;
      state.over = true;
    });
    const held = await commits(store, 500, undefined);
    const all: Spread[] = [held];
    while (!state.over) all.push(await commits(store, 500));
    await done;
    const tookMs = performance.now() - begun;
    const worst = Math.max(...all.map(({ p99 }) => p99));
    say(what, `${rows} rows, ${((tookMs / Math.max(1, rows)) * 100).toFixed(1)} s per 100,000`);
    say(
      "  commits meanwhile",
      `worst p99 of half a second ${worst.toFixed(1)} ms, max ${Math.max(...all.map(({ max }) => max)).toFixed(1)} ms`,
    );
  };
  await measured(
    "expiry of signals (replay inputs)",
    async () => (await store.expire({ signalsBefore: third })).signals,
  );
  // A piece of the log, so that it takes no longer than it must.
  const piece = span.fromAt + (span.toAt - span.fromAt) / 40;
  await measured("expiry of bodies", async () => (await store.expire({ eventBodiesBefore: piece })).events);
  await measured("cut of the expired beginning", () => store.cutExpired());
  const after = await store.logSize();
  const mb = (count: number) => `${(count / 1e6).toFixed(0)} MB`;
  say(
    "used before and after",
    `${mb(before.usedBytes)}, ${mb(after.usedBytes)}; for reuse ${mb(after.reusableBytes)}`,
  );
  say("the file itself", mb(statSync(folderPaths(dir).database).size));
}

async function readOn(store: Store, last: number): Promise<void> {
  const upTo = Math.min(last, 300_000);
  const begun = performance.now();
  const rss = process.memoryUsage.rss();
  let most = rss;
  let edge = 0;
  while (edge < upTo) {
    const page = await store.journal.readAfter(edge, 1000);
    edge = page.at(-1)?.seq ?? upTo;
    most = Math.max(most, process.memoryUsage.rss());
  }
  const perSecond = Math.round(edge / ((performance.now() - begun) / 1000));
  say(
    "reading on by cursor, 1,000 a page",
    `${perSecond} events/s, memory + ${Math.round((most - rss) / 1e6)} MB`,
  );
}

async function verification(dir: string): Promise<void> {
  const before = process.memoryUsage.rss();
  let most = before;
  const watch = setInterval(() => {
    most = Math.max(most, process.memoryUsage.rss());
  }, 200);
  const begun = performance.now();
  const verified = await verifyJournal(dir);
  clearInterval(watch);
  const seconds = (performance.now() - begun) / 1000;
  const rate = Math.round(verified.events / seconds);
  say(
    "verify",
    `${verified.ok ? "ok" : "BROKEN"}, ${verified.events} events in ${seconds.toFixed(0)} s: ${rate}/s, memory + ${Math.round((most - before) / 1e6)} MB`,
  );
}

async function sizes(dir: string, events: number): Promise<void> {
  const handle = await openHandle(folderPaths(dir).database, { readOnly: true, busyTimeoutMs: 1000 });
  try {
    const rows = await handle.allOnce<{ name: string; bytes: number }>(
      "SELECT name, sum(pgsize) AS bytes FROM dbstat GROUP BY name HAVING sum(pgsize) > 1000000 ORDER BY 2 DESC",
    );
    for (const { name, bytes } of rows) {
      say(`  ${name}`, `${(bytes / 1e6).toFixed(0)} MB, ${(bytes / events).toFixed(1)} bytes an event`);
    }
  } catch {
    say("  by table", "this SQLite was built without dbstat");
  } finally {
    await handle.close();
  }
}

async function main(asked: string | undefined, folder: string | undefined): Promise<void> {
  const count = Number(asked);
  if (!Number.isInteger(count) || count < 1_000) {
    process.stderr.write("usage: npx tsx test/bench/journal-pages.ts EVENTS [FOLDER]\n");
    process.exitCode = 2;
    return;
  }
  const root = folder === undefined ? mkdtempSync(join(tmpdir(), "gatewarden-pages-")) : undefined;
  const dir = folder ?? join(root ?? "", "data");
  try {
    say(
      "machine",
      `${cpus().length} × ${cpus()[0]?.model ?? "?"}, load ${loadavg()[0]?.toFixed(1)}, Node ${process.versions.node}`,
    );
    if (!existsSync(folderPaths(dir).database)) {
      const begun = performance.now();
      await fillJournal(dir, { events: count });
      say("made", `${count} events in ${Math.round((performance.now() - begun) / 1000)} s`);
    }
    const begun = performance.now();
    const store = await openStore(dir);
    say("opening", `${(performance.now() - begun).toFixed(0)} ms`);
    try {
      const [newest] = await store.journal.readBefore(undefined, 1);
      const size = await store.logSize();
      const last = newest?.seq ?? 0;
      const span = { fromAt: size.oldestAt ?? 0, toAt: newest?.at ?? 0 };
      say(
        "size",
        `${(size.usedBytes / 1e9).toFixed(2)} GB, ${Math.round(size.usedBytes / last)} bytes an event`,
      );
      await sizes(dir, last);
      const events = await someEvents(store.journal, last);
      await warm(store, span, last, events);
      await cold(dir, span, last, events);
      await readOn(store, last);
      await writing(store, span, last, events);
      await retention(store, dir, span);
    } finally {
      await store.close();
    }
    await verification(dir);
    say("load at the end", `${loadavg()[0]?.toFixed(1)}`);
  } finally {
    if (root !== undefined) rmSync(root, { recursive: true, force: true });
  }
}

if (process.argv[1] === import.meta.filename) await main(process.argv[2], process.argv[3]);
