/** Rows of a list of people, as a CSV file or another system gives them, and what they mean for the rows that are kept. */
import { randomInt } from "node:crypto";
import { z } from "zod";
import { parseCardValue } from "../cards/canonical.js";
import type { CardFormat } from "../cards/formats.js";
import { credentialStatuses, traits } from "../core/people.js";
import type { Fault } from "../ports.js";
import { instantOf } from "../site/local-time.js";
import { personExtraText } from "../store/extras.js";
import type { CredentialInput, PeopleChange, PersonInput } from "../store/people-types.js";
import type { HouseParts } from "./house-parts.js";
import { id } from "./ids.js";
import { company, type ExtrasParams, extrasOf } from "./person-extras.js";

const day = z.string().min(1).max(40).describe("ISO 8601, or a date that is meant at the site.");

export const importRow = z.strictObject({
  person: id,
  name: z.string().min(1).max(200),
  groups: z.array(id).max(100).default([]),
  status: z.enum(["active", "blocked"]).default("active"),
  validFrom: day.optional(),
  validUntil: day.optional(),
  traits: z.array(z.enum(traits)).max(traits.length).nullish(),
  trainings: z.record(id, day).nullish(),
  host: id.nullish(),
  sponsor: id.nullish(),
  company: company.nullish(),
  inductedUntil: day.nullish(),
  credentials: z
    .array(
      z.strictObject({
        value: z.string().min(1).max(600),
        printed: z.string().min(1).max(64).optional(),
        status: z.enum(credentialStatuses).default("active"),
        maxUses: z.int().min(1).max(100_000).nullish(),
        responder: z.boolean().nullish(),
      }),
    )
    .max(50)
    .default([]),
});
export type ImportRow = z.infer<typeof importRow>;

type Read =
  | {
      readonly ok: true;
      readonly change: PeopleChange;
      readonly added: number;
      readonly changed: number;
      readonly unchanged: number;
      /** Faults of the change, with the places of the list. */
      placed(faults: readonly Fault[]): Fault[];
    }
  | { readonly ok: false; readonly faults: readonly Fault[] };

const mostFaults = 100;
/** Rows between two turns of the event loop: doors are answered while a long list is read. */
const rowsAtOnce = 500;

export function cardFormatsOf(house: HouseParts): readonly CardFormat[] {
  return house.engine.active?.cardFormats.all ?? [];
}

/** 12 characters of 36: short in a row, and none is ever given twice. */
export function newCredentialId(): string {
  const digits = "0123456789abcdefghijklmnopqrstuvwxyz";
  return `c${Array.from({ length: 12 }, () => digits[randomInt(36)]).join("")}`;
}

export async function rowsToChange(house: HouseParts, rows: readonly ImportRow[]): Promise<Read> {
  const site = house.engine.active?.site;
  if (!site)
    return {
      ok: false,
      faults: [{ path: "", message: "no site has been imported yet, so there are no groups" }],
    };
  const faults: Fault[] = [];
  const people: PersonInput[] = [];
  const credentials: CredentialInput[] = [];
  const placeOfCredential: string[] = [];
  const counts = { added: 0, changed: 0, unchanged: 0 };
  const [tenant = "main"] = site.tenants.keys();
  const formats = cardFormatsOf(house);

  for (const [index, row] of rows.entries()) {
    if (faults.length >= mostFaults) break;
    if (index % rowsAtOnce === rowsAtOnce - 1) await new Promise((resolve) => setImmediate(resolve));
    const at = `rows[${index}]`;
    const unknown = row.groups.find((group) => !site.groups.has(group));
    if (unknown !== undefined)
      faults.push({ path: `${at}.groups`, message: `there is no group "${unknown}"` });
    const before = house.store.people.person(row.person);
    const person: PersonInput = {
      id: row.person,
      name: row.name,
      tenant: before?.tenant ?? tenant,
      groups: row.groups,
      status: row.status,
      ...instantAt(row.validFrom, "from", `${at}.validFrom`, site.timeZone, faults),
      ...instantAt(row.validUntil, "until", `${at}.validUntil`, site.timeZone, faults),
      ...extrasOf(before, extrasSaid(row, at, site.timeZone, faults)),
    };
    people.push(person);
    let touched =
      !before || !sameRights(before, person) || house.store.people.nameOf(row.person) !== row.name;
    for (const [c, card] of row.credentials.entries()) {
      const read = parseCardValue(card.value, formats);
      if ("fault" in read) {
        faults.push({ path: `${at}.credentials[${c}].value`, message: read.fault });
        continue;
      }
      const credential = credentialOf(house, row.person, read.value, card);
      if (!credential) continue;
      touched = true;
      credentials.push(credential);
      placeOfCredential.push(`${at}.credentials[${c}]`);
    }
    counts[!before ? "added" : touched ? "changed" : "unchanged"]++;
  }
  if (faults.length > 0) return { ok: false, faults };
  return {
    ok: true,
    change: { people, credentials },
    ...counts,
    placed: (found) =>
      found.map(({ path, message }) => ({
        path: path
          .replace(/^people\[(\d+)\]/, "rows[$1]")
          .replace(
            /^credentials\[(\d+)\]/,
            (_, i: string) => placeOfCredential[Number(i)] ?? `credentials[${i}]`,
          ),
        message,
      })),
  };
}

/** What the row says of the extras, with its dates as instants. */
function extrasSaid(row: ImportRow, at: string, timeZone: string, faults: Fault[]): ExtrasParams {
  const until = (text: string, path: string): number =>
    instantAt(text, "until", `${at}.${path}`, timeZone, faults).validUntil ?? 0;
  const { traits: words, trainings, host, sponsor, inductedUntil } = row;
  return {
    ...(words === undefined ? {} : { traits: words ?? [] }),
    ...(trainings === undefined
      ? {}
      : {
          trainings: Object.fromEntries(
            Object.entries(trainings ?? {}).map(([id, text]) => [id, until(text, `trainings.${id}`)]),
          ),
        }),
    ...(host === undefined ? {} : { host }),
    ...(sponsor === undefined ? {} : { sponsor }),
    ...(inductedUntil === undefined
      ? {}
      : { inductedUntil: inductedUntil === null ? null : until(inductedUntil, "inductedUntil") }),
    ...(row.company === undefined ? {} : { company: row.company }),
  };
}

/** The row to write, or undefined if the person has this card already, just so. */
function credentialOf(
  house: HouseParts,
  person: string,
  value: string,
  card: ImportRow["credentials"][number],
): CredentialInput | undefined {
  const known = house.store.people.find([value]);
  const before = known === undefined ? undefined : house.store.people.credentialRow(known);
  const own = before?.person === person ? before : undefined;
  const { printed } = card;
  const maxUses = card.maxUses === undefined ? own?.maxUses : (card.maxUses ?? undefined);
  const responder = card.responder === undefined ? own?.responder === true : card.responder === true;
  if (
    own &&
    own.status === card.status &&
    (printed === undefined || own.printed === printed) &&
    own.maxUses === maxUses &&
    (own.responder === true) === responder
  )
    return undefined;
  return {
    id: own?.id ?? newCredentialId(),
    person,
    status: card.status,
    value,
    ...(printed === undefined ? (own?.printed === undefined ? {} : { printed: own.printed }) : { printed }),
    ...(own?.validFrom === undefined ? {} : { validFrom: own.validFrom }),
    ...(own?.validUntil === undefined ? {} : { validUntil: own.validUntil }),
    ...(maxUses === undefined ? {} : { maxUses }),
    ...(responder ? { responder } : {}),
  };
}

function instantAt(
  text: string | undefined,
  edge: "from" | "until",
  path: string,
  timeZone: string,
  faults: Fault[],
): { validFrom?: number; validUntil?: number } {
  if (text === undefined) return {};
  const at = instantOf(text, timeZone, edge);
  if (at === undefined) {
    faults.push({ path, message: `"${text}" is no date; write 2026-12-24 or 2026-12-24T17:00:00+01:00` });
    return {};
  }
  return edge === "from" ? { validFrom: at } : { validUntil: at };
}

function sameRights(a: Omit<PersonInput, "name">, b: PersonInput): boolean {
  return (
    a.status === b.status &&
    a.validFrom === b.validFrom &&
    a.validUntil === b.validUntil &&
    a.groups.length === b.groups.length &&
    a.groups.every((group) => b.groups.includes(group)) &&
    personExtraText(a) === personExtraText(b)
  );
}
