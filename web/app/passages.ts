import type { SiteEvent } from "./api.js";

export type StepName = "granted" | "asked" | "opened" | "passed" | "closed" | "notUsed" | "active" | "quiet";

export interface Step {
  readonly name: StepName;
  readonly at: string;
}

/** One line of what happened: a single event, or all that belongs to one passage. Never changed, only replaced. */
export interface Row {
  /** Id of its first event. */
  readonly key: string;
  /** Of its first event. */
  readonly seq: number;
  readonly at: string;
  /** Whose sentence is told, and whose page is opened. */
  readonly lead: SiteEvent;
  /** A leaving without a card has no sentence of its own. */
  readonly left: boolean;
  readonly steps: readonly Step[];
}

/**
 * Merges events into rows, newest first: a grant, the door's opening and closing and the passage are one row, as is an exit and a
 * sensor's coming and going. Events come in the order of their `seq`, or nearly.
 */
export class Passages {
  readonly #mostRows: number;
  readonly #known = new Set<string>();
  readonly #rows = new Map<string, Row>();
  /** Keys, newest first. */
  #order: string[] = [];
  readonly #byScan = new Map<string, string>();
  /** Keys of rows at a door that its leaf's next moves belong to. */
  readonly #atDoor = new Map<string, string[]>();
  readonly #bySensor = new Map<string, string>();

  constructor(mostRows: number) {
    this.#mostRows = mostRows;
  }

  rows(): readonly Row[] {
    return this.#order.flatMap((key) => this.#rows.get(key) ?? []);
  }

  /** Events in any order; those that are known are left out. */
  add(events: readonly SiteEvent[]): void {
    const fresh = events.filter(({ id }) => !this.#known.has(id)).sort((a, b) => a.seq - b.seq);
    for (const event of fresh) {
      this.#known.add(event.id);
      this.#take(event);
    }
    this.#trim();
  }

  #take(event: SiteEvent): void {
    const { door, sensor, scan } = event;
    switch (event.type) {
      case "access.granted":
        this.#begin(event, "granted");
        if (scan) this.#byScan.set(scan, event.id);
        if (door) this.#wait(door, event.id);
        return;
      case "door.exit-requested":
        this.#begin(event, "asked", true);
        if (door) this.#wait(door, event.id);
        return;
      case "door.opened": {
        const waiting = (door && this.#atDoor.get(door)) || [];
        const unopened = waiting.filter((key) => !this.#has(key, "opened"));
        for (const key of unopened) this.#step(key, event, "opened");
        if (unopened.length > 0) return;
        this.#begin(event, "opened");
        if (door) this.#wait(door, event.id);
        return;
      }
      case "door.closed": {
        const opened = ((door && this.#atDoor.get(door)) || []).filter((key) => this.#has(key, "opened"));
        for (const key of opened) this.#step(key, event, "closed");
        if (door) {
          const left = (this.#atDoor.get(door) ?? []).filter((key) => !opened.includes(key));
          this.#atDoor.set(door, left);
        }
        if (opened.length === 0) this.#begin(event, "closed");
        return;
      }
      case "access.passed":
      case "access.not-used": {
        const key = scan === undefined ? undefined : this.#byScan.get(scan);
        const name = event.type === "access.passed" ? "passed" : "notUsed";
        if (key === undefined || !this.#rows.has(key)) this.#begin(event, name);
        else this.#step(key, event, name, true);
        if (key !== undefined && name === "notUsed") this.#leave(door, key);
        return;
      }
      case "device.sensor-active":
        this.#begin(event, "active");
        if (sensor) this.#bySensor.set(sensor, event.id);
        return;
      case "device.sensor-restored": {
        const key = sensor === undefined ? undefined : this.#bySensor.get(sensor);
        if (key === undefined || !this.#rows.has(key)) this.#begin(event, "quiet");
        else this.#step(key, event, "quiet");
        if (sensor) this.#bySensor.delete(sensor);
        return;
      }
      default:
        this.#begin(event);
    }
  }

  #begin(event: SiteEvent, name?: StepName, left = false): void {
    const steps = name === undefined ? [] : [{ name, at: event.at }];
    this.#rows.set(event.id, { key: event.id, seq: event.seq, at: event.at, lead: event, left, steps });
    // Almost always the newest; what came late (the disk was slow) goes where it belongs.
    let place = 0;
    while (place < this.#order.length && this.#seqAt(place) > event.seq) place += 1;
    this.#order.splice(place, 0, event.id);
  }

  #seqAt(place: number): number {
    return this.#rows.get(this.#order[place] ?? "")?.seq ?? 0;
  }

  #step(key: string, event: SiteEvent, name: StepName, leads = false): void {
    const row = this.#rows.get(key);
    if (!row) return;
    const steps = [...row.steps, { name, at: event.at }];
    this.#rows.set(key, { ...row, steps, ...(leads ? { lead: event } : {}) });
  }

  #has(key: string, name: StepName): boolean {
    return this.#rows.get(key)?.steps.some((step) => step.name === name) ?? false;
  }

  #wait(door: string, key: string): void {
    this.#atDoor.set(door, [...(this.#atDoor.get(door) ?? []).slice(-9), key]);
  }

  #leave(door: string | undefined, key: string): void {
    if (door)
      this.#atDoor.set(
        door,
        (this.#atDoor.get(door) ?? []).filter((each) => each !== key),
      );
  }

  #trim(): void {
    if (this.#order.length <= this.#mostRows) return;
    for (const key of this.#order.slice(this.#mostRows)) this.#rows.delete(key);
    this.#order = this.#order.slice(0, this.#mostRows);
    // What is forgotten is older than anything that still comes; the sets are bounded by starting anew now and then.
    if (this.#known.size > this.#mostRows * 20) {
      this.#known.clear();
      for (const key of this.#order) this.#known.add(key);
    }
    if (this.#byScan.size > this.#mostRows * 4) this.#byScan.clear();
  }
}
