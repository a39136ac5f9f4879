/**
 * SQLite behind promises. Only this folder knows the driver: its prepared statements ignore `serialize()`, so a transaction is
 * BEGIN awaited, its statements, COMMIT awaited, and one queue in front of the one handle that writes.
 */
import sqlite3 from "sqlite3";

export type SqlValue = string | number | null | Uint8Array;

/** A statement failed; `code` is SQLite's own (`SQLITE_FULL`, `SQLITE_IOERR`, …). */
export class DatabaseFailed extends Error {
  readonly code: string;
  constructor(file: string, doing: string, cause: Error & { code?: string }) {
    super(`${file}: ${cause.message} (${doing.trim().replace(/\s+/g, " ").slice(0, 80)})`, { cause });
    this.name = "DatabaseFailed";
    this.code = cause.code ?? "SQLITE_ERROR";
  }
}

/** One connection. Statements are prepared once and kept; those made at run time go through `allOnce`. */
export class Handle {
  readonly #database: sqlite3.Database;
  readonly #file: string;
  readonly #statements = new Map<string, Promise<sqlite3.Statement>>();

  constructor(database: sqlite3.Database, file: string) {
    this.#database = database;
    this.#file = file;
  }

  /** Rows of a statement that is asked again and again. */
  async all<Row>(sql: string, params: readonly SqlValue[] = []): Promise<Row[]> {
    const statement = await this.#prepared(sql);
    return new Promise((resolve, reject) => {
      // `all` steps to the end and thereby ends its read; `get` would leave it open and hold back every checkpoint.
      statement.all(params, (error: Error | null, rows: Row[]) => {
        if (error) reject(new DatabaseFailed(this.#file, sql, error));
        else resolve(rows);
      });
    });
  }

  async first<Row>(sql: string, params: readonly SqlValue[] = []): Promise<Row | undefined> {
    return (await this.all<Row>(sql, params))[0];
  }

  /** Rows of a statement whose text was put together for this one question. */
  allOnce<Row>(sql: string, params: readonly SqlValue[] = []): Promise<Row[]> {
    return new Promise((resolve, reject) => {
      this.#database.all(sql, params, (error: Error | null, rows: Row[]) => {
        if (error) reject(new DatabaseFailed(this.#file, sql, error));
        else resolve(rows);
      });
    });
  }

  /** Resolves with the number of rows changed. */
  async run(sql: string, params: readonly SqlValue[] = []): Promise<number> {
    const statement = await this.#prepared(sql);
    const file = this.#file;
    return new Promise((resolve, reject) => {
      statement.run(params, function (this: sqlite3.RunResult, error: Error | null) {
        if (error) reject(new DatabaseFailed(file, sql, error));
        else resolve(this.changes);
      });
    });
  }

  /** Several statements, without parameters. */
  exec(sql: string): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#database.exec(sql, (error: Error | null) => {
        if (error) reject(new DatabaseFailed(this.#file, sql, error));
        else resolve();
      });
    });
  }

  async close(): Promise<void> {
    const statements = await Promise.allSettled(this.#statements.values());
    this.#statements.clear();
    for (const result of statements) {
      if (result.status === "fulfilled") await finalized(result.value);
    }
    await new Promise<void>((resolve, reject) => {
      this.#database.close((error) =>
        error ? reject(new DatabaseFailed(this.#file, "close", error)) : resolve(),
      );
    });
  }

  #prepared(sql: string): Promise<sqlite3.Statement> {
    const known = this.#statements.get(sql);
    if (known) return known;
    const preparing = new Promise<sqlite3.Statement>((resolve, reject) => {
      const statement = this.#database.prepare(sql, (error: Error | null) => {
        if (error) reject(new DatabaseFailed(this.#file, sql, error));
        else resolve(statement);
      });
    });
    this.#statements.set(sql, preparing);
    // A statement that could not be prepared (disk fault) is tried anew the next time.
    preparing.catch(() => this.#statements.delete(sql));
    return preparing;
  }
}

function finalized(statement: sqlite3.Statement): Promise<void> {
  return new Promise((resolve) => {
    statement.finalize(() => resolve());
  });
}

export interface OpenHow {
  readonly readOnly: boolean;
  readonly busyTimeoutMs: number;
}

/** Opens one connection; throws DatabaseFailed. A writing one makes the file if there is none. */
export async function openHandle(file: string, how: OpenHow): Promise<Handle> {
  const mode = how.readOnly ? sqlite3.OPEN_READONLY : sqlite3.OPEN_READWRITE | sqlite3.OPEN_CREATE;
  const database = await new Promise<sqlite3.Database>((resolve, reject) => {
    const opening = new sqlite3.Database(file, mode, (error) => {
      if (error) reject(new DatabaseFailed(file, "open", error));
      else resolve(opening);
    });
  });
  database.configure("busyTimeout", how.busyTimeoutMs);
  const handle = new Handle(database, file);
  // Per connection and not kept in the file: each open says it anew.
  try {
    if (!how.readOnly) await handle.exec("PRAGMA synchronous = FULL");
  } catch (error) {
    await handle.close();
    throw error;
  }
  return handle;
}

/** What a transaction may do with the writing handle. */
export type Transaction = Pick<Handle, "all" | "first" | "run">;

/** The writing handle, for whoever has his turn. */
export interface Turn {
  /** With no transaction around what it runs: for one statement, which is a transaction by itself. */
  readonly handle: Transaction;
  /** A transaction may have been left open: a statement by itself would only join it, and not be on disk. */
  readonly leftOpen: boolean;
  transact<T>(work: (tx: Transaction) => Promise<T>): Promise<T>;
}

interface Job {
  readonly work: () => Promise<void>;
}

/** The one handle that writes and the one queue in front of it. The journal overtakes; nothing interrupts a transaction. */
export class Writer {
  readonly #handle: Handle;
  readonly #urgent: Job[] = [];
  readonly #ordinary: Job[] = [];
  #busy: Promise<void> | undefined;
  /** A transaction that could not even be rolled back may still be open. */
  #leftOpen = false;

  constructor(handle: Handle) {
    this.#handle = handle;
  }

  /** Gives the handle to `work` and to nobody else meanwhile; what it needs of a transaction it says itself. */
  turn(work: (turn: Turn) => Promise<void>, urgency: "urgent" | "ordinary"): Promise<void> {
    return new Promise((resolve, reject) => {
      const perform = (): Promise<void> =>
        work({
          handle: this.#handle,
          leftOpen: this.#leftOpen,
          transact: (within) => this.#perform(within),
        });
      this.#queue({ work: () => perform().then(resolve, reject) }, urgency);
    });
  }

  /** Runs `work` in one transaction: all of it or, if it throws, nothing. */
  transact<T>(
    work: (tx: Transaction) => Promise<T>,
    urgency: "urgent" | "ordinary" = "ordinary",
  ): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      this.#queue({ work: () => this.#perform(work).then(resolve, reject) }, urgency);
    });
  }

  /** Resolves when nothing is queued. */
  async idle(): Promise<void> {
    while (this.#busy) await this.#busy;
  }

  #queue(job: Job, urgency: "urgent" | "ordinary"): void {
    (urgency === "urgent" ? this.#urgent : this.#ordinary).push(job);
    this.#busy ??= this.#drain();
  }

  async #drain(): Promise<void> {
    for (;;) {
      const job = this.#urgent.shift() ?? this.#ordinary.shift();
      if (!job) break;
      await job.work();
    }
    this.#busy = undefined;
  }

  async #perform<T>(work: (tx: Transaction) => Promise<T>): Promise<T> {
    await this.#begin();
    try {
      const result = await work(this.#handle);
      await this.#handle.run("COMMIT");
      this.#leftOpen = false;
      return result;
    } catch (error) {
      // SQLite may have rolled back by itself (disk full, I/O error); then this one fails and that is fine.
      await this.#handle.run("ROLLBACK").catch(() => {
        this.#leftOpen = true;
      });
      throw error;
    }
  }

  async #begin(): Promise<void> {
    try {
      await this.#handle.run("BEGIN IMMEDIATE");
    } catch (error) {
      // Left over where even the ROLLBACK failed.
      const open = error instanceof DatabaseFailed && /within a transaction/.test(error.message);
      if (!open) throw error;
      await this.#handle.run("ROLLBACK");
      await this.#handle.run("BEGIN IMMEDIATE");
    }
  }
}

/** `items` in pieces, so that no statement's parameter grows large and the loop gets its turn in between. */
export function* pieces<T>(items: readonly T[], size: number): Generator<readonly T[]> {
  for (let start = 0; start < items.length; start += size) yield items.slice(start, start + size);
}
