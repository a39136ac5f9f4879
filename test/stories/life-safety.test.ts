import { expect, test } from "vitest";
import { smallOffice } from "./small-office.js";
import { Teller } from "./teller.js";

const building = () =>
  smallOffice({
    fire: { front: "unlock", workshop: "close", server: "none" },
    doors: { workshop: { mode: "free" } },
  });

test("fire unlocks the escape route, shuts the fire door, and leaves the others to their handles", () => {
  const story = new Teller(building()).at("10:00").sensor("smoke", true);
  story.shows("front").shows("workshop").shows("server").shows("turnstile");
  story.opens("front").opens("turnstile").wait(3600).shows("front").shows("turnstile");
  expect(story.transcript).toMatchInlineSnapshot();
});

test("a fire release is ended by a person's reset, and not before the input is quiet", () => {
  const story = new Teller(building()).at("10:00").sensor("smoke", true).says("front", false).opens("front");
  story.asks({ op: "fire.reset", sensor: "smoke" }).sensor("smoke", false).wait(60).shows("front");
  story.asks({ op: "fire.reset", sensor: "smoke" }, { note: "burnt toast" }).shows("front").wait(60);
  expect(story.asks({ op: "fire.reset", sensor: "smoke" }).transcript).toMatchInlineSnapshot();
});

test("locks that say they are locked after the reset are not named", () => {
  const story = new Teller(building()).at("10:00").sensor("smoke", true).says("front", false);
  story.sensor("smoke", false).asks({ op: "fire.reset", sensor: "smoke" }).says("front", true).wait(60);
  expect(story.transcript).toMatchInlineSnapshot();
});

test("a fire input that cannot be read is a trouble and never fire; its return is told", () => {
  const story = new Teller(building()).at("10:00").lost("panel").shows("front").back("panel");
  story.sensor("smoke", false, { edge: false }).sensor("smoke", undefined, { fault: "open" }).shows("front");
  expect(story.sensor("smoke", false, { edge: false }).transcript).toMatchInlineSnapshot();
});

test("an input declared so releases when its line breaks", () => {
  const story = new Teller(smallOffice({ fire: { front: "unlock" }, onFault: "release" })).at("10:00");
  story
    .sensor("smoke", undefined, { fault: "open" })
    .shows("front")
    .asks({ op: "fire.reset", sensor: "smoke" });
  story.sensor("smoke", false).asks({ op: "fire.reset", sensor: "smoke" });
  expect(story.transcript).toMatchInlineSnapshot();
});

test("a fire that is found active at start is fire, though it is only a level", () => {
  const story = new Teller(building()).at("10:00").restart(5).sensor("smoke", true, { edge: false });
  expect(story.shows("front").transcript).toMatchInlineSnapshot();
});

test("a fire input that burnt with its device is reset by force only", () => {
  const story = new Teller(building()).at("10:00").sensor("smoke", true).lost("panel");
  story.asks({ op: "fire.reset", sensor: "smoke" });
  story.asks({ op: "fire.reset", sensor: "smoke" }, { force: true, note: "the panel is gone" });
  expect(story.shows("front").transcript).toMatchInlineSnapshot();
});

test("an emergency release is refused by nothing and latched until it is reset", () => {
  const story = new Teller().at("10:00").asks({ op: "door.mode", door: "front", mode: "secured" });
  story.asks({ op: "door.emergency-release", door: "front" }).shows("front").opens("front").wait(3600);
  story.asks({ op: "door.emergency-release", door: "front" }).closes("front").restart(60).shows("front");
  story.asks({ op: "door.emergency-reset", door: "front" }).shows("front");
  expect(story.asks({ op: "door.emergency-reset", door: "front" }).transcript).toMatchInlineSnapshot();
});

test("a release laid over a held door ends both, and holds anew what is to be held", () => {
  const story = new Teller(smallOffice({ doors: { front: { mode: "free" } } })).at("10:00");
  story
    .asks({ op: "door.emergency-release", door: "front" })
    .asks({ op: "door.emergency-reset", door: "front" });
  expect(story.shows("front").transcript).toMatchInlineSnapshot();
});

test("the end of a release is named again to a lock that was away, until it says that it is locked", () => {
  const story = new Teller()
    .at("10:00")
    .asks({ op: "door.emergency-release", door: "front" })
    .lost("front-lock");
  story.asks({ op: "door.emergency-reset", door: "front" }).wait(30).back("front-lock").says("front", true);
  expect(story.lost("front-lock").back("front-lock").transcript).toMatchInlineSnapshot();
});
