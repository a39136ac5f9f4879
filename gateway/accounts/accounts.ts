import {
  type Account,
  type AccountKind,
  type Accounts,
  type Clock,
  type Refusal,
  type Role,
  roles,
} from "../ports.js";
import { passwordFault } from "./passwords.js";
import {
  claimAsStored,
  compareWithNothing,
  digest,
  digestMatches,
  looksLikeKey,
  newClaimSecret,
  newKey,
  passwordMatches,
  stretchPassword,
} from "./secrets.js";

/** One account as it is stored; also, under a reserved id, the claim that is open. `secret` is always a digest. */
export interface AccountRow {
  readonly id: string;
  readonly kind: AccountKind;
  readonly role: Role;
  readonly discreet: boolean;
  readonly disabled: boolean;
  /** `password`: Argon2id in PHC form. `key`, `claim`: SHA-256 in hex. `none`: cannot sign in until a secret is set. */
  readonly secretKind: "password" | "key" | "claim" | "none";
  readonly secret: string;
  /** Milliseconds since the epoch. */
  readonly createdAt: number;
  readonly extra: Readonly<Record<string, string | number | boolean | null>>;
}

/** Where the accounts are kept. Each call is durable when it resolves. */
export interface AccountRows {
  all(): Promise<readonly AccountRow[]>;
  put(row: AccountRow): Promise<void>;
  remove(id: string): Promise<void>;
}

/** An account as those see it who manage accounts. */
export interface AccountDetails extends Account {
  readonly name?: string;
  readonly createdAt: number;
  /** How it signs in; `none`: not at all until a secret is set. */
  readonly signsInWith: "password" | "key" | "none";
}

export type Refused = { readonly ok: false; readonly refusal: Refusal };
/** `key` is shown this once and kept as a digest only. */
export type Keyed = { readonly ok: true; readonly id: string; readonly key: string } | Refused;
export type Kept = { readonly ok: true; readonly account: Account } | Refused;

export interface OwnerClaim {
  readonly secret: string;
  /** Absent: until used. */
  readonly expiresAt?: number;
}

/** Not an id that anyone can have: ids start with a letter or digit. */
const claimRow = "-owner-claim";
const idShape = /^[a-z0-9][a-z0-9-]{0,62}$/;
const claimMinutes = 60;
/** Bounds what one sends to be compared. */
const longestSecret = 1_024;
/** Roles of people; `central` is a system's and `device` a device's. */
const clientRoles: readonly Role[] = roles.filter((role) => role !== "owner" && role !== "device");

export class AccountBook implements Accounts {
  readonly #rows: AccountRows;
  readonly #clock: Pick<Clock, "now">;
  readonly #accounts: Map<string, AccountRow>;
  #claim: AccountRow | undefined;
  readonly #listeners = new Set<(account: Account) => void>();
  readonly #secretListeners = new Set<(account: string) => void>();
  /** Ids that are being made: two requests for one id do not both get it. */
  readonly #making = new Set<string>();
  #writing: Promise<unknown> = Promise.resolve();

  constructor(rows: AccountRows, clock: Pick<Clock, "now">, loaded: readonly AccountRow[]) {
    this.#rows = rows;
    this.#clock = clock;
    this.#accounts = new Map(loaded.filter((row) => row.id !== claimRow).map((row) => [row.id, row]));
    this.#claim = loaded.find((row) => row.id === claimRow);
  }

  get(id: string): Account | undefined {
    const row = this.#accounts.get(id);
    return row && plain(row);
  }

  list(): AccountDetails[] {
    return [...this.#accounts.values()].map(details).sort((a, b) => (a.id < b.id ? -1 : 1));
  }

  /** One of them, as those see it who manage accounts. */
  details(id: string): AccountDetails | undefined {
    const row = this.#accounts.get(id);
    return row && details(row);
  }

  /** Nobody can administer yet: time to print a claim secret. */
  get ownerless(): boolean {
    return ![...this.#accounts.values()].some(administers);
  }

  /**
   * The cost follows from what was sent alone, so that it tells nothing of the id: what looks like a key costs one SHA-256,
   * anything else one Argon2id. Throws `TooManySignIns`.
   */
  async authenticate(id: string, secret: string): Promise<Account | undefined> {
    const row = this.#accounts.get(id);
    if (secret.length > longestSecret) return undefined;
    const right = looksLikeKey(secret) ? keyIsRight(row, secret) : await passwordIsRight(row, secret);
    // Read anew: the account may have been disabled while the password was being compared.
    const now = this.#accounts.get(id);
    return right && now && !now.disabled && now.secret === row?.secret ? plain(now) : undefined;
  }

  onChange(listener: (account: Account) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Told of accounts whose password or key is another from now on; before `onChange`. */
  onSecretChange(listener: (account: string) => void): () => void {
    this.#secretListeners.add(listener);
    return () => this.#secretListeners.delete(listener);
  }

  /** `foreign`: of another maker; for good, as the id is. */
  addDevice(id: string, { foreign = false }: { foreign?: boolean } = {}): Promise<Keyed> {
    return this.#addKeyed(id, "device", "device", { discreet: false, ...(foreign ? { foreign } : {}) });
  }

  /** A central system, an integrator's script: anything that is not a person and not a device. */
  addClient(id: string, role: Role, options: { discreet?: boolean; name?: string } = {}): Promise<Keyed> {
    if (!clientRoles.includes(role)) {
      return Promise.resolve(
        refused("invalid", `a client's role is one of ${clientRoles.join(", ")}`, "role"),
      );
    }
    return this.#addKeyed(id, "client", role, options);
  }

  /** A person. Without a password the account cannot sign in until `setPassword`. */
  async addOperator(
    id: string,
    role: Role,
    options: { name?: string; password?: string; discreet?: boolean } = {},
  ): Promise<Kept> {
    if (role === "device" || role === "central")
      return refused("invalid", `${role} is not a role of people`, "role");
    return this.#reserved(id, async () => {
      const fault = options.password === undefined ? undefined : passwordFault(options.password, id);
      if (fault) return refused("invalid", fault, "password");
      return { ok: true, account: await this.#keep(await this.#operatorRow(id, role, options)) };
    });
  }

  /** A new key for a device or client; the old one ends at once, and so do its connections. */
  async rotate(id: string): Promise<Keyed> {
    const row = this.#accounts.get(id);
    if (!row) return unknownAccount(id);
    if (row.kind === "operator") {
      return refused("invalid", `${id} is a person and has a password, not a key`, "account");
    }
    const key = newKey();
    const account = await this.#patch(id, { secretKind: "key", secret: digest(key) });
    return account ? { ok: true, id, key } : unknownAccount(id);
  }

  async setPassword(id: string, password: string): Promise<Kept> {
    const row = this.#accounts.get(id);
    if (!row) return unknownAccount(id);
    if (row.kind !== "operator") return refused("invalid", `${id} has a key, not a password`, "account");
    const fault = passwordFault(password, id);
    if (fault) return refused("invalid", fault, "password");
    const account = await this.#patch(id, {
      secretKind: "password",
      secret: await stretchPassword(password),
    });
    return account ? { ok: true, account } : unknownAccount(id);
  }

  /** In force before it is written: a disabled account's connections end at once, also while the disk fails. */
  async disable(id: string, disabled: boolean): Promise<Kept> {
    const row = this.#accounts.get(id);
    if (!row) return unknownAccount(id);
    if (disabled && this.#isLastOwner(row)) return lastOwner(id);
    const next = { ...row, disabled };
    this.#accounts.set(id, next);
    this.#tell(plain(next));
    await this.#write(async () => {
      const now = this.#accounts.get(id);
      if (now) await this.#rows.put(now);
    });
    return { ok: true, account: plain(next) };
  }

  async remove(id: string): Promise<Kept> {
    const row = this.#accounts.get(id);
    if (!row) return unknownAccount(id);
    if (this.#isLastOwner(row)) return lastOwner(id);
    this.#accounts.delete(id);
    const gone = plain({ ...row, disabled: true });
    this.#tell(gone);
    await this.#write(() => this.#rows.remove(id));
    return { ok: true, account: gone };
  }

  /** A single-use secret that makes an owner; an earlier one ends. `untilUsed`: it does not expire (a demo). */
  async issueOwnerClaim(options: { minutes?: number; untilUsed?: boolean } = {}): Promise<OwnerClaim> {
    const secret = newClaimSecret();
    const now = this.#clock.now();
    const expiresAt = options.untilUsed ? undefined : now + (options.minutes ?? claimMinutes) * 60_000;
    const row: AccountRow = {
      id: claimRow,
      kind: "operator",
      role: "owner",
      discreet: false,
      disabled: true,
      secretKind: "claim",
      secret: digest(claimAsStored(secret)),
      createdAt: now,
      extra: { expiresAt: expiresAt ?? null },
    };
    await this.#write(() => this.#rows.put(row));
    this.#claim = row;
    return expiresAt === undefined ? { secret } : { secret, expiresAt };
  }

  /** Whether a claim secret is out and still good. */
  get claimable(): boolean {
    return this.#claim !== undefined && !this.#expired(this.#claim);
  }

  /**
   * Who has the claim secret becomes owner under `id`: a new account, or an operator's own that it lost the password of. The
   * secret is spent before the account is written, so that a crash in between never leaves it usable twice.
   */
  async claimOwner(secret: string, wanted: { id: string; name?: string; password?: string }): Promise<Kept> {
    const claim = this.#claim;
    if (!digestMatches(claim?.secret, claimAsStored(secret)) || !claim) {
      return refused("forbidden", "this one-time secret is not right or was used already");
    }
    if (this.#expired(claim)) {
      return refused(
        "forbidden",
        "this one-time secret has expired; `gatewarden owner claim` prints a new one",
      );
    }
    const fault = idFault(wanted.id);
    if (fault) return refused("invalid", fault, "id");
    const before = this.#accounts.get(wanted.id);
    if (before && before.kind !== "operator") {
      return refused("conflict", `${wanted.id} is a ${before.kind}'s account`, "id");
    }
    if (this.#making.has(wanted.id)) return refused("conflict", `${wanted.id} is being made`, "id");
    const weak = wanted.password === undefined ? undefined : passwordFault(wanted.password, wanted.id);
    if (weak) return refused("invalid", weak, "password");

    this.#claim = undefined;
    this.#making.add(wanted.id);
    try {
      const row = await this.#operatorRow(wanted.id, "owner", wanted, before);
      await this.#write(() => this.#rows.remove(claimRow));
      if (!before) return { ok: true, account: await this.#keep(row) };
      const { id: _id, createdAt: _createdAt, ...patch } = row;
      const account = await this.#patch(wanted.id, patch);
      return account ? { ok: true, account } : unknownAccount(wanted.id);
    } catch (error) {
      // Nothing came of it; another one may have been issued meanwhile.
      this.#claim ??= claim;
      throw error;
    } finally {
      this.#making.delete(wanted.id);
    }
  }

  #expired(claim: AccountRow): boolean {
    const expiresAt = claim.extra.expiresAt;
    return typeof expiresAt === "number" && this.#clock.now() >= expiresAt;
  }

  async #operatorRow(
    id: string,
    role: Role,
    options: { name?: string; password?: string; discreet?: boolean },
    before?: AccountRow,
  ): Promise<AccountRow> {
    const secret =
      options.password === undefined
        ? { secretKind: before?.secretKind ?? "none", secret: before?.secret ?? "" }
        : { secretKind: "password" as const, secret: await stretchPassword(options.password) };
    return {
      id,
      kind: "operator",
      role,
      discreet: options.discreet ?? before?.discreet ?? false,
      disabled: false,
      ...secret,
      createdAt: before?.createdAt ?? this.#clock.now(),
      extra: {
        ...before?.extra,
        ...(options.name === undefined ? {} : { name: options.name.slice(0, 200) }),
      },
    };
  }

  #addKeyed(
    id: string,
    kind: AccountKind,
    role: Role,
    options: { discreet?: boolean; name?: string; foreign?: boolean },
  ): Promise<Keyed> {
    return this.#reserved(id, async () => {
      const key = newKey();
      await this.#keep({
        id,
        kind,
        role,
        discreet: options.discreet ?? false,
        disabled: false,
        secretKind: "key",
        secret: digest(key),
        createdAt: this.#clock.now(),
        extra: {
          ...(options.name === undefined ? {} : { name: options.name.slice(0, 200) }),
          ...(options.foreign ? { foreign: true } : {}),
        },
      });
      return { ok: true, id, key };
    });
  }

  /** Ids are permanent, so that an id which exists is never given again. */
  async #reserved<T>(id: string, make: () => Promise<T>): Promise<T | Refused> {
    const fault = idFault(id);
    if (fault) return refused("invalid", fault, "id");
    if (this.#accounts.has(id) || this.#making.has(id))
      return refused("conflict", `there is an account ${id} already`, "id");
    this.#making.add(id);
    try {
      return await make();
    } finally {
      this.#making.delete(id);
    }
  }

  /** Written first, then in force: a key that is shown is a key that lasts. */
  #keep(row: AccountRow): Promise<Account> {
    return this.#write(async () => {
      await this.#rows.put(row);
      return this.#take(row);
    });
  }

  /**
   * Changes some fields of an account and nothing else: what was changed meanwhile (disabled, above all) stays. undefined: the
   * account is gone.
   */
  #patch(id: string, fields: Partial<Omit<AccountRow, "id">>): Promise<Account | undefined> {
    return this.#write(async () => {
      const before = this.#accounts.get(id);
      if (!before) return undefined;
      await this.#rows.put({ ...before, ...fields });
      const now = this.#accounts.get(id);
      if (!now) return undefined;
      if (fields.secret !== undefined && fields.secret !== now.secret) {
        for (const listener of [...this.#secretListeners]) listener(id);
      }
      return this.#take({ ...now, ...fields });
    });
  }

  /** In force from here on. */
  #take(row: AccountRow): Account {
    this.#accounts.set(row.id, row);
    const account = plain(row);
    this.#tell(account);
    return account;
  }

  /** One at a time and in order, memory included, so that the rows end as the memory does. */
  #write<T>(work: () => Promise<T>): Promise<T> {
    const done = this.#writing.then(work, work);
    this.#writing = done.catch(() => {});
    return done;
  }

  #isLastOwner(row: AccountRow): boolean {
    if (!administers(row)) return false;
    return ![...this.#accounts.values()].some((other) => other.id !== row.id && administers(other));
  }

  #tell(account: Account): void {
    for (const listener of [...this.#listeners]) listener(account);
  }
}

/** Reads all accounts into memory; from then on the book is the only writer of `rows`. */
export async function openAccounts(rows: AccountRows, clock: Pick<Clock, "now">): Promise<AccountBook> {
  return new AccountBook(rows, clock, await rows.all());
}

/**
 * The accounts as a broker should see them: only keys open them, so that strangers on the network cannot spend the gateway's time
 * on Argon2id, nor guess passwords there. Never throws.
 */
export function keyedAccounts(book: Accounts): Accounts {
  return {
    get: (id) => book.get(id),
    authenticate: async (id, secret) => {
      if (!looksLikeKey(secret)) return undefined;
      const account = await book.authenticate(id, secret);
      return account && account.kind !== "operator" ? account : undefined;
    },
    onChange: (listener) => book.onChange(listener),
  };
}

function keyIsRight(row: AccountRow | undefined, secret: string): boolean {
  return digestMatches(row?.secretKind === "key" ? row.secret : undefined, secret);
}

function passwordIsRight(row: AccountRow | undefined, secret: string): Promise<boolean> {
  return row?.secretKind === "password" ? passwordMatches(row.secret, secret) : compareWithNothing(secret);
}

const administers = (row: AccountRow): boolean =>
  row.kind === "operator" && row.role === "owner" && !row.disabled;

function plain({ id, kind, role, discreet, disabled, extra }: AccountRow): Account {
  return { id, kind, role, discreet, disabled, ...(extra.foreign === true ? { foreign: true } : {}) };
}

function details(row: AccountRow): AccountDetails {
  const name = row.extra.name;
  return {
    ...plain(row),
    ...(typeof name === "string" ? { name } : {}),
    createdAt: row.createdAt,
    signsInWith: row.secretKind === "claim" ? "none" : row.secretKind,
  };
}

function idFault(id: string): string | undefined {
  return idShape.test(id)
    ? undefined
    : "an id has 1 to 63 characters, a to z, 0 to 9 and dashes, and starts with a letter or digit";
}

function refused(code: Refusal["code"], message: string, path?: string): Refused {
  return {
    ok: false,
    refusal: path === undefined ? { code, message } : { code, message, faults: [{ path, message }] },
  };
}

const unknownAccount = (id: string): Refused => refused("not-found", `there is no account ${id}`, "account");

const lastOwner = (id: string): Refused =>
  refused(
    "conflict",
    `${id} is the last owner who can sign in: someone must still be able to administer`,
    "account",
  );
