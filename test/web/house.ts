/** A house for the web to stand in: its journal, live view and operations are of memory, and behave as the real ones do. */
import { openAccounts } from "../../gateway/accounts/accounts.js";
import { may, permissions } from "../../gateway/accounts/permissions.js";
import { openSignInKeys } from "../../gateway/accounts/sign-in-keys.js";
import { SignInThrottle } from "../../gateway/accounts/throttle.js";
import type { EventBody, SiteEvent } from "../../gateway/core/events.js";
import { eventCatalogue } from "../../gateway/core/events.js";
import { publicEvent } from "../../gateway/core/public-event.js";
import type { DoorView, SiteView } from "../../gateway/core/views.js";
import { operations as realOperations } from "../../gateway/operations/perform.js";
import type {
  EventFilter,
  Journal,
  Live,
  News,
  Operations,
  Operator,
  Performed,
  Refusal,
} from "../../gateway/ports.js";
import { createWeb, type WebLimits, type WebOptions } from "../../web/server/app.js";
import { type Serving, serveWeb, type Where } from "../../web/server/listen.js";
import { forgetfulRows, openSessions, type SessionLimits } from "../../web/server/sessions.js";
import { mayReadEvent } from "../../web/server/shown.js";
import { keptParts, keptRows } from "../accounts/rows.js";

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

const siteDocument = {
  site: { id: "hq", name: "Harbour House", timeZone: "Europe/Berlin" },
  groups: [{ id: "staff", name: "Staff", access: [{ areas: ["lobby"], schedule: "office" }] }],
  schedules: [
    { id: "office", name: "Office hours", week: [{ days: ["mon", "tue"], from: "07:00", to: "19:00" }] },
  ],
};

const card = {
  id: "c1",
  kind: "uid",
  status: "active",
  value: "uid:04A1B2C3",
  validFrom: null,
  validUntil: null,
};
const bruno = {
  id: "p2",
  name: "Bruno Keller",
  tenant: "main",
  groups: ["staff"],
  status: "active",
  validFrom: null,
  validUntil: null,
  version: 3,
  traits: [],
  trainings: {},
  temporary: [{ door: "front", from: "2026-11-24T08:00:00.000Z", until: "2026-11-24T17:00:00.000Z" }],
  host: null,
  company: "Keller Bau",
  inductedUntil: null,
  sponsor: null,
  pin: true,
  credentials: [card],
};
const at = "2026-11-24T08:12:03.000Z";

/** What the real operations answer. */
const results: Readonly<Record<string, unknown>> = {
  status: {
    version: "0.0.0-test",
    running: true,
    since: at,
    site: { id: "hq", name: "Harbour House", revision: 1 },
    journal: { state: "ok", lastSeq: 7, waiting: 0 },
    devices: { online: 1, of: 2, missing: ["vault-lock"] },
    people: 1,
    credentials: 1,
    accounts: 1,
  },
  "people.list": { people: [bruno], total: 1, next: null },
  "person.get": { person: bruno },
  "person.put": { person: bruno },
  "person.block": { person: "p2", status: "blocked" },
  "person.access": {
    doors: [
      { door: "front", name: "Front door", now: true, until: at, from: null, why: null },
      { door: "vault", name: "Vault", now: false, until: null, from: null, why: "no group has this door" },
    ],
  },
  "visitor.list": { visitors: [{ ...bruno, visit: "on", hostName: "Anna" }] },
  "visitor.add": { person: bruno, code: "12345678" },
  "visitor.end": { person: "p2", badges: 1 },
  "people.companies": { companies: [{ company: "Keller Bau", people: 1 }] },
  "people.acts": {
    acts: [{ act: "act-1", at, by: "anna", note: null, people: 1, badges: 1, undoneAt: null }],
  },
  "people.revoke-many": {
    act: "act-1",
    people: [{ id: "p2", name: "Bruno Keller", company: "Keller Bau", badges: 1, pin: true }],
    badges: 1,
    alreadyRevoked: 0,
    unmatched: [{ text: "4711", why: "nobody has this id or badge" }],
    list: "0123",
  },
  "people.restore-many": { act: "act-1", people: 1, badges: 1, leftAsTheyAre: 0 },
  "person.pin": { person: "p2", pin: true },
  "person.let-in": { person: bruno },
  "person.let-in-end": { person: "p2", ended: 1 },
  "credential.add": { credential: card },
  "credential.assign": { credential: card },
  "credential.status": { credential: "c1", status: "lost" },
  "cards.unknown": {
    cards: [{ event: "0190", at, door: "front", shown: "…51091", spellings: ["142,51091"] }],
  },
};

export interface HouseOptions {
  readonly sessions?: Partial<SessionLimits>;
  readonly limits?: Partial<WebLimits>;
  readonly where?: Where;
  readonly more?: Partial<WebOptions>;
}

/** The real throttle; a test may have it take the address of this machine for another one from now on. */
class ReplaceablePace extends SignInThrottle {
  #moved = "";

  forgetAddresses(): void {
    this.#moved += "x";
  }

  override wait(address: string, account: string) {
    return super.wait(address + this.#moved, account);
  }

  override codeWait(address: string, account: string) {
    return super.codeWait(address + this.#moved, account);
  }

  override failed(address: string, account: string): void {
    super.failed(address + this.#moved, account);
  }

  override codeFailed(address: string, account: string): void {
    super.codeFailed(address + this.#moved, account);
  }

  override succeeded(address: string, account: string): void {
    super.succeeded(address + this.#moved, account);
  }
}

/** Everything, listening on a free port. */
export async function openHouse(options: HouseOptions = {}) {
  const clock = {
    now: () => Date.now() + clock.ahead,
    monotonic: () => performance.now() + clock.ahead,
    ahead: 0,
  };
  const accounts = await openAccounts(keptRows(), clock);
  const accountParts = keptParts();
  const keys = await openSignInKeys(accountParts, accounts, clock);
  const sessionRows = forgetfulRows();
  const sessions = await openSessions(sessionRows, accounts, clock, { limits: options.sessions ?? {} });
  const journal = new MemoryJournal();
  const live = new MemoryLive();
  const performed: { operator: Operator; name: string; params: unknown }[] = [];
  const notes: EventBody[] = [];
  const broken: unknown[] = [];

  const refusal = (code: Refusal["code"], message: string): Performed => ({
    ok: false,
    refusal: { code, message },
  });
  /** Permission and params are those of the real operations; what they do is done here in memory. */
  const operations: Operations = {
    perform: async (operator, name, params) => {
      if (name === "test.break") throw new Error("SELECT secret FROM /var/lib/gatewarden");
      const real = realOperations.get(name);
      const permission = real?.permission;
      if (permission === undefined) return refusal("unknown-operation", `there is no ${name}`);
      if (!may(operator, permission)) return refusal("forbidden", `this needs ${permission}`);
      const read = real?.params.safeParse(params);
      if (read?.success === false) return refusal("invalid", `${name}: ${read.error.message}`);
      performed.push({ operator, name, params });
      const asked = params as Record<string, string>;
      if (name === "account.list") return { ok: true, result: { accounts: accounts.list() } };
      if (name === "account.disable") {
        const { account, disabled } = params as { account: string; disabled: boolean };
        const kept = await accounts.disable(account, disabled);
        return kept.ok ? { ok: true, result: { account: kept.account } } : kept;
      }
      if (name === "door.list") return { ok: true, result: { doors: [...live.doors.values()] } };
      if (name === "site.export") return { ok: true, result: { revision: 1, document: siteDocument } };
      if (name === "event.why") return why(asked.event ?? "", operator);
      if (!name.startsWith("door.")) return { ok: true, result: results[name] ?? {} };
      const which = live.doors.get(asked.door ?? "");
      if (!which) return refusal("not-found", "there is no such door");
      if (name === "door.unlock" && which.mode === "secured" && asked.force === undefined) {
        return refusal("refused", `${which.name} is secured`);
      }
      happen({ type: "door.unlocked", door: which.id, by: operator.actor, data: { seconds: 5 } }, [
        { ...which, lock: "unlocked", since: Date.now() },
      ]);
      return { ok: true, result: { door: which.id } };
    },
  };

  async function why(which: string, operator: Operator): Promise<Performed> {
    const event = journal.events.find(({ id, seq }) => id === which || String(seq) === which);
    if (!event || !mayReadEvent(may, operator, event)) return refusal("not-found", "there is no such event");
    const { trace = [], remedy = null } = event;
    const { language } = operator;
    const sentence = sentenceOf(event, { names: may(operator, "names.read"), language });
    return { ok: true, result: { event: publicEvent(event), sentence, why: `${sentence}.`, trace, remedy } };
  }

  /** Something happens at the site: journalled, and told when it is on disk. */
  function happen(body: EventBody, doors: readonly DoorView[] = []): SiteEvent {
    const event = journal.stamp(body);
    for (const each of doors) live.doors.set(each.id, each);
    journal.commit([event]);
    live.tell({ events: [event], doors });
    return event;
  }

  const pace = new ReplaceablePace(clock);
  const app = createWeb({
    operations,
    live,
    journal,
    accounts,
    sessions,
    ...keys,
    pace,
    may,
    permissions,
    describe: sentenceOf,
    clock,
    version: "0.0.0-test",
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
    accountParts,
    ...keys,
    sessions,
    sessionRows,
    journal,
    live,
    performed,
    notes,
    broken,
    clock,
    pace,
    /** As if the next sign-in came from an address that nobody has ever signed in from. */
    forgetAddresses: () => pace.forgetAddresses(),
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
  house: Pick<House, "url">,
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

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  // biome-ignore lint/suspicious/noExplicitAny: answers are read as a client reads them.
  readonly body: any;
}

/** Asks under `/api/v1` as a browser with this cookie, or as a program with this token. */
export async function ask(
  house: Pick<House, "url">,
  as: string,
  method: string,
  path: string,
  body?: unknown,
  headers: Record<string, string> = {},
): Promise<Answer> {
  const who = as.startsWith("gatewarden_") ? { Authorization: `Bearer ${as}` } : { Cookie: as };
  const response = await fetch(`${house.url}/api/v1${path}`, {
    method,
    headers: {
      ...(as === "" ? {} : who),
      ...(body === undefined ? {} : { "Content-Type": "application/json" }),
      ...headers,
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  return {
    status: response.status,
    headers: response.headers,
    body: text === "" ? undefined : JSON.parse(text),
  };
}

/** In German it only says that it is. */
function sentenceOf(
  event: SiteEvent,
  { names, language }: { names: boolean; language?: string | undefined },
): string {
  if (language === "de") return `auf Deutsch: ${sentenceOf(event, { names })}`;
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
