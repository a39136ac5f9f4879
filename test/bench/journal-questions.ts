/** Questions about a made journal (`journal-fill.ts`): every kind of condition, alone and together, frequent, rare and matching nothing. */
import type { EventCategory, SiteEvent } from "../../gateway/core/events.js";
import type { EventFilter, Journal } from "../../gateway/ports.js";
import { doors, people, randomFrom, tenants } from "./journal-fill.js";

export interface Question {
  readonly name: string;
  readonly filter: EventFilter;
  readonly from: "newest" | "middle" | "oldest";
  readonly direction: "before" | "after";
}

export interface Span {
  readonly fromAt: number;
  readonly toAt: number;
}

type Condition = (random: () => number, span: Span) => EventFilter;

const dayMs = 86_400_000;

function oneOf<T>(random: () => number, items: readonly T[]): T {
  const item = items[Math.floor(random() * items.length)];
  if (item === undefined) throw new Error("nothing to choose from");
  return item;
}

/** Each with a frequent, a rare and an absent value. */
const conditions: Readonly<Record<string, Condition>> = {
  category: (random) => ({
    categories: [oneOf(random, ["access", "door", "device", "safety", "audit", "alarm"] as const)],
  }),
  type: (random) => ({
    types: [
      oneOf(random, [
        "access.granted",
        "access.denied",
        "door.opened",
        "door.forced",
        "safety.fire",
        "device.tamper",
        "device.battery-low",
        "audit.owner-claimed",
      ]),
    ],
  }),
  types: (random) => ({
    types: [
      oneOf(random, ["door.forced", "door.held-open", "access.denied"]),
      oneOf(random, ["safety.fire", "system.lost"]),
      "access.granted",
    ],
  }),
  severity: (random) => ({ severities: [oneOf(random, ["info", "notice", "warning", "critical"] as const)] }),
  door: (random) => ({
    door: oneOf(random, ["door-0", `door-${Math.floor(random() * doors)}`, "door-nowhere"]),
  }),
  area: (random) => ({
    area: oneOf(random, ["area-0", `area-${Math.floor(random() * 120)}`, "area-nowhere"]),
  }),
  person: (random) => ({
    person: oneOf(random, [
      "p0",
      `p${Math.floor(random() ** 2 * people)}`,
      `p${Math.floor(random() * people)}`,
      "p-nobody",
    ]),
  }),
  credential: (random) => ({
    credential: oneOf(random, ["c0-1", `c${Math.floor(random() * people)}-1`, "c-none"]),
  }),
  device: (random) => ({
    device: oneOf(random, ["reader-0", `reader-${Math.floor(random() * doors)}`, "lock-nowhere"]),
  }),
  sensor: (random) => ({ sensor: oneOf(random, ["sensor-0", `sensor-${Math.floor(random() * 1500)}`]) }),
  reason: (random) => ({
    reason: oneOf(random, ["outside-schedule", "card-lost", "card-stolen", "person-expired"]),
  }),
  tenant: (random) => ({ tenant: oneOf(random, [...tenants, "nobody"]) }),
  time: (random, { fromAt, toAt }) => {
    const lengthMs = oneOf(random, [3_600_000, dayMs, 30 * dayMs]);
    const from = Math.floor(fromAt + random() * (toAt - fromAt));
    return oneOf(random, [{ from, until: from + lengthMs }, { until: from }, { from }]);
  },
};

/** The same conditions, all true of one event of the log: such a question has an answer, if perhaps only the one. */
function trueOf(names: readonly string[], event: SiteEvent, random: () => number): EventFilter {
  const { door, area, person, credential, device, sensor, reason, tenant, type, severity, at } = event;
  const category = type.slice(0, type.indexOf(".")) as EventCategory;
  const lengthMs = oneOf(random, [60_000, dayMs, 30 * dayMs]);
  const all: Readonly<Record<string, EventFilter>> = {
    category: { categories: [category] },
    type: { types: [type] },
    types: { types: [type, "safety.fire", "device.tamper"] },
    severity: { severities: [severity] },
    door: door ? { door } : {},
    area: area ? { area } : {},
    person: person ? { person } : {},
    credential: credential ? { credential } : {},
    device: device ? { device } : {},
    sensor: sensor ? { sensor } : {},
    reason: reason ? { reason } : {},
    tenant: { tenant },
    time: { from: at - lengthMs, until: at + lengthMs },
  };
  return Object.assign({}, ...names.map((name) => all[name])) as EventFilter;
}

/** Some events of the log, from all over it. */
export async function someEvents(journal: Pick<Journal, "readAfter">, last: number): Promise<SiteEvent[]> {
  const random = randomFrom(5);
  const found: SiteEvent[] = [];
  for (let i = 0; i < 60; i++) found.push(...(await journal.readAfter(Math.floor(random() * last), 8)));
  return found;
}

/**
 * Every condition alone, then every pair, then triples drawn from all, until there are `many`; half of them true of some event,
 * half drawn without looking, so that most of these have no answer at all.
 */
export function questions(many: number, span: Span, events: readonly SiteEvent[], seed = 7): Question[] {
  const random = randomFrom(seed);
  const names = Object.keys(conditions);
  const sets: string[][] = [[], ...names.map((name) => [name])];
  for (const [i, a] of names.entries()) for (const b of names.slice(i + 1)) sets.push([a, b]);
  while (sets.length < many) {
    const three = new Set([oneOf(random, names), oneOf(random, names), oneOf(random, names)]);
    if (three.size === 3) sets.push([...three]);
  }
  return sets.slice(0, many).map((set, i) => ({
    name: set.join(" + ") || "none",
    filter:
      i % 2 === 0
        ? trueOf(set, oneOf(random, events), random)
        : (Object.assign({}, ...set.map((name) => conditions[name]?.(random, span))) as EventFilter),
    from: oneOf(random, ["newest", "newest", "middle", "oldest"] as const),
    direction: oneOf(random, ["before", "after"] as const),
  }));
}
