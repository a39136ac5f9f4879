import { expect, test } from "vitest";
import { local, smallOffice, staff, weekly } from "./small-office.js";
import { Teller } from "./teller.js";

const line = (door: string, when: object, schedule = "always", deny = false) => ({
  lines: new Map([[door, [{ schedule, deny, when }]]]),
});

test("a right for a time begins and ends on its minute, and takes effect with the next card", () => {
  const story = new Teller().at("08:00").badge("eve", "front");
  story.row("eve", "given the front door from 08:30 to 08:45", {
    temporary: [{ door: "front", from: local("08:30"), until: local("08:45") }],
  });
  story.badge("eve", "front").at("08:30").badge("eve", "front").at("08:44:59").badge("eve", "front");
  story
    .at("08:45")
    .badge("eve", "front")
    .row("eve", "given it for another hour", {
      temporary: [{ door: "front", from: local("08:45"), until: local("09:45") }],
    });
  story.badge("eve", "front").wait(10);
  expect(story.transcript).toMatchInlineSnapshot(`
    "
    08:00:00  card-eve at Front door, outside
              Eve Kern was not let in at Front door: none of the person's groups may use this door
                would be let in if the person were in the group staff
              → reader shows denied
    08:00:00  Eve Kern: given the front door from 08:30 to 08:45
    08:00:00  card-eve at Front door, outside
              Eve Kern was not let in at Front door: outside the hours of the person's groups
                would be let in 08:30-08:45 today, or if the person were in the group staff
              → reader shows denied
    08:30:00  card-eve at Front door, outside
              Eve Kern was let in at Front door
              → release front for 5 s; reader shows granted
    08:30:05  …
              Eve Kern was let in at Front door and did not open it
    08:44:59  card-eve at Front door, outside
              Eve Kern was let in at Front door
              → release front for 5 s; reader shows granted
    08:45:00  card-eve at Front door, outside
              Eve Kern was not let in at Front door: outside the hours of the person's groups
                would be let in if the person were in the group staff
              → reader shows denied
    08:45:00  Eve Kern: given it for another hour
    08:45:00  card-eve at Front door, outside
              Eve Kern was let in at Front door
              → release front for 5 s; reader shows granted
    08:45:05  …
              Eve Kern was let in at Front door and did not open it
    "
  `);
});

test("a right for a time is to a door, to an area with all its doors, or a membership with the hours of its group", () => {
  const temporary = (right: object) => [{ ...right, from: local("06:00"), until: local("23:00") }];
  const people = staff({
    people: {
      eve: { temporary: temporary({ area: "workshop" }) },
      ben: { groups: [], temporary: temporary({ group: "cleaners" }) },
      gil: {
        validFrom: local("00:00"),
        groups: [],
        temporary: temporary({ door: "front", schedule: "opening" }),
      },
    },
  });
  const story = new Teller(smallOffice(), people).at("10:00");
  for (const who of ["eve", "ben", "gil"]) story.badge(who, "front").badge(who, "workshop");
  story.at("19:00").badge("ben", "front").badge("gil", "front");
  const told = story.events
    .filter(({ type }) => type === "access.granted" || type === "access.denied")
    .map(({ type, person, door }) => `${person} ${door} ${type.slice(7)}`);
  expect(told).toEqual([
    "eve front denied",
    "eve workshop granted",
    "ben front denied",
    "ben workshop denied",
    "gil front granted",
    "gil workshop denied",
    "ben front granted",
    "gil front denied",
  ]);
});

test("a denial wins over every right at its hours, and not at others", () => {
  const site = smallOffice({
    groups: { night: { name: "No mornings", ...line("front", {}, "opening", true) } },
  });
  const people = staff({ people: { ada: { groups: ["staff", "night"] } } });
  const story = new Teller(site, people).at("08:00").badge("ada", "front").at("10:00").badge("ada", "front");
  story.at("12:00").badge("ada", "front").wait(10);
  expect(story.transcript).toMatchInlineSnapshot(`
    "
    08:00:00  card-ada at Front door, outside
              Ada Berg was let in at Front door
              → release front for 5 s; reader shows granted
    08:00:05  …
              Ada Berg was let in at Front door and did not open it
    10:00:00  card-ada at Front door, outside
              Ada Berg was not let in at Front door: a group of the person is denied this door
                would be let in if the person were not in the group No mornings, or 12:00-19:00 today
              → reader shows denied
    12:00:00  card-ada at Front door, outside
              Ada Berg was let in at Front door
              → release front for 5 s; reader shows granted
    12:00:05  …
              Ada Berg was let in at Front door and did not open it
    "
  `);
});

test("a denial does not hold where its condition is known to be broken, and does where it is not known", () => {
  const site = smallOffice({
    groups: { airers: line("front", { input: { sensor: "window", is: "active" } }, "always", true) },
  });
  const people = staff({ people: { ada: { groups: ["staff", "airers"] } } });
  const story = new Teller(site, people).at("08:00").badge("ada", "front");
  story.sensor("window", true, { fault: "open" }).badge("ada", "front");
  expect(
    story.events.flatMap(({ type, reason }) => (type.startsWith("access") ? [reason ?? type] : [])),
  ).toEqual(["access.granted", "excluded"]);
});

test("a right that needs a disarmed partition waits for it", () => {
  const site = smallOffice({
    groups: { it: { doors: new Map(), ...line("server", { disarmed: "ground" }) } },
  });
  const story = new Teller(site).at("08:00");
  story.state.partitions.set("ground", { is: "armed", level: "away", since: story.now });
  story.badge("finn", "server");
  story.state.partitions.set("ground", { is: "disarmed" });
  story.badge("finn", "server");
  expect(story.transcript).toMatchInlineSnapshot(`
    "
    08:00:00  card-finn at Server room door, outside
              Finn Holm was not let in at Server room door: a partition is armed
                would be let in if Ground floor were disarmed
              → reader shows denied
    08:00:00  card-finn at Server room door, outside
              Finn Holm was let in at Server room door
              Finn Holm went through Server room door into Server room (assumed)
              → release server for 5 s; reader shows granted
    "
  `);
});

test("who comes first today opens the day for the others, and not for tomorrow", () => {
  const site = smallOffice({ groups: { helpers: line("front", { firstIn: "it" }) } });
  const people = staff({ more: { hugo: { name: "Hugo Beck", groups: ["helpers"] } } });
  const story = new Teller(site, people).at("08:00").badge("hugo", "front").badge("finn", "front").wait(10);
  story.badge("hugo", "front").at("08:00", 1).badge("hugo", "front");
  expect(
    story.events.flatMap(({ type, person, reason }) =>
      type === "access.granted" || type === "access.denied" ? [`${person} ${reason ?? "granted"}`] : [],
    ),
  ).toEqual(["hugo first-not-in", "finn granted", "hugo granted", "hugo first-not-in"]);
});

test("somebody else must be there, and being there oneself is not enough", () => {
  const site = smallOffice({
    groups: { it: { doors: new Map(), ...line("server", { presentIn: "lobby" }) } },
  });
  const story = new Teller(site).at("08:00").badge("finn", "front").opens("front").closes("front");
  story.badge("finn", "server").badge("ada", "front").opens("front").closes("front").badge("finn", "server");
  expect(
    story.events.flatMap(({ type, door, reason }) =>
      door === "server" && (type === "access.granted" || type === "access.denied")
        ? [reason ?? "granted"]
        : [],
    ),
  ).toEqual(["nobody-present", "granted"]);
});

test("a right that needs a right clock does not count while it is in doubt", () => {
  const site = smallOffice({
    groups: { it: { doors: new Map(), ...line("server", { clockTrusted: true }) } },
  });
  const story = new Teller(site)
    .at("08:00")
    .badge("finn", "server")
    .restart(60, "nobody")
    .badge("finn", "server");
  expect(story.events.filter(({ type }) => type === "access.granted")).toHaveLength(1);
  expect(story.events.at(-1)).toMatchObject({ type: "access.denied", reason: "clock-not-trusted" });
});

test("a training counts to its last instant", () => {
  const site = smallOffice({ groups: { welders: line("workshop", { training: "welding" }) } });
  const people = staff({
    more: { wim: { name: "Wim Ehl", groups: ["welders"], trainings: { welding: local("09:00") } } },
  });
  const story = new Teller(site, people)
    .at("08:59:59")
    .badge("wim", "workshop")
    .at("09:00")
    .badge("wim", "workshop");
  expect(story.events.map(({ reason, type }) => reason ?? type)).toEqual([
    "access.granted",
    "training-missing",
  ]);
  // A word that every object has is no training.
  const odd = smallOffice({ groups: { welders: line("workshop", { training: "constructor" }) } });
  const told = new Teller(odd, people).at("08:00").badge("wim", "workshop");
  expect(told.events.at(-1)?.reason).toBe("training-missing");
});

test("hours over midnight go on until their end", () => {
  const site = smallOffice({
    schedules: [weekly("night", [0], "22:00", "30:00")],
    groups: { guards: { name: "Guards", doors: new Map([["front", ["night"]]]) } },
  });
  const people = staff({ people: { eve: { groups: ["guards"] } } });
  const story = new Teller(site, people).at("21:59").badge("eve", "front").at("22:00").badge("eve", "front");
  story.at("05:59", 1).badge("eve", "front").at("06:00").badge("eve", "front");
  expect(story.transcript).toMatchInlineSnapshot(`
    "
    21:59:00  card-eve at Front door, outside
              Eve Kern was not let in at Front door: outside the hours of the person's groups
                would be let in from 22:00 today until 06:00 on Tuesday
              → reader shows denied
    22:00:00  card-eve at Front door, outside
              Eve Kern was let in at Front door
              → release front for 5 s; reader shows granted
    22:00:05  …
              Eve Kern was let in at Front door and did not open it
    05:59:00  card-eve at Front door, outside
              Eve Kern was let in at Front door
              → release front for 5 s; reader shows granted
    05:59:05  …
              Eve Kern was let in at Front door and did not open it
    06:00:00  card-eve at Front door, outside
              Eve Kern was not let in at Front door: outside the hours of the person's groups
                would be let in from 22:00 on Monday until 06:00 on 2026-12-01
              → reader shows denied
    "
  `);
});
