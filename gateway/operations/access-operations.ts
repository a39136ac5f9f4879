/** Who may open what, as a page shows and changes it. */
import { z } from "zod";
import { activeSite } from "../building.js";
import type { Fault, Operator, Performed } from "../ports.js";
import { changeWords } from "../site/change-words.js";
import { type Changed, changedSite, type SiteChange, siteChanges } from "../site/changes.js";
import { parseSite, type SiteDocument } from "../site/document.js";
import { siteEffects } from "../site/effects.js";
import type { HouseParts } from "./house-parts.js";
import { id, note } from "./ids.js";
import { done, operation, refused } from "./operation.js";
import { currentDocument, faulty, isFaults, prepare, putInForce } from "./site-operations.js";

interface Asked {
  readonly base: number;
  readonly changes: readonly SiteChange[];
  readonly why: string | undefined;
  readonly dryRun: boolean;
}

async function documentAt(house: HouseParts, revision: number): Promise<SiteDocument | undefined> {
  const kept = await house.store.sites.get(revision);
  const parsed = parseSite(kept?.document);
  return parsed.ok ? parsed.document : undefined;
}

function effectsOf(house: HouseParts, before: SiteDocument, after: SiteDocument) {
  const revision = house.engine.active?.site.revision ?? 0;
  const now = house.clock.now();
  const { groups, free } = siteEffects(
    activeSite(before, revision, now).site,
    activeSite(after, revision + 1, now).site,
  );
  const people = house.store.people.groupsInUse();
  return { groups: groups.map((each) => ({ ...each, people: people.get(each.group) ?? 0 })), free };
}

/** Faults carry the place in the whole document; whoever made a small change sees what they say. */
async function change(house: HouseParts, operator: Operator, asked: Asked): Promise<Performed> {
  const current = currentDocument(house);
  const revision = house.engine.active?.site.revision;
  if (!current || revision === undefined) return refused("unavailable", "no site has been imported yet");
  const base = asked.base === revision ? current : await documentAt(house, asked.base);
  if (!base) return refused("not-found", `there is no revision ${asked.base}`);
  const { language = "en" } = operator;
  const made = changedSite(base, current, asked.changes, language);
  if (!isChanged(made)) return refused("conflict", changeWords[language].lookAnew, made);
  const prepared = await prepare(house, made.document);
  if (isFaults(prepared)) return faulty(prepared);
  if (prepared.faults.length > 0) return refused("conflict", changeWords[language].notNow, prepared.faults);
  const { changes } = prepared;
  const told = { changes, effects: effectsOf(house, current, prepared.document), undo: made.undo };
  if (asked.dryRun) return done({ dryRun: true, revision, ...told });
  if (changes.length === 0) return done({ revision, ...told });
  const put = await putInForce(house, operator, prepared, asked.why);
  return put.ok ? done({ ...told, ...(put.result as { readonly revision: number }) }) : put;
}

function isChanged(made: Changed | readonly Fault[]): made is Changed {
  return !Array.isArray(made);
}

export const accessOperations = [
  operation({
    name: "site.change",
    permission: "site.write",
    acts: true,
    params: z.strictObject({
      base: z.int().min(1).describe("The revision that the changes were made on."),
      changes: siteChanges,
      note: note.optional(),
      dryRun: z.boolean().default(false),
    }),
    run: (house, operator, { base, changes, note: why, dryRun }) =>
      house.changeSite(() => change(house, operator, { base, changes, why, dryRun })),
  }),
  operation({
    name: "access.show",
    permission: "site.read",
    acts: false,
    params: z.strictObject({}),
    run: async (house) => {
      const document = currentDocument(house);
      const revision = house.engine.active?.site.revision;
      if (!document || revision === undefined) return refused("unavailable", "no site has been imported yet");
      const { groups = [], schedules = [], holidays = [], holidayTypes = [], doorGroups = [] } = document;
      return done({
        revision,
        groups,
        schedules,
        holidays,
        holidayTypes,
        doorGroups,
        threatLevels: document.threatLevels ?? [],
        areas: document.areas.map(({ id: area, name, parent, outside, passback, occupancy, escort }) => ({
          id: area,
          name,
          parent: parent ?? null,
          outside: outside === true,
          passback: passback ?? null,
          occupancy: occupancy ?? null,
          escort: escort === true,
        })),
        doors: document.doors.map(({ id: door, name, from, to, freeSchedule }) => ({
          id: door,
          name,
          from,
          to,
          freeSchedule: freeSchedule ?? null,
        })),
        sensors: (document.sensors ?? []).map(({ id: sensor, name }) => ({ id: sensor, name })),
        partitions: (document.partitions ?? []).map(({ id: partition, name }) => ({ id: partition, name })),
        opens: opensOf(house),
        people: Object.fromEntries(house.store.people.groupsInUse()),
      });
    },
  }),
  operation({
    name: "group.people",
    permission: "people.read",
    acts: false,
    params: z.strictObject({
      group: id,
      limit: z.int().min(1).max(500).default(50),
      after: z.string().max(500).optional(),
    }),
    run: async (house, _operator, { group, limit, after }) => {
      if (!house.engine.active?.site.groups.has(group))
        return refused("not-found", `there is no group "${group}"`);
      const { people, next } = await house.store.people.inGroup(group, limit, after);
      return done({ people, total: house.store.people.groupsInUse().get(group) ?? 0, next: next ?? null });
    },
  }),
];

/** By group, the doors that it names in one way or another: areas and door groups followed. */
function opensOf(house: HouseParts): Record<string, readonly string[]> {
  const groups = house.engine.active?.site.groups.values() ?? [];
  return Object.fromEntries(
    [...groups].map(({ id: group, doors, lines }) => [
      group,
      [...new Set([...doors.keys(), ...(lines?.keys() ?? [])])].filter((door) =>
        house.engine.active?.site.doors.has(door),
      ),
    ]),
  );
}
