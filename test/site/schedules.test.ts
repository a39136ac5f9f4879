import fc from "fast-check";
import { Temporal } from "temporal-polyfill";
import { describe, expect, test } from "vitest";
import { inSchedule } from "../../gateway/core/schedule.js";
import type { Instant, Schedule } from "../../gateway/core/site.js";
import { compileSite } from "../../gateway/site/compile.js";
import { parseSite, type ScheduleEntry, type SiteDocument, weekdays } from "../../gateway/site/document.js";
import { instantOf } from "../../gateway/site/local-time.js";
import { smallOffice, workdays } from "./small-office.js";

const everyDay = [...weekdays];
const dayMs = 86_400_000;

type Plan = Omit<ScheduleEntry, "id" | "name">;

interface Place {
  readonly timeZone?: string;
  readonly holidays?: NonNullable<SiteDocument["holidays"]>;
}

function siteWith(plan: Plan, around: Instant, { timeZone = "Europe/Berlin", holidays = [] }: Place = {}) {
  const document = smallOffice({
    site: { id: "here", name: "Here", timeZone },
    schedules: [{ id: "plan", name: "Plan", ...plan }],
    groups: [],
    holidays,
  });
  const parsed = parseSite(document);
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.faults));
  return compileSite(parsed.document, 1, around);
}

function compiled(plan: Plan, around: Instant, place: Place = {}): Schedule {
  const schedule = siteWith(plan, around, place).schedules.get("plan");
  if (!schedule) throw new Error("the schedule was not compiled");
  return schedule;
}

/** The schedule's intervals within a stretch of time, in local wall time with its offset. */
function spans(plan: Plan, from: string, until: string, place: Place = {}): string[] {
  const [start, end] = [Date.parse(from), Date.parse(until)];
  const { starts, ends } = compiled(plan, start, place);
  const local = (at: Instant) =>
    Temporal.Instant.fromEpochMilliseconds(at)
      .toZonedDateTimeISO(place.timeZone ?? "Europe/Berlin")
      .toString({ timeZoneName: "never", smallestUnit: "minute" });
  return [...starts].flatMap((at, index) => {
    const to = ends[index] as number;
    return at < end && to > start ? [`${local(at)} to ${local(to)}`] : [];
  });
}

const at = (text: string) => Date.parse(text);

describe("an ordinary week", () => {
  test("office hours hold from their first minute up to their last, and not at the weekend", () => {
    const hours = compiled({ week: [workdays("07:00", "19:00")] }, at("2026-11-24T00:00+01:00"));
    for (const [when, holds] of [
      ["2026-11-24T06:59:59.999+01:00", false],
      ["2026-11-24T07:00:00+01:00", true],
      ["2026-11-24T18:59:59.999+01:00", true],
      ["2026-11-24T19:00:00+01:00", false],
      ["2026-11-28T12:00:00+01:00", false],
      ["2026-11-29T12:00:00+01:00", false],
      ["2026-11-30T12:00:00+01:00", true],
    ] as const) {
      expect(inSchedule(hours, at(when)), when).toBe(holds);
    }
  });

  test("windows that overlap or touch are one", () => {
    const plan = {
      week: [workdays("07:00", "12:00"), workdays("11:00", "13:00"), workdays("13:00", "15:00")],
    };
    expect(spans(plan, "2026-11-24T00:00+01:00", "2026-11-25T00:00+01:00")).toEqual([
      "2026-11-24T07:00+01:00 to 2026-11-24T15:00+01:00",
    ]);
  });

  test("a window up to 24:00 goes on at 00:00 of the next day without a gap", () => {
    const plan = { week: [{ days: everyDay, from: "00:00", to: "24:00" }] };
    const { starts, ends } = compiled(plan, at("2026-11-24T00:00+01:00"));
    expect([starts.length, ends.length]).toEqual([1, 1]);
  });

  test("a schedule without windows never holds, and always always does", () => {
    const around = at("2026-11-24T12:00+01:00");
    const site = siteWith({ week: [] }, around);
    const [never, always] = [site.schedules.get("plan"), site.schedules.get("always")];
    for (let days = -1; days < 15; days += 0.25) {
      expect(never && inSchedule(never, around + days * dayMs)).toBe(false);
      expect(always && inSchedule(always, around + days * dayMs)).toBe(true);
    }
  });
});

describe("a window over midnight", () => {
  const friday = { week: [{ days: ["fri" as const], from: "22:00", to: "06:00" }] };

  test("belongs to the day on which it opens", () => {
    expect(spans(friday, "2026-11-23T00:00+01:00", "2026-11-30T00:00+01:00")).toEqual([
      "2026-11-27T22:00+01:00 to 2026-11-28T06:00+01:00",
    ]);
  });

  test("goes on into a holiday, and does not open on one", () => {
    const saturday = { holidays: [{ date: "2026-11-28", name: "Saturday" }] };
    expect(spans(friday, "2026-11-27T00:00+01:00", "2026-11-29T00:00+01:00", saturday)).toEqual([
      "2026-11-27T22:00+01:00 to 2026-11-28T06:00+01:00",
    ]);
    const itself = { holidays: [{ date: "2026-11-27", name: "Friday" }] };
    expect(spans(friday, "2026-11-27T00:00+01:00", "2026-11-29T00:00+01:00", itself)).toEqual([]);
  });

  test("that was open when the compiled stretch begins is open in it", () => {
    const night = { week: [{ days: everyDay, from: "22:00", to: "06:00" }] };
    // The stretch begins two days before: 2026-11-22, 03:00, in the night of Saturday.
    const site = siteWith(night, at("2026-11-24T03:00+01:00"));
    const schedule = site.schedules.get("plan");
    expect(schedule && inSchedule(schedule, site.compiledFrom)).toBe(true);
  });
});

describe("a holiday", () => {
  const week = [workdays("07:00", "19:00")];
  const [tuesday, wednesday] = ["2026-11-24T00:00+01:00", "2026-11-25T00:00+01:00"];
  const place = { holidays: [{ date: "2026-11-24", name: "Founders' day" }] };

  test.each<[string, ScheduleEntry["holidays"] | undefined, string[]]>([
    ["closes a schedule that says nothing of it", undefined, []],
    ["closes", "closed", []],
    ["is a day as any other", "as-usual", ["2026-11-24T07:00+01:00 to 2026-11-24T19:00+01:00"]],
    [
      "has windows of its own",
      [{ from: "08:00", to: "10:00" }],
      ["2026-11-24T08:00+01:00 to 2026-11-24T10:00+01:00"],
    ],
    [
      "has windows of its own, over midnight too",
      [{ from: "23:00", to: "01:00" }],
      ["2026-11-24T23:00+01:00 to 2026-11-25T01:00+01:00"],
    ],
  ])("%s", (_, holidays, expected) => {
    const plan = { week, ...(holidays === undefined ? {} : { holidays }) };
    expect(spans(plan, tuesday, wednesday, place)).toEqual(expected);
  });

  test("may be a row of days, first and last among them", () => {
    const days = { holidays: [{ from: "2026-11-24", to: "2026-11-26", name: "Moving house" }] };
    expect(spans({ week }, "2026-11-23T00:00+01:00", "2026-11-28T00:00+01:00", days)).toEqual([
      "2026-11-23T07:00+01:00 to 2026-11-23T19:00+01:00",
      "2026-11-27T07:00+01:00 to 2026-11-27T19:00+01:00",
    ]);
  });
});

describe("the night on which the clocks go forward", () => {
  test("Europe/Berlin: a window in the hour that is left out does not open, one around it lasts an hour less", () => {
    const place = { timeZone: "Europe/Berlin" };
    const [from, until] = ["2027-03-28T00:00+01:00", "2027-03-29T00:00+02:00"];
    const during = { week: [{ days: everyDay, from: "02:10", to: "02:50" }] };
    expect(spans(during, from, until, place)).toEqual([]);
    const around = { week: [{ days: everyDay, from: "01:30", to: "03:30" }] };
    expect(spans(around, from, until, place)).toEqual(["2027-03-28T01:30+01:00 to 2027-03-28T03:30+02:00"]);
    const [start, end] = ["2027-03-28T01:30+01:00", "2027-03-28T03:30+02:00"].map(at);
    expect((end as number) - (start as number)).toBe(3_600_000);
  });

  test("a window that opens in the hour that is left out opens at the change", () => {
    const plan = { week: [{ days: everyDay, from: "02:30", to: "05:00" }] };
    expect(spans(plan, "2027-03-28T00:00+01:00", "2027-03-29T00:00+02:00")).toEqual([
      "2027-03-28T03:00+02:00 to 2027-03-28T05:00+02:00",
    ]);
  });

  test("a window that closes in the hour that is left out closes at the change", () => {
    const plan = { week: [{ days: everyDay, from: "00:30", to: "02:30" }] };
    expect(spans(plan, "2027-03-28T00:00+01:00", "2027-03-29T00:00+02:00")).toEqual([
      "2027-03-28T00:30+01:00 to 2027-03-28T03:00+02:00",
    ]);
  });

  test("America/New_York", () => {
    const plan = { week: [{ days: everyDay, from: "01:00", to: "04:00" }] };
    expect(
      spans(plan, "2027-03-14T00:00-05:00", "2027-03-15T00:00-04:00", { timeZone: "America/New_York" }),
    ).toEqual(["2027-03-14T01:00-05:00 to 2027-03-14T04:00-04:00"]);
  });

  test("Australia/Lord_Howe, by half an hour", () => {
    const plan = { week: [{ days: everyDay, from: "02:15", to: "03:00" }] };
    // 02:00 +10:30 becomes 02:30 +11:00.
    expect(
      spans(plan, "2026-10-04T00:00+10:30", "2026-10-05T00:00+11:00", { timeZone: "Australia/Lord_Howe" }),
    ).toEqual(["2026-10-04T02:30+11:00 to 2026-10-04T03:00+11:00"]);
  });
});

describe("the night on which the clocks go back", () => {
  const [from, until] = ["2026-10-25T00:00+02:00", "2026-10-26T00:00+01:00"];

  test("Europe/Berlin: a window in the hour that comes twice holds both times", () => {
    const during = { week: [{ days: everyDay, from: "02:10", to: "02:50" }] };
    expect(spans(during, from, until)).toEqual([
      "2026-10-25T02:10+02:00 to 2026-10-25T02:50+02:00",
      "2026-10-25T02:10+01:00 to 2026-10-25T02:50+01:00",
    ]);
  });

  test("a window around it lasts an hour longer, without a gap", () => {
    const around = { week: [{ days: everyDay, from: "01:30", to: "03:30" }] };
    expect(spans(around, from, until)).toEqual(["2026-10-25T01:30+02:00 to 2026-10-25T03:30+01:00"]);
  });

  test("a window that ends in it is open again when the wall shows its time again", () => {
    const plan = { week: [{ days: everyDay, from: "01:00", to: "02:30" }] };
    expect(spans(plan, from, until)).toEqual([
      "2026-10-25T01:00+02:00 to 2026-10-25T02:30+02:00",
      "2026-10-25T02:00+01:00 to 2026-10-25T02:30+01:00",
    ]);
  });

  test("America/New_York", () => {
    const plan = { week: [{ days: everyDay, from: "01:00", to: "01:30" }] };
    expect(
      spans(plan, "2026-11-01T00:00-04:00", "2026-11-02T00:00-05:00", { timeZone: "America/New_York" }),
    ).toEqual([
      "2026-11-01T01:00-04:00 to 2026-11-01T01:30-04:00",
      "2026-11-01T01:00-05:00 to 2026-11-01T01:30-05:00",
    ]);
  });

  test("Australia/Lord_Howe, by half an hour", () => {
    const plan = { week: [{ days: everyDay, from: "01:15", to: "02:15" }] };
    // 02:00 +11:00 becomes 01:30 +10:30.
    expect(
      spans(plan, "2027-04-04T00:00+11:00", "2027-04-05T00:00+10:30", { timeZone: "Australia/Lord_Howe" }),
    ).toEqual(["2027-04-04T01:15+11:00 to 2027-04-04T02:15+10:30"]);
  });
});

test("Asia/Kathmandu, a quarter of an hour off, keeps its wall clock all year", () => {
  const plan = { week: [workdays("09:00", "17:00")] };
  expect(
    spans(plan, "2026-11-24T00:00+05:45", "2026-11-25T00:00+05:45", { timeZone: "Asia/Kathmandu" }),
  ).toEqual(["2026-11-24T09:00+05:45 to 2026-11-24T17:00+05:45"]);
});

// ---------------------------------------------------------------------------------------------------- in all generality

const zones = ["Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Asia/Kathmandu"] as const;
/** Days on and around which the clocks change, and one on which nothing does. */
const days = [
  "2026-03-29",
  "2026-10-04",
  "2026-10-25",
  "2026-11-01",
  "2027-03-14",
  "2027-04-04",
  "2026-12-26",
];

const timeText = fc
  .integer({ min: 0, max: 1439 })
  .map((m) => `${String(Math.floor(m / 60)).padStart(2, "0")}:${String(m % 60).padStart(2, "0")}`);
const window = fc
  .record({ from: timeText, to: fc.oneof(timeText, fc.constant("24:00")) })
  .filter(({ from, to }) => from !== to);
const plan: fc.Arbitrary<Plan> = fc.record({
  week: fc.array(
    fc
      .record({ days: fc.subarray(everyDay, { minLength: 1 }), window })
      .map(({ days, window: { from, to } }) => ({
        days,
        from,
        to,
      })),
    { maxLength: 4 },
  ),
  holidays: fc.oneof(
    fc.constantFrom("closed" as const, "as-usual" as const),
    fc.array(window, { minLength: 1, maxLength: 2 }),
  ),
});
const place: fc.Arbitrary<Required<Place> & { readonly noon: Instant }> = fc
  .record({
    timeZone: fc.constantFrom(...zones),
    day: fc.constantFrom(...days),
    holidays: fc.subarray([-2, -1, 0, 1, 2]),
  })
  .map(({ timeZone, day, holidays }) => {
    const date = Temporal.PlainDate.from(day);
    return {
      timeZone,
      holidays: holidays.map((n) => ({ date: date.add({ days: n }).toString(), name: "Holiday" })),
      noon: date.toZonedDateTime({ timeZone, plainTime: "12:00" }).epochMilliseconds,
    };
  });

/** What the wall clock says, told without intervals: is its time in a window of today, or in one of yesterday's over midnight? */
function holdsOnTheWall(
  { week, holidays }: Plan,
  { timeZone, holidays: dates }: Required<Place>,
  now: Instant,
): boolean {
  const wall = Temporal.Instant.fromEpochMilliseconds(now).toZonedDateTimeISO(timeZone);
  const time = wall.toPlainTime().toString({ smallestUnit: "millisecond" });
  const windowsOf = (date: Temporal.PlainDate) => {
    const isHoliday = dates.some((holiday) => "date" in holiday && holiday.date === date.toString());
    if (isHoliday && holidays !== "as-usual") return Array.isArray(holidays) ? holidays : [];
    return week.filter((line) => line.days.includes(weekdays[date.dayOfWeek - 1] as "mon"));
  };
  const today = wall.toPlainDate();
  return (
    windowsOf(today).some(({ from, to }) => from <= time && (time < to || to < from)) ||
    windowsOf(today.subtract({ days: 1 })).some(({ from, to }) => to < from && time < to)
  );
}

describe("any schedule, in any of these zones, around any change of the clocks", () => {
  test("holds exactly when the clock on the wall shows a time in one of its windows", () => {
    fc.assert(
      fc.property(plan, place, fc.integer({ min: -36 * 60, max: 36 * 60 }), (some, where, minutes) => {
        const now = where.noon + minutes * 60_000;
        expect(inSchedule(compiled(some, where.noon, where), now)).toBe(holdsOnTheWall(some, where, now));
      }),
      { numRuns: 400 },
    );
  });

  test("holds or not whatever stretch of time it was compiled for", () => {
    fc.assert(
      fc.property(
        plan,
        place,
        fc.integer({ min: -36 * 60, max: 36 * 60 }),
        fc.integer({ min: -14 * 24 * 60, max: 60 }),
        (some, where, minutes, shift) => {
          const now = where.noon + minutes * 60_000;
          const other = where.noon + shift * 60_000;
          expect(inSchedule(compiled(some, other, where), now)).toBe(
            inSchedule(compiled(some, where.noon, where), now),
          );
        },
      ),
      { numRuns: 300 },
    );
  });

  test("is made of intervals that are sorted and apart from each other", () => {
    fc.assert(
      fc.property(plan, place, (some, where) => {
        const { starts, ends } = compiled(some, where.noon, where);
        let last = Number.NEGATIVE_INFINITY;
        for (const [index, start] of starts.entries()) {
          expect(start).toBeGreaterThan(last);
          last = ends[index] as number;
          expect(last).toBeGreaterThan(start);
        }
      }),
    );
  });
});

describe("a date in a list of people", () => {
  test.each([
    ["2026-11-24", "from", "2026-11-24T00:00:00+01:00"],
    ["2026-11-24", "until", "2026-11-25T00:00:00+01:00"],
    ["2026-10-25", "until", "2026-10-26T00:00:00+01:00"],
    ["2026-12-24T17:00:00+01:00", "until", "2026-12-24T17:00:00+01:00"],
    ["2026-12-24T17:00:00Z", "from", "2026-12-24T18:00:00+01:00"],
  ] as const)("%s, as the %s of a validity, is the instant at the site", (text, edge, instant) => {
    expect(instantOf(text, "Europe/Berlin", edge)).toBe(at(instant));
  });

  test.each([["2026-02-30"], ["24.12.2026"], ["tomorrow"], [""], ["2026-12-24T17:00:00"]])(
    "%s is none",
    (text) => {
      expect(instantOf(text, "Europe/Berlin", "from")).toBeUndefined();
    },
  );
});
