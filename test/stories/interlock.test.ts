import { expect, test } from "vitest";
import type { Door } from "../../gateway/core/site.js";
import { door, point, smallOffice } from "./small-office.js";
import { Teller } from "./teller.js";

const airlockDoor = (id: string, name: string, more: Partial<Door>): Door =>
  door(id, {
    name,
    from: "lobby",
    to: "server-room",
    contact: point(`${id}-lock/input/1`),
    readers: { outside: point(`${id}-reader/reader/1`), inside: point(`${id}-reader/reader/2`) },
    ...more,
  });

/** An airlock of two doors before the server room, for the groups that have them. */
function airlock(more: Partial<Door> = {}): Teller {
  const doors = [
    airlockDoor("outer", "Outer door", more),
    airlockDoor("inner", "Inner door", { exit: "controlled", ...more }),
  ];
  const rights = new Map(["outer", "inner", "front"].map((id) => [id, ["always"]] as const));
  const site = smallOffice({
    more: doors,
    groups: { it: { doors: rights } },
    site: {
      interlocks: new Map([["airlock", { id: "airlock", name: "Airlock", doors: ["outer", "inner"] }]]),
    },
  });
  const devices = doors.flatMap(({ id }) => [`${id}-lock`, `${id}-reader`]);
  const all = new Map([
    ...site.devices,
    ...devices.map((id) => [id, { id, name: id, driver: "mqtt" }] as const),
  ]);
  return new Teller({ ...site, devices: all }).at("10:00");
}

test("a mantrap: one door opens while the other is closed and locked, and which one is not is told", () => {
  const story = airlock().badge("finn", "outer").badge("finn", "inner").opens("outer");
  story.badge("finn", "inner").closes("outer").badge("finn", "inner").wait(6).badge("finn", "inner");
  expect(story.transcript).toMatchInlineSnapshot(`
    "
    10:00:00  card-finn at Outer door, outside
              Finn Holm was let in at Outer door
              → release outer for 5 s; reader shows granted
    10:00:00  card-finn at Inner door, outside
              Finn Holm was not let in at Inner door: another door of the interlock is not known to be closed and locked
                would be let in if the other doors of the interlock were closed and locked
              → reader shows denied
    10:00:00  the contact of Outer door: open
              Outer door opened
              Finn Holm went through Outer door into Server room
    10:00:00  card-finn at Inner door, outside
              Finn Holm was not let in at Inner door: another door of the interlock is not known to be closed and locked
                would be let in if the other doors of the interlock were closed and locked
              → reader shows denied
    10:00:00  the contact of Outer door: closed
              Outer door closed
    10:00:00  card-finn at Inner door, outside
              Finn Holm was not let in at Inner door: another door of the interlock is not known to be closed and locked
                would be let in if the other doors of the interlock were closed and locked
              → reader shows denied
    10:00:05  …
    10:00:06  card-finn at Inner door, outside
              Finn Holm was let in at Inner door
              → release inner for 5 s; reader shows granted
    "
  `);
});

test("a mantrap: an operator is refused as well, unless by force; a controlled exit waits, a free one does not", () => {
  const story = airlock().badge("finn", "outer").opens("outer").closes("outer").opens("outer").forget();
  story.asks({ op: "door.unlock", door: "inner" }).exit("inner");
  story.asks({ op: "door.unlock", door: "inner" }, { force: true, note: "stretcher" });
  expect(story.transcript).toMatchInlineSnapshot(`
    "
    10:00:00  Olga asks for door.unlock at Inner door
              door.unlock at Inner door by Olga was refused: another door of the interlock is not known to be closed and locked (Outer door stands open)
    10:00:00  the exit button of Inner door
              somebody asked to leave at Inner door and could not: another door of the interlock is not known to be closed and locked (Outer door stands open)
    10:00:00  Olga asks for door.unlock at Inner door, by force
              Olga unlocked Inner door for 5 s (stretcher)
              → release inner for 5 s
    "
  `);
  const free = airlock().contact("inner", "open", { edge: false }).forget().exit("outer");
  expect(free.transcript).toMatchInlineSnapshot(`
    "
    10:00:00  the exit button of Outer door
              somebody asked to leave at Outer door
              → release outer for 5 s at once
    "
  `);
});

test("a mantrap: a contact that is bypassed, faulty or unknown does not count as closed", () => {
  const story = airlock().asks({ op: "door.bypass", door: "outer", bypassed: true }).badge("finn", "inner");
  expect(story.events.at(-1)?.trace?.at(-1)).toEqual([
    "interlock",
    "Outer door has a contact that is bypassed",
  ]);
  story.asks({ op: "door.bypass", door: "outer", bypassed: false });
  story.contact("outer", "unknown", { fault: "short" }).badge("finn", "inner");
  story.contact("outer", "closed", { edge: false }).lost("outer-lock").badge("finn", "inner");
  expect(story.transcript).toMatchInlineSnapshot(`
    "
    10:00:00  Olga asks for door.bypass at Outer door
              Olga took the contact of Outer door out of service
    10:00:00  card-finn at Inner door, outside
              Finn Holm was not let in at Inner door: another door of the interlock is not known to be closed and locked
                would be let in if the other doors of the interlock were closed and locked
              → reader shows denied
    10:00:00  Olga asks for door.bypass at Outer door
              Olga put the contact of Outer door back in service
    10:00:00  the contact of Outer door: line short
              the contact of Outer door has a fault: short
    10:00:00  card-finn at Inner door, outside
              Finn Holm was not let in at Inner door: another door of the interlock is not known to be closed and locked
                would be let in if the other doors of the interlock were closed and locked
              → reader shows denied
    10:00:00  the contact of Outer door: found closed
              the contact of Outer door works again
    10:00:00  outer-lock goes silent
              outer-lock is lost
              it is not known whether Outer door is open or closed
    10:00:00  card-finn at Inner door, outside
              Finn Holm was not let in at Inner door: another door of the interlock is not known to be closed and locked
                would be let in if the other doors of the interlock were closed and locked
              → reader shows denied
    "
  `);
});

test("a mantrap: neither door can be set free", () => {
  const story = airlock().asks({ op: "door.mode", door: "outer", mode: "free" });
  expect(story.transcript).toMatchInlineSnapshot(`
    "
    10:00:00  Olga asks for door.mode at Outer door
              door.mode at Outer door by Olga was refused: a door of an interlock cannot stand free
    "
  `);
});

test("a fire lets go of a mantrap: both doors can be open at once", () => {
  const story = airlock().sensor("smoke", true).opens("outer").forget().badge("finn", "inner");
  expect(story.transcript).toMatchInlineSnapshot(`
    "
    10:00:00  card-finn at Inner door, outside
              Finn Holm was let in at Inner door
              → release inner for 5 s; reader shows granted
    "
  `);
});
