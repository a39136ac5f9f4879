import type { GroupId, Instant, TenantId } from "./site.js";

export type PersonId = string;
export type CredentialId = string;

/** One version of a person's row. Names are no business of the core: events carry ids. */
export interface Person {
  readonly id: PersonId;
  /** Counts up with every change of the row; journalled with each decision so that a replay reads the same. */
  readonly version: number;
  readonly tenant: TenantId;
  readonly groups: readonly GroupId[];
  readonly status: "active" | "blocked";
  /** First instant of validity; absent: since ever. */
  readonly validFrom?: Instant;
  /** First instant that is no longer valid; absent: for good. */
  readonly validUntil?: Instant;
}

export const credentialStatuses = ["active", "suspended", "lost", "stolen", "returned"] as const;
export type CredentialStatus = (typeof credentialStatuses)[number];

/** One version of a credential's row. Its value (bits, uid, digits) never reaches the core. */
export interface Credential {
  readonly id: CredentialId;
  readonly version: number;
  readonly person: PersonId;
  readonly status: CredentialStatus;
  readonly validFrom?: Instant;
  readonly validUntil?: Instant;
}

/** The directory as the core reads it: synchronous, in memory. */
export interface People {
  person(id: PersonId): Person | undefined;
  credential(id: CredentialId): Credential | undefined;
}
