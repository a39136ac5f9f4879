/** What an account has besides its row: second factors, invites, tokens. In memory; every change is written in order. */
import type { Clock } from "../ports.js";

export type PartKind = "totp" | "passkey" | "recovery" | "invite" | "token";

/** Flat, so that it can be a column of JSON. */
export type PartValue = Readonly<Record<string, string | number | boolean | null | readonly string[]>>;

export interface AccountPart<Value = PartValue> {
  readonly kind: PartKind;
  /** Unique among those of its kind. */
  readonly id: string;
  readonly account: string;
  /** Milliseconds since the epoch. */
  readonly createdAt: number;
  readonly value: Value;
}

/** Where the parts are kept. Each call is durable when it resolves. */
export interface AccountPartRows {
  all(): Promise<readonly AccountPart[]>;
  put(part: AccountPart): Promise<void>;
  remove(kind: PartKind, id: string): Promise<void>;
}

/** All parts of one kind. */
export class Shelf<Value extends PartValue> {
  readonly #kind: PartKind;
  readonly #rows: AccountPartRows;
  readonly #clock: Pick<Clock, "now">;
  readonly #parts: Map<string, AccountPart<Value>>;
  readonly #write: <T>(work: () => Promise<T>) => Promise<T>;

  constructor(
    kind: PartKind,
    rows: AccountPartRows,
    clock: Pick<Clock, "now">,
    loaded: readonly AccountPart[],
    write: <T>(work: () => Promise<T>) => Promise<T>,
  ) {
    this.#kind = kind;
    this.#rows = rows;
    this.#clock = clock;
    this.#write = write;
    // What was written under a kind is of that kind's shape: only this shelf writes it.
    const own = loaded.filter((part) => part.kind === kind) as unknown as readonly AccountPart<Value>[];
    this.#parts = new Map(own.map((part) => [part.id, part]));
  }

  get(id: string): AccountPart<Value> | undefined {
    return this.#parts.get(id);
  }

  of(account: string): AccountPart<Value>[] {
    return this.all().filter((part) => part.account === account);
  }

  all(): AccountPart<Value>[] {
    return [...this.#parts.values()];
  }

  /** Written first, then in force: what is shown to somebody lasts. */
  keep(id: string, account: string, value: Value): Promise<AccountPart<Value>> {
    const part = { kind: this.#kind, id, account, createdAt: this.#clock.now(), value };
    return this.#write(async () => {
      await this.#rows.put(part);
      this.#parts.set(id, part);
      return part;
    });
  }

  /** In force first, then written: what is used up is used up, also while the disk fails. */
  change(id: string, value: Value): Promise<void> {
    const before = this.#parts.get(id);
    if (!before) return Promise.resolve();
    this.#parts.set(id, { ...before, value });
    return this.#write(async () => {
      const now = this.#parts.get(id);
      if (now) await this.#rows.put(now);
    });
  }

  /** Gone at once, then written. */
  drop(id: string): Promise<void> {
    this.#parts.delete(id);
    return this.#write(async () => {
      await this.#rows.remove(this.#kind, id);
      // One that was being kept when this was asked.
      this.#parts.delete(id);
    });
  }

  async dropAllOf(account: string): Promise<void> {
    await Promise.all(this.of(account).map((part) => this.drop(part.id)));
  }
}

export class AccountParts {
  readonly #rows: AccountPartRows;
  readonly #clock: Pick<Clock, "now">;
  readonly #loaded: readonly AccountPart[];
  #writing: Promise<unknown> = Promise.resolve();

  constructor(rows: AccountPartRows, clock: Pick<Clock, "now">, loaded: readonly AccountPart[]) {
    this.#rows = rows;
    this.#clock = clock;
    this.#loaded = loaded;
  }

  /** Once a kind: from then on the shelf is its only writer. */
  shelf<Value extends PartValue>(kind: PartKind): Shelf<Value> {
    return new Shelf(kind, this.#rows, this.#clock, this.#loaded, (work) => {
      const done = this.#writing.then(work, work);
      this.#writing = done.catch(() => {});
      return done;
    });
  }
}
