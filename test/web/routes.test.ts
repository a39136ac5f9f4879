import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { may } from "../../gateway/accounts/permissions.js";
import { type Role, roles } from "../../gateway/ports.js";
import type { Access, Guard } from "../../web/server/guard.js";
import { type House, openHouse, password, signedIn } from "./house.js";

interface Layer {
  readonly route?: {
    readonly path: string;
    readonly methods?: Record<string, boolean>;
    readonly stack: readonly { readonly method?: string; readonly handle: Partial<Guard> }[];
  };
  readonly handle?: { readonly stack?: readonly Layer[] };
}

interface Route {
  readonly method: string;
  readonly path: string;
  /** undefined: it does not say for whom it is. */
  readonly access: Access | undefined;
}

/** Every route of the app, out of its router, however deep. */
function routesOf(layers: readonly Layer[]): Route[] {
  return layers.flatMap(({ route, handle }): Route[] => {
    if (!route) return routesOf(handle?.stack ?? []);
    const method = (route.stack[0]?.method ?? "all").toUpperCase();
    return [{ method, path: `/api/v1${route.path}`, access: route.stack[0]?.handle.access }];
  });
}

let house: House;
const cookies = new Map<Role, string>();
/** Roles that people have. */
const people = roles.filter((role) => role !== "device" && role !== "central");

beforeAll(async () => {
  house = await openHouse({
    limits: { requests: { perSecond: 1_000, burst: 1_000 }, signIns: { perSecond: 100, burst: 100 } },
  });
  house.happen({ type: "door.opened", door: "front" });
  for (const role of people) {
    await house.accounts.addOperator(`the-${role}`, role, { password });
    cookies.set(role, await signedIn(house, `the-${role}`));
  }
});

afterAll(() => house.stop());

/** Asks, and lets go of the answer at its head: a feed has no end. */
async function ask({ method, path }: Route, cookie?: string): Promise<number> {
  const stop = new AbortController();
  const response = await fetch(house.url + path.replace(":id", "1").replace(":name", "door.unlock"), {
    method,
    signal: stop.signal,
    headers: { ...(cookie ? { Cookie: cookie } : {}), "Content-Type": "application/json" },
    ...(method === "POST" ? { body: "{}" } : {}),
  });
  stop.abort();
  return response.status;
}

function routes(): Route[] {
  return routesOf((house.app.router as unknown as { stack: readonly Layer[] }).stack);
}

describe("every route, by every role", () => {
  test("the walk finds them all", () => {
    expect(routes().map(({ method, path }) => `${method} ${path}`)).toEqual([
      "GET /api/v1/session",
      "POST /api/v1/session",
      "DELETE /api/v1/session",
      "POST /api/v1/operations/:name",
      "GET /api/v1/live",
      "GET /api/v1/events",
      "GET /api/v1/events/:id",
      "GET /api/v1/feed",
    ]);
  });

  test("each says for whom it is, and only signing in is for anyone", () => {
    for (const { method, path, access } of routes()) {
      expect(access, `${method} ${path}`).toBeDefined();
      if (access === "anyone") expect(path).toBe("/api/v1/session");
    }
  });

  test("without a session each answers 401, but for signing in", async () => {
    for (const route of routes()) {
      const status = await ask(route);
      if (route.access === "anyone") expect(status, route.path).not.toBe(401);
      else expect(status, `${route.method} ${route.path}`).toBe(401);
      if (route.access !== "anyone") expect(await ask(route, "gatewarden=made-up"), route.path).toBe(401);
    }
  });

  test("a role gets 403 from exactly those routes whose permission it does not have", async () => {
    // Signing out last would end the sessions that the walk needs.
    for (const route of routes().filter(({ method }) => method !== "DELETE")) {
      for (const role of people) {
        const { access } = route;
        const allowed = typeof access !== "object" || may({ role, discreet: false }, access.permission);
        const status = await ask(route, cookies.get(role));
        const what = `${role}: ${route.method} ${route.path}`;
        // The operation behind its route refuses by itself.
        if (route.path.includes(":name")) {
          expect(status, what).toBe(may({ role, discreet: false }, "door.unlock") ? 404 : 403);
        } else if (allowed) expect(status, what).not.toBe(403);
        else expect(status, what).toBe(403);
      }
    }
  });

  test("what is refused for want of permission is in the audit trail, and names nobody's secret", async () => {
    house.notes.length = 0;
    await ask({ method: "GET", path: "/api/v1/events", access: undefined }, cookies.get("viewer"));
    expect(house.notes).toEqual([
      {
        type: "audit.refused",
        by: { kind: "operator", id: "the-viewer" },
        reason: "forbidden",
        data: { operation: "GET /events", role: "viewer" },
      },
    ]);
  });

  test("an address that is no route is 404 and a problem document, whoever asks", async () => {
    for (const path of [
      "/api/v1/secrets",
      "/api/v1/",
      "/api/v2/live",
      "/nothing",
      "/../package.json",
      "/%2e%2e/package.json",
    ]) {
      const response = await fetch(house.url + path, { headers: { Cookie: cookies.get("owner") ?? "" } });
      expect(response.status, path).toBe(404);
      expect(response.headers.get("content-type"), path).toContain("application/problem+json");
    }
  });
});
