import type { ErrorRequestHandler, RequestHandler, Response } from "express";
import type { Fault, Refusal } from "../../gateway/ports.js";

/** RFC 9457: what went wrong, for people and programs; never a stack, a query or a path of this machine. */
export interface Problem {
  readonly status: number;
  readonly code: string;
  readonly detail: string;
  readonly faults?: readonly Fault[];
  /** With `second-factor-needed`: what can be given. */
  readonly methods?: readonly string[];
  /** After how many seconds it is worth another try. */
  readonly retryAfterS?: number;
}

const titles: Readonly<Record<number, string>> = {
  400: "The request is not right",
  401: "Not signed in",
  403: "Not allowed",
  404: "Not found",
  409: "Not possible as things stand",
  413: "Too large",
  415: "Not JSON",
  429: "Too many requests",
  500: "Something broke inside",
  503: "Not available just now",
};

const statuses: Readonly<Record<Refusal["code"], number>> = {
  forbidden: 403,
  "not-found": 404,
  "unknown-operation": 404,
  invalid: 400,
  conflict: 409,
  stale: 409,
  refused: 409,
  unavailable: 503,
  busy: 503,
};

export function sendProblem(response: Response, problem: Problem): void {
  // Asked for with a 401 (RFC 9110, 15.5.2); browsers do not ask people for a bearer.
  if (problem.status === 401) response.setHeader("WWW-Authenticate", 'Bearer realm="gatewarden"');
  if (problem.retryAfterS !== undefined) response.setHeader("Retry-After", Math.ceil(problem.retryAfterS));
  response
    .status(problem.status)
    .type("application/problem+json")
    .send(
      JSON.stringify({
        type: "about:blank",
        title: titles[problem.status] ?? "Refused",
        status: problem.status,
        code: problem.code,
        detail: problem.detail,
        ...(problem.faults ? { faults: problem.faults } : {}),
        ...(problem.methods ? { methods: problem.methods } : {}),
      }),
    );
}

export function problemOf({ code, message, faults }: Refusal): Problem {
  return {
    status: statuses[code],
    code,
    detail: message,
    ...(faults ? { faults } : {}),
    ...(code === "busy" ? { retryAfterS: 2 } : {}),
  };
}

export const notSignedIn: Problem = {
  status: 401,
  code: "not-signed-in",
  detail: "sign in first: POST /api/v1/session",
};

export const nothingHere: RequestHandler = (_request, response) => {
  sendProblem(response, { status: 404, code: "not-found", detail: "there is nothing under this address" });
};

/** What Express and its body parser throw, told without their insides. */
export function troubles(broke: (error: unknown, path: string) => void): ErrorRequestHandler {
  return (error: unknown, request, response, next) => {
    if (response.headersSent) {
      broke(error, request.path);
      next(error);
      return;
    }
    const problem = knownTrouble(error);
    if (problem.status >= 500) broke(error, request.path);
    sendProblem(response, problem);
  };
}

function knownTrouble(error: unknown): Problem {
  const { status, type } = (typeof error === "object" && error !== null ? error : {}) as {
    status?: unknown;
    type?: unknown;
  };
  if (type === "entity.too.large") return { status: 413, code: "too-large", detail: "the body is too large" };
  if (type === "entity.parse.failed") {
    return { status: 400, code: "invalid", detail: "the body is not readable as JSON" };
  }
  if (typeof status === "number" && status >= 400 && status < 500) {
    return { status, code: "invalid", detail: "the request could not be read" };
  }
  return { status: 500, code: "broken", detail: "the gateway's log says what broke" };
}
