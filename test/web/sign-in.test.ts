import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { openSessions } from "../../web/server/sessions.js";
import { cookieOf, type House, openHouse, password, post, signedIn } from "./house.js";

let house: House;

beforeEach(async () => {
  house = await openHouse({ limits: { signIns: { perSecond: 1_000, burst: 1_000 } } });
});

afterEach(() => house.stop());

const session = async (cookie = "") =>
  // biome-ignore lint/suspicious/noExplicitAny: answers are read as a client reads them.
  (await (await fetch(`${house.url}/api/v1/session`, { headers: { Cookie: cookie } })).json()) as any;

describe("the first sign-in", () => {
  test("the one-time secret makes the owner and signs in, once", async () => {
    expect(await session()).toMatchObject({ signedIn: false, account: null, ownerless: true, site: null });
    const { secret } = await house.accounts.issueOwnerClaim();
    const response = await post(house, "/api/v1/session", { claim: secret, password });
    expect(response.status).toBe(200);
    expect(await response.json()).toMatchObject({ account: "owner", role: "owner" });
    expect(await session(cookieOf(response))).toMatchObject({
      signedIn: true,
      account: "owner",
      permissions: expect.arrayContaining(["door.unlock"]),
      site: { name: "Harbour House", timeZone: "Europe/Berlin" },
      secondFactor: "none",
      mustEnrol: true,
    });
    expect(await session()).toMatchObject({ signedIn: false, ownerless: false });

    const again = await post(house, "/api/v1/session", { claim: secret });
    expect(again.status).toBe(403);
    expect(again.headers.get("set-cookie")).toBeNull();
    expect((await post(house, "/api/v1/session", { account: "owner", password })).status).toBe(200);
    expect(house.notes.map((note) => note.type)).toEqual([
      "audit.owner-claimed",
      "audit.signed-in",
      "audit.sign-in-failed",
      "audit.signed-in",
    ]);
  });

  test("a form's empty fields are fields left out; a weak password is told with its field", async () => {
    const { secret } = await house.accounts.issueOwnerClaim();
    const weak = await post(house, "/api/v1/session", { claim: secret, password: "password1" });
    expect([weak.status, (await weak.json()).faults[0].path]).toEqual([400, "password"]);
    const blank = await post(house, "/api/v1/session", { claim: secret, password: "", name: "" });
    expect(blank.status).toBe(200);
  });

  test("who claims the account anew puts out whoever was in it", async () => {
    await house.accounts.addOperator("anna", "owner", { password });
    const old = await signedIn(house, "anna");
    const { secret } = await house.accounts.issueOwnerClaim();
    const claimed = await post(house, "/api/v1/session", { claim: secret, account: "anna" });
    expect(await session(old)).toMatchObject({ account: null });
    expect(await session(cookieOf(claimed))).toMatchObject({ account: "anna" });
  });
});

describe("by account and password", () => {
  beforeEach(() => house.accounts.addOperator("anna", "owner", { password }));

  test("wrong password, unknown account, device's key: all the same answer", async () => {
    const made = await house.accounts.addDevice("front-reader");
    const key = made.ok ? made.key : "";
    const answers = [];
    for (const body of [
      { account: "anna", password: "not the password" },
      { account: "nobody", password },
      { account: "front-reader", password: key },
      { account: "__proto__", password },
    ]) {
      const response = await post(house, "/api/v1/session", body);
      answers.push([response.status, await response.json(), response.headers.get("set-cookie")]);
    }
    for (const answer of answers) expect(answer).toEqual(answers[0]);
    expect(answers[0]?.[0]).toBe(401);
  });

  test("failures are in the audit trail, without what was typed as password, or by mistake as account", async () => {
    house.notes.length = 0;
    await post(house, "/api/v1/session", { account: "anna", password: "hunter2 hunter2" });
    await post(house, "/api/v1/session", { account: "My Secret!\nadmin signed in", password: "x" });
    expect(JSON.stringify(house.notes)).not.toMatch(/hunter2|My Secret|signed in/);
    expect(house.notes.map((note) => [note.type, note.data?.account])).toEqual([
      ["audit.sign-in-failed", "anna"],
      ["audit.sign-in-failed", "(not an account's id)"],
    ]);
  });

  test("guessing from one address has to wait, and the one-time secret still signs in from there", async () => {
    for (let n = 0; n < 5; n += 1) {
      expect((await post(house, "/api/v1/session", { account: "anna", password: `guess ${n}` })).status).toBe(
        401,
      );
    }
    const waiting = await post(house, "/api/v1/session", { account: "anna", password });
    expect(waiting.status).toBe(429);
    expect(Number(waiting.headers.get("retry-after"))).toBe(1);
    const { secret } = await house.accounts.issueOwnerClaim();
    expect((await post(house, "/api/v1/session", { claim: secret, account: "anna" })).status).toBe(200);
    house.clock.ahead += 1_000;
    expect((await post(house, "/api/v1/session", { account: "anna", password })).status).toBe(200);
  });

  test.each([
    [{}],
    [[]],
    ["anna"],
    [{ account: "anna" }],
    [{ account: "anna", password: 7 }],
    [{ account: "anna", password, role: "owner" }],
    [{ claim: ["x"] }],
  ])("a body that is neither is refused: %j", async (body) => {
    const response = await post(house, "/api/v1/session", body);
    expect([response.status, (await response.json()).code]).toEqual([400, "invalid"]);
  });
});

describe("the session's cookie", () => {
  beforeEach(() => house.accounts.addOperator("anna", "owner", { password }));

  test("is closed to scripts and to other sites, and new at each sign-in", async () => {
    const first = await post(house, "/api/v1/session", { account: "anna", password });
    const text = first.headers.get("set-cookie") ?? "";
    expect(text).toMatch(
      /^gatewarden=[\w-]{43}; Max-Age=43200; Path=\/; Expires=.*; HttpOnly; SameSite=Strict$/,
    );
    const second = await post(
      house,
      "/api/v1/session",
      { account: "anna", password },
      { Cookie: cookieOf(first) },
    );
    expect(cookieOf(second)).not.toBe(cookieOf(first));
    expect(await session(cookieOf(first))).toMatchObject({ account: null });
    expect(await session(cookieOf(second))).toMatchObject({ account: "anna" });
  });

  test("over TLS is bound to the host and never sent in the clear", async () => {
    await house.stop();
    house = await openHouse({ more: { tls: true } });
    await house.accounts.addOperator("anna", "owner", { password });
    const response = await post(house, "/api/v1/session", { account: "anna", password });
    expect(response.headers.get("set-cookie")).toMatch(
      /^__Host-gatewarden=.*Path=\/;.*HttpOnly; Secure; SameSite=Strict$/,
    );
    expect(await session(cookieOf(response))).toMatchObject({ account: "anna" });
    expect(await session(cookieOf(response).replace("__Host-", ""))).toMatchObject({ account: null });
    expect(response.headers.get("strict-transport-security")).toContain("max-age");
  });

  test("is nowhere in the rows: who reads the database cannot sign in", async () => {
    const token = (await signedIn(house, "anna")).split("=")[1] ?? "";
    await house.sessions.flush();
    const rows = await house.sessionRows.all();
    expect(rows).toHaveLength(1);
    expect(JSON.stringify(rows)).not.toContain(token);
    expect(await session(`gatewarden=${rows[0]?.digest}`)).toMatchObject({ account: null });
  });

  test("ends with signing out, with the account, unused after an hour, used after a shift", async () => {
    const out = await signedIn(house, "anna");
    const response = await fetch(`${house.url}/api/v1/session`, {
      method: "DELETE",
      headers: { Cookie: out },
    });
    expect(response.status).toBe(204);
    expect(response.headers.get("set-cookie")).toMatch(/^gatewarden=; .*Expires=Thu, 01 Jan 1970/);
    expect(await session(out)).toMatchObject({ account: null });

    await house.accounts.addOperator("gus", "guard", { password });
    const guards = await signedIn(house, "gus");
    await house.accounts.disable("gus", true);
    await house.accounts.disable("gus", false);
    expect(await session(guards)).toMatchObject({ account: null });

    const idle = await signedIn(house, "anna");
    house.clock.ahead += 60 * 60_000;
    expect(await session(idle)).toMatchObject({ account: null });

    const used = await signedIn(house, "anna");
    for (let n = 0; n < 14; n += 1) {
      house.clock.ahead += 50 * 60_000;
      expect(await session(used), `after ${n * 50} minutes`).toMatchObject({ account: "anna" });
    }
    house.clock.ahead += 21 * 60_000;
    expect(await session(used)).toMatchObject({ account: null });
  });

  test("ends when the password is changed, also on other machines", async () => {
    const cookies = [await signedIn(house, "anna"), await signedIn(house, "anna")];
    await house.accounts.setPassword("anna", "another long phrase");
    for (const cookie of cookies) expect(await session(cookie)).toMatchObject({ account: null });
    expect(await session(await signedIn(house, "anna", "another long phrase"))).toMatchObject({
      account: "anna",
    });
  });

  test("survives a restart, unless the account was disabled or the time ran out meanwhile", async () => {
    await house.accounts.addOperator("gus", "guard", { password });
    const anna = await signedIn(house, "anna");
    await signedIn(house, "gus");
    await house.accounts.disable("gus", true);
    await house.sessions.flush();
    const again = await openSessions(house.sessionRows, house.accounts, house.clock);
    expect(again.find(anna.split("=")[1] ?? "")).toMatchObject({ account: "anna" });
    expect(again.of("gus")).toEqual([]);
    house.clock.ahead += 61 * 60_000;
    const later = await openSessions(house.sessionRows, house.accounts, house.clock);
    expect(later.of("anna")).toEqual([]);
  });

  test("an account has twenty sessions at most: the one least used ends", async () => {
    const first = await signedIn(house, "anna");
    for (let n = 0; n < 20; n += 1) {
      house.clock.ahead += 1;
      house.sessions.open("anna", { address: "127.0.0.1", agent: "" });
    }
    expect(house.sessions.of("anna")).toHaveLength(20);
    expect(await session(first)).toMatchObject({ account: null });
  });
});
