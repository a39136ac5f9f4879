/** The versions of people and credentials in SQLite: each write adds one, the newest is in force. */
import type { CredentialStatus } from "../core/people.js";
import type { CredentialRow, PersonRow } from "../ports.js";
import { type Handle, pieces, type Transaction } from "./database.js";
import type { Audit, AuditedVersion, PeoplePage, StoredPerson, StoredVersion } from "./people-types.js";
import { actorOf, actorText } from "./sites.js";

/** Versions to be written together, in order; of one id the last is the newest. */
export interface NewVersions {
  readonly people: readonly StoredPerson[];
  readonly credentials: readonly CredentialRow[];
}

export class PersonNotWritten extends Error {
  constructor(person: string) {
    super(`person ${person} could not be written, so neither can be what depends on them`);
    this.name = "PersonNotWritten";
  }
}

const rowsAtOnce = 1_000;

const insertPeople = `
  INSERT INTO person_versions (id, version, newest, name, sought, tenant, groups, status, valid_from, valid_until, at, by, why)
  SELECT value->>0, value->>1, value->>2, value->>3, value->>4, value->>5, value->>6, value->>7, value->>8, value->>9, ?2, ?3, ?4
  FROM json_each(?1)`;

const insertCredentials = `
  INSERT INTO credential_versions (id, version, newest, person, status, value, printed, valid_from, valid_until, at, by, why)
  SELECT value->>0, value->>1, value->>2, value->>3, value->>4, value->>5, value->>6, value->>7, value->>8, ?2, ?3, ?4
  FROM json_each(?1)`;

export async function writeVersions(tx: Transaction, rows: NewVersions, audit: Audit): Promise<void> {
  const audited = [audit.at, actorText(audit.by), audit.why ?? null];
  const newestPeople = newestOf(rows.people);
  for (const piece of pieces(rows.people, rowsAtOnce)) {
    await outdate(tx, "person_versions", piece);
    const values = piece.map((row) => personValues(row, newestPeople.get(row.id) === row.version));
    await tx.run(insertPeople, [JSON.stringify(values), ...audited]);
  }
  const newestCredentials = newestOf(rows.credentials);
  for (const piece of pieces(rows.credentials, rowsAtOnce)) {
    await outdate(tx, "credential_versions", piece);
    const values = piece.map((row) => credentialValues(row, newestCredentials.get(row.id) === row.version));
    await tx.run(insertCredentials, [JSON.stringify(values), ...audited]);
    await expectPeople(tx, piece);
  }
}

/** A person whose own write failed meanwhile is not there: without them the credential would be nobody's. */
async function expectPeople(tx: Transaction, credentials: readonly CredentialRow[]): Promise<void> {
  const missing = await tx.first<{ id: string }>(
    `SELECT value AS id FROM json_each(?) WHERE value NOT IN (SELECT id FROM person_versions) LIMIT 1`,
    [JSON.stringify([...new Set(credentials.map(({ person }) => person))])],
  );
  if (missing) throw new PersonNotWritten(missing.id);
}

function newestOf(rows: readonly { readonly id: string; readonly version: number }[]): Map<string, number> {
  return new Map(rows.map(({ id, version }) => [id, version]));
}

async function outdate(
  tx: Transaction,
  table: "person_versions" | "credential_versions",
  rows: readonly { readonly id: string; readonly version: number }[],
): Promise<void> {
  const ids = rows.filter(({ version }) => version > 1).map(({ id }) => id);
  if (ids.length === 0) return;
  await tx.run(
    `UPDATE ${table} SET newest = 0 WHERE +newest = 1 AND id IN (SELECT value FROM json_each(?))`,
    [JSON.stringify(ids)],
  );
}

function personValues(row: StoredPerson, newest: boolean): readonly unknown[] {
  return [
    row.id,
    row.version,
    newest ? 1 : 0,
    row.name,
    folded(row.name),
    row.tenant,
    JSON.stringify(row.groups),
    row.status,
    row.validFrom,
    row.validUntil,
  ];
}

function credentialValues(row: CredentialRow, newest: boolean): readonly unknown[] {
  return [
    row.id,
    row.version,
    newest ? 1 : 0,
    row.person,
    row.status,
    row.value,
    row.printed,
    row.validFrom,
    row.validUntil,
  ];
}

/** As names are sought: without case and accents. */
function folded(text: string): string {
  return text.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase();
}

interface PersonSql {
  readonly row: number;
  readonly id: string;
  readonly version: number;
  readonly name: string;
  readonly tenant: string;
  readonly groups: string;
  readonly status: string;
  readonly valid_from: number | null;
  readonly valid_until: number | null;
}

interface CredentialSql {
  readonly row: number;
  readonly id: string;
  readonly version: number;
  readonly person: string;
  readonly status: string;
  readonly value: string;
  readonly printed: string | null;
  readonly valid_from: number | null;
  readonly valid_until: number | null;
}

interface AuditSql {
  readonly at: number;
  readonly by: string;
  readonly why: string | null;
}

const personColumns = "row, id, version, name, tenant, groups, status, valid_from, valid_until";
const credentialColumns = "row, id, version, person, status, value, printed, valid_from, valid_until";

export async function countNewest(handle: Handle): Promise<{ people: number; credentials: number }> {
  const row = await handle.first<{ people: number; credentials: number }>(
    `SELECT (SELECT count(*) FROM person_versions WHERE newest = 1) AS people,
            (SELECT count(*) FROM credential_versions WHERE newest = 1) AS credentials`,
  );
  return row ?? { people: 0, credentials: 0 };
}

/** Rows a page at loading: so few that taking them in does not hold the loop. */
const rowsAPage = 500;

/** The rows in force, in pages. */
export async function* loadPeople(handle: Handle): AsyncGenerator<readonly StoredPerson[]> {
  for await (const page of newestRows(handle, "person_versions", personColumns)) {
    yield (page as PersonArray[]).map(([row, id, version, name, tenant, groups, status, from, until]) =>
      personOf({ row, id, version, name, tenant, groups, status, valid_from: from, valid_until: until }),
    );
  }
}

export async function* loadCredentials(handle: Handle): AsyncGenerator<readonly CredentialRow[]> {
  for await (const page of newestRows(handle, "credential_versions", credentialColumns)) {
    yield (page as CredentialArray[]).map(([row, id, version, person, status, value, printed, from, until]) =>
      credentialOf({
        row,
        id,
        version,
        person,
        status,
        value,
        printed,
        valid_from: from,
        valid_until: until,
      }),
    );
  }
}

/** The columns of `personColumns` and `credentialColumns`, in their order. */
type PersonArray = [number, string, number, string, string, string, string, number | null, number | null];
type CredentialArray = [
  number,
  string,
  number,
  string,
  string,
  string,
  string | null,
  number | null,
  number | null,
];

/**
 * Each page is one JSON text, made by SQLite off the main thread: parsing it costs the loop a third of what as many rows from
 * the driver do. The next page is read while this one is taken in.
 */
async function* newestRows(handle: Handle, table: string, columns: string): AsyncGenerator<unknown[]> {
  interface Page {
    readonly rows: string;
    readonly count: number;
    readonly last: number | null;
  }
  const read = (after: number): Promise<Page | undefined> =>
    handle.first<Page>(
      `SELECT json_group_array(json_array(${columns})) AS rows, count(*) AS count, max(row) AS last
       FROM (SELECT ${columns} FROM ${table} NOT INDEXED
             WHERE row > ? AND newest = 1 ORDER BY row LIMIT ${rowsAPage})`,
      [after],
    );
  let next: Promise<Page | undefined> | undefined = read(0);
  while (next) {
    const page: Page | undefined = await next;
    next = page?.last == null || page.count < rowsAPage ? undefined : read(page.last);
    // Whoever stops taking pages has no use for the one being read, nor for its failure.
    next?.catch(() => {});
    if (page && page.count > 0) yield JSON.parse(page.rows) as unknown[];
  }
}

function personOf(sql: PersonSql): StoredPerson {
  return {
    id: sql.id,
    version: sql.version,
    name: sql.name,
    tenant: sql.tenant,
    groups: JSON.parse(sql.groups) as string[],
    status: sql.status === "active" ? "active" : "blocked",
    ...(sql.valid_from === null ? {} : { validFrom: sql.valid_from }),
    ...(sql.valid_until === null ? {} : { validUntil: sql.valid_until }),
  };
}

function credentialOf(sql: CredentialSql): CredentialRow {
  return {
    id: sql.id,
    version: sql.version,
    person: sql.person,
    status: sql.status as CredentialStatus,
    value: sql.value,
    ...(sql.printed === null ? {} : { printed: sql.printed }),
    ...(sql.valid_from === null ? {} : { validFrom: sql.valid_from }),
    ...(sql.valid_until === null ? {} : { validUntil: sql.valid_until }),
  };
}

/** One person with the credentials that are theirs now. */
export async function readPerson(handle: Handle, id: string): Promise<PersonRow | undefined> {
  const [person] = await withCredentials(handle, [id]);
  return person;
}

/** Every version of a person or a credential, newest first. */
export async function readHistory(handle: Handle, id: string): Promise<AuditedVersion[]> {
  const people = await handle.all<PersonSql & AuditSql>(
    `SELECT ${personColumns}, at, by, why FROM person_versions WHERE id = ? ORDER BY version DESC`,
    [id],
  );
  const credentials = await handle.all<CredentialSql & AuditSql>(
    `SELECT ${credentialColumns}, at, by, why FROM credential_versions WHERE id = ? ORDER BY version DESC`,
    [id],
  );
  return [
    ...people.map((sql): AuditedVersion => ({ kind: "person", row: personOf(sql), audit: auditOf(sql) })),
    ...credentials.map(
      (sql): AuditedVersion => ({ kind: "credential", row: credentialOf(sql), audit: auditOf(sql) }),
    ),
  ];
}

function auditOf(sql: AuditSql): Audit {
  return { at: sql.at, by: actorOf(sql.by), ...(sql.why === null ? {} : { why: sql.why }) };
}

export async function readVersion(
  handle: Handle,
  id: string,
  version: number,
): Promise<StoredVersion | undefined> {
  const person = await handle.first<PersonSql>(
    `SELECT ${personColumns} FROM person_versions WHERE id = ? AND version = ?`,
    [id, version],
  );
  if (person) return { kind: "person", row: personOf(person) };
  const credential = await handle.first<CredentialSql>(
    `SELECT ${credentialColumns} FROM credential_versions WHERE id = ? AND version = ?`,
    [id, version],
  );
  return credential && { kind: "credential", row: credentialOf(credential) };
}

/** The newest version on disk. */
export async function readNewest(handle: Handle, id: string): Promise<StoredVersion | undefined> {
  const [newest] = await readHistory(handle, id);
  return newest;
}

export interface PeopleSearch {
  /** Part of a name (without case and accents), the start of a printed number, or an id; empty: everybody. */
  readonly text: string;
  readonly limit: number;
  /** `next` of the page before. */
  readonly after?: string;
}

const longestPage = 1_000;

/** In order of name. */
export async function searchPeople(handle: Handle, search: PeopleSearch): Promise<PeoplePage> {
  const limit = Math.min(Math.max(1, Math.floor(search.limit)), longestPage);
  const text = search.text.trim();
  const [soughtAfter, idAfter] = cursor(search.after);
  const found = await handle.all<{ id: string; sought: string }>(
    `SELECT id, sought FROM person_versions
     WHERE newest = 1 AND (sought, id) > (?1, ?2)
       AND (?3 = '' OR instr(sought, ?3) > 0 OR id = ?4
         OR id IN (SELECT person FROM credential_versions WHERE newest = 1 AND printed >= ?4 AND printed < ?5 AND ?4 <> ''))
     ORDER BY sought, id LIMIT ?6`,
    [soughtAfter, idAfter, folded(text), text, `${text}\u{10FFFF}`, limit + 1],
  );
  const page = found.slice(0, limit);
  const last = found.length > limit ? page.at(-1) : undefined;
  const people = await withCredentials(
    handle,
    page.map(({ id }) => id),
  );
  return { people, ...(last ? { next: JSON.stringify([last.sought, last.id]) } : {}) };
}

function cursor(after: string | undefined): readonly [sought: string, id: string] {
  if (after === undefined) return ["", ""];
  try {
    const parsed: unknown = JSON.parse(after);
    if (Array.isArray(parsed) && typeof parsed[0] === "string" && typeof parsed[1] === "string") {
      return [parsed[0], parsed[1]];
    }
  } catch {
    // Not one of ours: from the start.
  }
  return ["", ""];
}

/** In the order of `ids`. */
async function withCredentials(handle: Handle, ids: readonly string[]): Promise<PersonRow[]> {
  if (ids.length === 0) return [];
  const wanted = JSON.stringify(ids);
  const people = await handle.all<PersonSql>(
    `SELECT ${personColumns} FROM person_versions WHERE newest = 1 AND id IN (SELECT value FROM json_each(?))`,
    [wanted],
  );
  const credentials = await handle.all<CredentialSql>(
    `SELECT ${credentialColumns} FROM credential_versions
     WHERE newest = 1 AND person IN (SELECT value FROM json_each(?)) ORDER BY id`,
    [wanted],
  );
  const byPerson = new Map<string, CredentialRow[]>(people.map(({ id }) => [id, []]));
  for (const sql of credentials) byPerson.get(sql.person)?.push(credentialOf(sql));
  const rows = new Map(
    people.map((sql): [string, PersonRow] => [
      sql.id,
      { ...personOf(sql), credentials: byPerson.get(sql.id) ?? [] },
    ]),
  );
  return ids.flatMap((id) => rows.get(id) ?? []);
}
