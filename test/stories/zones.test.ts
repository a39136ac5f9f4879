import { expect, test } from "vitest";
import { aNight, armedNight, sensor } from "./armed-office.js";

test("motion on the way in waits with the entry delay; elsewhere it raises the alarm at once, and a second sensor confirms it", () => {
  const entering = armedNight().exit("front").opens("front").wait(2).sensor("lobby-motion", true).wait(3);
  entering.sensor("canteen-motion", true).queue();
  const climbing = armedNight().sensor("lobby-motion", true).wait(60).sensor("window", true).queue();
  expect(`${entering.transcript}${climbing.transcript}`).toMatchInlineSnapshot(`
    "
    20:10:00  the exit button of Front door
              somebody asked to leave at Front door
              → release front for 5 s at once
    20:10:00  the contact of Front door: open
              Front door opened
              Front door opened: 30 s to disarm Ground floor
              → the outside reader of front shows entry for 30 s; the outside reader of workshop shows entry for 30 s; the inside reader of workshop shows entry for 30 s
    20:10:02  Lobby motion: active
              Lobby motion is active
    20:10:05  Canteen motion: active
              Canteen motion is active
              Canteen motion raised the alarm in Ground floor
              Siren sounds for 180 s
              → the outside reader of front is quiet; the outside reader of workshop is quiet; the inside reader of workshop is quiet; output panel/1 for 180 s at once
              (s27-1: alarm.interior in ground: raised, critical, priority 2, 1 events)

    20:10:00  Lobby motion: active
              Lobby motion is active
              Lobby motion raised the alarm in Ground floor
              Siren sounds for 180 s
              → the outside reader of front is quiet; the outside reader of workshop is quiet; the inside reader of workshop is quiet; output panel/1 for 180 s at once
    20:11:00  Lobby window: active
              Lobby window is active
              Lobby window raised the alarm in Ground floor: the outer skin was broken
              a second sensor confirms the alarm: Lobby window
              (s24-1: alarm.interior in ground: raised, critical, priority 2, 2 events, confirmed)
    "
  `);
});

test("an opening between a disarmed and an armed side is an entry into the armed one only", () => {
  const story = armedNight().at("10:00", 1).asks({ op: "partition.disarm", partition: "ground" });
  story.asks({ op: "partition.arm", partition: "workshop", level: "away", atOnce: true }).forget();
  story.badge("ada", "workshop").opens("workshop").shownPartition("ground").shownPartition("workshop");
  expect(story.transcript).toMatchInlineSnapshot(`
    "
    10:00:00  card-ada at Workshop door, outside
              Ada Berg was let in at Workshop door
              → release workshop for 5 s; reader shows granted
    10:00:00  the contact of Workshop door: open
              Workshop door opened
              Ada Berg went through Workshop door into Workshop
              Workshop door opened: 30 s to disarm Workshop
              → the outside reader of workshop shows entry for 30 s; the inside reader of workshop shows entry for 30 s
              (Ground floor: disarmed, not ready, Workshop door active)
              (Workshop: pending, 30 s left, not ready, Workshop door active)
    "
  `);
});

test("one physical event is one incident, listed under every armed partition that it concerns", () => {
  const story = armedNight()
    .asks({ op: "partition.arm", partition: "workshop", level: "away", atOnce: true })
    .forget();
  story.opens("workshop").queue().shownPartition("ground").shownPartition("workshop");
  expect(story.transcript).toMatchInlineSnapshot(`
    "
    20:10:00  the contact of Workshop door: open
              Workshop door was opened while it was locked
              Siren sounds for 180 s
              → the outside reader of workshop is quiet; the inside reader of workshop is quiet; the outside reader of front is quiet; the outside reader of workshop is quiet; the inside reader of workshop is quiet; output panel/1 for 180 s at once
              (s25-1: door.forced in workshop, ground: raised, critical, priority 1, 1 events)
              (Ground floor: triggered, not ready, Workshop door active)
              (Workshop: triggered, not ready, Workshop door active)
    "
  `);
});

test("what is watched around the clock raises the alarm disarmed too: hold-up, medical, gas, water, heat", () => {
  const types = ["medical", "gas", "water", "temperature"] as const;
  const sensors = types.map((type, i) =>
    sensor(type, `The ${type} sensor`, 20 + i, { type, role: "24-hour" }),
  );
  const story = aNight({ sensors }).sensor("desk", true).sensor("desk", false);
  for (const type of types) story.sensor(type, true).sensor(type, false);
  expect(story.queue().shownPartition("ground").transcript).toMatchInlineSnapshot(`
    "
    20:00:00  Desk button: active
              hold-up: Desk button was pressed
              Siren sounds for 180 s
              → output panel/1 for 180 s at once
    20:00:00  Desk button: quiet
              Desk button is at rest again
    20:00:00  The medical sensor: active
              somebody needs help: The medical sensor was pressed
    20:00:00  The medical sensor: quiet
              The medical sensor is at rest again
    20:00:00  The gas sensor: active
              The gas sensor tells of gas
    20:00:00  The gas sensor: quiet
              The gas sensor no longer tells of gas
    20:00:00  The water sensor: active
              The water sensor tells of water
    20:00:00  The water sensor: quiet
              The water sensor is dry again
    20:00:00  The temperature sensor: active
              The temperature sensor: the temperature is out of its limits
    20:00:00  The temperature sensor: quiet
              The temperature sensor: the temperature is within its limits again
              (s27-1: alarm.hold-up in ground: raised, critical, priority 1, 1 events)
              (s29-1: alarm.medical in ground: raised, critical, priority 1, 1 events)
              (s31-1: alarm.gas in ground: raised, critical, priority 2, 1 events)
              (s33-1: alarm.water in ground: raised, warning, priority 3, 1 events)
              (s35-1: alarm.temperature in ground: raised, warning, priority 3, 1 events)
              (Ground floor: disarmed, ready)
    "
  `);
});

test("open and short lines are faults, neither alarm nor quiet; a tampered line is an alarm only while armed", () => {
  const story = aNight().sensor("window", undefined, { fault: "open" }).shownPartition("ground");
  story
    .asks({ op: "partition.arm", partition: "ground", level: "away" })
    .sensor("window", false)
    .sensor("window", undefined, { fault: "tamper" })
    .queue();
  story.sensor("window", false).sensor("box", true).queue().sensor("box", false);
  story.asks({ op: "partition.arm", partition: "ground", level: "away", atOnce: true });
  story
    .sensor("window", undefined, { fault: "short" })
    .queue()
    .sensor("window", undefined, { fault: "tamper" })
    .queue();
  expect(story.transcript).toMatchInlineSnapshot(`
    "
    20:00:00  Lobby window: line open
              Lobby window has a fault: open
              (Ground floor: disarmed, not ready, Lobby window open)
    20:00:00  Olga asks for partition.arm at Ground floor (away)
              partition.arm of Ground floor by Olga was refused: something is not quiet: Lobby window
    20:00:00  Lobby window: quiet
              Lobby window works again
              Lobby window is quiet
    20:00:00  Lobby window: line tamper
              Lobby window has a fault: tamper
              (no open incident)
    20:00:00  Lobby window: quiet
              Lobby window works again
              Lobby window is quiet
    20:00:00  Box lid: active
              Box lid was opened or tampered with, while nothing was armed
              (no open incident)
    20:00:00  Box lid: quiet
              Box lid is closed again
    20:00:00  Olga asks for partition.arm at Ground floor (away)
              Ground floor is armed (away), by Olga
              → the outside reader of front shows armed for 3 s; the outside reader of workshop shows armed for 3 s; the inside reader of workshop shows armed for 3 s
    20:00:00  Lobby window: line short
              Lobby window has a fault: short
              (no open incident)
    20:00:00  Lobby window: line tamper
              Lobby window has a fault: tamper
              somebody tampered with Lobby window: tamper
              Siren sounds for 180 s
              → the outside reader of front is quiet; the outside reader of workshop is quiet; the inside reader of workshop is quiet; output panel/1 for 180 s at once
              (s32-1: alarm.tamper in ground: raised, critical, priority 2, 1 events)
    "
  `);
});

test("a device that is lost while its partition is armed is tampering; one that comes back clears nothing", () => {
  const day = aNight().lost("panel").queue();
  const night = armedNight().lost("panel").queue().wait(30).back("panel").queue().shownPartition("ground");
  expect(`${day.transcript}${night.transcript}`).toMatchInlineSnapshot(`
    "
    20:00:00  panel goes silent
              panel is lost
              fire input Smoke detectors cannot be read
              (no open incident)

    20:10:00  panel goes silent
              panel is lost
              panel was lost while Ground floor was armed
              Siren sounds for 180 s
              fire input Smoke detectors cannot be read
              → the outside reader of front is quiet; the outside reader of workshop is quiet; the inside reader of workshop is quiet; output panel/1 for 180 s at once
              (s24-1: alarm.device-lost in ground: raised, critical, priority 2, 1 events)
    20:10:30  panel is there
              panel is connected
              panel is back, which was lost while Ground floor was armed
              → output panel/1 for 150 s at once
              (s24-1: alarm.device-lost in ground: raised, critical, priority 2, 1 events)
              (Ground floor: triggered, not ready, Lobby window unknown, Lobby motion unknown, Canteen motion unknown, Box lid unknown)
    "
  `);
});

test("a sensor that is not heard of is never open nor closed, and one that is found open is told and raises nothing", () => {
  const story = armedNight()
    .sensor("window", undefined)
    .queue()
    .sensor("window", true, { edge: false })
    .queue();
  expect(story.shownPartition("ground").transcript).toMatchInlineSnapshot(`
    "
    20:10:00  Lobby window: unknown
              (no open incident)
    20:10:00  Lobby window: active
              Lobby window was found not quiet while Ground floor is armed; nobody saw it change
              (no open incident)
              (Ground floor: armed_away, not ready, Lobby window active)
    "
  `);
});

test("so many activations in time make one", () => {
  const change = { "canteen-motion": { zone: { count: { times: 2, withinMs: 30_000 } } } };
  const story = armedNight({ change })
    .sensor("canteen-motion", true)
    .sensor("canteen-motion", false)
    .wait(40);
  story
    .sensor("canteen-motion", true)
    .sensor("canteen-motion", false)
    .queue()
    .wait(10)
    .sensor("canteen-motion", true);
  expect(story.queue().transcript).toMatchInlineSnapshot(`
    "
    20:10:00  Canteen motion: active
              Canteen motion is active
              Canteen motion was active, 1 of 2
    20:10:00  Canteen motion: quiet
              Canteen motion is quiet
    20:10:40  Canteen motion: active
              Canteen motion is active
              Canteen motion was active, 1 of 2
    20:10:40  Canteen motion: quiet
              Canteen motion is quiet
              (no open incident)
    20:10:50  Canteen motion: active
              Canteen motion is active
              Canteen motion raised the alarm in Ground floor
              Siren sounds for 180 s
              → the outside reader of front is quiet; the outside reader of workshop is quiet; the inside reader of workshop is quiet; output panel/1 for 180 s at once
              (s28-1: alarm.interior in ground: raised, critical, priority 2, 1 events)
    "
  `);
});

test("alone it is unverified; with its second opinion it is a verified alarm", () => {
  const cross = { zone: { cross: { with: ["lobby-motion", "canteen-motion"], withinMs: 60_000 } } };
  const change = {
    "canteen-motion": cross,
    "lobby-motion": { zone: { cross: { with: ["canteen-motion"], withinMs: 60_000 } } },
  };
  const story = armedNight({ change })
    .sensor("canteen-motion", true)
    .queue()
    .wait(20)
    .sensor("lobby-motion", true);
  expect(story.queue().transcript).toMatchInlineSnapshot(`
    "
    20:10:00  Canteen motion: active
              Canteen motion is active
              Canteen motion was active, and nothing else confirms it yet
              (no open incident)
    20:10:20  Lobby motion: active
              Lobby motion is active
              Lobby motion raised the alarm in Ground floor
              a second sensor confirms the alarm: Lobby motion
              Siren sounds for 180 s
              → the outside reader of front is quiet; the outside reader of workshop is quiet; the inside reader of workshop is quiet; output panel/1 for 180 s at once
              (s25-1: alarm.interior in ground: raised, critical, priority 2, 1 events, confirmed)
    "
  `);
});

test("a door chimes while disarmed; a sensor on trial tells what it would have done", () => {
  const change = { window: { zone: { soak: true } } };
  const doors = {
    workshop: { partitions: { outside: "ground", inside: "workshop" }, zone: { chime: true } },
  };
  const story = aNight({ change, office: { doors } })
    .at("10:00", 1)
    .badge("ada", "workshop")
    .opens("workshop")
    .closes("workshop");
  story
    .asks({ op: "partition.arm", partition: "ground", level: "away", atOnce: true })
    .sensor("window", true);
  expect(story.queue().transcript).toMatchInlineSnapshot(`
    "
    10:00:00  card-ada at Workshop door, outside
              Ada Berg was let in at Workshop door
              → release workshop for 5 s; reader shows granted
    10:00:00  the contact of Workshop door: open
              Workshop door opened
              Ada Berg went through Workshop door into Workshop
              Workshop door opened (chime)
              → the inside reader of workshop shows chime for 3 s
    10:00:00  the contact of Workshop door: closed
              Workshop door closed
    10:00:00  Olga asks for partition.arm at Ground floor (away)
              Ground floor is armed (away), by Olga
              → the outside reader of front shows armed for 3 s; the outside reader of workshop shows armed for 3 s; the inside reader of workshop shows armed for 3 s
    10:00:00  Lobby window: active
              Lobby window is active
              Lobby window is on trial: it would have raised the alarm
              (no open incident)
    "
  `);
});

test("a sensor that is silent too long is told once, and when it is heard of again", () => {
  const change = { window: { zone: { silentAfterMs: 3_600_000 } } };
  const story = aNight({ change }).wait(3_700).wait(3_700).sensor("window", false).wait(60);
  expect(story.transcript).toMatchInlineSnapshot(`
    "
    07:00:00  …
              nothing was heard of Lobby window for 1 h
    22:03:20  Lobby window: quiet
              Lobby window is heard of again
    "
  `);
});

test("on test it raises nothing, for 8 hours at most; a hold-up button goes on unless it is named", () => {
  const story = aNight();
  const hours = (n: number) => story.now + n * 3_600_000;
  story.asks({ op: "alarm.test", partition: "ground", until: hours(9) });
  story.asks({ op: "alarm.test", partition: "ground", until: hours(8) }, { note: "yearly service" });
  story
    .shownPartition("ground")
    .sensor("box", true)
    .sensor("box", false)
    .sensor("desk", true)
    .queue()
    .sensor("desk", false);
  story
    .asks({ op: "alarm.test", zone: "desk", until: hours(1) })
    .sensor("desk", true)
    .sensor("desk", false)
    .queue();
  story.wait(8 * 3600).shownPartition("ground");
  expect(story.transcript).toMatchInlineSnapshot(`
    "
    20:00:00  Olga asks for alarm.test at Ground floor
              alarm.test of Ground floor by Olga was refused: a test lasts 8 hours at most
    20:00:00  Olga asks for alarm.test at Ground floor
              Olga put Ground floor on test until 2026-11-24 04:00 (yearly service)
              (Ground floor: disarmed, ready, on test)
    20:00:00  Box lid: active
              Box lid answered on test
    20:00:00  Box lid: quiet
    20:00:00  Desk button: active
              hold-up: Desk button was pressed
              Siren sounds for 180 s
              → output panel/1 for 180 s at once
              (s27-1: alarm.hold-up in ground: raised, critical, priority 1, 1 events)
    20:00:00  Desk button: quiet
              Desk button is at rest again
    20:00:00  Olga asks for alarm.test at desk
              Olga put Desk button on test until 2026-11-23 21:00
    20:00:00  Desk button: active
              Desk button answered on test
    20:00:00  Desk button: quiet
              (s27-1: alarm.hold-up in ground: raised, critical, priority 1, 1 events)
    20:03:00  …
              Siren is silent again
    21:00:00  …
              the test of Desk button is over
    04:00:00  …
              the test of Ground floor is over
              (Ground floor: disarmed, ready)
    "
  `);
});

test("mains, battery and the locks' power are troubles with a place on the list of things to do", () => {
  const types = ["mains", "battery", "lock-power"] as const;
  const sensors = types.map((type, i) =>
    sensor(type, `The ${type} contact`, 20 + i, { type, role: "24-hour" }),
  );
  const story = aNight({ sensors });
  for (const type of types) story.sensor(type, true);
  story
    .asks({ op: "todo.take", todo: "zone/battery", owner: "olga" })
    .sensor("mains", false)
    .sensor("battery", false);
  expect([...story.state.todos].map(([id, { restoredAt }]) => [id, restoredAt !== undefined])).toEqual([
    ["zone/battery", true],
    ["zone/lock-power", false],
  ]);
  expect(story.queue().transcript).toMatchInlineSnapshot(`
    "
    20:00:00  The mains contact: active
              The mains contact says that the mains are lost
    20:00:00  The battery contact: active
              The battery contact says that a battery is low
    20:00:00  The lock-power contact: active
              The lock-power contact says that the locks' power supply has a fault
    20:00:00  Olga asks for todo.take
              Olga on the list of things to do: take (The battery contact)
    20:00:00  The mains contact: quiet
              The mains contact says that the mains are back
    20:00:00  The battery contact: quiet
              The battery contact says that the battery is charged again
              (no open incident)
    "
  `);
});

test("a key switch arms and disarms", () => {
  const arms = { partition: "ground", level: "away", may: "both" } as const;
  const sensors = [sensor("key", "Key switch", 20, { type: "key-switch", role: "24-hour", zone: { arms } })];
  const story = aNight({ sensors })
    .sensor("key", true, { edge: false })
    .sensor("key", false)
    .sensor("key", true);
  story.wait(60).sensor("key", false).sensor("key", true).shownPartition("ground");
  expect(story.transcript).toMatchInlineSnapshot(`
    "
    20:00:00  Key switch: active
    20:00:00  Key switch: quiet
              Key switch is quiet
    20:00:00  Key switch: active
              Key switch is active
              Key switch arms Ground floor (away): 60 s to leave
              → the outside reader of front shows arming for 60 s; the outside reader of workshop shows arming for 60 s; the inside reader of workshop shows arming for 60 s
    20:01:00  …
              Ground floor is armed (away), by Key switch
              → the outside reader of front shows armed for 3 s; the outside reader of workshop shows armed for 3 s; the inside reader of workshop shows armed for 3 s
    20:01:00  Key switch: quiet
              Key switch is quiet
    20:01:00  Key switch: active
              Key switch is active
              Key switch disarmed Ground floor
              → the outside reader of front shows disarmed for 3 s; the outside reader of workshop shows disarmed for 3 s; the inside reader of workshop shows disarmed for 3 s
              (Ground floor: disarmed, ready)
    "
  `);
});
