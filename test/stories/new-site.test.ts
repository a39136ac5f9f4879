import { expect, test } from "vitest";
import { point, smallOffice } from "./small-office.js";
import { Teller } from "./teller.js";

test("a removed door is locked first, and a running release keeps its end under new times", () => {
  const story = new Teller(smallOffice({ doors: { server: { mode: "free" } } }))
    .at("08:00")
    .badge("ada", "front");
  story.activate(
    smallOffice({ revision: 2, without: { doors: ["server"] }, doors: { front: { unlockMs: 60_000 } } }),
  );
  expect(story.wait(10).shows("front").transcript).toMatchInlineSnapshot();
});

test("what is released, forced, held open, secured or occupied stands in the way of its removal", () => {
  const story = new Teller(smallOffice({ fire: { front: "unlock" } })).at("08:00");
  story.badge("ada", "workshop").opens("workshop").wait(60).sensor("smoke", true);
  story.asks({ op: "door.emergency-release", door: "server" });
  story.asks({ op: "door.mode", door: "turnstile", mode: "secured" });
  const doors = ["front", "workshop", "server", "turnstile"];
  story.activate(smallOffice({ revision: 2, without: { doors, areas: ["workshop"] } }));
  story.activate(smallOffice({ revision: 3, fire: { front: "none" } }));
  expect(story.transcript).toMatchInlineSnapshot();
});

test("a rewired contact is unknown until heard of, and its first level is no edge", () => {
  const rewired = smallOffice({ revision: 2, doors: { front: { contact: point("front-lock/input/7") } } });
  const story = new Teller().at("08:00").activate(rewired).shows("front").opens("front").shows("front");
  expect(story.transcript).toMatchInlineSnapshot();
});

test("a new mode at rest takes effect at once", () => {
  const story = new Teller()
    .at("08:00")
    .activate(smallOffice({ revision: 2, doors: { front: { mode: "free" } } }));
  story.shows("front").activate(smallOffice({ revision: 3, doors: { front: { lock: movedLock } } }));
  expect(story.shows("front").transcript).toMatchInlineSnapshot();
});

const movedLock = {
  point: point("front-lock/lock/2"),
  kind: "fail-secure",
  mechanicalEgress: true,
  wiredRelease: false,
} as const;
