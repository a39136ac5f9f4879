/** What is appended and not yet on disk: in order, bounded; the oldest go first, and what went is known. */
import type { SiteEvent } from "../core/events.js";
import type { Change } from "../core/state.js";
import type { JournalEntry } from "../ports.js";

/** One event, ready to be stored: `body` is the very text that was hashed. */
export interface SealedEvent {
  readonly event: SiteEvent;
  readonly body: string;
  readonly salt: Uint8Array;
  readonly digest: Uint8Array;
  readonly link: Uint8Array;
}

export interface PendingEntry {
  readonly is: "entry";
  /** The signal's number in the journal. */
  readonly n: number;
  readonly entry: JournalEntry;
  readonly signal: string;
  readonly events: readonly SealedEvent[];
  /** The gap that this entry's `system.lost` tells of. */
  readonly tellsOf?: Gap;
  readonly settle: { readonly written: () => void; readonly lost: (error: Error) => void };
}

/** Entries that had to be dropped. Their state and answers are kept: the final state is right, and no request is done twice. */
export interface Gap {
  readonly is: "gap";
  /** Absent: no event was among what was lost. */
  readonly events?: { readonly from: number; readonly to: number; readonly link: Uint8Array };
  /** Earlier gaps whose own `system.lost` was lost again. */
  readonly untold: readonly Gap[];
  readonly changes: ReadonlyMap<string, Change>;
  readonly answers: readonly Answer[];
}

export interface Answer {
  readonly client: string;
  readonly request: string;
  readonly body: string;
  readonly at: number;
}

export class EntryLost extends Error {
  constructor(n: number) {
    super(`entry ${n} of the journal was lost: the disk failed for longer than memory could hold`);
    this.name = "EntryLost";
  }
}

export type Pending = PendingEntry | Gap;

/** One state entity's key; ids hold no space. */
export function changeKey(change: Change): string {
  return `${change.kind} ${change.id}`;
}

export class Backlog {
  #items: Pending[] = [];
  #weight = 0;
  #entries = 0;
  readonly #capacity: number;

  /** `capacity` in events; an entry without events counts as one. */
  constructor(capacity: number) {
    this.#capacity = capacity;
  }

  get empty(): boolean {
    return this.#items.length === 0;
  }

  get entries(): number {
    return this.#entries;
  }

  /** Adds the newest and returns what had to be dropped for it. */
  push(entry: PendingEntry): readonly PendingEntry[] {
    this.#items.push(entry);
    this.#weight += weightOf(entry);
    this.#entries++;
    return this.#trim();
  }

  /** Takes everything. */
  take(): Pending[] {
    const items = this.#items;
    this.#items = [];
    this.#weight = 0;
    this.#entries = 0;
    return items;
  }

  /** Puts back, in front, what could not be written. */
  putBack(items: readonly Pending[]): readonly PendingEntry[] {
    this.#items = [...items, ...this.#items];
    for (const item of items) {
      this.#weight += weightOf(item);
      if (item.is === "entry") this.#entries++;
    }
    return this.#trim();
  }

  #trim(): readonly PendingEntry[] {
    const dropped: PendingEntry[] = [];
    if (this.#weight <= this.#capacity) return dropped;
    // A little more than needed at a time, so that each new event does not move the whole list.
    const goal = this.#capacity - Math.min(256, this.#capacity >> 6);
    // Gaps lie at the front, or where a batch that failed was put back before one: walking on merges them.
    let gap: GapMaker | undefined;
    let next = 0;
    for (; next < this.#items.length; next++) {
      const item = this.#items[next];
      if (!item) break;
      const heavy = this.#weight > goal && this.#items.length - next > 1;
      if (item.is === "entry" && !heavy) break;
      gap ??= new GapMaker();
      if (item.is === "gap") gap.addGap(item);
      else {
        gap.addEntry(item);
        this.#weight -= weightOf(item);
        this.#entries--;
        dropped.push(item);
      }
    }
    this.#items = gap ? [gap.made(), ...this.#items.slice(next)] : this.#items;
    return dropped;
  }
}

function weightOf(item: Pending): number {
  return item.is === "gap" ? 0 : Math.max(1, item.events.length);
}

class GapMaker {
  #events: Gap["events"];
  readonly #changes = new Map<string, Change>();
  #answers: Answer[] = [];
  readonly #untold: Gap[] = [];

  addEntry(item: PendingEntry): void {
    const { entry, events } = item;
    for (const change of entry.changes) this.#changes.set(changeKey(change), change);
    if (entry.answer) this.#answers.push({ ...entry.answer, at: entry.signal.at });
    if (item.tellsOf) this.#untold.push(item.tellsOf);
    const first = events[0];
    const last = events.at(-1);
    if (!first || !last) return;
    this.#events = {
      from: this.#events?.from ?? first.event.seq,
      to: last.event.seq,
      link: last.link,
    };
  }

  addGap(gap: Gap): void {
    for (const [key, change] of gap.changes) this.#changes.set(key, change);
    this.#answers.push(...gap.answers);
    this.#untold.push(...gap.untold);
    if (gap.events) {
      this.#events = {
        from: this.#events?.from ?? gap.events.from,
        to: gap.events.to,
        link: gap.events.link,
      };
    }
  }

  made(): Gap {
    return {
      is: "gap",
      untold: this.#untold,
      changes: this.#changes,
      answers: this.#answers.slice(-keptAnswers),
      ...(this.#events ? { events: this.#events } : {}),
    };
  }
}

const keptAnswers = 10_000;
