/**
 * The people: rows in SQLite, each change a version more; in memory what the doors need. A change that takes rights away holds
 * before it is on disk, one that gives them afterwards; one that does both is two versions, so that a replay reads the same.
 */
import { setImmediate as nextTurn } from "node:timers/promises";
import type { Credential, CredentialId, Person, PersonId } from "../core/people.js";
import type { GroupId } from "../core/site.js";
import type { CredentialRow, Directory, Fault, PersonRow } from "../ports.js";
import { CardIndex } from "./card-index.js";
import { type Handle, pieces, type Writer } from "./database.js";
import { checkChange, type LatestRows } from "./people-check.js";
import { credentialSteps, personSteps, type Steps, sameCredential, samePerson } from "./people-rights.js";
import {
  countNewest,
  loadCredentials,
  loadPeople,
  type PeopleSearch,
  readHistory,
  readNewest,
  readPerson,
  readVersion,
  searchPeople,
  writeVersions,
} from "./people-table.js";
import {
  type Audit,
  type AuditedVersion,
  isActive,
  type PeopleChange,
  type PeoplePage,
  type PutResult,
  type StoredPerson,
  type StoredVersion,
} from "./people-types.js";

/** One row on its way to the disk. */
interface Planned<Row> {
  readonly steps: Steps<Row>;
  readonly last: Row;
}

interface Plan {
  readonly people: readonly Planned<StoredPerson>[];
  readonly credentials: readonly Planned<CredentialRow>[];
  readonly audit: Audit;
}

/** Rows a transaction of a long import: a door's grant may wait behind one. */
const importedAtOnce = 2_000;
const retryRevocationsMs = 5_000;

export class PeopleStore implements Directory {
  readonly #writer: Writer;
  readonly #reader: Handle;
  readonly #index = new CardIndex();
  /** The newest version of each row that is on its way to the disk. */
  readonly #coming = {
    people: new Map<string, StoredPerson>(),
    credentials: new Map<string, CredentialRow>(),
  };
  /** Of those on the way, the active ones by value. */
  readonly #comingValues = new Map<string, Set<string>>();
  /** What took rights away and could not be written: tried again until it is. */
  #unwritten: Plan[] = [];
  #retry: NodeJS.Timeout | undefined;

  constructor(writer: Writer, reader: Handle) {
    this.#writer = writer;
    this.#reader = reader;
  }

  /** Reads everybody into memory, in pages. */
  async load(): Promise<void> {
    const { people, credentials } = await countNewest(this.#reader);
    this.#index.reserve(people, credentials);
    for await (const rows of loadPeople(this.#reader)) for (const row of rows) this.#index.putPerson(row);
    for await (const rows of loadCredentials(this.#reader)) {
      for (const row of rows) this.#index.putCredential(row);
    }
  }

  close(): void {
    clearTimeout(this.#retry);
  }

  // -------------------------------------------------------------------------------------------- in memory, synchronous

  get people(): number {
    return this.#index.people;
  }

  get credentials(): number {
    return this.#index.credentials;
  }

  /** Memory of the index, in bytes. */
  get bytes(): number {
    return this.#index.bytes;
  }

  person(id: PersonId): Person | undefined {
    return this.#index.person(id);
  }

  credential(id: CredentialId): Credential | undefined {
    return this.#index.credential(id);
  }

  find(values: readonly string[]): CredentialId | undefined {
    for (const value of values) {
      const found = this.#index.byValue(value);
      if (found !== undefined) return found;
    }
    return undefined;
  }

  nameOf(id: PersonId): string | undefined {
    return this.#index.nameOf(id);
  }

  /** A credential with its value, as it is in force. */
  credentialRow(id: CredentialId): CredentialRow | undefined {
    return this.#index.credentialRow(id);
  }

  /** How many people are in each group. */
  groupsInUse(): ReadonlyMap<GroupId, number> {
    return this.#index.groupsInUse();
  }

  // ------------------------------------------------------------------------------------------------------- from the disk

  get(id: PersonId): Promise<PersonRow | undefined> {
    return readPerson(this.#reader, id);
  }

  search(search: PeopleSearch): Promise<PeoplePage> {
    return searchPeople(this.#reader, search);
  }

  /** Every version of a person or a credential with who, when and why; newest first. */
  history(id: string): Promise<AuditedVersion[]> {
    return readHistory(this.#reader, id);
  }

  /** One version of a person or a credential, as a replay reads it. */
  at(id: string, version: number): Promise<StoredVersion | undefined> {
    return readVersion(this.#reader, id, version);
  }

  // ------------------------------------------------------------------------------------------------------------- writing

  /** Every fault that `put` would refuse the change for. */
  check(change: PeopleChange): Fault[] {
    return checkChange(tidied(change), this.#latest());
  }

  /**
   * Writes all rows or none. What takes rights away holds when this returns its promise; the rest when it resolves, which is
   * when all is on disk. Throws DatabaseFailed where the disk fails: what was taken away stays away and is written later.
   */
  async put(change: PeopleChange, audit: Audit): Promise<PutResult> {
    const tidy = tidied(change);
    const faults = checkChange(tidy, this.#latest());
    if (faults.length > 0) return { ok: false, faults };
    const plan = this.#plan(tidy, audit);
    const versions = new Map(
      [...plan.people, ...plan.credentials].map(({ last }) => [last.id, last.version]),
    );
    if (versions.size === 0) return { ok: true, versions };
    this.#takeAway(plan);
    try {
      await this.#write(plan);
    } catch (error) {
      await this.#notWritten(plan);
      throw error;
    }
    this.#give(plan);
    return { ok: true, versions };
  }

  /** Like `put`, for very many rows: everything is checked first, then written in transactions of some thousand rows. */
  async import(change: PeopleChange, audit: Audit): Promise<PutResult> {
    const faults = this.check(change);
    if (faults.length > 0) return { ok: false, faults };
    const versions = new Map<string, number>();
    const parts: PeopleChange[] = [
      ...[...pieces(change.people ?? [], importedAtOnce)].map((people) => ({ people })),
      ...[...pieces(change.credentials ?? [], importedAtOnce)].map((credentials) => ({ credentials })),
    ];
    for (const part of parts) {
      const result = await this.put(part, audit);
      if (!result.ok) return result;
      for (const [id, version] of result.versions) versions.set(id, version);
      await nextTurn();
    }
    return { ok: true, versions };
  }

  #latest(): LatestRows {
    const { people, credentials } = this.#coming;
    const credential = (id: string): CredentialRow | undefined =>
      credentials.get(id) ?? this.#index.credentialRow(id);
    return {
      hasPerson: (id) => people.has(id) || this.#index.nameOf(id) !== undefined,
      credential,
      activeWith: (value) => {
        const inMemory = this.#index.byValue(value);
        const found = new Set(this.#comingValues.get(value));
        if (inMemory !== undefined) found.add(inMemory);
        return [...found].filter((id) => {
          const row = credential(id);
          return row !== undefined && isActive(row.status) && row.value === value;
        });
      },
    };
  }

  /** The versions that a sound change makes; rows that stay as they are make none. */
  #plan(change: PeopleChange, audit: Audit): Plan {
    const people: Planned<StoredPerson>[] = [];
    for (const input of change.people ?? []) {
      const inForce = this.#index.personRow(input.id);
      const latest = this.#coming.people.get(input.id) ?? inForce;
      const next = { ...input, version: 0 };
      if (latest && samePerson(latest, next)) continue;
      people.push(planned(personSteps(inForce, next, (latest?.version ?? 0) + 1)));
    }
    const credentials: Planned<CredentialRow>[] = [];
    for (const input of change.credentials ?? []) {
      const inForce = this.#index.credentialRow(input.id);
      const latest = this.#coming.credentials.get(input.id) ?? inForce;
      const next = { ...input, version: 0 };
      if (latest && sameCredential(latest, next)) continue;
      credentials.push(planned(credentialSteps(inForce, next, (latest?.version ?? 0) + 1)));
    }
    return { people, credentials, audit };
  }

  #takeAway(plan: Plan): void {
    for (const { steps, last } of plan.people) {
      if (steps.now) this.#index.putPerson(steps.now);
      this.#coming.people.set(last.id, last);
    }
    for (const { steps, last } of plan.credentials) {
      if (steps.now) this.#index.putCredential(steps.now);
      this.#forgetComingValue(last.id);
      this.#coming.credentials.set(last.id, last);
      if (!isActive(last.status)) continue;
      const ids = this.#comingValues.get(last.value) ?? new Set();
      this.#comingValues.set(last.value, ids.add(last.id));
    }
  }

  /** A row that meanwhile has a newer version on its way is left to that one. */
  #give(plan: Plan): void {
    for (const { steps, last } of plan.people) {
      if (this.#coming.people.get(last.id) !== last) continue;
      if (steps.later) this.#index.putPerson(steps.later);
      this.#coming.people.delete(last.id);
    }
    for (const { steps, last } of plan.credentials) {
      if (this.#coming.credentials.get(last.id) !== last) continue;
      if (steps.later) this.#index.putCredential(steps.later);
      this.#forgetComingValue(last.id);
      this.#coming.credentials.delete(last.id);
    }
  }

  #forgetComingValue(id: string): void {
    const row = this.#coming.credentials.get(id);
    const ids = row && this.#comingValues.get(row.value);
    if (!row || !ids) return;
    ids.delete(id);
    if (ids.size === 0) this.#comingValues.delete(row.value);
  }

  async #write({ people, credentials, audit }: Plan): Promise<void> {
    await this.#writer.transact((tx) =>
      writeVersions(
        tx,
        { people: people.flatMap(versionsOf), credentials: credentials.flatMap(versionsOf) },
        audit,
      ),
    );
  }

  async #notWritten(plan: Plan): Promise<void> {
    const revoked: Plan = {
      audit: plan.audit,
      people: plan.people.flatMap(onlyNow),
      credentials: plan.credentials.flatMap(onlyNow),
    };
    if (revoked.people.length + revoked.credentials.length > 0) {
      this.#unwritten.push(revoked);
      this.#retry ??= setTimeout(() => void this.#retryRevocations(), retryRevocationsMs).unref();
    }
    for (const { last } of plan.people) {
      if (this.#coming.people.get(last.id) !== last) continue;
      this.#coming.people.delete(last.id);
      await this.#catchUp(last.id);
    }
    for (const { last } of plan.credentials) {
      if (this.#coming.credentials.get(last.id) !== last) continue;
      this.#forgetComingValue(last.id);
      this.#coming.credentials.delete(last.id);
      await this.#catchUp(last.id);
    }
  }

  /** A version that is on disk and was left to a later one, which then failed, holds after all. */
  async #catchUp(id: string): Promise<void> {
    const newest = await readNewest(this.#reader, id).catch(() => undefined);
    if (newest?.kind === "person") {
      if (newest.row.version > (this.#index.personRow(id)?.version ?? 0)) this.#index.putPerson(newest.row);
    } else if (newest) {
      if (newest.row.version > (this.#index.credentialRow(id)?.version ?? 0))
        this.#index.putCredential(newest.row);
    }
  }

  /** Only what is still in force as it was taken away; a later change has written its own version. */
  async #retryRevocations(): Promise<void> {
    this.#retry = undefined;
    const plans = this.#unwritten;
    this.#unwritten = [];
    for (const plan of plans) {
      const still: Plan = {
        audit: plan.audit,
        people: plan.people.filter(({ last }) => this.#index.personRow(last.id)?.version === last.version),
        credentials: plan.credentials.filter(
          ({ last }) => this.#index.credentialRow(last.id)?.version === last.version,
        ),
      };
      if (still.people.length + still.credentials.length === 0) continue;
      try {
        await this.#write(still);
      } catch {
        this.#unwritten.push(still);
      }
    }
    if (this.#unwritten.length > 0) {
      this.#retry ??= setTimeout(() => void this.#retryRevocations(), retryRevocationsMs).unref();
    }
  }
}

function planned<Row>(steps: Steps<Row>): Planned<Row> {
  const last = steps.later ?? steps.now;
  if (last === undefined) throw new Error("a change of a row has no version");
  return { steps, last };
}

function versionsOf<Row>({ steps }: Planned<Row>): Row[] {
  return [steps.now, steps.later].filter((row) => row !== undefined) as Row[];
}

function onlyNow<Row>({ steps }: Planned<Row>): Planned<Row>[] {
  return steps.now === undefined ? [] : [{ steps: { now: steps.now }, last: steps.now }];
}

/** Groups are a set: sorted, each once, so that equal sets are shared and compare equal. */
function tidied(change: PeopleChange): PeopleChange {
  if (!change.people) return change;
  return {
    ...change,
    people: change.people.map((row) => ({ ...row, groups: [...new Set(row.groups)].sort() })),
  };
}
