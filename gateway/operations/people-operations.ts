import { z } from "zod";
import { parseCardValue } from "../cards/canonical.js";
import { outlook } from "../core/access/outlook.js";
import { denialReasons } from "../core/reasons.js";
import { kindOfValue } from "../store/extras.js";
import type { PersonInput } from "../store/people-types.js";
import type { HouseParts } from "./house-parts.js";
import { id, instant, note } from "./ids.js";
import { done, operation, refused } from "./operation.js";
import { cardFormatsOf } from "./people-rows.js";
import { iso, shownPerson, unknownPerson, writePeople } from "./people-writing.js";
import { extrasFields, extrasOf, rightFaults, rightOf } from "./person-extras.js";

const groups = z.array(id).max(100);

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
      const card = parseCardValue(search, cardFormatsOf(house));
      const page = await house.store.people.search(
        { text: search, limit, ...(after === undefined ? {} : { after }) },
        "value" in card ? [card.value] : [],
      );
      return done({
        people: page.people.map((row) => shownPerson(house, row, operator)),
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
      return row ? done({ person: shownPerson(house, row, operator) }) : unknownPerson(person);
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
      tenant: id.optional().describe("One of the site's; absent: as it is, of somebody new the first."),
      validFrom: instant.nullish().describe("null: without a beginning."),
      validUntil: instant.nullish().describe("null: without an end."),
      ...extrasFields,
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
      if (params.tenant !== undefined && !house.engine.active?.site.tenants.has(params.tenant)) {
        const message = `there is no tenant "${params.tenant}"`;
        return refused("invalid", message, [{ path: "tenant", message }]);
      }
      const wrong = (params.temporary ?? []).flatMap((right, i) =>
        rightFaults(house.engine.active?.site, rightOf(right), `temporary[${i}]`),
      );
      if (wrong.length > 0) return refused("invalid", "a right names what the site does not have", wrong);
      const row: PersonInput = {
        id: params.person,
        name,
        tenant: params.tenant ?? before?.tenant ?? firstTenant(house),
        groups: params.groups ?? before?.groups ?? [],
        status: before?.status ?? "active",
        ...bound("validFrom", params.validFrom, before?.validFrom),
        ...bound("validUntil", params.validUntil, before?.validUntil),
        ...extrasOf(before, params),
      };
      const trouble = await writePeople(
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
      return now ? done({ person: shownPerson(house, now, operator) }) : unknownPerson(params.person);
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
      const trouble = await writePeople(
        house,
        operator,
        { people: [{ ...row, status }] },
        `person ${status}`,
        {
          person: params.person,
          ...(params.note === undefined ? {} : { why: params.note }),
        },
      );
      return trouble ?? done({ person: params.person, status });
    },
  }),
  operation({
    name: "person.access",
    permission: "people.read",
    acts: false,
    params: z.strictObject({ person: id }),
    run: async (house, _operator, params) => {
      const site = house.engine.active?.site;
      const row = await house.store.people.get(params.person);
      if (!row || !site) return unknownPerson(params.person);
      const cards = row.credentials.filter(({ value }) => kindOfValue(value) !== "pin");
      const first = (cards.length > 0 ? cards : row.credentials).find(({ status }) => status === "active");
      const card = house.store.people.credential((first ?? cards[0])?.id ?? "");
      const doors = outlook(site, house.engine.state, house.clock.now(), row, card, house.store.people);
      return done({
        doors: doors.map(({ door, now, until, from, reason, with: company }) => ({
          door: door.id,
          name: door.name,
          now,
          until: iso(until),
          from: iso(from),
          why:
            reason === undefined
              ? company === undefined
                ? null
                : denialReasons[company].text
              : row.credentials.length === 0
                ? "has no card"
                : denialReasons[reason].text,
        })),
      });
    },
  }),
];

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
