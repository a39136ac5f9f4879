import type { Credential, People, Person } from "../people.js";
import { modeOf, openToAll, situationOf } from "../precedence.js";
import type { Door, Instant, Side, Site } from "../site.js";
import type { Building } from "./building.js";
import { rightsOf } from "./rights.js";
import type { AccessRequest } from "./rule.js";

/** Who stands at a reader, as far as that is known. */
export interface Presented {
  readonly credential?: Credential | undefined;
  readonly person?: Person | undefined;
  readonly host?: Person | undefined;
  readonly sponsor?: Person | undefined;
  readonly others?: readonly Person[];
  readonly escort?: Person | undefined;
}

const nobody: readonly Person[] = [];

/** All that the rules are to look at, for one person at one reader at one instant. */
export function accessRequest(
  site: Site,
  building: Building,
  door: Door,
  side: Side,
  at: Instant,
  { credential, person, host, sponsor, others = nobody, escort }: Presented,
): AccessRequest {
  const situation = situationOf(site, building, door, at);
  return {
    site,
    building,
    door,
    side,
    at,
    mode: modeOf(situation),
    openToAll: openToAll(situation),
    others,
    rights: rightsOf(site, door, person),
    ...(credential ? { credential } : {}),
    ...(person ? { person } : {}),
    ...(host ? { host } : {}),
    ...(sponsor ? { sponsor } : {}),
    ...(escort ? { escort } : {}),
  };
}

/** The same request with other rows: what follows from the person's follows anew. */
export function withPerson(request: AccessRequest, person: Person): AccessRequest {
  return { ...request, person, rights: rightsOf(request.site, request.door, person) };
}

export function hostOf(people: Pick<People, "person">, person: Person | undefined): Person | undefined {
  return person?.host === undefined ? undefined : people.person(person.host);
}

/** For whom somebody is here, and who answers for him. */
export function hostsOf(
  people: Pick<People, "person">,
  person: Person | undefined,
): Pick<Presented, "host" | "sponsor"> {
  return {
    host: hostOf(people, person),
    sponsor: person?.sponsor === undefined ? undefined : people.person(person.sponsor),
  };
}
