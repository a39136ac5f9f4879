/** Every revision of the site document, whole, with who, when and why. */
import type { Actor } from "../core/signals.js";
import type { Instant } from "../core/site.js";
import type { Handle, Writer } from "./database.js";

export interface RevisionNote {
  readonly revision: number;
  readonly by: Actor;
  readonly note?: string;
  readonly at: Instant;
  /** false: a draft; no journalled entry has stood on this revision or a later one. */
  readonly inForce: boolean;
}

export interface SiteRevision extends RevisionNote {
  /** The plain JSON of the site document. */
  readonly document: unknown;
}

/** A revision that came into force is history: it is never written over. */
export class RevisionInForce extends Error {
  constructor(revision: number, last: number) {
    super(`site revision ${revision} cannot be saved: revision ${last} is in force`);
    this.name = "RevisionInForce";
  }
}

interface Row {
  readonly revision: number;
  readonly document: string;
  readonly by: string;
  readonly note: string | null;
  readonly at: number;
}

export class SiteRevisions {
  readonly #writer: Writer;
  readonly #handle: Handle;
  readonly #lastJournalled: () => number;

  constructor(writer: Writer, handle: Handle, lastJournalled: () => number) {
    this.#writer = writer;
    this.#handle = handle;
    this.#lastJournalled = lastJournalled;
  }

  /** Durable when it resolves. Writes over a draft of the same number; throws RevisionInForce for one that came into force. */
  async save(
    revision: number,
    document: unknown,
    by: Actor,
    note: string | undefined,
    at: Instant,
  ): Promise<void> {
    const last = this.#lastJournalled();
    if (revision <= last) throw new RevisionInForce(revision, last);
    await this.#writer.transact((tx) =>
      tx.run("INSERT OR REPLACE INTO sites (revision, document, by, note, at) VALUES (?, ?, ?, ?, ?)", [
        revision,
        JSON.stringify(document),
        actorText(by),
        note ?? null,
        at,
      ]),
    );
  }

  async get(revision: number): Promise<SiteRevision | undefined> {
    const row = await this.#handle.first<Row>(
      "SELECT revision, document, by, note, at FROM sites WHERE revision = ?",
      [revision],
    );
    return row && { ...this.#noteOf(row), document: JSON.parse(row.document) };
  }

  /** Newest first, without the documents. */
  async list(): Promise<RevisionNote[]> {
    const rows = await this.#handle.all<Omit<Row, "document">>(
      "SELECT revision, by, note, at FROM sites ORDER BY revision DESC",
    );
    return rows.map((row) => this.#noteOf(row));
  }

  #noteOf(row: Omit<Row, "document">): RevisionNote {
    return {
      revision: row.revision,
      by: actorOf(row.by),
      at: row.at,
      inForce: row.revision <= this.#lastJournalled(),
      ...(row.note === null ? {} : { note: row.note }),
    };
  }
}

export function actorText(actor: Actor): string {
  return `${actor.kind}/${actor.id}`;
}

export function actorOf(text: string): Actor {
  const slash = text.indexOf("/");
  return { kind: text.slice(0, slash) as Actor["kind"], id: text.slice(slash + 1) };
}
