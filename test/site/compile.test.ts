import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { inSchedule } from "../../gateway/core/schedule.js";
import { compileSite } from "../../gateway/site/compile.js";
import { type ScheduleEntry, type SpecialHours, weekdays } from "../../gateway/site/document.js";
import { instantOf } from "../../gateway/site/local-time.js";
import { cpuMs } from "./cpu.js";
import { frontDoor, officeDoor, smallHouse, storeDoor } from "./small-house.js";

const dayMs = 86_400_000;

function compiled(schedule: Partial<ScheduleEntry>, timeZone: string, from: string, holidays: string[] = []) {
  const document = smallHouse({
    site: { id: "hq", name: "HQ", timeZone },
    schedules: [{ id: "hours", name: "Hours", week: [], ...schedule }],
    holidays: holidays.map((date) => ({ date, name: date })),
  });
  const site = compileSite(document, 1, Date.parse(from));
  const hours = site.schedules.get("hours");
  if (!hours) throw new Error("the schedule was not compiled");
  return { site, hours };
}

/** The intervals that touch the given days, as `from – until` in UTC. */
function intervals(
  schedule: { starts: Float64Array; ends: Float64Array },
  from: string,
  until: string,
): string[] {
  const short = (at: number) => new Date(at).toISOString().slice(0, 16);
  return [...schedule.starts]
    .map((start, index) => [start, schedule.ends[index] ?? Number.NaN] as const)
    .filter(([start, end]) => end > Date.parse(`${from}T00:00Z`) && start < Date.parse(`${until}T00:00Z`))
    .map(([start, end]) => `${short(start)} – ${short(end)}`);
}

const daily = (from: string, to: string): Partial<ScheduleEntry> => ({
  week: [{ days: [...weekdays], from, to }],
});

describe("when clocks change, a schedule holds while the clock on the wall shows its hours", () => {
  test("Berlin in spring: the day is an hour shorter, office hours are not", () => {
    const { hours, site } = compiled(daily("07:00", "19:00"), "Europe/Berlin", "2026-03-28T12:00Z");
    expect(intervals(hours, "2026-03-28", "2026-03-31")).toEqual([
      "2026-03-28T06:00 – 2026-03-28T18:00",
      "2026-03-29T05:00 – 2026-03-29T17:00",
      "2026-03-30T05:00 – 2026-03-30T17:00",
    ]);
    expect(site.offsets.map(({ from, minutes }) => [new Date(from).toISOString(), minutes])).toEqual([
      ["2026-03-26T12:00:00.000Z", 60],
      ["2026-03-29T01:00:00.000Z", 120],
    ]);
  });
  test("Berlin in spring: what would open or close in the hour left out does so at the change", () => {
    const opens = compiled(daily("02:30", "05:00"), "Europe/Berlin", "2026-03-28T12:00Z").hours;
    expect(intervals(opens, "2026-03-29", "2026-03-30")).toEqual(["2026-03-29T01:00 – 2026-03-29T03:00"]);
    const closes = compiled(daily("00:30", "02:30"), "Europe/Berlin", "2026-03-28T12:00Z").hours;
    expect(intervals(closes, "2026-03-29", "2026-03-30")).toContain("2026-03-28T23:30 – 2026-03-29T01:00");
    const within = compiled(daily("02:10", "02:50"), "Europe/Berlin", "2026-03-28T12:00Z").hours;
    expect(intervals(within, "2026-03-29", "2026-03-30")).toEqual([]);
  });
  test("Berlin in autumn: the hour that comes twice is in a window both times", () => {
    const night = compiled(daily("22:00", "06:00"), "Europe/Berlin", "2026-10-24T12:00Z").hours;
    expect(intervals(night, "2026-10-25", "2026-10-26")).toEqual([
      "2026-10-24T20:00 – 2026-10-25T05:00",
      "2026-10-25T21:00 – 2026-10-26T05:00",
    ]);
    const early = compiled(daily("02:10", "02:50"), "Europe/Berlin", "2026-10-24T12:00Z").hours;
    expect(intervals(early, "2026-10-25", "2026-10-26")).toEqual([
      "2026-10-25T00:10 – 2026-10-25T00:50",
      "2026-10-25T01:10 – 2026-10-25T01:50",
    ]);
  });
  test("New York, both ways", () => {
    const spring = compiled(daily("01:00", "04:00"), "America/New_York", "2026-03-07T12:00Z").hours;
    expect(intervals(spring, "2026-03-08", "2026-03-09")).toEqual(["2026-03-08T06:00 – 2026-03-08T08:00"]);
    const autumn = compiled(daily("01:00", "04:00"), "America/New_York", "2026-10-31T12:00Z").hours;
    expect(intervals(autumn, "2026-11-01", "2026-11-02")).toEqual(["2026-11-01T05:00 – 2026-11-01T09:00"]);
  });
  test("Lord Howe, where the clock moves by half an hour, both ways", () => {
    const spring = compiled(daily("01:00", "04:00"), "Australia/Lord_Howe", "2026-10-02T12:00Z").hours;
    // At 02:00 it is 02:30: two and a half hours.
    expect(intervals(spring, "2026-10-03", "2026-10-04")).toEqual(["2026-10-03T14:30 – 2026-10-03T17:00"]);
    const autumn = compiled(daily("01:00", "04:00"), "Australia/Lord_Howe", "2026-04-03T12:00Z").hours;
    // At 02:00 it is 01:30 again: three and a half.
    expect(intervals(autumn, "2026-04-04", "2026-04-05")).toEqual(["2026-04-04T14:00 – 2026-04-04T17:30"]);
  });
  test("Kathmandu, whose clock is 5:45 ahead and never changes", () => {
    const { hours, site } = compiled(daily("09:00", "17:00"), "Asia/Kathmandu", "2026-06-10T12:00Z");
    expect(intervals(hours, "2026-06-10", "2026-06-11")).toEqual(["2026-06-10T03:15 – 2026-06-10T11:15"]);
    expect(site.offsets).toEqual([{ from: Date.parse("2026-06-08T12:00Z"), minutes: 345 }]);
  });
  test("a whole day is whole, also the one of 23 hours and the one of 25", () => {
    for (const from of ["2026-03-28T12:00Z", "2026-10-24T12:00Z"]) {
      const { hours, site } = compiled(daily("00:00", "24:00"), "Europe/Berlin", from);
      expect([...hours.starts]).toEqual([site.compiledFrom]);
      expect([...hours.ends]).toEqual([site.compiledUntil]);
    }
  });
});

describe("a window belongs to the day on which it opens", () => {
  const fridayNight: Partial<ScheduleEntry> = { week: [{ days: ["fri"], from: "22:00", to: "06:00" }] };
  test("and runs on over midnight", () => {
    const { hours } = compiled(fridayNight, "Europe/Berlin", "2026-11-20T12:00Z");
    expect(intervals(hours, "2026-11-20", "2026-11-23")).toEqual(["2026-11-20T21:00 – 2026-11-21T05:00"]);
  });
  test("also into a holiday, but does not open on one", () => {
    const into = compiled(fridayNight, "Europe/Berlin", "2026-11-20T12:00Z", ["2026-11-21"]).hours;
    expect(intervals(into, "2026-11-20", "2026-11-23")).toEqual(["2026-11-20T21:00 – 2026-11-21T05:00"]);
    const on = compiled(fridayNight, "Europe/Berlin", "2026-11-20T12:00Z", ["2026-11-20"]).hours;
    expect(intervals(on, "2026-11-20", "2026-11-23")).toEqual([]);
  });
  test("and is open at the start of the compiled stretch if it opened before", () => {
    const { hours, site } = compiled(fridayNight, "Europe/Berlin", "2026-11-23T02:00Z");
    expect(site.compiledFrom).toBe(Date.parse("2026-11-21T02:00Z"));
    expect(intervals(hours, "2026-11-20", "2026-11-23")).toEqual(["2026-11-21T02:00 – 2026-11-21T05:00"]);
  });
});

describe("on a holiday", () => {
  const christmas = ["2026-12-25"];
  const friday = ["2026-12-25", "2026-12-26"] as const;
  test("a schedule is closed unless it says otherwise", () => {
    const { hours } = compiled(daily("08:00", "16:00"), "Europe/Berlin", "2026-12-24T12:00Z", christmas);
    expect(intervals(hours, ...friday)).toEqual([]);
  });
  test("it may go on as usual", () => {
    const usual = { ...daily("08:00", "16:00"), holidays: "as-usual" as const };
    const { hours } = compiled(usual, "Europe/Berlin", "2026-12-24T12:00Z", christmas);
    expect(intervals(hours, ...friday)).toEqual(["2026-12-25T07:00 – 2026-12-25T15:00"]);
  });
  test("or have hours of its own, also on a day without any", () => {
    const own = { week: [], holidays: [{ from: "10:00", to: "12:00" }] };
    const { hours } = compiled(own, "Europe/Berlin", "2026-12-24T12:00Z", christmas);
    expect(intervals(hours, ...friday)).toEqual(["2026-12-25T09:00 – 2026-12-25T11:00"]);
  });
  test("and a range of holidays includes both its ends", () => {
    const document = smallHouse({
      schedules: [{ id: "hours", name: "H", ...daily("08:00", "16:00") } as ScheduleEntry],
      holidays: [{ from: "2026-12-28", to: "2026-12-30", name: "Closed" }],
    });
    const hours = compileSite(document, 1, Date.parse("2026-12-27T12:00Z")).schedules.get("hours");
    expect(hours && intervals(hours, "2026-12-27", "2027-01-01")).toEqual([
      "2026-12-27T07:00 – 2026-12-27T15:00",
      "2026-12-31T07:00 – 2026-12-31T15:00",
    ]);
  });
});

test("windows that overlap or touch are one interval, sorted and apart", () => {
  const week: ScheduleEntry["week"] = [
    { days: ["mon"], from: "12:00", to: "18:00" },
    { days: ["mon"], from: "08:00", to: "13:00" },
    { days: ["mon"], from: "18:00", to: "19:00" },
  ];
  const { hours } = compiled({ week }, "Europe/Berlin", "2026-11-23T12:00Z");
  expect(intervals(hours, "2026-11-23", "2026-11-24")).toEqual(["2026-11-23T07:00 – 2026-11-23T18:00"]);
});

// ---------------------------------------------------------------------------------------------------------- properties

const clock = fc.integer({ min: 0, max: 24 * 12 - 1 }).map((five) => {
  const minutes = five * 5;
  return `${String(Math.floor(minutes / 60)).padStart(2, "0")}:${String(minutes % 60).padStart(2, "0")}`;
});
const window = fc.tuple(clock, fc.oneof(clock, fc.constant("24:00"))).filter(([from, to]) => from !== to);
const anySchedule = fc.record({
  week: fc.array(
    fc
      .record({ days: fc.subarray([...weekdays], { minLength: 1 }), window })
      .map(({ days, window: [from, to] }) => ({ days, from, to })),
    { maxLength: 4 },
  ),
  holidays: fc.oneof(
    fc.constant("closed" as const),
    fc.constant("as-usual" as const),
    fc.array(window, { minLength: 1, maxLength: 2 }).map((each) => each.map(([from, to]) => ({ from, to }))),
  ),
});
const zones = [
  "Europe/Berlin",
  "America/New_York",
  "Australia/Lord_Howe",
  "Asia/Kathmandu",
  "America/Havana",
  "UTC",
];
/** Around the changes of all these zones, and on a day without any. */
const around = [
  "2026-03-08",
  "2026-03-29",
  "2026-04-05",
  "2026-10-04",
  "2026-10-25",
  "2026-11-01",
  "2026-06-15",
];
const anyPlace = fc.record({ zone: fc.constantFrom(...zones), day: fc.constantFrom(...around) });
const anyMinute = fc.integer({ min: -36 * 60, max: 36 * 60 });

/** What the wall clock of the zone shows, from the platform's own tables. */
function wall(zone: string, at: number): { day: number; minutes: number } {
  const parts = Object.fromEntries(
    new Intl.DateTimeFormat("en-CA", {
      timeZone: zone,
      hourCycle: "h23",
      year: "numeric",
      month: "2-digit",
      day: "2-digit",
      hour: "2-digit",
      minute: "2-digit",
    })
      .formatToParts(at)
      .map(({ type, value }) => [type, value]),
  );
  return {
    day: Date.parse(`${parts.year}-${parts.month}-${parts.day}T00:00Z`) / dayMs,
    minutes: Number(parts.hour) * 60 + Number(parts.minute),
  };
}

/** Whether the wall clock shows a time in a window of the day, or in yesterday's that ran over midnight. */
function holdsByTheWall(
  schedule: Pick<ScheduleEntry, "week"> & { readonly holidays?: SpecialHours },
  holiday: number,
  zone: string,
  at: number,
): boolean {
  const { day, minutes } = wall(zone, at);
  const minutesOf = (text: string) => Number(text.slice(0, 2)) * 60 + Number(text.slice(3));
  return [0, 1].some((back) => {
    const opened = day - back;
    const name = weekdays[(opened + 3) % 7] ?? "mon";
    const usual = schedule.week.filter((line) => line.days.includes(name));
    const windows =
      opened !== holiday || schedule.holidays === "as-usual"
        ? usual
        : schedule.holidays === "closed"
          ? []
          : (schedule.holidays ?? []);
    return windows.some((each) => {
      const from = minutesOf(each.from);
      const to = minutesOf(each.to) > from ? minutesOf(each.to) : minutesOf(each.to) + 1440;
      const now = minutes + back * 1440;
      return from <= now && now < to;
    });
  });
}

test("at any minute a schedule holds exactly if the wall clock shows one of its hours", () => {
  fc.assert(
    fc.property(
      anySchedule,
      anyPlace,
      fc.array(anyMinute, { minLength: 10, maxLength: 30 }),
      (schedule, { zone, day }, minutes) => {
        const { hours } = compiled(schedule, zone, `${day}T12:00Z`, [day]);
        for (const minute of minutes) {
          const at = Date.parse(`${day}T12:00Z`) + minute * 60_000;
          expect(inSchedule(hours, at), `${zone} ${new Date(at).toISOString()}`).toBe(
            holdsByTheWall(schedule, Date.parse(`${day}T00:00Z`) / dayMs, zone, at),
          );
        }
      },
    ),
    { numRuns: 150 },
  );
});

test("whether a schedule holds does not depend on when it was compiled", () => {
  fc.assert(
    fc.property(
      anySchedule,
      anyPlace,
      anyMinute,
      fc.integer({ min: -14 * 1440, max: 0 }),
      (schedule, { zone, day }, minute, shift) => {
        const noon = Date.parse(`${day}T12:00Z`);
        const at = noon + minute * 60_000;
        const now = compiled(schedule, zone, new Date(noon).toISOString(), [day]).hours;
        const before = compiled(schedule, zone, new Date(noon + shift * 60_000).toISOString(), [day]).hours;
        expect(inSchedule(now, at)).toBe(inSchedule(before, at));
      },
    ),
    { numRuns: 300 },
  );
});

test("the intervals are sorted, apart from each other and within the compiled stretch", () => {
  fc.assert(
    fc.property(anySchedule, anyPlace, (schedule, { zone, day }) => {
      const { hours, site } = compiled(schedule, zone, `${day}T03:17Z`, [day]);
      let last = site.compiledFrom - 1;
      for (const [index, start] of hours.starts.entries()) {
        const end = hours.ends[index] ?? Number.NaN;
        expect(start).toBeGreaterThan(last);
        expect(end).toBeGreaterThan(start);
        last = end;
      }
      expect(last).toBeLessThanOrEqual(site.compiledUntil);
    }),
    { numRuns: 200 },
  );
});

// ------------------------------------------------------------------------------------------------------- all the rest

describe("the compiled site", () => {
  const site = compileSite(smallHouse(), 7, Date.parse("2026-11-23T12:00Z"));

  test("has the defaults filled in", () => {
    expect(site.revision).toBe(7);
    expect(site.doors.get("front")).toEqual({
      id: "front",
      name: "Front door",
      tenant: "main",
      from: "street",
      to: "lobby",
      passage: "contact",
      unlockMs: 5_000,
      openMs: 30_000,
      mode: "card",
      exit: "free",
      lock: {
        point: { device: "front", kind: "lock", n: 1 },
        kind: "fail-secure",
        mechanicalEgress: true,
        wiredRelease: false,
      },
      readers: { outside: { device: "front", kind: "reader", n: 1 } },
      contact: { device: "front", kind: "input", n: 1 },
      exitButton: { device: "front", kind: "input", n: 2 },
      fire: new Map([["fire", "exit-only"]]),
      partitions: { inside: "ground" },
    });
    expect(site.doors.get("store")).toMatchObject({ passage: "grant", fire: new Map([["fire", "unlock"]]) });
    expect(site.sensors.get("motion")).toMatchObject({ role: "interior" });
    expect(site.sensors.get("fire")).toMatchObject({ role: "24-hour", onFault: "trouble" });
    expect(site.sensors.get("motion")).not.toHaveProperty("onFault");
  });
  test("knows the schedule that always holds", () => {
    const always = site.schedules.get("always");
    expect(always && inSchedule(always, 0)).toBe(true);
  });
  test("what a fire input says holds at every door that does not say otherwise", () => {
    const sensors =
      smallHouse().sensors?.map((s) => (s.type === "fire" ? { ...s, action: "unlock" as const } : s)) ?? [];
    const doors = [frontDoor({ fire: { fire: "none" } }), officeDoor(), storeDoor({ fire: {} })];
    const compiledDoors = compileSite(smallHouse({ sensors, doors }), 1, 0).doors;
    expect([...compiledDoors.values()].map((door) => door.fire.get("fire"))).toEqual([
      "none",
      "unlock",
      "unlock",
    ]);
  });
  test("a right to an area is one to the doors that lead into it, not to those within it", () => {
    expect([...(site.groups.get("keepers")?.doors.keys() ?? [])]).toEqual(["front", "store"]);
  });
  test("a door reached by two rights may be used in the hours of either", () => {
    const access = [
      { areas: ["house"], schedule: "hours" },
      { doors: ["front"], schedule: "always" },
      { doors: ["front", "front"], schedule: "hours" },
    ];
    const groups = [{ id: "staff", name: "S", access }];
    const staff = compileSite(smallHouse({ groups }), 1, 0).groups.get("staff");
    expect(staff?.doors.get("front")).toEqual(["hours", "always"]);
  });
  test("who is meant by no tenant is the first", () => {
    const tenants = [
      { id: "acme", name: "Acme" },
      { id: "bolt", name: "Bolt" },
    ];
    const document = smallHouse({
      tenants,
      doors: [frontDoor({ tenant: "bolt" }), officeDoor(), storeDoor()],
    });
    const { doors, areas } = compileSite(document, 1, 0);
    expect([doors.get("front")?.tenant, doors.get("office")?.tenant, areas.get("lobby")?.tenant]).toEqual([
      "bolt",
      "acme",
      "acme",
    ]);
  });
  test("a document that was not checked is not compiled into something else", () => {
    const doors = [frontDoor({ lock: { point: "front" as string, kind: "fail-safe" } })];
    expect(() => compileSite(smallHouse({ doors }), 1, 0)).toThrow(/front/);
  });
});

test("500 doors and 200 schedules are compiled in a moment", () => {
  const doors = Array.from({ length: 500 }, (_, n) =>
    frontDoor({ id: `d${n}`, lock: { point: `b${n}/lock/1`, kind: "fail-safe", mechanicalEgress: true } }),
  );
  const schedules = Array.from(
    { length: 200 },
    (_, n) => ({ id: `s${n}`, name: `S${n}`, ...daily("07:00", "19:00") }) as ScheduleEntry,
  );
  const document = smallHouse({ doors, schedules });
  compileSite(document, 1, Date.parse("2026-10-20T12:00Z"));
  // Measured 11 to 25 ms; ten times that is the bound.
  expect(cpuMs(() => compileSite(document, 1, Date.parse("2026-10-20T12:00Z")))).toBeLessThan(250);
});

describe("a date in a list of people", () => {
  test("is a day at the site: from its first instant, until after its last", () => {
    expect(instantOf("2026-12-31", "Europe/Berlin", "from")).toBe(Date.parse("2026-12-30T23:00Z"));
    expect(instantOf("2026-12-31", "Europe/Berlin", "until")).toBe(Date.parse("2026-12-31T23:00Z"));
    expect(instantOf("2026-03-29", "Europe/Berlin", "until")).toBe(Date.parse("2026-03-29T22:00Z"));
  });
  test("may be an instant, and is nothing else", () => {
    expect(instantOf("2026-12-31T17:00:00+01:00", "Europe/Berlin", "until")).toBe(
      Date.parse("2026-12-31T16:00Z"),
    );
    for (const text of ["", "31.12.2026", "2026-02-30", "tomorrow", "2026-12-31T17:00"]) {
      expect(instantOf(text, "Europe/Berlin", "until"), text).toBeUndefined();
    }
  });
});
