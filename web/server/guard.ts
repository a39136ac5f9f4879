import type { NextFunction, Request, RequestHandler, Response } from "express";
import { languageOf } from "../../gateway/core/words/language.js";
import type { Operator } from "../../gateway/ports.js";
import type { ApiToken } from "./needs.js";
import { notSignedIn, type Problem, sendProblem } from "./problems.js";
import type { SessionRow } from "./sessions.js";

/** Who asks. Without `account`: known by other means, as the peer of a Unix socket is. */
export interface Identity {
  readonly operator: Operator;
  /** The account that asks, itself or by one of its tokens. */
  readonly account?: string;
  readonly session?: SessionRow;
  readonly token?: ApiToken;
}

/**
 * Who may use a route: anyone, whoever is known (what is behind it checks), who has an account of their own (not the local
 * administrator), or who has a permission.
 */
export type Access = "anyone" | "signed-in" | "account" | { readonly permission: string };

/** The first handler of every route; carries what it asks for, so that a test can walk the router. */
export interface Guard extends RequestHandler {
  readonly access: Access;
}

const identities = new WeakMap<Request, Identity>();

/** Whoever asks is told things in the language of his browser; a feed, which can send no headers, names it in its address. */
export function rememberIdentity(request: Request, identity: Identity | undefined): void {
  if (!identity) return;
  const named = request.query.language;
  const wish = typeof named === "string" ? named : request.headers["accept-language"];
  const operator = { ...identity.operator, language: languageOf(wish) };
  identities.set(request, { ...identity, operator });
}

export function identityOf(request: Request): Identity | undefined {
  return identities.get(request);
}

export interface Doorman {
  may(operator: Operator, permission: string): boolean;
  forbidden(operator: Operator, what: string): void;
}

/** Nothing passes that does not say for whom it is; the handler behind is only reached by those. */
export function guard(access: Access, doorman: Doorman): Guard {
  const check = (request: Request, response: Response, next: NextFunction): void => {
    const problem = trouble(request, identities.get(request));
    if (problem) sendProblem(response, problem);
    else next();
  };
  return Object.assign(check, { access });

  function trouble(request: Request, identity: Identity | undefined): Problem | undefined {
    if (access === "anyone") return undefined;
    if (!identity) return notSignedIn;
    if (access === "signed-in") return undefined;
    if (access === "account") {
      const detail = "this is about an account of one's own: sign in with one";
      return identity.account === undefined ? { status: 403, code: "forbidden", detail } : undefined;
    }
    const { operator, token } = identity;
    if (doorman.may(operator, access.permission)) return undefined;
    doorman.forbidden(operator, `${request.method} ${request.path}`);
    const who = token ? "this token does" : `${operator.role}s do`;
    const detail = `this needs ${access.permission}, which ${who} not have`;
    return { status: 403, code: "forbidden", detail };
  }
}
