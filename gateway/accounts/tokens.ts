import { randomBytes } from "node:crypto";
import type { Account, Clock, Refusal } from "../ports.js";
import type { AccountPart, AccountParts, Shelf } from "./parts.js";
import { permissionsOf } from "./permissions.js";
import { digest } from "./secrets.js";

interface TokenValue {
  readonly [field: string]: string | number | null | readonly string[];
  readonly digest: string;
  readonly name: string;
  /** null: whatever the role may. */
  readonly scopes: readonly string[] | null;
  readonly expiresAt: number;
  readonly usedAt: number | null;
}

/** A token as its owner sees it; what it is worth is shown once, when it is made. */
export interface ApiToken {
  readonly id: string;
  readonly account: string;
  readonly name: string;
  readonly scopes: readonly string[] | null;
  readonly createdAt: number;
  readonly expiresAt: number;
  readonly usedAt: number | null;
}

type Made =
  | { readonly ok: true; readonly id: string; readonly token: string; readonly expiresAt: number }
  | { readonly ok: false; readonly refusal: Refusal };

/** So that a token that leaked is found by those who look for such things. */
const prefix = "gatewarden_";
const mostTokens = 50;
const dayMs = 24 * 3_600_000;
const writeUseEveryMs = 3_600_000;

/** Secrets for programs that act for a person: 256 random bits, kept as digests, with an end and no more rights than they need. */
export class ApiTokens {
  readonly #shelf: Shelf<TokenValue>;
  readonly #clock: Pick<Clock, "now">;
  readonly #byDigest = new Map<string, string>();
  readonly #usedAt = new Map<string, number>();
  readonly #listeners = new Set<(id: string) => void>();

  constructor(parts: AccountParts, clock: Pick<Clock, "now">) {
    this.#shelf = parts.shelf("token");
    this.#clock = clock;
    for (const part of this.#shelf.all()) this.#byDigest.set(part.value.digest, part.id);
  }

  of(account: string): ApiToken[] {
    return this.#shelf.of(account).map((part) => this.#shown(part));
  }

  async add(
    account: Account,
    wanted: { name: string; scopes?: readonly string[]; days: number },
  ): Promise<Made> {
    const allowed = permissionsOf(account.role);
    const beyond = wanted.scopes?.find((scope) => !allowed.has(scope));
    if (beyond !== undefined) {
      const message = `${account.role}s do not have "${beyond}"`;
      return {
        ok: false,
        refusal: { code: "invalid", message, faults: [{ path: "scopes", message }] },
      };
    }
    await this.#sweep(account.id);
    if (this.#shelf.of(account.id).length >= mostTokens) {
      return {
        ok: false,
        refusal: { code: "conflict", message: `an account has ${mostTokens} tokens at most` },
      };
    }
    const token = prefix + randomBytes(32).toString("base64url");
    const id = randomBytes(8).toString("hex");
    const expiresAt = this.#clock.now() + wanted.days * dayMs;
    await this.#shelf.keep(id, account.id, {
      digest: digest(token),
      name: wanted.name,
      scopes: wanted.scopes === undefined ? null : [...new Set(wanted.scopes)],
      expiresAt,
      usedAt: null,
    });
    this.#byDigest.set(digest(token), id);
    return { ok: true, id, token, expiresAt };
  }

  /** The token, if it is one and still good; counts as use. Found by its digest, so that the time it takes tells nothing. */
  find(token: string): ApiToken | undefined {
    const id = this.#byDigest.get(digest(token.slice(0, 200)));
    const part = id === undefined ? undefined : this.#shelf.get(id);
    if (!part || !this.#good(part)) return undefined;
    const now = this.#clock.now();
    this.#usedAt.set(part.id, now);
    if (now - (part.value.usedAt ?? 0) >= writeUseEveryMs) {
      this.#shelf.change(part.id, { ...part.value, usedAt: now }).catch(() => {});
    }
    return this.#shown(part);
  }

  holds(id: string): boolean {
    const part = this.#shelf.get(id);
    return part !== undefined && this.#good(part);
  }

  async remove(account: string, id: string): Promise<boolean> {
    const part = this.#shelf.get(id);
    if (part?.account !== account) return false;
    await this.#end(part);
    return true;
  }

  async removeAllOf(account: string): Promise<void> {
    await Promise.all(this.#shelf.of(account).map((part) => this.#end(part)));
  }

  /** Told of each token that is no more. */
  onEnd(listener: (id: string) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  #good({ value }: AccountPart<TokenValue>): boolean {
    return this.#clock.now() < value.expiresAt;
  }

  async #end(part: AccountPart<TokenValue>): Promise<void> {
    this.#byDigest.delete(part.value.digest);
    this.#usedAt.delete(part.id);
    const written = this.#shelf.drop(part.id);
    for (const listener of [...this.#listeners]) listener(part.id);
    await written;
  }

  /** Tokens that expired long ago do not count against who makes new ones. */
  async #sweep(account: string): Promise<void> {
    const over = this.#shelf.of(account).filter((part) => !this.#good(part));
    await Promise.all(over.map((part) => this.#end(part)));
  }

  #shown({ id, account, createdAt, value }: AccountPart<TokenValue>): ApiToken {
    const { name, scopes, expiresAt } = value;
    return { id, account, name, scopes, createdAt, expiresAt, usedAt: this.#usedAt.get(id) ?? value.usedAt };
  }
}
