/**
 * One story for each rule of access: what happens where the rule decides. Their transcripts are in `golden/`; the test beside them
 * also tells each with its rule left out, and it must then come out otherwise.
 */
import type { Area, Group } from "../../gateway/core/site.js";
import { door, local, point, smallOffice, staff, weekly } from "./small-office.js";
import { Teller } from "./teller.js";

export interface RuleStory {
  /** The rule, as the trace calls it. */
  readonly rule: string;
  /** A fact about a building. */
  readonly name: string;
  tell(): Teller;
}

const workshopHard: Partial<Area> = { passback: { kind: "hard" } };

/** Rights of the staff in the small office, and more. */
function withLine(
  door: string,
  lines: NonNullable<Group["lines"]> extends ReadonlyMap<string, infer L> ? L : never,
) {
  return { lines: new Map([[door, lines]]) };
}

export const ruleStories: readonly RuleStory[] = [
  {
    rule: "known-card",
    name: "a card that nobody has opens nothing",
    tell: () => new Teller().at("08:00").badge("stranger", "front").badge("nobody", "front"),
  },
  {
    rule: "card-active",
    name: "a card that was suspended opens nothing until it is active again",
    tell: () =>
      new Teller(smallOffice(), staff())
        .at("08:00")
        .badge("ada", "server")
        .card("card-ada", "suspended by Olga", {
          status: "suspended",
          statusSince: local("08:00"),
          statusBy: "olga",
        })
        .badge("ada", "front")
        .card("card-ada", "active again", { status: "active" })
        .badge("ada", "front"),
  },
  {
    rule: "not-blocked",
    name: "whoever is blocked is refused with every card",
    tell: () =>
      new Teller()
        .at("08:00")
        .badge("cora", "front")
        .row("cora", "unblocked", { status: "active" })
        .badge("cora", "front"),
  },
  {
    rule: "within-validity",
    name: "a card is valid to the minute",
    tell: () =>
      new Teller(
        smallOffice(),
        staff({ cards: { "card-ada": { validFrom: local("08:30"), validUntil: local("09:15") } } }),
      )
        .at("08:29:59")
        .badge("ada", "server")
        .badge("ada", "front")
        .at("08:30")
        .badge("ada", "front")
        .opens("front")
        .closes("front")
        .at("09:14:59")
        .badge("ada", "front")
        .opens("front")
        .closes("front")
        .at("09:15")
        .badge("ada", "front"),
  },
  {
    rule: "uses-left",
    name: "a card for one time opens once, and a door that stayed shut does not use it up",
    tell: () =>
      new Teller(smallOffice(), staff({ cards: { "card-ada": { kind: "code", maxUses: 1 } } }))
        .at("08:00")
        .badge("ada", "front")
        .wait(2)
        .badge("ada", "front")
        .wait(10)
        .badge("ada", "front")
        .opens("front")
        .closes("front")
        .wait(60)
        .badge("ada", "front"),
  },
  {
    rule: "clock",
    name: "a door that insists on a right clock opens for nobody while the clock is in doubt, the others ask for no hours",
    tell: () =>
      new Teller(smallOffice({ doors: { workshop: { clock: "deny" } } }))
        .at("20:00")
        .restart(60, "nobody")
        .badge("ada", "workshop")
        .badge("ada", "front")
        .badge("dan", "front")
        .badge("eve", "front"),
  },
  {
    rule: "inducted",
    name: "a contractor comes in only while his induction is valid",
    tell: () =>
      new Teller(
        smallOffice(),
        staff({
          more: {
            hal: { name: "Hal Ott", groups: ["staff"], traits: ["contractor"] },
            ina: {
              name: "Ina Voss",
              groups: ["staff"],
              traits: ["contractor"],
              inductedUntil: local("09:00"),
            },
          },
        }),
      )
        .at("08:00")
        .badge("hal", "front")
        .badge("ina", "front")
        .at("09:00")
        .badge("ina", "front"),
  },
  {
    rule: "host-active",
    name: "a visitor is let in only as long as his host is here",
    tell: () =>
      new Teller(
        smallOffice(),
        staff({ more: { vic: { name: "Vic Lamm", groups: ["staff"], traits: ["visitor"], host: "ada" } } }),
      )
        .at("08:00")
        .badge("vic", "front")
        .row("ada", "has left the company", { status: "blocked" })
        .wait(1)
        .badge("vic", "front")
        .wait(10),
  },
  {
    rule: "door-mode",
    name: "a secured door lets nobody in",
    tell: () =>
      new Teller()
        .at("08:00")
        .asks({ op: "door.mode", door: "front", mode: "secured" })
        .badge("ada", "front")
        .asks({ op: "door.mode", door: "front" })
        .badge("ada", "front"),
  },
  {
    rule: "lockdown",
    name: "in a lockdown nobody comes in and everybody may leave",
    tell: () =>
      new Teller()
        .at("08:00")
        .asks({ op: "lockdown.start" })
        .badge("ada", "workshop")
        .badge("ada", "workshop", "inside")
        .asks({ op: "lockdown.end" })
        .badge("ada", "workshop"),
  },
  {
    rule: "threat-level",
    name: "at a raised threat level only those of the named groups come in",
    tell: () =>
      new Teller(
        smallOffice({
          site: {
            threatLevels: [
              { id: "usual", name: "Usual", modes: new Map() },
              { id: "high", name: "High", modes: new Map(), onlyGroups: ["it"] },
            ],
          },
        }),
      )
        .at("08:00")
        .asks({ op: "threat.set", level: "high" })
        .badge("ada", "front")
        .badge("finn", "front")
        .asks({ op: "threat.set", level: "usual" })
        .badge("ada", "front"),
  },
  {
    rule: "side-armed",
    name: "whoever is kept out of what is armed does not come in there, and does once it is disarmed",
    tell: () =>
      new Teller(
        smallOffice({
          doors: { front: { partitions: { inside: "ground" } } },
          groups: { staff: { onEntry: "deny" } },
        }),
      )
        .at("08:00")
        .asks({ op: "partition.arm", partition: "ground", level: "away", atOnce: true })
        .badge("ada", "front")
        .asks({ op: "partition.disarm", partition: "ground" })
        .badge("ada", "front"),
  },
  {
    rule: "vehicle-there",
    name: "a barrier opens to no card without a vehicle before it",
    tell: () =>
      new Teller(
        smallOffice({
          doors: { front: { kind: "barrier", loop: point("front-lock/input/3"), needsLoop: true } },
        }),
      )
        .at("08:00")
        .badge("ada", "front")
        .vehicle("front", false)
        .badge("ada", "front")
        .vehicle("front", true)
        .badge("ada", "front"),
  },
  {
    rule: "group-has-door",
    name: "whoever has no group with the door is told which would do",
    tell: () => new Teller().at("08:00").badge("eve", "front").badge("ada", "server"),
  },
  {
    rule: "not-excluded",
    name: "a denial wins over every right, also while it is not known whether it holds",
    tell: () =>
      new Teller(
        smallOffice({
          groups: {
            guests: {
              name: "Guests",
              ...withLine("workshop", [{ schedule: "always", deny: true, when: {} }]),
            },
            trainees: {
              name: "Trainees",
              ...withLine("front", [
                { schedule: "always", deny: true, when: { input: { sensor: "window", is: "active" } } },
              ]),
            },
          },
        }),
        staff({
          more: {
            kim: { name: "Kim Roos", groups: ["staff", "guests"] },
            leo: { name: "Leo Haas", groups: ["staff", "trainees"] },
          },
        }),
      )
        .at("08:00")
        .badge("kim", "workshop")
        .badge("leo", "front")
        .sensor("window", true)
        .badge("leo", "front")
        .sensor("window", undefined, { edge: false })
        .badge("leo", "front"),
  },
  {
    rule: "within-schedule",
    name: "staff come in at office hours",
    tell: () => new Teller().at("06:59").badge("ada", "front").at("07:00").badge("ada", "front").wait(10),
  },
  {
    rule: "conditions-met",
    name: "a right with conditions counts only while each of them is met",
    tell: () => {
      const site = smallOffice({
        groups: {
          welders: {
            name: "Welders",
            ...withLine("workshop", [{ schedule: "office", deny: false, when: { training: "welding" } }]),
          },
          tellers: {
            name: "Tellers",
            ...withLine("server", [{ schedule: "always", deny: false, when: { presentIn: "lobby" } }]),
          },
          helpers: {
            name: "Helpers",
            ...withLine("server", [{ schedule: "always", deny: false, when: { firstIn: "it" } }]),
          },
          airers: {
            name: "Airers",
            ...withLine("server", [
              { schedule: "always", deny: false, when: { input: { sensor: "window", is: "quiet" } } },
            ]),
          },
        },
      });
      const people = staff({
        more: {
          wim: { name: "Wim Ehl", groups: ["welders"] },
          tess: { name: "Tess Graf", groups: ["tellers"] },
          hugo: { name: "Hugo Beck", groups: ["helpers"] },
          anna: { name: "Anna Funk", groups: ["airers"] },
        },
      });
      return new Teller(site, people)
        .at("08:00")
        .badge("wim", "workshop")
        .row("wim", "trained until the end of the year", { trainings: { welding: local("00:00", 38) } })
        .badge("wim", "workshop")
        .badge("tess", "server")
        .badge("hugo", "server")
        .badge("finn", "front")
        .opens("front")
        .closes("front")
        .badge("tess", "server")
        .badge("hugo", "server")
        .sensor("window", undefined, { edge: false })
        .badge("anna", "server")
        .sensor("window", false)
        .badge("anna", "server");
    },
  },
  {
    rule: "passback",
    name: "whoever is in does not come in again, and a badge handed back opens nothing",
    tell: () =>
      new Teller(
        smallOffice({ areas: { workshop: workshopHard }, doors: { workshop: { exit: "controlled" } } }),
      )
        .at("08:00")
        .badge("ada", "workshop")
        .opens("workshop")
        .closes("workshop")
        .wait(60)
        .badge("ada", "workshop")
        .badge("ada", "workshop", "inside")
        .opens("workshop")
        .closes("workshop")
        .badge("ada", "workshop", "inside")
        .badge("ada", "workshop"),
  },
  {
    rule: "not-full",
    name: "no more people are let into an area than it may hold, those on their way counted",
    tell: () =>
      new Teller(smallOffice({ areas: { workshop: { occupancy: { max: 1 } } } }))
        .at("08:00")
        .badge("ada", "workshop")
        .badge("finn", "workshop")
        .opens("workshop")
        .closes("workshop")
        .badge("finn", "workshop")
        .badge("ada", "workshop", "inside")
        .opens("workshop")
        .closes("workshop")
        .badge("finn", "workshop"),
  },
  {
    rule: "interlock",
    name: "of a mantrap one door opens at a time",
    tell: () => {
      const airlock = door("airlock", {
        name: "Airlock door",
        from: "workshop",
        to: "canteen",
        contact: point("airlock-lock/input/1"),
      });
      const site = smallOffice({
        more: [airlock],
        groups: {
          staff: {
            doors: new Map([
              ["workshop", ["office"]],
              ["airlock", ["office"]],
            ]),
          },
        },
        site: {
          interlocks: new Map([["trap", { id: "trap", name: "Trap", doors: ["workshop", "airlock"] }]]),
        },
      });
      return new Teller(site)
        .at("08:00")
        .badge("ada", "workshop")
        .opens("workshop")
        .badge("ada", "airlock")
        .wait(6)
        .closes("workshop")
        .badge("ada", "airlock");
    },
  },
  {
    rule: "enough-persons",
    name: "a door for two opens for two different people within the window, judged on the rows of the moment",
    tell: () =>
      new Teller(
        smallOffice({ doors: { server: { persons: { count: 2, withinMs: 15_000 } } } }),
        staff({ people: { ada: { groups: ["staff", "it"] } } }),
      )
        .at("08:00")
        .badge("ada", "server")
        .wait(5)
        .badge("ada", "server")
        .wait(20)
        .badge("ada", "server")
        .wait(5)
        .row("ada", "blocked", { status: "blocked" })
        .badge("finn", "server")
        .row("ada", "unblocked", { status: "active" })
        .wait(5)
        .badge("ada", "server"),
  },
  {
    rule: "escorted",
    name: "a visitor who needs an escort comes in with one, or right behind one",
    tell: () =>
      new Teller(
        smallOffice({ areas: { workshop: { escort: true } } }),
        staff({
          people: { finn: { traits: ["escort"] } },
          more: { vic: { name: "Vic Lamm", groups: ["staff"], traits: ["needs-escort"] } },
        }),
      )
        .at("08:00")
        .badge("vic", "workshop")
        .wait(5)
        .badge("ada", "workshop")
        .wait(5)
        .badge("finn", "workshop")
        .opens("workshop")
        .closes("workshop")
        .wait(60)
        .badge("finn", "workshop")
        .wait(4)
        .badge("vic", "workshop")
        .wait(60)
        .badge("vic", "workshop")
        .wait(20),
  },
  {
    rule: "not-alone",
    name: "nobody is alone in the strong room: two come together, and the last two leave together",
    tell: () =>
      new Teller(
        smallOffice({
          areas: { workshop: { occupancy: { min: 2 } } },
          doors: { workshop: { exit: "controlled" } },
          schedules: [weekly("late", [0], "07:00", "22:00")],
        }),
      )
        .at("08:00")
        .badge("ada", "workshop")
        .wait(5)
        .badge("finn", "workshop")
        .opens("workshop")
        .closes("workshop")
        .wait(60)
        .badge("ada", "workshop", "inside")
        .wait(20)
        .badge("ada", "workshop", "inside")
        .badge("finn", "workshop", "inside")
        .opens("workshop")
        .closes("workshop"),
  },
];
