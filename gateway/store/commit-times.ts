/** How long the newest commits took, from the first statement of a batch until the disk has it. */
const kept = 1_000;

export class CommitTimes {
  readonly #ms = new Float64Array(kept);
  #count = 0;

  add(ms: number): void {
    this.#ms[this.#count++ % kept] = ms;
  }

  /** Milliseconds, of the newest thousand; undefined: nothing was committed yet. */
  spread(): { readonly p50Ms: number; readonly p99Ms: number; readonly of: number } | undefined {
    const of = Math.min(this.#count, kept);
    if (of === 0) return undefined;
    const sorted = this.#ms.slice(0, of).sort();
    const at = (share: number): number => Math.round((sorted[Math.ceil(of * share) - 1] ?? 0) * 100) / 100;
    return { p50Ms: at(0.5), p99Ms: at(0.99), of };
  }
}
