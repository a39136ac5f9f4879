import { expect, test } from "vitest";
import { aNight, armedNight, armedOffice, sensor } from "./armed-office.js";
import { staffWithPins } from "./people-with-pins.js";
import { Teller } from "./teller.js";

const both = {
  partitions: ["ground", "workshop"],
  arm: ["away", "night"],
  disarm: true,
  force: false,
  schedule: "always",
} as const;
const at = { ...both, schedule: "office" } as const;
const groups = {
  staff: { onEntry: "disarm" as const, arms: [at] },
  it: {
    onEntry: "entry-delay" as const,
    doors: new Map([["front", ["always"]]]),
    arms: [{ ...both, disarm: false }],
  },
};
const pins = staffWithPins({ people: { finn: { groups: ["it"] } } });

/** Both partitions are armed at night; it is morning. */
function morning(doors: object = {}): Teller {
  const story = new Teller(
    armedOffice({ groups, office: { doors: { front: { partitions: { inside: "ground" } }, ...doors } } }),
    pins,
  ).at("20:00");
  for (const partition of ["ground", "workshop"] as const)
    story.asks({ op: "partition.arm", partition, level: "away", atOnce: true });
  return story.at("08:00", 1).forget();
}

test("a card disarms what is behind the door once it really opens, and no other partition", () => {
  const story = morning().badge("ada", "front").shownPartition("ground").wait(10).shownPartition("ground");
  story.badge("ada", "front").wait(1).opens("front").shownPartition("ground").shownPartition("workshop");
  expect(story.transcript).toMatchInlineSnapshot(`
    "
    08:00:00  card-ada at Front door, outside
              Ada Berg was let in at Front door
              → release front for 5 s; reader shows granted
              (Ground floor: armed_away, ready)
    08:00:05  …
              Ada Berg was let in at Front door and did not open it
              (Ground floor: armed_away, ready)
    08:00:10  card-ada at Front door, outside
              Ada Berg was let in at Front door
              → release front for 5 s; reader shows granted
    08:00:11  the contact of Front door: open
              Front door opened
              Ada Berg went through Front door into Lobby
              Ada Berg disarmed Ground floor
              → the outside reader of front shows disarmed for 3 s; the outside reader of workshop shows disarmed for 3 s; the inside reader of workshop shows disarmed for 3 s
              (Ground floor: disarmed, not ready, Front door active)
              (Workshop: armed_away, ready)
    "
  `);
});

test("whoever may not disarm has the entry delay, also where his card lets him in", () => {
  const story = morning().badge("finn", "front").opens("front").shownPartition("ground");
  const only = new Teller(armedOffice({ groups: { ...groups, staff: { onEntry: "disarm" } } }), pins).at(
    "20:00",
  );
  only
    .asks({ op: "partition.arm", partition: "ground", level: "away", atOnce: true })
    .at("08:00", 1)
    .forget();
  only.badge("ada", "front").opens("front").shownPartition("ground");
  expect(`${story.transcript}${only.transcript}`).toMatchInlineSnapshot(`
    "
    08:00:00  card-finn at Front door, outside
              Finn Holm was let in at Front door
              → release front for 5 s; reader shows granted
    08:00:00  the contact of Front door: open
              Front door opened
              Finn Holm went through Front door into Lobby
              Front door opened: 30 s to disarm Ground floor
              → the outside reader of front shows entry for 30 s; the outside reader of workshop shows entry for 30 s; the inside reader of workshop shows entry for 30 s
              (Ground floor: pending, 30 s left, not ready, Front door active)

    08:00:00  card-ada at Front door, outside
              Ada Berg was let in at Front door
              → release front for 5 s; reader shows granted
    08:00:00  the contact of Front door: open
              Front door opened
              Ada Berg went through Front door into Lobby
              Front door opened: 30 s to disarm Ground floor
              → the outside reader of front shows entry for 30 s; the outside reader of workshop shows entry for 30 s; the inside reader of workshop shows entry for 30 s
              (Ground floor: pending, 30 s left, not ready, Front door active)
    "
  `);
});

test("at the keypad a number says what, and a card or PIN says who", () => {
  const story = new Teller(
    armedOffice({
      groups,
      office: { doors: { front: { partitions: { inside: "ground" }, mode: "card-or-pin" } } },
    }),
    pins,
  ).at("10:00");
  story.chooses("away", "front").badge("ada", "front").wait(70).shownPartition("ground");
  story.chooses("disarm", "front").badge("finn", "front").chooses("disarm", "front").badge("eve", "front");
  story.chooses("disarm", "front").pin("ada", "front", "wrong").pin("ada", "front").shownPartition("ground");
  story.chooses("away", "front").wait(11).badge("ada", "front").shownPartition("ground");
  expect(story.transcript).toMatchInlineSnapshot(`
    "
    10:00:00  away at the keypad of Front door, outside
              → reader shows pin
    10:00:00  card-ada at Front door, outside
              Ada Berg arms Ground floor (away): 60 s to leave
              → the outside reader of front shows arming for 60 s; the outside reader of workshop shows arming for 60 s; the inside reader of workshop shows arming for 60 s; reader shows granted
    10:01:00  …
              Ground floor is armed (away), by Ada Berg
              → the outside reader of front shows armed for 3 s; the outside reader of workshop shows armed for 3 s; the inside reader of workshop shows armed for 3 s
              (Ground floor: armed_away, ready)
    10:01:10  disarm at the keypad of Front door, outside
              → reader shows pin
    10:01:10  card-finn at Front door, outside
              partition.disarm at Front door of Ground floor by Finn Holm was refused: no right to disarm it
              → the outside reader of front shows not-armed for 3 s; the outside reader of workshop shows not-armed for 3 s; the inside reader of workshop shows not-armed for 3 s; reader shows denied
    10:01:10  disarm at the keypad of Front door, outside
              → reader shows pin
    10:01:10  card-eve at Front door, outside
              partition.disarm at Front door of Ground floor by Eve Kern was refused: no right to disarm it
              → the outside reader of front shows not-armed for 3 s; the outside reader of workshop shows not-armed for 3 s; the inside reader of workshop shows not-armed for 3 s; reader shows denied
    10:01:10  disarm at the keypad of Front door, outside
              → reader shows pin
    10:01:10  Ada Berg's keys at Front door, outside: PIN wrong
              somebody with a PIN was not let in at Front door: the PIN is nobody's
                would be let in with a PIN that is known here
              → reader shows denied
    10:01:10  Ada Berg's keys at Front door, outside: PIN right
              Ada Berg disarmed Ground floor
              → the outside reader of front shows disarmed for 3 s; the outside reader of workshop shows disarmed for 3 s; the inside reader of workshop shows disarmed for 3 s; reader shows granted
              (Ground floor: disarmed, ready)
    10:01:10  away at the keypad of Front door, outside
              → reader shows pin
    10:01:21  card-ada at Front door, outside
              Ada Berg was let in at Front door
              → release front for 5 s; reader shows granted
              (Ground floor: disarmed, ready)
    "
  `);
});

test("under threat it is disarmed as ever, and a silent incident is raised", () => {
  const story = new Teller(
    armedOffice({
      groups,
      office: { doors: { front: { partitions: { inside: "ground" }, mode: "card-or-pin" } } },
    }),
    pins,
  ).at("10:00");
  story.asks({ op: "partition.arm", partition: "ground", level: "away", atOnce: true }).forget();
  story.chooses("disarm", "front").pin("ada", "front", "duress").shownPartition("ground").queue();
  expect(story.transcript).toMatchInlineSnapshot(`
    "
    10:00:00  disarm at the keypad of Front door, outside
              → reader shows pin
    10:00:00  Ada Berg's keys at Front door, outside: PIN duress
              Ada Berg disarmed Ground floor
              Ada Berg entered a duress PIN at Front door
              → the outside reader of front shows disarmed for 3 s; the outside reader of workshop shows disarmed for 3 s; the inside reader of workshop shows disarmed for 3 s; reader shows granted
              (Ground floor: disarmed, ready)
              (s25-1: access.duress in ground: raised, critical, priority 1, 1 events, silent)
    "
  `);
});

test("a card three times arms, and disarms, by the rights of its holder", () => {
  const cardCommands = [
    {
      id: "close",
      name: "Close the floor",
      groups: ["staff", "it"],
      doors: ["front"],
      does: { is: "arm", partition: "ground", level: "night" },
    },
    {
      id: "open",
      name: "Open the floor",
      groups: ["staff"],
      doors: ["workshop"],
      does: { is: "disarm", partition: "ground" },
    },
  ] as const;
  const story = new Teller(armedOffice({ groups, site: { cardCommands } }), pins).at("10:00");
  for (let i = 0; i < 3; i++) story.badge("ada", "front");
  story.shownPartition("ground").forget();
  for (let i = 0; i < 3; i++) story.badge("ada", "workshop");
  expect(story.shownPartition("ground").transcript).toMatchInlineSnapshot(`
    "
    10:00:00  card-ada at Workshop door, outside
              Ada Berg was let in at Workshop door
              → release workshop for 5 s; reader shows granted
    10:00:00  card-ada at Workshop door, outside
              Ada Berg was let in at Workshop door
              → release workshop for 5 s; reader shows granted
    10:00:00  card-ada at Workshop door, outside
              Ada Berg was let in at Workshop door
              Ada Berg gave the command Open the floor with a card at Workshop door
              Ada Berg disarmed Ground floor
              → release workshop for 5 s; the outside reader of front shows disarmed for 3 s; the outside reader of workshop shows disarmed for 3 s; the inside reader of workshop shows disarmed for 3 s; reader shows granted
              (Ground floor: disarmed, ready)
    "
  `);
});

test("an exit request frees an armed exit and masks no opening", () => {
  const story = armedNight().exit("front").opens("front").shownPartition("ground");
  expect(story.transcript).toMatchInlineSnapshot(`
    "
    20:10:00  the exit button of Front door
              somebody asked to leave at Front door
              → release front for 5 s at once
    20:10:00  the contact of Front door: open
              Front door opened
              Front door opened: 30 s to disarm Ground floor
              → the outside reader of front shows entry for 30 s; the outside reader of workshop shows entry for 30 s; the inside reader of workshop shows entry for 30 s
              (Ground floor: pending, 30 s left, not ready, Front door active)
    "
  `);
});

test("an account that the site names arms and disarms what is written there, and nothing else", () => {
  const accounts = new Map([
    ["olga", { account: "olga", partitions: ["ground"], arm: ["night"] as const, disarm: false }],
  ]);
  const story = aNight({ alarm: { accounts } });
  for (const partition of ["ground", "workshop"])
    for (const level of ["away", "night"] as const) story.asks({ op: "partition.arm", partition, level });
  story.asks({ op: "partition.disarm", partition: "ground" });
  expect(story.transcript).toMatchInlineSnapshot(`
    "
    20:00:00  Olga asks for partition.arm at Ground floor (away)
              partition.arm of Ground floor by Olga was refused: no right to arm it so
    20:00:00  Olga asks for partition.arm at Ground floor (night)
              Ground floor is armed (night), by Olga
              → the outside reader of front shows armed for 3 s; the outside reader of workshop shows armed for 3 s; the inside reader of workshop shows armed for 3 s
    20:00:00  Olga asks for partition.arm at Workshop (away)
              partition.arm of Workshop by Olga was refused: no right to arm it so
    20:00:00  Olga asks for partition.arm at Workshop (night)
              partition.arm of Workshop by Olga was refused: no right to arm it so
    20:00:00  Olga asks for partition.disarm at Ground floor
              partition.disarm of Ground floor by Olga was refused: no right to disarm it
    "
  `);
});

test("degrees out of their limits are an alarm, and only well within them it is over", () => {
  const sensors = [
    sensor("cold", "Server heat", 20, {
      type: "temperature",
      role: "24-hour",
      zone: { limits: { above: 30, below: 5 } },
    }),
  ];
  const story = aNight({ sensors });
  for (const degrees of [22, 30.2, 29.8, 29.2, 4]) story.measures("cold", degrees);
  expect(story.queue().transcript).toMatchInlineSnapshot(`
    "
    20:00:00  Server heat: 22 °C
    20:00:00  Server heat: 30.2 °C
              Server heat: the temperature is out of its limits (30.2 °C)
    20:00:00  Server heat: 29.8 °C
    20:00:00  Server heat: 29.2 °C
              Server heat: the temperature is within its limits again (29.2 °C)
    20:00:00  Server heat: 4 °C
              Server heat: the temperature is out of its limits (4 °C)
              (s25-1: alarm.temperature in ground: raised, warning, priority 3, 2 events)
    "
  `);
});
