/**
 * Finding people by part of a name or the number on a card. It has a database of its own, made from the rows: it costs a change of
 * a person nothing that the doors' journal would wait for, it may lag by moments, and it may be thrown away at any time.
 *
 * Names in order answer what is common: soon enough there are as many as a page holds. The pieces of three letters that occur in
 * names (FTS5, trigram) answer what is rare.
 */
import { closeSync, openSync, rmSync } from "node:fs";
import type { GroupId } from "../core/site.js";
import type { PersonRow } from "../ports.js";
import { type Handle, openHandle } from "./database.js";
import { type Marks, marksOf, noMarks } from "./people-load.js";
import { type GroupPage, readGroup } from "./people-of-group.js";
import { basisOf } from "./people-snapshot.js";
import { folded, withCredentials } from "./people-table.js";
import type { PeoplePage } from "./people-types.js";

/** Counts up with every change of what the tables mean. */
const format = 1;
/** Versions taken in at once: a transaction of a tenth of a second that nothing waits for. */
const rowsAtOnce = 25_000;
/** Names looked at one by one, in order, before anything else is tried. */
const namesFirst = 15_000;
/** The more names have all the pieces, the sooner looking at all of them in order has filled a page. */
const mostCandidates = 5_000;
const longestPage = 1_000;
const mostWords = 6;
/** A search waits so long for changes on their way into it. */
const patienceMs = 250;

const schema = `
  CREATE TABLE taken (
    one INTEGER PRIMARY KEY CHECK (one = 1), format INTEGER NOT NULL,
    people INTEGER NOT NULL, credentials INTEGER NOT NULL, rewritten INTEGER NOT NULL, fingerprint TEXT NOT NULL
  );
  CREATE TABLE names (sought TEXT NOT NULL, row INTEGER NOT NULL, PRIMARY KEY (sought, row)) WITHOUT ROWID;
  CREATE TABLE numbers (printed TEXT NOT NULL, row INTEGER NOT NULL, PRIMARY KEY (printed, row)) WITHOUT ROWID;
  CREATE VIRTUAL TABLE grams USING fts5(text, tokenize = 'trigram', content = '', contentless_delete = 1, detail = none);
  CREATE VIRTUAL TABLE pieces USING fts5vocab(grams, row);
`;

export interface PeopleSearch {
  /** Parts of a name (without case and accents), the start of a printed number, or an id; empty: everybody. */
  readonly text: string;
  readonly limit: number;
  /** `next` of the page before. */
  readonly after?: string;
}

export class PeopleFinder {
  readonly #database: string;
  readonly #file: string;
  #writing: Handle | undefined;
  #reading: Handle | undefined;
  #taken: Marks = noMarks;
  #wanted: Marks = noMarks;
  #taking: Promise<void> | undefined;
  /** There may be rows above those that are wanted. */
  #more = false;
  #closed = false;
  #lastError: string | undefined;

  constructor(database: string, file: string) {
    this.#database = database;
    this.#file = file;
  }

  /** Opens it, or makes it anew where it is missing, damaged, or of other rows; takes in behind what it does not have yet. */
  async open(): Promise<void> {
    try {
      await this.#open();
    } catch {
      await this.#closeHandles();
      for (const end of ["", "-wal", "-shm"]) rmSync(this.#file + end, { force: true });
      await this.#open();
    }
    void this.takeIn();
  }

  async close(): Promise<void> {
    this.#closed = true;
    await this.#taking;
    await this.#closeHandles();
  }

  /** What went wrong when it was last brought up to date; undefined: nothing. */
  get lastError(): string | undefined {
    return this.#lastError;
  }

  /** Tells that there are new rows. Resolves when they are found, never rejects. */
  takeIn(): Promise<void> {
    this.#more = true;
    this.#taking ??= this.#takeAll().finally(() => {
      this.#taking = undefined;
      // Told of in the very moment in which the last round ended.
      if (this.#more && !this.#closed) void this.takeIn();
    });
    return this.#taking;
  }

  /** Found first by the number of a card or an id (`exactly`), then by printed number in its order, then by name in its order. */
  async search(search: PeopleSearch, exactly: readonly string[]): Promise<PeoplePage> {
    const handle = await this.#ready();
    const limit = Math.min(Math.max(1, Math.floor(search.limit)), longestPage);
    const text = search.text.trim();
    const words = wordsOf(text);
    const first = text === "" ? [] : exactly;
    let place = cursorOf(search.after);
    const found: PersonRow[] = [];
    if (search.after === undefined && first.length > 0) found.push(...(await withCredentials(handle, first)));
    const isNew = (person: PersonRow): boolean => !first.includes(person.id);
    while (place && found.length < limit) {
      const wanted = limit - found.length;
      const step: Step =
        place.in === "numbers"
          ? await this.#byNumber(handle, text.toLowerCase(), place, wanted)
          : await this.#byName(handle, words, place, wanted);
      found.push(
        ...step.people.filter(
          (person) => isNew(person) && (place?.in === "numbers" || !hasNumber(person, text.toLowerCase())),
        ),
      );
      place = step.next;
    }
    return {
      people: found,
      ...(place === undefined ? {} : { next: JSON.stringify([place.in, place.key, place.row]) }),
    };
  }

  /** Members of a group by name; `after`: `next` of the page before. */
  async inGroup(group: GroupId, limit: number, after?: string): Promise<GroupPage> {
    return readGroup(await this.#ready(), group, limit, after);
  }

  // ------------------------------------------------------------------------------------------------------------- numbers

  /** Who has a card on which just this is printed: by text, in small letters. */
  async printedOn(texts: readonly string[]): Promise<ReadonlyMap<string, readonly string[]>> {
    const handle = await this.#ready();
    const rows = await handle.all<{ printed: string; person: string }>(
      `SELECT DISTINCT n.printed, c.person FROM numbers n
       JOIN house.credential_versions c ON c.row = n.row AND c.newest = 1
       WHERE n.printed IN (SELECT value FROM json_each(?))`,
      [JSON.stringify(texts.map((text) => text.toLowerCase()))],
    );
    const found = new Map<string, string[]>();
    for (const { printed, person } of rows) found.set(printed, [...(found.get(printed) ?? []), person]);
    return found;
  }

  /** For a question, when what is on its way has been taken in, or has been waited for long enough. */
  async #ready(): Promise<Handle> {
    const handle = this.#reading;
    if (!handle) throw new Error("the search of people is not open");
    if (this.#taking) await patient(this.#taking);
    return handle;
  }

  async #byNumber(handle: Handle, text: string, place: Place, wanted: number): Promise<Step> {
    const names = { in: "names", key: "", row: 0 } as const;
    if (text === "") return { people: [], next: names };
    const rows = await handle.all<{ printed: string; row: number; person: string }>(
      `SELECT n.printed, n.row, c.person FROM numbers n
       JOIN house.credential_versions c ON c.row = n.row AND c.newest = 1
       WHERE n.printed >= ?1 AND n.printed < ?2 AND (n.printed, n.row) > (?3, ?4)
       ORDER BY n.printed, n.row LIMIT ?5`,
      [text, `${text}\u{10FFFF}`, place.key, place.row, wanted],
    );
    const found = await withCredentials(handle, [...new Set(rows.map(({ person }) => person))]);
    // Who has several such cards is found by the first of them.
    const shown = new Map(rows.map(({ printed, person }) => [person, printed] as const).reverse());
    const people = found.filter((person) => firstNumber(person, text) === shown.get(person.id));
    const last = rows.at(-1);
    return {
      people,
      next: last && rows.length === wanted ? { in: "numbers", key: last.printed, row: last.row } : names,
    };
  }

  // --------------------------------------------------------------------------------------------------------------- names

  async #byName(handle: Handle, words: readonly string[], place: Place, wanted: number): Promise<Step> {
    const rows = await this.#namesWith(handle, words, place, wanted);
    const ids = await handle.all<{ row: number; id: string }>(
      `SELECT row, id FROM house.person_versions WHERE newest = 1 AND row IN (SELECT value FROM json_each(?))`,
      [JSON.stringify(rows.map(({ row }) => row))],
    );
    const idOf = new Map(ids.map(({ row, id }) => [row, id]));
    const last = rows.at(-1);
    return {
      people: await withCredentials(
        handle,
        rows.flatMap(({ row }) => idOf.get(row) ?? []),
      ),
      next: last && rows.length === wanted ? { in: "names", key: last.sought, row: last.row } : undefined,
    };
  }

  async #namesWith(
    handle: Handle,
    words: readonly string[],
    place: Place,
    wanted: number,
  ): Promise<readonly Name[]> {
    const has = words.map((_, i) => `AND instr(sought, ?${i + 4}) > 0`).join(" ");
    const asked = [place.key, place.row, wanted, ...words];
    if (words.length > 0) {
      const first = await handle.all<Name>(
        `SELECT sought, row FROM (SELECT sought, row FROM names WHERE (sought, row) > (?1, ?2)
           ORDER BY sought, row LIMIT ${namesFirst}) WHERE true ${has} LIMIT ?3`,
        asked,
      );
      if (first.length === wanted) return first;
      const match = await this.#match(handle, words);
      if (match === undefined) return [];
      const [candidates] = await handle.all<{ n: number }>(
        `SELECT count(*) AS n FROM (SELECT 1 FROM grams WHERE grams MATCH ? LIMIT ${mostCandidates + 1})`,
        [match],
      );
      if ((candidates?.n ?? 0) <= mostCandidates) {
        return handle.all<Name>(
          `SELECT sought, row FROM house.person_versions
           WHERE row IN (SELECT rowid FROM grams WHERE grams MATCH ?${words.length + 4})
             AND newest = 1 AND (sought, row) > (?1, ?2) ${has} ORDER BY sought, row LIMIT ?3`,
          [...asked, match],
        );
      }
    }
    return handle.all<Name>(
      `SELECT sought, row FROM names WHERE (sought, row) > (?1, ?2) ${has} ORDER BY sought, row LIMIT ?3`,
      asked,
    );
  }

  /** The pieces that a name with all the words must have; undefined: no name has them. */
  async #match(handle: Handle, words: readonly string[]): Promise<string | undefined> {
    const threes = new Set(words.flatMap((word) => piecesOf(word)));
    if (threes.size > 0) return [...threes].map(quoted).join(" AND ");
    // Too short for a piece: the pieces that begin so.
    const [word = ""] = words;
    const found = await handle.all<{ term: string }>(
      "SELECT term FROM pieces WHERE term >= ?1 AND term < ?2 LIMIT 1000",
      [word, `${word}\u{10FFFF}`],
    );
    return found.length === 0 ? undefined : found.map(({ term }) => quoted(term)).join(" OR ");
  }

  // ---------------------------------------------------------------------------------------------------- bringing up to date

  async #open(): Promise<void> {
    // Names are nobody else's to read; SQLite gives its -wal and -shm the mode of the database.
    closeSync(openSync(this.#file, "a", 0o600));
    const writing = await openHandle(this.#file, { readOnly: false, busyTimeoutMs: 2_000 });
    this.#writing = writing;
    await writing.exec(
      "PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA journal_size_limit = 8388608",
    );
    await writing.allOnce("ATTACH ? AS house", [this.#database]);
    const { wanted, rewritten } = await this.#marks();
    this.#wanted = wanted;
    this.#taken = await this.#made(writing, rewritten);
    this.#reading = await openHandle(this.#file, { readOnly: true, busyTimeoutMs: 2_000 });
    await this.#reading.allOnce("ATTACH ? AS house", [this.#database]);
  }

  /** How far the rows were taken in before; makes the tables where they are missing. Throws where they are of other rows. */
  async #made(handle: Handle, rewritten: number): Promise<Marks> {
    const [table] = await handle.allOnce("SELECT 1 FROM main.sqlite_schema WHERE name = 'taken'");
    if (!table) {
      const { fingerprint } = await basisOf(handle, noMarks);
      await handle.exec(`BEGIN; ${schema} COMMIT`);
      await handle.run("INSERT INTO taken VALUES (1, ?, 0, 0, ?, ?)", [format, rewritten, fingerprint]);
      return noMarks;
    }
    const taken = await handle.first<Marks & { format: number; rewritten: number; fingerprint: string }>(
      "SELECT format, people, credentials, rewritten, fingerprint FROM taken",
    );
    if (!taken || taken.format !== format || taken.rewritten !== rewritten) throw new Error("of other rows");
    const basis = await basisOf(handle, taken);
    if (basis.fingerprint !== taken.fingerprint) throw new Error("of another database");
    return { people: taken.people, credentials: taken.credentials };
  }

  async #marks(): Promise<{ wanted: Marks; rewritten: number }> {
    const handle = this.#writing;
    if (!handle) return { wanted: this.#wanted, rewritten: 0 };
    const wanted = await marksOf(handle);
    const rewritten = await handle.first<{ times: number }>("SELECT times FROM house.people_rewritten");
    return { wanted, rewritten: rewritten?.times ?? 0 };
  }

  async #takeAll(): Promise<void> {
    try {
      while (!this.#closed && this.#more) {
        this.#more = false;
        this.#wanted = (await this.#marks()).wanted;
        while (!this.#closed && this.#behind()) await this.#takeSome();
      }
      this.#lastError = undefined;
    } catch (error) {
      // Tried again with the next change; until then the newest people are not found by name.
      this.#lastError = (error as Error).message;
    }
  }

  #behind(): boolean {
    return this.#taken.people < this.#wanted.people || this.#taken.credentials < this.#wanted.credentials;
  }

  async #takeSome(): Promise<void> {
    const handle = this.#writing;
    if (!handle) return;
    const from = this.#taken;
    const until = {
      people: Math.min(this.#wanted.people, from.people + rowsAtOnce),
      credentials: Math.min(this.#wanted.credentials, from.credentials + rowsAtOnce),
    };
    await handle.run("BEGIN IMMEDIATE");
    try {
      for (const sql of takingPeople) await handle.run(sql, [from.people, until.people]);
      for (const sql of takingNumbers) await handle.run(sql, [from.credentials, until.credentials]);
      const { fingerprint } = await basisOf(handle, until);
      await handle.run("UPDATE taken SET people = ?, credentials = ?, fingerprint = ?", [
        until.people,
        until.credentials,
        fingerprint,
      ]);
      await handle.run("COMMIT");
    } catch (error) {
      await handle.run("ROLLBACK").catch(() => {});
      throw error;
    }
    this.#taken = until;
  }

  async #closeHandles(): Promise<void> {
    await this.#reading?.close();
    await this.#writing?.close();
    this.#reading = undefined;
    this.#writing = undefined;
  }
}

/** Older versions of whoever is in these rows. */
const outdated = (table: string, columns: string): string => `
  SELECT ${columns} FROM house.${table} n JOIN house.${table} o ON o.id = n.id AND o.version < n.version
  WHERE n.row > ?1 AND n.row <= ?2 AND n.version > 1`;

const takingPeople = [
  `DELETE FROM grams WHERE rowid IN (${outdated("person_versions", "o.row")})`,
  `DELETE FROM names WHERE (sought, row) IN (${outdated("person_versions", "o.sought, o.row")})`,
  `INSERT OR IGNORE INTO names SELECT sought, row FROM house.person_versions
   WHERE row > ?1 AND row <= ?2 AND newest = 1 ORDER BY sought, row`,
  // Two blanks behind: each letter of a name begins a piece.
  `INSERT INTO grams (rowid, text) SELECT row, sought || '  ' FROM house.person_versions
   WHERE row > ?1 AND row <= ?2 AND newest = 1`,
] as const;

const takingNumbers = [
  `DELETE FROM numbers WHERE (printed, row) IN (${outdated("credential_versions", "lower(o.printed), o.row")} AND o.printed IS NOT NULL)`,
  `INSERT OR IGNORE INTO numbers SELECT lower(printed), row FROM house.credential_versions
   WHERE row > ?1 AND row <= ?2 AND newest = 1 AND printed IS NOT NULL ORDER BY 1`,
] as const;

interface Name {
  readonly sought: string;
  readonly row: number;
}

/** Where a page begins: behind this key, and behind this row of those with the key. */
interface Place {
  readonly in: "numbers" | "names";
  readonly key: string;
  readonly row: number;
}

interface Step {
  readonly people: readonly PersonRow[];
  readonly next: Place | undefined;
}

function cursorOf(after: string | undefined): Place | undefined {
  const start: Place = { in: "numbers", key: "", row: 0 };
  if (after === undefined) return start;
  try {
    const [where, key, row] = JSON.parse(after) as unknown[];
    if ((where === "numbers" || where === "names") && typeof key === "string" && typeof row === "number") {
      return { in: where, key, row };
    }
  } catch {
    // Not one of ours: from the start.
  }
  return start;
}

/** The longest first: it is the rarest. */
function wordsOf(text: string): string[] {
  const words = [...new Set(folded(text).split(/\s+/))].filter((word) => word !== "");
  return words.sort((a, b) => b.length - a.length).slice(0, mostWords);
}

function piecesOf(word: string): string[] {
  const letters = [...word];
  return letters.slice(2).map((_, i) => letters.slice(i, i + 3).join(""));
}

function quoted(piece: string): string {
  return `"${piece.replaceAll('"', '""')}"`;
}

function firstNumber(person: PersonRow, text: string): string | undefined {
  return person.credentials
    .flatMap(({ printed }) => printed?.toLowerCase() ?? [])
    .filter((printed) => printed.startsWith(text))
    .sort()[0];
}

function hasNumber(person: PersonRow, text: string): boolean {
  return text !== "" && firstNumber(person, text) !== undefined;
}

/** Waits for it, but not for ever: what is missing then is moments old. */
function patient(work: Promise<void>): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, patienceMs);
    void work.then(() => {
      clearTimeout(timer);
      resolve();
    });
  });
}
