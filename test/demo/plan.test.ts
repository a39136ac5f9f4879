import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { holds, wallClock } from "../../config/demo/devices/calendar.js";
import { asRead, frame26 } from "../../config/demo/devices/cards.js";
import { type Act, nextAct, type Town } from "../../config/demo/devices/plan.js";
import { seededRandom } from "../../config/demo/devices/random.js";
import { Rights } from "../../config/demo/devices/rights.js";
import { pointsOf, readAccounts, readCards, readSite } from "../../config/demo/devices/wires.js";
import { smallPeople, smallSite } from "./small-building.js";

const site = readSite(smallSite);
const cards = readCards(smallPeople);
const tuesdayNoon = Date.parse("2026-11-24T12:00:00+01:00");
const sundayNight = Date.parse("2026-11-29T03:00:00+01:00");

function town(at: number, whereabouts: Readonly<Record<string, string>> = {}): Town {
  return {
    site,
    rights: new Rights(site),
    doors: site.doors.filter(({ id }) => id !== "side"),
    sensors: site.sensors,
    cards,
    at,
    areaOf: (person) => whereabouts[person] ?? "outside",
    isBusy: () => false,
    isArmed: () => false,
  };
}

function acts(count: number, of: Town, seed: number): (Act | undefined)[] {
  return Array.from({ length: count }, (_, index) => nextAct(index, of, seededRandom(seed * 1000 + index)));
}

const kindOf = (act: Act | undefined) => (act && "why" in act ? act.why : act?.act);

describe("what happens next", () => {
  test("the same seed gives the same day, another seed another one", () => {
    const of = town(tuesdayNoon, { fay: "lobby" });
    expect(acts(60, of, 7)).toEqual(acts(60, of, 7));
    expect(acts(60, of, 7)).not.toEqual(acts(60, of, 8));
  });

  test.each([
    ["a Tuesday's noon", tuesdayNoon],
    ["a Sunday's night", sundayNight],
  ])(
    "on %s somebody arrives first, and within fifteen acts there is something of everything",
    (_when, at) => {
      const day = acts(15, town(at, { fay: "lobby", sue: "lobby" }), 1);
      expect(kindOf(day[0])).toBe("arrival");
      const kinds = new Set(day.map(kindOf));
      for (const kind of [
        "arrival",
        "departure",
        "errand",
        "stranger",
        "not-valid",
        "no-right",
        "outside-schedule",
        "force",
        "trip",
      ]) {
        expect(kinds, kind).toContain(kind);
      }
      const manners = day.map((act) => act?.act === "walk" && act.manner);
      expect(manners).toContain("prop");
      expect(manners).toContain("turn-back");
    },
  );

  test("who may not come in now does not arrive, and door by door the way is one that the card opens", () => {
    const arrivals = acts(400, town(sundayNight), 3).filter((act) => act?.act === "walk");
    expect(arrivals.length).toBeGreaterThan(50);
    for (const act of arrivals) {
      expect(["fay", "finn"]).toContain(act.card.person);
      expect(act.doors.map(({ id }) => id)).toEqual(["front", "store"].slice(0, act.doors.length));
    }
  });

  test("nobody leaves a room through a door that has neither reader nor button on that side", () => {
    const wired = site.doors.map((door) => (door.id === "front" ? { ...door, exitButton: undefined } : door));
    const shut = { ...town(tuesdayNoon, { fay: "lobby" }), doors: wired.filter(({ id }) => id !== "side") };
    expect(acts(200, shut, 5).map(kindOf)).not.toContain("departure");
  });

  test("in a building without people, cards or sensors there is still the odd stranger", () => {
    const empty = { ...town(tuesdayNoon), cards: [], sensors: [] };
    const kinds = new Set(acts(100, empty, 5).map(kindOf));
    expect([...kinds].sort()).toEqual(["force", "stranger"]);
  });

  test("where nothing can happen, nothing does", () => {
    expect(nextAct(0, { ...town(tuesdayNoon), doors: [], sensors: [] }, seededRandom(1))).toBeUndefined();
  });
});

describe("the demo building", () => {
  const folder = new URL("../../config/demo/", import.meta.url);
  const demo = readSite(readFileSync(new URL("site.yaml", folder), "utf8"));
  const people = readCards(readFileSync(new URL("people.csv", folder), "utf8"));

  test("every card of the people's list is one that a reader reads", () => {
    const rows = readFileSync(new URL("people.csv", folder), "utf8").trim().split("\n");
    expect(people.length).toBe(rows.length - 1);
  });

  test.each([
    ["a Tuesday morning", "2026-11-24T10:00:00+01:00"],
    ["a Sunday night", "2026-11-29T03:00:00+01:00"],
    ["a Saturday evening", "2026-11-28T18:30:00+01:00"],
    ["Christmas", "2026-12-25T12:00:00+01:00"],
  ])("on %s people come at once, and in a story's hour everything happens", (_when, instant) => {
    const where = new Map<string, string>();
    const at = Date.parse(instant);
    const now: Town = {
      ...town(at),
      site: demo,
      rights: new Rights(demo),
      doors: demo.doors.filter(({ id }) => id !== "side"),
      sensors: demo.sensors,
      cards: people,
      areaOf: (person) => where.get(person) ?? "outside",
    };
    const kinds: unknown[] = [];
    for (let index = 0; index < 900; index++) {
      const act = nextAct(index, now, seededRandom(index));
      kinds.push(kindOf(act));
      if (act?.act === "walk") {
        kinds.push(act.manner);
        for (const { from, to } of act.doors) {
          const here = now.areaOf(act.card.person);
          expect([from, to]).toContain(here);
          where.set(act.card.person, here === from ? to : from);
        }
      }
    }
    expect(kinds.slice(0, 3)).toEqual(["arrival", "through", "arrival"]);
    const all = ["arrival", "departure", "errand", "prop", "turn-back", "stranger", "not-valid", "no-right"];
    for (const kind of [...all, "outside-schedule", "force", "trip"]) {
      expect(kinds.filter((each) => each === kind).length, kind).toBeGreaterThan(1);
    }
    expect(kinds).not.toContain(undefined);
  });
});

describe("rights as people know them", () => {
  const rights = new Rights(site);
  const card = (person: string) => cards.find((each) => each.person === person);
  const door = (id: string) => site.doors.find((each) => each.id === id);

  test.each([
    ["fay", "store", sundayNight, "granted"],
    ["sue", "front", tuesdayNoon, "granted"],
    ["sue", "front", sundayNight, "outside-schedule"],
    ["sue", "front", Date.parse("2026-12-25T12:00:00+01:00"), "outside-schedule"],
    ["sue", "store", tuesdayNoon, "no-right"],
    ["lars", "front", tuesdayNoon, "not-valid"],
    ["olga", "front", tuesdayNoon, "not-valid"],
    ["cleo", "front", Date.parse("2026-11-28T05:59:00+01:00"), "granted"],
    ["cleo", "front", Date.parse("2026-11-28T06:00:00+01:00"), "outside-schedule"],
  ])("%s at %s, %d: %s", (person, at, instant, expected) => {
    const [who, where] = [card(person), door(at)];
    if (!who || !where) throw new Error("not in the small building");
    expect(rights.expect(who, where, instant)).toBe(expected);
  });

  test("a window over midnight belongs to the day on which it opens, also into a holiday", () => {
    const night = {
      id: "n",
      week: [{ days: ["thu"], from: "22:00", to: "06:00" }],
      holidays: "closed" as const,
    };
    const christmas = [{ from: "2026-12-25", to: "2026-12-26", type: "holiday" }];
    const at = (text: string) => wallClock(Date.parse(text), "Europe/Berlin");
    expect(holds(night, christmas, at("2026-12-25T03:00:00+01:00"))).toBe(true);
    expect(holds(night, christmas, at("2026-12-24T21:59:00+01:00"))).toBe(false);
    expect(
      holds(
        night,
        [{ from: "2026-12-24", to: "2026-12-24", type: "holiday" }],
        at("2026-12-25T03:00:00+01:00"),
      ),
    ).toBe(false);
  });
});

describe("what a reader reads of a card", () => {
  test("26 bits as the standard's worked example has them (H10301, facility 123, number 4567)", () => {
    expect(frame26(123, 4567)).toBe("10111101100010001110101110");
    expect(frame26(0, 0)).toBe("00000000000000000000000001");
  });

  test.each([
    ["H10301:123/4567", { bits: frame26(123, 4567) }],
    ["142,51091", { bits: frame26(142, 51091) }],
    ["0009357203", { bits: frame26(142, 51091) }],
    ["uid:04A1B2C3D4E580", { uid: "04a1b2c3d4e580" }],
    ["04:A1:B2:C3:D4:E5:80", { uid: "04a1b2c3d4e580" }],
    ["bits:0100", { bits: "0100" }],
    ["code:visitor 7", { code: "visitor 7" }],
    ["256,1", undefined],
    ["no card", undefined],
  ])("%s", (written, raw) => {
    expect(asRead(written)).toEqual(raw);
  });
});

test("nobody goes where it is armed, and nothing is opened or set off there", () => {
  const armedStore = readSite(
    smallSite
      .replace(
        "    contact: store-lock/input/1",
        "    contact: store-lock/input/1\n    partitions: { inside: safe }",
      )
      .replace(
        "type: water, point: sensors/input/2,",
        "type: water, point: sensors/input/2, partition: safe,",
      )
      .concat("partitions: [{ id: safe, name: Safe }]\n"),
  );
  const of = (armed: boolean): Town => ({
    ...town(tuesdayNoon, { fay: "lobby", finn: "lobby" }),
    site: armedStore,
    doors: armedStore.doors.filter(({ id }) => id !== "side"),
    sensors: armedStore.sensors,
    isArmed: (partition) => armed && partition === "safe",
  });
  const touched = (act: Act | undefined): readonly string[] =>
    act?.act === "walk"
      ? act.doors.map(({ id }) => id)
      : act?.act === "force"
        ? [act.door.id]
        : act?.act === "trip"
          ? [act.sensor.id]
          : [];
  const all = (armed: boolean) => new Set(acts(400, of(armed), 3).flatMap(touched));
  expect([...all(false)]).toEqual(expect.arrayContaining(["store", "store-water", "front"]));
  expect([...all(true)].filter((id) => id.startsWith("store"))).toEqual([]);
  expect(all(true)).toContain("front");
});

describe("what a wirer knows", () => {
  test("each device has the terminals that something is wired to", () => {
    const points = pointsOf(site);
    expect(points.get("front-lock")).toEqual({ reader: [], lock: [1], input: [1, 2], output: [] });
    expect(points.get("store-reader")).toEqual({ reader: [1, 2], lock: [], input: [], output: [] });
    expect(points.get("sensors")).toEqual({ reader: [], lock: [], input: [1, 2], output: [] });
    const siren = "alarm: { sirens: [{ id: siren, name: Siren, kind: indoor, point: sensors/output/1 }] }";
    expect(pointsOf(readSite(`${smallSite}${siren}\n`)).get("sensors")?.output).toEqual([1]);
  });

  test("a person without a card is nobody's visitor, and a blank status is active", () => {
    expect(cards.map(({ person }) => person)).toEqual(["fay", "finn", "sue", "cleo", "lars", "olga"]);
    expect(cards.find(({ person }) => person === "sue")?.status).toBe("active");
  });

  test("what is no site, no list or no accounts file is refused with its place", () => {
    expect(() => readSite("doors: []")).toThrow(/the site document: site: /);
    expect(() => readSite(smallSite.replace("front-lock/lock/1", "front-lock"))).toThrow(
      "doors.0.lock.point: front-lock is no point of a device",
    );
    expect(() => readCards("name\nFay\n")).toThrow(/the people's list: 0.person: /);
    expect(() => readAccounts("{}")).toThrow(/the accounts file/);
  });
});
