import type { Credential, Person } from "../people.js";
import type { DenialReason } from "../reasons.js";
import type { Door, DoorMode, Instant, Side, Site } from "../site.js";

/** Everything that a rule may look at. Absent credential or person: not known. */
export interface AccessRequest {
  readonly site: Site;
  readonly door: Door;
  readonly side: Side;
  readonly at: Instant;
  /** The door's mode as it is now, override and schedule included. */
  readonly mode: DoorMode;
  /** Anybody may walk through now: the door is free, or released by fire or in an emergency. */
  readonly openToAll: boolean;
  readonly credential?: Credential;
  readonly person?: Person;
}

/** A rule's no: the word of the catalogue, what it found, and, where it can say it better than the catalogue, the remedy. */
export interface Denial {
  readonly reason: DenialReason;
  /** As a person reads it in the trace: `staff: office 07:00-19:00, now 21:04`. */
  readonly found: string;
  readonly remedy?: string;
}

/** One rule of access: pure, in a file of its own, a line in the judge. What it cannot know it denies. */
export interface Rule {
  /** As the trace calls it. */
  readonly name: string;
  readonly judge: (request: AccessRequest) => Denial | undefined;
  /** What the trace tells of a yes, where a bare `ok` would hide why; asked only after `judge` had no objection. */
  readonly yes?: (request: AccessRequest) => string;
}
