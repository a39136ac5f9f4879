// @ts-check
import { ask } from "./api.js";

/** The gateway speaks at least every 15 s; after so long without a word the link is dead, whatever the browser believes. */
const deadAfterMs = 40_000;
/** A link that is back within so long is not worth a word. */
const patienceMs = 3_000;

/**
 * The live feed. Browsers come back by themselves and say what they have seen; this adds what they lack: noticing a dead link, and
 * coming back after an answer that was not a feed.
 */
export class Feed {
  /**
   * @param {{ on: Record<string, (data: any) => void>, up: () => void, stale: (since: Date) => void, signedOut: () => void }} told
   */
  constructor(told) {
    this.told = told;
    /** @type {EventSource | undefined} */
    this.source = undefined;
    this.heardAt = new Date();
    this.cursor = "";
    this.isUp = false;
    this.downAt = 0;
    this.checking = false;
    this.timer = setInterval(() => this.look(), 1_000);
    this.open();
  }

  open() {
    this.source?.close();
    const source = new EventSource(`/api/v1/feed${this.cursor === "" ? "" : `?after=${this.cursor}`}`);
    this.source = source;
    for (const name of ["site", "door", "area", "partition", "event", "resync", "beat"]) {
      source.addEventListener(name, (message) => {
        if (source !== this.source) return;
        this.heard();
        if (message.lastEventId !== "") this.cursor = message.lastEventId;
        if (name === "resync") this.cursor = "";
        this.told.on[name]?.(JSON.parse(message.data));
      });
    }
    source.addEventListener("end", () => {
      source.close();
      this.down();
      void this.check();
    });
    source.addEventListener("error", () => {
      if (source !== this.source) return;
      this.down();
      if (source.readyState === EventSource.CLOSED) void this.check();
    });
  }

  close() {
    clearInterval(this.timer);
    this.source?.close();
    this.source = undefined;
  }

  heard() {
    this.heardAt = new Date();
    this.downAt = 0;
    if (this.isUp) return;
    this.isUp = true;
    this.told.up();
  }

  down() {
    if (this.downAt === 0) this.downAt = Date.now();
  }

  /** Once a second. */
  look() {
    if (this.source === undefined) return;
    if (this.downAt === 0 && Date.now() - this.heardAt.getTime() > deadAfterMs) {
      this.down();
      this.open();
    }
    if (this.downAt !== 0 && Date.now() - this.downAt >= patienceMs) {
      this.isUp = false;
      this.told.stale(this.heardAt);
    }
  }

  /** The browser has given up: still signed in? Then again in a while. */
  async check() {
    if (this.checking) return;
    this.checking = true;
    try {
      const { account } = await ask("GET", "session");
      if (account === null) {
        this.close();
        this.told.signedOut();
        return;
      }
    } catch {
      // Not reachable: the same as a dead link.
    } finally {
      this.checking = false;
    }
    setTimeout(() => {
      if (this.source !== undefined) this.open();
    }, 2_000);
  }
}
