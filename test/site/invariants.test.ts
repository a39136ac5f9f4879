import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { SiteDocument } from "../../gateway/site/document.js";
import { areasWithoutWayOut } from "../../gateway/site/graph.js";
import { checkSite } from "../../gateway/site/invariants.js";
import { cpuMs } from "./cpu.js";
import { type Doors, frontDoor, officeDoor, smallHouse, storeDoor } from "./small-house.js";

function faults(overrides: Partial<SiteDocument>, options = {}): string[] {
  return checkSite(smallHouse(overrides), options).map(({ path, message }) => `${path}: ${message}`);
}
const withDoors = (...doors: Doors) => faults({ doors });

test("a sound building has no fault", () => {
  expect(faults({})).toEqual([]);
});

describe("no dead reference", () => {
  const lock = { kind: "fail-secure", mechanicalEgress: true } as const;
  test.each<[string, Partial<SiteDocument>, string]>([
    [
      "a door to an area that is not there",
      { doors: [frontDoor({ to: "loby" }), officeDoor(), storeDoor()] },
      "doors[0].to: there is no area loby; did you mean lobby?",
    ],
    [
      "a lock at a device that is not there",
      { doors: [frontDoor({ lock: { ...lock, point: "fornt/lock/1" } }), officeDoor(), storeDoor()] },
      "doors[0].lock.point: there is no device fornt; did you mean front?",
    ],
    [
      "a free schedule that is not there",
      { doors: [frontDoor({ freeSchedule: "night" }), officeDoor(), storeDoor()] },
      "doors[0].freeSchedule: there is no schedule night",
    ],
    [
      "a partition that is not there",
      { doors: [frontDoor({ partitions: { outside: "attic" } }), officeDoor(), storeDoor()] },
      "doors[0].partitions.outside: there is no partition attic",
    ],
    [
      "fire from a sensor of another type",
      { doors: [frontDoor({ fire: { motion: "unlock" } }), officeDoor(), storeDoor()] },
      "doors[0].fire.motion: there is no sensor of type fire motion",
    ],
    [
      "an area within one that is not there",
      {
        areas: [
          { id: "street", name: "S", outside: true },
          { id: "lobby", name: "L", parent: "houze" },
        ],
      },
      "areas[1].parent: there is no area houze",
    ],
    [
      "a sensor at an opening that is not there",
      { sensors: [{ id: "glass", name: "G", type: "glass-break", point: "io/input/1", opening: "window" }] },
      "sensors[0].opening: there is no opening window",
    ],
    [
      "a group at a door that is not there",
      { groups: [{ id: "staff", name: "S", access: [{ doors: ["back"], schedule: "always" }] }] },
      "groups[0].access[0].doors[0]: there is no door back",
    ],
    [
      "a group with a schedule that is not there",
      { groups: [{ id: "staff", name: "S", access: [{ doors: ["front"], schedule: "ours" }] }] },
      "groups[0].access[0].schedule: there is no schedule ours; did you mean hours?",
    ],
    [
      "a right to an area that no door leads into",
      { groups: [{ id: "staff", name: "S", access: [{ areas: ["street"], schedule: "always" }] }] },
      "groups[0].access[0].areas[0]: no door leads into the area street",
    ],
    [
      "a tenant that is not there",
      { partitions: [{ id: "ground", name: "G", tenant: "other" }] },
      "partitions[0].tenant: there is no tenant other",
    ],
    [
      "a member that is not there",
      { partitions: [{ id: "ground", name: "G", members: ["first"] }] },
      "partitions[0].members[0]: there is no partition first",
    ],
  ])("%s", (_what, overrides, fault) => {
    expect(faults(overrides)).toContainEqual(expect.stringContaining(fault));
  });

  test("a driver that this gateway lacks", () => {
    expect(faults({}, { drivers: ["mqtt"] })).toEqual([]);
    expect(faults({}, { drivers: ["osdp"] })).toContain("devices[0].driver: there is no driver mqtt");
  });
});

describe("nothing twice", () => {
  test("an id", () => {
    expect(withDoors(frontDoor(), officeDoor({ id: "front" }), storeDoor())).toContain(
      "doors[1].id: there is another door with the id front",
    );
  });
  test("a terminal, whatever it is used as", () => {
    expect(withDoors(frontDoor({ contact: "front/input/2" }), officeDoor(), storeDoor())).toContain(
      "doors[0].exitButton: front/input/2 is wired to doors[0].contact already",
    );
    expect(withDoors(frontDoor(), officeDoor({ contact: "io/input/2" }), storeDoor())).toContain(
      "sensors[1].point: io/input/2 is wired to doors[1].contact already",
    );
  });
  test("the schedule that is built in", () => {
    const schedules = [...(smallHouse().schedules ?? []), { id: "always", name: "Mine", week: [] }];
    expect(faults({ schedules })).toEqual(["schedules[1].id: always is built in; choose another id"]);
  });
  test("a card format", () => {
    expect(faults({ cardFormats: ["H10301", "H10301"] })).toEqual(["cardFormats[1]: H10301 is listed twice"]);
  });
});

describe("what is described fits together", () => {
  test("areas do not run in a circle", () => {
    const areas = [
      { id: "street", name: "S", outside: true },
      { id: "lobby", name: "L", parent: "office" },
      { id: "office", name: "O", parent: "store" },
      { id: "store", name: "T", parent: "lobby" },
      { id: "house", name: "H" },
    ];
    expect(faults({ areas })).toContainEqual(
      expect.stringMatching(/^areas\[3\]\.parent: runs in a circle: lobby → office → store → lobby/),
    );
  });
  test("nor do partitions", () => {
    expect(faults({ partitions: [{ id: "ground", name: "G", members: ["ground"] }] })).toContain(
      "partitions[0].members: runs in a circle: ground → ground",
    );
  });
  test("a door leads somewhere else", () => {
    expect(withDoors(frontDoor({ from: "lobby" }), officeDoor(), storeDoor())).toContainEqual(
      expect.stringContaining("doors[0].to: leads from lobby to lobby itself"),
    );
  });
  test("a passage is seen by a contact", () => {
    const { contact: _none, ...blind } = frontDoor({ passage: "contact" });
    expect(withDoors(blind, officeDoor(), storeDoor())).toEqual([
      "doors[0].passage: contact needs a contact, and the door front has none",
    ]);
    const { passage: _contact, ...quiet } = blind;
    expect(withDoors(quiet, officeDoor(), storeDoor())).toEqual([]);
  });
  test("a controlled exit has a reader inside", () => {
    expect(withDoors(frontDoor({ exit: "controlled" }), officeDoor(), storeDoor())).toEqual([
      "doors[0].exit: controlled needs a reader on the inside of the door front",
    ]);
  });
  test("what only a fire input can do is not asked of another sensor", () => {
    expect(
      faults({
        sensors: [
          { id: "fire", name: "F", type: "fire", point: "io/input/1" },
          { id: "wet", name: "W", type: "water", point: "io/input/3", action: "unlock", onFault: "release" },
        ],
      }),
    ).toEqual([
      "sensors[1].action: is only for sensors of type fire, wet is of type water",
      "sensors[1].onFault: is only for sensors of type fire, wet is of type water",
    ]);
  });
  test("a window of no length is refused, since the whole day was probably meant", () => {
    const week = [{ days: ["mon" as const], from: "08:00", to: "08:00" }];
    expect(faults({ schedules: [{ id: "hours", name: "H", week }] })).toEqual([
      "schedules[0].week[0].to: opens and closes at 08:00; for the whole day write 00:00 to 24:00",
    ]);
  });
  test("holidays end after they begin", () => {
    expect(faults({ holidays: [{ from: "2026-12-31", to: "2026-12-24", name: "Closed" }] })).toEqual([
      "holidays[0].to: ends on 2026-12-24, before it begins on 2026-12-31",
    ]);
  });
  test("a right is a right to something", () => {
    expect(faults({ groups: [{ id: "staff", name: "S", access: [{ schedule: "always" }] }] })).toEqual([
      "groups[0].access[0]: names neither doors, door groups nor areas",
    ]);
  });
  test("two card formats that no reader can tell apart are refused, two that differ are not", () => {
    expect(faults({ cardFormats: ["H10302", "H10304"] })).toEqual([
      expect.stringMatching(
        /^cardFormats\[1\]: H10304 and H10302 have the same length and cannot be told apart/,
      ),
    ]);
    expect(faults({ cardFormats: ["H10301", "C15001", "S12906", "H10304"] })).toEqual([]);
  });
});

describe("everybody gets out", () => {
  const secure = { point: "front/lock/1", kind: "fail-secure" } as const;
  const magnet = { point: "front/lock/1", kind: "fail-safe" } as const;
  const rest = [officeDoor(), storeDoor()] as const;

  test("one area at least is outside", () => {
    const areas = smallHouse().areas.map(({ outside: _none, ...area }) => area);
    expect(faults({ areas })).toEqual([
      "areas: no area is outside: one needs outside: true, where escape routes end",
    ]);
  });
  test("a lock that stays locked without power needs a handle inside", () => {
    expect(withDoors(frontDoor({ lock: secure }), ...rest)).toContainEqual(
      expect.stringMatching(/^doors\[0\]\.lock\.mechanicalEgress: the door front stays locked without power/),
    );
    expect(withDoors(frontDoor({ lock: { ...secure, wiredRelease: true } }), ...rest)).toContainEqual(
      expect.stringMatching(/^doors\[0\]\.lock\.mechanicalEgress/),
    );
  });
  test("a reader inside is refused without a handle or something to break", () => {
    const inside = {
      readers: { outside: "front/reader/1", inside: "front/reader/2" },
      fire: { fire: "unlock" },
    } as const;
    expect(withDoors(frontDoor({ ...inside, lock: magnet }), ...rest)).toEqual([
      "doors[0].lock: the door front has a reader inside: it needs mechanical egress or a wired emergency release, confirmed by the installer",
    ]);
    expect(withDoors(frontDoor({ ...inside, lock: { ...magnet, wiredRelease: true } }), ...rest)).toEqual([]);
    expect(withDoors(frontDoor({ ...inside, lock: { ...secure, mechanicalEgress: true } }), ...rest)).toEqual(
      [],
    );
  });
  test("a controlled exit likewise, and then a button does not open a way out", () => {
    const controlled = {
      readers: { inside: "front/reader/2" },
      exit: "controlled",
      fire: { fire: "unlock" },
    } as const;
    expect(withDoors(frontDoor({ ...controlled, lock: magnet }), ...rest)).toEqual([
      expect.stringMatching(/^doors\[0\]\.lock: the door front has controlled exit/),
      expect.stringMatching(/^areas\[2\]: the area lobby cannot be left without a right/),
      expect.stringMatching(/^areas\[3\]: the area office cannot be left/),
      expect.stringMatching(/^areas\[4\]: the area store cannot be left/),
    ]);
  });
  test("a lock that holds against exit is unlocked by fire, or by wire", () => {
    const { fire: _none, ...deaf } = storeDoor();
    expect(withDoors(frontDoor(), officeDoor(), deaf)).toEqual([
      expect.stringMatching(
        /^doors\[2\]\.fire: the lock of door store holds against exit, and no fire input unlocks it/,
      ),
    ]);
    const [fire, motion] = smallHouse().sensors ?? [];
    if (!fire || !motion) throw new Error("the small house has no fire input");
    expect(
      faults({ doors: [frontDoor(), officeDoor(), deaf], sensors: [{ ...fire, action: "unlock" }, motion] }),
    ).toEqual([]);
    expect(
      withDoors(frontDoor(), officeDoor(), { ...deaf, lock: { ...deaf.lock, wiredRelease: true } }),
    ).toEqual([]);
    expect(faults({ doors: [frontDoor(), officeDoor(), deaf], sensors: [motion] })).toEqual([
      expect.stringMatching(/^doors\[2\]\.fire: .* no fire input reaches it: add a sensor of type fire/),
    ]);
  });
  test("from every area some path of doors that open from inside leads outside", () => {
    const { exitButton: _none, ...mute } = storeDoor();
    expect(withDoors(frontDoor(), officeDoor(), mute)).toEqual([
      expect.stringMatching(/^areas\[4\]: the area store cannot be left without a right/),
    ]);
    // A second door of the store makes up for it.
    const hatch = storeDoor({
      id: "hatch",
      from: "street",
      readers: {},
      lock: { point: "io/lock/1", kind: "fail-secure", mechanicalEgress: true },
      exitButton: "io/input/9",
    });
    expect(withDoors(frontDoor(), officeDoor(), mute, hatch)).toEqual([]);
    // Unless it is one through which one only comes in: what is a way out is decided on its inside.
    const entrance = { ...hatch, from: "store", to: "street" };
    expect(withDoors(frontDoor(), officeDoor(), mute, entrance)).toHaveLength(1);
  });
  test("an area without a door is a part of its parent, and one without either is a trap", () => {
    const areas = [...smallHouse().areas, { id: "kitchen", name: "Kitchen", parent: "office" }];
    expect(faults({ areas })).toEqual([]);
    expect(faults({ areas: [...smallHouse().areas, { id: "cellar", name: "Cellar" }] })).toEqual([
      "areas[5]: the area cellar cannot be left: it has no door and is part of no area that can be left; give it a door or the parent to which it is open",
    ]);
  });

  test("a room with a door of its own is not left through its parent: its walls are shut", () => {
    // The lobby is left by the front door, and the store is a part of it, behind a door that only a card opens from inside.
    const areas = smallHouse().areas.map((area) =>
      area.id === "store" ? { ...area, parent: "lobby" } : area,
    );
    const { exitButton: _none, ...mute } = storeDoor();
    expect(faults({ areas, doors: [frontDoor(), officeDoor(), mute] })).toContainEqual(
      expect.stringMatching(/^areas\[4\]: the area store cannot be left without a right/),
    );
  });

  test("in any building, an area is accepted exactly if walking out of it without a card ends outside", () => {
    const places = ["street", "a", "b", "c", "d", "e"];
    const door = fc.record({
      from: fc.constantFrom(...places),
      to: fc.constantFrom(...places),
      opens: fc.boolean(),
    });
    fc.assert(
      fc.property(fc.array(door, { maxLength: 12 }), (edges) => {
        const areas = places.map((id) => ({ id, name: id, ...(id === "street" ? { outside: true } : {}) }));
        const doors = edges.map(({ from, to, opens }, index) =>
          officeDoor({
            id: `d${index}`,
            from,
            to,
            lock: { point: `x/lock/${index + 1}`, kind: "fail-safe", mechanicalEgress: opens },
          }),
        );
        const trapped = areasWithoutWayOut(smallHouse({ areas, doors })).map((area) => area.id);
        const walksOut = (start: string): boolean => {
          let reached = new Set([start]);
          for (let step = 0; step < places.length; step += 1) {
            reached = new Set([
              ...reached,
              ...edges.filter((e) => e.opens && reached.has(e.to)).map((e) => e.from),
            ]);
          }
          return reached.has("street");
        };
        expect(trapped).toEqual(places.filter((place) => !walksOut(place)));
      }),
      { numRuns: 300 },
    );
  });
});

test("a chain of 2,000 areas, with a right to each, is checked in a moment", () => {
  const chain = Array.from({ length: 2_000 }, (_, index) => ({
    id: `a${index}`,
    name: `Area ${index}`,
    ...(index === 0 ? { outside: true } : { parent: `a${index - 1}` }),
  }));
  const access = [{ areas: chain.map((area) => area.id), schedule: "always" }];
  const document = smallHouse({ areas: chain, groups: [{ id: "g", name: "G", access }] });
  expect(cpuMs(() => checkSite(document))).toBeLessThan(2_000);
});
