/** Why a small change of the site is refused, in the language of whoever made it. */
import type { Language } from "../core/words/language.js";

export type ChangedKind =
  | "group"
  | "schedule"
  | "door-group"
  | "holiday-type"
  | "threat-level"
  | "area-limits";

interface ChangeWords {
  readonly kinds: Readonly<Record<ChangedKind, string>>;
  changed(what: string, id: string): string;
  isThere(what: string, id: string): string;
  removed(what: string, id: string): string;
  isNot(what: string, id: string): string;
  holidayIsThere(name: string): string;
  holidayChanged(name: string): string;
  noHoliday(name: string): string;
  readonly namesNone: string;
  readonly lookAnew: string;
  readonly notNow: string;
}

export const changeWords: Readonly<Record<Language, ChangeWords>> = {
  en: {
    kinds: {
      group: "group",
      schedule: "schedule",
      "door-group": "door group",
      "holiday-type": "kind of day",
      "threat-level": "threat level",
      "area-limits": "area",
    },
    changed: (what, id) => `${what} "${id}" was changed by somebody meanwhile`,
    isThere: (what, id) => `there is a ${what} "${id}" already`,
    removed: (what, id) => `${what} "${id}" was removed by somebody meanwhile`,
    isNot: (what, id) => `there is no ${what} "${id}"`,
    holidayIsThere: (name) => `there is a holiday "${name}" on that day already`,
    holidayChanged: (name) => `the holiday "${name}" was changed or removed by somebody meanwhile`,
    noHoliday: (name) => `there is no such holiday "${name}"`,
    namesNone: "names no holiday",
    lookAnew: "the site is not what it was: look at it anew",
    notNow: "the building does not allow this change now",
  },
  de: {
    kinds: {
      group: "Gruppe",
      schedule: "Zeitplan",
      "door-group": "Türgruppe",
      "holiday-type": "Art von Tag",
      "threat-level": "Gefahrenstufe",
      "area-limits": "Bereich",
    },
    changed: (what, id) => `${what} „${id}“: inzwischen von jemandem geändert`,
    isThere: (what, id) => `${what} „${id}“: gibt es schon`,
    removed: (what, id) => `${what} „${id}“: inzwischen von jemandem gelöscht`,
    isNot: (what, id) => `${what} „${id}“: gibt es nicht`,
    holidayIsThere: (name) => `den Feiertag „${name}“ gibt es an diesem Tag schon`,
    holidayChanged: (name) => `der Feiertag „${name}“ wurde inzwischen von jemandem geändert oder gelöscht`,
    noHoliday: (name) => `den Feiertag „${name}“ gibt es nicht`,
    namesNone: "nennt keinen Feiertag",
    lookAnew: "die Anlage ist nicht mehr, wie sie war: sehen Sie sie neu an",
    notNow: "das Gebäude lässt diese Änderung jetzt nicht zu",
  },
};
