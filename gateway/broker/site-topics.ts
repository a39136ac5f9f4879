/**
 * The site as central systems read it (MQTT contract, "The site"): retained levels of doors, areas and partitions, the gateway's
 * own status, and every event once it is news. Ids and numbers only: names stay in the house.
 */
import type { EventType } from "../core/events.js";
import type { MusterSummary } from "../core/muster.js";
import { type PublicEvent, publicEvent } from "../core/public-event.js";
import type { Instant } from "../core/site.js";
import type { AreaView, DoorView, IncidentView, PartitionView, SiteView } from "../core/views.js";
import type { Live, News } from "../ports.js";
import type { Broker } from "./broker.js";

export interface SiteTopicsOptions {
  readonly publish: Broker["publishSite"];
  readonly live: Live;
  readonly now: () => Instant;
  readonly version: string;
  /** Random per start of the gateway. */
  readonly boot: string;
  /** Hold-up and duress, which show on topics of their own only. Absent: no type is silent. */
  readonly isSilent?: (type: EventType) => boolean;
  /** Who is missing, so many of them; a walk over everybody. Absent: it is not published. */
  readonly muster?: (most: number) => MusterSummary | undefined;
}

/** The list is published at most this often while it changes, in milliseconds: it is made of everybody. */
const musterEveryMs = 2_000;
/** So many of those who are missing fit into one message of the contract (64 kB). */
const mostMusterPeople = 400;

const level = { retain: true, qos: 0 } as const;
const news = { retain: false, qos: 1 } as const;

export class SiteTopics {
  readonly #options: SiteTopicsOptions;
  /** The retained topics that stand, so that those of what is removed can be cleared. */
  readonly #standing = new Set<string>();
  #revision = 0;
  #since = 0;
  #silence: (() => void) | undefined;
  #musterRuns = false;
  #musterTimer: NodeJS.Timeout | undefined;

  constructor(options: SiteTopicsOptions) {
    this.#options = options;
  }

  /** Publishes where the site stands and goes on with its news, in their order. */
  start(): void {
    const { live, now } = this.#options;
    this.#since = now();
    this.#showAll(live.view());
    this.#showMuster();
    this.#silence = live.onNews((told) => this.#tell(told));
  }

  /** Says that the gateway has stopped; resolves when that is on its way to every subscriber. */
  async stop(): Promise<void> {
    if (!this.#silence) return;
    this.#silence();
    this.#silence = undefined;
    clearTimeout(this.#musterTimer);
    await this.#showStatus("stopped");
  }

  #tell({ events, durable, doors, areas, partitions, incidents = [] }: News): void {
    // A new revision may have added and removed places; the news themselves only tell what changed.
    const revision = events.reduce((newest, event) => Math.max(newest, event.revision), this.#revision);
    if (revision !== this.#revision) this.#showAll(this.#options.live.view());
    for (const event of events) {
      const body = publicEvent(event);
      this.#publish(this.#topicOf(event.type), durable ? body : { ...body, durable }, news);
    }
    this.#show(doors, areas, partitions);
    for (const { id, silent, view } of incidents) this.#showIncident(id, silent, view);
    const ofMuster = events.some(({ type }) => type.startsWith("safety.muster"));
    if (ofMuster || (this.#musterRuns && events.some(({ type }) => type === "access.passed")))
      this.#musterTimer ??= setTimeout(
        () => {
          this.#musterTimer = undefined;
          this.#showMuster();
        },
        events.some(({ type }) => type === "safety.muster-started") ? 0 : musterEveryMs,
      );
  }

  /** Retained while a muster runs, and said to be over after it. */
  #showMuster(): void {
    const view = this.#options.muster?.(mostMusterPeople);
    if (!view || (!view.muster && !this.#musterRuns)) return;
    this.#musterRuns = view.muster !== null;
    const at = iso(view.at);
    if (!view.muster) {
      this.#publish("muster", { v: 1, running: false, at }, level);
      return;
    }
    const { since, by, areas } = view.muster;
    this.#publish(
      "muster",
      {
        v: 1,
        running: true,
        since: iso(since),
        by,
        areas: areas ?? null,
        ...view.counts,
        unnamed: view.unnamed.slice(0, 50),
        people: view.missing,
        more: view.counts.missing - view.missing.length,
        at,
      },
      level,
    );
  }

  #topicOf(type: EventType): string {
    const dot = type.indexOf(".");
    const category = this.#options.isSilent?.(type) ? "silent" : type.slice(0, dot);
    return `event/${category}/${type.slice(dot + 1)}`;
  }

  /** Retained while it is open; closed, its topic is emptied. */
  #showIncident(id: string, silent: boolean, view: IncidentView | undefined): void {
    const topic = incidentTopic(id, silent);
    if (!view) {
      this.#standing.delete(topic);
      void this.#options.publish(topic, "", level);
      return;
    }
    const { type, severity, state, priority, at, events, partitions, confirmed } = view;
    const { door, sensor, area, device, person } = view;
    this.#stand(topic, {
      v: 1,
      id,
      type,
      severity,
      state,
      ...withoutNull({ door, sensor, area, device, person, partition: partitions[0] ?? null }),
      ...(partitions.length > 1 ? { partitions } : {}),
      priority,
      confirmed,
      test: false,
      at,
      events,
    });
  }

  #showAll({ site, doors, areas, partitions, incidents = [] }: SiteView): void {
    this.#revision = site.revision;
    void this.#showStatus("ready");
    const wanted = new Set([
      ...doors.map(({ id }) => `door/${id}`),
      ...areas.map(({ id }) => `area/${id}`),
      ...partitions.map(({ id }) => `partition/${id}`),
      ...incidents.map(({ id, silent }) => incidentTopic(id, silent)),
    ]);
    for (const topic of this.#standing) {
      if (wanted.has(topic)) continue;
      this.#standing.delete(topic);
      // An empty payload takes a retained message away (MQTT 3.1.1, 3.3.1.3).
      void this.#options.publish(topic, "", level);
    }
    this.#show(doors, areas, partitions);
    for (const view of incidents) this.#showIncident(view.id, view.silent, view);
  }

  #show(doors: readonly DoorView[], areas: readonly AreaView[], partitions: readonly PartitionView[]): void {
    const at = iso(this.#options.now());
    for (const { id, lock, position, mode, online, alarm, troubles, since } of doors) {
      const changedAt = since === null ? at : iso(since);
      const looks = troubles ? { troubles } : {};
      this.#stand(`door/${id}`, { v: 1, lock, position, mode, online, alarm, ...looks, at: changedAt });
    }
    for (const { id, occupancy, uncertain } of areas) {
      this.#stand(`area/${id}`, { v: 1, occupancy, uncertain, at });
    }
    for (const { id, arming, ready, test } of partitions) {
      this.#stand(`partition/${id}`, { v: 1, arming, ready, test: test !== undefined, at });
    }
  }

  #showStatus(state: "ready" | "stopped"): Promise<void> {
    const { version, boot } = this.#options;
    const body = { v: 1, state, version, revision: this.#revision, boot, since: iso(this.#since) };
    return this.#options.publish("status", JSON.stringify(body), level);
  }

  #stand(topic: string, body: object): void {
    this.#standing.add(topic);
    this.#publish(topic, body, level);
  }

  #publish(topic: string, body: object | PublicEvent, how: typeof level | typeof news): void {
    void this.#options.publish(topic, JSON.stringify(body), how);
  }
}

/** Hold-up and duress show on topics of their own only (contract, `silent`). */
function incidentTopic(id: string, silent: boolean): string {
  return `${silent ? "silent" : "alarm"}/${id}`;
}

function withoutNull(fields: Readonly<Record<string, string | null>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(fields).filter((field): field is [string, string] => field[1] !== null),
  );
}

function iso(at: Instant): string {
  return new Date(at).toISOString();
}
