/** Who would be let in where, as somebody knows it who works there: for choosing whom the story sends, not for deciding. */
import { holds, wallClock } from "./calendar.js";
import type { Card, DoorWires, SiteWires } from "./wires.js";

export type Expectation = "granted" | "not-valid" | "outside-schedule" | "no-right";

export class Rights {
  readonly #site: SiteWires;
  /** By group and door, the schedules in any of which it opens. */
  readonly #schedules = new Map<string, string[]>();
  /** The schedules that hold at one instant: asked of for every card and door of a moment. */
  #holding = { at: Number.NaN, schedules: new Set<string>() };

  constructor(site: SiteWires) {
    this.#site = site;
    for (const group of site.groups) {
      for (const { doors, areas, schedule } of group.access) {
        for (const door of [...doors, ...areas.flatMap((area) => this.#doorsInto(area))]) {
          const key = `${group.id} ${door}`;
          this.#schedules.set(key, [...(this.#schedules.get(key) ?? []), schedule]);
        }
      }
    }
  }

  expect(card: Card, door: DoorWires, at: number): Expectation {
    if (card.status !== "active") return "not-valid";
    if (card.validFrom !== undefined && at < card.validFrom) return "not-valid";
    if (card.validUntil !== undefined && at >= card.validUntil) return "not-valid";
    const schedules = card.groups.flatMap((group) => this.#schedules.get(`${group} ${door.id}`) ?? []);
    if (schedules.length === 0) return "no-right";
    return schedules.some((schedule) => this.#holds(schedule, at)) ? "granted" : "outside-schedule";
  }

  #holds(id: string, at: number): boolean {
    if (this.#holding.at !== at) {
      const { schedules, holidays, site } = this.#site;
      const now = wallClock(at, site.timeZone);
      const open = schedules.filter((schedule) => holds(schedule, holidays, now));
      this.#holding = { at, schedules: new Set(["always", ...open.map((schedule) => schedule.id)]) };
    }
    return this.#holding.schedules.has(id);
  }

  /** A right to an area opens every door that leads into it, or into a part of it, from outside of it. */
  #doorsInto(area: string): string[] {
    const within = new Set([area]);
    for (const id of within) {
      for (const child of this.#site.areas) if (child.parent === id) within.add(child.id);
    }
    return this.#site.doors.filter(({ from, to }) => within.has(to) && !within.has(from)).map(({ id }) => id);
  }
}
