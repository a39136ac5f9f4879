/** Sets of people by what few have: read through an index that holds these alone, however many people there are. */
import type { Handle } from "./database.js";

const few = "person_versions INDEXED BY person_companies WHERE newest = 1 AND extra IS NOT NULL";

export interface CompanyCount {
  readonly company: string;
  readonly people: number;
}

/** Every company that somebody works for, by name; of spellings that differ in capitals one. */
export function companies(handle: Handle): Promise<CompanyCount[]> {
  return handle.all<CompanyCount>(
    `SELECT extra->>'company' AS company, count(*) AS people FROM ${few} AND extra->>'company' IS NOT NULL
     GROUP BY extra->>'company' COLLATE NOCASE ORDER BY extra->>'company' COLLATE NOCASE`,
  );
}

/** At most `most` ids; a company is the same in capitals and small letters. */
export function idsOfCompany(handle: Handle, company: string, most: number): Promise<string[]> {
  return ids(handle, "extra->>'company' COLLATE NOCASE = ?1", company, most);
}

/** Who is here for this person, or answered for by him. */
export function idsOfHost(handle: Handle, host: string, most: number): Promise<string[]> {
  return ids(handle, "?1 IN (extra->>'host', extra->>'sponsor')", host, most);
}

const isVisitor = "EXISTS (SELECT 1 FROM json_each(extra, '$.traits') WHERE value = 'visitor')";

/** Visitors whose time is not over at `after`; of too many those who stay longest. */
export async function idsOfVisitors(handle: Handle, after: number, most: number): Promise<string[]> {
  const rows = await handle.all<{ id: string }>(
    `SELECT id FROM ${few} AND ${isVisitor} AND coalesce(valid_until, 9e15) > ?1
     ORDER BY coalesce(valid_until, 9e15) DESC, id LIMIT ?2`,
    [after, most],
  );
  return rows.map(({ id }) => id);
}

/** Of visitors whose time is over at `now`, those who still have a card that is active. */
export function idsOfVisitorsToEnd(handle: Handle, now: number, most: number): Promise<string[]> {
  return ids(
    handle,
    `valid_until <= ?1 AND ${isVisitor} AND EXISTS (SELECT 1 FROM credential_versions c WHERE c.person = person_versions.id AND c.newest = 1 AND c.status = 'active')`,
    now,
    most,
  );
}

/** How many people have a PIN that was set at these instants. */
export async function pinsSetBetween(handle: Handle, from: number, until: number): Promise<number> {
  const row = await handle.first<{ people: number }>(
    `SELECT count(*) AS people FROM credential_versions
     WHERE newest = 1 AND status = 'active' AND value >= 'pin:' AND value < 'pin;' AND at >= ?1 AND at < ?2`,
    [from, until],
  );
  return row?.people ?? 0;
}

async function ids(handle: Handle, where: string, value: string | number, most: number): Promise<string[]> {
  const rows = await handle.all<{ id: string }>(`SELECT id FROM ${few} AND ${where} ORDER BY id LIMIT ?2`, [
    value,
    most,
  ]);
  return rows.map(({ id }) => id);
}
