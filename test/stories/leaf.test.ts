import { expect, test } from "vitest";
import { smallOffice } from "./small-office.js";
import { Teller } from "./teller.js";

test("a door opened while locked is forced, until it is closed", () => {
  const story = new Teller()
    .at("02:00")
    .opens("front")
    .shows("front")
    .wait(90)
    .closes("front")
    .shows("front");
  expect(story.transcript).toMatchInlineSnapshot(`
    "
    02:00:00  the contact of Front door: open
              Front door was opened while it was locked
              (Front door: locked, open, card, alarm forced)
    02:01:30  the contact of Front door: closed
              Front door is closed again after it was forced
              (Front door: locked, closed, card)
    "
  `);
});

test("a grant at a forced door lets in and does not end the alarm", () => {
  const story = new Teller().at("08:00").opens("front").badge("ada", "front").shows("front").whereIs("ada");
  expect(
    story.wait(1).closes("front").shows("front").wait(10).shows("front").transcript,
  ).toMatchInlineSnapshot(`
    "
    08:00:00  the contact of Front door: open
              Front door was opened while it was locked
    08:00:00  card-ada at Front door, outside
              Ada Berg was let in at Front door
              Ada Berg went through Front door into Lobby
              → release front for 5 s; reader shows granted
              (Front door: unlocked, open, card, alarm forced)
              (Ada Berg: Lobby, seen)
    08:00:01  the contact of Front door: closed
              Front door is closed again after it was forced
              (Front door: unlocked, closed, card)
    08:00:05  …
              (Front door: locked, closed, card)
    "
  `);
});

test("a door propped open is reported once, 30 s after it opened, and ends when it closes", () => {
  const story = new Teller()
    .at("08:00")
    .badge("ada", "front")
    .wait(2)
    .opens("front")
    .wait(300)
    .shows("front");
  expect(story.closes("front").shows("front").transcript).toMatchInlineSnapshot(`
    "
    08:00:00  card-ada at Front door, outside
              Ada Berg was let in at Front door
              → release front for 5 s; reader shows granted
    08:00:02  the contact of Front door: open
              Front door opened
              Ada Berg went through Front door into Lobby
    08:00:05  …
    08:00:32  …
              Front door is held open
              (Front door: locked, open, card, alarm held-open)
    08:05:02  the contact of Front door: closed
              Front door is no longer held open
              (Front door: locked, closed, card)
    "
  `);
});

test("a leaf that closes within its release may be opened again without alarm", () => {
  const story = new Teller().at("08:00").exit("front").wait(1).opens("front").wait(1).closes("front");
  expect(
    story.shows("front").wait(1).opens("front").closes("front").wait(5).opens("front").transcript,
  ).toMatchInlineSnapshot(`
    "
    08:00:00  the exit button of Front door
              somebody asked to leave at Front door
              → release front for 5 s at once
    08:00:01  the contact of Front door: open
              Front door opened
    08:00:02  the contact of Front door: closed
              Front door closed
              (Front door: unlocked, closed, card)
    08:00:03  the contact of Front door: open
              Front door opened
    08:00:03  the contact of Front door: closed
              Front door closed
    08:00:05  …
    08:00:08  the contact of Front door: open
              Front door was opened while it was locked
    "
  `);
});

test("a level told at start or on return is no opening and no forcing, but the leaf that is found open is timed", () => {
  const story = new Teller().at("08:00").lost("front-lock").shows("front").wait(60).back("front-lock");
  story.contact("front", "open", { edge: false }).shows("front").wait(31).shows("front");
  expect(story.contact("front", "closed", { edge: false }).shows("front").transcript).toMatchInlineSnapshot(`
    "
    08:00:00  front-lock goes silent
              front-lock is lost
              it is not known whether Front door is open or closed
              (Front door: locked, unknown, card)
    08:01:00  front-lock is there
              front-lock is connected
    08:01:00  the contact of Front door: found open
              (Front door: locked, open, card)
    08:01:30  …
              Front door is held open
              (Front door: locked, open, card, alarm held-open)
    08:01:31  the contact of Front door: found closed
              Front door is no longer held open
              (Front door: locked, closed, card)
    "
  `);
});

test("the first thing heard after a silence is a level, whatever the wire calls it", () => {
  const story = new Teller().at("08:00").lost("front-lock").back("front-lock").opens("front").shows("front");
  expect(story.transcript).toMatchInlineSnapshot(`
    "
    08:00:00  front-lock goes silent
              front-lock is lost
              it is not known whether Front door is open or closed
    08:00:00  front-lock is there
              front-lock is connected
    08:00:00  the contact of Front door: open
              (Front door: locked, open, card)
    "
  `);
});

test("a lost link ends no alarm: a forced door stays forced until it is seen closed", () => {
  const story = new Teller().at("02:00").opens("front").lost("front-lock").shows("front").wait(60);
  story.back("front-lock").contact("front", "open", { edge: false }).shows("front");
  expect(story.closes("front").shows("front").transcript).toMatchInlineSnapshot(`
    "
    02:00:00  the contact of Front door: open
              Front door was opened while it was locked
    02:00:00  front-lock goes silent
              front-lock is lost
              it is not known whether Front door is open or closed
              (Front door: locked, unknown, card, alarm forced)
    02:01:00  front-lock is there
              front-lock is connected
    02:01:00  the contact of Front door: found open
              (Front door: locked, open, card, alarm forced)
    02:01:00  the contact of Front door: closed
              Front door is closed again after it was forced
              (Front door: locked, closed, card)
    "
  `);
});

test("a door whose contact has a fault is unknown, never closed, and takes the grant for the passage", () => {
  const story = new Teller().at("08:00").contact("front", "unknown", { fault: "short" }).shows("front");
  story.badge("ada", "front").whereIs("ada").wait(10).shows("front");
  expect(story.contact("front", "closed", { edge: false }).shows("front").transcript).toMatchInlineSnapshot(`
    "
    08:00:00  the contact of Front door: line short
              the contact of Front door has a fault: short
              (Front door: locked, unknown, card, contact-fault)
    08:00:00  card-ada at Front door, outside
              Ada Berg was let in at Front door
              Ada Berg went through Front door into Lobby (assumed)
              → release front for 5 s; reader shows granted
              (Ada Berg: Lobby, assumed)
    08:00:05  …
              (Front door: locked, unknown, card, contact-fault)
    08:00:10  the contact of Front door: found closed
              the contact of Front door works again
              (Front door: locked, closed, card)
    "
  `);
});

test("whoever was let in when the contact is lost is taken to have passed", () => {
  const story = new Teller().at("08:00").badge("ada", "front").lost("front-lock").whereIs("ada").wait(10);
  expect(story.shows("front").transcript).toMatchInlineSnapshot(`
    "
    08:00:00  card-ada at Front door, outside
              Ada Berg was let in at Front door
              → release front for 5 s; reader shows granted
    08:00:00  front-lock goes silent
              front-lock is lost
              it is not known whether Front door is open or closed
              Ada Berg went through Front door into Lobby (assumed)
              (Ada Berg: Lobby, assumed)
    08:00:05  …
              (Front door: locked, unknown, card)
    "
  `);
});

test("the exit button releases at once, in every condition of the door", () => {
  const story = new Teller(smallOffice({ doors: { workshop: { exit: "controlled" } } })).at("02:00");
  story
    .exit("front")
    .wait(1)
    .exit("front")
    .opens("front")
    .exit("front")
    .wait(60)
    .exit("front")
    .closes("front");
  story.wait(10).opens("front").exit("front").closes("front").lost("front-lock").exit("front");
  expect(story.exit("workshop").transcript).toMatchInlineSnapshot(`
    "
    02:00:00  the exit button of Front door
              somebody asked to leave at Front door
              → release front for 5 s at once
    02:00:01  the exit button of Front door
              somebody asked to leave at Front door
              → release front for 5 s at once
    02:00:01  the contact of Front door: open
              Front door opened
    02:00:01  the exit button of Front door
              somebody asked to leave at Front door
              → release front for 5 s at once
    02:00:06  …
    02:00:31  …
              Front door is held open
    02:01:01  the exit button of Front door
              somebody asked to leave at Front door
              → release front for 5 s at once
    02:01:01  the contact of Front door: closed
              Front door is no longer held open
    02:01:06  …
    02:01:11  the contact of Front door: open
              Front door was opened while it was locked
    02:01:11  the exit button of Front door
              somebody asked to leave at Front door
              → release front for 5 s at once
    02:01:11  the contact of Front door: closed
              Front door is closed again after it was forced
    02:01:11  front-lock goes silent
              front-lock is lost
              it is not known whether Front door is open or closed
    02:01:11  the exit button of Front door
              somebody asked to leave at Front door
              → release front for 5 s at once
    02:01:11  the exit button of Workshop door
              somebody asked to leave at Workshop door
              → release workshop for 5 s at once
    "
  `);
});

test("an order that was not confirmed is reported; one to be stated again on return is not", () => {
  const story = new Teller(smallOffice({ doors: { front: { mode: "free" } } })).at("08:00");
  story.badge("ada", "workshop").failed("workshop-lock", "workshop", "no-answer");
  story.failed("workshop-lock", "workshop", "refused").failed("workshop-lock", "workshop", "unreachable");
  story
    .lost("front-lock")
    .failed("front-lock", "front", "unreachable", story.state.doors.get("front")?.held?.id);
  expect(story.back("front-lock").transcript).toMatchInlineSnapshot(`
    "
    08:00:00  card-ada at Workshop door, outside
              Ada Berg was let in at Workshop door
              → release workshop for 5 s; reader shows granted
    08:00:00  an order to workshop-lock: no-answer
              workshop-lock did not confirm an order for Workshop door
    08:00:00  an order to workshop-lock: refused
              workshop-lock refused an order for Workshop door
    08:00:00  an order to workshop-lock: unreachable
              an order for Workshop door could not be sent: workshop-lock is not connected
    08:00:00  front-lock goes silent
              front-lock is lost
              it is not known whether Front door is open or closed
    08:00:00  an order to front-lock: unreachable
    08:00:00  front-lock is there
              front-lock is connected
              → hold front unlocked
    "
  `);
});
