import { expect, test } from "vitest";
import type { Door } from "../../gateway/core/site.js";
import { staffWithPins } from "./people-with-pins.js";
import { smallOffice } from "./small-office.js";
import { Teller } from "./teller.js";

function front(more: Partial<Door>): Teller {
  return new Teller(smallOffice({ doors: { front: more } }), staffWithPins()).at("10:00");
}

test("card and PIN: the card is judged, then its holder's PIN is asked for, and both open the door", () => {
  const story = front({ mode: "card-and-pin" });
  story.badge("ada", "front").wait(3).pin("ada", "front").wait(1).opens("front").closes("front");
  story.wait(10).badge("eve", "front").badge("ben", "front");
  expect(story.transcript).toMatchInlineSnapshot(`
    "
    10:00:00  card-ada at Front door, outside
              → reader shows pin
    10:00:03  keys at Front door, outside: PIN right
              Ada Berg was let in at Front door
              → release front for 5 s; reader shows granted
    10:00:04  the contact of Front door: open
              Front door opened
              Ada Berg went through Front door into Lobby
    10:00:04  the contact of Front door: closed
              Front door closed
    10:00:08  …
    10:00:14  card-eve at Front door, outside
              Eve Kern was not let in at Front door: none of the person's groups may use this door
                would be let in if the person were in the group staff
              → reader shows denied
    10:00:14  card-ben at Front door, outside
              Ben Stein was not let in at Front door: outside the hours of the person's groups
                would be let in 18:00-21:00 today, or if the person were in the group staff
              → reader shows denied
    "
  `);
});

test("card and PIN: a card whose PIN does not come opens nothing, and neither does a PIN without its card", () => {
  const story = front({ mode: "card-and-pin" });
  story.badge("ada", "front").wait(12).pin("ada", "front");
  expect(story.transcript).toMatchInlineSnapshot(`
    "
    10:00:00  card-ada at Front door, outside
              → reader shows pin
    10:00:10  …
              Ada Berg began at Front door, and the PIN did not come
    10:00:12  Ada Berg's keys at Front door, outside: PIN right
              Ada Berg was not let in at Front door: the door takes no PIN without a card
                would be let in with a card
              → reader shows denied
    "
  `);
});

test("card and PIN: a wrong PIN may be entered anew while the card waits; whoever has no PIN is told so", () => {
  const hal = { name: "Hal Voss", groups: ["staff"] };
  const people = staffWithPins({ more: { hal } });
  const story = new Teller(smallOffice({ doors: { front: { mode: "card-and-pin" } } }), people).at("10:00");
  story.badge("ada", "front").wait(2).pin("ada", "front", "wrong").wait(2).pin("ada", "front").wait(10);
  expect(story.badge("hal", "front").transcript).toMatchInlineSnapshot(`
    "
    10:00:00  card-ada at Front door, outside
              → reader shows pin
    10:00:02  keys at Front door, outside: PIN wrong
              Ada Berg was not let in at Front door: the PIN was wrong
                would be let in with the right PIN
              → reader shows denied
    10:00:04  keys at Front door, outside: PIN right
              Ada Berg was let in at Front door
              → release front for 5 s; reader shows granted
    10:00:09  …
              Ada Berg was let in at Front door and did not open it
    10:00:14  card-hal at Front door, outside
              Hal Voss was not let in at Front door: the person has no PIN, and the door asks for one
                would be let in if the person were given a PIN
              → reader shows denied
    "
  `);
});

test("card and PIN: a card that is reported lost before its PIN comes opens nothing", () => {
  const story = front({ mode: "card-and-pin" });
  story.badge("ada", "front").card("card-ada", "is reported lost", { status: "lost" }).pin("ada", "front");
  expect(story.transcript).toMatchInlineSnapshot(`
    "
    10:00:00  card-ada at Front door, outside
              → reader shows pin
    10:00:00  card-ada: is reported lost
    10:00:00  keys at Front door, outside: PIN right
              Ada Berg was not let in at Front door: the card was reported lost
                would be let in if the person had a new card, or if the card were made active again
              → reader shows denied
    "
  `);
});

test("card and PIN is asked for on the way in only: on the way out a card is enough", () => {
  const story = new Teller(
    smallOffice({ doors: { workshop: { mode: "card-and-pin" } } }),
    staffWithPins(),
  ).at("10:00");
  expect(story.badge("ada", "workshop", "inside").transcript).toMatchInlineSnapshot(`
    "
    10:00:00  card-ada at Workshop door, inside
              Ada Berg was let in at Workshop door
              → release workshop for 5 s; reader shows granted
    "
  `);
});

test("PIN alone: says whose it is; a card does not open, and a PIN that is nobody's does not either", () => {
  const story = front({ mode: "pin" });
  story.pin("ada", "front").wait(10).badge("ada", "front").pin(undefined, "front", "wrong");
  expect(story.pin("ben", "front").transcript).toMatchInlineSnapshot(`
    "
    10:00:00  Ada Berg's keys at Front door, outside: PIN right
              Ada Berg was let in at Front door
              → release front for 5 s; reader shows granted
    10:00:05  …
              Ada Berg was let in at Front door and did not open it
    10:00:10  card-ada at Front door, outside
              Ada Berg was not let in at Front door: the door asks for a PIN and takes no card
                would be let in with a PIN
              → reader shows denied
    10:00:10  keys at Front door, outside: PIN wrong
              somebody with a PIN was not let in at Front door: the PIN is nobody's
                would be let in with a PIN that is known here
              → reader shows denied
    10:00:10  Ben Stein's keys at Front door, outside: PIN right
              Ben Stein was not let in at Front door: outside the hours of the person's groups
                would be let in 18:00-21:00 today, or if the person were in the group staff
              → reader shows denied
    "
  `);
});

test("card or PIN: either opens; at a door that takes cards only no PIN does, right or wrong", () => {
  const story = front({ mode: "card-or-pin" });
  story.badge("ada", "front").wait(10).pin("ada", "front").wait(10);
  story.pin("ada", "workshop").pin(undefined, "workshop", "wrong");
  expect(story.transcript).toMatchInlineSnapshot(`
    "
    10:00:00  card-ada at Front door, outside
              Ada Berg was let in at Front door
              → release front for 5 s; reader shows granted
    10:00:05  …
              Ada Berg was let in at Front door and did not open it
    10:00:10  Ada Berg's keys at Front door, outside: PIN right
              Ada Berg was let in at Front door
              → release front for 5 s; reader shows granted
    10:00:15  …
              Ada Berg was let in at Front door and did not open it
    10:00:20  Ada Berg's keys at Workshop door, outside: PIN right
              Ada Berg was not let in at Workshop door: the door takes no PIN without a card
                would be let in with a card
              → reader shows denied
    10:00:20  keys at Workshop door, outside: PIN wrong
              somebody with a PIN was not let in at Workshop door: the door takes no PIN without a card
                would be let in with a card
              → reader shows denied
    "
  `);
});

test("two steps: two different credentials of one person, one after the other", () => {
  const story = front({ mode: "two-step" });
  story.badge("ada", "front").wait(2).badge("ada", "front").wait(2);
  story.badge("finn", "front").wait(2).pin("finn", "front").wait(10);
  story.pin("ada", "front").wait(2).badge("ada", "front");
  expect(story.transcript).toMatchInlineSnapshot(`
    "
    10:00:00  card-ada at Front door, outside
              → reader shows wait
    10:00:02  card-ada at Front door, outside
              → reader shows wait
    10:00:04  card-finn at Front door, outside
              → reader shows wait
    10:00:06  keys at Front door, outside: PIN right
              Finn Holm was let in at Front door
              → release front for 5 s; reader shows granted
    10:00:11  …
              Finn Holm was let in at Front door and did not open it
    10:00:16  Ada Berg's keys at Front door, outside: PIN right
              → reader shows wait
    10:00:18  card-ada at Front door, outside
              Ada Berg was let in at Front door
              → release front for 5 s; reader shows granted
    "
  `);
});

test("two steps: the same PIN twice is one credential, and a second one that does not come opens nothing", () => {
  const story = front({ mode: "two-step" });
  story.pin("ada", "front").wait(1).pin("ada", "front").wait(11);
  expect(story.transcript).toMatchInlineSnapshot(`
    "
    10:00:00  Ada Berg's keys at Front door, outside: PIN right
              → reader shows wait
    10:00:01  keys at Front door, outside: PIN right
              → reader shows wait
    10:00:11  …
              Ada Berg began at Front door, and the second credential did not come
    "
  `);
});

test("duress: the answer and the release are those of any grant, and it is told apart from them", () => {
  const right = front({ mode: "card-and-pin" });
  right.badge("ada", "front").wait(2).pin("ada", "front", "right");
  const threatened = front({ mode: "card-and-pin" });
  threatened.badge("ada", "front").wait(2).pin("ada", "front", "duress");
  expect(threatened.commands).toEqual(right.commands);
  expect(threatened.events.filter(({ type }) => type !== "access.duress")).toEqual(right.events);
  const { incidents, ...state } = threatened.state;
  const { incidents: none, ...rightState } = right.state;
  expect(state).toEqual(rightState);
  expect(none.size).toBe(0);
  expect([...incidents.values()]).toEqual([expect.objectContaining({ kind: "duress", silent: true })]);
  expect(threatened.transcript).toMatchInlineSnapshot(`
    "
    10:00:00  card-ada at Front door, outside
              → reader shows pin
    10:00:02  keys at Front door, outside: PIN duress
              Ada Berg was let in at Front door
              Ada Berg entered a duress PIN at Front door
              → release front for 5 s; reader shows granted
    "
  `);
});

test("five wrong PINs in five minutes silence the keypad for 90 s; cards and exits go on to work, and a restart changes nothing", () => {
  const story = front({ mode: "card-or-pin" });
  for (let i = 0; i < 5; i++) story.pin(undefined, "front", "wrong").wait(10);
  story.pin("ada", "front").badge("ada", "front").exit("front").restart(5);
  story.pin("ada", "front").wait(80).pin("ada", "front");
  expect(story.transcript).toMatchInlineSnapshot(`
    "
    10:00:00  keys at Front door, outside: PIN wrong
              somebody with a PIN was not let in at Front door: the PIN is nobody's
                would be let in with a PIN that is known here
              → reader shows denied
    10:00:10  keys at Front door, outside: PIN wrong
              somebody with a PIN was not let in at Front door: the PIN is nobody's
                would be let in with a PIN that is known here
              → reader shows denied
    10:00:20  keys at Front door, outside: PIN wrong
              somebody with a PIN was not let in at Front door: the PIN is nobody's
                would be let in with a PIN that is known here
              → reader shows denied
    10:00:30  keys at Front door, outside: PIN wrong
              somebody with a PIN was not let in at Front door: the PIN is nobody's
                would be let in with a PIN that is known here
              → reader shows denied
    10:00:40  keys at Front door, outside: PIN wrong
              somebody with a PIN was not let in at Front door: the PIN is nobody's
                would be let in with a PIN that is known here
              the keypad of Front door takes nothing for 90 s, after 5 wrong PINs
              → reader shows denied
    10:00:50  Ada Berg's keys at Front door, outside: PIN right
              Ada Berg was not let in at Front door: the keypad takes nothing for a while, after too many wrong PINs
                would be let in a little later
              → reader shows denied
    10:00:50  card-ada at Front door, outside
              Ada Berg was let in at Front door
              → release front for 5 s; reader shows granted
    10:00:50  the exit button of Front door
              somebody asked to leave at Front door
              → release front for 5 s at once
    10:00:55  the gateway starts after 5 s
              the gateway started (version 1.0.0) after 5 s
              Ada Berg went through Front door into Lobby (assumed)
    10:00:55  Ada Berg's keys at Front door, outside: PIN right
              Ada Berg was not let in at Front door: the keypad takes nothing for a while, after too many wrong PINs
                would be let in a little later
              → reader shows denied
    10:00:55  …
    10:01:55  …
              panel is lost
              front-lock is lost
              front-reader is lost
              workshop-lock is lost
              workshop-reader is lost
              server-lock is lost
              server-reader is lost
              turnstile-lock is lost
              turnstile-reader is lost
              fire input Smoke detectors cannot be read
    10:02:10  …
              the keypad of Front door takes PINs again
    10:02:15  Ada Berg's keys at Front door, outside: PIN right
              Ada Berg was let in at Front door
              Ada Berg went through Front door into Lobby (assumed)
              → release front for 5 s; reader shows granted
    "
  `);
});

test("four wrong PINs, and a fifth more than five minutes after the first, silence nothing", () => {
  const story = front({ mode: "pin" });
  for (let i = 0; i < 4; i++) story.pin(undefined, "front", "wrong").wait(30);
  story.wait(181).pin(undefined, "front", "wrong").forget();
  expect(story.pin("ada", "front").transcript).toMatchInlineSnapshot(`
    "
    10:05:01  Ada Berg's keys at Front door, outside: PIN right
              Ada Berg was let in at Front door
              → release front for 5 s; reader shows granted
    "
  `);
});

test("wrong PINs with one card silence that card at every reader, and no other card", () => {
  const story = new Teller(
    smallOffice({ doors: { front: { mode: "card-and-pin" }, workshop: { mode: "card-and-pin" } } }),
    staffWithPins(),
  ).at("10:00");
  for (const door of ["front", "workshop", "front", "workshop", "front"])
    story.badge("ada", door).pin("ada", door, "wrong").wait(15);
  story.forget().badge("ada", "workshop").badge("finn", "workshop").pin("finn", "workshop").wait(80);
  expect(story.badge("ada", "workshop").pin("ada", "workshop").transcript).toMatchInlineSnapshot(`
    "
    10:01:15  card-ada at Workshop door, outside
              Ada Berg was not let in at Workshop door: no PIN is taken with this card for a while, after too many wrong ones
                would be let in a little later
              → reader shows denied
    10:01:15  card-finn at Workshop door, outside
              → reader shows pin
    10:01:15  keys at Workshop door, outside: PIN right
              Finn Holm was let in at Workshop door
              → release workshop for 5 s; reader shows granted
    10:01:20  …
              Finn Holm was let in at Workshop door and did not open it
    10:02:35  card-ada at Workshop door, outside
              → reader shows pin
    10:02:35  keys at Workshop door, outside: PIN right
              Ada Berg was let in at Workshop door
              → release workshop for 5 s; reader shows granted
    "
  `);
});

test("a card that waits for its PIN waits on over a restart and moves with the clock", () => {
  const story = front({ mode: "card-and-pin" });
  story.badge("ada", "front").restart(3).clock(3_600).pin("ada", "front");
  expect(story.transcript).toMatchInlineSnapshot(`
    "
    10:00:00  card-ada at Front door, outside
              → reader shows pin
    10:00:03  the gateway starts after 3 s
              the gateway started (version 1.0.0) after 3 s
    11:00:03  the clock is set by 3600 s
              the clock was set by 3600 s
    11:00:03  keys at Front door, outside: PIN right
              Ada Berg was let in at Front door
              Ada Berg went through Front door into Lobby (assumed)
              → release front for 5 s; reader shows granted
    "
  `);
});
