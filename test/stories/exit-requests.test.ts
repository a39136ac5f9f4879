import { expect, test } from "vitest";
import { smallOffice } from "./small-office.js";
import { Teller } from "./teller.js";

const front = (exitRequest: object, more: object = {}) =>
  smallOffice({ doors: { front: { exitRequest, ...more } } });

test("a detector that sees somebody come in unlocks, and is no event and no excuse for an opening", () => {
  const story = new Teller(front({ ignoreAfterCloseMs: 5_000 })).at("08:00");
  story.badge("ada", "front").opens("front").wait(6).closes("front").wait(2).exit("front").shows("front");
  expect(story.wait(1).opens("front").shows("front").transcript).toMatchInlineSnapshot(`
    "
    08:00:00  card-ada at Front door, outside
              Ada Berg was let in at Front door
              → release front for 5 s; reader shows granted
    08:00:00  the contact of Front door: open
              Front door opened
              Ada Berg went through Front door into Lobby
    08:00:05  …
    08:00:06  the contact of Front door: closed
              Front door closed
    08:00:08  the exit button of Front door
              → release front for 5 s at once
              (Front door: unlocked, closed, card)
    08:00:09  the contact of Front door: open
              Front door was opened while it was locked (its lock was released for an exit request that counts for nothing so soon after somebody came in)
              (Front door: unlocked, open, card, alarm forced)
    "
  `);
});

test("soon after a grant the detector over the door neither counts nor keeps it open for longer", () => {
  const story = new Teller(front({ ignoreAfterGrantMs: 25_000 })).at("08:00");
  story.badge("ada", "front").wait(1).opens("front");
  for (let i = 0; i < 4; i++) story.wait(5).exit("front");
  expect(story.wait(9).shows("front").wait(1).closes("front").transcript).toMatchInlineSnapshot(`
    "
    08:00:00  card-ada at Front door, outside
              Ada Berg was let in at Front door
              → release front for 5 s; reader shows granted
    08:00:01  the contact of Front door: open
              Front door opened
              Ada Berg went through Front door into Lobby
    08:00:05  …
    08:00:06  the exit button of Front door
              → release front for 5 s at once
    08:00:11  the exit button of Front door
              → release front for 5 s at once
    08:00:16  the exit button of Front door
              → release front for 5 s at once
    08:00:21  the exit button of Front door
              → release front for 5 s at once
    08:00:26  …
              (Front door: locked, open, card)
    08:00:31  …
              Front door is held open
    08:00:31  the contact of Front door: closed
              Front door is no longer held open
    "
  `);
});

test("once the time is over an exit request is one again", () => {
  const story = new Teller(front({ ignoreAfterGrantMs: 5_000 })).at("08:00");
  story.badge("ada", "front").opens("front").closes("front").wait(5).exit("front").opens("front");
  expect(story.transcript).toMatchInlineSnapshot(`
    "
    08:00:00  card-ada at Front door, outside
              Ada Berg was let in at Front door
              → release front for 5 s; reader shows granted
    08:00:00  the contact of Front door: open
              Front door opened
              Ada Berg went through Front door into Lobby
    08:00:00  the contact of Front door: closed
              Front door closed
    08:00:05  the exit button of Front door
              somebody asked to leave at Front door
              → release front for 5 s at once
    08:00:05  the contact of Front door: open
              Front door opened
    "
  `);
});

test("at a door that opens by its handle an exit request unlocks nothing and keeps the opening from being forced", () => {
  const story = new Teller(front({ unlocks: false })).at("20:00");
  story.exit("front").shows("front").wait(2).opens("front").wait(2).closes("front").wait(10).opens("front");
  expect(story.transcript).toMatchInlineSnapshot(`
    "
    20:00:00  the exit button of Front door
              somebody asked to leave at Front door
              (Front door: locked, closed, card)
    20:00:02  the contact of Front door: open
              Front door opened
    20:00:04  the contact of Front door: closed
              Front door closed
    20:00:05  …
    20:00:14  the contact of Front door: open
              Front door was opened while it was locked
    "
  `);
});

test("a request that only masks the opening does not even that while it is ignored", () => {
  const story = new Teller(front({ unlocks: false, ignoreAfterCloseMs: 20_000 })).at("20:00");
  story.exit("front").opens("front").closes("front").wait(10).exit("front").opens("front");
  expect(story.transcript).toMatchInlineSnapshot(`
    "
    20:00:00  the exit button of Front door
              somebody asked to leave at Front door
    20:00:00  the contact of Front door: open
              Front door opened
    20:00:00  the contact of Front door: closed
              Front door closed
    20:00:05  …
    20:00:10  the exit button of Front door
    20:00:10  the contact of Front door: open
              Front door was opened while it was locked
    "
  `);
});

test("a restart keeps for how long a request is ignored, and for how long it masks an opening", () => {
  const story = new Teller(front({ unlocks: false, ignoreAfterGrantMs: 20_000 })).at("08:00");
  story.exit("front").restart(1).back("front-lock").contact("front", "closed", { edge: false });
  story.opens("front").closes("front").badge("ada", "front").opens("front").closes("front").restart(3);
  story.back("front-lock").contact("front", "closed", { edge: false }).wait(5).exit("front").opens("front");
  expect(story.transcript).toMatchInlineSnapshot(`
    "
    08:00:00  the exit button of Front door
              somebody asked to leave at Front door
    08:00:01  the gateway starts after 1 s
              the gateway started (version 1.0.0) after 1 s
    08:00:01  front-lock is there
              front-lock is connected
    08:00:01  the contact of Front door: found closed
    08:00:01  the contact of Front door: open
              Front door opened
    08:00:01  the contact of Front door: closed
              Front door closed
    08:00:01  card-ada at Front door, outside
              Ada Berg was let in at Front door
              → release front for 5 s; reader shows granted
    08:00:01  the contact of Front door: open
              Front door opened
              Ada Berg went through Front door into Lobby
    08:00:01  the contact of Front door: closed
              Front door closed
    08:00:04  the gateway starts after 3 s
              the gateway started (version 1.0.0) after 3 s
    08:00:04  front-lock is there
              front-lock is connected
    08:00:04  the contact of Front door: found closed
    08:00:05  …
    08:00:06  …
    08:00:09  the exit button of Front door
    08:00:09  the contact of Front door: open
              Front door was opened while it was locked
    "
  `);
});

test("the clock set ahead does not end the time in which a request is ignored", () => {
  const story = new Teller(front({ ignoreAfterGrantMs: 20_000 })).at("08:00");
  story.badge("ada", "front").opens("front").closes("front").clock(600).exit("front").clock(-600).wait(21);
  expect(story.exit("front").transcript).toMatchInlineSnapshot(`
    "
    08:00:00  card-ada at Front door, outside
              Ada Berg was let in at Front door
              → release front for 5 s; reader shows granted
    08:00:00  the contact of Front door: open
              Front door opened
              Ada Berg went through Front door into Lobby
    08:00:00  the contact of Front door: closed
              Front door closed
    08:10:00  the clock is set by 600 s
              the clock was set by 600 s
    08:10:00  the exit button of Front door
              → release front for 5 s at once
    08:00:00  the clock is set by -600 s
              the clock was set by -600 s
              the clock is not trusted: it jumped by more than is plausible; no schedule unlocks a door
    08:00:05  …
    08:00:21  the exit button of Front door
              somebody asked to leave at Front door
              → release front for 5 s at once
    "
  `);
});

test("the clock set ahead does not end the time in which an opening is masked", () => {
  const story = new Teller(front({ unlocks: false })).at("20:00").exit("front").clock(240).opens("front");
  expect(story.closes("front").wait(6).opens("front").transcript).toMatchInlineSnapshot(`
    "
    20:00:00  the exit button of Front door
              somebody asked to leave at Front door
    20:04:00  the clock is set by 240 s
              the clock was set by 240 s
    20:04:00  the contact of Front door: open
              Front door opened
    20:04:00  the contact of Front door: closed
              Front door closed
    20:04:05  …
    20:04:06  the contact of Front door: open
              Front door was opened while it was locked
    "
  `);
});
