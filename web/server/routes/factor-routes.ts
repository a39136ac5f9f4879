import type { Request, Response } from "express";
import { notFresh } from "../fresh.js";
import type { Identity } from "../guard.js";
import type { PasskeyFacts } from "../needs.js";
import type { WebParts } from "../parts.js";
import type { Problem } from "../problems.js";
import { noPasskeysHere } from "../proof.js";
import { relyingParty } from "../relying-party.js";
import { iso, notThere, refuse, refused, route } from "../route.js";
import {
  byMadeId,
  factors,
  newPassword,
  passkeyKept,
  passkeyMade,
  recoveryCodes,
  totpBegun,
  totpCode,
} from "../schemas/me.js";
import { challenge } from "../schemas/session.js";
import { own, tellChange } from "./own-account.js";
import { openSession } from "./session-routes.js";

const tag = "Own account";

const shownPasskey = ({ id, name, createdAt, usedAt }: PasskeyFacts) => ({
  id,
  name,
  createdAt: iso(createdAt),
  usedAt: usedAt === null ? null : iso(usedAt),
});

/** What one signs in with. */
export const factorRoutes = [
  route({
    method: "get",
    path: "/me/factors",
    says: "The second factors of one's own account",
    tag,
    access: "account",
    answer: factors,
    run: ({ who }, parts) => {
      const { totp, passkeys, recoveryCodesLeft } = parts.factors.of(own(who));
      return { totp, passkeys: passkeys.map(shownPasskey), recoveryCodesLeft };
    },
  }),
  route({
    method: "post",
    path: "/me/totp",
    says: "A secret for an authenticator app; it counts once a code of it was given",
    tag,
    access: "account",
    fresh: "enrolling",
    answer: totpBegun,
    run: ({ who }, parts) => parts.factors.beginTotp(own(who)),
  }),
  route({
    method: "put",
    path: "/me/totp",
    says: "Confirm the authenticator app with a code; answers new recovery codes",
    tag,
    access: "account",
    fresh: "enrolling",
    signsIn: true,
    body: totpCode,
    answer: recoveryCodes,
    run: async ({ who, body }, parts) => {
      const codes = await parts.factors.confirmTotp(own(who), body.code);
      if (!codes) {
        const detail = "this code is not right; look at the app again, or begin anew";
        return refuse({ status: 400, code: "invalid", detail, faults: [{ path: "code", message: detail }] });
      }
      tellChange(who, own(who), "authenticator app set up", parts);
      return { recoveryCodes: codes };
    },
  }),
  route({
    method: "delete",
    path: "/me/totp",
    says: "Take the authenticator app away",
    tag,
    access: "account",
    fresh: "always",
    answer: "nothing",
    run: async ({ who }, parts) => {
      if (!(await parts.factors.removeTotp(own(who)))) return notThere("authenticator app");
      return tellChange(who, own(who), "authenticator app taken away", parts);
    },
  }),
  route({
    method: "post",
    path: "/me/passkeys/options",
    says: "A challenge for a new passkey",
    tag,
    access: "account",
    fresh: "enrolling",
    answer: challenge,
    run: async ({ who, request }, parts) => {
      const at = relyingParty(request, parts);
      if (!at) return refuse(noPasskeysHere);
      const { mostPasskeys } = parts.factors;
      if (parts.factors.of(own(who)).passkeys.length >= mostPasskeys) {
        const detail = `an account has ${mostPasskeys} passkeys at most`;
        return refuse({ status: 409, code: "conflict", detail });
      }
      const name = parts.accounts.details(own(who))?.name ?? own(who);
      return parts.factors.registration(own(who), name, at);
    },
  }),
  route({
    method: "post",
    path: "/me/passkeys",
    says: "Keep the passkey that the browser has made",
    tag,
    access: "account",
    fresh: "enrolling",
    body: passkeyMade,
    answer: passkeyKept,
    run: async ({ who, body, request }, parts) => {
      const at = relyingParty(request, parts);
      if (!at) return refuse(noPasskeysHere);
      const kept = await parts.factors.register(own(who), body, at);
      if (!kept) {
        const detail = "this passkey was not taken; begin anew";
        return refuse({ status: 400, code: "invalid", detail });
      }
      tellChange(who, own(who), "passkey added", parts);
      return { ...shownPasskey(kept), recoveryCodes: kept.recoveryCodes };
    },
  }),
  route({
    method: "delete",
    path: "/me/passkeys/:id",
    says: "Take a passkey away",
    tag,
    access: "account",
    fresh: "always",
    params: byMadeId,
    answer: "nothing",
    run: async ({ who, params }, parts) => {
      if (!(await parts.factors.removePasskey(own(who), params.id))) return notThere("passkey");
      return tellChange(who, own(who), "passkey taken away", parts);
    },
  }),
  route({
    method: "post",
    path: "/me/recovery-codes",
    says: "New recovery codes; those before end",
    tag,
    access: "account",
    fresh: "always",
    answer: recoveryCodes,
    run: async ({ who }, parts) => {
      if (parts.factors.kind(own(who)) === "none") {
        const detail = "recovery codes stand in for a second factor; set one up first";
        return refuse({ status: 409, code: "conflict", detail });
      }
      const codes = await parts.factors.newRecoveryCodes(own(who));
      tellChange(who, own(who), "new recovery codes", parts);
      return { recoveryCodes: codes };
    },
  }),
  route({
    method: "put",
    path: "/me/password",
    says: "Set the password; every session ends, and this browser gets a new one",
    tag,
    access: "account",
    fresh: notFreshForPassword,
    signsIn: true,
    body: newPassword,
    answer: "nothing",
    run: async ({ who, body, request, response }, parts) => {
      const kept = await parts.accounts.setPassword(own(who), body.password);
      if (!kept.ok) return refused(kept.refusal);
      tellChange(who, own(who), "password set", parts);
      return reopened(request, response, who, parts);
    },
  }),
];

/** Who came in by a claim without a password has nothing to prove anything with: the first password needs no proof. */
function notFreshForPassword(who: Identity, parts: WebParts): Problem | undefined {
  const nothingYet =
    who.session !== undefined &&
    parts.accounts.details(own(who))?.signsInWith === "none" &&
    parts.factors.kind(own(who)) === "none";
  return nothingYet ? undefined : notFresh(who, parts, true);
}

/** With a new password every session is over, and this browser goes on in a new one. */
function reopened(request: Request, response: Response, who: Identity, parts: WebParts): void {
  const account = parts.accounts.get(own(who));
  if (account) openSession(request, response, account, "new password", parts);
}
