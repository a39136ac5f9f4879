/** Proof of life: what has been quiet for how long, never tried, or cried wolf. A list for the manager. */
import { localDay } from "../schedule.js";
import type { Instant, Site } from "../site.js";
import type { State } from "../state.js";
import { nameOfZone } from "./alarm-views.js";
import type { ZoneId } from "./rules.js";
import { alarmIndex, type Zone } from "./zones.js";

export interface Proof {
  /** Never active, or not for long: the longest first. */
  readonly quiet: readonly {
    readonly zone: ZoneId;
    readonly name: string;
    readonly kind: string;
    readonly lastActive: string | null;
    readonly days: number | null;
  }[];
  readonly sirens: readonly {
    readonly siren: string;
    readonly name: string;
    readonly lastSounded: string | null;
    readonly days: number | null;
  }[];
  /** Sensors whose alarms were closed as no alarm, this week and the last. */
  readonly nuisance: readonly {
    readonly zone: ZoneId;
    readonly name: string;
    readonly thisWeek: number;
    readonly lastWeek: number;
    /** What would mend it. */
    readonly mend: "look-at-it" | "second-opinion" | "count" | "replace";
  }[];
}

const dayMs = 86_400_000;

/** @param discreet also of silent hold-up: when it was last pressed is nobody else's business */
export function proofOfLife(site: Site, state: State, now: Instant, discreet: boolean): Proof {
  const zones = [...alarmIndex(site).zones.values()].filter(
    ({ row }) => row.watched !== "never" && (discreet || !row.silent),
  );
  const week = Math.floor((localDay(site, now) + 3) / 7);
  const days = (at: Instant | undefined) => (at === undefined ? null : Math.floor((now - at) / dayMs));
  const iso = (at: Instant | undefined) => (at === undefined ? null : new Date(at).toISOString());
  const quiet = zones.map((zone) => {
    const { activeAt } = state.zones.get(zone.id) ?? {};
    return {
      zone: zone.id,
      name: nameOfZone(zone),
      kind: zone.kind,
      lastActive: iso(activeAt),
      days: days(activeAt),
    };
  });
  const sirens = [...(site.alarm?.sirens.values() ?? [])].map(({ id, name }) => {
    const own = state.sirens.get(id);
    return { siren: id, name, lastSounded: iso(own?.since), days: days(own?.since) };
  });
  const nuisance = zones.flatMap((zone) => {
    const own = state.zones.get(zone.id)?.nuisance ?? [];
    const inWeek = (n: number) => own.find((each) => each.week === n)?.times ?? 0;
    const thisWeek = inWeek(week);
    const lastWeek = inWeek(week - 1);
    if (thisWeek + lastWeek === 0) return [];
    return [
      { zone: zone.id, name: nameOfZone(zone), thisWeek, lastWeek, mend: mendOf(zone, thisWeek + lastWeek) },
    ];
  });
  return {
    quiet: quiet.sort(
      (a, b) =>
        (b.days ?? Number.MAX_SAFE_INTEGER) - (a.days ?? Number.MAX_SAFE_INTEGER) ||
        a.zone.localeCompare(b.zone),
    ),
    sirens,
    nuisance: nuisance.sort((a, b) => b.thisWeek - a.thisWeek || b.lastWeek - a.lastWeek),
  };
}

function mendOf({ kind, rules }: Zone, times: number): Proof["nuisance"][number]["mend"] {
  if (times < 2) return "look-at-it";
  const senses = kind === "instant" || kind === "follower" || kind === "perimeter";
  if (senses && !rules.count) return "count";
  return senses && !rules.cross ? "second-opinion" : "replace";
}
