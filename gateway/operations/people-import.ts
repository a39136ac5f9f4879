import { z } from "zod";
import { may } from "../accounts/permissions.js";
import type { Operator, Performed } from "../ports.js";
import type { HouseParts } from "./house-parts.js";
import { note } from "./ids.js";
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
    data: { action: "a list was imported", rows: result.versions.size },
  }).durable;
  return done(summary);
}
