import { sentence } from "./core/describe.js";
import type { SiteEvent } from "./core/events.js";
import type { Site } from "./core/site.js";
import type { Language } from "./core/words/language.js";

/** Names for people to read; what has none, or is gone, is called by its id. */
export function namesOf(
  site: () => Site | undefined,
  personName: (id: string) => string | undefined,
): (kind: string, id: string) => string {
  return (kind, id) => {
    const now = site();
    const named: Readonly<Record<string, string | undefined>> = {
      door: now?.doors.get(id)?.name,
      area: now?.areas.get(id)?.name,
      sensor: now?.sensors.get(id)?.name,
      device: now?.devices.get(id)?.name,
      partition: now?.partitions.get(id)?.name,
      group: now?.groups.get(id)?.name,
      tenant: now?.tenants.get(id)?.name,
      doorGroup: now?.doorGroups?.get(id)?.name,
      siren: now?.alarm?.sirens.get(id)?.name,
      lift: now?.lifts?.get(id)?.name,
      level: now?.threatLevels?.find((level) => level.id === id)?.name,
    };
    return (kind === "person" ? personName(id) : named[kind]) ?? id;
  };
}

export function describeWith(names: (kind: string, id: string) => string) {
  return (
    event: SiteEvent,
    options: { readonly names: boolean; readonly language?: Language | undefined },
  ): string =>
    sentence(
      event,
      (kind, id) => (kind === "person" && !options.names ? id : names(kind, id)),
      options.language,
    );
}
