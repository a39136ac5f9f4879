import type { Clock, Refusal, Role } from "../ports.js";
import type { AccountBook, Kept, Refused } from "./accounts.js";
import type { AccountPart, AccountParts, Shelf } from "./parts.js";
import { passwordFault } from "./passwords.js";
import { claimAsStored, digest, digestMatches, newClaimSecret } from "./secrets.js";

interface InviteValue {
  readonly [field: string]: string | number | boolean;
  readonly digest: string;
  readonly name: string;
  readonly role: Role;
  readonly discreet: boolean;
  readonly by: string;
  readonly expiresAt: number;
}

export interface Invite {
  readonly account: string;
  readonly name: string;
  readonly role: Role;
  readonly discreet: boolean;
  /** Who invited. */
  readonly by: string;
  readonly createdAt: number;
  readonly expiresAt: number;
}

type Invited = { readonly ok: true; readonly secret: string; readonly expiresAt: number } | Refused;

const inviteMs = 72 * 3_600_000;
const mostInvites = 200;
const idShape = /^[a-z0-9][a-z0-9-]{0,62}$/;

/**
 * Invite links: a single-use secret with which somebody chooses their own password. The account is made when it is used; for one
 * that exists it is the way back in for who has lost the password.
 */
export class Invites {
  readonly #shelf: Shelf<InviteValue>;
  readonly #accounts: AccountBook;
  readonly #clock: Pick<Clock, "now">;

  constructor(parts: AccountParts, accounts: AccountBook, clock: Pick<Clock, "now">) {
    this.#shelf = parts.shelf("invite");
    this.#accounts = accounts;
    this.#clock = clock;
  }

  list(): Invite[] {
    return this.#shelf
      .all()
      .filter((part) => this.#good(part))
      .map(({ id, createdAt, value: { digest: _digest, ...invite } }) => ({
        account: id,
        createdAt,
        ...(invite as Omit<Invite, "account" | "createdAt">),
      }));
  }

  /** An earlier invite of the same account ends. The secret is shown this once. */
  async add(wanted: {
    account: string;
    name: string;
    role: Role;
    discreet: boolean;
    by: string;
  }): Promise<Invited> {
    const { account, role, by } = wanted;
    if (!idShape.test(account)) return refused("invalid", `"${account.slice(0, 64)}" is no id`, "account");
    if (role === "device" || role === "central") {
      return refused("invalid", `${role} is not a role of people`, "role");
    }
    const there = this.#accounts.get(account);
    if (there && there.kind !== "operator") {
      return refused("conflict", `${account} is a ${there.kind}'s account`, "account");
    }
    if (there && (there.role !== role || there.disabled || account === by)) {
      const why = there.disabled
        ? `${account} is disabled`
        : account === by
          ? "nobody invites themselves: change the password instead"
          : `${account} is there already, as ${there.role}`;
      return refused("conflict", why, "account");
    }
    for (const old of this.#shelf.all()) if (!this.#good(old)) await this.#shelf.drop(old.id);
    if (this.#shelf.all().length >= mostInvites) {
      return refused("conflict", `${mostInvites} invites are out already`);
    }
    const secret = newClaimSecret();
    const expiresAt = this.#clock.now() + inviteMs;
    await this.#shelf.keep(account, account, {
      digest: digest(claimAsStored(secret)),
      name: wanted.name.slice(0, 200),
      role,
      discreet: wanted.discreet,
      by,
      expiresAt,
    });
    return { ok: true, secret, expiresAt };
  }

  async remove(account: string): Promise<boolean> {
    if (!this.#shelf.get(account)) return false;
    await this.#shelf.drop(account);
    return true;
  }

  /**
   * Spent before the account is written, so that a crash in between never leaves it usable twice; what is wrong with the wanted
   * password is said before, and costs nothing.
   */
  async accept(secret: string, wanted: { name?: string; password: string }): Promise<Kept> {
    const stored = claimAsStored(secret);
    const part = this.#shelf.all().find(({ value }) => digestMatches(value.digest, stored));
    if (!part) return refused("forbidden", "this invite is not right, was used already or withdrawn");
    if (!this.#good(part)) return refused("forbidden", "this invite has expired; ask for a new one");
    const { id: account, value } = part;
    const fault = passwordFault(wanted.password, account);
    if (fault) return refused("invalid", fault, "password");
    const there = this.#accounts.get(account);
    if (there?.disabled) return refused("forbidden", "this account is disabled");
    // What was invited is not what is there now: nobody meant to give this away.
    if (there && (there.kind !== "operator" || there.role !== value.role)) {
      return refused("conflict", `${account} is something else by now; ask for a new invite`);
    }
    await this.#shelf.drop(account);
    if (there) return this.#accounts.setPassword(account, wanted.password);
    const { role, discreet } = value;
    const name = wanted.name ?? value.name;
    return this.#accounts.addOperator(account, role, { name, password: wanted.password, discreet });
  }

  #good({ value }: AccountPart<InviteValue>): boolean {
    return this.#clock.now() < value.expiresAt;
  }
}

function refused(code: Refusal["code"], message: string, path?: string): Refused {
  return {
    ok: false,
    refusal: path === undefined ? { code, message } : { code, message, faults: [{ path, message }] },
  };
}
