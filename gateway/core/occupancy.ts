/** How many are where: counted once over all whereabouts, then kept with each change of them. */
import type { PersonId } from "./people.js";
import type { AreaId } from "./site.js";
import type { Whereabouts } from "./state.js";

/** People last seen in an area itself, not in a part of it. `uncertain` of them may have gone through a door or not. */
export interface Headcount {
  all: number;
  uncertain: number;
}

type Everybody = ReadonlyMap<PersonId, Whereabouts>;

interface Counted {
  readonly areas: Map<AreaId, Headcount>;
  /** Of how many people; another size than the map's: it was changed by somebody else, and is counted anew. */
  people: number;
}

// Follows from the whereabouts alone, so that it is no state of its own. Held weakly with them.
const counted = new WeakMap<Everybody, Counted>();

/** Area by area, who was last seen there. */
export function headcounts(everybody: Everybody): ReadonlyMap<AreaId, Readonly<Headcount>> {
  let known = counted.get(everybody);
  if (known?.people !== everybody.size) {
    known = { areas: new Map(), people: 0 };
    for (const where of everybody.values()) count(known, where, 1);
    counted.set(everybody, known);
  }
  return known.areas;
}

/** Somebody is said to be elsewhere; called before the map is changed. */
export function recount(everybody: Everybody, person: PersonId, after: Whereabouts | undefined): void {
  const known = counted.get(everybody);
  if (!known) return;
  const before = everybody.get(person);
  if (before) count(known, before, -1);
  if (after) count(known, after, 1);
}

function count(known: Counted, { area, how }: Whereabouts, by: 1 | -1): void {
  let heads = known.areas.get(area);
  if (!heads) {
    heads = { all: 0, uncertain: 0 };
    known.areas.set(area, heads);
  }
  heads.all += by;
  if (how === "uncertain") heads.uncertain += by;
  known.people += by;
}
