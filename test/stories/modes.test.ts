import { expect, test } from "vitest";
import { local, smallOffice } from "./small-office.js";
import { Teller } from "./teller.js";

const opening = () => smallOffice({ doors: { front: { freeSchedule: "opening" } } });

test("a free schedule frees and locks the door by itself, and a leaf that stands open then is timed", () => {
  const story = new Teller(opening()).at("09:01").opens("front").at("11:59").shows("front").at("12:05");
  expect(story.shows("front").closes("front").at("09:00", 1).transcript).toMatchInlineSnapshot(`
    "
    09:00:00  …
              Front door is free by schedule
              → hold front unlocked
    09:01:00  the contact of Front door: open
              Front door opened
              (Front door: unlocked, open, free)
    12:00:00  …
              Front door is locked again by schedule
              → lock front
    12:00:30  …
              Front door is held open
              (Front door: locked, open, card, alarm held-open)
    12:05:00  the contact of Front door: closed
              Front door is no longer held open
    09:00:00  …
              Front door is free by schedule
              → hold front unlocked
    "
  `);
});

test("an operator unlocks a door for a while", () => {
  const story = new Teller()
    .at("03:00")
    .asks({ op: "door.unlock", door: "front", ms: 10_000 }, { note: "parcel" });
  story.wait(8).opens("front").closes("front").wait(5).asks({ op: "door.unlock", door: "front" }).wait(10);
  expect(story.shows("front").transcript).toMatchInlineSnapshot(`
    "
    03:00:00  Olga asks for door.unlock at Front door
              Olga unlocked Front door for 10 s (parcel)
              → release front for 10 s
    03:00:08  the contact of Front door: open
              Front door opened
    03:00:08  the contact of Front door: closed
              Front door closed
    03:00:10  …
    03:00:13  Olga asks for door.unlock at Front door
              Olga unlocked Front door for 5 s
              → release front for 5 s
    03:00:18  …
              (Front door: locked, closed, card)
    "
  `);
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
  ).toMatchInlineSnapshot(`
    "
    09:00:00  …
              Front door is free by schedule
              → hold front unlocked
    10:00:00  Olga asks for door.mode at Front door
              Olga set Front door to secured
              → lock front
              (Front door: locked, closed, secured)
    10:00:00  card-ada at Front door, outside
              Ada Berg was not let in at Front door: the door is secured
                would be let in if the door were back in its usual mode
              → reader shows denied
    10:00:00  the exit button of Front door
              somebody asked to leave at Front door
              → release front for 5 s at once
    10:00:05  …
    10:00:10  Olga asks for door.unlock at Front door
              door.unlock at Front door by Olga was refused: the door is secured
    10:00:10  Olga asks for door.unlock at Front door, by force
              Olga unlocked Front door for 5 s
              → release front for 5 s
    10:00:10  Olga asks for door.mode at Workshop door
              Olga set Workshop door to secured
    10:00:10  card-ada at Workshop door, inside
              Ada Berg was let in at Workshop door
              → release workshop for 5 s; reader shows granted
    10:00:15  …
              Ada Berg was let in at Workshop door and did not open it
    10:00:20  Olga asks for door.mode at Front door
              Olga set Front door to free
              → hold front unlocked
              (Front door: unlocked, closed, free)
    "
  `);
});

test("an override ends at the hour it was given, and the schedule counts again", () => {
  const story = new Teller(opening()).at("08:00");
  story
    .asks({ op: "door.mode", door: "front", mode: "card", until: local("11:00") })
    .at("09:30")
    .shows("front");
  expect(story.at("11:00").shows("front").at("12:00").shows("front").transcript).toMatchInlineSnapshot(`
    "
    08:00:00  Olga asks for door.mode at Front door
              Olga set Front door to card until 2026-11-23 11:00
    09:00:00  …
              (Front door: locked, closed, card)
    11:00:00  …
              the override of Front door has ended: it is free again
              → hold front unlocked
              (Front door: unlocked, closed, free)
    12:00:00  …
              Front door is locked again by schedule
              → lock front
              (Front door: locked, closed, card)
    "
  `);
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
  expect(story.transcript).toMatchInlineSnapshot(`
    "
    08:00:00  Olga asks for door.mode at Front door
              door.mode at Front door by Olga was refused: the end asked for has already passed
    08:00:00  Olga asks for door.unlock at Front door
              door.unlock at Front door by Olga was refused: the time asked for is not between 1 ms and 10 minutes
    08:00:00  Olga asks for door.unlock at Front door
              door.unlock at Front door by Olga was refused: the time asked for is not between 1 ms and 10 minutes
    08:00:00  Olga asks for door.unlock at back
              door.unlock at back by Olga was refused: there is no such door
    08:00:00  Olga asks for fire.reset at Lobby window
              fire.reset of Lobby window by Olga was refused: there is no such fire input
    "
  `);
});
