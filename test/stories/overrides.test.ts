import { expect, test } from "vitest";
import { local, smallOffice, staff } from "./small-office.js";
import { Teller } from "./teller.js";

test("timed overrides name who set them, and all of them can be ended at once", () => {
  const story = new Teller().at("10:00");
  story.asks({ op: "door.mode", door: "front", mode: "free", until: local("12:00") });
  story.asks({ op: "door.mode", door: "workshop", mode: "secured" }).shows("front").shows("workshop");
  story.at("11:00").asks({ op: "overrides.end" }).shows("front").shows("workshop");
  story.asks({ op: "overrides.end" }).at("12:30");
  expect(story.transcript).toMatchInlineSnapshot(`
    "
    10:00:00  Olga asks for door.mode at Front door
              Olga set Front door to free until 2026-11-23 12:00
              → hold front unlocked
    10:00:00  Olga asks for door.mode at Workshop door
              Olga set Workshop door to secured
              (Front door: unlocked, closed, free)
              (Workshop door: locked, closed, secured)
    11:00:00  Olga asks for overrides.end
              the override of Front door has ended, by Olga: it is card again
              the override of Workshop door has ended, by Olga: it is card again
              → lock front
              (Front door: locked, closed, card)
              (Workshop door: locked, closed, card)
    11:00:00  Olga asks for overrides.end
              overrides.end by Olga was refused: no override is set there
    "
  `);
});

test("only the overrides that are named end", () => {
  const story = new Teller().at("10:00");
  story
    .asks({ op: "door.mode", door: "front", mode: "free" })
    .asks({ op: "door.mode", door: "server", mode: "free" });
  story
    .forget()
    .asks({ op: "overrides.end", doors: ["front"] })
    .shows("front")
    .shows("server");
  expect(story.asks({ op: "overrides.end", doors: ["nowhere"] }).transcript).toMatchInlineSnapshot(`
    "
    10:00:00  Olga asks for overrides.end
              the override of Front door has ended, by Olga: it is card again
              → lock front
              (Front door: locked, closed, card)
              (Server room door: unlocked, none, free)
    10:00:00  Olga asks for overrides.end
              overrides.end by Olga was refused: there is no such door
    "
  `);
});

test("an override that was set before a restart ends at its hour after it", () => {
  const story = new Teller().at("10:00");
  story.asks({ op: "door.mode", door: "server", mode: "free", until: local("11:00") });
  story.asks({ op: "door.mode", door: "front", mode: "maintenance" }).forget();
  story.restart(1_800).shows("server").shows("front").restart(3_600);
  expect(story.shows("server").transcript).toMatchInlineSnapshot(`
    "
    10:30:00  the gateway starts after 1800 s
              the gateway started (version 1.0.0) after 1800 s
              → hold server unlocked
              (Server room door: unlocked, none, free)
              (Front door: locked, unknown, maintenance)
    11:30:00  the gateway starts after 3600 s
              the override of Server room door has ended: it is card again (late)
              panel is lost (late)
              front-lock is lost (late)
              front-reader is lost (late)
              workshop-lock is lost (late)
              workshop-reader is lost (late)
              server-lock is lost (late)
              server-reader is lost (late)
              turnstile-lock is lost (late)
              turnstile-reader is lost (late)
              fire input Smoke detectors cannot be read (late)
              the gateway started (version 1.0.0) after 3600 s
              → lock server
              (Server room door: locked, none, card)
    "
  `);
});

test("toggle: a granted card frees the door, the next one locks it; a card without a right to the door does neither", () => {
  const story = new Teller(smallOffice({ doors: { front: { toggle: true } } })).at("10:00");
  story.badge("ada", "front").opens("front").closes("front").wait(60).shows("front");
  story.badge("eve", "front").wait(10).badge("finn", "front").shows("front");
  expect(story.transcript).toMatchInlineSnapshot(`
    "
    10:00:00  card-ada at Front door, outside
              Ada Berg was let in at Front door
              Ada Berg set Front door to free
              → release front for 5 s; reader shows granted; hold front unlocked
    10:00:00  the contact of Front door: open
              Front door opened
              Ada Berg went through Front door into Lobby
    10:00:00  the contact of Front door: closed
              Front door closed
    10:00:05  …
              (Front door: unlocked, closed, free)
    10:01:00  card-eve at Front door, outside
              Eve Kern was let in at Front door
              → reader shows granted
    10:01:05  …
              Eve Kern was let in at Front door and did not open it
    10:01:10  card-finn at Front door, outside
              Finn Holm was let in at Front door
              Finn Holm set Front door to card
              → reader shows granted; lock front
              (Front door: locked, closed, card)
    "
  `);
});

test("toggle: an operator's override stands above it, and a card at the inside reader only leaves", () => {
  const story = new Teller(smallOffice({ doors: { workshop: { toggle: true } } })).at("10:00");
  story.badge("ada", "workshop", "inside").shows("workshop").wait(10);
  story.asks({ op: "door.mode", door: "workshop", mode: "card" }).badge("ada", "workshop").shows("workshop");
  expect(story.transcript).toMatchInlineSnapshot(`
    "
    10:00:00  card-ada at Workshop door, inside
              Ada Berg was let in at Workshop door
              → release workshop for 5 s; reader shows granted
              (Workshop door: unlocked, closed, card)
    10:00:05  …
              Ada Berg was let in at Workshop door and did not open it
    10:00:10  Olga asks for door.mode at Workshop door
              Olga set Workshop door to card
    10:00:10  card-ada at Workshop door, outside
              Ada Berg was let in at Workshop door
              → release workshop for 5 s; reader shows granted
              (Workshop door: unlocked, closed, card)
    "
  `);
});

test("first person in: the schedule frees the door from the first grant in its window on, and each window waits anew", () => {
  const site = smallOffice({ doors: { front: { freeSchedule: "opening", firstPersonIn: true } } });
  const story = new Teller(site).at("08:30").badge("ada", "front").at("09:30").shows("front");
  story.badge("eve", "front").exit("front").wait(10).badge("finn", "front").shows("front");
  story.at("12:00").shows("front").at("09:30", 1).shows("front").at("12:30", 1);
  expect(story.transcript).toMatchInlineSnapshot(`
    "
    08:30:00  card-ada at Front door, outside
              Ada Berg was let in at Front door
              → release front for 5 s; reader shows granted
    08:30:05  …
              Ada Berg was let in at Front door and did not open it
    09:00:00  …
              (Front door: locked, closed, card)
    09:30:00  card-eve at Front door, outside
              Eve Kern was not let in at Front door: none of the person's groups may use this door
                would be let in if the person were in the group staff
              → reader shows denied
    09:30:00  the exit button of Front door
              somebody asked to leave at Front door
              → release front for 5 s at once
    09:30:05  …
    09:30:10  card-finn at Front door, outside
              Finn Holm was let in at Front door
              Front door is free by schedule
              → release front for 5 s; reader shows granted; hold front unlocked
              (Front door: unlocked, closed, free)
    09:30:15  …
              Finn Holm was let in at Front door and did not open it
    12:00:00  …
              Front door is locked again by schedule
              → lock front
              (Front door: locked, closed, card)
    09:00:00  …
              (Front door: locked, closed, card)
    12:00:00  …
    "
  `);
});

test("first person in: whoever was the first is known after a restart", () => {
  const site = smallOffice({ doors: { front: { freeSchedule: "opening", firstPersonIn: true } } });
  const story = new Teller(site).at("09:30").badge("ada", "front").restart(60);
  expect(story.forget().shows("front").transcript).toMatchInlineSnapshot(`
    "
              (Front door: unlocked, unknown, free)
    "
  `);
});

test("maintenance: locked but for those who maintain it, no alarm for what they do, and its exit stays free", () => {
  const people = staff({ people: { finn: { traits: ["maintenance"] } } });
  const story = new Teller(smallOffice(), people).at("10:00");
  story.asks({ op: "door.mode", door: "front", mode: "maintenance" }, { note: "new lock" });
  story.badge("ada", "front").badge("finn", "front").wait(10).opens("front").wait(600).shows("front");
  story.exit("front").asks({ op: "door.unlock", door: "front" });
  story.asks({ op: "door.unlock", door: "front" }, { force: true, note: "test of the lock" }).wait(10);
  story.asks({ op: "door.mode", door: "front" }).wait(40).shows("front");
  expect(story.transcript).toMatchInlineSnapshot(`
    "
    10:00:00  Olga asks for door.mode at Front door
              Olga set Front door to maintenance (new lock)
    10:00:00  card-ada at Front door, outside
              Ada Berg was not let in at Front door: the door is in maintenance
                would be let in if the door were back in its usual mode
              → reader shows denied
    10:00:00  card-finn at Front door, outside
              Finn Holm was let in at Front door
              → release front for 5 s; reader shows granted
    10:00:05  …
              Finn Holm was let in at Front door and did not open it
    10:00:10  the contact of Front door: open
              Front door opened
              (Front door: locked, open, maintenance)
    10:10:10  the exit button of Front door
              somebody asked to leave at Front door
              → release front for 5 s at once
    10:10:10  Olga asks for door.unlock at Front door
              door.unlock at Front door by Olga was refused: the door is in maintenance
    10:10:10  Olga asks for door.unlock at Front door, by force
              Olga unlocked Front door for 5 s (test of the lock)
              → release front for 5 s
    10:10:15  …
    10:10:20  Olga asks for door.mode at Front door
              Olga set Front door to card
    10:10:50  …
              Front door is held open
              (Front door: locked, open, card, alarm held-open)
    "
  `);
});

test("maintenance quiets the alarm of a door that stands open, which comes back if it is left so", () => {
  const story = new Teller().at("10:00").badge("ada", "front").opens("front").wait(60).shows("front");
  story.forget().asks({ op: "door.mode", door: "front", mode: "maintenance" }).shows("front").wait(600);
  expect(
    story.asks({ op: "door.mode", door: "front" }).wait(40).shows("front").transcript,
  ).toMatchInlineSnapshot(`
    "
    10:01:00  Olga asks for door.mode at Front door
              Olga set Front door to maintenance
              Front door is no longer held open: it may stand open now
              (Front door: locked, open, maintenance)
    10:11:00  Olga asks for door.mode at Front door
              Olga set Front door to card
    10:11:30  …
              Front door is held open
              (Front door: locked, open, card, alarm held-open)
    "
  `);
});

test("a contact out of service raises no alarm; back in service the door is where it was last heard to be", () => {
  const story = new Teller().at("10:00").opens("front").shows("front");
  story.forget().asks({ op: "door.bypass", door: "front", bypassed: true }, { note: "loose magnet" });
  story.shows("front").closes("front").opens("front").badge("ada", "front").wait(60).shows("front");
  story.asks({ op: "door.bypass", door: "front", bypassed: false }).shows("front").wait(40);
  story.asks({ op: "door.bypass", door: "server", bypassed: true });
  expect(story.transcript).toMatchInlineSnapshot(`
    "
    10:00:00  Olga asks for door.bypass at Front door
              Olga took the contact of Front door out of service (loose magnet)
              (Front door: locked, unknown, card)
    10:00:00  the contact of Front door: closed
    10:00:00  the contact of Front door: open
    10:00:00  card-ada at Front door, outside
              Ada Berg was let in at Front door
              Ada Berg went through Front door into Lobby (assumed)
              → release front for 5 s; reader shows granted
    10:00:05  …
              (Front door: locked, unknown, card)
    10:01:00  Olga asks for door.bypass at Front door
              Olga put the contact of Front door back in service
              (Front door: locked, open, card)
    10:01:30  …
              Front door is held open
    10:01:40  Olga asks for door.bypass at Server room door
              door.bypass at Server room door by Olga was refused: the door has no contact
    "
  `);
});

const groups = {
  site: {
    doorGroups: new Map([
      ["ground", { id: "ground", name: "Ground floor", doors: ["front", "workshop", "turnstile"] }],
    ]),
  },
};

test("a door group: each door answers for itself, or all or none", () => {
  const story = new Teller(smallOffice(groups)).at("10:00");
  story.asks({ op: "door.mode", door: "workshop", mode: "secured" }).forget();
  story.asks({ op: "group.unlock", doorGroup: "ground", ms: 8_000 }, { note: "move" }).wait(10);
  expect(story.outcome).toEqual({ ok: true });
  story.asks({ op: "group.unlock", doorGroup: "ground", allOrNone: true });
  expect(story.outcome).toMatchObject({ ok: false, reason: "one-refused" });
  story.asks({ op: "group.unlock", doorGroup: "cellar" });
  expect(story.transcript).toMatchInlineSnapshot(`
    "
    10:00:00  Olga asks for group.unlock at Ground floor
              Olga unlocked Front door for 8 s (move)
              group.unlock at Workshop door by Olga was refused: the door is secured
              Olga unlocked Turnstile for 8 s (move)
              → release front for 8 s; release turnstile for 8 s
    10:00:08  …
    10:00:10  Olga asks for group.unlock at Ground floor, all or none
              group.unlock at Workshop door by Olga was refused: the door is secured
              group.unlock by Olga was refused: one of the doors would not, and all or none was asked for
    10:00:10  Olga asks for group.unlock at cellar
              group.unlock by Olga was refused: there is no such door group
    "
  `);
});

test("a door group is set to a mode, until an hour, at once", () => {
  const story = new Teller(smallOffice(groups)).at("10:00");
  story
    .asks({ op: "group.mode", doorGroup: "ground", mode: "free", until: local("11:00") })
    .shows("turnstile");
  expect(story.at("11:00").shows("turnstile").transcript).toMatchInlineSnapshot(`
    "
    10:00:00  Olga asks for group.mode at Ground floor
              Olga set Front door to free until 2026-11-23 11:00
              Olga set Workshop door to free until 2026-11-23 11:00
              Olga set Turnstile to free until 2026-11-23 11:00
              → hold front unlocked; hold workshop unlocked; hold turnstile unlocked
              (Turnstile: unlocked, closed, free)
    11:00:00  …
              the override of Front door has ended: it is card again
              the override of Workshop door has ended: it is card again
              the override of Turnstile has ended: it is card again
              → lock front; lock workshop; lock turnstile
              (Turnstile: locked, closed, card)
    "
  `);
});
