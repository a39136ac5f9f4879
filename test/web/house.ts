/** A house for the web to stand in: its journal, live view and operations are of memory, and behave as the real ones do. */
import { openAccounts } from "../../gateway/accounts/accounts.js";
import { may } from "../../gateway/accounts/permissions.js";
import { SignInThrottle } from "../../gateway/accounts/throttle.js";
import type { EventBody, SiteEvent } from "../../gateway/core/events.js";
import { eventCatalogue } from "../../gateway/core/events.js";
import type { DoorView, SiteView } from "../../gateway/core/views.js";
import type { EventFilter, Journal, Live, News, Operations, Operator } from "../../gateway/ports.js";
import { createWeb, type WebLimits, type WebOptions } from "../../web/server/app.js";
import { type Serving, serveWeb, type Where } from "../../web/server/listen.js";
import { forgetfulRows, openSessions, type SessionLimits } from "../../web/server/sessions.js";
import { keptRows } from "../accounts/rows.js";

const people: Readonly<Record<string, string>> = {
  p1: "Ada Okafor",
  p2: "Bruno Keller",
  p3: "Chiara Lindqvist",
};

/** An append-only list that takes `diskMs` to be on disk, as a real one does. */
class MemoryJournal implements Pick<Journal, "readAfter" | "readBefore" | "byId" | "onDurable" | "health"> {
  /** How long the disk takes; a read takes as long. */
  diskMs = 0;
  /** How much later than on disk it is told that something is on disk. */
  tellMs = 0;
  readonly events: SiteEvent[] = [];
  lastSeq = 0;
  readonly #listeners = new Set<(events: readonly SiteEvent[]) => void>();

  /** Stamped at once, on disk later: `commit`. */
  stamp(body: EventBody): SiteEvent {
    this.lastSeq += 1;
    return {
      ...body,
      v: 1,
      id: `01900000-0000-7000-8000-${String(this.lastSeq).padStart(12, "0")}`,
      seq: this.lastSeq,
      at: Date.now(),
      site: "hq",
      tenant: "main",
      revision: 1,
      signal: `signal-${this.lastSeq}`,
      severity: body.severity ?? eventCatalogue[body.type].severity,
    };
  }

  commit(events: readonly SiteEvent[]): void {
    this.events.push(...events);
    const tell = () => {
      for (const listener of [...this.#listeners]) listener(events);
    };
    // A reader's handle sees a commit before the writer's thread has said so here.
    if (this.tellMs === 0) tell();
    else setTimeout(tell, this.tellMs);
  }

  onDurable(listener: (events: readonly SiteEvent[]) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  get listeners(): number {
    return this.#listeners.size;
  }

  health() {
    const lastDurableSeq = this.events.at(-1)?.seq ?? 0;
    return { state: "ok" as const, waiting: 0, lastSeq: this.lastSeq, lastDurableSeq };
  }

  async readAfter(after: number, limit: number, filter?: EventFilter): Promise<SiteEvent[]> {
    // What is committed when the read begins is what it sees.
    const seen = this.events.filter((event) => event.seq > after && passes(event, filter)).slice(0, limit);
    await new Promise((read) => setTimeout(read, this.diskMs));
    return seen;
  }

  async readBefore(before: number | undefined, limit: number, filter?: EventFilter): Promise<SiteEvent[]> {
    return this.events
      .filter((event) => (before === undefined || event.seq < before) && passes(event, filter))
      .reverse()
      .slice(0, limit);
  }

  async byId(id: string): Promise<SiteEvent | undefined> {
    return this.events.find((event) => event.id === id);
  }
}

function passes(event: SiteEvent, filter: EventFilter = {}): boolean {
  const category = event.type.slice(0, event.type.indexOf("."));
  return (
    (filter.categories?.some((each) => each === category) ?? true) &&
    (filter.types?.includes(event.type) ?? true) &&
    (filter.severities?.includes(event.severity) ?? true) &&
    (filter.door === undefined || filter.door === event.door) &&
    (filter.person === undefined || filter.person === event.person)
  );
}

export function door(id: string, name: string, more: Partial<DoorView> = {}): DoorView {
  return {
    id,
    name,
    lock: "locked",
    position: "closed",
    mode: "card",
    online: true,
    alarm: null,
    override: null,
    since: Date.now() - 180_000,
    ...more,
  };
}

class MemoryLive implements Live {
  readonly doors = new Map<string, DoorView>();
  revision = 1;
  readonly #listeners = new Set<(news: News) => void>();

  view(): SiteView {
    return {
      site: { id: "hq", name: "Harbour House", revision: this.revision, timeZone: "Europe/Berlin" },
      doors: [...this.doors.values()],
      areas: [{ id: "lobby", name: "Lobby", occupancy: 2, uncertain: 0 }],
      partitions: [{ id: "ground", name: "Ground floor", arming: "disarmed", ready: true }],
      sensors: [{ id: "smoke-1", name: "Smoke, lobby", active: false, fault: null }],
    };
  }

  onNews(listener: (news: News) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  tell(news: Partial<News>): void {
    for (const listener of [...this.#listeners]) {
      listener({ events: [], durable: true, doors: [], areas: [], partitions: [], ...news });
    }
  }
}

export interface HouseOptions {
  readonly sessions?: Partial<SessionLimits>;
  readonly limits?: Partial<WebLimits>;
  readonly where?: Where;
  readonly more?: Partial<WebOptions>;
}

/** Everything, listening on a free port. */
export async function openHouse(options: HouseOptions = {}) {
  const clock = {
    now: () => Date.now() + clock.ahead,
    monotonic: () => performance.now() + clock.ahead,
    ahead: 0,
  };
  const accounts = await openAccounts(keptRows(), clock);
  const sessionRows = forgetfulRows();
  const sessions = await openSessions(sessionRows, accounts, clock, { limits: options.sessions ?? {} });
  const journal = new MemoryJournal();
  const live = new MemoryLive();
  const performed: { operator: Operator; name: string; params: unknown }[] = [];
  const notes: EventBody[] = [];
  const broken: unknown[] = [];

  const operations: Operations = {
    perform: async (operator, name, params) => {
      performed.push({ operator, name, params });
      if (name === "test.break") throw new Error("SELECT secret FROM /var/lib/gatewarden");
      if (name !== "door.unlock") {
        return { ok: false, refusal: { code: "unknown-operation", message: `there is no ${name}` } };
      }
      if (!may(operator, "door.unlock")) {
        return { ok: false, refusal: { code: "forbidden", message: "this needs door.unlock" } };
      }
      const which = live.doors.get(String((params as { door?: unknown }).door));
      if (!which) return { ok: false, refusal: { code: "not-found", message: "there is no such door" } };
      if (which.mode === "secured") {
        return { ok: false, refusal: { code: "refused", message: `${which.name} is secured` } };
      }
      happen({ type: "door.unlocked", door: which.id, by: operator.actor, data: { seconds: 5 } }, [
        { ...which, lock: "unlocked", since: Date.now() },
      ]);
      return { ok: true, result: { door: which.id } };
    },
  };

  /** Something happens at the site: journalled, and told when it is on disk. */
  function happen(body: EventBody, doors: readonly DoorView[] = []): SiteEvent {
    const event = journal.stamp(body);
    for (const each of doors) live.doors.set(each.id, each);
    journal.commit([event]);
    live.tell({ events: [event], doors });
    return event;
  }

  const app = createWeb({
    operations,
    live,
    journal,
    accounts,
    sessions,
    pace: new SignInThrottle(clock),
    may,
    describe: sentenceOf,
    clock,
    tls: false,
    note: (event) => notes.push(event),
    broke: (error) => broken.push(error),
    ...(options.limits ? { limits: options.limits } : {}),
    ...options.more,
  });
  let serving: Serving = await serveWeb(app, options.where ?? { host: "127.0.0.1", port: 0 });
  return {
    app,
    accounts,
    sessions,
    sessionRows,
    journal,
    live,
    performed,
    notes,
    broken,
    clock,
    happen,
    url: serving.url ?? "",
    /** Unreachable for a while, as a gateway that is started anew. */
    goAway: () => serving.stop(),
    comeBack: async () => {
      serving = await serveWeb(app, { host: "127.0.0.1", port: serving.port ?? 0 });
    },
    stop: () => serving.stop(),
  };
}

export type House = Awaited<ReturnType<typeof openHouse>>;

export const password = "correct horse battery";

/** Signs in and returns the cookie. */
export async function signedIn(house: House, account: string, secret = password): Promise<string> {
  const response = await post(house, "/api/v1/session", { account, password: secret });
  if (response.status !== 200)
    throw new Error(`sign-in of ${account}: ${response.status} ${await response.text()}`);
  return cookieOf(response);
}

export function cookieOf(response: Response): string {
  return (response.headers.get("set-cookie") ?? "").split(";")[0] ?? "";
}

export function post(
  house: House,
  path: string,
  body: unknown,
  headers: Record<string, string> = {},
): Promise<Response> {
  return fetch(house.url + path, {
    method: "POST",
    headers: { "Content-Type": "application/json", ...headers },
    body: JSON.stringify(body),
  });
}

function sentenceOf(event: SiteEvent, { names }: { names: boolean }): string {
  const person = event.person ?? "";
  const words: Record<string, string> = {
    door: event.door ?? "",
    person: names ? (people[person] ?? person) : person,
    reason: event.reason ?? "",
    by: event.by?.id ?? "",
    area: event.area ?? "",
  };
  const text: string = eventCatalogue[event.type].text;
  return text
    .replace(/\[[^\]]*\]/g, "")
    .replace(/\{(\w+)\}/g, (_all, word: string) => words[word] ?? "")
    .replace(/^./, (first) => first.toUpperCase());
}
