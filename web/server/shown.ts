import type { SiteEvent } from "../../gateway/core/events.js";
import { publicEvent } from "../../gateway/core/public-event.js";
import type { DoorView, SiteView } from "../../gateway/core/views.js";
import type { Operator } from "../../gateway/ports.js";

/** A person reads this: names only where `names` says so, else ids. */
export type Describe = (event: SiteEvent, options: { readonly names: boolean }) => string;
export type May = (operator: Operator, permission: string) => boolean;

/** An event as the API tells it: as on MQTT, with its sentence. */
export function shownEvent(event: SiteEvent, describe: Describe, names: boolean) {
  return { ...publicEvent(event), sentence: describe(event, { names }) };
}

/** What an operator may read of the journal; the same as a client over MQTT. */
export function mayReadEvent(may: May, operator: Operator, event: SiteEvent): boolean {
  return may(operator, categoryPermission(event.type.slice(0, event.type.indexOf("."))));
}

export function categoryPermission(category: string): string {
  return category === "audit" ? "audit.read" : `events.${category}`;
}

const iso = (at: number | null): string | null => (at === null ? null : new Date(at).toISOString());

/** Instants as ISO 8601, as everywhere outside of the process. */
export function shownDoor({ since, override, ...door }: DoorView) {
  return {
    ...door,
    since: iso(since),
    override: override && { by: override.by, until: iso(override.until) },
  };
}

/** The site as far as this operator may see it. */
export function shownSite(view: SiteView, may: May, operator: Operator, now: number) {
  return {
    now: new Date(now).toISOString(),
    site: view.site,
    doors: may(operator, "doors.read") ? view.doors.map(shownDoor) : [],
    areas: may(operator, "areas.read") ? view.areas : [],
    partitions: may(operator, "partitions.read") ? view.partitions : [],
    sensors: may(operator, "sensors.read") ? view.sensors : [],
  };
}
