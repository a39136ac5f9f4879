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
  expect(story.shows("front").at("09:00").shows("front").transcript).toMatchInlineSnapshot();
});

test("what fell due while the gateway was down comes first, marked late", () => {
  const site = smallOffice({ doors: { front: { freeSchedule: "opening" } } });
  const story = new Teller(site)
    .at("08:59:50")
    .badge("finn", "workshop")
    .badge("ada", "front")
    .opens("front");
  story.asks({ op: "door.mode", door: "workshop", mode: "free", until: local("09:30") }).restart(3600);
  expect(story.shows("front").shows("workshop").transcript).toMatchInlineSnapshot();
});

test("held locks are stated again after a start and on a device's return; a pulse never is", () => {
  const story = new Teller(smallOffice({ doors: { front: { mode: "free" } } }))
    .at("08:00")
    .badge("ada", "workshop");
  expect(story.restart(1).back("front-lock").back("workshop-lock").transcript).toMatchInlineSnapshot();
});

test("devices that were there before a restart and do not come back are lost after a minute", () => {
  const story = new Teller().at("08:00").restart(5).back("front-lock").wait(90);
  expect(story.transcript).toMatchInlineSnapshot();
});

test("a clock that is set moves countdowns and leaves wall-clock ends", () => {
  const story = new Teller(smallOffice({ doors: { front: { freeSchedule: "opening" } } })).at("08:00");
  story.asks({ op: "door.mode", door: "workshop", mode: "free", until: local("08:30") });
  story.badge("ada", "front").opens("front").clock(3600).shows("front").wait(10).shows("front");
  expect(story.clock(-7200).shows("front").transcript).toMatchInlineSnapshot();
});
