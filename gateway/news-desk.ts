import { incidentView, partitionView } from "./core/alarm/alarm-views.js";
import type { EventBody } from "./core/events.js";
import type { Signal } from "./core/signals.js";
import type { AreaId, Door, DoorId, Instant, Site } from "./core/site.js";
import { pointsOf, siteIndex } from "./core/site-index.js";
import type { Change, State } from "./core/state.js";
import { areaViews, doorView, houseView } from "./core/views.js";
import type { Appended, News } from "./ports.js";

/** News that are not on disk after this long are told all the same, and marked. */
const tellAnywayAfterMs = 1_000;

type Views = Pick<News, "doors" | "areas" | "partitions" | "house" | "incidents">;
const noViews: Views = { doors: [], areas: [], partitions: [] };

/** Tells what happened once, in order, when it is on disk or the disk has taken too long. */
export class NewsDesk {
  readonly #listeners = new Set<(news: News) => void>();

  onNews(listener: (news: News) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  get isHeard(): boolean {
    return this.#listeners.size > 0;
  }

  /** `views` is asked when the news go out, so that they show what is so then. */
  tell(appended: Appended, views: () => Views | undefined): void {
    if (this.#listeners.size === 0) return;
    let told = false;
    const send = (durable: boolean): void => {
      if (told) return;
      told = true;
      const news: News = { events: appended.events, durable, ...(views() ?? noViews) };
      for (const listener of this.#listeners) listener(news);
    };
    const timer = setTimeout(() => send(false), tellAnywayAfterMs);
    appended.durable.then(
      () => {
        clearTimeout(timer);
        send(true);
      },
      () => clearTimeout(timer),
    );
  }
}

/** Whose views a step may have changed. Must be asked before the changes are applied: it needs to know who was where. */
export function concernedBy(
  site: Site,
  state: State,
  signal: Signal,
  changes: readonly Change[],
  events: readonly EventBody[],
): { views(site: Site, state: State, at: Instant): Views } {
  if (signal.type === "site-activated" || signal.type === "started") {
    return {
      views: (now, then, at) => ({
        doors: [...now.doors.values()].map((door) => doorView(now, then, door, at)),
        areas: areaViews(now, then, now.areas.values()),
        partitions: [...now.partitions.values()].map((partition) => partitionView(now, then, partition)),
      }),
    };
  }
  const doors = new Set<DoorId>();
  const areas = new Set<AreaId>();
  for (const event of events) if (event.door !== undefined) doors.add(event.door);
  const incidents = new Map<string, boolean>();
  let sensors = false;
  let house = false;
  for (const change of changes) {
    switch (change.kind) {
      case "doors":
        doors.add(change.id);
        for (const other of siteIndex(site).interlockedWith.get(change.id) ?? []) doors.add(other);
        break;
      case "partitions":
        sensors = true;
        for (const { id, partitions } of site.doors.values())
          if (partitions.outside === change.id || partitions.inside === change.id) doors.add(id);
        break;
      case "devices":
        for (const door of site.doors.values()) if (needs(door, change.id)) doors.add(door.id);
        break;
      case "fire":
      case "house":
        for (const door of site.doors.keys()) doors.add(door);
        house = true;
        break;
      case "readers":
        doors.add(change.id.slice(0, change.id.indexOf("/")));
        break;
      case "incidents":
        incidents.set(change.id, (change.value ?? state.incidents.get(change.id))?.silent === true);
        break;
      case "sirens":
        for (const own of [change.value, state.sirens.get(change.id)])
          if (own?.incident !== undefined)
            incidents.set(own.incident, state.incidents.get(own.incident)?.silent === true);
        break;
      case "todos":
      case "lone":
      case "cards":
      case "musters":
      case "forgiven":
      case "arrivals":
        break;
      case "whereabouts": {
        addWithParents(site, areas, state.whereabouts.get(change.id)?.area);
        addWithParents(site, areas, change.value?.area);
        break;
      }
      default:
        sensors = true;
    }
  }
  return {
    views: (now, then, at) => ({
      doors: [...doors].flatMap((id) => {
        const door = now.doors.get(id);
        return door ? [doorView(now, then, door, at)] : [];
      }),
      areas: areaViews(
        now,
        then,
        [...areas].flatMap((id) => now.areas.get(id) ?? []),
      ),
      partitions: sensors
        ? [...now.partitions.values()].map((partition) => partitionView(now, then, partition))
        : [],
      ...(house ? { house: houseView(now, then) } : {}),
      ...(incidents.size === 0
        ? {}
        : {
            incidents: [...incidents].map(([id, silent]) => {
              const own = then.incidents.get(id);
              return { id, silent, ...(own ? { view: incidentView(now, then, id, own) } : {}) };
            }),
          }),
    }),
  };
}

function needs(door: Door, device: string): boolean {
  return pointsOf(door).some((point) => point.device === device);
}

function addWithParents(site: Site, areas: Set<AreaId>, area: AreaId | undefined): void {
  for (let id = area; id !== undefined && !areas.has(id); id = site.areas.get(id)?.parent) areas.add(id);
}
