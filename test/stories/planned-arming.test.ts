import { expect, test } from "vitest";
import type { Door } from "../../gateway/core/site.js";
import { type AlarmSketch, aNight, armedOffice } from "./armed-office.js";
import { point } from "./small-office.js";
import { Teller } from "./teller.js";

const autoArm = {
  outside: "office",
  level: "away",
  warnMs: 300_000,
  delayMs: 1_800_000,
  mostDelays: 1,
  force: false,
} as const;
const supervision = { opening: "office", closeWithinMs: 1_800_000 } as const;

function day(sketch: AlarmSketch): Teller {
  return new Teller(armedOffice(sketch)).at("18:00").forget();
}

test("armed by schedule after a warning, which can be put off so often as it may", () => {
  const story = day({ rules: { autoArm } }).at("19:00").at("19:03");
  story.asks({ op: "partition.arm-later", partition: "ground" });
  story.asks({ op: "partition.arm-later", partition: "ground" }).at("19:40").shownPartition("ground");
  story.asks({ op: "partition.arm-later", partition: "ground" });
  expect(story.transcript).toMatchInlineSnapshot(`
    "
    19:00:00  …
              Ground floor is armed in 5 min (schedule)
              Workshop is armed in 5 min (schedule)
              → the outside reader of front shows arm-warning for 300 s; the outside reader of workshop shows arm-warning for 300 s; the inside reader of workshop shows arm-warning for 300 s; the outside reader of workshop shows arm-warning for 300 s; the inside reader of workshop shows arm-warning for 300 s
    19:03:00  Olga asks for partition.arm-later at Ground floor
              Olga put off the arming of Ground floor by 30 min
              → the outside reader of front is quiet; the outside reader of workshop is quiet; the inside reader of workshop is quiet
    19:03:00  Olga asks for partition.arm-later at Ground floor
              partition.arm-later of Ground floor by Olga was refused: it was put off as often as it may be
    19:05:00  …
              schedule arms Workshop (away): 60 s to leave
              → the outside reader of workshop shows arming for 60 s; the inside reader of workshop shows arming for 60 s
    19:06:00  …
              Workshop is armed (away), by schedule
              → the outside reader of workshop shows armed for 3 s; the inside reader of workshop shows armed for 3 s
    19:30:00  …
              Ground floor is armed in 5 min (schedule)
              → the outside reader of front shows arm-warning for 300 s; the outside reader of workshop shows arm-warning for 300 s; the inside reader of workshop shows arm-warning for 300 s
    19:35:00  …
              schedule arms Ground floor (away): 60 s to leave
              → the outside reader of front shows arming for 60 s; the outside reader of workshop shows arming for 60 s; the inside reader of workshop shows arming for 60 s
    19:36:00  …
              Ground floor is armed (away), by schedule
              → the outside reader of front shows armed for 3 s; the outside reader of workshop shows armed for 3 s; the inside reader of workshop shows armed for 3 s
              (Ground floor: armed_away, ready)
    19:40:00  Olga asks for partition.arm-later at Ground floor
              partition.arm-later of Ground floor by Olga was refused: it is not about to be armed
    "
  `);
});

test("what is not quiet keeps it from arming by itself, and that is told; by force it is left out", () => {
  const story = day({ rules: { autoArm } }).sensor("window", true).at("19:10");
  const forced = day({ rules: { autoArm: { ...autoArm, force: true } } })
    .sensor("window", true)
    .at("19:10");
  expect(`${story.transcript}${forced.shownPartition("ground").transcript}`).toMatchInlineSnapshot(`
    "
    18:00:00  Lobby window: active
              Lobby window is active
    19:00:00  …
              Ground floor is armed in 5 min (schedule)
              Workshop is armed in 5 min (schedule)
              → the outside reader of front shows arm-warning for 300 s; the outside reader of workshop shows arm-warning for 300 s; the inside reader of workshop shows arm-warning for 300 s; the outside reader of workshop shows arm-warning for 300 s; the inside reader of workshop shows arm-warning for 300 s
    19:05:00  …
              Ground floor was not armed: not quiet: Lobby window (something is not quiet)
              schedule arms Workshop (away): 60 s to leave
              → the outside reader of workshop shows arming for 60 s; the inside reader of workshop shows arming for 60 s
    19:06:00  …
              Workshop is armed (away), by schedule
              → the outside reader of workshop shows armed for 3 s; the inside reader of workshop shows armed for 3 s

    18:00:00  Lobby window: active
              Lobby window is active
    19:00:00  …
              Ground floor is armed in 5 min (schedule)
              Workshop is armed in 5 min (schedule)
              → the outside reader of front shows arm-warning for 300 s; the outside reader of workshop shows arm-warning for 300 s; the inside reader of workshop shows arm-warning for 300 s; the outside reader of workshop shows arm-warning for 300 s; the inside reader of workshop shows arm-warning for 300 s
    19:05:00  …
              schedule left out Lobby window: it was not quiet (active)
              schedule arms Ground floor (away): 60 s to leave; left out: Lobby window
              schedule arms Workshop (away): 60 s to leave
              → the outside reader of front shows arming for 60 s; the outside reader of workshop shows arming for 60 s; the inside reader of workshop shows arming for 60 s; the outside reader of workshop shows arming for 60 s; the inside reader of workshop shows arming for 60 s
    19:06:00  …
              Ground floor is armed (away), by schedule; left out: Lobby window
              Workshop is armed (away), by schedule
              → the outside reader of front shows armed for 3 s; the outside reader of workshop shows armed for 3 s; the inside reader of workshop shows armed for 3 s; the outside reader of workshop shows armed for 3 s; the inside reader of workshop shows armed for 3 s
              (Ground floor: armed_away, ready, Lobby window left out by itself)
    "
  `);
});

test("a cleaners' window arms again at its end", () => {
  const story = day({ rules: { autoArm: { ...autoArm, again: "evening" } } }).at("19:30");
  story.asks({ op: "partition.disarm", partition: "ground" }).at("21:30").shownPartition("ground");
  expect(story.transcript).toMatchInlineSnapshot(`
    "
    19:00:00  …
              Ground floor is armed in 5 min (schedule)
              Workshop is armed in 5 min (schedule)
              → the outside reader of front shows arm-warning for 300 s; the outside reader of workshop shows arm-warning for 300 s; the inside reader of workshop shows arm-warning for 300 s; the outside reader of workshop shows arm-warning for 300 s; the inside reader of workshop shows arm-warning for 300 s
    19:05:00  …
              schedule arms Ground floor (away): 60 s to leave
              schedule arms Workshop (away): 60 s to leave
              → the outside reader of front shows arming for 60 s; the outside reader of workshop shows arming for 60 s; the inside reader of workshop shows arming for 60 s; the outside reader of workshop shows arming for 60 s; the inside reader of workshop shows arming for 60 s
    19:06:00  …
              Ground floor is armed (away), by schedule
              Workshop is armed (away), by schedule
              → the outside reader of front shows armed for 3 s; the outside reader of workshop shows armed for 3 s; the inside reader of workshop shows armed for 3 s; the outside reader of workshop shows armed for 3 s; the inside reader of workshop shows armed for 3 s
    19:30:00  Olga asks for partition.disarm at Ground floor
              Olga disarmed Ground floor
              → the outside reader of front shows disarmed for 3 s; the outside reader of workshop shows disarmed for 3 s; the inside reader of workshop shows disarmed for 3 s
    21:00:00  …
              Ground floor is armed in 5 min (schedule)
              → the outside reader of front shows arm-warning for 300 s; the outside reader of workshop shows arm-warning for 300 s; the inside reader of workshop shows arm-warning for 300 s
    21:05:00  …
              schedule arms Ground floor (away): 60 s to leave
              → the outside reader of front shows arming for 60 s; the outside reader of workshop shows arming for 60 s; the inside reader of workshop shows arming for 60 s
    21:06:00  …
              Ground floor is armed (away), by schedule
              → the outside reader of front shows armed for 3 s; the outside reader of workshop shows armed for 3 s; the inside reader of workshop shows armed for 3 s
              (Ground floor: armed_away, ready)
    "
  `);
});

test("while the clock is not trusted nothing arms by it", () => {
  const story = day({ rules: { autoArm } })
    .restart(10, "nobody")
    .forget()
    .at("19:30")
    .shownPartition("ground");
  expect(story.transcript).toMatchInlineSnapshot(`
    "
    18:01:10  …
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
    19:00:00  …
              (Ground floor: disarmed, not ready, Lobby window unknown, Lobby motion unknown, Canteen motion unknown, Box lid unknown, Front door unknown, Workshop door unknown)
    "
  `);
});

test("not armed by its time, and disarmed out of hours, is told", () => {
  const story = day({ rules: { supervision } }).at("20:00");
  story.asks({ op: "partition.arm", partition: "ground", level: "away", atOnce: true }).at("03:00", 1);
  story.asks({ op: "partition.disarm", partition: "ground" });
  expect(story.transcript).toMatchInlineSnapshot(`
    "
    19:00:00  …
    19:30:00  …
              Ground floor should be armed by now and is not
              Workshop should be armed by now and is not
    20:00:00  Olga asks for partition.arm at Ground floor (away)
              Ground floor is armed (away), by Olga
              → the outside reader of front shows armed for 3 s; the outside reader of workshop shows armed for 3 s; the inside reader of workshop shows armed for 3 s
    03:00:00  Olga asks for partition.disarm at Ground floor
              Olga disarmed Ground floor
              Ground floor was disarmed out of hours, by Olga
              → the outside reader of front shows disarmed for 3 s; the outside reader of workshop shows disarmed for 3 s; the inside reader of workshop shows disarmed for 3 s
    "
  `);
});

const lastPersonOut = { level: "away", quietMs: 600_000, warnMs: 120_000 } as const;
const bothWays: Partial<Door> = {
  partitions: { inside: "ground" },
  readers: { outside: point("front-reader/reader/1"), inside: point("front-reader/reader/2") },
};

/** Ada is in, and nobody else. */
function adaIn(doors: Record<string, Partial<Door>> = { front: bothWays, workshop: {} }): Teller {
  const story = new Teller(armedOffice({ rules: { lastPersonOut }, office: { doors } })).at("10:00");
  return story.badge("ada", "front").opens("front").closes("front").wait(60).forget();
}

test("behind the last person it arms, once the interior was quiet and a warning ran", () => {
  const story = adaIn().badge("ada", "front", "inside").opens("front").closes("front").wait(300);
  story
    .sensor("canteen-motion", true)
    .sensor("canteen-motion", false)
    .wait(700)
    .wait(200)
    .shownPartition("ground");
  expect(story.transcript).toMatchInlineSnapshot(`
    "
    10:01:00  card-ada at Front door, inside
              Ada Berg was let in at Front door
              → release front for 5 s; reader shows granted
    10:01:00  the contact of Front door: open
              Front door opened
              Ada Berg went through Front door into Street
    10:01:00  the contact of Front door: closed
              Front door closed
    10:01:05  …
    10:06:00  Canteen motion: active
              Canteen motion is active
    10:06:00  Canteen motion: quiet
              Canteen motion is quiet
    10:16:00  …
              Ground floor is armed in 2 min (last-out)
              → the outside reader of front shows arm-warning for 120 s; the inside reader of front shows arm-warning for 120 s
    10:18:00  …
              schedule arms Ground floor (away): 60 s to leave
              → the outside reader of front shows arming for 60 s; the inside reader of front shows arming for 60 s
    10:19:00  …
              Ground floor is armed (away), by schedule
              → the outside reader of front shows armed for 3 s; the inside reader of front shows armed for 3 s
              (Ground floor: armed_away, ready)
    "
  `);
});

test("whoever comes back calls it off, and a door that reads one way only keeps it from being known", () => {
  const back = adaIn().badge("ada", "front", "inside").opens("front").closes("front").wait(660);
  back.badge("ada", "front").opens("front").closes("front").wait(900).shownPartition("ground");
  const oneWay = adaIn({ front: { partitions: { inside: "ground" } }, workshop: {} })
    .exit("front")
    .opens("front")
    .closes("front")
    .wait(2_000);
  expect(`${back.transcript}${oneWay.shownPartition("ground").transcript}`).toMatchInlineSnapshot(`
    "
    10:01:00  card-ada at Front door, inside
              Ada Berg was let in at Front door
              → release front for 5 s; reader shows granted
    10:01:00  the contact of Front door: open
              Front door opened
              Ada Berg went through Front door into Street
    10:01:00  the contact of Front door: closed
              Front door closed
    10:01:05  …
    10:11:00  …
              Ground floor is armed in 2 min (last-out)
              → the outside reader of front shows arm-warning for 120 s; the inside reader of front shows arm-warning for 120 s
    10:12:00  card-ada at Front door, outside
              Ada Berg was let in at Front door
              → release front for 5 s; reader shows granted
    10:12:00  the contact of Front door: open
              Front door opened
              Ada Berg went through Front door into Lobby
              Ground floor is not armed now: somebody is there
    10:12:00  the contact of Front door: closed
              Front door closed
    10:12:05  …
              (Ground floor: disarmed, ready)

    10:01:00  the exit button of Front door
              somebody asked to leave at Front door
              → release front for 5 s at once
    10:01:00  the contact of Front door: open
              Front door opened
    10:01:00  the contact of Front door: closed
              Front door closed
    10:01:05  …
              (Ground floor: disarmed, ready)
    "
  `);
});

test("put off, warned and closed by: a restart in between changes nothing", () => {
  const story = day({ rules: { autoArm, supervision } }).at("19:02").restart(10).at("19:04");
  story.shownPartition("ground").at("19:08").shownPartition("ground");
  expect(story.transcript).toMatchInlineSnapshot(`
    "
    19:00:00  …
              Ground floor is armed in 5 min (schedule)
              Workshop is armed in 5 min (schedule)
              → the outside reader of front shows arm-warning for 300 s; the outside reader of workshop shows arm-warning for 300 s; the inside reader of workshop shows arm-warning for 300 s; the outside reader of workshop shows arm-warning for 300 s; the inside reader of workshop shows arm-warning for 300 s
    19:02:10  the gateway starts after 10 s
              the gateway started (version 1.0.0) after 10 s
    19:03:10  …
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
              (Ground floor: disarmed, not ready, Lobby window unknown, Lobby motion unknown, Canteen motion unknown, Box lid unknown, Front door unknown, Workshop door unknown)
    19:05:00  …
              Ground floor was not armed: not quiet: Lobby window, Lobby motion, Canteen motion, Box lid, Front door, Workshop door (something is not quiet)
              Workshop was not armed: not quiet: Workshop motion, Workshop door (something is not quiet)
              (Ground floor: disarmed, not ready, Lobby window unknown, Lobby motion unknown, Canteen motion unknown, Box lid unknown, Front door unknown, Workshop door unknown)
    "
  `);
});

test("whoever is alone where that is dangerous must check in, or an incident is raised", () => {
  const lone = [{ area: "workshop", everyMs: 1_800_000 }];
  const story = new Teller(armedOffice({ alarm: { lone } })).at("10:00");
  story.badge("ada", "workshop").opens("workshop").closes("workshop").wait(1_700);
  story.asks({ op: "lone.check-in", person: "ada" }).wait(1_790).wait(20).queue();
  story.asks({ op: "lone.check-in", person: "ada" }).queue().asks({ op: "lone.check-in", person: "finn" });
  story.badge("ada", "workshop", "inside").opens("workshop").closes("workshop").wait(4_000);
  expect(story.transcript).toMatchInlineSnapshot(`
    "
    10:00:00  card-ada at Workshop door, outside
              Ada Berg was let in at Workshop door
              → release workshop for 5 s; reader shows granted
    10:00:00  the contact of Workshop door: open
              Workshop door opened
              Ada Berg went through Workshop door into Workshop
    10:00:00  the contact of Workshop door: closed
              Workshop door closed
    10:00:05  …
    10:28:20  Olga asks for lone.check-in for Ada Berg
              Ada Berg checked in, says Olga
    10:58:20  …
              Ada Berg has not checked in, alone in Workshop
              (s28-1: alarm.check-in-missed in no partition: raised, critical, priority 1, 1 events)
    10:58:30  Olga asks for lone.check-in for Ada Berg
              Ada Berg, who had not checked in, is heard of again
              Ada Berg checked in, says Olga
              (s28-1: alarm.check-in-missed in no partition: raised, critical, priority 1, 1 events)
    10:58:30  Olga asks for lone.check-in for Finn Holm
              lone.check-in by Olga was refused: nobody is expected to check in
    10:58:30  card-ada at Workshop door, inside
              Ada Berg was let in at Workshop door
              → release workshop for 5 s; reader shows granted
    10:58:30  the contact of Workshop door: open
              Workshop door opened
              Ada Berg went through Workshop door into Lobby
    10:58:30  the contact of Workshop door: closed
              Workshop door closed
    10:58:35  …
    "
  `);
});

test("a walk test lists which sensors answered, and raises nothing meanwhile", () => {
  const story = aNight().asks({ op: "walk-test.start", partition: "ground" });
  story.sensor("window", true).sensor("window", false).sensor("window", true).sensor("box", true).queue();
  story
    .asks({ op: "walk-test.start", partition: "ground" })
    .asks({ op: "walk-test.end", partition: "ground" }, { note: "yearly" });
  const nobody = aNight()
    .asks({ op: "walk-test.start", partition: "ground" })
    .wait(9 * 3_600);
  expect(`${story.transcript}${nobody.transcript}`).toMatchInlineSnapshot(`
    "
    20:00:00  Olga asks for walk-test.start at Ground floor
              Olga began a walk test of Ground floor
    20:00:00  Lobby window: active
              Lobby window is active
              Lobby window answered on the walk test (1 of 6)
    20:00:00  Lobby window: quiet
              Lobby window is quiet
    20:00:00  Lobby window: active
              Lobby window is active
    20:00:00  Box lid: active
              Box lid answered on the walk test (2 of 6)
              (no open incident)
    20:00:00  Olga asks for walk-test.start at Ground floor
              walk-test.start of Ground floor by Olga was refused: a walk test is running there
    20:00:00  Olga asks for walk-test.end at Ground floor
              Olga ended the walk test of Ground floor: 2 of 6 answered; silent: Lobby motion, Canteen motion, Front door, Workshop door

    20:00:00  Olga asks for walk-test.start at Ground floor
              Olga began a walk test of Ground floor
    04:00:00  …
              unknown ended the walk test of Ground floor: 0 of 6 answered; silent: Lobby window, Lobby motion, Canteen motion, Box lid, Front door, Workshop door
    "
  `);
});
