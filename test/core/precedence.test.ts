import { describe, expect, test } from "vitest";
import {
  type LockCause,
  lockOf,
  lockPrecedence,
  outputs,
  type RequestKind,
  requestRefusal,
  requestTable,
  type Situation,
  wantedLock,
} from "../../gateway/core/precedence.js";
import { emptyState } from "../../gateway/core/state.js";
import { local, smallOffice } from "../stories/small-office.js";
import { Teller } from "../stories/teller.js";

/** What makes each row of the lock's table speak, with an answer that the row below it would not give. */
const speaking: Readonly<Record<LockCause, (situation: Situation) => Situation>> = {
  fire: (s) => ({ ...s, fire: { ...s.fire, unlock: true, touches: true } }),
  emergency: (s) => ({ ...s, own: { ...s.own, emergency: { since: s.at, by: "olga" } } }),
  pulse: (s) => ({
    ...s,
    own: { ...s.own, condition: { is: "released", until: s.at + 1, grants: [], exit: true } },
  }),
  "fire-close": (s) => ({ ...s, fire: { ...s.fire, close: true, touches: true } }),
  secured: (s) => ({ ...s, own: { ...s.own, override: { mode: "secured", by: "olga" } } }),
  override: (s) => ({ ...s, own: { override: { mode: "card", by: "olga" }, ...s.own } }),
  schedule: (s) => ({ ...s, door: { ...s.door, freeSchedule: "always" } }),
  mode: (s) => ({ ...s, door: { ...s.door, mode: "free" } }),
  rest: (s) => s,
};

const answers: Readonly<Record<LockCause, string>> = {
  fire: "released",
  emergency: "released",
  pulse: "unlocked",
  "fire-close": "locked",
  secured: "locked",
  override: "locked",
  schedule: "unlocked",
  mode: "unlocked",
  rest: "locked",
};

function quiet(): Situation {
  const site = smallOffice();
  const door = site.doors.get("front");
  if (!door) throw new Error("fixture: no front door");
  return {
    site,
    door,
    own: { condition: { is: "closed" }, position: "closed" },
    fire: { unlock: false, close: false, touches: false },
    at: local("10:00"),
  };
}

describe("of two neighbours in the lock's table the upper one decides", () => {
  const rows = lockPrecedence.map(({ because }) => because);
  test.each(rows.slice(0, -1).map((upper, i) => [upper, rows[i + 1] ?? "rest"] as const))(
    "%s over %s",
    (upper, lower) => {
      const lowerOnly = speaking[lower](quiet());
      expect(lockOf(lowerOnly)).toEqual({ lock: answers[lower], because: lower });
      expect(lockOf(speaking[upper](lowerOnly))).toEqual({ lock: answers[upper], because: upper });
    },
  );

  test("the rows stand in the order of the design", () => {
    expect(rows).toEqual([
      "fire",
      "emergency",
      "pulse",
      "fire-close",
      "secured",
      "override",
      "schedule",
      "mode",
      "rest",
    ]);
  });
});

describe("the requests' table", () => {
  const secured = speaking.secured(quiet());
  const expected: Readonly<Record<RequestKind, string | undefined>> = {
    "emergency-release": undefined,
    "exit-request": undefined,
    "exit-request-controlled": undefined,
    "card-inside": undefined,
    remote: "door-secured",
    "card-outside": undefined,
  };
  test.each(requestTable.map(({ request }) => request))("at a secured door: %s", (request) => {
    expect(requestRefusal(request, secured, false)).toBe(expected[request]);
    expect(requestRefusal(request, secured, true)).toBeUndefined();
    expect(requestRefusal(request, quiet(), false)).toBeUndefined();
  });

  test("an emergency release and a free exit have nothing that could refuse them", () => {
    for (const request of ["emergency-release", "exit-request"])
      expect(requestTable.find((row) => row.request === request)?.mayBeRefusedBy).toEqual([]);
  });

  test("a secured door that fire has released is no reason to refuse anybody", () => {
    expect(requestRefusal("remote", speaking.fire(secured), false)).toBeUndefined();
  });
});

test("what should be on is told for every door, whatever was heard of it", () => {
  const site = smallOffice({ doors: { server: { mode: "free" } } });
  expect(Object.fromEntries(outputs(site, emptyState(), local("10:00")))).toEqual({
    front: { lock: "locked", because: "rest" },
    workshop: { lock: "locked", because: "rest" },
    server: { lock: "unlocked", because: "mode" },
    turnstile: { lock: "locked", because: "rest" },
  });
});

test("a door that is not of this site is wanted locked", () => {
  expect(wantedLock(smallOffice(), emptyState(), "__proto__", 0)).toEqual({
    lock: "locked",
    because: "rest",
  });
});

test("two fires at one door: what one unlocks the other does not shut", () => {
  const more = {
    id: "heat",
    name: "Heat detectors",
    tenant: "main",
    type: "fire",
    role: "24-hour",
    point: { device: "panel", kind: "input", n: 3 },
  } as const;
  const fire = new Map([
    ["smoke", "close"],
    ["heat", "unlock"],
  ] as const);
  const story = new Teller(smallOffice({ sensors: [more], doors: { front: { fire } } })).at("10:00");
  story.sensor("smoke", true).sensor("heat", true);
  expect(wantedLock(story.site, story.state, "front", story.now)).toEqual({
    lock: "released",
    because: "fire",
  });
  story.sensor("heat", false).asks({ op: "fire.reset", sensor: "heat" });
  expect(wantedLock(story.site, story.state, "front", story.now).because).toBe("fire-close");
});
