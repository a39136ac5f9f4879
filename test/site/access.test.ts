/** Who may go where, as it is written: what is refused, and what the core is given. */
import { describe, expect, test } from "vitest";
import { inSchedule } from "../../gateway/core/schedule.js";
import { compileSite } from "../../gateway/site/compile.js";
import { diffSites } from "../../gateway/site/diff.js";
import type { GroupEntry, HolidayEntry, ScheduleEntry, SiteDocument } from "../../gateway/site/document.js";
import { parseSite } from "../../gateway/site/document.js";
import { checkSite } from "../../gateway/site/invariants.js";
import { frontDoor, officeDoor, smallHouse, storeDoor } from "./small-house.js";

const faults = (overrides: Partial<SiteDocument>): string[] =>
  checkSite(smallHouse(overrides)).map(({ path, message }) => `${path}: ${message}`);
const compiled = (overrides: Partial<SiteDocument>, at = "2026-11-23T12:00Z") => {
  const document = smallHouse(overrides);
  expect(checkSite(document)).toEqual([]);
  return compileSite(document, 1, Date.parse(at));
};
const group = (...access: GroupEntry["access"]): GroupEntry => ({ id: "staff", name: "Staff", access });

/** Areas of the small house, one of them otherwise. */
function withArea(id: string, more: object): Pick<SiteDocument, "areas"> {
  return { areas: smallHouse().areas.map((area) => (area.id === id ? { ...area, ...more } : area)) };
}

describe("the lines of a group", () => {
  test("plain ones are hours by door, the others lines with their conditions", () => {
    const site = compiled({
      doorGroups: [{ id: "inner", name: "Inner doors", doors: ["office", "store"] }],
      groups: [
        group(
          { doors: ["front"], schedule: "hours" },
          { doorGroups: ["inner"], schedule: "always", when: { training: "ladder", disarmed: "ground" } },
          { doors: ["store"], schedule: "hours", deny: true },
        ),
      ],
    });
    const { doors, lines } = site.groups.get("staff") ?? {};
    expect([...(doors ?? [])]).toEqual([["front", ["hours"]]]);
    const ladder = { schedule: "always", deny: false, when: { training: "ladder", disarmed: "ground" } };
    expect([...(lines ?? [])]).toEqual([
      ["office", [ladder]],
      ["store", [ladder, { schedule: "hours", deny: true, when: {} }]],
    ]);
  });

  test("a door that is named twice in one line has it once", () => {
    const line = { doors: ["store"], areas: ["store"], schedule: "always", deny: true };
    expect(
      compiled({ groups: [group(line)] })
        .groups.get("staff")
        ?.lines?.get("store"),
    ).toHaveLength(1);
  });

  test.each<[string, GroupEntry["access"][number], string]>([
    ["nothing", { schedule: "hours" }, "groups[0].access[0]: names neither doors, door groups nor areas"],
    [
      "no condition",
      { doors: ["front"], schedule: "hours", when: {} },
      "groups[0].access[0].when: names no condition; leave it out if there is none",
    ],
    [
      "a door group that is not there",
      { doorGroups: ["iner"], schedule: "hours" },
      "groups[0].access[0].doorGroups[0]: there is no door group iner",
    ],
    [
      "a partition that is not there",
      { doors: ["front"], schedule: "hours", when: { disarmed: "groud" } },
      "groups[0].access[0].when.disarmed: there is no partition groud; did you mean ground?",
    ],
    [
      "a sensor that is not there",
      { doors: ["front"], schedule: "hours", when: { input: { sensor: "moton", is: "quiet" } } },
      "groups[0].access[0].when.input.sensor: there is no sensor moton; did you mean motion?",
    ],
    [
      "an area that is not there",
      { doors: ["front"], schedule: "hours", when: { presentIn: "attic" } },
      "groups[0].access[0].when.presentIn: there is no area attic",
    ],
    [
      "a group that is not there",
      { doors: ["front"], schedule: "hours", when: { firstIn: "stuff" } },
      "groups[0].access[0].when.firstIn: there is no group stuff; did you mean staff?",
    ],
  ])("that name %s are refused", (_what, line, fault) => {
    expect(faults({ groups: [group(line)] })).toContain(fault);
  });
});

describe("what counts people must see each of them", () => {
  const bothSides = {
    readers: { outside: "store/reader/1", inside: "store/reader/2" },
    lock: { point: "store/lock/1", kind: "fail-secure", mechanicalEgress: true },
  } as const;
  const seen = () => {
    const { exitButton: _, ...door } = storeDoor(bothSides);
    return [frontDoor(), officeDoor(), door];
  };

  test("hard anti-passback, where every door of the area has readers on both sides and no exit button", () => {
    const doors = seen();
    const site = compiled({
      ...withArea("store", { passback: { kind: "hard" }, occupancy: { min: 2, max: 9 }, escort: true }),
      doors,
    });
    expect(site.areas.get("store")).toMatchObject({
      passback: { kind: "hard" },
      occupancy: { min: 2, max: 9 },
      escort: true,
    });
  });

  test("it is refused at a door that can be left without a reader", () => {
    const hard = withArea("store", { passback: { kind: "hard" } });
    const refused = (door: object) =>
      faults({
        ...hard,
        doors: [frontDoor(), officeDoor(), { ...seen()[2], ...door } as SiteDocument["doors"][number]],
      });
    expect(refused({})).toEqual([]);
    expect(refused({ readers: { outside: "store/reader/1" } })).toEqual([
      "areas[4].passback: hard anti-passback of store needs to see everybody who comes and goes, and the door store has no reader on its inside; give it readers on both sides and no exit button, or use soft or timed anti-passback",
    ]);
    expect(refused({ readers: { inside: "store/reader/2" } })[0]).toContain("has no reader on its outside");
    expect(refused({ exitButton: "store/input/2" })[0]).toContain("has an exit button");
  });

  test("doors within the area do not matter, and the doors of all its rooms do", () => {
    // The office is in the house and its door leads to another room of it.
    const house = (passback: object) => faults(withArea("house", { passback }));
    expect(house({ kind: "hard" }).map((fault) => /the door (\w+)/.exec(fault)?.[1])).not.toContain("office");
    expect(house({ kind: "hard" }).length).toBeGreaterThan(0);
    expect(house({ kind: "soft" })).toEqual([]);
    expect(house({ kind: "timed", minutes: 15 })).toEqual([]);
  });

  test("so does a limit of people, and its numbers fit together", () => {
    expect(faults(withArea("house", { occupancy: { max: 5 } }))[0]).toContain(
      "occupancy of house needs to see everybody",
    );
    const doors = seen();
    expect(faults({ ...withArea("store", { occupancy: {} }), doors })).toEqual([
      "areas[4].occupancy: names neither min nor max",
    ]);
    expect(faults({ ...withArea("store", { occupancy: { min: 5, max: 2 } }), doors })).toEqual([
      "areas[4].occupancy.min: is more than max: 5 and 2",
    ]);
  });

  test("minutes belong to timed anti-passback and to no other", () => {
    const site = compiled(withArea("house", { passback: { kind: "timed", minutes: 15 } }));
    expect(site.areas.get("house")?.passback).toEqual({ kind: "timed", forMs: 900_000 });
    const odd = parseSite(smallHouse(withArea("house", { passback: { kind: "hard", minutes: 15 } })));
    expect(odd.ok).toBe(false);
    expect(parseSite(smallHouse(withArea("house", { passback: { kind: "timed" } }))).ok).toBe(false);
  });
});

test("a door for several people has a window, and 15 seconds where it names none", () => {
  const doors = [
    frontDoor({ persons: { count: 2 } }),
    officeDoor({ persons: { count: 3, withinMs: 30_000 }, escort: true }),
    storeDoor(),
  ];
  const site = compiled({ doors });
  expect(site.doors.get("front")?.persons).toEqual({ count: 2, withinMs: 15_000 });
  expect(site.doors.get("office")).toMatchObject({ persons: { count: 3, withinMs: 30_000 }, escort: true });
  expect(
    parseSite(smallHouse({ doors: [frontDoor({ persons: { count: 1 } }), officeDoor(), storeDoor()] })).ok,
  ).toBe(false);
});

describe("special days by their type", () => {
  const hours: ScheduleEntry = {
    id: "hours",
    name: "Hours",
    week: [{ days: ["mon", "tue", "wed", "thu", "fri"], from: "08:00", to: "16:00" }],
    holidays: { "half-day": [{ from: "08:00", to: "12:00" }], inventory: "as-usual" },
  };
  const holidayTypes = [
    { id: "half-day", name: "Half day" },
    { id: "inventory", name: "Inventory" },
  ];
  const open = (holidays: HolidayEntry[], local: string, schedule = hours) => {
    const site = compiled({ schedules: [schedule], holidayTypes, holidays }, "2026-12-23T12:00Z");
    const found = site.schedules.get("hours");
    return found && inSchedule(found, Date.parse(`${local}+01:00`));
  };

  test("each has its own hours, and a type that the schedule does not name is closed", () => {
    const day = (type?: string): HolidayEntry[] => [
      { date: "2026-12-24", name: "Eve", ...(type === undefined ? {} : { type }) },
    ];
    const at = (type: string | undefined) =>
      ["2026-12-24T09:00", "2026-12-24T13:00"].map((time) => open(day(type), time));
    expect(at("half-day")).toEqual([true, false]);
    expect(at("inventory")).toEqual([true, true]);
    expect(at("holiday")).toEqual([false, false]);
    expect(at(undefined)).toEqual([false, false]);
  });

  test("a schedule that names no types has one answer for all", () => {
    const holidays: HolidayEntry[] = [
      { from: "2026-12-24", to: "2026-12-25", name: "Eve", type: "half-day" },
    ];
    const usual: ScheduleEntry = { ...hours, holidays: "as-usual" };
    expect(open(holidays, "2026-12-24T13:00", usual)).toBe(true);
    expect(open(holidays, "2026-12-25T13:00", { ...hours, holidays: "closed" })).toBe(false);
  });

  test("a day that is listed twice is of the type that is listed first", () => {
    const half: HolidayEntry = { date: "2026-12-24", name: "Eve", type: "half-day" };
    const range: HolidayEntry = { from: "2026-12-23", to: "2026-12-27", name: "Closed" };
    expect(open([half, range], "2026-12-24T09:00")).toBe(true);
    expect(open([range, half], "2026-12-24T09:00")).toBe(false);
  });

  test("a type that is not there is refused, at the day and in the schedule", () => {
    expect(
      faults({
        holidayTypes,
        holidays: [{ date: "2026-12-24", name: "Eve", type: "halfday" }],
        schedules: [{ ...hours, holidays: { invntory: "closed" } }],
      }),
    ).toEqual([
      "holidays[0].type: there is no type of holiday halfday; did you mean half-day?",
      "schedules[0].holidays.invntory: there is no type of holiday invntory; did you mean inventory?",
    ]);
    expect(faults({ holidayTypes: [{ id: "holiday", name: "Holiday" }] })).toEqual([
      "holidayTypes[0].id: holiday is built in; choose another id",
    ]);
  });
});

describe("a schedule of many windows", () => {
  const windows = (count: number): ScheduleEntry["week"] =>
    Array.from({ length: count }, (_, n) => ({
      days: ["mon" as const],
      from: `${String(n).padStart(2, "0")}:00`,
      to: `${String(n).padStart(2, "0")}:30`,
    }));
  test("holds in each of twenty a day", () => {
    const site = compiled({ schedules: [{ id: "hours", name: "H", week: windows(20) }] });
    const found = site.schedules.get("hours");
    const monday = Date.parse("2026-11-23T00:00+01:00");
    const open = Array.from({ length: 20 }, (_, n) =>
      [0, 30].map((minute) => found && inSchedule(found, monday + (n * 60 + minute) * 60_000)),
    );
    expect(open).toEqual(Array(20).fill([true, false]));
  });
  test("has no more than twenty on one day", () => {
    expect(faults({ schedules: [{ id: "hours", name: "H", week: windows(21) }] })).toEqual([
      "schedules[0].week: has more than 20 windows on one day (mon)",
    ]);
  });
});

test("a change of rules reads as one", () => {
  const before = smallHouse({ doorGroups: [{ id: "inner", name: "Inner", doors: ["office"] }] });
  const after: SiteDocument = {
    ...before,
    ...withArea("store", { passback: { kind: "timed", minutes: 10 } }),
    holidayTypes: [{ id: "half-day", name: "Half day" }],
    holidays: [{ date: "2026-12-24", name: "Eve", type: "half-day" }],
    groups: [
      group(
        { doors: ["front", "office"], schedule: "hours" },
        {
          doorGroups: ["inner"],
          schedule: "always",
          deny: true,
          when: { input: { sensor: "motion", is: "active" } },
        },
      ),
      ...(before.groups ?? []).slice(1),
    ],
  };
  expect(diffSites(before, after)).toEqual([
    "area store: passback.kind none → timed",
    "area store: passback.minutes none → 10",
    "holiday type half-day: added (Half day)",
    "group staff: access: not door group inner always when input motion active added",
    "holidays: 2026-12-25 Christmas Day removed",
    "holidays: 2026-12-24 Eve (half-day) added",
  ]);
});
