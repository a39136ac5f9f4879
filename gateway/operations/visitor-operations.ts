/**
 * Visitors: people who are here for somebody, until an hour. Their rights are rights for a time, and their cards are good as long;
 * at the end the doors refuse them by themselves, and what they had in hand is free for the next one.
 */
import { randomInt } from "node:crypto";
import { z } from "zod";
import { may } from "../accounts/permissions.js";
import { parseCardValue } from "../cards/canonical.js";
import { hasTrait, type TemporaryRight } from "../core/people.js";
import type { Fault, Operator, Performed, PersonRow } from "../ports.js";
import { visitorRules } from "../site/house.js";
import type { CredentialInput, PersonInput } from "../store/people-types.js";
import type { HouseParts } from "./house-parts.js";
import { id, instant, note } from "./ids.js";
import { done, operation, refused } from "./operation.js";
import { cardFormatsOf, newCredentialId } from "./people-rows.js";
import { shownPerson, unknownPerson, writePeople } from "./people-writing.js";
import { company, rightFaults, rightOf } from "./person-extras.js";

const hourMs = 3_600_000;
const mostPlaces = 20;
const mostListed = 1_000;
const places = z.array(id).max(mostPlaces).default([]);

const addParams = z.strictObject({
  person: id.optional().describe("Somebody who was here before; absent: a new id is made."),
  name: z.string().trim().min(1).max(200).optional().describe("Needed for somebody new."),
  host: id.describe("Whom they visit: they are let in only while that person is."),
  company: company.optional(),
  from: instant.optional().describe("Absent: at once."),
  until: instant.optional().describe("Absent: as the site says, 10 hours."),
  groups: places,
  doors: places,
  areas: places,
  escort: z.boolean().default(false).describe("Comes in only with somebody who may escort."),
  card: z.string().min(1).max(600).optional().describe("A card in any spelling, good until the end."),
  printed: z.string().min(1).max(64).optional(),
  code: z.boolean().default(false).describe("Make up a code of eight digits for a keypad or as a QR code."),
  uses: z.int().min(1).max(1_000).optional().describe("Of the card or the code."),
  note: note.optional(),
});
type AddParams = z.output<typeof addParams>;

export const visitorOperations = [
  operation({
    name: "visitor.add",
    permission: "people.write",
    acts: true,
    params: addParams,
    run: addVisitor,
  }),
  operation({
    name: "visitor.end",
    permission: "people.write",
    acts: true,
    params: z.strictObject({ person: id, note: note.optional() }),
    run: async (house, operator, { person, note: why }) => {
      const [row] = await house.store.people.rows([person]);
      if (!row) return unknownPerson(person);
      if (!hasTrait(row, "visitor")) return refused("refused", `${person} is no visitor`);
      const about = { person, ...(why === undefined ? {} : { why }) };
      const change = endOf(row, house.clock.now());
      const trouble = await writePeople(house, operator, change, "visit ended", about);
      return trouble ?? done({ person, badges: change.credentials.length });
    },
  }),
  operation({
    name: "visitor.list",
    permission: "people.read",
    acts: false,
    params: z.strictObject({ all: z.boolean().default(false).describe("Also visits that are over.") }),
    run: async (house, operator, { all }) => {
      const { people } = house.store;
      const now = house.clock.now();
      const rows = await people.rows(await people.visitors(all ? 0 : now, mostListed));
      const visitors = rows
        .map((row) => ({
          ...shownPerson(house, row, operator),
          visit: visitOf(house, row, now),
          hostName: row.host === undefined ? null : nameOf(house, operator, row.host),
        }))
        .sort((a, b) => (a.validFrom ?? "").localeCompare(b.validFrom ?? ""));
      return done({ visitors });
    },
  }),
];

function nameOf(house: HouseParts, operator: Operator, person: string): string {
  return may(operator, "names.read") ? (house.store.people.nameOf(person) ?? person) : person;
}

/** Where a visit stands. `refused`: the visitor or the host is blocked, or the host is not here any more. */
function visitOf(house: HouseParts, row: PersonRow, now: number): "expected" | "on" | "refused" | "over" {
  if (row.validUntil !== undefined && row.validUntil <= now) return "over";
  const host = row.host === undefined ? undefined : house.store.people.person(row.host);
  const hostHere = host?.status === "active" && (host.validUntil ?? now + 1) > now;
  if (row.status !== "active" || (row.host !== undefined && !hostHere)) return "refused";
  return (row.validFrom ?? now) > now ? "expected" : "on";
}

// ------------------------------------------------------------------------------------------------------------- to come

async function addVisitor(house: HouseParts, operator: Operator, params: AddParams): Promise<Performed> {
  const site = house.engine.active?.site;
  if (!site) return refused("conflict", "no site has been imported yet");
  const now = house.clock.now();
  const rules = site.visitors ?? visitorRules;
  const from = params.from ?? now;
  const until = params.until ?? Math.max(from, now) + rules.defaultHours * hourMs;
  const before = params.person === undefined ? undefined : await house.store.people.get(params.person);
  const rights = rightsAsked(params, from, until);
  const faults = [
    ...whoFaults(house, params, before, now),
    ...rights.flatMap(([right, at]) => rightFaults(site, right, at).map((fault) => ({ ...fault, path: at }))),
    ...timeFaults(from, until, now, rules.maxDays),
  ];
  const hasCard = params.card !== undefined || params.code;
  if (hasCard && !may(operator, "credentials.write"))
    return refused("forbidden", `${operator.role}s may not give credentials`);
  const card = params.card === undefined ? undefined : parseCardValue(params.card, cardFormatsOf(house));
  if (card && "fault" in card) faults.push({ path: "card", message: card.fault });
  if (faults.length > 0) return refused("invalid", faults[0]?.message ?? "this is no visit", faults);

  const person = params.person ?? newVisitorId(house);
  const tenant = house.store.people.person(params.host)?.tenant ?? "";
  const row = visitorRow(
    person,
    params,
    before ?? { tenant },
    rights.map(([right]) => right),
    { from, until },
  );
  const code = params.code ? newCode(house) : undefined;
  const values = [
    ...(card && "value" in card ? [card.value] : []),
    ...(code === undefined ? [] : [`code:${code}`]),
  ];
  const handedIn = await returnedBy(house, values, now);
  const credentials = values.map((value): CredentialInput => {
    const known = before?.credentials.find((each) => each.value === value);
    return {
      id: known?.id ?? newCredentialId(),
      person,
      status: "active",
      value,
      ...(params.printed !== undefined && !value.startsWith("code:") ? { printed: params.printed } : {}),
      validFrom: from,
      validUntil: until,
      ...(params.uses === undefined ? {} : { maxUses: params.uses }),
    };
  });
  const about = { person, ...(params.note === undefined ? {} : { why: params.note }) };
  const change = { people: [row], credentials: [...handedIn, ...credentials] };
  const trouble = await writePeople(house, operator, change, "visitor expected", about);
  if (trouble) return trouble;
  for (const value of values) house.engine.unknownCards.forget(value);
  const written = await house.store.people.get(person);
  return written
    ? done({ person: shownPerson(house, written, operator), ...(code === undefined ? {} : { code }) })
    : unknownPerson(person);
}

function visitorRow(
  person: string,
  params: AddParams,
  before: Pick<PersonRow, "tenant"> & Partial<PersonRow>,
  temporary: readonly TemporaryRight[],
  { from, until }: { readonly from: number; readonly until: number },
): PersonInput {
  const worksFor = params.company ?? before.company;
  return {
    id: person,
    name: params.name ?? before.name ?? person,
    tenant: before.tenant,
    groups: [],
    status: "active",
    validFrom: from,
    validUntil: until,
    traits: params.escort ? ["needs-escort", "visitor"] : ["visitor"],
    host: params.host,
    ...(worksFor === undefined ? {} : { company: worksFor }),
    ...(temporary.length > 0 ? { temporary } : {}),
  };
}

function rightsAsked(
  { groups, doors, areas }: AddParams,
  from: number,
  until: number,
): readonly (readonly [TemporaryRight, string])[] {
  return [
    ...groups.map((group, i) => [rightOf({ group, from, until }), `groups[${i}]`] as const),
    ...doors.map((door, i) => [rightOf({ door, from, until }), `doors[${i}]`] as const),
    ...areas.map((area, i) => [rightOf({ area, from, until }), `areas[${i}]`] as const),
  ];
}

function whoFaults(
  house: HouseParts,
  { person, name, host, groups, doors, areas }: AddParams,
  before: PersonRow | undefined,
  now: number,
): Fault[] {
  const faults: Fault[] = [];
  if (person !== undefined && !before)
    faults.push({ path: "person", message: `there is no person "${person}"` });
  else if (before && !hasTrait(before, "visitor"))
    faults.push({ path: "person", message: `${person} is no visitor` });
  else if (before?.status === "blocked")
    faults.push({ path: "person", message: `${person} is blocked: unblock them first` });
  if (!before && name === undefined) faults.push({ path: "name", message: "is missing" });
  const host_ = house.store.people.person(host);
  if (!host_) faults.push({ path: "host", message: `there is no person "${host}"` });
  else if (hasTrait(host_, "visitor")) faults.push({ path: "host", message: "a visitor cannot be visited" });
  else if (host_.status !== "active" || (host_.validUntil ?? now + 1) <= now)
    faults.push({ path: "host", message: `${host} is not let in any more` });
  if (groups.length + doors.length + areas.length > mostPlaces)
    faults.push({ path: "groups", message: `at most ${mostPlaces} groups, doors and areas together` });
  return faults;
}

function timeFaults(from: number, until: number, now: number, maxDays: number): Fault[] {
  if (until <= Math.max(from, now))
    return [{ path: "until", message: "must be later than now and than from" }];
  if (until - Math.max(from, now) > maxDays * 24 * hourMs)
    return [{ path: "until", message: `a visit may last ${maxDays} days here` }];
  return [];
}

/** Cards that shall be given and are still with visitors whose time is over. */
async function returnedBy(
  house: HouseParts,
  values: readonly string[],
  now: number,
): Promise<readonly CredentialInput[]> {
  return values.flatMap((value): CredentialInput[] => {
    const holder = house.store.people.find([value]);
    const row = holder === undefined ? undefined : house.store.people.credentialRow(holder);
    const person = row && house.store.people.person(row.person);
    if (row?.status !== "active" || !hasTrait(person, "visitor") || (person?.validUntil ?? now + 1) > now)
      return [];
    const { version: _, ...kept } = row;
    return [{ ...kept, status: "returned" }];
  });
}

function newVisitorId(house: HouseParts): string {
  const digits = "0123456789abcdefghijklmnopqrstuvwxyz";
  for (;;) {
    const made = `visitor-${Array.from({ length: 8 }, () => digits[randomInt(36)]).join("")}`;
    if (!house.store.people.person(made)) return made;
  }
}

/** Nobody else's, and none that a PIN or a code already is. */
function newCode(house: HouseParts): string {
  for (;;) {
    const code = String(randomInt(10_000_000, 100_000_000));
    const taken = house.store.people.find([`code:${code}`]) ?? house.pins.owner(code)?.credential;
    if (taken === undefined) return code;
  }
}

// --------------------------------------------------------------------------------------------------------------- to go

/** What ends a visit: no rights, no cards, and the time is over. */
export function endOf(
  { credentials, version: _, ...row }: PersonRow,
  now: number,
): { readonly people: readonly PersonInput[]; readonly credentials: readonly CredentialInput[] } {
  const { temporary: __, ...rest } = row;
  const over = Math.min(row.validUntil ?? now, now);
  const begun = row.validFrom === undefined || row.validFrom < over;
  return {
    people: [{ ...rest, ...(begun ? {} : { validFrom: over - 1 }), validUntil: over }],
    credentials: credentials
      .filter(({ status }) => status === "active")
      .map(({ version: ___, ...card }) => ({ ...card, status: "returned" as const })),
  };
}
