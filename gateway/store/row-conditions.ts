/** A filter, taken apart: what is answered by sets, what by a list, and the same as conditions on a row. */
import { eventCategories } from "../core/events.js";
import type { Instant } from "../core/site.js";
import type { EventFilter } from "../ports.js";
import type { SqlValue } from "./database.js";
import type { SetField } from "./event-index.js";

/** A filter with more alternatives than this is a mistake. */
const mostAlternatives = 200;

export interface Ask {
  /** Each must hold; one of its values suffices. */
  readonly sets: readonly (readonly [SetField, readonly string[]])[];
  /** The condition whose events are few enough to be listed. */
  readonly listed: { readonly column: "person" | "credential"; readonly value: string } | undefined;
  /** Besides the listed one. */
  readonly person: string | undefined;
  readonly timed: boolean;
  readonly from: Instant;
  readonly until: Instant;
}

/** undefined: nothing can match. */
export function askOf(filter: EventFilter): Ask | undefined {
  // The most telling first: where it finds nothing, the others need not be looked at.
  const wanted: Readonly<Record<SetField, readonly string[] | undefined>> = {
    sensor: one(filter.sensor),
    reason: one(filter.reason),
    device: one(filter.device),
    door: one(filter.door),
    area: one(filter.area),
    type: some(filter.types),
    tenant: one(filter.tenant),
    severity: all(filter.severities, everySeverity) ? undefined : some(filter.severities),
    category: all(filter.categories, eventCategories) ? undefined : some(filter.categories),
  };
  const sets = (Object.entries(wanted) as [SetField, readonly string[] | undefined][]).flatMap(
    ([field, values]) => (values ? [[field, values] as const] : []),
  );
  const { from = Number.MIN_SAFE_INTEGER, until = Number.MAX_SAFE_INTEGER, person, credential } = filter;
  if (sets.some(([, values]) => values.length === 0) || from >= until) return undefined;
  return {
    sets,
    listed:
      credential !== undefined
        ? { column: "credential", value: credential }
        : person !== undefined
          ? { column: "person", value: person }
          : undefined,
    person: credential === undefined ? undefined : person,
    timed: filter.from !== undefined || filter.until !== undefined,
    from,
    until,
  };
}

/** Each as ` AND …`; a unary + keeps SQLite from choosing an index of its own. */
export function rowConditions(ask: Ask): { readonly text: string; readonly params: readonly SqlValue[] } {
  const params: SqlValue[] = [];
  let text = "";
  const add = (condition: string, ...values: readonly SqlValue[]): void => {
    text += ` AND ${condition}`;
    params.push(...values);
  };
  for (const [field, values] of ask.sets) {
    add(`+${field} IN (${values.map(() => "?").join(", ")})`, ...values);
  }
  if (ask.listed) add(`+${ask.listed.column} = ?`, ask.listed.value);
  if (ask.person !== undefined) add("+person = ?", ask.person);
  if (ask.timed) add("+at >= ? AND +at < ?", ask.from, ask.until);
  return { text, params };
}

const everySeverity = ["info", "notice", "warning", "critical"] as const;

function all<T extends string>(values: readonly T[] | undefined, every: readonly T[]): boolean {
  return values !== undefined && every.every((one) => values.includes(one));
}

function one(value: string | undefined): readonly string[] | undefined {
  return value === undefined ? undefined : [value];
}

function some(values: readonly string[] | undefined): readonly string[] | undefined {
  return values && [...new Set(values)].slice(0, mostAlternatives);
}
