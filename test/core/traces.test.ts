/** What each rule of access tells, word for word, of a yes and of a no: the receipt that somebody reads when he asks why. */
import { describe, expect, test } from "vitest";
import { standing } from "../../gateway/core/access/building.js";
import { cardActive } from "../../gateway/core/access/card-active.js";
import { conditionsMet, lacking } from "../../gateway/core/access/conditions-met.js";
import { doorMode } from "../../gateway/core/access/door-mode.js";
import { enoughPersons } from "../../gateway/core/access/enough-persons.js";
import { escorted } from "../../gateway/core/access/escorted.js";
import { groupHasDoor } from "../../gateway/core/access/group-has-door.js";
import { hostActive } from "../../gateway/core/access/host-active.js";
import { inducted } from "../../gateway/core/access/inducted.js";
import { accessRules, firstNo, judge } from "../../gateway/core/access/judge.js";
import { knownCard } from "../../gateway/core/access/known-card.js";
import { lockdown } from "../../gateway/core/access/lockdown.js";
import { notAlone } from "../../gateway/core/access/not-alone.js";
import { notBlocked } from "../../gateway/core/access/not-blocked.js";
import { notExcluded } from "../../gateway/core/access/not-excluded.js";
import { notFull } from "../../gateway/core/access/not-full.js";
import { passback } from "../../gateway/core/access/passback.js";
import { accessRequest } from "../../gateway/core/access/request.js";
import type { Right } from "../../gateway/core/access/rights.js";
import type { AccessRequest, Rule } from "../../gateway/core/access/rule.js";
import { threat } from "../../gateway/core/access/threat-level.js";
import { usesLeft } from "../../gateway/core/access/uses-left.js";
import { vehicleThere } from "../../gateway/core/access/vehicle-there.js";
import { withinSchedule } from "../../gateway/core/access/within-schedule.js";
import { withinValidity } from "../../gateway/core/access/within-validity.js";
import type { Credential, Person } from "../../gateway/core/people.js";
import type { Area, Condition, Door, Side, Site } from "../../gateway/core/site.js";
import { emptyState, houseId, type MutableState } from "../../gateway/core/state.js";
import { local, smallOffice, staff } from "../stories/small-office.js";

const people = staff();

interface Case {
  readonly site?: Site;
  readonly state?: MutableState;
  readonly at?: string;
  readonly door?: string;
  readonly side?: Side;
  readonly card?: Partial<Credential> | null;
  readonly person?: Partial<Person> | null;
  /** The one right that there is, with these conditions. */
  readonly when?: Condition;
  readonly rights?: readonly Partial<Right>[];
  readonly more?: Partial<AccessRequest>;
}

function request(given: Case = {}): AccessRequest {
  const {
    site = smallOffice(),
    state = emptyState(),
    at = "08:00",
    door = "front",
    side = "outside",
  } = given;
  const found = site.doors.get(door);
  const card = people.credential("card-ada");
  const ada = people.person("ada");
  if (!found || !card || !ada) throw new Error("fixture: no such door, card or person");
  const credential = given.card === null ? undefined : { ...card, ...given.card };
  const person = given.person === null ? undefined : { ...ada, ...given.person };
  const asked = accessRequest(site, standing(site, state), found, side, local(at), { credential, person });
  const [first] = asked.rights;
  const rights =
    given.when && first
      ? [{ ...first, when: given.when }]
      : given.rights?.map((right) => ({ ...(first as Right), ...right }));
  return { ...asked, ...(rights ? { rights } : {}), ...given.more };
}

/** `reason: what it found` of a no, with ` …` if it waits; else what the trace tells. */
function told(rule: Rule, given: Case): string {
  const asked = request(given);
  const no = rule.judge(asked);
  return no ? `${no.reason}: ${no.found}${no.wait ? " …" : ""}` : (rule.yes?.(asked) ?? "ok");
}

const state = (fill: (state: MutableState) => void): MutableState => {
  const made = emptyState();
  fill(made);
  return made;
};
const someone = (id: string, more: Partial<Person> = {}): Person => ({
  id,
  version: 1,
  tenant: "main",
  groups: ["staff"],
  status: "active",
  ...more,
});
const area = (id: string, more: Partial<Area>): Site => smallOffice({ areas: { [id]: more } });
const front = (more: Partial<Omit<Door, "id">>): Site => smallOffice({ doors: { front: more } });
/** At least three in the lobby, and nobody leaves it without the reader. */
const threeInside = smallOffice({
  areas: { lobby: { occupancy: { min: 3 } } },
  doors: { front: { exit: "controlled" } },
});
const inLobby = (...ids: readonly string[]): MutableState =>
  state(({ whereabouts }) => {
    for (const id of ids)
      whereabouts.set(id, { area: "lobby", since: local("07:10"), by: "front", how: "seen" } as never);
  });
const waiting = (person: string, side: Side = "outside", credential = `card-${person}`): MutableState =>
  state(({ doors }) => {
    doors.set("front", {
      condition: {
        is: "released",
        until: local("08:01"),
        exit: false,
        grants: [{ person, credential, side, at: local("08:00"), scan: "s1" }],
      },
    } as never);
  });

const table: readonly (readonly [Rule, Case, string])[] = [
  [knownCard, {}, "ok"],
  [knownCard, { card: null }, "unknown-card: no card with this value"],
  [
    knownCard,
    { card: null, person: null, site: smallOffice({ site: { peopleLost: true } }) },
    "people-lost: no emergency badge",
  ],
  [knownCard, { site: smallOffice({ site: { peopleLost: true } }) }, "ok"],
  [knownCard, { person: null }, "unassigned-card: card card-ada belongs to nobody"],
  [knownCard, { card: { responder: true } }, "ok: a responder, asked for no rights"],

  [cardActive, { card: { status: "suspended" } }, "card-suspended: suspended"],
  [
    cardActive,
    { card: { status: "returned", statusSince: local("07:30") } },
    "card-returned: returned since 2026-11-23 07:30",
  ],
  [
    cardActive,
    { card: { status: "lost", statusSince: local("07:30"), statusBy: "olga" } },
    "card-lost: lost since 2026-11-23 07:30 by olga",
  ],
  [cardActive, { card: { status: "stolen" } }, "card-stolen: stolen"],
  [cardActive, { card: { status: "melted" as never } }, 'fault: status "melted" is not known'],
  [cardActive, { card: null }, 'fault: status "undefined" is not known'],

  [notBlocked, { person: { status: "blocked" } }, "person-blocked: blocked"],
  [notBlocked, { person: null }, "person-blocked: nobody"],

  [withinValidity, { card: { validFrom: local("08:01") } }, "card-not-yet-valid: from 2026-11-23 08:01"],
  [withinValidity, { card: { validUntil: local("08:00") } }, "card-expired: until 2026-11-23 08:00"],
  [withinValidity, { card: { validFrom: local("08:00"), validUntil: local("08:00:01") } }, "ok"],
  [
    withinValidity,
    { person: { validFrom: local("08:00:01") } },
    "person-not-yet-valid: from 2026-11-23 08:00",
  ],
  [withinValidity, { person: { validUntil: local("07:59") } }, "person-expired: until 2026-11-23 07:59"],

  [usesLeft, { card: { maxUses: 2 } }, "ok: used 0 of 2"],
  [
    usesLeft,
    { card: { maxUses: 2 }, state: state(({ cards }) => void cards.set("card-ada", { uses: 1 } as never)) },
    "ok: used 1 of 2",
  ],
  [
    usesLeft,
    { card: { maxUses: 2 }, state: state(({ cards }) => void cards.set("card-ada", { uses: 2 } as never)) },
    "card-used-up: used 2 of 2",
  ],
  [usesLeft, { card: { maxUses: 0 }, state: waiting("ada") }, "ok: used 0 of 0"],
  [usesLeft, { card: { maxUses: 0 }, state: waiting("ada", "inside") }, "card-used-up: used 0 of 0"],
  [usesLeft, { card: { maxUses: 0 }, state: waiting("finn") }, "card-used-up: used 0 of 0"],
  [usesLeft, { card: {} }, "ok"],
  [usesLeft, { card: null }, "ok"],

  [inducted, { person: { traits: ["contractor"] } }, "not-inducted: a contractor without an induction"],
  [
    inducted,
    { person: { traits: ["contractor"], inductedUntil: local("08:00") } },
    "not-inducted: inducted until 2026-11-23 08:00",
  ],
  [inducted, { person: { inductedUntil: local("08:00:01") } }, "ok"],
  [inducted, { person: null }, "ok"],

  [hostActive, { person: { host: "finn" } }, "host-inactive: nobody is finn"],
  [
    hostActive,
    { person: { host: "finn" }, more: { host: someone("finn", { status: "blocked" }) } },
    "host-inactive: finn is not active",
  ],
  [
    hostActive,
    { person: { host: "finn" }, more: { host: someone("finn", { validFrom: local("08:00:01") }) } },
    "host-inactive: finn is not active",
  ],
  [
    hostActive,
    { person: { host: "finn" }, more: { host: someone("finn", { validUntil: local("08:00") }) } },
    "host-inactive: finn is not active",
  ],
  [
    hostActive,
    {
      person: { host: "finn" },
      more: { host: someone("finn", { validFrom: local("08:00"), validUntil: local("08:00:01") }) },
    },
    "ok",
  ],
  [hostActive, { person: { sponsor: "gil" } }, "host-inactive: nobody is gil"],
  [
    hostActive,
    {
      person: { host: "finn", sponsor: "gil" },
      more: { host: someone("finn"), sponsor: someone("gil", { status: "blocked" }) },
    },
    "host-inactive: gil is not active",
  ],
  [
    hostActive,
    { person: { host: "finn", sponsor: "gil" }, more: { host: someone("finn"), sponsor: someone("gil") } },
    "ok",
  ],
  [hostActive, { person: null }, "ok"],

  [doorMode, {}, "ok"],
  [doorMode, { more: { mode: "two-step" } }, "ok: two-step"],
  [doorMode, { more: { mode: "secured" } }, "door-secured: secured"],
  [doorMode, { more: { mode: "secured" }, side: "inside" }, "ok: secured"],
  [doorMode, { more: { mode: "secured", openToAll: true } }, "ok: secured"],
  [
    doorMode,
    { more: { mode: "maintenance" } },
    "in-maintenance: maintenance, and not one of those who do it",
  ],
  [
    doorMode,
    { more: { mode: "maintenance" }, person: { traits: ["escort"] } },
    "in-maintenance: maintenance, and not one of those who do it",
  ],
  [doorMode, { more: { mode: "maintenance" }, person: { traits: ["maintenance"] } }, "ok: maintenance"],
  [
    doorMode,
    { more: { mode: "maintenance" }, person: null },
    "in-maintenance: maintenance, and not one of those who do it",
  ],

  [
    lockdown,
    {
      state: state(
        ({ house }) =>
          void house.set(houseId, {
            lockdowns: [{ doorGroup: null, by: "olga", since: local("07:00") }],
          } as never),
      ),
    },
    "locked-down: all doors",
  ],
  [
    threat,
    { site: smallOffice({ site: { threatLevels: [{ id: "usual", name: "Usual", modes: new Map() }] } }) },
    "ok: usual",
  ],
  [threat, {}, "ok"],

  [vehicleThere, { site: front({ needsLoop: true } as never) }, "no-vehicle: the loop cannot be read"],
  [vehicleThere, { site: front({ needsLoop: true } as never), side: "inside" }, "ok"],
  [vehicleThere, { site: front({ needsLoop: true } as never), more: { openToAll: true } }, "ok"],

  [
    groupHasDoor,
    { person: { groups: ["it", "cooks"] }, rights: [] },
    "no-access: no group with this door (it, cooks)",
  ],
  [groupHasDoor, { person: { groups: [] } }, "no-access: in no group"],
  [groupHasDoor, { person: null }, "no-access: in no group"],
  [groupHasDoor, { rights: [{ deny: true }] }, "no-access: no group with this door (staff)"],
  [groupHasDoor, { rights: [{ deny: true }, {}] }, "ok"],

  [notExcluded, { rights: [{ deny: true }] }, "excluded: staff: denied, office"],
  [
    notExcluded,
    { rights: [{ deny: true, when: { clockTrusted: true } }] },
    "excluded: staff: denied, office",
  ],
  [notExcluded, { rights: [{ deny: true, when: { training: "welding" } }] }, "ok"],
  [notExcluded, { rights: [{ deny: true }], at: "21:00" }, "ok"],
  [notExcluded, { rights: [{ deny: true }], more: { openToAll: true } }, "ok"],

  [withinSchedule, {}, "ok: staff, office"],
  [withinSchedule, { more: { openToAll: true } }, "ok: the door is open to all"],
  [withinSchedule, { at: "21:04", rights: [] }, "outside-schedule: no hours, now 21:04"],
  [
    withinSchedule,
    { rights: [{ from: local("09:00"), until: local("10:00") }] },
    "outside-schedule: staff: 2026-11-23 09:00 to 2026-11-23 10:00, office 07:00-19:00, now 08:00",
  ],
  [withinSchedule, { rights: [{ deny: true }] }, "outside-schedule: no hours, now 08:00"],

  [conditionsMet, {}, "ok"],
  [conditionsMet, { when: { training: "welding" } }, "training-missing: staff: training welding, not so"],
  [
    conditionsMet,
    { when: { training: "welding" }, person: { trainings: { welding: local("08:00") } } },
    "training-missing: staff: training welding, not so",
  ],
  [
    conditionsMet,
    { when: { training: "welding" }, person: { trainings: { welding: local("08:00:01") } } },
    "ok: a right has all that it asks for",
  ],
  [conditionsMet, { when: { disarmed: "ground" } }, "ok: a right has all that it asks for"],
  [
    conditionsMet,
    { when: { input: { sensor: "nowhere", is: "quiet" } } },
    "input-forbids: staff: nowhere quiet, not known",
  ],
  [conditionsMet, { when: { presentIn: "lobby" } }, "nobody-present: staff: somebody in lobby, not so"],
  [
    conditionsMet,
    { when: { presentIn: "lobby" }, state: inLobby("finn") },
    "ok: a right has all that it asks for",
  ],
  [conditionsMet, { when: { firstIn: "it" } }, "first-not-in: staff: somebody of it let in today, not so"],
  [
    conditionsMet,
    {
      when: { clockTrusted: true },
      state: state(
        ({ house }) =>
          void house.set(houseId, {
            clock: { trusted: false, since: local("07:00"), why: "start" },
          } as never),
      ),
    },
    "clock-not-trusted: staff: a clock that can be believed, not so",
  ],
  [conditionsMet, { when: { training: "welding" }, more: { openToAll: true } }, "ok"],
  [
    conditionsMet,
    { rights: [{ when: { training: "welding" } }, {}] },
    "ok: a right has all that it asks for",
  ],
  [
    conditionsMet,
    { rights: [{ deny: true }, { when: { training: "welding" } }] },
    "training-missing: staff: training welding, not so",
  ],
  [
    conditionsMet,
    { rights: [{ from: local("09:00"), until: local("10:00") }, { when: { training: "welding" } }] },
    "training-missing: staff: training welding, not so",
  ],
  [
    conditionsMet,
    { rights: [{ when: { training: "welding" } }, { when: { firstIn: "it" } }] },
    "training-missing: staff: training welding, not so",
  ],
  [conditionsMet, { rights: [{ deny: true }] }, "no-access: no right for now"],

  [enoughPersons, {}, "ok"],
  [
    enoughPersons,
    { site: front({ persons: { count: 3 } } as never), more: { others: [someone("finn")] } },
    "waits-for-persons: 2 of 3 …",
  ],
  [
    enoughPersons,
    { site: front({ persons: { count: 3 } } as never), more: { others: [someone("finn"), someone("gil")] } },
    "ok: with finn, gil",
  ],
  [enoughPersons, { site: front({ persons: { count: 3 } } as never), side: "inside" }, "ok: with "],
  [
    enoughPersons,
    { site: front({ persons: { count: 3 } } as never), more: { openToAll: true } },
    "ok: with ",
  ],

  [escorted, { person: { traits: ["needs-escort"] } }, "ok"],
  [
    escorted,
    { person: { traits: ["needs-escort"] }, site: area("lobby", { escort: true }) },
    "waits-for-escort: nobody with him …",
  ],
  [escorted, { person: {}, site: area("lobby", { escort: true }) }, "ok"],
  [
    escorted,
    {
      person: { traits: ["needs-escort"] },
      site: area("lobby", { escort: true }),
      more: { openToAll: true },
    },
    "ok",
  ],
  [
    escorted,
    {
      person: { traits: ["needs-escort"] },
      site: area("lobby", { escort: true }),
      more: { others: [someone("finn")] },
    },
    "waits-for-escort: nobody with him …",
  ],
  [
    escorted,
    {
      person: { traits: ["needs-escort"] },
      site: area("lobby", { escort: true }),
      more: { others: [someone("finn"), someone("gil", { traits: ["escort"] })] },
    },
    "ok: with gil",
  ],
  [
    escorted,
    {
      person: { traits: ["needs-escort"] },
      site: area("lobby", { escort: true }),
      more: { escort: someone("gil", { traits: ["escort"] }) },
    },
    "ok: with gil",
  ],
  [
    escorted,
    {
      person: { traits: ["needs-escort", "escort"] },
      site: area("lobby", { escort: true }),
      more: { others: [someone("ada", { traits: ["escort"] })] },
    },
    "waits-for-escort: nobody with him …",
  ],
  [
    escorted,
    {
      person: { traits: ["needs-escort"] },
      site: smallOffice({ areas: { lobby: { escort: true } }, doors: { front: { escort: false } } }),
    },
    "ok",
  ],
  [
    escorted,
    { person: { traits: ["needs-escort"] }, site: front({ escort: true }) },
    "waits-for-escort: nobody with him …",
  ],
  [escorted, { person: { traits: ["needs-escort"] }, site: front({ escort: true }), side: "inside" }, "ok"],

  [
    notFull,
    { site: area("lobby", { occupancy: { max: 2 } }), state: inLobby("finn", "gil") },
    "area-full: Lobby: 2 of 2",
  ],
  [
    notFull,
    {
      site: area("lobby", { occupancy: { max: 2 } }),
      state: inLobby("finn", "gil"),
      more: { openToAll: true },
    },
    "ok",
  ],
  [notFull, { site: area("lobby", { occupancy: { max: 2 } }), state: inLobby("finn", "ada") }, "ok"],
  [
    notFull,
    { site: area("lobby", { occupancy: { max: 1 } }), state: inLobby("finn") },
    "area-full: Lobby: 1 of 1",
  ],
  [notFull, { site: area("lobby", { occupancy: { max: 1 } }) }, "ok"],
  [
    notFull,
    { site: area("lobby", { occupancy: { max: 1 } }), state: waiting("finn") },
    "area-full: Lobby: 1 of 1",
  ],
  [notFull, { site: area("lobby", { occupancy: { max: 1 } }), state: waiting("ada") }, "ok"],
  [notFull, { site: area("lobby", { occupancy: { max: 1 } }), state: waiting("finn", "inside") }, "ok"],
  [
    notFull,
    {
      site: area("lobby", { occupancy: { max: 2 } }),
      state: state((made) => {
        for (const [id, door] of waiting("finn").doors) made.doors.set(id, door);
        for (const [id, was] of inLobby("finn").whereabouts) made.whereabouts.set(id, was);
      }),
    },
    "ok",
  ],
  [
    notFull,
    {
      site: area("lobby", { occupancy: { max: 1 } }),
      state: state((made) => {
        for (const [id, door] of waiting("finn").doors) made.doors.set(id, door);
        made.whereabouts.set("finn", {
          area: "street",
          since: local("07:00"),
          by: "front",
          how: "seen",
        } as never);
      }),
    },
    "area-full: Lobby: 1 of 1",
  ],
  [
    notFull,
    {
      site: smallOffice({
        areas: { lobby: { occupancy: { max: 2 } } },
        doors: { front: { persons: { count: 2 } } as never },
      }),
      more: { others: [someone("finn")] },
      state: inLobby("gil"),
    },
    "area-full: Lobby: 1 of 2",
  ],
  [
    notFull,
    {
      site: area("lobby", { occupancy: { max: 2 } }),
      more: { others: [someone("finn")] },
      state: inLobby("gil"),
    },
    "ok",
  ],

  [
    notAlone,
    { site: area("lobby", { occupancy: { min: 2 } }) },
    "waits-for-company: Lobby: 1 of at least 2 …",
  ],
  [notAlone, { site: area("lobby", { occupancy: { min: 2 } }), more: { others: [someone("finn")] } }, "ok"],
  [notAlone, { site: area("lobby", { occupancy: { min: 2 } }), state: inLobby("finn") }, "ok"],
  [notAlone, { site: area("lobby", { occupancy: { min: 2 } }), more: { openToAll: true } }, "ok"],
  [
    notAlone,
    { site: area("lobby", { occupancy: { min: 3 } }), side: "inside", state: inLobby("ada", "finn", "gil") },
    "ok",
  ],
  [
    notAlone,
    {
      site: threeInside,
      side: "inside",
      state: inLobby("ada", "finn", "gil"),
    },
    "waits-for-company: Lobby: 2 would stay of at least 3 …",
  ],
  [
    notAlone,
    {
      site: threeInside,
      side: "inside",
      state: inLobby("ada", "finn", "gil", "eve"),
    },
    "ok",
  ],
  [
    notAlone,
    {
      site: threeInside,
      side: "inside",
      state: inLobby("ada"),
    },
    "ok",
  ],
  [
    notAlone,
    {
      site: threeInside,
      side: "inside",
      state: inLobby("ada", "finn", "gil"),
      more: { others: [someone("finn"), someone("gil")] },
    },
    "ok",
  ],
  [
    notAlone,
    {
      site: smallOffice({ doors: { front: { exit: "controlled" } } }),
      side: "inside",
      state: inLobby("ada", "finn"),
    },
    "ok",
  ],

  [
    passback,
    { site: area("lobby", { passback: { kind: "hard" } as never }), state: inLobby("ada") },
    "passback-in: still in Lobby, since 2026-11-23 07:10",
  ],
  [
    passback,
    { site: area("lobby", { passback: { kind: "soft" } as never }), state: inLobby("ada") },
    "ok: noted, still in Lobby",
  ],
  [passback, { site: area("lobby", { passback: { kind: "hard" } as never }) }, "ok"],
];

describe("a rule tells", () => {
  test.each(table.map(([rule, given, words], n) => [rule.name, words, n, rule, given] as const))(
    "%s: %s (%i)",
    (_name, words, _n, rule, given) => {
      expect(told(rule, given)).toBe(words);
    },
  );
});

test("of several rights each tells what it lacks, but for those of other hours and those that deny", () => {
  const rights = [
    { when: { training: "welding" } },
    { when: { training: "laser" }, deny: true },
    { when: { firstIn: "it" } },
    { when: { firstIn: "it" }, from: local("09:00"), until: local("10:00") },
    {},
  ];
  const found = lacking(request({ rights }));
  expect(found.map(({ right, part }) => [right.when, part])).toEqual([
    [{ training: "welding" }, "training"],
    [{ firstIn: "it" }, "firstIn"],
  ]);
});

describe("the judge", () => {
  const broken: Rule = {
    name: "broken",
    judge: () => {
      throw new Error("out of order");
    },
  };

  test("lets in nobody whom he does not know, whatever the rules are", () => {
    for (const given of [{ card: null }, { person: null }, { card: null, person: null }])
      expect(judge(request(given), [])).toEqual({ is: "denied", reason: "fault", trace: [] });
    expect(judge(request(), [])).toMatchObject({ is: "granted" });
  });

  test("takes a rule that fails for a no, and asks a responder only what responders are asked", () => {
    expect(judge(request(), [broken])).toMatchObject({
      reason: "fault",
      trace: [["broken", "failed: out of order"]],
    });
    expect(firstNo(request(), [broken])).toEqual({ reason: "fault", found: "failed: Error: out of order" });
    const responder = request({ card: { responder: true } });
    expect(firstNo(responder, [broken])).toBeUndefined();
    expect(firstNo(responder, [{ ...broken, ofResponders: true }])).toMatchObject({ reason: "fault" });
    expect(firstNo(request({ card: null }), accessRules)).toMatchObject({ reason: "unknown-card" });
  });
});
