/**
 * Who is to be found when a building is emptied: from the whereabouts, honestly. It walks over everybody, so it is asked when a
 * muster begins and by whoever looks at the list, never in each step.
 */
import { isWithin } from "./area-index.js";
import { headcounts } from "./occupancy.js";
import type { People, PersonId } from "./people.js";
import { wallTime } from "./schedule.js";
import type { AreaId, DoorId, Instant, Site } from "./site.js";
import type { MusterState, SafeState, State, Whereabouts } from "./state.js";
import { beyond } from "./whereabouts.js";

export interface MusterPerson {
  readonly person: PersonId;
  /** Where he was last seen to be; null: marked safe, and not known to have been in the building. */
  readonly area: AreaId | null;
  /** `certain`: seen to come in, and not long ago. `possible`: only assumed, or seen so long ago that he may have left unseen. */
  readonly how: "certain" | "possible";
  readonly since: Instant;
  readonly door: DoorId | null;
  readonly visitor: boolean;
  readonly safe: SafeState | null;
}

/** What went through a door today without a name. */
export interface UnnamedAtDoor {
  readonly door: DoorId;
  readonly exits: number;
  readonly openings: number;
}

export interface MusterCounts {
  readonly certain: number;
  readonly possible: number;
  readonly visitors: number;
  /** Of those listed, and others who were marked. */
  readonly safe: number;
  /** Listed and not safe. */
  readonly missing: number;
}

export interface MusterView {
  /** null: nobody is being called; the list is of who is inside now. */
  readonly muster: MusterState | null;
  readonly at: Instant;
  readonly counts: MusterCounts;
  readonly people: readonly MusterPerson[];
  /** Nobody can say who they were: as many more, or fewer, may be inside. */
  readonly unnamed: readonly UnnamedAtDoor[];
}

export interface MissingPerson {
  readonly person: PersonId;
  readonly area: AreaId;
  readonly how: MusterPerson["how"];
}

export interface MusterSummary {
  readonly muster: MusterState | null;
  readonly at: Instant;
  readonly counts: Omit<MusterCounts, "visitors">;
  readonly missing: readonly MissingPerson[];
  readonly unnamed: readonly UnnamedAtDoor[];
}

/** Whoever was last seen longer ago than a long shift may have left unseen, in milliseconds. */
const longShiftMs = 16 * 3_600_000;

type Seen = Pick<State, "whereabouts" | "doors" | "musters">;
type See = (
  person: PersonId,
  where: Whereabouts | undefined,
  certain: boolean,
  safe: SafeState | undefined,
) => void;

/** The list as it is now; of nobody's muster where none runs. Without `people`, visitors are not told apart. */
export function musterView(
  site: Site,
  state: Seen,
  muster: MusterState | undefined,
  at: Instant,
  people?: Pick<People, "person">,
): MusterView {
  const listed: MusterPerson[] = [];
  let visitors = 0;
  const counts = walk(site, state, muster, at, (person, where, certain, safe) => {
    const visitor = people !== undefined && isVisitor(people, person);
    if (visitor && where) visitors++;
    listed.push({
      person,
      area: where?.area ?? null,
      how: certain ? "certain" : "possible",
      since: where?.since ?? safe?.at ?? at,
      door: where?.by ?? null,
      visitor,
      safe: safe ?? null,
    });
  });
  const unnamed = unnamedToday(site, state, at);
  return { muster: muster ?? null, at, counts: { ...counts, visitors }, people: listed, unnamed };
}

/** How many, and no more than `most` of those who are missing: costs little where many thousands are inside. */
export function musterSummary(
  site: Site,
  state: Seen,
  muster: MusterState | undefined,
  at: Instant,
  most = 0,
): MusterSummary {
  const missing: MissingPerson[] = [];
  const counts = walk(site, state, muster, at, (person, where, certain, safe) => {
    if (safe || !where || missing.length >= most) return;
    missing.push({ person, area: where.area, how: certain ? "certain" : "possible" });
  });
  return { muster: muster ?? null, at, counts, missing, unnamed: unnamedToday(site, state, at) };
}

/** Everybody who is on the list, one after the other; who was only marked safe has no whereabouts. */
function walk(
  site: Site,
  { whereabouts, doors, musters }: Seen,
  muster: MusterState | undefined,
  at: Instant,
  see: See,
): Omit<MusterCounts, "visitors"> {
  const counts = { certain: 0, possible: 0, safe: 0, missing: 0 };
  const counted = calledAreas(site, muster);
  const assembly = new Set<AreaId>();
  for (const { id, muster: assembles } of site.areas.values()) if (assembles) assembly.add(id);
  const safeNow = (id: PersonId): SafeState | undefined => {
    const safe = muster && musters.get(id);
    return safe && safe.at >= muster.since ? safe : undefined;
  };
  const freshFrom = at - longShiftMs;
  const met = (person: PersonId, where: Whereabouts): void => {
    let safe: SafeState | undefined;
    if (!counted.has(where.area)) {
      if (!muster || where.since < muster.since || !assembly.has(where.area)) return;
      safe = { at: where.since, by: where.by };
    }
    safe = safeNow(person) ?? safe;
    const certain = where.how === "seen" && where.since >= freshFrom;
    if (certain) counts.certain++;
    else counts.possible++;
    if (safe) counts.safe++;
    else counts.missing++;
    see(person, where, certain, safe);
  };
  for (const [person, where] of whereabouts) met(person, where);
  // Let in a moment ago, and not known yet to have gone through.
  for (const [id, { condition }] of doors) {
    const door = site.doors.get(id);
    if (!door || !("grants" in condition)) continue;
    for (const { person, side, grantedAt } of condition.grants) {
      const was = whereabouts.get(person);
      if (!was || !counted.has(was.area))
        met(person, { area: beyond(door, side), since: grantedAt, by: id, how: "assumed" });
    }
  }
  if (!muster) return counts;
  for (const person of musters.keys()) {
    const safe = safeNow(person);
    const where = whereabouts.get(person);
    const listed =
      where && (counted.has(where.area) || (assembly.has(where.area) && where.since >= muster.since));
    if (!safe || listed) continue;
    counts.safe++;
    see(person, undefined, false, safe);
  }
  return counts;
}

function isVisitor(people: Pick<People, "person">, id: PersonId): boolean {
  return people.person(id)?.traits?.some((trait) => trait === "visitor" || trait === "contractor") ?? false;
}

/** How many are thought to be in the areas that are called: as quick as there are areas. */
export function thoughtInside(
  site: Site,
  everybody: State["whereabouts"],
  muster: MusterState | undefined,
): number {
  const heads = headcounts(everybody);
  let sum = 0;
  for (const area of calledAreas(site, muster)) sum += heads.get(area)?.all ?? 0;
  return sum;
}

/** The areas whose people are called: inside, and within those that were named, if any were. */
function calledAreas(site: Site, muster: MusterState | undefined): ReadonlySet<AreaId> {
  const called = new Set<AreaId>();
  for (const { id, outside, muster: assembly } of site.areas.values()) {
    if (outside || assembly) continue;
    if (!muster?.areas || muster.areas.some((named) => isWithin(site, id, named))) called.add(id);
  }
  return called;
}

/** Doors out of and into the building through which somebody went today without a name. */
export function unnamedToday(site: Site, state: Pick<State, "doors">, at: Instant): UnnamedAtDoor[] {
  const { day } = wallTime(site, at);
  const found: UnnamedAtDoor[] = [];
  for (const door of site.doors.values()) {
    const unnamed = state.doors.get(door.id)?.unnamed;
    if (!unnamed || unnamed.day !== day) continue;
    found.push({ door: door.id, exits: unnamed.exits, openings: unnamed.openings });
  }
  return found;
}
