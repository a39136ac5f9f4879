import type { Change, Kinds } from "./state.js";

/** One kind of entity as it is after this step so far: what was changed, over what the engine keeps. Copies nothing. */
export class Layer<K extends keyof Kinds> {
  readonly #kind: K;
  readonly #below: { get(id: string): Kinds[K] | undefined };
  #changed: Map<string, Kinds[K] | undefined> | undefined;

  constructor(kind: K, below: { get(id: string): Kinds[K] | undefined }) {
    this.#kind = kind;
    this.#below = below;
  }

  get(id: string): Kinds[K] | undefined {
    return this.#changed?.has(id) ? this.#changed.get(id) : this.#below.get(id);
  }

  /** Undefined: gone. */
  set(id: string, value: Kinds[K] | undefined): void {
    if (this.get(id) === value) return;
    this.#changed ??= new Map();
    this.#changed.set(id, value);
  }

  /** What this step made of entities, by id. */
  get changed(): ReadonlyMap<string, Kinds[K] | undefined> | undefined {
    return this.#changed;
  }

  /** As it was before this step. */
  before(id: string): Kinds[K] | undefined {
    return this.#below.get(id);
  }

  collect(changes: Change[]): void {
    if (!this.#changed) return;
    for (const [id, value] of this.#changed) {
      if (this.#below.get(id) !== value) changes.push({ kind: this.#kind, id, value } as Change);
    }
  }
}
