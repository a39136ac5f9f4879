/** How often a card that may be used so often was used: counted with the grant, and given back if the door was not opened. */
import type { Draft } from "./draft.js";
import type { Credential, CredentialId } from "./people.js";

export function takeUse(draft: Draft, { id, maxUses }: Credential): void {
  if (maxUses === undefined) return;
  const own = draft.cards.get(id);
  draft.cards.set(id, { ...own, uses: (own?.uses ?? 0) + 1 });
}

export function giveBackUse(draft: Draft, credential: CredentialId): void {
  const own = draft.cards.get(credential);
  if (own?.uses === undefined) return;
  const { uses, ...rest } = own;
  const left = uses > 1 ? { ...rest, uses: uses - 1 } : rest;
  draft.cards.set(credential, Object.keys(left).length === 0 ? undefined : left);
}
