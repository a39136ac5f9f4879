/** The building as the rules see it: one entity at a time, and how many are where. */
import { areaIndex } from "../area-index.js";
import { type Headcount, headcounts } from "../occupancy.js";
import type { PersonId } from "../people.js";
import type { AreaId, Site } from "../site.js";
import { siteIndex } from "../site-index.js";
import { type Change, emptyState, type Kinds, type Lookup, type State, type Whereabouts } from "../state.js";

export interface Building extends Lookup {
  /** How many people were last seen in the area or in a part of it. */
  headcount(area: AreaId): Readonly<Headcount>;
}

/** The building as it stands between two steps. */
export function standing(site: Site, state: State): Building {
  return { ...state, headcount: (area) => headcountOf(site, state.whereabouts, area) };
}

/** `moved`: who is elsewhere in this step than `everybody` says. */
export function headcountOf(
  site: Site,
  everybody: State["whereabouts"],
  area: AreaId,
  moved?: ReadonlyMap<PersonId, Whereabouts | undefined>,
): Headcount {
  const within = areaIndex(site).within.get(area);
  const sum = { all: 0, uncertain: 0 };
  if (!within) return sum;
  const areas = headcounts(everybody);
  for (const id of within) {
    const heads = areas.get(id);
    if (!heads) continue;
    sum.all += heads.all;
    sum.uncertain += heads.uncertain;
  }
  for (const [person, after] of moved ?? []) {
    const before = everybody.get(person);
    if (before && within.has(before.area)) add(sum, before, -1);
    if (after && within.has(after.area)) add(sum, after, 1);
  }
  return sum;
}

function add(sum: Headcount, { how }: Whereabouts, by: 1 | -1): void {
  sum.all += by;
  if (how === "uncertain") sum.uncertain += by;
}

const kinds = Object.keys(emptyState()) as (keyof Kinds)[];

/** The same building with one entity anew: what a rule would say if it were so. */
export function asIf(building: Building, { kind, id, value }: Change): Building {
  const seen: Record<string, unknown> = { headcount: (area: AreaId) => building.headcount(area) };
  for (const each of kinds)
    seen[each] =
      each === kind
        ? { get: (key: string) => (key === id ? value : building[each].get(key)) }
        : building[each];
  return seen as unknown as Building;
}

/** Some fire input has released and nobody has reset it. */
export function fireStands(site: Site, building: Pick<Lookup, "fire">): boolean {
  for (const { id } of siteIndex(site).fireInputs) if (building.fire.get(id)?.is === "released") return true;
  return false;
}
