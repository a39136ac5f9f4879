import { expect, test } from "vitest";
import { outlook } from "../../gateway/core/access/outlook.js";
import { emptyState, type MutableState } from "../../gateway/core/state.js";
import { local, type OfficeSketch, smallOffice, staff } from "../stories/small-office.js";

function ahead(
  who: string,
  time: string,
  sketch: OfficeSketch = {},
  change: (state: MutableState) => void = () => {},
  people = staff(),
) {
  const state = emptyState();
  change(state);
  const person = people.person(who);
  if (!person) throw new Error("fixture");
  const doors = outlook(
    smallOffice(sketch),
    state,
    local(time),
    person,
    people.credential(`card-${who}`),
    people,
  );
  return Object.fromEntries(doors.map(({ door, ...told }) => [door.id, told]));
}

test("tells until when a door is open to somebody, and from when the next time", () => {
  expect(ahead("ada", "08:00")).toEqual({
    front: { now: true, until: local("19:00") },
    workshop: { now: true, until: local("19:00") },
    turnstile: { now: true, until: local("19:00") },
    server: { now: false, reason: "no-access" },
  });
  expect(ahead("ada", "19:00").front).toEqual({
    now: false,
    reason: "outside-schedule",
    from: local("07:00", 1),
  });
  expect(ahead("finn", "08:00").server).toEqual({ now: true });
});

test("knows the end of a validity, of a right for a time, and the hour of a denial", () => {
  const people = staff({
    people: {
      ada: { validUntil: local("12:00") },
      eve: { temporary: [{ door: "front", from: local("09:00"), until: local("10:00") }] },
      finn: { groups: ["staff", "mornings"] },
    },
  });
  const sketch: OfficeSketch = {
    groups: { mornings: { lines: new Map([["front", [{ schedule: "opening", deny: true, when: {} }]]]) } },
  };
  const front = (who: string, time: string) => ahead(who, time, sketch, undefined, people).front;
  expect(front("ada", "08:00")).toEqual({ now: true, until: local("12:00") });
  expect(front("eve", "08:00")).toEqual({ now: false, reason: "outside-schedule", from: local("09:00") });
  expect(front("eve", "09:30")).toEqual({ now: true, until: local("10:00") });
  expect(front("finn", "08:00")).toEqual({ now: true, until: local("09:00") });
  expect(front("finn", "10:00")).toEqual({ now: false, reason: "excluded", from: local("12:00") });
});

test("knows the state of the house: a lockdown, anti-passback, who must come along, a host who is gone", () => {
  const sketch: OfficeSketch = {
    areas: { workshop: { passback: { kind: "timed", forMs: 600_000 } } },
    doors: { server: { persons: { count: 2, withinMs: 15_000 } } },
  };
  const inWorkshop = { area: "workshop", since: local("08:00"), by: "workshop", how: "seen" } as const;
  expect(ahead("ada", "08:05", sketch, (state) => state.whereabouts.set("ada", inWorkshop)).workshop).toEqual(
    {
      now: false,
      reason: "passback-in",
      from: local("08:10"),
    },
  );
  expect(ahead("finn", "08:00", sketch).server).toEqual({ now: true, with: "waits-for-persons" });
  const lockdowns = [{ doorGroup: null, since: 0, by: "olga" }];
  expect(ahead("ada", "08:00", {}, (state) => state.house.set("house", { lockdowns })).front).toEqual({
    now: false,
    reason: "locked-down",
  });
  const people = staff({ people: { ada: { host: "cora" } } });
  expect(ahead("ada", "08:00", {}, undefined, people).front).toEqual({ now: false, reason: "host-inactive" });
});
