import type { Credential, Person } from "../people.js";
import type { DenialReason } from "../reasons.js";
import type { Door, DoorMode, Instant, Side, Site } from "../site.js";
import type { Building } from "./building.js";
import type { Right } from "./rights.js";

/** Everything that a rule may look at. Absent credential or person: not known. */
export interface AccessRequest {
  readonly site: Site;
  readonly building: Building;
  readonly door: Door;
  readonly side: Side;
  readonly at: Instant;
  /** The door's mode as it is now, override and schedule included. */
  readonly mode: DoorMode;
  /** Anybody may walk through now: the door is free, or released by fire or in an emergency. */
  readonly openToAll: boolean;
  readonly credential?: Credential;
  readonly person?: Person;
  /** Whom the person visits; absent: nobody, or nobody who is known. */
  readonly host?: Person;
  /** Who answers for the person; absent: nobody, or nobody who is known. */
  readonly sponsor?: Person;
  /** Who waits at this reader to go through together with the person; each has every right of his own. */
  readonly others: readonly Person[];
  /** Who was let in here a moment ago and may bring somebody along. */
  readonly escort?: Person;
  /** Every right and every denial that the person has at this door, at whatever time. */
  readonly rights: readonly Right[];
}

/** A rule's no: the word of the catalogue, and what it found. */
export interface Denial {
  readonly reason: DenialReason;
  /** As a person reads it in the trace: `staff: office 07:00-19:00, now 21:04`. */
  readonly found: string;
  /** Not a no yet: with somebody else at the reader it may become a yes. */
  readonly wait?: true;
}

/** One rule of access: pure, in a file of its own, a line in the judge. What it cannot know it denies. */
export interface Rule {
  /** As the trace calls it. */
  readonly name: string;
  readonly judge: (request: AccessRequest) => Denial | undefined;
  /** What the trace tells of a yes, where a bare `ok` would hide why; asked only after `judge` had no objection. */
  readonly yes?: (request: AccessRequest) => string;
  /** Asked for the badge of a responder too (request table, "responder credential"). */
  readonly ofResponders?: true;
}
