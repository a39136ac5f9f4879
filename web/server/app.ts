import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import express, { type Express, type Request, type Response } from "express";
import helmet from "helmet";
import type { EventBody } from "../../gateway/core/events.js";
import type { Clock, Journal, Live, Operations, Operator } from "../../gateway/ports.js";
import { listEvents, oneEvent } from "./events.js";
import { defaultFeedLimits, type FeedLimits, Feeds } from "./feed.js";
import { type Access, type Guard, guard, type Handler, known, rememberIdentity } from "./guard.js";
import { jsonBody } from "./json.js";
import { nothingHere, sendProblem, sendRefusal, troubles } from "./problems.js";
import { limited, type Rate } from "./rates.js";
import { sameOriginOnly } from "./same-origin.js";
import type { Sessions } from "./sessions.js";
import { type Describe, type May, shownSite } from "./shown.js";
import {
  identityFromCookie,
  type SignInAccounts,
  type SignInPace,
  signIn,
  signOut,
  whoAmI,
} from "./sign-in.js";

export interface WebLimits {
  /** Requests of one address. */
  readonly requests: Rate;
  /** Sign-ins of one address. */
  readonly signIns: Rate;
  /** A body of an operation; a site document, a list of people. */
  readonly bodyBytes: number;
  readonly feed: FeedLimits;
}

const defaultLimits: WebLimits = {
  requests: { perSecond: 50, burst: 200 },
  signIns: { perSecond: 1, burst: 10 },
  bodyBytes: 4 * 1024 * 1024,
  feed: defaultFeedLimits,
};

export interface WebOptions {
  readonly operations: Operations;
  readonly live: Live;
  readonly journal: Pick<Journal, "readAfter" | "readBefore" | "byId" | "onDurable" | "health">;
  readonly accounts: SignInAccounts;
  readonly sessions: Sessions;
  readonly pace: SignInPace;
  readonly may: May;
  readonly describe: Describe;
  readonly clock: Clock;
  /** Served over TLS: cookies are then `Secure` and `__Host-`. */
  readonly tls: boolean;
  /**
   * Who asks, known by other means than a cookie: on a Unix socket the peer is the local administrator. Replaces sessions; undefined
   * is nobody.
   */
  readonly identify?: (request: Request) => Operator | undefined;
  /** What is worth an entry in the audit trail. */
  readonly note?: (event: EventBody) => void;
  /** A request broke; the answer says no more than that. */
  readonly broke?: (error: unknown, path: string) => void;
  readonly limits?: Partial<WebLimits>;
  /** The folder of the pages; by default the package's own `web/app`. */
  readonly appFolder?: string;
}

/** The pages and `/api/v1`. Needs a server with time-outs around it: `serveWeb`. */
export function createWeb(options: WebOptions): Express {
  // Who is on this machine as the gateway's own user may bring a whole town's people.
  const local = options.identify ? { bodyBytes: 64 * 1024 * 1024 } : {};
  const limits = { ...defaultLimits, ...local, ...options.limits };
  const parts = { ...options, note: options.note ?? (() => {}) };
  const feeds = new Feeds({ ...options, limits: limits.feed });

  const app = express();
  app.disable("x-powered-by");
  app.set("query parser", "simple");
  app.set("trust proxy", false);
  app.use(securityHeaders(options.tls));
  app.use(limited(limits.requests, options.clock));

  const api = express.Router({ caseSensitive: true });
  api.use((_request, response, next) => {
    response.setHeader("Cache-Control", "no-store");
    next();
  });
  api.use(sameOriginOnly);
  api.use((request, _response, next) => {
    const operator = options.identify?.(request);
    const identity = options.identify ? operator && { operator } : identityFromCookie(request, parts);
    rememberIdentity(request, identity);
    next();
  });

  const doorman = {
    may: options.may,
    forbidden: ({ actor, role }: Operator, operation: string) =>
      parts.note({ type: "audit.refused", by: actor, reason: "forbidden", data: { operation, role } }),
  };
  const needs = (access: Access) => guard(access, doorman);
  const get = (path: string, permission: string, handler: Handler) =>
    api.get(path, needs({ permission }), known(handler));

  api.get("/session", needs("anyone"), (request, response) => whoAmI(request, response, parts));
  api.post(
    "/session",
    needs("anyone"),
    limited(limits.signIns, options.clock),
    jsonBody(4_096),
    (request: Request, response: Response) => signIn(request, response, parts),
  );
  api.delete(
    "/session",
    needs("signed-in"),
    known((request, response, identity) => signOut(request, response, identity, parts)),
  );

  // Each operation checks the operator's permission itself and is audited there.
  api.post(
    "/operations/:name",
    needs("signed-in"),
    jsonBody(limits.bodyBytes),
    known(async (request, response, { operator }) => {
      const name = String(request.params.name);
      const performed = await options.operations.perform(operator, name, request.body ?? {});
      if (performed.ok) response.json({ result: performed.result ?? null });
      else sendRefusal(response, performed.refusal);
    }),
  );

  get("/live", "doors.read", (_request, response, { operator }) => {
    response.json(shownSite(options.live.view(), options.may, operator, options.clock.now()));
  });
  get("/events", "journal.read", (request, response, identity) =>
    listEvents(request, response, identity, parts),
  );
  get("/events/:id", "journal.read", (request, response, identity) =>
    oneEvent(request, response, identity, parts),
  );
  get("/feed", "doors.read", (request, response, identity) => {
    const cursor = request.headers["last-event-id"] ?? request.query.after;
    if (cursor !== undefined && !/^\d{1,15}$/.test(String(cursor))) {
      const detail = "Last-Event-ID and after are the seq of an event";
      return sendProblem(response, { status: 400, code: "invalid", detail });
    }
    feeds.open(request, response, identity, cursor === undefined ? undefined : Number(cursor));
  });
  for (const { route } of api.stack) {
    const first = route?.stack[0]?.handle as Partial<Guard> | undefined;
    if (route && first?.access === undefined)
      throw new Error(`${route.path}: a route must say first for whom it is`);
  }
  api.use(nothingHere);
  app.use("/api/v1", api);

  app.use(
    express.static(options.appFolder ?? ownPages(), {
      dotfiles: "ignore",
      redirect: false,
      setHeaders: (response) => response.setHeader("Cache-Control", "no-cache"),
    }),
  );
  app.use(nothingHere);
  app.use(troubles(options.broke ?? (() => {})));
  return app;
}

/** Nothing from outside, nothing inline, nobody frames us (OWASP ASVS 5, 3.4). */
function securityHeaders(tls: boolean) {
  return helmet({
    contentSecurityPolicy: {
      useDefaults: false,
      directives: {
        "default-src": ["'none'"],
        "script-src": ["'self'"],
        "style-src": ["'self'"],
        "img-src": ["'self'"],
        "connect-src": ["'self'"],
        "base-uri": ["'none'"],
        "form-action": ["'self'"],
        "frame-ancestors": ["'none'"],
      },
    },
    xFrameOptions: { action: "deny" },
    referrerPolicy: { policy: "no-referrer" },
    // Browsers heed these over TLS only, and complain of them otherwise.
    strictTransportSecurity: tls,
    crossOriginOpenerPolicy: tls,
    originAgentCluster: tls,
  });
}

/** `web/app` of this package, whether run from the source or from `dist`. */
function ownPages(): string {
  let folder = dirname(fileURLToPath(import.meta.url));
  while (!existsSync(join(folder, "package.json"))) {
    const parent = dirname(folder);
    if (parent === folder) throw new Error(`web/app: no package around ${fileURLToPath(import.meta.url)}`);
    folder = parent;
  }
  return join(folder, "web", "app");
}
