import { z } from "zod";
import { may } from "../accounts/permissions.js";
import { credentialStatuses } from "../core/people.js";
import type { CredentialRow, Operator, Performed, PersonRow } from "../ports.js";
import type { PeopleChange, PersonInput } from "../store/people-types.js";
import type { HouseParts } from "./house-parts.js";
import { id, instant, note } from "./ids.js";
import { done, operation, refused } from "./operation.js";
import {
  cardFormatsOf,
  type ImportRow,
  importRow,
  newCredentialId,
  readCard,
  rowsToChange,
} from "./people-rows.js";

const groups = z.array(id).max(100);

function shownCredential(row: CredentialRow, withValue: boolean) {
  return {
    id: row.id,
    status: row.status,
    ...(withValue ? { value: row.value } : {}),
    ...(row.printed === undefined ? {} : { printed: row.printed }),
    validFrom: iso(row.validFrom),
    validUntil: iso(row.validUntil),
  };
}

function shownPerson(row: PersonRow, operator: Operator) {
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

const iso = (at: number | undefined): string | null => (at === undefined ? null : new Date(at).toISOString());

const unknownPerson = (person: string): Performed => refused("not-found", `there is no person "${person}"`);

/** Writes and says in the log what was written by whom; the rows themselves keep every version with who, when and why. */
async function write(
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

function unknownGroups(house: HouseParts, wanted: readonly string[]): string | undefined {
  return wanted.find((group) => !house.engine.active?.site.groups.has(group));
}

export const peopleOperations = [
  operation({
    name: "people.list",
    permission: "people.read",
    acts: false,
    params: z.strictObject({
      search: z.string().max(200).default(""),
      limit: z.int().min(1).max(1000).default(100),
      after: z.string().max(500).optional(),
    }),
    run: async (house, operator, { search, limit, after }) => {
      const page = await house.store.people.search({
        text: search,
        limit,
        ...(after === undefined ? {} : { after }),
      });
      return done({
        people: page.people.map((row) => shownPerson(row, operator)),
        total: house.store.people.people,
        next: page.next ?? null,
      });
    },
  }),
  operation({
    name: "person.get",
    permission: "people.read",
    acts: false,
    params: z.strictObject({ person: id }),
    run: async (house, operator, { person }) => {
      const row = await house.store.people.get(person);
      return row ? done({ person: shownPerson(row, operator) }) : unknownPerson(person);
    },
  }),
  operation({
    name: "person.put",
    permission: "people.write",
    acts: true,
    params: z.strictObject({
      person: id,
      name: z.string().min(1).max(200).optional().describe("Needed for a new person."),
      groups: groups.optional(),
      validFrom: instant.nullish().describe("null: without a beginning."),
      validUntil: instant.nullish().describe("null: without an end."),
      note: note.optional(),
    }),
    run: async (house, operator, params) => {
      const before = await house.store.people.get(params.person);
      const name = params.name ?? before?.name;
      if (name === undefined) {
        return refused("invalid", "a new person needs a name", [{ path: "name", message: "is missing" }]);
      }
      const unknown = unknownGroups(house, params.groups ?? []);
      if (unknown !== undefined) {
        return refused("invalid", `there is no group "${unknown}"`, [
          { path: "groups", message: `no group "${unknown}"` },
        ]);
      }
      const row: PersonInput = {
        id: params.person,
        name,
        tenant: before?.tenant ?? firstTenant(house),
        groups: params.groups ?? before?.groups ?? [],
        status: before?.status ?? "active",
        ...bound("validFrom", params.validFrom, before?.validFrom),
        ...bound("validUntil", params.validUntil, before?.validUntil),
      };
      const trouble = await write(
        house,
        operator,
        { people: [row] },
        before ? "person changed" : "person added",
        {
          person: params.person,
          ...(params.note === undefined ? {} : { why: params.note }),
        },
      );
      if (trouble) return trouble;
      const now = await house.store.people.get(params.person);
      return now ? done({ person: shownPerson(now, operator) }) : unknownPerson(params.person);
    },
  }),
  operation({
    name: "person.block",
    permission: "people.write",
    acts: true,
    params: z.strictObject({ person: id, blocked: z.boolean().default(true), note: note.optional() }),
    run: async (house, operator, params) => {
      const before = await house.store.people.get(params.person);
      if (!before) return unknownPerson(params.person);
      const { credentials: _, version: __, ...row } = before;
      const status = params.blocked ? "blocked" : "active";
      const trouble = await write(house, operator, { people: [{ ...row, status }] }, `person ${status}`, {
        person: params.person,
        ...(params.note === undefined ? {} : { why: params.note }),
      });
      return trouble ?? done({ person: params.person, status });
    },
  }),
  operation({
    name: "credential.add",
    permission: "credentials.write",
    acts: true,
    params: z.strictObject({
      person: id,
      value: z
        .string()
        .min(1)
        .max(600)
        .describe("In any spelling: 142,51091, uid:04A1B2C3, a decimal number."),
      printed: z.string().min(1).max(64).optional(),
      validFrom: instant.optional(),
      validUntil: instant.optional(),
      note: note.optional(),
    }),
    run: async (house, operator, params) => {
      const card = readCard(params.value, cardFormatsOf(house));
      if ("fault" in card) {
        return refused("invalid", `this is no card: ${card.fault}`, [{ path: "value", message: card.fault }]);
      }
      const credential = newCredentialId();
      const trouble = await write(
        house,
        operator,
        {
          credentials: [
            {
              id: credential,
              person: params.person,
              status: "active",
              value: card.value,
              ...(params.printed === undefined ? {} : { printed: params.printed }),
              ...(params.validFrom === undefined ? {} : { validFrom: params.validFrom }),
              ...(params.validUntil === undefined ? {} : { validUntil: params.validUntil }),
            },
          ],
        },
        "credential added",
        { person: params.person, credential, ...(params.note === undefined ? {} : { why: params.note }) },
      );
      const row = house.store.people.credentialRow(credential);
      return trouble ?? done({ credential: row && shownCredential(row, true) });
    },
  }),
  operation({
    name: "credential.status",
    permission: "credentials.write",
    acts: true,
    params: z.strictObject({ credential: id, status: z.enum(credentialStatuses), note: note.optional() }),
    run: async (house, operator, params) => {
      const before = house.store.people.credentialRow(params.credential);
      if (!before) return refused("not-found", `there is no credential "${params.credential}"`);
      const { version: _, ...row } = before;
      const trouble = await write(
        house,
        operator,
        { credentials: [{ ...row, status: params.status }] },
        `credential ${params.status}`,
        {
          person: before.person,
          credential: params.credential,
          ...(params.note === undefined ? {} : { why: params.note }),
        },
      );
      return trouble ?? done({ credential: params.credential, status: params.status });
    },
  }),
  operation({
    name: "people.import",
    permission: "people.write",
    acts: true,
    params: z.strictObject({
      rows: z.array(importRow).max(20_000),
      dryRun: z.boolean().default(false),
      note: note.optional(),
    }),
    run: (house, operator, params) => importPeople(house, operator, params.rows, params.dryRun, params.note),
  }),
];

async function importPeople(
  house: HouseParts,
  operator: Operator,
  rows: readonly ImportRow[],
  dryRun: boolean,
  why: string | undefined,
): Promise<Performed> {
  if (!may(operator, "credentials.write") && rows.some((row) => row.credentials.length > 0)) {
    return refused("forbidden", `${operator.role}s may not give credentials`);
  }
  const read = await rowsToChange(house, rows);
  if (!read.ok)
    return refused("invalid", `the list has ${read.faults.length} fault(s); nothing was taken`, read.faults);
  const { change, added, changed, unchanged } = read;
  const faults = house.store.people.check(change);
  if (faults.length > 0) {
    return refused(
      "conflict",
      `the list has ${faults.length} fault(s); nothing was taken`,
      read.placed(faults),
    );
  }
  const summary = {
    people: rows.length,
    added,
    changed,
    unchanged,
    credentials: change.credentials?.length ?? 0,
  };
  if (dryRun) return done({ dryRun: true, ...summary });
  const result = await house.store.people.import(change, {
    by: operator.actor,
    at: house.clock.now(),
    ...(why === undefined ? {} : { why }),
  });
  if (!result.ok) return refused("conflict", "the list could not be taken", read.placed(result.faults));
  await house.engine.note({
    type: "audit.people-changed",
    by: operator.actor,
    ...(why === undefined ? {} : { reason: why }),
    data: { action: "list imported", rows: result.versions.size },
  }).durable;
  return done(summary);
}

function firstTenant(house: HouseParts): string {
  return house.engine.active?.site.tenants.keys().next().value ?? "main";
}

/** null takes a bound away, undefined leaves it. */
function bound<K extends "validFrom" | "validUntil">(
  key: K,
  wanted: number | null | undefined,
  before: number | undefined,
): { [P in K]?: number } {
  const value = wanted === undefined ? before : (wanted ?? undefined);
  return value === undefined ? {} : ({ [key]: value } as { [P in K]?: number });
}
