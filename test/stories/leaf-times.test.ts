import { expect, test } from "vitest";
import { local, point, smallOffice, staff } from "./small-office.js";
import { Teller } from "./teller.js";

const front = (sketch: object) => smallOffice({ doors: { front: sketch } });
const withTrait = (trait: "extended-time" | "may-prop") => staff({ people: { ada: { traits: [trait] } } });

test("who needs longer has a longer release and a longer opening, and everybody else the usual ones", () => {
  const site = front({ extended: { unlockMs: 20_000, openMs: 90_000 } });
  const story = new Teller(site, withTrait("extended-time")).at("08:00");
  story.badge("ada", "front").wait(15).opens("front").wait(89).shows("front").wait(1);
  story.closes("front").badge("finn", "front").wait(1).opens("front").wait(30);
  expect(story.transcript).toMatchInlineSnapshot(`
    "
    08:00:00  card-ada at Front door, outside
              Ada Berg was let in at Front door
              → release front for 20 s; reader shows granted
    08:00:15  the contact of Front door: open
              Front door opened
              Ada Berg went through Front door into Lobby
    08:00:20  …
              (Front door: locked, open, card)
    08:01:45  …
              Front door is held open
    08:01:45  the contact of Front door: closed
              Front door is no longer held open
    08:01:45  card-finn at Front door, outside
              Finn Holm was let in at Front door
              → release front for 5 s; reader shows granted
    08:01:46  the contact of Front door: open
              Front door opened
              Finn Holm went through Front door into Lobby
    08:01:50  …
    08:02:16  …
              Front door is held open
    "
  `);
});

test("who needs longer and comes through an open door has the longer time from then on", () => {
  const site = front({ extended: { openMs: 90_000 } });
  const story = new Teller(site, withTrait("extended-time")).at("08:00");
  story.badge("finn", "front").opens("front").wait(20).badge("ada", "front").wait(60).shows("front").wait(31);
  expect(story.transcript).toMatchInlineSnapshot(`
    "
    08:00:00  card-finn at Front door, outside
              Finn Holm was let in at Front door
              → release front for 5 s; reader shows granted
    08:00:00  the contact of Front door: open
              Front door opened
              Finn Holm went through Front door into Lobby
    08:00:05  …
    08:00:20  card-ada at Front door, outside
              Ada Berg was let in at Front door
              Ada Berg went through Front door into Lobby
              → release front for 5 s; reader shows granted
    08:00:25  …
              (Front door: locked, open, card)
    08:01:50  …
              Front door is held open
    "
  `);
});

test("the readers warn before a door is held open, and are quiet once it closes", () => {
  const site = smallOffice({ doors: { workshop: { preAlarmMs: 10_000 } } });
  const story = new Teller(site).at("08:00").badge("ada", "workshop").opens("workshop").wait(25);
  story.closes("workshop").badge("ada", "workshop").opens("workshop").wait(60);
  expect(story.transcript).toMatchInlineSnapshot(`
    "
    08:00:00  card-ada at Workshop door, outside
              Ada Berg was let in at Workshop door
              → release workshop for 5 s; reader shows granted
    08:00:00  the contact of Workshop door: open
              Workshop door opened
              Ada Berg went through Workshop door into Workshop
    08:00:05  …
    08:00:20  …
              Workshop door is still open: its readers warn for 10 s
              → the outside reader of workshop warns for 10 s; the inside reader of workshop warns for 10 s
    08:00:25  the contact of Workshop door: closed
              Workshop door closed
              → the outside reader of workshop is quiet; the inside reader of workshop is quiet
    08:00:25  card-ada at Workshop door, outside
              Ada Berg was let in at Workshop door
              → release workshop for 5 s; reader shows granted
    08:00:25  the contact of Workshop door: open
              Workshop door opened
              Ada Berg went through Workshop door into Workshop
    08:00:30  …
    08:00:45  …
              Workshop door is still open: its readers warn for 10 s
              → the outside reader of workshop warns for 10 s; the inside reader of workshop warns for 10 s
    08:00:55  …
              Workshop door is held open
    "
  `);
});

test("somebody who comes through while the readers warn makes them quiet, and the time begins anew", () => {
  const story = new Teller(front({ preAlarmMs: 10_000 })).at("08:00");
  story.badge("ada", "front").opens("front").wait(25).badge("finn", "front").wait(20).shows("front");
  expect(story.closes("front").transcript).toMatchInlineSnapshot(`
    "
    08:00:00  card-ada at Front door, outside
              Ada Berg was let in at Front door
              → release front for 5 s; reader shows granted
    08:00:00  the contact of Front door: open
              Front door opened
              Ada Berg went through Front door into Lobby
    08:00:05  …
    08:00:20  …
              Front door is still open: its readers warn for 10 s
              → the outside reader of front warns for 10 s
    08:00:25  card-finn at Front door, outside
              Finn Holm was let in at Front door
              Finn Holm went through Front door into Lobby
              → release front for 5 s; the outside reader of front is quiet; reader shows granted
    08:00:30  …
    08:00:45  …
              Front door is still open: its readers warn for 10 s
              → the outside reader of front warns for 10 s
              (Front door: locked, open, card)
    08:00:45  the contact of Front door: closed
              Front door closed
              → the outside reader of front is quiet
    "
  `);
});

test("a door set free while its readers warn makes them quiet and has no limit", () => {
  const story = new Teller(front({ preAlarmMs: 10_000 })).at("08:00");
  story.badge("ada", "front").opens("front").wait(25).asks({ op: "door.mode", door: "front", mode: "free" });
  story.wait(60).asks({ op: "door.mode", door: "front" }).wait(25).closes("front");
  expect(story.transcript).toMatchInlineSnapshot(`
    "
    08:00:00  card-ada at Front door, outside
              Ada Berg was let in at Front door
              → release front for 5 s; reader shows granted
    08:00:00  the contact of Front door: open
              Front door opened
              Ada Berg went through Front door into Lobby
    08:00:05  …
    08:00:20  …
              Front door is still open: its readers warn for 10 s
              → the outside reader of front warns for 10 s
    08:00:25  Olga asks for door.mode at Front door
              Olga set Front door to free
              → the outside reader of front is quiet; hold front unlocked
    08:01:25  Olga asks for door.mode at Front door
              Olga set Front door to card
              → lock front
    08:01:45  …
              Front door is still open: its readers warn for 10 s
              → the outside reader of front warns for 10 s
    08:01:50  the contact of Front door: closed
              Front door closed
              → the outside reader of front is quiet
    "
  `);
});

test("held open is told again and again while it lasts", () => {
  const story = new Teller(front({ heldOpen: { repeatMs: 300_000 } })).at("08:00");
  story.badge("ada", "front").opens("front").wait(660).closes("front").wait(900);
  expect(story.transcript).toMatchInlineSnapshot(`
    "
    08:00:00  card-ada at Front door, outside
              Ada Berg was let in at Front door
              → release front for 5 s; reader shows granted
    08:00:00  the contact of Front door: open
              Front door opened
              Ada Berg went through Front door into Lobby
    08:00:05  …
    08:00:30  …
              Front door is held open
    08:05:30  …
              Front door is held open, for 5 min now
    08:10:30  …
              Front door is held open, for 10 min now
    08:11:00  the contact of Front door: closed
              Front door is no longer held open
    "
  `);
});

test("what would have been told again while the gateway was down is told once, marked late", () => {
  const story = new Teller(front({ heldOpen: { repeatMs: 300_000 } })).at("08:00");
  story.badge("ada", "front").opens("front").wait(60).restart(3600).back("front-lock");
  story.contact("front", "open", { edge: false }).wait(250).closes("front");
  expect(story.events.filter(({ type, late }) => type === "door.held-open" && late)).toHaveLength(1);
  expect(story.transcript).toMatchInlineSnapshot(`
    "
    08:00:00  card-ada at Front door, outside
              Ada Berg was let in at Front door
              → release front for 5 s; reader shows granted
    08:00:00  the contact of Front door: open
              Front door opened
              Ada Berg went through Front door into Lobby
    08:00:05  …
    08:00:30  …
              Front door is held open
    09:01:00  the gateway starts after 3600 s
              Front door is held open, for 5 min now (late)
              the gateway started (version 1.0.0) after 3600 s
    09:01:00  front-lock is there
              front-lock is connected
    09:01:00  the contact of Front door: found open
    09:02:00  …
              panel is lost
              front-reader is lost
              workshop-lock is lost
              workshop-reader is lost
              server-lock is lost
              server-reader is lost
              turnstile-lock is lost
              turnstile-reader is lost
              fire input Smoke detectors cannot be read
    09:05:10  the contact of Front door: closed
              Front door is no longer held open
    "
  `);
});

test("who may prop a door open has no limit until it closes; the next to open it has", () => {
  const story = new Teller(smallOffice(), withTrait("may-prop")).at("08:00");
  story.badge("ada", "front").opens("front").wait(3600).shows("front").closes("front");
  story.badge("finn", "front").opens("front").wait(30).shows("front").badge("ada", "front").shows("front");
  expect(story.wait(3600).closes("front").transcript).toMatchInlineSnapshot(`
    "
    08:00:00  card-ada at Front door, outside
              Ada Berg was let in at Front door
              → release front for 5 s; reader shows granted
    08:00:00  the contact of Front door: open
              Front door opened
              Ada Berg went through Front door into Lobby
    08:00:05  …
              (Front door: locked, open, card)
    09:00:00  the contact of Front door: closed
              Front door closed
    09:00:00  card-finn at Front door, outside
              Finn Holm was let in at Front door
              → release front for 5 s; reader shows granted
    09:00:00  the contact of Front door: open
              Front door opened
              Finn Holm went through Front door into Lobby
    09:00:05  …
    09:00:30  …
              Front door is held open
              (Front door: locked, open, card, alarm held-open)
    09:00:30  card-ada at Front door, outside
              Ada Berg was let in at Front door
              Ada Berg went through Front door into Lobby
              Front door is no longer held open: it may stand open now
              → release front for 5 s; reader shows granted
              (Front door: unlocked, open, card)
    09:00:35  …
    10:00:30  the contact of Front door: closed
              Front door closed
    "
  `);
});

test("who may prop a door open and comes through an open one takes its limit away", () => {
  const story = new Teller(smallOffice(), withTrait("may-prop")).at("08:00");
  story.badge("finn", "front").opens("front").wait(20).badge("ada", "front").wait(600).shows("front");
  expect(story.transcript).toMatchInlineSnapshot(`
    "
    08:00:00  card-finn at Front door, outside
              Finn Holm was let in at Front door
              → release front for 5 s; reader shows granted
    08:00:00  the contact of Front door: open
              Front door opened
              Finn Holm went through Front door into Lobby
    08:00:05  …
    08:00:20  card-ada at Front door, outside
              Ada Berg was let in at Front door
              Ada Berg went through Front door into Lobby
              → release front for 5 s; reader shows granted
    08:00:25  …
              (Front door: locked, open, card)
    "
  `);
});

test("a door that somebody allowed to stand open is not held open until that hour, and has its usual time then", () => {
  const story = new Teller().at("08:00").badge("ada", "front").opens("front").wait(40).shows("front");
  story.asks({ op: "door.allow-open", door: "front", until: local("09:00") }, { note: "delivery" });
  story.shows("front").at("09:00").wait(30).shows("front");
  expect(story.transcript).toMatchInlineSnapshot(`
    "
    08:00:00  card-ada at Front door, outside
              Ada Berg was let in at Front door
              → release front for 5 s; reader shows granted
    08:00:00  the contact of Front door: open
              Front door opened
              Ada Berg went through Front door into Lobby
    08:00:05  …
    08:00:30  …
              Front door is held open
              (Front door: locked, open, card, alarm held-open)
    08:00:40  Olga asks for door.allow-open at Front door
              Olga allowed Front door to stand open until 2026-11-23 09:00 (delivery)
              Front door is no longer held open: it may stand open now
              (Front door: locked, open, card)
    09:00:00  …
              Front door may no longer stand open
    09:00:30  …
              Front door is held open
              (Front door: locked, open, card, alarm held-open)
    "
  `);
});

test("allowing a door to stand open allows nobody to force it", () => {
  const story = new Teller().at("08:00");
  story
    .asks({ op: "door.allow-open", door: "front", until: local("09:00") })
    .opens("front")
    .shows("front");
  expect(story.transcript).toMatchInlineSnapshot(`
    "
    08:00:00  Olga asks for door.allow-open at Front door
              Olga allowed Front door to stand open until 2026-11-23 09:00
    08:00:00  the contact of Front door: open
              Front door was opened while it was locked
              (Front door: locked, open, card, alarm forced)
    "
  `);
});

test("what was allowed can be taken back, and is refused where it means nothing", () => {
  const story = new Teller().at("08:00");
  story.asks({ op: "door.allow-open", door: "front", until: local("09:00") });
  story.badge("ada", "front").opens("front").asks({ op: "door.allow-open", door: "front" }).wait(30);
  story.asks({ op: "door.allow-open", door: "front" });
  story.asks({ op: "door.allow-open", door: "front", until: local("07:00") });
  story.asks({ op: "door.allow-open", door: "server", until: local("09:00") });
  expect(story.transcript).toMatchInlineSnapshot(`
    "
    08:00:00  Olga asks for door.allow-open at Front door
              Olga allowed Front door to stand open until 2026-11-23 09:00
    08:00:00  card-ada at Front door, outside
              Ada Berg was let in at Front door
              → release front for 5 s; reader shows granted
    08:00:00  the contact of Front door: open
              Front door opened
              Ada Berg went through Front door into Lobby
    08:00:00  Olga asks for door.allow-open at Front door
              Olga ended it: Front door may no longer stand open
    08:00:05  …
    08:00:30  …
              Front door is held open
    08:00:30  Olga asks for door.allow-open at Front door
              door.allow-open at Front door by Olga was refused: no override is set there
    08:00:30  Olga asks for door.allow-open at Front door
              door.allow-open at Front door by Olga was refused: the end asked for has already passed
    08:00:30  Olga asks for door.allow-open at Server room door
              door.allow-open at Server room door by Olga was refused: the door has no contact
    "
  `);
});

test("ending every override ends what the doors were allowed too", () => {
  const story = new Teller().at("08:00");
  story.asks({ op: "door.allow-open", door: "front", until: local("09:00") });
  story.asks({ op: "door.allow-open", door: "workshop", until: local("10:00") });
  expect(story.asks({ op: "overrides.end" }).wait(7200).transcript).toMatchInlineSnapshot(`
    "
    08:00:00  Olga asks for door.allow-open at Front door
              Olga allowed Front door to stand open until 2026-11-23 09:00
    08:00:00  Olga asks for door.allow-open at Workshop door
              Olga allowed Workshop door to stand open until 2026-11-23 10:00
    08:00:00  Olga asks for overrides.end
              Olga ended it: Front door may no longer stand open
              Olga ended it: Workshop door may no longer stand open
    "
  `);
});

test("a lock that ends its release when the leaf opens is told so by the name of the order", () => {
  const story = new Teller(front({ relock: "open" })).at("08:00");
  story.badge("ada", "front").badge("finn", "front").wait(1).opens("front").shows("front");
  const pulses = story.commands.filter(({ type }) => type === "release-door").map(({ id }) => id);
  const ends = story.commands.flatMap((command) => (command.type === "lock-door" ? [command.ends] : []));
  expect(ends).toEqual(pulses);
  expect(story.closes("front").opens("front").transcript).toMatchInlineSnapshot(`
    "
    08:00:00  card-ada at Front door, outside
              Ada Berg was let in at Front door
              → release front for 5 s; reader shows granted
    08:00:00  card-finn at Front door, outside
              Finn Holm was let in at Front door
              → release front for 5 s; reader shows granted
    08:00:01  the contact of Front door: open
              Front door opened
              Ada Berg went through Front door into Lobby
              Finn Holm went through Front door into Lobby
              → end the release of front; end the release of front
              (Front door: locked, open, card)
    08:00:01  the contact of Front door: closed
              Front door closed
    08:00:01  the contact of Front door: open
              Front door was opened while it was locked
    "
  `);
});

test("a lock that ends its release when the leaf has closed lets through whoever is still within", () => {
  const story = new Teller(front({ relock: "close" })).at("08:00");
  story.badge("ada", "front").wait(1).opens("front").shows("front").wait(1).closes("front").shows("front");
  expect(story.opens("front").transcript).toMatchInlineSnapshot(`
    "
    08:00:00  card-ada at Front door, outside
              Ada Berg was let in at Front door
              → release front for 5 s; reader shows granted
    08:00:01  the contact of Front door: open
              Front door opened
              Ada Berg went through Front door into Lobby
              (Front door: unlocked, open, card)
    08:00:02  the contact of Front door: closed
              Front door closed
              → end the release of front
              (Front door: locked, closed, card)
    08:00:02  the contact of Front door: open
              Front door was opened while it was locked
    "
  `);
});

test("a release for somebody who wants out is not ended by somebody else's passage", () => {
  const story = new Teller(front({ relock: "close" })).at("08:00");
  story.badge("ada", "front").opens("front").exit("front").closes("front").shows("front").opens("front");
  expect(story.transcript).toMatchInlineSnapshot(`
    "
    08:00:00  card-ada at Front door, outside
              Ada Berg was let in at Front door
              → release front for 5 s; reader shows granted
    08:00:00  the contact of Front door: open
              Front door opened
              Ada Berg went through Front door into Lobby
    08:00:00  the exit button of Front door
              somebody asked to leave at Front door
              → release front for 5 s at once
    08:00:00  the contact of Front door: closed
              Front door closed
              (Front door: unlocked, closed, card)
    08:00:00  the contact of Front door: open
              Front door opened
    "
  `);
});

test("nothing is locked early while there is a fire, or while the door is free", () => {
  const story = new Teller(front({ relock: "open" })).at("08:00");
  story.exit("front").sensor("smoke", true).opens("front").closes("front");
  story.asks({ op: "door.mode", door: "front", mode: "free" }).badge("ada", "front").opens("front");
  expect(story.commands.some(({ type }) => type === "lock-door")).toBe(false);
  expect(story.transcript).toMatchInlineSnapshot(`
    "
    08:00:00  the exit button of Front door
              somebody asked to leave at Front door
              → release front for 5 s at once
    08:00:00  Smoke detectors: active
              fire input Smoke detectors is active
              the fire input Smoke detectors calls everybody: 0 thought to be inside; without a name today: 1 left, 0 openings
    08:00:00  the contact of Front door: open
              Front door opened
    08:00:00  the contact of Front door: closed
              Front door closed
    08:00:00  Olga asks for door.mode at Front door
              Olga set Front door to free
              → hold front unlocked
    08:00:00  card-ada at Front door, outside
              Ada Berg was let in at Front door
              → reader shows granted
    08:00:00  the contact of Front door: open
              Front door opened
              Ada Berg went through Front door into Lobby
    "
  `);
});

test("an opening keeps its limit over a restart and over a lost link", () => {
  const story = new Teller(front({ preAlarmMs: 10_000 })).at("08:00");
  story.badge("ada", "front").opens("front").wait(10).restart(5).back("front-lock");
  story.contact("front", "open", { edge: false }).wait(5).lost("front-lock").wait(4).back("front-lock");
  story.contact("front", "open", { edge: false }).wait(10).shows("front");
  expect(story.transcript).toMatchInlineSnapshot(`
    "
    08:00:00  card-ada at Front door, outside
              Ada Berg was let in at Front door
              → release front for 5 s; reader shows granted
    08:00:00  the contact of Front door: open
              Front door opened
              Ada Berg went through Front door into Lobby
    08:00:05  …
    08:00:15  the gateway starts after 5 s
              the gateway started (version 1.0.0) after 5 s
    08:00:15  front-lock is there
              front-lock is connected
    08:00:15  the contact of Front door: found open
    08:00:20  …
              Front door is still open: its readers warn for 10 s
              → the outside reader of front warns for 10 s
    08:00:20  front-lock goes silent
              front-lock is lost
              it is not known whether Front door is open or closed
    08:00:24  front-lock is there
              front-lock is connected
    08:00:24  the contact of Front door: found open
    08:00:24  …
              Front door is still open: its readers warn for 6 s
              → the outside reader of front warns for 6 s
    08:00:30  …
              Front door is held open
              (Front door: locked, open, card, alarm held-open)
    "
  `);
});

test("a warning that fell due while the gateway was down is no news; what is left of it is given when the door is found open", () => {
  const story = new Teller(front({ preAlarmMs: 10_000 })).at("08:00").badge("ada", "front").opens("front");
  story.wait(15).restart(10).back("front-lock").contact("front", "open", { edge: false }).wait(5);
  expect(story.transcript).toMatchInlineSnapshot(`
    "
    08:00:00  card-ada at Front door, outside
              Ada Berg was let in at Front door
              → release front for 5 s; reader shows granted
    08:00:00  the contact of Front door: open
              Front door opened
              Ada Berg went through Front door into Lobby
    08:00:05  …
    08:00:25  the gateway starts after 10 s
              the gateway started (version 1.0.0) after 10 s
    08:00:25  front-lock is there
              front-lock is connected
    08:00:25  the contact of Front door: found open
    08:00:25  …
              Front door is still open: its readers warn for 5 s
              → the outside reader of front warns for 5 s
    08:00:30  …
              Front door is held open
    "
  `);
});

test("found open after its limit has passed, a door is held open at once; found closed, it never was", () => {
  const story = new Teller().at("08:00").badge("ada", "front").opens("front").restart(600);
  story.back("front-lock").contact("front", "open", { edge: false }).wait(0).shows("front");
  story.closes("front").badge("ada", "front").opens("front").lost("front-lock").wait(50).back("front-lock");
  story.contact("front", "open", { edge: false }).wait(0).shows("front").closes("front");
  story.badge("ada", "front").opens("front").lost("front-lock").wait(600).back("front-lock");
  expect(story.contact("front", "closed", { edge: false }).shows("front").transcript).toMatchInlineSnapshot(`
    "
    08:00:00  card-ada at Front door, outside
              Ada Berg was let in at Front door
              → release front for 5 s; reader shows granted
    08:00:00  the contact of Front door: open
              Front door opened
              Ada Berg went through Front door into Lobby
    08:10:00  the gateway starts after 600 s
              Front door is held open (late)
              the gateway started (version 1.0.0) after 600 s
    08:10:00  front-lock is there
              front-lock is connected
    08:10:00  the contact of Front door: found open
              (Front door: locked, open, card, alarm held-open)
    08:10:00  the contact of Front door: closed
              Front door is no longer held open
    08:10:00  card-ada at Front door, outside
              Ada Berg was let in at Front door
              → release front for 5 s; reader shows granted
    08:10:00  the contact of Front door: open
              Front door opened
              Ada Berg went through Front door into Lobby
    08:10:00  front-lock goes silent
              front-lock is lost
              it is not known whether Front door is open or closed
    08:10:05  …
    08:10:50  front-lock is there
              front-lock is connected
    08:10:50  the contact of Front door: found open
    08:10:50  …
              Front door is held open
              (Front door: locked, open, card, alarm held-open)
    08:10:50  the contact of Front door: closed
              Front door is no longer held open
    08:10:50  card-ada at Front door, outside
              Ada Berg was let in at Front door
              → release front for 5 s; reader shows granted
    08:10:50  the contact of Front door: open
              Front door opened
              Ada Berg went through Front door into Lobby
    08:10:50  front-lock goes silent
              front-lock is lost
              it is not known whether Front door is open or closed
    08:10:55  …
    08:11:00  …
              panel is lost
              front-reader is lost
              workshop-lock is lost
              workshop-reader is lost
              server-lock is lost
              server-reader is lost
              turnstile-lock is lost
              turnstile-reader is lost
              fire input Smoke detectors cannot be read
    08:20:50  front-lock is there
              front-lock is connected
    08:20:50  the contact of Front door: found closed
              (Front door: locked, closed, card)
    "
  `);
});

test("a leaf whose contact was wired anew is timed from when the new one is heard", () => {
  const story = new Teller().at("08:00").badge("ada", "front").opens("front").wait(20);
  story.activate(smallOffice({ revision: 2, doors: { front: { contact: point("front-lock/input/9") } } }));
  story.contact("front", "open", { edge: false }).wait(29).shows("front").wait(1).shows("front");
  expect(story.transcript).toMatchInlineSnapshot(`
    "
    08:00:00  card-ada at Front door, outside
              Ada Berg was let in at Front door
              → release front for 5 s; reader shows granted
    08:00:00  the contact of Front door: open
              Front door opened
              Ada Berg went through Front door into Lobby
    08:00:05  …
    08:00:20  revision 2 of the site
              Olga activated revision 2 of the site
    08:00:20  the contact of Front door: found open
              (Front door: locked, open, card)
    08:00:50  …
              Front door is held open
              (Front door: locked, open, card, alarm held-open)
    "
  `);
});

test("a propped door is propped after a restart, and an hour that was allowed ends at that hour", () => {
  const story = new Teller(smallOffice(), withTrait("may-prop")).at("08:00");
  story.badge("ada", "front").opens("front").restart(60).back("front-lock");
  story.contact("front", "open", { edge: false }).wait(600).shows("front");
  story.asks({ op: "door.allow-open", door: "workshop", until: local("08:30") }).restart(3600);
  expect(story.transcript).toMatchInlineSnapshot(`
    "
    08:00:00  card-ada at Front door, outside
              Ada Berg was let in at Front door
              → release front for 5 s; reader shows granted
    08:00:00  the contact of Front door: open
              Front door opened
              Ada Berg went through Front door into Lobby
    08:01:00  the gateway starts after 60 s
              the gateway started (version 1.0.0) after 60 s
    08:01:00  front-lock is there
              front-lock is connected
    08:01:00  the contact of Front door: found open
    08:02:00  …
              panel is lost
              front-reader is lost
              workshop-lock is lost
              workshop-reader is lost
              server-lock is lost
              server-reader is lost
              turnstile-lock is lost
              turnstile-reader is lost
              fire input Smoke detectors cannot be read
              (Front door: locked, open, card)
    08:11:00  Olga asks for door.allow-open at Workshop door
              Olga allowed Workshop door to stand open until 2026-11-23 08:30
    09:11:00  the gateway starts after 3600 s
              Workshop door may no longer stand open (late)
              the gateway started (version 1.0.0) after 3600 s
    "
  `);
});

test("when the clock is set, warnings and repetitions keep what was left of them, and an hour stays that hour", () => {
  const site = smallOffice({
    doors: { front: { preAlarmMs: 10_000, heldOpen: { repeatMs: 300_000 } } },
  });
  const story = new Teller(site).at("08:00").badge("ada", "front").opens("front").wait(10).clock(240);
  story.wait(19).shows("front").wait(1).clock(-240).wait(10).shows("front").wait(289).clock(60).wait(1);
  story
    .asks({ op: "door.allow-open", door: "front", until: local("08:30") })
    .clock(1500)
    .shows("front");
  expect(story.transcript).toMatchInlineSnapshot(`
    "
    08:00:00  card-ada at Front door, outside
              Ada Berg was let in at Front door
              → release front for 5 s; reader shows granted
    08:00:00  the contact of Front door: open
              Front door opened
              Ada Berg went through Front door into Lobby
    08:00:05  …
    08:04:10  the clock is set by 240 s
              the clock was set by 240 s
    08:04:20  …
              Front door is still open: its readers warn for 10 s
              → the outside reader of front warns for 10 s
              (Front door: locked, open, card)
    08:04:30  …
              Front door is held open
    08:00:30  the clock is set by -240 s
              the clock was set by -240 s
              (Front door: locked, open, card, alarm held-open)
    08:06:29  the clock is set by 60 s
              the clock was set by 60 s
    08:06:30  …
              Front door is held open, for 6 min now
    08:06:30  Olga asks for door.allow-open at Front door
              Olga allowed Front door to stand open until 2026-11-23 08:30
              Front door is no longer held open: it may stand open now
    08:31:30  the clock is set by 1500 s
              the clock was set by 1500 s
              Front door may no longer stand open
              Front door is still open: its readers warn for 10 s
              Front door is held open
              → the outside reader of front warns for 10 s
              (Front door: locked, open, card, alarm held-open)
    "
  `);
});

test("when the clock is set while the leaf is not known, it has what was left of its time", () => {
  const story = new Teller().at("08:00").badge("ada", "front").opens("front").wait(10).lost("front-lock");
  story.clock(240).back("front-lock").contact("front", "open", { edge: false }).wait(19).shows("front");
  expect(story.wait(1).shows("front").transcript).toMatchInlineSnapshot(`
    "
    08:00:00  card-ada at Front door, outside
              Ada Berg was let in at Front door
              → release front for 5 s; reader shows granted
    08:00:00  the contact of Front door: open
              Front door opened
              Ada Berg went through Front door into Lobby
    08:00:05  …
    08:00:10  front-lock goes silent
              front-lock is lost
              it is not known whether Front door is open or closed
    08:04:10  the clock is set by 240 s
              the clock was set by 240 s
    08:04:10  front-lock is there
              front-lock is connected
    08:04:10  the contact of Front door: found open
              (Front door: locked, open, card)
    08:04:30  …
              Front door is held open
              (Front door: locked, open, card, alarm held-open)
    "
  `);
});

test("a door without any contact does all that it can: it lets in, warns of nothing, and says that it cannot know", () => {
  const site = smallOffice({
    doors: {
      server: {
        extended: { unlockMs: 20_000 },
        keySwitch: point("server-lock/input/3"),
        bolt: { kind: "bolt", securedWithinMs: 5_000 },
      },
    },
  });
  const story = new Teller(site, staff({ people: { finn: { traits: ["extended-time"] } } })).at("08:00");
  story.says("server", true, "out").badge("finn", "server").whereIs("finn").shows("server").wait(21);
  story.key("server", true).key("server", false).exit("server").wait(10);
  story.says("server", true, "in").wait(5).shows("server").says("server", true, "out").shows("server");
  expect(story.transcript).toMatchInlineSnapshot(`
    "
    08:00:00  the lock of Server room door: locked, its bolt out
    08:00:00  card-finn at Server room door, outside
              Finn Holm was let in at Server room door
              Finn Holm went through Server room door into Server room (assumed)
              → release server for 20 s; reader shows granted
              (Finn Holm: Server room, assumed)
              (Server room door: unlocked, none, card)
    08:00:20  …
    08:00:21  the key of Server room door: turned
              a key was turned in Server room door
    08:00:21  the key of Server room door: taken out
    08:00:21  the exit button of Server room door
              somebody asked to leave at Server room door
              → release server for 5 s at once
    08:00:26  …
    08:00:31  the lock of Server room door: locked, its bolt in
    08:00:36  …
              Server room door is closed and not secured: its lock does not hold
              (Server room door: locked, none, card, not-secured)
    08:00:36  the lock of Server room door: locked, its bolt out
              Server room door is secured again
              (Server room door: locked, none, card)
    "
  `);
});
