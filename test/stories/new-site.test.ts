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
  expect(story.wait(10).shows("front").transcript).toMatchInlineSnapshot(`
    "
    08:00:00  card-ada at Front door, outside
              Ada Berg was let in at Front door
              → release front for 5 s; reader shows granted
    08:00:00  revision 2 of the site
              Olga activated revision 2 of the site
              → lock server
    08:00:05  …
              Ada Berg was let in at Front door and did not open it
              (Front door: locked, closed, card)
    "
  `);
});

test("what is released, secured or occupied stands in the way of its removal", () => {
  const story = new Teller(smallOffice({ fire: { front: "unlock" } })).at("08:00");
  story.badge("ada", "workshop").opens("workshop").closes("workshop").wait(60).sensor("smoke", true);
  story.asks({ op: "door.emergency-release", door: "server" });
  story.asks({ op: "door.mode", door: "turnstile", mode: "secured" });
  const doors = ["front", "workshop", "server", "turnstile"];
  story.activate(smallOffice({ revision: 2, without: { doors, areas: ["workshop"] } }));
  story.activate(smallOffice({ revision: 3, fire: { front: "none" } }));
  expect(story.transcript).toMatchInlineSnapshot(`
    "
    08:00:00  card-ada at Workshop door, outside
              Ada Berg was let in at Workshop door
              → release workshop for 5 s; reader shows granted
    08:00:00  the contact of Workshop door: open
              Workshop door opened
              Ada Berg went through Workshop door into Workshop
    08:00:00  the contact of Workshop door: closed
              Workshop door closed
    08:00:05  …
    08:01:00  Smoke detectors: active
              fire input Smoke detectors is active
              the fire input Smoke detectors calls everybody: 1 thought to be inside
              → release front until reset at once
    08:01:00  Olga asks for door.emergency-release at Server room door
              Olga released Server room door in an emergency
              → release server until reset at once
    08:01:00  Olga asks for door.mode at Turnstile
              Olga set Turnstile to secured
    08:01:00  revision 2 of the site
              refused: doors.front: door "front" is released by fire: reset that before it is removed
              refused: doors.server: door "server" is released in an emergency: reset that before it is removed
              refused: doors.turnstile: door "turnstile" is secured by an operator: return it to its usual mode before it is removed
              refused: areas.workshop: area "workshop" has 1 person in it
    08:01:00  revision 3 of the site
              refused: doors.front: door "front" is released by fire: reset that before its fire action is changed
    "
  `);
});

test("a door in alarm cannot be removed, nor a fire input that has released doors", () => {
  const story = new Teller(smallOffice())
    .at("08:00")
    .opens("front")
    .badge("ada", "workshop")
    .opens("workshop");
  story.wait(60).activate(smallOffice({ revision: 2, without: { doors: ["front", "workshop"] } }));
  story.sensor("smoke", true);
  const site = smallOffice({ revision: 3 });
  const sensors = new Map([...site.sensors].filter(([id]) => id !== "smoke"));
  story.activate({ ...site, sensors });
  expect(story.transcript).toMatchInlineSnapshot(`
    "
    08:00:00  the contact of Front door: open
              Front door was opened while it was locked
    08:00:00  card-ada at Workshop door, outside
              Ada Berg was let in at Workshop door
              → release workshop for 5 s; reader shows granted
    08:00:00  the contact of Workshop door: open
              Workshop door opened
              Ada Berg went through Workshop door into Workshop
    08:00:05  …
    08:00:30  …
              Workshop door is held open
    08:01:00  revision 2 of the site
              refused: doors.front: door "front" was forced: close it before it is removed
              refused: doors.workshop: door "workshop" is held open: close it before it is removed
    08:01:00  Smoke detectors: active
              fire input Smoke detectors is active
              the fire input Smoke detectors calls everybody: 1 thought to be inside; without a name today: 0 left, 1 openings
              Workshop door is no longer held open: it may stand open now
    08:01:00  revision 3 of the site
              refused: sensors.smoke: sensor "smoke" has released doors: reset it before it is removed
    "
  `);
});

test("a rewired contact is unknown until heard of, and its first level is no edge", () => {
  const rewired = smallOffice({ revision: 2, doors: { front: { contact: point("front-lock/input/7") } } });
  const story = new Teller().at("08:00").activate(rewired).shows("front").opens("front").shows("front");
  expect(story.transcript).toMatchInlineSnapshot(`
    "
    08:00:00  revision 2 of the site
              Olga activated revision 2 of the site
              (Front door: locked, unknown, card)
    08:00:00  the contact of Front door: open
              (Front door: locked, open, card)
    "
  `);
});

test("a new mode at rest takes effect at once, and a moved lock is locked where it was and held where it is", () => {
  const story = new Teller()
    .at("08:00")
    .activate(smallOffice({ revision: 2, doors: { front: { mode: "free" } } }));
  story
    .shows("front")
    .activate(smallOffice({ revision: 3, doors: { front: { mode: "free", lock: movedLock } } }));
  expect(story.shows("front").transcript).toMatchInlineSnapshot(`
    "
    08:00:00  revision 2 of the site
              Olga activated revision 2 of the site
              → hold front unlocked
              (Front door: unlocked, closed, free)
    08:00:00  revision 3 of the site
              Olga activated revision 3 of the site
              → lock front; hold front unlocked
              (Front door: unlocked, closed, free)
    "
  `);
});

const movedLock = {
  point: point("front-lock/lock/2"),
  kind: "fail-secure",
  mechanicalEgress: true,
  wiredRelease: false,
} as const;

test("what belongs to an armed partition can neither go nor leave it; disarmed, it can", () => {
  const guarded = smallOffice({ doors: { front: { partitions: { inside: "ground" } } } });
  const story = new Teller(guarded).at("22:00");
  story.state.partitions.set("ground", { is: "armed", level: "away", since: story.now });
  const bare = smallOffice({ revision: 2 });
  const window = bare.sensors.get("window");
  if (!window) throw new Error("fixture: no window");
  const moved = new Map(bare.sensors).set("window", { ...window, point: point("panel/input/9") });
  const without = new Map([...bare.sensors].filter(([id]) => id !== "window"));
  story.activate({ ...bare, sensors: without }).activate({ ...bare, sensors: moved });
  story.activate({ ...bare, partitions: new Map() });
  story.state.partitions.set("ground", { is: "disarmed" });
  story.activate({ ...bare, sensors: without, partitions: new Map() });
  expect(story.transcript).toMatchInlineSnapshot(`
    "
    22:00:00  revision 2 of the site
              refused: sensors.window: sensor "window" belongs to partition "ground", which is armed: disarm it first
              refused: doors.front: door "front" belongs to partition "ground", which is armed: disarm it first
    22:00:00  revision 2 of the site
              refused: sensors.window: sensor "window" belongs to partition "ground", which is armed: disarm it first
              refused: doors.front: door "front" belongs to partition "ground", which is armed: disarm it first
    22:00:00  revision 2 of the site
              refused: partitions.ground: partition "ground" is armed: disarm it before it is removed
              refused: doors.front: door "front" belongs to partition "ground", which is armed: disarm it first
    22:00:00  revision 2 of the site
              Olga activated revision 2 of the site
    "
  `);
});
