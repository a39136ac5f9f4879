import { expect, test } from "vitest";
import { smallOffice } from "./small-office.js";
import { Teller } from "./teller.js";

test("a badge opens the front door, and its owner is inside when the leaf has opened", () => {
  const story = new Teller().at("08:01:30").badge("ada", "front").shows("front").whereIs("ada");
  story.wait(2).opens("front").whereIs("ada").wait(3).closes("front").wait(10).shows("front");
  expect(story.transcript).toMatchInlineSnapshot(`
    "
    08:01:30  card-ada at Front door, outside
              Ada Berg was let in at Front door
              → release front for 5 s; reader shows granted
              (Front door: unlocked, closed, card)
              (Ada Berg: not seen)
    08:01:32  the contact of Front door: open
              Front door opened
              Ada Berg went through Front door into Lobby
              (Ada Berg: Lobby, seen)
    08:01:35  the contact of Front door: closed
              Front door closed
    08:01:35  …
              (Front door: locked, closed, card)
    "
  `);
});

test("a card granted but not used may be presented again", () => {
  const story = new Teller().at("08:00").badge("ada", "front").wait(10).badge("ada", "front");
  story.wait(1).opens("front").wait(2).closes("front").whereIs("ada");
  expect(story.transcript).toMatchInlineSnapshot(`
    "
    08:00:00  card-ada at Front door, outside
              Ada Berg was let in at Front door
              → release front for 5 s; reader shows granted
    08:00:05  …
              Ada Berg was let in at Front door and did not open it
    08:00:10  card-ada at Front door, outside
              Ada Berg was let in at Front door
              → release front for 5 s; reader shows granted
    08:00:11  the contact of Front door: open
              Front door opened
              Ada Berg went through Front door into Lobby
    08:00:13  the contact of Front door: closed
              Front door closed
              (Ada Berg: Lobby, seen)
    "
  `);
});

test("a badge presented twice before the door opens is one person who went in", () => {
  const story = new Teller().at("08:00").badge("ada", "front").wait(2).badge("ada", "front");
  story.wait(2).opens("front").wait(2).closes("front").wait(10);
  expect(story.transcript).toMatchInlineSnapshot(`
    "
    08:00:00  card-ada at Front door, outside
              Ada Berg was let in at Front door
              → release front for 5 s; reader shows granted
    08:00:02  card-ada at Front door, outside
              Ada Berg was let in at Front door
              → release front for 5 s; reader shows granted
    08:00:04  the contact of Front door: open
              Front door opened
              Ada Berg went through Front door into Lobby
    08:00:06  the contact of Front door: closed
              Front door closed
    08:00:07  …
    "
  `);
});

test("two who badge before the leaf opens both went in, in their order", () => {
  const story = new Teller().at("08:00").badge("ada", "front").wait(1).badge("finn", "front");
  expect(story.wait(1).opens("front").closes("front").wait(10).transcript).toMatchInlineSnapshot(`
    "
    08:00:00  card-ada at Front door, outside
              Ada Berg was let in at Front door
              → release front for 5 s; reader shows granted
    08:00:01  card-finn at Front door, outside
              Finn Holm was let in at Front door
              → release front for 5 s; reader shows granted
    08:00:02  the contact of Front door: open
              Front door opened
              Ada Berg went through Front door into Lobby
              Finn Holm went through Front door into Lobby
    08:00:02  the contact of Front door: closed
              Front door closed
    08:00:06  …
    "
  `);
});

test("who badges at a door that stands open is through at once", () => {
  const story = new Teller().at("08:00").badge("ada", "front").wait(1).opens("front");
  story.wait(5).badge("finn", "front").whereIs("finn").wait(20).closes("front").shows("front");
  expect(story.transcript).toMatchInlineSnapshot(`
    "
    08:00:00  card-ada at Front door, outside
              Ada Berg was let in at Front door
              → release front for 5 s; reader shows granted
    08:00:01  the contact of Front door: open
              Front door opened
              Ada Berg went through Front door into Lobby
    08:00:05  …
    08:00:06  card-finn at Front door, outside
              Finn Holm was let in at Front door
              Finn Holm went through Front door into Lobby
              → release front for 5 s; reader shows granted
              (Finn Holm: Lobby, seen)
    08:00:11  …
    08:00:26  the contact of Front door: closed
              Front door closed
              (Front door: locked, closed, card)
    "
  `);
});

test("when grants wait on both sides, nobody can say who went which way", () => {
  const story = new Teller().at("08:00").badge("ada", "workshop").wait(1).badge("finn", "workshop", "inside");
  expect(story.wait(1).opens("workshop").whereIs("ada").whereIs("finn").transcript).toMatchInlineSnapshot(`
    "
    08:00:00  card-ada at Workshop door, outside
              Ada Berg was let in at Workshop door
              → release workshop for 5 s; reader shows granted
    08:00:01  card-finn at Workshop door, inside
              Finn Holm was let in at Workshop door
              → release workshop for 5 s; reader shows granted
    08:00:02  the contact of Workshop door: open
              Workshop door opened
              Ada Berg went through Workshop door into Workshop (uncertain)
              Finn Holm went through Workshop door into Lobby (uncertain)
              (Ada Berg: Workshop, uncertain)
              (Finn Holm: Lobby, uncertain)
    "
  `);
});

test("an exit button pressed while somebody waits outside makes the way in uncertain", () => {
  const story = new Teller().at("08:00").badge("ada", "front").wait(1).exit("front").opens("front");
  expect(story.whereIs("ada").transcript).toMatchInlineSnapshot(`
    "
    08:00:00  card-ada at Front door, outside
              Ada Berg was let in at Front door
              → release front for 5 s; reader shows granted
    08:00:01  the exit button of Front door
              somebody asked to leave at Front door
              → release front for 5 s at once
    08:00:01  the contact of Front door: open
              Front door opened
              Ada Berg went through Front door into Lobby (uncertain)
              (Ada Berg: Lobby, uncertain)
    "
  `);
});

test("a door without a contact takes the grant for the passage, and says so", () => {
  const story = new Teller().at("03:00").badge("finn", "server").whereIs("finn").shows("server");
  expect(story.wait(10).shows("server").transcript).toMatchInlineSnapshot(`
    "
    03:00:00  card-finn at Server room door, outside
              Finn Holm was let in at Server room door
              Finn Holm went through Server room door into Server room (assumed)
              → release server for 5 s; reader shows granted
              (Finn Holm: Server room, assumed)
              (Server room door: unlocked, none, card)
    03:00:05  …
              (Server room door: locked, none, card)
    "
  `);
});

test("the same badge at a door without a contact within 15 s is one passage; later it is another", () => {
  const story = new Teller().at("03:00").badge("finn", "server").wait(14).badge("finn", "server");
  expect(story.wait(15).badge("finn", "server").transcript).toMatchInlineSnapshot(`
    "
    03:00:00  card-finn at Server room door, outside
              Finn Holm was let in at Server room door
              Finn Holm went through Server room door into Server room (assumed)
              → release server for 5 s; reader shows granted
    03:00:05  …
    03:00:14  card-finn at Server room door, outside
              Finn Holm was let in at Server room door
              → release server for 5 s; reader shows granted
    03:00:19  …
    03:00:29  card-finn at Server room door, outside
              Finn Holm was let in at Server room door
              Finn Holm went through Server room door into Server room (assumed)
              → release server for 5 s; reader shows granted
    "
  `);
});

test("a turnstile takes one person a rotation, and a grant that is not used lapses", () => {
  const story = new Teller().at("12:00").badge("ada", "turnstile").badge("finn", "turnstile").wait(1);
  story.opens("turnstile").wait(1).closes("turnstile").whereIs("ada").whereIs("finn").wait(10);
  expect(story.whereIs("finn").shows("turnstile").transcript).toMatchInlineSnapshot(`
    "
    12:00:00  card-ada at Turnstile, outside
              Ada Berg was let in at Turnstile
              → release turnstile for 5 s; reader shows granted
    12:00:00  card-finn at Turnstile, outside
              Finn Holm was let in at Turnstile
              → release turnstile for 5 s; reader shows granted
    12:00:01  the contact of Turnstile: open
              Turnstile opened
              Ada Berg went through Turnstile into Canteen
    12:00:02  the contact of Turnstile: closed
              Turnstile closed
              (Ada Berg: Canteen, seen)
              (Finn Holm: not seen)
    12:00:05  …
              Finn Holm was let in at Turnstile and did not open it
              (Finn Holm: not seen)
              (Turnstile: locked, closed, card)
    "
  `);
});

test("a reader at a free door still says who came, and sends no pulse", () => {
  const story = new Teller(smallOffice({ doors: { front: { freeSchedule: "opening" } } })).at("09:30");
  story.shows("front").badge("eve", "front").opens("front").whereIs("eve").wait(600).closes("front");
  expect(story.shows("front").transcript).toMatchInlineSnapshot(`
    "
    09:00:00  …
              Front door is free by schedule
              → hold front unlocked
              (Front door: unlocked, closed, free)
    09:30:00  card-eve at Front door, outside
              Eve Kern was let in at Front door
              → reader shows granted
    09:30:00  the contact of Front door: open
              Front door opened
              Eve Kern went through Front door into Lobby
              (Eve Kern: Lobby, seen)
    09:30:05  …
    09:40:00  the contact of Front door: closed
              Front door closed
              (Front door: unlocked, closed, free)
    "
  `);
});

test("a leaf that opens at the last moment of its release is not forced, one that opens later is", () => {
  const story = new Teller().at("08:00").badge("ada", "front").wait(5.4).opens("front").closes("front");
  expect(story.wait(60).badge("ada", "front").wait(5.6).opens("front").transcript).toMatchInlineSnapshot(`
    "
    08:00:00  card-ada at Front door, outside
              Ada Berg was let in at Front door
              → release front for 5 s; reader shows granted
    08:00:05  the contact of Front door: open
              Front door opened
              Ada Berg went through Front door into Lobby
    08:00:05  the contact of Front door: closed
              Front door closed
    08:00:05  …
    08:01:05  card-ada at Front door, outside
              Ada Berg was let in at Front door
              → release front for 5 s; reader shows granted
    08:01:10  …
              Ada Berg was let in at Front door and did not open it
    08:01:11  the contact of Front door: open
              Front door was opened while it was locked
    "
  `);
});
