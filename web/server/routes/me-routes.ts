import type { ApiToken } from "../needs.js";
import { iso, notThere, refused, route } from "../route.js";
import { byMadeId, sessions, tokenAsked, tokenMade, tokens } from "../schemas/me.js";
import { own, sessionId, shownSessions, tellChange } from "./own-account.js";

const tag = "Own account";

const shownToken = ({ id, name, scopes, createdAt, expiresAt, usedAt }: ApiToken) => ({
  id,
  name,
  scopes,
  createdAt: iso(createdAt),
  expiresAt: iso(expiresAt),
  usedAt: usedAt === null ? null : iso(usedAt),
});

/** Where one is signed in, and what acts in one's name. */
export const meRoutes = [
  route({
    method: "get",
    path: "/me/sessions",
    says: "Where one is signed in",
    tag,
    access: "account",
    answer: sessions,
    run: ({ who }, parts) => ({ sessions: shownSessions(own(who), parts, who.session) }),
  }),
  route({
    method: "delete",
    path: "/me/sessions",
    says: "Sign out everywhere else",
    tag,
    access: "account",
    answer: "nothing",
    run: ({ who }, parts) => {
      parts.sessions.endAllOf(own(who), who.session?.digest);
      tellChange(who, own(who), "signed out everywhere else", parts);
    },
  }),
  route({
    method: "delete",
    path: "/me/sessions/:id",
    says: "Sign out in one place",
    tag,
    access: "account",
    params: byMadeId,
    answer: "nothing",
    run: ({ who, params }, parts) => {
      const found = parts.sessions.of(own(who)).find((each) => sessionId(each) === params.id);
      if (!found) return notThere("session");
      parts.sessions.end(found.digest);
      return tellChange(who, own(who), "signed out in one place", parts);
    },
  }),
  route({
    method: "get",
    path: "/me/tokens",
    says: "The tokens that act for one's own account",
    tag,
    access: "account",
    answer: tokens,
    run: ({ who }, parts) => ({ tokens: parts.tokens.of(own(who)).map(shownToken) }),
  }),
  route({
    method: "post",
    path: "/me/tokens",
    says: "A token for a program; shown this once",
    tag,
    access: "account",
    fresh: "always",
    body: tokenAsked,
    answer: tokenMade,
    run: async ({ who, body }, parts) => {
      const account = parts.accounts.get(own(who));
      if (!account) return notThere("account");
      const { name, scopes, days } = body;
      const made = await parts.tokens.add(account, { name, days, ...(scopes ? { scopes } : {}) });
      if (!made.ok) return refused(made.refusal);
      tellChange(who, account.id, `token ${made.id} made`, parts);
      return { id: made.id, token: made.token, expiresAt: iso(made.expiresAt) };
    },
  }),
  route({
    method: "delete",
    path: "/me/tokens/:id",
    says: "End a token",
    tag,
    access: "account",
    params: byMadeId,
    answer: "nothing",
    run: async ({ who, params }, parts) => {
      if (!(await parts.tokens.remove(own(who), params.id))) return notThere("token");
      return tellChange(who, own(who), `token ${params.id} ended`, parts);
    },
  }),
];
