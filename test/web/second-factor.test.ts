import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { codeOf, enrolled } from "./app-codes.js";
import { ask, cookieOf, type House, openHouse, password, post, signedIn } from "./house.js";

let house: House;
let cookie: string;

beforeEach(async () => {
  house = await openHouse({ limits: { signIns: { perSecond: 1_000, burst: 1_000 } } });
  await house.accounts.addOperator("anna", "owner", { password, name: "Anna Feld" });
  cookie = await signedIn(house, "anna");
});

afterEach(() => house.stop());

const signIn = (body: object) => post(house, "/api/v1/session", { account: "anna", password, ...body });
const status = async (body: object) => (await signIn(body)).status;

describe("an authenticator app", () => {
  test("counts once a code of it was given, and its secret is never shown again", async () => {
    const begun = await ask(house, cookie, "POST", "/me/totp");
    expect(begun.body.uri).toMatch(/^otpauth:\/\/totp\/Gatewarden:anna\?/);
    expect(await status({})).toBe(200);
    const wrong = await ask(house, cookie, "PUT", "/me/totp", { code: "000000" });
    expect([wrong.status, wrong.body.faults[0].path]).toEqual([400, "code"]);
    const code = codeOf(begun.body.secret, house.clock.now());
    const right = await ask(house, cookie, "PUT", "/me/totp", { code });
    expect(right.body.recoveryCodes).toHaveLength(10);
    expect((await ask(house, cookie, "PUT", "/me/totp", { code })).status).toBe(400);

    const { body } = await ask(house, cookie, "GET", "/me/factors");
    expect(body).toEqual({ totp: true, passkeys: [], recoveryCodesLeft: 10 });
    const said = JSON.stringify([body, house.notes, (await ask(house, cookie, "GET", "/session")).body]);
    expect(said).not.toContain(begun.body.secret);
    for (const each of right.body.recoveryCodes) {
      expect(JSON.stringify([...house.accountParts.parts.values(), house.notes])).not.toContain(each);
    }
  });

  test("is asked for from then on, after the password and not before", async () => {
    const { secret } = await enrolled(house, cookie);
    const without = await signIn({});
    expect([without.status, await without.json()]).toMatchObject([
      401,
      { code: "second-factor-needed", methods: ["totp", "recovery"] },
    ]);
    expect(without.headers.get("set-cookie")).toBeNull();
    const wrongPassword = await signIn({
      password: "not the password",
      code: codeOf(secret, house.clock.now()),
    });
    expect([wrongPassword.status, (await wrongPassword.json()).code]).toEqual([401, "sign-in-failed"]);
    const right = await signIn({ code: codeOf(secret, house.clock.now()) });
    expect([right.status, await right.json()]).toMatchObject([
      200,
      { signedIn: true, name: "Anna Feld", secondFactor: "totp", mustEnrol: false },
    ]);
    const last = house.notes.at(-1);
    expect(last).toMatchObject({ type: "audit.signed-in", data: { with: "password and code" } });
  });

  test("a code is taken once, one step early or late, and never two steps off", async () => {
    const { secret } = await enrolled(house, cookie);
    // A whole step of room on both sides of the code that was used to set it up.
    house.clock.ahead += 60_000;
    const now = () => house.clock.now();
    expect(await status({ code: codeOf(secret, now() - 60_000) })).toBe(401);
    expect(await status({ code: codeOf(secret, now() + 60_000) })).toBe(401);
    expect(await status({ code: codeOf(secret, now() - 30_000) })).toBe(200);
    expect(await status({ code: codeOf(secret, now() - 30_000) })).toBe(401);
    const later = codeOf(secret, now() + 30_000);
    expect(await status({ code: `${later.slice(0, 3)} ${later.slice(3)}` })).toBe(200);
    expect(await status({ code: later })).toBe(401);
    // Once a later code was seen, an earlier one is over too.
    expect(await status({ code: codeOf(secret, now()) })).toBe(401);
  });

  test("one code that two send at the same time lets one in", async () => {
    const { secret } = await enrolled(house, cookie);
    const code = codeOf(secret, house.clock.now());
    const both = await Promise.all([status({ code }), status({ code })]);
    expect(both.sort()).toEqual([200, 401]);
  });

  test("who has the password cannot guess six digits, and the owner still gets in from where they always do", async () => {
    const { secret, recoveryCodes } = await enrolled(house, cookie);
    // As if from elsewhere: what is remembered of this address is its owner's.
    const elsewhere = "203.0.113.9";
    for (let n = 0; n < 20; n += 1) house.pace.codeFailed(elsewhere, "anna");
    expect(house.pace.codeWait("198.51.100.7", "anna")).toBeGreaterThan(200_000);
    expect(await status({ code: codeOf(secret, house.clock.now()) })).toBe(200);
    // Guessed from ever new addresses it is the account that counts.
    for (let n = 0; n < 5; n += 1) {
      house.forgetAddresses();
      expect(await status({ code: "123456" })).toBe(401);
    }
    // From an address that nobody knows a recovery code still opens.
    house.forgetAddresses();
    expect(await status({ code: "123456" })).toBe(429);
    expect(await status({ code: recoveryCodes[0] })).toBe(200);
  });

  test("is taken away only freshly, and its recovery codes with it", async () => {
    await enrolled(house, cookie);
    house.clock.ahead += 11 * 60_000;
    const stale = await ask(house, cookie, "DELETE", "/me/totp");
    expect([stale.status, stale.body.code]).toEqual([403, "fresh-sign-in-needed"]);
    house.sessions.freshen(house.sessions.of("anna")[0]?.digest ?? "");
    expect((await ask(house, cookie, "DELETE", "/me/totp")).status).toBe(204);
    expect((await ask(house, cookie, "DELETE", "/me/totp")).status).toBe(404);
    expect((await ask(house, cookie, "GET", "/me/factors")).body.recoveryCodesLeft).toBe(0);
    expect(await status({})).toBe(200);
  });
});

describe("recovery codes", () => {
  test("are ten, each good once, however it is typed; new ones end the old", async () => {
    const { recoveryCodes } = await enrolled(house, cookie);
    expect(new Set(recoveryCodes).size).toBe(10);
    const [first = "", second = ""] = recoveryCodes;
    expect(first).toMatch(/^[0-9A-HJKMNP-TV-Z]{4}(-[0-9A-HJKMNP-TV-Z]{4}){3}$/);
    expect(await status({ code: first })).toBe(200);
    expect(await status({ code: first })).toBe(401);
    expect(await status({ code: second.toLowerCase().replaceAll("-", " ") })).toBe(200);
    const used = house.notes.filter((note) => String(note.data?.action).includes("recovery code was used"));
    expect(used.map((note) => note.data?.action)).toEqual([
      "a recovery code was used, 9 are left",
      "a recovery code was used, 8 are left",
    ]);
    const renewed = await ask(house, cookie, "POST", "/me/recovery-codes");
    expect(renewed.body.recoveryCodes).toHaveLength(10);
    expect(await status({ code: recoveryCodes[2] })).toBe(401);
    expect(await status({ code: renewed.body.recoveryCodes[0] })).toBe(200);
  });

  test("there are none without a second factor", async () => {
    expect((await ask(house, cookie, "POST", "/me/recovery-codes")).status).toBe(409);
  });

  test("of a colleague's are worth nothing", async () => {
    const { recoveryCodes } = await enrolled(house, cookie);
    await house.accounts.addOperator("mia", "manager", { password });
    await enrolled(house, await signedIn(house, "mia"));
    expect(await status({ account: "mia", code: recoveryCodes[0] })).toBe(401);
  });
});

describe("who must have a second factor", () => {
  test("owners and managers are told until they have one, guards are not", async () => {
    for (const [role, must] of [
      ["manager", true],
      ["guard", false],
    ] as const) {
      await house.accounts.addOperator(`the-${role}`, role, { password });
      const own = await signedIn(house, `the-${role}`);
      expect((await ask(house, own, "GET", "/session")).body).toMatchObject({
        mustEnrol: must,
        enrolBy: null,
      });
    }
    const { body } = await ask(house, cookie, "GET", "/session");
    expect(body.mustEnrol).toBe(true);
    expect(Date.parse(body.enrolBy) - house.clock.now()).toBeGreaterThan(6.9 * 24 * 3_600_000);
    await enrolled(house, cookie);
    expect((await ask(house, cookie, "GET", "/session")).body).toMatchObject({
      mustEnrol: false,
      enrolBy: null,
    });
  });

  test("an owner who has none after a week changes no accounts until there is one; doors open all the same", async () => {
    house.clock.ahead += 7 * 24 * 3_600_000;
    const late = await signedIn(house, "anna");
    const wanted = { account: "gus", name: "Gus", role: "guard" };
    const refused = await ask(house, late, "POST", "/invites", wanted);
    expect([refused.status, refused.body.code]).toEqual([403, "second-factor-enrolment-needed"]);
    expect((await ask(house, late, "POST", "/operations/device.add", { device: "lock-1" })).status).toBe(403);
    expect((await ask(house, late, "GET", "/live")).status).toBe(200);
    // Refused by the building, not by us: there is no such door.
    expect((await ask(house, late, "POST", "/doors/front/unlock", {})).status).toBe(404);
    await enrolled(house, late);
    expect((await ask(house, late, "POST", "/invites", wanted)).status).toBe(200);
  });

  test("who comes back by the owner secret has no second factor any more, and no token: somebody else may have made them", async () => {
    await enrolled(house, cookie);
    await ask(house, cookie, "POST", "/me/tokens", { name: "script", days: 1 });
    const { secret } = await house.accounts.issueOwnerClaim();
    const claimed = await post(house, "/api/v1/session", { claim: secret, account: "anna" });
    const now = cookieOf(claimed);
    expect((await ask(house, now, "GET", "/me/factors")).body).toMatchObject({
      totp: false,
      recoveryCodesLeft: 0,
    });
    expect((await ask(house, now, "GET", "/me/tokens")).body.tokens).toEqual([]);
  });
});
