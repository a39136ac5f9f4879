/**
 * Rows from SQLite into the index without an object a row. A page is one blob that SQLite makes off the main thread: the fields
 * of each row behind one another, a number up to a space, a text behind its length and a colon.
 */
import { credentialStatuses } from "../core/people.js";
import type { CardIndex, Span } from "./card-index.js";
import type { Handle } from "./database.js";

/** How far the rows of both tables are taken in: the highest row of each. */
export interface Marks {
  readonly people: number;
  readonly credentials: number;
}

export const noMarks: Marks = { people: 0, credentials: 0 };

/** Row numbers a page: so few that taking its rows in does not hold the loop. */
const rowsAPage = 1_000;
/** A page's bytes and the turns of the loop are worth reading so many ahead, on each handle. */
const pagesAhead = 2;

const text = (column: string): string => `octet_length(${column}), ':', ${column}`;

const personPage = `
  SELECT CAST(group_concat(concat(version, ' ', status <> 'active', ' ', valid_from, ' ', valid_until, ' ',
    ${text("id")}, ${text("name")}, ${text("tenant")}, ${text("groups")}, ${text("coalesce(extra, '')")}), '') AS BLOB) AS page
  FROM person_versions NOT INDEXED WHERE row > ? AND row <= ? AND newest = 1`;

const credentialPage = `
  SELECT CAST(group_concat(concat(version, ' ', valid_from, ' ', valid_until, ' ', printed IS NOT NULL, ' ',
    ${text("status")}, ${text("id")}, ${text("person")}, ${text("value")}, ${text("coalesce(printed, '')")},
    ${text("coalesce(extra, '')")}), '') AS BLOB) AS page
  FROM credential_versions NOT INDEXED WHERE row > ? AND row <= ? AND newest = 1`;

/** Where both tables end. */
export async function marksOf(handle: Pick<Handle, "first">): Promise<Marks> {
  const found = await handle.first<{ people: number | null; credentials: number | null }>(
    "SELECT (SELECT max(row) FROM person_versions) AS people, (SELECT max(row) FROM credential_versions) AS credentials",
  );
  return { people: found?.people ?? 0, credentials: found?.credentials ?? 0 };
}

/** Takes the rows in force above `after` and up to `until` in; both handles read at once. */
export async function loadRows(
  handles: readonly Handle[],
  index: CardIndex,
  after: Marks,
  until: Marks,
): Promise<void> {
  const words = new Words();
  for await (const page of pagesOf(handles, personPage, after.people, until.people)) {
    takePeople(page, index, words);
  }
  for await (const page of pagesOf(handles, credentialPage, after.credentials, until.credentials)) {
    takeCredentials(page, index, words);
  }
}

/** Everybody there is, into an index that is empty. */
export async function loadAll(handles: readonly Handle[], index: CardIndex, until: Marks): Promise<void> {
  const [first] = handles;
  const counts = await first?.first<{ people: number; credentials: number }>(
    // Each has one first version, and that is in the index of the ids.
    `SELECT (SELECT count(*) FROM person_versions WHERE version = 1) AS people,
            (SELECT count(*) FROM credential_versions WHERE version = 1) AS credentials`,
  );
  index.reserve(counts?.people ?? 0, counts?.credentials ?? 0);
  await loadRows(handles, index, noMarks, until);
}

async function* pagesOf(
  handles: readonly Handle[],
  sql: string,
  after: number,
  until: number,
): AsyncGenerator<Buffer> {
  const reading: Promise<Buffer | null>[] = [];
  let next = after;
  let turn = 0;
  const readOn = (): void => {
    const handle = handles[turn++ % handles.length];
    if (next >= until || !handle) return;
    const from = next;
    next = Math.min(until, from + rowsAPage);
    const page = handle.first<{ page: Buffer | null }>(sql, [from, next]).then((row) => row?.page ?? null);
    // Whoever stops taking pages has no use for the ones being read, nor for their failure.
    page.catch(() => {});
    reading.push(page);
  };
  for (let i = 0; i < handles.length * pagesAhead; i++) readOn();
  for (let page = reading.shift(); page; page = reading.shift()) {
    const bytes = await page;
    readOn();
    if (bytes) yield bytes;
  }
}

function takePeople(page: Buffer, index: CardIndex, words: Words): void {
  const read = new PageReader(page);
  while (!read.ended) {
    const version = read.number() ?? 1;
    const blocked = read.number() === 1;
    const validFrom = read.number();
    const validUntil = read.number();
    const id = read.span();
    const name = read.span();
    const tenant = words.word(page, read.span());
    const groups = words.list(page, read.span());
    const extra = read.span();
    index.putPersonBytes({
      source: page,
      id,
      name,
      version,
      tenant,
      groups,
      blocked,
      validFrom,
      validUntil,
      extra: extra.from === extra.to ? undefined : extra,
    });
  }
}

function takeCredentials(page: Buffer, index: CardIndex, words: Words): void {
  const read = new PageReader(page);
  while (!read.ended) {
    const version = read.number() ?? 1;
    const validFrom = read.number();
    const validUntil = read.number();
    const hasPrinted = read.number() === 1;
    const status = words.status(page, read.span());
    const id = read.span();
    const person = read.span();
    const value = read.span();
    const printed = read.span();
    const extra = read.span();
    index.putCredentialBytes({
      source: page,
      id,
      person,
      value,
      printed: hasPrinted ? printed : undefined,
      version,
      status,
      validFrom,
      validUntil,
      extra: extra.from === extra.to ? undefined : extra,
    });
  }
}

class PageReader {
  readonly #page: Buffer;
  #at = 0;

  constructor(page: Buffer) {
    this.#page = page;
  }

  get ended(): boolean {
    return this.#at >= this.#page.length;
  }

  /** undefined: there is none. */
  number(): number | undefined {
    const start = this.#at;
    const whole = this.#digits();
    if (this.#page[this.#at] !== space) {
      // A sign, a fraction or an exponent: rare.
      while (this.#at < this.#page.length && this.#page[this.#at] !== space) this.#at++;
      return Number(this.#page.toString("latin1", start, this.#at++));
    }
    return this.#at++ === start ? undefined : whole;
  }

  span(): Span {
    const length = this.#digits();
    const from = this.#at + 1;
    this.#at = from + length;
    return { from, to: this.#at };
  }

  #digits(): number {
    let number = 0;
    for (;;) {
      const digit = (this.#page[this.#at] ?? 0) - 0x30;
      if (digit < 0 || digit > 9) return number;
      number = number * 10 + digit;
      this.#at++;
    }
  }
}

const space = 0x20;
const quote = 0x22;

/** Words that many rows share: each is one string. */
class Words {
  readonly #known = new Map<string, string>();

  word(page: Buffer, { from, to }: Span): string {
    const raw = page.toString("latin1", from, to);
    const known = this.#known.get(raw);
    if (known !== undefined) return known;
    const word = page.toString("utf8", from, to);
    this.#known.set(raw, word);
    return word;
  }

  /** A JSON list of ids. */
  list(page: Buffer, { from, to }: Span): string[] {
    const words: string[] = [];
    let start = -1;
    for (let at = from; at < to; at++) {
      if (page[at] !== quote) continue;
      if (start === -1) start = at + 1;
      else {
        words.push(this.word(page, { from: start, to: at }));
        start = -1;
      }
    }
    return words;
  }

  status(page: Buffer, span: Span): number {
    const at = (credentialStatuses as readonly string[]).indexOf(this.word(page, span));
    return at === -1 ? credentialStatuses.indexOf("suspended") : at;
  }
}
