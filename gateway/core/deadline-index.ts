import { alarmDeadline, isOfAlarm } from "./alarm/alarm-clock.js";
import { clockOf } from "./clock-trust.js";
import { deadlineOfDevice, deadlineOfDoor, deadlineOfReader, deadlineOfSensor } from "./deadline.js";
import type { Instant, Site } from "./site.js";
import type { Change, HouseState, State } from "./state.js";

interface Due {
  readonly at: Instant;
  readonly key: string;
}

/**
 * `nextDeadline` for who asks after every step: told of each change, it looks at what has changed and not at the whole site. A
 * site never changes, so a new one gets a new index.
 */
export class DeadlineIndex {
  readonly #site: Site;
  /** As it stands once the changes that are told have been applied. */
  readonly #state: State;
  /** As the doors' deadlines were last read by it. */
  #clock: HouseState["clock"];
  /** What is due now, by entity; entities without a deadline are not in it. */
  readonly #due = new Map<string, Instant>();
  /** A heap, the earliest first. What is no longer in `#due` as it stands here is thrown away when it comes up. */
  #heap: Due[] = [];

  constructor(site: Site, state: State) {
    this.#site = site;
    this.#state = state;
    this.#clock = clockOf(state);
    this.#noteDoors();
    for (const [id, value] of state.devices) this.#note({ kind: "devices", id, value });
    for (const [id, value] of state.readers) this.#note({ kind: "readers", id, value });
    for (const [id, value] of state.sensors) this.#note({ kind: "sensors", id, value });
    for (const kind of ["partitions", "zones", "incidents", "sirens", "plans", "lone", "walks"] as const)
      for (const [id, value] of state[kind]) this.#note({ kind, id, value } as Change);
  }

  /** The changes of a step, once they are applied. */
  note(changes: readonly Change[]): void {
    for (const change of changes) this.#note(change);
    if (!changes.some(({ kind }) => kind === "house")) return;
    // Whether the clock is believed says how every door's wall-clock ends are read.
    const clock = clockOf(this.#state);
    if (clock === this.#clock) return;
    this.#clock = clock;
    this.#noteDoors();
  }

  #noteDoors(): void {
    for (const [id, value] of this.#state.doors) this.#note({ kind: "doors", id, value });
  }

  /** The earliest instant at which something falls due by itself; undefined: nothing waits. */
  next(): Instant | undefined {
    for (let first = this.#heap[0]; first; first = this.#heap[0]) {
      if (this.#due.get(first.key) === first.at) return first.at;
      this.#dropFirst();
    }
    return undefined;
  }

  #note(change: Change): void {
    const at = this.#deadlineOf(change);
    const key = `${change.kind} ${change.id}`;
    if (this.#due.get(key) === at) return;
    if (at === undefined) {
      this.#due.delete(key);
      return;
    }
    this.#due.set(key, at);
    this.#add({ at, key });
    // Deadlines that were moved on leave an old entry each: a door that is used all day must not fill the memory.
    if (this.#heap.length > 2 * this.#due.size + 64) this.#sweep();
  }

  #deadlineOf(change: Change): Instant | undefined {
    if (isOfAlarm(change)) return alarmDeadline(this.#site, change);
    const { kind, id, value } = change;
    if (value === undefined) return undefined;
    switch (kind) {
      case "doors":
        return deadlineOfDoor(this.#site, id, value, this.#clock);
      case "devices":
        return deadlineOfDevice(this.#site, id, value);
      case "readers":
        return deadlineOfReader(this.#site, id, value);
      case "sensors":
        return deadlineOfSensor(this.#site, id, value);
      default:
        return undefined;
    }
  }

  #sweep(): void {
    const standing = [...this.#due].map(([key, at]) => ({ at, key }));
    this.#heap = standing.sort((a, b) => a.at - b.at);
  }

  #add(due: Due): void {
    const heap = this.#heap;
    let at = heap.length;
    heap.push(due);
    while (at > 0) {
      const above = (at - 1) >> 1;
      const parent = heap[above];
      if (!parent || parent.at <= due.at) break;
      heap[at] = parent;
      at = above;
    }
    heap[at] = due;
  }

  #dropFirst(): void {
    const heap = this.#heap;
    const last = heap.pop();
    if (!last || heap.length === 0) return;
    let at = 0;
    for (;;) {
      const left = heap[2 * at + 1];
      const right = heap[2 * at + 2];
      const under = right && left && right.at < left.at ? right : left;
      if (!under || under.at >= last.at) break;
      heap[at] = under;
      at = under === left ? 2 * at + 1 : 2 * at + 2;
    }
    heap[at] = last;
  }
}
