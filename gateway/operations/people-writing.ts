/** What the operations on people and on credentials share: how rows are shown, and how they are written. */
import { may } from "../accounts/permissions.js";
import type { CredentialRow, Operator, Performed, PersonRow } from "../ports.js";
import { kindOfValue } from "../store/extras.js";
import type { PeopleChange } from "../store/people-types.js";
import type { HouseParts } from "./house-parts.js";
import { refused } from "./operation.js";
import { shownExtras } from "./person-extras.js";

export function shownCredential(house: HouseParts, row: CredentialRow, withValue: boolean) {
  const kind = kindOfValue(row.value);
  const uses = house.engine.state.cards.get(row.id)?.uses ?? 0;
  return {
    id: row.id,
    kind,
    status: row.status,
    ...(withValue && kind !== "pin" ? { value: row.value } : {}),
    ...(row.printed === undefined ? {} : { printed: row.printed }),
    validFrom: iso(row.validFrom),
    validUntil: iso(row.validUntil),
    ...(row.maxUses === undefined ? {} : { maxUses: row.maxUses, usesLeft: Math.max(0, row.maxUses - uses) }),
    ...(row.responder ? { responder: true } : {}),
    ...(row.statusSince === undefined ? {} : { statusSince: iso(row.statusSince) }),
    ...(row.statusBy === undefined ? {} : { statusBy: row.statusBy }),
  };
}

/** A PIN is no card that could be looked at or handed in: of it only this is told, that there is one. */
export function shownPerson(house: HouseParts, row: PersonRow, operator: Operator) {
  const withValue = may(operator, "credentials.write");
  const cards = row.credentials.filter(({ value }) => kindOfValue(value) !== "pin");
  return {
    id: row.id,
    ...(may(operator, "names.read") ? { name: row.name } : { name: row.id }),
    tenant: row.tenant,
    groups: row.groups,
    status: row.status,
    validFrom: iso(row.validFrom),
    validUntil: iso(row.validUntil),
    version: row.version,
    ...shownExtras(row),
    pin: house.store.people.hasPin(row.id),
    credentials: cards.map((credential) => shownCredential(house, credential, withValue)),
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
