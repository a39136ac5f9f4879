/**
 * The people: rows in SQLite, each change a version more; in memory what the doors need. A change that takes rights away holds
 * before it is on disk, one that gives them afterwards; one that does both is two versions, so that a replay reads the same.
 */
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { setImmediate as nextTurn } from "node:timers/promises";
import { type Credential, type CredentialId, type Person, type PersonId, pinIdOf } from "../core/people.js";
import type { GroupId } from "../core/site.js";
import type { CredentialRow, Directory, Fault, PersonRow } from "../ports.js";
import type { CardIndex } from "./card-index.js";
import { type Handle, pieces, type Writer } from "./database.js";
import { checkChange, type LatestRows } from "./people-check.js";
import { type Loaded, SnapshotKeeper } from "./people-keeper.js";
import { loadRows, marksOf } from "./people-load.js";
import type { GroupPage } from "./people-of-group.js";
import {
  credentialSteps,
  personSteps,
  type Steps,
  sameCredential,
  samePerson,
  statusMark,
} from "./people-rights.js";
import { PeopleFinder, type PeopleSearch } from "./people-search.js";
import {
  type CompanyCount,
  companies,
  idsOfCompany,
  idsOfHost,
  idsOfVisitors,
  idsOfVisitorsToEnd,
  pinsSetBetween,
} from "./people-selections.js";
import {
  addStaged,
  readHistory,
  readNewest,
  readPerson,
  readVersion,
  type StagedPart,
  withCredentials,
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

/** Rows a transaction: a door's grant may wait behind one. */
const putAtOnce = 1_000;
/** People a transaction, of a staged list, with their cards. */
const addedAtOnce = 500;
/** Few enough to be moved at once. */
const fewPeople = 20_000;
/** Rows of a long import that are made findable together: one by one they would cost many times as much. */
const soughtAtOnce = 25_000;
const retryRevocationsMs = 5_000;
const snapshotFromRows = 20_000;

export interface PeopleOptions {
  /** Fewer rows are loaded as rows, and make no snapshot worth writing. */
  readonly snapshotFromRows?: number;
}

export interface PeopleParts {
  readonly writer: Writer;
  /** Histories and single rows. */
  readonly reader: Handle;
  /** Read at once while everybody is loaded. */
  readonly loading: readonly Handle[];
  readonly database: string;
  /** For what is made from the rows and may be thrown away. */
  readonly folder: string;
  readonly options?: PeopleOptions | undefined;
}

export class PeopleStore implements Directory {
  readonly #writer: Writer;
  readonly #reader: Handle;
  readonly #keeper: SnapshotKeeper;
  readonly #finder: PeopleFinder;
  #index: CardIndex;
  #loaded: Loaded | undefined;
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
  /** A part of a long import that is being added; what brings ids or values waits, and it waits for what does already. */
  #adding: Promise<void> | undefined;
  readonly #bringing = new Set<Promise<unknown>>();
  #brought = 0;
  /** Rows of a long import that a search does not find yet. */
  #unsought = 0;

  constructor({ writer, reader, loading, database, folder, options = {} }: PeopleParts) {
    this.#writer = writer;
    this.#reader = reader;
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    this.#keeper = new SnapshotKeeper({
      file: join(folder, "people.snapshot"),
      handles: loading,
      fromRows: options.snapshotFromRows ?? snapshotFromRows,
    });
    this.#finder = new PeopleFinder(database, join(folder, "search.db"));
    this.#index = this.#keeper.index;
  }

  /** Takes everybody into memory: from the snapshot and the rows since, or from all rows. */
  async load(): Promise<void> {
    this.#loaded = await this.#keeper.load();
    this.#index = this.#keeper.index;
    await this.#finder.open();
  }

  /** From what everybody was loaded, and how long it took. */
  get loaded(): Loaded | undefined {
    return this.#loaded;
  }

  async close(): Promise<void> {
    clearTimeout(this.#retry);
    await this.#keeper.close();
    await this.#finder.close();
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
    const row = this.#index.credential(id);
    return row && row.kind !== "pin" && this.hasPin(row.person) ? { ...row, hasPin: true } : row;
  }

  hasPin(person: PersonId): boolean {
    return this.#index.credentialRow(pinIdOf(person))?.status === "active";
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

  /** Of those who are there, in the order of `ids`, with their cards. */
  rows(ids: readonly string[]): Promise<PersonRow[]> {
    return withCredentials(this.#reader, ids);
  }

  companies(): Promise<CompanyCount[]> {
    return companies(this.#reader);
  }

  ofCompany(company: string, most: number): Promise<string[]> {
    return idsOfCompany(this.#reader, company, most);
  }

  ofHost(host: PersonId, most: number): Promise<string[]> {
    return idsOfHost(this.#reader, host, most);
  }

  /** How many people have a PIN that was set at these instants. Reads every credential: not for each decision. */
  pinsSetBetween(from: number, until: number): Promise<number> {
    return pinsSetBetween(this.#reader, from, until);
  }

  /** Visitors whose time is not over at `after`. */
  visitors(after: number, most: number): Promise<string[]> {
    return idsOfVisitors(this.#reader, after, most);
  }

  /** Visitors whose time is over and who still have an active card. */
  visitorsToEnd(now: number, most: number): Promise<string[]> {
    return idsOfVisitorsToEnd(this.#reader, now, most);
  }

  /** Who has a card on which just this is printed: by text, in small letters. */
  printedOn(texts: readonly string[]): Promise<ReadonlyMap<string, readonly string[]>> {
    return this.#finder.printedOn(texts);
  }

  /** `values`: what the text may mean as a card's value. */
  search(search: PeopleSearch, values: readonly string[] = []): Promise<PeoplePage> {
    const text = search.text.trim();
    const credential = this.find(values);
    const holder = credential === undefined ? undefined : this.#index.credentialRow(credential)?.person;
    const exactly = new Set([
      ...(this.#index.has(text) ? [text] : []),
      ...(holder === undefined ? [] : [holder]),
    ]);
    return this.#finder.search(search, [...exactly]);
  }

  /** Members of a group by name; `after`: `next` of the page before. */
  inGroup(group: GroupId, limit: number, after?: string): Promise<GroupPage> {
    return this.#finder.inGroup(group, limit, after);
  }

  /** Resolves when everything written is found by a search, and everybody is in the snapshot if there is one. */
  async settled(): Promise<void> {
    await this.#finder.takeIn();
    await this.#keeper.saved();
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
    if (!this.#brings(tidy)) return this.#put(tidy, audit);
    // What brings ids or card values waits for a part of a long import that is just being added, since that might bring the same.
    while (this.#adding) await this.#adding;
    this.#brought++;
    const putting = this.#put(tidy, audit);
    this.#bringing.add(putting);
    try {
      return await putting;
    } finally {
      this.#bringing.delete(putting);
    }
  }

  async #put(tidy: PeopleChange, audit: Audit): Promise<PutResult> {
    const faults = checkChange(tidy, this.#latest());
    if (faults.length > 0) return { ok: false, faults };
    const plan = this.#plan(tidy, audit);
    const versions = new Map(
      [...plan.people, ...plan.credentials].map(({ last }) => [last.id, last.version]),
    );
    if (versions.size === 0) return { ok: true, versions };
    const written = this.#keeper.changing();
    this.#takeAway(plan);
    try {
      await this.#write(plan);
    } catch (error) {
      // What is in memory and what is on disk may differ from here on.
      this.#keeper.distrust();
      await this.#notWritten(plan);
      throw error;
    }
    this.#give(plan);
    written(versions.size);
    void this.#finder.takeIn();
    return { ok: true, versions };
  }

  /** Like `put`, for some thousand rows: everything is checked first, then written in parts. */
  async import(change: PeopleChange, audit: Audit): Promise<PutResult> {
    const faults = this.check(change);
    if (faults.length > 0) return { ok: false, faults };
    const versions = new Map<string, number>();
    const parts: PeopleChange[] = [
      ...[...pieces(change.people ?? [], putAtOnce)].map((people) => ({ people })),
      ...[...pieces(change.credentials ?? [], putAtOnce)].map((credentials) => ({ credentials })),
    ];
    for (const part of parts) {
      const result = await this.put(part, audit);
      if (!result.ok) return result;
      for (const [id, version] of result.versions) versions.set(id, version);
      await nextTurn();
    }
    return { ok: true, versions };
  }

  /** Counts up with every change that brings an id or a card's value that was not in force before, but for `addStaged`. */
  get brought(): number {
    return this.#brought;
  }

  /** Makes a staged list's file known to the database, until it is detached, and room in memory for what it adds. */
  async attach(file: string, people: number, credentials: number): Promise<void> {
    await this.#writer.turn(async ({ handle }) => {
      await handle.run("ATTACH ? AS staged", [file]);
    }, "ordinary");
    // Room for many beside many would be made by moving those: then it is better made bit by bit.
    if (this.#index.people < fewPeople) this.#index.reserve(people, credentials);
  }

  async detach(): Promise<void> {
    await this.#writer.turn(async ({ handle }) => {
      await handle.run("DETACH staged");
    }, "ordinary");
    await this.#finder.takeIn();
  }

  /**
   * Takes over a part of the attached list, all of it new: its texts go from one database to the other and into memory without an
   * object a row. It was checked when `brought` was as given; if it is not any more, `again` gives its rows to be checked once
   * more, and what is wrong with them is returned.
   */
  async addStaged(
    part: StagedPart,
    audit: Audit,
    broughtThen: number,
    again: () => Promise<PeopleChange>,
  ): Promise<readonly Fault[]> {
    while (this.#adding) await this.#adding;
    const adding = this.#addStaged(part, audit, broughtThen, again);
    const over = (): void => {
      this.#adding = undefined;
    };
    this.#adding = adding.then(over, over);
    return adding;
  }

  async #addStaged(
    part: StagedPart,
    audit: Audit,
    broughtThen: number,
    again: () => Promise<PeopleChange>,
  ): Promise<readonly Fault[]> {
    await Promise.allSettled(this.#bringing);
    if (this.#brought !== broughtThen) {
      const faults = this.check(await again());
      if (faults.length > 0) return faults;
    }
    const written = this.#keeper.changing();
    let rows = 0;
    // While one piece is written, the one before it is taken into memory.
    let loading = Promise.resolve();
    try {
      for (let after = part.after; after < part.until; after += addedAtOnce) {
        const piece = { ...part, after, until: Math.min(part.until, after + addedAtOnce) };
        const done = await this.#writer.transact(async (tx) => {
          const before = await marksOf(tx);
          const added = await addStaged(tx, piece, audit);
          return { before, added, after: await marksOf(tx) };
        });
        rows += done.added;
        await loading;
        loading = loadRows([this.#reader], this.#index, done.before, done.after);
        // It is asked for at the next piece; until then its failing is nobody's.
        loading.catch(() => {});
      }
      await loading;
    } catch (error) {
      await loading.catch(() => {});
      this.#keeper.distrust();
      throw error;
    }
    written(rows);
    this.#unsought += rows;
    if (this.#unsought >= soughtAtOnce) {
      this.#unsought = 0;
      void this.#finder.takeIn();
    }
    return [];
  }

  /** Whether it brings an id that nobody has, or makes a card's value open doors that did not. */
  #brings(change: PeopleChange): boolean {
    return (
      (change.people ?? []).some(({ id }) => !this.#index.has(id)) ||
      (change.credentials ?? []).some((row) => {
        const inForce = this.#index.credentialRow(row.id);
        if (!inForce) return true;
        return isActive(row.status) && !(isActive(inForce.status) && inForce.value === row.value);
      })
    );
  }

  #latest(): LatestRows {
    const { people, credentials } = this.#coming;
    const credential = (id: string): CredentialRow | undefined =>
      credentials.get(id) ?? this.#index.credentialRow(id);
    return {
      hasPerson: (id) => people.has(id) || this.#index.has(id),
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
      const next = marked({ ...input, version: 0 }, latest, audit);
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

/** With since when and by whom its status is what it is, where that is worth knowing. */
function marked(next: CredentialRow, before: CredentialRow | undefined, audit: Audit): CredentialRow {
  const { statusSince: _, statusBy: __, ...row } = next;
  if (isActive(row.status)) return row;
  if (before?.status === row.status) return { ...row, ...statusMark(before) };
  return { ...row, statusSince: audit.at, statusBy: audit.by.id };
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
    people: change.people.map((row) => ({
      ...row,
      groups: [...new Set(row.groups)].sort(),
      ...(row.traits ? { traits: [...new Set(row.traits)].sort() } : {}),
    })),
  };
}
