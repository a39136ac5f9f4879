import { z } from "zod";
import { activeSite, documentOf, readSite } from "../building.js";
import type { Fault, Operator, Performed } from "../ports.js";
import { diffSites } from "../site/diff.js";
import type { SiteDocument } from "../site/document.js";
import type { HouseParts } from "./house-parts.js";
import { note } from "./ids.js";
import { done, operation, refused } from "./operation.js";

const document = z
  .unknown()
  .describe("The site document as plain JSON; config/schema/site.schema.json is its form.");

export function currentDocument({ engine }: Pick<HouseParts, "engine">): SiteDocument | undefined {
  const active = engine.active?.site;
  return active && documentOf(active);
}

export interface Prepared {
  readonly document: SiteDocument;
  readonly changes: readonly string[];
  readonly faults: readonly Fault[];
}

/** A large site takes some ten milliseconds to read, and as long for the rest: doors are answered in between. */
function doorsFirst(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

/** Everything that can be said of a document without putting it in force. */
export async function prepare(house: HouseParts, raw: unknown): Promise<Prepared | readonly Fault[]> {
  await doorsFirst();
  const read = readSite(raw, house.siteChecks);
  await doorsFirst();
  if (!read.ok) return read.faults;
  const active = house.engine.active?.site;
  const changes = diffSites(currentDocument(house), read.document);
  await doorsFirst();
  const next = activeSite(read.document, (active?.revision ?? 0) + 1, house.clock.now());
  const faults = [...house.engine.obstacles(next), ...groupFaults(house, read.document)];
  return { document: read.document, changes, faults };
}

/** Groups that people are in cannot go: they would lose what they may without anybody having said so. */
function groupFaults(house: HouseParts, next: SiteDocument): Fault[] {
  const kept = new Set((next.groups ?? []).map((group) => group.id));
  return [...house.store.people.groupsInUse()]
    .filter(([group]) => !kept.has(group))
    .map(([group, people]) => ({
      path: "groups",
      message: `group "${group}" is gone, but ${people} ${people === 1 ? "person is" : "people are"} in it`,
    }));
}

export function isFaults(prepared: Prepared | readonly Fault[]): prepared is readonly Fault[] {
  return Array.isArray(prepared);
}

export const faulty = (faults: readonly Fault[]): Performed =>
  refused("invalid", `the site document has ${faults.length} fault${faults.length === 1 ? "" : "s"}`, faults);

export async function putInForce(
  house: HouseParts,
  operator: Operator,
  prepared: Prepared,
  why: string | undefined,
): Promise<Performed> {
  const revision = (house.engine.active?.site.revision ?? 0) + 1;
  const now = house.clock.now();
  await doorsFirst();
  await house.store.sites.save(revision, prepared.document, operator.actor, why, now);
  const outcome = house.engine.activate(activeSite(prepared.document, revision, now), operator.actor, why);
  if (!("durable" in outcome))
    return refused("conflict", "the building does not allow this change now", outcome);
  await outcome.durable;
  return done({ revision, changes: prepared.changes });
}

async function change(
  house: HouseParts,
  operator: Operator,
  raw: unknown,
  why: string | undefined,
  dryRun: boolean,
): Promise<Performed> {
  const prepared = await prepare(house, raw);
  if (isFaults(prepared)) return faulty(prepared);
  const { changes, faults } = prepared;
  if (faults.length > 0) return refused("conflict", "the building does not allow this change now", faults);
  const revision = house.engine.active?.site.revision ?? 0;
  if (dryRun) return done({ dryRun: true, revision, changes });
  if (changes.length === 0 && revision > 0) return done({ revision, changes });
  return putInForce(house, operator, prepared, why);
}

export const siteOperations = [
  operation({
    name: "site.export",
    permission: "site.read",
    acts: false,
    params: z.strictObject({ revision: z.int().min(1).optional() }),
    run: async (house, _operator, { revision }) => {
      const wanted = revision ?? house.engine.active?.site.revision;
      if (wanted === undefined) return refused("not-found", "no site has been imported yet");
      const kept = await house.store.sites.get(wanted);
      if (!kept) return refused("not-found", `there is no revision ${wanted}`);
      return done({ revision: wanted, document: kept.document });
    },
  }),
  operation({
    name: "site.check",
    permission: "site.read",
    acts: false,
    params: z.strictObject({ document }),
    run: async (house, _operator, params) => {
      const prepared = await prepare(house, params.document);
      return isFaults(prepared)
        ? done({ ok: false, faults: prepared, changes: [] })
        : done({
            ok: prepared.faults.length === 0,
            faults: prepared.faults,
            changes: prepared.changes,
          });
    },
  }),
  operation({
    name: "site.import",
    permission: "site.write",
    acts: true,
    params: z.strictObject({ document, note: note.optional(), dryRun: z.boolean().default(false) }),
    run: (house, operator, params) =>
      house.changeSite(() => change(house, operator, params.document, params.note, params.dryRun)),
  }),
  operation({
    name: "site.history",
    permission: "site.read",
    acts: false,
    params: z.strictObject({}),
    run: async (house) =>
      done({
        current: house.engine.active?.site.revision ?? null,
        revisions: (await house.store.sites.list())
          .filter((revision) => revision.inForce)
          .map(({ revision, by, note, at }) => ({
            revision,
            by: `${by.kind} ${by.id}`,
            note: note ?? null,
            at: new Date(at).toISOString(),
          })),
      }),
  }),
  operation({
    name: "site.rollback",
    permission: "site.write",
    acts: true,
    params: z.strictObject({
      revision: z.int().min(1),
      note: note.optional(),
      dryRun: z.boolean().default(false),
    }),
    run: (house, operator, params) =>
      house.changeSite(async () => {
        const kept = await house.store.sites.get(params.revision);
        if (!kept?.inForce) return refused("not-found", `there is no revision ${params.revision}`);
        const why = params.note ?? `back to revision ${params.revision}`;
        return change(house, operator, kept.document, why, params.dryRun);
      }),
  }),
];
