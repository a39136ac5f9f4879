/** What people do about an incident: acknowledge, silence, note, hand over, close. */
import type { Draft } from "../draft.js";
import type { EventBody, EventType } from "../events.js";
import type { RequestRefusal } from "../reasons.js";
import { localDay } from "../schedule.js";
import type { Actor } from "../signals.js";
import type { IncidentCause, IncidentState } from "./alarm-state.js";
import { hush } from "./siren.js";
import { alarmIndex } from "./zones.js";

const deeds = ["acknowledged", "noted", "assigned", "escalated", "closed"] as const;
type Deed = (typeof deeds)[number];

/** An event on the handling of an incident; of a silent one it is the twin that only discreet accounts are told. */
export function incidentEvent(
  draft: Draft,
  id: string,
  { silent, sensor, door, device, area, person, partitions }: IncidentState,
  deed: Deed,
  event: Pick<EventBody, "by" | "data">,
): void {
  const type: EventType = silent ? `alarm.silent-${deed}` : `alarm.${deed}`;
  const [partition] = partitions;
  draft.tell({
    type,
    incident: id,
    ...(sensor === undefined ? {} : { sensor }),
    ...(door === undefined ? {} : { door }),
    ...(device === undefined ? {} : { device }),
    ...(area === undefined ? {} : { area }),
    ...(person === undefined ? {} : { person }),
    ...(partition === undefined ? {} : { partition }),
    ...event,
  });
}

type Told = { readonly by: Actor; readonly data?: EventBody["data"] };
const mostNotes = 20;

export function acknowledge(draft: Draft, id: string, { by, data }: Told): RequestRefusal | undefined {
  const own = draft.incidents.get(id);
  if (!own) return "unknown-incident";
  if (own.acknowledged) return "already-acknowledged";
  const { escalateAt: _, ...rest } = own;
  draft.incidents.set(id, { ...rest, acknowledged: { at: draft.at, by: by.id } });
  const seconds = Math.max(0, Math.round((draft.at - own.at) / 1000));
  incidentEvent(draft, id, own, "acknowledged", { by, data: { ...data, seconds } });
  return undefined;
}

/** The sound only: nobody has answered for the incident with that. */
export function silence(draft: Draft, id: string, { by, data }: Told): RequestRefusal | undefined {
  const own = draft.incidents.get(id);
  if (!own) return "unknown-incident";
  if (own.silent || !hush(draft, (siren) => siren.incident === id)) return "nothing-sounds";
  draft.incidents.set(id, { ...own, silenced: { at: draft.at, by: by.id } });
  const [partition] = own.partitions;
  draft.tell({
    type: "alarm.silenced",
    incident: id,
    by,
    ...(own.sensor === undefined ? {} : { sensor: own.sensor }),
    ...(own.door === undefined ? {} : { door: own.door }),
    ...(partition === undefined ? {} : { partition }),
    ...(data === undefined ? {} : { data }),
  });
  return undefined;
}

export function noteOn(draft: Draft, id: string, text: string, { by }: Told): RequestRefusal | undefined {
  const own = draft.incidents.get(id);
  if (!own) return "unknown-incident";
  const notes = [...(own.notes ?? []), { at: draft.at, by: by.id, text }].slice(-mostNotes);
  draft.incidents.set(id, { ...own, notes });
  incidentEvent(draft, id, own, "noted", { by, data: { note: text } });
  return undefined;
}

export function assign(draft: Draft, id: string, to: string, { by, data }: Told): RequestRefusal | undefined {
  const own = draft.incidents.get(id);
  if (!own) return "unknown-incident";
  draft.incidents.set(id, { ...own, assigned: { to, by: by.id, at: draft.at } });
  incidentEvent(draft, id, own, "assigned", { by, data: { ...data, to } });
  return undefined;
}

/** Causes that say: it was no alarm at all. */
const nuisances: ReadonlySet<IncidentCause> = new Set(["sensor-fault", "weather-or-animal", "unknown"]);

/** Why it may not be closed just now; undefined: it may. A critical one wants a note, and so does one that is not at rest. */
export function whyNotClosed(own: IncidentState, note: string | undefined): RequestRefusal | undefined {
  if (!own.acknowledged) return "not-acknowledged";
  if (own.restoredAt === undefined && !note) return "not-restored";
  return own.severity === "critical" && !note ? "note-needed" : undefined;
}

export function close(
  draft: Draft,
  id: string,
  cause: IncidentCause,
  { by, data }: Told,
): RequestRefusal | undefined {
  const own = draft.incidents.get(id);
  if (!own) return "unknown-incident";
  const note = data?.note;
  const refused = whyNotClosed(own, typeof note === "string" ? note : undefined);
  if (refused) return refused;
  hush(draft, (siren) => siren.incident === id);
  draft.incidents.set(id, undefined);
  incidentEvent(draft, id, own, "closed", {
    by,
    data: {
      ...data,
      cause,
      ...(own.acknowledged ? { acknowledgedAfterS: Math.round((own.acknowledged.at - own.at) / 1000) } : {}),
      lastedS: Math.round((draft.at - own.at) / 1000),
    },
  });
  if (nuisances.has(cause)) for (const zone of own.zones) countNuisance(draft, zone);
  return undefined;
}

const weeksKept = 8;

function countNuisance(draft: Draft, zone: string): void {
  if (!alarmIndex(draft.site).zones.has(zone)) return;
  const own = draft.zones.get(zone) ?? {};
  const week = Math.floor((localDay(draft.site, draft.at) + 3) / 7);
  const before = own.nuisance ?? [];
  const last = before.at(-1);
  const nuisance =
    last?.week === week
      ? [...before.slice(0, -1), { week, times: last.times + 1 }]
      : [...before, { week, times: 1 }].slice(-weeksKept);
  draft.zones.set(zone, { ...own, nuisance });
}
