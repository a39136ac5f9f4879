/** Who can open what, and when: the judge's own answer, asked ahead of a card. */
import type { Credential, Person } from "../people.js";
import { modeOf, openToAll, situationOf } from "../precedence.js";
import type { DenialReason } from "../reasons.js";
import { inSchedule, nextBoundary, nextStart } from "../schedule.js";
import type { Door, Instant, Site } from "../site.js";
import type { State } from "../state.js";
import { judge } from "./judge.js";
import { rightsAt } from "./rights.js";
import type { AccessRequest } from "./rule.js";

export interface DoorOutlook {
  readonly door: Door;
  /** Would be let in from the outside at this instant. */
  readonly now: boolean;
  /** While let in: until when, as far as the hours go; undefined: without an end in sight. */
  readonly until?: Instant;
  /** While not, and only for the hour: from when. */
  readonly from?: Instant;
  readonly reason?: DenialReason;
}

/** By door of the site, what a person with this credential would be answered at its outside reader. */
export function outlook(
  site: Site,
  state: State,
  at: Instant,
  person: Person,
  credential: Credential | undefined,
): DoorOutlook[] {
  return [...site.doors.values()].map((door) => atDoor(site, state, at, door, person, credential));
}

function atDoor(
  site: Site,
  state: State,
  at: Instant,
  door: Door,
  person: Person,
  credential: Credential | undefined,
): DoorOutlook {
  const situation = situationOf(site, state, door, at);
  const request: AccessRequest = {
    site,
    door,
    side: "outside",
    at,
    mode: modeOf(situation),
    openToAll: openToAll(situation),
    person,
    ...(credential ? { credential } : {}),
  };
  const judgement = judge(request);
  const rights = rightsAt(request);
  if (judgement.is === "granted") {
    const ends = rights
      .filter(({ schedule }) => inSchedule(schedule, at))
      .map(({ schedule }) => nextBoundary(schedule, at) ?? Number.POSITIVE_INFINITY);
    const until = Math.min(
      ends.length === 0 ? Number.POSITIVE_INFINITY : Math.max(...ends),
      person.validUntil ?? Number.POSITIVE_INFINITY,
      credential?.validUntil ?? Number.POSITIVE_INFINITY,
    );
    return { door, now: true, ...(until === Number.POSITIVE_INFINITY ? {} : { until }) };
  }
  const { reason } = judgement;
  if (reason !== "outside-schedule") return { door, now: false, reason };
  const starts = rights.flatMap(({ schedule }) => nextStart(schedule, at) ?? []);
  return { door, now: false, reason, ...(starts.length === 0 ? {} : { from: Math.min(...starts) }) };
}
