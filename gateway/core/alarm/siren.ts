/** Sirens and strobes: what sounds, for how long, and how often again. */
import { fireStands } from "../access/building.js";
import type { Draft } from "../draft.js";
import type { DeviceId, PartitionId } from "../site.js";
import type { SirenState } from "./alarm-state.js";
import type { Siren, Sound } from "./rules.js";

/** Would cover the call to leave the building. */
const hushedByFire: ReadonlySet<Sound | "test"> = new Set([
  "burglary",
  "hold-up",
  "panic",
  "tamper",
  "technical",
]);

function sirensOf(draft: Draft): Iterable<Siren> {
  return draft.site.alarm?.sirens.values() ?? [];
}

/** Starts what sounds for it there. One that sounds already goes on; one that has ended starts again so often as it may. */
export function sound(draft: Draft, what: Sound, partitions: readonly PartitionId[], incident: string): void {
  if (hushedByFire.has(what) && fireStands(draft.site, draft)) return;
  for (const siren of sirensOf(draft)) {
    if (!siren.sounds.includes(what)) continue;
    const near = siren.partitions.length === 0 || siren.partitions.some((each) => partitions.includes(each));
    if (!near) continue;
    const own = draft.sirens.get(siren.id);
    if (own && !own.over) continue;
    const starts = own?.incident === incident ? own.starts : 0;
    if (starts > siren.retriggers) continue;
    start(draft, siren, { sound: what, incident, starts: starts + 1 }, siren.maxMs);
  }
}

function start(
  draft: Draft,
  siren: Siren,
  what: Pick<SirenState, "sound" | "incident" | "starts">,
  ms: number,
): void {
  // Late by a restart, it sounds for what is left, and not at all if nothing is.
  const order = draft.order({ type: "set-output", urgent: true, point: siren.point, on: true, ms });
  draft.sirens.set(siren.id, { order, since: draft.at, until: draft.at + ms, ...what });
  if (what.sound !== "test")
    draft.tell({
      type: "alarm.sounding",
      ...(what.incident === undefined ? {} : { incident: what.incident }),
      data: { siren: siren.id, seconds: Math.round(ms / 1000) },
    });
}

export function testSiren(draft: Draft, siren: Siren, ms: number): void {
  start(draft, siren, { sound: "test", starts: 0 }, ms);
}

/** Stops what sounds, where `which` says so. @returns whether anything did */
export function hush(draft: Draft, which: (own: SirenState, siren: Siren) => boolean): boolean {
  let any = false;
  for (const siren of sirensOf(draft)) {
    const own = draft.sirens.get(siren.id);
    if (!own || own.over || !which(own, siren)) continue;
    draft.order({ type: "set-output", urgent: true, point: siren.point, on: false, ms: 0 });
    draft.sirens.set(siren.id, { ...own, until: draft.at, over: true });
    tellEnd(draft, siren, own);
    any = true;
  }
  return any;
}

/** A fire is on: people must hear the call to leave. */
export function hushForFire(draft: Draft): void {
  hush(draft, (own) => hushedByFire.has(own.sound));
}

/** Its time is over; the output ended by itself. */
export function sirenOver(draft: Draft, id: string): void {
  const own = draft.sirens.get(id);
  const siren = draft.site.alarm?.sirens.get(id);
  if (!own) return;
  draft.sirens.set(id, { ...own, over: true });
  if (siren) tellEnd(draft, siren, own);
}

function tellEnd(draft: Draft, siren: Siren, own: SirenState): void {
  if (own.sound === "test") return;
  draft.tell({
    type: "alarm.sound-ended",
    ...(own.incident === undefined ? {} : { incident: own.incident }),
    data: { siren: siren.id },
  });
}

/** A device is back: what still should sound is ordered again under its id, for what is left of its time. */
export function restateSirens(draft: Draft, device: DeviceId): void {
  for (const { id, point } of sirensOf(draft)) {
    const own = draft.sirens.get(id);
    if (point.device !== device || !own || own.over || own.until <= draft.at) continue;
    draft.orderAgain({
      id: own.order,
      type: "set-output",
      urgent: true,
      point,
      on: true,
      ms: own.until - draft.at,
    });
  }
}
