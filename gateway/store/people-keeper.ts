/** Keeps the index of the people: loads it at the start, and writes a snapshot of it when enough has changed and all is quiet. */
import { rm } from "node:fs/promises";
import { CardIndex } from "./card-index.js";
import type { Handle } from "./database.js";
import { loadAll, loadRows, type Marks, marksOf } from "./people-load.js";
import { basisOf, readSnapshot, writeSnapshot } from "./people-snapshot.js";

/** From what the index was loaded. */
export interface Loaded {
  readonly from: "rows" | "snapshot";
  /** Rows that were read besides a snapshot. */
  readonly since: number;
  readonly ms: number;
  /** Why a snapshot that was there was not taken. */
  readonly why?: string;
}

interface KeeperParts {
  readonly file: string;
  readonly handles: readonly Handle[];
  readonly fromRows: number;
}

/** Nothing changes for so long: then a snapshot is hardly ever overtaken while it is written. */
const quietMs = 5_000;

export class SnapshotKeeper {
  readonly #parts: KeeperParts;
  #index = new CardIndex();
  /** Rows written since the snapshot that lies there. */
  #since = 0;
  /** Changes that have begun, and those of them that are not on disk yet. */
  #begun = 0;
  #running = 0;
  /** Memory may hold what the disk does not: what is in memory is not written any more. */
  #distrusted = false;
  #timer: NodeJS.Timeout | undefined;
  #saving: Promise<void> | undefined;

  constructor(parts: KeeperParts) {
    this.#parts = parts;
  }

  get index(): CardIndex {
    return this.#index;
  }

  async load(): Promise<Loaded> {
    const startedAt = performance.now();
    const [reader] = this.#parts.handles;
    if (!reader) throw new Error("the people cannot be loaded without a handle");
    const newest = await marksOf(reader);
    const rows = newest.people + newest.credentials;
    const { why, since } =
      rows < this.#parts.fromRows ? { why: undefined } : await this.#fromSnapshot(reader, newest);
    if (since === undefined) {
      this.#index = new CardIndex();
      await loadAll(this.#parts.handles, this.#index, newest);
    }
    this.#since = since ?? rows;
    if (this.#since >= this.#parts.fromRows) this.#saveSoon();
    return {
      from: since === undefined ? "rows" : "snapshot",
      since: since ?? 0,
      ms: performance.now() - startedAt,
      ...(why === undefined ? {} : { why }),
    };
  }

  /** A change begins; call what is returned, with the number of rows, when memory and disk agree again. */
  changing(): (rows: number) => void {
    this.#begun++;
    this.#running++;
    return (rows) => {
      this.#running--;
      this.#since += rows;
      if (this.#since >= this.#parts.fromRows) this.#saveSoon();
    };
  }

  /** From now on, until the next start, nothing in memory is written; nor is the change waited for that this was said of. */
  distrust(): void {
    this.#running--;
    this.#distrusted = true;
    clearTimeout(this.#timer);
  }

  /** Writes what is due at once. */
  async saved(): Promise<void> {
    await this.#saving;
    if (this.#since >= this.#parts.fromRows) await this.#save();
  }

  async close(): Promise<void> {
    clearTimeout(this.#timer);
    await this.saved();
    clearTimeout(this.#timer);
  }

  /** How many rows were read besides the snapshot; undefined: there is none that may be taken. */
  async #fromSnapshot(reader: Handle, newest: Marks): Promise<{ since?: number; why?: string }> {
    try {
      const found = await readSnapshot(this.#parts.file, (marks) => basisOf(reader, marks), newest);
      if (found === undefined) return {};
      if ("why" in found) return await this.#thrownAway(found.why);
      this.#index = found.index;
      await loadRows(this.#parts.handles, found.index, found.marks, newest);
      const { marks } = found;
      return { since: newest.people - marks.people + newest.credentials - marks.credentials };
    } catch (error) {
      return this.#thrownAway((error as Error).message);
    }
  }

  async #thrownAway(why: string): Promise<{ why: string }> {
    await rm(this.#parts.file, { force: true });
    return { why };
  }

  #saveSoon(): void {
    if (this.#distrusted) return;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.#save(), quietMs).unref();
  }

  #save(): Promise<void> {
    this.#saving ??= this.#saveNow().finally(() => {
      this.#saving = undefined;
    });
    return this.#saving;
  }

  async #saveNow(): Promise<void> {
    const [reader] = this.#parts.handles;
    if (!reader || this.#distrusted) return;
    const begun = this.#begun;
    const stillSo = (): boolean => this.#begun === begun && this.#running === 0 && !this.#distrusted;
    try {
      // While nothing is on its way, memory is what the rows say; the marks are of this moment if it lasts until they are read.
      const marks = await marksOf(reader);
      const basis = await basisOf(reader, marks);
      if (stillSo() && (await writeSnapshot(this.#parts.file, this.#index, basis, stillSo))) {
        this.#since = 0;
        return;
      }
    } catch {
      // A full disk: the rows are there all the same, and the next change tries again.
      return;
    }
    if (!stillSo()) this.#saveSoon();
  }
}
