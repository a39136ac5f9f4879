/** The security checklist of the project, items 1 to 15 (OWASP ASVS 5, ETSI EN 303 645): one test an item, named by it. */
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { enrolled } from "./app-codes.js";
import { FeedReader } from "./feed-reader.js";
import { ask, cookieOf, door, type House, openHouse, password, post, signedIn } from "./house.js";
import { routesOf } from "./router-walk.js";

let house: House;
let cookie: string;

beforeEach(async () => {
  house = await openHouse({ limits: { signIns: { perSecond: 1_000, burst: 1_000 } } });
  house.live.doors.set("front", door("front", "Front door"));
});

afterEach(() => house.stop());

async function withOwner(): Promise<void> {
  await house.accounts.addOperator("anna", "owner", { password });
  cookie = await signedIn(house, "anna");
}

/** All source below a folder of the repository, by file. */
async function sources(folder: string): Promise<Map<string, string>> {
  const root = join(import.meta.dirname, "../..", folder);
  const files = (await readdir(root, { recursive: true })).filter((file) => file.endsWith(".ts"));
  const texts = files.map(async (file) => [file, await readFile(join(root, file), "utf8")] as const);
  return new Map(await Promise.all(texts));
}

describe("security checklist", () => {
  test("1: there is no default account; the first secret is good once, and for an hour", async () => {
    expect(house.accounts.list()).toEqual([]);
    for (const [account, secret] of [
      ["admin", "admin"],
      ["owner", "owner"],
      ["root", "gatewarden"],
    ] as const) {
      expect((await ask(house, "", "POST", "/session", { account, password: secret })).status).toBe(401);
    }
    const late = await house.accounts.issueOwnerClaim();
    house.clock.ahead += 60 * 60_000;
    expect((await ask(house, "", "POST", "/session", { claim: late.secret, password })).status).toBe(403);
    const { secret } = await house.accounts.issueOwnerClaim();
    expect((await ask(house, "", "POST", "/session", { claim: secret, password })).status).toBe(200);
    expect((await ask(house, "", "POST", "/session", { claim: secret, password })).status).toBe(403);
  });

  test("2: passwords have eight characters or more, may have 64 and more, and are none of the common ones", async () => {
    await withOwner();
    const set = async (wanted: string) => {
      const response = await fetch(`${house.url}/api/v1/me/password`, {
        method: "PUT",
        headers: { Cookie: cookie, "Content-Type": "application/json" },
        body: JSON.stringify({ password: wanted }),
      });
      if (response.status === 204) cookie = cookieOf(response);
      return response.status;
    };
    for (const weak of ["short77", "password1", "Passwort123!", "12345678", "qwertzuiop", "aaaaaaaaaa"]) {
      expect(await set(weak), weak).toBe(400);
    }
    expect(await set("x7 tulips")).toBe(204);
    expect(await set("wherever the river bends there is a mill with a red door, or two ".slice(0, 64))).toBe(
      204,
    );
    expect(await set("Schöne Grüße vom Türöffner ☂")).toBe(204);
  });

  test("3: guessing at the web is slowed, and the owner is never locked out", async () => {
    await withOwner();
    const guess = () => ask(house, "", "POST", "/session", { account: "anna", password: "a guess of mine" });
    for (let n = 0; n < 5; n += 1) expect((await guess()).status).toBe(401);
    const slowed = await guess();
    expect([slowed.status, Number(slowed.headers.get("retry-after"))]).toEqual([429, 1]);
    // Half a minute is the longest that anybody waits, however long somebody guesses from the same address…
    for (let n = 0; n < 30; n += 1) house.pace.failed("127.0.0.1", "anna");
    house.clock.ahead += 30_000;
    await signedIn(house, "anna");
    // …and what cannot be guessed does not wait at all.
    for (let n = 0; n < 30; n += 1) house.pace.failed("127.0.0.1", "anna");
    const { secret } = await house.accounts.issueOwnerClaim();
    expect((await ask(house, "", "POST", "/session", { claim: secret, account: "anna" })).status).toBe(200);
  });

  test("4: administrators are told to have a second factor, and with one the password alone signs nobody in", async () => {
    await withOwner();
    expect((await ask(house, cookie, "GET", "/session")).body.mustEnrol).toBe(true);
    await enrolled(house, cookie);
    const alone = await ask(house, "", "POST", "/session", { account: "anna", password });
    expect([alone.status, alone.body.code]).toEqual([401, "second-factor-needed"]);
  });

  test("5: each sign-in is a new session of 256 random bits, which ends unused, after a shift, and with its account", async () => {
    await withOwner();
    const tokens = [cookie, await signedIn(house, "anna")].map((each) => each.split("=")[1] ?? "");
    expect(tokens[0]).not.toBe(tokens[1]);
    for (const token of tokens) expect(Buffer.from(token, "base64url")).toHaveLength(32);
    await house.accounts.addOperator("gus", "guard", { password });
    const gus = await signedIn(house, "gus");
    const feed = await FeedReader.open(house, gus);
    await house.accounts.disable("gus", true);
    await feed.until((each) => each.ended, 1_000);
    expect((await ask(house, gus, "GET", "/live")).status).toBe(401);
    await feed.close();
    house.clock.ahead += 60 * 60_000;
    expect((await ask(house, cookie, "GET", "/live")).status).toBe(401);
    cookie = await signedIn(house, "anna");
    for (let n = 0; n < 24; n += 1) {
      house.clock.ahead += 30 * 60_000;
      expect((await ask(house, cookie, "GET", "/live")).status).toBe(n < 23 ? 200 : 401);
    }
  });

  test("6: accounts and keys change only after a fresh sign-in, and securing a door needs none", async () => {
    await withOwner();
    house.clock.ahead += 10 * 60_000;
    const device = await ask(house, cookie, "POST", "/operations/device.add", { device: "lock-1" });
    expect([device.status, device.body.code]).toEqual([403, "fresh-sign-in-needed"]);
    expect((await ask(house, cookie, "POST", "/doors/front/mode", { mode: "secured" })).status).toBe(200);
    await ask(house, cookie, "POST", "/session/fresh", { password });
    expect((await ask(house, cookie, "POST", "/operations/device.add", { device: "lock-1" })).status).toBe(
      200,
    );
  });

  test("7: over TLS the cookie is __Host-, Secure, HttpOnly and SameSite=Strict, and no other is taken", async () => {
    await house.stop();
    house = await openHouse({ more: { tls: true } });
    await withOwner();
    const response = await post(house, "/api/v1/session", { account: "anna", password });
    const given = response.headers.get("set-cookie") ?? "";
    expect(given).toMatch(/^__Host-gatewarden=[\w-]{43}; .*Path=\/;.*HttpOnly; Secure; SameSite=Strict$/);
    expect(given).not.toContain("Domain");
    const bare = cookieOf(response).replace("__Host-", "");
    expect((await ask(house, bare, "GET", "/live")).status).toBe(401);
  });

  test("8: nothing changes on GET, nor for another site's page", async () => {
    await withOwner();
    for (const { path, method } of routesOf(house.app)) {
      if (method !== "POST" && method !== "PUT") continue;
      if (routesOf(house.app).some((each) => each.path === path && each.method === "GET")) continue;
      // Without a route of its own an address answers 404; another route's pattern may find no such thing.
      expect([400, 404], path).toContain(
        (await ask(house, cookie, "GET", path.replace(/:\w+/, "front"))).status,
      );
    }
    expect(house.performed.filter(({ name }) => !/\.(get|list)$/.test(name))).toEqual([]);
    for (const headers of [
      { Origin: "https://evil.example" },
      { Origin: "null" },
      { "Sec-Fetch-Site": "cross-site" },
      { "Sec-Fetch-Site": "same-site" },
    ] as Record<string, string>[]) {
      const refused = await ask(house, cookie, "POST", "/doors/front/unlock", {}, headers);
      expect([refused.status, refused.body.code]).toEqual([403, "foreign-origin"]);
    }
    expect(house.live.doors.get("front")?.lock).toBe("locked");
  });

  test("9: pages run no inline script, are framed by nobody, and types are not guessed", async () => {
    for (const path of ["/", "/api/v1/session", "/nothing"]) {
      const { headers } = await fetch(house.url + path);
      const policy = new Map(
        (headers.get("content-security-policy") ?? "").split(";").map((each) => {
          const [name = "", ...values] = each.trim().split(" ");
          return [name, values.join(" ")] as const;
        }),
      );
      expect(policy.get("default-src")).toBe("'none'");
      expect(policy.get("script-src")).toBe("'self'");
      expect(policy.get("frame-ancestors")).toBe("'none'");
      expect(headers.get("x-content-type-options")).toBe("nosniff");
    }
  });

  test("10: every route says for whom it is, and is closed to everybody else (routes.test.ts walks all roles)", async () => {
    await house.accounts.addOperator("vic", "viewer", { password });
    const vic = await signedIn(house, "vic");
    for (const { method, path, access } of routesOf(house.app)) {
      expect(access, path).toBeDefined();
      if (typeof access !== "object" || ["status.read", "doors.read"].includes(access.permission)) continue;
      const { status } = await ask(
        house,
        vic,
        method,
        path.replace(/:\w+/, "x"),
        method === "GET" ? undefined : {},
      );
      expect(status, `${method} ${path}`).toBe(403);
    }
  });

  test("11: no SQL is put together from what comes in, and no shell is called", async () => {
    for (const folder of ["web/server", "gateway/accounts", "gateway/store", "gateway/operations"]) {
      for (const [file, text] of await sources(folder)) {
        // A list of people is checked by a process of the gateway's own code, which `fork` starts without a shell.
        const code = text.replace('import { type ChildProcess, fork } from "node:child_process";', "");
        expect(code, file).not.toMatch(/node:child_process|\bshell:|\beval\(|new Function\(/);
        if (folder !== "gateway/store")
          expect(text, file).not.toMatch(/\b(SELECT|INSERT INTO|DELETE FROM)\b/);
      }
    }
    await withOwner();
    const hurtful = [
      "'; DROP TABLE accounts; --",
      "\u0000",
      "x'||(SELECT secret)||'",
      "../../etc/passwd",
      "%00",
    ];
    for (const each of hurtful) {
      const { status, body } = await ask(house, "", "POST", "/session", { account: each, password: each });
      expect([status, body.code], each).toEqual([401, "sign-in-failed"]);
      expect((await ask(house, cookie, "GET", `/people/${encodeURIComponent(each)}`)).status).toBe(400);
    }
    house.clock.ahead += 30_000;
    await signedIn(house, "anna");
  });

  test("12: sizes, depths, counts and rates are bounded", async () => {
    await withOwner();
    const send = (path: string, body: string) =>
      fetch(`${house.url}/api/v1${path}`, {
        method: "POST",
        headers: { Cookie: cookie, "Content-Type": "application/json" },
        body,
      });
    const long = JSON.stringify({ note: "x".repeat(70_000) });
    expect((await send("/doors/front/unlock", long)).status).toBe(413);
    expect((await send("/operations/site.import", `{"document":"${"x".repeat(5_000_000)}"}`)).status).toBe(
      413,
    );
    expect((await send("/operations/site.import", "[".repeat(50_000))).status).toBe(400);
    const deep = `{"document":${'{"a":'.repeat(40)}1${"}".repeat(40)}}`;
    expect((await send("/operations/site.import", deep)).status).toBe(400);
    expect((await ask(house, cookie, "GET", "/events?limit=501")).status).toBe(400);
    const scopes = Array.from({ length: 101 }, () => "door.unlock");
    expect((await ask(house, cookie, "POST", "/me/tokens", { name: "x", days: 1, scopes })).status).toBe(400);
    await house.stop();
    house = await openHouse({ limits: { signIns: { perSecond: 0.1, burst: 3 } } });
    const answers = [];
    for (let n = 0; n < 5; n += 1) {
      answers.push((await ask(house, "", "POST", "/passkeys/challenge", {})).status);
    }
    expect(answers.slice(3)).toEqual([429, 429]);
  });

  test("13: what breaks inside shows no stack, no query and no path", async () => {
    await withOwner();
    house.accountParts.before = () =>
      Promise.reject(new Error("SQLITE_FULL: INSERT INTO account_parts /var/lib"));
    for (const [path, body] of [
      ["/operations/test.break", {}],
      ["/me/tokens", { name: "script", days: 1 }],
      ["/invites", { account: "gus", name: "Gus", role: "guard" }],
    ] as const) {
      const broken = await ask(house, cookie, "POST", path, body);
      expect([broken.status, broken.body.code], path).toEqual([500, "broken"]);
      expect(JSON.stringify(broken.body)).not.toMatch(/SQL|INSERT|SELECT|\/var|\.ts|\bat /);
    }
    expect(house.broken).toHaveLength(3);
  });

  test("14: sign-ins, refusals and changes of accounts are in the audit trail, and no secret is", async () => {
    await withOwner();
    const { secret, recoveryCodes } = await enrolled(house, cookie);
    const token = (await ask(house, cookie, "POST", "/me/tokens", { name: "script", days: 1 })).body;
    const invite = (
      await ask(house, cookie, "POST", "/invites", { account: "gus", name: "Gus", role: "guard" })
    ).body;
    await ask(house, "", "POST", "/invites/accept", {
      secret: invite.secret,
      password: "a phrase of my own",
    });
    await ask(house, "", "POST", "/session", { account: "anna", password: "not the password" });
    await ask(house, "", "POST", "/session", { account: "anna", password, code: "000000" });
    await ask(house, await signedIn(house, "gus", "a phrase of my own"), "GET", "/accounts");
    await ask(house, cookie, "DELETE", `/me/tokens/${token.id}`);
    await ask(house, cookie, "DELETE", "/session");
    const told = house.notes.map(({ type, data }) =>
      `${type} ${data?.action ?? data?.operation ?? ""}`.trim(),
    );
    expect(told).toEqual([
      "audit.signed-in",
      "audit.account-changed authenticator app set up",
      `audit.account-changed token ${token.id} made`,
      "audit.account-changed invited as guard",
      "audit.account-changed invite accepted",
      "audit.signed-in",
      "audit.sign-in-failed",
      "audit.sign-in-failed",
      "audit.signed-in",
      "audit.refused GET /accounts",
      `audit.account-changed token ${token.id} ended`,
      "audit.signed-out",
    ]);
    const all = JSON.stringify(house.notes);
    const secrets = [
      password,
      secret,
      ...recoveryCodes,
      token.token,
      invite.secret,
      cookie.split("=")[1] ?? "",
    ];
    for (const each of [...secrets, "a phrase of my own", "000000"]) expect(all).not.toContain(each);
  });

  test("15: nothing that is typed makes a line of its own in the log", async () => {
    await withOwner();
    const forged = "anna\n2026-11-24 audit.signed-in owner\u001b[2K";
    await ask(house, "", "POST", "/session", { account: forged, password: "x" });
    expect((await ask(house, cookie, "POST", "/doors/front/unlock", { note: forged })).status).toBe(400);
    const invited = await ask(house, cookie, "POST", "/invites", {
      account: "gus",
      name: forged,
      role: "guard",
    });
    expect(invited.status).toBe(400);
    const made = await ask(house, cookie, "POST", "/me/tokens", { name: forged, days: 1 });
    expect(made.status).toBe(400);
    const response = await fetch(`${house.url}/api/v1/session`, {
      method: "POST",
      headers: { "Content-Type": "application/json", "User-Agent": "Agent\twith a tab" },
      body: JSON.stringify({ account: "anna", password }),
    });
    const { sessions } = (await ask(house, cookieOf(response), "GET", "/me/sessions")).body;
    // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what must not be there
    expect(JSON.stringify([sessions, house.notes])).not.toMatch(/\\[ntr]|[\u0000-\u001f]|forged line/);
  });
});
