/** Who can open what, and when: the judge's own answer, asked ahead of a card. */
import type { Credential, People, Person } from "../people.js";
import type { DenialReason } from "../reasons.js";
import type { Door, Instant, Site } from "../site.js";
import type { State } from "../state.js";
import { type Building, standing } from "./building.js";
import { firstNo } from "./judge.js";
import { beginOfYes, endOfYes } from "./nearest-changes.js";
import { accessRequest, hostsOf } from "./request.js";

export interface DoorOutlook {
  readonly door: Door;
  /** Would be let in from the outside at this instant. */
  readonly now: boolean;
  /** While let in: until when, as far as hours and dates go; undefined: without an end in sight. */
  readonly until?: Instant;
  /** While let in: who must come along. */
  readonly with?: DenialReason;
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
  people: Pick<People, "person"> = { person: () => undefined },
): DoorOutlook[] {
  const building = standing(site, state);
  const hosts = hostsOf(people, person);
  return [...site.doors.values()].map((door) =>
    atDoor(site, building, at, door, { person, credential, ...hosts }),
  );
}

function atDoor(
  site: Site,
  building: Building,
  at: Instant,
  door: Door,
  who: Parameters<typeof accessRequest>[5],
): DoorOutlook {
  const request = accessRequest(site, building, door, "outside", at, who);
  const no = firstNo(request);
  if (!no || no.wait) {
    const until = endOfYes(request);
    return {
      door,
      now: true,
      ...(until === undefined ? {} : { until }),
      ...(no ? { with: no.reason } : {}),
    };
  }
  const from = beginOfYes(request);
  return { door, now: false, reason: no.reason, ...(from === undefined ? {} : { from }) };
}
