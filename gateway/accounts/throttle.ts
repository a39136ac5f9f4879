import type { Clock } from "../ports.js";

/** How long the next sign-in attempt has to wait, in milliseconds. */
export interface Wait {
  /** More than 0: this address guessed too often; the attempt is not tried and does not count. */
  readonly addressMs: number;
  /** The attempt is tried after this pause: somebody is guessing at this account, perhaps from elsewhere. */
  readonly accountMs: number;
}

interface Failures {
  readonly count: number;
  readonly lastAt: number;
}

const addressFree = 5;
const addressCapMs = 30_000;
const accountFree = 10;
const accountCapMs = 3_000;
/** Six digits can be guessed, and only by who has the password already: after a few typos, slowly. */
const codeFree = 5;
const codeCapMs = 5 * 60_000;
/** Failures are forgotten after a quarter of an hour of quiet. */
const forgetMs = 15 * 60_000;
/** An address from which the account signed in lately is its owner's: no pause that somebody else brought about. */
const trustMs = 30 * 24 * 3_600_000;
/** Each of the maps; the oldest goes first. */
const remembered = 10_000;

/**
 * Slows guessing without ever locking anyone out: an address waits (twice as long after every failure, half a minute at most), an
 * account only pauses (three seconds at most), and the pause does not hold where its owner signed in before. The single-use claim
 * secret, recovery codes and passkeys, which cannot be guessed, stand outside of it. Codes of six digits can be: after a few wrong
 * ones an account takes one only now and then, but where its owner signed in before.
 */
export class SignInThrottle {
  readonly #clock: Pick<Clock, "monotonic">;
  readonly #addresses = new Map<string, Failures>();
  readonly #accounts = new Map<string, Failures>();
  readonly #codes = new Map<string, Failures>();
  readonly #trusted = new Map<string, number>();

  constructor(clock: Pick<Clock, "monotonic">) {
    this.#clock = clock;
  }

  wait(address: string, account: string): Wait {
    const now = this.#clock.monotonic();
    const trusted = this.#isTrusted(address, account, now);
    return {
      addressMs: remaining(this.#addresses.get(place(address)), addressFree, 1_000, addressCapMs, now),
      accountMs: trusted ? 0 : pause(this.#accounts.get(account), accountFree, 250, accountCapMs, now),
    };
  }

  /** How long the account takes no code of six digits from there, in milliseconds; one that comes earlier is not tried. */
  codeWait(address: string, account: string): number {
    const now = this.#clock.monotonic();
    if (this.#isTrusted(address, account, now)) return 0;
    return remaining(this.#codes.get(account), codeFree, 1_000, codeCapMs, now);
  }

  codeFailed(address: string, account: string): void {
    const now = this.#clock.monotonic();
    count(this.#codes, account, now);
    count(this.#addresses, place(address), now);
  }

  failed(address: string, account: string): void {
    const now = this.#clock.monotonic();
    count(this.#addresses, place(address), now);
    count(this.#accounts, account, now);
  }

  succeeded(address: string, account: string): void {
    this.#addresses.delete(place(address));
    this.#accounts.delete(account);
    this.#codes.delete(account);
    put(this.#trusted, both(address, account), this.#clock.monotonic());
  }

  #isTrusted(address: string, account: string, now: number): boolean {
    const trustedAt = this.#trusted.get(both(address, account));
    return trustedAt !== undefined && now - trustedAt < trustMs;
  }
}

const both = (address: string, account: string): string => `${place(address)} ${account}`;

/** An IPv6 customer has a whole /64, so that is one address. IPv4 in IPv6 clothing is IPv4. */
export function place(address: string): string {
  const plain = address.replace(/^::ffff:(?=\d+\.)/, "");
  if (!plain.includes(":")) return plain;
  const [head = "", tail = ""] = plain.split("::");
  const front = head === "" ? [] : head.split(":");
  const back = tail === "" ? [] : tail.split(":");
  const whole = [...front, ...Array<string>(Math.max(0, 8 - front.length - back.length)).fill("0"), ...back];
  return whole.slice(0, 4).join(":");
}

function pause(
  failures: Failures | undefined,
  free: number,
  firstMs: number,
  capMs: number,
  now: number,
): number {
  if (!failures || failures.count < free || now - failures.lastAt > forgetMs) return 0;
  return Math.min(capMs, firstMs * 2 ** Math.min(20, failures.count - free));
}

function remaining(
  failures: Failures | undefined,
  free: number,
  firstMs: number,
  capMs: number,
  now: number,
): number {
  const whole = pause(failures, free, firstMs, capMs, now);
  return failures ? Math.max(0, failures.lastAt + whole - now) : 0;
}

function count(failures: Map<string, Failures>, key: string, now: number): void {
  const before = failures.get(key);
  const fresh = !before || now - before.lastAt > forgetMs;
  put(failures, key, { count: fresh ? 1 : before.count + 1, lastAt: now });
}

function put<V>(map: Map<string, V>, key: string, value: V): void {
  map.delete(key);
  map.set(key, value);
  if (map.size <= remembered) return;
  const oldest = map.keys().next();
  if (!oldest.done) map.delete(oldest.value);
}
