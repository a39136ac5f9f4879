import {
  type AreaNow,
  api,
  type Door,
  feedPath,
  type HouseNow,
  type IncidentNow,
  type PartitionNow,
  type SiteEvent,
  type SiteView,
} from "./api.js";

/** The gateway speaks at least every 15 s; after so long without a word the link is dead, whatever the browser believes. */
const deadAfterMs = 40_000;
/** A link that is back within so long is not worth a word. */
const patienceMs = 3_000;
const retryMs = 2_000;

/** All that the feed says of an alarm that is over. */
export interface IncidentClosed {
  readonly id: string;
  readonly state: "closed";
}

export interface FeedListener {
  site(view: SiteView): void;
  door(door: Door): void;
  house(house: HouseNow): void;
  area(area: AreaNow): void;
  partition(partition: PartitionNow): void;
  incident(incident: IncidentNow | IncidentClosed): void;
  event(event: SiteEvent): void;
  beat(now: string): void;
  /** The journal is another one: forget what was read of the last. */
  resync(): void;
  up(): void;
  /** No word since then. */
  stale(since: Date): void;
  /** The session is over. */
  signedOut(): void;
  /** The account's role may be another. */
  accountChanged(): void;
}

/**
 * The live feed. Browsers come back by themselves and say what they have seen (`Last-Event-ID`); this adds what they lack: noticing
 * a dead link, and coming back after an answer that was not a feed.
 */
export class Feed {
  readonly #told: FeedListener;
  #source: EventSource | undefined;
  #timer: ReturnType<typeof setInterval> | undefined;
  #heardAt = new Date();
  #cursor = "";
  #isUp = false;
  #downSince: number | undefined;
  #checking = false;

  constructor(told: FeedListener) {
    this.#told = told;
  }

  start(): void {
    this.#timer = setInterval(() => this.#look(), 1_000);
    this.#open();
  }

  stop(): void {
    clearInterval(this.#timer);
    this.#source?.close();
    this.#source = undefined;
  }

  #open(): void {
    this.#source?.close();
    const source = new EventSource(feedPath(this.#cursor));
    this.#source = source;
    const on = <T>(name: string, tell: (data: T) => void) =>
      source.addEventListener(name, (message: MessageEvent<string>) => {
        if (source !== this.#source) return;
        this.#heard();
        if (message.lastEventId !== "") this.#cursor = message.lastEventId;
        tell(JSON.parse(message.data) as T);
      });
    on<SiteView>("site", (view) => this.#told.site(view));
    on<Door>("door", (door) => this.#told.door(door));
    on<HouseNow>("house", (house) => this.#told.house(house));
    on<AreaNow>("area", (area) => this.#told.area(area));
    on<PartitionNow>("partition", (partition) => this.#told.partition(partition));
    on<IncidentNow | IncidentClosed>("incident", (incident) => this.#told.incident(incident));
    on<SiteEvent>("event", (event) => this.#told.event(event));
    on<{ now: string }>("beat", ({ now }) => this.#told.beat(now));
    on("resync", () => {
      this.#cursor = "";
      this.#told.resync();
    });
    source.addEventListener("end", (message: MessageEvent<string>) => {
      source.close();
      this.#down();
      if ((JSON.parse(message.data) as { why?: string }).why === "account-changed")
        this.#told.accountChanged();
      void this.#check();
    });
    source.addEventListener("error", () => {
      if (source !== this.#source) return;
      this.#down();
      if (source.readyState === EventSource.CLOSED) void this.#check();
    });
  }

  #heard(): void {
    this.#heardAt = new Date();
    this.#downSince = undefined;
    if (this.#isUp) return;
    this.#isUp = true;
    this.#told.up();
  }

  #down(): void {
    this.#downSince ??= Date.now();
  }

  /** Once a second. */
  #look(): void {
    if (this.#source === undefined) return;
    if (this.#downSince === undefined && Date.now() - this.#heardAt.getTime() > deadAfterMs) {
      this.#down();
      this.#open();
    }
    if (this.#downSince !== undefined && Date.now() - this.#downSince >= patienceMs) {
      this.#isUp = false;
      this.#told.stale(this.#heardAt);
    }
  }

  /** The browser has given up: still signed in? Then again in a while. */
  async #check(): Promise<void> {
    if (this.#checking) return;
    this.#checking = true;
    try {
      const { signedIn } = await api.session();
      if (!signedIn) {
        this.stop();
        this.#told.signedOut();
        return;
      }
    } catch {
      // Not reachable: the same as a dead link.
    } finally {
      this.#checking = false;
    }
    setTimeout(() => {
      if (this.#source !== undefined) this.#open();
    }, retryMs);
  }
}
