import type { Request, Response } from "express";
import type { Account } from "../../../gateway/ports.js";
import { giveToken, takeToken } from "../cookie.js";
import { enrolment } from "../fresh.js";
import { type Identity, identityOf } from "../guard.js";
import { addressOf, agentOf, operatorOf, signInFailed } from "../identity.js";
import type { WebParts } from "../parts.js";
import { noPasskeysHere, type Proof, prove } from "../proof.js";
import { relyingParty } from "../relying-party.js";
import { iso, openRoute, refuse, refused, route } from "../route.js";
import {
  challenge,
  fresh,
  freshProof,
  inviteAccepted,
  passkeyChallengeAsked,
  type Session,
  session,
  signIn,
} from "../schemas/session.js";

const tag = "Signing in";

/** Who is asking, as the page needs it. */
function shownSession(who: Identity | undefined, parts: WebParts): Session {
  const { ownerless } = parts.accounts;
  if (!who) {
    return {
      signedIn: false,
      account: null,
      name: null,
      role: null,
      permissions: [],
      freshUntil: null,
      endsAt: null,
      secondFactor: "none",
      mustEnrol: false,
      enrolBy: null,
      ownerless,
      site: null,
      version: null,
    };
  }
  const { operator, account } = who;
  const open = who.session;
  const freshUntil = open && parts.sessions.freshUntil(open);
  const { mustEnrol, enrolBy } = account === undefined ? noEnrolment : enrolment(account, parts);
  const { id, name, timeZone } = parts.live.view().site;
  return {
    signedIn: true,
    account: operator.actor.id,
    name: (account === undefined ? undefined : parts.accounts.details(account)?.name) ?? null,
    role: operator.role,
    permissions: parts.permissions.filter((permission) => parts.may(operator, permission)),
    freshUntil: freshUntil === undefined ? null : iso(freshUntil),
    endsAt: open ? iso(parts.sessions.endsAt(open)) : who.token ? iso(who.token.expiresAt) : null,
    secondFactor: account === undefined ? "none" : parts.factors.kind(account),
    mustEnrol,
    enrolBy: enrolBy === null ? null : iso(enrolBy),
    ownerless,
    site: id === "" ? null : { name, timeZone },
    version: parts.version,
  };
}

const noEnrolment = { mustEnrol: false, enrolBy: null } as const;

/** A new session in the place of whatever one this browser had. */
export function openSession(
  request: Request,
  response: Response,
  account: Account,
  by: string,
  parts: WebParts,
): Identity {
  const old = identityOf(request)?.session;
  if (old) parts.sessions.end(old.digest);
  const address = addressOf(request);
  const from = { address, agent: agentOf(request) };
  const { token, session: opened } = parts.sessions.open(account.id, from);
  // As long as it may last at all: when it ends unused is decided here, not by the browser.
  giveToken(response, token, parts.tls, opened.expiresAt - parts.clock.now());
  const { actor } = operatorOf(account);
  parts.note({ type: "audit.signed-in", by: actor, data: { from: address, with: by } });
  return { operator: operatorOf(account), account: account.id, session: opened };
}

export const sessionRoutes = [
  openRoute({
    method: "get",
    path: "/session",
    says: "Who is asking, and what they may",
    tag,
    answer: session,
    run: ({ who }, parts) => shownSession(who, parts),
  }),
  openRoute({
    method: "post",
    path: "/session",
    says: "Sign in: with the one-time owner secret, with a password and a code, or with a passkey",
    tag,
    signsIn: true,
    body: signIn,
    answer: session,
    run: async ({ body, request, response }, parts) => {
      if (!("claim" in body)) {
        const proven = await prove(request, body, parts);
        if ("problem" in proven) return refuse(proven.problem);
        return shownSession(openSession(request, response, proven.account, proven.by, parts), parts);
      }
      const { claim, account: id, name, password } = body;
      const made = await parts.accounts.claimOwner(claim, {
        id,
        ...(name === undefined ? {} : { name }),
        ...(password === undefined ? {} : { password }),
      });
      if (!made.ok) {
        parts.note(signInFailed(id, addressOf(request), "the one-time secret was not taken"));
        return refused(made.refusal);
      }
      await clearedOut(made.account.id, parts);
      parts.note({ type: "audit.owner-claimed", by: operatorOf(made.account).actor });
      return shownSession(openSession(request, response, made.account, "owner secret", parts), parts);
    },
  }),
  route({
    method: "delete",
    path: "/session",
    says: "Sign out, here and now",
    tag,
    access: "signed-in",
    answer: "nothing",
    run: ({ who, request, response }, parts) => {
      if (who.session) {
        parts.sessions.end(who.session.digest);
        const data = { from: addressOf(request) };
        parts.note({ type: "audit.signed-out", by: who.operator.actor, data });
      }
      takeToken(response, parts.tls);
    },
  }),
  route({
    method: "post",
    path: "/session/fresh",
    says: "Prove once more who you are; sensitive acts need it from within ten minutes",
    tag,
    access: "account",
    signsIn: true,
    body: freshProof,
    answer: fresh,
    run: async ({ body, who, request }, parts) => {
      const open = who.session;
      if (!open) {
        const detail = "a token cannot prove who holds it";
        return refuse({ status: 403, code: "forbidden", detail });
      }
      const proof = proofIn(body, open.account);
      if (!proof) {
        const detail = "give the password, or a passkey with its challengeId";
        return refuse({ status: 400, code: "invalid", detail });
      }
      const proven = await prove(request, proof, parts);
      if ("problem" in proven) return refuse(proven.problem);
      // Somebody else's passkey proves nothing about this account.
      if (proven.account.id !== open.account) {
        parts.note(signInFailed(open.account, addressOf(request), "the passkey of another account"));
        const detail = "this passkey is another account's";
        return refuse({ status: 401, code: "sign-in-failed", detail });
      }
      const until = parts.sessions.freshen(open.digest);
      if (until === undefined) {
        return refuse({ status: 401, code: "not-signed-in", detail: "the session has ended meanwhile" });
      }
      return { freshUntil: iso(until) };
    },
  }),
  openRoute({
    method: "post",
    path: "/passkeys/challenge",
    says: "A challenge for a passkey, to sign in or to prove once more who you are",
    tag,
    signsIn: true,
    body: passkeyChallengeAsked,
    answer: challenge,
    run: async ({ body, request }, parts) => {
      const at = relyingParty(request, parts);
      return at ? parts.factors.challenge(body.account, at) : refuse(noPasskeysHere);
    },
  }),
  openRoute({
    method: "post",
    path: "/invites/accept",
    says: "Choose a password with the secret of an invite link, and be signed in",
    tag,
    signsIn: true,
    body: inviteAccepted,
    answer: session,
    run: async ({ body, request, response }, parts) => {
      const { secret, name, password } = body;
      const kept = await parts.invites.accept(secret, { password, ...(name === undefined ? {} : { name }) });
      if (!kept.ok) {
        if (kept.refusal.code === "forbidden") {
          parts.note(signInFailed("", addressOf(request), "the invite was not taken"));
        }
        return refused(kept.refusal);
      }
      const { account } = kept;
      await clearedOut(account.id, parts);
      const data = { account: account.id, action: "invite accepted" };
      parts.note({ type: "audit.account-changed", by: operatorOf(account).actor, data });
      return shownSession(openSession(request, response, account, "invite", parts), parts);
    },
  }),
];

/**
 * Whoever comes back into an account by a claim or an invite has lost what it was opened with, perhaps to somebody: nothing of
 * that opens it any more.
 */
async function clearedOut(account: string, parts: WebParts): Promise<void> {
  parts.sessions.endAllOf(account);
  await Promise.all([parts.factors.removeAllOf(account), parts.tokens.removeAllOf(account)]);
}

function proofIn(
  body: {
    password?: string | undefined;
    code?: string | undefined;
    passkey?: object | undefined;
    challengeId?: string | undefined;
  },
  account: string,
): Proof | undefined {
  const { password, code, passkey, challengeId } = body;
  if (passkey !== undefined && challengeId !== undefined) return { passkey, challengeId };
  return password === undefined ? undefined : { account, password, code };
}
