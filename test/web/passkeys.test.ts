import { request } from "node:http";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { Authenticator, type Lies } from "./authenticator.js";
import { ask, type House, openHouse, password, signedIn } from "./house.js";

let house: House;
let cookie: string;
/** As a browser sees the gateway: passkeys need a name. */
let origin: string;

beforeEach(async () => {
  house = await openHouse({ limits: { signIns: { perSecond: 1_000, burst: 1_000 } } });
  origin = house.url.replace("127.0.0.1", "localhost");
  await house.accounts.addOperator("anna", "owner", { password });
  cookie = await signedIn(house, "anna");
});

afterEach(() => house.stop());

/** Asks under a name of the gateway; `fetch` does not let one say `Host`. */
function asked(
  path: string,
  body: object,
  as = "",
  host = new URL(origin).host,
  // biome-ignore lint/suspicious/noExplicitAny: answers are read as a client reads them.
): Promise<{ status: number; cookie: string; body: any }> {
  return new Promise((resolve, reject) => {
    const headers = { Host: host, "Content-Type": "application/json", ...(as ? { Cookie: as } : {}) };
    const { port } = new URL(house.url);
    const sent = request(
      { host: "127.0.0.1", port, method: "POST", path: `/api/v1${path}`, headers },
      (got) => {
        let text = "";
        got.setEncoding("utf8").on("data", (chunk: string) => {
          text += chunk;
        });
        got.on("end", () => {
          const given = got.headers["set-cookie"]?.[0]?.split(";")[0] ?? "";
          resolve({
            status: got.statusCode ?? 0,
            cookie: given,
            body: text === "" ? undefined : JSON.parse(text),
          });
        });
      },
    );
    sent.on("error", reject);
    sent.end(JSON.stringify(body));
  });
}

async function registered(as = cookie, lies: Lies = {}) {
  const key = new Authenticator(origin);
  const { body } = await asked("/me/passkeys/options", {}, as);
  const response = key.create(body.options, lies);
  const kept = await asked("/me/passkeys", { challengeId: body.challengeId, response, name: "Phone" }, as);
  return { key, kept };
}

async function signInWith(key: Authenticator, lies: Lies = {}, account?: string) {
  const { body } = await asked("/passkeys/challenge", account === undefined ? {} : { account });
  return asked("/session", { challengeId: body.challengeId, passkey: key.get(body.options, lies) });
}

describe("a passkey", () => {
  test("is kept with its name, and signs in alone: it is both factors", async () => {
    const { key, kept } = await registered();
    expect(kept.status).toBe(200);
    expect(kept.body).toMatchObject({ name: "Phone", usedAt: null });
    expect(kept.body.recoveryCodes).toHaveLength(10);
    const signed = await signInWith(key);
    expect(signed.body).toMatchObject({ signedIn: true, account: "anna", secondFactor: "passkey" });
    expect((await ask(house, signed.cookie, "GET", "/me/factors")).body.passkeys).toMatchObject([
      { id: kept.body.id, name: "Phone", usedAt: expect.stringMatching(/Z$/) },
    ]);
    expect(house.notes.at(-1)).toMatchObject({ type: "audit.signed-in", data: { with: "passkey" } });
  });

  test("is asked for where only the password is given, and a recovery code stands in for it", async () => {
    const { kept } = await registered();
    const without = await asked("/session", { account: "anna", password });
    expect([without.status, without.body]).toMatchObject([
      401,
      { code: "second-factor-needed", methods: ["passkey", "recovery"] },
    ]);
    expect((await asked("/session", { account: "anna", password, code: "123456" })).status).toBe(401);
    const code = kept.body.recoveryCodes[0];
    expect((await asked("/session", { account: "anna", password, code })).status).toBe(200);
  });

  test("that was taken away opens nothing", async () => {
    const { key, kept } = await registered();
    expect((await ask(house, cookie, "DELETE", `/me/passkeys/${kept.body.id}`)).status).toBe(204);
    expect((await signInWith(key)).status).toBe(401);
    expect((await ask(house, cookie, "DELETE", `/me/passkeys/${kept.body.id}`)).status).toBe(404);
  });

  test("of a disabled account opens nothing", async () => {
    await house.accounts.addOperator("gus", "guard", { password });
    const { key } = await registered(await signedIn(house, "gus"));
    expect((await signInWith(key)).status).toBe(200);
    await house.accounts.disable("gus", true);
    expect((await signInWith(key)).status).toBe(401);
  });

  test.each<[string, Lies]>([
    ["from another site's page", { origin: "https://evil.example" }],
    ["for another site", { rpId: "evil.example" }],
    ["to another challenge", { challenge: "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA" }],
    ["without a finger or a PIN", { verified: false }],
  ])("an answer %s is refused, when it is made and when it is used", async (_how, lies) => {
    expect((await registered(cookie, lies)).kept.status).toBe(400);
    const { key } = await registered();
    const refused = await signInWith(key, lies);
    expect([refused.status, refused.body.code, refused.cookie]).toEqual([401, "sign-in-failed", ""]);
    expect(house.notes.at(-1)).toMatchObject({ type: "audit.sign-in-failed" });
    expect((await signInWith(key)).status).toBe(200);
  });

  test("a copy of the authenticator is seen by its counter", async () => {
    const { key } = await registered();
    expect((await signInWith(key, { counter: 40 })).status).toBe(200);
    expect((await signInWith(key, { counter: 40 })).status).toBe(401);
    expect((await signInWith(key, { counter: 7 })).status).toBe(401);
    expect((await signInWith(key, { counter: 41 })).status).toBe(200);
  });
});

describe("a challenge", () => {
  test("is answered once, in five minutes, and for what it was made", async () => {
    const { key } = await registered(cookie, { counter: 0 });
    const once = (await asked("/passkeys/challenge", {})).body;
    // As phones do, which do not count: only the challenge tells one answer from another.
    const answer = { challengeId: once.challengeId, passkey: key.get(once.options, { counter: 0 }) };
    expect((await asked("/session", answer)).status).toBe(200);
    expect((await asked("/session", answer)).status).toBe(401);

    const late = (await asked("/passkeys/challenge", {})).body;
    house.clock.ahead += 5 * 60_000;
    const tooLate = { challengeId: late.challengeId, passkey: key.get(late.options) };
    expect((await asked("/session", tooLate)).status).toBe(401);

    const made = (await asked("/me/passkeys/options", {}, cookie)).body;
    const crossed = {
      challengeId: made.challengeId,
      passkey: key.get({ ...made.options, rpId: "localhost" }),
    };
    expect((await asked("/session", crossed)).status).toBe(401);
  });

  test("of one account is not answered by another's passkey, nor kept for another", async () => {
    await house.accounts.addOperator("mia", "manager", { password });
    const { key } = await registered();
    expect((await signInWith(key, {}, "mia")).status).toBe(401);
    expect((await signInWith(key, {}, "anna")).status).toBe(200);
    const own = (await asked("/me/passkeys/options", {}, cookie)).body;
    const response = new Authenticator(origin).create(own.options);
    const stolen = await asked(
      "/me/passkeys",
      { challengeId: own.challengeId, response, name: "Mine now" },
      await signedIn(house, "mia"),
    );
    expect(stolen.status).toBe(400);
  });

  test("tells a stranger nothing of which accounts there are", async () => {
    await registered();
    const shapes = [];
    for (const account of ["anna", "nobody", "__proto__"]) {
      const { status, body } = await asked("/passkeys/challenge", { account });
      shapes.push([status, Object.keys(body), { ...body.options, challenge: "" }]);
    }
    for (const shape of shapes) expect(shape).toEqual(shapes[0]);
    expect(JSON.stringify(shapes)).not.toContain("allowCredentials");
  });

  test("is given under localhost and configured names alone, and not under numbers", async () => {
    for (const host of [
      "127.0.0.1:8080",
      "[::1]:8080",
      "evil.example",
      "localhost.evil.example",
      "localhost:x",
    ]) {
      const { status, body } = await asked("/passkeys/challenge", {}, "", host);
      expect([status, body.code], host).toEqual([409, "passkeys-unavailable"]);
    }
    await house.stop();
    house = await openHouse({ more: { hosts: ["gate.example.org"] } });
    const { status, body } = await asked("/passkeys/challenge", {}, "", "gate.example.org:8443");
    expect([status, body.options.rpId]).toEqual([200, "gate.example.org"]);
  });
});

describe("a fresh sign-in", () => {
  test("is a passkey of this account; one of another account proves nothing", async () => {
    const { key } = await registered();
    await house.accounts.addOperator("mia", "manager", { password });
    const { key: hers } = await registered(await signedIn(house, "mia"));
    const signed = await signInWith(key);
    house.clock.ahead += 11 * 60_000;
    const stale = await ask(house, signed.cookie, "POST", "/me/recovery-codes");
    expect(stale.body.code).toBe("fresh-sign-in-needed");
    for (const [by, status] of [
      [hers, 401],
      [key, 200],
    ] as const) {
      const { challengeId, options } = (await asked("/passkeys/challenge", {}, signed.cookie)).body;
      const proof = { challengeId, passkey: by.get(options) };
      expect((await asked("/session/fresh", proof, signed.cookie)).status).toBe(status);
    }
    expect((await ask(house, signed.cookie, "POST", "/me/recovery-codes")).status).toBe(200);
  });
});
