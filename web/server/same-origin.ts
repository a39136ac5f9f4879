import type { RequestHandler } from "express";
import { sendProblem } from "./problems.js";

/** Only these may change nothing and are let through unasked. */
const harmless = new Set(["GET", "HEAD", "OPTIONS"]);

/**
 * Another site's page may not act with this browser's session: `Origin` and `Sec-Fetch-Site`, which pages cannot set, must be ours
 * where they are sent. Programs send neither. JSON, or a piece of a list, so that no plain form gets through either: a form can send
 * neither type (Fetch standard, CORS-safelisted request-header).
 */
export const sameOriginOnly: RequestHandler = (request, response, next) => {
  if (harmless.has(request.method)) return next();
  const { origin, host } = request.headers;
  const fetchSite = request.headers["sec-fetch-site"];
  const foreign =
    (origin !== undefined && hostOf(origin) !== host) ||
    (fetchSite !== undefined && fetchSite !== "same-origin" && fetchSite !== "none");
  if (foreign) {
    return sendProblem(response, {
      status: 403,
      code: "foreign-origin",
      detail: "requests that change something are taken from the gateway's own pages only",
    });
  }
  const length = request.headers["content-length"];
  const hasBody =
    (length !== undefined && length !== "0") || request.headers["transfer-encoding"] !== undefined;
  if (hasBody && !request.is(["application/json", "application/octet-stream"])) {
    return sendProblem(response, { status: 415, code: "not-json", detail: "send JSON as application/json" });
  }
  next();
};

function hostOf(origin: string): string | undefined {
  try {
    return new URL(origin).host;
  } catch {
    return undefined;
  }
}
