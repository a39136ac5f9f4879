/** What takes rights away holds at once; what gives rights holds when it is on disk. */
import type { Instant } from "../core/site.js";
import type { CredentialRow } from "../ports.js";
import { isActive, type StoredPerson } from "./people-types.js";

/** One or two versions: what holds at once, and what holds when it is written. */
export interface Steps<Row> {
  readonly now?: Row;
  readonly later?: Row;
}

interface Validity {
  readonly validFrom?: Instant;
  readonly validUntil?: Instant;
}

/** `next` in the steps that lead to it from what is in force; `version` is the first that is free. */
export function personSteps(
  inForce: StoredPerson | undefined,
  next: StoredPerson,
  version: number,
): Steps<StoredPerson> {
  return steps(inForce, next, version, narrowPerson, samePerson);
}

export function credentialSteps(
  inForce: CredentialRow | undefined,
  next: CredentialRow,
  version: number,
): Steps<CredentialRow> {
  return steps(inForce, next, version, narrowCredential, sameCredential);
}

function steps<Row extends { readonly version: number }>(
  inForce: Row | undefined,
  next: Row,
  version: number,
  narrow: (inForce: Row, next: Row) => Row,
  same: (a: Row, b: Row) => boolean,
): Steps<Row> {
  if (!inForce) return { later: { ...next, version } };
  const narrowed = narrow(inForce, next);
  if (same(narrowed, next)) return { now: { ...next, version } };
  // Nothing is taken away by it (but perhaps a name): all of it waits for the disk.
  if (same(narrowed, narrow(inForce, inForce))) return { later: { ...next, version } };
  return { now: { ...narrowed, version }, later: { ...next, version: version + 1 } };
}

function narrowPerson(inForce: StoredPerson, next: StoredPerson): StoredPerson {
  return {
    id: inForce.id,
    version: inForce.version,
    name: inForce.name,
    tenant: inForce.tenant,
    groups: inForce.groups.filter((group) => next.groups.includes(group)),
    status: inForce.status === "blocked" || next.status === "blocked" ? "blocked" : "active",
    ...narrowValidity(inForce, next),
  };
}

/** A credential that gets another value or another person opens nothing until that is written. */
function narrowCredential(inForce: CredentialRow, next: CredentialRow): CredentialRow {
  const another = inForce.value !== next.value || inForce.person !== next.person;
  const stillActive = isActive(inForce.status) && isActive(next.status);
  const status = !isActive(next.status) ? next.status : stillActive && another ? "suspended" : inForce.status;
  return {
    id: inForce.id,
    version: inForce.version,
    person: inForce.person,
    value: inForce.value,
    status,
    ...(inForce.printed === undefined ? {} : { printed: inForce.printed }),
    ...narrowValidity(inForce, next),
  };
}

function narrowValidity(a: Validity, b: Validity): Validity {
  const from = Math.max(a.validFrom ?? Number.NEGATIVE_INFINITY, b.validFrom ?? Number.NEGATIVE_INFINITY);
  const until = Math.min(a.validUntil ?? Number.POSITIVE_INFINITY, b.validUntil ?? Number.POSITIVE_INFINITY);
  return {
    ...(from === Number.NEGATIVE_INFINITY ? {} : { validFrom: from }),
    ...(until === Number.POSITIVE_INFINITY ? {} : { validUntil: until }),
  };
}

/** The same but for the version. */
export function samePerson(a: StoredPerson, b: StoredPerson): boolean {
  return (
    a.name === b.name &&
    a.tenant === b.tenant &&
    a.status === b.status &&
    sameValidity(a, b) &&
    a.groups.length === b.groups.length &&
    a.groups.every((group, i) => group === b.groups[i])
  );
}

export function sameCredential(a: CredentialRow, b: CredentialRow): boolean {
  return (
    a.person === b.person &&
    a.status === b.status &&
    a.value === b.value &&
    a.printed === b.printed &&
    sameValidity(a, b)
  );
}

function sameValidity(a: Validity, b: Validity): boolean {
  return a.validFrom === b.validFrom && a.validUntil === b.validUntil;
}
