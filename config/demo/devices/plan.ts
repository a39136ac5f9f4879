/** What happens next in the demo building: chosen from how things stand, by chance, and by nothing else. */
import type { Side } from "./building.js";
import { wallClock } from "./calendar.js";
import { type RawCredential, strangersCard } from "./cards.js";
import type { Random } from "./random.js";
import type { Rights } from "./rights.js";
import type { Card, DoorWires, SensorWires, SiteWires } from "./wires.js";

/** What somebody does once the door would let them. */
export type Manner = "through" | "turn-back" | "prop";

export type Act =
  | {
      readonly act: "walk";
      readonly why: "arrival" | "errand" | "departure";
      readonly card: Card;
      readonly doors: readonly DoorWires[];
      /** At the last of these doors. */
      readonly manner: Manner;
    }
  | {
      readonly act: "try";
      readonly why: Refusal;
      readonly door: DoorWires;
      readonly side: Side;
      readonly raw: RawCredential;
    }
  | { readonly act: "force"; readonly door: DoorWires }
  | { readonly act: "trip"; readonly sensor: SensorWires; readonly forMs: number };

type Refusal = "stranger" | "not-valid" | "outside-schedule" | "no-right";

/** How things stand. */
export interface Town {
  readonly site: SiteWires;
  readonly rights: Rights;
  readonly doors: readonly DoorWires[];
  readonly sensors: readonly SensorWires[];
  readonly cards: readonly Card[];
  readonly at: number;
  areaOf(person: string): string;
  isBusy(person: string): boolean;
  /** As the lamps at the readers show it. */
  isArmed(partition: string | undefined): boolean;
}

type Kind =
  | "arrival"
  | "errand"
  | "departure"
  | Refusal
  | "turn-back"
  | "prop"
  | "force"
  | "motion"
  | "window"
  | "water"
  | "heat"
  | "mains";

/** The demo's first moments: something of everything, for whoever has just opened the page. */
const overture: readonly Kind[] = [
  "arrival",
  "arrival",
  "stranger",
  "errand",
  "motion",
  "no-right",
  "arrival",
  "departure",
  "not-valid",
  "prop",
  "arrival",
  "outside-schedule",
  "force",
  "turn-back",
  "water",
];

/** Longer than this, nobody waits to see a propped door being told of. */
const longestPropMs = 60_000;
/** How many people are asked to go somewhere before nobody does. */
const tries = 12;

/** The `index`-th act, or undefined: nothing to be done as things stand. The same town and random give the same act. */
export function nextAct(index: number, town: Town, random: Random): Act | undefined {
  const planned = overture[index];
  const first = planned === undefined ? undefined : planners[planned](town, random);
  if (first) return first;
  for (let left = weights(town); ; ) {
    const kind = random.weighted(left);
    if (kind === undefined) return undefined;
    const act = planners[kind](town, random);
    if (act) return act;
    left = left.filter(([, each]) => each !== kind);
  }
}

export function isOverture(index: number): boolean {
  return index < overture.length;
}

/** Out of a hundred happenings or so; comings and goings follow the hour. */
function weights(town: Town): (readonly [number, Kind])[] {
  const workers = town.cards.filter((card) => isUsable(card, town));
  const present = workers.filter(({ person }) => !isOutside(town, town.areaOf(person))).length;
  const missing = wantedShare(town) * workers.length - present;
  return [
    [missing > 0 ? 34 : 10, "arrival"],
    [30, "errand"],
    [missing > 0 ? 8 : 28, "departure"],
    [4, "stranger"],
    [5, "no-right"],
    [4, "not-valid"],
    [4, "outside-schedule"],
    [3, "turn-back"],
    [1.5, "prop"],
    [0.7, "force"],
    [8, "motion"],
    [2, "window"],
    [0.4, "water"],
    [0.3, "heat"],
    [0.3, "mains"],
  ];
}

/** By hour of a working day, the share of those who may be in that is in; between two entries it moves evenly. */
const shareByHour: readonly (readonly [hour: number, share: number])[] = [
  [0, 0.05],
  [6, 0.1],
  [9, 0.8],
  [12, 0.75],
  [13, 0.55],
  [14, 0.8],
  [16, 0.75],
  [19, 0.15],
  [24, 0.05],
];
const weekendShare = 0.3;

function wantedShare({ site, at }: Town): number {
  const { weekday, minutes } = wallClock(at, site.site.timeZone);
  if (weekday === "sat" || weekday === "sun") return weekendShare;
  const hour = minutes / 60;
  const next = shareByHour.findIndex(([from]) => from > hour);
  const [toHour, toShare] = shareByHour[next] ?? [24, 0];
  const [fromHour, fromShare] = shareByHour[next - 1] ?? [0, 0];
  return fromShare + ((toShare - fromShare) * (hour - fromHour)) / (toHour - fromHour);
}

const planners: Readonly<Record<Kind, (town: Town, random: Random) => Act | undefined>> = {
  arrival: (town, random) => walk("arrival", town, random),
  errand: (town, random) => walk("errand", town, random),
  departure: (town, random) => walk("departure", town, random),
  "turn-back": (town, random) => walk("arrival", town, random, "turn-back"),
  prop: (town, random) => walk(random.chance(0.5) ? "errand" : "arrival", town, random, "prop"),
  stranger: (town, random) => {
    const door = random.pick(town.doors.filter((each) => each.readers.outside && isOutside(town, each.from)));
    return door && { act: "try", why: "stranger", door, side: "outside", raw: strangersCard(random) };
  },
  "not-valid": (town, random) => refused("not-valid", town, random),
  "outside-schedule": (town, random) => refused("outside-schedule", town, random),
  "no-right": (town, random) => refused("no-right", town, random),
  force: (town, random) => {
    const door = random.pick(
      town.doors.filter(
        ({ contact, mode, partitions }) =>
          contact && mode === "card" && !town.isArmed(partitions.inside) && !town.isArmed(partitions.outside),
      ),
    );
    return door && { act: "force", door };
  },
  motion: (town, random) => trip("motion", [1_500, 5_000], town, random),
  window: (town, random) => trip("contact", [8_000, 40_000], town, random),
  water: (town, random) => trip("water", [4_000, 8_000], town, random),
  heat: (town, random) => trip("temperature", [10_000, 30_000], town, random),
  mains: (town, random) => trip("mains", [10_000, 30_000], town, random),
};

function trip(
  type: SensorWires["type"],
  [shortest, longest]: readonly [number, number],
  town: Town,
  random: Random,
): Act | undefined {
  // Nobody is where it is armed, and a window stays shut there.
  const sensor = random.pick(
    town.sensors.filter((each) => each.type === type && !town.isArmed(each.partition)),
  );
  return sensor && { act: "trip", sensor, forMs: Math.round(random.between(shortest, longest)) };
}

/** Somebody holds a card where it will not do: at a door they stand before, or with a bad card at one from outside. */
function refused(why: Exclude<Refusal, "stranger">, town: Town, random: Random): Act | undefined {
  const standing = town.cards.flatMap((card) =>
    town.isBusy(card.person)
      ? []
      : town.doors
          .filter(({ readers, from }) => readers.outside && from === town.areaOf(card.person))
          .filter((door) => town.rights.expect(card, door, town.at) === why)
          .map((door) => ({ card, door })),
  );
  const chosen = random.pick(standing);
  return chosen && { act: "try", why, door: chosen.door, side: "outside", raw: chosen.card.raw };
}

function walk(
  why: "arrival" | "errand" | "departure",
  town: Town,
  random: Random,
  manner: Manner = "through",
): Act | undefined {
  const startsOutside = why === "arrival";
  const endsOutside = why === "departure";
  const walkers = town.cards.filter(
    (card) =>
      !town.isBusy(card.person) &&
      isUsable(card, town) &&
      isOutside(town, town.areaOf(card.person)) === startsOutside,
  );
  // Some who are about cannot go anywhere now.
  for (let n = 0; n < tries && walkers.length > 0; n++) {
    const card = random.pick(walkers);
    if (!card) return undefined;
    const ways = [...waysFrom(town.areaOf(card.person), card, town)].filter(
      ([area]) => isOutside(town, area) === endsOutside,
    );
    const doors = endsOutside ? shortest(ways) : random.pick(ways)?.[1];
    if (doors && doors.length > 0 && suits(manner, doors)) return { act: "walk", why, card, doors, manner };
  }
  return undefined;
}

/** The shortest way out for somebody who is inside; undefined: none, or somebody is on his way already. */
export function wayHome(card: Card, town: Town): Extract<Act, { act: "walk" }> | undefined {
  const from = town.areaOf(card.person);
  if (town.isBusy(card.person) || isOutside(town, from)) return undefined;
  const doors = shortest([...waysFrom(from, card, town)].filter(([area]) => isOutside(town, area)));
  return doors && { act: "walk", why: "departure", card, doors, manner: "through" };
}

function suits(manner: Manner, doors: readonly DoorWires[]): boolean {
  const last = doors.at(-1);
  return manner !== "prop" || (last?.contact !== undefined && last.openMs <= longestPropMs);
}

function shortest(ways: readonly (readonly [string, readonly DoorWires[]])[]) {
  return ways.map(([, doors]) => doors).sort((a, b) => a.length - b.length)[0];
}

/** Everywhere that this card leads to from here, with the doors on the way, the fewest first. */
function waysFrom(from: string, card: Card, town: Town): ReadonlyMap<string, readonly DoorWires[]> {
  const ways = new Map<string, readonly DoorWires[]>([[from, []]]);
  for (const [area, doors] of ways) {
    for (const door of town.doors) {
      const beyond = area === door.from ? door.to : area === door.to ? door.from : undefined;
      if (beyond === undefined || ways.has(beyond)) continue;
      if (leads(door, area === door.from ? "outside" : "inside", card, town)) {
        ways.set(beyond, [...doors, door]);
      }
    }
  }
  ways.delete(from);
  return ways;
}

function leads(door: DoorWires, side: Side, card: Card, town: Town): boolean {
  if (town.isArmed(side === "outside" ? door.partitions.inside : door.partitions.outside)) return false;
  if (door.readers[side]) return town.rights.expect(card, door, town.at) === "granted";
  return side === "inside" ? door.exitButton !== undefined : door.mode === "free";
}

function isUsable(card: Card, town: Town): boolean {
  return (
    town.doors.some((door) => town.rights.expect(card, door, town.at) === "granted") ||
    !isOutside(town, town.areaOf(card.person))
  );
}

function isOutside({ site }: Pick<Town, "site">, area: string): boolean {
  return site.areas.some(({ id, outside }) => id === area && outside);
}
