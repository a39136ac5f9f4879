/**
 * What few people and few cards have besides: one JSON text in the row, absent for all others, so that it costs only where it is.
 * Each field is a plain value or a list, so that SQLite's `json_patch` replaces it whole.
 */
import {
  type Credential,
  type CredentialKind,
  type Person,
  type TemporaryRight,
  type Trait,
  traits,
} from "../core/people.js";

export type PersonExtras = Pick<
  Person,
  "traits" | "trainings" | "temporary" | "host" | "sponsor" | "inductedUntil" | "company"
>;
export type CredentialExtras = Pick<Credential, "maxUses" | "responder" | "statusSince" | "statusBy">;

/** A longer text is refused before it gets to the index, whose records have 16 kB. */
export const longestExtra = 6_000;

interface KeptPerson {
  readonly traits?: readonly string[];
  readonly trainings?: readonly (readonly [training: string, until: number])[];
  readonly temporary?: readonly TemporaryRight[];
  readonly host?: string;
  readonly sponsor?: string;
  readonly inductedUntil?: number;
  readonly company?: string;
}

/** Equal extras give equal texts; undefined: there are none. */
export function personExtraText(person: PersonExtras): string | undefined {
  const trained = Object.entries(person.trainings ?? {}).sort(([a], [b]) => (a < b ? -1 : 1));
  const kept: KeptPerson = {
    ...(person.traits?.length ? { traits: [...new Set(person.traits)].sort() } : {}),
    ...(trained.length > 0 ? { trainings: trained } : {}),
    ...(person.temporary?.length ? { temporary: person.temporary.map(orderedRight) } : {}),
    ...(person.host === undefined ? {} : { host: person.host }),
    ...(person.sponsor === undefined ? {} : { sponsor: person.sponsor }),
    ...(person.inductedUntil === undefined ? {} : { inductedUntil: person.inductedUntil }),
    ...(person.company === undefined ? {} : { company: person.company }),
  };
  return Object.keys(kept).length === 0 ? undefined : JSON.stringify(kept);
}

function orderedRight({ group, door, area, from, until, schedule }: TemporaryRight): TemporaryRight {
  return {
    ...(group === undefined ? {} : { group }),
    ...(door === undefined ? {} : { door }),
    ...(area === undefined ? {} : { area }),
    from,
    until,
    ...(schedule === undefined ? {} : { schedule }),
  };
}

export function personExtras(text: string): PersonExtras {
  // At every card of such a person: the parsed object itself becomes the extras.
  const kept = JSON.parse(text) as Record<string, unknown> & KeptPerson;
  const extras = kept as Record<string, unknown>;
  if (kept.traits) extras.traits = kept.traits.filter((word) => traits.includes(word as Trait));
  if (kept.trainings) extras.trainings = Object.fromEntries(kept.trainings);
  return extras as PersonExtras;
}

export function credentialExtraText(credential: CredentialExtras): string | undefined {
  const { maxUses, responder, statusSince, statusBy } = credential;
  if (maxUses === undefined && !responder && statusSince === undefined && statusBy === undefined)
    return undefined;
  return JSON.stringify({
    ...(maxUses === undefined ? {} : { maxUses }),
    ...(responder ? { responder } : {}),
    ...(statusSince === undefined ? {} : { statusSince }),
    ...(statusBy === undefined ? {} : { statusBy }),
  });
}

export function credentialExtras(text: string): CredentialExtras {
  return JSON.parse(text) as CredentialExtras;
}

/** What begins so is what its name says; every other value is of a card. */
const kinds: readonly CredentialKind[] = ["pin", "code", "plate", "uid"];

export function kindOfValue(value: string): CredentialKind {
  const end = value.indexOf(":");
  const prefix = value.slice(0, end);
  return kinds.find((kind) => kind === prefix) ?? "card";
}

/** A person's extras with a patch on them (RFC 7396): what it names is replaced, null takes away. */
export function patchedPerson(before: PersonExtras, patch: string | null): PersonExtras {
  return personExtras(patchedText(personExtraText(before), patch));
}

export function patchedCredential(before: CredentialExtras, patch: string | null): CredentialExtras {
  return credentialExtras(patchedText(credentialExtraText(before), patch));
}

function patchedText(before: string | undefined, patch: string | null): string {
  if (patch === null) return before ?? "{}";
  const merged = { ...JSON.parse(before ?? "{}"), ...JSON.parse(patch) } as Record<string, unknown>;
  return JSON.stringify(Object.fromEntries(Object.entries(merged).filter(([, value]) => value !== null)));
}
