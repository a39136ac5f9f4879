import { expect, test } from "vitest";
import type { Passback } from "../../gateway/core/site.js";
import { type OfficeSketch, smallOffice, staff } from "./small-office.js";
import { Teller } from "./teller.js";

function workshop(passback: Passback, sketch: OfficeSketch = {}): Teller {
  return new Teller(smallOffice({ areas: { workshop: { passback } }, ...sketch })).at("08:00");
}

const into = (story: Teller, who: string): Teller =>
  story.badge(who, "workshop").opens("workshop").closes("workshop");

test("soft anti-passback lets in and tells, and comes even again by itself", () => {
  const story = into(workshop({ kind: "soft" }), "ada").wait(60);
  into(story, "ada");
  expect(story.transcript).toMatchInlineSnapshot(`
    "
    08:00:00  card-ada at Workshop door, outside
              Ada Berg was let in at Workshop door
              → release workshop for 5 s; reader shows granted
    08:00:00  the contact of Workshop door: open
              Workshop door opened
              Ada Berg went through Workshop door into Workshop
    08:00:00  the contact of Workshop door: closed
              Workshop door closed
    08:00:05  …
    08:01:00  card-ada at Workshop door, outside
              Ada Berg was let in at Workshop door
              Ada Berg went against anti-passback of Workshop at Workshop door: the person has not been seen leaving
              → release workshop for 5 s; reader shows granted
    08:01:00  the contact of Workshop door: open
              Workshop door opened
              Ada Berg went through Workshop door into Workshop
    08:01:00  the contact of Workshop door: closed
              Workshop door closed
    "
  `);
});

test("a card granted but not used may be presented again", () => {
  const story = workshop({ kind: "hard" }).badge("ada", "workshop").wait(10).badge("ada", "workshop");
  expect(story.events.filter(({ type }) => type === "access.granted")).toHaveLength(2);
});

test("timed anti-passback forgets after its minutes, and says when", () => {
  const story = into(workshop({ kind: "timed", forMs: 600_000 }), "ada")
    .wait(60)
    .badge("ada", "workshop");
  story.at("08:09:59").badge("ada", "workshop").at("08:10").badge("ada", "workshop");
  expect(story.transcript).toMatchInlineSnapshot(`
    "
    08:00:00  card-ada at Workshop door, outside
              Ada Berg was let in at Workshop door
              → release workshop for 5 s; reader shows granted
    08:00:00  the contact of Workshop door: open
              Workshop door opened
              Ada Berg went through Workshop door into Workshop
    08:00:00  the contact of Workshop door: closed
              Workshop door closed
    08:00:05  …
    08:01:00  card-ada at Workshop door, outside
              Ada Berg was not let in at Workshop door: the person has not been seen leaving
                would be let in if anti-passback were forgiven, or 08:10-19:00 today
              → reader shows denied
    08:09:59  card-ada at Workshop door, outside
              Ada Berg was not let in at Workshop door: the person has not been seen leaving
                would be let in if anti-passback were forgiven, or 08:10-19:00 today
              → reader shows denied
    08:10:00  card-ada at Workshop door, outside
              Ada Berg was let in at Workshop door
              → release workshop for 5 s; reader shows granted
    "
  `);
});

test("forgiven is a person, an area or everybody, and whoever was seen nowhere has nothing to be forgiven", () => {
  const story = workshop({ kind: "hard" });
  into(story, "ada").wait(1);
  story.forget();
  story.asks({ op: "passback.forgive", person: "ada" });
  into(story, "ada").wait(1).badge("ada", "workshop");
  story.asks({ op: "passback.forgive", area: "workshop" });
  into(story.wait(1), "ada").wait(1).badge("ada", "workshop");
  story.asks({ op: "passback.forgive" }, { note: "the drill is over" });
  into(story.wait(1), "ada");
  story.asks({ op: "passback.forgive", person: "gil" }).asks({ op: "passback.forgive", area: "attic" });
  expect(story.transcript).toMatchInlineSnapshot(`
    "
    08:00:01  Olga asks for passback.forgive for Ada Berg
              Olga forgave anti-passback of Ada Berg
    08:00:01  card-ada at Workshop door, outside
              Ada Berg was let in at Workshop door
              → release workshop for 5 s; reader shows granted
    08:00:01  the contact of Workshop door: open
              Workshop door opened
              Ada Berg went through Workshop door into Workshop
    08:00:01  the contact of Workshop door: closed
              Workshop door closed
    08:00:02  card-ada at Workshop door, outside
              Ada Berg was not let in at Workshop door: the person has not been seen leaving
                would be let in if anti-passback were forgiven
              → reader shows denied
    08:00:02  Olga asks for passback.forgive
              Olga forgave anti-passback in Workshop
    08:00:03  card-ada at Workshop door, outside
              Ada Berg was let in at Workshop door
              → release workshop for 5 s; reader shows granted
    08:00:03  the contact of Workshop door: open
              Workshop door opened
              Ada Berg went through Workshop door into Workshop
    08:00:03  the contact of Workshop door: closed
              Workshop door closed
    08:00:04  card-ada at Workshop door, outside
              Ada Berg was not let in at Workshop door: the person has not been seen leaving
                would be let in if anti-passback were forgiven
              → reader shows denied
    08:00:04  Olga asks for passback.forgive
              Olga forgave anti-passback (the drill is over)
    08:00:05  card-ada at Workshop door, outside
              Ada Berg was let in at Workshop door
              → release workshop for 5 s; reader shows granted
    08:00:05  the contact of Workshop door: open
              Workshop door opened
              Ada Berg went through Workshop door into Workshop
    08:00:05  the contact of Workshop door: closed
              Workshop door closed
    08:00:05  Olga asks for passback.forgive for Gil Mai
              passback.forgive by Olga was refused: the person was not seen anywhere
    08:00:05  Olga asks for passback.forgive
              passback.forgive by Olga was refused: there is no such area
    "
  `);
});

test("whoever is exempt comes and goes as he likes", () => {
  const site = smallOffice({ areas: { workshop: { passback: { kind: "hard" } } } });
  const story = new Teller(site, staff({ people: { ada: { traits: ["passback-exempt"] } } })).at("08:00");
  into(into(story, "ada").wait(60), "ada");
  expect(story.events.map(({ type }) => type).filter((type) => type.startsWith("access."))).toEqual([
    "access.granted",
    "access.passed",
    "access.granted",
    "access.passed",
  ]);
});

test("a badge lent to somebody else is refused by each door of the area, and by the doors of the rooms in it too", () => {
  const site = smallOffice({
    areas: { lobby: { passback: { kind: "hard" } } },
    doors: { server: { readers: { outside: { device: "server-reader", kind: "reader", n: 1 } } } },
  });
  const story = new Teller(site).at("08:00").badge("finn", "front").opens("front").closes("front").wait(60);
  // Into a room of the area: he is in the area and stays in it.
  story.badge("finn", "server").wait(60).badge("finn", "front");
  expect(
    story.events.filter(({ type }) => type.startsWith("access.")).map(({ type, reason }) => reason ?? type),
  ).toEqual(["access.granted", "access.passed", "access.granted", "access.passed", "passback-in"]);
});

test("where people were let through from both sides at once nobody is held to where he is said to be", () => {
  const story = workshop({ kind: "hard" });
  story
    .badge("ada", "workshop")
    .badge("finn", "workshop", "inside")
    .opens("workshop")
    .closes("workshop")
    .wait(60);
  story.whereIs("ada").badge("ada", "workshop");
  expect(story.transcript).toMatchInlineSnapshot(`
    "
    08:00:00  card-ada at Workshop door, outside
              Ada Berg was let in at Workshop door
              → release workshop for 5 s; reader shows granted
    08:00:00  card-finn at Workshop door, inside
              Finn Holm was let in at Workshop door
              → release workshop for 5 s; reader shows granted
    08:00:00  the contact of Workshop door: open
              Workshop door opened
              Ada Berg went through Workshop door into Workshop (uncertain)
              Finn Holm went through Workshop door into Lobby (uncertain)
    08:00:00  the contact of Workshop door: closed
              Workshop door closed
    08:00:05  …
              (Ada Berg: Workshop, uncertain)
    08:01:00  card-ada at Workshop door, outside
              Ada Berg was let in at Workshop door
              Ada Berg went against anti-passback of Workshop at Workshop door: the person has not been seen leaving
              → release workshop for 5 s; reader shows granted
    "
  `);
});

test("at a door that cannot tell a passage the same badge counts once for 15 seconds, then it is refused", () => {
  const story = workshop({ kind: "hard" }, { doors: { workshop: { passage: "grant" } } });
  story.badge("ada", "workshop").wait(14).badge("ada", "workshop").wait(2).badge("ada", "workshop");
  expect(
    story.events
      .filter(({ type }) => type === "access.granted" || type === "access.denied")
      .map(({ type }) => type),
  ).toEqual(["access.granted", "access.granted", "access.denied"]);
});

test("leaving is refused only by hard anti-passback and only where leaving takes a card anyway", () => {
  const seenElsewhere = (story: Teller) =>
    story.badge("ada", "front").opens("front").closes("front").badge("ada", "workshop", "inside");
  const outcome = (story: Teller) => seenElsewhere(story).events.at(-1)?.type;
  expect(outcome(workshop({ kind: "hard" }, { doors: { workshop: { exit: "controlled" } } }))).toBe(
    "access.denied",
  );
  expect(outcome(workshop({ kind: "hard" }))).toBe("access.passback-noted");
  expect(outcome(workshop({ kind: "soft" }, { doors: { workshop: { exit: "controlled" } } }))).toBe(
    "access.passback-noted",
  );
  expect(outcome(workshop({ kind: "timed", forMs: 60_000 }))).toBe("access.granted");
});

test("during a fire nobody is held to where he was, and the reset forgives what came of it", () => {
  const story = into(workshop({ kind: "hard" }), "ada")
    .wait(60)
    .badge("ada", "workshop");
  story.forget().sensor("smoke", true).badge("ada", "workshop").wait(60).sensor("smoke", false);
  story.asks({ op: "fire.reset", sensor: "smoke" }).wait(60).badge("ada", "workshop");
  expect(story.transcript).toMatchInlineSnapshot(`
    "
    08:01:00  Smoke detectors: active
              fire input Smoke detectors is active
              the fire input Smoke detectors calls everybody: 1 thought to be inside
    08:01:00  card-ada at Workshop door, outside
              Ada Berg was let in at Workshop door
              → release workshop for 5 s; reader shows granted
    08:01:05  …
              Ada Berg was let in at Workshop door and did not open it
    08:02:00  Smoke detectors: quiet
              fire input Smoke detectors is quiet again; the release stands until it is reset
    08:02:00  Olga asks for fire.reset at Smoke detectors
              Olga reset the fire release of Smoke detectors
    08:03:00  card-ada at Workshop door, outside
              Ada Berg was let in at Workshop door
              → release workshop for 5 s; reader shows granted
    "
  `);
});

test("a restart keeps anti-passback", () => {
  const story = into(workshop({ kind: "hard" }), "ada").wait(60);
  story.restart(30).back("workshop-lock").back("workshop-reader");
  story.contact("workshop", "closed", { edge: false }).badge("ada", "workshop");
  expect(story.events.at(-1)).toMatchObject({ type: "access.denied", reason: "passback-in" });
});
