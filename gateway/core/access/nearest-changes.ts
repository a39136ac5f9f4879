/**
 * What would have made it a grant, found by asking the rules again with one thing changed: a remedy that is told is true. Where
 * one change is not enough, more are laid over it until the rules agree.
 */
import { unheardDoor } from "../door.js";
import { passbackAt } from "../passback.js";
import type { Person } from "../people.js";
import { modeOf, openToAll, situationOf } from "../precedence.js";
import type { DenialReason } from "../reasons.js";
import type { Remedy, RemedyChange } from "../remedies.js";
import { nextBoundary, nextStart } from "../schedule.js";
import type { Condition, Instant } from "../site.js";
import { siteIndex } from "../site-index.js";
import { type Change, type DoorState, everywhere, houseId } from "../state.js";
import { threatMode } from "../threat.js";
import { asIf } from "./building.js";
import { lacking } from "./conditions-met.js";
import { firstNo } from "./judge.js";
import { denialNow } from "./not-excluded.js";
import { withPerson } from "./request.js";
import { groupsWithDoor, inHours, rightsOfGroup } from "./rights.js";
import type { AccessRequest } from "./rule.js";

/** A thing that may be changed, and the request as it would be then. */
interface Candidate {
  readonly change: RemedyChange;
  readonly would: AccessRequest;
}

const mostAlternatives = 3;
const mostChanges = 6;
/** How many instants are tried, and how many groups of which the hours hold. */
const mostTries = 12;
const mostGroupsTried = 2;

/** The nearest changes, each enough by itself; a remedy of several changes only where no single one is enough. Empty: none known. */
export function nearestChanges(request: AccessRequest, reason: DenialReason): readonly Remedy[] {
  const remedies = candidates(request, reason).flatMap((candidate) => remedyFrom(candidate) ?? []);
  const fewest = Math.min(...remedies.map(({ length }) => length));
  return remedies.filter(({ length }) => length === fewest).slice(0, mostAlternatives);
}

function remedyFrom(first: Candidate): readonly [Remedy] | undefined {
  let changes = [first.change];
  let { would } = first;
  let tries = 0;
  while (changes.length <= mostChanges) {
    const no = firstNo(would);
    if (!no || no.wait) return [changes];
    const next = candidates(would, no.reason)[0];
    if (!next) return undefined;
    // Whoever waits longer has waited: the later hour stands for both.
    const waits = next.change.change === "wait";
    changes = [...changes.filter(({ change }) => !waits || change !== "wait"), next.change];
    would = next.would;
    if (++tries > mostTries) return undefined;
  }
  return undefined;
}

function candidates(request: AccessRequest, reason: DenialReason): Candidate[] {
  return toChange[reason]?.(request) ?? [];
}

type Tries = (request: AccessRequest) => Candidate[];

const toChange: Readonly<Partial<Record<DenialReason, Tries>>> = {
  "card-suspended": (request) => withCard(request, "activate-card", { status: "active" }),
  "card-returned": (request) => withCard(request, "activate-card", { status: "active" }),
  "card-lost": (request) =>
    (["new-card", "activate-card"] as const).flatMap((change) =>
      withCard(request, change, { status: "active" }),
    ),
  "card-stolen": (request) => withCard(request, "new-card", { status: "active" }),
  "card-not-yet-valid": later,
  "card-expired": (request) => withCard(request, "extend-card", { validUntil: Number.POSITIVE_INFINITY }),
  "card-used-up": (request) => withCard(request, "more-uses", { maxUses: Number.POSITIVE_INFINITY }),
  "person-blocked": (request) => withRow(request, { change: "unblock" }, { status: "active" }),
  "person-not-yet-valid": later,
  "person-expired": (request) =>
    withRow(request, { change: "extend-person" }, { validUntil: Number.POSITIVE_INFINITY }),
  "clock-not-trusted": trustClock,
  "not-inducted": (request) =>
    withRow(request, { change: "induct" }, { inductedUntil: Number.POSITIVE_INFINITY }),
  "host-inactive": (request) => {
    const somebody: Person = { id: "", version: 0, tenant: "", groups: [], status: "active" };
    return [{ change: { change: "new-host" }, would: { ...request, host: somebody, sponsor: somebody } }];
  },
  "door-secured": usualMode,
  "in-maintenance": usualMode,
  "locked-down": (request) => inHouse(request, { change: "end-lockdown" }, { lockdowns: [] }),
  "threat-level": usualThreat,
  "no-access": join,
  excluded: (request) => [...leave(request), ...later(request)],
  "outside-schedule": (request) => [...later(request), ...join(request)],
  "schedule-unknown": join,
  "training-missing": meet,
  "partition-armed": meet,
  "input-forbids": meet,
  "nobody-present": meet,
  "first-not-in": meet,
  "passback-in": (request) => [...forgive(request), ...later(request)],
  "passback-out": forgive,
  "area-full": makeRoom,
  interlock: closeDoors,
  "no-vehicle": vehicle,
};

// ------------------------------------------------------------------------------------------------------------- rows

function withCard(
  request: AccessRequest,
  change: RemedyChange["change"],
  anew: Partial<NonNullable<AccessRequest["credential"]>>,
): Candidate[] {
  const { credential } = request;
  return credential
    ? [{ change: { change }, would: { ...request, credential: { ...credential, ...anew } } }]
    : [];
}

function withRow(request: AccessRequest, change: RemedyChange, anew: Partial<Person>): Candidate[] {
  const { person } = request;
  return person ? [{ change, would: withPerson(request, { ...person, ...anew }) }] : [];
}

/** One more group: the first that is enough; where none is, the first whose hours hold, for what else it would take. */
function join(request: AccessRequest): Candidate[] {
  const { site, door, person } = request;
  if (!person) return [];
  let best: Candidate | undefined;
  let tries = 0;
  for (const group of groupsWithDoor(site, door)) {
    if (person.groups.includes(group)) continue;
    const added = rightsOfGroup(site, door, group);
    const candidate: Candidate = {
      change: { change: "join", group },
      would: {
        ...request,
        person: { ...person, groups: [...person.groups, group] },
        rights: [...request.rights, ...added],
      },
    };
    best ??= candidate;
    if (!added.some((right) => !right.deny && inHours(request, right))) continue;
    if (isEnough(candidate.would)) return [candidate];
    if (tries++ === 0) best = candidate;
    // Whatever else stands in the way does so in every group, most likely.
    if (tries === mostGroupsTried) break;
  }
  return best ? [best] : [];
}

function leave(request: AccessRequest): Candidate[] {
  const source = denialNow(request)?.source;
  const { person } = request;
  if (source === undefined || !person) return [];
  const groups = person.groups.filter((group) => group !== source);
  const temporary = (person.temporary ?? []).filter(({ group }) => group !== source);
  return withRow(request, { change: "leave", group: source }, { groups, temporary });
}

function isEnough(request: AccessRequest): boolean {
  const no = firstNo(request);
  return !no || no.wait === true;
}

// --------------------------------------------------------------------------------------------------------- building

function inBuilding(request: AccessRequest, change: RemedyChange, ...anew: readonly Change[]): Candidate {
  return { change, would: settled({ ...request, building: anew.reduce(asIf, request.building) }) };
}

function inHouse(request: AccessRequest, change: RemedyChange, anew: object): Candidate[] {
  const value = { ...request.building.house.get(houseId), ...anew };
  return [inBuilding(request, change, { kind: "house", id: houseId, value })];
}

/** The door's mode, as it follows from the building and the instant of the request. */
function settled(request: AccessRequest): AccessRequest {
  const situation = situationOf(request.site, request.building, request.door, request.at);
  return { ...request, mode: modeOf(situation), openToAll: openToAll(situation) };
}

function trustClock(request: AccessRequest): Candidate[] {
  return inHouse(
    request,
    { change: "trust-clock" },
    { clock: { trusted: true, since: request.at, why: "operator" } },
  );
}

function usualThreat(request: AccessRequest): Candidate[] {
  const level = request.site.threatLevels?.[0]?.id ?? "";
  return inHouse(request, { change: "usual-threat" }, { threat: { level, since: request.at, by: "" } });
}

/** Without what was set at the door; then at the usual threat level; then, where that is how it rests, on `card`. */
function usualMode(request: AccessRequest): Candidate[] {
  const { site, building, door } = request;
  const own = building.doors.get(door.id) ?? unheardDoor(door);
  const { override, ...rest } = own;
  if (override)
    return [inBuilding(request, { change: "usual-mode" }, { kind: "doors", id: door.id, value: rest })];
  if (threatMode(site, building, door) !== undefined) return usualThreat(request);
  const value: DoorState = { ...rest, override: { mode: "card", by: "" } };
  return [inBuilding(request, { change: "card-mode" }, { kind: "doors", id: door.id, value })];
}

function meet(request: AccessRequest): Candidate[] {
  return lacking(request).flatMap(({ right, part }) => meetPart(request, right.when, part));
}

function meetPart(request: AccessRequest, when: Condition | undefined, part: keyof Condition): Candidate[] {
  switch (part) {
    case "training": {
      const { training = "" } = when ?? {};
      const trainings = { ...request.person?.trainings, [training]: Number.POSITIVE_INFINITY };
      return withRow(request, { change: "train", training }, { trainings });
    }
    case "disarmed": {
      const { disarmed: partition = "" } = when ?? {};
      const value = { is: "disarmed" } as const;
      return [
        inBuilding(request, { change: "disarm", partition }, { kind: "partitions", id: partition, value }),
      ];
    }
    case "input": {
      if (!when?.input) return [];
      const { sensor, is } = when.input;
      const value = { active: is === "active", fault: null, since: request.at };
      return [inBuilding(request, { change: "input", sensor, is }, { kind: "sensors", id: sensor, value })];
    }
    case "presentIn":
      return [headcounted(request, { change: "be-present", area: when?.presentIn ?? "" }, 1)];
    case "clockTrusted":
      return trustClock(request);
    case "firstIn": {
      const { firstIn: group = "" } = when ?? {};
      return [
        inBuilding(
          request,
          { change: "arrive", group },
          { kind: "arrivals", id: group, value: { at: request.at } },
        ),
      ];
    }
  }
}

function forgive(request: AccessRequest): Candidate[] {
  const value = { at: request.at, by: "" };
  const area = passbackAt(request)?.area.id;
  const change: RemedyChange = { change: "forgive", ...(area === undefined ? {} : { area }) };
  return [inBuilding(request, change, { kind: "forgiven", id: everywhere, value })];
}

/** As many leave as must. */
function makeRoom(request: AccessRequest): Candidate[] {
  const no = firstNo(request);
  if (no?.reason !== "area-full") return [];
  for (const area of request.site.areas.values()) {
    if (area.occupancy?.max === undefined) continue;
    for (let fewer = 1; fewer <= mostTries; fewer++) {
      const change: RemedyChange =
        fewer === 1
          ? { change: "make-room", area: area.id }
          : { change: "make-more-room", area: area.id, people: String(fewer) };
      const tried = headcounted(request, change, -fewer);
      if (firstNo(tried.would)?.reason !== "area-full") return [tried];
    }
  }
  return [];
}

function headcounted(request: AccessRequest, change: RemedyChange, more: number): Candidate {
  const { building } = request;
  const headcount = (area: string) => {
    const heads = building.headcount(area);
    return area === change.area ? { ...heads, all: heads.all + more } : heads;
  };
  // Laid over a copy that reads through: the building itself is a step's draft.
  const seen = asIf(building, { kind: "house", id: houseId, value: building.house.get(houseId) });
  return { change, would: { ...request, building: { ...seen, headcount } } };
}

function vehicle(request: AccessRequest): Candidate[] {
  const { building, door } = request;
  const own = building.doors.get(door.id) ?? unheardDoor(door);
  return [
    inBuilding(
      request,
      { change: "vehicle" },
      { kind: "doors", id: door.id, value: { ...own, vehicle: true } },
    ),
  ];
}

function closeDoors(request: AccessRequest): Candidate[] {
  const shut: DoorState = { condition: { is: "closed" }, position: "closed" };
  const others = siteIndex(request.site).interlockedWith.get(request.door.id) ?? [];
  const anew = others.map((id): Change => ({ kind: "doors", id, value: shut }));
  return [inBuilding(request, { change: "close-doors" }, ...anew)];
}

// ------------------------------------------------------------------------------------------------------------- time

function laterRequest(request: AccessRequest, at: Instant): AccessRequest {
  return settled({ ...request, at });
}

/** The first instant from which it would be a yes, as far as hours and dates go; else the first at which it is another no. */
function later(request: AccessRequest): Candidate[] {
  const reason = firstNo(request)?.reason;
  const instants = turns(request);
  const enough = instants.find((at) => isEnough(laterRequest(request, at)));
  const other = () => instants.find((at) => firstNo(laterRequest(request, at))?.reason !== reason);
  const at = enough ?? other();
  if (at === undefined) return [];
  const would = laterRequest(request, at);
  const until = enough === undefined ? undefined : endOfYes(would);
  const change: RemedyChange = {
    change: "wait",
    from: new Date(at).toISOString(),
    ...(until === undefined ? {} : { until: new Date(until).toISOString() }),
  };
  return [{ change, would }];
}

/** While it is a no: the first instant from which it would be a yes by itself, as far as hours and dates go. */
export function beginOfYes(request: AccessRequest): Instant | undefined {
  return turns(request).find((at) => isEnough(laterRequest(request, at)));
}

/** While it is a yes: the first instant at which it no longer is, as far as hours and dates go; undefined: none in sight. */
export function endOfYes(request: AccessRequest): Instant | undefined {
  let from = request;
  for (let tries = 0; tries < mostTries; tries++) {
    const instants = turns(from);
    if (instants.length === 0) return undefined;
    const end = instants.find((at) => !isEnough(laterRequest(request, at)));
    if (end !== undefined) return end;
    from = laterRequest(request, instants.at(-1) ?? request.at);
  }
  return undefined;
}

/** The next instants at which an answer may turn, the first first. */
function turns(request: AccessRequest): Instant[] {
  const { at, rights, credential, person, door, site, building } = request;
  const instants = new Set<Instant | undefined>();
  for (const { hours, from, until, when } of rights) {
    instants.add(nextStart(hours, at)).add(nextBoundary(hours, at)).add(from).add(until);
    if (when?.training !== undefined) instants.add(person?.trainings?.[when.training]);
  }
  const free = door.freeSchedule === undefined ? undefined : site.schedules.get(door.freeSchedule);
  if (free) instants.add(nextBoundary(free, at));
  instants.add(building.doors.get(door.id)?.override?.until);
  for (const dates of [credential, person]) instants.add(dates?.validFrom).add(dates?.validUntil);
  instants.add(person?.inductedUntil).add(passbackAt(request)?.until);
  return [...instants]
    .filter(
      (instant): instant is Instant => instant !== undefined && instant > at && Number.isFinite(instant),
    )
    .sort((a, b) => a - b)
    .slice(0, mostTries);
}
