import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { enrolled } from "./app-codes.js";
import { ask, cookieOf, type House, openHouse, password, post, signedIn } from "./house.js";

let house: House;
let cookie: string;

beforeEach(async () => {
  house = await openHouse({ limits: { signIns: { perSecond: 1_000, burst: 1_000 } } });
  await house.accounts.addOperator("anna", "owner", { password });
  cookie = await signedIn(house, "anna");
});

afterEach(() => house.stop());

const gus = { account: "gus", name: "Gus Berg", role: "guard" };
const invite = (wanted: object = gus) => ask(house, cookie, "POST", "/invites", wanted);
const accept = (secret: string, more: object = {}) =>
  post(house, "/api/v1/invites/accept", { secret, password: "a phrase of my own", ...more });

describe("an invite link", () => {
  test("lets somebody choose their password, once, and signs them in as what they were invited as", async () => {
    const { body } = await invite();
    expect(body.url).toBe(`${house.url}/#invite=${body.secret}`);
    expect(Date.parse(body.expiresAt) - house.clock.now()).toBeGreaterThan(71.9 * 3_600_000);
    expect(house.accounts.get("gus")).toBeUndefined();
    const accepted = await accept(body.secret);
    expect(await accepted.json()).toMatchObject({
      signedIn: true,
      account: "gus",
      role: "guard",
      name: "Gus Berg",
    });
    expect((await ask(house, cookieOf(accepted), "GET", "/live")).status).toBe(200);
    expect((await accept(body.secret)).status).toBe(403);
    await signedIn(house, "gus", "a phrase of my own");
    expect(house.notes.map((note) => note.data?.action).filter(Boolean)).toEqual([
      "invited as guard",
      "invite accepted",
    ]);
  });

  test("two who use it at the same time: one gets in", async () => {
    const { body } = await invite();
    const both = await Promise.all([accept(body.secret), accept(body.secret)]);
    expect(both.map(({ status }) => status).sort()).toEqual([200, 403]);
  });

  test("is kept as a digest, and listed without its secret until it is used, withdrawn or over", async () => {
    const { body } = await invite();
    const listed = await ask(house, cookie, "GET", "/invites");
    expect(listed.body.invites).toMatchObject([{ ...gus, discreet: false, by: "anna" }]);
    const said = JSON.stringify([listed.body, ...house.accountParts.parts.values(), house.notes]);
    expect(said).not.toContain(body.secret);
    expect((await ask(house, cookie, "DELETE", "/invites/gus")).status).toBe(204);
    expect((await ask(house, cookie, "DELETE", "/invites/gus")).status).toBe(404);
    expect((await accept(body.secret)).status).toBe(403);

    const late = (await invite()).body;
    house.clock.ahead += 72 * 3_600_000;
    expect((await accept(late.secret)).status).toBe(403);
    cookie = await signedIn(house, "anna");
    expect((await ask(house, cookie, "GET", "/invites")).body.invites).toEqual([]);
    expect(house.accounts.get("gus")).toBeUndefined();
  });

  test("a new one ends the one before; a weak password costs nothing", async () => {
    const first = (await invite()).body;
    const second = (await invite({ ...gus, role: "viewer" })).body;
    expect((await accept(first.secret)).status).toBe(403);
    expect((await accept(second.secret, { password: "12345678" })).status).toBe(400);
    const accepted = await accept(second.secret.toLowerCase().replaceAll("-", " "), { name: "August" });
    expect(await accepted.json()).toMatchObject({ role: "viewer", name: "August" });
  });

  test("for an account that is there is the way back in, and whatever opened it before is over", async () => {
    await house.accounts.addOperator("mia", "manager", { password });
    const before = await signedIn(house, "mia");
    await enrolled(house, before);
    const { body } = await invite({ account: "mia", name: "Mia", role: "manager" });
    expect((await ask(house, before, "GET", "/live")).status).toBe(200);
    const accepted = await accept(body.secret);
    expect(await accepted.json()).toMatchObject({ account: "mia", role: "manager", secondFactor: "none" });
    expect((await ask(house, before, "GET", "/live")).status).toBe(401);
  });

  test("gives no other role to who is there, no account to devices, none to oneself, none to the disabled", async () => {
    await house.accounts.addOperator("mia", "manager", { password });
    await house.accounts.addDevice("front-lock");
    for (const wanted of [
      { account: "mia", name: "Mia", role: "owner" },
      { account: "front-lock", name: "Lock", role: "guard" },
      { account: "anna", name: "Anna", role: "owner" },
    ]) {
      expect((await invite(wanted)).status, wanted.account).toBe(409);
    }
    for (const role of ["device", "central", "king"])
      expect((await invite({ ...gus, role })).status).toBe(400);
    expect((await invite({ ...gus, account: "-owner-claim" })).status).toBe(400);

    const { body } = await invite({ account: "mia", name: "Mia", role: "manager" });
    await house.accounts.disable("mia", true);
    expect((await accept(body.secret)).status).toBe(403);
    expect((await invite({ account: "mia", name: "Mia", role: "manager" })).status).toBe(409);
  });

  test("is the owner's to make; a manager sees that it is out", async () => {
    await house.accounts.addOperator("mia", "manager", { password });
    const mia = await signedIn(house, "mia");
    expect((await ask(house, mia, "POST", "/invites", gus)).status).toBe(403);
    expect((await ask(house, mia, "GET", "/invites")).status).toBe(200);
  });

  test("a secret that is made up is refused and noted", async () => {
    house.notes.length = 0;
    expect((await accept("AAAA-BBBB-CCCC-DDDD-EEEE-FFFF-GGGG")).status).toBe(403);
    expect(house.notes).toMatchObject([{ type: "audit.sign-in-failed", reason: "the invite was not taken" }]);
  });
});
