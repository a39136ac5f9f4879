/** The building's day: carries out one act after the other, at the pace it is given, several at a time. */
import { setTimeout as pass } from "node:timers/promises";
import type { Building, BuildingDoor, Side } from "./building.js";
import type { Night } from "./night.js";
import { type Act, isOverture, type Manner, nextAct, type Town, wayHome } from "./plan.js";
import { type Random, seededRandom } from "./random.js";
import { Rights } from "./rights.js";
import type { Watch } from "./watch.js";
import type { Card, SiteWires } from "./wires.js";

export interface StoryOptions {
  readonly site: SiteWires;
  readonly cards: readonly Card[];
  readonly building: Building;
  /** How many times busier than a real day, from one happening in four minutes at 1. People walk and doors fall shut as ever. */
  readonly pace: number;
  readonly seed: number;
  /** Who arms and disarms it, and its nights; absent: nobody does, and it has none. */
  readonly night?: { readonly watch: Watch; readonly passes: Night; readonly first: boolean };
  /** Told of each act as it begins. */
  readonly onAct?: (act: Act) => void;
}

const realGapMs = 240_000;
/** In the overture something happens at least this often, whatever the pace. */
const overtureGapMs = 4_000;
const firstGapMs = 300;
/** How often a story without a gateway looks whether it is back. */
const lookAgainMs = 250;
/** More at a time are not started: a pace that the doors cannot follow. */
const mostActs = 25;

/** A night comes after the overture, and again after so many acts. */
const actsOfADay = 150;

const handAtTheDoorMs = 2_000;
const pulseOverMs = 8_000;

export class Story {
  readonly #options: StoryOptions;
  readonly #rights: Rights;
  readonly #doors: ReadonlyMap<string, BuildingDoor>;
  /** Where everybody is; who is not listed is outside. */
  readonly #areas = new Map<string, string>();
  readonly #busy = new Set<string>();
  /** Who stands before or in a door, so that the next one waits. */
  readonly #queues = new Map<string, Promise<void>>();
  readonly #home: string;
  readonly #running = new Set<Promise<void>>();

  constructor(options: StoryOptions) {
    this.#options = options;
    this.#rights = new Rights(options.site);
    this.#doors = new Map(options.building.doors.map((door) => [door.id, door]));
    this.#home = homeOf(options.site, options.building);
  }

  /** Runs until the signal; resolves when everybody has let go of everything. */
  async run(signal: AbortSignal): Promise<void> {
    const { building, seed, onAct } = this.#options;
    const clock = seededRandom(seed);
    try {
      await pass(firstGapMs, undefined, { signal });
      for (let index = 0; ; ) {
        if (!building.anyConnected || this.#running.size >= mostActs) {
          await pass(lookAgainMs, undefined, { signal });
          continue;
        }
        // Chance of its own for each act: how long another one takes does not change what comes next.
        const chance = seededRandom(seed * 1_000_003 + index);
        if (this.#isNight(index)) await this.#night(chance, signal);
        const act = nextAct(index, this.#town(), chance);
        index += 1;
        if (act) {
          onAct?.(act);
          this.#begin(act, chance, signal);
        }
        await pass(this.#gapMs(index, clock), undefined, { signal });
      }
    } catch (error) {
      if (!signal.aborted) throw error;
    } finally {
      await Promise.all(this.#running);
    }
  }

  #isNight(index: number): boolean {
    if (index === 0) return this.#options.night?.first === true;
    return !isOverture(index) && isOverture(index - 1) ? true : index % actsOfADay === 0;
  }

  /** Everybody goes home first; until it is over nothing else happens. */
  async #night(chance: Random, signal: AbortSignal): Promise<void> {
    const { night, cards } = this.#options;
    if (!night) return;
    await Promise.all(this.#running);
    for (const card of cards) {
      const home = wayHome(card, this.#town());
      if (home) this.#begin(home, chance, signal);
    }
    // A detector that somebody sets off on the way is another act.
    while (this.#running.size > 0) await Promise.all(this.#running);
    await night.passes.pass(signal);
  }

  #gapMs(index: number, clock: Random): number {
    const meanMs = realGapMs / this.#options.pace;
    const mean = isOverture(index) ? Math.min(meanMs, overtureGapMs) : meanMs;
    return mean * clock.between(0.3, 1.7);
  }

  #town(): Town {
    const { site, cards, building } = this.#options;
    return {
      site,
      rights: this.#rights,
      doors: building.doors.map(({ wires }) => wires),
      sensors: building.sensors,
      cards,
      at: Date.now(),
      areaOf: (person) => this.#areas.get(person) ?? this.#home,
      isBusy: (person) => this.#busy.has(person),
      isArmed: (partition) => this.#options.night?.watch.isArmed(partition) === true,
    };
  }

  #begin(act: Act, chance: Random, signal: AbortSignal): void {
    const running = this.#perform(act, chance, signal)
      .catch((error: unknown) => {
        if (!signal.aborted) throw error;
      })
      .finally(() => this.#running.delete(running));
    this.#running.add(running);
  }

  async #perform(act: Act, chance: Random, signal: AbortSignal): Promise<void> {
    switch (act.act) {
      case "walk":
        return this.#walk(act, chance, signal);
      case "try":
        return this.#atDoor(act.door.id, async (door) => {
          await door.present(act.side, act.raw, signal);
        });
      case "force":
        return this.#atDoor(act.door.id, (door) => this.#force(door, chance, signal));
      case "trip":
        return this.#options.building.trip(act.sensor, act.forMs, signal);
    }
  }

  async #walk({ card, doors, manner }: Extract<Act, { act: "walk" }>, chance: Random, signal: AbortSignal) {
    const { person } = card;
    this.#busy.add(person);
    try {
      for (const [index, { id }] of doors.entries()) {
        if (index > 0) await pass(chance.between(1_500, 4_000), undefined, { signal });
        const here = index === doors.length - 1 ? manner : "through";
        const passed = await this.#atDoor(id, (door) => this.#passDoor(door, card, here, chance, signal));
        if (!passed) return;
      }
    } finally {
      this.#busy.delete(person);
    }
  }

  /** true: through. false: still on this side. */
  async #passDoor(
    door: BuildingDoor,
    card: Card,
    manner: Manner,
    chance: Random,
    signal: AbortSignal,
  ): Promise<boolean> {
    const { from, to, openMs } = door.wires;
    const side: Side = (this.#areas.get(card.person) ?? this.#home) === from ? "outside" : "inside";
    if (!door.standsFree) {
      if (door.hasReader(side)) {
        if ((await door.present(side, card.raw, signal)) !== "granted") return false;
      } else if (side === "inside" && door.hasExitButton) {
        await door.pressExitButton();
      } else {
        return false;
      }
      // Called back at the last moment: the lock opens for nobody.
      if (manner === "turn-back") return false;
      if (!(await door.unlocks(handAtTheDoorMs, signal))) return false;
      await pass(chance.between(200, 900), undefined, { signal });
    }
    if (!door.open()) return false;
    try {
      await pass(chance.between(1_200, 2_800), undefined, { signal });
      this.#enter(card.person, side === "outside" ? to : from, chance, signal);
      if (manner === "prop") await pass(openMs + chance.between(5_000, 12_000), undefined, { signal });
    } finally {
      door.close();
    }
    return true;
  }

  async #force(door: BuildingDoor, chance: Random, signal: AbortSignal): Promise<void> {
    // Not while the last passage's pulse runs: it would be a door that was left ajar.
    if (!door.isLocked) await pass(pulseOverMs, undefined, { signal });
    if (!door.isLocked || door.isOpen) return;
    door.open("crowbar");
    try {
      await pass(chance.between(4_000, 9_000), undefined, { signal });
    } finally {
      door.close();
    }
  }

  #enter(person: string, area: string, chance: Random, signal: AbortSignal): void {
    if (area === this.#home) this.#areas.delete(person);
    else this.#areas.set(person, area);
    const { building } = this.#options;
    const sensor = building.sensors.find((each) => each.type === "motion" && each.area === area);
    // Detectors rest between two movements, as those on batteries do.
    if (sensor && chance.chance(0.3)) {
      this.#begin({ act: "trip", sensor, forMs: chance.between(1_500, 4_000) }, chance, signal);
    }
  }

  /** One at a time in each doorway. */
  async #atDoor<T>(id: string, use: (door: BuildingDoor) => Promise<T>): Promise<T> {
    const door = this.#doors.get(id);
    if (!door) throw new Error(`door ${id}: not among the doors of this building`);
    const before = this.#queues.get(id);
    const mine = Promise.resolve(before).then(() => use(door));
    const done = mine.then(
      () => {},
      () => {},
    );
    this.#queues.set(id, done);
    return mine;
  }
}

/** The outdoors that most doors lead in from: where everybody comes from. */
function homeOf(site: SiteWires, building: Building): string {
  const count = (area: string) => building.doors.filter(({ wires }) => wires.from === area).length;
  const outdoors = site.areas.filter(({ outside }) => outside).map(({ id }) => id);
  return outdoors.sort((a, b) => count(b) - count(a))[0] ?? "outside";
}
