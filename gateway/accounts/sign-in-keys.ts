import type { Clock } from "../ports.js";
import type { AccountBook } from "./accounts.js";
import { SecondFactors } from "./factors.js";
import { Invites } from "./invites.js";
import { type AccountPartRows, AccountParts } from "./parts.js";
import { ApiTokens } from "./tokens.js";

export interface SignInKeys {
  readonly factors: SecondFactors;
  readonly invites: Invites;
  readonly tokens: ApiTokens;
}

/** What people sign in with besides their password. From here on these are the only writers of `rows`. */
export async function openSignInKeys(
  rows: AccountPartRows,
  accounts: AccountBook,
  clock: Pick<Clock, "now">,
): Promise<SignInKeys> {
  const parts = new AccountParts(rows, clock, await rows.all());
  const factors = new SecondFactors(parts, clock);
  const tokens = new ApiTokens(parts, clock);
  accounts.onChange(({ id }) => {
    if (accounts.get(id)) return;
    // Removed: whoever has this id one day inherits nothing. Gone from memory at once; a failing disk is told of elsewhere.
    Promise.all([factors.removeAllOf(id), tokens.removeAllOf(id)]).catch(() => {});
  });
  return { factors, invites: new Invites(parts, accounts, clock), tokens };
}
