/** One data folder, opened: the journal, the site's revisions, the people, the accounts. Nothing outside this folder knows SQLite. */
import type { Instant } from "../core/site.js";
import type { Change } from "../core/state.js";
import type { Progress } from "./batch.js";
import { firstLink, type Head } from "./chain.js";
import { type Handle, openHandle, Writer } from "./database.js";
import { EventIndex } from "./event-index.js";
import { type FolderLock, lockFolder, prepareFolder } from "./folder.js";
import { HeadKeeper } from "./head-keeper.js";
import { lastGenuineHead, openHeadsFile, readHeads, signingKey } from "./heads.js";
import { SqliteJournal } from "./journal.js";
import { JournalReads } from "./journal-reads.js";
import { migrate } from "./migrations.js";
import { type PeopleOptions, PeopleStore } from "./people.js";
import { PeopleActs } from "./people-acts.js";
import { loadState, type RecentScan, recentScans, SignalReader, Snapshots } from "./replay.js";
import { cutExpired, type Expired, type Expiry, expire } from "./retention.js";
import { type LogSize, logSize } from "./room.js";
import { AccountPartTable, AccountTable, MetaTable, SessionTable } from "./rows.js";
import { SiteRevisions } from "./sites.js";

export interface StoreOptions {
  /** Stamped on events until `identify` is called. */
  readonly site?: string;
  readonly tenant?: string;
  /** Events kept in memory while the disk fails; at least 10,000. */
  readonly ringEvents?: number;
  /** A signed head at least every so many events, and this often while there is something new. */
  readonly headEveryEvents?: number;
  readonly headEveryMs?: number;
  /** Wall clock, milliseconds since the epoch. */
  readonly now?: () => Instant;
  readonly people?: PeopleOptions;
}

/** What was found when the folder was opened. */
export interface OpenedWith {
  /** There was no journal. */
  readonly fresh: boolean;
  /** The instant of the last journalled signal. */
  readonly lastAt?: Instant;
  /** Set when somebody shortened or changed the journal: the engine makes `system.journal-truncated` of it. */
  readonly truncated?: Truncated;
}

interface Truncated {
  /** The numbers that are missing; where it was changed and not shortened, that of the head it does not agree with. */
  readonly from: number;
  readonly to: number;
  readonly why: string;
}

const defaults = {
  site: "site",
  tenant: "main",
  ringEvents: 12_000,
  headEveryEvents: 1_000,
  headEveryMs: 60_000,
} as const;
const leastRingEvents = 10_000;
/** Nobody else writes; only a reader that recovers the log after a crash can be in the way, for an instant. */
const busyTimeoutMs = 2_000;

interface StoreParts {
  readonly file: string;
  readonly now: () => Instant;
  readonly lock: FolderLock;
  readonly writing: Handle;
  readonly reading: Handle;
  /** For what may take long: searches and histories do not hold up the feed. */
  readonly searching: Handle;
  /** For pages of the journal, and for what they are found by. */
  readonly paging: Handle;
  readonly indexing: Handle;
  readonly writer: Writer;
  readonly journal: SqliteJournal;
  readonly index: EventIndex;
  readonly openedWith: OpenedWith;
  readonly people: PeopleStore;
}

export class Store {
  readonly journal: SqliteJournal;
  readonly openedWith: OpenedWith;
  readonly sites: SiteRevisions;
  readonly people: PeopleStore;
  readonly peopleActs: PeopleActs;
  readonly accounts: AccountTable;
  readonly accountParts: AccountPartTable;
  readonly sessions: SessionTable;
  readonly meta: MetaTable;
  readonly signals: SignalReader;
  readonly snapshots: Snapshots;
  readonly #parts: StoreParts;
  #closing: Promise<void> | undefined;

  constructor(parts: StoreParts) {
    const { journal, writer, reading, searching } = parts;
    this.#parts = parts;
    this.journal = journal;
    this.openedWith = parts.openedWith;
    this.people = parts.people;
    this.peopleActs = new PeopleActs(writer, reading);
    this.sites = new SiteRevisions(writer, reading, () => journal.revision);
    this.accounts = new AccountTable(writer, reading);
    this.accountParts = new AccountPartTable(writer, reading);
    this.sessions = new SessionTable(writer, reading);
    this.meta = new MetaTable(writer, reading);
    this.signals = new SignalReader(searching, () => journal.lastN);
    this.snapshots = new Snapshots(writer, searching);
  }

  /** Whose events the journal stamps from now on. */
  identify(site: string, tenant: string): void {
    this.journal.identify(site, tenant);
  }

  loadState(): Promise<Change[]> {
    return loadState(this.#parts.reading);
  }

  /** Revision of the last journalled entry; undefined: there is none, or no site was in force. */
  async currentRevision(): Promise<number | undefined> {
    return this.journal.revision > 0 ? this.journal.revision : undefined;
  }

  /** The scans that were answered at or after `since`, oldest first. */
  recentScans(since: Instant): Promise<RecentScan[]> {
    return recentScans(this.#parts.reading, since);
  }

  /** Resolves when everything that can be sealed for searching is sealed. */
  indexed(): Promise<void> {
    return this.#parts.index.settled();
  }

  /** How large the log is and how it grows. */
  logSize(): Promise<LogSize> {
    const { searching, file, now } = this.#parts;
    return logSize(searching, file, now());
  }

  /** The newest signed head of the chain, with its link in hex; undefined: nothing was signed yet. */
  async lastHead(): Promise<
    { readonly seq: number; readonly hash: string; readonly at: Instant } | undefined
  > {
    const head = await this.#parts.reading.first<{ seq: number; link: Buffer; at: number }>(
      "SELECT seq, link, at FROM heads ORDER BY seq DESC LIMIT 1",
    );
    return head && { seq: head.seq, hash: head.link.toString("hex"), at: head.at };
  }

  expire(expiry: Expiry): Promise<Expired> {
    const { writer, indexing, index } = this.#parts;
    return expire(writer, indexing, index, expiry);
  }

  /** Cuts the expired beginning of the journal off, at a signed head. Resolves with the number of events cut. */
  cutExpired(): Promise<number> {
    const { writer, indexing, index } = this.#parts;
    return cutExpired(writer, indexing, index);
  }

  /** Writes what is waiting, signs a last head, frees the folder. */
  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    const { writer, writing, reading, searching, paging, indexing, lock } = this.#parts;
    await this.journal.close();
    await writer.idle();
    await this.people.close();
    for (const handle of [indexing, paging, searching, reading, writing]) await handle.close();
    await lock.release();
  }
}

/**
 * Opens a data folder for writing, and makes what is missing. Throws DataFolderInUse if another process has it, SchemaTooNew if a
 * newer Gatewarden wrote it, DatabaseFailed if it cannot be read.
 */
export async function openStore(dir: string, options: StoreOptions = {}): Promise<Store> {
  const paths = prepareFolder(dir);
  const closing: (() => Promise<void>)[] = [];
  try {
    const lock = await lockFolder(dir);
    closing.push(() => lock.release());
    const writing = await openHandle(paths.database, { readOnly: false, busyTimeoutMs });
    closing.push(() => writing.close());
    await prepareDatabase(writing, paths.database);
    const reading = await openHandle(paths.database, { readOnly: true, busyTimeoutMs });
    closing.push(() => reading.close());
    const searching = await openHandle(paths.database, { readOnly: true, busyTimeoutMs });
    closing.push(() => searching.close());
    const paging = await openHandle(paths.database, { readOnly: true, busyTimeoutMs });
    closing.push(() => paging.close());
    const indexing = await openHandle(paths.database, { readOnly: true, busyTimeoutMs });
    closing.push(() => indexing.close());
    const writer = new Writer(writing);

    const key = signingKey(paths);
    const signed = lastGenuineHead(readHeads(paths).heads, key.publicKey);
    const found = await inspect(reading, signed, key.fresh);
    if (found.gap) await recordTruncation(writer, found.gap);
    const headsFile = await openHeadsFile(paths);
    closing.push(() => headsFile.close());
    const heads = new HeadKeeper(key.key, headsFile, writer, signed?.seq ?? 0, {
      everyEvents: options.headEveryEvents ?? defaults.headEveryEvents,
      everyMs: options.headEveryMs ?? defaults.headEveryMs,
      now: options.now ?? Date.now,
    });
    const index = new EventIndex(writer, indexing);
    await index.load(found.progress.seq);
    const journal = new SqliteJournal(
      writer,
      new JournalReads(reading, paging, index),
      heads,
      index,
      {
        site: options.site ?? defaults.site,
        tenant: options.tenant ?? defaults.tenant,
        ringEvents: Math.max(leastRingEvents, options.ringEvents ?? defaults.ringEvents),
        now: options.now ?? Date.now,
      },
      found.progress,
    );
    const people = new PeopleStore({
      writer,
      reader: searching,
      loading: [searching, paging],
      database: paths.database,
      folder: paths.index,
      options: options.people,
    });
    closing.push(() => people.close());
    await people.load();
    heads.start();
    index.sealDue();
    journal.tellOf(await untoldGaps(reading));
    return new Store({
      file: paths.database,
      now: options.now ?? Date.now,
      lock,
      writing,
      reading,
      searching,
      paging,
      indexing,
      writer,
      journal,
      index,
      people,
      openedWith: found.openedWith,
    });
  } catch (error) {
    for (const close of closing.reverse()) await close().catch(() => {});
    throw error;
  }
}

async function prepareDatabase(handle: Handle, file: string): Promise<void> {
  await handle.exec("PRAGMA journal_mode = WAL");
  await migrate(handle, file);
  // After a crash the log may hold what was written and never synced: it is synced before anything is built on it.
  await handle.exec("PRAGMA wal_checkpoint(TRUNCATE)");
}

interface Found {
  readonly progress: Progress;
  readonly openedWith: OpenedWith;
  readonly gap?: { readonly from: number; readonly to: number; readonly link: Uint8Array };
}

interface ProgressRow {
  readonly n: number;
  readonly seq: number;
  readonly link: Buffer;
  readonly revision: number | null;
  readonly at: number | null;
}

/** Where the journal stands, and whether that is where it was left. */
async function inspect(handle: Handle, signed: Head | undefined, freshKey: boolean): Promise<Found> {
  const written = await handle.first<ProgressRow>("SELECT n, seq, link, revision, at FROM progress");
  if (!written) throw new Error("the journal has lost its progress row");
  const newest = await handle.first<{ seq: number; link: Buffer }>(
    `SELECT seq, link FROM (SELECT seq, link FROM events ORDER BY seq DESC LIMIT 1)
     UNION ALL SELECT to_seq, link FROM gaps WHERE why = 'lost' ORDER BY seq DESC LIMIT 1`,
  );
  const numbers = await handle.first<{ n: number | null }>("SELECT max(n) AS n FROM signals");
  const last = newest ?? { seq: 0, link: Buffer.from(firstLink) };
  const farthest = farthestOf(last, written, signed);
  const progress = {
    n: Math.max(written.n, numbers?.n ?? 0),
    seq: farthest.seq,
    link: farthest.link,
    revision: written.revision ?? 0,
    at: written.at ?? 0,
  };
  const fresh = written.n === 0 && last.seq === 0 && !signed;
  const missing = farthest.seq > last.seq;
  const truncated = missing
    ? { from: last.seq + 1, to: farthest.seq, why: "events are missing at the end" }
    : await changed(handle, signed, freshKey && !fresh, last.seq);
  return {
    progress,
    openedWith: {
      fresh,
      ...(written.at === null ? {} : { lastAt: written.at }),
      ...(truncated ? { truncated } : {}),
    },
    ...(missing ? { gap: { from: last.seq + 1, to: farthest.seq, link: farthest.link } } : {}),
  };
}

interface Place {
  readonly seq: number;
  readonly link: Uint8Array;
}

/** Numbers once given are not given again: the journal goes on behind the farthest that anything vouches for. */
function farthestOf(last: Place, written: Place, signed: Place | undefined): Place {
  const places = signed ? [last, signed, written] : [last, written];
  return places.reduce((best, place) => (place.seq > best.seq ? place : best));
}

async function changed(
  handle: Handle,
  signed: Head | undefined,
  keyMissing: boolean,
  lastSeq: number,
): Promise<Truncated | undefined> {
  if (keyMissing) {
    return { from: 1, to: lastSeq, why: "the signing key and the signed heads are gone: a new key was made" };
  }
  if (!signed) return undefined;
  const row = await handle.first<{ link: Buffer }>("SELECT link FROM events WHERE seq = ?", [signed.seq]);
  if (!row || Buffer.compare(row.link, signed.link) === 0) return undefined;
  return { from: signed.seq, to: signed.seq, why: "the journal does not agree with its last signed head" };
}

async function recordTruncation(writer: Writer, gap: NonNullable<Found["gap"]>): Promise<void> {
  await writer.transact((tx) =>
    tx.run("INSERT OR IGNORE INTO gaps (from_seq, to_seq, link, why) VALUES (?, ?, ?, 'truncated')", [
      gap.from,
      gap.to,
      Buffer.from(gap.link),
    ]),
  );
}

async function untoldGaps(
  handle: Handle,
): Promise<{ readonly from: number; readonly to: number; readonly link: Uint8Array }[]> {
  const rows = await handle.all<{ from_seq: number; to_seq: number; link: Buffer }>(
    "SELECT from_seq, to_seq, link FROM gaps WHERE why = 'lost' AND told_by IS NULL ORDER BY from_seq",
  );
  return rows.map((row) => ({ from: row.from_seq, to: row.to_seq, link: row.link }));
}
