import type { Account, Accounts } from "../ports.js";
import type { AccessList } from "./access-list.js";
import { GuessThrottle } from "./guess-throttle.js";
import type { Notes } from "./notes.js";

/** Who a CONNECT says it is. */
export interface Claim {
  readonly clientId: string;
  readonly username: string | undefined;
  readonly password: Buffer | undefined;
  readonly will: { readonly topic: string; readonly payload: Buffer } | undefined;
  readonly address: string;
}

/** CONNACK return codes (MQTT 3.1.1, 3.2.2.3): identifier rejected, bad user name or password, not authorised. */
export type ReturnCode = 2 | 4 | 5;

export type Verdict =
  | { readonly ok: true; readonly account: Account }
  | { readonly ok: false; readonly returnCode: ReturnCode; readonly reason: string };

/** Ids as the contract has them; whatever else is no account and need not be looked up. */
const accountId = /^[a-z0-9][a-z0-9-]{0,62}$/;
const longestSecret = 256;

/** Binds connections to accounts: user name = client id = account, with the account's secret. */
export class Identity {
  readonly #accounts: Accounts;
  readonly #access: AccessList;
  readonly #notes: Notes;
  readonly #throttle = new GuessThrottle();

  constructor(accounts: Accounts, access: AccessList, notes: Notes) {
    this.#accounts = accounts;
    this.#access = access;
    this.#notes = notes;
  }

  /**
   * Takes longer and longer for wrong secrets.
   * @param onWrong told as soon as that is known, before the pause
   */
  async check(claim: Claim, onWrong: () => void = () => {}): Promise<Verdict> {
    const verdict = await this.#judge(claim);
    if (verdict.ok) return verdict;
    onWrong();
    await this.#slowDown(claim, verdict.reason);
    return verdict;
  }

  async #judge(claim: Claim): Promise<Verdict> {
    const { username, password, clientId } = claim;
    if (username === undefined || !accountId.test(username)) {
      return refusal(4, "no such account");
    }
    if (clientId !== username) return refusal(2, "the client id is not the user name");
    if (password === undefined || password.length === 0 || password.length > longestSecret) {
      return refusal(4, "no secret");
    }
    const account = await this.#accounts.authenticate(username, password.toString("utf8"));
    if (!account) return refusal(4, "wrong secret, or no such account");
    this.#throttle.succeeded(claim.address, username);
    // Asked after the wait: it may have been disabled meanwhile.
    if (account.disabled || this.#accounts.get(account.id)?.disabled !== false) {
      return refusal(5, "the account is disabled");
    }
    if (account.kind === "operator") return refusal(5, "operators do not sign in over MQTT");
    if (claim.will && !this.#access.mayLeaveWill(account, claim.will.topic, claim.will.payload)) {
      return refusal(5, `a will on ${claim.will.topic.slice(0, 100)} is not allowed`);
    }
    return { ok: true, account };
  }

  async #slowDown(claim: Claim, reason: string): Promise<void> {
    const name = (claim.username ?? claim.clientId).slice(0, 63);
    const { attempts, pauseMs } = this.#throttle.failed(claim.address, name, performance.now());
    this.#notes.note(`sign-in ${claim.address} ${name}`, {
      type: "audit.sign-in-failed",
      reason,
      data: { account: name, from: claim.address, over: "mqtt", attempts },
    });
    if (pauseMs > 0) await new Promise((resolve) => setTimeout(resolve, pauseMs));
  }
}

function refusal(returnCode: ReturnCode, reason: string): Extract<Verdict, { ok: false }> {
  return { ok: false, returnCode, reason };
}
