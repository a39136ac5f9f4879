/**
 * A list of people on its way in, in a database of its own beside the house's: all its lines are there before the first of them
 * changes anything, however many they are, and what they mean against the rows in force is worked out where it holds up nobody.
 *
 * A list is whole in itself: with any fault nothing of it is taken. Its faults are kept with their lines.
 */
import { closeSync, openSync } from "node:fs";
import type { CredentialStatus } from "../core/people.js";
import { type Handle, openHandle } from "./database.js";
import { patchedCredential, patchedPerson } from "./extras.js";
import { folded } from "./people-table.js";
import type { PeopleChange } from "./people-types.js";

/** One line, its form checked and its card and its dates read. */
export interface StagedLine {
  readonly line: number;
  readonly person: string;
  readonly name: string;
  /** Sorted, each once. */
  readonly groups: readonly string[];
  readonly blocked: boolean;
  readonly validFrom?: number;
  readonly validUntil?: number;
  readonly value?: string;
  readonly printed?: string;
  readonly status?: CredentialStatus;
  /** What it says of the extras of the person and of the card: patches (RFC 7396), see `extras.ts`. Absent: nothing. */
  readonly extra?: string;
  readonly cardExtra?: string;
}

export interface StagedFault {
  readonly line: number;
  readonly column: string;
  readonly message: string;
}

/** What a list would change. */
export interface StagedSummary {
  readonly lines: number;
  readonly people: number;
  readonly added: number;
  readonly changed: number;
  readonly unchanged: number;
  /** Cards that are new or changed. */
  readonly credentials: number;
  /** Lines with a fault. */
  readonly refused: number;
}

export interface PreviewRow {
  readonly line: number;
  readonly person: string;
  readonly name: string;
  readonly what: "added" | "changed" | "unchanged";
}

/** Lines with a fault that are kept; of the rest only the number. */
export const mostFaultsKept = 1_000;

const schema = `
  PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; PRAGMA locking_mode = NORMAL;
  CREATE TABLE lines (
    line INTEGER PRIMARY KEY, person TEXT NOT NULL, name TEXT NOT NULL, sought TEXT NOT NULL, groups TEXT NOT NULL,
    status TEXT NOT NULL, valid_from INTEGER, valid_until INTEGER, value TEXT, printed TEXT, card_status TEXT,
    extra TEXT, card_extra TEXT
  );
  CREATE TABLE faults (line INTEGER NOT NULL, "column" TEXT NOT NULL, message TEXT NOT NULL);
`;

const insertLines = `
  INSERT INTO lines SELECT value->>0, value->>1, value->>2, value->>3, value->>4, value->>5, value->>6, value->>7, value->>8,
    value->>9, value->>10, value->>11, value->>12 FROM json_each(?)`;

/** Whether a patch changes nothing of what a row has. */
function leavesExtra(patch: string, kept: string): string {
  return `(${patch} IS NULL OR nullif(json_patch(coalesce(${kept}, '{}'), ${patch}), '{}') IS ${kept})`;
}

/** The column of a list that a field of the extras is written in. */
function columnOf(field: string): string {
  return `CASE ${field} WHEN 'inductedUntil' THEN 'inducted_until' ELSE ${field} END`;
}

/** In order; each is named by what it does for whoever waits. */
const comparing: readonly { readonly step: string; readonly sql: readonly string[] }[] = [
  {
    step: "sorting",
    sql: [
      "CREATE INDEX lines_person ON lines(person)",
      `CREATE TABLE people AS SELECT person AS id, min(line) AS line, name, sought, groups, status, valid_from, valid_until, extra,
         0 AS state, count(*) AS lines FROM lines GROUP BY person ORDER BY person`,
      "CREATE UNIQUE INDEX people_id ON people(id)",
      `CREATE TABLE cards AS SELECT l.line, p.rowid AS n, l.person, l.value, l.printed, l.card_status AS status,
         l.card_extra AS extra, NULL AS id, 0 AS state FROM people p JOIN lines l ON l.person = p.id WHERE l.value IS NOT NULL ORDER BY p.rowid, l.line`,
      "CREATE INDEX cards_of ON cards(n)",
    ],
  },
  {
    step: "looking for contradictions",
    sql: [
      "INSERT INTO faults SELECT line, 'name', 'is missing' FROM people WHERE name = ''",
      ...(
        [
          ["name", "l.name <> '' AND l.name <> p.name"],
          ["groups", "l.groups <> '[]' AND l.groups <> p.groups"],
          ["valid_from", "l.valid_from IS NOT NULL AND l.valid_from IS NOT p.valid_from"],
          ["valid_until", "l.valid_until IS NOT NULL AND l.valid_until IS NOT p.valid_until"],
          ["status", "l.status = 'blocked' AND p.status <> 'blocked'"],
        ] as const
      ).map(
        ([column, differs]) => `
          INSERT INTO faults SELECT l.line, '${column}', 'is not what line ' || p.line || ' says of ' || p.id
          FROM people p JOIN lines l ON l.person = p.id WHERE p.lines > 1 AND l.line > p.line AND ${differs}`,
      ),
      `INSERT INTO faults SELECT l.line, ${columnOf("said.key")}, 'is not what line ' || p.line || ' says of ' || p.id
       FROM people p JOIN lines l ON l.person = p.id, json_each(l.extra) said
       WHERE p.lines > 1 AND l.line > p.line AND l.extra IS NOT NULL AND said.value IS NOT NULL
         AND said.value IS NOT json_extract(p.extra, '$.' || said.key)`,
      `INSERT INTO faults SELECT l.line, 'credential', 'is missing; ' || p.id || ' is in line ' || p.line || ' already'
       FROM people p JOIN lines l ON l.person = p.id WHERE p.lines > 1 AND l.line > p.line AND l.value IS NULL`,
      "INSERT INTO faults SELECT line, 'valid_until', 'must be later than valid_from' FROM people WHERE valid_from >= valid_until",
      "CREATE INDEX cards_value ON cards(value, n, line, status)",
      `INSERT INTO faults SELECT line, 'credential', 'is also in line ' || first FROM (
         SELECT c.line, t.first, t.actives, c.status,
           row_number() OVER (PARTITION BY c.value, c.n ORDER BY c.line) AS turn FROM cards c
         JOIN (SELECT value, min(line) AS first, sum(status = 'active') AS actives
               FROM cards GROUP BY value HAVING count(*) > 1) t ON t.value = c.value)
       WHERE line <> first AND (turn > 1 OR (status = 'active' AND actives > 1))`,
    ],
  },
  {
    step: "comparing",
    sql: [
      `UPDATE people SET state = CASE WHEN p.name = people.name AND p.groups = people.groups AND p.status = people.status
           AND p.valid_from IS people.valid_from AND p.valid_until IS people.valid_until
           AND ${leavesExtra("people.extra", "p.extra")} THEN 2 ELSE 1 END
       FROM house.person_versions p WHERE p.id = people.id AND p.newest = 1`,
      // A person's card of this value: one that is active before one that is not.
      `UPDATE cards SET id = (SELECT c.id FROM house.credential_versions c WHERE c.person = cards.person AND c.newest = 1
           AND c.value = cards.value ORDER BY c.status <> 'active' LIMIT 1)
       WHERE n IN (SELECT rowid FROM people WHERE state > 0)`,
      `UPDATE cards SET state = CASE WHEN c.status = cards.status
           AND (cards.printed IS NULL OR cards.printed IS c.printed)
           AND ${leavesExtra("cards.extra", "c.extra")} THEN 2 ELSE 1 END
       FROM house.credential_versions c WHERE c.id = cards.id AND c.newest = 1`,
      `INSERT INTO faults SELECT line, 'person', '"' || people.id || '" is the id of a card' FROM people
       WHERE state = 0 AND EXISTS (SELECT 1 FROM house.credential_versions c WHERE c.id = people.id)`,
      ...["host", "sponsor"].map(
        (
          column,
        ) => `INSERT INTO faults SELECT line, '${column}', 'there is no person "' || (extra->>'${column}') || '"' FROM people
         WHERE extra IS NOT NULL AND extra->>'${column}' IS NOT NULL
           AND NOT EXISTS (SELECT 1 FROM people h WHERE h.id = people.extra->>'${column}')
           AND NOT EXISTS (SELECT 1 FROM house.person_versions h WHERE h.id = people.extra->>'${column}')`,
      ),
      "UPDATE cards SET id = ?1 || printf('%07d', rowid) WHERE id IS NULL",
      "DROP TABLE lines",
    ],
  },
];

/** State of a person or a card: what the list means for them. */
const state = { added: 0, changed: 1, unchanged: 2 } as const;

export class StagedPeople {
  readonly #handle: Handle;

  constructor(handle: Handle) {
    this.#handle = handle;
  }

  /** A file for a new list. */
  static async create(file: string): Promise<StagedPeople> {
    closeSync(openSync(file, "wx", 0o600));
    const handle = await openHandle(file, { readOnly: false, busyTimeoutMs: 2_000 });
    await handle.exec(schema);
    return new StagedPeople(handle);
  }

  static async open(file: string): Promise<StagedPeople> {
    return new StagedPeople(await openHandle(file, { readOnly: false, busyTimeoutMs: 2_000 }));
  }

  close(): Promise<void> {
    return this.#handle.close();
  }

  async add(lines: readonly StagedLine[]): Promise<void> {
    const rows = lines.map((row) => [
      row.line,
      row.person,
      row.name,
      folded(row.name),
      JSON.stringify(row.groups),
      row.blocked ? "blocked" : "active",
      row.validFrom,
      row.validUntil,
      row.value,
      row.printed,
      row.value === undefined ? undefined : (row.status ?? "active"),
      row.extra,
      row.cardExtra,
    ]);
    await this.#handle.run(insertLines, [JSON.stringify(rows)]);
  }

  async addFaults(faults: readonly StagedFault[]): Promise<void> {
    const rows = faults.map(({ line, column, message }) => [line, column, message]);
    await this.#handle.run("INSERT INTO faults SELECT value->>0, value->>1, value->>2 FROM json_each(?)", [
      JSON.stringify(rows),
    ]);
  }

  /** Works out what the lines mean against the rows in force. `prefix` gives what the ids of new cards may begin with. */
  async compare(database: string, prefix: () => string, onStep: (step: string) => void): Promise<void> {
    // Sorting a million lines with the usual 2 MB would go through files.
    await this.#handle.exec("PRAGMA cache_size = -16000");
    await this.#handle.allOnce("ATTACH ? AS house", [database]);
    let free = prefix();
    while (await this.#taken(free)) free = prefix();
    for (const { step, sql } of comparing) {
      onStep(step);
      for (const statement of sql) {
        await this.#handle.allOnce(statement, statement.includes("?1") ? [free] : []);
      }
    }
    await this.#handle.allOnce("DETACH house");
  }

  /** Whether there is an id of a card that begins so. */
  async #taken(prefix: string): Promise<boolean> {
    const found = await this.#handle.allOnce(
      "SELECT 1 FROM house.credential_versions WHERE id >= ? AND id < ? LIMIT 1",
      [prefix, `${prefix}~`],
    );
    return found.length > 0;
  }

  /** New cards that shall be active, as pages of values; their holders are looked for in memory. */
  async *newCards(): AsyncGenerator<
    readonly { readonly line: number; readonly person: string; readonly value: string }[]
  > {
    for (let after = 0; ; ) {
      const page = await this.#handle.all<{ row: number; line: number; person: string; value: string }>(
        `SELECT rowid AS row, line, person, value FROM cards WHERE rowid > ? AND state < 2 AND status = 'active' LIMIT 500`,
        [after],
      );
      const last = page.at(-1);
      if (!last) return;
      after = last.row;
      yield page;
    }
  }

  /** Whether the list itself takes this card from this person. */
  async takesAway(person: string, value: string): Promise<boolean> {
    const found = await this.#handle.first(
      "SELECT 1 FROM cards WHERE value = ? AND person = ? AND status <> 'active'",
      [value, person],
    );
    return found !== undefined;
  }

  async summary(): Promise<StagedSummary> {
    const [found] = await this.#handle.allOnce<StagedSummary>(
      `SELECT (SELECT coalesce(sum(lines), 0) FROM people) AS lines, (SELECT count(*) FROM people) AS people,
         (SELECT count(*) FROM people WHERE state = 0) AS added,
         (SELECT count(*) FROM people WHERE state = 2 AND NOT EXISTS (SELECT 1 FROM cards WHERE cards.n = people.rowid AND cards.state < 2)) AS unchanged,
         0 AS changed,
         (SELECT count(*) FROM cards WHERE state < 2) AS credentials,
         (SELECT count(DISTINCT line) FROM faults) AS refused`,
    );
    if (!found) throw new Error("a staged list has no summary");
    return { ...found, changed: found.people - found.added - found.unchanged };
  }

  async faults(limit = mostFaultsKept): Promise<StagedFault[]> {
    return this.#handle.allOnce<StagedFault>(
      'SELECT DISTINCT line, "column", message FROM faults ORDER BY line, "column" LIMIT ?',
      [limit],
    );
  }

  /** Some people of each kind, the changed ones first. */
  async preview(each: number): Promise<PreviewRow[]> {
    const touched =
      "(state = 2 AND EXISTS (SELECT 1 FROM cards WHERE cards.n = people.rowid AND cards.state < 2))";
    const kinds: readonly (readonly [PreviewRow["what"], string])[] = [
      ["changed", `state = 1 OR ${touched}`],
      ["added", "state = 0"],
      ["unchanged", `state = 2 AND NOT ${touched}`],
    ];
    const rows: PreviewRow[] = [];
    for (const [what, where] of kinds) {
      rows.push(
        ...(await this.#handle.allOnce<PreviewRow>(
          `SELECT line, id AS person, name, '${what}' AS what FROM people WHERE ${where} LIMIT ?`,
          [each],
        )),
      );
    }
    return rows;
  }

  // ---------------------------------------------------------------------------------------------------------- to apply

  /** How many there are to go through. */
  async count(): Promise<number> {
    const found = await this.#handle.first<{ n: number }>("SELECT count(*) AS n FROM people");
    return found?.n ?? 0;
  }

  /** New people from the `after`th on, up to the `until`th, with their cards, to be checked once more. */
  async added(after: number, until: number, tenant: string): Promise<PeopleChange> {
    const people = await this.#handle.all<{ row: string }>(
      `SELECT json_array(id, name, json(groups), status, valid_from, valid_until, extra) AS row
       FROM people WHERE rowid > ?1 AND rowid <= ?2 AND state = 0`,
      [after, until],
    );
    const credentials = await this.#handle.all<{ row: string }>(
      `SELECT json_array(c.id, c.person, c.status, c.value, c.printed, c.extra) AS row FROM people p JOIN cards c ON c.n = p.rowid
       WHERE p.rowid > ?1 AND p.rowid <= ?2 AND p.state = 0`,
      [after, until],
    );
    type Person = [
      ...[string, string, string[], "active" | "blocked", number | null, number | null],
      string | null,
    ];
    type Card = [string, string, CredentialStatus, string, string | null, string | null];
    return {
      people: people.map(({ row }) => {
        const [id, name, groups, status, from, until, extra] = JSON.parse(row) as Person;
        return {
          id,
          name,
          tenant,
          groups,
          status,
          ...(from === null ? {} : { validFrom: from }),
          ...(until === null ? {} : { validUntil: until }),
          ...patchedPerson({}, extra),
        };
      }),
      credentials: credentials.map(({ row }) => {
        const [id, person, status, value, printed, extra] = JSON.parse(row) as Card;
        return {
          id,
          person,
          status,
          value,
          ...(printed === null ? {} : { printed }),
          ...patchedCredential({}, extra),
        };
      }),
    };
  }

  /** People who are there already and are changed, or get or lose a card. */
  async changed(after: number, until: number): Promise<readonly ChangedRow[]> {
    return (
      await this.#handle.all<{ row: string }>(
        `SELECT json_object('id', p.id, 'name', p.name, 'groups', json(p.groups), 'status', p.status, 'state', p.state,
           'validFrom', p.valid_from, 'validUntil', p.valid_until, 'extra', p.extra,
           'cards', (SELECT json_group_array(json_object('id', c.id, 'value', c.value, 'printed', c.printed, 'status', c.status,
               'extra', c.extra))
             FROM cards c WHERE c.n = p.rowid AND c.state < 2)) AS row
         FROM people p WHERE p.rowid > ?1 AND p.rowid <= ?2 AND p.state > 0
           AND (p.state = 1 OR EXISTS (SELECT 1 FROM cards c WHERE c.n = p.rowid AND c.state < 2))`,
        [after, until],
      )
    ).map(({ row }) => JSON.parse(row) as ChangedRow);
  }

  /** Of people who are there already, the cards that are taken away: before anything is given. */
  async *takenAway(): AsyncGenerator<readonly { readonly id: string; readonly status: CredentialStatus }[]> {
    for (let after = 0; ; ) {
      const page = await this.#handle.all<{ row: number; id: string; status: CredentialStatus }>(
        `SELECT rowid AS row, id, status FROM cards WHERE rowid > ? AND state = ${state.changed} AND status <> 'active' LIMIT 200`,
        [after],
      );
      const last = page.at(-1);
      if (!last) return;
      after = last.row;
      yield page;
    }
  }
}

export interface ChangedRow {
  readonly id: string;
  readonly name: string;
  readonly groups: readonly string[];
  readonly status: "active" | "blocked";
  /** 2: only cards of theirs are changed. */
  readonly state: number;
  readonly validFrom: number | null;
  /** Patches, as in `StagedLine`. */
  readonly extra: string | null;
  readonly validUntil: number | null;
  readonly cards: readonly {
    readonly id: string;
    readonly value: string;
    readonly printed: string | null;
    readonly status: CredentialStatus;
    readonly extra: string | null;
  }[];
}
