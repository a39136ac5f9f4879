import type { Request } from "express";
import type { Account } from "../../gateway/ports.js";
import { addressOf, signInFailed } from "./identity.js";
import type { WebParts } from "./parts.js";
import type { Problem } from "./problems.js";
import { relyingParty } from "./relying-party.js";

export type Proof =
  | { readonly account: string; readonly password: string; readonly code?: string | undefined }
  | { readonly passkey: object; readonly challengeId: string };

/** Who it is, and by what it was proved: `password and totp`. */
export type Proven = { readonly account: Account; readonly by: string } | { readonly problem: Problem };

/** Pauses that are being sat out at the same time; beyond them one is told to come back. */
const mostPausing = 100;
let pausing = 0;

export const noPasskeysHere: Problem = {
  status: 409,
  code: "passkeys-unavailable",
  detail:
    "passkeys need a name: open the gateway as http://localhost:…, or over TLS under a name that is in web.hosts of its configuration",
};

/** A passkey, or the password and, where the account has a second factor, a code. What is not right is noted and slows the next. */
export async function prove(request: Request, proof: Proof, parts: WebParts): Promise<Proven> {
  const address = addressOf(request);
  return "passkey" in proof ? byPasskey(request, proof, address, parts) : byPassword(proof, address, parts);
}

async function byPasskey(
  request: Request,
  { passkey, challengeId }: Extract<Proof, { passkey: object }>,
  address: string,
  parts: WebParts,
): Promise<Proven> {
  const at = relyingParty(request, parts);
  if (!at) return { problem: noPasskeysHere };
  const id = await parts.factors.accountOf(challengeId, passkey, at);
  const account = id === undefined ? undefined : parts.accounts.get(id);
  if (account && !account.disabled) {
    parts.pace.succeeded(address, account.id);
    return { account, by: "passkey" };
  }
  // Nothing to guess here, so nothing to slow.
  parts.note(signInFailed(id ?? "", address, "the passkey was not taken"));
  return { problem: { status: 401, code: "sign-in-failed", detail: "this passkey was not taken" } };
}

async function byPassword(
  proof: Extract<Proof, { account: string }>,
  address: string,
  parts: WebParts,
): Promise<Proven> {
  const { account: wanted, password, code } = proof;
  const wait = parts.pace.wait(address, wanted);
  if (wait.addressMs > 0) return later("too many wrong sign-ins from this address", wait.addressMs);
  if (wait.accountMs > 0) {
    if (pausing >= mostPausing) return later("too many sign-ins at once", 5_000);
    await pause(wait.accountMs);
  }
  let account: Account | undefined;
  try {
    account = await parts.accounts.authenticate(wanted, password);
  } catch (error) {
    if (error instanceof Error && error.name === "TooManySignIns") {
      return later("too many sign-ins at once", 2_000);
    }
    throw error;
  }
  if (account?.kind !== "operator") {
    parts.pace.failed(address, wanted);
    parts.note(signInFailed(wanted, address, "account or password is not right"));
    return wrong("account or password is not right");
  }
  return withSecondFactor(account, code, address, parts);
}

async function withSecondFactor(
  account: Account,
  code: string | undefined,
  address: string,
  parts: WebParts,
): Promise<Proven> {
  const { factors, pace } = parts;
  if (factors.kind(account.id) === "none") {
    pace.succeeded(address, account.id);
    return { account, by: "password" };
  }
  if (code === undefined) {
    const detail = "the password is right; now the second factor";
    const methods = factors.methods(account.id);
    return { problem: { status: 401, code: "second-factor-needed", detail, methods } };
  }
  if (factors.isGuessable(code)) {
    const waitMs = pace.codeWait(address, account.id);
    if (waitMs > 0) return later("too many wrong codes; a recovery code or a passkey need not wait", waitMs);
    // Counted before it is tried, so that many at once are no way around.
    pace.codeFailed(address, account.id);
  }
  const by = await factors.takeCode(account.id, code);
  if (by === undefined) {
    if (!factors.isGuessable(code)) pace.failed(address, account.id);
    parts.note(signInFailed(account.id, address, "the code is not right, or was used already"));
    return wrong("the code is not right, or was used already");
  }
  pace.succeeded(address, account.id);
  if (by === "recovery") {
    const left = factors.of(account.id).recoveryCodesLeft;
    const action = `a recovery code was used, ${left} are left`;
    const actor = { kind: "operator" as const, id: account.id };
    parts.note({ type: "audit.account-changed", by: actor, data: { account: account.id, action } });
  }
  return { account, by: `password and ${by === "totp" ? "code" : "recovery code"}` };
}

const wrong = (detail: string): Proven => ({ problem: { status: 401, code: "sign-in-failed", detail } });

const later = (detail: string, waitMs: number): Proven => ({
  problem: { status: 429, code: "too-many-sign-ins", detail, retryAfterS: waitMs / 1_000 },
});

async function pause(ms: number): Promise<void> {
  pausing += 1;
  try {
    await new Promise((over) => setTimeout(over, ms));
  } finally {
    pausing -= 1;
  }
}
