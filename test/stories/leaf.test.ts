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
  expect(story.transcript).toMatchInlineSnapshot();
});

test("a grant at a forced door lets in and does not end the alarm", () => {
  const story = new Teller().at("08:00").opens("front").badge("ada", "front").shows("front").whereIs("ada");
  expect(
    story.wait(1).closes("front").shows("front").wait(10).shows("front").transcript,
  ).toMatchInlineSnapshot();
});

test("a door propped open is reported once, 30 s after it opened, and ends when it closes", () => {
  const story = new Teller()
    .at("08:00")
    .badge("ada", "front")
    .wait(2)
    .opens("front")
    .wait(300)
    .shows("front");
  expect(story.closes("front").shows("front").transcript).toMatchInlineSnapshot();
});

test("a leaf that closes within its release may be opened again without alarm", () => {
  const story = new Teller().at("08:00").exit("front").wait(1).opens("front").wait(1).closes("front");
  expect(
    story.shows("front").wait(1).opens("front").closes("front").wait(5).opens("front").transcript,
  ).toMatchInlineSnapshot();
});

test("a level told at start or on return is no opening and no forcing, but the leaf that is found open is timed", () => {
  const story = new Teller().at("08:00").lost("front-lock").shows("front").wait(60).back("front-lock");
  story.contact("front", "open", { edge: false }).shows("front").wait(31).shows("front");
  expect(story.contact("front", "closed", { edge: false }).shows("front").transcript).toMatchInlineSnapshot();
});

test("the first thing heard after a silence is a level, whatever the wire calls it", () => {
  const story = new Teller().at("08:00").lost("front-lock").back("front-lock").opens("front").shows("front");
  expect(story.transcript).toMatchInlineSnapshot();
});

test("a lost link ends no alarm: a forced door stays forced until it is seen closed", () => {
  const story = new Teller().at("02:00").opens("front").lost("front-lock").shows("front").wait(60);
  story.back("front-lock").contact("front", "open", { edge: false }).shows("front");
  expect(story.closes("front").shows("front").transcript).toMatchInlineSnapshot();
});

test("a door whose contact has a fault is unknown, never closed, and takes the grant for the passage", () => {
  const story = new Teller().at("08:00").contact("front", "unknown", { fault: "short" }).shows("front");
  story.badge("ada", "front").whereIs("ada").wait(10).shows("front");
  expect(story.contact("front", "closed", { edge: false }).shows("front").transcript).toMatchInlineSnapshot();
});

test("whoever was let in when the contact is lost is taken to have passed", () => {
  const story = new Teller().at("08:00").badge("ada", "front").lost("front-lock").whereIs("ada").wait(10);
  expect(story.shows("front").transcript).toMatchInlineSnapshot();
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
  expect(story.exit("workshop").transcript).toMatchInlineSnapshot();
});

test("an order that was not confirmed is reported; one to be stated again on return is not", () => {
  const story = new Teller(smallOffice({ doors: { front: { mode: "free" } } })).at("08:00");
  story.badge("ada", "workshop").failed("workshop-lock", "workshop", "no-answer");
  story.failed("workshop-lock", "workshop", "refused").failed("workshop-lock", "workshop", "unreachable");
  story
    .lost("front-lock")
    .failed("front-lock", "front", "unreachable", story.state.doors.get("front")?.held?.id);
  expect(story.back("front-lock").transcript).toMatchInlineSnapshot();
});
