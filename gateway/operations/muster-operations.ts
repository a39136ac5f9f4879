import { z } from "zod";
import { may } from "../accounts/permissions.js";
import type { MusterPerson } from "../core/muster.js";
import type { Operator } from "../ports.js";
import { ask } from "./door-operations.js";
import type { HouseParts } from "./house-parts.js";
import { id, note } from "./ids.js";
import { done, operation, refused } from "./operation.js";

const iso = (at: number): string => new Date(at).toISOString();

function shownPerson(house: HouseParts, operator: Operator, listed: MusterPerson) {
  const { person, area, how, since, door, visitor, safe } = listed;
  return {
    person,
    name: may(operator, "names.read") ? house.names("person", person) : person,
    area,
    areaName: area === null ? null : house.names("area", area),
    how,
    since: iso(since),
    door,
    visitor,
    safe: safe && { at: iso(safe.at), by: safe.by },
  };
}

/** The list as it is printed: first who is missing, then by place and name. */
function shownList(house: HouseParts, operator: Operator) {
  const view = house.engine.muster();
  if (!view) return undefined;
  const { muster } = view;
  const people = view.people.map((listed) => shownPerson(house, operator, listed));
  const order = (each: (typeof people)[number]): string =>
    `${each.safe ? 1 : 0} ${each.areaName ?? ""} ${each.how} ${each.name}`;
  people.sort((a, b) => (order(a) < order(b) ? -1 : 1));
  return {
    at: iso(view.at),
    muster: muster ? { since: iso(muster.since), by: muster.by, areas: muster.areas ?? null } : null,
    counts: view.counts,
    people,
    unnamed: view.unnamed.map((each) => ({ ...each, name: house.names("door", each.door) })),
  };
}

export const musterOperations = [
  operation({
    name: "muster.list",
    permission: "muster.read",
    acts: false,
    params: z.strictObject({
      skip: z.int().min(0).optional().describe("So many of the list's beginning are known already."),
      limit: z.int().min(1).optional().describe("At most so many of it; absent: all, over MQTT 100."),
    }),
    run: async (house, operator, { skip = 0, limit = Number.POSITIVE_INFINITY }) => {
      const list = shownList(house, operator);
      if (!list) return refused("unavailable", "no site has been imported yet");
      const people = list.people.slice(skip, skip + limit);
      return done({ ...list, people, more: list.people.length - skip - people.length });
    },
  }),
  operation({
    name: "muster.start",
    permission: "muster.run",
    acts: true,
    params: z.object({
      areas: z.array(id).min(1).max(100).optional().describe("Absent: the whole building."),
      note: note.optional(),
    }),
    run: (house, operator, { areas, note: why }) =>
      ask(house, operator, { op: "muster.start", ...(areas ? { areas } : {}) }, why),
  }),
  operation({
    name: "muster.safe",
    permission: "muster.run",
    acts: true,
    params: z.object({
      person: id,
      safe: z.boolean().optional().describe("false: it was said by mistake, the person is sought again"),
      note: note.optional(),
    }),
    run: (house, operator, { person, safe, note: why }) =>
      ask(house, operator, { op: "muster.safe", person, ...(safe === undefined ? {} : { safe }) }, why),
  }),
  operation({
    name: "muster.end",
    permission: "muster.run",
    acts: true,
    params: z.object({ note: note.optional() }),
    run: (house, operator, { note: why }) => ask(house, operator, { op: "muster.end" }, why),
  }),
  operation({
    name: "clock.trust",
    permission: "clock.trust",
    acts: true,
    params: z.object({ note: note.optional() }),
    run: (house, operator, { note: why }) => ask(house, operator, { op: "clock.trust" }, why),
  }),
];
