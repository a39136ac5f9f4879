import type { Request } from "express";
import type { WebParts } from "../parts.js";
import { iso, notThere, perform, Refusing, refused, route } from "../route.js";
import {
  type Account,
  accounts,
  byAccount,
  disabled,
  disabling,
  inviteAsked,
  inviteMade,
  invites,
} from "../schemas/accounts.js";
import { byId } from "../schemas/common.js";
import { sessions } from "../schemas/me.js";
import { shownSessions, tellChange } from "./own-account.js";

const tag = "Accounts";

/** What the operation tells of an account: without sessions and second factors, and with instants as it likes. */
type Told = Pick<Account, "id" | "kind" | "role" | "discreet" | "disabled" | "signsInWith"> & {
  readonly name?: string;
  readonly createdAt: number | string;
};

function shownAccount(told: Told, parts: WebParts): Account {
  const open = parts.sessions.of(told.id);
  const lastSeenAt = Math.max(...open.map((each) => each.lastSeenAt));
  return {
    ...told,
    createdAt: typeof told.createdAt === "number" ? iso(told.createdAt) : told.createdAt,
    secondFactor: parts.factors.kind(told.id),
    sessions: open.length,
    lastSeenAt: open.length === 0 ? null : iso(lastSeenAt),
  };
}

/** In the fragment, which no browser sends to anybody and no server logs. */
function inviteUrl(secret: string, request: Request, parts: WebParts): string {
  const { host } = request.headers;
  const asked = request.socket.remoteAddress === undefined || host === undefined;
  const base = asked ? (parts.publicUrl() ?? "") : `${parts.tls ? "https" : "http"}://${host}`;
  return `${base}/#invite=${secret}`;
}

export const accountRoutes = [
  route({
    method: "get",
    path: "/accounts",
    says: "All accounts: people, devices, clients",
    tag,
    access: { permission: "accounts.read" },
    answer: accounts,
    run: async ({ who }, parts) => {
      const listed = await perform(parts, who, "account.list", {});
      if (listed instanceof Refusing) return listed;
      const told = (listed as { readonly accounts: readonly Told[] }).accounts;
      return { accounts: told.map((each) => shownAccount(each, parts)) };
    },
  }),
  route({
    method: "post",
    path: "/accounts/:id/disable",
    says: "Disable an account, which ends its sessions and feeds at once, or enable it",
    tag,
    access: { permission: "accounts.write" },
    fresh: "always",
    params: byId,
    body: disabling,
    answer: disabled,
    run: ({ who, params, body }, parts) =>
      perform(parts, who, "account.disable", { account: params.id, disabled: body.disabled }),
  }),
  route({
    method: "get",
    path: "/accounts/:id/sessions",
    says: "Where an account is signed in",
    tag,
    access: { permission: "accounts.read" },
    params: byId,
    answer: sessions,
    run: ({ who, params }, parts) =>
      parts.accounts.get(params.id)
        ? { sessions: shownSessions(params.id, parts, who.session) }
        : notThere("account"),
  }),
  route({
    method: "delete",
    path: "/accounts/:id/sessions",
    says: "Sign an account out everywhere",
    tag,
    access: { permission: "accounts.write" },
    params: byId,
    answer: "nothing",
    run: ({ who, params }, parts) => {
      if (!parts.accounts.get(params.id)) return notThere("account");
      parts.sessions.endAllOf(params.id);
      return tellChange(who, params.id, "signed out everywhere", parts);
    },
  }),
  route({
    method: "get",
    path: "/invites",
    says: "Invites that are out and still good",
    tag,
    access: { permission: "accounts.read" },
    answer: invites,
    run: (_asked, parts) => ({
      invites: parts.invites.list().map(({ createdAt, expiresAt, ...invite }) => ({
        ...invite,
        createdAt: iso(createdAt),
        expiresAt: iso(expiresAt),
      })),
    }),
  }),
  route({
    method: "post",
    path: "/invites",
    says: "Invite somebody: a link, good once and for 72 hours, with which they choose their password",
    tag,
    access: { permission: "accounts.write" },
    fresh: "always",
    body: inviteAsked,
    answer: inviteMade,
    run: async ({ who, body, request }, parts) => {
      const made = await parts.invites.add({ ...body, by: who.operator.actor.id });
      if (!made.ok) return refused(made.refusal);
      tellChange(who, body.account, `invited as ${body.role}`, parts);
      const { secret, expiresAt } = made;
      return { url: inviteUrl(secret, request, parts), secret, expiresAt: iso(expiresAt) };
    },
  }),
  route({
    method: "delete",
    path: "/invites/:account",
    says: "Withdraw an invite",
    tag,
    access: { permission: "accounts.write" },
    params: byAccount,
    answer: "nothing",
    run: async ({ who, params }, parts) => {
      if (!(await parts.invites.remove(params.account))) return notThere("invite");
      return tellChange(who, params.account, "invite withdrawn", parts);
    },
  }),
];
