import type { NextFunction, Request, RequestHandler, Response } from "express";
import type { Operator } from "../../gateway/ports.js";
import { notSignedIn, sendProblem } from "./problems.js";
import type { SessionRow } from "./sessions.js";

/** Who asks. Without `session`: known by other means, as the peer of a Unix socket is. */
export interface Identity {
  readonly operator: Operator;
  readonly session?: SessionRow;
}

/** Who may use a route: anyone, whoever is signed in (the operation behind it checks), or who has a permission. */
export type Access = "anyone" | "signed-in" | { readonly permission: string };

/** The first handler of every route; carries what it asks for, so that a test can walk the router. */
export interface Guard extends RequestHandler {
  readonly access: Access;
}

export type Handler = (request: Request, response: Response, identity: Identity) => void | Promise<void>;

const identities = new WeakMap<Request, Identity>();

export function rememberIdentity(request: Request, identity: Identity | undefined): void {
  if (identity) identities.set(request, identity);
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
    const identity = identities.get(request);
    if (access === "anyone") {
      next();
    } else if (!identity) {
      sendProblem(response, notSignedIn);
    } else if (access === "signed-in" || doorman.may(identity.operator, access.permission)) {
      next();
    } else {
      doorman.forbidden(identity.operator, `${request.method} ${request.path}`);
      sendProblem(response, {
        status: 403,
        code: "forbidden",
        detail: `this needs ${access.permission}, which ${identity.operator.role}s do not have`,
      });
    }
  };
  return Object.assign(check, { access });
}

/** A handler behind a guard other than `anyone`. */
export function known(handler: Handler): RequestHandler {
  return async (request, response) => {
    const identity = identities.get(request);
    // The guard before has answered already; this holds if a route is ever written without one.
    if (!identity) return sendProblem(response, notSignedIn);
    await handler(request, response, identity);
  };
}
