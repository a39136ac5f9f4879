import { describe, expect, test } from "vitest";
import type { Door } from "../../gateway/core/site.js";
import { door, point, smallOffice } from "./small-office.js";
import { Teller } from "./teller.js";

const yardGate = (more: Partial<Door> = {}) =>
  door("gate", {
    name: "Yard gate",
    kind: "gate",
    from: "street",
    to: "lobby",
    passage: "contact",
    relock: "close",
    openMs: 60_000,
    contact: point("gate-lock/input/1"),
    loop: point("gate-lock/input/2"),
    safetyEdge: point("gate-lock/input/3"),
    readers: { outside: point("gate-reader/reader/1") },
    ...more,
  });

/** `front` with what `staff` may do, so that the gate needs no group of its own. */
function yard(more: Partial<Door> = {}) {
  const site = smallOffice({ more: [yardGate(more)] });
  const staff = site.groups.get("staff");
  if (!staff) throw new Error("fixture: no group staff");
  const doors = new Map([...staff.doors, ["gate", ["office"]] as const]);
  return { ...site, groups: new Map([...site.groups, ["staff", { ...staff, doors }] as const]) };
}

describe("a turnstile", () => {
  const turnstile = smallOffice({ doors: { turnstile: { kind: "turnstile", relock: "close" } } });

  test("turns once a grant: the next one behind is not let through", () => {
    const story = new Teller(turnstile).at("08:00").badge("ada", "turnstile").wait(1);
    story.opens("turnstile").closes("turnstile").shows("turnstile").opens("turnstile");
    expect(story.whereIs("ada").transcript).toMatchInlineSnapshot(`
      "
      08:00:00  card-ada at Turnstile, outside
                Ada Berg was let in at Turnstile
                → release turnstile for 5 s; reader shows granted
      08:00:01  the contact of Turnstile: open
                Turnstile opened
                Ada Berg went through Turnstile into Canteen
      08:00:01  the contact of Turnstile: closed
                Turnstile closed
                → end the release of turnstile
                (Turnstile: locked, closed, card)
      08:00:01  the contact of Turnstile: open
                Turnstile was opened while it was locked
                (Ada Berg: Canteen, seen)
      "
    `);
  });

  test("turns as often as people were let in, one after the other, and is locked after the last", () => {
    const story = new Teller(turnstile).at("08:00").badge("ada", "turnstile").badge("finn", "turnstile");
    story.opens("turnstile").closes("turnstile").shows("turnstile").whereIs("finn");
    story.opens("turnstile").closes("turnstile").shows("turnstile").whereIs("finn");
    expect(story.transcript).toMatchInlineSnapshot(`
      "
      08:00:00  card-ada at Turnstile, outside
                Ada Berg was let in at Turnstile
                → release turnstile for 5 s; reader shows granted
      08:00:00  card-finn at Turnstile, outside
                Finn Holm was let in at Turnstile
                → release turnstile for 5 s; reader shows granted
      08:00:00  the contact of Turnstile: open
                Turnstile opened
                Ada Berg went through Turnstile into Canteen
      08:00:00  the contact of Turnstile: closed
                Turnstile closed
                (Turnstile: unlocked, closed, card)
                (Finn Holm: not seen)
      08:00:00  the contact of Turnstile: open
                Turnstile opened
                Finn Holm went through Turnstile into Canteen
      08:00:00  the contact of Turnstile: closed
                Turnstile closed
                → end the release of turnstile; end the release of turnstile
                (Turnstile: locked, closed, card)
                (Finn Holm: Canteen, seen)
      "
    `);
  });

  test("keeps its release for somebody who wants out while somebody comes in", () => {
    const story = new Teller(turnstile).at("08:00").badge("ada", "turnstile").exit("turnstile");
    story.opens("turnstile").closes("turnstile").shows("turnstile").opens("turnstile").closes("turnstile");
    expect(story.shows("turnstile").transcript).toMatchInlineSnapshot(`
      "
      08:00:00  card-ada at Turnstile, outside
                Ada Berg was let in at Turnstile
                → release turnstile for 5 s; reader shows granted
      08:00:00  the exit button of Turnstile
                somebody asked to leave at Turnstile
                → release turnstile for 5 s at once
      08:00:00  the contact of Turnstile: open
                Turnstile opened
                Ada Berg went through Turnstile into Canteen (uncertain)
      08:00:00  the contact of Turnstile: closed
                Turnstile closed
                (Turnstile: unlocked, closed, card)
      08:00:00  the contact of Turnstile: open
                Turnstile opened
      08:00:00  the contact of Turnstile: closed
                Turnstile closed
                → end the release of turnstile; end the release of turnstile
                (Turnstile: locked, closed, card)
      "
    `);
  });

  test("that locks once it turns keeps its release too while somebody waits to leave", () => {
    const eager = smallOffice({ doors: { turnstile: { kind: "turnstile", relock: "open" } } });
    const story = new Teller(eager).at("08:00").badge("ada", "turnstile").exit("turnstile");
    story.opens("turnstile").shows("turnstile").closes("turnstile").opens("turnstile").shows("turnstile");
    expect(story.transcript).toMatchInlineSnapshot(`
      "
      08:00:00  card-ada at Turnstile, outside
                Ada Berg was let in at Turnstile
                → release turnstile for 5 s; reader shows granted
      08:00:00  the exit button of Turnstile
                somebody asked to leave at Turnstile
                → release turnstile for 5 s at once
      08:00:00  the contact of Turnstile: open
                Turnstile opened
                Ada Berg went through Turnstile into Canteen (uncertain)
                (Turnstile: unlocked, open, card)
      08:00:00  the contact of Turnstile: closed
                Turnstile closed
      08:00:00  the contact of Turnstile: open
                Turnstile opened
                → end the release of turnstile; end the release of turnstile
                (Turnstile: locked, open, card)
      "
    `);
  });

  test("that nobody goes through lapses: the grant is not used", () => {
    const story = new Teller(turnstile).at("08:00").badge("ada", "turnstile").wait(10).whereIs("ada");
    expect(story.transcript).toMatchInlineSnapshot(`
      "
      08:00:00  card-ada at Turnstile, outside
                Ada Berg was let in at Turnstile
                → release turnstile for 5 s; reader shows granted
      08:00:05  …
                Ada Berg was let in at Turnstile and did not open it
                (Ada Berg: not seen)
      "
    `);
  });
});

describe("a gate", () => {
  test("that needs a vehicle opens to no card without one, and to none while its loop cannot be read", () => {
    const story = new Teller(yard({ needsLoop: true })).at("08:00").badge("ada", "gate");
    story.vehicle("gate", false).badge("ada", "gate").vehicle("gate", true).badge("ada", "gate").wait(6);
    story.vehicle("gate", true, "open").badge("ada", "gate").vehicle("gate", true).lost("gate-lock");
    expect(story.badge("ada", "gate").transcript).toMatchInlineSnapshot(`
      "
      08:00:00  card-ada at Yard gate, outside
                Ada Berg was not let in at Yard gate: no vehicle stands before it
                  would be let in if a vehicle stood before it
                → reader shows denied
      08:00:00  the loop of Yard gate: nothing
      08:00:00  card-ada at Yard gate, outside
                Ada Berg was not let in at Yard gate: no vehicle stands before it
                  would be let in if a vehicle stood before it
                → reader shows denied
      08:00:00  the loop of Yard gate: a vehicle
      08:00:00  card-ada at Yard gate, outside
                Ada Berg was let in at Yard gate
                → release gate for 5 s; reader shows granted
      08:00:05  …
                Ada Berg was let in at Yard gate and did not open it
      08:00:06  the loop of Yard gate: line open
                the vehicle loop of Yard gate has a fault: open
      08:00:06  card-ada at Yard gate, outside
                Ada Berg was not let in at Yard gate: no vehicle stands before it
                  would be let in if a vehicle stood before it
                → reader shows denied
      08:00:06  the loop of Yard gate: a vehicle
                the vehicle loop of Yard gate works again
      08:00:06  gate-lock goes silent
                gate-lock is lost
                it is not known whether Yard gate is open or closed
      08:00:06  card-ada at Yard gate, outside
                Ada Berg was not let in at Yard gate: no vehicle stands before it
                  would be let in if a vehicle stood before it
                → reader shows denied
      "
    `);
  });

  test("lets out without a vehicle, by an exit request, a card on the inside and an operator", () => {
    const readers = { outside: point("gate-reader/reader/1"), inside: point("gate-reader/reader/2") };
    const story = new Teller(yard({ needsLoop: true, readers })).at("08:00").exit("gate").wait(6);
    story.badge("ada", "gate", "inside").wait(6);
    expect(story.asks({ op: "door.unlock", door: "gate" }).transcript).toMatchInlineSnapshot(`
      "
      08:00:00  the exit button of Yard gate
                somebody asked to leave at Yard gate
                → release gate for 5 s at once
      08:00:05  …
      08:00:06  card-ada at Yard gate, inside
                Ada Berg was let in at Yard gate
                → release gate for 5 s; reader shows granted
      08:00:11  …
                Ada Berg was let in at Yard gate and did not open it
      08:00:12  Olga asks for door.unlock at Yard gate
                Olga unlocked Yard gate for 5 s
                → release gate for 5 s
      "
    `);
  });

  test("lets one vehicle in a grant: the one behind it forces the gate", () => {
    const story = new Teller(yard()).at("08:00").badge("ada", "gate").opens("gate").wait(1).closes("gate");
    expect(story.opens("gate").shows("gate").transcript).toMatchInlineSnapshot(`
      "
      08:00:00  card-ada at Yard gate, outside
                Ada Berg was let in at Yard gate
                → release gate for 5 s; reader shows granted
      08:00:00  the contact of Yard gate: open
                Yard gate opened
                Ada Berg went through Yard gate into Lobby
      08:00:01  the contact of Yard gate: closed
                Yard gate closed
                → end the release of gate
      08:00:01  the contact of Yard gate: open
                Yard gate was opened while it was locked
                (Yard gate: locked, open, card, alarm forced)
      "
    `);
  });

  test("never closes on somebody: touched, it opens again at once, and closes when the way is clear", () => {
    const story = new Teller(yard()).at("08:00").badge("ada", "gate").opens("gate").wait(10).shows("gate");
    story
      .safetyEdge("gate", true)
      .shows("gate")
      .wait(300)
      .shows("gate")
      .safetyEdge("gate", false)
      .shows("gate");
    expect(story.wait(5).closes("gate").shows("gate").transcript).toMatchInlineSnapshot(`
      "
      08:00:00  card-ada at Yard gate, outside
                Ada Berg was let in at Yard gate
                → release gate for 5 s; reader shows granted
      08:00:00  the contact of Yard gate: open
                Yard gate opened
                Ada Berg went through Yard gate into Lobby
      08:00:05  …
                (Yard gate: locked, open, card)
      08:00:10  the safety edge of Yard gate: touched
                something is in the way of Yard gate: it does not close
                → hold gate unlocked at once
                (Yard gate: unlocked, open, card, obstructed)
                (Yard gate: unlocked, open, card, obstructed)
      08:05:10  the safety edge of Yard gate: clear
                the way of Yard gate is clear again
                → lock gate
                (Yard gate: locked, open, card)
      08:05:15  the contact of Yard gate: closed
                Yard gate closed
                (Yard gate: locked, closed, card)
      "
    `);
  });

  test("opens to nobody who touches its edge from outside while it is shut", () => {
    const story = new Teller(yard()).at("02:00").safetyEdge("gate", true).shows("gate");
    expect(story.safetyEdge("gate", false).transcript).toMatchInlineSnapshot(`
      "
      02:00:00  the safety edge of Yard gate: touched
                something is in the way of Yard gate: it does not close
                (Yard gate: locked, closed, card, obstructed)
      02:00:00  the safety edge of Yard gate: clear
                the way of Yard gate is clear again
      "
    `);
  });

  test("does not ask a card for less because something is in its way", () => {
    const story = new Teller(yard()).at("08:00").badge("ada", "gate").opens("gate").wait(10);
    expect(story.safetyEdge("gate", true).badge("eve", "gate").transcript).toMatchInlineSnapshot(`
      "
      08:00:00  card-ada at Yard gate, outside
                Ada Berg was let in at Yard gate
                → release gate for 5 s; reader shows granted
      08:00:00  the contact of Yard gate: open
                Yard gate opened
                Ada Berg went through Yard gate into Lobby
      08:00:05  …
      08:00:10  the safety edge of Yard gate: touched
                something is in the way of Yard gate: it does not close
                → hold gate unlocked at once
      08:00:10  card-eve at Yard gate, outside
                Eve Kern was not let in at Yard gate: none of the person's groups may use this door
                  would be let in if the person were in the group staff
                → reader shows denied
      "
    `);
  });

  test("takes an edge that cannot be read for one that is touched", () => {
    const story = new Teller(yard()).at("08:00").badge("ada", "gate").opens("gate").wait(10);
    story.safetyEdge("gate", false, "open").shows("gate").safetyEdge("gate", false).shows("gate");
    expect(story.transcript).toMatchInlineSnapshot(`
      "
      08:00:00  card-ada at Yard gate, outside
                Ada Berg was let in at Yard gate
                → release gate for 5 s; reader shows granted
      08:00:00  the contact of Yard gate: open
                Yard gate opened
                Ada Berg went through Yard gate into Lobby
      08:00:05  …
      08:00:10  the safety edge of Yard gate: line open
                the safety edge of Yard gate has a fault: open
                something is in the way of Yard gate: it does not close
                → hold gate unlocked at once
                (Yard gate: unlocked, open, card, obstructed, input-fault)
      08:00:10  the safety edge of Yard gate: clear
                the safety edge of Yard gate works again
                the way of Yard gate is clear again
                → lock gate
                (Yard gate: locked, open, card)
      "
    `);
  });

  test("does not close on somebody because of a fire, a lost link or a restart", () => {
    const site = yard({ fire: new Map([["smoke", "close"]]) });
    const story = new Teller(site).at("08:00").badge("ada", "gate").opens("gate").wait(10);
    story.safetyEdge("gate", true).sensor("smoke", true).shows("gate").lost("gate-lock").shows("gate");
    story.restart(60).shows("gate").back("gate-lock").contact("gate", "open", { edge: false }).shows("gate");
    expect(story.safetyEdge("gate", false).shows("gate").transcript).toMatchInlineSnapshot(`
      "
      08:00:00  card-ada at Yard gate, outside
                Ada Berg was let in at Yard gate
                → release gate for 5 s; reader shows granted
      08:00:00  the contact of Yard gate: open
                Yard gate opened
                Ada Berg went through Yard gate into Lobby
      08:00:05  …
      08:00:10  the safety edge of Yard gate: touched
                something is in the way of Yard gate: it does not close
                → hold gate unlocked at once
      08:00:10  Smoke detectors: active
                fire input Smoke detectors is active
                the fire input Smoke detectors calls everybody: 1 thought to be inside
                (Yard gate: unlocked, open, card, obstructed)
      08:00:10  gate-lock goes silent
                gate-lock is lost
                it is not known whether Yard gate is open or closed
                (Yard gate: unlocked, unknown, card, obstructed)
      08:01:10  the gateway starts after 60 s
                the gateway started (version 1.0.0) after 60 s
                → hold gate unlocked
                (Yard gate: unlocked, unknown, card, obstructed)
      08:01:10  gate-lock is there
                gate-lock is connected
                → hold gate unlocked
      08:01:10  the contact of Yard gate: found open
                (Yard gate: unlocked, open, card, obstructed)
      08:01:10  the safety edge of Yard gate: clear
                the way of Yard gate is clear again
                → lock gate at once
                (Yard gate: locked, open, card)
      "
    `);
  });
});
