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
  expect(story.transcript).toMatchInlineSnapshot(`
    "
    10:00:00  Smoke detectors: active
              fire input Smoke detectors is active
              the fire input Smoke detectors calls everybody: 0 thought to be inside
              → release front until reset at once; lock workshop at once
              (Front door: released, closed, card)
              (Workshop door: locked, closed, free)
              (Server room door: locked, none, card)
              (Turnstile: locked, closed, card)
    10:00:00  the contact of Front door: open
              Front door opened
    10:00:00  the contact of Turnstile: open
              Turnstile opened
              (Front door: released, open, card)
              (Turnstile: locked, open, card)
    "
  `);
});

test("a fire release is ended by a person's reset, and not before the input is quiet", () => {
  const story = new Teller(building()).at("10:00").sensor("smoke", true).says("front", false).opens("front");
  story.asks({ op: "fire.reset", sensor: "smoke" }).sensor("smoke", false).wait(60).shows("front");
  story.asks({ op: "fire.reset", sensor: "smoke" }, { note: "burnt toast" }).shows("front").wait(60);
  expect(story.asks({ op: "fire.reset", sensor: "smoke" }).transcript).toMatchInlineSnapshot(`
    "
    10:00:00  Smoke detectors: active
              fire input Smoke detectors is active
              the fire input Smoke detectors calls everybody: 0 thought to be inside
              → release front until reset at once; lock workshop at once
    10:00:00  the lock of Front door: not locked
    10:00:00  the contact of Front door: open
              Front door opened
    10:00:00  Olga asks for fire.reset at Smoke detectors
              fire.reset of Smoke detectors by Olga was refused: the fire input is still active
    10:00:00  Smoke detectors: quiet
              fire input Smoke detectors is quiet again; the release stands until it is reset
              (Front door: released, open, card)
    10:01:00  Olga asks for fire.reset at Smoke detectors
              Olga reset the fire release of Smoke detectors (burnt toast); still open: Front door
              → lock front; hold workshop unlocked
              (Front door: locked, open, card)
    10:01:05  …
              Front door did not lock again after the reset: it stands open
    10:01:30  …
              Front door is held open
    10:02:00  Olga asks for fire.reset at Smoke detectors
              fire.reset of Smoke detectors by Olga was refused: nothing is released there
    "
  `);
});

test("locks that say they are locked after the reset are not named", () => {
  const story = new Teller(building()).at("10:00").sensor("smoke", true).says("front", false);
  story.sensor("smoke", false).asks({ op: "fire.reset", sensor: "smoke" }).says("front", true).wait(60);
  expect(story.transcript).toMatchInlineSnapshot(`
    "
    10:00:00  Smoke detectors: active
              fire input Smoke detectors is active
              the fire input Smoke detectors calls everybody: 0 thought to be inside
              → release front until reset at once; lock workshop at once
    10:00:00  the lock of Front door: not locked
    10:00:00  Smoke detectors: quiet
              fire input Smoke detectors is quiet again; the release stands until it is reset
    10:00:00  Olga asks for fire.reset at Smoke detectors
              Olga reset the fire release of Smoke detectors
              → lock front; hold workshop unlocked
    10:00:00  the lock of Front door: locked
    "
  `);
});

test("a fire input that cannot be read is a trouble and never fire; its return is told", () => {
  const story = new Teller(building()).at("10:00").lost("panel").shows("front").back("panel");
  story.sensor("smoke", false, { edge: false }).sensor("smoke", undefined, { fault: "open" }).shows("front");
  expect(story.sensor("smoke", false, { edge: false }).transcript).toMatchInlineSnapshot(`
    "
    10:00:00  panel goes silent
              panel is lost
              fire input Smoke detectors cannot be read
              (Front door: locked, closed, card)
    10:00:00  panel is there
              panel is connected
    10:00:00  Smoke detectors: quiet
              fire input Smoke detectors can be read again
    10:00:00  Smoke detectors: line open
              fire input Smoke detectors has a fault: open
              (Front door: locked, closed, card)
    10:00:00  Smoke detectors: quiet
              fire input Smoke detectors can be read again
    "
  `);
});

test("an input declared so releases when its line breaks", () => {
  const story = new Teller(smallOffice({ fire: { front: "unlock" }, onFault: "release" })).at("10:00");
  story
    .sensor("smoke", undefined, { fault: "open" })
    .shows("front")
    .asks({ op: "fire.reset", sensor: "smoke" });
  story.sensor("smoke", false).asks({ op: "fire.reset", sensor: "smoke" });
  expect(story.transcript).toMatchInlineSnapshot(`
    "
    10:00:00  Smoke detectors: line open
              fire input Smoke detectors is active (its line has a fault: open)
              the fire input Smoke detectors calls everybody: 0 thought to be inside
              → release front until reset at once
              (Front door: released, closed, card)
    10:00:00  Olga asks for fire.reset at Smoke detectors
              fire.reset of Smoke detectors by Olga was refused: the fire input is still active
    10:00:00  Smoke detectors: quiet
              fire input Smoke detectors can be read again
              fire input Smoke detectors is quiet again; the release stands until it is reset
    10:00:00  Olga asks for fire.reset at Smoke detectors
              Olga reset the fire release of Smoke detectors
              → lock front
    "
  `);
});

test("a fire that is found active at start is fire, though it is only a level", () => {
  const story = new Teller(building()).at("10:00").restart(5).sensor("smoke", true, { edge: false });
  expect(story.shows("front").transcript).toMatchInlineSnapshot(`
    "
    10:00:05  the gateway starts after 5 s
              the gateway started (version 1.0.0) after 5 s
              → hold workshop unlocked
    10:00:05  Smoke detectors: active
              fire input Smoke detectors is active
              the fire input Smoke detectors calls everybody: 0 thought to be inside
              → release front until reset at once; lock workshop at once
              (Front door: released, unknown, card)
    "
  `);
});

test("a fire input that burnt with its device is reset by force only", () => {
  const story = new Teller(building()).at("10:00").sensor("smoke", true).lost("panel");
  story.asks({ op: "fire.reset", sensor: "smoke" });
  story.asks({ op: "fire.reset", sensor: "smoke" }, { force: true, note: "the panel is gone" });
  expect(story.shows("front").transcript).toMatchInlineSnapshot(`
    "
    10:00:00  Smoke detectors: active
              fire input Smoke detectors is active
              the fire input Smoke detectors calls everybody: 0 thought to be inside
              → release front until reset at once; lock workshop at once
    10:00:00  panel goes silent
              panel is lost
              fire input Smoke detectors cannot be read
    10:00:00  Olga asks for fire.reset at Smoke detectors
              fire.reset of Smoke detectors by Olga was refused: the fire input cannot be read
    10:00:00  Olga asks for fire.reset at Smoke detectors, by force
              Olga reset the fire release of Smoke detectors (the panel is gone)
              → lock front; hold workshop unlocked
              (Front door: locked, closed, card)
    "
  `);
});

test("an emergency release is refused by nothing and latched until it is reset", () => {
  const story = new Teller().at("10:00").asks({ op: "door.mode", door: "front", mode: "secured" });
  story.asks({ op: "door.emergency-release", door: "front" }).shows("front").opens("front").wait(3600);
  story.asks({ op: "door.emergency-release", door: "front" }).closes("front").restart(60).shows("front");
  story.asks({ op: "door.emergency-reset", door: "front" }).shows("front");
  expect(story.asks({ op: "door.emergency-reset", door: "front" }).transcript).toMatchInlineSnapshot(`
    "
    10:00:00  Olga asks for door.mode at Front door
              Olga set Front door to secured
    10:00:00  Olga asks for door.emergency-release at Front door
              Olga released Front door in an emergency
              → release front until reset at once
              (Front door: released, closed, secured)
    10:00:00  the contact of Front door: open
              Front door opened
    11:00:00  Olga asks for door.emergency-release at Front door
              Olga released Front door in an emergency
              → release front until reset at once
    11:00:00  the contact of Front door: closed
              Front door closed
    11:01:00  the gateway starts after 60 s
              the gateway started (version 1.0.0) after 60 s
              → release front until reset at once
              (Front door: released, unknown, secured)
    11:01:00  Olga asks for door.emergency-reset at Front door
              Olga ended the emergency release of Front door
              → lock front
              (Front door: locked, unknown, secured)
    11:01:00  Olga asks for door.emergency-reset at Front door
              door.emergency-reset at Front door by Olga was refused: nothing is released there
    "
  `);
});

test("a release laid over a held door ends both, and holds anew what is to be held", () => {
  const story = new Teller(smallOffice({ doors: { front: { mode: "free" } } })).at("10:00");
  story
    .asks({ op: "door.emergency-release", door: "front" })
    .asks({ op: "door.emergency-reset", door: "front" });
  expect(story.shows("front").transcript).toMatchInlineSnapshot(`
    "
    10:00:00  Olga asks for door.emergency-release at Front door
              Olga released Front door in an emergency
              → release front until reset at once
    10:00:00  Olga asks for door.emergency-reset at Front door
              Olga ended the emergency release of Front door
              → lock front; lock front; hold front unlocked
              (Front door: unlocked, closed, free)
    "
  `);
});

test("the end of a release is named again to a lock that was away, until it says that it is locked", () => {
  const story = new Teller()
    .at("10:00")
    .asks({ op: "door.emergency-release", door: "front" })
    .lost("front-lock");
  story.asks({ op: "door.emergency-reset", door: "front" }).wait(30).back("front-lock").says("front", true);
  expect(story.lost("front-lock").back("front-lock").transcript).toMatchInlineSnapshot(`
    "
    10:00:00  Olga asks for door.emergency-release at Front door
              Olga released Front door in an emergency
              → release front until reset at once
    10:00:00  front-lock goes silent
              front-lock is lost
              it is not known whether Front door is open or closed
    10:00:00  Olga asks for door.emergency-reset at Front door
              Olga ended the emergency release of Front door
              → lock front
    10:00:05  …
              Front door did not lock again after the reset: its lock is not connected
    10:00:30  front-lock is there
              front-lock is connected
              → lock front
    10:00:30  the lock of Front door: locked
    10:00:30  front-lock goes silent
              front-lock is lost
    10:00:30  front-lock is there
              front-lock is connected
    "
  `);
});

test("after a start a fire input may stay unknown for a minute; then it is a trouble", () => {
  const story = new Teller(building()).at("10:00").restart(5).sensor("smoke", undefined, { edge: false });
  expect(story.back("panel").wait(59).wait(2).transcript).toMatchInlineSnapshot(`
    "
    10:00:05  the gateway starts after 5 s
              the gateway started (version 1.0.0) after 5 s
              → hold workshop unlocked
    10:00:05  Smoke detectors: unknown
    10:00:05  panel is there
              panel is connected
    10:01:05  …
              front-lock is lost
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

test("a new fire input that is never heard of is a trouble after a minute", () => {
  const heat = {
    id: "heat",
    name: "Heat detectors",
    tenant: "main",
    type: "fire",
    role: "24-hour",
    point: { device: "panel", kind: "input", n: 3 },
  } as const;
  const story = new Teller()
    .at("10:00")
    .activate(smallOffice({ revision: 2, sensors: [heat] }))
    .wait(90);
  expect(story.transcript).toMatchInlineSnapshot(`
    "
    10:00:00  revision 2 of the site
              Olga activated revision 2 of the site
    10:01:00  …
              fire input Heat detectors cannot be read
    "
  `);
});
