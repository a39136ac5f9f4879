import { expect, test } from "vitest";
import { local, smallOffice } from "./small-office.js";
import { Teller } from "./teller.js";

test("a restart keeps modes, overrides with their end, and whereabouts; the points are unknown until heard of", () => {
  const story = new Teller().at("08:00").badge("ada", "front").opens("front").closes("front");
  story
    .asks({ op: "door.mode", door: "front", mode: "secured", until: local("09:00") })
    .wait(10)
    .restart(60);
  story.shows("front").whereIs("ada").back("front-lock").contact("front", "closed", { edge: false });
  expect(story.shows("front").at("09:00").shows("front").transcript).toMatchInlineSnapshot(`
    "
    08:00:00  card-ada at Front door, outside
              Ada Berg was let in at Front door
              → release front for 5 s; reader shows granted
    08:00:00  the contact of Front door: open
              Front door opened
              Ada Berg went through Front door into Lobby
    08:00:00  the contact of Front door: closed
              Front door closed
    08:00:00  Olga asks for door.mode at Front door
              Olga set Front door to secured until 2026-11-23 09:00
    08:00:05  …
    08:01:10  the gateway starts after 60 s
              the gateway started (version 1.0.0) after 60 s
              (Front door: locked, unknown, secured)
              (Ada Berg: Lobby, seen)
    08:01:10  front-lock is there
              front-lock is connected
    08:01:10  the contact of Front door: found closed
              (Front door: locked, closed, secured)
    08:02:10  …
              panel is lost
              front-reader is lost
              workshop-lock is lost
              workshop-reader is lost
              server-lock is lost
              server-reader is lost
              turnstile-lock is lost
              turnstile-reader is lost
              fire input Smoke detectors cannot be read
    09:00:00  …
              the override of Front door has ended: it is card again
              (Front door: locked, closed, card)
    "
  `);
});

test("what fell due while the gateway was down comes first, marked late", () => {
  const site = smallOffice({ doors: { front: { freeSchedule: "opening" } } });
  const story = new Teller(site)
    .at("08:59:50")
    .badge("finn", "workshop")
    .badge("ada", "front")
    .opens("front");
  story.asks({ op: "door.mode", door: "workshop", mode: "free", until: local("09:30") }).restart(3600);
  expect(story.shows("front").shows("workshop").transcript).toMatchInlineSnapshot(`
    "
    08:59:50  card-finn at Workshop door, outside
              Finn Holm was let in at Workshop door
              → release workshop for 5 s; reader shows granted
    08:59:50  card-ada at Front door, outside
              Ada Berg was let in at Front door
              → release front for 5 s; reader shows granted
    08:59:50  the contact of Front door: open
              Front door opened
              Ada Berg went through Front door into Lobby
    08:59:50  Olga asks for door.mode at Workshop door
              Olga set Workshop door to free until 2026-11-23 09:30
              → hold workshop unlocked
    09:59:50  the gateway starts after 3600 s
              Front door is free by schedule (late)
              Finn Holm was let in at Workshop door and did not open it (late)
              the override of Workshop door has ended: it is card again (late)
              the gateway started (version 1.0.0) after 3600 s
              → hold front unlocked; lock workshop
              (Front door: unlocked, unknown, free)
              (Workshop door: locked, unknown, card)
    "
  `);
});

test("held locks are stated again after a start and on a device's return; a pulse never is", () => {
  const story = new Teller(smallOffice({ doors: { front: { mode: "free" } } }))
    .at("08:00")
    .badge("ada", "workshop");
  expect(story.restart(1).back("front-lock").back("workshop-lock").transcript).toMatchInlineSnapshot(`
    "
    08:00:00  card-ada at Workshop door, outside
              Ada Berg was let in at Workshop door
              → release workshop for 5 s; reader shows granted
    08:00:01  the gateway starts after 1 s
              the gateway started (version 1.0.0) after 1 s
              Ada Berg went through Workshop door into Workshop (assumed)
              → hold front unlocked
    08:00:01  front-lock is there
              front-lock is connected
              → hold front unlocked
    08:00:01  workshop-lock is there
              workshop-lock is connected
    "
  `);
});

test("devices that were there before a restart and do not come back are lost after a minute", () => {
  const story = new Teller().at("08:00").restart(5).back("front-lock").wait(90);
  expect(story.transcript).toMatchInlineSnapshot(`
    "
    08:00:05  the gateway starts after 5 s
              the gateway started (version 1.0.0) after 5 s
    08:00:05  front-lock is there
              front-lock is connected
    08:01:05  …
              panel is lost
              front-reader is lost
              workshop-lock is lost
              workshop-reader is lost
              server-lock is lost
              server-reader is lost
              turnstile-lock is lost
              turnstile-reader is lost
              fire input Smoke detectors cannot be read
    "
  `);
});

test("a clock that is set moves countdowns and leaves wall-clock ends", () => {
  const story = new Teller(smallOffice({ doors: { front: { freeSchedule: "opening" } } })).at("08:00");
  story.asks({ op: "door.mode", door: "workshop", mode: "free", until: local("08:30") });
  story.badge("ada", "front").opens("front").clock(3600).shows("front").wait(10).shows("front");
  expect(story.clock(-7200).shows("front").transcript).toMatchInlineSnapshot(`
    "
    08:00:00  Olga asks for door.mode at Workshop door
              Olga set Workshop door to free until 2026-11-23 08:30
              → hold workshop unlocked
    08:00:00  card-ada at Front door, outside
              Ada Berg was let in at Front door
              → release front for 5 s; reader shows granted
    08:00:00  the contact of Front door: open
              Front door opened
              Ada Berg went through Front door into Lobby
    09:00:00  the clock is set by 3600 s
              the clock was set by 3600 s
              Front door is free by schedule
              the override of Workshop door has ended: it is card again
              → hold front unlocked; lock workshop
              (Front door: unlocked, open, free)
    09:00:05  …
              (Front door: unlocked, open, free)
    07:00:10  the clock is set by -7200 s
              the clock was set by -7200 s
              the clock is not trusted: it jumped by more than is plausible; no schedule unlocks a door
              Front door is locked again by schedule
              → lock front
              (Front door: locked, open, card)
    "
  `);
});

test("a tick that is late changes nothing: what was due has happened before the next card is judged", () => {
  const story = new Teller().at("08:00").badge("ada", "front");
  // No tick comes in these 20 seconds.
  story.now += 20_000;
  story.badge("finn", "front").wait(1).opens("front").whereIs("ada");
  expect(story.transcript).toMatchInlineSnapshot(`
    "
    08:00:00  card-ada at Front door, outside
              Ada Berg was let in at Front door
              → release front for 5 s; reader shows granted
    08:00:20  card-finn at Front door, outside
              Ada Berg was let in at Front door and did not open it
              Finn Holm was let in at Front door
              → release front for 5 s; reader shows granted
    08:00:21  the contact of Front door: open
              Front door opened
              Finn Holm went through Front door into Lobby
              (Ada Berg: not seen)
    "
  `);
});

test("a door left free over a long down time is locked at the start, though its boundary is no longer compiled", () => {
  const story = new Teller(smallOffice({ doors: { front: { freeSchedule: "opening" } } })).at("09:30");
  const opening = story.site.schedules.get("opening");
  if (!opening) throw new Error("fixture: no schedule");
  const later = { ...opening, starts: opening.starts.slice(1), ends: opening.ends.slice(1) };
  story.site = { ...story.site, schedules: new Map(story.site.schedules).set("opening", later) };
  expect(story.restart(3 * 3600).shows("front").transcript).toMatchInlineSnapshot(`
    "
    09:00:00  …
              Front door is free by schedule
              → hold front unlocked
    12:30:00  the gateway starts after 10800 s
              Front door is locked again by schedule (late)
              the gateway started (version 1.0.0) after 10800 s
              → lock front
              (Front door: locked, unknown, card)
    "
  `);
});
