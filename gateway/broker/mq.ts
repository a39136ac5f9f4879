import { covers } from "./filters.js";

/** A message on its way through the broker; aedes adds fields that are no business of the emitter. */
interface Passing {
  readonly topic: string;
}
type Done = (error?: Error | null) => void;
type Listener<P> = (message: P, done: Done) => void;

interface Branch<P> {
  readonly children: Map<string, Branch<P>>;
  readonly listeners: Set<Listener<P>>;
}

function branch<P>(): Branch<P> {
  return { children: new Map(), listeners: new Set() };
}

/**
 * The emitter between publishers and subscribers, in place of aedes' own. That one waits for the slowest listener, so that a
 * subscriber whose socket is frozen stops the broker for everyone after 100 messages. This one calls every matching listener
 * and `done` at once; what a slow socket piles up is bounded where it is written (see `broker.ts`).
 */
export class Exchange<P extends Passing = Passing> {
  closed = false;
  readonly #root = branch<P>();

  on(filter: string, listener: Listener<P>, done?: Done): this {
    let at = this.#root;
    for (const level of filter.split("/")) {
      let next = at.children.get(level);
      if (!next) {
        next = branch();
        at.children.set(level, next);
      }
      at = next;
    }
    at.listeners.add(listener);
    done?.();
    return this;
  }

  removeListener(filter: string, listener: Listener<P>, done?: Done): this {
    prune(this.#root, filter.split("/"), 0, listener);
    done?.();
    return this;
  }

  /** Every listener whose filter matches hears it before `done` is called; nobody is waited for. */
  emit(message: P, done?: Done): this {
    if (this.closed) {
      done?.(new Error("the broker has stopped"));
      return this;
    }
    const found: Listener<P>[] = [];
    collect(this.#root, message.topic.split("/"), 0, found);
    for (const listener of found) listener(message, nobodyWaits);
    done?.();
    return this;
  }

  close(done?: () => void): this {
    this.closed = true;
    done?.();
    return this;
  }
}

function nobodyWaits(): void {}

function collect<P>(at: Branch<P>, levels: readonly string[], depth: number, found: Listener<P>[]): void {
  // `#` also stands for the level above it.
  for (const listener of at.children.get("#")?.listeners ?? []) found.push(listener);
  const level = levels[depth];
  if (level === undefined) {
    found.push(...at.listeners);
    return;
  }
  const literal = at.children.get(level);
  if (literal) collect(literal, levels, depth + 1, found);
  const any = at.children.get("+");
  if (any) collect(any, levels, depth + 1, found);
}

/** Takes the listener out and returns whether the branch is now empty and may go. */
function prune<P>(at: Branch<P>, levels: readonly string[], depth: number, listener: Listener<P>): boolean {
  const level = levels[depth];
  if (level === undefined) at.listeners.delete(listener);
  else {
    const child = at.children.get(level);
    if (child && prune(child, levels, depth + 1, listener)) at.children.delete(level);
  }
  return at.listeners.size === 0 && at.children.size === 0;
}

/** What stays for late subscribers, by topic. */
export class Retained<P extends Passing> {
  readonly #kept = new Map<string, { readonly levels: readonly string[]; readonly message: P }>();

  keep(message: P): void {
    this.#kept.set(message.topic, { levels: message.topic.split("/"), message });
  }

  clear(topic: string): void {
    this.#kept.delete(topic);
  }

  get size(): number {
    return this.#kept.size;
  }

  *matching(filters: readonly string[]): Generator<P> {
    const patterns = filters.map((filter) => filter.split("/"));
    // A literal filter is one look-up; a message that several filters match is sent once.
    if (!filters.some((filter) => /[+#]/.test(filter))) {
      for (const topic of new Set(filters)) {
        const found = this.#kept.get(topic);
        if (found) yield found.message;
      }
      return;
    }
    for (const { levels, message } of this.#kept.values()) {
      if (patterns.some((pattern) => covers(pattern, levels))) yield message;
    }
  }
}
