/**
 * Lists of people on their way in, each a job: its content is received, checked whole, looked at by whoever brought it, and then
 * applied, or not. One implementation behind the command line, the API and the pages.
 *
 * Nothing of a list with a fault is taken. A sound one is applied in parts, since a door must not wait for a million rows; if that
 * is cut short (a crash, a cancel), what was applied stays, and the same list again does the rest: what it finds done is unchanged.
 */
import { randomInt } from "node:crypto";
import { type FileHandle, mkdir, open, rm } from "node:fs/promises";
import { join } from "node:path";
import { setImmediate as nextTurn } from "node:timers/promises";
import type { Actor } from "../core/signals.js";
import type { Engine, Log } from "../engine.js";
import type { Clock } from "../ports.js";
import { patchedCredential, patchedPerson } from "../store/extras.js";
import {
  type ChangedRow,
  type PreviewRow,
  type StagedFault,
  StagedPeople,
  type StagedSummary,
} from "../store/people-staging.js";
import type { Audit, CredentialInput, PersonInput } from "../store/people-types.js";
import type { Store } from "../store/store.js";
import { type ClerksProgress, ListReading } from "./import-reading.js";

export const importStates = [
  "receiving",
  "checking",
  "checked",
  "applying",
  "done",
  "cancelled",
  "failed",
] as const;
export type ImportState = (typeof importStates)[number];

/** A job as it is told. */
export interface ImportView {
  readonly import: string;
  readonly name: string;
  readonly state: ImportState;
  /** What is being done just now. */
  readonly step: string | null;
  /** Of the step: bytes received or read, people applied; `of` 0: not known. */
  readonly done: number;
  readonly of: number;
  /** Estimated, of the step; null: nothing to reckon with yet. */
  readonly leftMs: number | null;
  /** Lines read, and those of them with a fault. */
  readonly lines: number;
  readonly refused: number;
  readonly summary: StagedSummary | null;
  readonly preview: readonly PreviewRow[];
  readonly faults: readonly StagedFault[];
  /** Why it failed, or where it was cut short. */
  readonly message: string | null;
}

interface Job {
  readonly id: string;
  readonly name: string;
  readonly by: Actor;
  readonly note: string | undefined;
  readonly expectedBytes: number;
  state: ImportState;
  step: string | null;
  stepSince: number;
  done: number;
  of: number;
  received: number;
  lines: number;
  refused: number;
  file: FileHandle | undefined;
  /** From its first bytes on, where no other list is worked on. */
  reading: ListReading | undefined;
  work: Promise<void> | undefined;
  summary: StagedSummary | null;
  preview: readonly PreviewRow[];
  faults: readonly StagedFault[];
  message: string | null;
  /** Ids and card values brought by others when it was checked. */
  brought: number;
  touchedAt: number;
}

export interface ImportParts {
  readonly folder: string;
  readonly database: string;
  readonly mostBytes: number;
  readonly store: Store;
  readonly engine: Engine;
  readonly clock: Clock;
  readonly log: Log;
}

/** Why it was not done. */
export interface NotNow {
  readonly code: "not-found" | "invalid" | "conflict" | "busy";
  readonly message: string;
}

type Told = ImportView | NotNow;

/** People a part: whoever changes people meanwhile waits for its end. */
const peopleAtOnce = 2_000;
const previewOfEach = 8;
const faultsTold = 100;
const mostJobs = 20;
const forgottenAfterMs = 3_600_000;
/** A list of which nothing more comes keeps no process longer. */
const silentForMs = 60_000;
const markKey = "people-import";

export class ImportDesk {
  readonly #parts: ImportParts;
  readonly #jobs = new Map<string, Job>();
  #stopping = false;

  constructor(parts: ImportParts) {
    this.#parts = parts;
  }

  /** Clears away what an earlier run left, and says in the log if it was cut short in the middle. */
  async open(): Promise<void> {
    const { folder, store, engine } = this.#parts;
    await rm(folder, { recursive: true, force: true });
    const mark = await store.meta.get(markKey);
    if (mark === undefined) return;
    const { name, people } = JSON.parse(mark) as { name: string; people: number };
    engine.note({
      type: "audit.people-changed",
      by: { kind: "system", id: "import" },
      reason: `${name}: the same list again does the rest`,
      data: { action: `an import of ${people} people was cut short` },
    });
    await store.meta.set(markKey, undefined);
  }

  async close(): Promise<void> {
    this.#stopping = true;
    for (const job of this.#jobs.values()) {
      await job.reading?.end();
      await job.work?.catch(() => {});
      await job.file?.close().catch(() => {});
    }
    await rm(this.#parts.folder, { recursive: true, force: true });
  }

  list(): readonly ImportView[] {
    return [...this.#jobs.values()].map((job) => this.#view(job)).reverse();
  }

  get(id: string): Told {
    const job = this.#jobs.get(id);
    return job ? this.#view(job) : unknown(id);
  }

  async begin(by: Actor, name: string, bytes: number | undefined, note: string | undefined): Promise<Told> {
    const { folder, mostBytes, clock } = this.#parts;
    this.#forget();
    if (this.#jobs.size >= mostJobs) return { code: "busy", message: "too many lists are on their way in" };
    if ((bytes ?? 0) > mostBytes) return tooLong(mostBytes);
    const id = `import-${digits(8)}`;
    await mkdir(folder, { recursive: true, mode: 0o700 });
    const job: Job = {
      id,
      name,
      by,
      note,
      expectedBytes: bytes ?? 0,
      state: "receiving",
      step: "receiving",
      stepSince: clock.monotonic(),
      done: 0,
      of: bytes ?? 0,
      received: 0,
      lines: 0,
      refused: 0,
      file: await open(this.#listOf(id), "wx", 0o600),
      reading: undefined,
      work: undefined,
      summary: null,
      preview: [],
      faults: [],
      message: null,
      brought: 0,
      touchedAt: clock.monotonic(),
    };
    this.#jobs.set(id, job);
    return this.#view(job);
  }

  /** The next piece; `offset` must be where the one before ended, so that none is missed or taken twice. */
  async content(id: string, offset: number, bytes: Uint8Array): Promise<Told> {
    const job = this.#jobs.get(id);
    if (!job) return unknown(id);
    if (job.state !== "receiving" || !job.file) return notIn(job, "receiving");
    if (offset !== job.received) {
      return { code: "conflict", message: `the next piece begins at ${job.received}, not at ${offset}` };
    }
    if (job.received + bytes.length > this.#parts.mostBytes) return tooLong(this.#parts.mostBytes);
    job.received += bytes.length;
    job.done = job.received;
    job.of = Math.max(job.expectedBytes, job.received);
    job.touchedAt = this.#parts.clock.monotonic();
    await job.file.write(bytes, 0, bytes.length, offset);
    if (job.reading?.over) await this.#putAside(job);
    if (!job.reading && !this.#reads()) job.reading = this.#startReading(job);
    job.reading?.received(offset + bytes.length, false);
    return this.#view(job);
  }

  /** The whole list is there: it is checked behind. */
  async check(id: string): Promise<Told> {
    const job = this.#jobs.get(id);
    if (!job) return unknown(id);
    if (job.state !== "receiving") return notIn(job, "receiving");
    const busy = this.#busy();
    if (busy) return busy;
    if (!this.#parts.engine.active) {
      return { code: "conflict", message: "no site has been imported yet, so there are no groups" };
    }
    this.#enter(job, "checking", "reading", job.received);
    await job.file?.close();
    job.file = undefined;
    this.#behind(job, () => this.#check(job));
    return this.#view(job);
  }

  /** A checked list without faults is applied behind. */
  apply(id: string): Told {
    const job = this.#jobs.get(id);
    if (!job) return unknown(id);
    if (job.state !== "checked" || !job.summary) return notIn(job, "checked");
    if (job.summary.refused > 0) {
      return {
        code: "conflict",
        message: `the list has ${job.summary.refused} line(s) with faults, so nothing of it is taken`,
      };
    }
    const busy = this.#busy();
    if (busy) return busy;
    this.#enter(job, "applying", "applying", job.summary.people);
    this.#behind(job, () => this.#apply(job));
    return this.#view(job);
  }

  /** Ends it: what is not applied yet will not be. */
  async cancel(id: string): Promise<Told> {
    const job = this.#jobs.get(id);
    if (!job) return unknown(id);
    if (isOver(job)) return this.#view(job);
    const applying = job.state === "applying";
    job.state = "cancelled";
    await job.reading?.end();
    await job.work?.catch(() => {});
    if (!applying) await this.#clear(job);
    return this.#view(job);
  }

  // ------------------------------------------------------------------------------------------------------------ the work

  async #check(job: Job): Promise<void> {
    const { engine, store } = this.#parts;
    // Given up while nothing came, or read by the groups of a site that is not in force any more.
    if (job.reading?.over || job.reading?.revision !== engine.active?.site.revision)
      await this.#putAside(job);
    job.brought = store.people.brought;
    job.reading ??= this.#startReading(job);
    if (!job.reading) return;
    job.reading.received(job.received, true);
    await job.reading.done();
    job.reading = undefined;
    await rm(this.#listOf(job.id), { force: true });
    const staged = await StagedPeople.open(this.#stagingOf(job.id));
    try {
      this.#enter(job, "checking", "comparing cards", 0);
      await this.#checkCards(job, staged);
      job.summary = await staged.summary();
      job.refused = job.summary.refused;
      job.faults = await staged.faults(faultsTold);
      job.preview = await staged.preview(previewOfEach);
    } finally {
      await staged.close();
    }
    if (job.state === "checking") this.#enter(job, "checked", null, 0);
  }

  /** What was read of it is thrown away; it can be read anew from its beginning. */
  async #putAside(job: Job): Promise<void> {
    await job.reading?.end();
    job.reading = undefined;
    await rm(this.#stagingOf(job.id), { force: true });
  }

  /** undefined: there is no site yet, so nothing to read it by. */
  #startReading(job: Job): ListReading | undefined {
    const { engine, database } = this.#parts;
    const active = engine.active;
    if (!active) return undefined;
    const { site, cardFormats } = active;
    return new ListReading(
      {
        list: this.#listOf(job.id),
        staging: this.#stagingOf(job.id),
        database,
        groups: [...site.groups.keys()],
        cardFormats: cardFormats.all,
        timeZone: site.timeZone,
        patienceMs: silentForMs,
      },
      site.revision,
      (progress) => this.#heard(job, progress),
    );
  }

  /** Of bytes read the manager is told once all were received; of lines and faults at once. */
  #heard(job: Job, progress: ClerksProgress): void {
    if (progress.is === "working") {
      this.#enter(job, job.state, progress.step, 0);
      return;
    }
    job.lines = progress.lines;
    job.refused = progress.refused;
    if (job.state === "checking") job.done = progress.bytes;
  }

  #reads(): boolean {
    return [...this.#jobs.values()].some(({ reading, work }) => reading !== undefined || work !== undefined);
  }

  /** A card that shall open doors must not be somebody else's who keeps it. */
  async #checkCards(job: Job, staged: StagedPeople): Promise<void> {
    const { people } = this.#parts.store;
    for await (const page of staged.newCards()) {
      if (job.state !== "checking") return;
      const faults: StagedFault[] = [];
      for (const { line, person, value } of page) {
        const holder = people.find([value]);
        const row = holder === undefined ? undefined : people.credentialRow(holder);
        if (row?.status !== "active" || row.person === person) continue;
        if (await staged.takesAway(row.person, value)) continue;
        faults.push({ line, column: "credential", message: `is already an active card of ${row.person}` });
      }
      if (faults.length > 0) await staged.addFaults(faults);
    }
  }

  async #apply(job: Job): Promise<void> {
    const { store, clock } = this.#parts;
    const people = job.summary?.people ?? 0;
    await store.meta.set(markKey, JSON.stringify({ id: job.id, name: job.name, people, by: job.by.id }));
    await this.#note(job, `an import of ${people} people began: ${job.name}`, people).durable;
    const staged = await StagedPeople.open(this.#stagingOf(job.id));
    const audit = (): Audit => ({
      by: job.by,
      at: clock.now(),
      ...(job.note === undefined ? {} : { why: job.note }),
    });
    try {
      // What is taken from somebody goes first: it may be given to somebody else in the same list.
      for await (const page of staged.takenAway()) {
        if (this.#halted(job)) break;
        const credentials = page.flatMap(({ id, status }): CredentialInput[] => {
          const row = store.people.credentialRow(id);
          return row ? [{ ...row, status }] : [];
        });
        await this.#put(job, { credentials }, audit());
      }
      await this.#applyParts(job, staged, audit);
    } finally {
      await staged.close();
    }
    if (this.#stopping) return;
    const whole = job.state === "applying";
    const rest = whole ? "" : `; cancelled after ${job.done} of ${people}`;
    if (!whole) {
      job.message = `cancelled after ${job.done} of ${people} people; the same list again does the rest`;
    }
    await this.#note(job, `an import of ${people} people ended${rest}: ${job.name}`, job.done).durable;
    await store.meta.set(markKey, undefined);
    await this.#clear(job);
    if (!whole) return;
    this.#enter(job, "done", null, people);
    job.done = people;
  }

  async #applyParts(job: Job, staged: StagedPeople, audit: () => Audit): Promise<void> {
    const { store, engine } = this.#parts;
    const [tenant = "main"] = engine.active?.site.tenants.keys() ?? [];
    const people = await staged.count();
    const hasChanges = (job.summary?.changed ?? 0) > 0;
    await store.people.attach(
      this.#stagingOf(job.id),
      job.summary?.added ?? 0,
      job.summary?.credentials ?? 0,
    );
    try {
      for (let after = 0; after < people && !this.#halted(job); after += peopleAtOnce) {
        const until = Math.min(people, after + peopleAtOnce);
        const faults = await store.people.addStaged({ after, until, tenant }, audit(), job.brought, () =>
          staged.added(after, until, tenant),
        );
        if (faults.length > 0) throw new Overtaken(faults.map(({ message }) => message));
        if (hasChanges) {
          const changed = await staged.changed(after, until);
          if (changed.length > 0) await this.#put(job, this.#changeOf(changed), audit());
        }
        job.done = until;
        await nextTurn();
      }
    } finally {
      await store.people.detach();
    }
  }

  #changeOf(rows: readonly ChangedRow[]): { people: PersonInput[]; credentials: CredentialInput[] } {
    const { people } = this.#parts.store;
    return {
      people: rows.flatMap((row): PersonInput[] => {
        const before = people.person(row.id);
        if (row.state === 2 || !before) return [];
        return [
          {
            id: row.id,
            name: row.name,
            tenant: before.tenant,
            groups: row.groups,
            status: row.status,
            ...(row.validFrom === null ? {} : { validFrom: row.validFrom }),
            ...(row.validUntil === null ? {} : { validUntil: row.validUntil }),
            ...patchedPerson(before, row.extra),
          },
        ];
      }),
      credentials: rows.flatMap((row) =>
        row.cards.map(({ id, value, printed, status, extra }): CredentialInput => {
          const { maxUses: _, responder: __, ...before } = people.credentialRow(id) ?? {};
          return {
            ...before,
            id,
            person: row.id,
            value,
            status,
            ...(printed === null ? {} : { printed }),
            ...patchedCredential(people.credentialRow(id) ?? {}, extra),
          };
        }),
      ),
    };
  }

  async #put(job: Job, change: Parameters<Store["people"]["put"]>[0], audit: Audit): Promise<void> {
    const before = this.#parts.store.people.brought;
    const result = await this.#parts.store.people.put(change, audit);
    if (!result.ok) throw new Overtaken(result.faults.map(({ message }) => message));
    // What the list itself brings is no reason to check the rest of it again.
    if (this.#parts.store.people.brought === before + 1 && job.brought === before) job.brought = before + 1;
  }

  // ------------------------------------------------------------------------------------------------------------- the job

  #behind(job: Job, work: () => Promise<void>): void {
    job.work = work()
      .catch(async (error: unknown) => {
        if (job.state === "cancelled" || this.#stopping) return;
        const began = job.state === "applying";
        const overtaken = error instanceof Overtaken;
        job.message = overtaken
          ? `somebody changed people meanwhile: ${error.message}; ${job.done} people were applied`
          : `could not be done${began ? ` after ${job.done} people` : ""}; the gateway's log says why`;
        if (!overtaken) this.#parts.log.error({ err: error, import: job.id }, "an import failed");
        if (began) {
          await this.#note(job, `an import failed after ${job.done} people: ${job.name}`, job.done).durable;
          await this.#parts.store.meta.set(markKey, undefined).catch(() => {});
        }
        await this.#clear(job);
        job.state = "failed";
        job.step = null;
      })
      .finally(() => {
        job.work = undefined;
      });
  }

  #halted(job: Job): boolean {
    return this.#stopping || job.state !== "applying";
  }

  #enter(job: Job, state: ImportState, step: string | null, of: number): void {
    job.state = state;
    job.step = step;
    job.of = of;
    job.done = 0;
    job.stepSince = this.#parts.clock.monotonic();
    job.touchedAt = job.stepSince;
  }

  #busy(): NotNow | undefined {
    const other = [...this.#jobs.values()].find(({ state }) => state === "checking" || state === "applying");
    return other && { code: "busy", message: `another list is being worked on: ${other.name}` };
  }

  /** Jobs that are over, or that nobody went on with, are not kept for ever. */
  #forget(): void {
    const now = this.#parts.clock.monotonic();
    for (const [id, job] of this.#jobs) {
      const idle = job.state === "receiving" || job.state === "checked" || isOver(job);
      if (!idle || now - job.touchedAt < forgottenAfterMs) continue;
      this.#jobs.delete(id);
      void this.#clear(job);
    }
  }

  async #clear(job: Job): Promise<void> {
    job.touchedAt = this.#parts.clock.monotonic();
    await job.reading?.end();
    job.reading = undefined;
    await job.file?.close().catch(() => {});
    job.file = undefined;
    for (const file of [this.#listOf(job.id), this.#stagingOf(job.id)]) {
      await rm(file, { force: true });
      await rm(`${file}-journal`, { force: true });
    }
  }

  #note(job: Job, action: string, rows: number) {
    return this.#parts.engine.note({
      type: "audit.people-changed",
      by: job.by,
      ...(job.note === undefined ? {} : { reason: job.note }),
      data: { action, rows },
    });
  }

  #listOf(id: string): string {
    return join(this.#parts.folder, `${id}.csv`);
  }

  #stagingOf(id: string): string {
    return join(this.#parts.folder, `${id}.db`);
  }

  #view(job: Job): ImportView {
    const elapsed = this.#parts.clock.monotonic() - job.stepSince;
    const share = job.of === 0 ? 0 : job.done / job.of;
    return {
      import: job.id,
      name: job.name,
      state: job.state,
      step: job.step,
      done: job.done,
      of: job.of,
      leftMs: share === 0 || isOver(job) ? null : Math.round((elapsed * (1 - share)) / share),
      lines: job.lines,
      refused: job.refused,
      summary: job.summary,
      preview: job.preview,
      faults: job.faults,
      message: job.message,
    };
  }
}

/** Somebody else changed what the list was checked against. */
class Overtaken extends Error {
  constructor(messages: readonly string[]) {
    super(messages.slice(0, 3).join("; "));
    this.name = "Overtaken";
  }
}

export function isView(told: Told): told is ImportView {
  return "import" in told;
}

function isOver({ state }: Job): boolean {
  return state === "done" || state === "cancelled" || state === "failed";
}

function unknown(id: string): NotNow {
  return { code: "not-found", message: `there is no import "${id}"` };
}

function notIn(job: Job, state: ImportState): NotNow {
  return { code: "conflict", message: `this list is ${job.state}, not ${state}` };
}

function tooLong(mostBytes: number): NotNow {
  return {
    code: "invalid",
    message: `a list may have ${Math.round(mostBytes / 1e6)} MB (imports.mostMb in the configuration)`,
  };
}

function digits(length: number): string {
  const all = "0123456789abcdefghijklmnopqrstuvwxyz";
  return Array.from({ length }, () => all[randomInt(36)]).join("");
}
