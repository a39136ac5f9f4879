import { describe, expect, test } from "vitest";
import { keyedAccounts, openAccounts } from "../../gateway/accounts/accounts.js";
import type { Account } from "../../gateway/ports.js";
import { keptRows, setClock } from "./rows.js";

const good = "correct horse battery";

async function house() {
  const rows = keptRows();
  const clock = setClock();
  const book = await openAccounts(rows, clock);
  return { rows, clock, book };
}

async function claimed(id = "anna", password: string | undefined = good) {
  const all = await house();
  const { secret } = await all.book.issueOwnerClaim();
  const made = await all.book.claimOwner(secret, { id, ...(password ? { password } : {}) });
  expect(made).toMatchObject({ ok: true });
  return all;
}

describe("a new house", () => {
  test("has no account and no owner", async () => {
    const { book } = await house();
    expect(book.list()).toEqual([]);
    expect(book.ownerless).toBe(true);
    expect(book.claimable).toBe(false);
  });

  test("the claim secret makes an owner, once", async () => {
    const { book } = await house();
    const { secret } = await book.issueOwnerClaim();
    expect(secret).toMatch(/^([0-9A-HJKMNP-TV-Z]{4}-){6}[0-9A-HJKMNP-TV-Z]{4}$/);
    expect(await book.claimOwner(secret, { id: "anna", name: "Anna", password: good })).toEqual({
      ok: true,
      account: { id: "anna", kind: "operator", role: "owner", discreet: false, disabled: false },
    });
    expect(book.ownerless).toBe(false);
    expect(await book.claimOwner(secret, { id: "mallory" })).toMatchObject({
      ok: false,
      refusal: { code: "forbidden" },
    });
    expect(book.get("mallory")).toBeUndefined();
  });

  test("of two who use the claim secret in the same instant one becomes owner", async () => {
    const { book } = await house();
    const { secret } = await book.issueOwnerClaim();
    const both = await Promise.all([
      book.claimOwner(secret, { id: "anna", password: good }),
      book.claimOwner(secret, { id: "mallory", password: good }),
    ]);
    expect(both.map((made) => made.ok)).toEqual([true, false]);
  });

  test("the claim secret may be typed in small letters, without dashes, with O for 0 and l for 1", async () => {
    const { book } = await house();
    const { secret } = await book.issueOwnerClaim();
    const sloppy = secret.toLowerCase().replaceAll("-", " ").replaceAll("0", "o").replaceAll("1", "l");
    expect(await book.claimOwner(sloppy, { id: "anna" })).toMatchObject({ ok: true });
  });

  test("the claim secret expires after an hour, and one that holds until used does not", async () => {
    const { book, clock } = await house();
    const { secret, expiresAt } = await book.issueOwnerClaim();
    expect(expiresAt).toBe(clock.now() + 3_600_000);
    clock.pass(3_600_000);
    expect(book.claimable).toBe(false);
    expect(await book.claimOwner(secret, { id: "anna" })).toMatchObject({
      ok: false,
      refusal: { message: expect.stringContaining("expired") },
    });

    const demo = await book.issueOwnerClaim({ untilUsed: true });
    expect(demo.expiresAt).toBeUndefined();
    clock.pass(365 * 86_400_000);
    expect(await book.claimOwner(demo.secret, { id: "anna" })).toMatchObject({ ok: true });
  });

  test("a weak password does not spend the claim secret", async () => {
    const { book } = await house();
    const { secret } = await book.issueOwnerClaim();
    expect(await book.claimOwner(secret, { id: "anna", password: "password1" })).toMatchObject({
      ok: false,
      refusal: { code: "invalid", faults: [{ path: "password" }] },
    });
    expect(await book.claimOwner(secret, { id: "anna", password: good })).toMatchObject({ ok: true });
  });

  test("a claim survives a restart and is stored as a digest only", async () => {
    const { book, rows, clock } = await house();
    const { secret } = await book.issueOwnerClaim();
    expect(JSON.stringify([...rows.rows.values()])).not.toContain(secret.slice(0, 4));
    const again = await openAccounts(rows, clock);
    expect(again.list()).toEqual([]);
    expect(await again.claimOwner(secret, { id: "anna" })).toMatchObject({ ok: true });
    const third = await openAccounts(rows, clock);
    expect(third.claimable).toBe(false);
    expect(third.get("anna")).toMatchObject({ role: "owner" });
  });

  test("if the disk fails while the claim is carried out, the secret is still good", async () => {
    const { book, rows } = await house();
    const { secret } = await book.issueOwnerClaim();
    rows.before = () => Promise.reject(new Error("disk full"));
    await expect(book.claimOwner(secret, { id: "anna" })).rejects.toThrow("disk full");
    rows.before = () => Promise.resolve();
    expect(await book.claimOwner(secret, { id: "anna" })).toMatchObject({ ok: true });
  });

  test("an owner who lost the password claims the account again and has the new one", async () => {
    const { book } = await claimed("anna");
    await book.disable("anna", false);
    const { secret } = await book.issueOwnerClaim();
    await book.claimOwner(secret, { id: "anna", password: "another long phrase" });
    expect(await book.authenticate("anna", good)).toBeUndefined();
    expect(await book.authenticate("anna", "another long phrase")).toMatchObject({ id: "anna" });
  });

  test("a device's account cannot be claimed", async () => {
    const { book } = await house();
    await book.addDevice("front-reader");
    const { secret } = await book.issueOwnerClaim();
    expect(await book.claimOwner(secret, { id: "front-reader" })).toMatchObject({
      ok: false,
      refusal: { code: "conflict" },
    });
  });
});

describe("keys of devices and clients", () => {
  test("a device's key is shown once, stored as a digest, and opens its account only", async () => {
    const { book, rows } = await house();
    const made = await book.addDevice("front-reader");
    if (!made.ok) throw new Error("refused");
    expect(made.key).toMatch(/^[0-9a-f]{64}$/);
    expect(JSON.stringify([...rows.rows.values()])).not.toContain(made.key);
    await book.addDevice("back-reader");
    expect(await book.authenticate("front-reader", made.key)).toEqual({
      id: "front-reader",
      kind: "device",
      role: "device",
      discreet: false,
      disabled: false,
    });
    expect(await book.authenticate("back-reader", made.key)).toBeUndefined();
    expect(await book.authenticate("front-reader", made.key.toUpperCase())).toBeUndefined();
  });

  test("no two installs share a key: a thousand keys are a thousand", async () => {
    const { book } = await house();
    const made = await Promise.all(Array.from({ length: 1_000 }, (_, n) => book.addDevice(`dev-${n}`)));
    expect(new Set(made.map((each) => (each.ok ? each.key : ""))).size).toBe(1_000);
  });

  test("a thousand devices are recognised in well under a second", async () => {
    const { book } = await house();
    const keys = await Promise.all(
      Array.from({ length: 1_000 }, async (_, n) => {
        const made = await book.addDevice(`dev-${n}`);
        return made.ok ? made.key : "";
      }),
    );
    const startedAt = performance.now();
    const known = await Promise.all(keys.map((key, n) => book.authenticate(`dev-${n}`, key)));
    expect(known.every((account) => account !== undefined)).toBe(true);
    expect(performance.now() - startedAt).toBeLessThan(500);
  });

  test("after rotation the old key is nothing and the new one is good", async () => {
    const { book } = await house();
    const made = await book.addClient("soc", "central", { discreet: true });
    const rotated = await book.rotate("soc");
    if (!made.ok || !rotated.ok) throw new Error("refused");
    expect(await book.authenticate("soc", made.key)).toBeUndefined();
    expect(await book.authenticate("soc", rotated.key)).toMatchObject({ role: "central", discreet: true });
  });

  test("an id is given once, has a fixed shape, and a client is never an owner", async () => {
    const { book } = await house();
    await book.addDevice("front-reader");
    const both = await Promise.all([book.addDevice("x"), book.addClient("x", "viewer")]);
    expect(both.map((made) => made.ok)).toEqual([true, false]);
    expect(await book.addClient("front-reader", "viewer")).toMatchObject({
      ok: false,
      refusal: { code: "conflict" },
    });
    for (const id of ["", "Front", "-owner-claim", "a b", "a/b", "ü", "__proto__", "a".repeat(64)]) {
      expect(await book.addDevice(id), id).toMatchObject({ ok: false, refusal: { code: "invalid" } });
    }
    expect(await book.addClient("evil", "owner")).toMatchObject({ ok: false, refusal: { code: "invalid" } });
  });

  test("a broker's view of the book knows keys only: no password opens it and none costs Argon2id", async () => {
    const { book } = await claimed("anna");
    const made = await book.addDevice("front-reader");
    if (!made.ok) throw new Error("refused");
    const keyed = keyedAccounts(book);
    expect(await keyed.authenticate("front-reader", made.key)).toMatchObject({ kind: "device" });
    const startedAt = performance.now();
    for (let n = 0; n < 200; n += 1) expect(await keyed.authenticate("anna", good)).toBeUndefined();
    // Two hundred times Argon2id would be four seconds and more.
    expect(performance.now() - startedAt).toBeLessThan(1_000);
  });
});

describe("passwords", () => {
  test("the right one is right, any other is wrong, and one typed with composed letters is the same", async () => {
    const { book } = await claimed("anna", "Zürich bei Nacht");
    expect(await book.authenticate("anna", "Zürich bei Nacht")).toMatchObject({ id: "anna" });
    expect(await book.authenticate("anna", "Zu\u0308rich bei Nacht")).toMatchObject({ id: "anna" });
    expect(await book.authenticate("anna", "Zürich bei Tag")).toBeUndefined();
    expect(await book.authenticate("anna", "")).toBeUndefined();
  });

  test("an owner without a password cannot sign in with an empty one", async () => {
    const { book } = await claimed("anna", "");
    expect(book.list()).toMatchObject([{ id: "anna", signsInWith: "none" }]);
    expect(await book.authenticate("anna", "")).toBeUndefined();
  });

  test("a sign-in costs the same for an account that exists, a device's, and none at all", async () => {
    const { book } = await claimed("anna");
    await book.addDevice("front-reader");
    await book.authenticate("nobody", "warm the decoy up");
    const cost = async (id: string) => {
      // Processor time, the argon2 thread's included, and the least of six: a busy machine only ever makes it slower.
      let quickest = Number.POSITIVE_INFINITY;
      for (let n = 0; n < 6; n += 1) {
        const before = process.cpuUsage();
        await book.authenticate(id, "a wrong password");
        const { user, system } = process.cpuUsage(before);
        quickest = Math.min(quickest, user + system);
      }
      return quickest;
    };
    const [known, device, unknown] = [await cost("anna"), await cost("front-reader"), await cost("nobody")];
    for (const other of [device, unknown]) {
      expect(other / known).toBeGreaterThan(0.4);
      expect(other / known).toBeLessThan(2.5);
    }
  });

  test("more sign-ins at once than can be waited for are told so, and leave the file pool alone", async () => {
    const { book } = await claimed("anna");
    const tries = Array.from({ length: 60 }, () =>
      book.authenticate("anna", "a wrong password").catch((error: Error) => error.name),
    );
    // Three of the four threads are free: a file is read at once although 49 sign-ins are under way.
    const { readFile } = await import("node:fs/promises");
    const startedAt = performance.now();
    await readFile(new URL(import.meta.url));
    const waitedMs = performance.now() - startedAt;
    const outcomes = await Promise.all(tries);
    expect(outcomes.filter((name) => name === "TooManySignIns").length).toBe(11);
    expect(waitedMs).toBeLessThan((performance.now() - startedAt) / 3);
  });
});

describe("disabling and removing", () => {
  test("a disabled account cannot sign in, everybody who listens is told, and it can be enabled again", async () => {
    const { book } = await claimed("anna");
    const told: Account[] = [];
    const stop = book.onChange((account) => told.push(account));
    const made = await book.addDevice("front-reader");
    if (!made.ok) throw new Error("refused");
    await book.disable("front-reader", true);
    expect(await book.authenticate("front-reader", made.key)).toBeUndefined();
    expect(told.map(({ id, disabled }) => [id, disabled])).toEqual([
      ["front-reader", false],
      ["front-reader", true],
    ]);
    stop();
    await book.disable("front-reader", false);
    expect(told.length).toBe(2);
    expect(await book.authenticate("front-reader", made.key)).toMatchObject({ id: "front-reader" });
  });

  test("disabling is in force before the disk has taken it", async () => {
    const { book, rows } = await house();
    const made = await book.addDevice("front-reader");
    if (!made.ok) throw new Error("refused");
    rows.before = () => new Promise(() => {});
    void book.disable("front-reader", true);
    expect(book.get("front-reader")).toMatchObject({ disabled: true });
    expect(await book.authenticate("front-reader", made.key)).toBeUndefined();
  });

  test("an account that is disabled while its password is being compared does not get in", async () => {
    const { book } = await claimed("anna");
    await book.addOperator("bert", "guard", { password: good });
    const signingIn = book.authenticate("bert", good);
    await book.disable("bert", true);
    expect(await signingIn).toBeUndefined();
  });

  test("a password that is being set does not enable an account that is disabled meanwhile", async () => {
    const { book, rows } = await claimed("anna");
    await book.addOperator("bert", "guard");
    const setting = book.setPassword("bert", good);
    const disabling = book.disable("bert", true);
    await Promise.all([setting, disabling]);
    expect(book.get("bert")).toMatchObject({ disabled: true });
    expect(rows.rows.get("bert")).toMatchObject({ disabled: true, secretKind: "password" });
  });

  test("someone can still administer: the last owner is neither disabled nor removed", async () => {
    const { book } = await claimed("anna");
    await book.addOperator("bert", "manager");
    expect(await book.disable("anna", true)).toMatchObject({ ok: false, refusal: { code: "conflict" } });
    expect(await book.remove("anna")).toMatchObject({ ok: false, refusal: { code: "conflict" } });
    await book.addOperator("carla", "owner");
    expect(await book.disable("carla", true)).toMatchObject({ ok: true });
    expect(await book.disable("anna", true)).toMatchObject({ ok: false });
    await book.disable("carla", false);
    expect(await book.remove("anna")).toMatchObject({ ok: true });
    expect(book.get("anna")).toBeUndefined();
  });

  test("of two owners who disable each other in the same instant one remains", async () => {
    const { book } = await claimed("anna");
    await book.addOperator("bert", "owner");
    const both = await Promise.all([book.disable("anna", true), book.disable("bert", true)]);
    expect(both.map((kept) => kept.ok)).toEqual([true, false]);
    expect(book.ownerless).toBe(false);
  });

  test("after a restart the accounts are what they were", async () => {
    const { book, rows, clock } = await claimed("anna");
    await book.addOperator("bert", "guard", { password: good, discreet: true, name: "Bert" });
    await book.addDevice("front-reader");
    await book.disable("front-reader", true);
    const again = await openAccounts(rows, clock);
    expect(again.list()).toEqual(book.list());
    expect(await again.authenticate("bert", good)).toMatchObject({ role: "guard", discreet: true });
  });
});
