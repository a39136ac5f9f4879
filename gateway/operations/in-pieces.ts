/** Many rows written piece by piece, so that doors are answered in between. */
import { setImmediate as nextTurn } from "node:timers/promises";
import type { PersonId } from "../core/people.js";
import type { Fault } from "../ports.js";
import type { Audit, CredentialInput, PeopleChange, PersonInput } from "../store/people-types.js";
import type { HouseParts } from "./house-parts.js";

/** People a piece, each with his badges: some milliseconds of work. */
const peopleAtOnce = 100;

export interface Watching {
  /** Nothing stands against any of it, and nothing is written yet. */
  checked?(): Promise<void>;
  /** A piece is in force: the ids of its people. */
  written(people: readonly PersonId[]): void;
}

export interface Put {
  /** By id of what was written: its version. */
  readonly versions: ReadonlyMap<string, number>;
  /** How many people's pieces are in force. */
  readonly people: number;
  /** What stopped it; what was written before stays. */
  readonly faults: readonly Fault[];
}

/**
 * Each piece is all or nothing, and in force once it is written; what takes rights away before. A fault in any of them that can be
 * seen beforehand keeps all of it from being written.
 */
export async function putInPieces(
  house: HouseParts,
  change: PeopleChange,
  audit: Audit,
  { checked, written }: Watching,
): Promise<Put> {
  const versions = new Map<string, number>();
  const pieces = piecesOf(change);
  let done = 0;
  const { people } = house.store;
  for (const piece of pieces) {
    const faults = people.check(piece);
    if (faults.length > 0) return { versions, people: 0, faults };
    await nextTurn();
  }
  await checked?.();
  for (const piece of pieces) {
    const result = await people.put(piece, audit);
    if (!result.ok) return { versions, people: done, faults: result.faults };
    for (const [id, version] of result.versions) versions.set(id, version);
    done += piece.people?.length ?? 0;
    written((piece.people ?? []).map(({ id }) => id));
    await nextTurn();
  }
  return { versions, people: done, faults: [] };
}

/** Everybody with his own badges; badges of others after them. */
function piecesOf({ people = [], credentials = [] }: PeopleChange): PeopleChange[] {
  const badges = new Map<string, CredentialInput[]>();
  for (const badge of credentials) {
    const own = badges.get(badge.person);
    if (own) own.push(badge);
    else badges.set(badge.person, [badge]);
  }
  const pieces: { people: PersonInput[]; credentials: CredentialInput[] }[] = [];
  const add = (person: PersonInput | undefined, own: readonly CredentialInput[]): void => {
    const last = pieces.at(-1);
    const piece = last && last.people.length + last.credentials.length < peopleAtOnce ? last : undefined;
    const into = piece ?? { people: [], credentials: [] };
    if (!piece) pieces.push(into);
    if (person) into.people.push(person);
    into.credentials.push(...own);
  };
  for (const person of people) {
    add(person, badges.get(person.id) ?? []);
    badges.delete(person.id);
  }
  for (const own of badges.values()) for (const badge of own) add(undefined, [badge]);
  return pieces;
}
