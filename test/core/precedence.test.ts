import fc from "fast-check";
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
  "safety-edge": (s) => ({ ...s, own: { ...s.own, position: "open", obstructed: true } }),
  "fire-close": (s) => ({ ...s, fire: { ...s.fire, close: true, touches: true } }),
  "power-down": (s) => ({
    ...s,
    powerDown: true,
    door: { ...s.door, lock: { ...s.door.lock, kind: "fail-safe" } },
  }),
  lockdown: (s) => ({ ...s, lockdown: { doorGroup: null, since: s.at, by: "olga" } }),
  secured: (s) => ({ ...s, own: { ...s.own, override: { mode: "secured", by: "olga" } } }),
  maintenance: (s) => ({ ...s, own: { ...s.own, override: { mode: "maintenance", by: "olga" } } }),
  armed: (s) => ({ ...s, armed: "ground" }),
  "threat-level": (s) => ({ ...s, threatMode: "free" }),
  override: (s) => ({ ...s, own: { override: { mode: "card", by: "olga" }, ...s.own } }),
  schedule: (s) => ({ ...s, door: { ...s.door, freeSchedule: "always" } }),
  mode: (s) => ({ ...s, door: { ...s.door, mode: "free" } }),
  rest: (s) => s,
};

const answers: Readonly<Record<LockCause, string>> = {
  fire: "released",
  emergency: "released",
  pulse: "unlocked",
  "safety-edge": "unlocked",
  "fire-close": "locked",
  "power-down": "unlocked",
  lockdown: "locked",
  secured: "locked",
  maintenance: "locked",
  armed: "locked",
  "threat-level": "unlocked",
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
      // And whatever else of what stands below it speaks as well.
      const below = rows.slice(rows.indexOf(upper) + 1);
      fc.assert(
        fc.property(fc.shuffledSubarray(below), (others) => {
          const noise = others.reduce((situation, each) => speaking[each](situation), quiet());
          expect(lockOf(speaking[upper](noise))).toEqual({ lock: answers[upper], because: upper });
        }),
      );
    },
  );

  test("the rows stand in the order of the design", () => {
    expect(rows).toEqual([
      "fire",
      "emergency",
      "pulse",
      "safety-edge",
      "fire-close",
      "power-down",
      "lockdown",
      "secured",
      "maintenance",
      "armed",
      "threat-level",
      "override",
      "schedule",
      "mode",
      "rest",
    ]);
  });
});

/** What each refuser says no to, and with which word. */
const refusing = {
  lockdown: { situation: speaking.lockdown(quiet()), word: "locked-down" },
  secured: { situation: speaking.secured(quiet()), word: "door-secured" },
  maintenance: { situation: speaking.maintenance(quiet()), word: "in-maintenance" },
  armed: { situation: speaking.armed(quiet()), word: "side-armed" },
  interlock: { situation: { ...quiet(), interlock: { door: "workshop", is: "open" } }, word: "interlock" },
} as const satisfies Record<string, { readonly situation: Situation; readonly word: string }>;

describe("the requests' table", () => {
  const may = new Map(requestTable.map((row) => [row.request, row.mayBeRefusedBy]));

  test("the rows, and what may refuse them, are those of the design", () => {
    expect(requestTable.map(({ request, mayBeRefusedBy }) => [request, ...mayBeRefusedBy])).toEqual([
      ["emergency-release"],
      ["exit-request"],
      ["exit-request-controlled", "interlock"],
      ["card-inside", "rules"],
      ["responder", "badge", "interlock"],
      ["remote", "lockdown", "secured", "maintenance", "armed", "interlock"],
      ["card-outside", "rules"],
    ]);
    expect(requestTable.filter(({ forcible }) => forcible).map(({ request }) => request)).toEqual(["remote"]);
  });

  test.each(requestTable.map(({ request }) => request))("%s is refused by its refusers only", (request) => {
    const row = requestTable.find((each) => each.request === request);
    for (const [refuser, { situation, word }] of Object.entries(refusing)) {
      const held: readonly string[] = row?.mayBeRefusedBy ?? [];
      const no = held.includes(refuser);
      expect(requestRefusal(request, situation, false), refuser).toBe(no ? word : undefined);
      expect(requestRefusal(request, situation, true)).toBe(no && !row?.forcible ? word : undefined);
    }
    expect(requestRefusal(request, quiet(), false)).toBeUndefined();
  });

  /** Of each pair: a refuser that holds the one and not the other. A rule of the judge is in `test/core/rules.test.ts`. */
  const apart: readonly (readonly [RequestKind, RequestKind, string])[] = [
    ["emergency-release", "exit-request", "nothing"],
    ["exit-request", "exit-request-controlled", "interlock"],
    ["exit-request-controlled", "card-inside", "rules"],
    ["card-inside", "responder", "rules"],
    ["responder", "remote", "lockdown"],
    ["remote", "card-outside", "rules"],
  ];
  test.each(apart)("%s over %s", (upper, lower, refuser) => {
    const rows = requestTable.map(({ request }) => request);
    expect(rows.indexOf(lower)).toBe(rows.indexOf(upper) + 1);
    const refusers = (request: RequestKind) => may.get(request) as readonly string[] | undefined;
    if (refuser === "nothing") expect([refusers(upper), refusers(lower)]).toEqual([[], []]);
    else expect(refusers(upper)?.includes(refuser)).not.toBe(refusers(lower)?.includes(refuser));
    // Whatever stands in the way of the lower: the upper is held by its own refusers alone.
    fc.assert(
      fc.property(fc.subarray(Object.keys(refusing) as (keyof typeof refusing)[]), (all) => {
        const { situation } = all.reduce(
          (so, each) => ({ situation: { ...so.situation, ...refusing[each].situation } }),
          { situation: quiet() },
        );
        const held = requestRefusal(upper, situation, false);
        if (held !== undefined)
          expect(refusers(upper)?.some((each) => each in refusing && wordOf(each) === held)).toBe(true);
      }),
    );
  });

  test("an emergency release and a free exit have nothing that could refuse them", () => {
    for (const request of ["emergency-release", "exit-request"])
      expect(requestTable.find((row) => row.request === request)?.mayBeRefusedBy).toEqual([]);
  });

  test("a door that fire has released is no reason to refuse anybody", () => {
    for (const { situation } of Object.values(refusing))
      expect(requestRefusal("remote", speaking.fire(situation), false)).toBeUndefined();
  });
});

function wordOf(refuser: string): string | undefined {
  return refusing[refuser as keyof typeof refusing]?.word;
}

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
