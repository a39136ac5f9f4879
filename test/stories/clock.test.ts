import { expect, test } from "vitest";
import { doorView } from "../../gateway/core/views.js";
import { local, smallOffice } from "./small-office.js";
import { Teller } from "./teller.js";

/** The front door is free from 09:00 to 12:00; the workshop insists on a clock that can be believed. */
const building = () =>
  smallOffice({ doors: { front: { freeSchedule: "opening" }, workshop: { clock: "deny" } } });

test("after a start whose clock nobody answers for, no schedule unlocks a door until the time service confirms it", () => {
  const story = new Teller(building()).at("08:00").restart(60, "nobody").at("09:30").shows("front");
  story
    .badge("ben", "front")
    .badge("ada", "workshop")
    .badge("cora", "workshop")
    .clockConfirmed()
    .shows("front");
  expect(story.badge("ben", "workshop").badge("ada", "workshop").transcript).toMatchInlineSnapshot(`
    "
    08:01:00  the gateway starts after 60 s, its clock unsure
              the clock is not trusted: since the start nothing has confirmed it; no schedule unlocks a door
              the gateway started (version 1.0.0) after 60 s
    08:02:00  …
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
    09:00:00  …
              (Front door: locked, unknown, card)
    09:30:00  card-ben at Front door, outside
              Ben Stein was let in at Front door
              Ben Stein went through Front door into Lobby (assumed)
              → release front for 5 s; reader shows granted
    09:30:00  card-ada at Workshop door, outside
              Ada Berg was not let in at Workshop door: the clock is not trusted
                would be let in if the clock were known to be right
              → reader shows denied
    09:30:00  card-cora at Workshop door, outside
              Cora Lind was not let in at Workshop door: the person is blocked
                would be let in if the person were unblocked and the clock were known to be right
              → reader shows denied
    09:30:00  the time service confirms the clock
              the clock is trusted: its time service says that it is right
              Front door is free by schedule
              → hold front unlocked
              (Front door: unlocked, unknown, free)
    09:30:00  card-ben at Workshop door, outside
              Ben Stein was not let in at Workshop door: none of the person's groups may use this door
                would be let in if the person were in the group staff
              → reader shows denied
    09:30:00  card-ada at Workshop door, outside
              Ada Berg was let in at Workshop door
              Ada Berg went through Workshop door into Workshop (assumed)
              → release workshop for 5 s; reader shows granted
    "
  `);
});

test("a clock set into free hours by hand frees no door, until somebody says that it is right", () => {
  const story = new Teller(building())
    .at("03:00", 0)
    .at("06:30")
    .clock(4 * 3600)
    .shows("front");
  story.asks({ op: "clock.trust" }, { note: "looked at the church" }).shows("front");
  expect(story.asks({ op: "clock.trust" }).transcript).toMatchInlineSnapshot(`
    "
    10:30:00  the clock is set by 14400 s
              the clock was set by 14400 s
              the clock is not trusted: it jumped by more than is plausible; no schedule unlocks a door
              (Front door: locked, closed, card)
    10:30:00  Olga asks for clock.trust
              the clock is trusted, says Olga (looked at the church)
              Front door is free by schedule
              → hold front unlocked
              (Front door: unlocked, closed, free)
    10:30:00  Olga asks for clock.trust
              clock.trust by Olga was refused: the clock is trusted already
    "
  `);
});

test("steps that a time service would make, and those that it made, leave the clock trusted", () => {
  const story = new Teller(building())
    .at("08:00")
    .clock(3600)
    .clock(-300)
    .clock(-3 * 3600, { synchronized: true });
  expect(story.transcript).toMatchInlineSnapshot(`
    "
    09:00:00  the clock is set by 3600 s
              the clock was set by 3600 s
              Front door is free by schedule
              → hold front unlocked
    08:55:00  the clock is set by -300 s
              the clock was set by -300 s
              Front door is locked again by schedule
              → lock front
    05:55:00  the clock is set by -10800 s by the time service
              the clock was set by -10800 s
    "
  `);
  expect(story.clock(-301).events.at(-1)?.type).toBe("system.clock-not-trusted");
});

test("a card that had expired when the clock was last right stays expired when the clock wakes in the past", () => {
  const story = new Teller(building()).at("08:00").restart(60, "nobody", local("08:00", -400));
  expect(story.badge("dan", "front").badge("ada", "front").transcript).toMatchInlineSnapshot(`
    "
    08:00:00  the gateway starts after 60 s, its clock unsure
              the clock is not trusted: it jumped by more than is plausible; no schedule unlocks a door
              the gateway started (version 1.0.0) after 0 s
    08:00:00  card-dan at Front door, outside
              Dan Roth was not let in at Front door: the person's access has ended
                would be let in if the person's access were extended
              → reader shows denied
    08:00:00  card-ada at Front door, outside
              Ada Berg was let in at Front door
              Ada Berg went through Front door into Lobby (assumed)
              → release front for 5 s; reader shows granted
    "
  `);
});

test("an override goes on while it is not known how long the gateway was down, and ends when the clock is right again", () => {
  const story = new Teller().at("08:00");
  story.asks({ op: "door.mode", door: "front", mode: "free", until: local("09:00") });
  story.at("08:30").restart(7200, "nobody").shows("front").wait(1790).shows("front").wait(20).shows("front");
  expect(story.transcript).toMatchInlineSnapshot(`
    "
    08:00:00  Olga asks for door.mode at Front door
              Olga set Front door to free until 2026-11-23 09:00
              → hold front unlocked
    10:30:00  the gateway starts after 7200 s, its clock unsure
              the clock is not trusted: since the start nothing has confirmed it; no schedule unlocks a door
              the gateway started (version 1.0.0) after 7200 s
              → hold front unlocked
              (Front door: unlocked, unknown, free)
    10:31:00  …
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
              (Front door: unlocked, unknown, free)
    11:00:00  …
              the override of Front door has ended: it is card again
              → lock front
              (Front door: locked, unknown, card)
    "
  `);
});

test("with a trusted clock the time that passed while down counts", () => {
  const story = new Teller().at("08:00");
  story.asks({ op: "door.mode", door: "front", mode: "free", until: local("09:00") });
  expect(story.at("08:30").restart(7200, "ntp").shows("front").transcript).toMatchInlineSnapshot(`
    "
    08:00:00  Olga asks for door.mode at Front door
              Olga set Front door to free until 2026-11-23 09:00
              → hold front unlocked
    10:30:00  the gateway starts after 7200 s, its clock by ntp
              the override of Front door has ended: it is card again (late)
              the gateway started (version 1.0.0) after 7200 s
              → lock front
              (Front door: locked, unknown, card)
    "
  `);
});

test("what was left of a countdown holds over a start whose clock wakes in the past", () => {
  const story = new Teller().at("08:00").asks({ op: "door.unlock", door: "front", ms: 5_000 }).wait(2);
  story.restart(3600, "nobody", local("08:00", -400)).shows("front").wait(2.9).shows("front").wait(0.7);
  expect(story.shows("front").transcript).toMatchInlineSnapshot(`
    "
    08:00:00  Olga asks for door.unlock at Front door
              Olga unlocked Front door for 5 s
              → release front for 5 s
    08:00:00  the gateway starts after 3600 s, its clock unsure
              the clock is not trusted: it jumped by more than is plausible; no schedule unlocks a door
              the gateway started (version 1.0.0) after 0 s
              (Front door: unlocked, unknown, card)
              (Front door: unlocked, unknown, card)
    08:00:03  …
              (Front door: locked, unknown, card)
    "
  `);
});

test("the time service sets a clock that woke in the past, and the house goes on where it was", () => {
  const story = new Teller(building()).at("08:00").restart(60, "nobody", local("08:00", -400));
  story
    .clock(400 * 86_400 + 5400, { synchronized: true })
    .shows("front")
    .at("12:00");
  expect(story.shows("front").transcript).toMatchInlineSnapshot(`
    "
    08:00:00  the gateway starts after 60 s, its clock unsure
              the clock is not trusted: it jumped by more than is plausible; no schedule unlocks a door
              the gateway started (version 1.0.0) after 0 s
    09:30:00  the clock is set by 34565400 s by the time service
              the clock was set by 34565400 s
              the clock is trusted: its time service says that it is right
              Front door is free by schedule
              → hold front unlocked
              (Front door: unlocked, unknown, free)
    09:31:00  …
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
    12:00:00  …
              Front door is locked again by schedule
              → lock front
              (Front door: locked, unknown, card)
    "
  `);
});

test("a host that is far behind its own log is not believed; a time service is", () => {
  const host = new Teller(building()).at("09:30").restart(0, "host", local("08:00"));
  expect(host.shows("front").transcript).toMatchInlineSnapshot(`
    "
    09:00:00  …
              Front door is free by schedule
              → hold front unlocked
    08:00:00  the gateway starts after 0 s, its clock by host
              the clock is not trusted: it jumped by more than is plausible; no schedule unlocks a door
              Front door is locked again by schedule (late)
              the gateway started (version 1.0.0) after 0 s
              → lock front
              (Front door: locked, unknown, card)
    "
  `);
  const ntp = new Teller(building()).at("09:30").restart(0, "ntp", local("08:00"));
  expect(ntp.transcript).toMatchInlineSnapshot(`
    "
    09:00:00  …
              Front door is free by schedule
              → hold front unlocked
    08:00:00  the gateway starts after 0 s, its clock by ntp
              Front door is locked again by schedule (late)
              the gateway started (version 1.0.0) after 0 s
              → lock front
    "
  `);
});

test("a host's word is taken for every step", () => {
  const story = new Teller(building())
    .at("06:30")
    .restart(1, "host")
    .clock(3 * 3600);
  expect(story.site.doors.size).toBe(4);
  const front = story.site.doors.get("front");
  if (!front) throw new Error("fixture: no front door");
  expect(doorView(story.site, story.state, front, story.now).lock).toBe("unlocked");
});

test("every decision's trace says whether the clock was trusted", () => {
  const traced = (story: Teller) => story.badge("ada", "front").events.at(-1)?.trace;
  const story = new Teller(building()).at("08:00");
  expect(traced(story)).toContainEqual(["clock", "ok"]);
  const unsure = new Teller(building()).at("08:00").restart(60, "nobody");
  unsure.badge("ada", "front").badge("ada", "workshop");
  expect(
    unsure.events.filter(({ trace }) => trace).map(({ trace }) => trace?.find(([rule]) => rule === "clock")),
  ).toEqual([
    ["clock", "ok: not trusted since the start, all hours count as kept"],
    ["clock", "not trusted since the start"],
  ]);
});
