import { expect, test } from "vitest";
import type { CardCommand, Sensor, Site, ThreatLevel } from "../../gateway/core/site.js";
import { local, type OfficeSketch, point, smallOffice, staff } from "./small-office.js";
import { Teller } from "./teller.js";

const levels: readonly ThreatLevel[] = [
  { id: "green", name: "Green", modes: new Map() },
  {
    id: "amber",
    name: "Amber",
    modes: new Map([
      ["front", "card"],
      ["turnstile", "card"],
    ]),
    deny: ["cleaners"],
  },
  { id: "red", name: "Red", modes: new Map([["front", "secured"]]), onlyGroups: ["it"] },
];

const commands: readonly CardCommand[] = [
  {
    id: "lock",
    name: "Lock the house down",
    groups: ["it"],
    doors: ["front"],
    does: { is: "lockdown-start", doorGroup: null },
  },
  {
    id: "unlock",
    name: "End the lockdown",
    groups: ["it"],
    doors: ["workshop"],
    does: { is: "lockdown-end", doorGroup: null },
  },
];

const button = (id: string, name: string, more: Partial<Sensor>): Sensor => ({
  id,
  name,
  tenant: "main",
  type: "panic",
  role: "24-hour",
  point: point(`panel/input/${id === "desk" ? 3 : 4}`),
  ...more,
});

function office(more: Partial<OfficeSketch> = {}, site: Partial<Site> = {}): Teller {
  return new Teller(
    smallOffice({
      ...more,
      site: {
        doorGroups: new Map([
          ["ground", { id: "ground", name: "Ground floor", doors: ["front", "workshop"] }],
        ]),
        threatLevels: levels,
        cardCommands: commands,
        ...site,
      },
    }),
  ).at("10:00");
}

test("a lockdown of all doors: nobody enters, free doors lock, everybody may leave, and a restart keeps it", () => {
  const story = office({ doors: { front: { mode: "free" } } });
  story.asks({ op: "lockdown.start" }, { note: "drill" }).shows("front").badge("ada", "workshop");
  story.badge("ada", "workshop", "inside").exit("front").wait(10).restart(5).badge("finn", "workshop");
  story.asks({ op: "door.unlock", door: "workshop" });
  story.asks({ op: "door.unlock", door: "workshop" }, { force: true, note: "police" });
  story.asks({ op: "lockdown.end" }).shows("front").asks({ op: "lockdown.end" });
  expect(story.transcript).toMatchInlineSnapshot(`
    "
    10:00:00  Olga asks for lockdown.start
              Olga locked down all doors (drill)
              → lock front
              (Front door: locked, closed, free)
    10:00:00  card-ada at Workshop door, outside
              Ada Berg was not let in at Workshop door: the door is locked down
                would be let in if the lockdown were ended
              → reader shows denied
    10:00:00  card-ada at Workshop door, inside
              Ada Berg was let in at Workshop door
              → release workshop for 5 s; reader shows granted
    10:00:00  the exit button of Front door
              somebody asked to leave at Front door
              → release front for 5 s at once
    10:00:05  …
              Ada Berg was let in at Workshop door and did not open it
    10:00:15  the gateway starts after 5 s
              the gateway started (version 1.0.0) after 5 s
              → lock front
    10:00:15  card-finn at Workshop door, outside
              Finn Holm was not let in at Workshop door: the door is locked down
                would be let in if the lockdown were ended
              → reader shows denied
    10:00:15  Olga asks for door.unlock at Workshop door
              door.unlock at Workshop door by Olga was refused: the door is locked down
    10:00:15  Olga asks for door.unlock at Workshop door, by force
              Olga unlocked Workshop door for 5 s (police)
              → release workshop for 5 s
    10:00:15  Olga asks for lockdown.end
              Olga ended the lockdown of all doors
              → hold front unlocked
              (Front door: unlocked, unknown, free)
    10:00:15  Olga asks for lockdown.end
              lockdown.end by Olga was refused: nothing is locked down there
    "
  `);
});

test("a lockdown of some doors leaves the others alone, and ends by its own name", () => {
  const story = office().asks({ op: "lockdown.start", doorGroup: "ground" }).badge("ada", "front");
  story.badge("ada", "turnstile").asks({ op: "lockdown.end", doorGroup: "ground" }).badge("ada", "front");
  expect(story.asks({ op: "lockdown.start", doorGroup: "cellar" }).transcript).toMatchInlineSnapshot(`
    "
    10:00:00  Olga asks for lockdown.start at Ground floor
              Olga locked down Ground floor
    10:00:00  card-ada at Front door, outside
              Ada Berg was not let in at Front door: the door is locked down
                would be let in if the lockdown were ended
              → reader shows denied
    10:00:00  card-ada at Turnstile, outside
              Ada Berg was let in at Turnstile
              → release turnstile for 5 s; reader shows granted
    10:00:00  Olga asks for lockdown.end at Ground floor
              Olga ended the lockdown of Ground floor
    10:00:00  card-ada at Front door, outside
              Ada Berg was let in at Front door
              → release front for 5 s; reader shows granted
    10:00:00  Olga asks for lockdown.start at cellar
              lockdown.start by Olga was refused: there is no such door group
    "
  `);
});

test("fire and an emergency stand above a lockdown", () => {
  const story = office({ fire: { front: "unlock" } })
    .asks({ op: "lockdown.start" })
    .forget();
  story.sensor("smoke", true).shows("front").asks({ op: "door.emergency-release", door: "workshop" });
  expect(story.shows("workshop").transcript).toMatchInlineSnapshot(`
    "
    10:00:00  Smoke detectors: active
              fire input Smoke detectors is active
              the fire input Smoke detectors calls everybody: 0 thought to be inside
              → release front until reset at once
              (Front door: released, closed, card)
    10:00:00  Olga asks for door.emergency-release at Workshop door
              Olga released Workshop door in an emergency
              → release workshop until reset at once
              (Workshop door: released, closed, card)
    "
  `);
});

test("a responder's card opens in a lockdown, unless it is blocked", () => {
  const people = staff({ cards: { "card-eve": { responder: true }, "card-cora": { responder: true } } });
  const story = new Teller(smallOffice(), people).at("10:00").asks({ op: "lockdown.start" }).forget();
  expect(story.badge("eve", "front").badge("cora", "front").transcript).toMatchInlineSnapshot(`
    "
    10:00:00  card-eve at Front door, outside
              Eve Kern was let in at Front door
              → release front for 5 s; reader shows granted
    10:00:00  card-cora at Front door, outside
              Cora Lind was not let in at Front door: the person is blocked
                would be let in if the person were unblocked
              → reader shows denied
    "
  `);
});

test("a panic button that locks down does so once, and letting go of it ends nothing", () => {
  const story = office({ sensors: [button("desk", "Desk panic button", { lockdown: null })] });
  story.sensor("desk", true).sensor("desk", false).shows("front").badge("ada", "front");
  story.sensor("desk", undefined, { fault: "open" });
  expect(story.transcript).toMatchInlineSnapshot(`
    "
    10:00:00  Desk panic button: active
              the panic button Desk panic button was pressed
              Desk panic button locked down all doors
    10:00:00  Desk panic button: quiet
              the panic button Desk panic button is at rest again
              (Front door: locked, closed, card)
    10:00:00  card-ada at Front door, outside
              Ada Berg was not let in at Front door: the door is locked down
                would be let in if the lockdown were ended
              → reader shows denied
    10:00:00  Desk panic button: line open
              Desk panic button has a fault: open
    "
  `);
});

test("a lockdown button without panic, for some doors", () => {
  const more = { type: "technical", lockdown: "ground" } as const;
  const story = office({ sensors: [button("office", "Lockdown button", more)] });
  expect(story.sensor("office", true).badge("ada", "turnstile").transcript).toMatchInlineSnapshot(`
    "
    10:00:00  Lockdown button: active
              Lockdown button is active
              Lockdown button locked down Ground floor
    10:00:00  card-ada at Turnstile, outside
              Ada Berg was let in at Turnstile
              → release turnstile for 5 s; reader shows granted
    "
  `);
});

test("a card presented three times in a row is a command, to whoever may give it and where", () => {
  const story = office().badge("finn", "front").wait(1).badge("finn", "front").wait(1).forget();
  story.badge("finn", "front").badge("ada", "workshop");
  story.forget().badge("finn", "workshop").badge("finn", "workshop").forget().badge("finn", "workshop");
  expect(story.transcript).toMatchInlineSnapshot(`
    "
    10:00:02  card-finn at Workshop door, outside
              Finn Holm was not let in at Workshop door: the door is locked down
                would be let in if the lockdown were ended
              Finn Holm gave the command End the lockdown with a card at Workshop door
              Finn Holm ended the lockdown of all doors (End the lockdown)
              → reader shows denied
    "
  `);
});

test("no command is given by two cards in turn, by pauses in between, or by somebody who may not", () => {
  const story = office();
  for (const who of ["finn", "ada", "finn", "ada", "finn"]) story.badge(who, "front").wait(1);
  story.wait(10);
  for (let i = 0; i < 4; i++) story.badge("finn", "front").wait(6);
  for (let i = 0; i < 4; i++) story.badge("ada", "front").wait(1);
  expect(story.events.some(({ type }) => type === "access.card-command")).toBe(false);
  expect(story.state.house.get("house")).toBeUndefined();
});

test("a command is not given by a card that is lost", () => {
  const story = office().card("card-finn", "is reported lost", { status: "lost" });
  for (let i = 0; i < 4; i++) story.badge("finn", "front").wait(1);
  expect(story.state.house.get("house")).toBeUndefined();
});

test("a threat level sets modes above operators' overrides, keeps groups out, and a restart keeps it", () => {
  const story = office({ doors: { front: { freeSchedule: "opening" } } });
  story.asks({ op: "door.mode", door: "turnstile", mode: "free" }).shows("front").shows("turnstile").forget();
  story.asks({ op: "threat.set", level: "amber" }).shows("front").shows("turnstile").restart(5);
  story.at("18:30").badge("ben", "front").asks({ op: "threat.set", level: "green" }).shows("turnstile");
  expect(story.badge("ben", "front").transcript).toMatchInlineSnapshot(`
    "
    10:00:00  Olga asks for threat.set to Amber
              Olga set the threat level to Amber, it was Green
              → lock front; lock turnstile
              (Front door: locked, closed, card)
              (Turnstile: locked, closed, card)
    10:00:05  the gateway starts after 5 s
              the gateway started (version 1.0.0) after 5 s
              → lock front; lock turnstile
    10:01:05  …
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
    18:30:00  card-ben at Front door, outside
              Ben Stein was not let in at Front door: the threat level does not let the person in
                would be let in if the threat level were the usual one
              → reader shows denied
    18:30:00  Olga asks for threat.set to Green
              Olga set the threat level to Green, it was Amber
              → hold turnstile unlocked
              (Turnstile: unlocked, unknown, free)
    18:30:00  card-ben at Front door, outside
              Ben Stein was let in at Front door
              Ben Stein went through Front door into Lobby (assumed)
              → release front for 5 s; reader shows granted
    "
  `);
});

test("at a level for few, only its groups come in where it leaves a door in use; leaving is free to all", () => {
  const story = office().asks({ op: "threat.set", level: "red" }).badge("ada", "turnstile");
  story.badge("finn", "turnstile").badge("finn", "front").badge("ada", "workshop", "inside").exit("front");
  expect(story.asks({ op: "threat.set", level: "black" }).transcript).toMatchInlineSnapshot(`
    "
    10:00:00  Olga asks for threat.set to Red
              Olga set the threat level to Red, it was Green
    10:00:00  card-ada at Turnstile, outside
              Ada Berg was not let in at Turnstile: the threat level does not let the person in
                would be let in if the threat level were the usual one
              → reader shows denied
    10:00:00  card-finn at Turnstile, outside
              Finn Holm was let in at Turnstile
              → release turnstile for 5 s; reader shows granted
    10:00:00  card-finn at Front door, outside
              Finn Holm was not let in at Front door: the door is secured
                would be let in if the threat level were the usual one
              → reader shows denied
    10:00:00  card-ada at Workshop door, inside
              Ada Berg was let in at Workshop door
              → release workshop for 5 s; reader shows granted
    10:00:00  the exit button of Front door
              somebody asked to leave at Front door
              → release front for 5 s at once
    10:00:00  Olga asks for threat.set to black
              threat.set by Olga was refused: there is no such threat level
    "
  `);
});

test("an input sets a threat level", () => {
  const more = { type: "technical", threatLevel: "red" } as const;
  const story = office({ sensors: [button("office", "Red switch", more)] }).sensor("office", true);
  expect(story.shows("front").sensor("office", false).shows("front").transcript).toMatchInlineSnapshot(`
    "
    10:00:00  Red switch: active
              Red switch is active
              Red switch set the threat level to Red, it was Green
              (Front door: locked, closed, secured)
    10:00:00  Red switch: quiet
              Red switch is quiet
              (Front door: locked, closed, secured)
    "
  `);
});

test("an armed side locks a free door, and an operator opens it by force only", () => {
  const story = office({ doors: { front: { mode: "free", partitions: { inside: "ground" } } } });
  story.state.partitions.set("ground", { is: "armed", level: "away", since: local("09:00") });
  story.asks({ op: "door.mode", door: "front", mode: "free" }).shows("front");
  story.asks({ op: "door.unlock", door: "front" }).exit("front");
  expect(story.transcript).toMatchInlineSnapshot(`
    "
    10:00:00  Olga asks for door.mode at Front door
              Olga set Front door to free
              → lock front
              (Front door: locked, closed, free)
    10:00:00  Olga asks for door.unlock at Front door
              door.unlock at Front door by Olga was refused: one side of the door is armed
    10:00:00  the exit button of Front door
              somebody asked to leave at Front door
              → release front for 5 s at once
    "
  `);
});
