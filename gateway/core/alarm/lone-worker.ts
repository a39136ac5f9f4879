/** Alone where that is dangerous: whoever is must check in every so often, with a card there, or an incident is raised. */
import { isWithin } from "../area-index.js";
import type { Draft } from "../draft.js";
import type { PersonId } from "../people.js";
import type { RequestRefusal } from "../reasons.js";
import type { Actor } from "../signals.js";
import type { AreaId } from "../site.js";
import { raise, rest } from "./incident.js";
import type { LoneWork } from "./rules.js";
import { sound } from "./siren.js";

function markedAt(draft: Draft, area: AreaId): LoneWork | undefined {
  return draft.site.alarm?.lone.find((each) => isWithin(draft.site, area, each.area));
}

/** Somebody went from one area to another, or was seen where he is: that is a word of his. */
export function noteWhere(draft: Draft, person: PersonId, area: AreaId): void {
  if (!draft.site.alarm || draft.site.alarm.lone.length === 0) return;
  const own = draft.lone.get(person);
  const marked = markedAt(draft, area);
  const missed = own && rest(draft, loneKey(person));
  if (own && missed !== undefined)
    draft.tell({ type: "alarm.check-in-late", person, area: own.area, incident: missed });
  if (marked)
    draft.lone.set(person, {
      area: marked.area,
      since: own?.area === marked.area ? own.since : draft.at,
      dueAt: draft.at + marked.everyMs,
    });
  else if (own) draft.lone.set(person, undefined);
}

export function checkIn(draft: Draft, person: PersonId, by: Actor | undefined): RequestRefusal | undefined {
  const own = draft.lone.get(person);
  if (!own) return "not-alone";
  noteWhere(draft, person, own.area);
  draft.tell({ type: "alarm.check-in", person, area: own.area, ...(by ? { by } : {}) });
  return undefined;
}

/** He is not alone while somebody else is there; then the next time counts. */
export function loneMissed(draft: Draft, person: PersonId): void {
  const own = draft.lone.get(person);
  if (!own) return;
  const marked = markedAt(draft, own.area);
  const { all, uncertain } = draft.headcount(own.area);
  if (!marked) {
    draft.lone.set(person, undefined);
    return;
  }
  draft.lone.set(person, { ...own, dueAt: draft.at + marked.everyMs });
  if (all - uncertain > 1) return;
  const incident = raise(draft, {
    event: {
      type: "alarm.check-in-missed",
      person,
      area: own.area,
      ...(draft.site.areas.get(own.area) ? { tenant: draft.site.areas.get(own.area)?.tenant ?? "" } : {}),
    },
    kind: "lone-worker",
    severity: "critical",
    priority: 1,
    zone: loneKey(person),
    partitions: [],
    lasts: true,
    silent: false,
  });
  sound(draft, "medical", [], incident);
}

function loneKey(person: PersonId): string {
  return `person/${person}`;
}
