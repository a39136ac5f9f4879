import { expect, test } from "vitest";
import { passwordFault } from "../../gateway/accounts/passwords.js";
import { newKey } from "../../gateway/accounts/secrets.js";

test.each([
  ["short", "too short: seven characters", "a7#kQp2"],
  ["common", "in every list", "Password"],
  ["common with a tail", "a year is no secret", "Password2026!"],
  ["keyboard", "neighbouring keys", "qwertyuiop"],
  ["product", "the name of this house", "Gatewarden1"],
  ["repeated", "one letter", "aaaaaaaaaaaa"],
  ["own name", "the account's name", "maintenance-9"],
  ["too long", "more than is ever typed", "x1".repeat(70)],
])("%s: a password is refused that is %s", (_name, _why, password) => {
  expect(passwordFault(password, "maintenance")).toEqual(expect.any(String));
});

test.each([
  "k7#mQp2x",
  "correct horse battery",
  "Zürich bei Nacht",
  "日本の建物の扉を開ける鍵",
  "a b".repeat(21),
])("%s may be a password", (password) => {
  expect(passwordFault(password, "anna")).toBeUndefined();
});

test("64 characters are allowed", () => {
  expect(passwordFault("ab3 ".repeat(16), "anna")).toBeUndefined();
});

test("what looks like a key is no password, so that the shape alone says how it is compared", () => {
  expect(passwordFault(newKey(), "anna")).toContain("key");
});
