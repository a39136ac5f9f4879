/** What the operations on people and on credentials share: how rows are shown, and how they are written. */
import { may } from "../accounts/permissions.js";
import type { CredentialRow, Operator, Performed, PersonRow } from "../ports.js";
import type { PeopleChange } from "../store/people-types.js";
import type { HouseParts } from "./house-parts.js";
import { refused } from "./operation.js";

export function shownCredential(row: CredentialRow, withValue: boolean) {
  return {
    id: row.id,
    status: row.status,
    ...(withValue ? { value: row.value } : {}),
    ...(row.printed === undefined ? {} : { printed: row.printed }),
    validFrom: iso(row.validFrom),
    validUntil: iso(row.validUntil),
  };
}

export function shownPerson(row: PersonRow, operator: Operator) {
  const withValue = may(operator, "credentials.write");
  return {
    id: row.id,
    ...(may(operator, "names.read") ? { name: row.name } : { name: row.id }),
    tenant: row.tenant,
    groups: row.groups,
    status: row.status,
    validFrom: iso(row.validFrom),
    validUntil: iso(row.validUntil),
    version: row.version,
    credentials: row.credentials.map((credential) => shownCredential(credential, withValue)),
  };
}

export const iso = (at: number | undefined): string | null =>
  at === undefined ? null : new Date(at).toISOString();

export const unknownPerson = (person: string): Performed =>
  refused("not-found", `there is no person "${person}"`);

/** Writes and says in the log what was written by whom; the rows themselves keep every version with who, when and why. */
export async function writePeople(
  house: HouseParts,
  operator: Operator,
  change: PeopleChange,
  action: string,
  about: { readonly person?: string; readonly credential?: string; readonly why?: string },
): Promise<Performed | undefined> {
  const result = await house.store.people.put(change, {
    by: operator.actor,
    at: house.clock.now(),
    ...(about.why === undefined ? {} : { why: about.why }),
  });
  if (!result.ok) return refused("invalid", "this cannot be written", result.faults);
  await house.engine.note({
    type: "audit.people-changed",
    by: operator.actor,
    ...(about.person === undefined ? {} : { person: about.person }),
    ...(about.credential === undefined ? {} : { credential: about.credential }),
    ...(about.why === undefined ? {} : { reason: about.why }),
    data: { action, rows: result.versions.size },
  }).durable;
  return undefined;
}
