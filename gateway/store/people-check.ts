/** What must hold over all rows together: ids are unique, references resolve, no two active credentials have one value. */
import type { CredentialRow, Fault } from "../ports.js";
import { longestTextBytes } from "./card-index.js";
import { kindOfValue, longestExtra, personExtraText } from "./extras.js";
import type { CredentialInput, PeopleChange, PersonInput } from "./people-types.js";
import { isActive } from "./people-types.js";

/** The rows as they will be when everything written so far is on disk. */
export interface LatestRows {
  hasPerson(id: string): boolean;
  credential(id: string): CredentialRow | undefined;
  /** Active credentials that have this value. */
  activeWith(value: string): readonly string[];
}

const idShape = /^[a-z0-9][a-z0-9-]{0,62}$/;
const idRule = "must be lower-case letters, digits and -, at most 63, and start with a letter or digit";
const longestName = 200;

/** Every fault of a change, each with its place; none: it may be written. */
export function checkChange(change: PeopleChange, latest: LatestRows): Fault[] {
  const people = change.people ?? [];
  const credentials = change.credentials ?? [];
  const newPeople = new Map(people.map((row, i) => [row.id, i]));
  const newCredentials = new Map(credentials.map((row, i) => [row.id, i]));
  const active = new Map<string, number>();
  credentials.forEach((row, i) => {
    if (isActive(row.status) && newCredentials.get(row.id) === i && !active.has(row.value)) {
      active.set(row.value, i);
    }
  });
  return [
    ...people.flatMap((row, i) => personFaults(row, i, newPeople, newCredentials, latest)),
    ...credentials.flatMap((row, i) => [
      ...credentialFaults(row, i, newPeople, newCredentials, latest),
      ...valueFaults(row, i, active, credentials, newCredentials, latest),
    ]),
  ];
}

function personFaults(
  row: PersonInput,
  i: number,
  newPeople: ReadonlyMap<string, number>,
  newCredentials: ReadonlyMap<string, number>,
  latest: LatestRows,
): Fault[] {
  const at = `people[${i}]`;
  const faults: Fault[] = [];
  if (!idShape.test(row.id)) faults.push({ path: `${at}.id`, message: idRule });
  else if (newPeople.get(row.id) !== i) {
    faults.push({ path: `${at}.id`, message: `person "${row.id}" is in it twice` });
  } else if (newCredentials.has(row.id) || latest.credential(row.id)) {
    faults.push({ path: `${at}.id`, message: `"${row.id}" is the id of a credential` });
  }
  if (row.name.trim() === "" || row.name.length > longestName) {
    faults.push({ path: `${at}.name`, message: `must have 1 to ${longestName} characters` });
  }
  return [...faults, ...validityFaults(row, at), ...extraFaults(row, at, newPeople, latest)];
}

function extraFaults(
  row: PersonInput,
  at: string,
  newPeople: ReadonlyMap<string, number>,
  latest: LatestRows,
): Fault[] {
  const faults: Fault[] = [];
  const { temporary = [] } = row;
  for (const field of ["host", "sponsor"] as const) {
    const named = row[field];
    if (named === row.id) faults.push({ path: `${at}.${field}`, message: "nobody is here for himself" });
    else if (named !== undefined && !newPeople.has(named) && !latest.hasPerson(named)) {
      faults.push({ path: `${at}.${field}`, message: `there is no person "${named}"` });
    }
  }
  temporary.forEach(({ from, until }, i) => {
    if (from < until) return;
    faults.push({ path: `${at}.temporary[${i}].until`, message: "must be later than from" });
  });
  if (Buffer.byteLength(personExtraText(row) ?? "") > longestExtra) {
    faults.push({ path: at, message: "has more trainings and rights for a time than can be kept" });
  }
  return faults;
}

function credentialFaults(
  row: CredentialInput,
  i: number,
  newPeople: ReadonlyMap<string, number>,
  newCredentials: ReadonlyMap<string, number>,
  latest: LatestRows,
): Fault[] {
  const at = `credentials[${i}]`;
  const faults: Fault[] = [];
  if (!idShape.test(row.id)) faults.push({ path: `${at}.id`, message: idRule });
  else if (newCredentials.get(row.id) !== i) {
    faults.push({ path: `${at}.id`, message: `credential "${row.id}" is in it twice` });
  } else if (newPeople.has(row.id) || latest.hasPerson(row.id)) {
    faults.push({ path: `${at}.id`, message: `"${row.id}" is the id of a person` });
  }
  if (!newPeople.has(row.person) && !latest.hasPerson(row.person)) {
    faults.push({ path: `${at}.person`, message: `there is no person "${row.person}"` });
  }
  if (row.printed !== undefined && Buffer.byteLength(row.printed) > longestTextBytes) {
    faults.push({ path: `${at}.printed`, message: `is longer than ${longestTextBytes} bytes` });
  }
  return [...faults, ...validityFaults(row, at)];
}

/** Says whose the value is, never the value. */
function valueFaults(
  row: CredentialInput,
  i: number,
  active: ReadonlyMap<string, number>,
  credentials: readonly CredentialInput[],
  newCredentials: ReadonlyMap<string, number>,
  latest: LatestRows,
): Fault[] {
  const path = `credentials[${i}].value`;
  if (row.value === "" || Buffer.byteLength(row.value) > longestTextBytes) {
    return [{ path, message: `must have 1 to ${longestTextBytes} bytes` }];
  }
  if (!isActive(row.status)) return [];
  const first = active.get(row.value);
  const twin = first === undefined || first === i ? undefined : credentials[first];
  if (twin && twin.id !== row.id) {
    return [
      {
        path,
        message: `is also that of credential "${twin.id}" (credentials[${first}]), and both are active`,
      },
    ];
  }
  // Whose a PIN is, is not said even to who may give out cards.
  if (kindOfValue(row.value) === "pin") {
    const taken = latest.activeWith(row.value).some((id) => id !== row.id && !newCredentials.has(id));
    return taken ? [{ path, message: "cannot be taken" }] : [];
  }
  const holder = latest.activeWith(row.value).find((id) => id !== row.id && !newCredentials.has(id));
  if (holder === undefined) return [];
  const person = latest.credential(holder)?.person;
  return [{ path, message: `is already that of active credential "${holder}" of person "${person}"` }];
}

function validityFaults(
  row: { readonly validFrom?: number; readonly validUntil?: number },
  at: string,
): Fault[] {
  if (row.validFrom === undefined || row.validUntil === undefined || row.validFrom < row.validUntil)
    return [];
  return [{ path: `${at}.validUntil`, message: "must be later than validFrom" }];
}
