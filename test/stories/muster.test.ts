import { expect, test } from "vitest";
import { point, smallOffice, staff } from "./small-office.js";
import { Teller } from "./teller.js";

const site = () => {
  const office = smallOffice({ fire: { front: "unlock" } });
  const yard = { id: "yard", name: "Yard", tenant: "main", outside: true, muster: true };
  return {
    ...office,
    areas: new Map([...office.areas, ["yard", yard]]),
    musterReaders: new Map([
      ["gate-post", { id: "gate-post", name: "Gate post", point: point("gate-post/reader/1") }],
    ]),
  };
};

/** Ada and Finn are in the lobby, Gil was let into the server room, of which nobody can see whether he went in. */
function morning(): Teller {
  const people = staff({
    people: {
      ben: { traits: ["visitor"], groups: ["staff"] },
      gil: { validFrom: 0, groups: ["it", "staff"] },
    },
  });
  const story = new Teller(site(), people).at("08:00");
  for (const who of ["ada", "finn", "gil", "ben"])
    story.badge(who, "front").opens("front").closes("front").wait(60);
  story.badge("gil", "server").exit("front").opens("front").closes("front").wait(60);
  return story.forget();
}

test("at a fire everybody is called, certain and possible apart, and whoever cannot be named is counted", () => {
  const story = morning().sensor("smoke", true).muster();
  expect(story.transcript).toMatchInlineSnapshot(`
    "
    08:05:00  Smoke detectors: active
              fire input Smoke detectors is active
              the fire input Smoke detectors calls everybody: 4 thought to be inside; without a name today: 1 left, 0 openings
              → release front until reset at once
              (3 certain, 1 possible, 1 visitors; 0 safe, 4 missing)
              (Ada Berg: Lobby, certain, missing)
              (Finn Holm: Lobby, certain, missing)
              (Gil Mai: Server room, possible, missing)
              (Ben Stein: Lobby, certain, visitor, missing)
              (Front door: 1 left and 0 openings without a name today)
    "
  `);
});

test("muster readers mark people safe; a stranger's card and one shown twice make nobody safe", () => {
  const story = morning()
    .sensor("smoke", true)
    .musterBadge("ada", "gate-post")
    .musterBadge("ada", "gate-post");
  story.musterBadge("nobody-knows", "gate-post").musterBadge("dan", "gate-post").muster();
  expect(story.transcript).toMatchInlineSnapshot(`
    "
    08:05:00  Smoke detectors: active
              fire input Smoke detectors is active
              the fire input Smoke detectors calls everybody: 4 thought to be inside; without a name today: 1 left, 0 openings
              → release front until reset at once
    08:05:00  card-ada at Gate post
              Ada Berg is safe, seen at Gate post
              → gate-post shows granted
    08:05:00  card-ada at Gate post
              → gate-post shows granted
    08:05:00  a stranger's card at Gate post
              an unknown card (…beef) at Gate post could not be marked safe: the card is not known here
              → gate-post shows denied
    08:05:00  card-dan at Gate post
              Dan Roth is safe, seen at Gate post
              → gate-post shows granted
              (3 certain, 1 possible, 1 visitors; 2 safe, 3 missing)
              (Ada Berg: Lobby, certain, safe (gate-post))
              (Finn Holm: Lobby, certain, missing)
              (Gil Mai: Server room, possible, missing)
              (Ben Stein: Lobby, certain, visitor, missing)
              (Dan Roth: not listed, possible, safe (gate-post))
              (Front door: 1 left and 0 openings without a name today)
    "
  `);
});

test("a warden starts a muster, says who is safe, and ends it; the fire's reset does not", () => {
  const story = morning().asks({ op: "muster.start" }, { note: "drill" }).asks({ op: "muster.start" });
  story.asks({ op: "muster.safe", person: "finn" }).asks({ op: "muster.safe", person: "who" });
  story.sensor("smoke", true).sensor("smoke", false).asks({ op: "fire.reset", sensor: "smoke" }).muster();
  story.asks({ op: "muster.end" }).asks({ op: "muster.end" }).asks({ op: "muster.safe", person: "ada" });
  expect(story.transcript).toMatchInlineSnapshot(`
    "
    08:05:00  Olga asks for muster.start
              Olga called everybody: 4 thought to be inside; without a name today: 1 left, 0 openings (drill)
    08:05:00  Olga asks for muster.start
              muster.start by Olga was refused: a muster is running already
    08:05:00  Olga asks for muster.safe for Finn Holm
              Finn Holm is safe, says Olga
    08:05:00  Olga asks for muster.safe for who
              muster.safe by Olga was refused: there is no such person
    08:05:00  Smoke detectors: active
              fire input Smoke detectors is active
              → release front until reset at once
    08:05:00  Smoke detectors: quiet
              fire input Smoke detectors is quiet again; the release stands until it is reset
    08:05:00  Olga asks for fire.reset at Smoke detectors
              Olga reset the fire release of Smoke detectors
              → lock front
              (3 certain, 1 possible, 1 visitors; 1 safe, 3 missing)
              (Ada Berg: Lobby, certain, missing)
              (Finn Holm: Lobby, certain, safe (olga))
              (Gil Mai: Server room, possible, missing)
              (Ben Stein: Lobby, certain, visitor, missing)
              (Front door: 1 left and 0 openings without a name today)
    08:05:00  Olga asks for muster.end
              Olga ended the muster: 1 safe, 3 not found
    08:05:00  Olga asks for muster.end
              muster.end by Olga was refused: no muster is running
    08:05:00  Olga asks for muster.safe for Ada Berg
              muster.safe by Olga was refused: no muster is running
    "
  `);
});

test("whoever was marked safe by mistake is sought again, and whoever was not stays as they were", () => {
  const story = morning()
    .asks({ op: "muster.start" })
    .asks({ op: "muster.safe", person: "finn" })
    .asks({ op: "muster.safe", person: "finn", safe: false }, { note: "wrong Finn" })
    .asks({ op: "muster.safe", person: "ada", safe: false });
  expect(story.muster().transcript).toMatchInlineSnapshot(`
    "
    08:05:00  Olga asks for muster.start
              Olga called everybody: 4 thought to be inside; without a name today: 1 left, 0 openings
    08:05:00  Olga asks for muster.safe for Finn Holm
              Finn Holm is safe, says Olga
    08:05:00  Olga asks for muster.safe for Finn Holm
              Finn Holm is sought again: Olga took back that they are safe (wrong Finn)
    08:05:00  Olga asks for muster.safe for Ada Berg
              (3 certain, 1 possible, 1 visitors; 0 safe, 4 missing)
              (Ada Berg: Lobby, certain, missing)
              (Finn Holm: Lobby, certain, missing)
              (Gil Mai: Server room, possible, missing)
              (Ben Stein: Lobby, certain, visitor, missing)
              (Front door: 1 left and 0 openings without a name today)
    "
  `);
});

test("who was safe in one muster is not in the next", () => {
  const story = morning()
    .asks({ op: "muster.start" })
    .musterBadge("ada", "gate-post")
    .asks({ op: "muster.end" });
  story
    .wait(60)
    .asks({ op: "muster.start", areas: ["server-room"] })
    .muster();
  expect(story.musterBadge("ada", "gate-post").muster().transcript).toMatchInlineSnapshot(`
    "
    08:05:00  Olga asks for muster.start
              Olga called everybody: 4 thought to be inside; without a name today: 1 left, 0 openings
    08:05:00  card-ada at Gate post
              Ada Berg is safe, seen at Gate post
              → gate-post shows granted
    08:05:00  Olga asks for muster.end
              Olga ended the muster: 1 safe, 3 not found
    08:06:00  Olga asks for muster.start
              Olga called everybody of Server room: 1 thought to be inside; without a name today: 1 left, 0 openings
              (0 certain, 1 possible, 0 visitors; 0 safe, 1 missing)
              (Gil Mai: Server room, possible, missing)
              (Front door: 1 left and 0 openings without a name today)
    08:06:00  card-ada at Gate post
              Ada Berg is safe, seen at Gate post
              → gate-post shows granted
              (0 certain, 1 possible, 0 visitors; 1 safe, 1 missing)
              (Gil Mai: Server room, possible, missing)
              (Ada Berg: not listed, possible, safe (gate-post))
              (Front door: 1 left and 0 openings without a name today)
    "
  `);
});

test("without a muster a card at its reader makes nobody safe, and the list says who is inside", () => {
  expect(morning().musterBadge("ada", "gate-post").muster().transcript).toMatchInlineSnapshot(`
    "
    08:05:00  card-ada at Gate post
              Ada Berg at Gate post could not be marked safe: no muster is running
              → gate-post shows denied
              (3 certain, 1 possible, 1 visitors; 0 safe, 4 missing)
              (Ada Berg: Lobby, certain, missing)
              (Finn Holm: Lobby, certain, missing)
              (Gil Mai: Server room, possible, missing)
              (Ben Stein: Lobby, certain, visitor, missing)
              (Front door: 1 left and 0 openings without a name today)
    "
  `);
});

test("whoever was last seen longer ago than a long shift is only possibly there", () => {
  const story = morning().until(morning().now + 17 * 3_600_000);
  expect(story.forget().muster().transcript).toMatchInlineSnapshot(`
    "
              (0 certain, 4 possible, 1 visitors; 0 safe, 4 missing)
              (Ada Berg: Lobby, possible, missing)
              (Finn Holm: Lobby, possible, missing)
              (Gil Mai: Server room, possible, missing)
              (Ben Stein: Lobby, possible, visitor, missing)
    "
  `);
});

test("a muster outlives a restart", () => {
  const story = morning().sensor("smoke", true).musterBadge("ada", "gate-post").restart(30).forget().muster();
  expect(story.transcript).toMatchInlineSnapshot(`
    "
              (3 certain, 1 possible, 1 visitors; 1 safe, 3 missing)
              (Ada Berg: Lobby, certain, safe (gate-post))
              (Finn Holm: Lobby, certain, missing)
              (Gil Mai: Server room, possible, missing)
              (Ben Stein: Lobby, certain, visitor, missing)
              (Front door: 1 left and 0 openings without a name today)
    "
  `);
});
