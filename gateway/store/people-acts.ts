/** Acts on many people at once, kept so that they can be undone: which rows they changed, and what those were before. */
import type { CredentialStatus } from "../core/people.js";
import type { Handle, Writer } from "./database.js";

export interface ActRow {
  readonly id: string;
  /** Its version after the act: a row that was changed since is left to whoever changed it. */
  readonly version: number;
  readonly before: CredentialStatus | "blocked";
}

export interface PeopleAct {
  readonly id: string;
  readonly at: number;
  readonly by: string;
  readonly note: string | null;
  readonly people: readonly ActRow[];
  readonly credentials: readonly ActRow[];
  readonly undoneAt: number | null;
}

interface Sql {
  readonly id: string;
  readonly at: number;
  readonly by: string;
  readonly note: string | null;
  readonly rows: string;
  readonly undone_at: number | null;
}

export class PeopleActs {
  readonly #writer: Writer;
  readonly #handle: Handle;

  constructor(writer: Writer, handle: Handle) {
    this.#writer = writer;
    this.#handle = handle;
  }

  async put({ id, at, by, note, people, credentials }: Omit<PeopleAct, "undoneAt">): Promise<void> {
    await this.#writer.transact((tx) =>
      tx.run("INSERT INTO people_acts (id, at, by, note, rows) VALUES (?, ?, ?, ?, ?)", [
        id,
        at,
        by,
        note,
        JSON.stringify({ people, credentials }),
      ]),
    );
  }

  async get(id: string): Promise<PeopleAct | undefined> {
    const row = await this.#handle.first<Sql>("SELECT * FROM people_acts WHERE id = ?", [id]);
    return row && actOf(row);
  }

  /** The newest first. */
  async list(limit: number): Promise<PeopleAct[]> {
    const rows = await this.#handle.all<Sql>("SELECT * FROM people_acts ORDER BY at DESC, id LIMIT ?", [
      limit,
    ]);
    return rows.map(actOf);
  }

  async undone(id: string, at: number): Promise<void> {
    await this.#writer.transact((tx) =>
      tx.run("UPDATE people_acts SET undone_at = ? WHERE id = ?", [at, id]),
    );
  }
}

function actOf({ id, at, by, note, rows, undone_at }: Sql): PeopleAct {
  const { people, credentials } = JSON.parse(rows) as Pick<PeopleAct, "people" | "credentials">;
  return { id, at, by, note, people, credentials, undoneAt: undone_at };
}
