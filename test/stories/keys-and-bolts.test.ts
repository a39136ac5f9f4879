import { expect, test } from "vitest";
import { point, smallOffice } from "./small-office.js";
import { Teller } from "./teller.js";

const withKey = smallOffice({ doors: { front: { keySwitch: point("front-lock/input/3") } } });
const withBolt = (more: object = {}) =>
  smallOffice({ doors: { front: { bolt: { kind: "bolt", securedWithinMs: 5_000 }, ...more } } });

test("whoever comes in with a key does not force the door", () => {
  const story = new Teller(withKey)
    .at("22:00")
    .key("front", true)
    .wait(20)
    .opens("front")
    .key("front", false);
  story.wait(2).closes("front").shows("front").wait(10).opens("front").shows("front");
  expect(story.transcript).toMatchInlineSnapshot(`
    "
    22:00:00  the key of Front door: turned
              a key was turned in Front door
    22:00:20  the contact of Front door: open
              Front door opened
    22:00:20  the key of Front door: taken out
    22:00:22  the contact of Front door: closed
              Front door closed
              (Front door: locked, closed, card)
    22:00:25  …
    22:00:32  the contact of Front door: open
              Front door was opened while it was locked
              (Front door: locked, open, card, alarm forced)
    "
  `);
});

test("the leaf may be opened for as long as a passage after the key was taken out, and held open is held open", () => {
  const story = new Teller(withKey).at("22:00").key("front", true).wait(1).key("front", false).wait(4);
  expect(story.opens("front").wait(30).shows("front").transcript).toMatchInlineSnapshot(`
    "
    22:00:00  the key of Front door: turned
              a key was turned in Front door
    22:00:01  the key of Front door: taken out
    22:00:05  the contact of Front door: open
              Front door opened
    22:00:06  …
    22:00:35  …
              Front door is held open
              (Front door: locked, open, card, alarm held-open)
    "
  `);
});

test("a key whose turning was missed counts when it is taken out", () => {
  const story = new Teller(withKey).at("22:00").key("front", false).wait(1).opens("front");
  expect(story.transcript).toMatchInlineSnapshot(`
    "
    22:00:00  the key of Front door: taken out
              a key was turned in Front door
    22:00:01  the contact of Front door: open
              Front door opened
    "
  `);
});

test("a level told at start is no turning of a key, and a shorted line is no key", () => {
  const story = new Teller(withKey).at("22:00").key("front", false, { edge: false }).opens("front");
  story.closes("front").key("front", true, { fault: "short" }).opens("front").closes("front");
  story.key("front", false, { edge: false }).shows("front");
  expect(story.transcript).toMatchInlineSnapshot(`
    "
    22:00:00  the key of Front door: taken out
    22:00:00  the contact of Front door: open
              Front door was opened while it was locked
    22:00:00  the contact of Front door: closed
              Front door is closed again after it was forced
    22:00:00  the key of Front door: line short
              the key switch of Front door has a fault: short
    22:00:00  the contact of Front door: open
              Front door was opened while it was locked
    22:00:00  the contact of Front door: closed
              Front door is closed again after it was forced
    22:00:00  the key of Front door: taken out
              the key switch of Front door works again
              (Front door: locked, closed, card)
    "
  `);
});

test("a key that is in when its device is lost, or the gateway stops, is soon no excuse any more", () => {
  const story = new Teller(withKey)
    .at("22:00")
    .key("front", true)
    .lost("front-lock")
    .wait(60)
    .back("front-lock");
  story.contact("front", "closed", { edge: false }).opens("front").closes("front");
  story.key("front", true).restart(1).back("front-lock").contact("front", "closed", { edge: false });
  story.opens("front").closes("front").wait(10).opens("front");
  expect(story.transcript).toMatchInlineSnapshot(`
    "
    22:00:00  the key of Front door: turned
              a key was turned in Front door
    22:00:00  front-lock goes silent
              front-lock is lost
              it is not known whether Front door is open or closed
    22:00:05  …
    22:01:00  front-lock is there
              front-lock is connected
    22:01:00  the contact of Front door: found closed
    22:01:00  the contact of Front door: open
              Front door was opened while it was locked
    22:01:00  the contact of Front door: closed
              Front door is closed again after it was forced
    22:01:00  the key of Front door: turned
              a key was turned in Front door
    22:01:01  the gateway starts after 1 s
              the gateway started (version 1.0.0) after 1 s
    22:01:01  front-lock is there
              front-lock is connected
    22:01:01  the contact of Front door: found closed
    22:01:01  the contact of Front door: open
              Front door opened
    22:01:01  the contact of Front door: closed
              Front door closed
    22:01:06  …
    22:01:11  the contact of Front door: open
              Front door was opened while it was locked
    "
  `);
});

test("a door that is closed and whose bolt does not come out is a trouble, until it does", () => {
  const story = new Teller(withBolt()).at("08:00").says("front", true, "out").badge("ada", "front");
  story.says("front", false, "in").opens("front").wait(6).closes("front").wait(5).shows("front");
  expect(story.wait(60).says("front", true, "out").shows("front").transcript).toMatchInlineSnapshot(`
    "
    08:00:00  the lock of Front door: locked, its bolt out
    08:00:00  card-ada at Front door, outside
              Ada Berg was let in at Front door
              → release front for 5 s; reader shows granted
    08:00:00  the lock of Front door: not locked, its bolt in
    08:00:00  the contact of Front door: open
              Front door opened
              Ada Berg went through Front door into Lobby
    08:00:05  …
    08:00:06  the contact of Front door: closed
              Front door closed
    08:00:11  …
              Front door is closed and not secured: its lock does not hold
              (Front door: locked, closed, card, not-secured)
    08:01:11  the lock of Front door: locked, its bolt out
              Front door is secured again
              (Front door: locked, closed, card)
    "
  `);
});

test("a bolt that comes out in time, or that is in while the door stands open or free, is none", () => {
  const story = new Teller(withBolt()).at("08:00").says("front", true, "out").badge("ada", "front");
  story.says("front", false, "in").opens("front").wait(20).closes("front").wait(4).says("front", true, "out");
  story.wait(60).asks({ op: "door.mode", door: "front", mode: "free" }).says("front", false, "in").wait(60);
  story.asks({ op: "door.mode", door: "front" }).wait(4).says("front", true, "out").wait(60).shows("front");
  expect(story.transcript).toMatchInlineSnapshot(`
    "
    08:00:00  the lock of Front door: locked, its bolt out
    08:00:00  card-ada at Front door, outside
              Ada Berg was let in at Front door
              → release front for 5 s; reader shows granted
    08:00:00  the lock of Front door: not locked, its bolt in
    08:00:00  the contact of Front door: open
              Front door opened
              Ada Berg went through Front door into Lobby
    08:00:05  …
    08:00:20  the contact of Front door: closed
              Front door closed
    08:00:24  the lock of Front door: locked, its bolt out
    08:01:24  Olga asks for door.mode at Front door
              Olga set Front door to free
              → hold front unlocked
    08:01:24  the lock of Front door: not locked, its bolt in
    08:02:24  Olga asks for door.mode at Front door
              Olga set Front door to card
              → lock front
    08:02:28  the lock of Front door: locked, its bolt out
              (Front door: locked, closed, card)
    "
  `);
});

test("a bolt that is drawn at a locked and closed door is a trouble after its time", () => {
  const story = new Teller(withBolt()).at("02:00").says("front", true, "out").wait(60);
  expect(story.says("front", true, "in").wait(5).shows("front").transcript).toMatchInlineSnapshot(`
    "
    02:00:00  the lock of Front door: locked, its bolt out
    02:01:00  the lock of Front door: locked, its bolt in
    02:01:05  …
              Front door is closed and not secured: its lock does not hold
              (Front door: locked, closed, card, not-secured)
    "
  `);
});

test("a lock that says nothing of its bolt is no trouble of the bolt", () => {
  const story = new Teller(withBolt()).at("02:00").says("front", true).wait(60).lost("front-lock").wait(60);
  expect(story.transcript).toMatchInlineSnapshot(`
    "
    02:00:00  the lock of Front door: locked
    02:01:00  front-lock goes silent
              front-lock is lost
              it is not known whether Front door is open or closed
    "
  `);
});

test("that a door is not secured stands over a restart, until its bolt says otherwise", () => {
  const story = new Teller(withBolt())
    .at("02:00")
    .says("front", true, "in")
    .wait(5)
    .restart(60)
    .shows("front");
  story.back("front-lock").contact("front", "closed", { edge: false }).says("front", true, "in").wait(30);
  expect(story.says("front", true, "out").shows("front").transcript).toMatchInlineSnapshot(`
    "
    02:00:00  the lock of Front door: locked, its bolt in
    02:00:05  …
              Front door is closed and not secured: its lock does not hold
    02:01:05  the gateway starts after 60 s
              the gateway started (version 1.0.0) after 60 s
              (Front door: locked, unknown, card, not-secured)
    02:01:05  front-lock is there
              front-lock is connected
    02:01:05  the contact of Front door: found closed
    02:01:05  the lock of Front door: locked, its bolt in
    02:01:35  the lock of Front door: locked, its bolt out
              Front door is secured again
              (Front door: locked, closed, card)
    "
  `);
});

test("a key that is found in when its device comes back was not turned just now, and the door is not forced with it", () => {
  const story = new Teller(withKey).at("22:00").key("front", true, { edge: false }).opens("front");
  expect(story.transcript).toMatchInlineSnapshot(`
    "
    22:00:00  the key of Front door: turned
    22:00:00  the contact of Front door: open
              Front door opened
    "
  `);
});

test("the clock set ahead does not shorten the time in which a bolt must come out", () => {
  const story = new Teller(withBolt())
    .at("02:00")
    .says("front", true, "in")
    .wait(2)
    .clock(240)
    .shows("front");
  expect(story.wait(3).shows("front").transcript).toMatchInlineSnapshot(`
    "
    02:00:00  the lock of Front door: locked, its bolt in
    02:04:02  the clock is set by 240 s
              the clock was set by 240 s
              (Front door: locked, closed, card)
    02:04:05  …
              Front door is closed and not secured: its lock does not hold
              (Front door: locked, closed, card, not-secured)
    "
  `);
});
