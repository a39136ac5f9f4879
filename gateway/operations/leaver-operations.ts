/**
 * People who leave, many at once: by company, by whom they are here for, by a search, or by a list of ids and badge numbers. First it
 * is told who that is; then all of them are blocked with their badges, piece by piece, or nobody where anything stands against it. The
 * act is kept before the first of them, so that it can be undone wherever it was cut short, and each piece has its event.
 */
import { createHash } from "node:crypto";
import { setImmediate as nextTurn } from "node:timers/promises";
import { z } from "zod";
import { may } from "../accounts/permissions.js";
import { parseCardValue } from "../cards/canonical.js";
import { newId } from "../ids.js";
import type { Operator, Performed, PersonRow } from "../ports.js";
import { kindOfValue } from "../store/extras.js";
import type { ActRow, PeopleAct } from "../store/people-acts.js";
import type { CredentialInput, PersonInput } from "../store/people-types.js";
import type { HouseParts } from "./house-parts.js";
import { id, note } from "./ids.js";
import { putInPieces } from "./in-pieces.js";
import { done, operation, refused } from "./operation.js";
import { cardFormatsOf } from "./people-rows.js";
import { iso } from "./people-writing.js";

/** More in one act nobody looks through before. */
const mostAtOnce = 5_000;
/** So many rows are looked at before doors are answered again. */
const rowsATurn = 500;

const selection = {
  company: z.string().trim().min(1).max(100).optional(),
  host: id.optional().describe("Everybody who visits this person or is answered for by them."),
  search: z.string().trim().min(1).max(200).optional().describe("As in people.list."),
  people: z
    .array(z.string().trim().min(1).max(600))
    .min(1)
    .max(mostAtOnce)
    .optional()
    .describe("Ids of people, numbers printed on badges, or badges in any spelling."),
  except: z.array(id).max(mostAtOnce).default([]),
};
const revokeParams = z.strictObject({
  ...selection,
  dryRun: z.boolean().default(false),
  expect: z
    .string()
    .max(64)
    .optional()
    .describe("`list` of the preview: refused if it would be others by now."),
  note: note.optional(),
});
type RevokeParams = z.output<typeof revokeParams>;

export const leaverOperations = [
  operation({
    name: "people.companies",
    permission: "people.read",
    acts: false,
    params: z.strictObject({}),
    run: async (house) => done({ companies: await house.store.people.companies() }),
  }),
  operation({
    name: "people.revoke-many",
    permission: "people.write",
    acts: true,
    params: revokeParams,
    run: revokeMany,
  }),
  operation({
    name: "people.restore-many",
    permission: "people.write",
    acts: true,
    params: z.strictObject({ act: z.string().min(1).max(64), note: note.optional() }),
    run: restoreMany,
  }),
  operation({
    name: "people.acts",
    permission: "people.read",
    acts: false,
    params: z.strictObject({ limit: z.int().min(1).max(100).default(20) }),
    run: async (house, _operator, { limit }) =>
      done({
        acts: (await house.store.peopleActs.list(limit)).map((act) => ({
          act: act.id,
          at: iso(act.at),
          by: act.by,
          note: act.note,
          people: act.people.length,
          badges: act.credentials.length,
          undoneAt: iso(act.undoneAt ?? undefined),
        })),
      }),
  }),
];

// -------------------------------------------------------------------------------------------------------------- who

interface Chosen {
  readonly rows: readonly PersonRow[];
  /** What of the list is nobody's, or could be several people's. */
  readonly unmatched: readonly { readonly text: string; readonly why: string }[];
}

/** Whoever all that is named fits; undefined: too many. */
async function chosen(house: HouseParts, params: RevokeParams): Promise<Chosen | undefined> {
  const { people } = house.store;
  const most = mostAtOnce + 1;
  const sets: (readonly string[])[] = [];
  if (params.company !== undefined) sets.push(await people.ofCompany(params.company, most));
  if (params.host !== undefined) sets.push(await people.ofHost(params.host, most));
  if (params.search !== undefined) sets.push(await found(house, params.search, most));
  const listed = params.people && (await matched(house, params.people));
  if (listed) sets.push(listed.ids);
  if (sets.some(({ length }) => length > mostAtOnce)) return undefined;
  const [first = [], ...others] = sets;
  const rest = others.map((ids) => new Set(ids));
  const except = new Set(params.except);
  const ids = first.filter((each) => !except.has(each) && rest.every((set) => set.has(each)));
  const rows: PersonRow[] = [];
  for (let from = 0; from < ids.length; from += rowsATurn)
    rows.push(...(await people.rows(ids.slice(from, from + rowsATurn))));
  return { rows, unmatched: listed?.unmatched ?? [] };
}

async function found(house: HouseParts, text: string, most: number): Promise<string[]> {
  const card = parseCardValue(text, cardFormatsOf(house));
  const ids: string[] = [];
  let after: string | undefined;
  do {
    const page = await house.store.people.search(
      { text, limit: 1_000, ...(after === undefined ? {} : { after }) },
      "value" in card ? [card.value] : [],
    );
    ids.push(...page.people.map(({ id }) => id));
    after = page.next;
  } while (after !== undefined && ids.length < most);
  return ids;
}

async function matched(house: HouseParts, texts: readonly string[]) {
  const { people } = house.store;
  const printed = await people.printedOn(texts);
  const formats = cardFormatsOf(house);
  const ids = new Set<string>();
  const unmatched: { text: string; why: string }[] = [];
  for (const text of texts) {
    const card = parseCardValue(text, formats);
    const holder = "value" in card ? people.find([card.value]) : undefined;
    const owner = holder === undefined ? undefined : people.credentialRow(holder)?.person;
    const meant = new Set([
      ...(people.person(text) ? [text] : []),
      ...(printed.get(text.toLowerCase()) ?? []),
      ...(owner === undefined ? [] : [owner]),
    ]);
    const [only] = meant;
    if (only === undefined) unmatched.push({ text, why: "nobody has this id or badge" });
    else if (meant.size > 1) unmatched.push({ text, why: `could be ${[...meant].sort().join(" or ")}` });
    else ids.add(only);
  }
  return { ids: [...ids], unmatched };
}

/** Says whether two previews are of the same people, as they are now. */
async function fingerprint(rows: readonly PersonRow[]): Promise<string> {
  const hash = createHash("sha256");
  const sorted = [...rows].sort((a, b) => (a.id < b.id ? -1 : 1));
  for (const [i, { id, version, credentials }] of sorted.entries()) {
    hash.update(`${id}.${version};`);
    for (const badge of credentials) hash.update(`${badge.id}.${badge.version};`);
    if (i % rowsATurn === 0) await nextTurn();
  }
  return hash.digest("hex").slice(0, 32);
}

const badgesOf = ({ credentials }: PersonRow) => credentials.filter(({ status }) => status === "active");
const isPin = ({ value }: { readonly value: string }): boolean => kindOfValue(value) === "pin";
const isThere = (row: PersonRow): boolean => row.status === "active" || badgesOf(row).length > 0;

// ------------------------------------------------------------------------------------------------------------ the act

async function revokeMany(house: HouseParts, operator: Operator, params: RevokeParams): Promise<Performed> {
  if ([params.company, params.host, params.search, params.people].every((each) => each === undefined))
    return refused("invalid", "say who: a company, a host, a search or a list");
  if (!may(operator, "credentials.write"))
    return refused("forbidden", `${operator.role}s may not take badges away`);
  const who = await chosen(house, params);
  if (!who) return refused("invalid", `these are more than ${mostAtOnce} people; narrow it down`);
  const rows = who.rows.filter(isThere);
  await nextTurn();
  const list = await fingerprint(rows);
  const told = {
    people: rows.map((row) => ({
      id: row.id,
      name: may(operator, "names.read") ? row.name : row.id,
      company: row.company ?? null,
      badges: badgesOf(row).filter((badge) => !isPin(badge)).length,
      pin: house.store.people.hasPin(row.id),
    })),
    badges: rows.flatMap(badgesOf).filter((row) => !isPin(row)).length,
    alreadyRevoked: who.rows.length - rows.length,
    unmatched: who.unmatched,
    list,
  };
  if (params.dryRun) return done({ dryRun: true, ...told });
  if (params.expect !== undefined && params.expect !== list)
    return refused("stale", "somebody changed these people since they were shown; look at the list again");
  if (who.unmatched.length > 0 && params.expect === undefined)
    return refused(
      "invalid",
      `${who.unmatched.length} of the list could not be matched; nobody was revoked`,
      who.unmatched.map(({ text, why }) => ({
        path: `people[${params.people?.indexOf(text)}]`,
        message: why,
      })),
    );
  if (rows.length === 0) return refused("refused", "there is nobody to revoke");
  await nextTurn();
  const act = `act-${newId()}`;
  const change = {
    people: rows.map(
      ({ credentials: _, version: __, ...row }): PersonInput => ({ ...row, status: "blocked" }),
    ),
    credentials: rows.flatMap(badgesOf).map(
      ({ version: _, ...card }): CredentialInput => ({
        ...card,
        status: isPin(card) ? "returned" : "suspended",
      }),
    ),
  };
  const why = params.note;
  const at = house.clock.now();
  const audit = { by: operator.actor, at, ...(why === undefined ? {} : { why }) };
  // A row that is revoked has one version more: whatever has another one by the time of an undo is left as it is.
  const versionOf = new Map(
    rows.flatMap((row) => [row, ...row.credentials]).map((row) => [row.id, row.version]),
  );
  const revoked = ({ id }: { readonly id: string }): ActRow => ({
    id,
    version: (versionOf.get(id) ?? 0) + 1,
    before: "active",
  });
  const kept: Omit<PeopleAct, "undoneAt"> = {
    id: act,
    at,
    by: operator.actor.id,
    note: why ?? null,
    people: rows.filter(({ status }) => status === "active").map(revoked),
    // A PIN is free for others from now on, and does not come back.
    credentials: change.credentials.filter((row) => !isPin(row)).map(revoked),
  };
  await nextTurn();
  const events = journal(house, operator, "leavers revoked", act, rows.length, why);
  const result = await putInPieces(house, change, audit, {
    checked: () => house.store.peopleActs.put(kept),
    written: events.write,
  });
  await events.durable();
  if (result.versions.size === 0)
    return refused("conflict", "they could not be revoked; nobody was", result.faults);
  if (result.faults.length > 0)
    return refused(
      "conflict",
      `only ${result.people} of ${rows.length} could be revoked; look at the list again`,
      result.faults,
    );
  return done({ act, ...told });
}

async function restoreMany(
  house: HouseParts,
  operator: Operator,
  params: { readonly act: string; readonly note?: string | undefined },
): Promise<Performed> {
  const act = await house.store.peopleActs.get(params.act);
  if (!act) return refused("not-found", `there is no act "${params.act}"`);
  if (act.undoneAt !== null) return refused("conflict", "that act was undone already");
  if (!may(operator, "credentials.write"))
    return refused("forbidden", `${operator.role}s may not give badges`);
  const { people } = house.store;
  const rows = new Map((await people.rows(act.people.map(({ id }) => id))).map((row) => [row.id, row]));
  const back = act.people.flatMap(({ id, version }): PersonInput[] => {
    const row = rows.get(id);
    if (!row || row.version !== version) return [];
    const { credentials: _, version: __, ...input } = row;
    return [{ ...input, status: "active" }];
  });
  const unchanged = act.credentials.flatMap(({ id, version }): CredentialInput[] => {
    const row = people.credentialRow(id);
    if (!row || row.version !== version) return [];
    const { version: _, ...input } = row;
    return [{ ...input, status: "active" }];
  });
  // A badge that is somebody else's by now stays with that one.
  const credentials = unchanged.filter(({ id, value }) => {
    const holder = people.find([value]);
    return holder === undefined || holder === id || people.credentialRow(holder)?.status !== "active";
  });
  const at = house.clock.now();
  const why = params.note;
  const audit = { by: operator.actor, at, ...(why === undefined ? {} : { why }) };
  const events = journal(house, operator, "leavers restored", act.id, back.length, why);
  const result = await putInPieces(house, { people: back, credentials }, audit, { written: events.write });
  await events.durable();
  if (result.faults.length > 0)
    return refused("conflict", "they could not all be restored; look at them", result.faults);
  await house.store.peopleActs.undone(act.id, at);
  return done({
    act: act.id,
    people: back.length,
    badges: credentials.length,
    leftAsTheyAre: act.people.length - back.length + act.credentials.length - credentials.length,
  });
}

/** Everybody by id, some in each entry, as they are written; the rows keep every version besides. */
function journal(
  house: HouseParts,
  operator: Operator,
  action: string,
  act: string,
  of: number,
  why: string | undefined,
): { write(people: readonly string[]): void; durable(): Promise<void> } {
  let durable: Promise<void> = Promise.resolve();
  return {
    write: (people) => {
      durable = house.engine.note({
        type: "audit.people-changed",
        by: operator.actor,
        ...(why === undefined ? {} : { reason: why }),
        data: { action, act, rows: people.length, of, people },
      }).durable;
    },
    durable: () => durable,
  };
}
