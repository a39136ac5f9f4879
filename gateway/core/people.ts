import type { AreaId, DoorId, GroupId, Instant, ScheduleId, TenantId } from "./site.js";

export type PersonId = string;
export type CredentialId = string;

export const traits = [
  /** Doors stay unlocked and may stand open longer. */
  "extended-time",
  /** May hold a door open. */
  "may-prop",
  /** Anti-passback notes his ways and never refuses him. */
  "passback-exempt",
  /** May bring somebody along who needs an escort. */
  "escort",
  "needs-escort",
  "visitor",
  /** Comes in only while his induction is valid. */
  "contractor",
  /** Is let in at a door in maintenance. */
  "maintenance",
] as const;
export type Trait = (typeof traits)[number];

export function hasTrait(person: Person | undefined, trait: Trait): boolean {
  return person?.traits?.includes(trait) === true;
}

/** A right for a time, beside the groups: to what exactly one of `group`, `door` and `area` names. */
export interface TemporaryRight {
  readonly group?: GroupId;
  readonly door?: DoorId;
  readonly area?: AreaId;
  readonly from: Instant;
  /** First instant at which it is over. */
  readonly until: Instant;
  /** Absent: at all hours in between; with `group`, those of the group. */
  readonly schedule?: ScheduleId;
}

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
  readonly traits?: readonly Trait[];
  /** By training, the first instant at which it is no longer valid. */
  readonly trainings?: Readonly<Record<string, Instant>>;
  readonly temporary?: readonly TemporaryRight[];
  /** Whom a visitor visits. */
  readonly host?: PersonId;
  /** Who answers for a contractor, whomever he visits. */
  readonly sponsor?: PersonId;
  /** First instant at which the induction is no longer valid. */
  readonly inductedUntil?: Instant;
  readonly company?: string;
}

export const credentialStatuses = ["active", "suspended", "lost", "stolen", "returned"] as const;
export const credentialKinds = ["card", "pin", "code", "plate", "uid"] as const;
export type CredentialKind = (typeof credentialKinds)[number];

export type CredentialStatus = (typeof credentialStatuses)[number];

/** One version of a credential's row. Its value (bits, uid, digits) never reaches the core. */
export interface Credential {
  readonly id: CredentialId;
  readonly version: number;
  readonly person: PersonId;
  readonly status: CredentialStatus;
  readonly validFrom?: Instant;
  readonly validUntil?: Instant;
  readonly kind?: CredentialKind;
  /** How often it may be used, from the first day on; absent: without limit. */
  readonly maxUses?: number;
  /** Of the fire brigade and the like: only a blocked badge and an interlock refuse it. */
  readonly responder?: true;
  /** The person has a PIN. */
  readonly hasPin?: true;
  /** Since when its status is what it is, and who set it, where that is known. */
  readonly statusSince?: Instant;
  readonly statusBy?: string;
}

const pinPrefix = "pin-";
const longestOwn = 63 - pinPrefix.length;

/**
 * The id of a person's PIN, which is a credential of its own and, like every one, opens doors only while it is active. Short ids
 * are in it as they are; of a long one its beginning and a number made of all of it.
 */
export function pinIdOf(person: PersonId): CredentialId {
  if (person.length <= longestOwn) return pinPrefix + person;
  let mix = 0x811c9dc5;
  for (let i = 0; i < person.length; i++) mix = Math.imul(mix ^ person.charCodeAt(i), 0x01000193);
  return `${pinPrefix}${person.slice(0, longestOwn - 9)}-${(mix >>> 0).toString(16).padStart(8, "0")}`;
}

/** The directory as the core reads it: synchronous, in memory. */
export interface People {
  person(id: PersonId): Person | undefined;
  credential(id: CredentialId): Credential | undefined;
}
