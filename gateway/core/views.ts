import { type IncidentView, incidentViews, type PartitionView, partitionView } from "./alarm/alarm-views.js";
import { clockOf } from "./clock-trust.js";
import type { InterlockObstacle } from "./interlock.js";
import { type PlanView, planView } from "./plan-view.js";
import {
  inMaintenance,
  liveAllowOpen,
  liveOverride,
  lockOf,
  modeOf,
  type Situation,
  situationOf,
} from "./precedence.js";
import { lockFault } from "./relock-fault.js";
import type {
  Area,
  AreaId,
  Door,
  DoorGroup,
  DoorGroupId,
  DoorId,
  DoorKind,
  DoorMode,
  Instant,
  Sensor,
  SensorId,
  Side,
  Site,
  ThreatLevelId,
} from "./site.js";
import { pointsOf } from "./site-index.js";
import { type ClockWhy, houseId, readerId, type State } from "./state.js";
import { threatLevel } from "./threat.js";

export type { IncidentView, PartitionView } from "./alarm/alarm-views.js";

/** What people and central systems see of a door; the payload of `door/{door}` is this without id and name. */
export interface DoorView {
  readonly id: DoorId;
  readonly name: string;
  /** `unlocked`: held or pulsed open on purpose. `released`: fire or emergency, latched. */
  readonly lock: "locked" | "unlocked" | "released";
  readonly position: "open" | "closed" | "unknown" | "none";
  readonly mode: DoorMode;
  /** Every device that this door needs is there. */
  readonly online: boolean;
  readonly alarm: "forced" | "held-open" | null;
  /** Who set the mode, and until when, if it is not the one at rest. */
  readonly override: { readonly by: string; readonly until: Instant | null } | null;
  /** Since when the door's condition is what it is; null: unknown. */
  readonly since: Instant | null;
  /** Absent: a door. */
  readonly kind?: DoorKind;
  /** What somebody should look at; absent: nothing. */
  readonly troubles?: readonly DoorTrouble[];
  /** By when the open leaf must be closed; absent: it is not open, or has no limit. */
  readonly closeBy?: Instant;
  /** Somebody allowed it to stand open. */
  readonly allowedOpen?: { readonly by: string; readonly until: Instant };
  /** Nobody is let in, whatever its mode says. */
  readonly lockdown?: true;
  /** A side of it is armed. */
  readonly armed?: true;
  /** The level that sets its mode. */
  readonly threatLevel?: ThreatLevelId;
  /** What keeps it from being released just now, of its interlocks. */
  readonly interlock?: InterlockObstacle;
  /** It raises no alarm: it is in maintenance, or its contact is out of service. */
  readonly alarmsOff?: "maintenance" | "bypassed";
  /** Its keypads that take no PIN for a while. */
  readonly silentKeypads?: readonly Side[];
  /** Whether a vehicle stands on its loop; absent: it has none, or that is not known. */
  readonly vehicle?: boolean;
}

/**
 * `not-secured`: closed, and its lock does not hold. `obstructed`: something is in the way of the leaf. `not-relocked`: a fire or
 * emergency release was reset, and the door is not locked again.
 */
export type DoorTrouble = "not-secured" | "obstructed" | "contact-fault" | "input-fault" | "not-relocked";

/** What holds of the whole house. */
export interface HouseView {
  /** The level in force; null: the site has none. */
  readonly threat: {
    readonly level: ThreatLevelId;
    readonly by: string | null;
    readonly since: string | null;
  } | null;
  readonly levels: readonly { readonly id: ThreatLevelId; readonly name: string }[];
  /** `doorGroup` null: all doors. */
  readonly lockdowns: readonly {
    readonly doorGroup: DoorGroupId | null;
    readonly by: string;
    readonly since: string;
  }[];
  readonly doorGroups: readonly DoorGroup[];
  readonly lifts: readonly {
    readonly id: string;
    readonly name: string;
    readonly floors: readonly AreaId[];
  }[];
  /** Whether the clock is believed, and why (not); null: the house was never told. */
  readonly clock?: { readonly trusted: boolean; readonly why: ClockWhy; readonly since: string } | null;
  /** Fire inputs whose release is not reset. `active`: it still calls, or cannot be read. */
  readonly fires?: readonly {
    readonly sensor: SensorId;
    readonly name: string;
    readonly since: string;
    readonly active: boolean;
  }[];
  /** People are being counted; null: they are not. `areas` null: everywhere. */
  readonly muster?: {
    readonly since: string;
    readonly by: string;
    readonly areas: readonly AreaId[] | null;
  } | null;
  /** The people's data is lost: only emergency badges are known. */
  readonly peopleLost?: true;
}

export interface AreaView {
  readonly id: AreaId;
  readonly name: string;
  readonly occupancy: number;
  /** How many of them are not surely there. */
  readonly uncertain: number;
}

export interface SensorView {
  readonly id: SensorId;
  readonly name: string;
  readonly active: boolean | null;
  readonly fault: "open" | "short" | "tamper" | null;
  /** Whether it is active is for discreet accounts only. */
  readonly silent?: true;
}

export interface SiteView {
  readonly site: {
    readonly id: string;
    readonly name: string;
    readonly revision: number;
    readonly timeZone: string;
  };
  readonly doors: readonly DoorView[];
  readonly areas: readonly AreaView[];
  readonly partitions: readonly PartitionView[];
  readonly sensors: readonly SensorView[];
  readonly house?: HouseView;
  readonly plan?: PlanView;
  /** The open incidents, silent ones too: whoever shows them leaves those out for who is not discreet. */
  readonly incidents?: readonly IncidentView[];
}

export function doorView(site: Site, state: State, door: Door, at: Instant): DoorView {
  const situation = situationOf(site, state, door, at);
  const { own } = situation;
  const { condition } = own;
  const override = liveOverride(situation);
  return {
    id: door.id,
    name: door.name,
    lock: lockOf(situation).lock,
    position: door.contact ? own.position : "none",
    mode: modeOf(situation),
    online: pointsOf(door).every(({ device }) => state.devices.get(device)?.online === true),
    alarm: condition.is === "forced" || condition.is === "held-open" ? condition.is : null,
    override: override ? { by: override.by, until: override.until ?? null } : null,
    since: own.since ?? null,
    ...leafView(door, situation, state),
    ...houseOfDoor(site, state, situation),
  };
}

/** What the house has to say at this door. */
function houseOfDoor(site: Site, state: State, situation: Situation): Partial<DoorView> {
  const { door, own, at, lockdown, armed, threatMode, interlock } = situation;
  const level = threatMode === undefined ? undefined : threatLevel(site, state)?.id;
  const silent = (["outside", "inside"] as const).filter(
    (side) => (state.readers.get(readerId(door.id, side))?.silentUntil ?? 0) > at,
  );
  const alarmsOff = inMaintenance(situation) ? "maintenance" : own.contactBypassed ? "bypassed" : undefined;
  return {
    ...(lockdown ? { lockdown: true } : {}),
    ...(armed === undefined ? {} : { armed: true }),
    ...(level === undefined ? {} : { threatLevel: level }),
    ...(interlock ? { interlock } : {}),
    ...(alarmsOff ? { alarmsOff } : {}),
    ...(silent.length === 0 ? {} : { silentKeypads: silent }),
  };
}

export function houseView(site: Site, state: State): HouseView {
  const own = state.house.get(houseId);
  const level = threatLevel(site, state);
  const set = own?.threat?.level === level?.id ? own?.threat : undefined;
  return {
    threat: level
      ? { level: level.id, by: set?.by ?? null, since: set ? new Date(set.since).toISOString() : null }
      : null,
    levels: (site.threatLevels ?? []).map(({ id, name }) => ({ id, name })),
    lockdowns: (own?.lockdowns ?? []).map(({ doorGroup, by, since }) => ({
      doorGroup,
      by,
      since: new Date(since).toISOString(),
    })),
    doorGroups: [...(site.doorGroups?.values() ?? [])],
    lifts: [...(site.lifts?.values() ?? [])].map(({ id, name, floors }) => ({
      id,
      name,
      floors: floors.map(({ area }) => area),
    })),
    ...conditionsOfHouse(site, state),
  };
}

/** What nobody may overlook. */
function conditionsOfHouse(
  site: Site,
  state: State,
): Pick<HouseView, "clock" | "fires" | "muster" | "peopleLost"> {
  const clock = clockOf(state);
  const muster = state.house.get(houseId)?.muster;
  const fires = [...state.fire].flatMap(([sensor, fire]) =>
    fire.is === "released"
      ? [
          {
            sensor,
            name: site.sensors.get(sensor)?.name ?? sensor,
            since: new Date(fire.since).toISOString(),
            active: fire.inputActive,
          },
        ]
      : [],
  );
  return {
    clock: clock
      ? { trusted: clock.trusted, why: clock.why, since: new Date(clock.since).toISOString() }
      : null,
    fires,
    muster: muster
      ? { since: new Date(muster.since).toISOString(), by: muster.by, areas: muster.areas ?? null }
      : null,
    ...(site.peopleLost ? { peopleLost: true } : {}),
  };
}

function leafView(door: Door, situation: Situation, state: State): Partial<DoorView> {
  const { kind } = door;
  const { own } = situation;
  const troubles: DoorTrouble[] = [];
  if (own.notSecured) troubles.push("not-secured");
  if (own.obstructed) troubles.push("obstructed");
  if (own.contactFault) troubles.push("contact-fault");
  if (own.inputFaults) troubles.push("input-fault");
  if (own.notRelocked && lockFault(state, door, own)) troubles.push("not-relocked");
  const closeBy = own.condition.is === "open" ? own.condition.until : undefined;
  const allowedOpen = liveAllowOpen(situation);
  return {
    ...(kind === undefined || kind === "door" ? {} : { kind }),
    ...(troubles.length === 0 ? {} : { troubles }),
    ...(closeBy === undefined ? {} : { closeBy }),
    ...(allowedOpen ? { allowedOpen: { by: allowedOpen.by, until: allowedOpen.until } } : {}),
    ...(own.vehicle === undefined ? {} : { vehicle: own.vehicle }),
  };
}

/** Whoever is in a child is in its parents. People are gone through once, however many areas are asked for. */
export function areaViews(site: Site, state: State, areas: Iterable<Area>): AreaView[] {
  const wanted = [...areas];
  if (wanted.length === 0) return [];
  const counts = new Map<AreaId, { occupancy: number; uncertain: number }>();
  for (const { area, how } of state.whereabouts.values()) {
    let count = counts.get(area);
    if (!count) {
      count = { occupancy: 0, uncertain: 0 };
      counts.set(area, count);
    }
    count.occupancy++;
    if (how !== "seen") count.uncertain++;
  }
  return wanted.map(({ id, name }) => {
    let occupancy = 0;
    let uncertain = 0;
    for (const [inner, count] of counts) {
      if (!isWithin(site, inner, id)) continue;
      occupancy += count.occupancy;
      uncertain += count.uncertain;
    }
    return { id, name, occupancy, uncertain };
  });
}

function isWithin(site: Site, inner: AreaId, outer: AreaId): boolean {
  for (let id: AreaId | undefined = inner; id !== undefined; id = site.areas.get(id)?.parent) {
    if (id === outer) return true;
  }
  return false;
}

function sensorView(state: State, { id, name, type }: Sensor): SensorView {
  const known = state.sensors.get(id);
  const silent = type === "hold-up-silent" ? ({ silent: true } as const) : {};
  return { id, name, active: known?.active ?? null, fault: known?.fault ?? null, ...silent };
}

export function siteView(site: Site, state: State, at: Instant): SiteView {
  return {
    site: { id: site.id, name: site.name, revision: site.revision, timeZone: site.timeZone },
    doors: [...site.doors.values()].map((door) => doorView(site, state, door, at)),
    areas: areaViews(site, state, site.areas.values()),
    partitions: [...site.partitions.values()].map((partition) => partitionView(site, state, partition)),
    sensors: [...site.sensors.values()].map((sensor) => sensorView(state, sensor)),
    house: houseView(site, state),
    plan: planView(site),
    incidents: incidentViews(site, state),
  };
}
