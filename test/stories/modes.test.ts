import { expect, test } from "vitest";
import { local, smallOffice } from "./small-office.js";
import { Teller } from "./teller.js";

const opening = () => smallOffice({ doors: { front: { freeSchedule: "opening" } } });

test("a free schedule frees and locks the door by itself, and a leaf that stands open then is timed", () => {
  const story = new Teller(opening()).at("09:01").opens("front").at("11:59").shows("front").at("12:05");
  expect(story.shows("front").closes("front").at("09:00", 1).transcript).toMatchInlineSnapshot();
});

test("an operator unlocks a door for a while", () => {
  const story = new Teller()
    .at("03:00")
    .asks({ op: "door.unlock", door: "front", ms: 10_000 }, { note: "parcel" });
  story.wait(8).opens("front").closes("front").wait(5).asks({ op: "door.unlock", door: "front" }).wait(10);
  expect(story.shows("front").transcript).toMatchInlineSnapshot();
});

test("a secured door lets nobody in, lets everybody out, and can only be unlocked by force", () => {
  const story = new Teller(opening()).at("10:00").asks({ op: "door.mode", door: "front", mode: "secured" });
  story.shows("front").badge("ada", "front").exit("front").wait(10);
  story
    .asks({ op: "door.unlock", door: "front" })
    .asks({ op: "door.unlock", door: "front" }, { force: true });
  story.asks({ op: "door.mode", door: "workshop", mode: "secured" }).badge("ada", "workshop", "inside");
  expect(
    story.wait(10).asks({ op: "door.mode", door: "front" }).shows("front").transcript,
  ).toMatchInlineSnapshot();
});

test("an override ends at the hour it was given, and the schedule counts again", () => {
  const story = new Teller(opening()).at("08:00");
  story
    .asks({ op: "door.mode", door: "front", mode: "card", until: local("11:00") })
    .at("09:30")
    .shows("front");
  expect(story.at("11:00").shows("front").at("12:00").shows("front").transcript).toMatchInlineSnapshot();
});

test("what the building does not allow is refused with a reason", () => {
  const story = new Teller()
    .at("08:00")
    .asks({ op: "door.mode", door: "front", mode: "free", until: local("07:00") });
  story
    .asks({ op: "door.unlock", door: "front", ms: 0 })
    .asks({ op: "door.unlock", door: "front", ms: Number.NaN });
  story.asks({ op: "door.unlock", door: "back" }).asks({ op: "fire.reset", sensor: "window" });
  expect(story.outcome).toEqual({
    ok: false,
    reason: "unknown-sensor",
    message: "there is no such fire input; name a fire input of this site",
  });
  expect(story.transcript).toMatchInlineSnapshot();
});
