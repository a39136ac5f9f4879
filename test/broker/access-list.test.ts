import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { accessList } from "../../gateway/broker/access-list.js";
import { covers, isFilter } from "../../gateway/broker/filters.js";
import { type Account, type Role, roles } from "../../gateway/ports.js";

const list = accessList("gw/v1");
const reader: Account = { id: "r1", kind: "device", role: "device", discreet: false, disabled: false };

function client(role: Role, discreet = false): Account {
  return { id: "c1", kind: "client", role, discreet, disabled: false };
}

describe("a device", () => {
  test("writes under its own `up/` and reads under its own `down/`", () => {
    expect(list.mayPublish(reader, "gw/v1/device/r1/up/scan", false)).toBe(true);
    expect(list.mayPublish(reader, "gw/v1/device/r1/up/input/3", true)).toBe(true);
    expect(list.maySubscribe(reader, "gw/v1/device/r1/down/#")).toBe(true);
    expect(list.maySubscribe(reader, "gw/v1/device/r1/down/cmd")).toBe(true);
    expect(list.mayReceive(reader, "gw/v1/device/r1/down/cmd")).toBe(true);
  });

  test.each([
    "gw/v1/device/r2/up/scan",
    "gw/v1/device/r1/up",
    "gw/v1/device/r1/down/cmd",
    "gw/v1/device/r1/up/+",
    "gw/v1/device/r1/up/#",
    "gw/v1/device/__proto__/up/scan",
    "gw/v1/site/hq/status",
    "gw/v1/client/r1/site/hq/req",
    "$SYS/broker/up",
    "gw/v2/device/r1/up/scan",
    "",
    "/",
    `gw/v1/device/r1/up/${"a/".repeat(100)}b`,
    `gw/v1/device/r1/up/${"a".repeat(600)}`,
    "gw/v1/device/r1/up/scan\u0000",
  ])("does not write %j", (topic) => {
    expect(list.mayPublish(reader, topic, false)).toBe(false);
  });

  test.each([
    "#",
    "+/#",
    "gw/#",
    "gw/v1/device/+/down/#",
    "gw/v1/device/r2/down/#",
    "gw/v1/device/r1/#",
    "gw/v1/device/r1/up/#",
    "gw/v1/device/r1/+/cmd",
    "gw/v1/site/hq/door/front",
    "$SYS/#",
    "$share/group/gw/v1/device/r1/down/cmd",
    "gw/v1/device/r1/down/#/cmd",
    "gw/v1/device/r1/down/a+",
  ])("does not subscribe to %j", (filter) => {
    expect(list.maySubscribe(reader, filter)).toBe(false);
  });

  test("leaves a will only on its own state, and only that it is lost", () => {
    const lost = Buffer.from(`{"state":"lost"}`);
    expect(list.mayLeaveWill(reader, "gw/v1/device/r1/up/state", lost)).toBe(true);
    expect(list.mayLeaveWill(reader, "gw/v1/device/r2/up/state", lost)).toBe(false);
    expect(list.mayLeaveWill(reader, "gw/v1/device/r1/up/input/1", lost)).toBe(false);
    expect(list.mayLeaveWill(reader, "gw/v1/device/r1/up/state", Buffer.from(`{"state":"ready"}`))).toBe(
      false,
    );
    expect(list.mayLeaveWill(reader, "gw/v1/device/r1/up/state", Buffer.from("lost"))).toBe(false);
    expect(list.mayLeaveWill(client("owner"), "gw/v1/device/c1/up/state", lost)).toBe(false);
  });

  test("may do nothing once it is disabled", () => {
    const disabled = { ...reader, disabled: true };
    expect(list.mayPublish(disabled, "gw/v1/device/r1/up/scan", false)).toBe(false);
    expect(list.maySubscribe(disabled, "gw/v1/device/r1/down/#")).toBe(false);
    expect(list.mayReceive(disabled, "gw/v1/device/r1/down/cmd")).toBe(false);
  });
});

describe("a client", () => {
  test("asks and is answered under its own id, and leaves no request behind", () => {
    for (const role of roles) {
      expect(list.mayPublish(client(role), "gw/v1/client/c1/site/hq/req", false)).toBe(true);
      expect(list.mayPublish(client(role), "gw/v1/client/c1/site/hq/req", true)).toBe(false);
      expect(list.mayPublish(client(role), "gw/v1/client/c2/site/hq/req", false)).toBe(false);
      expect(list.mayPublish(client(role), "gw/v1/client/c1/site/hq/res", false)).toBe(false);
      expect(list.mayPublish(client(role), "gw/v1/site/hq/door/front", false)).toBe(false);
      expect(list.mayPublish(client(role), "gw/v1/device/c1/up/scan", false)).toBe(false);
      expect(list.maySubscribe(client(role), "gw/v1/client/c1/site/+/res")).toBe(true);
      expect(list.maySubscribe(client(role), "gw/v1/client/c1/site/hq/req")).toBe(false);
      expect(list.maySubscribe(client(role), "gw/v1/client/+/site/hq/res")).toBe(false);
      expect(list.maySubscribe(client(role), "gw/v1/device/front/up/#")).toBe(false);
      expect(list.maySubscribe(client(role), "#")).toBe(false);
      expect(list.maySubscribe(client(role), "$SYS/#")).toBe(false);
    }
  });

  // What each role reads, by topic below `site/hq/`.
  const readers: [string, Role[]][] = [
    ["status", ["viewer", "guard", "manager", "auditor", "central", "owner"]],
    ["door/front", ["viewer", "guard", "manager", "auditor", "central", "owner"]],
    ["area/lobby", ["viewer", "guard", "manager", "auditor", "central", "owner"]],
    ["partition/ground", ["guard", "manager", "auditor", "central", "owner"]],
    ["alarm/i1", ["guard", "manager", "auditor", "central", "owner"]],
    ["event/door/forced", ["guard", "manager", "auditor", "central", "owner"]],
    ["event/alarm/raised", ["guard", "manager", "auditor", "central", "owner"]],
    ["event/safety/fire", ["guard", "manager", "auditor", "central", "owner"]],
    ["event/access/granted", ["manager", "auditor", "central", "owner"]],
    ["event/device/lost", ["auditor", "central", "owner"]],
    ["event/audit/refused", ["auditor", "central", "owner"]],
    ["silent/i2", []],
    ["event/silent/duress", []],
  ];

  test.each(readers)("`%s` is read by %j and nobody else", (topic, allowed) => {
    for (const role of roles) {
      expect(list.mayReceive(client(role), `gw/v1/site/hq/${topic}`), role).toBe(allowed.includes(role));
      expect(list.maySubscribe(client(role), `gw/v1/site/hq/${topic}`), role).toBe(allowed.includes(role));
    }
  });

  test("reads hold-up and duress only if it is discreet, whatever its role", () => {
    for (const role of roles) {
      expect(list.mayReceive(client(role, true), "gw/v1/site/hq/silent/i2")).toBe(true);
      expect(list.maySubscribe(client(role, true), "gw/v1/site/hq/event/silent/#")).toBe(true);
      expect(list.maySubscribe(client(role), "gw/v1/site/hq/event/silent/#")).toBe(false);
    }
    expect(list.maySubscribe(client("central"), "gw/v1/site/#")).toBe(true);
    expect(list.mayReceive(client("central"), "gw/v1/site/hq/silent/i2")).toBe(false);
  });

  test("may use a wildcard only if all that it matches is allowed", () => {
    expect(list.maySubscribe(client("viewer"), "gw/v1/site/hq/door/+")).toBe(true);
    expect(list.maySubscribe(client("viewer"), "gw/v1/site/+/door/#")).toBe(true);
    expect(list.maySubscribe(client("viewer"), "gw/v1/site/hq/+/front")).toBe(false);
    expect(list.maySubscribe(client("guard"), "gw/v1/site/hq/event/#")).toBe(false);
    expect(list.maySubscribe(client("guard"), "gw/v1/site/hq/event/door/#")).toBe(true);
    expect(list.maySubscribe(client("manager"), "gw/v1/site/hq/#")).toBe(false);
    expect(list.maySubscribe(client("auditor"), "gw/v1/site/hq/#")).toBe(true);
    expect(list.maySubscribe(client("auditor"), "gw/v1/#")).toBe(false);
  });
});

test("an operator has no topics", () => {
  const operator: Account = { id: "op", kind: "operator", role: "owner", discreet: true, disabled: false };
  expect(list.mayPublish(operator, "gw/v1/client/op/site/hq/req", false)).toBe(false);
  expect(list.maySubscribe(operator, "gw/v1/site/hq/status")).toBe(false);
  expect(list.mayReceive(operator, "gw/v1/site/hq/status")).toBe(false);
});

test("what an allowed filter matches may be received, unless it is silent; nothing else is heard", () => {
  const levels = [
    "gw",
    "v1",
    "site",
    "hq",
    "door",
    "event",
    "access",
    "silent",
    "front",
    "device",
    "r1",
    "c1",
  ];
  const level = fc.constantFrom(...levels);
  const part = fc.oneof(level, fc.constant("+"));
  // Most random filters are denied at once: the others start where the contract's trees do.
  const start = fc.constantFrom<string[]>(
    ...[[], ["gw", "v1"], ["gw", "v1", "site"], ["gw", "v1", "site", "hq"]],
  );
  const accounts = fc.constantFrom(reader, ...roles.map((role) => client(role)));
  const matching = fc.record({
    head: start,
    tail: fc.array(fc.tuple(part, level), { maxLength: 4 }),
    rest: fc.option(fc.array(level, { maxLength: 3 })),
  });
  let allowed = 0;
  fc.assert(
    fc.property(accounts, matching, (account, { head, tail, rest }) => {
      const filter = [...head, ...tail.map(([wanted]) => wanted), ...(rest ? ["#"] : [])].join("/");
      const levelsOfTopic = [...head, ...tail.map(([w, l]) => (w === "+" ? l : w)), ...(rest ?? [])];
      const topic = levelsOfTopic.join("/");
      if (!list.maySubscribe(account, filter)) return true;
      allowed++;
      const silent = /^gw\/v1\/site\/[^/]+\/(event\/)?silent(\/|$)/.test(topic);
      return list.mayReceive(account, topic) || silent;
    }),
    { numRuns: 3_000 },
  );
  expect(allowed).toBeGreaterThan(50);
});

test("a filter covers what the protocol says it matches", () => {
  const all = (filter: string, topic: string): boolean => covers(filter.split("/"), topic.split("/"));
  expect(all("a/#", "a")).toBe(true);
  expect(all("a/#", "a/b/c")).toBe(true);
  expect(all("a/+", "a")).toBe(false);
  expect(all("a/+", "a/b")).toBe(true);
  expect(all("a/+", "a/")).toBe(true);
  expect(all("a/+", "a/#")).toBe(false);
  expect(all("a/#", "a/+/b")).toBe(true);
  expect(all("a/b", "a/+")).toBe(false);
  expect(isFilter("a/#/b")).toBe(false);
  expect(isFilter("a+/b")).toBe(false);
  expect(isFilter("+/+/#")).toBe(true);
});
