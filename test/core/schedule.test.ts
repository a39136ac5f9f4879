import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  hoursToday,
  inSchedule,
  nextBoundary,
  nextStart,
  schedulesKnown,
  wallTime,
  whenSpoken,
} from "../../gateway/core/schedule.js";
import type { Schedule, Site } from "../../gateway/core/site.js";
import { local, monday, smallOffice, weekly } from "../stories/small-office.js";
import { runs } from "./any-day.js";

const hourMs = 3_600_000;

function spans(...pairs: readonly (readonly [number, number])[]): Schedule {
  const starts = Float64Array.from(pairs.map(([start]) => start));
  return { id: "s", name: "s", starts, ends: Float64Array.from(pairs.map(([, end]) => end)), always: false };
}

function inZone(...offsets: readonly (readonly [from: number, minutes: number])[]): Site {
  return { ...smallOffice(), offsets: offsets.map(([from, minutes]) => ({ from, minutes })) };
}

test("a schedule holds from its first instant to before its last", () => {
  const schedule = spans([10, 20], [30, 40]);
  expect([9, 10, 19, 20, 29, 30, 39, 40].map((at) => inSchedule(schedule, at))).toEqual([
    false,
    true,
    true,
    false,
    false,
    true,
    true,
    false,
  ]);
});

test("the next boundary is the first change after an instant, and none after the last", () => {
  const schedule = spans([10, 20], [30, 40]);
  expect([9, 10, 19, 20, 29, 30, 40, 99].map((at) => nextBoundary(schedule, at))).toEqual([
    10,
    20,
    20,
    30,
    30,
    40,
    undefined,
    undefined,
  ]);
  expect([9, 10, 35].map((at) => nextStart(schedule, at))).toEqual([10, 30, undefined]);
});

test("the binary search finds what a walk over all intervals finds", () => {
  const lengths = fc.array(fc.tuple(fc.integer({ min: 1, max: 9 }), fc.integer({ min: 1, max: 9 })), {
    maxLength: 30,
  });
  fc.assert(
    fc.property(lengths, fc.integer({ min: -5, max: 600 }), (gaps, at) => {
      let end = 0;
      const pairs = gaps.map(([gap, length]): [number, number] => {
        const start = end + gap;
        end = start + length;
        return [start, end];
      });
      const schedule = spans(...pairs);
      expect(inSchedule(schedule, at)).toBe(pairs.some(([from, until]) => from <= at && at < until));
      expect(nextBoundary(schedule, at)).toBe(pairs.flat().find((instant) => instant > at));
    }),
    { numRuns: runs },
  );
});

test("what is beyond the compiled window is not known", () => {
  const site = smallOffice();
  const { compiledFrom, compiledUntil } = site;
  const known = [compiledFrom - 1, compiledFrom, compiledUntil - 1, compiledUntil].map((at) =>
    schedulesKnown(site, at),
  );
  expect(known).toEqual([false, true, true, false]);
});

describe("local time", () => {
  test("follows the offset of the instant, across a change of it", () => {
    // Europe/Berlin, 2026-10-25: 03:00 summer time becomes 02:00 at 01:00 UTC.
    const site = inZone([Date.UTC(2026, 9, 1), 120], [Date.UTC(2026, 9, 25, 1), 60]);
    const told = [0, 1, 2].map((hour) => wallTime(site, Date.UTC(2026, 9, 25, hour, 30)).time);
    expect(told).toEqual(["02:30", "02:30", "03:30"]);
  });

  test("knows quarter hours and half-hour steps", () => {
    expect(wallTime(inZone([0, 345]), Date.UTC(2026, 0, 1, 20)).time).toBe("01:45"); // Asia/Kathmandu
    const lordHowe = inZone([0, 660], [Date.UTC(2026, 3, 4, 15), 630]); // Australia/Lord_Howe, 2026-04-05
    const told = [14, 15].map((hour) => wallTime(lordHowe, Date.UTC(2026, 3, 4, hour, 59)).time);
    expect(told).toEqual(["01:59", "02:29"]);
  });

  test("is that of the window's edge outside it, and UTC with no window", () => {
    expect(wallTime(inZone([1_000_000, 60]), 0).time).toBe("01:00");
    expect(wallTime(inZone(), 0)).toEqual({
      date: "1970-01-01",
      time: "00:00",
      seconds: 0,
      weekday: "Thursday",
      day: 0,
    });
  });

  test("names today, a day of the week ahead, and a date beyond that", () => {
    const site = smallOffice();
    const now = local("12:00");
    const spoken = [local("14:00"), local("07:00", 1), local("07:00", 6), local("07:00", 7)];
    expect(spoken.map((at) => whenSpoken(site, at, now))).toEqual([
      "14:00 today",
      "07:00 on Tuesday",
      "07:00 on Sunday",
      "07:00 on 2026-11-30",
    ]);
  });
});

describe("the hours of today", () => {
  const site = smallOffice();

  test("are all that touch the local day, in order", () => {
    const halves = spans([local("07:00"), local("12:00")], [local("13:00"), local("19:00")]);
    expect(hoursToday(site, halves, local("03:00"))).toBe("07:00-12:00, 13:00-19:00");
    expect(hoursToday(site, weekly("office", [0], "07:00", "19:00"), local("12:00", 1))).toBe("closed today");
    expect(hoursToday(site, { ...halves, always: true }, 0)).toBe("always");
  });

  test("reach over midnight, and end there when they do", () => {
    const night = spans([local("22:00"), local("22:00") + 8 * hourMs]);
    expect(hoursToday(site, night, local("23:00"))).toBe("22:00-24:00");
    expect(hoursToday(site, night, local("01:00", 1))).toBe("00:00-06:00");
    const evening = spans([local("20:00"), monday + 24 * hourMs]);
    expect(hoursToday(site, evening, local("21:00"))).toBe("20:00-24:00");
    expect(hoursToday(site, evening, local("01:00", 1))).toBe("closed today");
  });
});
