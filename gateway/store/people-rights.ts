/** What takes rights away holds at once; what gives rights holds when it is on disk. */
import type { Person, TemporaryRight, Trait } from "../core/people.js";
import type { Instant } from "../core/site.js";
import type { CredentialRow } from "../ports.js";
import { credentialExtraText, type PersonExtras, personExtraText } from "./extras.js";
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
    ...narrowExtras(inForce, next),
  };
}

/** Traits that are held against somebody: more of them is less. */
const held: readonly Trait[] = ["needs-escort", "visitor", "contractor"];

/** No more than either allows; who somebody works for is no right. */
function narrowExtras(a: Person, b: Person): PersonExtras {
  const traits = [
    ...(a.traits ?? []).filter((trait) => held.includes(trait) || b.traits?.includes(trait)),
    ...(b.traits ?? []).filter((trait) => held.includes(trait)),
  ];
  const trainings = Object.entries(a.trainings ?? {}).flatMap(([training, until]) => {
    const other = b.trainings?.[training];
    return other === undefined ? [] : [[training, Math.min(until, other)] as const];
  });
  const temporary = (a.temporary ?? []).flatMap((right) => narrowRight(right, b.temporary ?? []));
  const host = b.host ?? a.host;
  const sponsor = b.sponsor ?? a.sponsor;
  const inductedUntil = narrowInduction(a, b, traits.includes("contractor"));
  return {
    ...(traits.length > 0 ? { traits: [...new Set(traits)].sort() } : {}),
    ...(trainings.length > 0 ? { trainings: Object.fromEntries(trainings) } : {}),
    ...(temporary.length > 0 ? { temporary } : {}),
    ...(host === undefined ? {} : { host }),
    ...(sponsor === undefined ? {} : { sponsor }),
    ...(inductedUntil === undefined ? {} : { inductedUntil }),
    ...(a.company === undefined ? {} : { company: a.company }),
  };
}

/** What of a right is left where only these are: the same thing at the same hours, in the time that both have. */
function narrowRight(right: TemporaryRight, left: readonly TemporaryRight[]): TemporaryRight[] {
  const other = left.find(
    ({ group, door, area, schedule, from, until }) =>
      group === right.group &&
      door === right.door &&
      area === right.area &&
      schedule === right.schedule &&
      from < right.until &&
      until > right.from,
  );
  if (!other) return [];
  return [{ ...right, from: Math.max(right.from, other.from), until: Math.min(right.until, other.until) }];
}

/** Of a contractor no date is no induction, of anybody else no bound. */
function narrowInduction(a: Person, b: Person, contractor: boolean): Instant | undefined {
  const dates = [a.inductedUntil, b.inductedUntil].filter((at) => at !== undefined);
  if (dates.length === 2 || !contractor) return dates.length === 0 ? undefined : Math.min(...dates);
  return undefined;
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
    ...narrowUses(inForce, next),
    ...(inForce.responder && next.responder ? { responder: true } : {}),
    ...statusMark(isActive(next.status) ? inForce : next),
  };
}

function narrowUses(a: CredentialRow, b: CredentialRow): Pick<CredentialRow, "maxUses"> {
  const most = Math.min(a.maxUses ?? Number.POSITIVE_INFINITY, b.maxUses ?? Number.POSITIVE_INFINITY);
  return most === Number.POSITIVE_INFINITY ? {} : { maxUses: most };
}

/** Since when and by whom a status is what it is. */
export function statusMark({
  statusSince,
  statusBy,
}: Pick<CredentialRow, "statusSince" | "statusBy">): Pick<CredentialRow, "statusSince" | "statusBy"> {
  return {
    ...(statusSince === undefined ? {} : { statusSince }),
    ...(statusBy === undefined ? {} : { statusBy }),
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
    a.groups.every((group, i) => group === b.groups[i]) &&
    personExtraText(a) === personExtraText(b)
  );
}

export function sameCredential(a: CredentialRow, b: CredentialRow): boolean {
  return (
    a.person === b.person &&
    a.status === b.status &&
    a.value === b.value &&
    a.printed === b.printed &&
    sameValidity(a, b) &&
    credentialExtraText(a) === credentialExtraText(b)
  );
}

function sameValidity(a: Validity, b: Validity): boolean {
  return a.validFrom === b.validFrom && a.validUntil === b.validUntil;
}
