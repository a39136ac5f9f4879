/**
 * People and credentials in memory: records in typed arrays, texts as bytes, group sets shared. What a million of them take and
 * what a look-up costs is measured by test/bench/card-index.ts.
 */
import {
  type Credential,
  type CredentialId,
  credentialStatuses,
  type Person,
  type PersonId,
} from "../core/people.js";
import type { GroupId } from "../core/site.js";
import type { CredentialRow } from "../ports.js";
import {
  Arena,
  bytesColumn,
  type Column,
  longestText,
  numbersColumn,
  Shared,
  shortsColumn,
  Validities,
} from "./columns.js";
import { HashIndex, TextProbe } from "./hash-index.js";
import { coreCredential, corePerson, type StoredPerson } from "./people-types.js";

/** A longer value, name or printed number is refused before it gets here. */
export const longestTextBytes = longestText - 4;

const personStatuses = ["active", "blocked"] as const;
const activeStatus = credentialStatuses.indexOf("active");

export class CardIndex {
  readonly #arena = new Arena();
  readonly #probe = new TextProbe(longestTextBytes);
  readonly #validities = new Validities();
  readonly #groups = new Shared<readonly GroupId[]>();
  /** How many people have each group set. */
  readonly #groupUses: number[] = [];
  readonly #tenants = new Shared<string>();
  readonly #people = {
    id: numbersColumn(),
    name: numbersColumn(),
    version: numbersColumn(),
    groups: numbersColumn(),
    tenant: shortsColumn(),
    status: bytesColumn(),
    validity: numbersColumn(),
  };
  readonly #credentials = {
    id: numbersColumn(),
    value: numbersColumn(),
    printed: numbersColumn(),
    version: numbersColumn(),
    person: numbersColumn(),
    status: bytesColumn(),
    validity: numbersColumn(),
  };
  readonly #personIds = new HashIndex({ tagged: false, load: (n) => this.#load(this.#people.id.get(n)) });
  readonly #credentialIds = new HashIndex({
    tagged: false,
    load: (n) => this.#load(this.#credentials.id.get(n)),
  });
  readonly #values = new HashIndex({ tagged: true, load: (n) => this.#load(this.#credentials.value.get(n)) });
  #peopleCount = 0;
  #credentialCount = 0;

  get people(): number {
    return this.#peopleCount;
  }

  get credentials(): number {
    return this.#credentialCount;
  }

  /** Makes room before that many come, so that loading them is not growing again and again. */
  reserve(people: number, credentials: number): void {
    this.#personIds.reserve(people);
    this.#credentialIds.reserve(credentials);
    this.#values.reserve(credentials);
  }

  /** Memory of the arrays, in bytes. */
  get bytes(): number {
    const parts: readonly { readonly bytes: number }[] = [
      ...Object.values(this.#people),
      ...Object.values(this.#credentials),
      this.#personIds,
      this.#credentialIds,
      this.#values,
      this.#validities,
      this.#arena,
    ];
    return parts.reduce((sum, part) => sum + part.bytes, 0);
  }

  /** How many people are in each group; groups without anybody are left out. */
  groupsInUse(): ReadonlyMap<GroupId, number> {
    const people = new Map<GroupId, number>();
    this.#groupUses.forEach((uses, number) => {
      if (uses === 0) return;
      for (const group of this.#groups.value(number)) people.set(group, (people.get(group) ?? 0) + uses);
    });
    return people;
  }

  person(id: PersonId): Person | undefined {
    const row = this.personRow(id);
    return row && corePerson(row);
  }

  credential(id: CredentialId): Credential | undefined {
    const row = this.credentialRow(id);
    return row && coreCredential(row);
  }

  nameOf(id: PersonId): string | undefined {
    const n = this.#personNumber(id);
    return n === undefined ? undefined : this.#arena.text(this.#people.name.get(n));
  }

  personRow(id: PersonId): StoredPerson | undefined {
    const n = this.#personNumber(id);
    if (n === undefined) return undefined;
    const columns = this.#people;
    return {
      id,
      name: this.#arena.text(columns.name.get(n)),
      version: columns.version.get(n),
      tenant: this.#tenants.value(columns.tenant.get(n)),
      groups: this.#groups.value(columns.groups.get(n)),
      status: personStatuses[columns.status.get(n)] ?? "blocked",
      ...this.#validities.get(columns.validity.get(n)),
    };
  }

  credentialRow(id: CredentialId): CredentialRow | undefined {
    const n = this.#credentialNumber(id);
    if (n === undefined) return undefined;
    const columns = this.#credentials;
    const printed = columns.printed.get(n);
    return {
      id,
      version: columns.version.get(n),
      person: this.#arena.text(this.#people.id.get(columns.person.get(n))),
      status: credentialStatuses[columns.status.get(n)] ?? "suspended",
      value: this.#arena.text(columns.value.get(n)),
      ...(printed === 0 ? {} : { printed: this.#arena.text(printed) }),
      ...this.#validities.get(columns.validity.get(n)),
    };
  }

  /** The credential with this value: an active one if there is one, else any. */
  byValue(value: string): CredentialId | undefined {
    if (!this.#probe.read(value)) return undefined;
    const { low, high, bytes, length } = this.#probe;
    const columns = this.#credentials;
    let other: number | undefined;
    const active = this.#values.find(low, high, (n) => {
      if (!this.#arena.equals(columns.value.get(n), bytes, length)) return false;
      if (columns.status.get(n) === activeStatus) return true;
      other ??= n;
      return false;
    });
    const found = active ?? other;
    return found === undefined ? undefined : this.#arena.text(columns.id.get(found));
  }

  putPerson(person: StoredPerson): void {
    const columns = this.#people;
    const known = this.#personNumber(person.id);
    const n = known ?? this.#peopleCount++;
    if (known === undefined) {
      // The probe still holds the id from looking it up.
      columns.id.set(n, this.#arena.add(this.#probe.bytes, this.#probe.length));
      this.#personIds.add(this.#probe.low, this.#probe.high, n);
    } else this.#countGroups(columns.groups.get(n), -1);
    columns.name.set(n, this.#kept(columns.name.get(n), person.name));
    columns.version.set(n, person.version);
    const groups = this.#groups.number(person.groups.join(" "), () => Object.freeze([...person.groups]));
    columns.groups.set(n, groups);
    this.#countGroups(groups, 1);
    columns.tenant.set(
      n,
      this.#tenants.number(person.tenant, () => person.tenant),
    );
    columns.status.set(n, personStatuses.indexOf(person.status));
    columns.validity.set(
      n,
      this.#validities.put(columns.validity.get(n), person.validFrom, person.validUntil),
    );
  }

  /** Its person must be known. */
  putCredential(credential: CredentialRow): void {
    const person = this.#personNumber(credential.person);
    if (person === undefined) {
      throw new Error(`credential ${credential.id}: person ${credential.person} is not known`);
    }
    const columns = this.#credentials;
    const known = this.#credentialNumber(credential.id);
    const n = known ?? this.#credentialCount++;
    if (known === undefined) {
      columns.id.set(n, this.#arena.add(this.#probe.bytes, this.#probe.length));
      this.#credentialIds.add(this.#probe.low, this.#probe.high, n);
    }
    this.#putValue(n, credential.value);
    columns.printed.set(
      n,
      credential.printed === undefined ? 0 : this.#kept(columns.printed.get(n), credential.printed),
    );
    columns.version.set(n, credential.version);
    columns.person.set(n, person);
    columns.status.set(n, credentialStatuses.indexOf(credential.status));
    columns.validity.set(
      n,
      this.#validities.put(columns.validity.get(n), credential.validFrom, credential.validUntil),
    );
  }

  #putValue(n: number, value: string): void {
    const { value: values } = this.#credentials;
    const before = values.get(n);
    const after = this.#kept(before, value);
    if (after === before) return;
    if (before !== 0) this.#values.remove(this.#load(before).low, n);
    values.set(n, after);
    const { low, high } = this.#load(after);
    this.#values.add(low, high, n);
  }

  #countGroups(number: number, by: 1 | -1): void {
    this.#groupUses[number] = (this.#groupUses[number] ?? 0) + by;
  }

  #personNumber(id: PersonId): number | undefined {
    return this.#numberOf(this.#personIds, this.#people.id, id);
  }

  #credentialNumber(id: CredentialId): number | undefined {
    return this.#numberOf(this.#credentialIds, this.#credentials.id, id);
  }

  #numberOf(index: HashIndex, ids: Column<Uint32Array>, id: string): number | undefined {
    if (!this.#probe.read(id)) return undefined;
    const { low, high, bytes, length } = this.#probe;
    return index.find(low, high, (n) => this.#arena.equals(ids.get(n), bytes, length));
  }

  /** Where the text lies: at `place`, if that is what lies there, else in a new one. Overwrites the probe. */
  #kept(place: number, text: string): number {
    if (!this.#probe.read(text))
      throw new RangeError(`a text of ${text.length} characters is too long to keep`);
    const { bytes, length } = this.#probe;
    if (place !== 0 && this.#arena.equals(place, bytes, length)) return place;
    return this.#arena.add(bytes, length);
  }

  /** The hash of a stored text. */
  #load(place: number): { readonly low: number; readonly high: number } {
    this.#arena.hash(place, this.#probe);
    return this.#probe;
  }
}
