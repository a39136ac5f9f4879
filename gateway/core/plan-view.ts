/** What a page needs to know of the building to put doors, people and levels in their places; the same until the next revision. */
import type { AreaId, DoorId, DoorMode, Passback, Site, ThreatLevelId } from "./site.js";

export interface PlanView {
  readonly areas: readonly {
    readonly id: AreaId;
    readonly name: string;
    readonly parent?: AreaId;
    readonly outside?: true;
    /** People assemble here in an emergency. */
    readonly assembly?: true;
    readonly passback?: Passback["kind"];
    readonly min?: number;
    readonly max?: number;
  }[];
  readonly doors: readonly {
    readonly id: DoorId;
    readonly from: AreaId;
    readonly to: AreaId;
    /** A card or PIN is read on its outside. */
    readonly reader: boolean;
  }[];
  /** What each level changes. */
  readonly levels: readonly {
    readonly id: ThreatLevelId;
    readonly modes: readonly { readonly mode: DoorMode; readonly doors: readonly DoorId[] }[];
    /** Names of groups that are not let in. */
    readonly deny: readonly string[];
    /** Names of the only groups that are let in; null: no such limit. */
    readonly only: readonly string[] | null;
  }[];
}

const plans = new WeakMap<Site, PlanView>();

export function planView(site: Site): PlanView {
  const known = plans.get(site);
  if (known) return known;
  const plan: PlanView = {
    areas: [...site.areas.values()].map((area) => ({
      id: area.id,
      name: area.name,
      ...(area.parent === undefined ? {} : { parent: area.parent }),
      ...(area.outside ? { outside: true } : {}),
      ...(area.muster ? { assembly: true } : {}),
      ...(area.passback ? { passback: area.passback.kind } : {}),
      ...(area.occupancy?.min === undefined ? {} : { min: area.occupancy.min }),
      ...(area.occupancy?.max === undefined ? {} : { max: area.occupancy.max }),
    })),
    doors: [...site.doors.values()].map(({ id, from, to, readers }) => ({
      id,
      from,
      to,
      reader: readers.outside !== undefined,
    })),
    levels: levelsOf(site),
  };
  plans.set(site, plan);
  return plan;
}

function levelsOf(site: Site): PlanView["levels"] {
  const named = (groups: readonly string[]) => groups.map((id) => site.groups.get(id)?.name ?? id);
  return (site.threatLevels ?? []).map(({ id, modes, deny, onlyGroups }) => {
    const byMode = new Map<DoorMode, DoorId[]>();
    for (const [door, mode] of modes) {
      const doors = byMode.get(mode);
      if (doors) doors.push(door);
      else byMode.set(mode, [door]);
    }
    return {
      id,
      modes: [...byMode].map(([mode, doors]) => ({ mode, doors })),
      deny: named(deny ?? []),
      only: onlyGroups ? named(onlyGroups) : null,
    };
  });
}
