import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { codeOf, enrolled } from "./app-codes.js";
import { FeedReader } from "./feed-reader.js";
import { ask, cookieOf, door, type House, openHouse, password, post, signedIn } from "./house.js";

let house: House;
let cookie: string;

beforeEach(async () => {
  house = await openHouse({ limits: { signIns: { perSecond: 1_000, burst: 1_000 } } });
  house.live.doors.set("vault", door("vault", "Vault", { mode: "secured" }));
  await house.accounts.addOperator("anna", "owner", { password });
  cookie = await signedIn(house, "anna");
});

afterEach(() => house.stop());

describe("a fresh sign-in", () => {
  const sensitive = [
    ["POST", "/invites", { account: "gus", name: "Gus", role: "guard" }],
    ["POST", "/accounts/anna/disable", { disabled: false }],
    ["POST", "/me/tokens", { name: "script", days: 1 }],
    ["POST", "/me/totp", {}],
    ["PUT", "/me/password", { password: "another long phrase" }],
    ["POST", "/doors/vault/unlock", { force: true, note: "burst pipe" }],
    ["POST", "/operations/door.unlock", { door: "vault", force: true, note: "burst pipe" }],
    ["POST", "/operations/client.add", { client: "central-1", role: "central" }],
    ["POST", "/operations/owner.claim", {}],
    ["POST", "/operations/account.rotate", { account: "central-1" }],
  ] as const;

  test.each(sensitive)("%s %s needs one, ten minutes after signing in", async (method, path, body) => {
    house.clock.ahead += 10 * 60_000;
    const stale = await ask(house, cookie, method, path, body);
    expect([stale.status, stale.body.code]).toEqual([403, "fresh-sign-in-needed"]);
    expect(house.performed).toEqual([]);
    expect((await ask(house, cookie, "POST", "/session/fresh", { password })).status).toBe(200);
    const fresh = await ask(house, cookie, method, path, body);
    expect(fresh.status).toBeLessThan(300);
  });

  test("is not needed for what has to be quick: unlocking, securing, releasing, blocking, signing others out", async () => {
    await house.accounts.addOperator("gus", "guard", { password });
    house.clock.ahead += 30 * 60_000;
    house.live.doors.set("front", door("front", "Front door"));
    for (const [method, path, body] of [
      ["POST", "/doors/front/unlock", {}],
      ["POST", "/doors/front/mode", { mode: "secured" }],
      ["POST", "/doors/front/emergency-release", {}],
      ["POST", "/people/p2/block", { blocked: true }],
      ["POST", "/credentials/c1/status", { status: "lost" }],
      ["DELETE", "/accounts/gus/sessions", undefined],
    ] as const) {
      expect((await ask(house, cookie, method, path, body)).status, path).toBeLessThan(300);
    }
  });

  test("says until when it holds, and is the same proof as signing in", async () => {
    house.clock.ahead += 11 * 60_000;
    expect((await ask(house, cookie, "GET", "/session")).body.freshUntil).toBeNull();
    for (const wrong of [{}, { password: "not the password" }, { challengeId: "x" }]) {
      const { status } = await ask(house, cookie, "POST", "/session/fresh", wrong);
      expect([400, 401]).toContain(status);
    }
    const { body } = await ask(house, cookie, "POST", "/session/fresh", { password });
    expect(Date.parse(body.freshUntil) - house.clock.now()).toBeGreaterThan(9.9 * 60_000);
    expect((await ask(house, cookie, "GET", "/session")).body.freshUntil).toBe(body.freshUntil);

    const { secret } = await enrolled(house, cookie);
    const half = await ask(house, cookie, "POST", "/session/fresh", { password });
    expect([half.status, half.body.code]).toEqual([401, "second-factor-needed"]);
    const code = codeOf(secret, house.clock.now());
    expect((await ask(house, cookie, "POST", "/session/fresh", { password, code })).status).toBe(200);
  });

  test("of one browser is not that of another", async () => {
    const other = await signedIn(house, "anna");
    house.clock.ahead += 11 * 60_000;
    await ask(house, other, "POST", "/session/fresh", { password });
    expect((await ask(house, cookie, "POST", "/me/tokens", { name: "x", days: 1 })).status).toBe(403);
    expect((await ask(house, other, "POST", "/me/tokens", { name: "x", days: 1 })).status).toBe(200);
  });
});

describe("the own password", () => {
  test("is changed; every other browser is out, and this one goes on in a new session", async () => {
    const other = await signedIn(house, "anna");
    const response = await fetch(`${house.url}/api/v1/me/password`, {
      method: "PUT",
      headers: { Cookie: cookie, "Content-Type": "application/json" },
      body: JSON.stringify({ password: "another long phrase" }),
    });
    expect(response.status).toBe(204);
    const now = cookieOf(response);
    expect(now).not.toBe(cookie);
    for (const old of [cookie, other]) expect((await ask(house, old, "GET", "/live")).status).toBe(401);
    expect((await ask(house, now, "GET", "/live")).status).toBe(200);
    await signedIn(house, "anna", "another long phrase");
    const weak = await ask(house, now, "PUT", "/me/password", { password: "password1" });
    expect([weak.status, weak.body.faults[0].path]).toEqual([400, "password"]);
  });

  test("of who came by the owner secret without one is set without any other proof, the first time", async () => {
    const { secret } = await house.accounts.issueOwnerClaim();
    const claimed = cookieOf(await post(house, "/api/v1/session", { claim: secret, account: "new-owner" }));
    house.clock.ahead += 20 * 60_000;
    expect((await ask(house, claimed, "PUT", "/me/password", { password })).status).toBe(204);
    const again = await signedIn(house, "new-owner");
    house.clock.ahead += 20 * 60_000;
    expect((await ask(house, again, "PUT", "/me/password", { password: "a third phrase" })).status).toBe(403);
  });
});

describe("sessions", () => {
  test("are listed with where they came from, and ended one by one or all but this", async () => {
    const response = await fetch(`${house.url}/api/v1/session`, {
      method: "POST",
      headers: { "Content-Type": "application/json", "User-Agent": "Firefox of the gate house" },
      body: JSON.stringify({ account: "anna", password }),
    });
    const gateHouse = cookieOf(response);
    const third = await signedIn(house, "anna");
    const { sessions } = (await ask(house, cookie, "GET", "/me/sessions")).body;
    expect(sessions).toHaveLength(3);
    const found = sessions.find(({ agent }: { agent: string }) => agent === "Firefox of the gate house");
    expect(found).toMatchObject({ address: "127.0.0.1", current: false });
    expect(sessions.filter(({ current }: { current: boolean }) => current)).toHaveLength(1);
    expect(JSON.stringify(sessions)).not.toContain(cookie.split("=")[1]);

    expect((await ask(house, cookie, "DELETE", `/me/sessions/${found.id}`)).status).toBe(204);
    expect((await ask(house, cookie, "DELETE", `/me/sessions/${found.id}`)).status).toBe(404);
    expect((await ask(house, gateHouse, "GET", "/live")).status).toBe(401);
    expect((await ask(house, cookie, "DELETE", "/me/sessions")).status).toBe(204);
    expect((await ask(house, third, "GET", "/live")).status).toBe(401);
    expect((await ask(house, cookie, "GET", "/live")).status).toBe(200);
  });

  test("of others are seen by who reads accounts and ended by the owner; nobody ends another's by their own list", async () => {
    await house.accounts.addOperator("gus", "guard", { password });
    const gus = await signedIn(house, "gus");
    const { sessions } = (await ask(house, cookie, "GET", "/accounts/gus/sessions")).body;
    expect(sessions).toMatchObject([{ current: false, address: "127.0.0.1" }]);
    expect((await ask(house, cookie, "DELETE", `/me/sessions/${sessions[0].id}`)).status).toBe(404);
    expect((await ask(house, gus, "GET", "/accounts/anna/sessions")).status).toBe(403);
    expect((await ask(house, cookie, "DELETE", "/accounts/gus/sessions")).status).toBe(204);
    expect((await ask(house, gus, "GET", "/live")).status).toBe(401);
  });

  test("end when the role changes, and so does their feed", async () => {
    await house.accounts.addOperator("gus", "guard", { password });
    const gus = await signedIn(house, "gus");
    const feed = await FeedReader.open(house, gus);
    const { secret } = await house.accounts.issueOwnerClaim();
    await house.accounts.claimOwner(secret, { id: "gus" });
    await feed.until((each) => each.ended, 1_000);
    expect((await ask(house, gus, "GET", "/live")).status).toBe(401);
    await feed.close();
  });
});

describe("an API token", () => {
  const made = async (wanted: object = {}) =>
    (await ask(house, cookie, "POST", "/me/tokens", { name: "script", days: 30, ...wanted })).body;

  test("is shown once, acts for its account, and is nowhere in the rows", async () => {
    const { id, token } = await made();
    expect(token).toMatch(/^gatewarden_[\w-]{43}$/);
    expect((await ask(house, token, "GET", "/live")).status).toBe(200);
    expect((await ask(house, token, "GET", "/session")).body).toMatchObject({
      account: "anna",
      freshUntil: null,
    });
    const { tokens } = (await ask(house, cookie, "GET", "/me/tokens")).body;
    expect(tokens).toMatchObject([{ id, name: "script", scopes: null, usedAt: expect.any(String) }]);
    expect(JSON.stringify([tokens, ...house.accountParts.parts.values(), house.notes])).not.toContain(token);
  });

  test("may no more than its scopes, through operations too, and its scopes no more than the role", async () => {
    const { token } = await made({ scopes: ["doors.read", "status.read"] });
    expect((await ask(house, token, "GET", "/live")).status).toBe(200);
    expect((await ask(house, token, "GET", "/people")).status).toBe(403);
    expect((await ask(house, token, "POST", "/doors/vault/unlock", {})).status).toBe(403);
    expect((await ask(house, token, "POST", "/operations/door.unlock", { door: "vault" })).status).toBe(403);
    expect((await ask(house, token, "GET", "/session")).body.permissions).toEqual([
      "status.read",
      "doors.read",
    ]);

    await house.accounts.addOperator("gus", "guard", { password });
    const gus = await signedIn(house, "gus");
    const beyond = await ask(house, gus, "POST", "/me/tokens", {
      name: "x",
      days: 1,
      scopes: ["site.write"],
    });
    expect([beyond.status, beyond.body.faults[0].path]).toEqual([400, "scopes"]);
  });

  test("never does what needs a fresh sign-in: it cannot prove who holds it", async () => {
    const { token } = await made();
    for (const [method, path, body] of [
      ["POST", "/me/tokens", { name: "another", days: 366 }],
      ["PUT", "/me/password", { password: "another long phrase" }],
      ["POST", "/invites", { account: "x", name: "X", role: "owner" }],
      ["POST", "/operations/client.add", { client: "x", role: "central" }],
      ["POST", "/session/fresh", { password }],
    ] as const) {
      expect((await ask(house, token, method, path, body)).status, path).toBe(403);
    }
  });

  test("ends on its day, when it is removed, and while its account is disabled", async () => {
    const { token } = await made({ days: 1 });
    house.clock.ahead += 24 * 3_600_000 - 60_000;
    expect((await ask(house, token, "GET", "/live")).status).toBe(200);
    house.clock.ahead += 60_000;
    expect((await ask(house, token, "GET", "/live")).status).toBe(401);

    cookie = await signedIn(house, "anna");
    const second = await made();
    const feed = await FeedReader.open(house, "", {}, second.token);
    expect((await ask(house, cookie, "DELETE", `/me/tokens/${second.id}`)).status).toBe(204);
    await feed.until((each) => each.ended, 1_000);
    expect((await ask(house, second.token, "GET", "/live")).status).toBe(401);
    await feed.close();

    await house.accounts.addOperator("gus", "guard", { password });
    const gus = await signedIn(house, "gus");
    const { token: his } = (await ask(house, gus, "POST", "/me/tokens", { name: "x", days: 1 })).body;
    const hisFeed = await FeedReader.open(house, "", {}, his);
    await house.accounts.disable("gus", true);
    await hisFeed.until((each) => each.ended, 1_000);
    expect((await ask(house, his, "GET", "/live")).status).toBe(401);
    await hisFeed.close();
  });

  test("that is made up opens nothing, not even beside a good cookie, and is in the audit trail once a minute", async () => {
    house.notes.length = 0;
    for (const header of ["Bearer nonsense", "Bearer ", "Basic YTpi", `Bearer ${"x".repeat(300)}`]) {
      const response = await fetch(`${house.url}/api/v1/live`, {
        headers: { Authorization: header, Cookie: cookie },
      });
      expect(response.status, header).toBe(401);
      expect(response.headers.get("www-authenticate")).toContain("Bearer");
    }
    expect(house.notes).toMatchObject([
      { type: "audit.sign-in-failed", data: { account: "(an API token)" } },
    ]);
  });

  test("days and names are bounded", async () => {
    for (const wrong of [{ days: 0 }, { days: 367 }, { name: "" }, { name: "a\nb" }, { scopes: [] }]) {
      const { status } = await ask(house, cookie, "POST", "/me/tokens", { name: "x", days: 1, ...wrong });
      expect(status, JSON.stringify(wrong)).toBe(400);
    }
    for (let n = 0; n < 50; n += 1) await made();
    const oneMore = await ask(house, cookie, "POST", "/me/tokens", { name: "x", days: 1 });
    expect([oneMore.status, oneMore.body.code]).toEqual([409, "conflict"]);
  });
});
