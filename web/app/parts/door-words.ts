import type { Door } from "../api.js";
import type { Words } from "../words/words.js";

export interface Condition {
  /** The lower, the earlier on the page. */
  readonly rank: number;
  readonly tone: "critical" | "warning" | "open" | "rest";
  readonly word: keyof Pick<
    Words["door"],
    "forced" | "released" | "heldOpen" | "noContact" | "open" | "unlocked" | "locked"
  >;
}

/** What matters most about a door, first match. */
const conditions: readonly ((door: Door) => Condition | undefined)[] = [
  (door) => (door.alarm === "forced" ? { rank: 0, tone: "critical", word: "forced" } : undefined),
  (door) => (door.lock === "released" ? { rank: 1, tone: "critical", word: "released" } : undefined),
  (door) => (door.alarm === "held-open" ? { rank: 2, tone: "warning", word: "heldOpen" } : undefined),
  (door) => (door.online ? undefined : { rank: 3, tone: "warning", word: "noContact" }),
  (door) => (door.position === "open" ? { rank: 4, tone: "open", word: "open" } : undefined),
  (door) => (door.lock === "unlocked" ? { rank: 5, tone: "open", word: "unlocked" } : undefined),
];

const atRest: Condition = { rank: 6, tone: "rest", word: "locked" };

export function conditionOf(door: Door): Condition {
  for (const condition of conditions) {
    const found = condition(door);
    if (found) return found;
  }
  return atRest;
}

/** Somebody should look. */
export const isException = (door: Door): boolean => conditionOf(door).rank <= 3;

/** Exceptions first; the rest stays where one looks for it, by name. */
export function arranged(doors: Iterable<Door>): Door[] {
  const order = (door: Door) => Math.min(conditionOf(door).rank, 4);
  return [...doors].sort((a, b) => order(a) - order(b) || a.name.localeCompare(b.name));
}

/** What else is known of it; the mode too, where that is not told apart. */
export function factsOf(door: Door, { door: words }: Words, withMode = true): string {
  const { word } = conditionOf(door);
  const lock = { locked: words.locked, unlocked: words.unlocked, released: words.lockReleased };
  const position = {
    open: words.open,
    closed: words.closed,
    unknown: words.positionUnknown,
    none: words.noSensor,
  };
  const facts = [
    word === "locked" || word === "unlocked" ? undefined : lock[door.lock],
    word === "open" || door.alarm !== null ? undefined : position[door.position],
    withMode ? words.mode[door.mode] : undefined,
    door.online || word === "noContact" ? undefined : words.deviceGone,
  ];
  const known = facts.filter((fact) => fact !== undefined).join(" · ");
  return door.online ? known : words.lastKnown(known);
}
