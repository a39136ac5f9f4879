import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import express, { type Express, type Request } from "express";
import helmet from "helmet";
import type { EventBody } from "../../gateway/core/events.js";
import type { Operator } from "../../gateway/ports.js";
import { defaultFeedLimits, type FeedLimits, Feeds } from "./feed.js";
import { rememberIdentity } from "./guard.js";
import { identityFrom } from "./identity.js";
import { defaultSecondFactorRule, type SecondFactorRule, type WebParts } from "./parts.js";
import { nothingHere, troubles } from "./problems.js";
import { limited, type Rate } from "./rates.js";
import { mount } from "./route.js";
import { allRoutes } from "./routes/all-routes.js";
import { sameOriginOnly } from "./same-origin.js";

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
  signIns: { perSecond: 1, burst: 20 },
  bodyBytes: 4 * 1024 * 1024,
  feed: defaultFeedLimits,
};

type Given = Omit<WebParts, "note" | "secondFactor" | "hosts" | "publicUrl" | "signIns" | "bodyBytes">;

export interface WebOptions extends Given {
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
  /** Names, besides localhost, under which passkeys may be made and used: `gate.example.org`. */
  readonly hosts?: readonly string[];
  readonly secondFactor?: Partial<SecondFactorRule>;
  /** Where browsers reach the gateway; for links that are made over the control socket. */
  readonly publicUrl?: () => string | undefined;
  /** The folder of the pages; by default the package's own. */
  readonly appFolder?: string;
}

/** The pages and `/api/v1`. Needs a server with time-outs around it: `serveWeb`. */
export function createWeb(options: WebOptions): Express {
  // Who is on this machine as the gateway's own user may bring a whole town's people.
  const local = options.identify ? { bodyBytes: 64 * 1024 * 1024 } : {};
  const limits = { ...defaultLimits, ...local, ...options.limits };
  const parts: WebParts = {
    ...options,
    note: options.note ?? (() => {}),
    hosts: options.hosts ?? [],
    secondFactor: { ...defaultSecondFactorRule, ...options.secondFactor },
    publicUrl: options.publicUrl ?? (() => undefined),
    signIns: limits.signIns,
    bodyBytes: limits.bodyBytes,
  };
  const feeds = new Feeds({ ...parts, limits: limits.feed });

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
    const identity = options.identify ? operator && { operator } : identityFrom(request, parts);
    rememberIdentity(request, identity);
    next();
  });
  mount(api, allRoutes(feeds), parts, {
    may: options.may,
    forbidden: ({ actor, role }: Operator, operation: string) =>
      parts.note({ type: "audit.refused", by: actor, reason: "forbidden", data: { operation, role } }),
  });
  api.use(nothingHere);
  app.use("/api/v1", api);

  const folder = options.appFolder ?? ownPages();
  app.use(
    express.static(folder, {
      dotfiles: "ignore",
      redirect: false,
      setHeaders: (response, path) =>
        // Built files carry a digest of what is in them in their name.
        response.setHeader(
          "Cache-Control",
          path.includes("/assets/") ? "max-age=31536000, immutable" : "no-cache",
        ),
    }),
  );
  // An address inside the app, opened directly: the app itself finds its way. Programs ask for JSON and are told the truth.
  app.get(/^\/[\w/-]*$/, (request, response, next) => {
    const index = join(folder, "index.html");
    if (request.accepts(["json", "html"]) !== "html" || !existsSync(index)) return next();
    response.setHeader("Cache-Control", "no-cache");
    response.sendFile(index);
  });
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

/** The built pages of this package, whether run from the source or from `dist`. */
function ownPages(): string {
  let folder = dirname(fileURLToPath(import.meta.url));
  while (!existsSync(join(folder, "package.json"))) {
    const parent = dirname(folder);
    if (parent === folder) throw new Error(`web/app: no package around ${fileURLToPath(import.meta.url)}`);
    folder = parent;
  }
  return join(folder, "dist", "web", "app");
}
