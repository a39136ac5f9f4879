import {
  type AreaNow,
  api,
  type Door,
  type HouseNow,
  type IncidentNow,
  type PartitionNow,
  type Plan,
  type SiteEvent,
  type SiteView,
} from "./api.js";
import { Feed } from "./feed.js";
import { Passages, type Row } from "./passages.js";
import { heardNow } from "./time.js";

export type Link =
  | { readonly is: "connecting" }
  | { readonly is: "up" }
  | { readonly is: "stale"; readonly since: Date };

/** The site as it is now; replaced as a whole, at most once a frame. */
export interface LiveState {
  readonly link: Link;
  readonly site: SiteView["site"] | undefined;
  readonly doors: ReadonlyMap<string, Door>;
  /** What holds of the whole house; undefined: not known yet, or not for this account. */
  readonly house: HouseNow | undefined;
  /** Where doors lead and what levels change; the same until the next revision. */
  readonly plan: Plan | undefined;
  /** How many are where. */
  readonly areas: ReadonlyMap<string, AreaNow>;
  /** What arms, in the order of the site. */
  readonly partitions: ReadonlyMap<string, PartitionNow>;
  /** The open alarms that this account may know of, the most urgent and the oldest first. */
  readonly incidents: readonly IncidentNow[];
  /** Their names. */
  readonly sensors: ReadonlyMap<string, string>;
  readonly rows: readonly Row[];
  /** Older entries can be asked for. */
  readonly hasOlder: boolean;
  /** The first page of what happened is here. */
  readonly loaded: boolean;
  /** The latest event that cannot wait, to be read out. */
  readonly alarm: SiteEvent | undefined;
}

export interface LiveListener {
  signedOut(): void;
  accountChanged(): void;
}

const pageEvents = 200;
const mostRows = 400;
/** Kept so that rows can be merged anew when older entries are fetched. */
const mostEvents = 4_000;
/** A page in the background draws no frames; it must not gather without end. */
const hiddenMs = 250;

const nothing: LiveState = {
  link: { is: "connecting" },
  site: undefined,
  doors: new Map(),
  house: undefined,
  plan: undefined,
  areas: new Map(),
  partitions: new Map(),
  incidents: [],
  sensors: new Map(),
  rows: [],
  hasOlder: false,
  loaded: false,
  alarm: undefined,
};

/** As the gateway sorts them. */
const moreUrgent = (a: IncidentNow, b: IncidentNow): number =>
  a.priority - b.priority || a.at.localeCompare(b.at) || a.id.localeCompare(b.id);

/** Feeds the pages: what comes within one frame is drawn at once. */
export class LiveStore {
  readonly #told: LiveListener;
  readonly #mayReadEvents: boolean;
  readonly #listeners = new Set<() => void>();
  #feed: Feed | undefined;
  #state = nothing;
  #next: Partial<LiveState> = {};
  #doors = new Map<string, Door>();
  #areas = new Map<string, AreaNow>();
  #partitions = new Map<string, PartitionNow>();
  #incidents: readonly IncidentNow[] = [];
  #events: SiteEvent[] = [];
  #waiting: SiteEvent[] = [];
  #passages = new Passages(mostRows);
  #rowsWanted = mostRows;
  #oldest: number | null = null;
  #drawing = false;
  #loading = false;

  constructor(told: LiveListener, mayReadEvents: boolean) {
    this.#told = told;
    this.#mayReadEvents = mayReadEvents;
  }

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  readonly state = (): LiveState => this.#state;

  start(): void {
    this.#feed = new Feed({
      site: (view) => {
        heardNow(view.now);
        this.#doors = new Map(view.doors.map((door) => [door.id, door]));
        this.#areas = new Map(view.areas.map((area) => [area.id, area]));
        this.#partitions = new Map(view.partitions.map((partition) => [partition.id, partition]));
        this.#incidents = view.incidents ?? [];
        const { house, plan } = view;
        this.#set({
          site: view.site,
          doors: this.#doors,
          house,
          plan,
          areas: this.#areas,
          partitions: this.#partitions,
          incidents: this.#incidents,
          sensors: new Map(view.sensors.map(({ id, name }) => [id, name])),
        });
        // Only now: what happens from here on comes by the feed, so that nothing falls in between.
        if (!this.#loading && !this.#state.loaded) void this.#load();
      },
      door: (door) => {
        this.#doors = new Map(this.#doors).set(door.id, door);
        this.#set({ doors: this.#doors });
      },
      house: (house) => this.#set({ house }),
      area: (area) => {
        this.#areas = new Map(this.#areas).set(area.id, area);
        this.#set({ areas: this.#areas });
      },
      partition: (partition) => {
        this.#partitions = new Map(this.#partitions).set(partition.id, partition);
        this.#set({ partitions: this.#partitions });
      },
      incident: (incident) => {
        const others = this.#incidents.filter(({ id }) => id !== incident.id);
        this.#incidents = incident.state === "closed" ? others : [...others, incident].sort(moreUrgent);
        this.#set({ incidents: this.#incidents });
      },
      event: (event) => {
        this.#waiting.push(event);
        this.#set(event.severity === "critical" ? { alarm: event } : {});
      },
      beat: heardNow,
      resync: () => {
        this.#events = [];
        this.#waiting = [];
        this.#passages = new Passages(mostRows);
        this.#set({ rows: [], loaded: false });
      },
      up: () => this.#set({ link: { is: "up" } }),
      stale: (since) => {
        if (this.#state.link.is !== "stale") this.#set({ link: { is: "stale", since } });
      },
      signedOut: () => this.#told.signedOut(),
      accountChanged: () => this.#told.accountChanged(),
    });
    this.#feed.start();
  }

  stop(): void {
    this.#feed?.stop();
    this.#feed = undefined;
  }

  /** What happened before the oldest entry that is shown. */
  async older(): Promise<void> {
    if (this.#oldest === null) return;
    const page = await api.events({ before: this.#oldest, limit: pageEvents });
    this.#oldest = page.next;
    this.#rowsWanted += pageEvents;
    this.#events = [...page.events, ...this.#events];
    this.#passages = new Passages(this.#rowsWanted);
    this.#passages.add(this.#events);
    this.#set({ rows: this.#passages.rows(), hasOlder: page.next !== null });
  }

  async #load(): Promise<void> {
    if (!this.#mayReadEvents) {
      this.#set({ loaded: true });
      return;
    }
    this.#loading = true;
    try {
      const page = await api.events({ limit: pageEvents });
      this.#oldest = page.next;
      this.#waiting.push(...page.events);
      this.#set({ loaded: true, hasOlder: page.next !== null });
    } catch {
      // The link is down: the banner says so; the feed's next beginning loads again.
    } finally {
      this.#loading = false;
    }
  }

  #set(change: Partial<LiveState>): void {
    this.#next = { ...this.#next, ...change };
    if (this.#drawing) return;
    this.#drawing = true;
    if (document.hidden) setTimeout(this.#draw, hiddenMs);
    else requestAnimationFrame(this.#draw);
  }

  readonly #draw = (): void => {
    this.#drawing = false;
    const waiting = this.#waiting;
    this.#waiting = [];
    const rows =
      waiting.length === 0
        ? {}
        : (() => {
            this.#events.push(...waiting);
            if (this.#events.length > mostEvents + this.#rowsWanted * 4) {
              this.#events = this.#events.slice(-mostEvents);
            }
            this.#passages.add(waiting);
            return { rows: this.#passages.rows() };
          })();
    this.#state = { ...this.#state, ...this.#next, ...rows };
    this.#next = {};
    for (const listener of this.#listeners) listener();
  };
}
