/**
 * Up to eight badges that open every door also when all else is lost. They are in a signed file of their own beside the database,
 * and count as a responder's: only a blocked badge (here: one that was removed) and an interlock refuse them.
 */
import { z } from "zod";
import type { Credential, Person } from "../core/people.js";
import type { Directory } from "../ports.js";
import { SignedFileRefused, type SignedFiles } from "./signed-file.js";

export const mostEmergencyBadges = 8;
export const badgesFile = "emergency-badges.json";

const badge = z.strictObject({
  /** `emergency-1` to `emergency-8`: person and credential at once. */
  id: z.string().regex(/^emergency-[1-8]$/),
  name: z.string().min(1).max(100),
  /** Canonical value, see `gateway/cards`. */
  value: z.string().min(1).max(600),
  addedAt: z.number(),
  addedBy: z.string(),
});
export type EmergencyBadge = z.infer<typeof badge>;

const contents = z.strictObject({ v: z.literal(1), badges: z.array(badge).max(mostEmergencyBadges) });

export class EmergencyBadges {
  readonly #files: SignedFiles;
  #badges: readonly EmergencyBadge[];
  /** Why the file cannot be believed; no badge of it is known then. */
  readonly refused: string | undefined;

  constructor(files: SignedFiles, badges: readonly EmergencyBadge[], refused: string | undefined) {
    this.#files = files;
    this.#badges = badges;
    this.refused = refused;
  }

  list(): readonly EmergencyBadge[] {
    return this.#badges;
  }

  /** The badge as it is kept now; undefined: all eight are given out. Throws where the file cannot be written. */
  add(name: string, value: string, addedBy: string, addedAt: number): EmergencyBadge | undefined {
    for (let n = 1; n <= mostEmergencyBadges; n++) {
      const id = `emergency-${n}`;
      if (this.#badges.some((other) => other.id === id)) continue;
      const added = { id, name, value, addedAt, addedBy };
      this.#keep([...this.#badges, added].sort((a, b) => (a.id < b.id ? -1 : 1)));
      return added;
    }
    return undefined;
  }

  remove(id: string): boolean {
    const left = this.#badges.filter((other) => other.id !== id);
    if (left.length === this.#badges.length) return false;
    this.#keep(left);
    return true;
  }

  nameOf(id: string): string | undefined {
    return this.#badges.find((other) => other.id === id)?.name;
  }

  find(values: readonly string[]): string | undefined {
    return this.#badges.find(({ value }) => values.includes(value))?.id;
  }

  has(id: string): boolean {
    return this.#badges.some((other) => other.id === id);
  }

  #keep(badges: readonly EmergencyBadge[]): void {
    this.#files.write(badgesFile, { v: 1, badges });
    this.#badges = badges;
  }
}

/** The badges of a data folder. A file that somebody changed gives none, and says why. */
export function openEmergencyBadges(files: SignedFiles): EmergencyBadges {
  try {
    const body = files.read(badgesFile);
    return new EmergencyBadges(files, body === undefined ? [] : contents.parse(body).badges, undefined);
  } catch (error) {
    const why = error instanceof SignedFileRefused ? error.message : `${badgesFile}: cannot be read`;
    return new EmergencyBadges(files, [], why);
  }
}

/** The rows of an emergency badge, the same for each, so that a replay needs no more than its id. */
export function emergencyRows(
  id: string,
): { readonly person: Person; readonly credential: Credential } | undefined {
  if (!/^emergency-[1-8]$/.test(id)) return undefined;
  return {
    person: { id, version: 1, tenant: "main", groups: [], status: "active", traits: ["passback-exempt"] },
    credential: { id, version: 1, person: id, status: "active", responder: true },
  };
}

/** The directory, and with it the badges of the file. */
export function withEmergencyBadges(directory: Directory, badges: EmergencyBadges): Directory {
  const rows = (id: string) => (badges.has(id) ? emergencyRows(id) : undefined);
  return {
    find: (values) => directory.find(values) ?? badges.find(values),
    person: (id) => rows(id)?.person ?? directory.person(id),
    credential: (id) => rows(id)?.credential ?? directory.credential(id),
    // Methods of the house's own: a directory without PINs answers that nobody has one.
    pin: (person, digits) => directory.pin?.(person, digits) ?? "none",
    byPin: (digits) => directory.byPin?.(digits),
    get people() {
      return directory.people;
    },
    get credentials() {
      return directory.credentials;
    },
  };
}
