import { once } from "node:events";
import type { Request, Response } from "express";
import type { SiteEvent } from "../../gateway/core/events.js";
import type { Account, Clock, Journal, Live, News, Operator } from "../../gateway/ports.js";
import type { Identity } from "./guard.js";
import type { Tokens } from "./needs.js";
import { sendProblem } from "./problems.js";
import type { Sessions } from "./sessions.js";
import { type Describe, type May, mayReadEvent, shownDoor, shownEvent, shownSite } from "./shown.js";

export interface FeedParts {
  readonly live: Live;
  readonly journal: Pick<Journal, "readAfter" | "onDurable" | "health">;
  readonly sessions: Pick<Sessions, "holds" | "use" | "onEnd">;
  readonly tokens: Pick<Tokens, "holds" | "onEnd">;
  readonly accounts: { onChange(listener: (account: Account) => void): () => void };
  readonly clock: Pick<Clock, "now">;
  readonly may: May;
  readonly describe: Describe;
  readonly limits: FeedLimits;
}

export interface FeedLimits {
  /** A reader that has not taken so many bytes is cut off; it may resume where it was. */
  readonly unreadBytes: number;
  /** How long a reader that is catching up may not read at all. */
  readonly stuckMs: number;
  readonly heartbeatMs: number;
  /** Open feeds in all, and of one account. */
  readonly feeds: number;
  readonly feedsPerAccount: number;
}

export const defaultFeedLimits: FeedLimits = {
  unreadBytes: 1024 * 1024,
  stuckMs: 20_000,
  heartbeatMs: 15_000,
  feeds: 300,
  feedsPerAccount: 20,
};

const pageEvents = 500;
/** Events that were told before they were on disk, kept to know them again. */
const mostEarly = 20_000;

/** Why a feed ended, for the page. */
type End = "signed-out" | "account-changed" | "behind";

/** The running feeds: each resumes by `seq`, first out of the journal, then live, without a gap and without repeating. */
export class Feeds {
  readonly #parts: FeedParts;
  readonly #feeds = new Set<Feed>();

  constructor(parts: FeedParts) {
    this.#parts = parts;
  }

  open(request: Request, response: Response, identity: Identity, after: number | undefined): void {
    const { limits } = this.#parts;
    const account = identity.operator.actor.id;
    const own = [...this.#feeds].filter((feed) => feed.account === account).length;
    if (this.#feeds.size >= limits.feeds || own >= limits.feedsPerAccount) {
      const detail = "too many live feeds are open";
      sendProblem(response, { status: 503, code: "busy", detail, retryAfterS: 10 });
      return;
    }
    const feed = new Feed(this.#parts, response, identity, () => this.#feeds.delete(feed));
    this.#feeds.add(feed);
    request.socket.setNoDelay(true);
    feed.start(after);
  }
}

class Feed {
  readonly #parts: FeedParts;
  readonly #response: Response;
  readonly #identity: Identity;
  readonly #operator: Operator;
  readonly #names: boolean;
  readonly #ended: () => void;
  #unsubscribe: (() => void)[] = [];
  /** Everything up to here was told, or was not for this reader. */
  #through = 0;
  /** What the reader would resume from. */
  #toldThrough = 0;
  /** Highest `seq` known to be on disk. */
  #onDisk = 0;
  #caughtUp = false;
  #open = true;
  /** Told before they were on disk. */
  readonly #early = new Set<string>();
  /** Not on disk and not told yet: they came while the journal was being read. */
  #held: SiteEvent[] = [];
  #revision = 0;

  constructor(parts: FeedParts, response: Response, identity: Identity, ended: () => void) {
    this.#parts = parts;
    this.#response = response;
    this.#identity = identity;
    this.#operator = identity.operator;
    this.#names = parts.may(identity.operator, "names.read");
    this.#ended = ended;
  }

  get account(): string {
    return this.#operator.actor.id;
  }

  start(after: number | undefined): void {
    const { journal, live, sessions, tokens, accounts, limits } = this.#parts;
    this.#response.writeHead(200, {
      "Content-Type": "text/event-stream; charset=utf-8",
      "Cache-Control": "no-store",
      // A proxy that collects what it passes on would make a live feed late.
      "X-Accel-Buffering": "no",
    });
    this.#response.on("close", () => this.#stop());
    this.#response.on("error", () => this.#stop());

    const { lastSeq, lastDurableSeq } = journal.health();
    // A cursor from beyond the end is from another journal (a restored backup): begin anew and say so.
    const foreign = after !== undefined && after > lastSeq;
    this.#through = after === undefined || foreign ? lastDurableSeq : after;
    this.#toldThrough = this.#through;
    this.#write(`retry: 2000\n${foreign ? frame("resync", {}) : ""}${this.#site()}`);

    const beat = setInterval(() => this.#beat(), limits.heartbeatMs);
    this.#unsubscribe = [
      () => clearInterval(beat),
      live.onNews((news) => this.#onNews(news)),
      accounts.onChange((account) => {
        // Also when the role changed: the page comes back with what it may now.
        if (account.id === this.#identity.account) {
          this.#end(account.disabled ? "signed-out" : "account-changed");
        }
      }),
      sessions.onEnd((digest) => {
        if (digest === this.#identity.session?.digest) this.#end("signed-out");
      }),
      tokens.onEnd((id) => {
        if (id === this.#identity.token?.id) this.#end("signed-out");
      }),
    ];
    if (this.#parts.may(this.#operator, "journal.read")) {
      this.#unsubscribe.push(journal.onDurable((events) => this.#onDurable(events)));
      this.#catchUp().catch(() => this.#end("behind"));
    }
  }

  /**
   * Reads the journal until nothing is on disk that was not read. What becomes durable meanwhile only moves `#onDisk`; there is no
   * await between the last comparison and being caught up, so that nothing falls in between.
   */
  async #catchUp(): Promise<void> {
    while (this.#open) {
      const page = await this.#parts.journal.readAfter(this.#through, pageEvents);
      if (!this.#open) return;
      this.#tell(page);
      if (page.length < pageEvents && this.#through >= this.#onDisk) break;
      if (page.length === 0)
        throw new Error(`the journal tells of ${this.#onDisk} and ends at ${this.#through}`);
      await this.#read();
    }
    this.#caughtUp = true;
    const held = this.#held;
    this.#held = [];
    this.#tellEarly(held);
  }

  #onDurable(events: readonly SiteEvent[]): void {
    const last = events.at(-1);
    if (!last) return;
    this.#onDisk = Math.max(this.#onDisk, last.seq);
    if (this.#caughtUp) this.#tell(events);
  }

  #onNews(news: News): void {
    if (!news.durable && this.#parts.may(this.#operator, "journal.read")) {
      if (this.#caughtUp) this.#tellEarly(news.events);
      else if (this.#held.length < mostEarly) this.#held.push(...news.events);
    }
    this.#write(this.#views(news));
  }

  /** Events that are on disk, in order. */
  #tell(events: readonly SiteEvent[]): void {
    let text = "";
    for (const event of events) {
      if (event.seq <= this.#through) continue;
      this.#through = event.seq;
      const known = this.#early.delete(event.id);
      if (!mayReadEvent(this.#parts.may, this.#operator, event)) continue;
      this.#toldThrough = event.seq;
      // What was told early is not told again; the reader's cursor still moves on (an id without data).
      text += known ? `id: ${event.seq}\n\n` : `id: ${event.seq}\n${this.#event(event, true)}`;
    }
    this.#write(text);
  }

  /** Events that the disk has not taken: without an id, so that a reader that resumes gets them from the journal. */
  #tellEarly(events: readonly SiteEvent[]): void {
    let text = "";
    for (const event of events) {
      if (event.seq <= this.#through || this.#early.size >= mostEarly) continue;
      this.#early.add(event.id);
      if (mayReadEvent(this.#parts.may, this.#operator, event)) text += this.#event(event, false);
    }
    this.#write(text);
  }

  #event(event: SiteEvent, durable: boolean): string {
    return renderedEvent(event, this.#parts.describe, this.#names, durable, this.#operator.language);
  }

  #views({ doors, areas, partitions, house, incidents = [] }: News): string {
    const { may, live } = this.#parts;
    if (live.view().site.revision !== this.#revision) return this.#site();
    const parts: string[] = [];
    if (may(this.#operator, "doors.read")) {
      for (const door of doors) parts.push(frame("door", shownDoor(door)));
      if (house) parts.push(frame("house", house));
    }
    if (may(this.#operator, "areas.read")) for (const area of areas) parts.push(frame("area", area));
    if (may(this.#operator, "partitions.read")) {
      for (const partition of partitions) parts.push(frame("partition", partition));
    }
    if (may(this.#operator, "incidents.read")) {
      for (const { id, silent, view } of incidents)
        if (!silent || may(this.#operator, "discreet"))
          parts.push(frame("incident", view ?? { id, state: "closed" }));
    }
    return parts.join("");
  }

  #site(): string {
    const { live, may, clock } = this.#parts;
    const view = live.view();
    this.#revision = view.site.revision;
    return frame("site", shownSite(view, may, this.#operator, clock.now()));
  }

  /** Shows both sides that the other is there, moves the cursor over what was not for this reader, and is use of the session. */
  #beat(): void {
    const { session, token } = this.#identity;
    const over =
      (session && !this.#parts.sessions.holds(session.digest)) ||
      (token && !this.#parts.tokens.holds(token.id));
    if (over) {
      this.#end("signed-out");
      return;
    }
    if (session) this.#parts.sessions.use(session.digest);
    const moved = this.#caughtUp && this.#through > this.#toldThrough;
    if (moved) this.#toldThrough = this.#through;
    // An event rather than a comment: a page cannot see comments, and could not tell a quiet house from a dead link.
    const beat = frame("beat", { now: new Date(this.#parts.clock.now()).toISOString() });
    this.#write(moved ? `id: ${this.#through}\n${beat}` : beat);
  }

  #write(text: string): void {
    if (!this.#open || text === "") return;
    this.#response.write(text);
    // While catching up, `#read` waits for the reader after each page; what else comes meanwhile is bounded too.
    const most = this.#parts.limits.unreadBytes * (this.#caughtUp ? 1 : 4);
    if (this.#response.writableLength > most) this.#cut();
  }

  /** Waits until a reader that is catching up has read; cuts it off if it does not. */
  async #read(): Promise<void> {
    if (!this.#response.writableNeedDrain) return;
    const patience = AbortSignal.timeout(this.#parts.limits.stuckMs);
    try {
      await once(this.#response, "drain", { signal: patience });
    } catch {
      this.#cut();
    }
  }

  /** Says why and ends; for a reader that reads. */
  #end(why: End): void {
    if (!this.#open) return;
    this.#write(frame("end", { why }));
    this.#stop();
    this.#response.end();
    // A reader that does not take the last word is not waited for.
    setTimeout(() => this.#response.destroy(), 1_000).unref();
  }

  #cut(): void {
    this.#stop();
    this.#response.destroy();
  }

  #stop(): void {
    if (!this.#open) return;
    this.#open = false;
    for (const each of this.#unsubscribe) each();
    this.#unsubscribe = [];
    this.#ended();
  }
}

function frame(name: string, data: unknown): string {
  return `event: ${name}\ndata: ${JSON.stringify(data)}\n\n`;
}

/** One event is rendered once for all feeds that show it the same way. */
const rendered = new WeakMap<SiteEvent, Map<string, string>>();

function renderedEvent(
  event: SiteEvent,
  describe: Describe,
  names: boolean,
  durable: boolean,
  language: Operator["language"],
): string {
  const ways = rendered.get(event) ?? new Map<string, string>();
  rendered.set(event, ways);
  const way = `${names} ${durable} ${language}`;
  const before = ways.get(way);
  if (before !== undefined) return before;
  const shown = shownEvent(event, describe, names, language);
  const text = frame("event", durable ? shown : { ...shown, durable });
  ways.set(way, text);
  return text;
}
