import { expect, test } from "vitest";
import { aNight, armedNight } from "./armed-office.js";

const arm = { op: "partition.arm", partition: "ground", level: "away" } as const;
const disarm = { op: "partition.disarm", partition: "ground" } as const;

test("a partition arms after the exit delay, begins the entry delay at the door, and disarms before its end", () => {
  const story = aNight().shownPartition("ground").asks(arm).shownPartition("ground").wait(20);
  story.opens("front").wait(3).closes("front").shownPartition("ground").wait(40).shownPartition("ground");
  story.at("23:00").badge("ada", "front").badge("finn", "front").opens("front").shownPartition("ground");
  story.wait(1).sensor("lobby-motion", true).wait(10).asks(disarm).shownPartition("ground").queue();
  expect(story.transcript).toMatchInlineSnapshot(`
    "
              (Ground floor: disarmed, ready)
    20:00:00  Olga asks for partition.arm at Ground floor (away)
              Olga arms Ground floor (away): 60 s to leave
              → the outside reader of front shows arming for 60 s; the outside reader of workshop shows arming for 60 s; the inside reader of workshop shows arming for 60 s
              (Ground floor: arming, 60 s left, ready)
    20:00:20  the contact of Front door: open
              Front door was opened while it was locked
    20:00:23  the contact of Front door: closed
              Front door is closed again after it was forced
              (Ground floor: arming, 37 s left, ready)
    20:01:00  …
              Ground floor is armed (away), by Olga
              → the outside reader of front shows armed for 3 s; the outside reader of workshop shows armed for 3 s; the inside reader of workshop shows armed for 3 s
              (Ground floor: armed_away, ready)
    23:00:00  card-ada at Front door, outside
              Ada Berg was not let in at Front door: outside the hours of the person's groups
                would be let in 07:00-19:00 on Tuesday
              → reader shows denied
    23:00:00  card-finn at Front door, outside
              Finn Holm was not let in at Front door: outside the hours of the person's groups
                would be let in 07:00-19:00 on Tuesday
              → reader shows denied
    23:00:00  the contact of Front door: open
              Front door was opened while it was locked
              Siren sounds for 180 s
              → the outside reader of front is quiet; the outside reader of workshop is quiet; the inside reader of workshop is quiet; output panel/1 for 180 s at once
              (Ground floor: triggered, not ready, Front door active)
    23:00:01  Lobby motion: active
              Lobby motion is active
              Lobby motion raised the alarm in Ground floor
    23:00:11  Olga asks for partition.disarm at Ground floor
              Olga disarmed Ground floor
              Olga disarmed after the alarm in Ground floor
              Siren is silent again
              → output panel/1 off at once; the outside reader of front shows disarmed for 3 s; the outside reader of workshop shows disarmed for 3 s; the inside reader of workshop shows disarmed for 3 s
              (Ground floor: disarmed, not ready, Lobby motion active, Front door active)
              (s24-1: door.forced in ground: raised, critical, priority 1, 3 events)
    "
  `);
});

test("nobody disarms in time: the alarm is raised, sounds for its time, and stays until somebody disarms", () => {
  const story = armedNight().contact("front", "closed").exit("front").opens("front").wait(2);
  story.closes("front").wait(40).shownPartition("ground").queue().wait(200).shownPartition("ground");
  story
    .at("08:00", 1)
    .shownPartition("ground")
    .asks(disarm)
    .queue()
    .asks({ op: "incident.acknowledge", incident: story.incident });
  story.asks({ op: "incident.close", incident: story.incident, cause: "user-error" });
  story
    .asks({ op: "incident.close", incident: story.incident, cause: "user-error" }, { note: "left too late" })
    .queue();
  expect(story.transcript).toMatchInlineSnapshot(`
    "
    20:10:00  the contact of Front door: closed
    20:10:00  the exit button of Front door
              somebody asked to leave at Front door
              → release front for 5 s at once
    20:10:00  the contact of Front door: open
              Front door opened
              Front door opened: 30 s to disarm Ground floor
              → the outside reader of front shows entry for 30 s; the outside reader of workshop shows entry for 30 s; the inside reader of workshop shows entry for 30 s
    20:10:02  the contact of Front door: closed
              Front door closed
    20:10:05  …
    20:10:30  …
              Front door raised the alarm in Ground floor: nobody disarmed in time
              Siren sounds for 180 s
              → the outside reader of front is quiet; the outside reader of workshop is quiet; the inside reader of workshop is quiet; output panel/1 for 180 s at once
              (Ground floor: triggered, ready)
              (s29-1: alarm.entry in ground: raised, critical, priority 2, 1 events)
    20:13:30  …
              Siren is silent again
              (Ground floor: triggered, ready)
              (Ground floor: triggered, ready)
    08:00:00  Olga asks for partition.disarm at Ground floor
              Olga disarmed Ground floor
              Olga disarmed after the alarm in Ground floor
              → the outside reader of front shows disarmed for 3 s; the outside reader of workshop shows disarmed for 3 s; the inside reader of workshop shows disarmed for 3 s
              (s29-1: alarm.entry in ground: raised, critical, priority 2, 1 events)
    08:00:00  Olga asks for incident.acknowledge of s29-1
              Olga acknowledged the alarm Front door, after 42570 s
    08:00:00  Olga asks for incident.close of s29-1
              incident.close by Olga was refused: a critical alarm is closed with a note
    08:00:00  Olga asks for incident.close of s29-1
              Olga closed the alarm Front door: user-error (left too late)
              (no open incident)
    "
  `);
});

test("what is not quiet stands in the way, by name; left out, it is shown and counts again after disarming", () => {
  const story = aNight().sensor("window", true).sensor("canteen-motion", undefined).opens("workshop");
  story
    .shownPartition("ground")
    .asks(arm)
    .asks({ ...arm, leaveOut: true })
    .shownPartition("ground");
  story.closes("workshop").wait(70).shownPartition("ground").sensor("window", false).sensor("window", true);
  story.queue().asks(disarm).shownPartition("ground");
  expect(story.transcript).toMatchInlineSnapshot(`
    "
    20:00:00  Lobby window: active
              Lobby window is active
    20:00:00  Canteen motion: unknown
    20:00:00  the contact of Workshop door: open
              Workshop door was opened while it was locked
              (Ground floor: disarmed, not ready, Lobby window active, Canteen motion unknown, Workshop door active)
    20:00:00  Olga asks for partition.arm at Ground floor (away)
              partition.arm of Ground floor by Olga was refused: something is not quiet: Lobby window, Canteen motion
    20:00:00  Olga asks for partition.arm at Ground floor (away, leaving out)
              Olga left out Lobby window: it was not quiet (active)
              Olga left out Canteen motion: it was not quiet (unknown)
              Olga arms Ground floor (away): 60 s to leave; left out: Lobby window, Canteen motion
              → the outside reader of front shows arming for 60 s; the outside reader of workshop shows arming for 60 s; the inside reader of workshop shows arming for 60 s
              (Ground floor: arming, 60 s left, not ready, Workshop door active, Lobby window left out by itself, Canteen motion left out by itself)
    20:00:00  the contact of Workshop door: closed
              Workshop door is closed again after it was forced
    20:01:00  …
              Ground floor is armed (away), by Olga; left out: Lobby window, Canteen motion
              → the outside reader of front shows armed for 3 s; the outside reader of workshop shows armed for 3 s; the inside reader of workshop shows armed for 3 s
              (Ground floor: armed_away, ready, Lobby window left out by itself, Canteen motion left out by itself)
    20:01:10  Lobby window: quiet
              Lobby window is quiet
    20:01:10  Lobby window: active
              Lobby window is active
              (s25-1: door.forced in workshop, ground: raised, critical, priority 2, 1 events)
    20:01:10  Olga asks for partition.disarm at Ground floor
              Olga disarmed Ground floor
              Lobby window counts again
              Canteen motion counts again
              → the outside reader of front shows disarmed for 3 s; the outside reader of workshop shows disarmed for 3 s; the inside reader of workshop shows disarmed for 3 s
              (Ground floor: disarmed, not ready, Lobby window active, Canteen motion unknown)
    "
  `);
});

test("a door still open when the exit delay ends: nothing is armed by EN 50131, and CP-01 begins the entry delay", () => {
  const story = aNight().asks(arm).exit("front").opens("front").wait(29).wait(40).shownPartition("ground");
  story.queue();
  const american = aNight({
    alarm: { profile: "cp01" },
    office: { doors: { front: { partitions: { inside: "ground" }, openMs: 240_000 } } },
  });
  american
    .asks(arm)
    .exit("front")
    .opens("front")
    .wait(61)
    .shownPartition("ground")
    .closes("front")
    .asks(disarm);
  expect(`${story.transcript}${american.transcript}`).toMatchInlineSnapshot(`
    "
    20:00:00  Olga asks for partition.arm at Ground floor (away)
              Olga arms Ground floor (away): 60 s to leave
              → the outside reader of front shows arming for 60 s; the outside reader of workshop shows arming for 60 s; the inside reader of workshop shows arming for 60 s
    20:00:00  the exit button of Front door
              somebody asked to leave at Front door
              → release front for 5 s at once
    20:00:00  the contact of Front door: open
              Front door opened
    20:00:05  …
    20:00:30  …
              Front door is held open
    20:01:00  …
              Ground floor was not armed: not quiet: Front door
              → the outside reader of front shows not-armed for 3 s; the outside reader of workshop shows not-armed for 3 s; the inside reader of workshop shows not-armed for 3 s
              (Ground floor: disarmed, not ready, Front door active)
              (s27-1: door.held-open in ground: raised, warning, priority 3, 1 events)

    20:00:00  Olga asks for partition.arm at Ground floor (away)
              Olga arms Ground floor (away): 60 s to leave
              → the outside reader of front shows arming for 60 s; the outside reader of workshop shows arming for 60 s; the inside reader of workshop shows arming for 60 s
    20:00:00  the exit button of Front door
              somebody asked to leave at Front door
              → release front for 5 s at once
    20:00:00  the contact of Front door: open
              Front door opened
    20:00:05  …
    20:01:00  …
              Front door is still open at the end of the exit delay of Ground floor
              → the outside reader of front shows entry for 30 s; the outside reader of workshop shows entry for 30 s; the inside reader of workshop shows entry for 30 s
              (Ground floor: pending, 29 s left, not ready, Front door active)
    20:01:01  the contact of Front door: closed
              Front door closed
    20:01:01  Olga asks for partition.disarm at Ground floor
              Olga disarmed Ground floor
              → the outside reader of front shows disarmed for 3 s; the outside reader of workshop shows disarmed for 3 s; the inside reader of workshop shows disarmed for 3 s
    "
  `);
});

test("at home the motion sensors inside count for nothing, and the window does", () => {
  const story = aNight()
    .asks({ ...arm, level: "home" })
    .sensor("canteen-motion", true)
    .sensor("lobby-motion", true);
  story.shownPartition("ground").sensor("window", true).queue();
  expect(story.transcript).toMatchInlineSnapshot(`
    "
    20:00:00  Olga asks for partition.arm at Ground floor (home)
              Ground floor is armed (home), by Olga
              → the outside reader of front shows armed for 3 s; the outside reader of workshop shows armed for 3 s; the inside reader of workshop shows armed for 3 s
    20:00:00  Canteen motion: active
              Canteen motion is active
    20:00:00  Lobby motion: active
              Lobby motion is active
              (Ground floor: armed_home, not ready, Lobby motion active, Canteen motion active)
    20:00:00  Lobby window: active
              Lobby window is active
              Lobby window raised the alarm in Ground floor: the outer skin was broken
              Siren sounds for 180 s
              → the outside reader of front is quiet; the outside reader of workshop is quiet; the inside reader of workshop is quiet; output panel/1 for 180 s at once
              (s26-1: alarm.perimeter in ground: raised, critical, priority 2, 1 events)
    "
  `);
});

test("left out until it is taken back, a sensor stays out over a disarming; and while armed nobody leaves one out", () => {
  const story = aNight().asks(
    { op: "zone.bypass", zone: "window", until: "removed" },
    { note: "broken pane" },
  );
  story
    .sensor("window", true)
    .asks({ ...arm, atOnce: true })
    .asks({ op: "zone.bypass", zone: "canteen-motion", until: "session" });
  story
    .asks(disarm)
    .shownPartition("ground")
    .asks({ op: "zone.unbypass", zone: "window" })
    .shownPartition("ground");
  expect(story.transcript).toMatchInlineSnapshot(`
    "
    20:00:00  Olga asks for zone.bypass at window
              Olga left out Lobby window (broken pane)
    20:00:00  Lobby window: active
              Lobby window is active
    20:00:00  Olga asks for partition.arm at Ground floor (away)
              Ground floor is armed (away), by Olga; left out: Lobby window
              → the outside reader of front shows armed for 3 s; the outside reader of workshop shows armed for 3 s; the inside reader of workshop shows armed for 3 s
    20:00:00  Olga asks for zone.bypass at canteen-motion
              zone.bypass by Olga was refused: it is armed: nothing is left out or put back now
    20:00:00  Olga asks for partition.disarm at Ground floor
              Olga disarmed Ground floor
              → the outside reader of front shows disarmed for 3 s; the outside reader of workshop shows disarmed for 3 s; the inside reader of workshop shows disarmed for 3 s
              (Ground floor: disarmed, ready, Lobby window left out)
    20:00:00  Olga asks for zone.unbypass at window
              Olga: Lobby window counts again
              (Ground floor: disarmed, not ready, Lobby window active)
    "
  `);
});

test("one sensor that raises it again and again is left out until it is disarmed", () => {
  const story = armedNight({ rules: { swingerAfter: 2 } });
  for (let i = 0; i < 4; i++) story.sensor("window", true).wait(5).sensor("window", false).wait(200);
  expect(
    story.queue().shownPartition("ground").asks(disarm).shownPartition("ground").transcript,
  ).toMatchInlineSnapshot(`
    "
    20:10:00  Lobby window: active
              Lobby window is active
              Lobby window raised the alarm in Ground floor: the outer skin was broken
              Siren sounds for 180 s
              → the outside reader of front is quiet; the outside reader of workshop is quiet; the inside reader of workshop is quiet; output panel/1 for 180 s at once
    20:10:05  Lobby window: quiet
              Lobby window is quiet
              Lobby window is quiet again
    20:13:00  …
              Siren is silent again
    20:13:25  Lobby window: active
              Lobby window is active
              Lobby window raised the alarm in Ground floor: the outer skin was broken
              Lobby window raised the alarm 2 times and is left out until Ground floor is disarmed
              Siren sounds for 180 s
              → output panel/1 for 180 s at once
    20:13:30  Lobby window: quiet
              Lobby window is quiet
              Lobby window is quiet again
    20:16:25  …
              Siren is silent again
    20:16:50  Lobby window: active
              Lobby window is active
    20:16:55  Lobby window: quiet
              Lobby window is quiet
    20:20:15  Lobby window: active
              Lobby window is active
    20:20:20  Lobby window: quiet
              Lobby window is quiet
              (s24-1: alarm.perimeter in ground: raised, critical, priority 2, 2 events)
              (Ground floor: triggered, ready, Lobby window shut down)
    20:23:40  Olga asks for partition.disarm at Ground floor
              Olga disarmed Ground floor
              Olga disarmed after the alarm in Ground floor
              Lobby window, which raised too many alarms, counts again
              → the outside reader of front shows disarmed for 3 s; the outside reader of workshop shows disarmed for 3 s; the inside reader of workshop shows disarmed for 3 s
              (Ground floor: disarmed, ready)
    "
  `);
});

test("a common partition arms with the last of its members, and disarms with the first", () => {
  const lobby = { id: "common", name: "Whole house", tenant: "main", members: ["ground", "workshop"] };
  const story = aNight({ partitions: [lobby] })
    .asks({ ...arm, atOnce: true })
    .shownPartition("common");
  story
    .asks({ op: "partition.arm", partition: "workshop", level: "away", atOnce: true })
    .shownPartition("common");
  story.asks(disarm).shownPartition("common").shownPartition("workshop");
  story
    .asks({ op: "partition.arm", partition: "common", level: "night" })
    .asks({ op: "partition.disarm", partition: "common" });
  expect(story.shownPartition("ground").shownPartition("workshop").transcript).toMatchInlineSnapshot(`
    "
    20:00:00  Olga asks for partition.arm at Ground floor (away)
              Ground floor is armed (away), by Olga
              → the outside reader of front shows armed for 3 s; the outside reader of workshop shows armed for 3 s; the inside reader of workshop shows armed for 3 s
              (Whole house: disarmed, ready)
    20:00:00  Olga asks for partition.arm at Workshop (away)
              Workshop is armed (away), by Olga
              Whole house is armed (away), by Olga
              → the outside reader of workshop shows armed for 3 s; the inside reader of workshop shows armed for 3 s
              (Whole house: armed_away, ready)
    20:00:00  Olga asks for partition.disarm at Ground floor
              Olga disarmed Ground floor
              Olga disarmed Whole house
              → the outside reader of front shows disarmed for 3 s; the outside reader of workshop shows disarmed for 3 s; the inside reader of workshop shows disarmed for 3 s
              (Whole house: disarmed, ready)
              (Workshop: armed_away, ready)
    20:00:00  Olga asks for partition.arm at Whole house (night)
              Ground floor is armed (night), by Olga
              Whole house is armed (night), by Olga
              → the outside reader of front shows armed for 3 s; the outside reader of workshop shows armed for 3 s; the inside reader of workshop shows armed for 3 s
    20:00:00  Olga asks for partition.disarm at Whole house
              Olga disarmed Ground floor
              Olga disarmed Whole house
              Olga disarmed Workshop
              → the outside reader of front shows disarmed for 3 s; the outside reader of workshop shows disarmed for 3 s; the inside reader of workshop shows disarmed for 3 s; the outside reader of workshop shows disarmed for 3 s; the inside reader of workshop shows disarmed for 3 s
              (Ground floor: disarmed, ready)
              (Workshop: disarmed, ready)
    "
  `);
});

test("state and remaining time survive restarts and clock steps, and nothing is raised again", () => {
  const leaving = aNight().asks(arm).wait(20).restart(10).shownPartition("ground");
  // After a start the doors and sensors must be heard of before it can arm.
  for (const door of ["front", "workshop"]) leaving.contact(door, "closed", { edge: false });
  for (const each of ["window", "lobby-motion", "canteen-motion", "box"])
    leaving.sensor(each, false, { edge: false });
  leaving.wait(40).shownPartition("ground");
  const entering = armedNight()
    .exit("front")
    .opens("front")
    .clock(3600, { synchronized: true })
    .shownPartition("ground")
    .wait(10)
    .restart(5);
  entering.shownPartition("ground").wait(20).queue();
  const down = armedNight().exit("front").opens("front").restart(100).queue().shownPartition("ground");
  down
    .contact("front", "open", { edge: false })
    .sensor("window", true, { edge: false })
    .queue()
    .restart(5)
    .queue();
  expect(`${leaving.transcript}${entering.transcript}${down.transcript}`).toMatchInlineSnapshot(`
    "
    20:00:00  Olga asks for partition.arm at Ground floor (away)
              Olga arms Ground floor (away): 60 s to leave
              → the outside reader of front shows arming for 60 s; the outside reader of workshop shows arming for 60 s; the inside reader of workshop shows arming for 60 s
    20:00:30  the gateway starts after 10 s
              the gateway started (version 1.0.0) after 10 s
              (Ground floor: arming, 30 s left, not ready, Lobby window unknown, Lobby motion unknown, Canteen motion unknown, Box lid unknown, Front door unknown, Workshop door unknown)
    20:00:30  the contact of Front door: found closed
    20:00:30  the contact of Workshop door: found closed
    20:00:30  Lobby window: quiet
    20:00:30  Lobby motion: quiet
    20:00:30  Canteen motion: quiet
    20:00:30  Box lid: quiet
    20:01:00  …
              Ground floor is armed (away), by Olga
              → the outside reader of front shows armed for 3 s; the outside reader of workshop shows armed for 3 s; the inside reader of workshop shows armed for 3 s
              (Ground floor: armed_away, not ready)

    20:10:00  the exit button of Front door
              somebody asked to leave at Front door
              → release front for 5 s at once
    20:10:00  the contact of Front door: open
              Front door opened
              Front door opened: 30 s to disarm Ground floor
              → the outside reader of front shows entry for 30 s; the outside reader of workshop shows entry for 30 s; the inside reader of workshop shows entry for 30 s
    21:10:00  the clock is set by 3600 s by the time service
              the clock was set by 3600 s
              (Ground floor: pending, 30 s left, not ready, Front door active)
    21:10:05  …
    21:10:15  the gateway starts after 5 s
              the gateway started (version 1.0.0) after 5 s
              (Ground floor: pending, 15 s left, not ready, Lobby window unknown, Lobby motion unknown, Canteen motion unknown, Box lid unknown, Front door unknown, Workshop door unknown)
    21:10:30  …
              Front door raised the alarm in Ground floor: nobody disarmed in time
              Siren sounds for 180 s
              → the outside reader of front is quiet; the outside reader of workshop is quiet; the inside reader of workshop is quiet; output panel/1 for 180 s at once
              (s29-1: alarm.entry in ground: raised, critical, priority 2, 1 events)

    20:10:00  the exit button of Front door
              somebody asked to leave at Front door
              → release front for 5 s at once
    20:10:00  the contact of Front door: open
              Front door opened
              Front door opened: 30 s to disarm Ground floor
              → the outside reader of front shows entry for 30 s; the outside reader of workshop shows entry for 30 s; the inside reader of workshop shows entry for 30 s
    20:11:40  the gateway starts after 100 s
              Front door raised the alarm in Ground floor: nobody disarmed in time (late)
              Siren sounds for 180 s (late)
              Front door is held open (late)
              the gateway started (version 1.0.0) after 100 s
              → output panel/1 for 180 s at once
              (s26-1: alarm.entry in ground: raised, critical, priority 2, 2 events)
              (Ground floor: triggered, not ready, Lobby window unknown, Lobby motion unknown, Canteen motion unknown, Box lid unknown, Front door unknown, Workshop door unknown)
    20:11:40  the contact of Front door: found open
              Front door was found not quiet while Ground floor is armed; nobody saw it change
    20:11:40  Lobby window: active
              Lobby window was found not quiet while Ground floor is armed; nobody saw it change
              (s26-1: alarm.entry in ground: raised, critical, priority 2, 2 events)
    20:11:45  the gateway starts after 5 s
              the gateway started (version 1.0.0) after 5 s
              (s26-1: alarm.entry in ground: raised, critical, priority 2, 2 events)
    "
  `);
});
