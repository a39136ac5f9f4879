import { z } from "zod";
import { may } from "../accounts/permissions.js";
import type { Operator, Performed } from "../ports.js";
import type { HouseParts } from "./house-parts.js";
import { id, note } from "./ids.js";
import { type ImportView, isView, type NotNow } from "./import-desk.js";
import { done, operation, refused } from "./operation.js";
import { type ImportRow, importRow, rowsToChange } from "./people-rows.js";

export const importOperations = [
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
  operation({
    name: "people.import.begin",
    permission: "people.write",
    acts: true,
    params: z.strictObject({
      name: z
        .string()
        .min(1)
        .max(200)
        .refine((text) => !/\p{Cc}/u.test(text), "must not contain control characters")
        .default("people.csv")
        .describe("What the list is called."),
      bytes: z.int().min(0).optional().describe("How long it is, for whoever watches."),
      note: note.optional(),
    }),
    run: async ({ imports }, operator, { name, bytes, note: why }) =>
      told(await imports.begin(operator.actor, name, bytes, why)),
  }),
  operation({
    name: "people.import.content",
    permission: "people.write",
    acts: true,
    params: z.strictObject({
      import: id,
      offset: z.int().min(0).describe("Where the piece begins: where the one before ended."),
      data: z
        .union([z.base64().max(8 * 1024 * 1024), z.instanceof(Uint8Array)])
        .describe("The piece, in base64."),
    }),
    run: async ({ imports }, _operator, { import: job, offset, data }) =>
      told(await imports.content(job, offset, typeof data === "string" ? Buffer.from(data, "base64") : data)),
  }),
  operation({
    name: "people.import.check",
    permission: "people.write",
    acts: true,
    params: z.strictObject({ import: id }),
    run: async ({ imports }, _operator, params) => told(await imports.check(params.import)),
  }),
  operation({
    name: "people.import.get",
    permission: "people.write",
    acts: false,
    params: z.strictObject({ import: id }),
    run: async ({ imports }, _operator, params) => told(imports.get(params.import)),
  }),
  operation({
    name: "people.import.list",
    permission: "people.write",
    acts: false,
    params: z.strictObject({}),
    run: async ({ imports }) => done({ imports: imports.list() }),
  }),
  operation({
    name: "people.import.apply",
    permission: "people.write",
    acts: true,
    params: z.strictObject({ import: id }),
    run: async ({ imports }, operator, params) => {
      const job = imports.get(params.import);
      if (isView(job) && (job.summary?.credentials ?? 0) > 0 && !may(operator, "credentials.write")) {
        return refused("forbidden", `${operator.role}s may not give credentials`);
      }
      return told(imports.apply(params.import));
    },
  }),
  operation({
    name: "people.import.cancel",
    permission: "people.write",
    acts: true,
    params: z.strictObject({ import: id }),
    run: async ({ imports }, _operator, params) => told(await imports.cancel(params.import)),
  }),
];

function told(answer: ImportView | NotNow): Performed {
  return isView(answer) ? done(answer) : refused(answer.code, answer.message);
}

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
    data: { action: "a list was imported", rows: result.versions.size },
  }).durable;
  return done(summary);
}
