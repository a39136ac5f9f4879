import { describe, expect, test } from "vitest";
import { place, SignInThrottle } from "../../gateway/accounts/throttle.js";
import { setClock } from "./rows.js";

function desk() {
  const clock = setClock();
  const throttle = new SignInThrottle(clock);
  const fail = (times: number, address: string, account: string) => {
    for (let n = 0; n < times; n += 1) throttle.failed(address, account);
  };
  return { clock, throttle, fail };
}

describe("guessing is slowed", () => {
  test("a typo or two cost nothing", () => {
    const { throttle, fail } = desk();
    fail(4, "10.0.0.5", "anna");
    expect(throttle.wait("10.0.0.5", "anna")).toEqual({ addressMs: 0, accountMs: 0 });
  });

  test("an address waits twice as long after each wrong guess, whatever account it tries, half a minute at most", () => {
    const { throttle, fail } = desk();
    const waits = Array.from({ length: 9 }, (_, n) => {
      fail(n === 0 ? 5 : 1, "10.0.0.66", `account-${n}`);
      return throttle.wait("10.0.0.66", "other").addressMs;
    });
    expect(waits).toEqual([1_000, 2_000, 4_000, 8_000, 16_000, 30_000, 30_000, 30_000, 30_000]);
  });

  test("a wait passes, and a quarter of an hour of quiet forgets", () => {
    const { throttle, fail, clock } = desk();
    fail(20, "10.0.0.66", "anna");
    clock.pass(29_999);
    expect(throttle.wait("10.0.0.66", "anna").addressMs).toBe(1);
    clock.pass(1);
    expect(throttle.wait("10.0.0.66", "anna").addressMs).toBe(0);
    clock.pass(15 * 60_000);
    fail(1, "10.0.0.66", "anna");
    expect(throttle.wait("10.0.0.66", "anna")).toEqual({ addressMs: 0, accountMs: 0 });
  });

  test("a whole IPv6 network is one address, and IPv4 is the same in IPv6 clothing", () => {
    expect(place("2001:db8:1:2::99")).toBe(place("2001:db8:1:2:aaaa:bbbb:cccc:dddd"));
    expect(place("2001:db8:1:2::99")).not.toBe(place("2001:db8:1:3::99"));
    expect(place("::ffff:10.0.0.5")).toBe("10.0.0.5");
    expect(place("::1")).toBe("0:0:0:0");
  });
});

describe("the owner is never locked out", () => {
  test("ten thousand strangers who guess at an account make it pause three seconds and no more", () => {
    const { throttle } = desk();
    for (let n = 0; n < 10_000; n += 1) throttle.failed(`10.${n >> 8}.${n & 255}.1`, "anna");
    expect(throttle.wait("192.168.1.5", "anna")).toEqual({ addressMs: 0, accountMs: 3_000 });
  });

  test("where the owner signed in before there is not even a pause", () => {
    const { throttle } = desk();
    throttle.succeeded("192.168.1.5", "anna");
    for (let n = 0; n < 1_000; n += 1) throttle.failed(`10.0.${n >> 8}.${n & 255}`, "anna");
    expect(throttle.wait("192.168.1.5", "anna")).toEqual({ addressMs: 0, accountMs: 0 });
  });

  test("what is remembered is bounded", () => {
    const { throttle } = desk();
    const before = process.memoryUsage().heapUsed;
    for (let n = 0; n < 40_000; n += 1)
      throttle.failed(`10.${n >> 16}.${(n >> 8) & 255}.${n & 255}`, `a-${n}`);
    expect(process.memoryUsage().heapUsed - before).toBeLessThan(20 * 1024 * 1024);
  });
});

describe("guessing six digits, by who has the password", () => {
  const wrong = (throttle: SignInThrottle, times: number, address = "203.0.113.9") => {
    for (let n = 0; n < times; n += 1) throttle.codeFailed(address, "anna");
  };

  test("five tries, then the account takes one only now and then, wherever it comes from", () => {
    const { throttle, clock } = desk();
    wrong(throttle, 4);
    expect(throttle.codeWait("203.0.113.9", "anna")).toBe(0);
    wrong(throttle, 1);
    expect(throttle.codeWait("198.51.100.7", "anna")).toBe(1_000);
    wrong(throttle, 20);
    expect(throttle.codeWait("198.51.100.7", "anna")).toBe(300_000);
    clock.pass(299_999);
    expect(throttle.codeWait("198.51.100.7", "anna")).toBe(1);
    expect(throttle.codeWait("198.51.100.7", "gus")).toBe(0);
  });

  test("its owner does not wait where they signed in before, and a right sign-in ends it for everybody", () => {
    const { throttle } = desk();
    throttle.succeeded("10.0.0.5", "anna");
    wrong(throttle, 20);
    expect(throttle.codeWait("10.0.0.5", "anna")).toBe(0);
    expect(throttle.codeWait("198.51.100.7", "anna")).toBe(300_000);
    throttle.succeeded("10.0.0.5", "anna");
    expect(throttle.codeWait("198.51.100.7", "anna")).toBe(0);
  });

  test("also counts against the address", () => {
    const { throttle } = desk();
    wrong(throttle, 6);
    expect(throttle.wait("203.0.113.9", "gus").addressMs).toBe(2_000);
  });
});
