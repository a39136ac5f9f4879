/** The versions of people and credentials in SQLite: each write adds one, the newest is in force. */
import type { CredentialStatus } from "../core/people.js";
import type { CredentialRow, PersonRow } from "../ports.js";
import { type Handle, pieces, type Transaction } from "./database.js";
import { credentialExtras, credentialExtraText, personExtras, personExtraText } from "./extras.js";
import type { Audit, AuditedVersion, StoredPerson, StoredVersion } from "./people-types.js";
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
  INSERT INTO person_versions (id, version, newest, name, sought, tenant, groups, status, valid_from, valid_until, extra, at, by, why)
  SELECT value->>0, value->>1, value->>2, value->>3, value->>4, value->>5, value->>6, value->>7, value->>8, value->>9, value->>10, ?2, ?3, ?4
  FROM json_each(?1)`;

const insertCredentials = `
  INSERT INTO credential_versions (id, version, newest, person, status, value, printed, valid_from, valid_until, extra, at, by, why)
  SELECT value->>0, value->>1, value->>2, value->>3, value->>4, value->>5, value->>6, value->>7, value->>8, value->>9, ?2, ?3, ?4
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

/** A part of a list that is attached as `staged`: its new people from one number to another, and their cards. */
export interface StagedPart {
  readonly after: number;
  readonly until: number;
  readonly tenant: string;
}

/** Takes the part over; returns how many rows that were. */
export async function addStaged(tx: Transaction, part: StagedPart, audit: Audit): Promise<number> {
  const { after, until, tenant } = part;
  const audited = [audit.at, actorText(audit.by), audit.why ?? null];
  const people = await tx.run(
    `INSERT INTO person_versions
       (id, version, newest, name, sought, tenant, groups, status, valid_from, valid_until, extra, at, by, why)
     SELECT id, 1, 1, name, sought, ?3, groups, status, valid_from, valid_until, ${extraOf("extra")}, ?4, ?5, ?6
     FROM staged.people WHERE rowid > ?1 AND rowid <= ?2 AND state = 0`,
    [after, until, tenant, ...audited],
  );
  if (people === 0) return 0;
  const credentials = await tx.run(
    `INSERT INTO credential_versions (id, version, newest, person, status, value, printed, extra, at, by, why)
     SELECT c.id, 1, 1, c.person, c.status, c.value, c.printed, ${extraOf("c.extra")}, ?3, ?4, ?5
     FROM staged.people p JOIN staged.cards c ON c.n = p.rowid
     WHERE p.rowid > ?1 AND p.rowid <= ?2 AND p.state = 0`,
    [after, until, ...audited],
  );
  return people + credentials;
}

/** What a list says of a new row besides; what it says to take away is not there yet. */
function extraOf(column: string): string {
  return `CASE WHEN ${column} IS NOT NULL THEN nullif(json_patch('{}', ${column}), '{}') END`;
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
    personExtraText(row),
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
    credentialExtraText(row),
  ];
}

/** As names are sought: without case and accents. */
export function folded(text: string): string {
  if (/^[ -~]*$/.test(text)) return text.toLowerCase();
  return text
    .normalize("NFKD")
    .replace(/\p{M}/gu, "")
    .toLowerCase()
    .replace(/[ßæœøłđðþı]/g, (letter) => plain[letter] ?? letter);
}

/** Letters that Unicode does not take apart. */
const plain: Readonly<Record<string, string>> = {
  ß: "ss",
  æ: "ae",
  œ: "oe",
  ø: "o",
  ł: "l",
  đ: "d",
  ð: "d",
  þ: "th",
  ı: "i",
};

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
  readonly extra: string | null;
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
  readonly extra: string | null;
}

interface AuditSql {
  readonly at: number;
  readonly by: string;
  readonly why: string | null;
}

const personColumns = "row, id, version, name, tenant, groups, status, valid_from, valid_until, extra";
const credentialColumns = "row, id, version, person, status, value, printed, valid_from, valid_until, extra";

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
    ...(sql.extra === null ? {} : personExtras(sql.extra)),
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
    ...(sql.extra === null ? {} : credentialExtras(sql.extra)),
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

/** In the order of `ids`. */
export async function withCredentials(handle: Handle, ids: readonly string[]): Promise<PersonRow[]> {
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
