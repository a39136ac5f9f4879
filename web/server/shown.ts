import { isSilent, type SiteEvent } from "../../gateway/core/events.js";
import { publicEvent } from "../../gateway/core/public-event.js";
import type { DoorView, SensorView, SiteView } from "../../gateway/core/views.js";
import type { Language } from "../../gateway/core/words/language.js";
import type { Operator } from "../../gateway/ports.js";

/** A person reads this: names only where `names` says so, else ids. */
export type Describe = (
  event: SiteEvent,
  options: { readonly names: boolean; readonly language?: Language | undefined },
) => string;
export type May = (operator: Operator, permission: string) => boolean;

/** An event as the API tells it: as on MQTT, with its sentence. */
export function shownEvent(event: SiteEvent, describe: Describe, names: boolean, language?: Language) {
  return { ...publicEvent(event), sentence: describe(event, { names, language }) };
}

/** What an operator may read of the journal; the same as a client over MQTT. */
export function mayReadEvent(may: May, operator: Operator, event: SiteEvent): boolean {
  const category = categoryPermission(event.type.slice(0, event.type.indexOf(".")));
  return may(operator, category) && (!isSilent(event.type) || may(operator, "discreet"));
}

export function categoryPermission(category: string): string {
  return category === "audit" ? "audit.read" : `events.${category}`;
}

const iso = (at: number | null): string | null => (at === null ? null : new Date(at).toISOString());

/** Instants as ISO 8601, as everywhere outside of the process. */
export function shownDoor({ since, override, closeBy, allowedOpen, ...door }: DoorView) {
  return {
    ...door,
    ...(closeBy === undefined ? {} : { closeBy: iso(closeBy) }),
    ...(allowedOpen ? { allowedOpen: { by: allowedOpen.by, until: iso(allowedOpen.until) } } : {}),
    since: iso(since),
    override: override && { by: override.by, until: iso(override.until) },
  };
}

/** Whoever is not discreet does not see whether a silent button is pressed. */
function shownSensor({ silent, ...sensor }: SensorView, discreet: boolean) {
  return silent && !discreet ? { ...sensor, active: null } : sensor;
}

/** The site as far as this operator may see it. */
export function shownSite(view: SiteView, may: May, operator: Operator, now: number) {
  return {
    now: new Date(now).toISOString(),
    site: view.site,
    doors: may(operator, "doors.read") ? view.doors.map(shownDoor) : [],
    areas: may(operator, "areas.read") ? view.areas : [],
    partitions: may(operator, "partitions.read") ? view.partitions : [],
    sensors: may(operator, "sensors.read")
      ? view.sensors.map((sensor) => shownSensor(sensor, may(operator, "discreet")))
      : [],
    incidents: may(operator, "incidents.read")
      ? (view.incidents ?? []).filter(({ silent }) => !silent || may(operator, "discreet"))
      : [],
    ...(view.house && may(operator, "doors.read") ? { house: view.house } : {}),
    ...(view.plan && may(operator, "doors.read")
      ? { plan: { ...view.plan, areas: may(operator, "areas.read") ? view.plan.areas : [] } }
      : {}),
  };
}
