import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { may, permissions, permissionsOf } from "../../gateway/accounts/permissions.js";
import { type Operator, type Role, roles } from "../../gateway/ports.js";
import { ask, door, type House, openHouse, password, signedIn } from "./house.js";
import { routesOf, type WalkedRoute } from "./router-walk.js";

let house: House;
const cookies = new Map<Role, string>();
/** By role: a token that may all that the role may, and one that may only look at the gateway's own state. */
const tokens = new Map<Role, { readonly all: string; readonly narrow: string }>();
/** Roles that people have. */
const people = roles.filter((role) => role !== "device" && role !== "central");

beforeAll(async () => {
  const limits = {
    requests: { perSecond: 10_000, burst: 10_000 },
    signIns: { perSecond: 10_000, burst: 10_000 },
  };
  house = await openHouse({ limits });
  house.live.doors.set("front", door("front", "Front door"));
  house.happen({ type: "door.opened", door: "front" });
  for (const role of people) {
    const id = `the-${role}`;
    await house.accounts.addOperator(id, role, { password });
    const cookie = await signedIn(house, id);
    const all = (await ask(house, cookie, "POST", "/me/tokens", { name: "all", days: 1 })).body.token;
    const scopes = ["status.read"];
    const narrow = (await ask(house, cookie, "POST", "/me/tokens", { name: "narrow", days: 1, scopes })).body;
    tokens.set(role, { all, narrow: narrow.token });
    cookies.set(role, cookie);
  }
});

afterAll(() => house.stop());

/** Asks what the route is for, and lets go of the answer at its head: a feed has no end. */
async function statusOf({ method, path }: WalkedRoute, as = ""): Promise<number> {
  const stop = new AbortController();
  const address = path
    .replace("/doors/:id", "/doors/front")
    .replace("/events/:id", "/events/1")
    .replace(":id", "deadbeef")
    .replace(":account", "nobody")
    .replace(":name", "door.list");
  const who: Record<string, string> = as.startsWith("gatewarden_")
    ? { Authorization: `Bearer ${as}` }
    : { Cookie: as };
  const response = await fetch(`${house.url}/api/v1${address}`, {
    method,
    signal: stop.signal,
    headers: { ...(as === "" ? {} : who), "Content-Type": "application/json" },
    ...(method === "POST" || method === "PUT" ? { body: "{}" } : {}),
  });
  stop.abort();
  return response.status;
}

/** Signing out would end the sessions that the walk needs. */
const endsSessions = ({ method, path }: WalkedRoute) =>
  method === "DELETE" && (path === "/session" || path === "/me/sessions");

describe("every route, by every role", () => {
  test("the walk finds them all", () => {
    const found = routesOf(house.app).map(({ method, path }) => `${method} ${path}`);
    expect(found).toHaveLength(100);
    expect(found).toEqual(
      expect.arrayContaining(["GET /feed", "POST /doors/:id/unlock", "PUT /me/password"]),
    );
  });

  test("each says first for whom it is, and only what signing in is made of is for anyone", () => {
    const open = routesOf(house.app).filter(({ access }) => access === "anyone");
    expect(open.map(({ method, path }) => `${method} ${path}`)).toEqual([
      "GET /session",
      "POST /session",
      "POST /passkeys/challenge",
      "POST /invites/accept",
    ]);
    for (const { method, path, access } of routesOf(house.app)) {
      expect(access, `${method} ${path}`).toBeDefined();
      if (typeof access === "object") expect(permissions).toContain(access.permission);
    }
  });

  test("without a session or with a made-up one each answers 401, but for signing in", async () => {
    for (const route of routesOf(house.app)) {
      for (const as of ["", "gatewarden=made-up", "gatewarden_made-up"]) {
        const status = await statusOf(route, as);
        const what = `${route.method} ${route.path} as "${as}"`;
        if (route.access === "anyone") expect(status, what).not.toBe(401);
        else expect(status, what).toBe(401);
      }
    }
  });

  test("a role gets 403 from exactly those routes whose permission it does not have", async () => {
    for (const route of routesOf(house.app).filter((each) => !endsSessions(each))) {
      for (const role of people) {
        await expectAsMay(route, { role, discreet: false }, cookies.get(role) ?? "", `a ${role}`);
      }
    }
  });

  test("a token gets 403 from every route whose permission its role or its scopes do not have", async () => {
    for (const route of routesOf(house.app).filter((each) => !endsSessions(each))) {
      for (const role of people) {
        const { all = "", narrow = "" } = tokens.get(role) ?? {};
        await expectAsMay(route, { role, discreet: false }, all, `a ${role}'s token`);
        const scoped = { role, discreet: false, scopes: ["status.read"] };
        await expectAsMay(route, scoped, narrow, `a ${role}'s narrow token`);
      }
    }
  });

  async function expectAsMay(
    route: WalkedRoute,
    operator: Pick<Operator, "role" | "discreet" | "scopes">,
    as: string,
    who: string,
  ): Promise<void> {
    const { access } = route;
    // A token cannot be fresh; what needs that is closed to it, whatever it may.
    if (as.startsWith("gatewarden_") && needsFresh(route)) {
      return expect(await statusOf(route, as), `${who}: ${route.path}`).toBe(403);
    }
    const needed = route.path === "/operations/:name" ? "doors.read" : undefined;
    const permission = typeof access === "object" ? access.permission : needed;
    const allowed = permission === undefined || may(operator, permission);
    const status = await statusOf(route, as);
    const what = `${who}: ${route.method} ${route.path}`;
    if (allowed) expect(status, what).not.toBe(403);
    else expect(status, what).toBe(403);
    expect(status, what).not.toBe(500);
  }

  const needsFresh = ({ method, path }: WalkedRoute) =>
    path === "/session/fresh" ||
    (path === "/accounts/:id/disable" && method === "POST") ||
    (path === "/invites" && method === "POST") ||
    path.startsWith("/readers/") ||
    (path.startsWith("/me/") &&
      method !== "GET" &&
      !path.startsWith("/me/sessions") &&
      path !== "/me/tokens/:id");

  test("what is refused for want of permission is in the audit trail, and names nobody's secret", async () => {
    house.notes.length = 0;
    await ask(house, cookies.get("viewer") ?? "", "GET", "/events");
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
      "/api/v1/Live",
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

  test("a page is told of exactly the permissions of its role", async () => {
    for (const role of people) {
      const { body } = await ask(house, cookies.get(role) ?? "", "GET", "/session");
      const told = [...permissionsOf(role)].filter((each) => each !== "discreet");
      expect(new Set(body.permissions), role).toEqual(new Set(told));
    }
  });
});
