import { expect, test } from "vitest";
import { smallOffice } from "./small-office.js";
import { Teller } from "./teller.js";

test("a badge opens the front door, and its owner is inside when the leaf has opened", () => {
  const story = new Teller().at("08:01:30").badge("ada", "front").shows("front").whereIs("ada");
  story.wait(2).opens("front").whereIs("ada").wait(3).closes("front").wait(10).shows("front");
  expect(story.transcript).toMatchInlineSnapshot();
});

test("a card granted but not used may be presented again", () => {
  const story = new Teller().at("08:00").badge("ada", "front").wait(10).badge("ada", "front");
  story.wait(1).opens("front").wait(2).closes("front").whereIs("ada");
  expect(story.transcript).toMatchInlineSnapshot();
});

test("a badge presented twice before the door opens is one person who went in", () => {
  const story = new Teller().at("08:00").badge("ada", "front").wait(2).badge("ada", "front");
  story.wait(2).opens("front").wait(2).closes("front").wait(10);
  expect(story.transcript).toMatchInlineSnapshot();
});

test("two who badge before the leaf opens both went in, in their order", () => {
  const story = new Teller().at("08:00").badge("ada", "front").wait(1).badge("finn", "front");
  expect(story.wait(1).opens("front").closes("front").wait(10).transcript).toMatchInlineSnapshot();
});

test("who badges at a door that stands open is through at once", () => {
  const story = new Teller().at("08:00").badge("ada", "front").wait(1).opens("front");
  story.wait(5).badge("finn", "front").whereIs("finn").wait(20).closes("front").shows("front");
  expect(story.transcript).toMatchInlineSnapshot();
});

test("when grants wait on both sides, nobody can say who went which way", () => {
  const story = new Teller().at("08:00").badge("ada", "workshop").wait(1).badge("finn", "workshop", "inside");
  expect(story.wait(1).opens("workshop").whereIs("ada").whereIs("finn").transcript).toMatchInlineSnapshot();
});

test("an exit button pressed while somebody waits outside makes the way in uncertain", () => {
  const story = new Teller().at("08:00").badge("ada", "front").wait(1).exit("front").opens("front");
  expect(story.whereIs("ada").transcript).toMatchInlineSnapshot();
});

test("a door without a contact takes the grant for the passage, and says so", () => {
  const story = new Teller().at("03:00").badge("finn", "server").whereIs("finn").shows("server");
  expect(story.wait(10).shows("server").transcript).toMatchInlineSnapshot();
});

test("the same badge at a door without a contact within 15 s is one passage; later it is another", () => {
  const story = new Teller().at("03:00").badge("finn", "server").wait(14).badge("finn", "server");
  expect(story.wait(15).badge("finn", "server").transcript).toMatchInlineSnapshot();
});

test("a turnstile takes one person a rotation, and a grant that is not used lapses", () => {
  const story = new Teller().at("12:00").badge("ada", "turnstile").badge("finn", "turnstile").wait(1);
  story.opens("turnstile").wait(1).closes("turnstile").whereIs("ada").whereIs("finn").wait(10);
  expect(story.whereIs("finn").shows("turnstile").transcript).toMatchInlineSnapshot();
});

test("a reader at a free door still says who came, and sends no pulse", () => {
  const story = new Teller(smallOffice({ doors: { front: { freeSchedule: "opening" } } })).at("09:30");
  story.shows("front").badge("eve", "front").opens("front").whereIs("eve").wait(600).closes("front");
  expect(story.shows("front").transcript).toMatchInlineSnapshot();
});

test("a leaf that opens at the last moment of its release is not forced, one that opens later is", () => {
  const story = new Teller().at("08:00").badge("ada", "front").wait(5.4).opens("front").closes("front");
  expect(story.wait(60).badge("ada", "front").wait(5.6).opens("front").transcript).toMatchInlineSnapshot();
});
