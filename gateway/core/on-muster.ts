import type { DoorFact } from "./door.js";
import type { Draft } from "./draft.js";
import type { EventBody } from "./events.js";
import { musterSummary, thoughtInside, unnamedToday } from "./muster.js";
import { setHouse } from "./on-clock.js";
import type { People, PersonId } from "./people.js";
import type { MusterRefusal, RequestRefusal } from "./reasons.js";
import { wallTime } from "./schedule.js";
import type { Actor, SignalOf } from "./signals.js";
import type { AreaId, Door, Sensor } from "./site.js";
import { type DoorCondition, houseId } from "./state.js";

type Told = Pick<EventBody, "by" | "data">;

/** A fire calls everybody, unless somebody is doing so already. */
export function musterAtFire(draft: Draft, sensor: Sensor): void {
  if (draft.house.get(houseId)?.muster) return;
  setHouse(draft, { muster: { since: draft.at, by: sensor.id } });
  draft.tellSensor(sensor, { type: "safety.muster-started", data: listed(draft) });
}

export function startMuster(
  draft: Draft,
  by: Actor,
  areas: readonly AreaId[] | undefined,
  told: Told,
): RequestRefusal | undefined {
  if (draft.house.get(houseId)?.muster) return "muster-runs";
  if (areas?.some((area) => !draft.site.areas.has(area))) return "unknown-area";
  setHouse(draft, { muster: { since: draft.at, by: by.id, ...(areas?.length ? { areas } : {}) } });
  const [only] = areas?.length === 1 ? areas : [];
  const data = { ...told.data, ...listed(draft) };
  draft.tell({ type: "safety.muster-started", ...told, ...(only === undefined ? {} : { area: only }), data });
  return undefined;
}

/** How many are called, and how many went through a door today whom nobody can name. Forgets who was safe the last time. */
function listed(draft: Draft): NonNullable<EventBody["data"]> {
  for (const person of draft.before.musters.keys()) draft.musters.set(person, undefined);
  const inside = thoughtInside(draft.site, draft.before.whereabouts, draft.house.get(houseId)?.muster);
  const unnamed = unnamedToday(draft.site, draft.before, draft.at);
  const exits = unnamed.reduce((sum, door) => sum + door.exits, 0);
  const openings = unnamed.reduce((sum, door) => sum + door.openings, 0);
  return { inside, ...(exits + openings === 0 ? {} : { exits, openings }) };
}

/** Told once; who is safe already is not told again. */
export function markSafe(draft: Draft, person: PersonId, by: string, told: Told): void {
  const muster = draft.house.get(houseId)?.muster;
  const before = draft.musters.get(person);
  if (!muster || (before && before.at >= muster.since)) return;
  draft.musters.set(person, { at: draft.at, by });
  draft.tell({ type: "safety.muster-safe", person, ...told });
}

/** Whoever is not marked has nothing to take back; who stands at an assembly point stays safe by that. */
export function takeBackSafe(draft: Draft, person: PersonId, told: Told): void {
  if (draft.musters.get(person) === undefined) return;
  draft.musters.set(person, undefined);
  draft.tell({ type: "safety.muster-not-safe", person, ...told });
}

export function endMuster(draft: Draft, told: Told): RequestRefusal | undefined {
  const { muster, ...rest } = draft.house.get(houseId) ?? {};
  if (!muster) return "no-muster";
  const { safe, missing } = musterSummary(draft.site, draft.before, muster, draft.at).counts;
  draft.house.set(houseId, rest);
  draft.tell({ type: "safety.muster-ended", ...told, data: { ...told.data, safe, missing } });
  return undefined;
}

/** A card at a muster reader: whoever shows it is safe. Any card that is somebody's will do, it opens nothing. */
export function musterPresented(draft: Draft, signal: SignalOf<"muster-presented">, people: People): void {
  const reader = draft.site.musterReaders?.get(signal.reader);
  if (!reader) return;
  const done = (outcome: "granted" | "denied"): void => {
    draft.order({ type: "answer-reader", urgent: false, point: reader.point, scan: signal.scan, outcome });
  };
  const who = signal.credential === undefined ? undefined : ownerOf(people, signal.credential);
  const reason: MusterRefusal | undefined =
    who === undefined
      ? "unknown-card"
      : signal.ignored !== undefined
        ? signal.ignored
        : draft.house.get(houseId)?.muster === undefined
          ? "no-muster"
          : undefined;
  const data = { reader: reader.name };
  if (who === undefined || reason !== undefined) {
    const shown = who === undefined ? { shown: signal.shown } : { person: who };
    const { device, scan } = signal;
    draft.tell({
      type: "safety.muster-refused",
      device,
      scan,
      ...shown,
      reason: reason ?? "unknown-card",
      data,
    });
    done("denied");
    return;
  }
  markSafe(draft, who, signal.reader, { data });
  done("granted");
}

/** A directory that cannot be read names nobody. */
function ownerOf(people: People, credential: string): PersonId | undefined {
  try {
    const person = people.credential(credential)?.person;
    return person === undefined ? undefined : people.person(person)?.id;
  } catch {
    return undefined;
  }
}

// ------------------------------------------------------------------------------------------- who cannot be named

/** Somebody asked to leave: a button has no name. */
export function countExit(draft: Draft, door: Door): void {
  count(draft, door, "exits");
}

/** The leaf opened, and nobody was let in nor asked to leave: who went through, and how many, nobody can say. */
export function countOpening(draft: Draft, door: Door, was: DoorCondition, facts: readonly DoorFact[]): void {
  const expected = was.is === "released" && (was.exit || was.grants.length > 0);
  const opened = facts.some(({ is }) => is === "opened" || is === "forced");
  if (opened && !expected) count(draft, door, "openings");
}

function count(draft: Draft, door: Door, what: "exits" | "openings"): void {
  const { day } = wallTime(draft.site, draft.at);
  const own = draft.door(door);
  const today = own.unnamed?.day === day ? own.unnamed : { day, exits: 0, openings: 0 };
  draft.setDoor(door, { ...own, unnamed: { ...today, [what]: today[what] + 1 } });
}
