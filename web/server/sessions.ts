import { createHash, randomBytes } from "node:crypto";
import type { Instant } from "../../gateway/core/site.js";
import type { Account, Clock, Role } from "../../gateway/ports.js";

/** One signed-in browser. */
export interface SessionRow {
  /** SHA-256 of the token in the cookie, in hex: who reads the rows cannot sign in with them. */
  readonly digest: string;
  readonly account: string;
  readonly createdAt: Instant;
  readonly lastSeenAt: Instant;
  /** Over in any case. */
  readonly expiresAt: Instant;
  /** When the person last proved who they are. */
  readonly freshAt: Instant;
  readonly address: string;
  /** The browser, as it calls itself. */
  readonly agent: string;
}

/** From where a session is opened. */
export interface From {
  readonly address: string;
  readonly agent: string;
}

/** Where sessions are kept, so that a restart signs nobody out. */
export interface SessionRows {
  all(): Promise<readonly SessionRow[]>;
  put(row: SessionRow): Promise<void>;
  remove(digest: string): Promise<void>;
}

/** What sessions need to know of accounts. */
export interface SessionAccounts {
  get(id: string): Account | undefined;
  onChange(listener: (account: Account) => void): () => void;
  /** A new password or key was set: whoever came in with the old one has to leave. */
  onSecretChange(listener: (account: string) => void): () => void;
}

export interface SessionLimits {
  /** Ends when unused for so long. An open live feed counts as use: a guard's screen stays on. */
  readonly idleMs: number;
  /** Ends in any case: a shift. */
  readonly absoluteMs: number;
  /** Of one account at a time; the least used ends. */
  readonly perAccount: number;
}

const defaultLimits: SessionLimits = { idleMs: 60 * 60_000, absoluteMs: 12 * 3_600_000, perAccount: 20 };
const freshMs = 10 * 60_000;
/** How often use is written down. */
const writeUseEveryMs = 60_000;

export class Sessions {
  readonly #rows: SessionRows;
  readonly #accounts: SessionAccounts;
  readonly #clock: Pick<Clock, "now">;
  readonly #limits: SessionLimits;
  readonly #sessions = new Map<string, SessionRow>();
  readonly #writtenUse = new Map<string, Instant>();
  /** The role that an account's sessions were opened with. */
  readonly #roles = new Map<string, Role>();
  readonly #listeners = new Set<(digest: string) => void>();
  readonly #broke: (error: unknown) => void;
  #writing: Promise<void> = Promise.resolve();

  constructor(
    rows: SessionRows,
    accounts: SessionAccounts,
    clock: Pick<Clock, "now">,
    limits: SessionLimits,
    broke: (error: unknown) => void,
  ) {
    this.#rows = rows;
    this.#accounts = accounts;
    this.#clock = clock;
    this.#limits = limits;
    this.#broke = broke;
  }

  async start(): Promise<void> {
    for (const row of await this.#rows.all()) {
      this.#sessions.set(row.digest, row);
      this.#writtenUse.set(row.digest, row.lastSeenAt);
      if (this.#live(row.digest)) this.#rememberRole(row.account);
    }
    this.#accounts.onChange(({ id, role, disabled }) => {
      const before = this.#roles.get(id);
      if (disabled || (before !== undefined && before !== role)) this.endAllOf(id);
      if (before !== undefined) this.#roles.set(id, role);
    });
    this.#accounts.onSecretChange((account) => this.endAllOf(account));
  }

  /** A new session; the token is for the cookie and is kept nowhere. */
  open(account: string, from: From): { token: string; session: SessionRow } {
    const token = randomBytes(32).toString("base64url");
    const now = this.#clock.now();
    const session: SessionRow = {
      digest: digestOf(token),
      account,
      createdAt: now,
      lastSeenAt: now,
      expiresAt: now + this.#limits.absoluteMs,
      freshAt: now,
      ...from,
    };
    const own = this.of(account).sort((a, b) => a.lastSeenAt - b.lastSeenAt);
    for (const old of own.slice(0, Math.max(0, own.length - this.#limits.perAccount + 1)))
      this.end(old.digest);
    this.#sessions.set(session.digest, session);
    this.#rememberRole(account);
    this.#save(session);
    return { token, session };
  }

  /** The person has just proved who they are. Until when that counts; undefined: the session has ended. */
  freshen(digest: string): Instant | undefined {
    const session = this.#live(digest);
    if (!session) return undefined;
    const fresh = { ...session, freshAt: this.#clock.now() };
    this.#sessions.set(digest, fresh);
    this.#save(fresh);
    return this.freshUntil(fresh);
  }

  /** Until when sensitive acts need no new proof; undefined: they do. */
  freshUntil({ freshAt }: SessionRow): Instant | undefined {
    const until = freshAt + freshMs;
    // A clock that was set back must not make a proof last longer.
    const now = this.#clock.now();
    return now < until && now >= freshAt - freshMs ? until : undefined;
  }

  /** The session of a cookie's token, if it still holds. Looking does not count as use. */
  find(token: string): SessionRow | undefined {
    // Found by its digest: the time this takes tells nothing of any token.
    return this.#live(digestOf(token.slice(0, 200)));
  }

  /** Still good: not ended, not timed out, account not disabled. */
  holds(digest: string): boolean {
    return this.#live(digest) !== undefined;
  }

  use(digest: string): void {
    const session = this.#live(digest);
    if (!session) return;
    const now = this.#clock.now();
    const used = { ...session, lastSeenAt: now };
    this.#sessions.set(digest, used);
    if (now - (this.#writtenUse.get(digest) ?? 0) >= writeUseEveryMs) this.#save(used);
  }

  end(digest: string): void {
    if (!this.#sessions.delete(digest)) return;
    this.#writtenUse.delete(digest);
    this.#write(() => this.#rows.remove(digest));
    for (const listener of [...this.#listeners]) listener(digest);
  }

  /** All of an account, but for the one to keep. */
  endAllOf(account: string, keep?: string): void {
    for (const session of this.of(account)) if (session.digest !== keep) this.end(session.digest);
  }

  of(account: string): SessionRow[] {
    return [...this.#sessions.values()].filter((session) => session.account === account);
  }

  /** When it ends by itself if it stays unused. */
  endsAt(session: SessionRow): Instant {
    return Math.min(session.lastSeenAt + this.#limits.idleMs, session.expiresAt);
  }

  onEnd(listener: (digest: string) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Waits for what is still being written. */
  flush(): Promise<void> {
    return this.#writing;
  }

  #live(digest: string): SessionRow | undefined {
    const session = this.#sessions.get(digest);
    if (!session) return undefined;
    const account = this.#accounts.get(session.account);
    if (account && !account.disabled && this.#clock.now() < this.endsAt(session)) return session;
    this.end(digest);
    return undefined;
  }

  #rememberRole(id: string): void {
    const account = this.#accounts.get(id);
    if (account) this.#roles.set(id, account.role);
  }

  #save(session: SessionRow): void {
    this.#writtenUse.set(session.digest, session.lastSeenAt);
    this.#write(() => this.#rows.put(session));
  }

  /** In order, behind: whoever has to look at the doors while the disk fails can still sign in. */
  #write(work: () => Promise<void>): void {
    this.#writing = this.#writing.then(work).catch(this.#broke);
  }
}

export async function openSessions(
  rows: SessionRows,
  accounts: SessionAccounts,
  clock: Pick<Clock, "now">,
  options: { limits?: Partial<SessionLimits>; broke?: (error: unknown) => void } = {},
): Promise<Sessions> {
  const limits = { ...defaultLimits, ...options.limits };
  const sessions = new Sessions(rows, accounts, clock, limits, options.broke ?? (() => {}));
  await sessions.start();
  return sessions;
}

/** Sessions that a restart forgets: for tests, and for houses that want it so. */
export function forgetfulRows(): SessionRows {
  const rows = new Map<string, SessionRow>();
  return {
    all: () => Promise.resolve([...rows.values()]),
    put: async (row) => void rows.set(row.digest, row),
    remove: async (digest) => void rows.delete(digest),
  };
}

function digestOf(token: string): string {
  return createHash("sha256").update(token, "utf8").digest("hex");
}
