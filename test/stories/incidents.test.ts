import { expect, test } from "vitest";
import { aNight, armedNight, siren } from "./armed-office.js";

test("silence is not acknowledgement; acknowledged and restored, it is closed with a cause and, critical, with a note", () => {
  const story = armedNight().sensor("window", true).wait(10);
  const incident = story.incident;
  story
    .asks({ op: "incident.silence", incident })
    .queue()
    .asks({ op: "incident.close", incident, cause: "unknown" });
  story
    .wait(20)
    .asks({ op: "incident.acknowledge", incident })
    .asks({ op: "incident.acknowledge", incident })
    .queue();
  story
    .asks({ op: "incident.assign", incident, to: "guard" })
    .asks({ op: "incident.note", incident, text: "guard is on his way" });
  story.asks({ op: "incident.close", incident, cause: "intruder" });
  story.sensor("window", false).queue().asks({ op: "incident.close", incident, cause: "weather-or-animal" });
  story.asks({ op: "incident.close", incident, cause: "weather-or-animal" }, { note: "a cat" }).queue();
  story.asks({ op: "incident.acknowledge", incident });
  expect(story.transcript).toMatchInlineSnapshot(`
    "
    20:10:00  Lobby window: active
              Lobby window is active
              Lobby window raised the alarm in Ground floor: the outer skin was broken
              Siren sounds for 180 s
              → the outside reader of front is quiet; the outside reader of workshop is quiet; the inside reader of workshop is quiet; output panel/1 for 180 s at once
    20:10:10  Olga asks for incident.silence of s24-1
              Siren is silent again
              Olga silenced the alarm Lobby window
              → output panel/1 off at once
              (s24-1: alarm.perimeter in ground: raised, critical, priority 2, 1 events)
    20:10:10  Olga asks for incident.close of s24-1
              incident.close by Olga was refused: it was not acknowledged yet
    20:10:30  Olga asks for incident.acknowledge of s24-1
              Olga acknowledged the alarm Lobby window, after 30 s
    20:10:30  Olga asks for incident.acknowledge of s24-1
              incident.acknowledge by Olga was refused: it was acknowledged already
              (s24-1: alarm.perimeter in ground: acknowledged, critical, priority 2, 1 events)
    20:10:30  Olga asks for incident.assign of s24-1
              Olga gave the alarm Lobby window to guard
    20:10:30  Olga asks for incident.note of s24-1
              Olga on the alarm Lobby window: guard is on his way
    20:10:30  Olga asks for incident.close of s24-1
              incident.close by Olga was refused: it has not come to rest
    20:10:30  Lobby window: quiet
              Lobby window is quiet
              Lobby window is quiet again
              (s24-1: alarm.perimeter in ground: restored, critical, priority 2, 1 events)
    20:10:30  Olga asks for incident.close of s24-1
              incident.close by Olga was refused: a critical alarm is closed with a note
    20:10:30  Olga asks for incident.close of s24-1
              Olga closed the alarm Lobby window: weather-or-animal (a cat)
              (no open incident)
    20:10:30  Olga asks for incident.acknowledge of s24-1
              incident.acknowledge by Olga was refused: there is no such alarm, or it is closed
    "
  `);
  expect(story.state.zones.get("window")?.nuisance).toEqual([{ week: expect.any(Number), times: 1 }]);
});

test("nobody acknowledges: it goes up level by level, and stops when somebody does", () => {
  const step = (afterMs: number, more: object) => ({
    afterMs,
    notify: [],
    raisePriority: false,
    sound: false,
    ...more,
  });
  const escalation = [
    step(60_000, { notify: ["guard"] }),
    step(300_000, { notify: ["manager"], raisePriority: true }),
    step(600_000, { sound: true }),
  ];
  const story = armedNight({ escalation }).sensor("window", true).wait(320).queue();
  story.asks({ op: "incident.acknowledge", incident: story.incident }).wait(600).queue();
  const ignored = armedNight({ escalation })
    .sensor("window", true)
    .wait(2_000)
    .restart(10)
    .wait(5_000)
    .queue();
  expect(`${story.transcript}${ignored.transcript}`).toMatchInlineSnapshot(`
    "
    20:10:00  Lobby window: active
              Lobby window is active
              Lobby window raised the alarm in Ground floor: the outer skin was broken
              Siren sounds for 180 s
              → the outside reader of front is quiet; the outside reader of workshop is quiet; the inside reader of workshop is quiet; output panel/1 for 180 s at once
    20:11:00  …
              nobody acknowledged the alarm Lobby window for 60 s: level 1, told: guard
    20:13:00  …
              Siren is silent again
    20:15:00  …
              nobody acknowledged the alarm Lobby window for 300 s: level 2, told: manager
              (s24-1: alarm.perimeter in ground: raised, critical, priority 1, 1 events)
    20:15:20  Olga asks for incident.acknowledge of s24-1
              Olga acknowledged the alarm Lobby window, after 320 s
              (s24-1: alarm.perimeter in ground: acknowledged, critical, priority 1, 1 events)

    20:10:00  Lobby window: active
              Lobby window is active
              Lobby window raised the alarm in Ground floor: the outer skin was broken
              Siren sounds for 180 s
              → the outside reader of front is quiet; the outside reader of workshop is quiet; the inside reader of workshop is quiet; output panel/1 for 180 s at once
    20:11:00  …
              nobody acknowledged the alarm Lobby window for 60 s: level 1, told: guard
    20:13:00  …
              Siren is silent again
    20:15:00  …
              nobody acknowledged the alarm Lobby window for 300 s: level 2, told: manager
    20:20:00  …
              nobody acknowledged the alarm Lobby window for 600 s: level 3
              Siren sounds for 180 s
              → output panel/1 for 180 s at once
    20:23:00  …
              Siren is silent again
    20:43:30  the gateway starts after 10 s
              the gateway started (version 1.0.0) after 10 s
    20:44:30  …
              panel is lost
              panel was lost while Ground floor was armed
              front-lock is lost
              front-lock was lost while Ground floor was armed
              front-reader is lost
              workshop-lock is lost
              workshop-lock was lost while Ground floor was armed
              workshop-reader is lost
              server-lock is lost
              server-reader is lost
              turnstile-lock is lost
              turnstile-reader is lost
              fire input Smoke detectors cannot be read
              (s24-1: alarm.perimeter in ground: raised, critical, priority 1, 4 events)
    "
  `);
});

test("a silent hold-up sounds nowhere and shows in no partition, and what is done about it is told as silently", () => {
  const story = aNight()
    .sensor("counter", true)
    .shownPartition("ground")
    .queue()
    .wait(5)
    .sensor("counter", false);
  const incident = story.incident;
  story
    .asks({ op: "incident.acknowledge", incident })
    .asks({ op: "incident.close", incident, cause: "attack" }, { note: "police came" });
  expect(story.transcript).toMatchInlineSnapshot(`
    "
    20:00:00  Counter button: active
              silent hold-up: Counter button was pressed
              (Ground floor: disarmed, ready)
              (s23-1: alarm.hold-up-silent in ground: raised, critical, priority 1, 1 events, silent)
    20:00:05  Counter button: quiet
              Counter button is at rest again
    20:00:05  Olga asks for incident.acknowledge of s23-1
              Olga acknowledged the alarm Counter button, after 5 s
    20:00:05  Olga asks for incident.close of s23-1
              Olga closed the alarm Counter button: attack (police came)
    "
  `);
  expect(story.commands).toEqual([]);
});

test("a siren keeps to its limit, starts again so often as it may, and is silent while people must hear the fire", () => {
  const sirens = new Map([
    ["siren", siren("siren", "Siren", 1, { maxMs: 60_000, retriggers: 1 })],
    ["strobe", siren("strobe", "Strobe", 2, { kind: "strobe", maxMs: 3_600_000 })],
    ["horn", siren("horn", "Fire horn", 3, { kind: "indoor", sounds: ["fire"] })],
  ]);
  const story = armedNight({ alarm: { sirens }, rules: { swingerAfter: 0 } });
  for (let i = 0; i < 3; i++) story.sensor("window", true).wait(70).sensor("window", false).wait(5);
  story.asks({ op: "partition.disarm", partition: "ground" });
  story
    .asks({ op: "partition.arm", partition: "ground", level: "away", atOnce: true })
    .sensor("window", true)
    .wait(5);
  story.sensor("smoke", true).wait(5).sensor("canteen-motion", true).queue();
  expect(story.transcript).toMatchInlineSnapshot(`
    "
    20:10:00  Lobby window: active
              Lobby window is active
              Lobby window raised the alarm in Ground floor: the outer skin was broken
              Siren sounds for 60 s
              Strobe sounds for 3600 s
              → the outside reader of front is quiet; the outside reader of workshop is quiet; the inside reader of workshop is quiet; output panel/1 for 60 s at once; output panel/2 for 3600 s at once
    20:11:00  …
              Siren is silent again
    20:11:10  Lobby window: quiet
              Lobby window is quiet
              Lobby window is quiet again
    20:11:15  Lobby window: active
              Lobby window is active
              Lobby window raised the alarm in Ground floor: the outer skin was broken
              Siren sounds for 60 s
              → output panel/1 for 60 s at once
    20:12:15  …
              Siren is silent again
    20:12:25  Lobby window: quiet
              Lobby window is quiet
              Lobby window is quiet again
    20:12:30  Lobby window: active
              Lobby window is active
              Lobby window raised the alarm in Ground floor: the outer skin was broken
    20:13:40  Lobby window: quiet
              Lobby window is quiet
              Lobby window is quiet again
    20:13:45  Olga asks for partition.disarm at Ground floor
              Olga disarmed Ground floor
              Olga disarmed after the alarm in Ground floor
              Strobe is silent again
              → output panel/2 off at once; the outside reader of front shows disarmed for 3 s; the outside reader of workshop shows disarmed for 3 s; the inside reader of workshop shows disarmed for 3 s
    20:13:45  Olga asks for partition.arm at Ground floor (away)
              Ground floor is armed (away), by Olga
              → the outside reader of front shows armed for 3 s; the outside reader of workshop shows armed for 3 s; the inside reader of workshop shows armed for 3 s
    20:13:45  Lobby window: active
              Lobby window is active
              Lobby window raised the alarm in Ground floor: the outer skin was broken
              Siren sounds for 60 s
              Strobe sounds for 3600 s
              → the outside reader of front is quiet; the outside reader of workshop is quiet; the inside reader of workshop is quiet; output panel/1 for 60 s at once; output panel/2 for 3600 s at once
    20:13:50  Smoke detectors: active
              fire input Smoke detectors is active
              Siren is silent again
              Strobe is silent again
              Fire horn sounds for 180 s
              the fire input Smoke detectors calls everybody: 0 thought to be inside
              → output panel/1 off at once; output panel/2 off at once; output panel/3 for 180 s at once
    20:13:55  Canteen motion: active
              Canteen motion is active
              Canteen motion raised the alarm in Ground floor
              a second sensor confirms the alarm: Canteen motion
              (s35-1: safety.fire in no partition: raised, critical, priority 1, 1 events)
              (s24-1: alarm.perimeter in ground: raised, critical, priority 2, 3 events)
              (s34-1: alarm.perimeter in ground: raised, critical, priority 2, 2 events, confirmed)
    "
  `);
});

test("the time of a siren survives a restart, and a device that comes back sounds for what is left of it", () => {
  const story = armedNight()
    .sensor("window", true)
    .wait(60)
    .restart(10)
    .lost("panel")
    .wait(30)
    .back("panel")
    .wait(100);
  expect(story.shownPartition("ground").transcript).toMatchInlineSnapshot(`
    "
    20:10:00  Lobby window: active
              Lobby window is active
              Lobby window raised the alarm in Ground floor: the outer skin was broken
              Siren sounds for 180 s
              → the outside reader of front is quiet; the outside reader of workshop is quiet; the inside reader of workshop is quiet; output panel/1 for 180 s at once
    20:11:10  the gateway starts after 10 s
              the gateway started (version 1.0.0) after 10 s
    20:11:10  panel goes silent
              panel is lost
              panel was lost while Ground floor was armed
    20:11:40  panel is there
              panel is connected
              panel is back, which was lost while Ground floor was armed
              → output panel/1 for 80 s at once
    20:12:10  …
              front-lock is lost
              front-lock was lost while Ground floor was armed
              front-reader is lost
              workshop-lock is lost
              workshop-lock was lost while Ground floor was armed
              workshop-reader is lost
              server-lock is lost
              server-reader is lost
              turnstile-lock is lost
              turnstile-reader is lost
              fire input Smoke detectors cannot be read
    20:13:00  …
              Siren is silent again
              (Ground floor: triggered, not ready, Lobby window unknown, Lobby motion unknown, Canteen motion unknown, Box lid unknown, Front door unknown, Workshop door unknown)
    "
  `);
});

test("an output is tested, and that is in the log", () => {
  const story = aNight()
    .asks({ op: "siren.test", siren: "siren", ms: 2_000 })
    .wait(5)
    .asks({ op: "siren.test", siren: "horn", ms: 1 });
  expect(story.transcript).toMatchInlineSnapshot(`
    "
    20:00:00  Olga asks for siren.test
              Olga tested Siren for 2 s
              → output panel/1 for 2 s at once
    20:00:02  …
    20:00:05  Olga asks for siren.test
              siren.test by Olga was refused: there is no such siren
    "
  `);
});

test("forced and held doors are incidents of the partitions of their sides", () => {
  const story = aNight().at("10:00", 1).opens("workshop").wait(5).queue().closes("workshop").queue();
  story.badge("ada", "front").opens("front").wait(40).queue().closes("front").queue();
  expect(story.transcript).toMatchInlineSnapshot(`
    "
    10:00:00  the contact of Workshop door: open
              Workshop door was opened while it was locked
              (s23-1: door.forced in workshop, ground: raised, critical, priority 2, 1 events)
    10:00:05  the contact of Workshop door: closed
              Workshop door is closed again after it was forced
              (s23-1: door.forced in workshop, ground: raised, critical, priority 2, 1 events)
    10:00:05  card-ada at Front door, outside
              Ada Berg was let in at Front door
              → release front for 5 s; reader shows granted
    10:00:05  the contact of Front door: open
              Front door opened
              Ada Berg went through Front door into Lobby
    10:00:10  …
    10:00:35  …
              Front door is held open
              (s23-1: door.forced in workshop, ground: raised, critical, priority 2, 1 events)
              (s28-1: door.held-open in ground: raised, warning, priority 3, 1 events)
    10:00:45  the contact of Front door: closed
              Front door is no longer held open
              (s23-1: door.forced in workshop, ground: raised, critical, priority 2, 1 events)
              (s28-1: door.held-open in ground: raised, warning, priority 3, 1 events)
    "
  `);
});
