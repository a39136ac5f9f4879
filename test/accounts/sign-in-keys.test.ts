import { Secret, TOTP } from "otpauth";
import { beforeEach, describe, expect, test } from "vitest";
import { type AccountBook, openAccounts } from "../../gateway/accounts/accounts.js";
import { openSignInKeys, type SignInKeys } from "../../gateway/accounts/sign-in-keys.js";
import { type KeptParts, keptParts, keptRows, setClock } from "./rows.js";

let clock: ReturnType<typeof setClock>;
let rows: KeptParts;
let book: AccountBook;
let keys: SignInKeys;

beforeEach(async () => {
  clock = setClock();
  rows = keptParts();
  book = await openAccounts(keptRows(), clock);
  await book.addOperator("anna", "owner");
  keys = await openSignInKeys(rows, book, clock);
});

/** What a restart makes of it. */
const reopened = () => openSignInKeys(rows, book, clock);
const codeAt = (secret: string, timestamp: number) =>
  new TOTP({ secret: Secret.fromBase32(secret) }).generate({ timestamp });

async function withApp(): Promise<{ secret: string; codes: string[] }> {
  const { secret } = keys.factors.beginTotp("anna");
  const codes = await keys.factors.confirmTotp("anna", codeAt(secret, clock.at));
  if (!codes) throw new Error("not confirmed");
  return { secret, codes };
}

describe("second factors", () => {
  test("the code that set the app up signs in nowhere, also after a restart", async () => {
    const { secret } = await withApp();
    const first = codeAt(secret, clock.at);
    expect(await keys.factors.takeCode("anna", first)).toBeUndefined();
    const again = await reopened();
    expect(await again.factors.takeCode("anna", first)).toBeUndefined();
    clock.pass(30_000);
    expect(await again.factors.takeCode("anna", codeAt(secret, clock.at))).toBe("totp");
    // Written behind: whoever has to look at the doors does not wait for the disk.
    const kept = rows.parts.get("totp anna");
    await expect.poll(() => rows.parts.get("totp anna"), { interval: 1 }).not.toBe(kept);
    expect(await (await reopened()).factors.takeCode("anna", codeAt(secret, clock.at))).toBeUndefined();
  });

  test("a secret that is not confirmed within a quarter of an hour never counts", async () => {
    const { secret } = keys.factors.beginTotp("anna");
    clock.pass(15 * 60_000);
    expect(await keys.factors.confirmTotp("anna", codeAt(secret, clock.at))).toBeUndefined();
    expect(keys.factors.kind("anna")).toBe("none");
  });

  test("a second app takes the place of the first only when it is confirmed", async () => {
    const { secret } = await withApp();
    const { secret: second } = keys.factors.beginTotp("anna");
    clock.pass(30_000);
    expect(await keys.factors.takeCode("anna", codeAt(secret, clock.at))).toBe("totp");
    clock.pass(30_000);
    expect(await keys.factors.confirmTotp("anna", codeAt(second, clock.at))).toHaveLength(10);
    clock.pass(30_000);
    expect(await keys.factors.takeCode("anna", codeAt(secret, clock.at))).toBeUndefined();
    expect(await keys.factors.takeCode("anna", codeAt(second, clock.at))).toBe("totp");
  });

  test("a recovery code is used up before it lets anybody in, also where the disk then fails", async () => {
    const { codes } = await withApp();
    const [code = ""] = codes;
    rows.before = () => Promise.reject(new Error("disk full"));
    await expect(keys.factors.takeCode("anna", code)).rejects.toThrow("disk full");
    rows.before = () => Promise.resolve();
    expect(await keys.factors.takeCode("anna", code)).toBeUndefined();
  });

  test("an app signs in while the disk fails: somebody has to look at the doors", async () => {
    const { secret } = await withApp();
    clock.pass(30_000);
    rows.before = () => Promise.reject(new Error("disk full"));
    expect(await keys.factors.takeCode("anna", codeAt(secret, clock.at))).toBe("totp");
    expect(await keys.factors.takeCode("anna", codeAt(secret, clock.at))).toBeUndefined();
  });
});

describe("tokens", () => {
  const add = async (wanted: { scopes?: string[]; days?: number } = {}) => {
    const anna = book.get("anna");
    if (!anna) throw new Error("there is no anna");
    return keys.tokens.add(anna, { name: "script", days: 1, ...wanted });
  };

  test("one that could not be written is not given out", async () => {
    rows.before = () => Promise.reject(new Error("disk full"));
    await expect(add()).rejects.toThrow("disk full");
    expect(keys.tokens.of("anna")).toEqual([]);
  });

  test("outlive a restart, with their scopes and their end", async () => {
    const made = await add({ scopes: ["doors.read", "doors.read"] });
    const token = made.ok ? made.token : "";
    const again = await reopened();
    expect(again.tokens.find(token)).toMatchObject({ account: "anna", scopes: ["doors.read"] });
    clock.pass(24 * 3_600_000);
    expect(again.tokens.find(token)).toBeUndefined();
    expect((await reopened()).tokens.find(token)).toBeUndefined();
  });

  test("one that ends, ends at once, although the disk fails", async () => {
    const made = await add();
    const { id, token } = made.ok ? made : { id: "", token: "" };
    const ended: string[] = [];
    keys.tokens.onEnd((each) => ended.push(each));
    rows.before = () => Promise.reject(new Error("disk full"));
    await expect(keys.tokens.remove("anna", id)).rejects.toThrow("disk full");
    expect([keys.tokens.find(token), keys.tokens.holds(id), ended]).toEqual([undefined, false, [id]]);
  });

  test("use is written down once an hour, not with every request", async () => {
    const made = await add();
    const token = made.ok ? made.token : "";
    let writes = 0;
    rows.before = async () => {
      writes += 1;
    };
    for (let n = 0; n < 100; n += 1) keys.tokens.find(token);
    await expect.poll(() => writes).toBe(1);
    clock.pass(3_600_000);
    expect(keys.tokens.find(token)?.usedAt).toBe(clock.at);
    await expect.poll(() => writes).toBe(2);
  });
});

test("who gets the id of an account that was removed inherits neither its tokens nor its second factor", async () => {
  await book.addOperator("bob", "guard");
  const bob = book.get("bob");
  const made = bob && (await keys.tokens.add(bob, { name: "script", days: 1 }));
  const { secret } = keys.factors.beginTotp("bob");
  await keys.factors.confirmTotp("bob", codeAt(secret, clock.at));
  await book.remove("bob");
  await book.addOperator("bob", "owner");
  expect(keys.tokens.find(made?.ok ? made.token : "")).toBeUndefined();
  expect(keys.factors.kind("bob")).toBe("none");
  await expect.poll(() => rows.parts.size).toBe(0);
});

describe("invites", () => {
  const wanted = { account: "gus", name: "Gus", role: "guard", discreet: true, by: "anna" } as const;

  test("outlive a restart; the secret is spent before there is an account", async () => {
    const made = await keys.invites.add(wanted);
    const secret = made.ok ? made.secret : "";
    const again = await reopened();
    const writes: string[] = [];
    rows.before = async (write) => void writes.push(write);
    const kept = await again.invites.accept(secret, { password: "a phrase of my own" });
    expect(kept).toMatchObject({ ok: true, account: { id: "gus", role: "guard", discreet: true } });
    expect(writes).toEqual(["remove invite gus"]);
    expect((await again.invites.accept(secret, { password: "a phrase of my own" })).ok).toBe(false);
  });

  test("an account that appeared meanwhile as something else is not taken over", async () => {
    const made = await keys.invites.add({ ...wanted, account: "front-lock" });
    await book.addDevice("front-lock");
    const kept = await keys.invites.accept(made.ok ? made.secret : "", { password: "a phrase of my own" });
    expect(kept.ok).toBe(false);
    expect(book.get("front-lock")?.kind).toBe("device");
  });

  test("an account that meanwhile has another role keeps it, and the invite opens nothing", async () => {
    await book.addOperator("mia", "viewer", { password: "her own long phrase" });
    const made = await keys.invites.add({ ...wanted, account: "mia", role: "viewer" });
    const { secret } = await book.issueOwnerClaim();
    await book.claimOwner(secret, { id: "mia" });
    const kept = await keys.invites.accept(made.ok ? made.secret : "", { password: "a phrase of my own" });
    expect(kept.ok).toBe(false);
    expect(await book.authenticate("mia", "a phrase of my own")).toBeUndefined();
  });
});
