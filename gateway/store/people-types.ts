/** People and credentials as they are written, and what is kept of every version. */
import type { Credential, CredentialStatus, Person } from "../core/people.js";
import type { Actor } from "../core/signals.js";
import type { Instant } from "../core/site.js";
import type { CredentialRow, Fault, PersonRow } from "../ports.js";
import { kindOfValue } from "./extras.js";

/** A person's row as it shall be from now on. */
export type PersonInput = Omit<Person, "version"> & { readonly name: string };

/** A credential's row as it shall be from now on. Ids are unique over people and credentials together. */
export type CredentialInput = Omit<CredentialRow, "version">;

/** Rows that are written together or not at all. */
export interface PeopleChange {
  readonly people?: readonly PersonInput[];
  readonly credentials?: readonly CredentialInput[];
}

/** Who wrote, when, and why: kept with each version. */
export interface Audit {
  readonly by: Actor;
  readonly at: Instant;
  readonly why?: string;
}

export type PutResult =
  | {
      readonly ok: true;
      /** Version of each row that changed; rows that are as they were are not written. */
      readonly versions: ReadonlyMap<string, number>;
    }
  | { readonly ok: false; readonly faults: readonly Fault[] };

export type StoredPerson = Person & { readonly name: string };

export type StoredVersion =
  | { readonly kind: "person"; readonly row: StoredPerson }
  | { readonly kind: "credential"; readonly row: CredentialRow };

export type AuditedVersion = StoredVersion & { readonly audit: Audit };

export interface PeoplePage {
  readonly people: readonly PersonRow[];
  /** Hand it back to go on; absent: that was all. */
  readonly next?: string;
}

/** What a narrower status means: only `active` opens anything. */
export function isActive(status: CredentialStatus): boolean {
  return status === "active";
}

/** Without its value: what the core reads. */
export function coreCredential(row: CredentialRow): Credential {
  const kind = coreKind(row.value);
  return {
    id: row.id,
    version: row.version,
    person: row.person,
    status: row.status,
    ...(row.validFrom === undefined ? {} : { validFrom: row.validFrom }),
    ...(row.validUntil === undefined ? {} : { validUntil: row.validUntil }),
    ...(kind === undefined ? {} : { kind }),
    ...(row.maxUses === undefined ? {} : { maxUses: row.maxUses }),
    ...(row.responder ? { responder: row.responder } : {}),
    ...(row.statusSince === undefined ? {} : { statusSince: row.statusSince }),
    ...(row.statusBy === undefined ? {} : { statusBy: row.statusBy }),
  };
}

/** Of what kind a value is, as the core is told: cards are what most are, and are not said to be. */
export function coreKind(value: string): Credential["kind"] {
  const kind = kindOfValue(value);
  return kind === "card" || kind === "uid" ? undefined : kind;
}
