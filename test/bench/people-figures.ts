import { mkdtempSync, rmSync, statSync } from "node:fs";
import { type FileHandle, open } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { openHouse } from "../../gateway/gateway.js";
import { localAdministrator } from "../../gateway/operations/operator.js";
import { faultSite } from "../faults/building.js";
import { ScanLoad, ScanningDevice } from "../faults/scan-load.js";
import { groupsOfTown, idOf, questions, uidOf, writePeople } from "./many-people.js";
import { rounded, type Spread, spread } from "./percentiles.js";
import { WatchedGateway } from "./watched-gateway.js";

const doors = 8;
const scansPerSecond = 50;
const pageOfPeople = 50;
/** After a start or a change, until memory is what it will be. */
const settleMs = 4_000;
const revocations = 20;

export interface PeopleFigures {
  readonly people: number;
  readonly credentials: number;
  readonly memoryMb: {
    readonly empty: { readonly rss: number; readonly peak: number };
    readonly fromSnapshot: { readonly rss: number; readonly peak: number };
    readonly fromRows: { readonly rss: number; readonly peak: number };
    readonly afterImport: { readonly rss: number; readonly peak: number };
  };
  /** From the start of the process until the last card was granted at a door, and what the process had computed by then. */
  readonly lastCard: {
    readonly emptyReadyMs: number;
    readonly fromSnapshotMs: number;
    readonly fromSnapshotCpuMs: number;
    readonly fromRowsMs: number;
    readonly fromRowsCpuMs: number;
  };
  readonly import: {
    readonly sendSeconds: number;
    readonly checkSeconds: number;
    readonly applySeconds: number;
    readonly cpuSeconds: number;
    readonly againSeconds: number;
    readonly unlockBeforeMs: Spread;
    readonly unlockMeanwhileMs: Spread;
    readonly unanswered: number;
    readonly loopHeldMs: { readonly p99Ms: number; readonly maxMs: number };
  };
  /** From sending the request to the sending of the last scan that was still granted; 0: none was. */
  readonly revocationMs: Spread;
  /** A block, `kill -9`, a start: what the card is told. */
  readonly afterKill: string;
  readonly search: {
    readonly all: Spread;
    readonly furtherPages: Spread;
    readonly by: Readonly<Record<string, Spread>>;
    readonly unlockMeanwhileMs: Spread;
    readonly loopHeldMs: { readonly p99Ms: number; readonly maxMs: number };
  };
  readonly diskMb: { readonly database: number; readonly search: number; readonly snapshot: number };
}

/** Measures, with so many people; `tell` hears what is being done. */
export async function measurePeople(people: number, tell: (what: string) => void): Promise<PeopleFigures> {
  const folder = mkdtempSync(join(tmpdir(), "gw-people-"));
  const dataDir = join(folder, "data");
  const running: WatchedGateway[] = [];
  const start = async (dir: string): Promise<WatchedGateway> => {
    const gateway = new WatchedGateway(dir, folder);
    running.push(gateway);
    return gateway.ready();
  };
  try {
    const list = join(folder, "people.csv");
    const credentials = writePeople(list, people);
    const keys = await furnish(dataDir);
    const device = (n: number, cards: readonly string[]) =>
      new ScanningDevice(`io-${n}`, keys[n - 1] ?? "", cards);

    tell("an empty gateway");
    const nothing = await start(join(folder, "nothing"));
    await sleep(settleMs);
    const empty = nothing.memory();
    const emptyReadyMs = nothing.readyMs;
    await nothing.end("SIGTERM");

    tell("the import, while doors are used");
    const first = await start(dataDir);
    const readers = Array.from({ length: doors - 1 }, (_, i) => device(i + 2, staffCards));
    for (const each of readers) await each.connect(first.mqttUrl);
    const load = new ScanLoad(readers);
    load.start(scansPerSecond);
    await sleep(1_000);
    forget(readers);
    await sleep(3_000);
    const unlockBeforeMs = unlocks(readers);
    await first.loop();
    forget(readers);
    const cpuBefore = first.cpuMs();
    const took = await importList(first, list);
    const unlockMeanwhileMs = unlocks(readers);
    const cpuSeconds = (first.cpuMs() - cpuBefore) / 1000;
    const loopAtImport = await first.loop();
    await sleep(500);
    const unanswered = missing(readers);
    const again = await importList(first, list);
    // The snapshot is written when nothing has changed for some seconds.
    await sleep(settleMs * 3);
    const afterImport = first.memory();

    tell("revocations");
    const revocationMs = await revoke(first, device(1, []), keys[0] ?? "");

    tell("searches");
    forget(readers);
    await first.loop();
    const searched = await search(first, people);
    const searchUnlocks = unlocks(readers);
    const loopAtSearch = await first.loop();
    await load.disconnect();
    await first.end("SIGTERM");

    tell("starts");
    const last = uidOf((people - 1) * 2);
    const lastCard = async (): Promise<{
      gateway: WatchedGateway;
      ms: number;
      cpuMs: number;
      outcome: string;
    }> => {
      const gateway = await start(dataDir);
      const reader = device(1, [last]);
      await reader.connect(gateway.mqttUrl);
      reader.scan();
      while (reader.newest === undefined) await sleep(1);
      const ms = performance.now() - gateway.startedAt;
      const cpuMs = gateway.cpuMs();
      await reader.disconnect();
      return { gateway, ms, cpuMs, outcome: reader.newest };
    };
    const bySnapshot = await lastCard();
    await sleep(settleMs);
    const fromSnapshot = bySnapshot.gateway.memory();
    const diskMb = {
      database: megabytes(join(dataDir, "gateway.db")),
      search: megabytes(join(dataDir, "index", "search.db")),
      snapshot: megabytes(join(dataDir, "index", "people.snapshot")),
    };
    await bySnapshot.gateway.ask("person.block", { person: idOf(people - 1) });
    await bySnapshot.gateway.end("SIGKILL");
    const killed = await lastCard();
    await killed.gateway.ask("person.block", { person: idOf(people - 1), blocked: false });
    await killed.gateway.end("SIGTERM");
    rmSync(join(dataDir, "index", "people.snapshot"), { force: true });
    const byRows = await lastCard();
    const fromRows = byRows.gateway.memory();
    await byRows.gateway.end("SIGTERM");
    for (const { outcome } of [bySnapshot, byRows]) {
      if (outcome !== "granted") throw new Error(`the last card was ${outcome}`);
    }
    return {
      people,
      credentials,
      memoryMb: { empty, fromSnapshot, fromRows, afterImport },
      lastCard: {
        emptyReadyMs: Math.round(emptyReadyMs),
        fromSnapshotMs: Math.round(bySnapshot.ms),
        fromSnapshotCpuMs: bySnapshot.cpuMs,
        fromRowsMs: Math.round(byRows.ms),
        fromRowsCpuMs: byRows.cpuMs,
      },
      import: {
        sendSeconds: took.send,
        checkSeconds: took.check,
        applySeconds: took.apply,
        cpuSeconds: rounded(cpuSeconds),
        againSeconds: rounded(again.send + again.check + again.apply),
        unlockBeforeMs,
        unlockMeanwhileMs,
        unanswered,
        loopHeldMs: loopAtImport,
      },
      revocationMs,
      afterKill: killed.outcome,
      search: { ...searched, unlockMeanwhileMs: searchUnlocks, loopHeldMs: loopAtSearch },
      diskMb,
    };
  } finally {
    for (const gateway of running) await gateway.end("SIGKILL");
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Whom the doors let in while the others are brought. */
const staffCards = Array.from(
  { length: revocations + 20 },
  (_, i) => `04ff${i.toString(16).padStart(10, "0")}`,
);

/** The site with its terminals, and some people with cards; the keys of the terminals. */
async function furnish(dataDir: string): Promise<string[]> {
  const house = await openHouse({ dataDir });
  const ask = async (name: string, params: unknown): Promise<Record<string, string>> => {
    const performed = await house.operations.perform(localAdministrator(), name, params);
    if (!performed.ok) throw new Error(`${name}: ${JSON.stringify(performed.refusal)}`);
    return performed.result as Record<string, string>;
  };
  const site = faultSite(doors);
  await ask("site.import", { document: { ...site, groups: [...site.groups, ...groupsOfTown()] } });
  const rows = staffCards.map((card, i) => ({
    person: `staff-${i}`,
    name: `Staff ${i}`,
    groups: ["staff"],
    credentials: [{ value: `uid:${card}` }],
  }));
  await ask("people.import", { rows });
  const keys: string[] = [];
  for (let n = 1; n <= doors; n++) keys.push(String((await ask("device.add", { device: `io-${n}` })).key));
  await house.close();
  return keys;
}

interface Job {
  readonly import: string;
  readonly state: string;
  readonly message: string | null;
  readonly refused: number;
}

/** As the command line does it; in seconds. */
async function importList(
  gateway: WatchedGateway,
  file: string,
): Promise<{ send: number; check: number; apply: number }> {
  const begun = performance.now();
  const job = await gateway.ask<Job>("people.import.begin", {
    name: "people.csv",
    bytes: statSync(file).size,
  });
  const handle: FileHandle = await open(file);
  for (let offset = 0; ; ) {
    const { bytesRead, buffer } = await handle.read(Buffer.alloc(512 * 1024));
    if (bytesRead === 0) break;
    const data = buffer.subarray(0, bytesRead).toString("base64");
    await gateway.ask("people.import.content", { import: job.import, offset, data });
    offset += bytesRead;
  }
  await handle.close();
  const sent = performance.now();
  const until = async (state: string): Promise<void> => {
    for (;;) {
      const now = await gateway.ask<Job>("people.import.get", { import: job.import });
      if (now.state === state && now.refused === 0) return;
      if (now.state === "failed" || now.refused > 0) throw new Error(JSON.stringify(now));
      await sleep(50);
    }
  };
  await gateway.ask("people.import.check", { import: job.import });
  await until("checked");
  const checked = performance.now();
  await gateway.ask("people.import.apply", { import: job.import });
  await until("done");
  const seconds = (from: number, to: number) => rounded((to - from) / 1000);
  return {
    send: seconds(begun, sent),
    check: seconds(sent, checked),
    apply: seconds(checked, performance.now()),
  };
}

/** Cards scanned every millisecond, each blocked under way. */
async function revoke(gateway: WatchedGateway, reader: ScanningDevice, key: string): Promise<Spread> {
  const took: number[] = [];
  for (let i = 0; i < revocations; i++) {
    const device = new ScanningDevice(reader.id, key, [staffCards[i] ?? ""]);
    await device.connect(gateway.mqttUrl);
    const timer = setInterval(() => device.scan(), 1);
    await sleep(100);
    const askedAt = performance.now();
    await gateway.ask("person.block", { person: `staff-${i}` });
    await sleep(60);
    clearInterval(timer);
    await sleep(100);
    const granted = [...device.unlocks.keys()].map((scan) => (device.sentAt.get(scan) ?? 0) - askedAt);
    took.push(Math.max(0, ...granted));
    await device.disconnect();
    await gateway.ask("person.block", { person: `staff-${i}`, blocked: false });
  }
  return spread(took);
}

async function search(
  gateway: WatchedGateway,
  people: number,
): Promise<Pick<PeopleFigures["search"], "all" | "furtherPages" | "by">> {
  const all: number[] = [];
  const further: number[] = [];
  const by: Record<string, Spread> = {};
  for (const [kind, texts] of Object.entries(questions(people, 30))) {
    const took: number[] = [];
    for (const text of texts) {
      let at = performance.now();
      const page = await gateway.ask<{ next: string | null }>("people.list", {
        search: text,
        limit: pageOfPeople,
      });
      took.push(performance.now() - at);
      if (page.next === null) continue;
      at = performance.now();
      await gateway.ask("people.list", { search: text, limit: pageOfPeople, after: page.next });
      further.push(performance.now() - at);
    }
    by[kind] = spread(took);
    all.push(...took);
  }
  return { all: spread(all), furtherPages: spread(further), by };
}

function forget(readers: readonly ScanningDevice[]): void {
  for (const reader of readers) {
    reader.unlocks.clear();
    reader.sentAt.clear();
    reader.results.clear();
    reader.late.clear();
  }
}

function unlocks(readers: readonly ScanningDevice[]): Spread {
  return spread(readers.flatMap((reader) => [...reader.unlocks.values()]));
}

/** Scans older than a second that have no unlock. */
function missing(readers: readonly ScanningDevice[]): number {
  const before = performance.now() - 1_000;
  return readers.reduce(
    (sum, reader) =>
      sum + [...reader.sentAt].filter(([scan, at]) => at < before && !reader.unlocks.has(scan)).length,
    0,
  );
}

function megabytes(file: string): number {
  return Math.round(statSync(file).size / 1e6);
}
