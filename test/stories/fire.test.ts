import { expect, test } from "vitest";
import { smallOffice } from "./small-office.js";
import { Teller } from "./teller.js";

const heat = {
  id: "heat",
  name: "Heat detectors",
  tenant: "main",
  type: "fire",
  role: "24-hour",
  point: { device: "panel", kind: "input", n: 3 },
} as const;

test("a fire that does not concern a door leaves its alarms as they are", () => {
  const story = new Teller(smallOffice({ fire: { front: "none" } })).at("10:00").sensor("smoke", true);
  expect(story.opens("front").opens("workshop").transcript).toMatchInlineSnapshot(`
    "
    10:00:00  Smoke detectors: active
              fire input Smoke detectors is active
              the fire input Smoke detectors calls everybody: 0 thought to be inside
    10:00:00  the contact of Front door: open
              Front door was opened while it was locked
    10:00:00  the contact of Workshop door: open
              Workshop door opened
    "
  `);
});

test("of two fire inputs each holds its release until its own reset, and the last forgives anti-passback", () => {
  const fire = new Map([
    ["smoke", "unlock"],
    ["heat", "unlock"],
  ] as const);
  const story = new Teller(smallOffice({ sensors: [heat], doors: { front: { fire } } })).at("10:00");
  story.sensor("smoke", true).sensor("heat", true).sensor("smoke", false).sensor("heat", false);
  story.asks({ op: "fire.reset", sensor: "smoke" }).shows("front");
  expect(story.state.forgiven.size).toBe(0);
  story.says("front", true).asks({ op: "fire.reset", sensor: "heat" }).shows("front").wait(10);
  expect(story.state.forgiven.get("*")).toEqual({ at: story.now - 10_000, by: "olga" });
  expect(story.transcript).toMatchInlineSnapshot(`
    "
    10:00:00  Smoke detectors: active
              fire input Smoke detectors is active
              the fire input Smoke detectors calls everybody: 0 thought to be inside
              → release front until reset at once
    10:00:00  Heat detectors: active
              fire input Heat detectors is active
    10:00:00  Smoke detectors: quiet
              fire input Smoke detectors is quiet again; the release stands until it is reset
    10:00:00  Heat detectors: quiet
              fire input Heat detectors is quiet again; the release stands until it is reset
    10:00:00  Olga asks for fire.reset at Smoke detectors
              Olga reset the fire release of Smoke detectors
              (Front door: released, closed, card)
    10:00:00  the lock of Front door: locked
    10:00:00  Olga asks for fire.reset at Heat detectors
              Olga reset the fire release of Heat detectors
              → lock front
              (Front door: locked, closed, card)
    10:00:05  …
    "
  `);
});

test("after the reset each door that did not lock is named with what is wrong with it", () => {
  const fire = { front: "unlock", workshop: "unlock", server: "unlock", turnstile: "unlock" } as const;
  const story = new Teller(smallOffice({ fire })).at("10:00").sensor("smoke", true);
  story.says("front", false).opens("workshop").lost("server-lock").sensor("smoke", false);
  story.asks({ op: "fire.reset", sensor: "smoke" }).says("turnstile", true, "in");
  expect(story.wait(6).transcript).toMatchInlineSnapshot(`
    "
    10:00:00  Smoke detectors: active
              fire input Smoke detectors is active
              the fire input Smoke detectors calls everybody: 0 thought to be inside
              → release front until reset at once; release workshop until reset at once; release server until reset at once; release turnstile until reset at once
    10:00:00  the lock of Front door: not locked
    10:00:00  the contact of Workshop door: open
              Workshop door opened
    10:00:00  server-lock goes silent
              server-lock is lost
    10:00:00  Smoke detectors: quiet
              fire input Smoke detectors is quiet again; the release stands until it is reset
    10:00:00  Olga asks for fire.reset at Smoke detectors
              Olga reset the fire release of Smoke detectors; still open: Workshop door
              → lock front; lock workshop; lock server; lock turnstile
    10:00:00  the lock of Turnstile: locked, its bolt in
    10:00:05  …
              Front door did not lock again after the reset: its lock is not locked
              Workshop door did not lock again after the reset: it stands open
              Server room door did not lock again after the reset: its lock is not connected
              Turnstile did not lock again after the reset: its bolt is not out
    "
  `);
});

test("a door that did not lock says so as long as it is so, and not again at its next opening", () => {
  const story = new Teller(smallOffice({ fire: { front: "unlock" } })).at("10:00").sensor("smoke", true);
  story.opens("front").sensor("smoke", false).asks({ op: "fire.reset", sensor: "smoke" });
  story.shows("front").wait(6).shows("front").closes("front").says("front", true).shows("front");
  expect(story.wait(60).opens("front").shows("front").transcript).toMatchInlineSnapshot(`
    "
    10:00:00  Smoke detectors: active
              fire input Smoke detectors is active
              the fire input Smoke detectors calls everybody: 0 thought to be inside
              → release front until reset at once
    10:00:00  the contact of Front door: open
              Front door opened
    10:00:00  Smoke detectors: quiet
              fire input Smoke detectors is quiet again; the release stands until it is reset
    10:00:00  Olga asks for fire.reset at Smoke detectors
              Olga reset the fire release of Smoke detectors; still open: Front door
              → lock front
              (Front door: locked, open, card)
    10:00:05  …
              Front door did not lock again after the reset: it stands open
              (Front door: locked, open, card, not-relocked)
    10:00:06  the contact of Front door: closed
              Front door closed
    10:00:06  the lock of Front door: locked
              (Front door: locked, closed, card)
    10:01:06  the contact of Front door: open
              Front door was opened while it was locked
              (Front door: locked, open, card, alarm forced)
    "
  `);
});

test("a fire outlives a restart: release, latch and muster, and an input that is not heard of is no quiet one", () => {
  const story = new Teller(smallOffice({ fire: { front: "unlock" } })).at("10:00").sensor("smoke", true);
  story.restart(600, "nobody").shows("front").asks({ op: "fire.reset", sensor: "smoke" });
  story.back("panel").sensor("smoke", false, { edge: false }).asks({ op: "fire.reset", sensor: "smoke" });
  expect(story.shows("front").transcript).toMatchInlineSnapshot(`
    "
    10:00:00  Smoke detectors: active
              fire input Smoke detectors is active
              the fire input Smoke detectors calls everybody: 0 thought to be inside
              → release front until reset at once
    10:10:00  the gateway starts after 600 s, its clock unsure
              the clock is not trusted: since the start nothing has confirmed it; no schedule unlocks a door
              the gateway started (version 1.0.0) after 600 s
              → release front until reset at once
              (Front door: released, unknown, card)
    10:10:00  Olga asks for fire.reset at Smoke detectors
              fire.reset of Smoke detectors by Olga was refused: the fire input cannot be read
    10:10:00  panel is there
              panel is connected
    10:10:00  Smoke detectors: quiet
              fire input Smoke detectors is quiet again; the release stands until it is reset
    10:10:00  Olga asks for fire.reset at Smoke detectors
              Olga reset the fire release of Smoke detectors
              → lock front
              (Front door: locked, unknown, card)
    "
  `);
});
