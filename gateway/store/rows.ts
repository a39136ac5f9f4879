/** Small tables as they are: accounts and their parts, sessions, and single values. */
import type { AccountKind, Role } from "../ports.js";
import type { Handle, Writer } from "./database.js";

/** An account with the digest of its secret. */
export interface StoredAccount {
  readonly id: string;
  readonly kind: AccountKind;
  readonly role: Role;
  readonly discreet: boolean;
  readonly disabled: boolean;
  readonly secretKind: "password" | "key" | "claim" | "none";
  readonly secret: string;
  /** Milliseconds since the epoch. */
  readonly createdAt: number;
  readonly extra: Readonly<Record<string, string | number | boolean | null>>;
}

interface AccountRow {
  readonly id: string;
  readonly kind: string;
  readonly role: string;
  readonly discreet: number;
  readonly disabled: number;
  readonly secret_kind: string;
  readonly secret: string;
  readonly created_at: number;
  readonly extra: string;
}

export class AccountTable {
  readonly #writer: Writer;
  readonly #handle: Handle;

  constructor(writer: Writer, handle: Handle) {
    this.#writer = writer;
    this.#handle = handle;
  }

  async all(): Promise<readonly StoredAccount[]> {
    const rows = await this.#handle.all<AccountRow>("SELECT * FROM accounts ORDER BY id");
    return rows.map((row) => ({
      id: row.id,
      kind: row.kind as AccountKind,
      role: row.role as Role,
      discreet: row.discreet === 1,
      disabled: row.disabled === 1,
      secretKind: row.secret_kind as StoredAccount["secretKind"],
      secret: row.secret,
      createdAt: row.created_at,
      extra: JSON.parse(row.extra) as StoredAccount["extra"],
    }));
  }

  /** New, or in the place of the one with this id. Durable when it resolves. */
  async put(row: StoredAccount): Promise<void> {
    await this.#writer.transact((tx) =>
      tx.run(
        `INSERT OR REPLACE INTO accounts (id, kind, role, discreet, disabled, secret_kind, secret, created_at, extra)
         VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`,
        [
          row.id,
          row.kind,
          row.role,
          row.discreet ? 1 : 0,
          row.disabled ? 1 : 0,
          row.secretKind,
          row.secret,
          row.createdAt,
          JSON.stringify(row.extra),
        ],
      ),
    );
  }

  async remove(id: string): Promise<void> {
    await this.#writer.transact((tx) => tx.run("DELETE FROM accounts WHERE id = ?", [id]));
  }
}

/** What an account has besides its row: a second factor, an invite, a token. `value` is flat. */
export interface StoredAccountPart {
  readonly kind: "totp" | "passkey" | "recovery" | "invite" | "token";
  /** Unique among those of its kind. */
  readonly id: string;
  readonly account: string;
  /** Milliseconds since the epoch. */
  readonly createdAt: number;
  readonly value: Readonly<Record<string, string | number | boolean | null | readonly string[]>>;
}

export class AccountPartTable {
  readonly #writer: Writer;
  readonly #handle: Handle;

  constructor(writer: Writer, handle: Handle) {
    this.#writer = writer;
    this.#handle = handle;
  }

  async all(): Promise<readonly StoredAccountPart[]> {
    const rows = await this.#handle.all<Omit<StoredAccountPart, "value"> & { readonly value: string }>(
      "SELECT kind, id, account, created_at AS createdAt, value FROM account_parts ORDER BY kind, created_at, id",
    );
    return rows.map((row) => ({ ...row, value: JSON.parse(row.value) as StoredAccountPart["value"] }));
  }

  /** New, or in the place of the one with this kind and id. Durable when it resolves. */
  async put(part: StoredAccountPart): Promise<void> {
    await this.#writer.transact((tx) =>
      tx.run(
        "INSERT OR REPLACE INTO account_parts (kind, id, account, created_at, value) VALUES (?, ?, ?, ?, ?)",
        [part.kind, part.id, part.account, part.createdAt, JSON.stringify(part.value)],
      ),
    );
  }

  async remove(kind: StoredAccountPart["kind"], id: string): Promise<void> {
    await this.#writer.transact((tx) =>
      tx.run("DELETE FROM account_parts WHERE kind = ? AND id = ?", [kind, id]),
    );
  }
}

/** A signed-in browser. `digest` is that of its token: the table is of no use to a thief. */
export interface StoredSession {
  readonly digest: string;
  readonly account: string;
  readonly createdAt: number;
  readonly lastSeenAt: number;
  readonly expiresAt: number;
  /** When the person last proved who they are. */
  readonly freshAt: number;
  /** From where, and with what, it was opened; as told by the other side. */
  readonly address: string;
  readonly agent: string;
}

export class SessionTable {
  readonly #writer: Writer;
  readonly #handle: Handle;

  constructor(writer: Writer, handle: Handle) {
    this.#writer = writer;
    this.#handle = handle;
  }

  all(): Promise<readonly StoredSession[]> {
    return this.#handle.all<StoredSession>(
      `SELECT digest, account, created_at AS createdAt, last_seen_at AS lastSeenAt, expires_at AS expiresAt,
         fresh_at AS freshAt, address, agent
       FROM sessions ORDER BY created_at`,
    );
  }

  async put(session: StoredSession): Promise<void> {
    await this.#writer.transact((tx) =>
      tx.run(
        `INSERT OR REPLACE INTO sessions
           (digest, account, created_at, last_seen_at, expires_at, fresh_at, address, agent)
         VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
        [
          session.digest,
          session.account,
          session.createdAt,
          session.lastSeenAt,
          session.expiresAt,
          session.freshAt,
          session.address,
          session.agent,
        ],
      ),
    );
  }

  async remove(digest: string): Promise<void> {
    await this.#writer.transact((tx) => tx.run("DELETE FROM sessions WHERE digest = ?", [digest]));
  }

  /** Every session of an account that was disabled or whose secret changed. */
  async removeOf(account: string): Promise<void> {
    await this.#writer.transact((tx) => tx.run("DELETE FROM sessions WHERE account = ?", [account]));
  }

  async removeExpired(now: number): Promise<void> {
    await this.#writer.transact((tx) => tx.run("DELETE FROM sessions WHERE expires_at <= ?", [now]));
  }
}

/** Single values by key. */
export class MetaTable {
  readonly #writer: Writer;
  readonly #handle: Handle;

  constructor(writer: Writer, handle: Handle) {
    this.#writer = writer;
    this.#handle = handle;
  }

  async get(key: string): Promise<string | undefined> {
    const row = await this.#handle.first<{ value: string }>("SELECT value FROM meta WHERE key = ?", [key]);
    return row?.value;
  }

  /** undefined: takes the key away. */
  async set(key: string, value: string | undefined): Promise<void> {
    await this.#writer.transact((tx) =>
      value === undefined
        ? tx.run("DELETE FROM meta WHERE key = ?", [key])
        : tx.run("INSERT OR REPLACE INTO meta (key, value) VALUES (?, ?)", [key, value]),
    );
  }
}
